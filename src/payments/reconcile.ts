import type { ProviderOperation } from './outcome.ts';

/** One operation of ours that may have moved money. */
export interface OurOperation {
  attemptId: string;
  documentTitle: string;
  orderNumber: string;
  providerPaymentId: string | null;
  kind: 'payment' | 'reversal';
  amountKopecks: number;
  state: 'approved' | 'declined' | 'pending';
}

export interface Side {
  ourCount: number;
  ourKopecks: number;
  theirCount: number;
  theirKopecks: number;
}

export interface Difference {
  operation: 'payment' | 'reversal';
  kind: 'onlyHere' | 'onlyThere' | 'differentSum' | 'differentState';
  documentTitle: string;
  amountKopecks: number;
  ourWord: string;
  theirWord: string;
  attemptId: string | null;
}

export function compare(
  _ours: readonly OurOperation[],
  _theirs: readonly ProviderOperation[],
): { payments: Side; reversals: Side; differences: Difference[] } {
  const side = { ourCount: 0, ourKopecks: 0, theirCount: 0, theirKopecks: 0 };
  return { payments: side, reversals: side, differences: [] };
}
