import { messageOf, textOf } from '../dialogs/messages/index.ts';
import type { Attempt } from '../payments/attempt.ts';
import { heard, isFinal } from '../payments/attempt.ts';
import type { Driver, Input, Operation } from '../payments/driver.ts';
import { type Advance, advance, hashOfCode, machineOf, nothingWanted } from '../payments/gateway.ts';
import type { Outcome, Say } from '../payments/outcome.ts';
import { formatKopecks } from '../register/money.ts';
import { documentTitle } from '../ui/words.ts';
import { notify } from './notices.ts';
import { givenBackIds, orderNumberOf, receiptOf, sourceOf, type Wanted } from './orders.ts';
import { linkSeen, linkSilent, settle } from './settling.ts';
import { isPaymentRunning } from './state.ts';
import { waitsForToken } from './token-first.ts';
import {
  attemptOf,
  log,
  markStalled,
  patchUi,
  putAttempt,
  queuePrintJob,
  runCommand,
  say,
  sayRefusal,
  type Turn,
} from './turn.ts';

/** Money that somebody waits for, whatever the settings say now. */
const OWED: readonly Operation[] = ['cancel', 'follow'];

/** How long an attempt whose settings cannot be read waits before it looks at them again. */
const STALLED_PAUSE_MS = 5000;

/** Gives one input to an attempt's machine and does what its step asks. Unknown or final attempts ignore it. */
export function feed(turn: Turn, attemptId: string, input: Input): void {
  const attempt = turn.state.attempts.find((candidate) => candidate.attemptId === attemptId);
  if (attempt === undefined || isFinal(attempt)) return;
  const driver = turn.facts.driver(attempt.provider);
  if (driver === null)
    return log(turn, 'error', attempt.provider, `нет драйвера, операция ${attempt.order.orderNumber}`);
  if ('reply' in input) linkSeen(turn, attempt.provider);
  if ('noReply' in input) linkSilent(turn, attempt.provider);
  step(turn, heard(attempt, input, turn.facts.now()), driver, input);
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
  const orderNumber = orderNumberOf(turn, driver, document, attemptId);
  const amountKopecks = wanted.amountKopecks ?? 0;
  if (operation === 'pay' || operation === 'refund') {
    const sourceAttemptId = wanted.source?.attemptId ?? null;
    const begun = { attemptId, orderNumber, currency, amountKopecks, sourceAttemptId };
    const refusal = runCommand(turn, { do: 'beginPayment', ...begun });
    if (refusal !== null) return sayRefusal(turn, refusal);
    patchUi(turn, { input: '' });
  }
  const nowMs = turn.facts.now();
  const account = accountOf(turn, driver, wanted);
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
      option: currency.option ?? null,
      seller: { shopName: turn.facts.shopName, registerNumber: turn.state.register.registerNumber },
      shiftLabel: turn.state.register.shift?.label ?? '',
      receipt: receiptOf(turn, wanted),
      source: sourceOf(turn, wanted),
      ...(wanted.repeats === undefined ? {} : { repeats: wanted.repeats }),
    },
    sourceAttemptId: wanted.source?.attemptId ?? null,
    ...(wanted.follows === undefined ? {} : { follows: wanted.follows }),
    ...(account === undefined ? {} : { account }),
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

/** What is owed for a payment is owed by who took it. */
function accountOf(turn: Turn, driver: Driver, { operation, source }: Wanted): string | undefined {
  const taker = OWED.includes(operation) && source != null ? attemptOf(turn, source.attemptId)?.account : undefined;
  const settings = turn.facts.driverSettings(driver.name);
  return taker ?? ('file' in settings ? undefined : driver.account?.(settings.settings));
}

function step(turn: Turn, attempt: Attempt, driver: Driver, input: Input | null): void {
  const settings = turn.facts.driverSettings(driver.name);
  const token = turn.facts.token(driver.name);
  const bad = 'file' in settings ? settings : foreignAccount(attempt, driver, settings.settings);
  if ('file' in settings || bad !== null || token === 'damaged') {
    const sayBad: Say =
      bad !== null ? { number: 'SYS-08', params: { файл: bad.file, параметр: bad.parameter } } : { number: 'SYS-11' };
    if (input === null && attempt.foreground) {
      // Nothing has been asked of the provider: a fresh attempt ends here, and its end says nothing of the link.
      const outcome: Outcome = { kind: 'notSent', say: sayBad };
      const ended: Attempt = { ...attempt, state: 'notSent', outcome, foreground: false, prompt: null };
      putAttempt(turn, ended);
      settle(turn, ended, outcome, attempt.foreground, false);
    } else {
      stall(turn, attempt, input, sayBad);
    }
    return;
  }
  const isMended = input !== null && 'timer' in input && turn.state.stalled.includes(attempt.attemptId);
  if (isMended) {
    const stalled = turn.state.stalled.filter((attemptId) => attemptId !== attempt.attemptId);
    turn.state = { ...turn.state, stalled };
  }
  const usable = { settings: settings.settings, token: token.token };
  if (waitsForToken(turn, attempt, driver, input, usable)) return;
  const awake = isMended ? { ...attempt, wakeAtMs: null } : attempt;
  const advanced = advanceOrGiveUp(turn, awake, driver, isMended ? { restarted: true } : input, {
    ...usable,
    nowMs: turn.facts.now(),
    utcOffsetMinutes: turn.facts.rules.utcOffsetMinutes,
    usedCodes: { has: (code) => turn.facts.hasUsedCode(hashOfCode(code)) },
    ...(attempt.operation === 'refund' && attempt.sourceAttemptId !== null
      ? { givenBackIds: givenBackIds(turn, attempt.sourceAttemptId, attempt.attemptId) }
      : {}),
  });
  // A step that could only have moved money was thrown away, and its input with it: the next one starts from the state.
  if (advanced.attempt.manual !== null && advanced.attempt.step === awake.step) markStalled(turn, attempt.attemptId);
  putAttempt(turn, advanced.attempt);
  // What was typed for one prompt must never land in the next one.
  if (attempt.foreground && advanced.attempt.prompt?.show !== attempt.prompt?.show) patchUi(turn, { input: '' });
  if (attempt.foreground) printQr(turn, attempt, advanced.attempt);
  perform(turn, advanced, driver);
  if (advanced.reported !== null) settle(turn, advanced.attempt, advanced.reported, attempt.foreground);
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
function stall(turn: Turn, attempt: Attempt, input: Input | null, sayBad: Say): void {
  const { attemptId, foreground } = attempt;
  if (!turn.state.stalled.includes(attemptId)) {
    const why = textOf(messageOf(sayBad.number), sayBad.params ?? {});
    log(turn, 'error', attempt.provider, `order=${attempt.order.orderNumber}: ждет. ${why}`);
  }
  markStalled(turn, attemptId);
  const waiting: Attempt = { ...attempt, wakeAtMs: turn.facts.now() + STALLED_PAUSE_MS };
  if (foreground && input !== null && 'cashier' in input) {
    // Where nothing that moves money has been asked of the provider there is nothing to be undecided about.
    const kind = attempt.state === 'intent' ? 'notSent' : 'unknown';
    const outcome: Outcome = { kind, say: sayBad };
    const freed: Attempt = { ...waiting, state: kind, outcome, foreground: false, prompt: null };
    putAttempt(turn, freed);
    return settle(turn, freed, outcome, true, false);
  }
  putAttempt(turn, waiting);
  if (foreground) patchUi(turn, { status: textOf(messageOf(sayBad.number), sayBad.params ?? {}) });
}

/** On whom there is nothing to print (SCR-36: PM-10 then). */
const CANNOT_PRINT = ['none', 'noLink', 'paperOut', 'coverOpen', 'knife', 'broken'];

/**
 * A QR that the provider wants on paper, or that this terminal cannot show, is printed. Without a printer the provider
 * may offer the screen; where that cannot show it either there is no way to this buyer (DEV-60).
 */
function printQr(turn: Turn, before: Attempt, after: Attempt): void {
  const prompt = after.prompt;
  if (prompt?.show !== 'showQr') return;
  const { caption, payload, where = 'screen' } = prompt;
  const was = before.prompt;
  if (was?.show === 'showQr' && was.payload === payload && (was.where ?? 'screen') === where) return;
  if (where === 'screen' && turn.facts.qrFitsScreen(payload, turn.state.columns, turn.state.rows)) return;
  if (turn.facts.printerConfigured && !CANNOT_PRINT.includes(turn.state.printer)) {
    queuePrintJob(turn, '', 'qr', after.attemptId, { caption, payload, sumKopecks: after.order.amountKopecks });
  } else if (where === 'paper') {
    feed(turn, after.attemptId, { answer: { notPrinted: true } });
  } else {
    feed(turn, after.attemptId, { cashier: 'cancel' });
    say(turn, 'DEV-60');
  }
}
