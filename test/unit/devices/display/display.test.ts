import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDisplay } from '../../../../src/devices/display/display.ts';
import { displayLines, type Shown } from '../../../../src/devices/display/display-lines.ts';
import { encodeLines, encodeStart } from '../../../../src/devices/display/encode.ts';
import {
  DISPLAY_PROFILE_NAMES,
  type DisplayProfile,
  findDisplayProfile,
  parseDisplayProfile,
} from '../../../../src/devices/display/profile.ts';
import type { Transport } from '../../../../src/devices/transport/link.ts';
import { memoryTransport } from '../../../../src/devices/transport/memory.ts';
import { eventually } from '../../../eventually.ts';
import { ManualClock } from '../manual-clock.ts';
import { showCd5220, showEpson } from './strict-display.ts';

function profile(name: string): DisplayProfile {
  const found = findDisplayProfile(name);
  if (found === null) throw new Error(`no profile ${name}`);
  return found;
}

const CD5220 = profile('cd5220');

/** Lets a write that the stream has finished be heard of. */
const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe.each([
  ['cd5220', showCd5220],
  ['epson-vfd', showEpson],
] as const)('display profile %s', (name, show) => {
  it('shows both lines padded to 20 columns, whatever the texts', () => {
    const text = fc.oneof(fc.stringMatching(/^[ -~А-яЁёЎў№]{0,30}$/u), fc.string({ unit: 'binary', maxLength: 30 }));
    fc.assert(
      fc.property(text, text, (upper, lower) => {
        const shown = show(
          Buffer.concat([
            encodeStart(profile(name)),
            encodeLines('x'.repeat(40), 'y'.repeat(40), profile(name)),
            encodeLines(upper, lower, profile(name)),
          ]),
        );
        expect([shown.upper.length, shown.lower.length, shown.starts]).toEqual([20, 20, 1]);
        if (/^[ -~А-яЁёЎў№]*$/u.test(upper)) expect(shown.upper).toBe(upper.normalize('NFC').slice(0, 20).padEnd(20));
      }),
      { numRuns: 60 },
    );
  });

  it('prints what the page lacks as something that reads the same, counted in columns', () => {
    const bytes = Buffer.concat([encodeStart(profile(name)), encodeLines('«Сок» — 5₽ Іі', '1…', profile(name))]);
    expect(show(bytes)).toMatchObject({ upper: '"Сок" - 5р. Ii      ', lower: '1...                ' });
  });
});

describe('display profiles', () => {
  it('are all sound, and a wrong field is named', () => {
    expect(DISPLAY_PROFILE_NAMES).toEqual(['cd5220', 'epson-vfd']);
    expect(DISPLAY_PROFILE_NAMES.map((name) => findDisplayProfile(name)?.codepage.name)).toEqual(['cp866', 'cp866']);
    expect(findDisplayProfile('toString')).toBeNull();
    expect(parseDisplayProfile({ ...CD5220, start: '1B 4' })).toEqual({ ok: false, field: 'start' });
    expect(parseDisplayProfile({ ...CD5220, start: '1B 40 ' })).toEqual({ ok: false, field: 'start' });
    expect(parseDisplayProfile({ ...CD5220, upper: { before: '1B' } })).toEqual({ ok: false, field: 'upper.after' });
    expect(parseDisplayProfile({ ...CD5220, codepage: { name: 'cp866' } })).toEqual({
      ok: false,
      field: 'codepage.number',
    });
    expect(parseDisplayProfile(null)).toEqual({ ok: false, field: 'name' });
  });

  it('may choose the page by number', () => {
    const start = encodeStart({ ...CD5220, codepage: { name: 'cp1251', number: 46 } });
    expect(Buffer.from(start).toString('hex')).toBe('0c1b401b63521b5f001b742e');
  });
});

function start(over: { transport?: Transport } = {}) {
  const clock = new ManualClock();
  const { transport, peer } = memoryTransport(true);
  const states: string[] = [];
  const begin = () =>
    createDisplay({
      url: 'serial:/dev/pos-display',
      profile: CD5220,
      clock,
      transport: over.transport ?? transport,
      onState: (state) => states.push(state),
    });
  return { clock, peer, states, begin, shows: () => showCd5220(peer.written()) };
}

describe('customer display', () => {
  it('is set up once and shows each text when there is time for it', async () => {
    const { begin, clock, states, shows } = start();
    const display = begin();
    expect(display.state()).toBe('unknown');
    await eventually(() => expect(states).toEqual(['ready']));
    await turnOfLoop();
    clock.advance(1000);
    display.show('МОЛОКО', '50.00');
    expect(shows()).toMatchObject({ upper: 'МОЛОКО'.padEnd(20), lower: '50.00'.padEnd(20), starts: 1 });
    await turnOfLoop();
    clock.advance(1000);
    display.show('ИТОГО', '50.00');
    expect(shows()).toMatchObject({ upper: 'ИТОГО'.padEnd(20), starts: 1 });
    await display.close();
  });

  it('takes five updates a second at most, and the latest wins', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 40 }), async (gaps) => {
        const { begin, clock, peer, states, shows } = start();
        const updatesAtMs: number[] = [];
        peer.onWrite(() => updatesAtMs.push(clock.nowMs()));
        const display = begin();
        await eventually(() => expect(states).toEqual(['ready']));
        for (const [i, gapMs] of gaps.entries()) {
          await turnOfLoop();
          clock.advance(gapMs);
          display.show(`ТОВАР ${i}`, String(i));
        }
        for (let i = 0; i < 3; i++) {
          await turnOfLoop();
          clock.advance(200);
        }
        expect(shows().upper.trim()).toBe(`ТОВАР ${gaps.length - 1}`);
        for (const [i, atMs] of updatesAtMs.entries()) {
          expect(updatesAtMs.slice(i).filter((later) => later - atMs < 1000).length).toBeLessThanOrEqual(5);
        }
        await display.close();
      }),
      { numRuns: 30 },
    );
  });

  it('is sent nothing when nothing changed', async () => {
    const { begin, clock, peer, states } = start();
    const display = begin();
    await eventually(() => expect(states).toEqual(['ready']));
    display.show('ИТОГО', '50.00');
    await turnOfLoop();
    clock.advance(1000);
    await turnOfLoop();
    const before = peer.written().length;
    display.show('ИТОГО', '50.00');
    clock.advance(1000);
    expect(peer.written()).toHaveLength(before);
    await display.close();
  });

  it('that comes back is set up again and shows what was shown meanwhile; each change is told once', async () => {
    const { begin, clock, peer, states, shows } = start();
    const display = begin();
    await eventually(() => expect(states).toEqual(['ready']));
    peer.refuse('noDevice');
    peer.unplug();
    expect(display.state()).toBe('noLink');
    display.show('СДАЧА', '1.00');
    for (let attempt = 0; attempt < 3; attempt++) {
      await eventually(() => expect(clock.pending()).toHaveLength(1));
      clock.advance(1500);
    }
    await eventually(() => expect(clock.pending()).toHaveLength(1));
    peer.refuse(null);
    clock.advance(1500);
    await eventually(() => expect(states).toEqual(['ready', 'noLink', 'ready']));
    expect(shows()).toMatchObject({ upper: 'СДАЧА'.padEnd(20), starts: 2 });
    await display.close();
  });

  it('that has stopped taking bytes holds nobody up, piles nothing up, and gets the newest text afterwards', async () => {
    const { transport, peer } = memoryTransport(true);
    const release: (() => void)[] = [];
    const slow: Transport = {
      ...transport,
      async open(timeoutMs) {
        const link = await transport.open(timeoutMs);
        const write = link.stream._write.bind(link.stream);
        link.stream._write = (chunk, encoding, done) => {
          write(chunk, encoding, () => undefined);
          release.push(() => done());
        };
        return link;
      },
    };
    const { begin, clock, states } = start({ transport: slow });
    const display = begin();
    await eventually(() => expect(states).toEqual(['ready']));
    for (let i = 0; i < 100; i++) {
      display.show('ТОВАР', String(i));
      clock.advance(300);
    }
    expect(release).toHaveLength(1);
    release[0]?.();
    await eventually(() => expect(release).toHaveLength(2));
    expect(showCd5220(peer.written()).history.map((line) => line.trim())).toEqual(['', '99']);
    const closing = display.close();
    clock.advance(500);
    await closing;
  });

  it('shows the last text before it is closed, and nothing after', async () => {
    const { begin, clock, states, shows } = start();
    const display = begin();
    await eventually(() => expect(states).toEqual(['ready']));
    display.show('ИТОГО', '50.00');
    display.show('КАССА ЗАКРЫТА', '');
    await display.close();
    expect(clock.pending()).toEqual([]);
    expect(shows().upper.trim()).toBe('КАССА ЗАКРЫТА');
    display.show('ПОСЛЕ', '');
    clock.advance(1000);
    expect(shows().upper.trim()).toBe('КАССА ЗАКРЫТА');
  });

  it('that is not there is shown nothing and asks nothing', async () => {
    const display = createDisplay({ url: 'none', profile: CD5220 });
    display.show('ИТОГО', '50.00');
    expect(display.state()).toBe('none');
    await display.close();
    expect(() => createDisplay({ url: 'ttyS0', profile: CD5220 })).toThrow('address: bad: ');
  });
});

describe('what the buyer sees', () => {
  it.each<[Shown, string, string]>([
    [{ kind: 'idle' }, '  ДОБРО ПОЖАЛОВАТЬ', ''],
    [
      {
        kind: 'item',
        name: 'МОЛОКО БМК 1.5% 1Л П/П',
        quantityThousandths: 2000,
        isFractional: false,
        sumKopecks: 10_000,
      },
      'МОЛОКО БМК 1.5% 1Л П',
      'КОЛ. 2        100.00',
    ],
    [
      { kind: 'item', name: 'ЯБЛОКИ', quantityThousandths: 455, isFractional: true, sumKopecks: 182 },
      'ЯБЛОКИ',
      'КОЛ. 0.455      1.82',
    ],
    [
      {
        kind: 'item',
        name: 'ПЕСОК',
        quantityThousandths: 999_999_999,
        isFractional: true,
        sumKopecks: 9_999_999_999,
      },
      'ПЕСОК',
      '         99999999.99',
    ],
    [{ kind: 'total', totalKopecks: 12_190 }, 'ИТОГО', '              121.90'],
    [{ kind: 'change', receivedKopecks: 20_000, changeKopecks: 7810 }, 'ПОЛУЧЕНО      200.00', 'СДАЧА          78.10'],
    [{ kind: 'qr', totalKopecks: 12_190 }, 'ОТСКАНИРУЙТЕ QR-КОД', 'К ОПЛАТЕ      121.90'],
  ])('of %j', (shown, upper, lower) => {
    expect(displayLines(shown)).toEqual({ upper, lower });
  });

  it('is never wider than the display, and a sum is never cut', () => {
    const sum = fc.integer({ min: -9_999_999_999, max: 9_999_999_999 });
    const item = fc.record({
      kind: fc.constant('item' as const),
      name: fc.string({ maxLength: 200 }),
      quantityThousandths: fc.integer({ min: 1, max: 999_999_999 }),
      isFractional: fc.boolean(),
      sumKopecks: sum,
    });
    fc.assert(
      fc.property(item, (shown) => {
        const { upper, lower } = displayLines(shown);
        expect(upper.length).toBeLessThanOrEqual(20);
        expect(lower).toHaveLength(20);
        expect(lower).toMatch(/(?:^КОЛ\. \d+(?:\.\d{3})?)? +-?\d+\.\d{2}$/);
        expect(Math.round(Number(lower.slice(lower.lastIndexOf(' '))) * 100)).toBe(shown.sumKopecks);
      }),
    );
  });
});
