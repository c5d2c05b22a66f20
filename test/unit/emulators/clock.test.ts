import { expect, test } from 'vitest';
import { SteerableClock, VirtualClock } from '../../../src/emulators/clock.ts';

test('a virtual clock runs timers in order, each at its own moment, and timers set by timers', () => {
  const clock = new VirtualClock(1000);
  const seen: [string, number][] = [];
  clock.setTimeout(() => seen.push(['late', clock.now()]), 50);
  clock.setTimeout(() => {
    seen.push(['early', clock.now()]);
    clock.setTimeout(() => seen.push(['nested', clock.now()]), 15);
  }, 20);
  clock.clearTimeout(clock.setTimeout(() => seen.push(['never', clock.now()]), 10));
  clock.advance(100);
  expect(seen).toEqual([
    ['early', 1020],
    ['nested', 1035],
    ['late', 1050],
  ]);
  expect(clock.now()).toBe(1100);
  expect(clock.waitingMs).toEqual([]);
});

test('a steerable clock moved by hand brings its timers nearer', () => {
  const base = new VirtualClock(0);
  const clock = new SteerableClock(base, 500);
  let fired = 0;
  clock.setTimeout(() => {
    fired += 1;
  }, 10_000);
  clock.advance(9000);
  expect(clock.now()).toBe(9500);
  base.advance(999);
  expect(fired).toBe(0);
  base.advance(1);
  expect(fired).toBe(1);
  expect(clock.offsetMs).toBe(9500);
});

test('a stopped clock leaves no timer behind', () => {
  const base = new VirtualClock(0);
  const clock = new SteerableClock(base);
  clock.setTimeout(() => undefined, 10);
  expect(base.waitingMs).toEqual([10]);
  clock.stop();
  expect(base.waitingMs).toEqual([]);
});
