/** Refusals of the server (paymaster.md 7). Refusals of the payer are statuses in a 200 answer, not problems. */

import { Problem } from '../problem.ts';

interface Detail {
  code: string;
  errors: readonly string[];
}

function problem(status: number, code: string, text: string, errors: readonly string[] = []): Problem<Detail> {
  return new Problem(status, text, { code, errors });
}

const refused = (text: string): Problem<Detail> => problem(400, 'invalid_operation', text);

export const PROBLEMS = {
  wrongFields: (errors: readonly string[]) => problem(400, 'validation_error', 'Request has errors', errors),
  badToken: () => problem(401, 'not_authorized', 'Not authorized'),
  foreignMerchant: () => problem(403, 'not_authorized', 'Not authorized'),
  duplicate: (status: number) => problem(status, 'idempotency_key_violation', 'Duplicate request'),
  unknownId: () => problem(404, 'invalid_operation', 'Not found'),
  unknownSticker: () => refused('Unknown sticker'),
  stickerBusy: () => refused('Sticker is busy'),
  stickerInactive: () => refused('Sticker is not active'),
  stickerWithoutCashLink: () => refused('Sticker is not a cash link'),
  paymentFinal: () => refused('Payment is final'),
  paymentInProgress: () => refused('Payment is in progress'),
  paymentNotSettled: () => refused('Payment is not settled'),
  overRefund: () => refused('Amount exceeds the payment'),
} as const;

/** The error body; `errors` only where there are some. */
export function problemBody({ message, detail: { code, errors } }: Problem<Detail>): Record<string, unknown> {
  return { code, message, ...(errors.length === 0 ? {} : { errors }) };
}
