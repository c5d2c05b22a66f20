import type { PaymentFate } from './commands.ts';
import type { RegisterEvent } from './events.ts';
import type { ClosedDocument, Document, Payment, PaymentState, RegisterState } from './model.ts';
import { totalsOf } from './totals.ts';

const stateOfFate: Record<PaymentFate, PaymentState> = {
  approved: 'approved',
  declined: 'declined',
  notSent: 'notSent',
  unknown: 'unknown',
};
const stateOfCancel = { cancelled: 'cancelled', queued: 'cancelQueued', refused: 'approved' } as const;
const stateOfDecision = { paid: 'manualPaid', notPaid: 'manualNotPaid', returned: 'manualReturned' } as const;

/** Event -> state. Pure and total: what was decided once is never refused here. */
export function evolve(state: RegisterState, event: RegisterEvent): RegisterState {
  const next = apply(state, event);
  next.lastEventAt = Math.max(state.lastEventAt, event.at);
  return next;
}

/** @returns a fresh object, so that `evolve` may stamp it. */
function apply(state: RegisterState, event: RegisterEvent): RegisterState {
  switch (event.type) {
    case 'userLoggedIn':
      return { ...state, user: event.user, locked: false };
    case 'locked':
      return { ...state, locked: true };
    case 'shiftOpened':
      return {
        ...state,
        shift: { number: event.number, openedAt: event.at, label: event.label },
        lastShiftNumber: event.number,
      };
    case 'documentOpened':
      return {
        ...state,
        lastClosed: null,
        lastDocumentNumber: event.number,
        document: {
          documentId: event.documentId,
          number: event.number,
          type: event.documentType,
          shiftNumber: state.lastShiftNumber,
          cashierCode: event.cashierCode,
          cashierName: event.cashierName,
          openedAt: event.at,
          stage: 'goods',
          lines: [],
          stornoLines: [],
          payments: [],
          nextPositionNumber: 1,
        },
      };
    case 'lineAdded':
      return withDocument(state, (document) => ({
        ...document,
        lines: [...document.lines, event.line],
        nextPositionNumber: event.line.positionNumber + 1,
      }));
    case 'quantityChanged':
      return withLine(state, event.positionNumber, {
        quantityThousandths: event.quantityThousandths,
        sumKopecks: event.sumKopecks,
      });
    case 'priceChanged':
      return withLine(state, event.positionNumber, { priceKopecks: event.priceKopecks, sumKopecks: event.sumKopecks });
    case 'lineStorned':
      return withDocument(state, (document) => {
        const line = document.lines.find((candidate) => candidate.positionNumber === event.positionNumber);
        if (line === undefined) return document;
        const storno = {
          line,
          at: event.at,
          cashierCode: event.cashierCode,
          confirmedByCode: event.confirmedByCode,
        };
        return {
          ...document,
          lines: document.lines.filter((candidate) => candidate !== line),
          stornoLines: [...document.stornoLines, storno],
        };
      });
    case 'subtotalEntered':
      return withDocument(state, (document) => ({ ...document, stage: 'subtotal' }));
    case 'subtotalLeft':
      return withDocument(state, (document) => ({ ...document, stage: 'goods' }));
    case 'paymentStarted':
      return withDocument(state, (document) => ({ ...document, payments: [...document.payments, event.payment] }));
    case 'paymentSettled':
      return withPayment(state, event.attemptId, (payment) => ({
        ...payment,
        state: stateOfFate[event.fate],
        providerPaymentId: event.providerPaymentId ?? payment.providerPaymentId,
      }));
    case 'cancelStarted':
      return withPayment(state, event.attemptId, (payment) => ({ ...payment, state: 'cancelling' }));
    case 'cancelSettled':
      return withPayment(state, event.attemptId, (payment) => ({ ...payment, state: stateOfCancel[event.fate] }));
    case 'paymentResolved':
      return withPayment(state, event.attemptId, (payment) => ({
        ...payment,
        state: stateOfDecision[event.decision],
      }));
    case 'documentClosed':
      return finished(state, 'closed', event.at, event.changeKopecks);
    case 'documentAnnulled':
      return finished(state, 'annulled', event.at, 0);
  }
}

function finished(state: RegisterState, status: 'closed' | 'annulled', at: number, changeKopecks: number) {
  const document = state.document;
  if (document === null) return { ...state };
  const totals = totalsOf(document);
  const lastClosed: ClosedDocument = {
    ...document,
    status,
    closedAt: at,
    totalKopecks: totals.totalKopecks,
    discountKopecks: totals.discountKopecks,
    receivedKopecks: totals.receivedKopecks,
    changeKopecks,
  };
  return { ...state, document: null, lastClosed };
}

function withDocument(state: RegisterState, change: (document: Document) => Document): RegisterState {
  return state.document === null ? { ...state } : { ...state, document: change(state.document) };
}

function withLine(
  state: RegisterState,
  positionNumber: number,
  change: { quantityThousandths?: number; priceKopecks?: number; sumKopecks: number },
): RegisterState {
  return withDocument(state, (document) => ({
    ...document,
    lines: document.lines.map((line) => (line.positionNumber === positionNumber ? { ...line, ...change } : line)),
  }));
}

function withPayment(state: RegisterState, attemptId: string, change: (payment: Payment) => Payment): RegisterState {
  return withDocument(state, (document) => ({
    ...document,
    payments: document.payments.map((payment) => (payment.attemptId === attemptId ? change(payment) : payment)),
  }));
}
