/** F11 in a shop where storno needs a second user (`confirmStorno`; DOM-41, DOM-06, SCR-33). */
import { afterEach, describe, expect, it } from 'vitest';
import { payWith } from '../payments/oplati/shop.ts';
import { Story, type StoryOptions } from '../story.ts';

let story: Story;
const begin = async (options: StoryOptions = {}) => {
  story = await Story.begin({ settings: { confirmStorno: true }, ...options });
  return story;
};
afterEach(() => story.end());

const checked = () => story.until('the password is checked', () => !story.till.state.ui.busy);
const reversals = () => story.oplati.ledger().flatMap((row) => row.reversals);

describe('annulment that a second user confirms', () => {
  // Incident: DOM-06 was a message without a field, and no receipt could be annulled.
  it('asks for his password', async () => {
    await begin();
    story.goods('1', '2').press('f11', 'enter');
    expect(story.dialog).toBe('DOM-06');
    expect(story.shows('Сторно все')).toBe(true);
    story.press('type:1111', 'enter');
    await checked();
    expect(story.dialog).toBe('DOM-05');
    story.press('enter', 'f11', 'enter', 'type:9999', 'enter');
    await checked();
    expect(story.shows('Чек аннулирован')).toBe(true);
    expect(story.till.state.register.lastClosed).toMatchObject({ number: 1, status: 'annulled' });
  });

  it('takes no payment back before he has confirmed', async () => {
    await begin();
    story.goods('2').press('f6', 'type:10', 'enter');
    payWith(story, 7);
    await story.until('paid', () => story.document?.payments[1]?.state === 'approved');
    story.press('f11', 'enter');
    expect(story.dialog).toBe('DOM-06');
    story.press('escape');
    expect(story.row(22)).toBe(' Получено: 15.30');
    expect(reversals()).toEqual([]);
    story.press('f11', 'enter', 'type:9999', 'enter');
    await checked();
    await story.untilShows('Чек аннулирован');
    expect(reversals()).toHaveLength(1);
    expect(story.chargedKopecks()).toBe(0);
  });
});
