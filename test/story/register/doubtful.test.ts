import { afterEach, describe, expect, it } from 'vitest';
import { Story, type StoryOptions } from '../story.ts';

let story: Story;
afterEach(() => story.end());

/** Milk, 50.00, at the subtotal. */
async function beginAtSubtotal(options: StoryOptions = {}): Promise<void> {
  story = await Story.begin(options);
  story.goods('1').press('f6');
}

const box = () => story.screen.join(' ').replace(/[│\s]+/g, ' ');
const paid = () => story.document?.payments ?? [];

// A scanner of 55 ms a key sent an EAN-8 at the subtotal: 12345670.00 in cash, and F8 closed with that change.
describe('cash nobody gives', () => {
  it.each([
    ['Enter', ['enter']],
    ['Итого', ['f8']],
    ['the list of payment types', ['f7', '1', 'enter']],
  ])('by %s asks with the sum and the change in words, and Enter, Esc or a code do not take it', async (_, keys) => {
    await beginAtSubtotal();
    const ask = () => story.press('type:12345670', ...keys);
    ask();
    expect(story.dialog, story.picture()).toBe('DOM-112');
    expect(box()).toContain('Получено 12345670.00 (двенадцать миллионов триста сорок пять тысяч шестьсот семьдесят');
    expect(box()).toContain('Сдача 12345620.00 (двенадцать миллионов триста сорок пять тысяч шестьсот двадцать');
    expect(box()).toContain('Исправить (Enter)');
    expect(box()).toContain('Принять (F2)');
    story.press('type:12345670', 'enter');
    expect(story.dialog).toBe('DOM-112');
    story.press('enter');
    expect(story.dialog).toBeNull();
    expect(paid()).toEqual([]);
    ask();
    story.press('f8', 'f7', 'escape');
    expect(paid()).toEqual([]);
    expect(story.document?.stage).toBe('subtotal');
  });

  it('is taken by F2, and closes where Итого began it', async () => {
    await beginAtSubtotal();
    story.press('type:200000', 'f8', 'f2');
    expect(story.shows('Чек закрыт'), story.picture()).toBe(true);
    expect(story.till.state.register.lastClosed).toMatchObject({
      receivedKopecks: 20_000_000,
      changeKopecks: 19_995_000,
    });
  });

  it('is what the shop says', async () => {
    await beginAtSubtotal({ settings: { maxCashSum: 500 } });
    story.press('type:500', 'enter');
    expect(story.dialog).toBeNull();
    expect(paid()).toHaveLength(1);
    story.press('escape', 'enter');
    await story.until('given back', () => paid().every(({ state }) => state !== 'approved'));
    story.press('type:500.01', 'enter');
    expect(story.dialog).toBe('DOM-112');
  });

  it('is asked about where it reads as a barcode, whatever the limit', async () => {
    await beginAtSubtotal({ settings: { maxCashSum: 99_999_999 } });
    story.press('type:12345670', 'enter');
    expect(story.dialog).toBe('DOM-112');
    story.press('enter', 'type:12345671', 'enter');
    expect(story.dialog).toBeNull();
    expect(paid()).toHaveLength(1);
  });

  it('is asked about in cash of Assist too', async () => {
    await beginAtSubtotal({ assist: {} });
    story.press('f7', '9', 'enter');
    await story.untilDialog('AS-01');
    story.press('1', 'enter');
    await story.untilDialog('AS-02');
    story.press('type:12345670', 'enter');
    expect(story.dialog, story.picture()).toBe('DOM-112');
    story.press('enter');
    expect(story.dialog).toBe('AS-02');
    expect(story.assist?.ledger()).toEqual([]);
  });
});

describe('a quantity and a price nobody means', () => {
  it('ahead of the goods and in the row', async () => {
    story = await Story.begin();
    story.press('type:1001', '*');
    expect(story.dialog).toBe('DOM-113');
    expect(box()).toContain('Количество 1001 (одна тысяча один)');
    story.press('enter');
    expect(story.till.state.ui.pendingQuantityThousandths).toBeNull();
    story.press('backspace', 'backspace', 'backspace', 'backspace', 'type:1000', '*', '1', 'enter');
    expect(story.document?.lines[0]?.quantityThousandths).toBe(1_000_000);
    story.press('f3', 'type:5000', 'enter');
    expect(story.dialog).toBe('DOM-113');
    story.press('f2');
    expect(story.dialog).toBeNull();
    expect(story.document?.lines[0]?.quantityThousandths).toBe(5_000_000);
  });
});

describe('a drawer that is too full', () => {
  it('is told when it becomes so (DOM-37), and takes no more cash (DOM-36), where the shop watches it', async () => {
    story = await Story.begin({ settings: { checkCashSum: true, maxCashSum: 100, dangerousCashSum: 90 } });
    const sell = () => story.goods('1').press('f6', 'f8');
    sell();
    expect(story.dialog).toBeNull();
    sell();
    expect(story.dialog).toBe('DOM-37');
    expect(box()).toContain('В денежном ящике: 100.00');
    story.press('enter');
    sell();
    expect(story.dialog).toBe('DOM-36');
    expect(story.document?.payments).toEqual([]);
  });

  it('is nobody’s affair otherwise', async () => {
    story = await Story.begin({ settings: { maxCashSum: 100, dangerousCashSum: 90 } });
    for (let i = 0; i < 3; i++) story.goods('1').press('f6', 'f8');
    expect(story.dialog).toBeNull();
    expect(story.shows('Чек закрыт')).toBe(true);
  });
});
