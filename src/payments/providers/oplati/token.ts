/**
 * `Получить токен` of the service menu (oplati.md 3, 13.1). It asks even when a token is stored: the stored one may have
 * been reset in the cabinet. No money.
 */

import type { Machine, StepFacts, StepResult } from '../../driver.ts';
import { answerTo } from '../../kernel/answer.ts';
import { type Asking, askAs, NEVER_ASKED, send } from '../../kernel/asking.ts';
import type { Outcome } from '../../outcome.ts';
import type { OplatiSettings } from './settings.ts';
import { NO_CONNECTION, notAuthorised, TOKEN_RECEIVED, TOKEN_UNANSWERED, tokenRefused } from './status.ts';
import { readError, readToken, tokenRequest } from './wire.ts';

type Facts = StepFacts<OplatiSettings>;

export type TokenState = { kind: 'token' } & (({ at: 'asking' } & Asking) | { at: 'finished' });
type Result = StepResult<TokenState>;

export const oplatiToken: Machine<OplatiSettings, TokenState> = {
  begin: (_order, facts) => ask(NEVER_ASKED, facts),

  step(state, input, facts) {
    if (state.at === 'finished') return { state, actions: [] };
    // Had the first one been made, the server now says so (OPL-03).
    if ('restarted' in input) return ask(state, facts);
    // A token is given out once: it is taken from the answer to an earlier request, too.
    const late = 'reply' in input && input.reply.tag.startsWith(TAG) ? readToken(input.reply) : null;
    if (late !== null) {
      const finished = finish(TOKEN_RECEIVED);
      return { state: finished.state, actions: [{ do: 'storeToken', token: late }, ...finished.actions] };
    }
    const answer = answerTo(state.awaiting, input);
    if (answer === null) return { state, actions: [] };
    // An earlier one may have arrived; then the token was made.
    if (answer === 'notSent') return finish(state.asked === 1 ? NO_CONNECTION : TOKEN_UNANSWERED);
    if (answer === 'lost') return finish(TOKEN_UNANSWERED);
    const error = readError(answer);
    if (answer.status === 400 && error !== null) return finish(tokenRefused(error));
    if (answer.status === 401) return finish(notAuthorised(error));
    return finish(TOKEN_UNANSWERED);
  },
};

const TAG = 'token';

function ask(from: Asking, facts: Facts): Result {
  const asking = askAs(from, TAG, facts.nowMs);
  return {
    state: { kind: 'token', at: 'asking', ...asking },
    actions: [send(tokenRequest(asking.awaiting, facts))],
  };
}

function finish(outcome: Outcome): Result {
  return { state: { kind: 'token', at: 'finished' }, actions: [{ do: 'finish', outcome }] };
}
