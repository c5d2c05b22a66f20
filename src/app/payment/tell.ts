import { offeredCurrenciesRef, resultRef } from '../../dialogs/index.ts';
import { messageOf, textOf } from '../../dialogs/messages/index.ts';
import type { Attempt } from '../../payments/attempt.ts';
import type { Outcome, Say } from '../../payments/outcome.ts';
import { openContext, patchUi, say, show, type Turn, tellDropped } from '../turn.ts';
import type { Ended } from './due.ts';

/** What the cashier is told of an end she has waited for: РЕЗУЛЬТАТ, a dialog, or a word in row 24. */
export function tell(turn: Turn, { attempt, outcome, wasForeground, wasAsked }: Ended): void {
  const told = outcome.kind === 'approved' ? (outcome.say ?? null) : outcome.say;
  if (!wasForeground) return;
  if (told !== null) tellSaid(turn, told, { attempt, wasAsked });
  if (told?.result === undefined) tellNotMade(turn, attempt, outcome);
}

/** The sum was a part that the cashier had typed: the next payment takes what is left, unless she types it again. */
function tellNotMade(turn: Turn, { operation, documentId, order }: Attempt, { kind }: Outcome): void {
  const { document } = turn.state.register;
  // What a return gives back by its plan was not typed, and stands in the plan again.
  const isTyped = operation === 'pay' || (operation === 'refund' && document?.refundPlan === undefined);
  const keepsSum = turn.state.ui.stack.some(({ name }) => name === 'currency-select');
  const isNotMade = kind === 'declined' || kind === 'notSent';
  if (isTyped && isNotMade && !keepsSum && document?.documentId === documentId) tellDropped(turn, order.amountKopecks);
}

function tellSaid(turn: Turn, told: Say, { attempt, wasAsked }: Pick<Ended, 'attempt' | 'wasAsked'>): void {
  const params = { ...(told.text === undefined ? {} : { text: told.text }), ...told.params };
  const message = messageOf(told.number);
  // PM-05 and its like are no dialogs.
  if (message.kind === 'status') {
    patchUi(turn, { status: textOf(message, params) });
    return attempt.operation === 'pay' && attempt.state === 'declined' ? offerCurrencies(turn, attempt) : undefined;
  }
  if (told.result !== undefined)
    return show(turn, resultRef(told.number, told.result, attempt.attemptId, attempt.state === 'approved'));
  turn.effects.push({ do: 'bell', pattern: 'error' });
  const driver = turn.facts.driver(attempt.provider);
  // The link was down already: after the one probe that this attempt was, the answer is "not available now" (OPL-13).
  const isLinkDown = wasAsked && attempt.state === 'notSent';
  const stillDown = isLinkDown && turn.state.linkLost[attempt.provider] === 'stillDown';
  if (stillDown && driver?.unavailable) say(turn, driver.unavailable, { система: driver.title });
  else say(turn, told.number, params);
}

/** Why something was not done, in one line: the server's own words, else those of the catalogue. */
export function reasonOf({ say: told }: Outcome): string {
  const words = told?.text?.trim() ?? '';
  if (told == null || words !== '') return words;
  return textOf(messageOf(told.number), told.params ?? {}).replace(/\s+/g, ' ');
}

/** A cancelled payment leads back to the payment types, for the same sum (PM-05; paymaster.md 11). */
function offerCurrencies(turn: Turn, { documentId, order }: Attempt): void {
  const { register, ui } = turn.state;
  if (register.user === null || register.document?.documentId !== documentId || ui.stack.length > 0) return;
  openContext(turn, offeredCurrenciesRef(order.amountKopecks));
}
