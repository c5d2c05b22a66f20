/** Which row of the receipt F3 and F4 mean: the one just rung up, wherever it stands (SCR-04). */
import { afterEach, describe, expect, it } from 'vitest';
import { Story, type StoryOptions } from '../story.ts';

let story: Story;
const begin = async (options: StoryOptions = {}) => {
  story = await Story.begin(options);
  return story;
};
afterEach(() => story.end());

const names = () => story.document?.lines.map(({ goods }) => goods.code);
const marked = () => story.screen.filter((row) => row.startsWith('>')).map((row) => row.trimEnd());

describe('equal goods in one row', () => {
  it('mark the row that grew: F4 right after the scan voided the last row, and a long receipt hid the one that grew', async () => {
    await begin({ settings: { mergeEqualLines: true } });
    story.goods('1', '2', '3', '5', '6', '7', '8', '9', '10', '11', '12', '13').scan('4810000000018');
    expect(marked()).toEqual([expect.stringMatching(/^>МОЛОКО БМК 1\.5% 1Л П\/П +2 +100\.00$/)]);
    story.press('f4');
    expect(names()).toEqual(['2', '3', '5', '6', '7', '8', '9', '10', '11', '12', '13']);
  });

  it('flash the row once', async () => {
    await begin({ settings: { mergeEqualLines: true } });
    const flashing = () => story.till.state.ui.flash?.positionNumber ?? null;
    story.goods('1', '2');
    expect(flashing()).toBeNull();
    story.goods('1');
    expect(flashing()).toBe(1);
    await story.pass(2000);
    expect(flashing()).toBeNull();
    story.goods('2');
    expect(flashing()).toBe(2);
    story.goods('3');
    expect(flashing()).toBeNull();
  });

  it('leave the mark to the next goods that make a row of their own', async () => {
    await begin({ settings: { mergeEqualLines: true } });
    story.goods('1', '2', '1', '3');
    expect(marked()).toEqual([expect.stringMatching(/^>СОК РИЧ ЯБЛОКО/)]);
  });
});

describe('repeat', () => {
  // Incident: the mark stayed where it was, and F4 voided another row.
  it('marks the row it added', async () => {
    await begin();
    story.goods('1', '2').press('home', 'f10', 'type:6', 'enter');
    expect(names()).toEqual(['1', '2', '2']);
    expect(marked()).toEqual([expect.stringMatching(/^>БМК БИФИЛЮКС/)]);
    story.press('f4');
    expect(names()).toEqual(['1', '2']);
  });
});

describe('`3*` and a repeat', () => {
  // Incident: the modifier waited on and was taken by the goods after it.
  it('repeat three, and the modifier is used up', async () => {
    await begin();
    story.goods('1').press('type:3', '*', 'f10', 'type:6', 'enter');
    expect(story.row(21)).toBe('');
    story.goods('2');
    const quantities = story.document?.lines.map(({ goods, quantityThousandths }) => [goods.code, quantityThousandths]);
    expect(quantities).toEqual([
      ['1', 1000],
      ['1', 3000],
      ['2', 1000],
    ]);
  });

  it('stays where the register refuses it', async () => {
    await begin();
    story.goods('1').press('type:2.5', '*', 'f10', 'type:6', 'enter');
    expect(story.dialog).toBe('DOM-20');
    story.press('enter');
    expect(names()).toEqual(['1']);
    expect(story.row(21)).toBe(' Кол-во: 2.500');
  });
});

describe('a new quantity', () => {
  it('keeps the mark on its row', async () => {
    await begin();
    story.goods('1', '2', '3').press('home', 'f3', 'type:2', 'enter');
    expect(marked()).toEqual([expect.stringMatching(/^>МОЛОКО БМК 1\.5% 1Л П\/П +2 +100\.00$/)]);
  });
});
