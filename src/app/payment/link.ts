import type { Attempt } from '../../payments/attempt.ts';
import type { Input } from '../../payments/driver.ts';
import { questionOf } from '../../payments/kernel/asking.ts';
import { notify } from '../notices.ts';
import type { AnswerFault, AppState } from '../state.ts';
import { log, type Turn } from '../turn.ts';
import type { Ended } from './due.ts';

/** What an answer, or the lack of one, tells of a provider's link. */
export function heardOfLink(turn: Turn, provider: string, input: Input): void {
  if (!('reply' in input) && !('noReply' in input)) return;
  const kind = 'reply' in input ? null : input.noReply.kind;
  if (kind === 'notSent' || kind === 'lost') linkSilent(turn, provider, kind);
  // An answer that cannot be read is an answer.
  else linkSeen(turn, provider);
}

/**
 * An answer that is of no use for good (a wrong address, a portal's page, another service) is a fault of the settings or of the system: told
 * once, until the same question is answered well, and never "no link". A server in trouble (5xx, 408, 429) is neither.
 * @param wrong what is wrong with it, as a part of a sentence; null = it is what was asked for, or a refusal of it
 */
export function heardOfFault(turn: Turn, { provider, attemptId }: Attempt, input: Input, wrong: string | null): void {
  if (!('reply' in input) && !('noReply' in input)) return;
  const question = questionOf('reply' in input ? input.reply.tag : input.noReply.tag);
  const { [question]: known, ...others } = turn.state.answerFaults[provider] ?? {};
  if (wrong === null) {
    if (known === undefined) return;
    if (known.isTold) log(turn, 'info', provider, `ответ на запрос "${question}" снова понятен`);
    return putFaults(turn, provider, others);
  }
  if (!isForGood(input)) return;
  const atMs = turn.facts.now();
  const isKnown = known !== undefined && isFresh(known, atMs);
  // A page with a good status may come once; an error that names the request does not go away.
  const isTold = isKnown || ('reply' in input && input.reply.status >= 300);
  putFaults(turn, provider, { ...others, [question]: { words: wrong, isTold, atMs } });
  if (!isTold || (isKnown && known.isTold)) return;
  log(turn, 'error', provider, `запрос "${question}": ${wrong}`);
  const driver = turn.facts.driver(provider);
  notify(turn, attemptId, 'DOM-117', { система: driver?.title ?? provider, причина: wrong });
}

/**
 * Longer than the longest pause of a question that goes on. What nobody has confirmed for so long is tried anew: a gate that only an answer
 * opens would else stay shut when nobody asks.
 */
const FAULT_STANDS_MS = 15 * 60_000;

function isFresh({ atMs }: AnswerFault, nowMs: number): boolean {
  return nowMs - atMs < FAULT_STANDS_MS;
}

/** What has been told of a system's answers, by question. */
export function toldFaults({ answerFaults }: AppState, provider: string, nowMs: number): Record<string, string> {
  const faults = Object.entries(answerFaults[provider] ?? {});
  const told = faults.filter(([, fault]) => fault.isTold && isFresh(fault, nowMs));
  return Object.fromEntries(told.map(([question, { words }]) => [question, words]));
}

function putFaults(turn: Turn, provider: string, faults: Record<string, AnswerFault>): void {
  const { [provider]: _, ...rest } = turn.state.answerFaults;
  const answerFaults = Object.keys(faults).length === 0 ? rest : { ...rest, [provider]: faults };
  turn.state = { ...turn.state, answerFaults };
}

/** Asking again does not make it better. */
function isForGood(input: Input): boolean {
  if ('noReply' in input) return input.noReply.kind === 'tooLarge' || input.noReply.kind === 'notHttp';
  return 'reply' in input && input.reply.status < 500 && ![408, 425, 429].includes(input.reply.status);
}

/** After OPL-01/OPL-14 the provider's link counts as lost; when the next attempt fails the same way, as still down. */
export function markLink(turn: Turn, { attempt, outcome, wasForeground, wasAsked }: Ended): void {
  // A token that was fetched on the way speaks through what it was fetched for.
  if (!wasAsked || (!wasForeground && attempt.operation === 'token')) return;
  const { provider } = attempt;
  // A setting or token file of ours that is broken says nothing of the link, nor does what nobody has asked for any more.
  const isOurs = outcome.say == null || outcome.say.number.startsWith('SYS-');
  const isLost = (outcome.kind === 'notSent' && !isOurs) || (outcome.kind === 'declined' && outcome.linkLost === true);
  if (!isLost || (turn.facts.driver(provider)?.unavailable ?? null) === null) return;
  const mark = provider in turn.state.linkLost ? 'stillDown' : 'lost';
  turn.state = { ...turn.state, linkLost: { ...turn.state.linkLost, [provider]: mark } };
}

/**
 * Anything that the provider's server answers means that the link is there again. What waits in the background for a connection
 * that could not be made need not wait for its pause to end: cancels that block new payments go out now (OPL-13).
 */
function linkSeen(turn: Turn, provider: string): void {
  const { [provider]: silence, ...silent } = turn.state.silent;
  const { [provider]: mark, ...linkLost } = turn.state.linkLost;
  if (silence === undefined && mark === undefined) return;
  turn.state = { ...turn.state, silent, linkLost };
  if (mark !== undefined) log(turn, 'info', provider, 'связь восстановлена');
  if (silence === 'notSent') wake(turn, provider);
}

/** Only what asks by itself, and never a watch, whose pauses count as time in which nothing was found. */
function wake(turn: Turn, provider: string): void {
  const atMs = turn.facts.now();
  const attempts = turn.state.attempts.map((attempt) => {
    const { foreground, operation, follows, wakeAtMs } = attempt;
    const isAsleep = attempt.provider === provider && !foreground && wakeAtMs !== null && wakeAtMs > atMs;
    const isWatch = operation === 'follow' && follows === 'unmade';
    return isAsleep && !isWatch ? { ...attempt, wakeAtMs: atMs } : attempt;
  });
  turn.state = { ...turn.state, attempts };
}

/** Its last request got no answer: a word in row 24 (SCR-39), nothing that decides. */
function linkSilent(turn: Turn, provider: string, how: 'notSent' | 'lost'): void {
  if (turn.state.silent[provider] === how) return;
  turn.state = { ...turn.state, silent: { ...turn.state.silent, [provider]: how } };
}

/**
 * Refused until the link is seen again, or silent while the cashier waits for money: under way in front of her (SCR-15,
 * SCR-39), or undecided in the open receipt, which cannot close before the link is back (PM-06).
 */
export function systemsWithoutLink({ linkLost, silent, attempts, register }: AppState): string[] {
  // A QR stands for as long as it can be paid, whether or not anything that moves money has been sent.
  const isWaited = ({ state, prompt }: Attempt) => state !== 'intent' || prompt?.show === 'showQr';
  const inFront = attempts.filter((attempt) => attempt.foreground && isWaited(attempt));
  const undecided = register.document?.payments.filter(({ state }) => state === 'unknown') ?? [];
  const waitedFor = [...inFront.map(({ provider }) => provider), ...undecided.map(({ currency }) => currency.provider)];
  return [...new Set([...Object.keys(linkLost), ...Object.keys(silent).filter((name) => waitedFor.includes(name))])];
}
