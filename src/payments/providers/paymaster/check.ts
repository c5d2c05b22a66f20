/** `Проверить связь`: the newest page of the shop's list (paymaster.md 8.1), which needs the token and the shop's id. */
import { connectionCheck } from '../../kernel/check.ts';
import type { PaymasterSettings } from './settings.ts';
import { NOT_AUTHORISED, wordsOf } from './status.ts';
import { listRequest, readPaymentPage, readProblem } from './wire.ts';

const WINDOW_MS = 60_000;

export const paymasterCheck = connectionCheck<PaymasterSettings>(
  'PayMaster',
  (tag, _order, { settings, nowMs }) => {
    return listRequest(tag, settings, { startMs: nowMs - WINDOW_MS, endMs: nowMs }, null);
  },
  (reply) => {
    if (readPaymentPage(reply) !== null) return 'accepted';
    const problem = readProblem(reply);
    if (problem === null) return null;
    // PM-13 is about the rights; the other numbers speak of a payment.
    return problem.code === 'not_authorized' ? NOT_AUTHORISED : { refused: wordsOf(problem) };
  },
);
