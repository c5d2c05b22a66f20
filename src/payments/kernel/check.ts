/** `Проверить связь` of the service menu (SCR-35): one question that moves nothing, and the engineer is told what came of it. */
import { safeText } from '../../register/safe-text.ts';
import { lowered, networkWord, wrongAnswer } from '../answer-words.ts';
import type { HttpReply, HttpRequest, Machine, Order, StepFacts } from '../driver.ts';
import type { Outcome } from '../outcome.ts';
import { answerTo } from './answer.ts';
import { type Asking, askAs, NEVER_ASKED, send } from './asking.ts';
import { type Finished, finished } from './undecided.ts';

export type CheckState = ({ kind: 'check'; at: 'asking' } & Asking) | Finished<'check'>;

/** `refused`: why, in words of the server or of ours. An `Outcome` has a message of the system's own. */
export type CheckReading = 'accepted' | { refused: string } | Outcome | null;

/**
 * @param title what the messages call the system
 * @param question asks for nothing that could move money; an order number of this attempt is given
 * @param read null = the answer is not understood
 */
export function connectionCheck<Settings>(
  title: string,
  question: (tag: string, order: Order, facts: StepFacts<Settings>) => HttpRequest | { refused: string },
  read: (reply: HttpReply, facts: StepFacts<Settings>) => CheckReading,
): Machine<Settings, CheckState> {
  return {
    begin(order, facts) {
      const asking = askAs(NEVER_ASKED, 'check', facts.nowMs);
      const request = question(asking.awaiting, order, facts);
      if ('refused' in request) return finished('check', refused(request.refused));
      return { state: { kind: 'check', at: 'asking', ...asking }, actions: [send(request)] };
    },

    step(state, input, facts) {
      const answer = state.at === 'asking' ? answerTo(state.awaiting, input) : null;
      if (answer === null) return { state, actions: [] };
      const word = 'noReply' in input ? networkWord(input.noReply.code) : null;
      if (answer === 'notSent') return finished('check', noLink(word ?? 'соединение не установлено'));
      if (answer === 'lost') return finished('check', noLink(word ?? 'сервер не ответил'));
      const reading = typeof answer === 'string' ? null : read(answer, facts);
      if (reading === null) return finished('check', odd(wrongAnswer(answer) ?? ''));
      if (reading === 'accepted') return finished('check', say('approved', 'DOM-105'));
      return finished('check', 'refused' in reading ? refused(reading.refused) : reading);
    },
  };

  function refused(reason: string): Outcome {
    return say('declined', 'DOM-107', { причина: safeText(reason, 120) });
  }

  function noLink(reason: string): Outcome {
    return say('declined', 'DOM-106', { причина: reason });
  }

  /** The link is there, and what answers is not the payment system as we know it. */
  function odd(reason: string): Outcome {
    return say('declined', 'DOM-106', { text: `Система ${title} отвечает не так, как должна: ${lowered(reason)}` });
  }

  function say(kind: 'approved' | 'declined', number: string, params: Record<string, string> = {}): Outcome {
    const told = { number, params: { система: title, ...params } };
    return kind === 'approved' ? { kind, providerPaymentId: null, say: told } : { kind, code: 'rejected', say: told };
  }
}
