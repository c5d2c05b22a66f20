import { type Attempt, sinceLastStep } from '../../payments/attempt.ts';
import type { Restart } from '../../payments/driver.ts';
import type { Turn } from '../turn.ts';

/** With the moment of its step, if it has made one: the next life of the program measures from it. */
export function stamped({ facts }: Turn, before: Attempt, { steppedAt: _, ...after }: Attempt): Attempt {
  const steppedAt = after.step === before.step ? before.steppedAt : { atMs: facts.now(), ...facts.boot() };
  return steppedAt === undefined ? after : { ...after, steppedAt };
}

/** What its machine has missed while it was not stepped: the program did not run, or its settings could not be read. */
export function missedBy({ facts }: Turn, attempt: Attempt): Restart {
  return sinceLastStep(attempt, { atMs: facts.now(), ...facts.boot() });
}
