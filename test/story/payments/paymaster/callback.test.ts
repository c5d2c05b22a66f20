/** PayMaster's callback through the shop's proxy: the payment is read sooner, and nothing that it says is believed. */
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Story } from '../../story.ts';
import { journalRows } from '../oplati/shop.ts';
import { beginAtSubtotal, expectClosed, isPanelUp, ROW, seen, server, startSbp } from './shop.ts';

let story: Story;
afterEach(() => story.end());

const POLL_S = 60;

/** A port that nobody uses. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** The port is opened after the first picture. */
async function isOpen(url: string): Promise<void> {
  for (let tries = 0; tries < 10_000; tries++) {
    const reply = await fetch(url, { method: 'POST', body: '{}' }).catch(() => null);
    if (reply?.status === 200) return;
  }
  throw new Error('nobody listens');
}

async function begin(): Promise<string> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/paymaster`;
  story = await beginAtSubtotal({
    conf: { pollMs: POLL_S * 1000, callbackUrl: url },
    settings: { notificationsAddress: `127.0.0.1:${port}` },
    emulator: { buyer: 'silent', callbackBom: true },
  });
  story.till.startDevices();
  await isOpen(url);
  return url;
}

describe('a notification', () => {
  it('of a payment makes the register ask at once', async () => {
    await begin();
    await startSbp(story);
    const startedAtMs = story.clock.now();
    server(story).payer('confirm');
    await story.until('paid', () => journalRows(story).includes(ROW));
    expect(story.clock.now() - startedAtMs).toBeLessThan((POLL_S * 1000) / 2);
    expectClosed(story);
  });

  it('that is forged pays nothing, and a flood of them asks no oftener than every few seconds', async () => {
    const url = await begin();
    await startSbp(story);
    const orderNo = server(story).ledger()[0]?.orderNumber ?? '';
    const before = seen(story, 'GET', '/payments/');
    const body = JSON.stringify({ id: '900000001', status: 'Settled', amount: { value: 15.3 }, invoice: { orderNo } });
    for (let count = 0; count < 200; count++) {
      expect((await fetch(url, { method: 'POST', body })).status).toBe(200);
    }
    await story.until('asked once', () => seen(story, 'GET', '/payments/') > before);
    expect(seen(story, 'GET', '/payments/') - before).toBe(1);
    expect(journalRows(story)).not.toContain(ROW);
    expect(story.otherChargedKopecks()).toBe(0);
    expect(isPanelUp(story), story.picture()).toBe(true);
    const unknown = JSON.stringify({ id: '1', status: 'Settled', invoice: { orderNo: '9-9-9-9-ffffff' } });
    expect((await fetch(url, { method: 'POST', body: unknown })).status).toBe(200);
    expect(isPanelUp(story), story.picture()).toBe(true);
  });
});
