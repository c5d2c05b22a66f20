import type { PrintJob } from '../journal/print-job.ts';
import type { SlipRequest } from '../receipts/print-job.ts';
import type { ClosedDocument } from '../register/model.ts';
import { formatKopecks } from '../register/money.ts';
import type { ReconciliationDifference, ReconciliationRow } from './context.ts';

/** What a slip tells of the shop besides its document. */
export interface SlipShop {
  shop: { name: string; taxNumber: string; address: string };
  registerNumber: number;
  shiftNumber: number;
  utcOffsetMinutes: number;
}

/** The payload of a QR that goes on paper, as the print queue keeps it. */
export interface QrJobData {
  caption: string;
  payload: string;
  sumKopecks: number;
}

/** What the templates need of a job; null when its document is gone. */
export function slipRequestOf(job: PrintJob, document: ClosedDocument | null, about: SlipShop): SlipRequest | null {
  switch (job.kind) {
    case 'drawer':
      return { kind: 'drawer' };
    case 'qr': {
      const { caption, payload, sumKopecks } = job.data as QrJobData;
      return { kind: 'qr', caption, payload, sumText: `К оплате: ${formatKopecks(sumKopecks)}` };
    }
    case 'reconciliation':
      return reconciliationOf(job, about);
  }
  if (document === null) return null;
  const { shop, registerNumber, utcOffsetMinutes } = about;
  const data = { document, shop, registerNumber, utcOffsetMinutes };
  const attemptId = job.attemptId ?? '';
  if (job.kind === 'oplatiSlip') return { kind: 'oplatiSlip', data, attemptId };
  if (job.kind === 'oplatiCopy') return { kind: 'oplatiSlip', data, attemptId, isCopy: true };
  return { kind: job.kind, data };
}

function reconciliationOf(job: PrintJob, about: SlipShop): SlipRequest {
  const rows = job.data as ReconciliationRow[];
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
      status: differences.length === 0 ? 'Сверка: расхождений нет' : 'Сверка: есть расхождения',
    },
  };
}

function differenceText({ kind, ourWord, theirWord }: ReconciliationDifference): string {
  if (kind === 'onlyHere') return 'на сервере: нет данных';
  if (kind === 'onlyThere') return 'на кассе: нет данных';
  const what = kind === 'differentSum' ? 'разная сумма' : 'разное состояние';
  return `${what}: на кассе ${ourWord}, на сервере ${theirWord}`;
}
