/** Cash that was taken without a link is told in the order it was taken, each once. */
import { afterEach, expect, it } from 'vitest';
import type { Story } from '../../story.ts';
import {
  beginShop,
  closeResult,
  expectBooks,
  inWay,
  payCash,
  serverOf,
  untilSettled,
  WAYS,
  type WayName,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

const REPORTS = { forms: '/xpos/payment.cfm', mpos: WAYS.mpos.create } as const;

async function sellWithoutLink(way: WayName, sales: number): Promise<void> {
  story = await beginShop(inWay(way));
  await serverOf(story).fault('refuse');
  for (let sale = 0; sale < sales; sale++) {
    if (sale > 0) story.goods('2').press('f6');
    await payCash(story);
    await closeResult(story, 'AS-35', 'Оплачен');
    story.press('f8');
  }
}

/** The numbers of all reports, in the order they came; no two were under way together. */
function reported(path: string): string[] {
  const asked = serverOf(story)
    .requests()
    .filter((request) => request.path === path);
  const moments = asked.map(({ atMs }) => atMs);
  expect(new Set(moments).size).toBe(moments.length);
  return asked.map(({ body }) => {
    const { OrderNumber, ordernumber } = (body ?? {}) as { OrderNumber?: string; ordernumber?: string };
    return OrderNumber ?? ordernumber ?? '';
  });
}

it.each(['forms', 'mpos'] as const)('%s: one after another when the link is back', async (way) => {
  await sellWithoutLink(way, 5);
  await serverOf(story).fault('none');
  await untilSettled(story);
  const numbers = reported(REPORTS[way]);
  expect(numbers).toHaveLength(5);
  expect(numbers).toEqual([...numbers].sort());
  expect(serverOf(story).ledger()).toHaveLength(5);
  expectBooks(story);
});

it.each(['forms', 'mpos'] as const)('%s: the same over a restart, with a lost answer in the middle', async (way) => {
  await sellWithoutLink(way, 4);
  await serverOf(story).fault('none');
  await story.until('the first is told', () => serverOf(story).ledger().length >= 1);
  await serverOf(story).fault('drop-reply', 1, { path: REPORTS[way] });
  await story.restart();
  await untilSettled(story);
  const numbers = serverOf(story)
    .ledger()
    .map(({ orderNumber }) => orderNumber);
  expect(numbers).toHaveLength(4);
  expect(numbers).toEqual([...numbers].sort());
  expectBooks(story);
});

it.each(['forms', 'mpos'] as const)('%s: one that is refused is told and holds nobody up', async (way) => {
  await sellWithoutLink(way, 3);
  serverOf(story).refuse({ path: REPORTS[way], firstCode: 5, secondCode: 108, times: 1 });
  await serverOf(story).fault('none');
  await story.until('the others are told', () => serverOf(story).ledger().length === 2);
  await story.untilShows('В очереди Ассист: 1');
  expect(serverOf(story).ledger()).toHaveLength(2);
  await untilSettled(story);
  expect(serverOf(story).ledger()).toHaveLength(3);
  expectBooks(story);
});
