import { goodsCodeOf, parseGs1 } from '../catalog/gs1.ts';
import { demandedEntryRef } from '../dialogs/index.ts';
import type { Entry, Goods } from '../register/model.ts';
import { maskBuyerCode } from '../register/safe-text.ts';
import { runCommand } from './commands.ts';
import { log, openContext, patchUi, say, sayRefusal, type Turn } from './turn.ts';

/**
 * A typed or scanned text becomes a line, or a numbered dialog with a sound and nothing is added.
 * @param raw a scan exactly as it came
 */
export function addGoods(turn: Turn, text: string, entry: 'code' | 'scan', raw = text): void {
  log(turn, 'info', 'businesslogic', `Поиск товара со штрих-кодом: ${maskBuyerCode(text)}`);
  const gs1 = entry === 'scan' ? parseGs1(raw) : { problem: 'notGs1' as const };
  if ('problem' in gs1 && gs1.problem === 'noSeparators') {
    patchUi(turn, { input: '' });
    turn.effects.push({ do: 'bell', pattern: 'error' });
    return say(turn, 'DEV-06');
  }
  const gtin = 'problem' in gs1 ? null : gs1.gtin;
  const result = turn.facts.resolveGoods(gtin === null ? text : goodsCodeOf(gtin), entry);
  if ('refused' in result) {
    log(turn, 'warn', 'businesslogic', `Товар со штрих-кодом '${maskBuyerCode(text)}' не найден`);
    patchUi(turn, { input: '' });
    turn.effects.push({ do: 'bell', pattern: 'error' });
    return say(turn, result.refused, withoutBuyerCodes(result.params));
  }
  // A price that comes with the code is the price of the goods, not one typed by the cashier: no right is asked for it.
  const goods = result.priceKopecks === null ? result.found : { ...result.found, priceKopecks: result.priceKopecks };
  const { pendingQuantityThousandths } = turn.state.ui;
  const entered: Entry = entry === 'scan' ? 'scan' : result.by === 'code' ? 'code' : 'barcode';
  // A marking code is kept whole, with its separators: documents need it as it came.
  const enteredCode = gtin === null ? text : raw;
  addFound(turn, goods, result.quantityThousandths ?? pendingQuantityThousandths, entered, enteredCode);
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
  const isFirst = turn.state.register.document === null;
  const refusal = runCommand(turn, { do: 'addLine', goods, entry, enteredCode, quantityThousandths, priceKopecks });
  if (refusal === null) {
    patchUi(turn, {
      input: '',
      pendingQuantityThousandths: null,
      pendingPriceKopecks: null,
      rejectedScans: 0,
    });
    if (!isFirst || turn.state.isDrawerOpen !== true) return;
    // The drawer of the receipt before stands open while the next buyer is served.
    turn.effects.push({ do: 'bell', pattern: 'error' });
    return say(turn, 'DEV-30');
  }
  patchUi(turn, { input: '' });
  if (refusal.refused === 'DOM-96' || refusal.refused === 'DOM-27') {
    const demanded = demandedEntryRef({ goods, entry, enteredCode, quantityThousandths, priceKopecks });
    if (demanded !== null) return openContext(turn, demanded);
  }
  sayRefusal(turn, refusal);
}

/** A code of the buyer's phone that was scanned as goods stands in the dialog, and so in the log, without its secret. */
function withoutBuyerCodes(params: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([blank, value]) => [blank, maskBuyerCode(value)]));
}
