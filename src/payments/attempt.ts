import type { Input, Operation, Order } from './driver.ts';
import type { Outcome } from './outcome.ts';
import type { Prompt } from './prompt.ts';

/**
 * domain.md 2.8. Only `declined`, `cancelled` and `notSent` permit a new attempt for the same money.
 * A cancel or refund is an attempt of its own (operation) that names its source.
 */
export type AttemptState = 'intent' | 'sent' | 'pending' | 'approved' | 'declined' | 'notSent' | 'unknown' | 'manual';

/** One operation with one payment system, from intent to its proven end. One row of `attempts`. All of it is JSON. */
export interface Attempt {
  attemptId: string;
  provider: string;
  operation: Operation;
  documentId: string;
  documentNumber: number;
  documentTitle: string;
  currencyName: string;
  order: Order;
  /** For cancel, refund and follow: the attempt they go against. */
  sourceAttemptId: string | null;
  /** For follow: whether the payment it goes on for was made, or is only looked at once more. */
  follows?: 'made' | 'unmade';
  state: AttemptState;
  /** The driver's machine; null before `begin`. */
  driverState: unknown;
  /** `Machine.version` of the machine that wrote it; absent = 0, written before states had a version. */
  stateVersion?: number;
  /** Counts steps; a timer of an older step is stale. */
  step: number;
  /** What the cashier sees now; null = nothing. */
  prompt: Prompt | null;
  promptIssuedAtMs: number;
  /** True while the cashier waits for it; a background attempt draws no prompts. */
  foreground: boolean;
  /** Wall time at which the machine wants its next timer; null = none. */
  wakeAtMs: number | null;
  outcome: Outcome | null;
  startedAtMs: number;
  updatedAtMs: number;
  /** Its slip was asked for before the receipt was closed: another one is a copy. */
  hasSlip?: true;
  /** Who we are to the payment system (`Driver.account`); another register's list proves nothing about this one's order. */
  account?: string;
  /** The last request that was of no use, and why (SCR-53). */
  lastFault?: { text: string; atMs: number };
  /** A request of it may have arrived; absent = nothing ever left the register. */
  mayHaveLeft?: true;
  /** Last resort: who decided, when and why (DOM-90). */
  manual: {
    decision: ManualDecision;
    byCode: string;
    confirmedByCode: string;
    reason: string;
    atMs: number;
  } | null;
}

/** `paid`: the operation was made. `returned`: the buyer got this money back from the drawer, whatever the server did. */
export type ManualDecision = 'paid' | 'notPaid' | 'returned';

/** What the server must say for a decision by hand to be right: was the operation made? */
export function isMadeByHand({ operation }: Attempt, decision: ManualDecision): boolean {
  return operation === 'pay' ? decision !== 'notPaid' : decision === 'paid';
}

/** Paid in notes and coins: also by a payment system that takes cash, and what goes back of that. */
export function isInCash(
  payment: { attemptId: string; sourceAttemptId: string | null; currency: { provider: string } },
  attemptOf: (attemptId: string) => Attempt | null,
): boolean {
  const tookCash = (attemptId: string) => {
    const outcome = attemptOf(attemptId)?.outcome;
    return outcome?.kind === 'approved' && outcome.isCash === true;
  };
  const { attemptId, sourceAttemptId, currency } = payment;
  return currency.provider === 'cash' || [attemptId, sourceAttemptId ?? []].flat().some(tookCash);
}

export function isFinal(attempt: Attempt): boolean {
  return attempt.state === 'approved' || attempt.state === 'declined' || attempt.state === 'notSent';
}

/** A cancel the cashier no longer waits for: it goes on by itself until the link is back, and blocks its provider (R7). */
export function isQueuedCancel(attempt: Attempt): boolean {
  return attempt.operation === 'cancel' && !attempt.foreground && attempt.state !== 'manual' && !isFinal(attempt);
}

/** Money is in the till, its payment system does not know it yet (`В очереди Ассист: N`). */
export function isUndelivered(attempt: Attempt): boolean {
  return attempt.operation === 'follow' && attempt.follows === 'made' && !isFinal(attempt);
}

/** Something a human may have to decide (SCR-53). A second look at a payment that was not made is none. */
export function isUnfinished(attempt: Attempt): boolean {
  return attempt.operation !== 'follow' || attempt.follows === 'made';
}

/** What an answer, or the lack of one, tells about the link. */
export function heard(attempt: Attempt, input: Input, atMs: number): Attempt {
  if ('noReply' in input) {
    const isUnsent = input.noReply.kind === 'notSent';
    const text = isUnsent ? 'нет связи с сервером' : 'сервер не ответил';
    return { ...attempt, lastFault: { text, atMs }, ...(isUnsent ? {} : { mayHaveLeft: true }) };
  }
  if ('reply' in input) {
    const { status } = input.reply;
    const fault = status < 400 ? {} : { lastFault: { text: `сервер ответил ошибкой ${status}`, atMs } };
    return { ...attempt, mayHaveLeft: true, ...fault };
  }
  // Whether the request in flight had left when the program ended, nobody knows.
  return 'restarted' in input && attempt.state === 'sent' ? { ...attempt, mayHaveLeft: true } : attempt;
}

const REVERSAL_WORDS = {
  cancel: ['отмена в очереди', 'отмена отправлена', 'отмена: нет ответа', 'отменена', 'отказ в отмене'],
  refund: ['намерение', 'возврат отправлен', 'возврат: нет ответа', 'возвращена', 'отказ в возврате'],
  follow: ['ждет отправки', 'отправляется', 'нет ответа', 'передана', 'не передана'],
} as const;

/** Of a payment that was not made nothing is sent any more: it is looked for, in case it was made after all. */
const LOOKED_FOR = ['ждет проверки', 'проверяется', 'нет ответа', 'найдена', 'не найдена'] as const;

/** The Russian word of a state (domain.md 2.8), for SCR-53 and `bin/kassa documents`. */
export function stateWord(attempt: Attempt): string {
  if (attempt.state === 'manual') return 'вручную';
  if (attempt.operation === 'cancel' || attempt.operation === 'refund' || attempt.operation === 'follow') {
    const isLookedFor = attempt.operation === 'follow' && attempt.follows === 'unmade';
    const [intent, sent, unknown, approved, refused] = isLookedFor ? LOOKED_FOR : REVERSAL_WORDS[attempt.operation];
    switch (attempt.state) {
      case 'intent':
        return intent;
      case 'sent':
      case 'pending':
        return sent;
      case 'unknown':
        // A cancel that never left is still in the queue; only one that did has an answer to wait for.
        return attempt.operation === 'cancel' && attempt.mayHaveLeft === undefined ? intent : unknown;
      case 'approved':
        return approved;
      default:
        return refused;
    }
  }
  const words = {
    intent: 'намерение',
    sent: 'отправлена',
    pending: 'ожидание',
    approved: 'проведена',
    declined: 'отклонена',
    notSent: 'не отправлена',
    unknown: 'неизвестно',
  } as const;
  return words[attempt.state];
}
