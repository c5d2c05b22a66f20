import { describe, expect, it } from 'vitest';
import type { ProgramEvent, ReaderEvent } from '../../../../src/payments/ports.ts';
import { assistDriver } from '../../../../src/payments/providers/assist/driver.ts';
import { assistPay } from '../../../../src/payments/providers/assist/pay.ts';
import { AssistRun, endOf, NUMBER, ORDER, operation, order, PAID, said } from './assist-run.ts';

const phase = (run: AssistRun) => assistDriver.phase(run.state as never);

/** The reader waits for a card. */
function reading(): AssistRun {
  const run = new AssistRun(assistPay).choose(1).hear({ is: 'connected', name: 'MPOS1' });
  return run.hear({ is: 'waitCard', display: ['Present card.'] });
}

it('SoftPOS is told where the buyer wants the receipt', () => {
  const run = new AssistRun(assistPay).feed({ answer: { text: 'mail@assist.ru' } }).choose(3);
  expect(run.commands.at(-1)?.command).toMatchObject({ ask: 'pay', email: 'mail@assist.ru' });
  expect(new AssistRun(assistPay).choose(3).commands.at(-1)?.command).not.toHaveProperty('email');
});

describe('the card reader', () => {
  it('until the pay command is out the cashier may go back to the means', () => {
    const run = new AssistRun(assistPay).choose(1);
    expect([run.prompt?.number, phase(run), run.asked('pay')]).toEqual(['AS-07', 'intent', 0]);
    expect(run.cancel().prompt).toMatchObject({ number: 'AS-01', choice: { selected: 1 } });
    expect(run.outcomes).toEqual([]);
    const own = new AssistRun(assistPay, { ...ORDER, option: 'reader' });
    expect(endOf(own.cancel())).toBe('cancelled');
  });

  it('stopped before a card was read: nothing was sent, back to the means', () => {
    const run = reading();
    expect([run.asked('pay'), phase(run)]).toEqual([1, 'sent']);
    run.cancel().hear({ is: 'aborted' });
    expect([run.prompt?.number, phase(run), run.outcomes]).toEqual(['AS-01', 'intent', []]);
  });

  it('what it says decides nothing: the order does', () => {
    const run = reading().hear({ is: 'card', by: 'chip', display: [] }).hear({ is: 'done', approved: true });
    expect([run.outcomes, run.prompt?.number]).toEqual([[], 'AS-05']);
    const bank = operation('AS000', {
      meannumber: '4893491234560062',
      tid: '63545902',
      approvalcode: 'X28328',
      rrn: '1',
    });
    run.result(order('Approved', { operations: [bank] }));
    expect(run.outcome).toMatchObject({
      kind: 'approved',
      slip: expect.arrayContaining([
        { label: 'Терминал', value: '63545902' },
        { label: 'Карта', value: '489349******0062' },
        { label: 'Код авторизации', value: 'X28328' },
      ]),
    });
  });

  it('the rows of a signed slip stand on the last one too', () => {
    const slip = [{ label: 'AID', value: 'A0000000031010' }];
    const run = reading().hear({ is: 'card', by: 'chip', display: [] }).hear({ is: 'signature', display: [], slip });
    run.ok().hear({ is: 'done', approved: true }).result(PAID);
    expect(run.outcome).toMatchObject({ slip: expect.arrayContaining(slip) });
  });

  it('so do the rows that the reader tells with the card through, of a payment by PIN as well', () => {
    const told = [
      { label: 'AID', value: 'A0000000031010 VISA' },
      { label: 'TVR', value: '0000208000' },
    ];
    const last = { label: 'TSI', value: 'E800' };
    const run = reading().hear({ is: 'card', by: 'chip', display: [] }).hear({ is: 'pin', wrong: false, display: [] });
    run.hear({ is: 'removeCard', approved: true, display: [], slip: told });
    run.hear({ is: 'done', approved: true, slip: [last] }).result(PAID);
    expect(run.outcome).toMatchObject({ slip: expect.arrayContaining([...told, last]) });
  });

  it('B-17: a wrong PIN is declined by the order; a reader that is lost leaves it pending', () => {
    const run = reading().hear({ is: 'card', by: 'chip', display: [] }).hear({ is: 'pin', wrong: true, display: [] });
    run.hear({ is: 'done', approved: false }).result(order('Declined', { operations: [operation('AS106')] }));
    expect([endOf(run), said(run)]).toEqual(['refused', 'AS-21']);
    const lost = reading().hear({ is: 'card', by: 'chip', display: [] }).hear({ is: 'processing', display: [] });
    lost.hear({ is: 'lost' }).result(order('In Process'));
    expect([lost.outcomes, phase(lost)]).toEqual([[], 'pending']);
    expect(endOf(lost.wake().result(PAID))).toBe('approved');
  });

  it('no order a minute after it ended: declined, and watched; a restart counts from then', () => {
    for (const run of [
      reading().hear({ is: 'card', by: 'nfc', display: [] }).hear({ is: 'lost' }),
      reading().restart(),
    ]) {
      for (let round = 0; round < 12; round++) run.result().wake();
      expect(run.outcomes).toEqual([]);
      run.result();
      expect(run.outcome).toMatchObject({ kind: 'declined', code: 'notRegistered', follow: true });
      expect(run.asked('pay')).toBe(1);
    }
  });

  it('a buyer who signs, or chooses, for ten minutes: the box stays; after a quarter of an hour it is given up', () => {
    const questions: ReaderEvent[] = [
      { is: 'signature', display: [], slip: [] },
      { is: 'selectApplication', options: ['MIR'], onReader: false, display: [] },
    ];
    for (const question of questions) {
      const run = reading().hear({ is: 'card', by: 'stripe', display: [] }).hear(question);
      run.feed({ answer: { slip: 'printed' } });
      const { number } = run.prompt ?? {};
      run.later(600_000).feed({ timer: true });
      expect([run.sends, run.prompt?.number, run.outcomes]).toEqual([[], number, []]);
      const stop = question.is === 'signature' ? { ask: 'signature', given: false } : { ask: 'abort' };
      expect(run.wake().commands.at(-1)?.command).toEqual(stop);
    }
  });

  it('the cashier’s word counts as one: a reader that was answered just now is not silent yet', () => {
    const run = reading().hear({ is: 'card', by: 'stripe', display: [] });
    run
      .hear({ is: 'signature', display: [], slip: [] })
      .feed({ answer: { slip: 'printed' } })
      .later(170_000)
      .ok();
    run.later(10_000).feed({ timer: true });
    expect(run.sends).toEqual([]);
    expect(run.wake().path).toBe('/orderresult/orderresult.cfm');
  });

  it('a silent reader is told to stop before its order is missed: no card may be taken after that', () => {
    for (const silent of [reading(), reading().hear({ is: 'card', by: 'chip', display: [] })]) {
      silent.wake();
      expect([silent.commands.at(-1)?.command, silent.path]).toEqual([
        { ask: 'abort' },
        '/orderresult/orderresult.cfm',
      ]);
    }
    // Esc, and no answer to it: nobody would ever get away from here.
    const deaf = reading().cancel();
    expect(deaf.wake().path).toBe('/orderresult/orderresult.cfm');
    expect(deaf.asked('abort')).toBe(2);
  });

  it('one that says nothing for minutes is as good as lost; Esc leaves the order to the background', () => {
    const run = reading().hear({ is: 'card', by: 'chip', display: [] }).wake();
    expect(run.paths).toEqual(['orderresult']);
    run.result(order('In Process')).cancel();
    expect(run.outcomes).toEqual([{ kind: 'unknown', say: { number: 'AS-25' } }]);
  });
});

describe('SoftPOS', () => {
  const paying = () => new AssistRun(assistPay).choose(3);
  const hear = (run: AssistRun, is: ProgramEvent['is']) =>
    run.feed({ device: 'program', event: { is } as ProgramEvent });

  it('B-18: is started once, and the order decides though the program says nothing', () => {
    const run = paying();
    expect(run.commands).toMatchObject([
      { moves: 'money', command: { ask: 'pay', orderNumber: NUMBER, amountKopecks: 100 } },
    ]);
    expect(run.prompt).toMatchObject({ show: 'wait', number: 'AS-31', cancellable: true });
    for (let round = 0; round < 20; round++) run.wake().result();
    expect(run.outcomes).toEqual([]);
    expect(endOf(run.wake().result(PAID))).toBe('approved');
  });

  it('missing: one good answer without the order is enough; no answer is not', () => {
    const run = hear(paying(), 'missing');
    expect(run.prompt?.number).toBe('AS-43');
    run.fail('lost').wake().result();
    expect([endOf(run), said(run)]).toEqual(['notRegistered', 'AS-43']);
    expect(run.outcome).not.toHaveProperty('follow');
  });

  it.each(['closed', 'lost'] as const)('%s: AS-43, then the order; without one for a minute not paid', (is) => {
    const run = hear(paying(), is);
    expect([run.prompt?.number, run.path]).toEqual(['AS-43', '/orderresult/orderresult.cfm']);
    run.ok().result();
    expect(run.prompt?.number).toBe('AS-05');
    while (run.outcome === undefined) run.wake().result();
    expect(run.outcome).toMatchObject({ kind: 'declined', code: 'notRegistered', follow: true });
    expect(endOf(hear(paying(), is).result(PAID))).toBe('approved');
  });

  it('Esc tells the program to stop; what it left open is given up, and payment wins', () => {
    const stopped = () => hear(paying().cancel(), 'closed');
    expect(stopped().asked('abort')).toBe(1);
    expect(stopped().prompt?.number).toBe('AS-05');
    const absent = stopped().result();
    while (absent.outcome === undefined) absent.wake().result();
    expect(absent.outcome).toEqual({ kind: 'declined', code: 'cancelled', say: null, follow: true });
    expect(stopped().result(order('In Process')).path).toBe('/api/v1/auth/login.cfm');
    expect(endOf(stopped().result(PAID))).toBe('approved');
    expect(said(paying().cancel().cancel())).toBe('AS-25');
  });
});
