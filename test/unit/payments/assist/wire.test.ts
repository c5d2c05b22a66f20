import { describe, expect, it } from 'vitest';
import { readCancelled, readFault, readResult } from '../../../../src/payments/providers/assist/answers.ts';
import { assistConf } from '../../../../src/payments/providers/assist/conf.ts';
import { assistDriver } from '../../../../src/payments/providers/assist/driver.ts';
import type { AssistSettings } from '../../../../src/payments/providers/assist/settings.ts';
import { readState } from '../../../../src/payments/providers/assist/status.ts';
import {
  assistOrderNumber,
  createRequest,
  externalRefundIdOf,
  readWireDate,
  requestCheckValue,
  stateCheckValue,
  wireDate,
} from '../../../../src/payments/providers/assist/wire.ts';
import { NUMBER, order, resultOf, SETTINGS } from './assist-run.ts';

const reply = (body: unknown, status = 200) => ({
  tag: 't',
  status,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

describe('pure parts', () => {
  it('B-1: check values', () => {
    const request = (orderNumber: string, amount: string) =>
      requestCheckValue('demo-word', { merchantId: '123456', orderNumber, amount, currency: 'RUB' });
    expect(request('ORD-1', '100.50')).toBe('163569DB064948EC0DA42A6073C324D6');
    expect(request('K7-000123', '48.30')).toBe('BF17ACB7E226306D415F7229E61E4007');
    expect(request('20300115_100000_007', '1.00')).toBe('E035AF6A1FC4CE1412135808B8E6ABC1');
    const state = { merchantId: '123456', orderNumber: 'ORD-1', amount: '100.50', currency: 'RUB', state: 'Approved' };
    expect(stateCheckValue('demo-word', state)).toBe('E131D1A3688001F6DECAFD18136A28D8');
  });

  it('B-2: order numbers, and the next free millisecond', () => {
    const localMs = Date.parse('2030-01-15T10:00:00.007Z');
    expect(assistOrderNumber(localMs)).toBe('20300115_100000_007');
    expect(assistOrderNumber(localMs + 1)).toBe('20300115_100000_008');
    expect(assistOrderNumber(Date.parse('2030-12-31T23:59:59.999Z') + 1)).toBe('20310101_000000_000');
  });

  it.each([
    ['Оплачен', 'Approved'],
    ['Отменен', 'Canceled'],
    ['Отменён', 'Canceled'],
    ['В процессе', 'In Process'],
    ['PROCESS', 'In Process'],
    ['Decline', 'Declined'],
    ['ОТКЛОНЕН', 'Declined'],
    ['approved', 'Approved'],
    ['Отменен частично', 'PartialCanceled'],
    ['Ожидает подтверждения оплаты', 'Delayed'],
    ['Неизвестно', 'Unknown'],
    [' Not found ', 'None'],
    ['НЕ СУЩЕСТВУЕТ', 'None'],
    ['Подтвержден', 'PartialDelayed'],
    ['constructor', null],
  ])('B-10: the state %s is %s', (word, state) => {
    expect(readState(word)).toBe(state);
  });

  it('dates are GMT; what is no date is none', () => {
    expect(wireDate(Date.parse('2030-01-15T07:03:00.999Z'))).toBe('15.01.2030 07:03:00');
    expect(readWireDate('15.01.2030 07:03:00')).toBe(Date.parse('2030-01-15T07:03:00Z'));
    expect(readWireDate('15.01.2030 07:03')).toBe(Date.parse('2030-01-15T07:03:00Z'));
    for (const text of ['31.02.2030 07:03:00', '2030-01-15', '', '15.01.2030 25:00:00']) {
      expect([text, readWireDate(text)]).toEqual([text, null]);
    }
  });

  it('the id of a refund is never too short', () => {
    expect(externalRefundIdOf('R-1')).toMatch(/^R-1[A-Za-z0-9_-]{7}$/);
    expect(externalRefundIdOf('T1-R0000001')).toBe('T1-R0000001');
  });
});

describe('answers', () => {
  it.each([
    ['1.00', 100],
    ['10.3', 1030],
    ['10', 1000],
    ['10.340', 1034],
    ['10.341', null],
    ['1e2', null],
    ['-1.00', null],
    ['', null],
  ])('a sum "%s" is %s kopecks, as text and as number', (text, kopecks) => {
    const read = (raw: string) => {
      const body = JSON.stringify(resultOf(order('Approved', { orderamount: 0 }))).replace('"orderamount":0', raw);
      return readResult(reply(body), SETTINGS)?.[0]?.amountKopecks ?? null;
    };
    expect(read(`"orderamount":"${text}"`)).toBe(kopecks);
    if (/^\d+(\.\d+)?$/.test(text)) expect(read(`"orderamount":${text}`)).toBe(kopecks);
  });

  it('no list, an empty one and null are the same; anything else proves nothing', () => {
    for (const body of [{ orderresult: { orders: [] } }, { orderresult: {} }, { orderresult: { orders: null } }]) {
      expect(readResult(reply(body), SETTINGS)).toEqual([]);
    }
    const useless = ['', '<html>', '[]', '{}', { orderresult: [] }, { orderresult: { orders: {} } }, resultOf({})];
    for (const body of useless) expect([body, readResult(reply(body), SETTINGS)]).toEqual([body, null]);
    expect(readResult(reply(resultOf(), 500), SETTINGS)).toBeNull();
  });

  it('B-15: a fault is understood in a frame and at the root, with the names of either service', () => {
    const framed = { fault: { faultcode: '5', faultstring: '158', detail: { message: 'Wrong\u001b[2J' } } };
    expect(readFault(reply(framed, 400))).toEqual({ first: '5', second: '158', text: 'Wrong[2J' });
    expect(readFault(reply({ faultcode: '5', faultstring: '158' }, 400))).toMatchObject({ first: '5', second: '158' });
    expect(readFault(reply({ firstcode: 5, secondcode: 158 }, 400))).toMatchObject({ first: '5', second: '158' });
    for (const body of ['<html>', {}, { firstcode: '0', secondcode: '0' }, { fault: 'x' }]) {
      expect([body, readFault(reply(body, 400))]).toEqual([body, null]);
    }
  });
});

describe('the driver', () => {
  it('brings its payment types only while it is set up', () => {
    expect(assistDriver.tenders(SETTINGS)).toEqual([{ code: 9, shortName: 'Асст', name: 'Ассист', option: null }]);
    for (const key of ['serverUrl', 'merchantId', 'login', 'password']) {
      expect(assistDriver.tenders({ ...SETTINGS, [key]: '' })).toEqual([]);
    }
    const four = assistDriver.tenders({ ...SETTINGS, currencies: 'four', readerUrl: '' });
    expect(four.map(({ code, name, option }) => [code, name, option])).toEqual([
      [9, 'Ассист: Наличные', 'cash'],
      [11, 'Ассист: СБП', 'sbp'],
      [12, 'Ассист: SoftPOS', 'softpos'],
    ]);
  });

  it('its settings: every default is accepted, documented, and gives the paper’s figures', () => {
    const absent = new Map(assistConf.keys.map((key) => [key.name, key.absent]));
    for (const key of assistConf.keys) {
      expect([key.name, key.accept(key.absent)]).toEqual([key.name, true]);
      expect(assistConf.text).toContain(`;${key.name} =`);
    }
    const settings = assistConf.settingsOf((name) => absent.get(name) ?? '');
    expect(settings).toMatchObject({ pollMs: 3000, pollFastForMs: 120_000, pollSlowMs: 10_000, timeoutMs: 20_000 });
    expect(settings).toMatchObject({ settleMs: 30_000, recheckMs: 600_000, secretWord: null });
    expect(settings).toMatchObject({ sbpMode: 'mpos', cashMode: 'mpos' });
    const bad = { serverUrl: 'ftp://x', merchantId: 'x', methods: 'cash,gold', timeout: '0', sbpMode: 'both' };
    for (const [name, value] of Object.entries(bad)) {
      expect([name, assistConf.keys.find((key) => key.name === name)?.accept(value)]).toEqual([name, false]);
    }
  });

  it('every path is a setting: from the root of the server, visible, no way up', () => {
    const paths = assistConf.keys.filter(({ name }) => name.startsWith('paths.'));
    expect(paths.map(({ name }) => name.slice('paths.'.length))).toEqual(Object.keys(SETTINGS.paths));
    for (const { name, accept } of paths) {
      for (const good of ['/', '/x.cfm', '/a/b.cfm?c=1'])
        expect([name, good, accept(good)]).toEqual([name, good, true]);
      for (const bad of ['', 'pay.cfm', '/a b', '/а', '/../x', '/a\tb', 'https://x/y', `/${'x'.repeat(200)}`]) {
        expect([name, bad, accept(bad)]).toEqual([name, bad, false]);
      }
    }
    const texts = new Map(assistConf.keys.map((key) => [key.name, key.absent]));
    for (const { name } of paths) texts.set(name, `/moved/${name}`);
    const moved = assistConf.settingsOf((name) => texts.get(name) ?? '');
    const created = (more: Partial<AssistSettings>) =>
      createRequest('t', ordered, { ...moved, serverUrl: 'https://assist.example', ...more }).url;
    const ordered = { orderNumber: NUMBER, amountKopecks: 100, email: '' };
    expect(created({ sbpMode: 'direct' })).toBe('https://assist.example/moved/paths.sbp');
    expect(created({ sbpMode: 'page' })).toBe('https://assist.example/moved/paths.page');
  });

  it.each([
    ['sbpMode', ['mpos', 'page', 'direct'], ['', 'Direct', 'form']],
    ['cashMode', ['mpos', 'form'], ['', 'page']],
    ['direct.qrField', ['qrcode', 'qr_code.2'], ['', 'qr code', '1x', 'поле']],
    ['form.modeField', ['PaymentMode', 'mode'], ['', 'ordernumber', 'Password', 'a=b']],
    ['form.modeValue', ['CASH', '5'], ['', 'CASH MONEY', 'НАЛ']],
  ])('%s takes %j and nothing like %j', (name, good, bad) => {
    const key = assistConf.keys.find((one) => one.name === name);
    expect(good.map((value) => key?.accept(value))).toEqual(good.map(() => true));
    expect(bad.map((value) => key?.accept(value))).toEqual(bad.map(() => false));
  });
});

describe('both published forms of an answer (assist.md 3.3)', () => {
  const settings: AssistSettings = { ...SETTINGS, merchantId: '123456', secretWord: 'demo-word' };
  const told = (amount: string, more: string, number = 'K7-000123', state = 'Approved') =>
    `{"OrderResult":{"orders":[{"billnumber":"5123456000000123","OrderNumber":"${number}","testmode":0,"ordercomment":"",` +
    `"orderamount":${amount},"ordercurrency":"RUB","orderdate":"04.03.2031 09:00:00","orderstate":"${state}",${more},` +
    '"operations":{"billnumber":"5123456000000123.1","operationtype":100,"operationstate":"Success","amount":48.3,' +
    '"currency":"RUB","responsecode":"AS000","message":" ","customermessage":" "}}]}}';
  const flat = (value: string) => `"packetdate":"04.03.2031 09:01","signature":"","checkvalue":"${value}"`;
  const framed = (value: string) => `"checkdata":{"packetdate":"04.03.2031 09:01:00","checkvalue":"${value}"}`;
  const SHORT = 'A6ADB57BBA7919EAFA22B10AD630DD98';
  const DECIMALS = 'A397602AC4EE472D24C7C9653CFC0D15';

  it.each([
    ['48.3', flat(SHORT), true],
    ['48.3', flat(DECIMALS), true],
    ['48.3', framed(SHORT.toLowerCase()), true],
    ['"48.30"', framed(DECIMALS), true],
    ['"48,30"', framed(DECIMALS), true],
    ['48.3000', flat(SHORT), true],
    ['48.4', flat(SHORT), false],
    ['48.3', flat(' '), false],
    ['48.3', flat(SHORT).replace('A6', 'B6'), false],
  ])('%s with %s is genuine: %s', (amount, check, isGenuine) => {
    const [order] = readResult(reply(told(amount, check)), settings) ?? [];
    expect(order?.isGenuine).toBe(isGenuine);
    expect(order?.operations).toMatchObject([{ type: '100', amountKopecks: 4830, customerMessage: '' }]);
  });

  it.each([
    ['100', '595C736A69F0E30A6CA6F046DE1BA124'],
    ['100', 'BC3B1B5624E1BB3B42A963BD12C56489'],
    ['"100.00"', '595C736A69F0E30A6CA6F046DE1BA124'],
  ])('a round sum %s: %s', (amount, value) => {
    expect(readResult(reply(told(amount, flat(value), 'K7-000124')), settings)).toMatchObject([
      { amountKopecks: 10_000, isGenuine: true },
    ]);
  });

  it('a word of the cancel tells nothing of the order; a word for "none" is no order', () => {
    const of = (state: string) => readResult(reply(told('48.3', flat(SHORT), 'K7-000123', state)), settings);
    for (const word of ['Cancel error', 'Ошибка отмены']) expect(of(word)).toMatchObject([{ state: 'Unknown' }]);
    expect(of('Not found')).toEqual([]);
  });

  it('the answer to a cancel has its check value beside the order or in it', () => {
    const [order] = JSON.parse(told('48.3', flat(SHORT))).OrderResult.orders;
    const { packetdate, checkvalue, signature, ...rest } = order;
    const checkdata = { packetdate, checkvalue };
    for (const wscancel of [{ order }, { order: rest, checkdata }, { order: { ...rest, checkdata } }]) {
      expect(readCancelled(reply({ wscancel }), settings)).toMatchObject({ isGenuine: true });
    }
    expect(readCancelled(reply({ wscancel: { order: rest } }), settings)).toMatchObject({ isGenuine: false });
  });

  it('10/201 is a good answer, except beside a refusal of ourselves or a server in trouble', () => {
    const none = { fault: { firstcode: 10, secondcode: 201, detail: 'нет заказа' } };
    expect(readResult(reply(none, 400), settings)).toEqual([]);
    expect(readResult(reply(none, 200), settings)).toEqual([]);
    expect(readResult(reply(none, 403), settings)).toBeNull();
    expect(readResult(reply(none, 500), settings)).toBeNull();
    expect(readFault(reply(none, 400))).toEqual({ first: '10', second: '201', text: 'нет заказа' });
  });
});
