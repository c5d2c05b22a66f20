import type { Input } from '../../payments/driver.ts';
import type { Turn } from '../turn.ts';
import type { Ended } from './due.ts';

/** What an answer, or the lack of one, tells of a provider's link. */
export function heardOfLink(turn: Turn, provider: string, input: Input): void {
  if ('reply' in input) linkSeen(turn, provider);
  if ('noReply' in input) linkSilent(turn, provider);
}

/** After OPL-01/OPL-14 the provider's link counts as lost; when the next attempt fails the same way, as still down. */
export function markLink(turn: Turn, { attempt, outcome, wasForeground, wasAsked }: Ended): void {
  // A token that was fetched on the way speaks through what it was fetched for.
  if (!wasAsked || (!wasForeground && attempt.operation === 'token')) return;
  const { provider } = attempt;
  // A setting or token file of ours that is broken says nothing of the link.
  const isLost =
    (outcome.kind === 'notSent' && outcome.say?.number.startsWith('SYS-') !== true) ||
    (outcome.kind === 'declined' && outcome.linkLost === true);
  if (!isLost || (turn.facts.driver(provider)?.unavailable ?? null) === null) return;
  const mark = provider in turn.state.linkLost ? 'stillDown' : 'lost';
  turn.state = { ...turn.state, linkLost: { ...turn.state.linkLost, [provider]: mark } };
}

/** Anything that the provider's server answers means that the link is there again. */
function linkSeen(turn: Turn, provider: string): void {
  if (turn.state.silent.includes(provider)) {
    turn.state = { ...turn.state, silent: turn.state.silent.filter((name) => name !== provider) };
  }
  if (!(provider in turn.state.linkLost)) return;
  const { [provider]: _seen, ...linkLost } = turn.state.linkLost;
  turn.state = { ...turn.state, linkLost };
}

/** Its last request got no answer: a word in row 24 (SCR-39), nothing that decides. */
function linkSilent(turn: Turn, provider: string): void {
  if (!turn.state.silent.includes(provider)) turn.state = { ...turn.state, silent: [...turn.state.silent, provider] };
}
