/** Refusals of the server (paymaster.md 7). Refusals of the payer are statuses in a 200 answer, not problems. */

/** Thrown where a request cannot be served; the server turns it into the error body. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly string[];

  constructor(status: number, code: string, text: string, errors: readonly string[] = []) {
    super(text);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }
}

const refused = (text: string): Problem => new Problem(400, 'invalid_operation', text);

export const PROBLEMS = {
  wrongFields: (errors: readonly string[]) =>
    new Problem(400, 'validation_error', 'One or more fields are wrong', errors),
  badToken: () => new Problem(401, 'not_authorized', 'Not authorized'),
  foreignMerchant: () => new Problem(403, 'not_authorized', 'Not authorized'),
  duplicate: () => new Problem(409, 'idempotency_key_violation', 'Duplicate request'),
  unknownId: () => new Problem(404, 'invalid_operation', 'Not found'),
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
export function problemBody({ code, message, errors }: Problem): Record<string, unknown> {
  return { code, message, ...(errors.length === 0 ? {} : { errors }) };
}
