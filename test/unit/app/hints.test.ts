/** Notifications: whose they are, and how little they may do. */
import { expect, it } from 'vitest';
import { createHints } from '../../../src/app/payment-hints.ts';
import type { Attempt } from '../../../src/payments/attempt.ts';
import { drivers } from '../../../src/payments/registry.ts';

const attempt = (provider: string, orderNumber: string) =>
  ({ attemptId: `${provider}-${orderNumber}`, provider, order: { orderNumber } }) as Attempt;

function begin(...running: Attempt[]) {
  const posted: string[] = [];
  const lines: string[] = [];
  const world = { nowMs: 0, running, posted, lines };
  const log = {
    info: (_: string, text: string) => lines.push(text),
    warn: (_: string, text: string) => lines.push(text),
  };
  const heard = createHints({
    drivers,
    attempts: () => world.running,
    now: () => world.nowMs,
    log: log as never,
    post: ({ attemptId }) => posted.push(attemptId),
  });
  return { ...world, world, heard };
}

const ofPaymaster = (orderNo: string, more: object = {}) =>
  `\uFEFF${JSON.stringify({ id: '1', status: 'Settled', invoice: { orderNo }, ...more })}`;

it('wakes the attempt whose number is named, of the system whose path it is', () => {
  const { heard, posted } = begin(attempt('paymaster', '8-1-1-1-a'), attempt('oplati', '8-1-1-2-b'));
  expect(heard('/paymaster', ofPaymaster('8-1-1-1-a'))).toBe(true);
  expect(heard('/oplati', JSON.stringify({ paymentId: 5, orderNumber: '8-1-1-2-b', status: 1 }))).toBe(true);
  expect(heard('/paymaster', ofPaymaster('8-1-1-2-b'))).toBe(true);
  expect(posted).toEqual(['paymaster-8-1-1-1-a', 'oplati-8-1-1-2-b']);
});

it('is told nothing of systems that notify of nothing', () => {
  const { heard } = begin();
  for (const path of ['/', '/assist', '/cash', '/paymaster/x', '/__proto__'])
    expect(heard(path, '{}'), path).toBe(false);
});

it('a thousand notifications are one question in three seconds, and two lines of the log', () => {
  const { heard, posted, lines, world } = begin(attempt('paymaster', 'n-1'));
  for (let count = 0; count < 1000; count++) expect(heard('/paymaster', ofPaymaster('n-1'))).toBe(true);
  expect(posted).toHaveLength(1);
  world.nowMs = 3_000;
  heard('/paymaster', ofPaymaster('n-1'));
  expect(posted).toHaveLength(2);
  expect(lines).toHaveLength(3);
});

it('what names no attempt of ours is counted, told once a minute, and nothing of it is repeated', () => {
  const { heard, posted, lines, world } = begin();
  for (let count = 0; count < 500; count++) heard('/paymaster', ofPaymaster(`CANARY-${count}`, { token: 'CANARY' }));
  for (const body of ['', 'CANARY', '[]', '{"invoice":{"orderNo":{}}}']) heard('/paymaster', body);
  world.nowMs = 60_000;
  heard('/paymaster', 'CANARY');
  expect(posted).toEqual([]);
  expect(lines).toEqual([
    'без запроса: не о своем заказе 1, повтор 0, не разобрано 0',
    'без запроса: не о своем заказе 499, повтор 0, не разобрано 5',
  ]);
});
