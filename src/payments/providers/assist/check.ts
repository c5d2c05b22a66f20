/** `Проверить связь`: what stands under a number nobody has used (assist.md 3.3); an empty list is the right answer. */
import { connectionCheck } from '../../kernel/check.ts';
import { readFault, readResult } from './answers.ts';
import type { AssistSettings } from './settings.ts';
import { NOT_AUTHORISED } from './status.ts';
import { resultRequest } from './wire.ts';

export const assistCheck = connectionCheck<AssistSettings>(
  'Ассист',
  (tag, { orderNumber }, { settings, nowMs }) => resultRequest(tag, orderNumber, { sinceMs: nowMs, nowMs }, settings),
  (reply, { settings }) => {
    if (readResult(reply, settings) !== null) return 'accepted';
    if (reply.status === 401) return NOT_AUTHORISED;
    const fault = readFault(reply);
    if (fault === null) return null;
    return { refused: `${fault.first}/${fault.second}${fault.text === '' ? '' : ` ${fault.text}`}` };
  },
);
