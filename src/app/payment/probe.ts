/**
 * While a system counts as without a link, somebody must ask whether it is back: a shop that sells for cash meanwhile asks
 * nothing, and `Нет связи` would stand for ever. It is the question of `Проверить связь`, which moves no money; that the
 * system answers takes the mark away. Nothing of it is journaled, as nothing depends on it after a start.
 */
import type { Driver, Input } from '../../payments/driver.ts';
import { growingPauseMs } from '../../payments/kernel/asking.ts';
import type { Turn } from '../turn.ts';
import { checkQuestion } from './check-question.ts';
import { heardOfLink, readingOf, systemsWithoutLink } from './link.ts';

const PAUSES = { firstMs: 5_000, mostMs: 60_000 };

/** Asks each lost system whose time has come, unless the cashier waits for it: then that tells of the link. */
export function probeLinks(turn: Turn): void {
  const before = turn.state.probes;
  const lost = systemsWithoutLink(turn.state);
  if (lost.length === 0 && Object.keys(before).length === 0) return;
  const probes = lost.map((name) => [name, before[name] ?? { tries: 0, atMs: nextMs(turn, name, 0), attemptId: null }]);
  turn.state = { ...turn.state, probes: Object.fromEntries(probes) };
  for (const name of lost) probe(turn, name);
}

/** An answer to a probe, or that there is none; of anything else nothing is known here. */
export function heardOfProbe(turn: Turn, attemptId: string, input: Input): void {
  const found = Object.entries(turn.state.probes).find(([, asked]) => asked.attemptId === attemptId);
  if (found === undefined) return;
  const [name, asked] = found;
  turn.state = { ...turn.state, probes: { ...turn.state.probes, [name]: { ...asked, attemptId: null } } };
  const driver = turn.facts.driver(name);
  if (driver !== null) heardOfLink(turn, name, input, readingOf(turn, driver, input));
}

function probe(turn: Turn, name: string): void {
  const asked = turn.state.probes[name];
  const isWaitedFor = turn.state.attempts.some(({ provider, foreground }) => foreground && provider === name);
  if (asked === undefined || asked.attemptId !== null || isWaitedFor || turn.facts.now() < asked.atMs) return;
  const tries = asked.tries + 1;
  const driver = turn.facts.driver(name);
  const attemptId = driver === null ? null : ask(turn, driver);
  const next = { tries, atMs: nextMs(turn, name, tries), attemptId };
  turn.state = { ...turn.state, probes: { ...turn.state.probes, [name]: next } };
}

/** @returns the attempt whose answer tells; null = there is nothing to ask with */
function ask(turn: Turn, driver: Driver): string | null {
  const asked = checkQuestion(turn, driver);
  if (asked === null || 'cannot' in asked || asked.request === null) return null;
  const { attempt, request } = asked;
  turn.effects.push({ do: 'send', attemptId: attempt.attemptId, provider: driver.name, request });
  return attempt.attemptId;
}

function nextMs(turn: Turn, name: string, tries: number): number {
  return turn.facts.now() + growingPauseMs(tries + 1, PAUSES, name);
}
