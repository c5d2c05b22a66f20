import { beforeEach, expect, it } from 'vitest';
import { createSendQueue } from '../../../src/app/send-queue.ts';
import { eventually } from '../../eventually.ts';

/** Requests under way, by attempt; calling one brings its answer. */
let underway: Map<string, () => void>;
let waitedFor: string | null;
let queued: ReturnType<typeof createSendQueue>;

beforeEach(() => {
  underway = new Map();
  waitedFor = null;
  queued = createSendQueue((attemptId) => attemptId === waitedFor);
});

function send(provider: string, attemptId: string): Promise<void> {
  return queued(
    attemptId,
    provider,
    () =>
      new Promise((resolve) => {
        underway.set(attemptId, () => {
          underway.delete(attemptId);
          resolve();
        });
      }),
  );
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `a${index + 1}`);

it('asks one system eight questions at a time, in order; another system does not wait for it', async () => {
  for (const attemptId of numbered(10)) void send('assist', attemptId);
  void send('paymaster', 'p1');
  await eventually(() => expect([...underway.keys()].sort()).toEqual([...numbered(8), 'p1'].sort()));

  underway.get('a3')?.();
  await eventually(() => expect(underway.has('a9')).toBe(true));
  expect(underway.has('a10')).toBe(false);
});

it('lets the payment the cashier waits for go at once', () => {
  for (const attemptId of numbered(10)) void send('assist', attemptId);
  waitedFor = 'front';
  void send('assist', 'front');
  expect([...underway.keys()]).toEqual(['front']);
});

it('takes a waiting question first when its payment was brought to the front meanwhile', async () => {
  for (const attemptId of numbered(12)) void send('assist', attemptId);
  await eventually(() => expect(underway.size).toBe(8));
  waitedFor = 'a12';
  underway.get('a1')?.();
  await eventually(() => expect(underway.has('a12')).toBe(true));
  expect(underway.has('a9')).toBe(false);
});

it('ends when its request was answered, and a request that fails frees its place', async () => {
  const failed = queued('bad', 'assist', () => Promise.reject(new Error('fault')));
  await expect(failed).rejects.toThrow('fault');
  const done = numbered(8).map((attemptId) => send('assist', attemptId));
  await eventually(() => expect(underway.size).toBe(8));
  for (const answer of [...underway.values()]) answer();
  await Promise.all(done);
});
