/** `Проверить связь`: the state of a payment that does not exist (toybank.md 6); "not found" is the right answer. */
import { connectionCheck } from '../../kernel/check.ts';
import type { ToybankSettings } from './settings.ts';
import { refusedWith } from './status.ts';
import { readRefusal, stateRequest } from './wire.ts';

export const toybankCheck = connectionCheck<ToybankSettings>(
  'Toybank',
  (tag, { orderNumber }, { settings }) => stateRequest(tag, settings, orderNumber),
  (reply) => {
    const refusal = readRefusal(reply);
    if (refusal === null) return null;
    return refusal.status === 404 ? 'accepted' : refusedWith(refusal.status);
  },
);
