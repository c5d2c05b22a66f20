/** The machines without money: `Получить токен` of the service menu and the list for the reconciliation. */
import { describe, expect, it } from 'vitest';
import { oplatiDriver } from '../../../../src/payments/providers/oplati/driver.ts';
import { oplatiReconcile } from '../../../../src/payments/providers/oplati/reconcile.ts';
import type { OplatiSettings } from '../../../../src/payments/providers/oplati/settings.ts';
import { oplatiToken } from '../../../../src/payments/providers/oplati/token.ts';
import { errorBody, info, MachineRun, ORDER, UNAUTHORISED } from '../machine-run.ts';

const NO_LINK = { kind: 'notSent', say: { number: 'OPL-01' } };
const RECEIVED = { kind: 'approved', providerPaymentId: null, say: { number: 'OPL-31' } };
const UNANSWERED = { kind: 'declined', code: 'notAuthorised', say: { number: 'OPL-14' } };
const EXISTS = 'Токен уже существует или касса работает в режиме пароля';

function expectNoMoney(run: MachineRun): void {
  expect(run.sends.map(({ moves }) => moves)).toEqual(run.sends.map(() => 'nothing'));
  expect(oplatiDriver.phase(run.state as never)).toBe('intent');
  expect(oplatiDriver.providerPaymentId(run.state as never)).toBeNull();
}

describe('Получить токен', () => {
  const token = (stored: string | null = null, settings: Partial<OplatiSettings> = {}) =>
    new MachineRun(oplatiToken, settings, ORDER, stored);

  it('asks, stores the token, and only then says that it is done', () => {
    const run = token();
    expect([run.request.method, run.path, run.body]).toEqual(['POST', '/tokens', {}]);
    run.reply(200, { token: 'fresh' });
    expect([run.token, run.outcomes]).toEqual(['fresh', [RECEIVED]]);
    expect(run.actions.map(({ do: what }) => what)).toEqual(['send', 'storeToken', 'finish']);
    expect(JSON.stringify(run.state)).not.toContain('fresh');
    expectNoMoney(run);
  });

  it('asks even when a token is stored or a password set, and shows the server neither', () => {
    for (const run of [token('stale'), token(null, { password: 'secret' })]) {
      expect(run.path).toBe('/tokens');
      expect(run.request.headers).not.toHaveProperty('token');
      expect(run.request.headers).not.toHaveProperty('password');
      expect(run.request.headers.regNum).toBe('OPL000000002');
    }
    expect(token('stale').reply(200, { token: 'fresh' }).token).toBe('fresh');
  });

  it('the server has one already: OPL-03; the register is unknown: OPL-04; the stored one stays', () => {
    const exists = token('stale').reply(400, errorBody('400', '', EXISTS, EXISTS));
    expect([exists.outcomes, exists.token]).toEqual([
      [{ kind: 'declined', code: 'notAuthorised', say: { number: 'OPL-03', text: EXISTS } }],
      'stale',
    ]);
    expect(token().reply(401, UNAUTHORISED).outcome).toMatchObject({
      code: 'notAuthorised',
      say: { number: 'OPL-04' },
    });
  });

  it('no link: not sent with OPL-01', () => {
    expect(token().fail('notSent').outcomes).toEqual([NO_LINK]);
  });

  it.each([
    ['lost', (run: MachineRun) => run.fail('lost'), null],
    ['5xx', (run: MachineRun) => run.reply(500, 'x'), 'Сервер ответил ошибкой 500'],
    ['a page instead of a refusal', (run: MachineRun) => run.reply(400, '<html>'), 'Сервер ответил ошибкой 400'],
    ['no token in it', (run: MachineRun) => run.reply(200, {}), 'Ответ сервера не распознан'],
    ['one that fits no header', (run: MachineRun) => run.reply(200, { token: 'a\r\nb' }), 'Ответ сервера не распознан'],
  ])(
    'no usable answer (%s): OPL-14, because the server may have made it; not repeated by itself',
    (_name, lose, text) => {
      const run = lose(token());
      const told = { ...UNANSWERED, say: { ...UNANSWERED.say, ...(text === null ? {} : { text }) } };
      expect([run.outcomes, run.sends.length, run.sleepMs, run.token]).toEqual([[told], 1, null, null]);
    },
  );

  it('after a restart it is asked again; a token that comes late is not thrown away', () => {
    const again = token().restart();
    expect([again.path, again.sends.length]).toEqual(['/tokens', 2]);
    expect(again.reply(400, errorBody('400', '', EXISTS, EXISTS)).outcome).toMatchObject({ say: { number: 'OPL-03' } });
    const late = token();
    const first = late.request.tag;
    expect(late.restart().reply(200, { token: 'fresh' }, first).outcomes).toEqual([RECEIVED]);
    expect(late.token).toBe('fresh');
    // The first one may have arrived: "not sent" would be a lie.
    expect(token().restart().fail('notSent').outcomes).toEqual([UNANSWERED]);
    const stale = token();
    const tag = stale.request.tag;
    expect(stale.restart().fail('lost', tag).outcomes).toEqual([]);
  });

  it('Esc, timers and the end change nothing', () => {
    const run = token().cancel().feed({ timer: true });
    expect([run.sends.length, run.outcomes]).toEqual([1, []]);
    run.reply(200, { token: 'fresh' }).restart().reply(200, { token: 'other' });
    expect([run.sends.length, run.outcomes.length, run.token]).toEqual([1, 1, 'fresh']);
  });
});

describe('the list of a shift', () => {
  const list = () => new MachineRun(oplatiReconcile);

  it('is asked for by the label of the shift; an empty one is a list, too', () => {
    const run = list();
    expect([run.request.method, run.path]).toEqual(['GET', '/paymentReports?shift=15012030']);
    expect(run.reply(200, []).outcomes).toEqual([{ kind: 'approved', providerPaymentId: null, operations: [] }]);
    expectNoMoney(run);
    expect(oplatiDriver.reconcile).toBe(oplatiReconcile);
  });

  it('carries every row: its id, number, kind, sum and state', () => {
    const outcome = list().reply(200, [
      info(1),
      info(2, { paymentId: 2, orderNumber: 17 }),
      info(0, { paymentId: 3, paymentType: 2 }),
      info(1, { paymentId: '9007199254740993', paymentType: 3, sum: 5, orderNumber: 'T1-R001' }),
      info(5, { paymentId: 5, paymentType: 4 }),
      info(9, { paymentId: 6 }),
    ]).outcome;
    expect(outcome).toMatchObject({ kind: 'approved' });
    const operations = outcome?.kind === 'approved' ? (outcome.operations ?? []) : [];
    expect(operations.map((one) => Object.values(one))).toEqual([
      ['1000001', 'T1-0001', 'payment', 1530, 'approved'],
      ['2', '17', 'payment', 1530, 'declined'],
      ['3', 'T1-0001', 'payment', 1530, 'pending'],
      ['9007199254740993', 'T1-R001', 'reversal', 500, 'approved'],
      ['5', 'T1-0001', 'reversal', 1530, 'declined'],
      ['6', 'T1-0001', 'payment', 1530, 'pending'],
    ]);
  });

  const part = (run: MachineRun, body: unknown) =>
    run.feed({ reply: { tag: run.request.tag, status: 200, body: JSON.stringify(body), isPart: true } });
  const told = (run: MachineRun) =>
    run.actions.flatMap((action) =>
      action.do === 'report' ? [[action.isFirst, ...action.operations.map((one) => one.providerPaymentId)]] : [],
    );

  it('tells its parts as they come, and keeps nothing of them', () => {
    const run = list();
    part(run, [info(1, { paymentId: 1 }), info(1, { paymentId: 2 })]);
    const { length } = JSON.stringify(run.state);
    part(run, [info(1, { paymentId: 3 })]);
    expect(JSON.stringify(run.state)).toHaveLength(length);
    expect(told(run)).toEqual([
      [true, '1', '2'],
      [false, '3'],
    ]);
    run.reply(200, [info(1, { paymentId: 4 })]);
    expect(run.outcome).toMatchObject({ kind: 'approved', operations: [{ providerPaymentId: '4' }] });
  });

  it('cut after some parts, is read from its beginning, and what was told is void', () => {
    const run = list();
    part(run, [info(1, { paymentId: 1 })]);
    run.fail('lost').wake();
    part(run, [info(1, { paymentId: 1 })]);
    run.reply(200, []);
    expect(told(run)).toEqual([
      [true, '1'],
      [true, '1'],
    ]);
    expect(run.outcome).toMatchObject({ kind: 'approved' });
  });

  it('with one part that is not understood is no list, however good the others', () => {
    const run = list();
    part(run, [info(1, { paymentId: 'x' })]);
    part(run, [info(1, { paymentId: 2 })]);
    run.reply(200, []);
    expect([run.outcome, told(run)]).toEqual([undefined, []]);
    run.wake().reply(200, []);
    expect(run.outcome).toMatchObject({ kind: 'approved', operations: [] });
  });

  it('lets no control character through to the screen', () => {
    const outcome = list().reply(200, [info(1, { orderNumber: 'A\u001b[2JB' })]).outcome;
    expect(outcome).toMatchObject({ operations: [{ orderNumber: 'A[2JB' }] });
  });

  it('a few tries, then OPL-01; without a connection at once', () => {
    const run = list().fail('lost');
    expect([run.outcomes, run.sleepMs]).toEqual([[], 1_000]);
    run.wake().reply(500, 'x').wake();
    expect(run.outcomes).toEqual([]);
    expect([run.fail('lost').outcomes, run.sends.length, run.alarms]).toEqual([[NO_LINK], 3, []]);
    expect(list().fail('notSent').outcomes).toEqual([NO_LINK]);
    expect(
      list()
        .fail('lost')
        .wake()
        .reply(200, [info(1)]).outcome?.kind,
    ).toBe('approved');
  });

  it.each([
    ['no list', {}],
    ['a row that is none', [7]],
    ['a sum that is none', [info(1), info(1, { sum: 'x' })]],
    ['a type nobody knows', [info(1, { paymentType: 9 })]],
  ])('understood in part (%s) is not taken; support gets an alarm', (_name, body) => {
    const run = list().reply(200, body).wake().reply(200, body).wake().reply(200, body);
    const say = { number: 'OPL-14', text: 'Ответ сервера не распознан' };
    expect([run.outcomes, run.alarms.length]).toEqual([[{ kind: 'declined', code: 'rejected', say }], 1]);
  });

  it('refused: OPL-04 without rights, else the words of the server', () => {
    expect(list().reply(401, '<html>').outcome).toMatchObject({ code: 'notAuthorised', say: { number: 'OPL-04' } });
    expect(list().reply(400, errorBody('400', '', 'x', 'Нет смены')).outcome).toMatchObject({
      kind: 'declined',
      say: { number: 'OPL-15', text: 'Нет смены' },
    });
  });

  it('after a restart it is asked again, and an answer of before is left alone', () => {
    const run = list();
    const stale = run.request.tag;
    run.restart().reply(200, [], stale);
    expect([run.sends.length, run.outcomes]).toEqual([2, []]);
    expect(run.reply(200, []).outcome?.kind).toBe('approved');
    const paused = list().fail('lost').restart();
    expect(paused.sends).toHaveLength(2);
    expect(paused.reply(200, []).restart().feed({ timer: true }).sends).toHaveLength(2);
  });
});
