/** What a cashier reads when nothing can come of a payment: the true reason, before anything has left. */
import { afterEach, expect, it } from 'vitest';
import { returnWhole } from '../returns/counter.ts';
import { Story } from '../story.ts';
import { answerDialog, beginAtSubtotal, payWith } from './oplati/shop.ts';

let story: Story;
afterEach(() => story.end());

it('О!плати without a register number: OPL-35, for a payment and for a card, and no word of a link', async () => {
  const url = 'http://127.0.0.1:9';
  story = await Story.begin({ till: { providers: { oplati: { url, regNum: '', mode: 2 } } } });
  story.goods('2').press('f6');
  payWith(story, 7);
  await answerDialog(story, 'OPL-35', 'Предупреждение', 'Не заполнено поле "Номер кассы"');
  story.press('escape', 'f5');
  await answerDialog(story, 'OPL-35', 'Предупреждение', 'Не заполнено поле "Номер кассы"');
  await story.pass(70_000);
  expect(story.shows('Нет связи')).toBe(false);
  expect(story.log()).not.toContain('http');
});

it('goods scanned into OPL-21 are not sent: the dialog stays and says what it was', async () => {
  story = await beginAtSubtotal({ mode: 0 });
  payWith(story, 7);
  await story.untilDialog('OPL-21');
  const { length } = story.oplati.requests();
  story.scan('4810000000018');
  await story.untilShows('Это штрих-код товара. Отсканируйте QR-код покупателя.');
  expect([story.dialog, story.oplati.requests().length]).toEqual(['OPL-21', length]);
  story.press('escape');
  expect(story.chargedKopecks()).toBe(0);
});

it('a return by receipt refuses what has not paid for the sale in words of this document, never "only by receipt"', async () => {
  story = await Story.begin({ paymaster: {}, assist: {} });
  story.goods('2').press('f6', 'f8');
  await story.untilShows('Чек закрыт');
  returnWhole(story, 1);
  // The cash of the sale has been counted out by itself: it is taken back, and another means is chosen.
  story.press('escape', 'enter');
  for (const code of [8, 9]) {
    payWith(story, code);
    await answerDialog(story, 'DOM-34', 'Предупреждение', 'Тип оплаты недоступен для этого документа');
  }
  payWith(story, 7);
  const text = 'Оплата чеков возврата через платежную систему О!плати недоступна';
  await answerDialog(story, 'OPL-07', 'Ошибка', text);
});
