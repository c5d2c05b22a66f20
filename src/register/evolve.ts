import type { PaymentFate } from './commands.ts';
import type { LineSum, RegisterEvent } from './events.ts';
import type {
  Card,
  ClosedDocument,
  Document,
  Line,
  Payment,
  PaymentState,
  RegisterState,
  ReturnedLine,
} from './model.ts';
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
        pendingCard: null,
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
          card: event.card,
          source: event.source,
        },
      };
    case 'lineAdded':
      return withDocument(state, (document) => ({
        ...document,
        lines: [...document.lines, event.line],
        nextPositionNumber: event.line.positionNumber + 1,
      }));
    case 'modeSet':
      return { ...state, mode: event.mode, lastClosed: null };
    case 'cardAdded':
      return withCard(state, event.card, event.sums);
    case 'cardRemoved':
      return withCard(state, null, event.sums);
    case 'quantityChanged': {
      const { quantityThousandths, sumKopecks, discountKopecks } = event;
      return withLine(state, event.positionNumber, (line) => ({
        ...line,
        quantityThousandths,
        sumKopecks,
        discountKopecks,
        returned: wholeOf(line.returned),
      }));
    }
    case 'refundSumChanged': {
      const { positionNumber, quantityThousandths, sumKopecks } = event;
      return withLine(state, positionNumber, (line) => ({
        ...line,
        quantityThousandths,
        sumKopecks,
        returned: line.returned === null ? null : { ...line.returned, isPartOfSum: true },
      }));
    }
    case 'priceChanged': {
      const { priceKopecks, sumKopecks, discountKopecks } = event;
      return withLine(state, event.positionNumber, (line) => ({ ...line, priceKopecks, sumKopecks, discountKopecks }));
    }
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
    case 'refundPlanned':
      return withDocument(state, (document) => ({ ...document, refundPlan: event.plan }));
    case 'paymentStarted':
      return withDocument(state, (document) => ({ ...document, payments: [...document.payments, event.payment] }));
    case 'paymentSettled':
      return withPayment(state, event.attemptId, (payment) => ({
        ...payment,
        ...event.tendered,
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
        ...event.tendered,
        state: stateOfDecision[event.decision],
      }));
    case 'documentClosed':
      return finished(state, 'closed', event.at, event.changeKopecks, event.fiscalNumber);
    case 'documentAnnulled':
      return finished(state, 'annulled', event.at, 0, null, event.givenBack);
  }
}

function finished(
  state: RegisterState,
  status: 'closed' | 'annulled',
  at: number,
  changeKopecks: number,
  fiscalNumber: number | null,
  givenBack?: string[],
): RegisterState {
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
    fiscalNumber,
    ...(givenBack === undefined ? {} : { givenBack }),
    // What was not returned of a sale does not belong to its return.
    lines: document.type === 'returnBySale' ? document.lines.filter((l) => l.quantityThousandths > 0) : document.lines,
  };
  const lastFiscalNumber = fiscalNumber ?? state.lastFiscalNumber;
  return { ...state, document: null, lastClosed, lastFiscalNumber, mode: 'sale' };
}

function withDocument(state: RegisterState, change: (document: Document) => Document): RegisterState {
  return state.document === null ? { ...state } : { ...state, document: change(state.document) };
}

function withLine(state: RegisterState, positionNumber: number, change: (line: Line) => Line): RegisterState {
  return withDocument(state, (document) => ({
    ...document,
    lines: document.lines.map((line) => (line.positionNumber === positionNumber ? change(line) : line)),
  }));
}

/** Goods come back again, and no longer only a part of their money. */
function wholeOf(returned: ReturnedLine | null): ReturnedLine | null {
  if (returned?.isPartOfSum !== true) return returned;
  const { isPartOfSum: _, ...whole } = returned;
  return whole;
}

/** A card of an empty receipt waits outside of it. */
function withCard(state: RegisterState, card: Card | null, sums: readonly LineSum[]): RegisterState {
  if (state.document === null) return { ...state, pendingCard: card };
  return withDocument(state, (document) => ({
    ...document,
    card,
    lines: document.lines.map((line) => ({
      ...line,
      ...sums.find(({ positionNumber }) => positionNumber === line.positionNumber),
    })),
  }));
}

function withPayment(state: RegisterState, attemptId: string, change: (payment: Payment) => Payment): RegisterState {
  return withDocument(state, (document) => ({
    ...document,
    payments: document.payments.map((payment) => (payment.attemptId === attemptId ? change(payment) : payment)),
  }));
}
