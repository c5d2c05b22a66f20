/** DOM-27 and DOM-96 (SCR-05): a quantity or a price, for a row of the receipt or because the goods demand one. */

import type { Entry, Goods } from '../register/model.ts';
import { formatKopecks, parseKopecks } from '../register/money.ts';
import { formatQuantity, ONE_PIECE_THOUSANDTHS, parseQuantity } from '../register/quantity.ts';
import { refuseTypedQuantity } from '../register/refusal.ts';
import type { At, Context } from '../ui/context.ts';
import { takingPrice, takingQuantity } from '../ui/doubtful.ts';
import type { ContextRef } from '../ui/model.ts';
import type { Step } from '../ui/step.ts';
import { CANCEL, drawBox, fieldText, OK, wrapText } from './box.ts';
import { closeBinding, confirmBinding, emptyInput } from './parts.ts';

/** The goods wait outside the receipt until everything they demand was typed. */
export interface DemandedGoods {
  goods: Goods;
  entry: Entry;
  enteredCode: string | null;
  quantityThousandths: number | null;
  priceKopecks: number | null;
}

export type EntryLocal = { positionNumber: number } | DemandedGoods;

export const quantity: Context<EntryLocal> = {
  name: 'quantity',
  kind: 'dialog',
  scan: 'refuse',
  field: { accepts: 'decimal', maxLength: 10 },
  view(canvas, at) {
    const { goods, quantityThousandths } = subjectOf(at);
    const shown = formatQuantity(quantityThousandths ?? ONE_PIECE_THOUSANDTHS, goods?.unit.fractional ?? false);
    drawEntry(canvas, at, 'Ввод количества', 'DOM-27', goods, `Количество: ${shown}`);
  },
  hint: () => '',
  bindings: [
    confirmBinding<EntryLocal>((at) => {
      const quantityThousandths = parseQuantity(at.text);
      if (quantityThousandths === null) return badQuantitySteps(at.text);
      if ('positionNumber' in at.local) {
        const { positionNumber } = at.local;
        const command = { do: 'changeQuantity', positionNumber, quantityThousandths } as const;
        return takingQuantity(quantityThousandths, at.model.settings, [{ do: 'command', command }, CLOSE]);
      }
      const steps = addOrAskMore({ ...at.local, quantityThousandths });
      return takingQuantity(quantityThousandths, at.model.settings, steps);
    }, emptyInput),
    closeBinding,
  ],
};

export const price: Context<EntryLocal> = {
  name: 'price',
  kind: 'dialog',
  scan: 'refuse',
  field: { accepts: 'decimal', maxLength: 12 },
  view(canvas, at) {
    const { goods, priceKopecks } = subjectOf(at);
    const shown = formatKopecks(priceKopecks ?? goods?.priceKopecks ?? 0);
    drawEntry(canvas, at, 'Ввод цены', 'DOM-96', goods, `Цена: ${shown}`);
  },
  hint: () => '',
  bindings: [
    confirmBinding<EntryLocal>((at) => {
      const priceKopecks = parseKopecks(at.text);
      if (priceKopecks === null) return [{ do: 'status', text: 'Неверная сумма' }];
      if ('positionNumber' in at.local) {
        const { positionNumber } = at.local;
        const command = { do: 'changePrice', positionNumber, priceKopecks } as const;
        return takingPrice(priceKopecks, at.model.settings, [{ do: 'command', command }, CLOSE]);
      }
      return takingPrice(priceKopecks, at.model.settings, addOrAskMore({ ...at.local, priceKopecks }));
    }, emptyInput),
    closeBinding,
  ],
};

/** The text stays to be corrected. */
function badQuantitySteps(text: string): Step[] {
  const { refused, params } = refuseTypedQuantity(text);
  if (refused !== 'DOM-94') return [{ do: 'say', number: refused, params }];
  return [
    { do: 'bell', pattern: 'error' },
    { do: 'status', text: `Клавиша недоступна: ${params['причина'] ?? ''}` },
  ];
}

const CLOSE: Step = { do: 'close' };

/** What the goods still demand, as the next dialog; null when they may be added. */
export function demandedEntryRef(demanded: DemandedGoods): ContextRef | null {
  if (demanded.goods.quantityRequired && demanded.quantityThousandths === null) {
    return { name: 'quantity', local: demanded, text: '' };
  }
  if (demanded.goods.priceEntry === 'required' && demanded.priceKopecks === null) {
    return { name: 'price', local: demanded, text: '' };
  }
  return null;
}

/** The command stands first: a refusal stops the rest, so the dialog and what was typed stay. */
function addOrAskMore(demanded: DemandedGoods): Step[] {
  const next = demandedEntryRef(demanded);
  if (next !== null) return [CLOSE, { do: 'open', context: next }];
  return [
    { do: 'command', command: { do: 'addLine', ...demanded } },
    { do: 'ui', patch: { pendingQuantityThousandths: null, pendingPriceKopecks: null } },
    CLOSE,
  ];
}

function subjectOf(at: At<EntryLocal>): {
  goods: Goods | null;
  quantityThousandths: number | null;
  priceKopecks: number | null;
} {
  const { local } = at;
  if (!('positionNumber' in local)) return local;
  const line = at.model.register.document?.lines.find((one) => one.positionNumber === local.positionNumber);
  return line ?? { goods: null, quantityThousandths: null, priceKopecks: null };
}

function drawEntry(
  canvas: Parameters<typeof drawBox>[0],
  at: At,
  title: string,
  number: string,
  goods: Goods | null,
  present: string,
): void {
  const lines = [...wrapText(goods?.name ?? '').slice(0, 2), present];
  drawBox(canvas, at, { title, number, kind: 'input', lines, below: fieldText(at.text), buttons: [OK, CANCEL] });
}
