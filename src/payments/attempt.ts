import type { Input, Operation, Order, Restart } from './driver.ts';
import { questionOf } from './kernel/asking.ts';
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
  /** When its machine made its last step: the times in the state are of this clock. Absent = by 116570b. */
  steppedAt?: Moment;
  /** Its slip was asked for before the receipt was closed: another one is a copy. */
  hasSlip?: true;
  /** Who we are to the payment system (`Driver.account`); another register's list proves nothing about this one's order. */
  account?: string;
  /** The last request that was of no use, and why (SCR-53). `question`: it is told to be answered like that for good. */
  lastFault?: { text: string; atMs: number; question?: string };
  /** A request of it may have arrived; absent = nothing ever left the register. */
  mayHaveLeft?: true;
  /** Last resort: who decided, when and why (DOM-90). */
  manual: ManualResolution | null;
}

/** What a human has decided, and answers for. */
export interface ManualResolution {
  decision: ManualDecision;
  byCode: string;
  confirmedByCode: string;
  reason: string;
  atMs: number;
  /** Since when the server's word is another one, for a human to look at; absent = it is not, or it mends itself. */
  contradictedAtMs?: number;
  /** What was decided before this, when the server had contradicted it. */
  before?: ManualResolution;
}

/** A moment that the next life of the program can measure from (reliability.md 6). */
export interface Moment {
  /** `StepFacts.nowMs`. */
  atMs: number;
  /** The life of the computer, and how long it had lasted; null = the system does not tell. */
  bootId: string | null;
  uptimeMs: number;
}

/**
 * What has passed since the attempt's last step. Within one life of the computer that is known, whatever its clock was set to;
 * over a power cut nobody knows, and nothing counts (K32).
 */
export function sinceLastStep({ steppedAt, updatedAtMs }: Attempt, now: Moment): Restart {
  const last = steppedAt ?? { atMs: updatedAtMs, bootId: null, uptimeMs: 0 };
  const isKnown = last.bootId !== null && now.bootId !== null;
  const isSameBoot = isKnown && last.bootId === now.bootId;
  const awayMs = isSameBoot ? Math.max(0, now.uptimeMs - last.uptimeMs) : 0;
  return { clockShiftMs: now.atMs - last.atMs - awayMs, isNewBoot: isKnown && !isSameBoot };
}

/** `paid`: the operation was made. `returned`: the buyer got this money back from the drawer, whatever the server did. */
export type ManualDecision = 'paid' | 'notPaid' | 'returned';

/** A cancel that gave nothing back but took again: the payment it goes against was money given back. */
export function takesAgain({ operation, order }: Attempt): boolean {
  // An order of an older version may have remembered nothing.
  return operation === 'cancel' && order.source?.recalled?.isReversal === true;
}

const DECISION_WORDS: Readonly<
  Record<'pay' | 'giveBack' | 'takeAgain' | 'found', Readonly<Record<ManualDecision, string>>>
> = {
  pay: { paid: 'Оплачено', notPaid: 'Не оплачено', returned: 'Возвращено вручную' },
  giveBack: { paid: 'Возвращено', notPaid: 'Не возвращено', returned: 'Возвращено вручную' },
  found: { paid: 'Товар выдан, не возвращать', notPaid: 'Вернуть покупателю', returned: 'Возвращено вручную' },
  takeAgain: { paid: 'Возврат отменен', notPaid: 'Возврат не отменен', returned: 'Получено вручную' },
};

/** The one word of a decision by hand: of DOM-90, the list, the log, `documents`. */
export function decisionWord(attempt: Attempt, decision: ManualDecision): string {
  const { operation } = attempt;
  const isOwn = operation === 'pay' || operation === 'found';
  const about = isOwn ? operation : takesAgain(attempt) ? 'takeAgain' : 'giveBack';
  return DECISION_WORDS[about][decision];
}

/** What the server must say for a decision by hand to be right: was the operation made? */
export function isMadeByHand({ operation }: Attempt, decision: ManualDecision): boolean {
  return operation === 'pay' ? decision !== 'notPaid' : decision === 'paid';
}

export function isFinal(attempt: Attempt): boolean {
  return attempt.state === 'approved' || attempt.state === 'declined' || attempt.state === 'notSent';
}

/** Money whose end somebody may still have to know; of the other operations nothing is left when the program ends. */
const MONEY_OPERATIONS: readonly Operation[] = ['pay', 'cancel', 'refund', 'follow', 'found'];

/** What the journal keeps of it: work that ends with the program is not taken up again, and may be the list of a whole shift. */
export function withoutPassingWork(attempt: Attempt): Attempt {
  if (MONEY_OPERATIONS.includes(attempt.operation)) return attempt;
  const { books: _, ...order } = attempt.order;
  return { ...attempt, order, driverState: null };
}

/**
 * A cancel that its payment system has refused for good, behind the cashier's back: the row of the receipt has gone, the buyer's
 * money is owed to him, and nothing is asked any more. A human tells what became of it (DOM-90), or has it asked for anew.
 */
export function isRefusedCancel(attempt: Attempt): boolean {
  const { operation, outcome, manual } = attempt;
  const isRefused = outcome?.kind === 'declined' || outcome?.kind === 'notSent';
  return operation === 'cancel' && isRefused && manual === null && !attempt.foreground && !isFinal(attempt);
}

/** A cancel the cashier no longer waits for: it goes on by itself until the link is back, and blocks its provider (R7). */
export function isQueuedCancel(attempt: Attempt): boolean {
  const { operation, foreground, manual } = attempt;
  return operation === 'cancel' && !foreground && manual === null && !isFinal(attempt) && !isRefusedCancel(attempt);
}

/** A second charge under the number of a payment of ours: the register gives it back by itself. */
export function isSurplus({ operation, sourceAttemptId }: Attempt): boolean {
  return operation === 'found' && sourceAttemptId !== null;
}

/** Money is in the till, its payment system does not know it yet (`В очереди Ассист: N`). */
export function isUndelivered(attempt: Attempt): boolean {
  return attempt.operation === 'follow' && attempt.follows === 'made' && !isFinal(attempt);
}

/** What SCR-53 lists: what is open, and what a human has decided while its payment system has not told its end. */
export function isUnfinished(attempt: Attempt): boolean {
  if (isFinal(attempt) || !MONEY_OPERATIONS.includes(attempt.operation)) return false;
  // A second look at a payment that was not made is nothing that anybody could decide.
  return attempt.operation !== 'follow' || attempt.follows === 'made';
}

/** Its end is still open: what a human has decided is settled, unless the server has said otherwise since. */
export function isOpen(attempt: Attempt): boolean {
  return isUnfinished(attempt) && (attempt.manual === null || isContradicted(attempt));
}

/** The server has proved that what a human decided (DOM-90) is not so, and nothing mends it by itself. */
export function isContradicted({ manual }: Attempt): boolean {
  return manual?.contradictedAtMs !== undefined;
}

/** What its payment system has proved, also where a human still has to look at it. */
export function provenState(attempt: Attempt): AttemptState {
  const isProven = isContradicted(attempt) || isRefusedCancel(attempt);
  return isProven && attempt.outcome !== null ? attempt.outcome.kind : attempt.state;
}

/**
 * What is open, each attempt in one of three: the one count behind the menu of the shift, every way out, row 24, the
 * service menu and the list itself (SCR-53).
 */
export function openMoney(attempts: readonly Attempt[]): {
  all: Attempt[];
  queuedCancels: Attempt[];
  undelivered: Attempt[];
  /** Nobody knows its end, or a human has to tell it. */
  undecided: Attempt[];
} {
  const all = attempts.filter(isOpen);
  const queuedCancels = all.filter(isQueuedCancel);
  const undelivered = all.filter(isUndelivered);
  const undecided = all.filter((attempt) => !queuedCancels.includes(attempt) && !undelivered.includes(attempt));
  return { all, queuedCancels, undelivered, undecided };
}

/**
 * What an answer, or the lack of one, tells.
 * @param fault what is wrong with it, in words; null = nothing
 * @param question that is answered like that for good; null = it is not
 */
export function heard(
  attempt: Attempt,
  input: Input,
  fault: string | null,
  atMs: number,
  question: string | null = null,
): Attempt {
  if ('noReply' in input || 'reply' in input) {
    const isUnsent = 'noReply' in input && input.noReply.kind === 'notSent';
    const told = question === null ? {} : { question };
    const lastFault = fault === null ? mended(attempt, input) : { lastFault: { text: fault, atMs, ...told } };
    return { ...attempt, ...lastFault, ...(isUnsent ? {} : { mayHaveLeft: true }) };
  }
  // Whether the request in flight had left when the program ended, nobody knows.
  return 'restarted' in input && attempt.state === 'sent' ? { ...attempt, mayHaveLeft: true } : attempt;
}

/** The last fault stays to be read; that its question is answered like that no more is all that is forgotten. */
function mended({ lastFault }: Attempt, input: Input): Pick<Attempt, 'lastFault'> {
  if (lastFault === undefined || !('reply' in input) || questionOf(input.reply.tag) !== lastFault.question) return {};
  const { text, atMs } = lastFault;
  return { lastFault: { text, atMs } };
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
  if (attempt.state === 'manual') return isContradicted(attempt) ? 'противоречит серверу' : 'вручную';
  if (isRefusedCancel(attempt)) return REVERSAL_WORDS.cancel[4];
  if (attempt.operation === 'found') return 'нет в журнале';
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
