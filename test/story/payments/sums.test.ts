/** The sum that is about to be charged stands on the screen from the choice of the means until the end of the payment. */
import { afterEach, describe, expect, it } from 'vitest';
import { askWhole, sell } from '../returns/counter.ts';
import type { Story } from '../story.ts';
import { startSbp } from './assist/shop.ts';
import { begin, journalRows, payWith } from './oplati/shop.ts';

let story: Story;
afterEach(() => story.end());

/** МОЛОКО, 50.00, at the subtotal. */
async function atSubtotal(...args: Parameters<typeof begin>): Promise<void> {
  story = await begin(...args);
  story.goods('1').press('f6');
}

const DROPPED = ' Набранная сумма 20.00 сброшена';

describe('a part that was typed', () => {
  it.each([0, 1, 2] as const)('О!плати, mode %i: stands in the list, in the prompts and in the row', async (mode) => {
    await atSubtotal({ mode, emulator: { buyer: 'silent' } });
    story.press('type:20', 'f7');
    expect(story.dialog).toBe('DOM-97');
    expect(story.shows('К оплате: 20.00 из 50.00'), story.picture()).toBe(true);
    story.press('type:7', 'enter');
    story.onPaint = () => {
      if (story.dialog !== null) expect(story.shows('К оплате: 20.00'), story.picture()).toBe(true);
    };
    const first = (['OPL-21', 'OPL-22', 'OPL-23'] as const)[mode];
    await story.untilDialog(first);
    expect(story.shows('К оплате: 20.00'), story.picture()).toBe(true);
    // A QR takes the whole screen.
    if (mode !== 2) expect(journalRows(story)).toEqual(['О!плати (ожидание) | 20.00']);
    story.press('escape');
    await story.until('given up', () => story.till.state.attempts.every(({ foreground }) => !foreground));
    expect(story.row(24), story.picture()).toContain(DROPPED.trim());
  });

  it('PayMaster: in the waiting boxes, on the panel, and in PM-03', async () => {
    await atSubtotal({ paymaster: { emulator: { buyer: 'silent' } } });
    payWith(story, 8, '20');
    expect(story.dialog).toBe('PM-01');
    expect(story.shows('К оплате: 20.00'), story.picture()).toBe(true);
    await story.until('QR', () => story.shows('▀▀▀▀▀▀▀'));
    expect(story.shows('К оплате: 20.00'), story.picture()).toBe(true);
    await story.paymaster?.fault('refuse');
    await story.untilDialog('PM-03');
    expect(story.shows('К оплате: 20.00'), story.picture()).toBe(true);
    expect(journalRows(story)).toEqual(['Оплата по QR-коду/NFC СБП (ожидание) | 20.00']);
  });

  it('Ассист: on the order, beside the QR, under AS-32, and in the list that follows', async () => {
    await atSubtotal({ assist: { emulator: { buyer: 'silent' } } });
    const shows = () =>
      expect(
        story.screen.some((row) => /\b20[.,]00\b/.test(row)),
        story.picture(),
      ).toBe(true);
    payWith(story, 9, '20');
    await story.untilDialog('AS-01');
    shows();
    await startSbp(story);
    shows();
    story.press('f7');
    await story.untilDialog('AS-32');
    shows();
    story.press('enter');
    await story.untilDialog('DOM-97');
    expect(story.shows('К оплате: 20.00 из 50.00'), story.picture()).toBe(true);
    story.press('escape');
    expect(story.row(24)).toContain(DROPPED.trim());
  });

  // Incident: the 20 was gone without a word, and the next payment took all 50.00.
  it('is said to be dropped when Esc leaves the list', async () => {
    await atSubtotal();
    story.press('type:20', 'f7', 'escape');
    expect(story.row(24)).toBe(DROPPED);
    story.press('f7');
    expect(story.shows('К оплате: 20.00')).toBe(false);
    story.press('escape');
    expect(story.row(24)).not.toContain('сброшена');
  });

  it('refused above the rest: said, and beside a refused sum of cash the digits stay', async () => {
    await atSubtotal();
    payWith(story, 7, '60');
    expect(story.dialog, story.picture()).toBe('DOM-33');
    expect(story.row(24)).toContain('Набранная сумма 60.00 сброшена');
    story.press('enter', 'type:0', 'enter');
    expect(story.dialog, story.picture()).toBe('DOM-32');
    story.press('enter');
    expect(story.row(21)).toMatch(/Ввод: 0_$/);
  });

  it('declined: said beside the refusal, the next payment takes what is left', async () => {
    await atSubtotal({ emulator: { buyer: 'declines' } });
    payWith(story, 7, '20');
    await story.until('declined', () => story.till.state.attempts.every(({ foreground }) => !foreground));
    expect(story.dialog, story.picture()).not.toBeNull();
    expect(story.row(24)).toContain(DROPPED.trim());
  });
});

describe('a payment of all that is left', () => {
  it('needs no word when it ends, and no second sum in the list', async () => {
    await atSubtotal({ mode: 0 });
    payWith(story, 7);
    await story.untilDialog('OPL-21');
    expect(story.shows('К оплате: 50.00')).toBe(true);
    expect(journalRows(story)).toEqual([]);
    story.press('escape');
    expect(story.row(24)).not.toContain('сброшена');
  });
});

describe('the list of payment types in a return by receipt', () => {
  it('says what each means would give back', async () => {
    story = await begin();
    await sell(story, ['1'], 'oplati 20', 'cash');
    askWhole(story, 1);
    story.press('escape', 'f7');
    expect(
      story.screen.some((row) => /1 +Руб +Российский рубль +30\.00 │/.test(row)),
      story.picture(),
    ).toBe(true);
    expect(
      story.screen.some((row) => /7 +Опла +О!плати +20\.00 │/.test(row)),
      story.picture(),
    ).toBe(true);
    expect(
      story.screen.some((row) => /3 +АТ +Автономный терминал +│/.test(row)),
      story.picture(),
    ).toBe(true);
  });
});
