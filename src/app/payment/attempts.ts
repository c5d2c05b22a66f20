import { messageOf, textOf } from '../../dialogs/messages/index.ts';
import type { Attempt } from '../../payments/attempt.ts';
import { heard, isFinal } from '../../payments/attempt.ts';
import type { Driver, Input } from '../../payments/driver.ts';
import { type Advance, advance, hashOfCode, machineOf, nothingWanted } from '../../payments/gateway.ts';
import type { Outcome, Say } from '../../payments/outcome.ts';
import { formatKopecks } from '../../register/money.ts';
import { runCommand } from '../commands.ts';
import { notify } from '../notices.ts';
import { printQr, queuePrintJob } from '../printing.ts';
import { isPaymentRunning } from '../state.ts';
import { log, markStalled, patchUi, putAttempt, say, sayRefusal, type Turn } from '../turn.ts';
import type { Due, Ended, Wanted } from './due.ts';
import { heardOfLink } from './link.ts';
import { attemptFor, givenBackIds } from './orders.ts';
import { waitForToken } from './token-first.ts';

/** How long an attempt whose settings cannot be read waits before it looks at them again. */
const STALLED_PAUSE_MS = 5000;

/** Gives one input to an attempt's machine and does what its step asks. Unknown or final attempts ignore it. */
export function hear(turn: Turn, attemptId: string, input: Input): Due[] {
  const attempt = turn.state.attempts.find((candidate) => candidate.attemptId === attemptId);
  if (attempt === undefined || isFinal(attempt)) return [];
  const driver = turn.facts.driver(attempt.provider);
  if (driver === null) {
    log(turn, 'error', attempt.provider, `нет драйвера, операция ${attempt.order.orderNumber}`);
    return [];
  }
  heardOfLink(turn, attempt.provider, input);
  return step(turn, heard(attempt, input, turn.facts.now()), driver, input);
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

function step(turn: Turn, attempt: Attempt, driver: Driver, input: Input | null): Due[] {
  const settings = turn.facts.driverSettings(driver.name);
  const token = turn.facts.token(driver.name);
  const bad = 'file' in settings ? settings : foreignAccount(attempt, driver, settings.settings);
  if ('file' in settings || bad !== null || token === 'damaged') {
    const sayBad: Say =
      bad !== null ? { number: 'SYS-08', params: { файл: bad.file, параметр: bad.parameter } } : { number: 'SYS-11' };
    // Nothing has been asked of the provider: a fresh attempt ends here.
    return input === null && attempt.foreground
      ? [endUnasked(turn, attempt, { kind: 'notSent', say: sayBad })]
      : stall(turn, attempt, input, sayBad);
  }
  const isMended = input !== null && 'timer' in input && turn.state.stalled.includes(attempt.attemptId);
  if (isMended) {
    const stalled = turn.state.stalled.filter((attemptId) => attemptId !== attempt.attemptId);
    turn.state = { ...turn.state, stalled };
  }
  const usable = { settings: settings.settings, token: token.token };
  const tokenFirst = waitForToken(turn, attempt, driver, input, usable);
  if (tokenFirst !== null) return tokenFirst;
  const awake = isMended ? { ...attempt, wakeAtMs: null } : attempt;
  const advanced = advanceOrGiveUp(turn, awake, driver, isMended ? { restarted: true } : input, {
    ...usable,
    nowMs: turn.facts.now(),
    utcOffsetMinutes: turn.facts.rules.utcOffsetMinutes,
    usedCodes: { has: (code) => turn.facts.hasUsedCode(hashOfCode(code)) },
    ...(attempt.sourceAttemptId !== null
      ? { givenBackIds: givenBackIds(turn, attempt.sourceAttemptId, attempt.attemptId) }
      : {}),
  });
  // A step that could only have moved money was thrown away, and its input with it: the next one starts from the state.
  if (advanced.attempt.manual !== null && advanced.attempt.step === awake.step) markStalled(turn, attempt.attemptId);
  putAttempt(turn, advanced.attempt);
  perform(turn, advanced, driver);
  const wasForeground = attempt.foreground;
  // What was typed for one prompt must never land in the next one.
  if (wasForeground && advanced.attempt.prompt?.show !== attempt.prompt?.show) patchUi(turn, { input: '' });
  const due = wasForeground ? printQr(turn, attempt, advanced.attempt) : [];
  if (advanced.reported === null) return due;
  const ended: Ended = { attempt: advanced.attempt, outcome: advanced.reported, wasForeground, wasAsked: true };
  return [...due, { do: 'settle', ended }];
}

/**
 * A stored state that this program does not understand (another version wrote it, a bit has fallen over) must not keep the
 * others from their recovery: nothing is known of that attempt, and a human has to look (SCR-53, DOM-90).
 */
function advanceOrGiveUp(...[turn, attempt, driver, input, facts]: [Turn, ...Parameters<typeof advance>]): Advance {
  try {
    return advance(attempt, driver, input, facts);
  } catch (error) {
    if (input === null || !('restarted' in input)) throw error;
    log(turn, 'error', driver.name, `order=${attempt.order.orderNumber}: сохраненное состояние не читается`);
    const outcome: Outcome = { kind: 'unknown', say: null };
    const state = attempt.manual === null ? 'unknown' : attempt.state;
    const lost: Attempt = { ...attempt, state, outcome, foreground: false, prompt: null, wakeAtMs: null };
    return { ...nothingWanted(lost), reported: outcome };
  }
}

/** The order was made as somebody else: our settings of today can neither ask about it nor prove that it is not there. */
function foreignAccount(
  attempt: Attempt,
  driver: Driver,
  settings: unknown,
): { file: string; parameter: string } | null {
  const isOurs = attempt.account === undefined || attempt.account === driver.account?.(settings);
  return isOurs ? null : { file: `${driver.name}.conf`, parameter: `незавершенная операция ждет ${attempt.account}` };
}

/** What a step wants of the world, once the journal has the step. */
function perform(turn: Turn, advanced: Advance, driver: Driver): void {
  const { attempt } = advanced;
  if (advanced.token !== null) turn.effects.push({ do: 'storeToken', provider: driver.name, token: advanced.token });
  if (advanced.usedCodeHash !== null) {
    turn.write.usedCodes.push({ hash: advanced.usedCodeHash, attemptId: attempt.attemptId });
  }
  for (const alarm of advanced.alarms) log(turn, 'error', driver.name, `order=${attempt.order.orderNumber}: ${alarm}`);
  for (const { number, params } of advanced.notices) notify(turn, attempt.attemptId, number, params);
  for (const data of advanced.slips) queuePrintJob(turn, attempt.documentId, 'paymentSlip', attempt.attemptId, data);
  for (const request of advanced.sends) {
    turn.effects.push({ do: 'send', attemptId: attempt.attemptId, provider: driver.name, request });
  }
  for (const action of advanced.devices) {
    turn.effects.push({ do: 'paymentDevice', attemptId: attempt.attemptId, provider: driver.name, action });
  }
}

/**
 * The settings of a running attempt cannot be read. Its input, which may be the answer about money, is lost to the
 * machine; when they are mended the machine asks for the state, as after a restart. Esc sets the cashier free meanwhile:
 * the payment is then undecided.
 */
function stall(turn: Turn, attempt: Attempt, input: Input | null, sayBad: Say): Due[] {
  const { attemptId, foreground } = attempt;
  const why = textOf(messageOf(sayBad.number), sayBad.params ?? {});
  if (!turn.state.stalled.includes(attemptId)) {
    log(turn, 'error', attempt.provider, `order=${attempt.order.orderNumber}: ждет. ${why}`);
  }
  markStalled(turn, attemptId);
  const waiting: Attempt = { ...attempt, wakeAtMs: turn.facts.now() + STALLED_PAUSE_MS };
  if (foreground && input !== null && 'cashier' in input) {
    // Where nothing that moves money has been asked of the provider there is nothing to be undecided about.
    const kind = attempt.state === 'intent' ? 'notSent' : 'unknown';
    return [endUnasked(turn, waiting, { kind, say: sayBad })];
  }
  putAttempt(turn, waiting);
  if (foreground) patchUi(turn, { status: why });
  return [];
}

/** An end that the provider has no part in. */
function endUnasked(turn: Turn, before: Attempt, outcome: Outcome): Due {
  const attempt: Attempt = { ...before, state: outcome.kind, outcome, foreground: false, prompt: null };
  putAttempt(turn, attempt);
  return { do: 'settle', ended: { attempt, outcome, wasForeground: before.foreground, wasAsked: false } };
}
