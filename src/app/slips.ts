import type { PrintJob } from '../journal/print-job.ts';
import type { Log } from '../log/terminal-log.ts';
import type { SlipRow } from '../receipts/document-fields.ts';
import { buildJob, type SlipRequest } from '../receipts/print-job.ts';
import { loadTemplates, type TemplateProblem, type Templates } from '../receipts/templates.ts';
import type { PrinterLanguage } from '../receipts/to-escpos.ts';
import type { UtcOffset } from '../register/local-time.ts';
import type { ClosedDocument, Document } from '../register/model.ts';
import type { ReconciliationDifference, ReconciliationRow } from '../ui/pages.ts';
import type { Message } from './state.ts';

/** What a slip tells of the shop besides its document. */
export interface SlipShop {
  shop: { name: string; taxNumber: string; address: string };
  registerNumber: number;
  shiftNumber: number;
  utcOffsetMinutes: UtcOffset;
}

/** The payload of a QR that goes on paper, as the print queue keeps it. */
export interface QrJobData {
  caption: string;
  payload: string;
  sumKopecks: number;
}

/** What a payment system wants on its slip, as the print queue keeps it; a slip of nothing but our own facts has null. */
export interface PaymentSlipJobData {
  rows: SlipRow[];
  /** With a line for the buyer's signature. */
  signature: boolean;
}

/** Which payments the slip of an annulled receipt or a cancelled payment tells of, as the print queue keeps it. */
export interface CancelSlipJobData {
  attemptIds: string[];
  isCopy: boolean;
}

/** What became of a buyer's money behind the cashier's back, as the print queue keeps it. */
export interface MoneySlipJobData {
  title: string;
  system: string;
  amountKopecks: number;
  /** In the order of time: what was decided, what the payment system has done. */
  lines: string[];
}

/** The reconciliation, as the print queue keeps it; by a version before this one it was its rows alone. */
export interface ReconciliationJobData {
  rows: ReconciliationRow[];
  /** What is to be said of a system beside its rows. */
  notes: { title: string; text: string }[];
  /** No system was left out. */
  isWhole: boolean;
}

export interface SlipSources {
  /** Of the shop's own templates. */
  folder: string;
  /** Templates that payment systems bring, by the system's name. */
  own: Readonly<Record<string, string>>;
  about(): SlipShop;
  /** Of any age, the open one too. */
  documentOf(documentId: string): Document | null;
  escpos: PrinterLanguage;
  log: Log;
  post(message: Extract<Message, { type: 'templateFault' }>): void;
}

/** Bytes of a job; null when its document is not to be found. The templates are read with the first one. */
export function createSlipBuilder(sources: SlipSources): (job: PrintJob) => Promise<Uint8Array | null> {
  const { folder, own, escpos, log, post } = sources;
  let templates: Promise<Templates> | null = null;

  function tellFault({ name, line, message }: TemplateProblem): void {
    log.error('receipts', `Шаблон ${name}, строка ${line}: ${message}`);
    post({ type: 'templateFault', file: name, line, fault: message });
  }

  return async (job) => {
    templates ??= loadTemplates(folder, tellFault, own);
    const request = slipRequestOf(job, sources.documentOf(job.documentId), sources.about());
    if (request === null) return null;
    const { bytes, replaced } = buildJob(request, await templates, escpos);
    if (replaced.length > 0) log.warn('printer', `Нет в кодовой странице: ${replaced.join(' ')}`);
    return bytes;
  };
}

/** What the templates need of a job; null when its document is gone, or still open and no slip of a payment is meant. */
export function slipRequestOf(job: PrintJob, document: Document | null, about: SlipShop): SlipRequest | null {
  switch (job.kind) {
    case 'drawer':
      return { kind: 'drawer' };
    case 'test':
      return { kind: 'test' };
    case 'qr': {
      const { caption, payload, sumKopecks } = job.data as QrJobData;
      const data = { ...about, printedAt: job.createdAtMs, caption, payload, amountKopecks: sumKopecks };
      return { kind: 'qr', data };
    }
    case 'reconciliation':
      return reconciliationOf(job, about);
  }
  if (document === null) return null;
  const { shop, registerNumber, utcOffsetMinutes } = about;
  const place = { shop, registerNumber, utcOffsetMinutes };
  if (job.kind === 'paymentSlip' || job.kind === 'paymentCopy') {
    const { rows, signature } = (job.data as PaymentSlipJobData | null) ?? { rows: [], signature: false };
    const isCopy = job.kind === 'paymentCopy';
    const data = { ...place, document };
    return { kind: 'paymentSlip', data, attemptId: job.attemptId ?? '', rows, signature, isCopy };
  }
  if (job.kind === 'cancelSlip') {
    const { attemptIds, isCopy } = job.data as CancelSlipJobData;
    return { kind: 'cancelled', data: { ...place, document, attemptIds, printedAt: job.createdAtMs }, isCopy };
  }
  if (job.kind === 'money') {
    const data = { ...place, ...(job.data as MoneySlipJobData), document, printedAt: job.createdAtMs };
    return { kind: 'money', data };
  }
  return isClosed(document) ? { kind: job.kind, data: { ...place, document } } : null;
}

function isClosed(document: Document): document is ClosedDocument {
  return 'status' in document;
}

function reconciliationOf(job: PrintJob, about: SlipShop): SlipRequest {
  const stored = job.data as ReconciliationJobData | ReconciliationRow[];
  const { rows, notes, isWhole } = Array.isArray(stored) ? { rows: stored, notes: [], isWhole: true } : stored;
  const differences = rows.flatMap((row) => row.differences);
  return {
    kind: 'reconciliation',
    data: {
      ...about,
      printedAt: job.createdAtMs,
      rows,
      differences: differences.map((difference) => ({
        documentTitle: difference.documentTitle,
        amountKopecks: difference.amountKopecks,
        text: differenceText(difference),
      })),
      notes,
      status: `${differences.length === 0 ? 'Сверка: расхождений нет' : 'Сверка: есть расхождения'}${isWhole ? '' : ', сверены не все системы'}`,
    },
  };
}

function differenceText({ kind, ourWord, theirWord }: ReconciliationDifference): string {
  if (kind === 'onlyHere') return 'на сервере: нет данных';
  if (kind === 'onlyThere') return 'на кассе: нет данных';
  const what = kind === 'differentSum' ? 'разная сумма' : 'разное состояние';
  return `${what}: на кассе ${ourWord}, на сервере ${theirWord}`;
}
