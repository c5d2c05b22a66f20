/** A return without a receipt (SCR-21): only means that are no payment system's (domain.md 2.14). */
import { afterEach, describe, expect, it } from 'vitest';
import { answerDialog, begin, journalRows, payWith } from '../payments/oplati/shop.ts';
import type { Story } from '../story.ts';
import { drawerKopecks, expectBooks, lastClosed } from './counter.ts';

let story: Story;
afterEach(() => story.end());

/** F10, `Возврат`. */
function openReturnMode(): void {
  story.press('f10', 'type:3', 'enter');
  expect(story.row(4)).toBe(' ВОЗВРАТ № 1');
}

describe('a free return', () => {
  it('collects goods in the mode of returns and pays cash out; the next receipt is a sale again', async () => {
    story = await begin();
    openReturnMode();
    expect(story.row(21)).toBe(' Режим возврата');
    expect(story.row(24)).toMatch(/^ Отсканируйте возвращаемый товар/);
    story.press('f9');
    expect(story.row(4)).toBe(' ВОЗВРАТ № 1');
    expect(story.row(24)).toMatch(/^ Клавиша недоступна: режим возврата/);
    story.scan('4810000000025').press('type:2', '*').goods('3');
    expect(story.row(4)).toMatch(/^ ВОЗВРАТ № 1 +157\.10$/);
    story.press('f5');
    expect(story.row(24)).toMatch(/^ Клавиша недоступна: /);
    story.press('f6', 'f8');
    expect(story.document).toBeNull();
    expect(lastClosed(story)).toMatchObject({ type: 'return', totalKopecks: 15_710, changeKopecks: 0 });
    expect(drawerKopecks(story)).toBe(-15_710);
    await story.until('slip', () => story.paper().includes('ВОЗВРАТ'));
    story.goods('2');
    expect(story.row(4)).toMatch(/^ ПРОДАЖА № 2 /);
    expect(story.oplati.requests()).toEqual([]);
  });

  it('is refused where the shop does not have it: DOM-66, the menu stays, a return by receipt goes on', async () => {
    story = await begin({ settings: { freeReturn: false } });
    story.goods('2').press('f6', 'f8', 'f10', 'type:3', 'enter');
    await answerDialog(story, 'DOM-66', 'Предупреждение', 'Возврат без чека продажи запрещен');
    expect(story.row(4)).toBe(' Главное меню');
    expect(story.till.state.register.mode).toBe('sale');
    story.press('escape', 'f9', 'enter', 'enter', 'f8');
    expect(lastClosed(story)).toMatchObject({ type: 'returnBySale', totalKopecks: 1530 });
  });

  it('О!плати is refused with OPL-07 before anything is sent; cash pays', async () => {
    story = await begin();
    openReturnMode();
    story.goods('2').press('f6');
    payWith(story, 7);
    await answerDialog(story, 'OPL-07', 'Ошибка', 'Оплата чеков возврата через платежную систему О!плати недоступна');
    expect(story.document).toMatchObject({ type: 'return', stage: 'subtotal', payments: [] });
    expect(story.oplati.requests()).toEqual([]);
    payWith(story, 1);
    expect(journalRows(story)).toEqual(['Руб | 15.30']);
    story.press('f8');
    expectBooks(story);
  });

  it('the terminal is refused, and no more than the sum is paid out', async () => {
    story = await begin();
    openReturnMode();
    story.goods('2').press('f6');
    payWith(story, 3);
    await answerDialog(story, 'DOM-34', 'Предупреждение', 'Тип оплаты недоступен для этого документа');
    payWith(story, 1, '20');
    expect(story.dialog).toBe('DOM-33');
    story.press('enter');
    expect(story.document?.payments).toEqual([]);
  });

  it('COMMAND_SALE leaves the mode while nothing is open, and is refused with a document', async () => {
    story = await begin();
    openReturnMode();
    story.goods('2').press('f10', 'type:1', 'enter');
    expect(story.document?.type).toBe('return');
    expect(story.row(24)).toMatch(/^ Есть открытый чек/);
    story.press('escape', 'f11', 'enter');
    expect(story.document).toBeNull();
    story.press('f10', 'type:3', 'enter', 'f10', 'type:1', 'enter');
    expect(story.row(4)).toBe(' ПРОДАЖА № 2');
  });

  it('a return by receipt of a sale that was not paid by О!плати: OPL-07 there, too', async () => {
    story = await begin();
    story.goods('2').press('f6', 'f8');
    story.press('f9', 'type:1', 'enter', 'enter');
    expect(journalRows(story)).toEqual(['Руб | 15.30']);
    story.press('escape', 'enter');
    payWith(story, 7);
    await answerDialog(story, 'OPL-07', 'Ошибка', 'Оплата чеков возврата через платежную систему О!плати недоступна');
    expect(story.oplati.requests()).toEqual([]);
    story.press('enter', 'f8');
    expect(drawerKopecks(story)).toBe(0);
    expectBooks(story);
  });
});
