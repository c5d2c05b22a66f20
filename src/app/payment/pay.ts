import { questionRef } from '../../dialogs/index.ts';
import type { Attempt } from '../../payments/attempt.ts';
import type { Driver } from '../../payments/driver.ts';
import type { PromptAnswer } from '../../payments/prompt.ts';
import type { Currency, Payment } from '../../register/model.ts';
import { formatKopecks } from '../../register/money.ts';
import { refundBy } from '../../register/refund-plan.ts';
import { type Refusal, refuse, refuseUndecided } from '../../register/refusal.ts';
import { totalsOf } from '../../register/totals.ts';
import { doubtfulCashRef } from '../../ui/doubtful.ts';
import type { Step } from '../../ui/step.ts';
import { droppedText, paymentName } from '../../ui/words.ts';
import { runCommand } from '../commands.ts';
import { isPaymentRunning } from '../state.ts';
import { refuseNewMoney } from '../storage-trouble.ts';
import { attemptOf, openContext, patchUi, putAttempt, sayRefusal, type Turn } from '../turn.ts';
import { blockedNow } from './cancels.ts';
import { isDrawerFull, warnOfDrawer } from './drawer-limit.ts';
import type { Due, Wanted } from './due.ts';
import { feed, flow } from './flow.ts';
import { otherTender, refundOf, stopRefunding } from './refunds.ts';

/**
 * Begins a payment: checks, intent, first step of the machine - one turn, so one commit before the first byte leaves.
 * @param amountKopecks null = all that is left
 * @param more.repeats the refused payment that is tried once more
 * @param more.isDecided DOM-109 was answered: the money of a return goes back by another means than was planned
 * @returns false: nothing has begun, and why not was said
 */
export function pay(
  turn: Turn,
  currency: Currency,
  amountKopecks: number | null,
  thenClose: boolean,
  { repeats, isDecided = false }: { repeats?: Attempt; isDecided?: boolean } = {},
): boolean {
  const { document, user } = turn.state.register;
  // After a start the screens of a payment stand over the log-in: what runs is ended there, nothing new is begun.
  if (user === null) return refused(turn, STRANGER);
  const driver = turn.facts.driver(currency.provider);
  if (document === null || driver === null) return refused(turn, refuse('DOM-34'));
  const undecided = document.payments.find(isUndecidedOf(driver.name));
  if (undecided !== undefined && driver.isAskedAgain === true) {
    takeBack(turn, undecided.attemptId, 'again');
    return false;
  }
  const blocked = blockedNow(turn, driver);
  if (blocked !== null) {
    flow(turn, blocked.due);
    return refused(turn, blocked.refusal);
  }

  const { restKopecks } = totalsOf(document);
  if (document.type === 'returnBySale' && document.source !== null) {
    // Money goes back the way it came; another means only where the shop allows cash instead.
    const source = refundBy(document, currency);
    if (source === null && driver.refusedForReturn !== null) {
      // What it has paid may have gone back already: then it is this document that it has nothing to give back in.
      const hasPaid = document.source.payments.some((paid) => paid.currency.provider === driver.name);
      return refused(turn, refuse(hasPaid ? 'DOM-34' : (driver.refusedByReceipt ?? 'DOM-34')));
    }
    const mostKopecks = Math.min(restKopecks, source?.leftKopecks ?? restKopecks);
    // Cash is counted out as far as it goes; what a payment system gives back is what was typed, or nothing.
    const wantedKopecks = amountKopecks ?? mostKopecks;
    const givenKopecks = driver.isImmediate === true ? Math.min(wantedKopecks, mostKopecks) : wantedKopecks;
    const planned = isDecided ? null : otherTender(turn, document, currency, source);
    if (planned !== null && givenKopecks <= mostKopecks) {
      const params = {
        сумма: formatKopecks(givenKopecks),
        куда: paymentName({ currency }),
        откуда: paymentName({ currency: planned }),
      };
      const then: Step = { do: 'pay', currency, amountKopecks: givenKopecks, thenClose, isDecided: true };
      const otherwise: Step[] = amountKopecks === null ? [] : [{ do: 'status', text: droppedText(amountKopecks) }];
      openContext(turn, questionRef('DOM-109', params, [then], otherwise));
      return true;
    }
    stopRefunding(turn);
    return begun(turn, refundOf(turn, source?.source.currency ?? currency, source, givenKopecks), driver, thenClose);
  }
  if (document.type === 'return' && driver.refusedForReturn !== null) {
    return refused(turn, refuse(driver.refusedForReturn));
  }
  if (restKopecks === 0 && amountKopecks === null && thenClose) {
    close(turn);
    return true;
  }
  if (driver.isImmediate === true && document.type === 'sale') {
    if (isDrawerFull(turn)) return refused(turn, refuse('DOM-36'));
    const then: Step = { do: 'pay', currency, amountKopecks, thenClose, isDecided: true };
    if (!isDecided && amountKopecks !== null && askedFirst(turn, amountKopecks, restKopecks, then)) return true;
  }
  const wanted: Wanted = {
    operation: document.type === 'sale' ? 'pay' : 'refund',
    currency,
    document,
    amountKopecks: amountKopecks ?? restKopecks,
    ...(repeats === undefined ? {} : { repeats }),
  };
  return begun(turn, [{ do: 'begin', wanted }], driver, thenClose);
}

/** @returns whether the register took it for the intent of a payment */
function begun(turn: Turn, due: readonly Due[], driver: Driver, thenClose: boolean): boolean {
  const before = turn.state.attemptsMade;
  flow(turn, due);
  if (turn.state.attemptsMade === before) return false;
  closeIfPaid(turn, driver, thenClose);
  return true;
}

function refused(turn: Turn, refusal: Refusal): false {
  sayRefusal(turn, refusal);
  return false;
}

/** `Итого` with a means that is there at once: paid and closed in one step. */
function closeIfPaid(turn: Turn, { isImmediate }: Driver, thenClose: boolean): void {
  const { document } = turn.state.register;
  const isSettled = document !== null && isImmediate === true && totalsOf(document).restKopecks === 0;
  if (thenClose && isSettled && turn.state.ui.stack.length === 0) close(turn);
}

/** An answer of the cashier; the ones that begin a payment are hers alone. */
export function answerPrompt(turn: Turn, attemptId: string, answer: PromptAnswer, isDecided = false): void {
  const begins = 'choice' in answer || 'amountKopecks' in answer;
  if (begins && turn.state.register.user === null) return sayRefusal(turn, STRANGER);
  const gated = begins ? refuseNewMoney(turn.state.storage, turn.state.register, { do: 'beginPayment' }) : null;
  if (gated !== null) return sayRefusal(turn, gated);
  if ('amountKopecks' in answer && !isDecided) {
    const prompt = turn.state.attempts.find((attempt) => attempt.attemptId === attemptId)?.prompt;
    const dueKopecks = prompt?.show === 'amount' ? prompt.dueKopecks : 0;
    const then: Step = { do: 'answer', attemptId, answer, isDecided: true };
    if (askedFirst(turn, answer.amountKopecks, dueKopecks, then)) return;
  }
  feed(turn, attemptId, { answer });
}

const STRANGER = refuse('DOM-94', { причина: 'войдите' });

/** DOM-112. Opened, not said: what is said waits until the payment is over. */
function askedFirst(turn: Turn, amountKopecks: number, dueKopecks: number, then: Step): boolean {
  const question = doubtfulCashRef(amountKopecks, dueKopecks, turn.facts.limits, [then]);
  if (question === null) return false;
  turn.effects.push({ do: 'bell', pattern: 'error' });
  openContext(turn, question);
  return true;
}

function isUndecidedOf(provider: string): (payment: Payment) => boolean {
  return ({ state, currency }) => state === 'unknown' && currency.provider === provider;
}

/** SCR-53: what lies over the screen goes, and the payment stands in front of the cashier again. */
export function showPayment(turn: Turn, attemptId: string, givesUp: boolean): void {
  if (turn.state.register.user === null) return sayRefusal(turn, STRANGER);
  patchUi(turn, { stack: [], input: '' });
  takeBack(turn, attemptId, 'show');
  const shown = turn.state.attempts.find((candidate) => candidate.attemptId === attemptId);
  if (!givesUp || shown?.foreground !== true || shown.prompt === null) return;
  // Where Esc does nothing but leave, it is being given up already, or there is nothing yet that could be.
  const isLeftByEsc = 'settlesMs' in shown.prompt && shown.prompt.settlesMs !== undefined;
  if (!isLeftByEsc) feed(turn, attemptId, { cashier: 'cancel' });
}

/**
 * An undecided payment of this receipt comes in front of the cashier once more: its system was chosen again, and tells how it
 * stands (AS-24, 25), or it is to be shown as it was before she left it.
 */
function takeBack(turn: Turn, attemptId: string, why: 'again' | 'show'): void {
  const find = () => turn.state.attempts.find((candidate) => candidate.attemptId === attemptId);
  const attempt = find();
  if (attempt === undefined || isPaymentRunning(turn.state.attempts)) return;
  putAttempt(turn, { ...attempt, foreground: true });
  feed(turn, attemptId, { cashier: why });
  const after = find();
  if (after?.foreground !== true || after.prompt !== null) return;
  // Its machine has no answer to this.
  putAttempt(turn, { ...after, foreground: false });
  const { document } = turn.state.register;
  if (document !== null) sayRefusal(turn, refuseUndecided(document, 'Закрыть чек или оплатить иначе'));
}

/** F8 on РЕЗУЛЬТАТ of a refused payment: the same sum by the same means, as an attempt of its own. */
export function repeatPayment(turn: Turn, attemptId: string): void {
  const before = attemptOf(turn, attemptId);
  const currency = turn.facts
    .currencies()
    .find(({ provider, option = null }) => provider === before?.provider && option === before.order.option);
  if (before === null || currency === undefined || turn.state.register.document?.documentId !== before.documentId)
    return;
  pay(turn, currency, before.order.amountKopecks, false, { repeats: before });
}

/** `Итого` on a fully paid receipt. */
export function close(turn: Turn): void {
  const refusal = runCommand(turn, { do: 'close' });
  if (refusal !== null) sayRefusal(turn, refusal);
  else {
    turn.effects.push({ do: 'bell', pattern: 'done' });
    warnOfDrawer(turn);
  }
}
