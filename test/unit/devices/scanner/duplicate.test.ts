import { describe, expect, it } from 'vitest';
import { DUPLICATE_DEFAULTS, judgeRepeat, type LastSeen } from '../../../../src/devices/scanner/duplicate.ts';

const DROPPING = { ...DUPLICATE_DEFAULTS, dropsRepeats: true };

function kept(scans: readonly (readonly [raw: string, atMs: number])[], settings = DUPLICATE_DEFAULTS): boolean[] {
  let last: LastSeen = null;
  return scans.map(([raw, atMs]) => {
    const judged = judgeRepeat(last, raw, atMs, settings);
    last = judged.last;
    return judged.isKept;
  });
}

describe('the same code twice in a moment', () => {
  it('is two pieces, unless the shop says otherwise', () => {
    expect(
      kept([
        ['A', 0],
        ['A', 50],
      ]),
    ).toEqual([true, true]);
    expect(
      kept(
        [
          ['A', 0],
          ['A', 299],
        ],
        DROPPING,
      ),
    ).toEqual([true, false]);
  });

  it('is two pieces after 300 ms, and when another code came between', () => {
    expect(
      kept(
        [
          ['A', 0],
          ['A', 300],
        ],
        DROPPING,
      ),
    ).toEqual([true, true]);
    expect(
      kept(
        [
          ['A', 0],
          ['B', 50],
          ['A', 100],
        ],
        DROPPING,
      ),
    ).toEqual([true, true, true]);
  });

  it('is one piece however long the scanner goes on reading it', () => {
    const reads = Array.from({ length: 20 }, (_, i): [string, number] => ['A', i * 200]);
    expect(kept(reads, DROPPING).filter(Boolean)).toHaveLength(1);
  });

  it('is told apart by the code as it came: two marks of one kind of goods differ', () => {
    expect(
      kept(
        [
          ['01\x1dA', 0],
          ['01\x1dB', 10],
        ],
        DROPPING,
      ),
    ).toEqual([true, true]);
  });
});
