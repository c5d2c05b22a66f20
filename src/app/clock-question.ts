/**
 * SYS-07: at the start the computer's clock stands before what the journal remembers (K32, a dead clock battery). No time of
 * the journal goes back, `decide` sees to that; but the shop's day, TLS and the labels of the shifts would be wrong, so a
 * second user takes it upon himself, or the clock is put right first.
 */

import { questionRef, secondUserRef } from '../dialogs/index.ts';
import { mayConfirm } from '../register/decide.ts';
import { localStamp } from '../register/local-time.ts';
import type { User } from '../register/model.ts';
import type { ContextRef } from '../ui/model.ts';
import { log, openContext, patchUi, say, type Turn } from './turn.ts';

const NUMBER = 'SYS-07';
/** A clock that was put right by seconds since the last receipt is no fault. */
const TOLERANCE_MS = 60_000;

export function askAboutClock(turn: Turn): void {
  const { facts, state } = turn;
  if (state.register.lastEventAt - facts.wall() <= TOLERANCE_MS) return;
  openContext(turn, questionRef(NUMBER, { дата: dateOf(turn) }, [{ do: 'acceptClock' }], [{ do: 'exit' }]));
}

/** Ввод: the question stays beneath, so that neither a wrong password nor Esc leads past it. */
export function acceptClock(turn: Turn): void {
  askAboutClock(turn);
  const step = { do: 'confirmBySecond' as const, purpose: { kind: 'clock' as const }, password: '' };
  openContext(turn, secondUserRef('Работа с неверной датой', step));
}

export function clockConfirmed(turn: Turn, second: User): void {
  if (!mayConfirm(turn.state.register.user, second)) return say(turn, 'DOM-05');
  patchUi(turn, { stack: turn.state.ui.stack.filter((ref) => !isQuestion(ref)) });
  log(turn, 'warn', 'security', `Работа с неверной датой ${dateOf(turn)}: подтвердил ${second.code}`);
}

function isQuestion({ local }: ContextRef): boolean {
  return (local as { number?: unknown } | null)?.number === NUMBER;
}

/** With the whole year: a clock that lost its battery is wrong by decades. */
function dateOf({ facts }: Turn): string {
  const local = localStamp(facts.wall(), facts.rules.utcOffsetMinutes);
  return `${local.slice(8, 10)}.${local.slice(5, 7)}.${local.slice(0, 4)}`;
}
