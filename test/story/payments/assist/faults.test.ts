/** Everything that can break on the way to the server: in the end the register and the server's books say the same. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Story } from '../../story.ts';
import { documentsOf, expectDialog, expectSubtotal, journalRows } from '../oplati/shop.ts';
import {
  beginShop,
  beginWithReader,
  bringToEnd,
  CREATE_PATH,
  chooseMeans,
  closeResult,
  connectReader,
  expectBooks,
  inWay,
  ordersPaid,
  RESULT_PATH,
  serverOf,
  startSbp,
  WAYS,
  type WayName,
  XPOS_PATH,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

const FAULTS = [
  ['refuse', 1],
  ['drop-request', 1],
  ['drop-request', 6],
  ['drop-reply', 1],
  ['drop-reply', 6],
  ['delay', 1],
  ['http-500', 1],
  ['http-500', 6],
  ['garbage', 1],
  ['slow-drip', 1],
  ['wrong-sum', 1],
  ['wrong-order', 1],
] as const;

/** Nobody paid twice, the receipt is paid once, and the books agree. */
function expectEnd(): void {
  const documents = documentsOf(story);
  expect(documents).toHaveLength(1);
  expect(ordersPaid(story).length, story.picture()).toBeLessThanOrEqual(1);
  expect(story.otherChargedKopecks()).toBe(ordersPaid(story).length * 1530);
  expectBooks(story);
}

async function breakIt(kind: string, times: number, where: object): Promise<void> {
  const options = kind === 'refuse' ? { ms: 40_000 } : { ...where, ...(kind === 'delay' ? { ms: 15_000 } : {}) };
  await serverOf(story).fault(kind, times, options);
}

const CASES = (Object.keys(WAYS) as WayName[]).flatMap((way) =>
  FAULTS.map(([kind, times]): [WayName, string, number] => [way, kind, times]),
);

describe.each(CASES)('%s: %s (%i)', (way, kind, times) => {
  it('СБП: while the order is created', async () => {
    story = await beginShop(inWay(way));
    await breakIt(kind, times, { path: WAYS[way].create });
    await chooseMeans(story, 'СБП');
    await bringToEnd(story);
    expectEnd();
  });

  it('СБП: while its state is asked', async () => {
    story = await beginShop(inWay(way));
    await startSbp(story);
    await breakIt(kind, times, RESULT_PATH);
    await bringToEnd(story);
    expect(ordersPaid(story)).toHaveLength(1);
    expectEnd();
  });

  it('cash: while it is told to the server', async () => {
    story = await beginShop(inWay(way));
    await breakIt(kind, times, XPOS_PATH);
    await chooseMeans(story, 'Наличные');
    await story.untilDialog('AS-02');
    story.press('enter');
    await bringToEnd(story);
    expect(ordersPaid(story)).toHaveLength(1);
    expectEnd();
  });

  it('a second order after the first one was given up', async () => {
    story = await beginShop(inWay(way, { emulator: { buyer: 'silent' } }));
    await startSbp(story);
    await breakIt(kind, times, { path: '/api/v1/' });
    story.press('f7', 'enter');
    await story.until('answered', () => story.dialog !== 'AS-32' && story.dialog !== 'AS-03');
    serverOf(story).setBuyer('pays');
    await bringToEnd(story);
    expectEnd();
  });
});

describe.each(['drop-request', 'drop-reply', 'http-500', 'garbage', 'wrong-sum'])('%s', (kind) => {
  it('while the reader pays: the order decides', async () => {
    ({ story } = await beginWithReader());
    await connectReader(story);
    await story.untilDialog('AS-17');
    await breakIt(kind, 1, XPOS_PATH);
    await bringToEnd(story);
    expect(ordersPaid(story)).toHaveLength(['drop-request', 'http-500'].includes(kind) ? 0 : 1);
    expectEnd();
  });
});

describe('words the till does not wait for', () => {
  it.each(['Delayed', 'PartialApproved', 'PartialDelayed', 'Зачислен'])(
    '%s: never paid, never refused, an alarm in the log; the true word counts later',
    async (word) => {
      story = await beginShop({ assist: { emulator: { buyer: 'silent' } } });
      await startSbp(story);
      const number = serverOf(story).ledger()[0]?.orderNumber ?? '';
      serverOf(story).showState(number, word);
      await story.until('alarm', () => / ERROR +assist .*order=/.test(story.log()));
      expect(ordersPaid(story)).toEqual([]);
      expect(story.till.state.attempts).toHaveLength(1);
      serverOf(story).pay();
      serverOf(story).showState(number, null);
      await bringToEnd(story);
      expect(ordersPaid(story)).toHaveLength(1);
      expectEnd();
    },
  );

  it.each(['Неизвестно', 'Ошибка отмены'])(
    '%s: the question goes on without an alarm, the true word counts',
    async (word) => {
      story = await beginShop({ assist: { emulator: { buyer: 'silent' } } });
      await startSbp(story);
      const number = serverOf(story).ledger()[0]?.orderNumber ?? '';
      serverOf(story).showState(number, word);
      const asked = () => serverOf(story).requests().length;
      const before = asked();
      await story.until('asked again', () => asked() > before + 1);
      expect([ordersPaid(story), story.till.state.attempts.length]).toEqual([[], 1]);
      expect(story.log()).not.toMatch(/ ERROR +assist .*order=/);
      serverOf(story).pay();
      serverOf(story).showState(number, null);
      await bringToEnd(story);
      expect(ordersPaid(story)).toHaveLength(1);
      expectEnd();
    },
  );

  it('an order of a test shop is no money', async () => {
    story = await beginShop({ assist: { emulator: { testMode: 1 } } });
    await startSbp(story);
    await story.untilDialog('AS-41');
    story.press('enter');
    expect(journalRows(story)).toEqual(['Ассист, СБП (неизвестно) | 15.30']);
  });

  it('a fault of the server: AS-41 with its words, nothing is paid', async () => {
    story = await beginShop();
    serverOf(story).refuse({ firstCode: 5, secondCode: 108, message: 'Bad amount', path: CREATE_PATH.path });
    await chooseMeans(story, 'СБП');
    await story.untilDialog('AS-41');
    expectDialog(story, 'AS-41', 'Ошибка', 'Ошибка Ассист: Bad amount');
    story.press('enter');
    expectSubtotal(story, '15.30');
    await bringToEnd(story);
    expectEnd();
  });

  it('1/0 after the order was asked for: nobody knows, so it is asked', async () => {
    story = await beginShop();
    serverOf(story).refuse({ firstCode: 1, secondCode: 0, status: 500, path: CREATE_PATH.path });
    await chooseMeans(story, 'СБП');
    await closeResult(story, 'AS-21', 'Не существует');
    await bringToEnd(story);
    expectEnd();
  });
});
