import { ReadlineParser } from '@serialport/parser-readline';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FrameFault, SCAN_END, ScanFramer } from '../../../../src/devices/scanner/framer.ts';
import { ManualClock } from '../manual-clock.ts';

const IDLE_MS = 50;
const LONG_QUIET_MS = 1000;

function start(options: { hasNoSuffix?: boolean; maxBytes?: number } = {}) {
  const clock = new ManualClock();
  const stats = { empty: 0, overflow: 0, partial: 0 };
  const faults: FrameFault[] = [];
  const framer = new ScanFramer({
    maxBytes: options.maxBytes ?? 4096,
    idleMs: IDLE_MS,
    hasNoSuffix: options.hasNoSuffix ?? false,
    clock,
    stats,
    onFault: (fault) => faults.push(fault),
  });
  const codes: string[] = [];
  const parser = new ReadlineParser({ delimiter: SCAN_END, encoding: 'latin1' });
  parser.on('data', (code: string) => codes.push(code));
  framer.pipe(parser);
  const write = (bytes: string | Uint8Array): Promise<void> =>
    new Promise((resolve) => {
      framer.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, () => resolve());
    });
  /** Lets the streams hand over what they hold. */
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return { framer, clock, stats, faults, codes, write, settled };
}

const CODES = ['4810000000018', ']E04810000000025', '1', '2212345004557'];

describe('scan framing', () => {
  const suffixes: readonly [string, (code: string) => string][] = [
    ['CR', (code) => `${code}\r`],
    ['LF', (code) => `${code}\n`],
    ['CRLF', (code) => `${code}\r\n`],
    ['ETX', (code) => `${code}\x03`],
    ['STX ETX', (code) => `\x02${code}\x03`],
    ['STX ETX CRLF', (code) => `\x02${code}\x03\r\n`],
  ];
  it.each(suffixes)('gives every code once for every split in two cuts: %s', async (_name, frame) => {
    const stream = CODES.slice(0, 2).map(frame).join('');
    for (let first = 0; first <= stream.length; first++) {
      for (let second = first; second <= stream.length; second++) {
        const scanner = start();
        await scanner.write(stream.slice(0, first));
        await scanner.write(stream.slice(first, second));
        await scanner.write(stream.slice(second));
        await scanner.settled();
        expect(scanner.codes).toEqual(CODES.slice(0, 2));
        expect(scanner.faults).toEqual([]);
      }
    }
  });

  it('gives every code for one byte at a time and for all at once, with NULs at power-up', async () => {
    for (const [, frame] of suffixes) {
      const bytes = `\0\0${CODES.map(frame).join('')}`;
      const slow = start();
      for (const byte of bytes) await slow.write(byte);
      const fast = start();
      await fast.write(bytes);
      await fast.settled();
      expect(slow.codes).toEqual(CODES);
      expect(fast.codes).toEqual(CODES);
    }
  });

  it('takes silence for the terminator when the scanner has none', async () => {
    const scanner = start({ hasNoSuffix: true });
    for (const code of CODES) {
      for (const byte of code) {
        await scanner.write(byte);
        scanner.clock.advance(16);
      }
      scanner.clock.advance(LONG_QUIET_MS);
    }
    await scanner.settled();
    expect(scanner.codes).toEqual(CODES);
    expect(scanner.faults).toEqual([]);
  });

  it('keeps line ends inside STX and ETX', async () => {
    const scanner = start();
    await scanner.write('\x02first\r\nsecond\x03');
    await scanner.settled();
    expect(scanner.codes).toEqual(['first\r\nsecond']);
  });

  it('passes every byte but its own terminators unchanged', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 2 && byte !== 3);
    const scanner = start();
    await scanner.write(Uint8Array.of(2, ...bytes, 3));
    await scanner.settled();
    expect(Buffer.from(scanner.codes[0] ?? '', 'latin1')).toEqual(Buffer.from(bytes));
  });

  it('gives the longest QR code', async () => {
    const code = 'Я'.repeat(2048);
    const scanner = start();
    await scanner.write(Buffer.from(`${code}\r`));
    await scanner.settled();
    expect(Buffer.from(scanner.codes[0] ?? '', 'latin1').toString()).toBe(code);
  });

  it('drops a frame that breaks off, says so once and gives the next code intact', async () => {
    const scanner = start();
    await scanner.write('48100');
    scanner.clock.advance(LONG_QUIET_MS);
    await scanner.write('2212345004557\r');
    await scanner.settled();
    expect(scanner.codes).toEqual(['2212345004557']);
    expect(scanner.faults).toEqual(['partial']);
  });

  it('goes on with a frame whose rest was only read late', async () => {
    const scanner = start();
    await scanner.write('48100');
    scanner.clock.advance(IDLE_MS); // the alarm rings before the waiting bytes are read
    await scanner.write('00000018\r');
    await scanner.settled();
    expect(scanner.codes).toEqual(['4810000000018']);
    expect(scanner.faults).toEqual([]);
  });

  it('starts anew at STX inside a frame', async () => {
    const scanner = start();
    await scanner.write('481\x024810000000018\x03');
    await scanner.settled();
    expect(scanner.codes).toEqual(['4810000000018']);
    expect(scanner.faults).toEqual(['partial']);
  });

  it('counts a megabyte of noise as one overflow, keeps nothing of it, and the next code is intact', async () => {
    const scanner = start();
    const noise = Buffer.alloc(64 * 1024, 0xfe);
    for (let i = 0; i < 20; i++) await scanner.write(noise);
    scanner.clock.advance(LONG_QUIET_MS);
    await scanner.write('4810000000018\r');
    await scanner.settled();
    expect(scanner.codes).toEqual(['4810000000018']);
    expect(scanner.stats).toEqual({ empty: 0, overflow: 1, partial: 0 });
    expect(scanner.faults).toEqual(['overflow']);
    expect(scanner.framer.readableLength).toBe(0);
  });

  it('says the same for any bytes however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constantFrom(0, 2, 3, 10, 13), fc.integer({ min: 0, max: 255 })), { maxLength: 60 }),
        fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 6 }),
        async (bytes, cuts) => {
          const whole = start({ maxBytes: 16 });
          await whole.write(Uint8Array.from(bytes));
          await whole.settled();
          const cut = start({ maxBytes: 16 });
          const at = [0, ...cuts.filter((c) => c <= bytes.length).sort((a, b) => a - b), bytes.length];
          for (let i = 1; i < at.length; i++) await cut.write(Uint8Array.from(bytes.slice(at[i - 1], at[i])));
          await cut.settled();
          expect(cut.codes).toEqual(whole.codes);
          expect(cut.stats).toEqual(whole.stats);
          for (const code of whole.codes) expect(code.length).toBeLessThanOrEqual(16);
        },
      ),
      { numRuns: 300 },
    );
  });
});
