import { refuseUnconfirmedAnnul } from '../../register/decide.ts';
import type { User } from '../../register/model.ts';
import { type Refusal, refuse, refuseUndecided } from '../../register/refusal.ts';
import { isCounted, isUndecided } from '../../register/totals.ts';
import { runCommand } from '../commands.ts';
import { queueCancelSlip } from '../printing.ts';
import { context } from '../state.ts';
import { openContext, sayRefusal, type Turn } from '../turn.ts';
import { cancelPayment, refuseFinal } from './cancels.ts';
import type { Due, Ended } from './due.ts';

/** F11: the question, with the payments it would give back (DOM-41). What cannot be done is said, and not asked. */
export function askAnnul(turn: Turn): void {
  const refusal = whyNot(turn);
  if (refusal === null) openContext(turn, context('annul'));
  else sayRefusal(turn, refusal);
}

/** Before anything is undone: one payment that cannot be taken back keeps all of them where they are. */
function whyNot(turn: Turn): Refusal | null {
  const { document } = turn.state.register;
  if (document === null) return refuse('DOM-30');
  if (document.payments.some(isUndecided)) return refuseUndecided(document, 'Аннулировать чек');
  const refusals = document.payments.filter(isCounted).map((payment) => refuseFinal(turn, document, payment));
  return refusals.find((refusal) => refusal !== null) ?? null;
}

/**
 * DOM-41 answered `Да`: the payments are taken back one by one, last first; then the document is annulled.
 * @returns why not (nothing was taken back then), or the next payment's cancel
 */
export function annul(turn: Turn, confirmedBy: User | null): { refusal: Refusal } | { due: Due[] } {
  const { register } = turn.state;
  const { document } = register;
  const impossible = whyNot(turn);
  if (document === null || impossible !== null) return { refusal: impossible ?? refuse('DOM-30') };
  const unconfirmed = refuseUnconfirmedAnnul(register, confirmedBy, turn.facts.rules);
  if (unconfirmed !== null) return { refusal: unconfirmed };
  const last = document.payments.filter(isCounted).at(-1);
  if (last !== undefined) {
    const givenBack = [...givenBackSoFar(turn), last.attemptId];
    turn.state = { ...turn.state, annulling: { documentId: document.documentId, confirmedBy, givenBack } };
    return { due: cancelPayment(turn, last.attemptId) };
  }
  const givenBack = givenBackSoFar(turn);
  turn.state = { ...turn.state, annulling: null };
  const refusal = runCommand(turn, { do: 'annul', confirmedBy, givenBack });
  return refusal === null ? { due: [] } : { refusal };
}

function givenBackSoFar({ state: { annulling, register } }: Turn): string[] {
  return annulling !== null && annulling.documentId === register.document?.documentId ? annulling.givenBack : [];
}

/** The next payment of a receipt that is being annulled; a refused cancel ends it (OPL-18). */
export function goOnAnnulling(turn: Turn, { attempt, outcome, wasForeground }: Ended): Due[] {
  const { annulling } = turn.state;
  if (attempt.operation !== 'cancel' || annulling?.documentId !== attempt.documentId) return [];
  // What was charged twice goes back by itself, whatever becomes of the receipt.
  if (!annulling.givenBack.includes(attempt.sourceAttemptId ?? '')) return [];
  if (outcome.kind === 'declined' || outcome.kind === 'notSent') {
    turn.state = { ...turn.state, annulling: null };
    const { document } = turn.state.register;
    const givenBack = annulling.givenBack.filter((attemptId) => attemptId !== attempt.sourceAttemptId);
    if (document !== null) queueCancelSlip(turn, document, givenBack);
    return [];
  }
  if (!wasForeground) return [];
  const next = annul(turn, annulling.confirmedBy);
  if ('due' in next) return next.due;
  sayRefusal(turn, next.refusal);
  return [];
}
