import type { Attempt } from '../../payments/attempt.ts';
import type { Input, Operation } from '../../payments/driver.ts';
import type { Books, Outcome } from '../../payments/outcome.ts';
import type { Currency, Document, Payment } from '../../register/model.ts';

/** What an attempt is about; the order is made of it. */
export interface Wanted {
  operation: Operation;
  currency: Currency;
  /** Null for operations that belong to no receipt (token, reconciliation, a card before the first item). */
  document: Document | Pick<Document, 'documentId' | 'number' | 'type'> | null;
  amountKopecks?: number;
  /** Cancel and refund: the payment they go against. */
  source?: Pick<Payment, 'attemptId' | 'orderNumber' | 'providerPaymentId' | 'amountKopecks'> | null;
  /** The refused payment that this one repeats. */
  repeats?: Attempt;
  /** For a reconciliation. */
  books?: Books;
  /** Default: the cashier waits for it. */
  foreground?: boolean;
  /** For a follow. */
  follows?: 'made' | 'unmade';
}

/** An attempt that has told what came of it. */
export interface Ended {
  attempt: Attempt;
  outcome: Outcome;
  /** The cashier has waited for it. */
  wasForeground: boolean;
  /** False: nothing was asked of the provider, so this end says nothing of the link. */
  wasAsked: boolean;
}

/**
 * What is to be done next, in the same turn, so in the same commit (law 1). Whoever finds it out returns it, and
 * `flow.ts` alone does it: nobody here calls back him who called.
 */
export type Due =
  | { do: 'begin'; wanted: Wanted }
  | { do: 'feed'; attemptId: string; input: Input }
  | { do: 'settle'; ended: Ended }
  /** After what the end has begun: its dialog waits while the next attempt runs in front of the cashier. */
  | { do: 'tell'; ended: Ended }
  | { do: 'say'; number: string };
