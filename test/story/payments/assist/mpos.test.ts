/** Cash and СБП by the services of Assist mPOS (assist.md 14, 15): what the cashier sees, and what was really charged. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { pathsOf } from '../../../../src/settings/paths.ts';
import type { Story } from '../../story.ts';
import { documentsOf, expectSubtotal, journalRows } from '../oplati/shop.ts';
import {
  beginShop,
  bringToEnd,
  chooseMeans,
  closeResult,
  expectBooks,
  expectGivenUp,
  hasQr,
  inWay,
  ordersPaid,
  payCash,
  qrOf,
  RESULT_PATH,
  scanned,
  serverOf,
  startSbp,
  untilSettled,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

const SILENT = { emulator: { buyer: 'silent' as const } };
const CREATE = { path: '/mpos/mobilepayment.cfm' };
const CASH = CREATE;
const QR_AGAIN = { path: '/orderresult/mobileorderresult.cfm' };
const REGISTRATION = { path: '/registration/mobileregistration.cfm' };

/** How often the server was asked for an order of this number. */
function createsOf(path: string): number {
  return serverOf(story)
    .requests()
    .filter((request) => request.path === path).length;
}

describe('СБП', () => {
  it('the QR of the answer stands on the screen as a telephone reads it, and the state decides', async () => {
    story = await beginShop(inWay('mpos', SILENT));
    await startSbp(story);
    expect(scanned(story)).toBe(qrOf(story));
    expect(qrOf(story)).toMatch(/^https:\/\/qr\.nspk\.ru\/\w+\?type=02&bank=\d+&sum=1530&cur=RUB&crc=\w{4}$/);
    serverOf(story).pay();
    await closeResult(story, 'AS-04', 'Оплачен');
    story.press('f8');
    expect(story.otherChargedKopecks()).toBe(1530);
    expectBooks(story);
  });

  // Before, the order was given up and the buyer had to wait for another.
  it('the answer is lost: the cashier sees the QR of the very order, pays, nothing was given up', async () => {
    story = await beginShop(inWay('mpos', SILENT));
    await serverOf(story).fault('drop-reply', 1, CREATE);
    await startSbp(story);
    const [order, ...others] = serverOf(story).ledger();
    expect([order?.state, others]).toEqual(['In Process', []]);
    expect(qrOf(story)).toContain('sum=1530');
    serverOf(story).pay();
    await closeResult(story, 'AS-04', 'Оплачен');
    story.press('f8');
    expect(createsOf(CREATE.path)).toBe(1);
    expect(story.otherChargedKopecks()).toBe(1530);
    expectBooks(story);
  });

  it('the registration is asked for once, kept, and used after a restart', async () => {
    story = await beginShop(inWay('mpos'));
    for (let sale = 0; sale < 2; sale++) {
      await serverOf(story).fault('drop-reply', 1, CREATE);
      await startSbp(story, '5');
      await closeResult(story, 'AS-04', 'Оплачен');
      await story.restart();
      if (story.dialog !== null) story.press('enter');
    }
    const file = join(pathsOf(story.root).paysystems, 'assist', 'registration.conf');
    expect(readFileSync(file, 'utf8')).toMatch(/^\[Main\]\ntoken = [0-9a-f]{32}\n$/);
    expect(createsOf(REGISTRATION.path)).toBe(1);
    expectBooks(story);
  });

  it('there is no QR to be read: the order is given up, and the next one has a new number', async () => {
    story = await beginShop(inWay('mpos', { emulator: { buyer: 'silent', hasQrOnRead: false } }));
    await serverOf(story).fault('drop-reply', 1, CREATE);
    await chooseMeans(story, 'СБП');
    await closeResult(story, 'AS-21', 'Отменён');
    expect(
      serverOf(story)
        .ledger()
        .map(({ state }) => state),
    ).toEqual(['Canceled']);
    expectSubtotal(story, '15.30');
    await bringToEnd(story);
    expectBooks(story);
  });

  it('another means (F7) gives the order up as before', async () => {
    story = await beginShop(inWay('mpos', SILENT));
    await startSbp(story);
    story.press('f7', 'enter');
    await expectGivenUp(story);
    expect(serverOf(story).ledger()).toMatchObject([{ state: 'Canceled' }]);
    await payCash(story);
    await closeResult(story, 'AS-04', 'Оплачен');
    story.press('f8');
    expect(story.otherChargedKopecks()).toBe(1530);
    expectBooks(story);
  });

  it('a closed port: nothing has left, and nothing was paid', async () => {
    story = await beginShop(inWay('mpos'));
    await serverOf(story).fault('refuse', 1, { ms: 20_000 });
    await chooseMeans(story, 'СБП');
    await story.untilDialog('AS-23');
    expect(story.shows('Нет соединения с сервером. Оплата не начата.'), story.picture()).toBe(true);
    await bringToEnd(story);
    expect(story.otherChargedKopecks()).toBe(0);
    expectBooks(story);
  });
});

describe('cash', () => {
  it('is told, counted once, and goes back by the documented cancel', async () => {
    story = await beginShop(inWay('mpos'));
    await payCash(story);
    await closeResult(story, 'AS-04', 'Оплачен');
    expect(journalRows(story)).toEqual(['Ассист, наличные | 15.30']);
    story.press('escape', 'enter');
    await untilSettled(story);
    expect(story.otherChargedKopecks()).toBe(0);
    expect(serverOf(story).requests().at(-1)?.path).toMatch(/cancel|orderresult/);
    expectBooks(story);
  });

  it('the answer is lost: AS-35, and the server is asked, not told again, until it shows the order', async () => {
    story = await beginShop(inWay('mpos'));
    await serverOf(story).fault('drop-reply', 1, CASH);
    await payCash(story);
    await closeResult(story, 'AS-35', 'Оплачен');
    story.press('f8');
    await untilSettled(story);
    expect(createsOf(CASH.path)).toBe(1);
    expect(story.otherChargedKopecks()).toBe(1530);
    expectBooks(story);
  });

  it('the request is lost: told again only when good answers have been without it for 30 s', async () => {
    story = await beginShop(inWay('mpos'));
    await serverOf(story).fault('drop-request', 1, CASH);
    await payCash(story);
    await closeResult(story, 'AS-35', 'Оплачен');
    story.press('f8');
    await untilSettled(story);
    const times = serverOf(story)
      .requests()
      .filter(({ path }) => path === CASH.path)
      .map(({ atMs }) => atMs);
    expect(times).toHaveLength(2);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(30_000);
    expect(story.otherChargedKopecks()).toBe(1530);
    expectBooks(story);
  });
});

describe('ten lost answers at each call: the books agree, nobody paid twice', () => {
  const calls: [name: string, means: 'СБП' | 'Наличные', where: object][] = [
    ['the order of СБП', 'СБП', CREATE],
    ['the state', 'СБП', RESULT_PATH],
    ['the registration', 'СБП', REGISTRATION],
    ['the QR read again', 'СБП', QR_AGAIN],
    ['cash', 'Наличные', CASH],
    ['the state of cash', 'Наличные', RESULT_PATH],
  ];
  it.each(calls.flatMap((call) => (['drop-reply', 'drop-request'] as const).map((kind) => [...call, kind] as const)))(
    '%s (%s): %o, %s',
    async (_, means, where, kind) => {
      story = await beginShop(inWay('mpos'));
      const create = means === 'СБП' ? CREATE : CASH;
      if (where !== create) await serverOf(story).fault('drop-reply', 1, create);
      await serverOf(story).fault(kind, 10, where);
      await chooseMeans(story, means);
      if (means === 'Наличные') {
        await story.untilDialog('AS-02');
        story.press('enter');
      }
      await bringToEnd(story);
      await untilSettled(story);
      expect(documentsOf(story)).toHaveLength(1);
      expect(story.otherChargedKopecks()).toBe(ordersPaid(story).length * 1530);
      expect(ordersPaid(story).length).toBe(means === 'Наличные' ? 1 : ordersPaid(story).length);
      expectBooks(story);
    },
  );
});

it('after a restart in the middle of the QR being read again, the QR comes', async () => {
  story = await beginShop(inWay('mpos', SILENT));
  await serverOf(story).fault('drop-reply', 1, CREATE);
  await serverOf(story).fault('delay', 1, { ...QR_AGAIN, ms: 15_000 });
  await chooseMeans(story, 'СБП');
  await story.until('asked', () => createsOf(QR_AGAIN.path) > 0);
  await story.restart();
  if (story.dialog === 'SYS-09') story.press('enter');
  await story.until('QR', () => hasQr(story));
  serverOf(story).pay();
  await closeResult(story, 'AS-04', 'Оплачен');
  expect(createsOf(CREATE.path)).toBe(1);
  expectBooks(story);
});
