/** Every network fault, while the session is demanded and while the money is asked for. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Story } from '../../story.ts';
import {
  answerDialog,
  beginAtSubtotal,
  boxOf,
  buyerCode,
  expectBooksAgree,
  expectDialog,
  expectSubtotal,
  journalRows,
  payWith,
  salesSeen,
  startOplati,
  unfinished,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

const MODES = [0, 1, 2] as const;
const NO_CONNECTION = 'Ошибка соединения с сервером';
const NOT_THIS = 'Ответ сервера не относится к этой операции';
/** What is said of an answer that is there and of no use. */
const ANSWERED: Readonly<Record<string, string>> = {
  'http-500': 'Сервер ответил ошибкой 500',
  garbage: 'Ответ сервера не распознан',
};
const NO_ANSWER = 'Ошибка обращения к серверу';
const UNAVAILABLE = 'Возможность проведения операций с использованием платежной системы "О!плати" временно недоступна';
const CHECKING = 'Проверка результата оплаты. Пожалуйста, подождите';
const DEMAND = { path: '/pos/demandPayment' };
const MONEY = { path: '/pos/payments', method: 'POST' };

async function expectPaid(): Promise<void> {
  await story.until('fully paid', () => story.dialog === null && /Сдача: 0\.00$/.test(story.row(23)));
  expect(journalRows(story)).toEqual(['О!плати | 15.30']);
  expectBooksAgree(story);
  story.press('f8');
  expect(story.shows('Чек закрыт')).toBe(true);
  expect(story.chargedKopecks()).toBe(1530);
  expect(unfinished(story)).toEqual([]);
  expectBooksAgree(story);
}

async function expectNotPaid(number: string, text: string): Promise<void> {
  await answerDialog(story, number, 'Ошибка', text);
  expectSubtotal(story, '15.30');
  expect(journalRows(story)).toEqual([]);
  expect(story.chargedKopecks()).toBe(0);
  expect(unfinished(story)).toEqual([]);
  expectBooksAgree(story);
}

/** Answers what the mode asks until only the buyer and the server are left. */
async function assist(mode: 0 | 1 | 2): Promise<void> {
  payWith(story, 7);
  if (mode === 0) story.scan(buyerCode(1));
  if (mode === 1) {
    await story.untilDialog('OPL-22');
    story.press('enter');
  }
}

describe.each(MODES)('mode %i, while the session is demanded', (mode) => {
  it('refuse: OPL-01 at once, nothing was sent', async () => {
    story = await beginAtSubtotal({ mode });
    await story.oplati.fault('refuse');
    payWith(story, 7);
    if (mode === 0) story.scan(buyerCode(1));
    await expectNotPaid('OPL-01', NO_CONNECTION);
    expect(story.shows('Нет связи: О!плати')).toBe(true);
  });

  const transient = ['drop-request', 'drop-reply', 'delay', 'http-500', 'garbage', 'slow-drip'];
  it.each(transient)(
    '%s once: no money can move yet, so it is simply asked again, and the sale is paid',
    async (kind) => {
      story = await beginAtSubtotal({ mode });
      await story.oplati.fault(kind, 1, DEMAND);
      if (mode === 0) {
        // The code went with the demand and is kept nowhere: the buyer shows a fresh one.
        payWith(story, 7);
        story.scan(buyerCode(1));
        await story.until('the fresh code is asked for', () => story.dialog === 'OPL-21');
        const why = ANSWERED[kind] ?? 'Нет ответа сервера';
        expect(story.row(24)).toBe(` ${why}. Отсканируйте новый QR-код покупателя.`);
        story.scan(buyerCode(2));
      } else {
        await assist(mode);
      }
      await expectPaid();
    },
  );

  it.each(transient)('%s without end: told as what it is after three tries', async (kind) => {
    story = await beginAtSubtotal({ mode });
    await story.oplati.fault(kind, 10, DEMAND);
    payWith(story, 7);
    for (let code = 1; mode === 0 && code <= 3; code++) {
      await story.until('the code is asked for', () => story.dialog === 'OPL-21');
      story.scan(buyerCode(code));
    }
    // A server that answers has a link, whatever it answers.
    const why = ANSWERED[kind];
    expect(story.shows('Нет связи: О!плати')).toBe(false);
    await expectNotPaid(
      why === undefined ? 'OPL-01' : 'OPL-14',
      why === undefined ? NO_CONNECTION : `${NO_ANSWER} ${why}`,
    );
    expect(story.shows('Нет связи: О!плати')).toBe(why === undefined);
    expect(story.oplati.requests().filter(({ path }) => path === DEMAND.path)).toHaveLength(3);
  });
});

describe.each(MODES)('mode %i, while the money is asked for', (mode) => {
  it('refuse: proved that it did not leave, OPL-01', async () => {
    story = await beginAtSubtotal({ mode });
    story.beforeSend = async ({ url }) => {
      if (url.endsWith('/pos/payments')) await story.oplati.fault('refuse');
    };
    await assist(mode);
    await expectNotPaid('OPL-01', NO_CONNECTION);
  });

  it.each([
    ['drop-request', {}],
    ['http-500', {}],
    ['garbage', { processed: false }],
  ])('%s %o: OPL-29, and after 75 s of an empty report OPL-14', async (kind, more) => {
    story = await beginAtSubtotal({ mode });
    await story.oplati.fault(kind, 1, { ...MONEY, ...more });
    await assist(mode);
    await story.untilDialog('OPL-29');
    const askedAt = story.clock.now();
    expectDialog(story, 'OPL-29', 'О!плати', `${CHECKING} К оплате: 15.30`);
    expect(boxOf(story)?.buttons).toBe('Отмена (ESC)');
    await expectNotPaid('OPL-14', NO_ANSWER);
    expect(story.clock.now() - askedAt).toBeGreaterThanOrEqual(65_000);
    expect([...salesSeen(story).values()]).toEqual([1]);
  });

  it.each([
    ['drop-reply', {}],
    ['delay', { ms: 60_000 }],
    ['http-500', { processed: true }],
    ['garbage', {}],
    ['slow-drip', {}],
  ])('%s %o: OPL-29, found in the report, paid once', async (kind, more) => {
    story = await beginAtSubtotal({ mode });
    await story.oplati.fault(kind, 1, { ...MONEY, ...more });
    await assist(mode);
    await expectPaid();
    expect(story.log()).toMatch(/paymentReports/);
  });

  it('a delay shorter than the limit is only a delay', async () => {
    story = await beginAtSubtotal({ mode });
    await story.oplati.fault('delay', 1, { ...MONEY, ms: 9_000 });
    await assist(mode);
    await expectPaid();
    expect(story.log()).not.toMatch(/paymentReports/);
  });

  it.each(['wrong-sum', 'wrong-order'])(
    'K20 %s: never believed, OPL-27, unknown; the exact row of the report attaches it',
    async (kind) => {
      story = await beginAtSubtotal({ mode });
      await story.oplati.fault(kind, 1, MONEY);
      await assist(mode);
      const what = kind === 'wrong-sum' ? 'Сумма оплаты не совпадает с суммой чека' : NOT_THIS;
      const text = `${what}. Обратитесь в службу технической поддержки`;
      await answerDialog(story, 'OPL-27', 'Ошибка', text);
      expectSubtotal(story, '15.30');
      expect(journalRows(story)).toEqual(['О!плати (неизвестно) | 15.30']);
      expectBooksAgree(story);
      await story.untilShows('О!плати: оплата подтверждена');
      await expectPaid();
      expect(story.log()).toMatch(/ERROR oplati .*does not match order/);
    },
  );
});

describe('the link that is lost', () => {
  it('second attempt while it is down: OPL-13; it goes away when the link is back', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    await story.oplati.fault('refuse');
    payWith(story, 7);
    await expectNotPaid('OPL-01', NO_CONNECTION);
    expect(story.row(24)).toMatch(/Нет связи: О!плати$/);
    for (let times = 0; times < 2; times++) {
      payWith(story, 7);
      await expectNotPaid('OPL-13', UNAVAILABLE);
    }
    await story.oplati.fault('none');
    await startOplati(story, 2);
    await story.until('paid', () => story.shows('Нажмите "Итого"'));
    expect(story.shows('Нет связи')).toBe(false);
    await expectPaid();
  });

  it('after OPL-14 as well, and cash works all the time', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    await story.oplati.fault('drop-request', 1, MONEY);
    await startOplati(story, 2);
    await answerDialog(story, 'OPL-14', 'Ошибка', NO_ANSWER);
    await story.oplati.fault('refuse');
    payWith(story, 7);
    await expectNotPaid('OPL-13', UNAVAILABLE);
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    expectBooksAgree(story);
  });

  it('a new attempt after a proven failure has a new order number', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    await story.oplati.fault('drop-request', 1, MONEY);
    await startOplati(story, 2);
    await answerDialog(story, 'OPL-14', 'Ошибка', NO_ANSWER);
    await startOplati(story, 2);
    await expectPaid();
    expect(salesSeen(story).size).toBe(2);
  });
});
