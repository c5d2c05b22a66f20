import { resultRef } from '../dialogs/index.ts';
import { messageOf, textOf } from '../dialogs/messages/index.ts';
import { type Attempt, isMadeByHand } from '../payments/attempt.ts';
import type { Outcome, Say } from '../payments/outcome.ts';
import type { PaymentFate } from '../register/commands.ts';
import type { Currency, Document, Payment } from '../register/model.ts';
import { formatKopecks } from '../register/money.ts';
import { beginAttempt } from './attempts.ts';
import { settleLoyalty } from './cards.ts';
import { notify } from './notices.ts';
import { annul, cancelQueue, startCancel } from './payments.ts';
import { settleReconcile } from './reconciliation.ts';
import { refundNext } from './returns.ts';
import { context } from './state.ts';
import { settleToken } from './token-first.ts';
import {
  attemptOf,
  log,
  openContext,
  patchUi,
  putAttempt,
  runCommand,
  say,
  sayRefusal,
  show,
  type Turn,
} from './turn.ts';

/** Brings an attempt's outcome into the receipt. A late success wins over everything that was decided meanwhile (law 2). */
export function settle(turn: Turn, attempt: Attempt, outcome: Outcome, wasForeground: boolean, wasAsked = true): void {
  const text = outcome.kind === 'declined' ? `${outcome.kind} ${outcome.code}` : outcome.kind;
  log(turn, 'info', attempt.provider, `${attempt.operation} order=${attempt.order.orderNumber}: ${text}`);
  // A token that was fetched on the way speaks through what it was fetched for.
  if (wasAsked && (wasForeground || attempt.operation !== 'token')) markLink(turn, attempt.provider, outcome);
  switch (attempt.operation) {
    case 'pay':
    case 'refund':
      settlePay(turn, attempt, outcome);
      break;
    case 'cancel':
      settleCancel(turn, attempt, outcome, wasForeground);
      break;
    case 'loyalty':
      settleLoyalty(turn, outcome, attempt.currencyName);
      break;
    case 'reconcile':
      settleReconcile(turn, attempt, outcome);
      break;
    case 'token':
      settleToken(turn, attempt, outcome);
      break;
    case 'follow':
      settleFollow(turn, attempt, outcome);
      break;
  }
  if ('follow' in outcome && outcome.follow === true) beginFollow(turn, attempt, outcome);
  const told = outcome.kind === 'approved' ? (outcome.say ?? null) : outcome.say;
  if (told !== null && wasForeground) tell(turn, attempt, told, wasAsked);
  if (attempt.operation === 'cancel') goOnAnnulling(turn, attempt, outcome, wasForeground);
}

/** The next payment of a receipt that is being annulled; a refused cancel ends it (OPL-18). */
function goOnAnnulling(turn: Turn, attempt: Attempt, outcome: Outcome, wasForeground: boolean): void {
  const { annulling } = turn.state;
  if (annulling?.documentId !== attempt.documentId) return;
  if (outcome.kind === 'declined' || outcome.kind === 'notSent') {
    turn.state = { ...turn.state, annulling: null };
  } else if (wasForeground) {
    const refusal = annul(turn, annulling.confirmedBy);
    if (refusal !== null) sayRefusal(turn, refusal);
  }
}

function settlePay(turn: Turn, attempt: Attempt, outcome: Outcome): void {
  const { documentId, attemptId } = attempt;
  const fate: PaymentFate = outcome.kind;
  const providerPaymentId = outcome.kind === 'approved' ? outcome.providerPaymentId : null;
  const document = turn.state.register.document;
  const payment = document?.documentId === documentId ? findPayment(document, attemptId) : null;
  if (payment !== null && (payment.state === 'waiting' || payment.state === 'unknown')) {
    const wasUnknown = payment.state === 'unknown';
    runCommand(turn, { do: 'settlePayment', documentId, attemptId, fate, providerPaymentId });
    if (attempt.operation === 'refund') {
      if (fate === 'approved') refundNext(turn);
      else turn.state = { ...turn.state, refundPlan: null };
    }
    if (fate === 'approved') {
      turn.effects.push({ do: 'bell', pattern: 'done' });
      if (wasUnknown) patchUi(turn, { status: `${attempt.currencyName}: ${fateWord(attempt, true)}` });
    } else if (wasUnknown && fate !== 'unknown') {
      patchUi(turn, { status: `${attempt.currencyName}: ${fateWord(attempt, false)}` });
    }
    return;
  }
  if (attempt.manual !== null && outcome.kind !== 'unknown') {
    const isPaid = outcome.kind === 'approved';
    if (isMadeByHand(attempt, attempt.manual.decision) === isPaid) return;
    tellContradiction(turn, attempt);
    if (!isPaid) return;
  }
  if (outcome.kind !== 'approved' || attempt.operation === 'refund') return;
  giveBackLate(turn, attempt, providerPaymentId);
}

/** DOM-103, and in the list of notifications as well: a restart forgets the dialog, somebody's money is wrong all the same. */
function tellContradiction(turn: Turn, attempt: Attempt): void {
  const params = {
    // A payment type may be called `Оплата ...` itself.
    система: turn.facts.driver(attempt.provider)?.title ?? attempt.currencyName,
    сумма: formatKopecks(attempt.order.amountKopecks),
    документ: attempt.documentTitle,
  };
  log(turn, 'error', attempt.provider, `order=${attempt.order.orderNumber}: решение вручную противоречит серверу`);
  notify(turn, attempt.attemptId, 'DOM-103', params);
  say(turn, 'DOM-103', params);
}

/** Paid, and the receipt has been settled otherwise: the money goes back by the queue (K14). */
function giveBackLate(turn: Turn, paid: Attempt, providerPaymentId: string | null): void {
  log(turn, 'warn', paid.provider, `order=${paid.order.orderNumber}: поздняя оплата, возвращается`);
  const { orderNumber, amountKopecks } = paid.order;
  const source = { attemptId: paid.attemptId, orderNumber, providerPaymentId, amountKopecks };
  startCancel(turn, documentOf(paid), currencyOf(paid), source, false);
}

/** The payment has ended, and something is left to do for it: in the background, for as long as it takes. */
function beginFollow(turn: Turn, attempt: Attempt, outcome: Outcome): void {
  const { attemptId, order } = attempt;
  const providerPaymentId = outcome.kind === 'approved' ? outcome.providerPaymentId : null;
  beginAttempt(turn, {
    operation: 'follow',
    currency: currencyOf(attempt),
    document: documentOf(attempt),
    amountKopecks: order.amountKopecks,
    source: { attemptId, orderNumber: order.orderNumber, providerPaymentId, amountKopecks: order.amountKopecks },
    foreground: false,
    follows: outcome.kind === 'approved' ? 'made' : 'unmade',
  });
}

/** A payment that was taken for not made was made after all: nobody waits for it any more, so it goes back. */
function settleFollow(turn: Turn, attempt: Attempt, outcome: Outcome): void {
  if (attempt.follows !== 'unmade' || outcome.kind !== 'approved') return;
  const source = attemptOf(turn, attempt.sourceAttemptId ?? '');
  // A human has said that it was paid, and the receipt counts it: the money belongs where it is.
  if (source === null || (source.manual !== null && isMadeByHand(source, source.manual.decision))) return;
  giveBackLate(turn, source, outcome.providerPaymentId);
}

/** What became of money nobody could tell the fate of. */
function fateWord({ operation }: Attempt, isDone: boolean): string {
  if (operation === 'refund') return isDone ? 'возврат подтвержден' : 'возврат не выполнен';
  return isDone ? 'оплата подтверждена' : 'оплата не выполнена';
}

function settleCancel(turn: Turn, attempt: Attempt, outcome: Outcome, wasForeground: boolean): void {
  if (attempt.manual !== null) {
    // The row went when the human decided, and he has acted on it: nothing brings it back.
    const isMade = outcome.kind === 'approved';
    if (outcome.kind !== 'unknown' && isMade !== isMadeByHand(attempt, attempt.manual.decision)) {
      tellContradiction(turn, attempt);
    }
    return;
  }
  const attemptId = attempt.sourceAttemptId ?? '';
  const fate = outcome.kind === 'approved' ? 'cancelled' : outcome.kind === 'unknown' ? 'queued' : 'refused';
  const document = turn.state.register.document;
  const payment = document?.documentId === attempt.documentId ? findPayment(document, attemptId) : null;
  if (fate === 'refused' && payment?.state !== 'cancelling') {
    // Nobody waits for it any more, and the rest may have been paid otherwise meanwhile: the row cannot simply come back.
    // The buyer's money is owed to him, so it stays listed until a human has decided (SCR-53, DOM-90).
    putAttempt(turn, { ...attempt, state: 'unknown', wakeAtMs: null });
    patchUi(turn, { status: `${attempt.currencyName}: отмена отклонена, см. незавершенные оплаты` });
    return;
  }
  if (payment !== null) runCommand(turn, { do: 'settleCancel', documentId: attempt.documentId, attemptId, fate });
  // OPL-28 is about the queue: a cancel that the cashier has watched to its end was never in it.
  if (fate === 'cancelled' && !wasForeground && cancelQueue(turn, attempt.provider).length === 0) {
    patchUi(turn, { status: `${attempt.currencyName}: отмены отправлены, оплата доступна` });
  }
}

function tell(turn: Turn, attempt: Attempt, told: Say, wasAsked: boolean): void {
  const params = { ...(told.text === undefined ? {} : { text: told.text }), ...told.params };
  const driver = turn.facts.driver(attempt.provider);
  // The link was down already: after the one probe that this attempt was, the answer is "not available now" (OPL-13).
  const isLinkDown = wasAsked && attempt.state === 'notSent';
  const stillDown = isLinkDown && turn.state.linkLost[attempt.provider] === 'stillDown';
  const message = messageOf(told.number);
  // PM-05 and its like are no dialogs.
  if (message.kind === 'status') {
    patchUi(turn, { status: textOf(message, params) });
    return attempt.operation === 'pay' && attempt.state === 'declined' ? offerCurrencies(turn, attempt) : undefined;
  }
  if (told.result !== undefined)
    return show(turn, resultRef(told.number, told.result, attempt.attemptId, attempt.state === 'approved'));
  turn.effects.push({ do: 'bell', pattern: 'error' });
  if (stillDown && driver?.unavailable) say(turn, driver.unavailable, { система: driver.title });
  else say(turn, told.number, params);
}

/** A cancelled payment leads back to the payment types, for the same sum (PM-05; paymaster.md 11). */
function offerCurrencies(turn: Turn, { documentId, order }: Attempt): void {
  const { register, ui } = turn.state;
  if (register.user === null || register.document?.documentId !== documentId || ui.stack.length > 0) return;
  openContext(turn, context('currency-select', { amountKopecks: order.amountKopecks, selected: 0 }));
}

/** After OPL-01/OPL-14 the provider's link counts as lost; when the next attempt fails the same way, as still down. */
function markLink(turn: Turn, provider: string, outcome: Outcome): void {
  // A setting or token file of ours that is broken says nothing of the link.
  const isLost =
    (outcome.kind === 'notSent' && outcome.say?.number.startsWith('SYS-') !== true) ||
    (outcome.kind === 'declined' && outcome.linkLost === true);
  if (!isLost || (turn.facts.driver(provider)?.unavailable ?? null) === null) return;
  const mark = provider in turn.state.linkLost ? 'stillDown' : 'lost';
  turn.state = { ...turn.state, linkLost: { ...turn.state.linkLost, [provider]: mark } };
}

/** Anything that the provider's server answers means that the link is there again. */
export function linkSeen(turn: Turn, provider: string): void {
  if (turn.state.silent.includes(provider)) {
    turn.state = { ...turn.state, silent: turn.state.silent.filter((name) => name !== provider) };
  }
  if (!(provider in turn.state.linkLost)) return;
  const { [provider]: _seen, ...linkLost } = turn.state.linkLost;
  turn.state = { ...turn.state, linkLost };
}

/** Its last request got no answer: a word in row 24 (SCR-39), nothing that decides. */
export function linkSilent(turn: Turn, provider: string): void {
  if (!turn.state.silent.includes(provider)) turn.state = { ...turn.state, silent: [...turn.state.silent, provider] };
}

function findPayment(document: Document | null | undefined, attemptId: string): Payment | null {
  return document?.payments.find((payment) => payment.attemptId === attemptId) ?? null;
}

function currencyOf({ currencyName, provider, order }: Attempt): Currency {
  return { name: currencyName, provider, option: order.option } as Currency;
}

function documentOf(attempt: Attempt): Pick<Document, 'documentId' | 'number' | 'type'> {
  return { documentId: attempt.documentId, number: attempt.documentNumber, type: 'sale' };
}
