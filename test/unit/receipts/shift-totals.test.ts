import { describe, expect, it } from 'vitest';
import { addUpShift, cashOfShift } from '../../../src/receipts/shift-totals.ts';
import { ASSIST, CASH, line, OPLATI, payment, slip } from './documents.ts';

const MILK = line(1, 'МОЛОКО', 1530);
const sale = (number: number, ...args: [Parameters<typeof slip>[1], Parameters<typeof slip>[2]?]) =>
  slip([MILK], args[0], { number, openedAt: number, ...args[1] }).document;

describe('totals of a shift', () => {
  it('are by kind of document and by currency, cash without the change', () => {
    const totals = addUpShift([
      sale(9, [payment(CASH, 1000)], { type: 'return', totalKopecks: 1000 }),
      sale(8, [payment(OPLATI, 500)], { type: 'returnBySale', totalKopecks: 500 }),
      sale(7, [payment(OPLATI, 1000), payment(CASH, 2000)], { changeKopecks: 1470, discountKopecks: 76 }),
      sale(6, [payment(CASH, 1530)]),
      sale(5, [payment(ASSIST, 1530)]),
    ]);
    expect(totals).toEqual({
      sales: {
        count: 3,
        amountKopecks: 4590,
        discountKopecks: 76,
        currencies: [
          { currency: CASH, count: 2, amountKopecks: 530 + 1530 },
          { currency: OPLATI, count: 1, amountKopecks: 1000 },
          { currency: ASSIST, count: 1, amountKopecks: 1530 },
        ],
        cashKopecks: 530 + 1530,
      },
      returns: {
        count: 2,
        amountKopecks: 1500,
        discountKopecks: 0,
        currencies: [
          { currency: CASH, count: 1, amountKopecks: 1000 },
          { currency: OPLATI, count: 1, amountKopecks: 500 },
        ],
        cashKopecks: 1000,
      },
      annulled: { count: 0, amountKopecks: 0 },
      firstNumber: 5,
      lastNumber: 9,
      firstOpenedAt: 5,
    });
    expect(cashOfShift(totals)).toBe(1060);
  });

  it('take the change from the last cash, as it was given', () => {
    const { sales } = addUpShift([
      sale(1, [payment(CASH, 1000), payment(CASH, 1000), payment(OPLATI, 30)], { changeKopecks: 500 }),
    ]);
    expect(sales.currencies[0]).toEqual({ currency: CASH, count: 2, amountKopecks: 1500 });
  });

  // Incident: it lay in the drawer and was not counted there.
  it('know the cash that a payment system took', () => {
    const cash = { means: 'наличные', isCash: true } as const;
    const totals = addUpShift([
      sale(1, [payment(ASSIST, 1530, { ...cash, changeKopecks: 470 })]),
      sale(2, [payment(ASSIST, 1530, { means: 'СБП' })]),
      sale(3, [payment(CASH, 2000)], { changeKopecks: 470 }),
      sale(4, [payment(ASSIST, 500, cash)], { type: 'returnBySale', totalKopecks: 500 }),
    ]);
    expect(cashOfShift(totals)).toBe(1530 + 1530 - 500);
    expect(totals.sales.currencies).toEqual([
      { currency: CASH, count: 1, amountKopecks: 1530 },
      { currency: ASSIST, means: 'наличные', count: 1, amountKopecks: 1530 },
      { currency: ASSIST, means: 'СБП', count: 1, amountKopecks: 1530 },
    ]);
  });

  it('count only money we hold, and annulled documents apart', () => {
    const totals = addUpShift([
      sale(1, [payment(OPLATI, 1530, { state: 'declined' }), payment(CASH, 1530)], { changeKopecks: 0 }),
      sale(2, [payment(OPLATI, 1530, { state: 'cancelled' })], { status: 'annulled' }),
    ]);
    expect(totals.sales).toMatchObject({ count: 1, currencies: [{ currency: CASH, count: 1, amountKopecks: 1530 }] });
    expect(totals.annulled).toEqual({ count: 1, amountKopecks: 1530 });
    expect(totals.lastNumber).toBe(2);
  });

  it('of no documents are nothing', () => {
    const totals = addUpShift([]);
    expect(totals).toMatchObject({ sales: { count: 0, currencies: [] }, firstNumber: null, lastNumber: null });
    expect(cashOfShift(totals)).toBe(0);
  });
});
