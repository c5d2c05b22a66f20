import type { PaymentFate } from './commands.ts';
import type { Card, DocumentType, Line, Payment, RefundStep, ReturnSource, Tendered, User } from './model.ts';

/**
 * What happened, once and for ever; `evolve.ts` turns it into state. Stored as JSON in the journal before anything
 * outside the program learns of it (law 1). `at` is wall time in ms and never goes back inside a shift.
 */
export type RegisterEvent = { at: number } & (
  | { type: 'userLoggedIn'; user: User }
  | { type: 'locked'; userCode: string | null }
  | { type: 'shiftOpened'; number: number; label: string }
  | {
      type: 'documentOpened';
      documentId: string;
      number: number;
      documentType: DocumentType;
      cashierCode: string;
      cashierName: string;
      card: Card | null;
      source: ReturnSource | null;
    }
  | { type: 'modeSet'; mode: 'sale' | 'return' }
  /** `sums`: every line as the card's discount makes it. */
  | { type: 'cardAdded'; card: Card; sums: LineSum[] }
  | { type: 'cardRemoved'; sums: LineSum[] }
  | { type: 'lineAdded'; line: Line }
  | ({ type: 'quantityChanged'; quantityThousandths: number } & LineSum)
  | { type: 'refundSumChanged'; positionNumber: number; quantityThousandths: number; sumKopecks: number }
  | ({ type: 'priceChanged'; priceKopecks: number } & LineSum)
  | { type: 'lineStorned'; positionNumber: number; cashierCode: string; confirmedByCode: string | null }
  | { type: 'subtotalEntered' }
  | { type: 'subtotalLeft' }
  | { type: 'refundPlanned'; plan: RefundStep[] }
  | { type: 'paymentStarted'; payment: Payment }
  | {
      type: 'paymentSettled';
      attemptId: string;
      fate: PaymentFate;
      providerPaymentId: string | null;
      tendered?: Tendered;
    }
  | { type: 'cancelStarted'; attemptId: string }
  | { type: 'cancelSettled'; attemptId: string; fate: 'cancelled' | 'queued' | 'refused' }
  | {
      type: 'paymentResolved';
      attemptId: string;
      decision: 'paid' | 'notPaid' | 'returned';
      confirmedByCode: string;
      reason: string;
      tendered?: Tendered;
    }
  | { type: 'documentClosed'; changeKopecks: number; fiscalNumber: number }
  | { type: 'documentAnnulled'; confirmedByCode: string | null; givenBack?: string[] }
);

/** What a line costs after a change. */
export interface LineSum {
  positionNumber: number;
  sumKopecks: number;
  discountKopecks: number;
}
