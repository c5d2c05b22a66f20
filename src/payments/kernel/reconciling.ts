/** What the reconciliations have in common that ask more than once: how far they are, and how they end without a result. */
import { lowered, wrongAnswer } from '../answer-words.ts';
import type { Outcome } from '../outcome.ts';
import type { Prompt } from '../prompt.ts';
import type { Answer } from './answer.ts';

/** Said in the status line of the page. @param text how far it is: `проверено 12 из 40` */
export function progressPrompt(system: string, text: string, deadlineMs: number): Prompt {
  const title = 'Сверка итогов по безналу';
  return { show: 'wait', number: 'DOM-118', title, text: `${system}: ${text}`, deadlineMs, cancellable: true };
}

/** Esc: nothing was compared, and nothing is told. */
export const STOPPED: Outcome = { kind: 'declined', code: 'cancelled', say: null };

/** Nothing is compared with a list that was not read to its end (law 2). @param why an answer of no use, or words */
export function notReconciled(system: string, why: Answer | string): Outcome {
  const isSilent = why === 'lost' || why === 'notSent';
  const isAnswer = typeof why === 'object' || why === 'tooLarge' || why === 'notHttp';
  const reason = isSilent ? 'нет связи' : isAnswer ? lowered(wrongAnswer(why) ?? '') : why;
  const say = { number: 'DOM-119', params: { система: system, причина: reason } };
  return isSilent ? { kind: 'notSent', say } : { kind: 'declined', code: 'rejected', say };
}
