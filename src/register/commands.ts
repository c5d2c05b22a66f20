import type { Card, ClosedDocument, Currency, Entry, Goods, RefundStep, Tendered, User } from './model.ts';
import type { ReturnedSoFar } from './returned-so-far.ts';

/**
 * What can be asked of the register. Every rule is checked in `decide.ts`, never in a screen; outside facts (the goods
 * found, the clock, a new identity) come with the command, so that deciding stays pure.
 */
export type Command =
  | { do: 'logIn'; user: User }
  | { do: 'lock' }
  | { do: 'openShift' }
  | {
      do: 'addLine';
      goods: Goods;
      entry: Entry;
      enteredCode: string | null;
      /** null = one piece. */
      quantityThousandths: number | null;
      /** null = price of the goods. */
      priceKopecks: number | null;
    }
  /** Without a quantity or a price of its own: those of the last position. */
  | { do: 'repeatLast'; quantityThousandths?: number; priceKopecks?: number }
  | { do: 'changeQuantity'; positionNumber: number; quantityThousandths: number }
  /** A part of the money of a returned line goes back, and its goods stay sold. */
  | { do: 'changeRefundSum'; positionNumber: number; sumKopecks: number }
  | { do: 'changePrice'; positionNumber: number; priceKopecks: number }
  | { do: 'stornoLine'; positionNumber: number; confirmedBy: User | null }
  /** Storno of all: the document is kept, closed as annulled. Payments must have been taken back before. */
  | { do: 'annul'; confirmedBy: User | null; givenBack?: string[] }
  | { do: 'enterSubtotal' }
  | { do: 'leaveSubtotal' }
  /** A payment begins: its intent. Whether it is decided at once is the driver's affair. */
  | {
      do: 'beginPayment';
      attemptId: string;
      orderNumber: string;
      currency: Currency;
      amountKopecks: number;
      /** Return by receipt: the payment of the sale that is given back; null = cash instead of it, or a free return. */
      sourceAttemptId: string | null;
    }
  /** DOM-102 decided: which payments of the sale go back, in which order and by which means. */
  | { do: 'planRefund'; plan: RefundStep[] }
  /** The fate of a payment, told by its attempt. Accepted in any mode: a late success wins over everything. */
  | {
      do: 'settlePayment';
      documentId: string;
      attemptId: string;
      fate: PaymentFate;
      providerPaymentId: string | null;
      tendered?: Tendered;
    }
  | { do: 'beginCancel'; attemptId: string }
  | { do: 'settleCancel'; documentId: string; attemptId: string; fate: 'cancelled' | 'queued' | 'refused' }
  | {
      do: 'resolvePayment';
      documentId: string;
      attemptId: string;
      decision: 'paid' | 'notPaid' | 'returned';
      confirmedBy: User;
      reason: string;
      tendered?: Tendered;
    }
  /** COMMAND_SALE, COMMAND_BACK: what the next item opens. */
  | { do: 'setMode'; mode: 'sale' | 'return' }
  /**
   * Opens a return of a sale. Everything that is left of it is taken over; `partial` leaves the quantities to be changed.
   * `before` and `paymentsLeft` are what earlier returns left (the journal knows).
   */
  | {
      do: 'beginReturn';
      sale: ClosedDocument;
      before: ReturnedSoFar['before'];
      paymentsLeft: { attemptId: string; leftKopecks: number }[];
      partial: boolean;
    }
  | { do: 'addCard'; card: Card }
  | { do: 'removeCard' }
  /** `Итого` on a fully paid receipt. */
  | { do: 'close' };

export type PaymentFate = 'approved' | 'declined' | 'notSent' | 'unknown';
