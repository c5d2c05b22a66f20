import { describe, expect, it } from 'vitest';
import { localMs, localStamp, momentOf } from '../../../src/register/local-time.ts';

/** Warsaw in 2023: summer time from 26 March to 29 October, 01:00 UTC. */
function warsaw(atMs: number): number {
  return atMs >= Date.parse('2023-03-26T01:00Z') && atMs < Date.parse('2023-10-29T01:00Z') ? 120 : 60;
}

const summer = Date.parse('2023-08-22T14:14:05.123Z');
const winter = Date.parse('2023-12-22T14:14:05.123Z');

describe('the clock on the wall', () => {
  it('is so many minutes ahead of UTC as the shop has set, all the year', () => {
    expect([summer, winter].map((at) => localStamp(at, 180))).toEqual([
      '2023-08-22T17:14:05.123',
      '2023-12-22T17:14:05.123',
    ]);
    expect(localMs(summer, -90)).toBe(summer - 5_400_000);
  });

  it('shows a moment as its own day had it in a zone with summer time, whenever one looks', () => {
    expect([summer, winter].map((at) => localStamp(at, warsaw))).toEqual([
      '2023-08-22T16:14:05.123',
      '2023-12-22T15:14:05.123',
    ]);
  });

  it.each([
    ['of an ordinary day', '2023-08-22', 24],
    ['that the clock is put forward', '2023-03-26', 23],
    ['that the clock is put back', '2023-10-29', 25],
  ])('has all the hours of the day %s between its midnights', (_, day, hours) => {
    const midnight = Date.parse(`${day}T00:00:00Z`);
    const from = momentOf(midnight, warsaw);
    const to = momentOf(midnight + 24 * 3_600_000, warsaw);
    expect(localStamp(from, warsaw)).toBe(`${day}T00:00:00.000`);
    expect((to - from) / 3_600_000).toBe(hours);
    expect(momentOf(midnight, 180)).toBe(midnight - 180 * 60_000);
  });
});
