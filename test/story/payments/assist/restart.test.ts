/** The program ends at any screen of a payment and comes back; and what it finds out of the days before. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ScenarioName } from '../../../../src/emulators/reader/scenario.ts';
import type { Story, StoryOptions } from '../../story.ts';
import { journalRows } from '../oplati/shop.ts';
import type { MemoryReader } from './reader-in-memory.ts';
import {
  beginShop,
  beginWithReader,
  bringToEnd,
  CREATE_PATH,
  chooseMeans,
  closeResult,
  expectBooks,
  hasQr,
  leaveSbp,
  openMenu,
  ordersPaid,
  payCash,
  readNotices,
  serverOf,
  startSbp,
  untilSettled,
  XPOS_PATH,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

const DAY_MS = 24 * 3_600_000;

/** SYS-09 is answered, the rest goes its way. */
async function restartAndEnd(): Promise<void> {
  await story.restart();
  expect(story.dialog, story.picture()).toBe('SYS-09');
  await bringToEnd(story);
  expect(story.otherChargedKopecks()).toBe(ordersPaid(story).length * 1530);
  expectBooks(story);
}

describe('СБП and cash', () => {
  it.each(['AS-01', 'AS-02'])('at %s: nothing was begun', async (number) => {
    story = await beginShop();
    await chooseMeans(story, 'Наличные');
    if (number === 'AS-01') story.press('escape');
    await story.untilDialog(number);
    await restartAndEnd();
    expect(serverOf(story).ledger()).toEqual([]);
  });

  it('while the QR is obtained: the order without a QR is given up', async () => {
    story = await beginShop({ assist: { emulator: { buyer: 'silent' } } });
    await serverOf(story).fault('delay', 1, { ...CREATE_PATH, ms: 10_000 });
    await chooseMeans(story, 'СБП');
    await story.until('it is there', () => serverOf(story).ledger().length === 1);
    await restartAndEnd();
    expect(serverOf(story).ledger()).toMatchObject([{ state: 'Canceled' }]);
  });

  it('with the QR on the screen: the same QR again, then paid', async () => {
    story = await beginShop({ assist: { emulator: { buyer: 'silent' } } });
    await startSbp(story);
    await story.restart();
    story.press('enter');
    await story.until('QR', () => hasQr(story));
    serverOf(story).pay();
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('paid while the program was down', async () => {
    story = await beginShop({ assist: { emulator: { buyer: 'silent' } } });
    await startSbp(story);
    serverOf(story).pay();
    await restartAndEnd();
    expect(ordersPaid(story)).toHaveLength(1);
  });

  it('while the order is given up: it is read, and asked for no more', async () => {
    story = await beginShop({ assist: { emulator: { buyer: 'silent' } } });
    await startSbp(story);
    await serverOf(story).fault('delay', 1, { path: '/api/v1/order/cancel.cfm', ms: 10_000 });
    story.press('f7', 'enter');
    await story.until('given up', () => serverOf(story).ledger()[0]?.state === 'Canceled');
    await restartAndEnd();
    expect(ordersPaid(story)).toEqual([]);
  });

  it('while cash is being told: once at the server, once in the receipt', async () => {
    story = await beginShop();
    await serverOf(story).fault('delay', 1, { ...XPOS_PATH, ms: 10_000 });
    await payCash(story);
    await story.until('it is there', () => serverOf(story).ledger().length === 1);
    await restartAndEnd();
    expect(ordersPaid(story)).toHaveLength(1);
  });

  it('with РЕЗУЛЬТАТ on the screen: the row is there', async () => {
    story = await beginShop();
    await payCash(story);
    await story.untilDialog('AS-04');
    await restartAndEnd();
    expect(ordersPaid(story)).toHaveLength(1);
  });
});

describe('nobody has logged in after the start', () => {
  /** As `bin/kassa run` starts: the next till asks for a password. */
  async function beginLoggedOut(buyer: 'pays' | 'silent'): Promise<() => Promise<Story>> {
    const till: StoryOptions['till'] = {};
    story = await beginShop({ assist: { emulator: { buyer } }, till });
    return async () => {
      till.autoLoginCode = null;
      return story.restart();
    };
  }

  it('an order that was on the screen takes no money from whoever stands there; Esc leads to the log-in', async () => {
    const restart = await beginLoggedOut('pays');
    await chooseMeans(story, 'Наличные');
    await story.untilDialog('AS-02');
    await restart();
    expect(story.till.state.register.user).toBeNull();
    story.press('enter');
    expect(story.row(24), story.picture()).toContain('Клавиша недоступна: войдите');
    story.press('escape', 'enter');
    expect(story.row(24), story.picture()).toContain('Клавиша недоступна: войдите');
    story.press('escape');
    expect(story.shows('Авторизация кассира'), story.picture()).toBe(true);
    expect(serverOf(story).requests()).toEqual([]);
  });

  it('a payment that is given up then leads to the log-in, not to the payment types', async () => {
    const restart = await beginLoggedOut('silent');
    await startSbp(story);
    await restart();
    await story.until('QR', () => hasQr(story));
    story.press('f7', 'enter');
    await story.until('given up', () => story.till.state.attempts.length === 0);
    expect(story.shows('Авторизация кассира'), story.picture()).toBe(true);
    expect(ordersPaid(story)).toEqual([]);
  });

  it('F8 on РЕЗУЛЬТАТ begins nothing', async () => {
    const restart = await beginLoggedOut('silent');
    await startSbp(story);
    await restart();
    serverOf(story).decline('AS102');
    await story.untilDialog('AS-21');
    story.press('f8');
    expect(story.shows('Авторизация кассира'), story.picture()).toBe(true);
    expect(story.row(24), story.picture()).toContain('Клавиша недоступна: войдите');
    expect(story.till.state.attempts).toEqual([]);
  });
});

describe('the card reader', () => {
  let reader: MemoryReader;
  const stages: [number: string, scenario: ScenarioName][] = [
    ['AS-08', 'chip'],
    ['AS-09', 'chip'],
    ['AS-10', 'chip'],
    ['AS-11', 'not-found'],
    ['AS-12', 'firmware-old'],
    ['AS-13', 'lost-before-card'],
    ['AS-14', 'no-card'],
    ['AS-15', 'low-battery'],
    ['AS-16', 'stripe'],
    ['AS-17', 'chip'],
    ['AS-18', 'chip'],
    ['AS-19', 'chip'],
    ['AS-20', 'wrong-pin'],
    ['AS-28', 'co-badged'],
    ['AS-29', 'co-badged-reader'],
    ['AS-30', 'chip'],
  ];

  it.each(stages)('at %s (%s)', async (number, scenario) => {
    ({ story, reader } = await beginWithReader());
    reader.play(scenario);
    await chooseMeans(story, 'Картридер');
    await story.until(number, () => {
      if (story.dialog !== number && story.dialog === 'AS-09') story.press('enter');
      return story.dialog === number;
    });
    // The line falls with the program; a card that is in stays in.
    reader.machine.unplugged();
    await restartAndEnd();
    const isPaidByReader = ['AS-17', 'AS-18', 'AS-19', 'AS-20', 'AS-29', 'AS-30'].includes(number);
    expect(ordersPaid(story), story.picture()).toHaveLength(isPaidByReader ? 1 : 0);
  });
});

describe('the days before', () => {
  it('an order left open two days ago was paid: AS-27, and its row counts', async () => {
    story = await beginShop({ assist: { emulator: { buyer: 'silent', sbpTtlMs: 3 * DAY_MS } } });
    await startSbp(story);
    await serverOf(story).fault('refuse');
    await leaveSbp(story);
    story.press('enter');
    await story.till.stop();
    story.clock.advance(2 * DAY_MS);
    serverOf(story).pay();
    await serverOf(story).fault('none');
    await story.restart();
    story.press('enter');
    await untilSettled(story);
    expect(journalRows(story)).toEqual(['Ассист, СБП | 15.30']);
    expect(story.row(24), story.picture()).toMatch(/Уведомлени[яй]: 1/);
    story.press('f8');
    expect(readNotices(story)).toContain('Статус заказа №20230822_171405_000 изменился на "Approved"');
    openMenu(story, 'Уведомления');
    story.press('enter');
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('cash taken without a link before the week-end is delivered at the start', async () => {
    story = await beginShop();
    await serverOf(story).fault('refuse');
    await payCash(story);
    await closeResult(story, 'AS-35', 'Оплачен');
    story.press('f8');
    await story.till.stop();
    story.clock.advance(4 * DAY_MS);
    await serverOf(story).fault('none');
    await story.restart();
    await untilSettled(story);
    expect(serverOf(story).ledger()).toMatchObject([{ state: 'Approved', tillDate: '2023-08-22T14:14:05.000Z' }]);
    expectBooks(story);
  });

  it('an order that did not exist was paid after all: AS-27, and the money goes back by the queue', async () => {
    story = await beginShop();
    await serverOf(story).fault('drop-request', 1, CREATE_PATH);
    await chooseMeans(story, 'СБП');
    await closeResult(story, 'AS-21', 'Не существует');
    story.press('f8');
    expect(story.document).toBeNull();
    // The request was on its way longer than anybody thought.
    const body = new URLSearchParams({
      Merchant_ID: '123456',
      Login: 'demo_user',
      Password: 'assist-demo-password',
      Format: '5',
      OrderNumber: '20230822_171405_000',
      OrderAmount: '15.30',
      OrderCurrency: 'RUB',
    });
    await fetch(serverOf(story).url + CREATE_PATH.path, { method: 'POST', body });
    serverOf(story).pay();
    expect(story.otherChargedKopecks()).toBe(1530);
    await story.restart();
    await story.until('given back', () => story.till.state.attempts.length === 0);
    expect(story.otherChargedKopecks()).toBe(0);
    expect(readNotices(story)).toContain('изменился на "Approved"');
    expectBooks(story);
  });
});
