import type { Command } from './commands.ts';
import type { Currency, Document, Payment, RefundStep, RegisterState, Tendered } from './model.ts';
import { MAX_SUM_KOPECKS } from './money.ts';
import { type Decision, type Refusal, refuse, refuseUndecided } from './refusal.ts';
import type { Rules } from './rules.ts';
import { isCounted, isUndecided, totalsOf } from './totals.ts';

/** The intent of a payment or of giving one back: what may be taken now, by this means, up to which sum. */
export function decidePayment(
  state: RegisterState,
  command: Extract<Command, { do: 'beginPayment' }>,
  rules: Rules,
  at: number,
): Decision {
  const document = state.document;
  if (document === null || document.lines.length === 0) return refuse('DOM-30');
  if (document.stage !== 'subtotal') return refuse('DOM-94', { причина: 'нажмите "Подытог"' });
  // R4: while a payment is undecided, money is taken otherwise only after a second user has decided it (DOM-90).
  const isReturn = document.type !== 'sale';
  const cannot = isReturn ? 'Закрыть чек или вернуть иначе' : 'Закрыть чек или оплатить иначе';
  if (document.payments.some(isUndecided)) return refuseUndecided(document, cannot);
  const { restKopecks } = totalsOf(document);
  const { currency, amountKopecks } = command;
  if (restKopecks === 0) return refuse('DOM-94', { причина: 'чек оплачен' });
  if (amountKopecks <= 0 || amountKopecks > MAX_SUM_KOPECKS) return refuse('DOM-32');
  // Only a sale may take more than it costs and give change; nobody pays out more than is owed.
  const mayExceed = currency.changeAllowed && document.type === 'sale';
  if (!mayExceed && amountKopecks > restKopecks) return refuseExcess(document, currency);
  if (document.source !== null) {
    const tooMuch = refuseRefund(document, command, rules);
    if (tooMuch !== null) return tooMuch;
  }
  if (mixesApart(document, currency.provider, rules)) return refuse('DOM-34');
  const payment: Payment = {
    attemptId: command.attemptId,
    currency,
    amountKopecks,
    state: 'waiting',
    startedAt: at,
    providerPaymentId: null,
    orderNumber: command.orderNumber,
    sourceAttemptId: command.sourceAttemptId,
    ...tenderOfSource(document, command.sourceAttemptId),
  };
  return { events: [{ at, type: 'paymentStarted', payment }] };
}

/** The way back of the money is decided before any of it leaves; cash for what was paid otherwise by the shop's rule alone. */
export function decideRefundPlan(state: RegisterState, plan: RefundStep[], rules: Rules, at: number): Decision {
  const { document } = state;
  if (document?.source == null) return refuse('DOM-34');
  if (document.payments.some(isUndecided)) return refuseUndecided(document, 'Закрыть чек или вернуть иначе');
  if (plan.some(({ inCash }) => inCash) && !rules.cashForElectronicReturn) return refuse('DOM-34');
  return { events: [{ at, type: 'refundPlanned', plan }] };
}

/** What goes back of a payment goes back as it came. */
function tenderOfSource({ source }: Document, sourceAttemptId: string | null): Tendered {
  const paid = source?.payments.find(({ attemptId }) => attemptId === sourceAttemptId);
  return {
    ...(paid?.means === undefined ? {} : { means: paid.means }),
    ...(paid?.isCash === undefined ? {} : { isCash: paid.isCash }),
  };
}

function mixesApart(document: Document, provider: string, { apart }: Rules): boolean {
  const paidBy = (name: string) => document.payments.some((p) => isCounted(p) && p.currency.provider === name);
  return apart.some(
    (one) =>
      (provider === one.provider && one.from.some(paidBy)) || (one.from.includes(provider) && paidBy(one.provider)),
  );
}

/** A mixed receipt goes back to the means it was paid with, each up to what is left of it (domain.md 2.14). */
function refuseRefund(
  document: Document,
  command: Extract<Command, { do: 'beginPayment' }>,
  rules: Rules,
): Refusal | null {
  const source = document.source?.payments.find((payment) => payment.attemptId === command.sourceAttemptId);
  if (source === undefined) {
    return command.currency.provider === 'cash' && rules.cashForElectronicReturn ? null : refuse('DOM-34');
  }
  let givenBack = 0;
  for (const payment of document.payments) {
    if (payment.sourceAttemptId === source.attemptId && isCounted(payment)) givenBack += payment.amountKopecks;
  }
  if (givenBack + command.amountKopecks <= source.leftKopecks) return null;
  const own = rules.refundExceeds[command.currency.provider];
  return own === undefined ? refuseExcess(document, command.currency) : refuse(own);
}

/** The catalogue's words are about cashless money; for notes and coins they would be false. */
function refuseExcess({ type }: Document, { provider }: Currency): Refusal {
  if (provider !== 'cash') return refuse('DOM-33');
  return refuse('DOM-33', { text: `Сумма ${type === 'sale' ? 'оплаты' : 'возврата'} превышает сумму к оплате` });
}
