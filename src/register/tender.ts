/**
 * What a payment was paid with, what is cash and what of it goes back out of the drawer. The one place that decides it:
 * screens, the customer display, slips, reports, the log and the drawer ask here.
 */
import type { ClosedDocument, Document, Payment } from './model.ts';
import { excessKopecks, isByHand, isCounted } from './totals.ts';

/** Notes and coins, whoever took them: the register itself or a payment system that takes cash (Ассист). */
export function isCash(payment: Pick<Payment, 'currency' | 'isCash'>): boolean {
  return payment.currency.provider === 'cash' || payment.isCash === true;
}

/** `Ассист, наличные`; a payment type with one way to pay is its own name. */
export function tenderName({ currency, means }: Pick<Payment, 'currency' | 'means'>): string {
  return means === undefined ? currency.name : `${currency.name}, ${means}`;
}

/** What the buyer handed over for it: with the change that its payment system has counted out. */
export function handedKopecks({ amountKopecks, changeKopecks = 0 }: Payment): number {
  return amountKopecks + changeKopecks;
}

/** What stays of a counted payment, or what a refund gives back: without the change. */
export function keptKopecks(document: Document, payment: Payment): number {
  return payment.amountKopecks - (payment === excessPayment(document) ? excessKopecks(document) : 0);
}

/** The counted payments that gave change, and how much. */
export function changeRows(document: Document): { payment: Payment; changeKopecks: number }[] {
  return document.payments.filter(isCounted).flatMap((payment) => {
    const changeKopecks = handedKopecks(payment) - keptKopecks(document, payment);
    return changeKopecks > 0 ? [{ payment, changeKopecks }] : [];
  });
}

/** What the cashier hands out of the drawer for a return, or for a receipt that was annulled; change is not in it. */
export function payOutKopecks(document: Document | ClosedDocument): number {
  const handedOut =
    document.type === 'sale'
      ? givenBackBy(document).filter(isGivenBackInCash)
      : // What a human has given back already (DOM-90) is not handed out again.
        document.payments.filter((payment) => isCounted(payment) && isCash(payment) && !isByHand(payment));
  return handedOut.reduce((sum, { amountKopecks }) => sum + amountKopecks, 0);
}

/** The payments that an annulment has given back, or owes; those that were taken back before it are not among them. */
export function givenBackBy(document: Document | ClosedDocument): Payment[] {
  if (!('status' in document) || document.status !== 'annulled') return [];
  const { givenBack, payments } = document;
  return payments.filter(
    (payment) => isTakenBack(payment) && (givenBack === undefined || givenBack.includes(payment.attemptId)),
  );
}

/** The receipt does not count it any more, whether its system has given it back, will, or has refused to. */
export function isTakenBack({ state }: Payment): boolean {
  return state === 'cancelled' || state === 'cancelQueued' || state === 'cancelRefused';
}

/** Its system may hear of it later: notes and coins wait for no link. */
export function isGivenBackInCash(payment: Payment): boolean {
  return isCash(payment) && isTakenBack(payment);
}

/** Notes and coins go over the counter when this document is closed. */
export function movesCash(document: Document): boolean {
  const isTaken = (payment: Payment) => document.type === 'sale' && isCounted(payment) && isCash(payment);
  return payOutKopecks(document) > 0 || document.payments.some(isTaken);
}

/** What was paid too much is change out of the last payment that may give any; a return of the sale reckons so too. */
function excessPayment(document: Document): Payment | undefined {
  return document.payments.findLast((payment) => isCounted(payment) && payment.currency.changeAllowed);
}
