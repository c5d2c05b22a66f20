/** What devices tell, as dialogs and words for the cashier (dialogs.md 4). They never stop a sale and never decide about money. */
import { questionRef } from '../dialogs/index.ts';
import { isSlip, type PrintJob } from '../journal/print-job.ts';
import type { DeviceState } from '../ui/model.ts';
import { isPaymentRunning, type Message, type Printing } from './state.ts';
import { openContext, patchUi, say, type Turn } from './turn.ts';

/** Dialogs with `Повторить` and `Отложить печать`. */
const PRINTER_QUESTIONS: Partial<Record<DeviceState, string>> = {
  paperOut: 'DEV-10',
  coverOpen: 'DEV-12',
  noLink: 'DEV-13',
  knife: 'DEV-14',
};
const PRINTER_UNKNOWN = 'Состояние принтера неизвестно';

/** DEV-01, 03, 04 once a loss, DEV-02 in row 24 when the port is back. */
export function scannerChanged(turn: Turn, message: Extract<Message, { type: 'scanner' }>): void {
  const { port, state, reason } = message;
  const before = turn.state.scanners[port];
  const put = (told: string[]) => {
    turn.state = { ...turn.state, scanners: { ...turn.state.scanners, [port]: { state, told } } };
  };
  if (state === 'ready') {
    put([]);
    if (before?.state === 'noLink') tellStatus(turn, 'Сканер подключен');
    return;
  }
  const number = reason === 'permissionDenied' ? 'DEV-03' : reason === 'busy' ? 'DEV-04' : 'DEV-01';
  const told = before?.state === 'noLink' ? before.told : [];
  // A port that is found in use or closed to us says more than that it is gone; the other way round it is no news.
  const isNews = number === 'DEV-01' ? told.length === 0 : !told.includes(number);
  put(isNews ? [...told, number] : told);
  if (!isNews) return;
  turn.effects.push({ do: 'bell', pattern: 'error' });
  say(turn, number, number === 'DEV-01' ? {} : { порт: port });
}

/** The dialog comes later, when the register is between receipts: here only the state changes. */
export function printerChanged(turn: Turn, state: DeviceState): void {
  const before = turn.state.printer;
  turn.state = { ...turn.state, printer: state };
  if (state === 'unknown') tellStatus(turn, PRINTER_UNKNOWN);
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

/** After a job: what the cashier asked for and did not get is told again. */
export function printEnded(turn: Turn, result: 'confirmed' | 'unconfirmed' | 'failed'): void {
  const { printer, printing } = turn.state;
  if (result !== 'confirmed' && printer === 'unknown') tellStatus(turn, PRINTER_UNKNOWN);
  if (!printing.isRetried) return;
  patchPrinting(turn, result === 'confirmed' ? { isRetried: false } : { isRetried: false, told: null });
}

/** `Повторить` of DEV-10..14, `Да` of DEV-18. */
export function retryPrint(turn: Turn): void {
  patchPrinting(turn, { heldUpToJobId: 0, asksHeld: false, isRetried: isTrouble(turn.state.printer) });
  turn.effects.push({ do: 'print', now: true });
}

/**
 * The one dialog the printer wants to show now, if any; the caller has seen that nothing else goes on.
 * @returns true when one was opened
 */
export function showPrinter(turn: Turn): boolean {
  const { printer, printing, printJobs } = turn.state;
  if (isTrouble(printer) && printing.told !== printer) {
    // A printer that was switched off with nothing to print keeps nobody waiting: the word in row 24 is enough.
    if (printer === 'noLink' && printJobs.length === 0) return false;
    patchPrinting(turn, { told: printer });
    turn.effects.push({ do: 'bell', pattern: 'error' });
    const number = PRINTER_QUESTIONS[printer];
    if (number === undefined) say(turn, 'DEV-15');
    else openContext(turn, questionRef(number, {}, [{ do: 'retryPrint' }]));
    return true;
  }
  if (!printing.asksHeld || isTrouble(printer)) return false;
  patchPrinting(turn, { asksHeld: false });
  const count = waitingDocuments(turn, printing.heldUpToJobId);
  if (count === 0) return false;
  openContext(turn, questionRef('DEV-18', { N: String(count) }, [{ do: 'retryPrint' }]));
  return true;
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

/** Row 24, unless it tells what a running payment waits for. */
function tellStatus(turn: Turn, text: string): void {
  if (!isPaymentRunning(turn.state.attempts)) patchUi(turn, { status: text });
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

function patchPrinting(turn: Turn, patch: Partial<Printing>): void {
  turn.state = { ...turn.state, printing: { ...turn.state.printing, ...patch } };
}
