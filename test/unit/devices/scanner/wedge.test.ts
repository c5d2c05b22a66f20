import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expire,
  feed,
  WEDGE_DEFAULTS,
  WEDGE_START,
  type WedgeKey,
  type WedgeSettings,
  type WedgeState,
} from '../../../../src/devices/scanner/wedge.ts';

const ENTER: WedgeKey = { name: 'enter', text: null };

interface Pressed {
  key: WedgeKey;
  /** After the one before. */
  gapMs: number;
}

/** What came out, in order, with the time it came out. */
type Out = { atMs: number; key: WedgeKey } | { atMs: number; scan: string };

function key(character: string): WedgeKey {
  if (character === '\x1d') return { name: 'ctrl+]', text: null };
  if (character === '\x02') return { name: 'ctrl+b', text: null };
  return { name: character === ' ' ? 'space' : character.toLowerCase(), text: character };
}

/** Runs the machine as the program does: the timer rings at the deadline, or `lateMs` after it. */
function play(pressed: readonly Pressed[], settings: WedgeSettings = WEDGE_DEFAULTS, lateMs = 0): Out[] {
  const out: Out[] = [];
  let state: WedgeState = WEDGE_START;
  let nowMs = 1000;
  const ring = (untilMs: number): void => {
    for (let i = 0; state.deadlineMs !== null && state.deadlineMs + lateMs <= untilMs; i++) {
      if (i > 3) throw new Error('never given back');
      const atMs = state.deadlineMs + lateMs;
      const result = expire(state, atMs);
      state = result.state;
      out.push(...result.keys.map((given) => ({ atMs, key: given })));
    }
  };
  for (const { key: next, gapMs } of pressed) {
    nowMs += gapMs;
    ring(nowMs);
    const result = feed(state, { ...next, atMs: nowMs }, settings);
    state = result.state;
    out.push(...result.keys.map((given) => ({ atMs: nowMs, key: given })));
    if (result.scan !== null) out.push({ atMs: nowMs, scan: result.scan });
  }
  ring(nowMs + 10_000);
  expect(state.held).toEqual([]);
  return out;
}

function typed(text: string, gapMs: number): Pressed[] {
  return [...text].map((character) => ({ key: key(character), gapMs }));
}

function scanned(code: string, gapMs = 5, firstGapMs = 200): Pressed[] {
  const characters = [...code].map((character, i) => ({ key: key(character), gapMs: i === 0 ? firstGapMs : gapMs }));
  return [...characters, { key: ENTER, gapMs }];
}

const scansOf = (out: readonly Out[]): string[] => out.flatMap((item) => ('scan' in item ? [item.scan] : []));
const keysOf = (out: readonly Out[]): WedgeKey[] => out.flatMap((item) => ('key' in item ? [item.key] : []));
const flat = (out: readonly Out[]): WedgeKey[] =>
  out.flatMap((item) => ('key' in item ? [item.key] : [...[...item.scan].map(key), ENTER]));

const CODE = fc.stringMatching(/^[ -~]{6,40}$/);
const SCANNER_GAP = fc.integer({ min: 2, max: 10 });
const HAND_KEY = fc.oneof(
  fc.stringMatching(/^[0-9a-zа-я*.]$/).map(key),
  fc.constantFrom(ENTER, { name: 'f6', text: null }, { name: 'backspace', text: null }, { name: 'escape', text: null }),
);
const HAND_TYPING = fc.array(fc.record({ key: HAND_KEY, gapMs: fc.integer({ min: 60, max: 400 }) }), { maxLength: 30 });
const ANY_KEY = fc.oneof(HAND_KEY, fc.constantFrom(key('\x1d'), { name: 'paste', text: '4810000000018\r' }));

describe('a wedge scanner by its speed', () => {
  it('gives a scan as one code without its Enter', () => {
    const out = play([...typed('2', 100), { key: { name: '*', text: '*' }, gapMs: 150 }, ...scanned('4810000000018')]);
    expect(scansOf(out)).toEqual(['4810000000018']);
    expect(keysOf(out).map((given) => given.text)).toEqual(['2', '*']);
  });

  it('is recognised whole whatever it sends at 2 to 10 ms a character, one scan after another, amid typing', () => {
    const scan = fc.tuple(CODE, fc.array(SCANNER_GAP, { minLength: 41, maxLength: 41 })).map(([code, gaps]) => ({
      code,
      pressed: [...[...code].map(key), ENTER].map((next, i) => ({ key: next, gapMs: i === 0 ? 60 : (gaps[i] ?? 5) })),
    }));
    fc.assert(
      fc.property(fc.array(fc.tuple(HAND_TYPING, scan), { minLength: 1, maxLength: 4 }), (parts) => {
        const out = play(parts.flatMap(([typing, { pressed }]) => [...typing, ...pressed]));
        expect(scansOf(out)).toEqual(parts.map(([, { code }]) => code));
        expect(keysOf(out)).toEqual(parts.flatMap(([typing]) => typing.map((press) => press.key)));
      }),
      { numRuns: 200 },
    );
  });

  it('is never seen in typing by hand, and a typed key waits 50 ms at most', () => {
    fc.assert(
      fc.property(HAND_TYPING, fc.constantFrom(0, 5, 30, 500), (pressed, lateMs) => {
        const out = play(pressed, WEDGE_DEFAULTS, lateMs);
        expect(scansOf(out)).toEqual([]);
        expect(keysOf(out)).toEqual(pressed.map((press) => press.key));
        if (lateMs > 5) return; // a program that is held up gives back late
        let pressedAtMs = 1000;
        for (const [i, { gapMs }] of pressed.entries()) {
          pressedAtMs += gapMs;
          expect((out[i]?.atMs ?? Number.NaN) - pressedAtMs).toBeLessThanOrEqual(WEDGE_DEFAULTS.maxGapMs + lateMs);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('loses, doubles and reorders no key, whatever comes at whatever speed', () => {
    const press = fc.record({ key: ANY_KEY, gapMs: fc.oneof(SCANNER_GAP, fc.integer({ min: 0, max: 120 })) });
    fc.assert(
      fc.property(
        fc.array(press, { maxLength: 60 }),
        fc.constantFrom(0, 5, 30, 500),
        fc.constantFrom(null, '7', '\x02'),
        (pressed, lateMs, prefix) => {
          const out = flat(play(pressed, { ...WEDGE_DEFAULTS, prefix }, lateMs));
          const input = pressed.map(({ key: next }) => next);
          // The prefix and the second Enter of CR LF belong to the scan.
          const isSubsequence = out.reduce((from, given) => {
            const found = input.findIndex(
              (next, i) => i >= from && next.name === given.name && next.text === given.text,
            );
            return found === -1 ? Number.POSITIVE_INFINITY : found + 1;
          }, 0);
          expect(isSubsequence).toBeLessThanOrEqual(input.length);
          const isDroppable = (next: WedgeKey): boolean =>
            next.name === 'enter' || (prefix !== null && next.name === key(prefix).name);
          expect(out.filter((next) => !isDroppable(next))).toEqual(input.filter((next) => !isDroppable(next)));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives the keys and the codes back as exactly the input when every Enter stands alone', () => {
    const press = fc.record({
      key: fc.stringMatching(/^[0-9A-Z]$/).map(key),
      gapMs: fc.oneof(SCANNER_GAP, fc.integer({ min: 0, max: 120 })),
    });
    const burst = fc.tuple(fc.array(press, { minLength: 1, maxLength: 20 }), fc.integer({ min: 0, max: 60 }));
    fc.assert(
      fc.property(fc.array(burst, { maxLength: 4 }), (bursts) => {
        const pressed = bursts.flatMap(([characters, gapMs]) => [...characters, { key: ENTER, gapMs }]);
        expect(flat(play(pressed))).toEqual(pressed.map((one) => one.key));
      }),
      { numRuns: 300 },
    );
  });

  it('may be as slow as 35 ms a character', () => {
    expect(scansOf(play(scanned('4810000000018', 35)))).toEqual(['4810000000018']);
  });

  it('swallows the second Enter of CR LF, but no Enter of the cashier', () => {
    const out = play([...scanned('4810000000018'), { key: ENTER, gapMs: 5 }, { key: ENTER, gapMs: 300 }]);
    expect(scansOf(out)).toEqual(['4810000000018']);
    expect(keysOf(out)).toEqual([ENTER]);
  });

  it.each([
    ['five characters', scanned('48100')],
    ['a slow hand on a number pad', scanned('481000', 45)],
    ['an Enter that comes too late for the mean', [...typed('481000', 35), { key: ENTER, gapMs: 49 }]],
    ['no Enter', typed('4810000000018', 5)],
    ['a function key inside', [...typed('4810000', 5), { key: { name: 'f8', text: null }, gapMs: 5 }]],
    [
      'a paste',
      [
        { key: { name: 'paste', text: '4810000000018\r' }, gapMs: 5 },
        { key: ENTER, gapMs: 5 },
      ],
    ],
  ])('takes no scan from %s', (_, pressed) => {
    const out = play(pressed);
    expect(scansOf(out)).toEqual([]);
    expect(keysOf(out)).toEqual(pressed.map((one) => one.key));
  });

  it('never makes a shorter code of a burst that broke', () => {
    const broken = [
      ...typed('48', 5),
      { key: { name: 'left', text: null }, gapMs: 5 },
      ...scanned('10000000018', 5, 5),
    ];
    expect(scansOf(play(broken))).toEqual([]);
  });

  it('shows a held-down key while it is held down', () => {
    const out = play([...typed('0', 300), ...typed('0', 500), ...typed('0'.repeat(40), 33), { key: ENTER, gapMs: 33 }]);
    expect(scansOf(out)).toEqual([]);
    const lastAtMs = out.at(-1)?.atMs ?? 0;
    expect(out.filter(({ atMs }) => lastAtMs - atMs > 900)).not.toHaveLength(0);
  });

  it('keeps the separator of a marking code', () => {
    const code = '010481000000001821ABCDEFG\x1d93abcd';
    expect(scansOf(play(scanned(code)))).toEqual([code]);
  });

  it('stays whole when the program was held up for longer than a gap', () => {
    let state = feed(WEDGE_START, { ...key('4'), atMs: 1000 }).state;
    const late = expire(state, 1400);
    expect(late.keys).toEqual([]);
    state = late.state;
    let scan: string | null = null;
    for (const next of [...[...'810000000018'].map(key), ENTER]) {
      const result = feed(state, { ...next, atMs: 1401 });
      state = result.state;
      scan = result.scan ?? scan;
    }
    expect(scan).toBe('4810000000018');
  });
});

describe('a wedge scanner with a prefix', () => {
  const settings: WedgeSettings = { ...WEDGE_DEFAULTS, prefix: '\x02' };

  it('is known by it alone: short and slow codes are codes, and typing is never held back', () => {
    const out = play([...typed('481000', 5), ...scanned('\x0217', 40), { key: ENTER, gapMs: 100 }], settings);
    expect(scansOf(out)).toEqual(['17']);
    expect(keysOf(out).map((given) => given.name)).toEqual([...'481000', 'enter']);
    expect(feed(WEDGE_START, { ...key('4'), atMs: 0 }, settings).keys).toEqual([key('4')]);
  });

  it('makes nothing of a prefix alone', () => {
    expect(scansOf(play(scanned('\x02'), settings))).toEqual([]);
  });

  it('is never seen in typing by hand, the prefix included', () => {
    fc.assert(
      fc.property(HAND_TYPING, (pressed) => {
        const out = play(pressed, { ...WEDGE_DEFAULTS, prefix: '*' });
        expect(scansOf(out)).toEqual([]);
        expect(keysOf(out)).toEqual(pressed.map((press) => press.key));
      }),
      { numRuns: 100 },
    );
  });
});
