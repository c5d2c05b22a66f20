/** Refusals of the server (assist.md 6, 12.12). A refusal of the payer is a state of the order, not a problem. */
import type { AssistSettings } from './settings.ts';

/** Thrown where a request cannot be served; the server turns it into a fault. */
export class Problem extends Error {
  readonly status: number;
  readonly firstCode: number;
  readonly secondCode: number;

  constructor(status: number, firstCode: number, secondCode: number, text: string) {
    super(text);
    this.status = status;
    this.firstCode = firstCode;
    this.secondCode = secondCode;
  }
}

const wrong = (secondCode: number, text: string): Problem => new Problem(400, 5, secondCode, text);
const refused = (text: string, status = 400): Problem => new Problem(status, 10, 100, text);

export const PROBLEMS = {
  merchant: () => wrong(100, 'Merchant_ID is wrong'),
  orderNumber: (text = 'OrderNumber is wrong') => wrong(107, text),
  amount: (text = 'Amount is wrong') => wrong(108, text),
  overRefund: () => wrong(108, 'Amount exceeds the rest'),
  billNumber: () => wrong(143, 'Billnumber is wrong'),
  checkValue: () => wrong(158, 'Checkvalue is wrong'),
  accessDenied: () => refused('Access denied', 401),
  meansForbidden: () => refused('Payment method is not allowed', 403),
  cardData: () => refused('Card data are not accepted'),
  orderIsFinal: () => refused('Order is final'),
  notPaid: () => refused('Order is not paid'),
  badRequest: (what: string) => refused(`Request refused: ${what}`),
  unknownPath: () => refused('No such service', 404),
} as const;

/** The JSON of a fault; «recomendation» has one «m» on the wire. */
export function faultBody(problem: Problem, form: AssistSettings['faultForm']): unknown {
  const fault = {
    faultcode: String(problem.firstCode),
    faultstring: String(problem.secondCode),
    detail: { message: problem.message, recomendation: '' },
  };
  return form === 'root' ? fault : { fault };
}
