/** Documents for the slips' tests. */
import type { SlipData } from '../../../src/receipts/document-fields.ts';
import type { ClosedDocument, Currency, Line, Payment } from '../../../src/register/model.ts';
import { lineSumKopecks } from '../../../src/register/money.ts';

export const CASH: Currency = { code: 1, shortName: 'Руб', name: 'Рубли', provider: 'cash', changeAllowed: true };
export const OPLATI: Currency = {
  code: 7,
  shortName: 'Опла',
  name: 'О!плати',
  provider: 'oplati',
  changeAllowed: false,
};

export const ASSIST: Currency = {
  code: 9,
  shortName: 'Асст',
  name: 'Ассист',
  provider: 'assist',
  changeAllowed: false,
};

export function line(positionNumber: number, name: string, priceKopecks: number, quantityThousandths = 1000): Line {
  const fractional = quantityThousandths % 1000 !== 0;
  return {
    positionNumber,
    goods: {
      code: String(positionNumber),
      barcode: null,
      name,
      unit: fractional ? { code: '166', name: 'кг', fractional } : { code: '796', name: 'шт', fractional },
      priceKopecks,
      minPriceKopecks: 0,
      priceEntry: 'forbidden',
      quantityRequired: false,
      saleForbidden: false,
      quantityLimitThousandths: null,
      documentQuantityLimitThousandths: null,
    },
    entry: 'scan',
    enteredCode: null,
    priceKopecks,
    quantityThousandths,
    sumKopecks: lineSumKopecks(priceKopecks, quantityThousandths),
    discountKopecks: 0,
    returned: null,
  };
}

export function payment(currency: Currency, amountKopecks: number, patch: Partial<Payment> = {}): Payment {
  return {
    attemptId: `attempt-${currency.code}-${amountKopecks}`,
    currency,
    amountKopecks,
    state: 'approved',
    startedAt: Date.UTC(2026, 2, 5, 20, 59, 30),
    providerPaymentId: null,
    orderNumber: '8-000123-01',
    sourceAttemptId: null,
    ...patch,
  };
}

export function slip(lines: Line[], payments: Payment[], patch: Partial<ClosedDocument> = {}): SlipData {
  const totalKopecks = lines.reduce((sum, { sumKopecks }) => sum + sumKopecks, 0);
  const receivedKopecks = payments.reduce((sum, { amountKopecks }) => sum + amountKopecks, 0);
  return {
    document: {
      documentId: 'd-1',
      number: 123,
      type: 'sale',
      shiftNumber: 45,
      cashierCode: '1',
      cashierName: 'Мастер',
      openedAt: Date.UTC(2026, 2, 5, 20, 55, 0),
      closedAt: Date.UTC(2026, 2, 5, 21, 0, 7),
      stage: 'subtotal',
      lines,
      stornoLines: [],
      payments,
      nextPositionNumber: lines.length + 1,
      card: null,
      source: null,
      fiscalNumber: 123,
      status: 'closed',
      totalKopecks,
      discountKopecks: 0,
      receivedKopecks,
      changeKopecks: Math.max(0, receivedKopecks - totalKopecks),
      ...patch,
    },
    shop: { name: 'ООО «Ромашка»', taxNumber: '190000001', address: 'г. Минск, пр-т Независимости, д. 1, пом. 2' },
    registerNumber: 8,
    utcOffsetMinutes: 180,
  };
}
