/** A slip or a drawer pulse as a durable row (R8): printing never decides money. */
export interface PrintJob {
  jobId: number;
  documentId: string;
  kind: PrintJobKind;
  /** A payment's own slip names the payment. */
  attemptId: string | null;
  /** What a job prints besides its document: rows of a report or of a payment slip, a payload of a QR code. JSON. */
  data: unknown;
  /**
   * `queued` -> `sent` (journaled before the first byte) -> `confirmed`; `unconfirmed`: bytes may have left and nobody
   * knows, the cashier is asked (DEV-17); `dropped`: a drawer pulse that must not come late (K26).
   */
  state: 'queued' | 'sent' | 'confirmed' | 'unconfirmed' | 'dropped';
  createdAtMs: number;
}

export type PrintJobKind =
  | 'sale'
  | 'paymentSlip'
  | 'copy'
  | 'paymentCopy'
  | 'annulled'
  | 'cancelSlip'
  | 'drawer'
  | 'reconciliation'
  /** What became of a buyer's money behind the cashier's back. */
  | 'money'
  | 'qr'
  /** The test sheet of the service menu: nobody's receipt, so nobody is asked about it. */
  | 'test';

/** What a buyer waits for; neither a pulse nor the engineer's sheet. */
export function isSlip({ kind }: PrintJob): boolean {
  return kind !== 'drawer' && kind !== 'test';
}
