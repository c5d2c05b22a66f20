/** What a cancelled payment, or an annulled receipt, gives back and owes: the words of the screen and of the slip. Pure. */
import type { Document, Payment } from '../register/model.ts';
import { formatKopecks } from '../register/money.ts';
import { safeText } from '../register/safe-text.ts';
import { givenBackBy, isGivenBackInCash, tenderName } from '../register/tender.ts';
import {
  DOCUMENT_FIELDS,
  dateFields,
  documentData,
  HEAD_FIELDS,
  headFields,
  type PaymentSlipData,
  type SlipData,
} from './document-fields.ts';
import type { TemplateData } from './render.ts';
import type { TemplateFields } from './template.ts';

/** The slip of an annulled receipt or of one cancelled payment; `printedAt` is the moment it was asked for. */
export interface CancelledSlipData extends PaymentSlipData {
  attemptIds: readonly string[];
  printedAt: number;
}

const GIVEN_BACK_FIELDS = ['kind', 'amount', 'status', 'orderNumber', 'paymentId'] as const;
type GivenBackRow = Record<(typeof GIVEN_BACK_FIELDS)[number], string>;

export const CANCELLED_SLIP_FIELDS: TemplateFields = {
  fields: [...HEAD_FIELDS, 'date', 'time', 'isAnnulled', 'isReturn', 'total'],
  lists: { givenBack: GIVEN_BACK_FIELDS },
};

/** A copy of an annulled receipt says it too. */
export const ANNULLED_FIELDS: TemplateFields = {
  ...DOCUMENT_FIELDS,
  lists: { ...DOCUMENT_FIELDS.lists, givenBack: GIVEN_BACK_FIELDS },
};

/** `Отмена в очереди`: whether the buyer has this money, as it is known now. */
export function givenBackWord({ type }: Pick<Document, 'type'>, payment: Payment): string {
  if (type !== 'sale') return payment.state === 'cancelQueued' ? 'Отмена возврата в очереди' : 'Возврат отменен';
  if (isGivenBackInCash(payment)) return 'Выдано наличными';
  if (payment.state === 'cancelRefused') return 'Не возвращено';
  return payment.state === 'cancelQueued' ? 'Отмена в очереди' : 'Отменено';
}

/** Fields of the slip. Names of the shop, people and payment types pass `safeText` here. */
export function cancelledSlipFields(data: CancelledSlipData): TemplateData {
  const { document, attemptIds, printedAt, utcOffsetMinutes } = data;
  return {
    fields: {
      ...headFields(data),
      ...dateFields(printedAt, utcOffsetMinutes),
      isAnnulled: 'status' in document && document.status === 'annulled' ? '1' : '',
      isReturn: document.type === 'sale' ? '' : '1',
      total: formatKopecks(document.lines.reduce((sum, { sumKopecks }) => sum + sumKopecks, 0)),
    },
    lists: givenBackList(
      document,
      document.payments.filter(({ attemptId }) => attemptIds.includes(attemptId)),
    ),
  };
}

/** Fields of an annulled receipt. */
export function annulledData(data: SlipData): TemplateData {
  const whole = documentData(data);
  return { ...whole, lists: { ...whole.lists, ...givenBackList(data.document, givenBackBy(data.document)) } };
}

/** One row a payment, in the order they were made. */
function givenBackList(document: Document, payments: readonly Payment[]): { givenBack: GivenBackRow[] } {
  const rows = payments.map((payment) => ({
    kind: safeText(tenderName(payment)),
    amount: formatKopecks(payment.amountKopecks),
    status: givenBackWord(document, payment),
    // The number of cash is nobody's but ours.
    orderNumber: payment.currency.provider === 'cash' ? '' : safeText(payment.orderNumber),
    paymentId: safeText(payment.providerPaymentId ?? ''),
  }));
  return { givenBack: rows };
}
