import type { Attempt } from '../../payments/attempt.ts';
import type { Outcome } from '../../payments/outcome.ts';
import type { PaymentFate } from '../../register/commands.ts';
import type { Payment, Tendered } from '../../register/model.ts';
import { settleLoyalty } from '../cards.ts';
import { runCommand } from '../commands.ts';
import { settleReconcile } from '../reconciliation.ts';
import { log, patchUi, putAttempt, type Turn } from '../turn.ts';
import { contradictsHand } from './by-hand.ts';
import { cancelQueue } from './cancels.ts';
import type { Due, Ended } from './due.ts';
import { followOf, giveBackLate, giveBackSurplus, settleFollow } from './late-money.ts';
import { markLink } from './link.ts';
import { settleLookBack } from './look-back.ts';
import { nextRefund, stopRefunding } from './refunds.ts';
import { reasonOf } from './tell.ts';
import { settleToken } from './token-first.ts';
import { tellCancel } from './told-money.ts';

/**
 * Brings an attempt's end into the books: the receipt, the mark of the link, the page that waits for it. A late success
 * wins over everything that was decided meanwhile (law 2).
 * @returns the attempts that this end calls for
 */
export function settle(turn: Turn, ended: Ended): Due[] {
  const { attempt, outcome } = ended;
  const text = outcome.kind === 'declined' ? `${outcome.kind} ${outcome.code}` : outcome.kind;
  log(turn, 'info', attempt.provider, `${attempt.operation} order=${attempt.order.orderNumber}: ${text}`);
  markLink(turn, ended);
  return [...settleOperation(turn, ended), ...giveBackSurplus(turn, ended), ...followOf(ended)];
}

function settleOperation(turn: Turn, ended: Ended): Due[] {
  switch (ended.attempt.operation) {
    case 'pay':
    case 'refund':
      return settlePay(turn, ended);
    case 'cancel':
      settleCancel(turn, ended);
      return [];
    case 'loyalty':
      settleLoyalty(turn, ended.outcome, ended.attempt.currencyName);
      return [];
    case 'reconcile':
      return settleReconcile(turn, ended.attempt, ended.outcome);
    case 'token':
      return settleToken(turn, ended);
    case 'lookBack':
      settleLookBack(turn, ended);
      return [];
    case 'check':
    case 'found':
      return [];
    case 'follow':
      return settleFollow(turn, ended);
  }
}

function settlePay(turn: Turn, { attempt, outcome }: Ended): Due[] {
  const payment = openPayment(turn, attempt, attempt.attemptId);
  const providerPaymentId = outcome.kind === 'approved' ? outcome.providerPaymentId : null;
  if (payment?.state === 'waiting' || payment?.state === 'unknown') {
    const { documentId, attemptId } = attempt;
    const tendered = tenderedOf(turn, attempt, outcome);
    runCommand(turn, { do: 'settlePayment', documentId, attemptId, fate: outcome.kind, providerPaymentId, tendered });
    const due = attempt.operation === 'refund' ? goOnRefunding(turn, outcome.kind) : [];
    tellRow(turn, attempt, outcome.kind, payment.state === 'unknown');
    return due;
  }
  const isContradicted = contradictsHand(turn, attempt, outcome);
  if (attempt.manual !== null && !isContradicted) return [];
  if (outcome.kind !== 'approved' || attempt.operation === 'refund') return [];
  return giveBackLate(turn, attempt, providerPaymentId);
}

/** How it was paid, as its end tells it. A refund has it of its source; a payment type of one means is called by it. */
function tenderedOf(turn: Turn, attempt: Attempt, outcome: Outcome): Tendered {
  if (attempt.operation !== 'pay') return {};
  const means = attempt.order.option == null ? turn.facts.driver(attempt.provider)?.means?.(attempt.driverState) : null;
  const { isCash, changeKopecks } = outcome.kind === 'approved' ? outcome : {};
  return {
    ...(means == null ? {} : { means }),
    ...(isCash === undefined ? {} : { isCash }),
    ...(changeKopecks === undefined ? {} : { changeKopecks }),
  };
}

function goOnRefunding(turn: Turn, fate: PaymentFate): Due[] {
  if (fate === 'approved') return nextRefund(turn);
  stopRefunding(turn);
  return [];
}

/** The bell of a done payment; row 24 for one whose fate nobody could tell until now. */
function tellRow(turn: Turn, attempt: Attempt, fate: PaymentFate, wasUnknown: boolean): void {
  if (fate === 'approved') turn.effects.push({ do: 'bell', pattern: 'done' });
  if (!wasUnknown || fate === 'unknown') return;
  patchUi(turn, { status: `${attempt.currencyName}: ${fateWord(attempt, fate === 'approved')}` });
}

/** What became of money nobody could tell the fate of. */
function fateWord({ operation }: Attempt, isDone: boolean): string {
  if (operation === 'refund') return isDone ? 'возврат подтвержден' : 'возврат не выполнен';
  return isDone ? 'оплата подтверждена' : 'оплата не выполнена';
}

function settleCancel(turn: Turn, { attempt, outcome, wasForeground }: Ended): void {
  if (attempt.manual !== null) {
    // The row went when the human decided, and he has acted on it: nothing brings it back.
    contradictsHand(turn, attempt, outcome);
    return;
  }
  const attemptId = attempt.sourceAttemptId ?? '';
  const fate = outcome.kind === 'approved' ? 'cancelled' : outcome.kind === 'unknown' ? 'queued' : 'refused';
  const payment = openPayment(turn, attempt, attemptId);
  if (fate === 'refused' && payment?.state !== 'cancelling') {
    // Nobody waits for it any more, and the rest may have been paid otherwise meanwhile: the row cannot simply come back.
    // The buyer's money is owed to him, so it stays listed until a human has decided (SCR-53, DOM-90).
    // Its payment system is free for other sales meanwhile: nothing is under way there.
    const lastFault = { text: reasonOf(outcome), atMs: turn.facts.now() };
    const refused: Attempt = { ...attempt, state: 'unknown', wakeAtMs: null, lastFault };
    putAttempt(turn, refused);
    tellCancel(turn, refused, outcome);
    log(turn, 'warn', attempt.provider, `order=${attempt.order.orderNumber}: в отмене отказано: ${lastFault.text}`);
    patchUi(turn, { status: `${attempt.currencyName}: отмена отклонена, см. незавершенные оплаты` });
    return;
  }
  if (payment !== null) runCommand(turn, { do: 'settleCancel', documentId: attempt.documentId, attemptId, fate });
  if (!wasForeground) tellCancel(turn, attempt, outcome);
  // The word is about the queue: a cancel that the cashier has watched to its end was never in it.
  if (fate === 'cancelled' && !wasForeground && cancelQueue(turn, attempt.provider).length === 0) {
    patchUi(turn, { status: `${attempt.currencyName}: отмены отправлены, оплата доступна` });
  }
}

/** A row of the open receipt, when the attempt is about that receipt. */
function openPayment(turn: Turn, { documentId }: Attempt, attemptId: string): Payment | null {
  const { document } = turn.state.register;
  if (document?.documentId !== documentId) return null;
  return document.payments.find((payment) => payment.attemptId === attemptId) ?? null;
}
