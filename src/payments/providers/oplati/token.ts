/**
 * `Получить токен` of the service menu (oplati.md 3, 13.1). It asks even when a token is stored: the stored one may have
 * been reset in the cabinet. No money.
 */
import type { Machine, StepFacts, StepResult } from '../../driver.ts';
import { answerTo, meaningOf } from '../../kernel/answer.ts';
import { type Asking, askAs, NEVER_ASKED, send } from '../../kernel/asking.ts';
import { type Finished, finished, preceded, stay } from '../../kernel/undecided.ts';
import type { OplatiSettings } from './settings.ts';
import { NO_CONNECTION, notAuthorised, TOKEN_RECEIVED, tokenRefused, tokenUnanswered } from './status.ts';
import { readHarmlessRefusal, readToken, tokenRequest } from './wire.ts';

export type TokenState = ({ kind: 'token'; at: 'asking' } & Asking) | Finished<'token'>;

export const oplatiToken: Machine<OplatiSettings, TokenState> = {
  begin: (_order, facts) => ask(NEVER_ASKED, facts),

  step(state, input, facts) {
    if (state.at === 'finished') return stay(state);
    // Had the first one been made, the server now says so (OPL-03).
    if ('restarted' in input) return ask(state, facts);
    // A token is given out once: it is taken from the answer to an earlier request, too.
    const late = 'reply' in input && input.reply.tag.startsWith(TAG) ? readToken(input.reply) : null;
    if (late !== null) return preceded([{ do: 'storeToken', token: late }], finished('token', TOKEN_RECEIVED));
    const answer = answerTo(state.awaiting, input);
    if (answer === null) return stay(state);
    const meaning = meaningOf(answer, readToken, readHarmlessRefusal);
    switch (meaning.is) {
      case 'refused':
        return finished(
          'token',
          meaning.refusal.status === 401 ? notAuthorised(meaning.refusal) : tokenRefused(meaning.refusal),
        );
      case 'notSent':
        // An earlier one may have arrived; then the token was made.
        return finished('token', state.asked === 1 ? NO_CONNECTION : tokenUnanswered(answer));
      default:
        return finished('token', tokenUnanswered(answer));
    }
  },
};

const TAG = 'token';

function ask(from: Asking, facts: StepFacts<OplatiSettings>): StepResult<TokenState> {
  const asking = askAs(from, TAG, facts.nowMs);
  return stay({ kind: 'token', at: 'asking', ...asking }, send(tokenRequest(asking.awaiting, facts)));
}
