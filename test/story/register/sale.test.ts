import { afterEach, describe, expect, it } from 'vitest';
import { Story, type StoryOptions } from '../story.ts';

let story: Story;
const begin = async (options: StoryOptions = {}) => {
  story = await Story.begin(options);
  return story;
};
afterEach(() => story.end());

describe('a sale in cash', () => {
  it('by code, by scan, with 3*, storno, subtotal, change, slip and the next number', async () => {
    await begin();
    expect(story.row(4)).toBe(' ПРОДАЖА № 1');
    story.goods('2').scan('4810000000018').press('type:3', '*').goods('3');
    expect(story.row(6)).toBe(' БМК БИФИЛЮКС 2.5% 0.5Л                                          1        15.30');
    expect(story.row(8)).toBe('>СОК РИЧ ЯБЛОКО 1Л                                               3       212.70');
    expect(story.row(4)).toMatch(/278\.00$/);
    story.press('up', 'up', 'f4');
    expect(story.row(4)).toMatch(/262\.70$/);
    story.press('f6');
    expect(story.row(23)).toMatch(/К оплате: 262\.70$/);
    story.press('type:300', 'f8');
    expect(story.shows('С Д А Ч А :   37.30')).toBe(true);
    await story.until('slip', () => story.paper().includes('ИТОГ'));
    story.goods('1');
    expect(story.row(4)).toMatch(/^ ПРОДАЖА № 2 .* 50\.00$/);
  });
});

describe('О!плати, dynamic QR', () => {
  it('the buyer pays, the row stands, F8 closes; register and ledger agree', async () => {
    await begin();
    story.goods('2').press('f6', 'f7', 'type:7', 'enter');
    await story.untilShows('Отсканируйте QR-код для');
    expect(story.dialog).toBe('OPL-23');
    await story.untilShows('Нажмите "Итого", чтобы закрыть чек');
    expect(story.row(17)).toBe(' О!плати                                                                  15.30');
    expect(story.row(22)).toBe(' Получено: 15.30');
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    expect(story.chargedKopecks()).toBe(1530);
    expect(story.till.state.attempts).toEqual([]);
  });
});
