import type { Input } from '../../payments/driver.ts';
import { say, type Turn } from '../turn.ts';
import { goOnAnnulling } from './annulment.ts';
import { begin, hear } from './attempts.ts';
import type { Due } from './due.ts';
import { settle } from './settling.ts';
import { tell } from './tell.ts';

/**
 * Does what is due, and what each of it calls for before what was due after it, until nothing is left: the next attempt's
 * intent is journaled in the same commit as the end that called for it (law 1). What settles at once, as cash does, is
 * settled when this returns.
 */
export function flow(turn: Turn, due: readonly Due[]): void {
  const left = [...due];
  for (let next = left.shift(); next !== undefined; next = left.shift()) left.unshift(...done(turn, next));
}

/** One input for an attempt: an answer of its provider or of the cashier, a timer, a restart. */
export function feed(turn: Turn, attemptId: string, input: Input): void {
  flow(turn, [{ do: 'feed', attemptId, input }]);
}

/** @returns what it calls for */
function done(turn: Turn, due: Due): Due[] {
  switch (due.do) {
    case 'begin':
      return begin(turn, due.wanted);
    case 'feed':
      return hear(turn, due.attemptId, due.input);
    case 'settle':
      return [...settle(turn, due.ended), { do: 'tell', ended: due.ended }];
    case 'tell':
      tell(turn, due.ended);
      return goOnAnnulling(turn, due.ended);
    case 'say':
      say(turn, due.number);
      return [];
  }
}
