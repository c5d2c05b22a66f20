import type { PromptAnswer } from '../payments/prompt.ts';
import type { Command } from '../register/commands.ts';
import type { Currency, Goods, RefundStep } from '../register/model.ts';
import type { ContextRef, Ui } from './model.ts';
import type { ReconciledSystem } from './pages.ts';

/** What a binding wants done; plain data, performed by the loop in order. A refusal stops the rest. */
export type Step =
  | { do: 'command'; command: Command }
  /** Look the text up in the catalogue and add the goods with the pending modifiers. `raw`: a scan as it came. */
  | { do: 'addGoods'; text: string; entry: 'code' | 'scan'; raw?: string }
  | { do: 'addFoundGoods'; goods: Goods }
  /** Price check only. */
  | { do: 'open'; context: ContextRef }
  | { do: 'close' }
  /** New local state (and text, when given) of the context that ran. */
  | { do: 'local'; local: unknown; text?: string }
  | { do: 'ui'; patch: Partial<Ui> }
  /**
   * Begin a payment; amountKopecks null = what is left. `thenClose`: `Итого`. `isDecided`: the money of a return goes back by
   * another means than was planned, and the cashier was asked (DOM-109).
   */
  | { do: 'pay'; currency: Currency; amountKopecks: number | null; thenClose: boolean; isDecided?: true }
  /** `isDecided`: DOM-112 was answered. */
  | { do: 'answer'; attemptId: string; answer: PromptAnswer; isDecided?: true }
  | { do: 'cancelAttempt'; attemptId: string }
  /**
   * An undecided payment of the open receipt in front of the cashier again (SCR-53); closes what stands over the screen. `givesUp`: to
   * be given up for another means, by its own way.
   */
  | { do: 'showAttempt'; attemptId: string; givesUp?: true }
  /** F8 of a result: the slip of its order. */
  | { do: 'printPaymentSlip'; attemptId: string }
  /** F8 of a refused result: the same sum is paid anew, by a new attempt. */
  | { do: 'repeatPayment'; attemptId: string }
  /** Ask the provider now (SCR-53, Enter). */
  | { do: 'askAttempt'; attemptId: string }
  /** OPL-25 answered `Да`. */
  | { do: 'cancelPayment'; attemptId: string }
  /** F11: DOM-41, or why the document cannot be annulled. */
  | { do: 'askAnnul' }
  /** DOM-41 answered `Да`: reverse payments last first, then annul. */
  | { do: 'annulDocument' }
  | {
      do: 'resolveAttempt';
      attemptId: string;
      decision: 'paid' | 'notPaid' | 'returned';
      reason: string;
      password: string;
    }
  /** A numbered dialog of the catalogue. */
  | { do: 'say'; number: string; params?: Record<string, string> }
  /** Row 24. */
  | { do: 'status'; text: string }
  | { do: 'bell'; pattern: 'refused' | 'error' | 'done' }
  | { do: 'search'; text: string }
  | { do: 'logIn'; userCode: string; password: string }
  /** Of this document, or of the one that was closed last. */
  | { do: 'printCopy'; documentId?: string }
  /** DEV-17: is the slip on paper? */
  | { do: 'settlePrint'; jobId: number; isOnPaper: boolean }
  /** DEV-10..14 `Повторить`, DEV-18 `Да`: everything that waits is printed now. */
  | { do: 'retryPrint' }
  /** DOM-06: a second user's password for what the register refused to do without him. */
  | {
      do: 'confirmBySecond';
      purpose: { kind: 'storno'; positionNumber: number } | { kind: 'annul' } | { kind: 'clock' };
      password: string;
    }
  /** SYS-07 answered `Продолжить`: a second user is asked. */
  | { do: 'acceptClock' }
  | { do: 'openDrawer' }
  /** `Проверка печати и кодовой страницы` of the service menu. */
  | { do: 'printTest' }
  /** Reads the picker's rows anew: `offset` of the first wanted row; the picker's own filter applies. */
  | { do: 'findSales'; offset: number }
  /** Opens `document-view`; refuses with DOM-60, DOM-61, DOM-67. */
  | { do: 'viewDocument'; documentId: string; purpose: 'return' | 'view' }
  /** From the view: everything that is left (`partial` false), or quantities first. Closes the pages of the picker. */
  | { do: 'beginReturn'; documentId: string; partial: boolean }
  /** Payment stage of a return by receipt: what goes back by which means is shown, and asked (DOM-102). */
  | { do: 'offerRefund' }
  /** DOM-102 decided: gives the source payments back in this order, one after another. */
  | { do: 'refund'; plan: RefundStep[] }
  /** COMMAND_SALE, COMMAND_BACK. */
  | { do: 'setMode'; mode: 'sale' | 'return' }
  /** F5: the card of the payment system, by its dialog. */
  | { do: 'askProviderCard' }
  /** A typed or scanned card number, or a phone number. */
  | { do: 'findCard'; text: string; method: 'keyboard' | 'scanner' | 'phone' }
  /** A row of a system's page gets another value (SCR-35): `1` and `0` for a switch. Administrator only. */
  | { do: 'changeSystem'; system: string; row: number; value: string }
  /** An action of a system's page: `Получить токен`, `Проверить связь`. */
  | { do: 'askSystem'; system: string; row: number }
  /** Asks a payment system for its operations of the shift and compares (SCR-30). Null: the only one there is, or a list of them. */
  | { do: 'reconcile'; provider: string | null }
  | { do: 'printReconciliation'; systems: ReconciledSystem[] }
  /** The list of notifications; all of it counts as read then (SCR-49). */
  | { do: 'openNotices' }
  /** What the order of a notification came to. */
  | { do: 'openNotice'; noticeId: number }
  | { do: 'clearNotices' }
  /** SYS-02: the writes that failed are tried again. */
  | { do: 'retryWrites' }
  /** SYS-01, SYS-02, SYS-15: the program starts again, the receipt is restored. */
  | { do: 'restart' }
  | { do: 'exit' };
