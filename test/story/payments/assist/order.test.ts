/** ЗАКАЗ (SCR-40), and which means it offers. */
import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../src/emulators/clock.ts';
import type { Story } from '../../story.ts';
import { expectDialog, expectSubtotal, payWith } from '../oplati/shop.ts';
import {
  ASSIST,
  beginShop,
  chooseMeans,
  closeResult,
  expectBooks,
  hasQr,
  openOrder,
  payCash,
  resultOf,
  serverOf,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

const rowOf = (label: string) => story.screen.find((row) => row.includes(label))?.trim() ?? '';

describe('the order form', () => {
  it('shows number, sum and the means; Esc goes back to the payment types and creates nothing', async () => {
    story = await beginShop();
    await openOrder(story);
    expect(story.row(4)).toMatch(/^ ЗАКАЗ +15\.30$/);
    expect(story.row(6)).toBe(' ДАННЫЕ ЗАКАЗА');
    expect(rowOf('Номер заказа:')).toBe('Номер заказа:                 20230822_171405_000');
    expect(rowOf('К оплате*:')).toBe('К оплате*:                    15.30 руб.');
    expect(story.shows('СПОСОБ ОПЛАТЫ')).toBe(true);
    expect(story.row(24)).toBe(' Выберите способ оплаты и нажмите "Ввод"');
    expect(story.row(25)).toContain('F3 Email');
    story.press('escape');
    expectSubtotal(story, '15.30');
    expect(serverOf(story).requests()).toEqual([]);
  });

  it('offers what there is and what the user may use; arrows and digits choose', async () => {
    story = await beginShop({
      assist: { settings: { softPosProgram: '/bin/true', means: ['cash', 'sbp', 'softpos'] } },
    });
    await openOrder(story);
    const means = () =>
      story.screen.filter((row) => /^ [ >] {2}?\d {2}/.test(row) || / \d {2}(Налич|Карт|СБП|Soft)/.test(row));
    expect(means().map((row) => row.trim())).toEqual(['> 1  Наличные', '2  СБП', '3  SoftPOS']);
    story.press('down', 'down', 'down');
    expect(means().map((row) => row.trim())[2]).toBe('> 3  SoftPOS');
    story.press('up', 'up');
    story.press('enter');
    await story.untilDialog('AS-02');
    story.press('escape');
    await story.untilDialog('AS-01');
    story.press('type:2');
    expect(means().map((row) => row.trim())[1]).toBe('> 2  СБП');
    story.press('enter');
    await story.until('QR', () => hasQr(story));
  });

  it('numbers two orders of the same millisecond apart', async () => {
    story = await beginShop();
    await openOrder(story);
    const first = rowOf('Номер заказа:');
    story.press('escape');
    await openOrder(story);
    expect(first).toContain('20230822_171405_000');
    expect(rowOf('Номер заказа:')).toContain('20230822_171405_001');
  });

  it('uses the local date of the shop over midnight', async () => {
    story = await beginShop({ clock: new VirtualClock(Date.parse('2023-08-23T00:00:05.007+03:00')) });
    await openOrder(story);
    expect(rowOf('Номер заказа:')).toContain('20230823_000005_007');
  });

  it('F3 edits the e-mail: a wrong one is refused by AS-42, a right one is kept and sent', async () => {
    story = await beginShop();
    await openOrder(story);
    story.press('f3', 'type:mail@', 'enter');
    expectDialog(story, 'AS-42', 'Предупреждение', 'Неверный адрес электронной почты');
    story.press('enter');
    story.press('type:assist.ru', 'enter');
    await story.until('kept', () => rowOf('Email').endsWith('mail@assist.ru'));
    // What the payment system would not take is refused where it is typed: it took the address away without a word.
    story.press('f3', 'type:иван@почта.рф', 'enter');
    expectDialog(story, 'AS-42', 'Предупреждение', 'Неверный адрес электронной почты');
    story.press('enter', 'escape');
    await story.until('as before', () => rowOf('Email').endsWith('mail@assist.ru'));
    await chooseMeans(story, 'Наличные');
    await story.untilDialog('AS-02');
    expect(rowOf('Email')).toMatch(/mail@assist\.ru$/);
    story.press('enter');
    await closeResult(story, 'AS-04', 'Оплачен');
    const { body } = serverOf(story).requests()[0] ?? { body: null };
    expect(JSON.stringify(body)).toMatch(/mail(@|%40)assist\.ru/);
  });

  it('a receipt paid in part shows its whole sum beside the rest', async () => {
    story = await beginShop({}, '2', '3');
    payWith(story, ASSIST, '6.20');
    await story.untilDialog('AS-01');
    expect(rowOf('Всего:')).toMatch(/86\.20 руб\.$/);
    expect(rowOf('Предоплачено ранее:')).toMatch(/ 0\.00 руб\.$/);
    expect(rowOf('К оплате*:')).toMatch(/ 6\.20 руб\.$/);
    await payCash(story);
    await story.untilDialog('AS-04');
    expect(resultOf(story, 'Предоплата:')).toBe('-');
    await closeResult(story, 'AS-04', 'Оплачен');
    expectSubtotal(story, '80.00');
    // What is paid of it already stands between the whole sum and the rest.
    payWith(story, ASSIST);
    await story.untilDialog('AS-01');
    expect(rowOf('Всего:')).toMatch(/86\.20 руб\.$/);
    expect(rowOf('Предоплачено ранее:')).toMatch(/ 6\.20 руб\.$/);
    expect(rowOf('К оплате*:')).toMatch(/ 80\.00 руб\.$/);
    await payCash(story);
    await story.untilDialog('AS-04');
    expect(resultOf(story, 'Предоплата:')).toBe('6.20 руб.');
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });
});

describe('payment types', () => {
  it('four: each means is a payment type of its own, and goes there without the form', async () => {
    story = await beginShop({ assist: { settings: { currencies: 'four', softPosProgram: '/bin/true' } } });
    story.press('f7');
    for (const name of ['Ассист: Наличные', 'Ассист: СБП']) expect(story.shows(name), story.picture()).toBe(true);
    expect(story.shows('Ассист: Картридер')).toBe(false);
    story.press('end');
    expect(story.shows('Ассист: SoftPOS'), story.picture()).toBe(true);
    story.press('type:9', 'enter');
    await story.untilDialog('AS-02');
    story.press('escape');
    expectSubtotal(story, '15.30');
    payWith(story, 11);
    await story.until('QR', () => hasQr(story));
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('a shop without an account sees none', async () => {
    story = await beginShop({ assist: { settings: { login: '' } } });
    story.press('f7');
    expect(story.shows('Ассист')).toBe(false);
  });

  it('the server forbids the means: AS-39, nothing is paid, another one goes', async () => {
    story = await beginShop({ assist: { emulator: { forbiddenMeans: ['sbp'] } } });
    await chooseMeans(story, 'СБП');
    await story.untilDialog('AS-39');
    expectDialog(story, 'AS-39', 'Предупреждение', 'Способ оплаты недоступен пользователю');
    story.press('enter');
    await payCash(story);
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('bad credentials: AS-38, nothing is paid, the register sells on for cash', async () => {
    story = await beginShop({ assist: { settings: { password: 'another' } } });
    await chooseMeans(story, 'СБП');
    await story.untilDialog('AS-38');
    expectDialog(story, 'AS-38', 'Ошибка', 'Ошибка регистрации кассы в Ассист');
    story.press('enter');
    expectSubtotal(story, '15.30');
    story.press('f8');
    expect(story.document).toBeNull();
    expect(story.otherChargedKopecks()).toBe(0);
  });
});
