import { describe, expect, it } from 'vitest';
import { creating, LINK, type PaymasterRun, payment, problem, waiting } from './paymaster-run.ts';

const APPROVED = { kind: 'approved', providerPaymentId: '900000001' };
const PAID_ANYWAY = { ...APPROVED, say: { number: 'PM-22' } };
const BY_CASHIER = { kind: 'declined', code: 'cancelled', say: { number: 'PM-05' } };
const UNKNOWN = { kind: 'unknown', say: expect.objectContaining({ number: 'PM-06' }) };
const PUT = 'PUT /payments/900000001/cancel';
const GET = 'GET /payments/900000001';
const REFUSED = problem('invalid_operation', 'Payment is final');

/** PM-06 was told, the machine asks on. */
function undecided(): PaymasterRun {
  const run = waiting().esc().fail().fail();
  return run.until(331_000, (one) => one.fail());
}

describe('the link is lost', () => {
  it.each([
    ['lost', (run: PaymasterRun) => run.fail()],
    ['not sent', (run: PaymasterRun) => run.fail('notSent')],
    ['HTML (P-20)', (run: PaymasterRun) => run.reply('<html>')],
    ['404', (run: PaymasterRun) => run.reply(problem('invalid_operation'), 404)],
    ['401', (run: PaymasterRun) => run.reply(problem('not_authorized'), 401)],
    ['500', (run: PaymasterRun) => run.reply('', 500)],
  ])('a question that fails (%s) decides nothing', (_name, fail) => {
    const run = fail(waiting().wake());
    expect([run.outcomes, run.sleepMs]).toEqual([[], 3_000]);
    expect(run.wake().reply(payment('Settled')).outcomes).toEqual([APPROVED]);
  });

  it('P-6: the dialog at 120 s, Повторить, paid meanwhile: one POST', () => {
    const run = waiting().wake().reply(payment('Confirmation'));
    run.until(115_000, (one) => one.fail());
    expect(run.prompt).toMatchObject({ show: 'showQr' });
    run.until(120_000, (one) => one.fail());
    expect([run.nowMs - Date.parse('2030-01-15T07:00:00Z'), run.prompt]).toMatchObject([120_000, { number: 'PM-03' }]);
    run.feed({ answer: { retry: true } });
    expect(run.prompt).toMatchObject({ show: 'showQr', payload: LINK, deadlineMs: 180_000 });
    run.fail().until(150_000, (one) => one.fail());
    expect(run.prompts.filter((prompt) => prompt?.number === 'PM-03')).toHaveLength(1);
    expect(run.wake().reply(payment('Settled')).outcomes).toEqual([APPROVED]);
    expect(run.countOf('POST /payments')).toBe(1);
  });

  it('with a good link there is no dialog; it opens at the first failure after 120 s', () => {
    const run = waiting();
    run.until(150_000, (one) => one.reply(payment('Confirmation')));
    expect(run.prompts.some((prompt) => prompt?.number === 'PM-03')).toBe(false);
    expect(run.wake().fail().prompt?.number).toBe('PM-03');
    expect(run.restart().prompt?.number, 'it stands after a restart').toBe('PM-03');
  });

  it('polls on behind the dialog: what is final ends it', () => {
    const run = waiting();
    run.until(120_000, (one) => one.fail());
    expect(run.prompt?.number).toBe('PM-03');
    run.wake().reply(payment('Confirmation'));
    expect(run.prompt?.number).toBe('PM-03');
    expect(run.wake().reply(payment('Settled')).outcomes).toEqual([APPROVED]);
  });

  it('a question that hangs does not keep the dialog away', () => {
    const run = waiting();
    run.until(114_000, (one) => one.fail());
    const { length } = run.sends;
    run.wake();
    expect(run.sends.length).toBe(length + 1);
    run.wake();
    expect([run.prompt?.number, run.sends.length]).toEqual(['PM-03', length + 1]);
  });

  it('nobody answers to the end of life and grace: unknown', () => {
    const run = waiting();
    run.until(120_000, (one) => one.fail());
    run.feed({ answer: { retry: true } }).fail();
    run.until(331_000, (one) => one.fail());
    expect([run.outcomes, run.prompt]).toEqual([[UNKNOWN], null]);
  });
});

describe('Esc: one PUT, the GET after it decides', () => {
  it('P-7: cancelled', () => {
    const run = waiting();
    run
      .until(120_000, (one) => one.fail())
      .fail()
      .esc();
    expect([run.asked, run.prompt]).toMatchObject([PUT, { show: 'wait', number: 'PM-04', cancellable: true }]);
    run.reply('<html>');
    expect(run.asked).toBe(GET);
    run.reply(payment('Cancelled', { resultCode: 'Success' }));
    expect([run.outcomes, run.countOf(PUT)]).toEqual([[BY_CASHIER], 1]);
  });

  // Without a link PM-04 stood for the rest of the bill's life, up to 20 minutes, and no key acted.
  it('is left by Esc once more: the cancel goes on behind the cashier’s back, and can be shown again', () => {
    const run = waiting().esc().esc();
    expect([run.outcomes, run.countOf(PUT)]).toEqual([[UNKNOWN], 1]);
    run.feed({ cashier: 'show' });
    expect(run.prompt).toMatchObject({ number: 'PM-04', cancellable: true });
    run.reply(payment('Cancelled', { resultCode: 'Success' }));
    expect([run.outcomes, run.countOf(PUT)]).toEqual([[UNKNOWN, BY_CASHIER], 1]);
  });

  it('P-8: the payment wins', () => {
    const run = waiting().esc().reply(REFUSED, 400).reply(payment('Settled'));
    expect([run.outcomes, run.countOf(PUT)]).toEqual([[PAID_ANYWAY], 1]);
  });

  it.each([
    [payment('Settled'), PAID_ANYWAY],
    [
      payment('Rejected', { resultCode: 'CancelledByUser' }),
      { kind: 'declined', code: 'refused', say: { number: 'PM-05' } },
    ],
  ])('P-9: the buyer’s bank is processing: PM-12 stands, polling goes on', (end, outcome) => {
    const run = waiting().esc().reply(REFUSED, 400).reply(payment('Confirmation'));
    expect(run.prompt).toMatchObject({ show: 'confirm', number: 'PM-12', no: null, kind: 'warning' });
    run.wake().reply(payment('Confirmation'));
    expect(run.prompt?.number).toBe('PM-12');
    run.feed({ answer: { ok: true } });
    expect(run.prompt).toMatchObject({ show: 'wait', cancellable: true, spins: true });
    expect(run.wake().reply(end).outcomes).toEqual([outcome]);
    expect([run.countOf(PUT), run.prompts.filter((prompt) => prompt?.number === 'PM-12').length]).toEqual([1, 1]);
  });

  it('P-10: the answer is lost, nothing final until expires + 30 s: PM-06, one PUT so far', () => {
    const run = waiting().esc().fail();
    expect(run.asked).toBe(GET);
    run.reply(payment('Confirmation'));
    run.until(325_000, (one) => one.reply(payment('Confirmation')));
    expect([run.outcomes, run.countOf(PUT), run.prompt?.number]).toEqual([[], 1, 'PM-04']);
    run.until(330_000, (one) => one.reply(payment('Confirmation')));
    expect([run.outcomes, run.countOf(PUT), run.prompt]).toEqual([[UNKNOWN], 1, null]);
  });

  it('a PUT that certainly did not leave was none: it goes out when the bill is read open', () => {
    const run = waiting().esc().fail('notSent');
    expect([run.countOf(PUT), run.sleepMs, run.prompt?.number]).toEqual([1, 3_000, 'PM-04']);
    run.wake().fail('notSent').wake().reply(payment('Confirmation'));
    expect([run.asked, run.countOf(PUT)]).toEqual([PUT, 2]);
    run.fail().reply(payment('Confirmation')).wake().reply(payment('Confirmation'));
    expect([run.countOf(PUT), run.outcomes]).toEqual([2, []]);
    expect(run.wake().reply(payment('Cancelled')).outcomes).toEqual([BY_CASHIER]);
  });

  it('a restart never repeats the PUT blindly', () => {
    const run = waiting().esc().restart();
    expect([run.asked, run.countOf(PUT), run.prompt?.number]).toEqual([GET, 1, 'PM-04']);
    expect(run.reply(payment('Cancelled')).outcomes).toEqual([BY_CASHIER]);
  });
});

describe('K32: the clock of the computer is dead after a power cut', () => {
  const DEAD = Date.parse('1970-01-01T00:00:10Z');
  const BUSY = problem('invalid_operation', 'Sticker is busy');

  it.each([
    ['the buyer is waited for', () => waiting().wake()],
    ['the cancel is read', () => waiting().esc()],
    ['the bill is looked for', () => creating().fail()],
  ])('%s: the cashier is not held for years, the machine asks on', (_name, walk) => {
    const run = walk();
    run.powerCut(DEAD - run.nowMs).fail();
    expect([run.outcomes, run.prompt]).toEqual([[UNKNOWN], null]);
    expect(run.wake().sends.length).toBeGreaterThan(2);
  });

  it('good lists without the bill prove nothing then', () => {
    const run = creating().fail();
    expect(run.powerCut(DEAD - run.nowMs).reply({ items: [] }).outcomes).toEqual([UNKNOWN]);
  });

  it('an old bill of the plate is read: half a minute, as ever', () => {
    const run = creating({ stickerId: 'stk-test-1' }).reply(BUSY, 400);
    run.powerCut(DEAD - run.nowMs).fail();
    for (let rounds = 0; rounds < 11 && run.outcomes.length === 0; rounds++) run.wake().fail();
    expect(run.outcome).toMatchObject({ kind: 'declined', code: 'rejected' });
  });
});

describe('after PM-06', () => {
  it('the cancel is repeated only after a reading that shows the bill open', () => {
    const run = undecided();
    expect([run.outcomes, run.countOf(PUT)]).toEqual([[UNKNOWN], 1]);
    run.wake().fail();
    expect(run.countOf(PUT)).toBe(1);
    run.wake().reply(payment('Confirmation')).wake().reply(payment('Confirmation'));
    expect([run.asked, run.countOf(PUT), run.prompt]).toEqual([PUT, 2, null]);
    run.fail().reply(payment('Cancelled'));
    expect([run.outcomes.length, run.outcome]).toMatchObject([2, { kind: 'declined', code: 'cancelled' }]);
  });

  it('pauses grow to a minute; the cashier’s Esc is nobody’s any more', () => {
    const run = undecided();
    for (let round = 0; round < 10; round++) run.wake().fail();
    expect(run.sleepMs).toBeGreaterThan(50_000);
    expect(run.sleepMs).toBeLessThanOrEqual(60_000);
    const { length } = run.sends;
    run.esc();
    expect([run.sends.length, run.outcomes.length]).toEqual([length, 1]);
  });

  it('paid after all is approved', () => {
    expect(undecided().wake().reply(payment('Settled')).outcome).toEqual(PAID_ANYWAY);
  });

  it('chosen again while the PUT is out, power cut: one reading after the restart frees the cashier', () => {
    const run = undecided().wake().reply(payment('Confirmation')).wake().reply(payment('Confirmation'));
    run.feed({ cashier: 'again' }).restart();
    expect([run.asked, run.prompt?.number]).toEqual([GET, 'PM-01']);
    expect(run.reply(payment('Confirmation')).outcomes).toEqual([UNKNOWN, UNKNOWN]);
  });

  it('chosen again: one reading in front of the cashier', () => {
    const again = () => undecided().feed({ cashier: 'again' });
    expect([again().asked, again().prompt]).toMatchObject([GET, { show: 'wait', number: 'PM-01', deadlineMs: 10_000 }]);
    expect(again().reply(payment('Settled')).outcomes).toEqual([UNKNOWN, APPROVED]);
    expect(again().reply(payment('Confirmation')).outcomes).toEqual([UNKNOWN, UNKNOWN]);
    expect(again().fail().outcomes).toEqual([UNKNOWN, UNKNOWN]);
    const expired = again().reply(payment('Rejected', { resultCode: 'PaymentExpired' }));
    expect(expired.outcome).toEqual({ kind: 'declined', code: 'timeout', say: { number: 'PM-08' } });
    const putting = undecided().wake().reply(payment('Confirmation')).wake().reply(payment('Confirmation'));
    expect(putting.asked).toBe(PUT);
    expect(putting.feed({ cashier: 'again' }).fail('notSent').outcomes, 'no link: not held for a long pause').toEqual([
      UNKNOWN,
      UNKNOWN,
    ]);
    const twice = again().reply(payment('Confirmation'));
    expect(twice.wake().reply(payment('Confirmation')).outcomes.length, 'told once a time').toBe(2);
    expect(again().restart().reply(payment('Settled')).outcome).toEqual(APPROVED);
  });

  it('is no input of a payment the cashier still waits for', () => {
    const run = waiting();
    const { length } = run.prompts;
    expect(run.feed({ cashier: 'again' }).prompts.length).toBe(length);
  });
});
