/**
 * From nothing to "the buyer is ready" (oplati.md 3.1, 3.2): the part that payment and loyalty have in common. No
 * money can move here, so every lost answer may simply be asked again.
 */

import { endsWithCheckDigit, hasGtinLength } from '../../../register/check-digit.ts';
import { wrongAnswer } from '../../answer-words.ts';
import type { Action, Input, StepFacts } from '../../driver.ts';
import { type Answer, answerTo, meaningOf } from '../../kernel/answer.ts';
import { type Asking, askAs, NEVER_ASKED, send } from '../../kernel/asking.ts';
import type { LoyaltyCard, Outcome } from '../../outcome.ts';
import type { Prompt } from '../../prompt.ts';
import { type Purpose, pendingPrompt, qrPrompt, scanPrompt, tellPrompt } from './prompts.ts';
import type { OplatiMode, OplatiSettings } from './settings.ts';
import {
  CANCELLED_BY_CASHIER,
  demandRefused,
  LAPSED_CODE,
  NOBODY_SCANNED,
  notAuthorised,
  noUse,
  rejected,
  sessionLapsed,
  tokenRefused,
} from './status.ts';
import {
  type Caller,
  demandRequest,
  readHarmlessRefusal,
  readReady,
  readSession,
  readToken,
  readyRequest,
  tokenRequest,
} from './wire.ts';

/** A card is asked for in other words than money. */
type Facts = StepFacts<OplatiSettings> & { purpose: Purpose };

export interface Session {
  sessionId: number;
  openedAtMs: number;
  /** Mode 1. */
  confirmCode: string | null;
  /** Mode 2. */
  qr: string | null;
}

/** The buyer's one-time code is in none of these: it passes through the step that sends it (domain.md 2.8, rule 10). */
export type Opening = Asking & { mode: OplatiMode } & (
    | { at: 'gettingToken'; tries: number }
    | { at: 'waitingForCode'; tries: number }
    | { at: 'demanding'; tries: number }
    /** `isTold`: the cashier has read the code out, OPL-22 need not stand any more (mode 1). */
    | { at: 'waitingForReady'; session: Session; isTold: boolean }
  );

export type OpeningResult =
  | { go: 'on'; opening: Opening; actions: Action[] }
  | { go: 'ready'; session: Session; cards: LoyaltyCard[] }
  | { go: 'end'; outcome: Outcome };

/** First step: the token when there is none, then the session. */
export function beginOpening(facts: Facts): OpeningResult {
  const start = { ...NEVER_ASKED, mode: facts.settings.mode };
  if (facts.token !== null || facts.settings.password !== null) return askForSession(start, 0, facts);
  return askForToken(start, 0, facts);
}

export function stepOpening(opening: Opening, input: Input, facts: Facts): OpeningResult {
  // Before the sale is sent nothing has to be cancelled: no amount was told, the session lapses (oplati.md 8.3).
  if ('cashier' in input) return input.cashier === 'cancel' ? end(CANCELLED_BY_CASHIER) : on(opening);
  switch (opening.at) {
    case 'gettingToken':
      return stepToken(opening, input, facts);
    case 'waitingForCode':
      return stepCode(opening, input, facts);
    case 'demanding':
      return stepDemand(opening, input, facts);
    case 'waitingForReady':
      return stepReady(opening, input, facts);
  }
}

type At<Name extends Opening['at']> = Extract<Opening, { at: Name }>;
type Start = Asking & { mode: OplatiMode };

function on(opening: Opening, ...actions: Action[]): OpeningResult {
  return { go: 'on', opening, actions };
}

function end(outcome: Outcome): OpeningResult {
  return { go: 'end', outcome };
}

function show(prompt: Prompt): Action {
  return { do: 'prompt', prompt };
}

/** A step that moves no money is tried so often before it is given up. */
function harmlessMs({ settings }: { settings: OplatiSettings }): number {
  return settings.harmlessTries * (settings.timeoutMs + settings.retryPauseMs);
}

function askForToken(from: Start, tries: number, facts: Facts): OpeningResult {
  const asking = askAs(from, 'token', facts.nowMs);
  return on(
    { ...asking, mode: from.mode, at: 'gettingToken', tries },
    show(pendingPrompt(facts.purpose, harmlessMs(facts), false)),
    send(tokenRequest(asking.awaiting, facts)),
  );
}

function stepToken(opening: At<'gettingToken'>, input: Input, facts: Facts): OpeningResult {
  const again = 'restarted' in input || ('timer' in input && opening.awaiting === null);
  // The token may have been stored just before the power went.
  if (again && facts.token !== null) return askForSession(opening, 0, facts);
  if (again) return askForToken(opening, opening.tries, facts);
  const answer = answerTo(opening.awaiting, input);
  if (answer === null) return on(opening);
  const meaning = meaningOf(answer, readToken, readHarmlessRefusal);
  switch (meaning.is) {
    case 'understood': {
      const token = meaning.told;
      const next = askForSession(opening, 0, { ...facts, token });
      return next.go === 'on' ? { ...next, actions: [{ do: 'storeToken', token }, ...next.actions] } : next;
    }
    case 'refused':
      return end(meaning.refusal.status === 401 ? notAuthorised(meaning.refusal) : tokenRefused(meaning.refusal));
    default:
      return repeatHarmless(opening, answer, facts);
  }
}

/** Mode 0 first needs the buyer's code; the others open the session at once. */
function askForSession(from: Start, tries: number, facts: Facts): OpeningResult {
  if (from.mode === 0) return askForCode(from, tries, 'first', facts);
  return demand(from, tries, null, facts);
}

function askForCode(
  from: Start,
  tries: number,
  because: Parameters<typeof scanPrompt>[0],
  { settings }: Facts,
): OpeningResult {
  const { asked, askedAtMs, mode } = from;
  const end: Action = { do: 'sleep', ms: settings.buyerCodeMs };
  return on({ asked, askedAtMs, mode, awaiting: null, at: 'waitingForCode', tries }, show(scanPrompt(because)), end);
}

function stepCode(opening: At<'waitingForCode'>, input: Input, facts: Facts): OpeningResult {
  if ('restarted' in input) return askForCode(opening, opening.tries, 'first', facts);
  // A buyer who has gone, and a cashier who has not seen it: OPL-21 is no wait without an end.
  if ('timer' in input) return end(NOBODY_SCANNED);
  if (!('answer' in input && 'code' in input.answer)) return on(opening);
  const code = input.answer.code.trim();
  if (code.length < 1 || code.length > 512) return on(opening, show(scanPrompt()));
  // It would be spent on a question whose answer speaks of a key of the buyer's.
  if (isGoodsCode(code)) return on(opening, show(scanPrompt('goods')));
  if (facts.usedCodes.has(code)) return on(opening, show(scanPrompt('used')));
  const next = demand(opening, opening.tries, code, facts);
  return next.go === 'on' ? { ...next, actions: [{ do: 'rememberCode', code }, ...next.actions] } : next;
}

/** The number of goods under a barcode, or a mark with it (`01`): the buyer's QR is neither (oplati.md 9). */
function isGoodsCode(code: string): boolean {
  const gtin = /^(?:\](?:C1|d2|Q3))?01(\d{14})/.exec(code)?.[1] ?? code;
  return hasGtinLength(gtin) && endsWithCheckDigit(gtin);
}

function demand(
  from: Start,
  tries: number,
  buyerCode: string | null,
  facts: Caller & Pick<Facts, 'nowMs' | 'purpose'>,
): OpeningResult {
  const { mode } = from;
  const asking = askAs(from, 'demand', facts.nowMs);
  return on(
    { ...asking, mode, at: 'demanding', tries },
    show(pendingPrompt(facts.purpose, harmlessMs(facts), false)),
    send(demandRequest(asking.awaiting, facts, mode, buyerCode)),
  );
}

function stepDemand(opening: At<'demanding'>, input: Input, facts: Facts): OpeningResult {
  const { mode, tries } = opening;
  if ('restarted' in input) return askForSession(opening, tries, facts);
  if ('timer' in input && opening.awaiting === null) return demand(opening, tries, null, facts);
  const answer = answerTo(opening.awaiting, input);
  if (answer === null) return on(opening);
  const meaning = meaningOf(answer, (reply) => readSession(reply, mode, facts.settings), readHarmlessRefusal);
  switch (meaning.is) {
    case 'understood':
      return meetBuyer(opening, { ...meaning.told, openedAtMs: facts.nowMs }, facts);
    case 'refused': {
      const { refusal } = meaning;
      return end(refusal.status === 401 ? notAuthorised(refusal) : demandRefused(mode, facts.purpose, refusal));
    }
    default:
      // The code is spent by the demand and is kept nowhere: only a fresh one can be tried.
      if (mode === 0 && meaning.is !== 'notSent' && tries + 1 < facts.settings.harmlessTries) {
        return askForCode(opening, tries + 1, { noUse: wrongAnswer(answer) }, facts);
      }
      return repeatHarmless(opening, answer, facts);
  }
}

function repeatHarmless(
  opening: At<'gettingToken'> | At<'demanding'>,
  answer: Answer,
  { settings }: Facts,
): OpeningResult {
  const tries = opening.tries + 1;
  if (answer === 'notSent' || tries >= settings.harmlessTries) return end(noUse(answer));
  return on({ ...opening, tries, awaiting: null }, { do: 'sleep', ms: settings.retryPauseMs });
}

function meetBuyer(from: Start, session: Session, facts: Facts): OpeningResult {
  const { asked, askedAtMs, mode } = from;
  const isTold = mode !== 1 || session.confirmCode === null;
  const waiting: At<'waitingForReady'> = {
    ...{ asked, askedAtMs, mode, awaiting: null, session },
    at: 'waitingForReady',
    isTold,
  };
  // Mode 0: the scanned code made the buyer ready at once. Mode 1 and 2: nobody types a code or scans a QR in no time.
  if (mode === 0) return askIfReady(waiting, facts);
  return on(waiting, show(buyerPrompt(waiting, facts)), { do: 'sleep', ms: facts.settings.readyPollMs });
}

/** Says what the buyer is waited for, and asks. */
function askIfReady(from: At<'waitingForReady'>, facts: Facts): OpeningResult {
  const next = pollReady(from, facts);
  return on(next.opening, show(buyerPrompt(from, facts)), next.action);
}

function pollReady(from: At<'waitingForReady'>, facts: Facts): { opening: Opening; action: Action } {
  const asking = askAs(from, 'ready', facts.nowMs);
  const request = readyRequest(asking.awaiting, facts, from.session.sessionId);
  return { opening: { ...from, ...asking }, action: send(request) };
}

function stepReady(opening: At<'waitingForReady'>, input: Input, facts: Facts): OpeningResult {
  // K9: the same QR again, never a second one.
  if ('restarted' in input) return askIfReady(opening, facts);
  if ('timer' in input && opening.awaiting === null) {
    const next = pollReady(opening, facts);
    return on(next.opening, next.action);
  }
  // The session is asked for while OPL-22 stands, too: Enter only puts the code behind the waiting.
  if ('answer' in input && 'ok' in input.answer && !opening.isTold) {
    const told = { ...opening, isTold: true };
    return told.awaiting === null ? askIfReady(told, facts) : on(told, show(buyerPrompt(told, facts)));
  }
  const { mode, session } = opening;
  const answer = answerTo(opening.awaiting, input);
  if (answer === null) return on(opening);
  const meaning = meaningOf(answer, (reply) => readReady(reply, facts.settings), readHarmlessRefusal);
  if (meaning.is === 'refused') {
    const { refusal } = meaning;
    if (refusal.status === 401) return end(notAuthorised(refusal));
    const isLapsed = refusal.internalCode === LAPSED_CODE;
    return end(isLapsed ? sessionLapsed(mode, facts.purpose) : rejected(mode, refusal));
  }
  const isAnswered = meaning.is === 'understood';
  if (isAnswered && meaning.told.isReady) return { go: 'ready', session, cards: meaning.told.cards };
  // A lost answer is asked again until the session has lapsed; then nobody can be ready any more.
  if (hasLapsed(session, facts)) return end(isAnswered ? sessionLapsed(mode, facts.purpose) : noUse(answer));
  return on({ ...opening, awaiting: null }, { do: 'sleep', ms: facts.settings.readyPollMs });
}

function hasLapsed(session: Session, facts: Facts): boolean {
  return facts.nowMs - session.openedAtMs >= facts.settings.sessionMs;
}

function buyerPrompt({ mode, session, isTold }: At<'waitingForReady'>, facts: Facts): Prompt {
  const leftMs = sessionLeftMs(session, facts);
  if (mode === 2 && session.qr !== null)
    return qrPrompt(facts.purpose, session.qr, 'Ожидание покупателя', leftMs, false);
  const { confirmCode } = session;
  if (confirmCode !== null && !isTold) return tellPrompt(confirmCode, leftMs);
  return pendingPrompt(facts.purpose, leftMs, false, confirmCode);
}

/** What the countdown shows; the server alone decides when the session is over. */
export function sessionLeftMs(session: Session, { nowMs, settings }: StepFacts<OplatiSettings>): number {
  return Math.min(Math.max(0, session.openedAtMs + settings.sessionTtlMs - nowMs), settings.sessionTtlMs);
}
