/** F10 `Просмотр документов`: what there is to be looked at, and how it reads (SCR-17, SCR-18). */
import { afterEach, describe, expect, it } from 'vitest';
import { answerDialog, begin } from '../payments/oplati/shop.ts';
import {
  cancelPayment,
  closeReturn,
  confirmRefund,
  QUEUED,
  returnPart,
  returnWhole,
  sell,
  setReturned,
  takePayments,
  untilSettled,
} from '../returns/counter.ts';
import type { Story } from '../story.ts';

let story: Story;
afterEach(() => story.end());

function openList(): void {
  story.press('f10', 'type:9', 'enter');
  expect(story.row(4), story.picture()).toBe(' Выберите документ');
}

/** Number, type, currencies, status and sum of each row. */
function rows(): string[] {
  return Array.from({ length: 13 }, (_, index) => story.row(10 + index))
    .filter((row) => /\d{2}\.\d{2}\.\d{4}/.test(row))
    .map((row) => `${/^.\s*(\d+)/.exec(row)?.[1]} ${row.slice(34).replace(/ {2,}/g, ' | ').trim()}`);
}

describe('the list of documents', () => {
  // Incident: the returned sale read as closed, the others were missing.
  it('has returns and annulled receipts in it, and a returned sale reads so', async () => {
    story = await begin();
    await sell(story, ['2'], 'oplati');
    await story.pass(60_000);
    await sell(story, ['1', '2'], 'cash');
    await story.pass(60_000);
    returnWhole(story, 1);
    await closeReturn(story);
    await story.pass(60_000);
    returnPart(story, 2);
    setReturned(story, 1, '0');
    story.press('f6');
    confirmRefund(story);
    await closeReturn(story);
    await story.pass(60_000);
    story.press('f10', 'type:3', 'enter').goods('2').press('f6', 'f8');
    await story.pass(60_000);
    story.goods('2').press('f11', 'enter');
    expect(story.document).toBeNull();

    openList();
    expect(rows()).toEqual([
      '6 Чек продажи | аннулирован | 15.30',
      '5 Возврат | Руб | закрыт | 15.30',
      '4 Возврат по чеку Руб | закрыт | 15.30',
      '3 Возврат по чеку Опла | закрыт | 15.30',
      '2 Чек продажи | Руб | возврат части 65.30',
      '1 Чек продажи | Опла | возвращен | 15.30',
    ]);
    story.press('type:3', 'enter');
    expect(story.row(6)).toBe(' ВОЗВРАТ ПО ЧЕКУ № 3 Мастер');
    expect(story.row(7)).toBe(' Чек продажи № 1');
    expect(story.screen.some((row) => /^ {3}Возвращено +О!плати +15\.30$/.test(row.trimEnd()))).toBe(true);
    story.press('escape', 'backspace', 'type:6', 'enter');
    expect(story.row(6)).toBe(' ПРОДАЖА № 6 Мастер (аннулирован)');
    const before = story.paper().length;
    story.press('enter');
    expect(story.row(4)).toBe(' Выберите документ');
    await story.until('copy', () => story.paper().slice(before).includes('КОПИЯ'));
    await story.until('printed', () => story.till.state.printJobs.length === 0);
    expect(story.paper().slice(before)).toMatch(/АННУЛИРОВАН/);
    story.press('escape', 'f9');
    expect(rows()).toEqual(['2 Чек продажи | Руб | возврат части 65.30']);
  });

  // Incident: it stayed in the queue for ever.
  it('shows that a queued cancel was done after its receipt had been annulled', async () => {
    story = await begin();
    story.goods('2').press('f6');
    await takePayments(story, ['oplati']);
    await story.oplati.fault('refuse');
    cancelPayment(story, 'Отменить оплату? О!плати 15.30');
    await answerDialog(story, 'OPL-12', 'Предупреждение', QUEUED);
    story.press('f11', 'enter');
    expect(story.document).toBeNull();
    const shown = (operation: string) => {
      openList();
      story.press('enter');
      expect(story.row(6)).toBe(' ПРОДАЖА № 1 Мастер (аннулирован)');
      const found = story.screen.some((row) => new RegExp(`^ {3}${operation} +О!плати +15\\.30$`).test(row.trimEnd()));
      story.press('escape', 'escape');
      return found;
    };
    expect(shown('Отмена в очереди')).toBe(true);
    await story.oplati.fault('none');
    await untilSettled(story);
    expect(shown('Отменено')).toBe(true);
    expect(shown('Отмена в очереди')).toBe(false);
  });
});

describe('a receipt that was restored (SYS-09)', () => {
  // Incident: it showed К оплате: 0.00 and no payment.
  it('and is fully paid shows its payments and the change', async () => {
    story = await begin();
    story.goods('2').press('f6');
    await takePayments(story, ['oplati 10', 'cash 10']);
    await story.restart();
    expect(story.screen.some((row) => row.includes('SYS-09'))).toBe(true);
    expect(story.row(17)).toMatch(/^ О!плати +10\.00$/);
    expect(story.row(18)).toMatch(/^ Руб +10\.00$/);
    expect(story.row(22)).toBe(' Получено: 20.00');
    expect(story.row(23)).toMatch(/^ +Сдача: 4\.70$/);
  });

  // Incident: it counted all of the sale.
  it('and is a part of a sale counts the positions that are given back', async () => {
    story = await begin();
    await sell(story, ['1', '2'], 'cash');
    returnPart(story, 1);
    setReturned(story, 1, '0');
    await story.restart();
    expect(story.dialog).toBe('SYS-09');
    expect(story.screen.some((row) => row.includes('ВОЗВРАТ ПО ЧЕКУ № 2, позиций: 1, сумма 15.30'))).toBe(true);
  });
});
