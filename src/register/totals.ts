import type { Document, Payment } from './model.ts';

/** Everything a screen or a rule wants to know of a document's money; derived, never stored while it is open. */
export interface Totals {
  totalKopecks: number;
  discountKopecks: number;
  /** Sum of the payments that count. */
  paidKopecks: number;
  /** The same with the change that payment systems have counted out: what the buyer has handed over. */
  receivedKopecks: number;
  /** `К оплате`, never below 0. */
  restKopecks: number;
  /** `Сдача`, never below 0. */
  changeKopecks: number;
  /** There are lines and payments, nothing is owed. */
  fullyPaid: boolean;
}

/** A payment whose money we hold. `cancelling` still counts: nothing has been given back yet. */
export function isCounted(payment: Payment): boolean {
  return payment.state === 'approved' || payment.state === 'cancelling' || payment.state === 'manualPaid';
}

/** A payment of which nobody can say yet whether it happened (law 2). */
export function isUndecided(payment: Payment): boolean {
  return payment.state === 'waiting' || payment.state === 'unknown' || payment.state === 'cancelling';
}

/** A human has decided it (DOM-90), and may once more when its payment system says otherwise. */
export function isByHand({ state }: Payment): boolean {
  return state === 'manualPaid' || state === 'manualNotPaid' || state === 'manualReturned';
}

/** Rows of the journal area: what counts and what is undecided; refused and given back payments leave the screen. */
export function visiblePayments(document: Document): Payment[] {
  return document.payments.filter((payment) => isCounted(payment) || isUndecided(payment));
}

/** Documents are never changed in place, so what was added up once stands: a long receipt is asked many times a key. */
const known = new WeakMap<Document, Totals>();

export function totalsOf(document: Document | null): Totals {
  if (document === null) return addUp(null);
  const before = known.get(document);
  if (before !== undefined) return before;
  const totals = addUp(document);
  known.set(document, totals);
  return totals;
}

function addUp(document: Document | null): Totals {
  let totalKopecks = 0;
  let discountKopecks = 0;
  let paidKopecks = 0;
  let receivedKopecks = 0;
  let counted = 0;
  if (document !== null) {
    for (const line of document.lines) {
      totalKopecks += line.sumKopecks;
      discountKopecks += line.discountKopecks;
    }
    for (const payment of document.payments) {
      if (!isCounted(payment)) continue;
      paidKopecks += payment.amountKopecks;
      receivedKopecks += payment.amountKopecks + (payment.changeKopecks ?? 0);
      counted++;
    }
  }
  return {
    totalKopecks,
    discountKopecks,
    paidKopecks,
    receivedKopecks,
    restKopecks: Math.max(0, totalKopecks - paidKopecks),
    changeKopecks: Math.max(0, paidKopecks - totalKopecks) + receivedKopecks - paidKopecks,
    fullyPaid: counted > 0 && paidKopecks >= totalKopecks,
  };
}

/** Paid beyond the total; the register's own change. */
export function excessKopecks(document: Document): number {
  const { paidKopecks, totalKopecks } = totalsOf(document);
  return Math.max(0, paidKopecks - totalKopecks);
}
