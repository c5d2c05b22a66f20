import { faultIn } from '../../payments/answer-words.ts';
import type { Attempt } from '../../payments/attempt.ts';
import { heard, isContradicted, isFinal, isRefusedCancel, isUndelivered } from '../../payments/attempt.ts';
import type { Driver, Input } from '../../payments/driver.ts';
import { type Advance, advance, hashOfCode, machineOf, nothingWanted } from '../../payments/gateway.ts';
import type { Outcome } from '../../payments/outcome.ts';
import { formatKopecks } from '../../register/money.ts';
import { runCommand } from '../commands.ts';
import { notify } from '../notices.ts';
import { printPromptSlip, printQr } from '../printing.ts';
import { takeReport } from '../reconciliation.ts';
import { isPaymentRunning } from '../state.ts';
import { log, markStalled, patchUi, putAttempt, say, sayRefusal, type Turn } from '../turn.ts';
import type { Due, Wanted } from './due.ts';
import { olderDeliveries } from './late-money.ts';
import { heardOfFault, heardOfLink, readingOf, toldFaults, toldQuestion } from './link.ts';
import { isKnownOrder } from './look-back.ts';
import { stamped } from './missed.ts';
import { attemptFor, givenBackIds } from './orders.ts';
import { heardOfProbe } from './probe.ts';
import { readyFor } from './ready.ts';

/** Gives one input to an attempt's machine and does what its step asks. Unknown or final attempts ignore it. */
export function hear(turn: Turn, attemptId: string, input: Input): Due[] {
  const attempt = turn.state.attempts.find((candidate) => candidate.attemptId === attemptId);
  if (attempt === undefined) heardOfProbe(turn, attemptId, input);
  // Proved is proved, also where a human has to look at it: its machine has ended.
  if (attempt === undefined || isFinal(attempt) || isContradicted(attempt) || isRefusedCancel(attempt)) return [];
  // What the journal has lost has no machine: its system has told all it knows.
  if (attempt.operation === 'found') return [];
  const driver = turn.facts.driver(attempt.provider);
  if (driver === null) {
    log(turn, 'error', attempt.provider, `нет драйвера, операция ${attempt.order.orderNumber}`);
    return [];
  }
  const reading = readingOf(turn, driver, input);
  heardOfLink(turn, attempt.provider, input, reading);
  const fault = faultIn(input, reading);
  heardOfFault(turn, attempt, input, reading, fault);
  if (fault !== null) log(turn, 'warn', driver.name, `order=${attempt.order.orderNumber}: ${fault}`);
  const question = fault === null ? null : toldQuestion(turn, driver.name, input);
  return step(turn, heard(attempt, input, fault, turn.facts.now(), question), driver, input);
}

/**
 * Begins an attempt: its intent and the first step of its machine, in this turn, so in one commit before the first byte
 * leaves. A payment or refund also becomes a row of the receipt, which the register may refuse.
 */
export function begin(turn: Turn, wanted: Wanted): Due[] {
  const { operation, currency } = wanted;
  const driver = turn.facts.driver(currency.provider);
  if (driver === null || machineOf(driver, operation) === null) {
    say(turn, 'DOM-34');
    return [];
  }
  // One thing at a time in front of the cashier: a second press must not become a second request.
  if (wanted.foreground !== false && isPaymentRunning(turn.state.attempts)) return [];
  const attempt = attemptFor(turn, wanted, driver);
  const { attemptId, sourceAttemptId } = attempt;
  const { orderNumber, amountKopecks } = attempt.order;
  if (operation === 'pay' || operation === 'refund') {
    const begun = { attemptId, orderNumber, currency, amountKopecks, sourceAttemptId };
    const refusal = runCommand(turn, { do: 'beginPayment', ...begun });
    if (refusal !== null) {
      sayRefusal(turn, refusal);
      return [];
    }
    patchUi(turn, { input: '' });
  }
  turn.state = { ...turn.state, attemptsMade: turn.state.attemptsMade + 1 };
  putAttempt(turn, attempt);
  log(turn, 'info', driver.name, `${operation} order=${orderNumber} sum=${formatKopecks(amountKopecks)}`);
  return step(turn, attempt, driver, null);
}

function step(turn: Turn, before: Attempt, driver: Driver, given: Input | null): Due[] {
  const ready = readyFor(turn, before, driver, given);
  if ('due' in ready) return ready.due;
  const { attempt, input, settings, token } = ready;
  const advanced = advanceOrGiveUp(turn, attempt, driver, input, {
    settings,
    token,
    nowMs: turn.facts.now(),
    utcOffsetMinutes: turn.facts.rules.utcOffsetMinutes,
    isSilent: driver.name in turn.state.silent,
    answerFaults: toldFaults(turn.state, driver.name, turn.facts.now()),
    ...(isUndelivered(attempt) ? { ahead: olderDeliveries(turn, attempt, driver).length } : {}),
    usedCodes: { has: (code) => turn.facts.hasUsedCode(hashOfCode(code)) },
    knownOrders: { has: (orderNumber) => isKnownOrder(turn, orderNumber) },
    ...(attempt.sourceAttemptId !== null
      ? { givenBackIds: givenBackIds(turn, attempt.sourceAttemptId, attempt.attemptId) }
      : {}),
  });
  // A step that could only have moved money was thrown away, and its input with it: the next one starts from the state.
  if (advanced.attempt.manual !== null && advanced.attempt.step === attempt.step) markStalled(turn, attempt.attemptId);
  return perform(turn, before, { ...advanced, attempt: stamped(turn, attempt, advanced.attempt) }, driver);
}

/**
 * A stored state that this program does not understand (another version wrote it, a bit has fallen over) must not keep the
 * others from their recovery: nothing is known of that attempt, and a human has to look (SCR-53, DOM-90).
 */
function advanceOrGiveUp(...[turn, attempt, driver, input, facts]: [Turn, ...Parameters<typeof advance>]): Advance {
  try {
    return advance(attempt, driver, input, facts);
  } catch (error) {
    if (input === null || !('restarted' in input || 'askNow' in input)) throw error;
    log(turn, 'error', driver.name, `order=${attempt.order.orderNumber}: сохраненное состояние не читается`);
    const outcome: Outcome = { kind: 'unknown', say: null };
    const state = attempt.manual === null ? 'unknown' : attempt.state;
    const lost: Attempt = { ...attempt, state, outcome, foreground: false, prompt: null, wakeAtMs: null };
    return { ...nothingWanted(lost), reported: outcome };
  }
}

/** What a step wants of the journal, the world and the cashier, and its end, if it is one. */
function perform(turn: Turn, before: Attempt, advanced: Advance, driver: Driver): Due[] {
  const { attempt } = advanced;
  putAttempt(turn, attempt);
  if (advanced.token !== null) turn.effects.push({ do: 'storeToken', provider: driver.name, token: advanced.token });
  if (advanced.usedCodeHash !== null) {
    turn.write.usedCodes.push({ hash: advanced.usedCodeHash, attemptId: attempt.attemptId });
  }
  for (const alarm of advanced.alarms) log(turn, 'error', driver.name, `order=${attempt.order.orderNumber}: ${alarm}`);
  for (const { number, params } of advanced.notices) notify(turn, attempt.attemptId, number, params);
  for (const report of advanced.reports) takeReport(turn, attempt.attemptId, report);
  for (const request of advanced.sends) {
    turn.effects.push({ do: 'send', attemptId: attempt.attemptId, provider: driver.name, request });
  }
  for (const action of advanced.devices) {
    turn.effects.push({ do: 'paymentDevice', attemptId: attempt.attemptId, provider: driver.name, action });
  }
  const wasForeground = before.foreground;
  // What was typed for one prompt must never land in the next one.
  if (wasForeground && attempt.prompt?.number !== before.prompt?.number) patchUi(turn, { input: '' });
  const due = [
    ...advanced.slips.flatMap((data) => printPromptSlip(turn, attempt, data)),
    ...(wasForeground ? printQr(turn, before, attempt) : []),
  ];
  if (advanced.reported === null) return due;
  return [...due, { do: 'settle', ended: { attempt, outcome: advanced.reported, wasForeground, wasAsked: true } }];
}
