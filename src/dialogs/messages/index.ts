import { assistMessages } from './assist.ts';
import { deviceMessages } from './devices.ts';
import { domainMessages } from './domain.ts';
import type { Message } from './message.ts';
import { oplatiMessages } from './oplati.ts';
import { paymasterMessages } from './paymaster.ts';
import { storageMessages } from './storage.ts';

export type { Button, Message, MessageKind } from './message.ts';

/** The whole catalogue, in the order of docs/messages.md. */
export const messages: readonly Message[] = [
  ...oplatiMessages,
  ...paymasterMessages,
  ...assistMessages,
  ...deviceMessages,
  ...domainMessages,
  ...storageMessages,
];

const byNumber = new Map(messages.map((message) => [message.number, message]));

/** Messages to whose text the server's own words, or the reason, are added on a line of their own. */
const SERVER_WORDS_FOLLOW = new Set(['OPL-14', 'OPL-18', 'PM-07', 'PM-18', 'AS-37']);

/** @throws for a number that is not in the catalogue: a fault of the program, never of the cashier. */
export function messageOf(number: string): Message {
  const message = byNumber.get(number);
  if (message === undefined) throw new Error(`no message ${number} in the catalogue`);
  return message;
}

/** Fills `<имя>` from `params['имя']`; a blank without a value vanishes. */
export function fillText(text: string, params: Readonly<Record<string, string>>): string {
  return text
    .replace(/<([^<>\s][^<>]*?)>/g, (_, name: string) => params[name] ?? '')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/**
 * The text a cashier reads. `params.text` is the server's (or the driver's) own wording: it fills `<текст сервера>`, is
 * added where the catalogue says so, else it stands under this number instead of the text (dialogs.md). `о чем` stands for the
 * catalogue's own line where that speaks of another operation (a return is not the cancel of a payment).
 */
export function textOf(message: Message, params: Readonly<Record<string, string>>): string {
  const words = params.text?.trim() ?? '';
  if (words === '') return fillText(params['о чем'] ?? message.text, params);
  const blank = /<текст[^<>]*>/;
  if (blank.test(message.text)) return message.text.replace(blank, () => words);
  if (SERVER_WORDS_FOLLOW.has(message.number)) return `${params['о чем'] ?? message.text}\n${words}`;
  return words;
}
