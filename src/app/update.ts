import type { Operation } from '../payments/driver.ts';
import { askAboutClock } from './clock-question.ts';
import { missKey, pressKey, takeBrokenScan, takeScan } from './input.ts';
import { linkAnswered, linkStepped } from './link-check.ts';
import { lockWhenIdle, logInUnasked, passwordChecked, passwordUnreadable } from './log-in.ts';
import type { Models } from './model.ts';
import { feed, flow } from './payment/flow.ts';
import { hurry } from './payment/link.ts';
import { lookBack } from './payment/look-back.ts';
import { missedBy } from './payment/missed.ts';
import { probeLinks } from './payment/probe.ts';
import { askAboutPrinting, printed, printerChanged, startPrint, takeUpPrintJobs } from './printing.ts';
import { showComparison } from './reconciliation.ts';
import { scannerChanged } from './scanners.ts';
import { isBetweenReceipts, isScreenFree, type Message } from './state.ts';
import { type StorageTrouble, troubleMessage } from './storage-trouble.ts';
import { log, patchUi, putAttempt, say, type Turn } from './turn.ts';

/** One message's worth of change. Reads the outside only through `turn.facts`; changes it only through `turn.effects`. */
export function update(turn: Turn, message: Message, models: Models): void {
  const before = turn.state;
  switch (message.type) {
    case 'started':
      started(turn, message.autoLoginCode, message.looksBack === true);
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
      probeLinks(turn);
      break;
    }
    case 'storage':
      storageChanged(turn, message.trouble);
      break;
    case 'catalog':
      if (message.isDamaged && !turn.state.catalogDamaged) say(turn, 'SYS-20');
      turn.state = { ...turn.state, catalogDamaged: message.isDamaged };
      break;
    case 'diskRoom':
      turn.state = { ...turn.state, shortMegabytes: message.megabytes };
      if (message.tells) say(turn, 'SYS-04', { N: String(message.megabytes) });
      break;
    case 'templateFault':
      say(turn, 'SYS-08', { файл: message.file, параметр: `строка ${message.line}: ${message.fault}` });
      break;
    case 'systemChanged':
      if (message.problem !== null) {
        say(turn, 'SYS-08', { файл: message.problem.file, параметр: message.problem.parameter });
      }
      break;
    case 'wake': {
      const attempt = turn.state.attempts.find((candidate) => candidate.attemptId === message.attemptId);
      if (attempt?.wakeAtMs === message.wakeAtMs) feed(turn, message.attemptId, { timer: true });
      break;
    }
    case 'hinted':
      hurry(turn, message.attemptId);
      break;
    case 'reply':
      feed(turn, message.attemptId, { reply: message.reply });
      break;
    case 'noReply':
      feed(turn, message.attemptId, { noReply: message.noReply });
      break;
    case 'compared':
      showComparison(turn, message.report, message.comparison);
      break;
    case 'linkStep':
      linkStepped(turn, message.attemptId, message.step);
      break;
    case 'linkAnswer':
      linkAnswered(turn, message);
      break;
    case 'paymentDevice':
      feed(turn, message.attemptId, message.input);
      break;
    case 'scanner':
      scannerChanged(turn, message);
      break;
    case 'keyMissed':
      missKey(handMoved(turn), models.of(before));
      break;
    case 'scanFault':
      takeBrokenScan(turn, models.of(before), message.number);
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
      if (message.isUnreadable === true) passwordUnreadable(turn);
      else passwordChecked(turn, message.purpose, message.userCode);
      break;
  }
  showQueued(turn);
}

function handMoved(turn: Turn): Turn {
  turn.state = { ...turn.state, lastActivityMs: turn.facts.now() };
  return turn;
}

/** It is told once, and stands in row 24 until it is mended. */
function storageChanged(turn: Turn, trouble: StorageTrouble | null): void {
  const isTold = JSON.stringify(trouble) === JSON.stringify(turn.state.storage);
  turn.state = { ...turn.state, storage: trouble };
  if (trouble === null || isTold) return;
  const { number, params } = troubleMessage(trouble);
  say(turn, number, params);
}

const MONEY_OPERATIONS: readonly Operation[] = ['pay', 'cancel', 'refund', 'follow'];

/** Start-up: unfinished payments are asked about before anything else (R10); print jobs in flight become questions. */
function started(turn: Turn, autoLoginCode: string | null, looksBack: boolean): void {
  for (const attempt of turn.state.attempts) {
    if (MONEY_OPERATIONS.includes(attempt.operation))
      feed(turn, attempt.attemptId, { restarted: missedBy(turn, attempt) });
    // A card, a token or a report that nobody waits for any more: it moved nothing, it is simply asked again.
    else if (attempt.operation !== 'found')
      putAttempt(turn, { ...attempt, state: 'notSent', foreground: false, prompt: null, wakeAtMs: null });
  }
  takeUpPrintJobs(turn);
  if (looksBack) flow(turn, lookBack(turn));
  log(turn, 'info', 'authentication', 'Активация контекста авторизации кассира');
  for (const { number, params } of turn.facts.setUpFaults()) say(turn, number, params);
  if (turn.state.catalogDamaged) say(turn, 'SYS-20');
  if (turn.state.storage !== null) {
    const { number, params } = troubleMessage(turn.state.storage);
    say(turn, number, params);
  }
  if (autoLoginCode !== null) logInUnasked(turn, autoLoginCode);
  // Last, so on top of everything.
  askAboutClock(turn);
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
