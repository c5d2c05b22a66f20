import { emptyWrite, type JournalWrite } from '../journal/journal.ts';
import type { Attempt } from '../payments/attempt.ts';
import { isFinal } from '../payments/attempt.ts';
import type { Refusal } from '../register/refusal.ts';
import { totalsOf } from '../register/totals.ts';
import type { ContextRef, Ui } from '../ui/model.ts';
import { droppedText } from '../ui/words.ts';
import type { Facts } from './facts.ts';
import { type AppState, context, type Effect, isPaymentRunning } from './state.ts';

/** One message's worth of change: a draft of the state, what the journal must take, and what is done afterwards. */
export interface Turn {
  state: AppState;
  readonly write: JournalWrite;
  readonly effects: Effect[];
  readonly facts: Facts;
}

export function beginTurn(state: AppState, facts: Facts): Turn {
  return { state, write: emptyWrite(), effects: [], facts };
}

export function putAttempt(turn: Turn, attempt: Attempt): void {
  const before = turn.state.attempts;
  const index = before.findIndex((candidate) => candidate.attemptId === attempt.attemptId);
  // Oldest first; a final one leaves the list.
  const kept = isFinal(attempt) ? [] : [attempt];
  const attempts = index === -1 ? [...before, ...kept] : before.toSpliced(index, 1, ...kept);
  turn.state = { ...turn.state, attempts };
  putById(turn.write.attempts, attempt, (candidate) => candidate.attemptId === attempt.attemptId);
}

/** An attempt of any age: this turn's own, then one that still runs, then the journal's. */
export function attemptOf(turn: Turn, attemptId: string): Attempt | null {
  const isIt = (candidate: Attempt) => candidate.attemptId === attemptId;
  return turn.write.attempts.find(isIt) ?? turn.state.attempts.find(isIt) ?? turn.facts.attempt(attemptId);
}

/** It lost an input; its next timer comes to the machine as a restart. */
export function markStalled(turn: Turn, attemptId: string): void {
  turn.state = { ...turn.state, stalled: [...new Set([...turn.state.stalled, attemptId])] };
}

/** A row the journal must take: its latest state only. */
export function putById<T>(list: T[], item: T, isSame: (candidate: T) => boolean): void {
  const index = list.findIndex(isSame);
  if (index === -1) list.push(item);
  else list[index] = item;
}

export function patchUi(turn: Turn, patch: Partial<Ui>): void {
  turn.state = { ...turn.state, ui: { ...turn.state.ui, ...patch } };
}

export function openContext(turn: Turn, ref: ContextRef): void {
  patchUi(turn, { stack: [...turn.state.ui.stack, ref] });
}

export function closeTop(turn: Turn): void {
  patchUi(turn, { stack: turn.state.ui.stack.slice(0, -1) });
}

/**
 * A numbered dialog. While a payment runs in front of the cashier it waits (dialogs.md 7.1); the same message is not
 * stacked on itself.
 */
export function say(turn: Turn, number: string, params: Record<string, string> = {}): void {
  show(turn, context('message', { number, params }));
}

/**
 * Opens what is to be read, or lets it wait while a payment runs in front of the cashier, and until SYS-09 is read: it
 * comes before everything else that a start has to tell (dialogs.md 7.3).
 */
export function show(turn: Turn, ref: ContextRef): void {
  const top = turn.state.ui.stack.at(-1);
  if (top !== undefined && JSON.stringify(top) === JSON.stringify(ref)) return;
  const mustWait = isPaymentRunning(turn.state.attempts) || top?.name === 'restored';
  if (!mustWait) return openContext(turn, ref);
  const { queue } = turn.state.ui;
  if (!queue.some((waiting) => JSON.stringify(waiting) === JSON.stringify(ref)))
    patchUi(turn, { queue: [...queue, ref] });
}

/** Row 24, unless it tells what a running payment waits for. */
export function tellStatus(turn: Turn, text: string): void {
  if (!isPaymentRunning(turn.state.attempts)) patchUi(turn, { status: text });
}

/** A part that was typed is gone with the payment it was typed for; the whole of what is left needs no word. */
export function tellDropped(turn: Turn, amountKopecks: number): void {
  const { restKopecks } = totalsOf(turn.state.register.document);
  if (restKopecks === 0 || amountKopecks === restKopecks || turn.state.ui.status !== null) return;
  tellStatus(turn, droppedText(amountKopecks));
}

/** A refusal of the register: the reason in row 24 for a key, a numbered dialog with a sound for everything else. */
export function sayRefusal(turn: Turn, refusal: Refusal): void {
  turn.effects.push({ do: 'bell', pattern: 'error' });
  if (refusal.refused === 'DOM-94') {
    patchUi(turn, { status: `Клавиша недоступна: ${refusal.params['причина'] ?? ''}` });
  } else {
    say(turn, refusal.refused, refusal.params);
  }
}

export function log(turn: Turn, level: 'info' | 'warn' | 'error', logger: string, text: string): void {
  turn.effects.push({ do: 'log', level, logger, text });
}
