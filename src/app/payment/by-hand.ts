import {
  type Attempt,
  decisionWord,
  isContradicted,
  isOpen,
  isRefusedCancel,
  type ManualDecision,
} from '../../payments/attempt.ts';
import type { Outcome } from '../../payments/outcome.ts';
import type { Tendered, User } from '../../register/model.ts';
import { totalsOf } from '../../register/totals.ts';
import { runCommand } from '../commands.ts';
import { queuePrintJob } from '../printing.ts';
import { log, patchUi, putAttempt, sayRefusal, type Turn } from '../turn.ts';
import { contradicts } from './told-money.ts';

/** The reports count it where it was taken from. */
const OUT_OF_DRAWER: Tendered = { isCash: true, means: 'наличными' };

/** DOM-90 confirmed by a second user: the last resort, written down with who, when and why. */
export function resolveByHand(
  turn: Turn,
  { attemptId, decision, reason }: { attemptId: string; decision: ManualDecision; reason: string },
  confirmedBy: User,
): void {
  const attempt = turn.state.attempts.find((candidate) => candidate.attemptId === attemptId);
  // Its payment system has told the end while the password was typed, or it was decided already.
  if (attempt === undefined || !isOpen(attempt)) return patchUi(turn, { status: 'Решать нечего: результат известен' });
  const { operation, documentId, manual: before, outcome } = attempt;
  const refusal = runCommand(turn, {
    do: 'resolvePayment',
    documentId,
    attemptId,
    // A return that was paid out of the drawer is a return that was made.
    decision: operation === 'refund' && decision === 'returned' ? 'paid' : decision,
    confirmedBy,
    reason,
    ...(operation === 'refund' && decision === 'returned' ? { tendered: OUT_OF_DRAWER } : {}),
  });
  if (refusal !== null) return sayRefusal(turn, refusal);
  if (decision === 'returned') queuePrintJob(turn, documentId, 'drawer');
  if (operation === 'cancel') settleRow(turn, attempt, decision);
  // The server's last word is known in these two: nothing is asked any more.
  const isOver = outcome !== null && (isRefusedCancel(attempt) || isContradicted(attempt));
  const byCode = turn.state.register.user?.code ?? '';
  const own = { decision, byCode, confirmedByCode: confirmedBy.code, reason, atMs: turn.facts.wall() };
  const manual = before === null ? own : { ...own, before };
  const state = isOver ? outcome.kind : 'manual';
  putAttempt(turn, {
    ...attempt,
    state,
    foreground: false,
    prompt: null,
    wakeAtMs: isOver ? null : attempt.wakeAtMs,
    manual,
  });
  const order = `order=${attempt.order.orderNumber}`;
  const what = `решено вручную: ${decisionWord(attempt, decision)}`;
  log(
    turn,
    'warn',
    attempt.provider,
    `${operation} ${order}: ${what}, кассир ${byCode}, подтвердил ${confirmedBy.code}: ${reason}`,
  );
}

/** What the decision about a cancel means for the row of an open receipt that it goes against. */
function settleRow(turn: Turn, { documentId, sourceAttemptId, order }: Attempt, decision: ManualDecision): void {
  if (sourceAttemptId === null) return;
  const settled = { do: 'settleCancel', documentId, attemptId: sourceAttemptId } as const;
  if (decision !== 'notPaid') {
    runCommand(turn, { ...settled, fate: 'cancelled' });
    return;
  }
  // The money has stayed: it pays for the receipt again, where that has not been paid otherwise meanwhile.
  if (totalsOf(turn.state.register.document).restKopecks >= order.amountKopecks) {
    runCommand(turn, { ...settled, fate: 'refused' });
  }
}

/**
 * The server's word about what a human has decided: where it is another one, it is told, and the row is his to decide again,
 * unless the register mends it by itself.
 * @returns whether it is another one
 */
export function contradictsHand(turn: Turn, attempt: Attempt, outcome: Outcome): boolean {
  if (attempt.manual === null || !contradicts(turn, attempt, outcome)) return false;
  // A payment that was made after all is given back.
  if (attempt.operation === 'pay' && outcome.kind === 'approved') return true;
  const manual = { ...attempt.manual, contradictedAtMs: turn.facts.wall() };
  putAttempt(turn, { ...attempt, state: 'manual', wakeAtMs: null, manual });
  return true;
}
