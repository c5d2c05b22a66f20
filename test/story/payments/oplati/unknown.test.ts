/** Nobody can say whether the buyer was charged (law 2): what the cashier may do meanwhile, and how it ends. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Story } from '../../story.ts';
import {
  answerDialog,
  beginAtSubtotal,
  boxOf,
  documentsOf,
  expectBooksAgree,
  expectDialog,
  expectSubtotal,
  journalRows,
  openUnfinished,
  payWith,
  salesSeen,
  startOplati,
  unfinished,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

const MONEY = { path: '/pos/payments', method: 'POST' };
const REPORT = { path: '/pos/paymentReports' };
const UNANSWERED = 'Результат оплаты О!плати неизвестен. Повторить запрос?';
const UNKNOWN = `${UNANSWERED} Сервер ответил ошибкой 500`;
const MODES = [0, 1, 2] as const;

/** The sale was sent, its answer lost, and the report cannot be read. */
async function loseEverything(mode: 0 | 1 | 2, isCharged: boolean): Promise<void> {
  story = await beginAtSubtotal({ mode });
  await story.oplati.fault(isCharged ? 'drop-reply' : 'drop-request', 1, MONEY);
  await story.oplati.fault('http-500', 1000, REPORT);
  await startOplati(story, mode);
  await story.untilDialog('OPL-29');
  await story.untilDialog('OPL-16');
  expectDialog(story, 'OPL-16', 'Выберите действие', UNKNOWN);
  expect(boxOf(story)?.buttons).toBe('Повторить (Enter)  Отмена (ESC)');
}

function expectUnknownRow(): void {
  expectSubtotal(story, '15.30');
  expect(journalRows(story)).toEqual(['О!плати (неизвестно) | 15.30']);
  expect(story.row(22)).toBe(' Получено: 0.00');
}

/** DOM-90: the decision by its label, a reason, the second user's password. */
async function decideByHand(label: string, reason: string, password: string): Promise<void> {
  openUnfinished(story);
  expect(story.row(8)).toMatch(/^>22\.08\.23 17:14:\d\d О!плати {7}ПРОДАЖА № 1 +15\.30 +неизвестно$/);
  story.press('f11');
  expect(story.dialog).toBe('DOM-90');
  expect(boxOf(story)?.text).toMatch(/^Оплата О!плати 15\.30\. Укажите решение /);
  while (!story.screen.some((row) => row.includes(`> ${label}`))) story.press('down');
  story.press(`type:${reason}`, 'enter');
  expect(story.dialog).toBe('DOM-06');
  story.press(`type:${password}`, 'enter');
  await story.until('the password is checked', () => !story.till.state.ui.busy);
}

describe.each(MODES)('mode %i, the report is unreachable', (mode) => {
  it('OPL-16: Повторить asks on, Отмена leaves an uncounted row; F8, F11 and other currencies are refused', async () => {
    await loseEverything(mode, true);
    story.press('enter');
    expect(story.dialog).toBe('OPL-29');
    await story.untilDialog('OPL-16');
    expectDialog(story, 'OPL-16', 'Выберите действие', UNKNOWN);
    story.press('escape');
    expectUnknownRow();
    expectBooksAgree(story);

    const attempts: [() => unknown, string][] = [
      [() => story.press('f8'), 'Закрыть чек или оплатить иначе'],
      [() => payWith(story, 1), 'Закрыть чек или оплатить иначе'],
      [() => payWith(story, 7), 'Закрыть чек или оплатить иначе'],
      [() => story.press('f11'), 'Аннулировать чек'],
      [() => story.press('escape'), 'Изменить чек'],
    ];
    for (const [attempt, cannot] of attempts) {
      attempt();
      await answerDialog(story, 'DOM-38', 'Предупреждение', `Оплата в состоянии "неизвестно". ${cannot} нельзя`);
      expectUnknownRow();
    }
    expectUnknownRow();
    expectBooksAgree(story);
  });

  it('found paid later: attached by itself, F8 closes, charged once', async () => {
    await loseEverything(mode, true);
    story.press('escape');
    await story.pass(10 * 60_000);
    expectUnknownRow();
    await story.oplati.fault('none');
    await story.untilShows('О!плати: оплата подтверждена');
    expect(journalRows(story)).toEqual(['О!плати | 15.30']);
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    expect(story.chargedKopecks()).toBe(1530);
    expect(story.till.state.attempts).toEqual([]);
    expectBooksAgree(story);
  });

  it('proven absent later: the row is gone, the sum is paid otherwise', async () => {
    await loseEverything(mode, false);
    story.press('escape');
    await story.oplati.fault('none');
    await story.untilShows('О!плати: оплата не выполнена');
    expectSubtotal(story, '15.30');
    expect(journalRows(story)).toEqual([]);
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    expect(story.chargedKopecks()).toBe(0);
    expectBooksAgree(story);
  });

  it('Esc in OPL-29 leads to OPL-16 as well, and the report may still answer under it', async () => {
    story = await beginAtSubtotal({ mode });
    await story.oplati.fault('drop-reply', 1, MONEY);
    await story.oplati.fault('delay', 1, { ...REPORT, ms: 5_000 });
    await startOplati(story, mode);
    await story.untilDialog('OPL-29');
    story.press('escape');
    expectDialog(story, 'OPL-16', 'Выберите действие', UNANSWERED);
    await story.until('paid', () => story.dialog === null);
    expect(journalRows(story)).toEqual(['О!плати | 15.30']);
    expectBooksAgree(story);
  });
});

describe('an unknown payment', () => {
  it('is asked about on the cashier’s wish from the list of unfinished payments', async () => {
    await loseEverything(2, true);
    story.press('escape');
    await story.pass(5 * 60_000);
    openUnfinished(story);
    expect(story.row(24)).toMatch(/^ Следующий автоматический запрос через \d+ с$/);
    await story.oplati.fault('none');
    const asked = story.oplati.requests().length;
    story.press('enter');
    await story.until('asked at once', () => story.till.state.attempts.length === 0);
    expect(story.oplati.requests().length).toBe(asked + 1);
    expect(story.row(24)).toMatch(/оплата подтверждена$/);
    story.press('escape', 'escape', 'escape');
    expect(journalRows(story)).toEqual(['О!плати | 15.30']);
    expectBooksAgree(story);
  });

  it('survives a restart: SYS-09 names it, it is asked about, found paid, and F8 closes', async () => {
    await loseEverything(2, true);
    story.press('escape');
    await story.restart();
    expectDialog(
      story,
      'SYS-09',
      'Предупреждение',
      'Восстановлен незакрытый чек: ПРОДАЖА № 1, позиций: 1, сумма 15.30 Есть оплата в состоянии "неизвестно": О!плати OK (Enter)'.replace(
        ' OK (Enter)',
        '',
      ),
    );
    story.press('enter');
    expectUnknownRow();
    await story.oplati.fault('none');
    await story.until('attached', () => journalRows(story)[0] === 'О!плати | 15.30');
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    expectBooksAgree(story);
  });
});

describe('DOM-90, the last resort', () => {
  it('Не оплачено by a second user; cash closes; the late success is given back by itself', async () => {
    await loseEverything(2, true);
    story.press('escape');
    await decideByHand('Не оплачено', 'кабинет: платежа нет', '9999');
    expect(story.row(8)).toMatch(/вручную$/);
    story.press('escape', 'escape', 'escape');
    expectSubtotal(story, '15.30');
    expect(journalRows(story)).toEqual([]);
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    expect(story.chargedKopecks()).toBe(1530);
    expectBooksAgree(story);

    await story.oplati.fault('none');
    await story.until('given back', () => story.till.state.attempts.length === 0);
    expect(story.chargedKopecks()).toBe(0);
    expect([...salesSeen(story).values()]).toEqual([1]);
    expect(story.log()).toMatch(/решение вручную противоречит серверу/);
    expect(story.log()).toMatch(/решено вручную: Не оплачено, кассир 1, подтвердил 9: кабинет: платежа нет/);
    expectBooksAgree(story);
  });

  it('Не оплачено and really not paid: nothing more happens', async () => {
    await loseEverything(2, false);
    story.press('escape');
    await decideByHand('Не оплачено', 'кабинет', '9999');
    story.press('escape', 'escape', 'escape', 'f8');
    await story.oplati.fault('none');
    await story.until('settled', () => unfinished(story).length === 0);
    expect(story.chargedKopecks()).toBe(0);
    expect(story.oplati.ledger()).toEqual([]);
    expectBooksAgree(story);
  });

  it('Оплачено: counted, F8 closes, and the server agrees later', async () => {
    await loseEverything(2, true);
    story.press('escape');
    await decideByHand('Оплачено', 'чек покупателя', '9999');
    story.press('escape', 'escape', 'escape');
    expect(journalRows(story)).toEqual(['О!плати | 15.30']);
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    await story.oplati.fault('none');
    await story.until('settled', () => story.till.state.attempts.length === 0);
    expect(story.chargedKopecks()).toBe(1530);
    expect(documentsOf(story)[0]?.payments[0]?.state).toBe('manualPaid');
    expectBooksAgree(story);
  });

  it.each([
    ['the same person', '1111'],
    ['a cashier without the right', '2222'],
    ['nobody’s password', '5555'],
  ])('DOM-05 for %s: nothing changes', async (_who, password) => {
    await loseEverything(2, true);
    story.press('escape');
    await decideByHand('Не оплачено', 'причина', password);
    await answerDialog(story, 'DOM-05', 'Ошибка', 'Операция не подтверждена');
    story.press('escape', 'escape', 'escape');
    expectUnknownRow();
    expectBooksAgree(story);
  });

  it('wants a reason', async () => {
    await loseEverything(2, true);
    story.press('escape');
    openUnfinished(story);
    story.press('f11', 'enter');
    expect(story.dialog).toBe('DOM-90');
    expect(story.row(24)).toBe(' Клавиша недоступна: укажите причину');
  });
});
