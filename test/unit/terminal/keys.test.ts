import { StringDecoder } from 'node:string_decoder';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, flush, type Key } from '../../../src/terminal/keys.ts';

const names = (text: string): string[] => decode('', text).keys.map((key) => key.name);

/** The stream cut into the given pieces, through UTF-8 as in the shell, flushed at the end. */
function decodePieces(pieces: Buffer[]): { keys: Key[]; dropped: number } {
  const utf8 = new StringDecoder('utf8');
  let pending = '';
  const keys: Key[] = [];
  for (const piece of pieces) {
    const decoded = decode(pending, utf8.write(piece));
    keys.push(...decoded.keys);
    pending = decoded.pending;
  }
  const rest = flush(pending);
  return { keys: [...keys, ...rest.keys], dropped: rest.dropped };
}

describe('key decoder', () => {
  it.each([
    // xterm, PuTTY, rxvt and the Linux console
    ['\x1bOP', 'f1'],
    ['\x1bOQ', 'f2'],
    ['\x1bOR', 'f3'],
    ['\x1bOS', 'f4'],
    ['\x1b[11~', 'f1'],
    ['\x1b[12~', 'f2'],
    ['\x1b[13~', 'f3'],
    ['\x1b[14~', 'f4'],
    ['\x1b[15~', 'f5'],
    ['\x1b[17~', 'f6'],
    ['\x1b[18~', 'f7'],
    ['\x1b[19~', 'f8'],
    ['\x1b[20~', 'f9'],
    ['\x1b[21~', 'f10'],
    ['\x1b[23~', 'f11'],
    ['\x1b[24~', 'f12'],
    ['\x1b[[A', 'f1'],
    ['\x1b[[B', 'f2'],
    ['\x1b[[C', 'f3'],
    ['\x1b[[D', 'f4'],
    ['\x1b[[E', 'f5'],
    ['\x1b[A', 'up'],
    ['\x1b[B', 'down'],
    ['\x1b[C', 'right'],
    ['\x1b[D', 'left'],
    ['\x1bOA', 'up'],
    ['\x1bOB', 'down'],
    ['\x1bOC', 'right'],
    ['\x1bOD', 'left'],
    ['\x1b[H', 'home'],
    ['\x1b[F', 'end'],
    ['\x1bOH', 'home'],
    ['\x1bOF', 'end'],
    ['\x1b[1~', 'home'],
    ['\x1b[4~', 'end'],
    ['\x1b[7~', 'home'],
    ['\x1b[8~', 'end'],
    ['\x1b[2~', 'insert'],
    ['\x1b[3~', 'delete'],
    ['\x1b[5~', 'pageup'],
    ['\x1b[6~', 'pagedown'],
    ['\x1bOM', 'enter'],
    ['\r', 'enter'],
    ['\n', 'enter'],
    ['\x7f', 'backspace'],
    ['\b', 'backspace'],
    ['\t', 'tab'],
    ['\x1b[Z', 'backtab'],
    ['\x03', 'ctrl+c'],
    ['\x1a', 'ctrl+z'],
    ['\x00', 'ctrl+space'],
    ['\x1d', 'ctrl+]'],
    // A scanner's separator: Ctrl+], and Alt with the digits of 029, as terminals of other makes send them.
    ['\x1b[93;5u', 'ctrl+]'],
    ['\x1b[27;5;93~', 'ctrl+]'],
    ['\x1b[48;3u', 'alt+0'],
    ['\x1b[27;3;50~', 'alt+2'],
    ['\x1bO3y', 'alt+9'],
    ['\x1b[2;3~', 'alt+insert'],
    ['\x1b[1;2P', 'shift+f1'],
    ['\x1bO2P', 'shift+f1'],
    ['\x1bO1;2P', 'shift+f1'],
    ['\x1b[25~', 'shift+f1'],
    ['\x1b[34~', 'shift+f8'],
    ['\x1b[1;5P', 'ctrl+f1'],
    ['\x1b[15;2~', 'shift+f5'],
    ['\x1b[24;5~', 'ctrl+f12'],
    ['\x1b[24;6~', 'ctrl+shift+f12'],
    ['\x1b[25;5~', 'ctrl+shift+f1'],
    ['\x1b[11^', 'ctrl+f1'],
    ['\x1b[1;3A', 'alt+up'],
    ['\x1b[1;5C', 'ctrl+right'],
    ['\x1b[3;5~', 'ctrl+delete'],
    ['\x1b[3$', 'shift+delete'],
    ['\x1b[a', 'shift+up'],
    ['\x1bOc', 'ctrl+right'],
  ])('%j is %s', (text, name) => {
    expect(decode('', text)).toEqual({ keys: [{ name, text: null }], pending: '' });
  });

  it('reads the numeric pad in application mode as what is printed on it', () => {
    const pad = [...'XjklmnopqrstuvwxyM'].map((final) => `\x1bO${final}`).join('');
    expect(decode('', pad).keys.map((key) => key.text)).toEqual([...'=*+,-./0123456789', null]);
  });

  it('gives printable keys their text and a lower-case name', () => {
    expect(decode('', 'Qй Ё7№😀').keys).toEqual([
      { name: 'q', text: 'Q' },
      { name: 'й', text: 'й' },
      { name: 'space', text: ' ' },
      { name: 'ё', text: 'Ё' },
      { name: '7', text: '7' },
      { name: '№', text: '№' },
      { name: '😀', text: '😀' },
    ]);
  });

  it('reads a quick Esc and digit as two keys', () => {
    expect(names('\x1b1')).toEqual(['escape', '1']);
    expect(names('\x1b\x1b[A')).toEqual(['escape', 'up']);
    expect(names('\x1b\r')).toEqual(['escape', 'enter']);
  });

  it.each([
    ['CSI-u', '\x1b[13;5u'],
    ['modifyOtherKeys', '\x1b[27;5;13~'],
    ['focus in', '\x1b[I'],
    ['focus out', '\x1b[O'],
    ['SGR mouse', '\x1b[<0;10;20M'],
    ['legacy mouse', '\x1b[M !!'],
    ['legacy mouse at a digit column', '\x1b[M 1\x1b'],
    ['unknown function key', '\x1b[99~'],
    ['device attributes', '\x1b[?62;1;2c'],
    ['mode report', '\x1b[?2026;2$y'],
    ['Pause of the Linux console', '\x1b[P'],
    ['unknown SS3', '\x1bOz'],
    ['private arrow', '\x1b[?1A'],
    ['C1, format and broken characters', '\u009b\u200e\u202e\ufeff\ufffd'],
  ])('swallows %s and keeps the scanner digits around it', (_what, report) => {
    expect(names(`48${report}15`)).toEqual(['4', '8', '1', '5']);
  });

  it('takes a sequence that was cut off by another as lost, not as typing', () => {
    expect(names('\x1b[1\x1b[17~')).toEqual(['f6']);
    expect(names('\x1b[17\r')).toEqual(['enter']);
    expect(names('\x1b[1й')).toEqual(['й']);
    expect(names('\x1bO\x1b[17~')).toEqual(['f6']);
    expect(names('\x1b[[\r')).toEqual(['enter']);
  });

  it('makes one event of a paste and presses nothing', () => {
    expect(decode('', '1\x1b[200~12\r\x1b[17~\x1b[201~2').keys).toEqual([
      { name: '1', text: '1' },
      { name: 'paste', text: '12\r\x1b[17~' },
      { name: '2', text: '2' },
    ]);
  });

  it('ends the waiting: a lone Esc is Escape, a piece of a sequence is dropped and counted', () => {
    expect(flush('\x1b')).toEqual({ keys: [{ name: 'escape', text: null }], dropped: 0 });
    expect(flush('')).toEqual({ keys: [], dropped: 0 });
    for (const piece of ['\x1b[', '\x1bO', '\x1b[17', '\x1b[M!', '\x1b[200~123', '\ud83d']) {
      expect(decode('', piece)).toEqual({ keys: [], pending: piece });
      expect(flush(piece)).toEqual({ keys: [], dropped: 1 });
    }
  });

  it('keeps a bounded part of an endless sequence and swallows it whole', () => {
    let pending = '';
    for (const chunk of ['\x1b[', ...Array.from({ length: 1000 }, () => '1;23')]) {
      const decoded = decode(pending, chunk);
      expect(decoded.keys).toEqual([]);
      pending = decoded.pending;
      expect(pending.length).toBeLessThanOrEqual(64);
    }
    expect(decode(pending, '~5').keys.map((key) => key.name)).toEqual(['5']);
  });

  it('keeps a bounded part of an endless paste', () => {
    let pending = '\x1b[200~';
    for (let i = 0; i < 200; i++) {
      const decoded = decode(pending, `${'x'.repeat(99)}\x1b`);
      expect(decoded.keys).toEqual([]);
      pending = decoded.pending;
      expect(pending.length).toBeLessThanOrEqual(4096 + 16);
    }
    const { keys } = decode(pending, '[201~5');
    expect(keys.map((key) => key.name)).toEqual(['paste', '5']);
    expect(keys[0]?.text).toBe(`${'x'.repeat(99)}\x1b`.repeat(41).slice(0, 4096));
  });
});

describe('any cutting of the stream gives the same keys', () => {
  const element = fc.oneof(
    fc.constantFrom(
      ...[
        '\x1b',
        '\x1b[17~',
        '\x1bOP',
        '\x1b[[A',
        '\x1b[1;2P',
        '\x1b[M !1',
        '\x1b[M',
        '\x1bOq',
        '\x1b[<0;1;1M',
        '\x1b[',
      ],
      ...['\x1b[13;5u', '\x1b[200~12\x1b[A\x1b[201~', '\x1b[200~', '\x1b[201~', '\x1b[3$', '\x1b[?2026;2$y', '\x1bO'],
      ...[
        '48',
        '\r',
        '\n',
        'Ж',
        '№',
        '😀',
        'и\u0306',
        '\x7f',
        '\x03',
        `\x1b[${'1'.repeat(70)}`,
        `\x1b[${'1;'.repeat(40)} `,
      ],
      `\x1b[200~${'\x1b[20'.repeat(1100)}`,
    ),
    fc.string({
      unit: fc.constantFrom('\x1b', '[', 'O', 'M', '1', ';', '~', '$', '<', ' ', '2', '0', 'й'),
      maxLength: 8,
    }),
  );
  const stream = fc.array(element, { maxLength: 12 }).map((elements) => Buffer.from(elements.join('')));

  it('cut at random places', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 30 }), (bytes, cuts) => {
        const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
        const pieces = [0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length));
        expect(decodePieces(pieces)).toEqual(decodePieces([bytes]));
      }),
      { numRuns: 1500 },
    );
  });

  it('cut into single bytes', () => {
    fc.assert(
      fc.property(stream, (bytes) => {
        expect(decodePieces(Array.from(bytes, (byte) => Buffer.from([byte])))).toEqual(decodePieces([bytes]));
      }),
      { numRuns: 300 },
    );
  });

  it('cut once, at every place of a stream with everything in it', () => {
    const bytes = Buffer.from(
      '1\x1b[17~Ж\x1bOP\x1b[[A\x1b2\x1b[M !1\x1b[200~5\r\x1b[201~😀\x1bOM\x1b[1;5P\x1b[13;5u\x1b',
    );
    const whole = decodePieces([bytes]);
    expect(whole.keys.map((key) => key.name)).toEqual([
      '1',
      'f6',
      'ж',
      'f1',
      'f1',
      'escape',
      '2',
      'paste',
      '😀',
      'enter',
      'ctrl+f1',
      'escape',
    ]);
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(decodePieces([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(whole);
    }
  });
});
