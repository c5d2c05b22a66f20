import { afterEach, describe, expect, it } from 'vitest';
import { Story } from '../story.ts';

let story: Story;
afterEach(() => story.end());

const HAND_PACE_MS = 100;

/** At the pace of a hand, by the way the terminal's keys take. */
function hand(...keys: string[]): void {
  for (const key of keys) {
    story.till.key(key, key.length === 1 ? key : null);
    story.clock.advance(HAND_PACE_MS);
  }
}

const paid = () => (story.document?.payments ?? []).map(({ currency, state }) => `${currency.shortName} ${state}`);
const inCash = () => paid().filter((row) => row.startsWith('Руб'));

/** The list that comes of itself when a bill of PayMaster was called off (PM-05). */
async function calledOff(): Promise<void> {
  story = await Story.begin({ paymaster: {} });
  story.goods('1').press('f6', 'f7', '8', 'enter');
  await story.until('the QR', () => story.shows('Осталось'));
  story.press('escape');
  await story.untilDialog('DOM-97');
}

describe('a list that the program opens', () => {
  it('marks nothing: Enter on its way to the screen before takes no money', async () => {
    await calledOff();
    expect(
      story.screen.some((row) => /│>/.test(row)),
      story.picture(),
    ).toBe(false);
    story.press('enter', 'enter');
    expect(story.dialog).toBe('DOM-97');
    expect(story.row(24)).toContain('выберите валюту');
    expect(inCash()).toEqual([]);
    story.press('down', 'enter');
    expect(inCash()).toEqual(['Руб approved']);
  });

  it('still takes a code that is typed', async () => {
    await calledOff();
    story.press('1', 'enter');
    expect(inCash()).toEqual(['Руб approved']);
  });
});

// On РЕЗУЛЬТАТ `F7 9 Enter 2 Enter`: Enter left it, and `2 Enter` was 2.00 in cash.
describe('РЕЗУЛЬТАТ', () => {
  it('is not left by an Enter that ends keys of another screen', async () => {
    story = await Story.begin({ assist: {} });
    story.goods('1').press('f6', 'f7', '9', 'enter');
    await story.untilDialog('AS-01');
    story.press('1', 'enter');
    await story.untilDialog('AS-02');
    story.press('enter');
    await story.until('РЕЗУЛЬТАТ', () => story.row(4) === ' РЕЗУЛЬТАТ');
    story.press('f7', '9', 'enter', '2', 'enter');
    expect(story.row(4)).toBe(' РЕЗУЛЬТАТ');
    expect(inCash()).toEqual([]);
    story.press('enter');
    expect(story.row(4)).not.toBe(' РЕЗУЛЬТАТ');
  });
});

describe('a screen that changes under a moving hand', () => {
  it('takes none of the keys of that movement, with a sound', async () => {
    story = await Story.begin({ paymaster: {} });
    story.goods('1').press('f6', 'f7', '8', 'enter');
    await story.until('the QR', () => story.shows('Осталось'));
    hand('escape');
    await story.untilDialog('DOM-97');
    const bells = story.bells;
    hand('1', 'enter');
    story.clock.advance(50);
    expect(inCash()).toEqual([]);
    expect(story.dialog).toBe('DOM-97');
    expect(story.bells).toBeGreaterThan(bells);
    story.clock.advance(1000);
    hand('1', 'enter');
    story.clock.advance(50);
    expect(inCash()).toEqual(['Руб approved']);
  });
});
