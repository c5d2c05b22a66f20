import { describe, expect, it } from 'vitest';
import { paymasterDriver } from '../../../../src/payments/providers/paymaster/driver.ts';
import {
  absent,
  creating,
  LINK,
  MERCHANT,
  ORDER,
  type PaymasterRun,
  PLATE,
  payment,
  problem,
  STARTED_AT_MS,
  withLink,
} from './paymaster-run.ts';

const APPROVED = { kind: 'approved', providerPaymentId: '900000001' };
/** The answer was lost, so "no link" would be a guess: what is known is that there is no bill. */
const NOT_MADE = { kind: 'declined', code: 'notRegistered', say: expect.objectContaining({ number: 'PM-07' }) };
const BY_CASHIER = { kind: 'declined', code: 'cancelled', say: { number: 'PM-05' } };
const UNKNOWN = { kind: 'unknown', say: expect.objectContaining({ number: 'PM-06' }) };
const PUT = 'PUT /payments/900000001/cancel';
const GET = 'GET /payments/900000001';
const STICKER = { stickerId: 'stk-test-1' };
const EMPTY = { items: [] };
const found = (status = 'Confirmation', more = {}) => ({ items: [payment(status, more)] });

describe('no usable answer to the POST (8.2)', () => {
  it.each([
    ['lost', (run: PaymasterRun) => run.fail()],
    ['500', (run: PaymasterRun) => run.reply(problem('validation_error'), 500)],
    ['a page of a captive portal (P-20)', (run: PaymasterRun) => run.reply('<html>')],
    ['an unknown code', (run: PaymasterRun) => run.reply(problem('odd'), 400)],
    ['a key violation (P-13)', (run: PaymasterRun) => run.reply(problem('idempotency_key_violation'), 409)],
    ['a payment without a number', (run: PaymasterRun) => run.reply(payment('Settled', { invoice: {} }))],
    [
      'a sum of three decimals',
      (run: PaymasterRun) => run.reply(payment('Settled', { amount: { value: 15.301, currency: 'RUB' } })),
    ],
    ['a restart', (run: PaymasterRun) => run.restart()],
  ])('%s: the list is read at once', (_name, happen) => {
    const run = happen(creating().later(60_000));
    const { searchParams } = new URL(run.request.url);
    expect([run.asked, searchParams.get('start'), searchParams.get('end'), run.outcomes]).toEqual([
      'GET /payments',
      '2030-01-15T06:55:00Z',
      '2030-01-15T07:06:00Z',
      [],
    ]);
    expect(paymasterDriver.phase(run.state as never)).toBe('unknown');
    expect(run.prompt).toMatchObject({ show: 'wait', number: 'PM-01', cancellable: true });
    expect(run.reply(found('Settled')).outcomes).toEqual([APPROVED]);
  });

  it('a key violation (P-13) is told to the log in the words of PM-21', () => {
    const run = creating().reply(problem('idempotency_key_violation'), 409);
    expect(run.alarms).toEqual(['PM-21 PayMaster: повтор ключа, состояние запрошено']);
  });

  it('a clock put forward while the program was down proves nothing of a plate: its life begins anew', () => {
    const run = creating(STICKER).powerCut(3_600_000);
    run.reply(EMPTY);
    expect(run.outcomes).toEqual([UNKNOWN]);
    run.until(3_600_000 + 300_000, (one) => one.reply(EMPTY));
    expect(run.outcomes).toEqual([UNKNOWN]);
    expect(run.wake().reply(found('Settled')).outcome).toMatchObject(APPROVED);
    const gone = creating(STICKER).powerCut(3_600_000).reply(EMPTY);
    while (gone.outcome?.kind === 'unknown') gone.wake().reply(EMPTY);
    expect(gone.outcome).toEqual(NOT_MADE);
    expect(gone.nowMs - STARTED_AT_MS - 3_600_000).toBeGreaterThanOrEqual(330_000);
  });

  it('and nothing of a dynamic QR until two lists over 15 s have none: nobody has ever seen it', () => {
    const run = creating().powerCut(3_600_000).reply(EMPTY);
    expect(run.outcomes).toEqual([]);
    run.until(3_600_000 + 15_000, (one) => one.reply(EMPTY));
    expect([run.outcomes, run.countOf('POST /payments')]).toEqual([[NOT_MADE], 1]);
  });

  it('a clock set back over a restart does not hide the bill: the list reaches beyond the POST', () => {
    const run = creating(STICKER).powerCut(-3_600_000);
    const end = new URL(run.request.url).searchParams.get('end');
    expect(end).toBe('2030-01-15T07:05:00Z');
  });

  it('the number stands twice: the alarm names both bills', () => {
    const items = [payment('Confirmation', { id: '900000002' }), payment('Settled')];
    const run = creating().fail().reply({ items });
    expect([run.outcome, run.alarms[0]]).toEqual([
      APPROVED,
      expect.stringContaining('900000002 Confirmation, 900000001 Settled'),
    ]);
  });

  it('P-11: found without a link is read, for its link; it goes on with it', () => {
    const run = creating().fail().reply(found());
    expect([run.asked, run.prompt?.number]).toEqual([GET, 'PM-01']);
    run.reply(withLink());
    expect(run.prompt).toMatchObject({ show: 'showQr', payload: LINK });
    expect(run.wake().reply(payment('Settled')).outcomes).toMatchObject([{ kind: 'approved' }]);
    expect(run.countOf(PUT)).toBe(0);
  });

  it('without a link for half a minute is cancelled once, read, and ends as not made', () => {
    const run = creating().reply(payment('Pending'));
    expect([run.outcomes, run.prompt?.number]).toEqual([[], 'PM-01']);
    run.until(27_000, (one) => one.reply(payment('Pending')));
    expect(run.countOf(PUT)).toBe(0);
    run.wake().reply(payment('Pending'));
    expect([run.asked, run.prompt?.number]).toEqual([PUT, 'PM-04']);
    run.reply('').reply(payment('Cancelled'));
    expect([run.outcomes, run.countOf(PUT)]).toEqual([[NOT_MADE], 1]);
  });

  it('a short row with our number, whose object says another one, is strange: never absent, never asked for again', () => {
    const { testMode: _, ...row } = payment('Confirmation');
    const run = creating()
      .fail()
      .reply({ items: [row] });
    run.reply(payment('Confirmation', { invoice: { orderNo: 'another' } }));
    expect(run.outcomes).toMatchObject([{ kind: 'unknown', say: { number: 'PM-20' } }]);
    expect(run.countOf('POST /payments')).toBe(1);
  });

  it('the first link stays on the screen; another one is an alarm, once', () => {
    const other = { ...withLink(), confirmation: { type: 'External', paymentUrl: `${LINK}&other=1` } };
    const run = creating().reply(withLink()).wake().reply(other).wake().reply(other);
    expect(run.prompt).toMatchObject({ show: 'showQr', payload: LINK });
    expect(run.alarms.filter((text) => text.includes('another link'))).toHaveLength(1);
  });

  it('a short row of our sum may be ours: its object tells, before the list proves anything', () => {
    const { invoice: _, ...row } = payment('Confirmation');
    const run = creating()
      .fail()
      .reply({ items: [row] });
    expect(run.asked).toBe(GET);
    run.reply(withLink());
    expect(run.prompt).toMatchObject({ show: 'showQr', payload: LINK });
  });

  it('found with a link goes on', () => {
    const run = creating()
      .fail()
      .reply({ items: [payment('Settled', { invoice: { orderNo: 'x' } }), withLink()] });
    expect(run.prompt).toMatchObject({ show: 'showQr', payload: LINK });
  });

  it('a cash link: the plate holds the link of a bill that is found', () => {
    const run = creating(STICKER).fail().reply(found());
    expect(run.asked).toBe('GET /stickers/stk-test-1');
    run.fail().wake().reply({ id: 'stk-test-1', payload: PLATE });
    expect(run.prompt).toMatchObject({ show: 'showQr', payload: PLATE });
    expect(run.countOf(PUT)).toBe(0);
  });

  it.each([
    [{ id: 'stk-test-1', payload: 'javascript:0' }, 200],
    [problem('invalid_operation'), 404],
  ])('a sticker without a link that may be shown: the bill is cancelled', (body, status) => {
    const run = creating(STICKER).reply(payment('Pending')).reply(body, status);
    expect(run.asked).toBe(PUT);
  });

  it('follows the cursors of a list', () => {
    const run = creating()
      .fail()
      .reply({ items: [payment('Settled', { invoice: {} })], cursor: 'c 1' });
    expect(new URL(run.request.url).searchParams.get('cursor')).toBe('c 1');
    expect(run.reply(found('Settled')).outcomes).toEqual([APPROVED]);
  });

  it('P-12: two good lists over 15 s without it, then the same key and the same bytes', () => {
    const run = absent(creating().fail());
    const posts = run.sends.filter(({ request }) => request.method === 'POST').map(({ request }) => request);
    expect(posts.map(({ body, headers }) => [body, headers['idempotency-key']])).toEqual([
      [posts[0]?.body, ORDER.orderNumber],
      [posts[0]?.body, ORDER.orderNumber],
    ]);
    expect(posts[0]?.tag).not.toBe(posts[1]?.tag);
    expect(run.nowMs - Date.parse('2030-01-15T07:00:00Z')).toBe(15_000);
    expect(run.reply(withLink()).prompt).toMatchObject({ show: 'showQr', payload: LINK });
  });

  it('one good list is not enough, however late', () => {
    const run = creating().fail().fail();
    run
      .until(18_000, (one) => one.fail())
      .wake()
      .reply(EMPTY);
    expect([run.asked, run.countOf('POST /payments')]).toEqual(['GET /payments', 1]);
    expect(run.wake().reply(EMPTY).countOf('POST /payments')).toBe(2);
  });

  it('a refused repeat proves nothing about the first', () => {
    const repeated = () => absent(creating(STICKER).fail()).reply(problem('invalid_operation', 'Sticker is busy'), 400);
    expect(repeated().asked).toBe('GET /payments');
    expect(repeated().reply(found('Settled')).outcomes).toEqual([APPROVED]);
    expect(absent(repeated()).outcomes).toMatchObject([
      { kind: 'declined', code: 'rejected', say: { number: 'PM-07' } },
    ]);
  });

  it('a repeat that did not leave is no proof either; the late answer of a POST is as good as a list', () => {
    expect(absent(creating().fail()).fail('notSent').asked).toBe('GET /payments');
    const run = creating();
    const { tag } = run.request;
    run.restart().reply(withLink(), 200, tag);
    expect(run.prompt).toMatchObject({ show: 'showQr', payload: LINK });
  });

  it('no list at all: the dialog at 120 s, unknown after the bill’s life and grace, decided by the first good list', () => {
    const run = creating().fail().fail();
    run.until(120_000, (one) => one.fail());
    expect(run.prompt).toMatchObject({ show: 'retryOrCancel', number: 'PM-03', cancelLabel: 'Отменить' });
    run.feed({ answer: { retry: true } });
    expect(run.prompt).toMatchObject({ show: 'wait', number: 'PM-01' });
    run.fail().until(340_000, (one) => one.fail());
    expect([run.outcomes, run.prompt, run.countOf('POST /payments')]).toEqual([[UNKNOWN], null, 1]);
    expect(run.wake().reply(EMPTY).outcome).toEqual(NOT_MADE);
  });

  it('good lists to the end of the bill’s life: certainly not made', () => {
    const run = creating().fail().reply(EMPTY);
    run.until(330_000, (one) => {
      one.reply(EMPTY);
      if (one.request.method === 'POST') one.fail('notSent').reply(EMPTY);
    });
    expect(run.outcomes).toEqual([NOT_MADE]);
  });

  it('Esc meanwhile: nobody saw the link of a dynamic QR; a plate may still get the amount', () => {
    const dynamic = absent(creating().esc().fail());
    expect([dynamic.outcomes, dynamic.prompt?.number, dynamic.countOf('POST /payments')]).toEqual([
      [BY_CASHIER],
      'PM-04',
      1,
    ]);
    const plate = absent(creating(STICKER).esc().fail());
    expect(plate.outcomes).toEqual([UNKNOWN]);
    plate.wake().reply(found());
    expect(plate.asked).toBe(PUT);
    expect(plate.fail().reply(payment('Cancelled')).outcome).toMatchObject({ kind: 'declined', code: 'cancelled' });
  });

  it('a plate: looked for so far back that a clock running ahead hides nothing', () => {
    const run = creating(STICKER).fail();
    expect(new URL(run.request.url).searchParams.get('start')).toBe('2030-01-15T06:35:00Z');
  });

  it('the shop in the settings was changed meanwhile: the list of the old one is read, nothing else proves', () => {
    const run = creating();
    run.settings.merchantId = 'another';
    run.fail();
    expect(new URL(run.request.url).searchParams.get('merchantId')).toBe(MERCHANT);
  });

  it('Esc while the bill is made: its answer is cancelled at once, the link is never shown', () => {
    const run = creating().esc().reply(withLink());
    expect([run.asked, run.prompts.some((prompt) => prompt?.show === 'showQr')]).toEqual([PUT, false]);
  });
});

describe('P-3, PM-11: the plate is busy', () => {
  const BUSY = problem('invalid_operation', 'Sticker is busy');
  const old = (orderNo: string, status = 'Confirmation') =>
    payment(status, { id: '5', invoice: { orderNo }, paymentData: { paymentMethod: 'SBP', ...STICKER } });

  it('our own old bill is cancelled and read before the cashier tries again', () => {
    const run = creating(STICKER).reply(BUSY, 400);
    expect(new URL(run.request.url).searchParams.get('start')).toBe('2030-01-15T06:35:00Z');
    run.reply({ items: [old('9-1-1-1-x'), old('8-1-1-0-x', 'Settled'), old('8-1-1-0-y')] });
    expect(run.asked).toBe('PUT /payments/5/cancel');
    run.restart().reply(old('8-1-1-0-y')).wake().reply(old('8-1-1-0-y', 'Cancelled'));
    expect(run.outcomes).toEqual([
      { kind: 'declined', code: 'rejected', say: expect.objectContaining({ number: 'PM-11' }) },
    ]);
    expect([run.countOf('PUT /payments/5/cancel'), run.countOf('POST /payments')]).toEqual([1, 1]);
  });

  it('a bill of another till, or with a number that only looks like ours, is never touched', () => {
    const run = creating(STICKER)
      .reply(BUSY, 400)
      .reply({ items: [old('88-1-1-1-x'), old('T1-0001')] });
    expect(run.outcomes).toMatchObject([{ code: 'rejected', say: expect.objectContaining({ number: 'PM-11' }) }]);
    expect(run.story.some((line) => line.startsWith('PUT'))).toBe(false);
  });

  it('a bill of a register of our number in another shop, on no plate, is never touched', () => {
    const onNoPlate = (orderNo: string) => payment('Confirmation', { id: '5', invoice: { orderNo } });
    const another = creating(STICKER)
      .reply(BUSY, 400)
      .reply({ items: [onNoPlate('8-1-1-1-xyz')] });
    expect([another.outcome?.kind, another.countOf('PUT /payments/5/cancel')]).toEqual(['declined', 0]);
    expect(another.outcome).toMatchObject({ say: { number: 'PM-07' } });
  });

  it('no such bill: the server’s own reason; no list: not for ever', () => {
    const say = { number: 'PM-07', text: 'Запрос отклонен. Sticker is busy' };
    expect(creating(STICKER).reply(BUSY, 400).reply(EMPTY).outcome).toMatchObject({ code: 'rejected', say });
    const run = creating(STICKER).reply(BUSY, 400).fail();
    run.until(30_000, (one) => one.fail());
    expect(run.outcomes).toMatchObject([{ code: 'rejected', say }]);
  });

  it('an old bill that was paid is told to the log', () => {
    const run = creating(STICKER)
      .reply(BUSY, 400)
      .reply({ items: [old('8-1-1-0-y')] });
    run.fail().reply(old('8-1-1-0-y', 'Settled'));
    expect([run.outcome?.kind, run.alarms.length]).toEqual(['declined', 1]);
  });
});
