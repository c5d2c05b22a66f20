import type { Operation } from '../payments/driver.ts';
import { formatKopecks } from '../register/money.ts';
import { totalsOf } from '../register/totals.ts';
import { isList } from '../screens/index.ts';
import { documentTitle } from '../ui/words.ts';
import { askAboutClock, clockConfirmed } from './clock-question.ts';
import { runCommand } from './commands.ts';
import { pressKey, takeScan } from './input.ts';
import type { Models } from './model.ts';
import { annul } from './payment/annulment.ts';
import { resolveByHand } from './payment/by-hand.ts';
import { feed, flow } from './payment/flow.ts';
import { askAboutPrinting, printed, printerChanged, startPrint, takeUpPrintJobs } from './printing.ts';
import { scannerChanged } from './scanners.ts';
import { context, isBetweenReceipts, isPaymentRunning, isScreenFree, type Message } from './state.ts';
import { log, openContext, patchUi, putAttempt, say, sayRefusal, type Turn } from './turn.ts';

/** One message's worth of change. Reads the outside only through `turn.facts`; changes it only through `turn.effects`. */
export function update(turn: Turn, message: Message, models: Models): void {
  const before = turn.state;
  switch (message.type) {
    case 'started':
      started(turn, message.autoLoginCode);
      break;
    case 'key':
      pressKey(handMoved(turn), models.of(before), message.name, message.text);
      break;
    case 'scan':
      takeScan(handMoved(turn), models.of(before), message.code, message.raw ?? message.code);
      break;
    case 'resize':
      turn.state = { ...turn.state, columns: message.columns, rows: message.rows };
      break;
    case 'tick': {
      const { flash } = turn.state.ui;
      if (flash !== null && turn.facts.now() >= flash.untilMs) patchUi(turn, { flash: null });
      lockWhenIdle(turn);
      break;
    }
    case 'storageDamaged':
      say(turn, 'SYS-05');
      break;
    case 'diskShort':
      say(turn, 'SYS-04', { N: String(message.megabytes) });
      break;
    case 'templateFault':
      say(turn, 'SYS-08', { файл: message.file, параметр: `строка ${message.line}: ${message.fault}` });
      break;
    case 'oplatiChanged':
      if (message.problem !== null) {
        say(turn, 'SYS-08', { файл: message.problem.file, параметр: message.problem.parameter });
      }
      break;
    case 'wake': {
      const attempt = turn.state.attempts.find((candidate) => candidate.attemptId === message.attemptId);
      if (attempt?.wakeAtMs === message.wakeAtMs) feed(turn, message.attemptId, { timer: true });
      break;
    }
    case 'reply':
      feed(turn, message.attemptId, { reply: message.reply });
      break;
    case 'noReply':
      feed(turn, message.attemptId, { noReply: message.noReply });
      break;
    case 'paymentDevice':
      feed(turn, message.attemptId, message.input);
      break;
    case 'scanner':
      scannerChanged(turn, message);
      break;
    case 'scanFault':
      turn.effects.push({ do: 'bell', pattern: 'error' });
      say(turn, message.number);
      break;
    case 'printer':
      printerChanged(turn, message.state);
      break;
    case 'drawer':
      turn.state = { ...turn.state, isDrawerOpen: message.isOpen };
      break;
    case 'display':
      turn.state = { ...turn.state, display: message.state };
      break;
    case 'printStarting':
      startPrint(turn, message.jobId);
      break;
    case 'printed':
      flow(turn, printed(turn, message.jobId, message.result));
      break;
    case 'passwordChecked':
      passwordChecked(turn, message.purpose, message.userCode);
      break;
  }
  showQueued(turn);
}

function handMoved(turn: Turn): Turn {
  turn.state = { ...turn.state, lastActivityMs: turn.facts.now() };
  return turn;
}

const MONEY_OPERATIONS: readonly Operation[] = ['pay', 'cancel', 'refund', 'follow'];

/** Start-up: unfinished payments are asked about before anything else (R10); print jobs in flight become questions. */
function started(turn: Turn, autoLoginCode: string | null): void {
  for (const attempt of turn.state.attempts) {
    if (MONEY_OPERATIONS.includes(attempt.operation)) feed(turn, attempt.attemptId, { restarted: true });
    // A card, a token or a report that nobody waits for any more: it moved nothing, it is simply asked again.
    else putAttempt(turn, { ...attempt, state: 'notSent', foreground: false, prompt: null, wakeAtMs: null });
  }
  takeUpPrintJobs(turn);
  log(turn, 'info', 'authentication', 'Активация контекста авторизации кассира');
  for (const { number, params } of turn.facts.setUpFaults()) say(turn, number, params);
  if (autoLoginCode !== null) {
    if (turn.state.register.shift === null) runCommand(turn, { do: 'openShift' });
    logIn(turn, autoLoginCode);
  }
  // Last, so on top of everything.
  askAboutClock(turn);
}

function logIn(turn: Turn, userCode: string): void {
  const user = turn.facts.users().find((candidate) => candidate.code === userCode);
  if (user === undefined) return say(turn, 'DOM-01');
  const isStart = turn.state.register.user === null;
  const refusal = runCommand(turn, { do: 'logIn', user });
  patchUi(turn, { input: '' });
  if (refusal !== null) return sayRefusal(turn, refusal);
  patchUi(turn, { loginSelected: 0 });
  log(turn, 'info', 'authentication', `Вход: ${user.code} ${user.name}`);
  if (isStart) tellRestored(turn);
}

/** SYS-09: what was restored, before anything else can be done with it (SCR-32). */
function tellRestored(turn: Turn): void {
  const document = turn.state.register.document;
  if (document !== null) {
    openContext(
      turn,
      context('restored', {
        document: documentTitle(document),
        // A return by receipt keeps the sale's lines that are not given back, with nothing on them.
        positions: document.lines.filter(({ quantityThousandths }) => quantityThousandths > 0).length,
        total: formatKopecks(totalsOf(document).totalKopecks),
      }),
    );
  }
}

function passwordChecked(
  turn: Turn,
  purpose: Extract<Message, { type: 'passwordChecked' }>['purpose'],
  userCode: string | null,
): void {
  patchUi(turn, { busy: false });
  turn.state = { ...turn.state, failedLogins: userCode === null ? turn.state.failedLogins + 1 : 0 };
  if (purpose.kind === 'logIn') {
    if (userCode !== null) return logIn(turn, userCode);
    log(turn, 'warn', 'authentication', 'Неверный пароль');
    patchUi(turn, { input: '' });
    turn.effects.push({ do: 'bell', pattern: 'error' });
    return say(turn, 'DOM-02');
  }
  const second = turn.facts.users().find((user) => user.code === userCode);
  if (second === undefined) {
    turn.effects.push({ do: 'bell', pattern: 'error' });
    return say(turn, 'DOM-05');
  }
  if (purpose.kind === 'resolve') return resolveByHand(turn, purpose, second);
  if (purpose.kind === 'clock') return clockConfirmed(turn, second);
  if (purpose.kind === 'annul') {
    const next = annul(turn, second);
    return 'due' in next ? flow(turn, next.due) : sayRefusal(turn, next.refusal);
  }
  const { positionNumber } = purpose;
  const refusal = runCommand(turn, { do: 'stornoLine', positionNumber, confirmedBy: second });
  if (refusal !== null) sayRefusal(turn, refusal);
}

function lockWhenIdle(turn: Turn): void {
  const { register, ui, lastActivityMs, attempts } = turn.state;
  const { lockAfterMs } = turn.facts;
  if (lockAfterMs === 0 || register.user === null || register.locked) return;
  // A list left open, the service menu above all, is no reason to leave the till open; a dialog waits for its answer.
  if (!ui.stack.every(({ name }) => isList(name)) || isPaymentRunning(attempts)) return;
  if (turn.facts.now() - lastActivityMs < lockAfterMs) return;
  runCommand(turn, { do: 'lock' });
}

/** Messages that had to wait for a payment to end come one by one, when the screen is free. */
function showQueued(turn: Turn): void {
  const { ui } = turn.state;
  if (!isScreenFree(turn.state)) return;
  const [next, ...queue] = ui.queue;
  if (next !== undefined) {
    patchUi(turn, { queue, stack: [next] });
    return;
  }
  // What comes of itself comes between two receipts: the key already on its way to the next goods must not answer it.
  if (isBetweenReceipts(turn.state, turn.facts.now())) askAboutPrinting(turn);
}
