/** Refusals of the server (assist.md 6, 12.12). A refusal of the payer is a state of the order, not a problem. */
import { Problem } from '../problem.ts';
import type { AssistSettings } from './settings.ts';

interface Detail {
  firstCode: number;
  secondCode: number;
}

export function fault(status: number, firstCode: number, secondCode: number, text: string): Problem<Detail> {
  return new Problem(status, text, { firstCode, secondCode });
}

const wrong = (secondCode: number, text: string): Problem<Detail> => fault(400, 5, secondCode, text);
const refused = (text: string, status = 400): Problem<Detail> => fault(status, 10, 100, text);

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
  noSuchOrder: (status: number) => fault(status, 10, 201, 'No such order'),
  orderIsFinal: () => refused('Order is final'),
  notPaid: () => refused('Order is not paid'),
  badRequest: (what: string) => refused(`Request refused: ${what}`),
  unknownPath: () => refused('No such service', 404),
} as const;

/** The JSON of a fault; «recomendation» has one «m» on the wire. */
export function faultBody(problem: Problem<Detail>, form: AssistSettings['faultForm']): unknown {
  const { firstCode, secondCode } = problem.detail;
  if (form === 'codes') return { fault: { firstcode: firstCode, secondcode: secondCode, detail: problem.message } };
  const body = {
    faultcode: String(problem.detail.firstCode),
    faultstring: String(problem.detail.secondCode),
    detail: { message: problem.message, recomendation: '' },
  };
  return form === 'root' ? body : { fault: body };
}
