import { messageOf, textOf } from '../dialogs/messages/index.ts';
import type { Attempt } from '../payments/attempt.ts';
import { isFinal } from '../payments/attempt.ts';
import type { Driver, Input } from '../payments/driver.ts';
import { advance, hashOfCode, machineOf } from '../payments/gateway.ts';
import type { Outcome, Say } from '../payments/outcome.ts';
import type { PaymentFate } from '../register/commands.ts';
import type { Currency, Document, Payment } from '../register/model.ts';
import { formatKopecks } from '../register/money.ts';
import type { Refusal } from '../register/refusal.ts';
import { isCounted, totalsOf } from '../register/totals.ts';
import { settleLoyalty } from './cards.ts';
import { documentTitle, nextOrderNumber, receiptOf, sourceOf, type Wanted } from './orders.ts';
import { settleReconcile } from './reconciliation.ts';
import { openSources, refundNext, refundSource } from './returns.ts';
import { isPaymentRunning } from './state.ts';
import { settleToken, waitsForToken } from './token-first.ts';
import { log, patchUi, putAttempt, queuePrintJob, runCommand, say, sayRefusal, type Turn } from './turn.ts';

/** How long an attempt whose settings cannot be read waits before it looks at them again. */
const STALLED_PAUSE_MS = 5000;

/**
 * Begins a payment: checks, intent, first step of the machine - one turn, so one commit before the first byte leaves.
 * @param amountKopecks null = all that is left
 */
export function pay(turn: Turn, currency: Currency, amountKopecks: number | null, thenClose: boolean): void {
  const document = turn.state.register.document;
  const driver = turn.facts.driver(currency.provider);
  if (document === null || driver === null) return say(turn, 'DOM-34');
  const notNow = refusedNow(turn, driver);
  if (notNow !== null) return sayRefusal(turn, notNow);

  const { restKopecks } = totalsOf(document);
  if (document.type === 'returnBySale' && document.source !== null) {
    // Money goes back the way it came; another means only where the shop allows cash instead.
    const source = openSources(turn).find((candidate) => candidate.currency.code === currency.code);
    if (source !== undefined) {
      const mostKopecks = Math.min(restKopecks, source.leftKopecks);
      // Cash is counted out as far as it goes; what a payment system gives back is what was typed, or nothing.
      const wantedKopecks = amountKopecks ?? mostKopecks;
      return refundSource(turn, source, driver.can.immediate ? Math.min(wantedKopecks, mostKopecks) : wantedKopecks);
    }
    const refused = driver.refusedForReturn;
    if (refused !== null) return sayRefusal(turn, { refused, params: {} });
  }
  if (document.type === 'return' && !driver.can.freeReturn) {
    return sayRefusal(turn, { refused: driver.refusedForReturn ?? 'DOM-34', params: {} });
  }
  if (restKopecks === 0 && amountKopecks === null && thenClose) return close(turn);
  beginAttempt(turn, {
    operation: document.type === 'sale' ? 'pay' : 'refund',
    currency,
    document,
    amountKopecks: amountKopecks ?? restKopecks,
  });
  const after = turn.state.register.document;
  const isSettled = after !== null && driver.can.immediate && totalsOf(after).restKopecks === 0;
  if (thenClose && isSettled && turn.state.ui.stack.length === 0) close(turn);
}

/** Why no payment or return of this provider may begin: no room for its intent (K31), or cancels that go first (R7). */
export function refusedNow(turn: Turn, driver: Driver): Refusal | null {
  if (!driver.can.immediate && !turn.facts.diskHasReserve()) return { refused: 'SYS-03', params: {} };
  return isQueueBlocking(turn, driver) ? { refused: driver.unavailable ?? 'DOM-34', params: {} } : null;
}

/** The queue goes first (R7); the cashier's wish is a good moment to try it again. */
function isQueueBlocking(turn: Turn, driver: Driver): boolean {
  if (driver.unavailable === null) return false;
  for (const queued of cancelQueue(turn, driver.name)) feed(turn, queued.attemptId, { restarted: true });
  return cancelQueue(turn, driver.name).length > 0;
}

/** `Итого` on a fully paid receipt. */
export function close(turn: Turn): void {
  const refusal = runCommand(turn, { do: 'close' });
  if (refusal !== null) sayRefusal(turn, refusal);
  else turn.effects.push({ do: 'bell', pattern: 'done' });
}

/** OPL-25 answered `Да`: the payment is given back by an attempt of its own. */
export function cancelPayment(turn: Turn, attemptId: string): void {
  const document = turn.state.register.document;
  const payment = document?.payments.find((candidate) => candidate.attemptId === attemptId);
  if (document === null || payment === undefined) return say(turn, 'DOM-31');
  const refusal = runCommand(turn, { do: 'beginCancel', attemptId });
  if (refusal !== null) return sayRefusal(turn, refusal);
  startCancel(turn, document, payment.currency, payment, true);
}

/** DOM-41 answered `Да`: the payments are taken back one by one, last first; then the document is annulled. */
export function annul(turn: Turn): void {
  const document = turn.state.register.document;
  if (document === null) return say(turn, 'DOM-30');
  const last = document.payments.filter(isCounted).at(-1);
  if (last !== undefined) {
    turn.state = { ...turn.state, annulling: document.documentId };
    return cancelPayment(turn, last.attemptId);
  }
  turn.state = { ...turn.state, annulling: null };
  const refusal = runCommand(turn, { do: 'annul', confirmedBy: null });
  if (refusal !== null) sayRefusal(turn, refusal);
}

/** Gives one input to an attempt's machine and does what its step asks. Unknown or final attempts ignore it. */
export function feed(turn: Turn, attemptId: string, input: Input): void {
  const attempt = turn.state.attempts.find((candidate) => candidate.attemptId === attemptId);
  if (attempt === undefined || isFinal(attempt)) return;
  const driver = turn.facts.driver(attempt.provider);
  if (driver === null)
    return log(turn, 'error', attempt.provider, `нет драйвера, операция ${attempt.order.orderNumber}`);
  if ('reply' in input) linkSeen(turn, attempt.provider);
  step(turn, attempt, driver, input);
}

/**
 * Begins an attempt: its intent and the first step of its machine, in this turn, so in one commit before the first byte
 * leaves. A payment or refund also becomes a row of the receipt, which the register may refuse.
 */
export function beginAttempt(turn: Turn, wanted: Wanted): void {
  const { operation, currency, document } = wanted;
  const driver = turn.facts.driver(currency.provider);
  if (driver === null || machineOf(driver, operation) === null) return say(turn, 'DOM-34');
  // One thing at a time in front of the cashier: a second press must not become a second request.
  if (wanted.foreground !== false && isPaymentRunning(turn.state.attempts)) return;
  const attemptId = turn.facts.newAttemptId();
  const orderNumber = nextOrderNumber(turn, document);
  const amountKopecks = wanted.amountKopecks ?? 0;
  if (operation === 'pay' || operation === 'refund') {
    const sourceAttemptId = wanted.source?.attemptId ?? null;
    const begun = { attemptId, orderNumber, currency, amountKopecks, sourceAttemptId };
    const refusal = runCommand(turn, { do: 'beginPayment', ...begun });
    if (refusal !== null) return sayRefusal(turn, refusal);
    patchUi(turn, { input: '' });
  }
  const nowMs = turn.facts.now();
  const attempt: Attempt = {
    attemptId,
    provider: driver.name,
    operation,
    documentId: document?.documentId ?? '',
    documentNumber: document?.number ?? 0,
    documentTitle: document === null ? '' : documentTitle(document),
    currencyName: currency.name,
    order: {
      attemptId,
      orderNumber,
      amountKopecks,
      shiftLabel: turn.state.register.shift?.label ?? '',
      receipt: receiptOf(turn, wanted),
      source: sourceOf(turn, wanted),
    },
    sourceAttemptId: wanted.source?.attemptId ?? null,
    state: 'intent',
    driverState: null,
    step: 0,
    prompt: null,
    promptIssuedAtMs: nowMs,
    foreground: wanted.foreground ?? true,
    wakeAtMs: null,
    outcome: null,
    startedAtMs: nowMs,
    updatedAtMs: nowMs,
    manual: null,
  };
  turn.state = { ...turn.state, attemptsMade: turn.state.attemptsMade + 1 };
  putAttempt(turn, attempt);
  log(turn, 'info', driver.name, `${operation} order=${orderNumber} sum=${formatKopecks(amountKopecks)}`);
  step(turn, attempt, driver, null);
}

function step(turn: Turn, attempt: Attempt, driver: Driver, input: Input | null): void {
  const settings = turn.facts.driverSettings(driver.name);
  const token = turn.facts.token(driver.name);
  const bad = 'file' in settings ? settings : null;
  if (bad !== null || token === 'damaged') {
    const sayBad: Say =
      bad !== null ? { number: 'SYS-08', params: { файл: bad.file, параметр: bad.parameter } } : { number: 'SYS-11' };
    if (input === null) {
      // Nothing has been asked of the provider: a fresh attempt ends here, and its end says nothing of the link.
      const outcome: Outcome = { kind: 'notSent', say: sayBad };
      const ended: Attempt = { ...attempt, state: 'notSent', outcome, foreground: false, prompt: null };
      putAttempt(turn, ended);
      settle(turn, ended, outcome, attempt.foreground, false);
    } else {
      stall(turn, attempt, sayBad);
    }
    return;
  }
  const isMended = input !== null && 'timer' in input && turn.state.stalled.includes(attempt.attemptId);
  if (isMended) {
    const stalled = turn.state.stalled.filter((attemptId) => attemptId !== attempt.attemptId);
    turn.state = { ...turn.state, stalled };
  }
  const usable = { settings: (settings as { settings: unknown }).settings, token: token.token };
  if (waitsForToken(turn, attempt, driver, input, usable)) return;
  const awake = isMended ? { ...attempt, wakeAtMs: null } : attempt;
  const advanced = advance(awake, driver, isMended ? { restarted: true } : input, {
    ...usable,
    nowMs: turn.facts.now(),
    usedCodes: { has: (code) => turn.facts.hasUsedCode(hashOfCode(code)) },
  });
  putAttempt(turn, advanced.attempt);
  // What was typed for one prompt must never land in the next one.
  if (attempt.foreground && advanced.attempt.prompt?.show !== attempt.prompt?.show) patchUi(turn, { input: '' });
  if (attempt.foreground) printUnshowableQr(turn, attempt, advanced.attempt);
  if (advanced.token !== null) turn.effects.push({ do: 'storeToken', provider: driver.name, token: advanced.token });
  if (advanced.usedCodeHash !== null) {
    turn.write.usedCodes.push({ hash: advanced.usedCodeHash, attemptId: attempt.attemptId });
  }
  for (const alarm of advanced.alarms) log(turn, 'error', driver.name, `order=${attempt.order.orderNumber}: ${alarm}`);
  for (const request of advanced.sends) turn.effects.push({ do: 'send', attemptId: attempt.attemptId, request });
  if (advanced.reported !== null) settle(turn, advanced.attempt, advanced.reported, attempt.foreground);
}

/**
 * The settings of a running attempt cannot be read. Its input, which may be the answer about money, is lost to the
 * machine; when they are mended the machine asks for the state, as after a restart.
 */
function stall(turn: Turn, attempt: Attempt, sayBad: Say): void {
  const { attemptId, foreground } = attempt;
  turn.state = { ...turn.state, stalled: [...new Set([...turn.state.stalled, attemptId])] };
  putAttempt(turn, { ...attempt, wakeAtMs: turn.facts.now() + STALLED_PAUSE_MS });
  if (foreground) patchUi(turn, { status: textOf(messageOf(sayBad.number), sayBad.params ?? {}) });
}

/** A QR that this terminal cannot show goes on paper; without a printer there is no way to this buyer (DEV-60). */
function printUnshowableQr(turn: Turn, before: Attempt, after: Attempt): void {
  const prompt = after.prompt;
  if (prompt?.show !== 'showQr') return;
  if (before.prompt?.show === 'showQr' && before.prompt.payload === prompt.payload) return;
  if (turn.facts.qrFitsScreen(prompt.payload, turn.state.columns, turn.state.rows)) return;
  if (turn.facts.printerConfigured) {
    const { caption, payload } = prompt;
    queuePrintJob(turn, '', 'qr', after.attemptId, { caption, payload, sumKopecks: after.order.amountKopecks });
  } else {
    feed(turn, after.attemptId, { cashier: 'cancel' });
    say(turn, 'DEV-60');
  }
}

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
  }
  const told = outcome.kind === 'approved' ? (outcome.say ?? null) : outcome.say;
  if (told !== null && wasForeground) tell(turn, attempt, told, wasAsked);
  if (turn.state.annulling === attempt.documentId && attempt.operation === 'cancel') {
    if (outcome.kind === 'declined' || outcome.kind === 'notSent') turn.state = { ...turn.state, annulling: null };
    else if (wasForeground) annul(turn);
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
    const saidPaid = attempt.manual.decision !== 'notPaid';
    const isPaid = outcome.kind === 'approved';
    if (saidPaid === isPaid) return;
    log(turn, 'error', attempt.provider, `order=${attempt.order.orderNumber}: решение вручную противоречит серверу`);
    say(turn, 'DOM-103', {
      система: attempt.currencyName,
      сумма: formatKopecks(attempt.order.amountKopecks),
      документ: attempt.documentTitle,
    });
    if (!isPaid) return;
  }
  if (outcome.kind !== 'approved' || attempt.operation === 'refund') return;
  // Paid, and the receipt has been settled otherwise: the money goes back by the queue (K14).
  log(turn, 'warn', attempt.provider, `order=${attempt.order.orderNumber}: поздняя оплата, возвращается`);
  const { orderNumber, amountKopecks } = attempt.order;
  const source = { attemptId, orderNumber, providerPaymentId, amountKopecks };
  const currency = { name: attempt.currencyName, provider: attempt.provider } as Currency;
  startCancel(turn, documentOf(attempt), currency, source, false);
}

/** What became of money nobody could tell the fate of. */
function fateWord({ operation }: Attempt, isDone: boolean): string {
  if (operation === 'refund') return isDone ? 'возврат подтвержден' : 'возврат не выполнен';
  return isDone ? 'оплата подтверждена' : 'оплата не выполнена';
}

function settleCancel(turn: Turn, attempt: Attempt, outcome: Outcome, wasForeground: boolean): void {
  const attemptId = attempt.sourceAttemptId ?? '';
  const fate = outcome.kind === 'approved' ? 'cancelled' : outcome.kind === 'unknown' ? 'queued' : 'refused';
  const document = turn.state.register.document;
  const payment = document?.documentId === attempt.documentId ? findPayment(document, attemptId) : null;
  if (fate === 'refused' && payment?.state !== 'cancelling' && attempt.manual === null) {
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

function startCancel(
  turn: Turn,
  document: Pick<Document, 'documentId' | 'number' | 'type'>,
  currency: Currency,
  source: Pick<Payment, 'attemptId' | 'orderNumber' | 'providerPaymentId' | 'amountKopecks'>,
  foreground: boolean,
): void {
  const { amountKopecks } = source;
  beginAttempt(turn, { operation: 'cancel', currency, document, amountKopecks, source, foreground });
}

/** Cancels of a provider that wait for its link, oldest first; what a human has decided waits for nothing. */
export function cancelQueue(turn: Turn, provider: string): Attempt[] {
  const isQueued = (a: Attempt) => a.operation === 'cancel' && !a.foreground && a.manual === null;
  return turn.state.attempts.filter((attempt) => attempt.provider === provider && isQueued(attempt));
}

function tell(turn: Turn, attempt: Attempt, told: Say, wasAsked: boolean): void {
  const params = { ...(told.text === undefined ? {} : { text: told.text }), ...told.params };
  const driver = turn.facts.driver(attempt.provider);
  // The link was down already: after the one probe that this attempt was, the answer is "not available now" (OPL-13).
  const isLinkDown = wasAsked && attempt.state === 'notSent';
  const stillDown = isLinkDown && turn.state.linkLost[attempt.provider] === 'stillDown';
  turn.effects.push({ do: 'bell', pattern: 'error' });
  say(turn, stillDown && driver?.unavailable ? driver.unavailable : told.number, params);
}

/** After OPL-01/OPL-14 the provider's link counts as lost; when the next attempt fails the same way, as still down. */
function markLink(turn: Turn, provider: string, outcome: Outcome): void {
  // A setting or token file of ours that is broken says nothing of the link.
  const isLost =
    (outcome.kind === 'notSent' && outcome.say?.number.startsWith('SYS-') !== true) ||
    (outcome.kind === 'declined' && outcome.code === 'notRegistered');
  if (!isLost || (turn.facts.driver(provider)?.unavailable ?? null) === null) return;
  const mark = provider in turn.state.linkLost ? 'stillDown' : 'lost';
  turn.state = { ...turn.state, linkLost: { ...turn.state.linkLost, [provider]: mark } };
}

function linkSeen(turn: Turn, provider: string): void {
  if (!(provider in turn.state.linkLost)) return;
  const { [provider]: _seen, ...linkLost } = turn.state.linkLost;
  turn.state = { ...turn.state, linkLost };
}

function findPayment(document: Document | null | undefined, attemptId: string): Payment | null {
  return document?.payments.find((payment) => payment.attemptId === attemptId) ?? null;
}

function documentOf(attempt: Attempt): Pick<Document, 'documentId' | 'number' | 'type'> {
  return { documentId: attempt.documentId, number: attempt.documentNumber, type: 'sale' };
}
