/** What is said of a buyer's money must be true of every way on which it can go. */
import { describe, expect, it } from 'vitest';
import { type Attempt, decisionWord } from '../../../src/payments/attempt.ts';
import { historyOf, moveOf, moveText } from '../../../src/payments/money-move.ts';
import { attemptOf } from '../../golden/fixture.ts';

const AT_MS = Date.parse('2023-08-22T17:20:11+03:00');
const source = (isReversal: boolean, providerPaymentId: string | null = '5001') => ({
  ...{ orderNumber: '8-1-1-1-a', providerPaymentId, amountKopecks: 9590, shiftLabel: '22082023' },
  recalled: { providerPaymentId, isReversal },
});

function done(more: Partial<Attempt>, providerPaymentId: string | null = '5003', from = source(false)): Attempt {
  const attempt = attemptOf({ account: 'shop', updatedAtMs: AT_MS, state: 'approved', ...more });
  const outcome = { kind: 'approved', providerPaymentId } as const;
  return { ...attempt, outcome, order: { ...attempt.order, amountKopecks: 9590, source: from } };
}

const textOf = (attempt: Attempt): string | null => {
  const move = moveOf(attempt);
  return move === null ? null : moveText(move, 180);
};

describe('a move of money', () => {
  it.each<[string, Attempt, string | null]>([
    ['a refund', done({ operation: 'refund' }), 'Возвращено покупателю 95.90, 22.08.23 17:20:11, № 5003'],
    ['a cancel', done({ operation: 'cancel' }), 'Возвращено покупателю 95.90, 22.08.23 17:20:11, № 5003'],
    ['a payment', done({ operation: 'pay' }), 'Оплачено покупателем 95.90, 22.08.23 17:20:11, № 5003'],
    // The buyer pays again: "given back" would be the opposite of it.
    [
      'the cancel of a return',
      done({ operation: 'cancel' }, '5003', source(true)),
      'Возврат отменен, снято с покупателя 95.90, 22.08.23 17:20:11, № 5003',
    ],
    // Incident of a review: a payment that was never made was told as given back.
    [
      'the cancel of a payment that was never made',
      done({ operation: 'cancel' }, null),
      'Возвращать нечего, денег покупателя нет: 95.90, 22.08.23 17:20:11',
    ],
    [
      'the cancel of a payment in progress, answered with the payment itself',
      done({ operation: 'cancel' }, '5001'),
      'Возвращать нечего, денег покупателя нет: 95.90, 22.08.23 17:20:11',
    ],
    [
      'what was found late',
      done({ operation: 'follow', follows: 'unmade' }),
      'Оплачено покупателем 95.90, 22.08.23 17:20:11, № 5003',
    ],
    ['what was only reported', done({ operation: 'follow', follows: 'made' }), null],
    [
      'cash, which has no server',
      { ...done({ operation: 'cancel' }, null), account: undefined } as unknown as Attempt,
      null,
    ],
  ])('%s', (_name, attempt, text) => {
    expect(textOf(attempt)).toBe(text);
  });

  it('that is not proved is none', () => {
    expect(moveOf(attemptOf({ operation: 'cancel', state: 'unknown' }))).toBeNull();
  });
});

describe('what happened to a payment', () => {
  const paid = done({ attemptId: 'paid', operation: 'pay' }, '5001');

  it('is nothing where it was taken in front of the cashier', () => {
    expect(historyOf({ attemptId: 'paid' }, [paid], 180)).toEqual([]);
  });

  it('tells a queued cancel, and one that was refused with its reason', () => {
    const queued = attemptOf({
      ...{ attemptId: 'c', operation: 'cancel', state: 'unknown', foreground: false, sourceAttemptId: 'paid' },
      startedAtMs: AT_MS,
    });
    expect(historyOf({ attemptId: 'paid' }, [paid, queued], 180).at(-1)).toBe('Отмена в очереди с 22.08.23 17:20:11');
    const outcome = { kind: 'declined', code: 'rejected', say: null } as const;
    const lastFault = { text: 'Срок возврата истек', atMs: AT_MS };
    const refused = { ...queued, outcome, lastFault, updatedAtMs: AT_MS };
    expect(historyOf({ attemptId: 'paid' }, [paid, refused], 180).at(-1)).toMatch(
      /^В отмене отказано \S+, 22\.08\.23 17:20:11: Срок возврата истек$/,
    );
  });

  it('has every decision, the first one first', () => {
    const first = { decision: 'paid', byCode: '1', confirmedByCode: '9', reason: 'раз', atMs: AT_MS } as const;
    const manual = { ...first, decision: 'notPaid', reason: 'два', before: first } as const;
    const attempt = attemptOf({ attemptId: 'paid', state: 'declined', manual });
    expect(historyOf({ attemptId: 'paid' }, [attempt], 180)).toEqual([
      'Решено вручную: Оплачено, 22.08.23 17:20:11, кассир 1, подтвердил 9: раз',
      'Решено вручную: Не оплачено, 22.08.23 17:20:11, кассир 1, подтвердил 9: два',
    ]);
  });
});

it('a decision has one word for screen, log and documents, and that of a cancelled return is not "given back"', () => {
  const cancel = done({ operation: 'cancel' }, '5003', source(true));
  expect(decisionWord(cancel, 'paid')).toBe('Возврат отменен');
  expect(decisionWord({ ...cancel, operation: 'refund' }, 'paid')).toBe('Возвращено');
});
