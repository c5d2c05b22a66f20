import { demandedEntryRef } from '../dialogs/index.ts';
import type { Entry, Goods } from '../register/model.ts';
import { log, openContext, patchUi, runCommand, say, sayRefusal, type Turn } from './turn.ts';

/** A typed or scanned text becomes a line, or a numbered dialog with a sound and nothing is added. */
export function addGoods(turn: Turn, text: string, entry: 'code' | 'scan'): void {
  log(turn, 'info', 'businesslogic', `Поиск товара со штрих-кодом: ${text}`);
  const result = turn.facts.resolveGoods(text, entry);
  if ('refused' in result) {
    log(turn, 'warn', 'businesslogic', `Товар со штрих-кодом '${text}' не найден`);
    patchUi(turn, { input: '' });
    turn.effects.push({ do: 'bell', pattern: 'error' });
    return say(turn, result.refused, result.params);
  }
  // A price that comes with the code is the price of the goods, not one typed by the cashier: no right is asked for it.
  const goods = result.priceKopecks === null ? result.found : { ...result.found, priceKopecks: result.priceKopecks };
  const { pendingQuantityThousandths } = turn.state.ui;
  const entered: Entry = entry === 'scan' ? 'scan' : result.by === 'code' ? 'code' : 'barcode';
  addFound(turn, goods, result.quantityThousandths ?? pendingQuantityThousandths, entered, text);
}

/** Adds goods with the pending modifiers; asks for what the goods demand. */
export function addFound(
  turn: Turn,
  goods: Goods,
  quantityThousandths: number | null,
  entry: Entry,
  enteredCode: string | null,
): void {
  const priceKopecks = turn.state.ui.pendingPriceKopecks;
  const refusal = runCommand(turn, { do: 'addLine', goods, entry, enteredCode, quantityThousandths, priceKopecks });
  if (refusal === null) {
    return patchUi(turn, {
      input: '',
      pendingQuantityThousandths: null,
      pendingPriceKopecks: null,
      selectedPosition: null,
      rejectedScans: 0,
    });
  }
  patchUi(turn, { input: '' });
  if (refusal.refused === 'DOM-96' || refusal.refused === 'DOM-27') {
    const demanded = demandedEntryRef({ goods, entry, enteredCode, quantityThousandths, priceKopecks });
    if (demanded !== null) return openContext(turn, demanded);
  }
  sayRefusal(turn, refusal);
}
