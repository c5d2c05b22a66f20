import { describe, expect, it } from 'vitest';
import { oplatiDriver } from '../../../../src/payments/providers/oplati/driver.ts';
import { errorBody, info, type MachineRun, UNAUTHORISED } from '../machine-run.ts';
import { APPROVED, charging, phase, polling, QR } from './oplati-run.ts';

describe('the sale', () => {
  it.each([0, 1, 2] as const)(
    'mode %i: is sent when the buyer is ready, with the receipt, and approved by status 1',
    (mode) => {
      const run = charging(mode);
      expect(run.sends.at(-1)?.moves).toBe('money');
      expect([run.request.method, run.path, phase(run)]).toEqual(['POST', '/payments', 'sent']);
      expect(run.body).toEqual({
        sum: 15.3,
        orderNumber: 'T1-0001',
        sessionId: 5001,
        shift: '15012030',
        details: {
          receiptNumber: '1',
          items: [
            { type: 1, name: 'Товар 1', barcode: '4810000000025', quantity: 1, unit: 'шт', price: 15.3, cost: 15.3 },
          ],
          amountTotal: 15.3,
        },
      });
      run.reply(200, info(1));
      expect(run.outcomes).toEqual([APPROVED]);
      expect(oplatiDriver.providerPaymentId(run.state as never)).toBe('1000001');
    },
  );

  it('mode 2 keeps the panel from the scan to the PIN', () => {
    const run = charging(2);
    expect(run.prompt).toMatchObject({ show: 'showQr', payload: QR, state: 'QR-код отсканирован' });
    run.reply(200, info(0));
    expect(run.prompt).toMatchObject({ show: 'showQr', payload: QR, state: 'Платеж ожидает подтверждения' });
  });

  it.each([
    [0, 2, 'refused', 'OPL-05', 'Отказ от платежа. Клиент не подтвердил платеж'],
    [1, 2, 'refused', 'OPL-05', 'Отказ от платежа. Клиент не подтвердил платеж'],
    [2, 2, 'refused', 'OPL-05', 'Отказ от платежа. Клиент не подтвердил платеж'],
    [0, 3, 'noFunds', 'OPL-06', undefined],
    [1, 3, 'noFunds', 'OPL-06', undefined],
    [2, 3, 'noFunds', 'OPL-06', undefined],
    [0, 4, 'timeout', 'OPL-05', 'Клиент не подтвердил платеж в течение отведенного времени'],
    [1, 4, 'timeout', 'OPL-08', 'Клиент не подтвердил платеж в течение отведенного времени'],
    [2, 4, 'timeout', 'OPL-09', 'Клиент не подтвердил платеж в течение отведенного времени'],
    [0, 5, 'cancelled', 'OPL-05', 'Операция отменена: не получена информация о статусе платежа'],
    [1, 5, 'cancelled', 'OPL-08', 'Операция отменена: не получена информация о статусе платежа'],
    [2, 5, 'cancelled', 'OPL-09', 'Операция отменена: не получена информация о статусе платежа'],
  ] as const)('mode %i: status %i is %s, %s, at once and after a PIN', (mode, status, code, number, text) => {
    const expected = { kind: 'declined', code, say: text === undefined ? { number } : { number, text } };
    expect(charging(mode).reply(200, info(status)).outcomes).toEqual([expected]);
    expect(polling(mode).wake().reply(200, info(status)).outcomes).toEqual([expected]);
  });

  it.each([0, 6, 99, -1])('status %i is pending, never approved', (status) => {
    const run = charging(0).reply(200, info(status));
    expect([run.outcomes, phase(run), run.prompt?.number, run.sleepMs]).toEqual([[], 'pending', 'OPL-24', 5_000]);
    run.wake().reply(200, info(status));
    expect([run.outcomes, run.sleepMs]).toEqual([[], 5_000]);
  });

  it('that did not leave ends with OPL-01; 401 with OPL-04', () => {
    expect(charging().fail('notSent').outcomes).toEqual([{ kind: 'notSent', say: { number: 'OPL-01' } }]);
    expect(charging().reply(401, UNAUTHORISED).outcome).toMatchObject({
      kind: 'declined',
      code: 'notAuthorised',
      say: { number: 'OPL-04' },
    });
  });

  it('answered 400 is looked up once: absent is a refusal in the words of the server', () => {
    const text = 'Продавец не сформировал требование об оплате!';
    const run = charging().reply(400, errorBody('400', '', text));
    expect([run.path, run.prompt?.number]).toEqual(['/paymentReports?shift=15012030', 'OPL-29']);
    expect(run.reply(200, []).outcomes).toEqual([
      { kind: 'declined', code: 'rejected', say: { number: 'OPL-15', text } },
    ]);
    expect(
      charging()
        .reply(400, errorBody('400', '', ''))
        .reply(200, []).outcome,
    ).toMatchObject({
      say: { number: 'OPL-14' },
    });
    expect(
      charging(1)
        .reply(400, errorBody('400', '166', 'x', 'y'))
        .reply(200, []).outcome,
    ).toMatchObject({
      code: 'rejected',
      say: { number: 'OPL-08' },
    });
  });

  it('answered 400 but present in the report has the status of its row', () => {
    const run = charging().reply(400, errorBody('400', '', 'x'));
    expect(run.reply(200, [info(1)]).outcomes).toEqual([APPROVED]);
    const pending = charging()
      .reply(400, errorBody('400', '', 'x'))
      .reply(200, [info(0)]);
    expect(phase(pending)).toBe('pending');
  });

  it.each([
    ['a page of a captive portal', 400, '<html>'],
    ['JSON without the shape', 400, '{}'],
    ['401 without the shape', 401, 'no'],
    ['404', 404, '{}'],
    ['a redirect', 302, ''],
    ['500', 500, errorBody('500', '', 'x')],
    ['not JSON', 200, 'OK'],
    ['cut JSON', 200, '{"paymentId":1000001,"status":1'],
    ['another shape', 200, { status: 1 }],
    ['a status as text', 200, info(1, { status: '1' })],
    ['a sum of three decimals', 200, info(1, { sum: 15.301 })],
    ['no id', 200, info(1, { paymentId: 0 })],
  ])('answered by %s decides nothing: the report is read', (_name, status, body) => {
    const run = charging().reply(status, body);
    expect([run.outcomes, phase(run), run.path]).toEqual([[], 'unknown', '/paymentReports?shift=15012030']);
  });
});

describe('waiting for the PIN', () => {
  it('asks the payment every 5 s and takes its final status', () => {
    const run = polling();
    expect(run.sleepMs).toBe(5_000);
    expect(run.wake().path).toBe('/payments/1000001');
    expect(run.reply(200, info(0)).wake().reply(200, info(1)).outcomes).toEqual([APPROVED]);
  });

  it.each([
    ['lost', (run: MachineRun) => run.fail('lost')],
    ['not sent', (run: MachineRun) => run.fail('notSent')],
    ['500', (run: MachineRun) => run.reply(500, 'x')],
    ['404', (run: MachineRun) => run.reply(404, errorBody('404', '', 'x'))],
    ['401', (run: MachineRun) => run.reply(401, UNAUTHORISED)],
    ['not JSON', (run: MachineRun) => run.reply(200, '<html>')],
  ])('stays pending when the question fails: %s', (_name, fail) => {
    const run = fail(polling().wake());
    expect([run.outcomes, phase(run), run.sleepMs]).toEqual([[], 'pending', 5_000]);
    expect(run.wake().reply(200, info(1)).outcomes).toEqual([APPROVED]);
  });

  it.each([0, 1, 2] as const)('mode %i: offers Esc in the hint after 200 s, once, and goes on waiting', (mode) => {
    const run = polling(mode);
    const hintBefore = run.prompt !== null && 'hint' in run.prompt ? run.prompt.hint : undefined;
    for (const startedAtMs = run.nowMs; run.nowMs - startedAtMs < 200_000; ) run.wake().reply(200, info(0));
    const prompt = run.prompt;
    expect(prompt).toMatchObject({ hint: expect.stringContaining('Esc') as string, deadlineMs: 0 });
    expect(hintBefore ?? '').not.toContain('Esc');
    run.wake().reply(200, info(0));
    expect(run.prompt).toBe(prompt);
    expect(run.wake().reply(200, info(1)).outcomes).toEqual([APPROVED]);
  });

  // Before, a payment that nobody waited for was asked for every 5 s for ever while its server was down.
  it('in the background a server that does not answer is asked ever more rarely; when it answers, steadily again', () => {
    const run = polling();
    for (const startedAtMs = run.nowMs; !run.outcomes.some(({ kind }) => kind === 'unknown'); run.wake().fail('lost')) {
      if (run.nowMs - startedAtMs > 7_200_000) throw new Error('the cashier is held for ever');
    }
    const pauses: number[] = [];
    for (let asked = 0; asked < 8; asked++) pauses.push(run.wake().fail('lost').sleepMs ?? 0);
    expect(Math.max(...pauses)).toBeGreaterThan(45_000);
    expect(run.wake().reply(200, info(0)).sleepMs).toBe(5_000);
    expect(run.wake().reply(200, info(1)).outcomes.at(-1)).toEqual(APPROVED);
  });

  it('goes on after a restart with the same payment', () => {
    const run = polling().wake().restart();
    expect([run.path, run.prompt?.number]).toEqual(['/payments/1000001', 'OPL-23']);
    expect(run.reply(200, info(1)).outcomes).toEqual([APPROVED]);
    expect(run.countOf('/payments')).toBe(1);
  });
});

it('names the secrets that must be masked', () => {
  const settings = { ...charging().settings, password: 'p' };
  expect(oplatiDriver.secrets(settings, 't')).toEqual(['p', 't']);
  expect(oplatiDriver.secrets({ ...settings, password: null }, null)).toEqual([]);
});
