import { describe, expect, it } from 'vitest';
import type { Order } from '../../../../src/payments/driver.ts';
import { paymasterDriver } from '../../../../src/payments/providers/paymaster/driver.ts';
import { recall } from '../../../../src/payments/providers/paymaster/recall.ts';
import { paymasterCancel, paymasterRefund } from '../../../../src/payments/providers/paymaster/refund.ts';
import { NOTHING_RECALLED } from '../../../../src/payments/recall.ts';
import { MERCHANT, ORDER, PaymasterRun, payment, problem, waiting } from './paymaster-run.ts';

const SOURCE: Order['source'] = {
  orderNumber: ORDER.orderNumber,
  providerPaymentId: '900000001',
  amountKopecks: 1530,
  shiftLabel: '15012030',
  recalled: NOTHING_RECALLED,
};
const APPROVED = { kind: 'approved', providerPaymentId: '700000001' };
const UNDECIDED = { kind: 'unknown', say: expect.objectContaining({ number: 'PM-19' }) };

function orderOf(amountKopecks = 500, source: Order['source'] = SOURCE): Order {
  return { ...ORDER, orderNumber: '8-1-2-5-abc', amountKopecks, source };
}

const returning = (order = orderOf()) => new PaymasterRun(paymasterRefund, {}, order);
const cancelling = (order = orderOf(1530)) => new PaymasterRun(paymasterCancel, {}, order);

function refund(status: string, more: Record<string, unknown> = {}) {
  return {
    id: '700000001',
    created: '2030-01-15T07:00:01Z',
    paymentId: '900000001',
    amount: { value: '5.0000', currency: 'RUB' },
    status,
    ...more,
  };
}
/** Whole lists over 15 s without it. */
function absent(run: PaymasterRun, items: unknown[] = []): PaymasterRun {
  run.reply({ items });
  for (let lists = 1; lists < 6; lists++) {
    expect([run.outcomes, run.asked]).toEqual([[], 'GET /refunds']);
    run.wake().reply({ items });
  }
  return run;
}
const WHOLE = { amount: { value: 15.3, currency: 'RUB' } };

describe('a return (8.4)', () => {
  it('P-16: POST with our number as the key, then polled to Success', () => {
    const run = returning();
    expect([run.asked, run.sends[0]?.moves, run.request.headers['idempotency-key']]).toEqual([
      'POST /refunds',
      'money',
      '8-1-2-5-abc',
    ]);
    expect(JSON.parse(run.request.body ?? '')).toEqual({
      paymentId: '900000001',
      amount: { value: 5, currency: 'RUB' },
    });
    expect(run.prompt).toMatchObject({ show: 'wait', number: 'PM-19', cancellable: true });
    run.reply(refund('Pending'));
    expect([run.sleepMs, paymasterDriver.phase(run.state as never)]).toEqual([3_000, 'pending']);
    run.wake();
    expect(run.asked).toBe('GET /refunds/700000001');
    expect(run.reply(refund('Success')).outcomes).toEqual([APPROVED]);
  });

  it('of a payment of this machine, by its state alone', () => {
    const paid = waiting().wake().reply(payment('Settled'));
    const run = returning(
      orderOf(500, { ...(SOURCE as object), providerPaymentId: null, recalled: recall(paid.state, 1) } as never),
    );
    expect(JSON.parse(run.request.body ?? '')).toMatchObject({ paymentId: '900000001' });
  });

  it('of a payment whose id was never learned: found in the list by our number, or not made', () => {
    for (const providerPaymentId of [null, '../x']) {
      const source = { ...(SOURCE as object), providerPaymentId } as Order['source'];
      const begun = () => returning(orderOf(500, source));
      expect(begun().request).toMatchObject({ method: 'GET', url: expect.stringContaining('/payments?merchantId=') });
      const paid = begun().reply({ items: [payment('Settled')] });
      expect(JSON.parse(paid.request.body ?? '')).toMatchObject({ paymentId: '900000001' });
      expect(begun().reply({ items: [] }).outcome).toMatchObject({ kind: 'declined', say: { number: 'PM-18' } });
      const silent = begun().fail().wake().fail().wake().fail();
      expect([silent.outcomes, silent.sends.filter(({ moves }) => moves === 'money')]).toEqual([
        [{ kind: 'notSent', say: { number: 'PM-09' } }],
        [],
      ]);
    }
  });

  it('P-16: refused by the server, and before it', () => {
    const over = returning().reply(problem('invalid_operation', 'Amount exceeds the payment'), 400);
    const say = { number: 'PM-18', text: 'Запрос отклонен. Amount exceeds the payment' };
    expect(over.outcomes).toEqual([{ kind: 'declined', code: 'rejected', say }]);
    const local = returning(orderOf(1531));
    expect([local.outcome, local.sends]).toMatchObject([{ kind: 'declined', say: { number: 'PM-18' } }, []]);
    const rejected = returning().reply(refund('Rejected', { resultCode: 'IssuerUnavailable' }));
    expect(rejected.outcome).toMatchObject({ say: { number: 'PM-18', text: 'Эмитент недоступен' } });
    expect(returning().reply(problem('not_authorized'), 401).outcome).toMatchObject({ say: { number: 'PM-13' } });
  });

  it('of nothing is refused with an alarm', () => {
    const run = returning(orderOf(500, null));
    expect([run.outcome, run.sends.length, run.alarms.length]).toMatchObject([{ say: { number: 'PM-18' } }, 0, 1]);
  });

  it('PM-18 stood over a refund that was made: taking one back is PM-06, without an alarm', () => {
    for (const kind of ['refund', 'cancel']) {
      const run = cancelling(
        orderOf(500, { ...(SOURCE as object), recalled: recall({ kind, providerPaymentId: null }, 1) } as never),
      );
      const refused = { kind: 'declined', code: 'rejected', say: expect.objectContaining({ number: 'PM-06' }) };
      expect([run.outcome, run.sends, run.alarms]).toEqual([refused, [], []]);
    }
  });

  it('that did not leave is simply not made; after a lost one that proves nothing', () => {
    expect(returning().fail('notSent').outcomes).toEqual([{ kind: 'notSent', say: { number: 'PM-09' } }]);
    expect(returning().fail().wake().fail('notSent').outcomes).toEqual([]);
  });

  it('P-17: a lost answer is asked for by the same bytes under the same key, for ever', () => {
    const run = returning().fail();
    run.wake().reply('<html>').wake().reply('', 500);
    expect([run.outcomes, run.prompt]).toEqual([[UNDECIDED], null]);
    for (let round = 0; round < 10; round++) run.wake().fail();
    const posts = run.sends.map(
      ({ request }) => `${request.method} ${request.body} ${request.headers['idempotency-key']}`,
    );
    expect([new Set(posts).size, posts.length > 10]).toEqual([1, true]);
    expect(run.wake().reply(refund('Success')).outcomes).toEqual([UNDECIDED, APPROVED]);
  });

  it('P-17: a violation is looked up: payment, sum, the latest, not older than we are', () => {
    const run = returning().fail().wake().reply(problem('idempotency_key_violation'), 409);
    expect(run.asked).toBe('GET /refunds');
    run.reply({
      items: [
        refund('Success', { id: '1', created: '2030-01-15T06:00:00Z' }),
        refund('Success', { id: '2', paymentId: '900000002' }),
        refund('Success', { id: '3', amount: { value: 5.01, currency: 'RUB' } }),
      ],
    });
    expect(run.outcomes, 'it exists, whatever the list says').toEqual([]);
    run.wake().reply({ items: [refund('Success', { id: '1', created: '2030-01-15T06:59:59Z' })], cursor: 'c' });
    run.reply({ items: [refund('Pending')] }).wake();
    expect(run.asked).toBe('GET /refunds/700000001');
    expect(run.reply(refund('Success')).outcomes).toEqual([APPROVED]);
  });

  it('a refused repeat is a refusal only when the list has no refund of ours', () => {
    const repeated = () => returning().fail().wake().reply(problem('invalid_operation'), 400);
    expect(repeated().reply({ items: [refund('Success')] }).outcomes).toEqual([APPROVED]);
    expect(absent(repeated()).outcome).toMatchObject({ kind: 'declined', code: 'rejected' });
    const late = repeated().reply({ items: [] }).wake();
    expect(late.reply({ items: [refund('Success')] }).outcomes, 'one look is no proof').toEqual([APPROVED]);
    const odd = { ...refund('Success'), amount: { value: 'x', currency: 'RUB' } };
    expect(repeated().reply({ items: [odd] }).outcomes).toEqual([]);
  });

  it('lost, then refused: an older refund of the same sum, minutes ago, does not stand in for it', () => {
    const run = returning();
    run.givenBackIds = ['700000001'];
    run.fail().wake().reply(problem('invalid_operation'), 400);
    expect(absent(run, [refund('Success')]).outcome).toMatchObject({ kind: 'declined', code: 'rejected' });
  });

  it('lost, given back once more by hand: the refund of the other attempt does not stand in for it', () => {
    const run = returning().fail().wake().reply(problem('invalid_operation'), 400);
    run.givenBackIds = ['700000001'];
    expect(absent(run, [refund('Success')]).outcome).toMatchObject({ kind: 'declined', code: 'rejected' });
  });

  it('asked for the state again and again, a look without a pause is no proof of its absence', () => {
    const run = returning().fail().wake().reply(problem('invalid_operation'), 400);
    for (let round = 0; round < 10; round++) run.reply({ items: [] }).restart();
    expect(run.outcomes).toEqual([]);
    expect(run.reply({ items: [refund('Success')] }).outcome).toEqual(APPROVED);
  });

  it('the shop in the settings was changed meanwhile: its list says nothing of this refund', () => {
    const run = returning().fail();
    run.settings.merchantId = 'another';
    run.wake().reply(problem('invalid_operation'), 400);
    expect(new URL(run.request.url).searchParams.get('merchantId')).toBe(MERCHANT);
  });

  it.each([{ amount: { value: 5.01, currency: 'RUB' } }, { paymentId: '900000002' }])(
    'an answer with other figures is never believed: %o',
    (more) => {
      const run = returning().reply(refund('Success', more));
      expect([run.outcomes, run.alarms.length]).toEqual([
        [{ kind: 'unknown', say: expect.objectContaining({ number: 'PM-20' }) }],
        1,
      ]);
      run.wake();
      expect(run.asked).toBe('GET /refunds');
      expect(run.reply({ items: [refund('Success')] }).outcome).toEqual(APPROVED);
    },
  );

  it('Pending for too long sets the cashier free once', () => {
    const run = returning().reply(refund('Pending'));
    run.until(200_000, (one) => one.reply(refund('Pending')));
    expect([run.outcomes, run.prompt]).toEqual([[UNDECIDED], null]);
    expect(run.wake().reply(refund('Success')).outcome).toEqual(APPROVED);
  });
});

describe('a cancel of a paid bill: the queue', () => {
  it('at once, like a return', () => {
    expect(cancelling().reply(refund('Success', WHOLE)).outcomes).toEqual([APPROVED]);
  });

  it('without a link the cashier is free, and it goes on until it is done', () => {
    const run = cancelling().fail('notSent');
    expect([run.outcomes, run.prompt, paymasterDriver.phase(run.state as never)]).toEqual([
      [UNDECIDED],
      null,
      'intent',
    ]);
    run.wake().fail('notSent').wake().reply(problem('not_authorized'), 401).wake().reply(refund('Success', WHOLE));
    expect(run.outcomes).toEqual([UNDECIDED, APPROVED]);
  });

  it.each([
    ['posting', (run: PaymasterRun) => run, 'POST /refunds'],
    ['a pause', (run: PaymasterRun) => run.fail(), 'POST /refunds'],
    ['polling', (run: PaymasterRun) => run.reply(refund('Pending', WHOLE)), 'GET /refunds/700000001'],
    ['finding', (run: PaymasterRun) => run.reply(problem('idempotency_key_violation'), 409), 'GET /refunds'],
  ])('goes on after a restart: %s', (_name, walk, asked) => {
    const run = walk(cancelling()).restart();
    expect(run.asked).toBe(asked);
    run.reply(asked === 'GET /refunds' ? { items: [refund('Success', WHOLE)] } : refund('Success', WHOLE));
    expect(run.outcome).toEqual(APPROVED);
    expect(run.sends.every(({ request }) => request.body === null || request.body === run.sends[0]?.request.body)).toBe(
      true,
    );
  });

  it('after a restart a refusal may be the echo of the first one', () => {
    const run = cancelling().restart().reply(problem('invalid_operation'), 400);
    expect([run.asked, run.outcomes]).toEqual(['GET /refunds', []]);
  });
});
