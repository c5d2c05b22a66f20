import { emptyWrite, type JournalWrite } from '../journal/journal.ts';
import type { PrintJob, PrintJobKind } from '../journal/print-job.ts';
import type { Attempt } from '../payments/attempt.ts';
import { isFinal, isInCash } from '../payments/attempt.ts';
import type { Driver } from '../payments/driver.ts';
import type { Command } from '../register/commands.ts';
import { decide } from '../register/decide.ts';
import type { RegisterEvent } from '../register/events.ts';
import { evolve } from '../register/evolve.ts';
import type { ClosedDocument, Payment } from '../register/model.ts';
import { isRefusal, type Refusal } from '../register/refusal.ts';
import type { ContextRef, Ui } from '../ui/model.ts';
import type { Facts } from './facts.ts';
import { type AppState, context, type Effect, isPaymentRunning } from './state.ts';

/** One message's worth of change: a draft of the state, what the journal must take, and what is done afterwards. */
export interface Turn {
  state: AppState;
  readonly write: JournalWrite;
  readonly effects: Effect[];
  readonly facts: Facts;
}

const CHECKPOINT_EVERY_LINES = 100;

export function beginTurn(state: AppState, facts: Facts): Turn {
  return { state, write: emptyWrite(), effects: [], facts };
}

/** Command -> events -> state; what ends a document also queues its slips. @returns the refusal, null when done */
export function runCommand(turn: Turn, command: Command): Refusal | null {
  const decision = decide(turn.state.register, command, turn.facts.rules, turn.facts.wall());
  if (isRefusal(decision)) return decision;
  for (const event of decision.events) applyEvent(turn, event);
  if (command.do === 'addLine' || command.do === 'repeatLast') flashGrown(turn, decision.events);
  return null;
}

/** From the first tick after it on the row stands still again: between 0.6 and 1.6 s. */
const FLASH_MS = 600;

/** Goods that made no row of their own: only a number has changed, perhaps far from where the cashier looks. */
function flashGrown(turn: Turn, events: readonly RegisterEvent[]): void {
  const grown = events.find((event) => event.type === 'quantityChanged');
  const untilMs = turn.facts.now() + FLASH_MS;
  patchUi(turn, { flash: grown === undefined ? null : { positionNumber: grown.positionNumber, untilMs } });
}

function applyEvent(turn: Turn, event: RegisterEvent): void {
  const before = turn.state.register.document;
  turn.state = { ...turn.state, register: evolve(turn.state.register, event) };
  turn.write.events.push(event);
  // Between two lines, after the picture: in a log that grows all through a long receipt each line costs more.
  if (event.type === 'lineAdded' && event.line.positionNumber % CHECKPOINT_EVERY_LINES === 0) {
    turn.effects.push({ do: 'checkpoint' });
  }
  followRow(turn, event);
  if (event.type === 'locked') coverScreen(turn, event.userCode);
  if (event.type !== 'documentClosed' && event.type !== 'documentAnnulled') return;
  const closed = turn.state.register.lastClosed;
  if (before === null || closed === null) return;
  turn.write.documents.push(closed);
  turn.effects.push({ do: 'checkpoint' });
  patchUi(turn, { input: '', selectedPosition: null, pendingPriceKopecks: null, pendingQuantityThousandths: null });
  if (event.type === 'documentClosed') queueSlips(turn, closed);
}

/**
 * The row just rung up is the marked one (SCR-04): F3 and F4 mean it, and it is in view. Equal goods may have grown a row
 * far above the last one. No mark of its own = the last row.
 */
function followRow(turn: Turn, event: RegisterEvent): void {
  if (event.type === 'lineAdded') patchUi(turn, { selectedPosition: null });
  else if (event.type === 'quantityChanged') patchUi(turn, { selectedPosition: event.positionNumber });
}

/**
 * The lock hides all: the lists that were open are left, and what was half typed must not begin the password. It asks
 * for the password of him who locked, until another user is chosen (SCR-02).
 */
function coverScreen(turn: Turn, userCode: string | null): void {
  const own = turn.facts.users().findIndex(({ code }) => code === userCode);
  patchUi(turn, { input: '', stack: [], loginSelected: Math.max(0, own) });
}

function queueSlips(turn: Turn, closed: ClosedDocument): void {
  const paid = closed.payments
    .filter(({ state }) => state === 'approved')
    .map((payment) => {
      const attempt = attemptOf(turn, payment.attemptId);
      return { payment, outcome: attempt?.outcome, hasSlip: attempt?.hasSlip };
    });
  // The drawer pulse is a job of its own, before the text, so that paper-out does not lock the till (devices.md 4.5).
  const isCash = (payment: Payment) => isInCash(payment, (attemptId) => attemptOf(turn, attemptId));
  if (closed.payments.some((payment) => payment.state === 'approved' && isCash(payment)))
    queuePrintJob(turn, closed.documentId, 'drawer');
  queuePrintJob(turn, closed.documentId, 'sale');
  for (const { payment, outcome, hasSlip } of paid) {
    if (hasSlip || !printsSlip(turn.facts.driver(payment.currency.provider))) continue;
    const rows = outcome?.kind === 'approved' ? (outcome.slip ?? []) : [];
    queuePrintJob(turn, closed.documentId, 'paymentSlip', payment.attemptId, { rows, signature: false });
  }
}

/** A system with settings of its own is a system with a server, and its money is nowhere else on paper. */
function printsSlip(driver: Driver | null): boolean {
  return driver !== null && driver.conf !== null;
}

/** A durable row and a nudge to the printer; nothing at all when the register has no printer. */
export function queuePrintJob(
  turn: Turn,
  documentId: string,
  kind: PrintJobKind,
  attemptId: string | null = null,
  data: unknown = null,
): void {
  if (!turn.facts.printerConfigured) return;
  const job: PrintJob = {
    jobId: turn.state.nextPrintJobId,
    documentId,
    kind,
    attemptId,
    data,
    state: 'queued',
    createdAtMs: turn.facts.wall(),
  };
  turn.state = { ...turn.state, nextPrintJobId: job.jobId + 1 };
  putPrintJob(turn, job);
  turn.effects.push({ do: 'print' });
}

export function putPrintJob(turn: Turn, job: PrintJob): void {
  const others = turn.state.printJobs.filter((candidate) => candidate.jobId !== job.jobId);
  const isOpen = job.state === 'queued' || job.state === 'sent' || job.state === 'unconfirmed';
  const printJobs = isOpen ? [...others, job].sort((a, b) => a.jobId - b.jobId) : others;
  turn.state = { ...turn.state, printJobs };
  replaceById(turn.write.printJobs, job, (candidate) => candidate.jobId === job.jobId);
}

export function putAttempt(turn: Turn, attempt: Attempt): void {
  const before = turn.state.attempts;
  const index = before.findIndex((candidate) => candidate.attemptId === attempt.attemptId);
  // Oldest first; a final one leaves the list.
  const kept = isFinal(attempt) ? [] : [attempt];
  const attempts = index === -1 ? [...before, ...kept] : before.toSpliced(index, 1, ...kept);
  turn.state = { ...turn.state, attempts };
  replaceById(turn.write.attempts, attempt, (candidate) => candidate.attemptId === attempt.attemptId);
}

/** An attempt of any age: this turn's own, then one that still runs, then the journal's. */
export function attemptOf(turn: Turn, attemptId: string): Attempt | null {
  const isIt = (candidate: Attempt) => candidate.attemptId === attemptId;
  return turn.write.attempts.find(isIt) ?? turn.state.attempts.find(isIt) ?? turn.facts.attempt(attemptId);
}

/** It lost an input; its next timer comes to the machine as a restart. */
export function markStalled(turn: Turn, attemptId: string): void {
  turn.state = { ...turn.state, stalled: [...new Set([...turn.state.stalled, attemptId])] };
}

function replaceById<T>(list: T[], item: T, isSame: (candidate: T) => boolean): void {
  const index = list.findIndex(isSame);
  if (index === -1) list.push(item);
  else list[index] = item;
}

export function patchUi(turn: Turn, patch: Partial<Ui>): void {
  turn.state = { ...turn.state, ui: { ...turn.state.ui, ...patch } };
}

export function openContext(turn: Turn, ref: ContextRef): void {
  patchUi(turn, { stack: [...turn.state.ui.stack, ref] });
}

export function closeTop(turn: Turn): void {
  patchUi(turn, { stack: turn.state.ui.stack.slice(0, -1) });
}

/**
 * A numbered dialog. While a payment runs in front of the cashier it waits (dialogs.md 7.1); the same message is not
 * stacked on itself.
 */
export function say(turn: Turn, number: string, params: Record<string, string> = {}): void {
  show(turn, context('message', { number, params }));
}

/**
 * Opens what is to be read, or lets it wait while a payment runs in front of the cashier, and until SYS-09 is read: it
 * comes before everything else that a start has to tell (dialogs.md 7.3).
 */
export function show(turn: Turn, ref: ContextRef): void {
  const top = turn.state.ui.stack.at(-1);
  if (top !== undefined && JSON.stringify(top) === JSON.stringify(ref)) return;
  const mustWait = isPaymentRunning(turn.state.attempts) || top?.name === 'restored';
  if (!mustWait) return openContext(turn, ref);
  const { queue } = turn.state.ui;
  if (!queue.some((waiting) => JSON.stringify(waiting) === JSON.stringify(ref)))
    patchUi(turn, { queue: [...queue, ref] });
}

/** A refusal of the register: the reason in row 24 for a key, a numbered dialog with a sound for everything else. */
export function sayRefusal(turn: Turn, refusal: Refusal): void {
  turn.effects.push({ do: 'bell', pattern: 'error' });
  if (refusal.refused === 'DOM-94') {
    patchUi(turn, { status: `Клавиша недоступна: ${refusal.params['причина'] ?? ''}` });
  } else {
    say(turn, refusal.refused, refusal.params);
  }
}

export function log(turn: Turn, level: 'info' | 'warn' | 'error', logger: string, text: string): void {
  turn.effects.push({ do: 'log', level, logger, text });
}
