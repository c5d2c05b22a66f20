/** What came back for a request, and what it means. */
import type { HttpReply, Input, NoReply } from '../driver.ts';

export type Answer = HttpReply | NoReply['kind'];

/** @returns what came back for `tag`, or null when the input is no answer to it */
export function answerTo(tag: string | null, input: Input): Answer | null {
  if (tag === null) return null;
  if ('reply' in input && input.reply.tag === tag) return input.reply;
  if ('noReply' in input && input.noReply.tag === tag) return input.noReply.kind;
  return null;
}

/** Closed: nothing else can become of a request. What follows from it is the provider's to say. */
export type Meaning<Told, Refusal> =
  /** A whole answer of the form that was asked for. */
  | { is: 'understood'; told: Told }
  /** The server says no, in its own words: it does not get better by asking again, and is never "no link". */
  | { is: 'refused'; refusal: Refusal }
  /** A page of a captive portal, an error of the server, an answer with a part missing: proves nothing. */
  | { is: 'notUnderstood' }
  /** More than is ever read: proves nothing, and the link is there. */
  | { is: 'tooLarge' }
  /** The connection was never made: proves that nothing has arrived. */
  | { is: 'notSent' }
  /** It may have arrived: proves nothing. */
  | { is: 'lost' };

/**
 * Asking again does not make it better: the address, the path or who we are is wrong, or somebody else answers. A server in trouble
 * (5xx, 408, 425, 429) may get well.
 * @param answer that was not understood
 */
export function isWrongForGood(answer: Answer): boolean {
  if (typeof answer !== 'object') return answer === 'tooLarge' || answer === 'notHttp';
  return answer.status < 500 && ![408, 425, 429].includes(answer.status);
}

/**
 * @param read null = the reply is not what was asked for
 * @param readRefusal null = nor is it a refusal
 */
export function meaningOf<Told, Refusal = never>(
  answer: Answer,
  read: (reply: HttpReply) => Told | null,
  readRefusal: (reply: HttpReply) => Refusal | null = () => null,
): Meaning<Told, Refusal> {
  if (answer === 'notHttp') return { is: 'notUnderstood' };
  if (typeof answer !== 'object') return { is: answer };
  const told = read(answer);
  if (told !== null) return { is: 'understood', told };
  const refusal = readRefusal(answer);
  return refusal === null ? { is: 'notUnderstood' } : { is: 'refused', refusal };
}
