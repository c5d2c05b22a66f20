import { describe, expect, it } from 'vitest';
import { slipRequestOf } from '../../../src/app/slips.ts';
import type { PrintJob } from '../../../src/journal/print-job.ts';
import { ASSIST, line, payment, slip } from '../receipts/documents.ts';

const { document, shop, registerNumber, utcOffsetMinutes } = slip([line(1, 'МОЛОКО', 1530)], [payment(ASSIST, 1530)]);
const ABOUT = { shop, registerNumber, utcOffsetMinutes, shiftNumber: 45 };
const attemptId = 'attempt-9-1530';

function job(patch: Partial<PrintJob>): PrintJob {
  return {
    jobId: 1,
    documentId: document.documentId,
    kind: 'paymentSlip',
    attemptId,
    data: null,
    state: 'queued',
    createdAtMs: 77,
    ...patch,
  };
}

describe('a job of the print queue', () => {
  it('is the slip of its payment, with what the payment system wants on it', () => {
    expect(slipRequestOf(job({}), document, ABOUT)).toMatchObject({ attemptId, rows: [], signature: false });
    const data = { rows: [{ label: 'RRN', value: '1' }], signature: true };
    expect(slipRequestOf(job({ data }), document, ABOUT)).toMatchObject({
      kind: 'paymentSlip',
      ...data,
      isCopy: false,
    });
    expect(slipRequestOf(job({ kind: 'paymentCopy', data }), document, ABOUT)).toMatchObject({ ...data, isCopy: true });
  });

  it('prints of an open document nothing but its payment slips, and of no document nothing', () => {
    const { status, closedAt, totalKopecks, discountKopecks, receivedKopecks, changeKopecks, fiscalNumber, ...open } =
      document;
    expect(slipRequestOf(job({}), open, ABOUT)).toMatchObject({ kind: 'paymentSlip' });
    expect(slipRequestOf(job({ kind: 'sale' }), open, ABOUT)).toBeNull();
    expect(slipRequestOf(job({ kind: 'sale' }), document, ABOUT)).toMatchObject({ kind: 'sale' });
    expect(slipRequestOf(job({}), null, ABOUT)).toBeNull();
  });

  it('is a QR code of no document', () => {
    const data = { caption: 'Оплата', payload: 'https://x', sumKopecks: 1530 };
    expect(slipRequestOf(job({ kind: 'qr', data, attemptId: null }), null, ABOUT)).toMatchObject({
      kind: 'qr',
      data: { shop, registerNumber, caption: 'Оплата', payload: 'https://x', amountKopecks: 1530, printedAt: 77 },
    });
  });
});
