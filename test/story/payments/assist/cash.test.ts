/** Наличные: change, result, and cash that is taken without a link (SCR-41, 43, 49, 50). */
import { afterEach, describe, expect, it } from 'vitest';
import type { Story } from '../../story.ts';
import { expectDialog, expectSubtotal, journalRows, payWith } from '../oplati/shop.ts';
import {
  ASSIST,
  beginShop,
  CANCEL_PATH,
  chooseMeans,
  closeResult,
  expectBooks,
  openMenu,
  payCash,
  readNotices,
  resultOf,
  serverOf,
  untilSettled,
  XPOS_PATH,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

const ROW = 'Ассист, наличные | 15.30';
const CANCEL_QUESTION = 'Отменить оплату? Ассист, наличные 15.30';

async function payOffline(): Promise<void> {
  await serverOf(story).fault('refuse');
  await payCash(story);
  await story.untilDialog('AS-35');
}

describe('with a link', () => {
  it('ПОДСЧЕТ СДАЧИ counts the change as it is typed; мало refuses, Esc goes back to the order', async () => {
    story = await beginShop();
    await chooseMeans(story, 'Наличные');
    await story.untilDialog('AS-02');
    expect(story.shows('ПОДСЧЕТ СДАЧИ')).toBe(true);
    expect(
      story.screen.some((row) => /Сдача: +0\.00 +OK/.test(row)),
      story.picture(),
    ).toBe(true);
    story.press('type:10');
    expect(
      story.screen.some((row) => /мало/.test(row)),
      story.picture(),
    ).toBe(true);
    story.press('enter');
    expect(story.dialog, story.picture()).toBe('DOM-32');
    story.press('enter');
    expect(story.dialog).toBe('AS-02');
    story.press('escape');
    await story.untilDialog('AS-01');
    story.press('enter');
    await story.untilDialog('AS-02');
    story.press('type:20');
    expect(
      story.screen.some((row) => /Сдача: +4\.70 +OK/.test(row)),
      story.picture(),
    ).toBe(true);
    story.press('enter');
    await story.untilDialog('AS-04');
    expect(resultOf(story, 'Сумма заказа:')).toBe('15.30 руб.');
    expect(resultOf(story, 'Предоплата:')).toBe('-');
    expect(resultOf(story, 'Способ оплаты:')).toBe('НАЛИЧНЫЕ');
    expect(resultOf(story, 'Номер заказа:')).toBe('20230822_171405_000');
    expect(resultOf(story, 'Номер транзакции:')).toBe('5123456000000001');
    await closeResult(story, 'AS-04', 'Оплачен');
    expect(journalRows(story)).toEqual([ROW]);
    story.press('f8');
    expect(story.document).toBeNull();
    expect(story.otherChargedKopecks()).toBe(1530);
    expectBooks(story);
  });

  it('F8 on РЕЗУЛЬТАТ prints the slip', async () => {
    story = await beginShop();
    await payCash(story);
    await story.untilDialog('AS-04');
    expect(story.row(25)).toContain('F8 Печать чека');
    story.press('f8');
    await story.until('slip', () => story.paper().includes('20230822_171405_000'));
    expect(story.paper()).toContain('ОПЛАЧЕН');
    expect(story.paper()).toContain('15.30');
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  // Incident: two alike were printed.
  it('the slip of F8 is the only one: a second F8 is marked КОПИЯ, closing prints none', async () => {
    story = await beginShop();
    await payCash(story);
    await story.untilDialog('AS-04');
    const slips = () => story.paper().split('ОПЛАЧЕН').length - 1;
    story.press('f8');
    await story.until('slip', () => slips() === 1);
    expect(story.paper()).not.toContain('КОПИЯ');
    story.press('f8');
    await story.until('copy', () => slips() === 2);
    expect(story.paper()).toContain('КОПИЯ');
    await closeResult(story, 'AS-04', 'Оплачен');
    story.press('f8');
    await story.until('sale slip', () => story.paper().includes('ИТОГ'));
    await story.until('all printed', () => story.till.state.printJobs.length === 0);
    expect(slips()).toBe(2);
    expectBooks(story);
  });

  it('Esc takes the paid row back', async () => {
    story = await beginShop();
    await payCash(story);
    await closeResult(story, 'AS-04', 'Оплачен');
    story.press('escape');
    expectDialog(story, 'OPL-25', 'Выберите действие', CANCEL_QUESTION);
    story.press('enter');
    await untilSettled(story);
    expectSubtotal(story, '15.30');
    expect(story.otherChargedKopecks()).toBe(0);
    expectBooks(story);
  });
});

describe('a server that hangs', () => {
  // 18-20 s without a key, each sale anew.
  it('is not waited for: Esc takes the cash as it is, and the next sale does not ask at all', async () => {
    story = await beginShop();
    await serverOf(story).fault('delay', 1, { path: '/xpos/payment.cfm', ms: 60_000 });
    await payCash(story);
    await story.untilDialog('AS-03');
    expect(story.shows('Осталось: 20 с'), story.picture()).toBe(true);
    await story.pass(3_000);
    expect(story.row(24)).toContain('Esc - не ждать: наличные приняты, касса передаст данные сама');
    story.press('escape');
    await closeResult(story, 'AS-35', 'Оплачен');
    story.press('f8');
    story.goods('2').press('f6');
    await serverOf(story).fault('drop-reply', 1000);
    await payCash(story);
    await closeResult(story, 'AS-35', 'Оплачен');
    story.press('f8');
    story.goods('2').press('f6');
    await payCash(story);
    expect(story.dialog, story.picture()).toBe('AS-35');
    await closeResult(story, 'AS-35', 'Оплачен');
    story.press('f8');
    await serverOf(story).fault('none');
    await untilSettled(story);
    expect(
      serverOf(story)
        .ledger()
        .map(({ state }) => state),
    ).toEqual(['Approved', 'Approved', 'Approved']);
    expectBooks(story);
  });
});

describe('a server that answers 404 for ever', () => {
  // Sales went on unregistered, the server was asked every 5 s, and nobody was told.
  it('is told once; no more cash is taken that it will not hear of; when it answers, all of it is delivered once', async () => {
    story = await beginShop();
    await serverOf(story).fault('http-404', 100_000, { path: '/xpos/payment.cfm' });
    await payCash(story);
    await closeResult(story, 'AS-35', 'Оплачен');
    expect(story.row(24), story.picture()).toContain('Ассист: сервер ответил ошибкой 404');
    story.press('f8');
    expect(story.log().match(/ERROR +assist .*ответил ошибкой 404/g)).toHaveLength(1);

    story.goods('2').press('f6');
    await chooseMeans(story, 'Наличные');
    await story.untilDialog('AS-39');
    expect(story.screen.join(' ').replace(/[\s│]+/g, ' ')).toContain(
      'Наличные Ассист сейчас не принимаются: сервер ответил ошибкой 404.',
    );
    story.press('enter');
    story.press('f8');
    expect(story.document, story.picture()).toBeNull();

    const before = serverOf(story).requests().length;
    await story.pass(1_500_000);
    expect(serverOf(story).requests().length - before).toBeLessThan(30);
    expect(story.log().match(/ERROR +assist .*ответил ошибкой 404/g)).toHaveLength(1);
    expect(readNotices(story)).toContain('Ассист: сервер ответил ошибкой 404. Проверьте настройки системы');

    await serverOf(story).fault('none');
    await untilSettled(story);
    expect(
      serverOf(story)
        .ledger()
        .map(({ state }) => state),
    ).toEqual(['Approved']);
    story.press('escape', 'escape', 'escape');
    story.goods('2').press('f6');
    await payCash(story);
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });
});

describe('a server that answers 404, and nothing is left to deliver', () => {
  it('cash never without the server: refused for a quarter of an hour, then tried anew', async () => {
    story = await beginShop({ assist: { settings: { cashOffline: false } } });
    await serverOf(story).fault('http-404', 100_000, { path: '/xpos/payment.cfm' });
    await payCash(story);
    for (let tries = 0; tries < 2; tries++) {
      await story.untilDialog('AS-39');
      story.press('enter');
      expectSubtotal(story, '15.30');
      if (tries === 0) await chooseMeans(story, 'Наличные');
    }
    expect(
      serverOf(story)
        .requests()
        .filter(({ path }) => path === '/xpos/payment.cfm'),
    ).toHaveLength(1);
    await serverOf(story).fault('none');
    await story.pass(16 * 60_000);
    await payCash(story);
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('the report took effect behind the 404: found paid, and cash is taken again later', async () => {
    story = await beginShop();
    await serverOf(story).fault('http-404', 1, { path: '/xpos/payment.cfm', processed: true });
    await payCash(story);
    await closeResult(story, 'AS-35', 'Оплачен');
    story.press('f8');
    await untilSettled(story);
    expect(serverOf(story).ledger()).toHaveLength(1);
    await story.pass(16 * 60_000);
    story.goods('2').press('f6');
    await payCash(story);
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });
});

describe('without a link', () => {
  it('AS-35, the row counts, В очереди Ассист: 1; with the link AS-34 and AS-26, delivered once', async () => {
    story = await beginShop();
    await payOffline();
    expect(resultOf(story, 'Номер транзакции:')).toBe('-');
    expect(story.screen.join(' ').replace(/\s+/g, ' ')).toContain(
      'Нет связи. Данные будут переданы в Ассист после подключения',
    );
    await closeResult(story, 'AS-35', 'Оплачен');
    expect(journalRows(story)).toEqual([ROW]);
    expect(story.row(24)).toContain('В очереди Ассист: 1');
    story.press('f8');
    expect(story.document).toBeNull();
    await story.pass(5 * 60_000);
    expect(story.row(24), story.picture()).toContain('В очереди Ассист: 1');
    expect(story.otherChargedKopecks()).toBe(0);

    await serverOf(story).fault('none');
    await untilSettled(story);
    expect(story.row(24)).not.toContain('В очереди Ассист');
    expect(serverOf(story).ledger()).toMatchObject([
      { state: 'Approved', sumKopecks: 1530, tillDate: '2023-08-22T14:14:05.000Z' },
    ]);
    expect(story.row(24)).toMatch(/Уведомлени[яй]: 2/);
    const text = readNotices(story);
    expect(text).toContain('Фискальный документ для заказа №20230822_171405_000 передан в Ассист');
    expect(text).toContain(
      'Заказ №20230822_171405_000 успешно передан на сервер. Дата и время проведения заказа обновлены',
    );
    expect(story.row(24)).not.toContain('Уведомлени');
    // The order of a notification is shown as it stands now: it said that the server is still to be told.
    openMenu(story, 'Уведомления');
    story.press('enter');
    expect(resultOf(story, 'Номер транзакции:')).toBe('5123456000000001');
    expect(resultOf(story, 'Информация:')).toBe('');
    story.press('f8', 'escape', 'escape', 'escape');
    await story.until('slip of the payment', () => story.paper().includes('ОПЛАЧЕН'));
    expectBooks(story);
  });

  it('the link goes while the answer is on its way: told again, the server has it once', async () => {
    story = await beginShop();
    await serverOf(story).fault('drop-reply', 1, XPOS_PATH);
    await payCash(story);
    await closeResult(story, 'AS-35', 'Оплачен');
    story.press('f8');
    await untilSettled(story);
    expect(serverOf(story).ledger()).toHaveLength(1);
    expectBooks(story);
  });

  it('two receipts in the queue: both delivered, each once; a restart forgets neither', async () => {
    story = await beginShop();
    await payOffline();
    story.press('enter', 'f8');
    await story.restart();
    story.goods('2').press('f6');
    await payCash(story);
    await closeResult(story, 'AS-35', 'Оплачен');
    story.press('f8');
    expect(story.row(24)).toContain('В очереди Ассист: 2');
    await story.restart();
    expect(story.row(24), story.picture()).toContain('В очереди Ассист: 2');
    await serverOf(story).fault('none');
    await untilSettled(story);
    expect(
      serverOf(story)
        .ledger()
        .map(({ state }) => state),
    ).toEqual(['Approved', 'Approved']);
    expectBooks(story);
  });

  it('its cancel waits until the cash has been delivered, then gives it back; DOM-104 meanwhile', async () => {
    story = await beginShop();
    await payOffline();
    story.press('enter');
    expect(journalRows(story)).toEqual([ROW]);
    story.press('escape');
    expectDialog(story, 'OPL-25', 'Выберите действие', CANCEL_QUESTION);
    story.press('enter');
    await story.until('told', () => story.dialog !== null && story.dialog !== 'OPL-26' && story.dialog !== 'AS-03');
    story.press('enter');
    expectSubtotal(story, '15.30');
    payWith(story, ASSIST);
    await story.untilDialog('DOM-104');
    story.press('enter', 'f8');
    expect(story.document, story.picture()).toBeNull();
    await serverOf(story).fault('none');
    await untilSettled(story);
    expect(story.otherChargedKopecks()).toBe(0);
    expectBooks(story);
    expect(
      serverOf(story)
        .requests()
        .filter(({ path }) => path === CANCEL_PATH.path),
    ).toHaveLength(1);
  });

  it('forbidden by the settings: AS-23 without a row, nothing in the queue', async () => {
    story = await beginShop({ assist: { settings: { cashOffline: false } } });
    await serverOf(story).fault('refuse');
    await payCash(story);
    await story.untilDialog('AS-23');
    story.press('enter');
    expectSubtotal(story, '15.30');
    expect(story.till.state.attempts).toEqual([]);
  });
});
