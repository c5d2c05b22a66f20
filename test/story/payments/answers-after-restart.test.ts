/** What was told of a system's answers stands over a restart. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Story } from '../story.ts';
import {
  beginShop,
  chooseMeans,
  closeResult,
  expectBooks,
  payCash,
  readNotices,
  serverOf,
  untilSettled,
  XPOS_PATH,
} from './assist/shop.ts';

let story: Story;
afterEach(() => story.end());

function toldTimes(word: string): number {
  return readNotices(story).split(word).length - 1;
}

async function sellForCash(): Promise<void> {
  await payCash(story);
  await closeResult(story, 'AS-35', 'Оплачен');
  story.press('f8');
}

describe('cash that the server does not take', () => {
  it('404: the gate stands over a restart, and is told once', async () => {
    story = await beginShop();
    await serverOf(story).fault('http-404', 100_000, XPOS_PATH);
    await sellForCash();
    await story.restart();
    await story.until('the register is back', () => story.dialog === null);
    story.goods('2').press('f6');
    await chooseMeans(story, 'Наличные');
    await story.untilDialog('AS-39');
    story.press('enter');
    story.press('f8');
    await serverOf(story).fault('none');
    await untilSettled(story);
    expect(toldTimes('сервер ответил ошибкой 404')).toBe(1);
    expectBooks(story);
  });
});
