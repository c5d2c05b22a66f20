/** Money that goes out again: the screen, the slip and the drawer say what the buyer gets, and what he is still owed. */
import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { pathsOf } from '../../../src/settings/paths.ts';
import { begin, payWith } from '../payments/oplati/shop.ts';
import type { Story } from '../story.ts';
import { returnWhole, sell, slipsOf, takePayments, untilFree, untilPaid, untilPrinted } from './counter.ts';

let story: Story;
afterEach(() => story.end());

const pulses = (): number => readFileSync(pathsOf(story.root).printerBytes, 'latin1').split('\x1bp').length - 1;

const lastSlip = () => slipsOf(story).at(-1) ?? '';

function panel(): string[] {
  return story.screen
    .flatMap((row) => /│ *(.*?) *│/.exec(row)?.[1]?.replace(/ +/g, ' ') ?? [])
    .filter((text) => text !== '');
}

// Incident: the box said С Д А Ч А : 0.00 and Получено: 50.00, and the cashier gave the buyer nothing.
it('a free return says what to hand out, opens the drawer, and the slip says it', async () => {
  story = await begin();
  story.press('f10', 'type:3', 'enter').goods('1').press('f6');
  payWith(story, 1);
  expect(story.row(22)).toBe(' Возвращено: 50.00');
  expect(story.row(23)).toMatch(/ Выдать наличными: 50\.00$/);
  story.press('f8');
  expect(panel()).toEqual(['Чек закрыт', 'Выдать наличными: 50.00']);
  expect(story.row(22)).toBe(' Возвращено: 50.00');
  expect(story.row(23)).toMatch(/ Выдать наличными: 50\.00$/);
  await untilPrinted(story);
  expect(lastSlip()).toContain('ВЫДАНО НАЛИЧНЫМИ 50.00');
  expect(pulses()).toBe(1);
});

it('a mixed return tells the cash from what went back by itself', async () => {
  story = await begin();
  await sell(story, ['1'], 'oplati 30', 'cash 50');
  expect(panel()).toEqual(['Чек закрыт', 'С Д А Ч А : 30.00']);
  returnWhole(story, 1);
  await untilPaid(story);
  expect(story.row(22)).toBe(' Возвращено: 50.00');
  expect(story.row(23)).toMatch(/ Выдать наличными: 20\.00$/);
  story.press('f8');
  expect(panel()).toEqual(['Чек закрыт', 'Выдать наличными: 20.00', 'Возвращено безналично: 30.00']);
  await untilPrinted(story);
  expect(slipsOf(story).at(-2)).toContain('ВЫДАНО НАЛИЧНЫМИ 20.00');
  expect(pulses()).toBe(2);
  expect(story.log()).toContain('Наличные: выдано 20.00');
});

it('a cancelled cash payment is handed out at once, with a slip', async () => {
  story = await begin();
  story.goods('1').press('f6');
  await takePayments(story, ['cash 20']);
  story.press('escape', 'enter');
  expect(story.row(24)).toMatch(/^ Выдать наличными: 20\.00/);
  await untilPrinted(story);
  expect(lastSlip()).toMatch(/ОТМЕНА ОПЛАТЫ .* Российский рубль Выдано наличными, 20\.00/s);
  expect(pulses()).toBe(1);
});

// Incident: he left with nothing in hand, and the cancel waited for the link until the evening.
it('an annulled receipt gives the cash back and says in writing what is owed', async () => {
  story = await begin();
  story.goods('1', '3').press('f6');
  await takePayments(story, ['cash 5', 'oplati 95.90']);
  // What was handed out before is not handed out again.
  story.press('escape', 'up', 'enter');
  await takePayments(story, ['cash 10']);
  await untilPrinted(story);
  expect(pulses()).toBe(1);
  await story.oplati.fault('refuse');
  story.press('f11', 'enter');
  await untilFree(story);
  while (story.dialog !== null) story.press('enter');
  expect(story.document, story.picture()).toBeNull();
  expect(panel()).toEqual(['Чек аннулирован', 'Выдать наличными: 10.00', 'О!плати: отмена в очереди, 95.90']);
  await untilPrinted(story);
  const number = story.oplati.ledger()[0]?.orderNumber ?? '';
  expect(lastSlip()).toMatch(/ЧЕК АННУЛИРОВАН .* О!плати Отмена в очереди, 95\.90/s);
  expect(lastSlip()).toContain(number);
  expect(lastSlip()).toMatch(/Российский рубль Выдано наличными, 10\.00/);
  expect(lastSlip()).not.toContain('5.00');
  expect(pulses()).toBe(2);
});

it('a cancel that waits for the link is on the slip as owed', async () => {
  story = await begin();
  story.goods('1').press('f6');
  await takePayments(story, ['oplati']);
  await story.oplati.fault('refuse');
  story.press('escape', 'enter');
  await untilFree(story);
  await untilPrinted(story);
  expect(lastSlip()).toMatch(/ОТМЕНА ОПЛАТЫ .* О!плати Отмена в очереди, 50\.00 № операции /s);
  expect(pulses()).toBe(0);
});
