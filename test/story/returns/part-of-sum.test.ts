/** A part of the money of a line goes back, and its goods stay sold: zPOS `часть суммы чека`. */
import { afterEach, describe, expect, it } from 'vitest';
import { begin, expectDialog } from '../payments/oplati/shop.ts';
import type { Story } from '../story.ts';
import {
  askWhole,
  closedDocuments,
  closeReturn,
  confirmRefund,
  expectBooks,
  lastClosed,
  operations,
  returnPart,
  returnWhole,
  sell,
  setReturned,
} from './counter.ts';

let story: Story;
afterEach(() => story.end());

describe('a receipt of one piece', () => {
  it('gives back 20.00 of 50.00, then the piece with what is left of its money', async () => {
    story = await begin();
    await sell(story, ['1'], 'oplati');
    returnPart(story, 1);
    expect(story.row(25)).toContain('F7 Сумма');
    // A number that was typed and not applied went along and was lost: the whole 50.00 went back.
    story.press('type:20', 'f6');
    expect(story.row(24)).toContain('набрано число: нажмите "Кол-во" или "Сумма"');
    expect(story.row(23)).toMatch(/Сумма возврата: 50\.00$/);
    story.press('f7');
    expect(story.row(8)).toMatch(/^>МОЛОКО БМК 1\.5% 1Л П\/П +1 +0 +часть +20\.00$/);
    expect(story.row(23)).toMatch(/Сумма возврата: 20\.00$/);
    story.press('f6');
    expectDialog(story, 'DOM-102', 'Возврат оплат', `Вернуть покупателю: 20.00 > 1  О!плати${' '.repeat(30)}20.00`);
    confirmRefund(story);
    await closeReturn(story);
    await story.until('printed', () => story.till.state.printJobs.length === 0);
    expect(story.paper()).toMatch(/1 x 20\.00|1\s+20\.00/);
    const [, body] = story.oplati
      .requests()
      .filter(({ path }) => path.endsWith('/reversals') || path.endsWith('/payments'));
    expect(JSON.stringify(body)).toContain('"cost":20');
    // The piece was not brought back: it can be returned, and gives what is left.
    askWhole(story, 1);
    expect(story.shows('Вернуть покупателю: 30.00'), story.picture()).toBe(true);
    confirmRefund(story);
    await closeReturn(story);
    expect(operations(story)).toEqual(['1 50.00', '3 20.00', '3 30.00']);
    story.press('f9', 'type:1', 'enter');
    expect(story.dialog).toBe('DOM-61');
    story.press('enter', 'escape');
    expectBooks(story);
  });

  it('above what is left is refused with what is left (DOM-111); all of it is the piece itself', async () => {
    story = await begin();
    await sell(story, ['1'], 'oplati');
    returnPart(story, 1);
    story.press('type:50.01', 'f7');
    expectDialog(story, 'DOM-111', 'Предупреждение', 'Сумма больше остатка позиции: 50.00');
    story.press('enter');
    expect(story.row(8)).toMatch(/ 1 +50\.00$/);
    story.press('type:20', 'f7', 'type:50', 'f7');
    expect(story.row(8)).toMatch(/ 0 +1 +50\.00$/);
    story.press('type:20', 'f7', 'type:1', 'f3');
    expect(story.row(8)).toMatch(/ 0 +1 +50\.00$/);
    story.press('type:0', 'f7');
    expect(story.row(24)).toContain('сумма равна нулю');
    story.press('type:20', 'f7', 'f6');
    confirmRefund(story);
    await closeReturn(story);
    returnPart(story, 1);
    story.press('type:30.01', 'f7');
    expectDialog(story, 'DOM-111', 'Предупреждение', 'Сумма больше остатка позиции: 30.00');
    story.press('enter', 'type:30', 'f7', 'f6');
    confirmRefund(story);
    await closeReturn(story);
    expect(story.chargedKopecks()).toBe(0);
    expectBooks(story);
  });

  it('survives a restart in the middle, and stands in the view of the return', async () => {
    story = await begin();
    await sell(story, ['1'], 'oplati');
    returnPart(story, 1);
    story.press('type:20', 'f7');
    await story.restart();
    story.press('enter');
    expect(story.row(8)).toMatch(/часть +20\.00$/);
    story.press('f6');
    confirmRefund(story);
    await closeReturn(story);
    expect(lastClosed(story)).toMatchObject({ totalKopecks: 2000, lines: [{ returned: { isPartOfSum: true } }] });
    story.press('f10', 'type:9', 'enter', 'enter');
    expect(story.shows('часть'), story.picture()).toBe(true);
    story.press('escape', 'escape');
    expectBooks(story);
  });
});

describe('a line of several pieces', () => {
  it('is cheaper by the part: the pieces share what is left, the last one takes the remainder', async () => {
    story = await begin();
    story.press('type:3', '*');
    await sell(story, ['2'], 'oplati');
    returnPart(story, 1);
    story.press('type:15.90', 'f7', 'f6');
    confirmRefund(story);
    await closeReturn(story);
    for (const [pieces, sum] of [
      ['1', '10.00'],
      ['1', '10.00'],
    ] as const) {
      returnPart(story, 1);
      setReturned(story, 1, pieces);
      expect(story.row(8).endsWith(` ${sum}`), story.picture()).toBe(true);
      story.press('f6');
      confirmRefund(story);
      await closeReturn(story);
    }
    returnWhole(story, 1);
    await closeReturn(story);
    expect(operations(story)).toEqual(['1 45.90', '3 15.90', '3 10.00', '3 10.00', '3 10.00']);
    expect(closedDocuments(story)).toHaveLength(5);
    expectBooks(story);
  });
});
