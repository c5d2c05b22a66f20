/** A register whose computer has lost the time (K32): its battery is dead, or somebody has set it back. */
import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/emulators/clock.ts';
import { shopClock } from '../../shop-clock.ts';
import { answerDialog, boxOf } from '../payments/oplati/shop.ts';
import { CAPTURE_TIME, Story } from '../story.ts';

let story: Story;
afterEach(() => story.end());

const YEAR_MS = 365 * 24 * 3600_000;

/** A shop that has sold once; `setBack` is what its computer's clock lacks from then on. */
async function soldOnce(): Promise<{ setBack(ms: number): Promise<void> }> {
  const time = new VirtualClock(CAPTURE_TIME);
  let lackMs = 0;
  const clock = shopClock(time, () => -lackMs);
  story = await Story.begin({ clock: time, till: { clock } });
  story.goods('2').press('f6', 'f8');
  return {
    async setBack(ms) {
      lackMs = ms;
      await story.restart();
    },
  };
}

async function passwordOf(password: string): Promise<void> {
  expect(story.dialog).toBe('DOM-06');
  expect(boxOf(story)?.text).toMatch(/^Работа с неверной датой/);
  story.press(`type:${password}`, 'enter');
  await story.until('the password is checked', () => !story.till.state.ui.busy);
}

describe('SYS-07, the clock stands before the last document', () => {
  it('K32: asks for a second user before anything is sold, and no time of a document goes back', async () => {
    const { setBack } = await soldOnce();
    const closedAt = story.till.state.register.lastClosed?.closedAt ?? 0;
    await setBack(YEAR_MS);
    expect(boxOf(story)).toMatchObject({
      title: 'Ошибка',
      text: 'Неверная дата: 22.08.2022. Проверьте часы',
      buttons: expect.stringMatching(/^Продолжить \(Enter\) +Отмена \(ESC\)$/),
    });
    story.press('enter');
    await passwordOf('9999');
    expect(story.dialog).toBeNull();
    story.goods('2').press('f6', 'f8');
    expect(story.till.state.register.lastClosed).toMatchObject({ number: 2, closedAt });
  });

  it('is not passed by Esc, a wrong password, the cashier himself or somebody without the right', async () => {
    const { setBack } = await soldOnce();
    await setBack(YEAR_MS);
    story.press('enter', 'escape');
    expect(story.dialog).toBe('SYS-07');
    for (const password of ['0000', '1111', '2222']) {
      story.press('enter');
      await passwordOf(password);
      await answerDialog(story, 'DOM-05', 'Ошибка', 'Операция не подтверждена');
      expect(story.dialog).toBe('SYS-07');
    }
    story.scan('4810000000018');
    expect(story.document).toBeNull();
    expect(story.exitCode).toBeNull();
  });

  it('Отмена leaves the program, so that the clock can be put right', async () => {
    const { setBack } = await soldOnce();
    await setBack(YEAR_MS);
    story.press('escape');
    expect(story.exitCode).toBe(0);
    await setBack(0);
    expect(story.dialog).toBeNull();
  });

  it('says nothing of seconds: a clock is put right while the register runs', async () => {
    const { setBack } = await soldOnce();
    await setBack(30_000);
    expect(story.dialog).toBeNull();
  });
});
