/** Refusals of the server (assist.md 6, 12.12). A refusal of the payer is a state of the order, not a problem. */
import { Problem } from '../problem.ts';
import type { AssistSettings } from './settings.ts';

export interface Codes {
  /** First and second code of the published tables. */
  codes: readonly [number, number];
  /** As the server answered before those were known; absent: the same. */
  oldCodes?: readonly [number, number];
  /** HTTP status of a SOAP fault in place of the usual one, where somebody has asked for it. */
  soapStatus?: number;
}

/** @param codes of the published tables @param oldCodes with the dialect `refusals: old` */
function refused(text: string, codes: Codes['codes'], oldCodes: Codes['codes'], status = 400): Problem<Codes> {
  return new Problem(status, text, { codes, oldCodes });
}

const GENERAL = [10, 100] as const;

export const PROBLEMS = {
  merchant: () => refused('Merchant_ID is wrong', [10, 100], [5, 100]),
  accessDenied: () => refused('Access denied', [7, 141], GENERAL, 401),
  meansForbidden: () => refused('Payment method is not allowed', [8, 111], GENERAL, 403),
  orderNumber: () => refused('OrderNumber is wrong', [5, 107], [5, 107]),
  usedNumber: (text: string) => refused(text, [11, 107], [5, 107]),
  amount: (text = 'Amount is wrong') => refused(text, [5, 108], [5, 108]),
  overRefund: () => refused('Amount exceeds the rest', [5, 108], [5, 108]),
  billNumber: () => refused('Billnumber is wrong', [5, 143], [5, 143]),
  checkValue: () => refused('Checkvalue is wrong', [5, 158], [5, 158]),
  cardData: () => refused('Card data are not accepted', [15, 306], GENERAL),
  noSuchOrder: (status = 400) => refused('No such order', [10, 201], [10, 201], status),
  noOrderToAbort: () => refused('No such order', [10, 201], [5, 107]),
  registration: () => refused('No such registration', [10, 221], GENERAL),
  orderIsFinal: () => refused('Order is final', [15, 308], GENERAL),
  notPaid: () => refused('Order is not paid', [15, 301], GENERAL),
  missing: (what: string) => refused(`Parameter missing: ${what}`, [3, 0], GENERAL),
  date: () => refused('Date is wrong', [4, 104], GENERAL),
  paymentMode: () => refused('PaymentMode is wrong', [5, 177], GENERAL),
  format: () => refused('Format is wrong', [5, 103], GENERAL),
  badRequest: (what: string) => refused(`Request refused: ${what}`, [5, 0], GENERAL),
  unknownPath: () => refused('No such service', [5, 350], GENERAL, 404),
} as const;

export function codesOf({ detail }: Problem<Codes>, refusals: AssistSettings['refusals']): readonly [number, number] {
  return refusals === 'old' ? (detail.oldCodes ?? detail.codes) : detail.codes;
}

/** The JSON of a fault; «recomendation» has one «m» on the wire. */
export function faultBody(problem: Problem<Codes>, { faultForm, refusals }: AssistSettings): unknown {
  const [firstCode, secondCode] = codesOf(problem, refusals);
  if (faultForm === 'codes')
    return { fault: { firstcode: firstCode, secondcode: secondCode, detail: problem.message } };
  const body = {
    faultcode: String(firstCode),
    faultstring: String(secondCode),
    detail: { message: problem.message, recomendation: '' },
  };
  return faultForm === 'root' ? body : { fault: body };
}
