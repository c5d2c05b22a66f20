/** Payment (SCR-07, SCR-09): goods are frozen, every payment is a row of the journal. A refund shares most of it. */

import type { Currency, Payment } from '../register/model.ts';
import { parseKopecks } from '../register/money.ts';
import { isCounted, isUndecided, totalsOf } from '../register/totals.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { At, Binding, Context } from '../ui/context.ts';
import type { KeyCommand } from '../ui/keys.ts';
import type { Model } from '../ui/model.ts';
import type { Step } from '../ui/step.ts';
import { cardBinding, cardNumberBinding, removeCardBinding } from './card-actions.ts';
import { helpBinding } from './help.ts';
import { countedLines, currentTitle, drawFrame, drawGoods, drawJournal, drawModifiers, drawTotals } from './layout.ts';
import {
  annulBinding,
  blocked,
  CLEAR_INPUT,
  exitBinding,
  lockBinding,
  menuBinding,
  OPEN_DOCUMENT,
  open,
  unlabelled,
} from './sale-actions.ts';

const FROZEN = 'вернитесь к товарам (Esc)';
const BAD_SUM: Step = { do: 'status', text: 'Неверная сумма' };

export function drawPayment(canvas: Canvas, { model, text }: At): void {
  const { document } = model.register;
  const totals = totalsOf(document);
  drawFrame(canvas, model, currentTitle(model), totals.fullyPaid ? null : totals.totalKopecks);
  drawGoods(canvas, model, countedLines(document), null, 'dim');
  drawJournal(canvas, model, document);
  drawModifiers(canvas, model, text);
  drawTotals(canvas, model, {
    receivedKopecks: totals.paidKopecks,
    discountKopecks: totals.discountKopecks,
    label: 'К оплате',
    sumKopecks: totals.restKopecks,
  });
}

export const payCancelBinding: Binding = { command: 'cancel', label: 'Отмена', run: cancelSteps };
export const payCurrencyBinding: Binding = { command: 'currency', label: 'Валюта', run: currencySteps };

/** What acts in any payment stage, and what the frozen goods forbid. */
export const frozenBindings: readonly Binding[] = [
  menuBinding,
  annulBinding,
  lockBinding,
  blocked('search', FROZEN),
  blocked('quantity', FROZEN),
  blocked('storno', FROZEN),
  blocked('subtotal', 'чек уже в подытоге'),
  blocked('returnBySale', OPEN_DOCUMENT),
  blocked('price', FROZEN),
  blocked('repeat', FROZEN),
  blocked('copy', OPEN_DOCUMENT),
  exitBinding,
].map(unlabelled);

/** A payment stage whose footer offers only what acts while a payment is undecided. */
export type PaymentStage = Context<null> & { words(at: At): Partial<Record<KeyCommand, string | null>> };

function undecidedState({ register }: Model): Payment['state'] | null {
  return register.document?.payments.find(isUndecided)?.state ?? null;
}

/** Why no other money is taken now (R4). */
export function whileUndecided({ model }: At): string | null {
  const state = undecidedState(model);
  if (state === null) return null;
  return state === 'unknown' ? 'оплата в состоянии "неизвестно"' : 'оплата не завершена';
}

export function paymentHint({ model }: At, usual: string): string {
  const state = undecidedState(model);
  if (state === null) return usual;
  if (state === 'unknown') return 'Есть оплата в состоянии "неизвестно": дождитесь ответа';
  return 'Оплата не завершена: дождитесь ответа';
}

/** F7 stays: a system may tell there how its own undecided payment stands (AS-24). The rest would only be refused. */
export const paymentWords: PaymentStage['words'] = (at) =>
  whileUndecided(at) === null
    ? {}
    : { confirm: null, cancel: at.text === '' ? null : 'Отмена', card: null, total: null, menu: 'Меню' };

export const subtotal: PaymentStage = {
  name: 'subtotal',
  kind: 'screen',
  area: 'receipt',
  scan: 'refuse',
  field: { accepts: 'decimal', maxLength: 12 },
  modeName: 'подытог',
  view: drawPayment,
  hint: (at) => paymentHint(at, 'Выберите валюту или нажмите "Итого"'),
  words: paymentWords,
  bindings: [
    {
      command: 'confirm',
      label: 'Ввод',
      disabled: (at) => whileUndecided(at) ?? (at.text === '' ? 'введите сумму' : null),
      run: (at) => payInMain(at, false),
    },
    payCancelBinding,
    cardBinding,
    payCurrencyBinding,
    { command: 'total', label: 'Итого', run: (at) => payInMain(at, true) },
    helpBinding(() => subtotal),
    ...frozenBindings,
    cardNumberBinding,
    removeCardBinding,
  ],
};

/** F8 without digits is the exact rest; nothing left to pay means that only closing is missing. */
export function payInMain({ model, text }: At, thenClose: boolean): Step[] {
  const totals = totalsOf(model.register.document);
  if (thenClose && totals.fullyPaid) return [{ do: 'command', command: { do: 'close' } }];
  const amountKopecks = text === '' ? null : parseKopecks(text);
  if (text !== '' && amountKopecks === null) return [BAD_SUM];
  const currency = mainCurrency(model);
  // Paying stands first: refused, it stops the rest and the typed sum stays to be corrected.
  return currency === null
    ? [{ do: 'status', text: 'Нет основной валюты' }]
    : [{ do: 'pay', currency, amountKopecks, thenClose }, CLEAR_INPUT];
}

function mainCurrency(model: Model): Currency | null {
  return model.currencies.find(({ code }) => code === model.settings.mainCurrencyCode) ?? null;
}

function currencySteps({ text }: At): Step[] {
  const amountKopecks = text === '' ? null : parseKopecks(text);
  if (text !== '' && amountKopecks === null) return [BAD_SUM];
  return [CLEAR_INPUT, open('currency-select', { amountKopecks, selected: 0 })];
}

/** Text first; then a payment is taken back; without payments the way leads back to the goods. */
function cancelSteps({ model, text }: At): Step[] {
  if (text !== '') return [CLEAR_INPUT];
  const hasPayment = model.register.document?.payments.some(isCounted) ?? false;
  return hasPayment ? [open('cancel-payment', { fromLast: 0 })] : [{ do: 'command', command: { do: 'leaveSubtotal' } }];
}
