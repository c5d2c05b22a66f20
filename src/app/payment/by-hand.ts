import { type Attempt, isMadeByHand, type ManualDecision } from '../../payments/attempt.ts';
import type { Outcome } from '../../payments/outcome.ts';
import type { User } from '../../register/model.ts';
import { formatKopecks } from '../../register/money.ts';
import { runCommand } from '../commands.ts';
import { notify } from '../notices.ts';
import { log, putAttempt, say, sayRefusal, type Turn } from '../turn.ts';

/** DOM-90 confirmed by a second user: the last resort, written down with who, when and why. */
export function resolveByHand(
  turn: Turn,
  { attemptId, decision, reason }: { attemptId: string; decision: ManualDecision; reason: string },
  confirmedBy: User,
): void {
  const attempt = turn.state.attempts.find((candidate) => candidate.attemptId === attemptId);
  if (attempt === undefined) return say(turn, 'DOM-05');
  const { operation, documentId, sourceAttemptId } = attempt;
  const refusal = runCommand(turn, {
    do: 'resolvePayment',
    documentId,
    attemptId,
    // A return that was paid out of the drawer is a return that was made.
    decision: operation === 'refund' && decision === 'returned' ? 'paid' : decision,
    confirmedBy,
    reason,
  });
  if (refusal !== null) return sayRefusal(turn, refusal);
  if (operation === 'cancel' && sourceAttemptId !== null) {
    runCommand(turn, { do: 'settleCancel', documentId, attemptId: sourceAttemptId, fate: 'cancelled' });
  }
  const byCode = turn.state.register.user?.code ?? '';
  const manual = { decision, byCode, confirmedByCode: confirmedBy.code, reason, atMs: turn.facts.wall() };
  putAttempt(turn, { ...attempt, state: 'manual', foreground: false, prompt: null, manual });
  const order = `order=${attempt.order.orderNumber}`;
  log(
    turn,
    'warn',
    attempt.provider,
    `${order}: решено вручную (${decision}), подтвердил ${confirmedBy.code}: ${reason}`,
  );
}

/**
 * The server's word about what a human has decided already. Where it says otherwise: DOM-103, and in the list of
 * notifications as well: a restart forgets the dialog, somebody's money is wrong all the same.
 * @returns whether it says otherwise
 */
export function contradictsHand(turn: Turn, attempt: Attempt, outcome: Outcome): boolean {
  if (attempt.manual === null || outcome.kind === 'unknown') return false;
  if (isMadeByHand(attempt, attempt.manual.decision) === (outcome.kind === 'approved')) return false;
  const params = {
    // A payment type may be called `Оплата ...` itself.
    система: turn.facts.driver(attempt.provider)?.title ?? attempt.currencyName,
    сумма: formatKopecks(attempt.order.amountKopecks),
    документ: attempt.documentTitle,
  };
  log(turn, 'error', attempt.provider, `order=${attempt.order.orderNumber}: решение вручную противоречит серверу`);
  notify(turn, attempt.attemptId, 'DOM-103', params);
  say(turn, 'DOM-103', params);
  return true;
}
