import type { Attempt } from '../../payments/attempt.ts';
import type { Driver, Input, Reading } from '../../payments/driver.ts';
import { isWrongForGood } from '../../payments/kernel/answer.ts';
import { questionOf } from '../../payments/kernel/asking.ts';
import { notify } from '../notices.ts';
import type { AnswerFault, AppState } from '../state.ts';
import { log, type Turn } from '../turn.ts';
import type { Ended } from './due.ts';

/** What a reply is to its question; of anything else nothing is asked. */
export function readingOf(turn: Turn, driver: Driver, input: Input): Reading {
  const settings = turn.facts.driverSettings(driver.name);
  if (!('reply' in input) || driver.reads === undefined || 'file' in settings) return 'understood';
  return driver.reads(input.reply, settings.settings);
}

/** What an answer, or the lack of one, tells of a provider's link. */
export function heardOfLink(turn: Turn, provider: string, input: Input, reading: Reading): void {
  if (!('reply' in input) && !('noReply' in input)) return;
  const kind = 'reply' in input ? null : input.noReply.kind;
  if (kind === 'notSent' || kind === 'lost') linkSilent(turn, provider, kind);
  else if (!isAnothers(input, reading)) linkSeen(turn, provider);
}

/** The page of a captive portal, or its redirect: somebody answers, and it is not the system. An error has the system's link. */
function isAnothers(input: Input, reading: Reading): boolean {
  if ('noReply' in input) return input.noReply.kind === 'notHttp';
  return 'reply' in input && reading === 'notUnderstood' && input.reply.status < 400;
}

/**
 * An answer that is of no use for good (a wrong address, a portal's page, another service) is a fault of the settings or of the system: told
 * once, until the same question is answered well, and never "no link". A server in trouble (5xx, 408, 429) is neither.
 * @param wrong what is wrong with it, as a part of a sentence
 */
export function heardOfFault(
  turn: Turn,
  { provider, attemptId, state, foreground }: Attempt,
  input: Input,
  reading: Reading,
  wrong: string | null,
): void {
  if (!('reply' in input) && !('noReply' in input)) return;
  // What is refused in front of the cashier ends there, and its end says why.
  const isToldByEnd = foreground && (state === 'intent' || state === 'sent');
  const isGood = 'reply' in input && (reading === 'understood' || reading === 'refused');
  const question = questionOf('reply' in input ? input.reply.tag : input.noReply.tag);
  const { [question]: known, ...others } = turn.state.answerFaults[provider] ?? {};
  if (reading === 'unauthorised' && isToldByEnd) return;
  if (isGood || wrong === null) {
    if (known === undefined) return;
    if (known.isTold) log(turn, 'info', provider, `ответ на запрос "${question}" снова понятен`);
    return putFaults(turn, provider, others);
  }
  if (!isForGood(input, reading)) return;
  const atMs = turn.facts.now();
  const isKnown = known !== undefined && isFresh(known, atMs);
  // A page with a good status may come once; an error that names the request does not go away.
  const isTold = isKnown || reading === 'unauthorised' || ('reply' in input && input.reply.status >= 300);
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

/** The question that this answers, if it is told to be answered wrong for good. */
export function toldQuestion({ state, facts }: Turn, provider: string, input: Input): string | null {
  if (!('reply' in input) && !('noReply' in input)) return null;
  const question = questionOf('reply' in input ? input.reply.tag : input.noReply.tag);
  return question in toldFaults(state, provider, facts.now()) ? question : null;
}

/**
 * What the attempts that are still open have heard of it: it stands over a restart, and is not told again. An ended one asks no more,
 * and what only it has heard is tried anew.
 */
export function rememberedFaults(attempts: readonly Attempt[]): AppState['answerFaults'] {
  const faults: Record<string, Record<string, AnswerFault>> = {};
  for (const { provider, lastFault } of attempts) {
    if (lastFault?.question === undefined) continue;
    const { question, text: words, atMs } = lastFault;
    const known = faults[provider]?.[question];
    if (known !== undefined && known.atMs > atMs) continue;
    faults[provider] = { ...faults[provider], [question]: { words, isTold: true, atMs } };
  }
  return faults;
}

function putFaults(turn: Turn, provider: string, faults: Record<string, AnswerFault>): void {
  const { [provider]: _, ...rest } = turn.state.answerFaults;
  const answerFaults = Object.keys(faults).length === 0 ? rest : { ...rest, [provider]: faults };
  turn.state = { ...turn.state, answerFaults };
}

function isForGood(input: Input, reading: Reading): boolean {
  if (reading === 'unauthorised') return true;
  if ('noReply' in input) return isWrongForGood(input.noReply.kind);
  return 'reply' in input && isWrongForGood(input.reply);
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
  // Only what asks by itself.
  if (silence === 'notSent') wake(turn, (attempt) => attempt.provider === provider && !attempt.foreground);
}

/** Its system has told something of it: a pause between two questions ends, and nothing is believed. */
export function hurry(turn: Turn, attemptId: string): void {
  wake(turn, (attempt) => attempt.attemptId === attemptId);
}

/** Never a watch, whose pauses count as time in which nothing was found. */
function wake(turn: Turn, isMeant: (attempt: Attempt) => boolean): void {
  const atMs = turn.facts.now();
  const attempts = turn.state.attempts.map((attempt) => {
    const { operation, follows, wakeAtMs } = attempt;
    const isAsleep = isMeant(attempt) && wakeAtMs !== null && wakeAtMs > atMs;
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
