import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expire,
  feed,
  WEDGE_DEFAULTS,
  WEDGE_START,
  type WedgeKey,
  type WedgeResult,
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
type Out = { atMs: number; key: WedgeKey } | { atMs: number; scan: string } | { atMs: number; refused: number };

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
  const told = ({ keys, scan, refused }: WedgeResult, atMs: number): void => {
    out.push(...keys.map(({ name, text }) => ({ atMs, key: { name, text } })));
    if (refused !== null) out.push({ atMs, refused: refused.length });
    if (scan !== null) out.push({ atMs, scan });
  };
  const ring = (untilMs: number): void => {
    for (let i = 0; state.deadlineMs !== null && state.deadlineMs + lateMs <= untilMs; i++) {
      if (i > 3) throw new Error('never given back');
      const atMs = state.deadlineMs + lateMs;
      const result = expire(state, atMs);
      state = result.state;
      told(result, atMs);
    }
  };
  for (const { key: next, gapMs } of pressed) {
    nowMs += gapMs;
    ring(nowMs);
    const result = feed(state, { ...next, atMs: nowMs }, settings);
    state = result.state;
    told(result, nowMs);
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
const refusedIn = (out: readonly Out[]): number => out.filter((item) => 'refused' in item).length;
const flat = (out: readonly Out[]): WedgeKey[] =>
  out.flatMap((item) => ('key' in item ? [item.key] : 'scan' in item ? [...[...item.scan].map(key), ENTER] : []));

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

  it('doubles and reorders no key, and loses none but those of a burst it says it refuses', () => {
    const press = fc.record({ key: ANY_KEY, gapMs: fc.oneof(SCANNER_GAP, fc.integer({ min: 0, max: 120 })) });
    fc.assert(
      fc.property(
        fc.array(press, { maxLength: 60 }),
        fc.constantFrom(0, 5, 30, 500),
        fc.constantFrom(null, '7', '\x02'),
        (pressed, lateMs, prefix) => {
          const played = play(pressed, { ...WEDGE_DEFAULTS, prefix }, lateMs);
          const out = flat(played);
          const input = pressed.map(({ key: next }) => next);
          // The prefix and the second Enter of CR LF belong to the scan.
          const isSubsequence = out.reduce((from, given) => {
            const found = input.findIndex(
              (next, i) => i >= from && next.name === given.name && next.text === given.text,
            );
            return found === -1 ? Number.POSITIVE_INFINITY : found + 1;
          }, 0);
          expect(isSubsequence).toBeLessThanOrEqual(input.length);
          if (refusedIn(played) > 0) return;
          const isDroppable = (next: WedgeKey): boolean =>
            next.name === 'enter' || (prefix !== null && next.name === key(prefix).name);
          expect(out.filter((next) => !isDroppable(next))).toEqual(input.filter((next) => !isDroppable(next)));
        },
      ),
      { numRuns: 300 },
    );
  });

  // 8 to 12 keys a second, and two of them now and then almost at once: a roll over two keys, never over three.
  it('is never seen in the fastest honest typing, fast pairs and held keys included', () => {
    const stroke = fc.oneof(
      fc.tuple(HAND_KEY).map((keys) => ({ keys, gapMs: 0 })),
      fc.record({ keys: fc.tuple(HAND_KEY, HAND_KEY), gapMs: fc.integer({ min: 1, max: 35 }) }),
      fc.record({
        keys: fc.integer({ min: 4, max: 20 }).map((count) => Array.from({ length: count }, () => key('0'))),
        gapMs: fc.integer({ min: 22, max: 40 }),
      }),
    );
    const strokes = fc.array(fc.tuple(stroke, fc.integer({ min: 80, max: 130 })), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(strokes, (hand) => {
        const pressed = hand.flatMap(([{ keys, gapMs }, firstGapMs]) =>
          keys.map((next, i) => ({ key: next, gapMs: i === 0 ? firstGapMs : gapMs })),
        );
        const out = play(pressed);
        expect(keysOf(out)).toEqual(pressed.map((press) => press.key));
        expect(scansOf(out)).toEqual([]);
        expect(refusedIn(out)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['one digit and Enter at once', typed('5', 100), ENTER],
    [
      'the key with three zeros',
      [...typed('5', 100), ...typed('000', 2).map((one, i) => ({ ...one, gapMs: i === 0 ? 90 : 2 }))],
      ENTER,
    ],
  ])('leaves %s to the hand', (_, pressed, last) => {
    const all = [...pressed, { key: last, gapMs: pressed.length === 1 ? 10 : 120 }];
    expect(keysOf(play(all))).toEqual(all.map((one) => one.key));
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
    ['a slow hand on a number pad', scanned('481000', 45)],
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

  const ESC: WedgeKey = { name: 'escape', text: null };
  const alt029 = (...spelled: WedgeKey[]): Pressed[] => spelled.map((next) => ({ key: next, gapMs: 3 }));
  const named = (name: string): WedgeKey => ({ name, text: null });
  const head = scanned('0104810000000018215A<b>"kLmNoPq', 3).slice(0, -1);
  const tail = scanned('93tYuI', 3, 3);

  // A mark whose separator the scanner types as Alt+029 sold goods 993 and was 9935.00 in cash.
  it.each([
    ['too short for a code', scanned('993', 3)],
    ['five characters', scanned('48100')],
    ['no Enter', typed('4810000000018', 5)],
    ['an Enter that comes late', [...typed('4810000000018', 5), { key: ENTER, gapMs: 200 }]],
    ['a function key inside', [...typed('4810000', 5), { key: named('f8'), gapMs: 5 }, ...scanned('00018', 5, 5)]],
    ['an arrow inside', [...typed('48', 5), { key: named('left'), gapMs: 5 }, ...scanned('10000000018', 5, 5)]],
    ['a pause inside', [...typed('4810', 5), ...scanned('000000018', 5, 180)]],
    ['more characters than any code has', scanned('1'.repeat(5000), 2)],
    ['Alt+029 as Esc and digits', [...head, ...alt029(ESC, key('0'), ESC, key('2'), ESC, key('9')), ...tail]],
    ['Alt+029 in front of the code', [...alt029(ESC, key('0'), ESC, key('2'), ESC, key('9')), ...tail]],
    ['Alt+029 as keys with Alt', [...head, ...alt029(named('alt+0'), named('alt+2'), named('alt+9')), ...tail]],
    [
      'Alt+029 without NumLock',
      [...head, ...alt029(named('alt+insert'), named('alt+down'), named('alt+pageup')), ...tail],
    ],
    ['Alt+029 with the digits after it', [...head, ...alt029(ESC, key('0'), key('2'), key('9')), ...tail]],
  ])('refuses a burst once and whole: %s', (_, pressed) => {
    const out = play([
      ...typed('7', 100),
      ...pressed.map((one, i) => (i === 0 ? { ...one, gapMs: 100 } : one)),
      ...typed('8', 300),
    ]);
    expect(scansOf(out)).toEqual([]);
    expect(keysOf(out)).toEqual([key('7'), key('8')]);
    expect(refusedIn(out)).toBe(1);
  });

  it('is whole again when it only stutters, as a slow line brings it', () => {
    expect(scansOf(play([...typed('4810', 5), ...scanned('000000018', 5, 110)]))).toEqual(['4810000000018']);
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
    expect(feed(WEDGE_START, { ...key('4'), atMs: 0 }, settings).keys).toMatchObject([key('4')]);
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
