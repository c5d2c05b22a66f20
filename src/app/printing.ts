/**
 * The life of a print job: queued with the turn that calls for it, journaled as sent before its first byte, then confirmed,
 * or a question for the cashier. And the printer's own words: its trouble, what waits for it (dialogs.md 4). Printing
 * never stops a sale and never decides about money (R8). How the paper looks: `slips.ts` and `receipts/`; how the bytes
 * leave: `effects.ts`.
 */

import { questionRef } from '../dialogs/index.ts';
import { messageOf } from '../dialogs/messages/index.ts';
import { isSlip, type PrintJob, type PrintJobKind } from '../journal/print-job.ts';
import type { Attempt } from '../payments/attempt.ts';
import type { Driver } from '../payments/driver.ts';
import type { ClosedDocument, Document } from '../register/model.ts';
import { isCash, isGivenBackInCash, movesCash } from '../register/tender.ts';
import type { DeviceState } from '../ui/model.ts';
import { type ReconciledSystem, reconciliationNote } from '../ui/pages.ts';
import type { Due } from './payment/due.ts';
import type { CancelSlipJobData, PaymentSlipJobData, QrJobData, ReconciliationJobData } from './slips.ts';
import { context, type Printing } from './state.ts';
import { attemptOf, log, openContext, patchUi, putAttempt, putById, say, type Turn, tellStatus } from './turn.ts';

type PrintResult = 'confirmed' | 'unconfirmed' | 'failed';

// What asks for paper.

/** A durable row and a nudge to the printer; nothing at all when the register has no printer. */
export function queuePrintJob(
  turn: Turn,
  documentId: string,
  kind: PrintJobKind,
  attemptId: string | null = null,
  data: unknown = null,
): void {
  if (!turn.facts.printerConfigured) return;
  const jobId = turn.state.nextPrintJobId;
  const createdAtMs = turn.facts.wall();
  turn.state = { ...turn.state, nextPrintJobId: jobId + 1 };
  putPrintJob(turn, { jobId, documentId, kind, attemptId, data, state: 'queued', createdAtMs });
  turn.effects.push({ do: 'print' });
}

/** The slips of a receipt that has just been closed. */
export function queueSlips(turn: Turn, closed: ClosedDocument): void {
  const paid = closed.payments
    .filter(({ state }) => state === 'approved')
    .map((payment) => {
      const attempt = attemptOf(turn, payment.attemptId);
      return { payment, outcome: attempt?.outcome, hasSlip: attempt?.hasSlip };
    });
  // The drawer pulse is a job of its own, before the text, so that paper-out does not lock the till (devices.md 4.5).
  if (movesCash(closed)) queuePrintJob(turn, closed.documentId, 'drawer');
  queuePrintJob(turn, closed.documentId, 'sale');
  for (const { payment, outcome, hasSlip } of paid) {
    if (hasSlip || !printsSlip(turn.facts.driver(payment.currency.provider))) continue;
    const rows = outcome?.kind === 'approved' ? (outcome.slip ?? []) : [];
    queuePrintJob(turn, closed.documentId, 'paymentSlip', payment.attemptId, { rows, signature: false });
  }
}

/**
 * What was given back, or is owed, of payments that were taken back: the buyer leaves with it in writing, and cash goes out of
 * the drawer. Of a return nothing has been handed out before it is closed.
 */
export function queueCancelSlip(turn: Turn, document: Document, attemptIds: readonly string[]): void {
  const told = document.payments.filter(
    (payment) => attemptIds.includes(payment.attemptId) && (document.type === 'sale' || !isCash(payment)),
  );
  if (told.length === 0) return;
  if (document.type === 'sale' && told.some(isGivenBackInCash)) queuePrintJob(turn, document.documentId, 'drawer');
  const data: CancelSlipJobData = { attemptIds: told.map(({ attemptId }) => attemptId), isCopy: false };
  queuePrintJob(turn, document.documentId, 'cancelSlip', null, data);
}

/** A system with settings of its own is a system with a server, and its money is nowhere else on paper. */
function printsSlip(driver: Driver | null): boolean {
  return driver !== null && driver.conf !== null;
}

/** Of this document, or of the one that was closed last. */
export function printCopy(turn: Turn, documentId = turn.facts.lastClosedDocument()?.documentId): void {
  if (documentId === undefined) say(turn, 'DOM-93');
  else queuePrintJob(turn, documentId, 'copy');
}

/** F8 on РЕЗУЛЬТАТ of a payment: its slip at once and not again when the receipt is closed; a second F8 prints a copy. */
export function printPaymentSlip(turn: Turn, attemptId: string): void {
  const attempt = attemptOf(turn, attemptId);
  if (attempt?.outcome?.kind !== 'approved') return;
  const kind = attempt.hasSlip ? 'paymentCopy' : 'paymentSlip';
  queuePrintJob(turn, attempt.documentId, kind, attemptId, { rows: attempt.outcome.slip ?? [], signature: false });
  if (attempt.hasSlip === undefined) putAttempt(turn, { ...attempt, hasSlip: true });
  tellQueued(turn, 'Чек передан на печать');
}

/** The page on paper, by the shop's or the built-in `oplat.xml`. */
export function printReconciliation(turn: Turn, systems: readonly ReconciledSystem[]): void {
  const data: ReconciliationJobData = {
    rows: systems.flatMap(({ rows }) => rows),
    notes: systems
      .map((system) => ({ title: system.title, text: reconciliationNote(system) }))
      .filter(({ text }) => text !== ''),
    isWhole: systems.every(({ status }) => status === 'equal' || status === 'different'),
  };
  queuePrintJob(turn, '', 'reconciliation', null, data);
  tellQueued(turn, 'Сверка передана на печать');
}

function tellQueued(turn: Turn, text: string): void {
  patchUi(turn, { status: turn.facts.printerConfigured ? text : 'Принтер не настроен' });
}

export function printTest(turn: Turn): void {
  queuePrintJob(turn, '', 'test');
  patchUi(turn, { status: 'Печать проверочного листа' });
}

export function openDrawer(turn: Turn): void {
  log(turn, 'info', 'security', `Открыть денежный ящик, кассир ${turn.state.register.user?.code ?? '-'}`);
  queuePrintJob(turn, '', 'drawer');
}

/** On whom there is nothing to print (SCR-36: PM-10 then). */
const CANNOT_PRINT: readonly DeviceState[] = ['none', 'noLink', 'paperOut', 'coverOpen', 'knife', 'broken'];

/**
 * A QR that the provider wants on paper, or that this terminal cannot show, is printed. Without a printer the provider
 * may offer the screen; where that cannot show it either there is no way to this buyer (DEV-60).
 */
export function printQr(turn: Turn, before: Attempt, after: Attempt): Due[] {
  const { attemptId, prompt } = after;
  if (prompt?.show !== 'showQr') return [];
  const { caption, payload, where = 'screen' } = prompt;
  const was = before.prompt;
  if (was?.show === 'showQr' && was.payload === payload && (was.where ?? 'screen') === where) return [];
  if (where === 'screen' && turn.facts.qrFitsScreen(payload, turn.state.columns, turn.state.rows)) return [];
  if (turn.facts.printerConfigured && !CANNOT_PRINT.includes(turn.state.printer)) {
    const data: QrJobData = { caption, payload, sumKopecks: after.order.amountKopecks };
    queuePrintJob(turn, '', 'qr', attemptId, data);
    return [];
  }
  if (where === 'paper') return notPrinted(attemptId);
  return [
    { do: 'feed', attemptId, input: { cashier: 'cancel' } },
    { do: 'say', number: 'DEV-60' },
  ];
}

/**
 * A slip that a payment needs before it can end. One that is to be signed is on paper or it is not, and the payment is told:
 * nobody signs what waits for the printer.
 */
export function printPromptSlip(turn: Turn, { attemptId, documentId }: Attempt, data: PaymentSlipJobData): Due[] {
  const isPossible = turn.facts.printerConfigured && !CANNOT_PRINT.includes(turn.state.printer);
  if (data.signature && !isPossible) return tellSlip(attemptId, 'failed');
  queuePrintJob(turn, documentId, 'paymentSlip', attemptId, data);
  // The buyer waits with the pen: no pause after an earlier failure.
  if (data.signature) turn.effects.push({ do: 'print', now: true });
  return [];
}

function tellSlip(attemptId: string, result: PrintResult): Due[] {
  const fates = { confirmed: 'printed', unconfirmed: 'unconfirmed', failed: 'notPrinted' } as const;
  return [{ do: 'feed', attemptId, input: { answer: { slip: fates[result] } } }];
}

function isForSignature({ kind, data }: PrintJob): boolean {
  return kind === 'paymentSlip' && (data as PaymentSlipJobData | null)?.signature === true;
}

function notPrinted(attemptId: string): Due[] {
  return [{ do: 'feed', attemptId, input: { answer: { notPrinted: true } } }];
}

// From the queue onto the paper.

/** After a start: what was on its way becomes a question, or is let go. */
export function takeUpPrintJobs(turn: Turn): void {
  for (const job of turn.state.printJobs) {
    // K26: a drawer pulse is not replayed. K24, K25: a slip that may be on paper is never repeated by itself.
    const isOver = job.kind === 'qr' && !turn.state.attempts.some(({ attemptId }) => attemptId === job.attemptId);
    // Whatever became of that card, nobody signs for it any more.
    if (!isSlip(job) || isOver || isForSignature(job)) putPrintJob(turn, { ...job, state: 'dropped' });
    // A QR is no receipt: one too many does no harm, and without it the buyer cannot pay.
    else if (job.state === 'sent') putPrintJob(turn, { ...job, state: job.kind === 'qr' ? 'queued' : 'unconfirmed' });
  }
  if (turn.state.printJobs.length > 0) turn.effects.push({ do: 'print' });
}

/**
 * The drawer's pulse first: it opens without paper and must not wait behind slips (devices.md 4.5). Slips in their order.
 * @param waitsForState the printer can tell its state, has not yet, and the shop wants to know it first
 */
export function nextPrintJob(
  { printJobs, printing }: { printJobs: readonly PrintJob[]; printing: Printing },
  waitsForState: boolean,
): PrintJob | null {
  const queued = printJobs.filter(({ state }) => state === 'queued');
  const drawer = queued.find(({ kind }) => kind === 'drawer');
  if (drawer !== undefined || waitsForState) return drawer ?? null;
  return queued.find(({ jobId }) => jobId > printing.heldUpToJobId) ?? null;
}

/** Law 1 for paper: the job is journaled as sent before its first byte leaves. */
export function startPrint(turn: Turn, jobId: number): void {
  const job = turn.state.printJobs.find((candidate) => candidate.jobId === jobId && candidate.state === 'queued');
  if (job === undefined) return;
  if (isForSignature(job) && !isSigned(turn, job)) {
    putPrintJob(turn, { ...job, state: 'dropped' });
    turn.effects.push({ do: 'print' });
    return;
  }
  const sent: PrintJob = { ...job, state: 'sent' };
  putPrintJob(turn, sent);
  turn.effects.push({ do: 'printJob', job: sent });
}

/** @returns what the payment whose QR did not come out has to hear */
export function printed(turn: Turn, jobId: number, result: PrintResult): Due[] {
  const job = turn.state.printJobs.find((candidate) => candidate.jobId === jobId);
  if (job === undefined) return [];
  putPrintJob(turn, { ...job, state: stateAfter(job, result) });
  if (job.kind === 'test') tellTest(turn, result);
  tellEnd(turn, result);
  turn.effects.push({ do: 'print' });
  // A QR is good for one payment: it never waits for the printer, the cashier is told at once (PM-10).
  if (job.attemptId === null) return [];
  if (isForSignature(job)) return tellSlip(job.attemptId, result);
  return job.kind === 'qr' && result === 'failed' ? notPrinted(job.attemptId) : [];
}

/** Somebody still waits for it. */
function isSigned({ state }: Turn, job: PrintJob): boolean {
  return state.attempts.some(({ attemptId, foreground }) => attemptId === job.attemptId && foreground);
}

function stateAfter(job: PrintJob, result: PrintResult): PrintJob['state'] {
  // Whether it is on paper is asked at once, in its own box (AS-16), and never again.
  if (isForSignature(job)) return result === 'failed' ? 'dropped' : 'confirmed';
  switch (job.kind) {
    case 'drawer':
      return result === 'confirmed' ? 'confirmed' : 'dropped';
    case 'qr':
    case 'test':
      return result === 'failed' ? 'dropped' : 'confirmed';
    default:
      // Proved that nothing was sent: the slip simply waits for the printer.
      return result === 'failed' ? 'queued' : result;
  }
}

/** The engineer stands beside the printer: he is told, and presses again if he wants another one. */
function tellTest(turn: Turn, result: PrintResult): void {
  const fates = { confirmed: 'напечатан', unconfirmed: 'передан, принтер не подтвердил', failed: 'не напечатан' };
  patchUi(turn, { status: `Проверочный лист ${fates[result]}` });
}

/** What the cashier asked for and did not get is told again. */
function tellEnd(turn: Turn, result: PrintResult): void {
  const { printer, printing } = turn.state;
  if (result !== 'confirmed' && printer === 'unknown') tellStatus(turn, messageOf('DEV-16').text);
  if (!printing.isRetried) return;
  patchPrinting(turn, result === 'confirmed' ? { isRetried: false } : { isRetried: false, told: null });
}

// What the printer tells, and what the cashier answers.

/** Dialogs with `Повторить` and `Отложить печать`. */
const PRINTER_QUESTIONS: Partial<Record<DeviceState, string>> = {
  paperOut: 'DEV-10',
  coverOpen: 'DEV-12',
  noLink: 'DEV-13',
  knife: 'DEV-14',
};

/** The dialog comes later, when the register is between receipts: here only the state changes. */
export function printerChanged(turn: Turn, state: DeviceState): void {
  const before = turn.state.printer;
  turn.state = { ...turn.state, printer: state };
  if (state === 'unknown') tellStatus(turn, messageOf('DEV-16').text);
  if (isTrouble(state)) return;
  const { printing } = turn.state;
  patchPrinting(turn, { told: null, isRetried: false });
  if (isTrouble(before) && !printing.isRetried && waitingDocuments(turn, 0) > 1) {
    // Buyers of long ago are gone: their slips must not pour out in front of the next one's unasked.
    const heldUpToJobId = Math.max(...turn.state.printJobs.map(({ jobId }) => jobId));
    patchPrinting(turn, { heldUpToJobId, asksHeld: true });
  }
  turn.effects.push({ do: 'print' });
}

/**
 * The one dialog about printing that is to be shown now, if any; the caller has seen that nothing else goes on, and that
 * the key already on its way to the next goods will not answer it (Enter = `Да` = the slip is on paper).
 */
export function askAboutPrinting(turn: Turn): void {
  const { printer, printing, printJobs } = turn.state;
  if (isTrouble(printer) && printing.told !== printer) {
    // A printer that was switched off with nothing to print keeps nobody waiting: the word in row 24 is enough.
    if (printer !== 'noLink' || printJobs.length > 0) return tellTrouble(turn, printer);
  } else if (printing.asksHeld && !isTrouble(printer)) {
    patchPrinting(turn, { asksHeld: false });
    const count = waitingDocuments(turn, printing.heldUpToJobId);
    if (count > 0) return openContext(turn, questionRef('DEV-18', { N: String(count) }, [{ do: 'retryPrint' }]));
  }
  const open = printJobs.find((job) => job.state === 'unconfirmed');
  if (open === undefined) return;
  openContext(turn, context('print-unconfirmed', { jobId: open.jobId, documentNumber: numberOf(open.documentId) }));
}

function tellTrouble(turn: Turn, printer: DeviceState): void {
  patchPrinting(turn, { told: printer });
  turn.effects.push({ do: 'bell', pattern: 'error' });
  const number = PRINTER_QUESTIONS[printer];
  if (number === undefined) say(turn, 'DEV-15');
  else openContext(turn, questionRef(number, {}, [{ do: 'retryPrint' }]));
}

/** `Повторить` of DEV-10..14, `Да` of DEV-18. */
export function retryPrint(turn: Turn): void {
  patchPrinting(turn, { heldUpToJobId: 0, asksHeld: false, isRetried: isTrouble(turn.state.printer) });
  turn.effects.push({ do: 'print', now: true });
}

/** DEV-17 answered: `Да` = it is on paper; `Нет` = printed again as a copy. */
export function settlePrint(turn: Turn, jobId: number, isOnPaper: boolean): void {
  const job = turn.state.printJobs.find((candidate) => candidate.jobId === jobId);
  if (job === undefined) return;
  putPrintJob(turn, { ...job, state: 'confirmed' });
  if (isOnPaper) return;
  if (job.kind === 'cancelSlip') {
    const data: CancelSlipJobData = { ...(job.data as CancelSlipJobData), isCopy: true };
    return queuePrintJob(turn, job.documentId, job.kind, null, data);
  }
  queuePrintJob(turn, job.documentId, kindOfCopy(job), job.attemptId, job.data);
}

function kindOfCopy({ kind }: PrintJob): PrintJobKind {
  if (kind === 'money') return kind;
  return kind === 'paymentSlip' || kind === 'paymentCopy' ? 'paymentCopy' : 'copy';
}

function isTrouble(state: DeviceState): boolean {
  return state === 'broken' || PRINTER_QUESTIONS[state] !== undefined;
}

/** Receipts, not slips: one receipt may have two. */
function waitingDocuments(turn: Turn, upToJobId: number): number {
  const waiting = turn.state.printJobs.filter(
    (job) =>
      isSlip(job) &&
      job.state !== 'unconfirmed' &&
      (upToJobId === 0 || (job.state === 'queued' && job.jobId <= upToJobId)),
  );
  return new Set(waiting.map(({ documentId }) => documentId)).size;
}

/** `8-42-11-k3f9qa` -> 11. */
function numberOf(documentId: string): number {
  return Number(documentId.split('-')[2] ?? 0);
}

function putPrintJob(turn: Turn, job: PrintJob): void {
  const others = turn.state.printJobs.filter((candidate) => candidate.jobId !== job.jobId);
  const isOpen = job.state === 'queued' || job.state === 'sent' || job.state === 'unconfirmed';
  const printJobs = isOpen ? [...others, job].sort((a, b) => a.jobId - b.jobId) : others;
  turn.state = { ...turn.state, printJobs };
  putById(turn.write.printJobs, job, (candidate) => candidate.jobId === job.jobId);
}

function patchPrinting(turn: Turn, patch: Partial<Printing>): void {
  turn.state = { ...turn.state, printing: { ...turn.state.printing, ...patch } };
}
