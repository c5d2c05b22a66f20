/** What the cashier reads is what is known: not more, and of the operation that it is about. */
import { describe, expect, it } from 'vitest';
import { messageOf, textOf } from '../../../src/dialogs/messages/index.ts';
import type { Outcome } from '../../../src/payments/outcome.ts';
import { assistPay } from '../../../src/payments/providers/assist/pay.ts';
import { oplatiCancel } from '../../../src/payments/providers/oplati/cancel.ts';
import { oplatiLoyalty } from '../../../src/payments/providers/oplati/loyalty.ts';
import { oplatiPay } from '../../../src/payments/providers/oplati/pay.ts';
import { oplatiRefund } from '../../../src/payments/providers/oplati/refund.ts';
import { paymasterCancel } from '../../../src/payments/providers/paymaster/refund.ts';
import { ORDER as ASSIST_ORDER, AssistRun, order as assistOrder } from './assist/assist-run.ts';
import { errorBody, info, MachineRun, ORDER as OPLATI_ORDER } from './machine-run.ts';
import { charging } from './oplati/oplati-run.ts';
import { creating, ORDER, PaymasterRun, payment, waiting } from './paymaster/paymaster-run.ts';

/** `PM-06 Отмена ...` */
function told(outcome: Outcome | undefined): string {
  const say = outcome?.kind === 'approved' ? outcome.say : outcome?.say;
  if (say == null) return 'nothing';
  const params = { ...(say.text === undefined ? {} : { text: say.text }), ...say.params };
  return `${say.number} ${textOf(messageOf(say.number), params).replaceAll('\n', ' / ')}`;
}

const SOURCE = {
  orderNumber: 'T1-0001',
  providerPaymentId: '1000001',
  amountKopecks: 1530,
  shiftLabel: '15012030',
  recalled: { providerPaymentId: null, isReversal: false },
};

describe('О!плати', () => {
  it('a goods code in OPL-21 is not sent, and is called what it is', () => {
    for (const code of ['4810000000018', '2200004004556', '96385074', '0104810000000018215A']) {
      const run = new MachineRun(oplatiPay, { mode: 0 });
      run.feed({ answer: { code } });
      expect([code, run.sends.length, run.prompt]).toMatchObject([code, 0, { number: 'OPL-21' }]);
      expect(run.prompt).toMatchObject({ hint: 'Это штрих-код товара. Отсканируйте QR-код покупателя.' });
    }
    const buyer = new MachineRun(oplatiPay, { mode: 0 }).feed({ answer: { code: 'o-plati://o-buyer/one/AA=' } });
    expect(buyer.request.url).toContain('/demandPayment');
  });

  it('a refusal without words is not called an expired key', () => {
    const refused = (error: object) =>
      new MachineRun(oplatiPay, { mode: 0 }).feed({ answer: { code: 'c' } }).reply(400, error).outcome;
    expect(told(refused(errorBody('400', '', 'x', 'Действие ключа истекло!')))).toBe('OPL-02 Действие ключа истекло!');
    expect(told(refused(errorBody('400', '', 'bad field', '')))).toBe('OPL-15 bad field');
    expect(told(refused(errorBody('400', '', '', '')))).toBe('OPL-14 Ошибка обращения к серверу');
  });

  it.each([0, 1, 2] as const)('mode %i: a card is asked for without a word of paying', (mode) => {
    const run = new MachineRun(oplatiLoyalty, { mode });
    if (mode === 0) run.feed({ answer: { code: 'c' } });
    run.reply(200, { sessionId: 5001, confirmCode: '1359', dynamicQR: 'o-plati://o-cashpay/dyn/AA=' });
    if (mode === 1) run.feed({ answer: { ok: true } });
    while (run.outcome === undefined) {
      if (run.sleepMs !== null) run.wake();
      if (run.outcome === undefined && run.sleepMs === null) run.reply(200, { isConsumerReady: false });
    }
    const words = [...run.prompts.map((prompt) => JSON.stringify(prompt ?? '')), told(run.outcome)].join(' ');
    expect(words).not.toMatch(/плат[её]ж|для оплаты|Клиент не подтвердил/i);
  });

  it('a cancel in the queue: no link only where there is none', () => {
    const cancel = () => new MachineRun(oplatiCancel, {}, { ...OPLATI_ORDER, source: SOURCE });
    expect(told(cancel().fail('notSent').outcome)).toBe(
      'OPL-12 Ошибка соединения с сервером. Операция отмены в очереди будет выполнена после восстановления связи с сервером',
    );
    expect(told(cancel().fail('lost').reply(200, []).outcome)).toBe(
      'OPL-12 Результат отмены пока неизвестен. Операция отмены в очереди, касса завершит ее сама',
    );
    expect(told(cancel().fail('lost').reply(503, '').outcome)).toBe(
      'OPL-12 Сервер ответил ошибкой 503. Операция отмены в очереди, касса завершит ее сама',
    );
  });

  it('a refused return is a return; other figures are called a sum only where the sum differs', () => {
    const refund = new MachineRun(oplatiRefund, {}, { ...OPLATI_ORDER, source: SOURCE });
    expect(told(refund.reply(400, errorBody('400', '', 'x', 'Кошелек пуст')).outcome)).toBe(
      'OPL-18 Возврат О!плати не выполнен / Кошелек пуст',
    );
    expect(told(charging().reply(200, info(1, { sum: 15.31 })).outcome)).toBe(
      'OPL-27 Сумма оплаты не совпадает с суммой чека. Обратитесь в службу технической поддержки',
    );
    expect(told(charging().reply(200, info(1, { orderNumber: 'X' })).outcome)).toBe(
      'OPL-27 Ответ сервера не относится к этой операции. Обратитесь в службу технической поддержки',
    );
  });
});

describe('PayMaster', () => {
  it('PM-06 says of a cancel only what is known of it', () => {
    const noCancel = waiting().until(331_000, (run) => run.fail());
    expect(told(noCancel.outcome)).toBe('PM-06 Результат оплаты неизвестен. Касса спросит о нем сама');
    const unanswered = waiting().esc().fail().fail();
    unanswered.until(331_000, (run) => run.fail());
    expect(told(unanswered.outcome)).toBe('PM-06 Отмена оплаты не подтверждена. Обратитесь в платежную систему');
    const open = waiting().esc().fail();
    open.reply(payment('Confirmation')).until(331_000, (run) => run.reply(payment('Confirmation')));
    expect(told(open.outcome)).toBe('PM-06 Отмена оплаты не выполнена. Обратитесь в платежную систему');
  });

  it('a lost first POST that made nothing is not "no link"', () => {
    const run = creating({ stickerId: 'stk-1', display: 2 }).fail().reply({ items: [] });
    run.later(3_600_000).restart().reply({ items: [] });
    while (run.outcome === undefined || run.outcome.kind === 'unknown') run.wake().reply({ items: [] });
    expect(told(run.outcome)).toBe('PM-07 Оплата не выполнена / Счет у процессинга не найден');
  });

  it('a refund that waits tells why', () => {
    const source = { ...SOURCE, recalled: { ...SOURCE.recalled, providerPaymentId: '900000001' } };
    const cancel = () => new PaymasterRun(paymasterCancel, {}, { ...ORDER, source } as never);
    expect(told(cancel().fail('notSent').outcome)).toBe(
      'PM-19 Нет связи с процессингом. Возврат в очереди, касса выполнит его сама',
    );
    expect(told(cancel().fail('lost').outcome)).toBe('PM-19 Результат возврата неизвестен. Касса спросит о нем сама');
    expect(told(cancel().reply('<html>', 502).outcome)).toBe(
      'PM-19 Сервер ответил ошибкой 502. Касса спросит о нем сама',
    );
  });
});

describe('Assist', () => {
  const sbp = () => new AssistRun(assistPay, ASSIST_ORDER).choose(2).fail('lost');

  it.each([
    [assistOrder('PartialApproved'), 'AS-41 Ошибка Ассист: заказ в состоянии "Оплачен частично"'],
    [assistOrder('In Process', { orderamount: '2.00' }), 'AS-41 Ошибка Ассист: сумма заказа на сервере другая'],
    [assistOrder('In Process', { ordernumber: 'X' }), 'AS-41 Ошибка Ассист: ответ сервера не относится к заказу'],
  ])('an answer that is not believed is told by what is wrong with it (%#)', (record, text) => {
    expect(told(sbp().result(record as never).outcome)).toBe(text);
  });
});
