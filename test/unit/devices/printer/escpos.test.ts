import fc from 'fast-check';
import qrTerminal from 'qrcode-terminal';
import { describe, expect, it } from 'vitest';
import { createEscpos, qrRaster } from '../../../../src/devices/printer/escpos.ts';
import {
  findProfile,
  PROFILE_NAMES,
  type PrinterProfile,
  parseProfile,
} from '../../../../src/devices/printer/profile.ts';
import { printStrictly } from './strict-escpos.ts';

function profile(name: string, patch: Partial<PrinterProfile> = {}): PrinterProfile {
  const found = findProfile(name);
  if (found === null) throw new Error(`no profile ${name}`);
  return { ...found, ...patch };
}

describe('printer profiles', () => {
  it.each(PROFILE_NAMES)('%s is whole', (name) => {
    expect(findProfile(name)).not.toBeNull();
  });

  it('names the wrong field of a profile written by hand', () => {
    const good = profile('generic-80');
    expect(parseProfile(good)).toEqual({ ok: true, profile: good });
    expect(parseProfile({ ...good, columns: 40 })).toEqual({ ok: false, field: 'columns' });
    expect(parseProfile({ ...good, codepage: { name: 'cp866', number: 256 } })).toEqual({
      ok: false,
      field: 'codepage.number',
    });
    expect(parseProfile({ ...good, drawer: null })).toEqual({ ok: false, field: 'drawer.pin' });
    expect(parseProfile(null)).toEqual({ ok: false, field: 'name' });
    expect(findProfile('constructor')).toBeNull();
  });
});

describe('ESC/POS commands', () => {
  it('starts with the reset, leaves the Chinese mode and selects the page of the profile', () => {
    const bytes = createEscpos(profile('rongta-80')).init();
    expect([...bytes]).toEqual([0x1b, 0x40, 0x1c, 0x2e, 0x1b, 0x74, 7]);
  });

  it('pulses the drawer of the profile', () => {
    const escpos = createEscpos(profile('generic-80', { drawer: { pin: 5, onMs: 120, offMs: 240 } }));
    expect(printStrictly(escpos.drawer()).drawer).toEqual([{ pin: 5, onMs: 120, offMs: 240 }]);
  });

  it('cuts only where there is a knife', () => {
    expect(printStrictly(createEscpos(profile('generic-80')).cut()).cuts).toBe(1);
    expect(printStrictly(createEscpos(profile('generic-58')).cut()).cuts).toBe(0);
  });

  it('prints EAN-13 and refuses what is none', () => {
    const escpos = createEscpos(profile('generic-80'));
    expect(printStrictly(escpos.ean13('4810000000018') ?? new Uint8Array()).barcodes).toEqual(['4810000000018']);
    expect(escpos.ean13('481000000001')).toBeNull();
    expect(escpos.ean13('48100000000\u001bp')).toBeNull();
  });

  it('puts the whole payload of a QR code into function 80', () => {
    const escpos = createEscpos(profile('generic-58'));
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]{1,512}$/), (payload) => {
        const [code] = printStrictly(escpos.qr(payload) ?? new Uint8Array()).qr;
        expect(code?.payload).toBe(payload);
        expect(code?.level).toBe(49);
      }),
    );
  });

  it.each(['', 'оплата', 'a\u0010\u0014\u0001', 'x'.repeat(513)])('refuses the QR payload %j', (payload) => {
    expect(createEscpos(profile('generic-80')).qr(payload)).toBeNull();
  });

  it.each(PROFILE_NAMES)('prints a test sheet on %s: each page number, a ruler, a QR code, the cut', (name) => {
    const { columns, codepage, cut } = profile(name);
    const sheet = createEscpos(profile(name), () => [[true]]).testSheet();
    const charset = codepage.name === 'cp866' ? 'ibm866' : 'windows-1251';
    const { lines, qr, rasters, cuts, drawer } = printStrictly(sheet, charset);
    const pages = lines.slice(0, 81);
    expect(pages.map((line) => line.page)).toEqual(Array.from({ length: 81 }, (_, n) => n));
    expect(pages.map((line) => line.text)).toEqual(pages.map((_, n) => `n=${n}: Ёё №Ўў ABC`));
    expect(lines.slice(81).map(({ text, page }) => [text, page])).toEqual([
      [`Столбцов ${columns}, страница n=${codepage.number}`, codepage.number],
      ['----+----1----+----2----+----3----+----4----+----5'.slice(0, columns), codepage.number],
    ]);
    expect([...qr.map(({ payload }) => payload), ...rasters.map(() => 'picture')]).toHaveLength(1);
    expect(qr.every(({ payload }) => payload === 'KASSA QR 0123456789')).toBe(true);
    expect({ cuts, drawer }).toEqual({ cuts: cut === 'none' ? 0 : 1, drawer: [] });
  });

  it('says so on the test sheet of a printer without QR codes', () => {
    const { lines, qr } = printStrictly(createEscpos({ ...profile('generic-80'), qr: 'none' }).testSheet());
    expect(qr).toEqual([]);
    expect(lines.at(-1)?.text).toBe('QR: -');
  });
});

describe('QR as a picture', () => {
  function modulesOf(payload: string): boolean[][] {
    let drawn = '';
    qrTerminal.generate(payload, { small: false }, (text) => {
      drawn = text;
    });
    // Two blanks a module, reverse video = light; one module of border around.
    const rows = drawn
      .split('\n')
      .map((row) => [...row.matchAll(/\u001b\[(4[07])m {2}/g)].map(([, code]) => code === '40'));
    return rows
      .filter((row) => row.length > 2)
      .slice(1, -1)
      .map((row) => row.slice(1, -1));
  }

  it.each([1, 60, 110, 150])('gives back every module for a payload of %i bytes', (length) => {
    const modules = modulesOf('A'.repeat(length));
    expect(modules.length).toBeGreaterThanOrEqual(21);
    const escpos = createEscpos(profile('zjiang-58'), () => modules);
    const { rasters } = printStrictly(escpos.qr('A') ?? new Uint8Array());
    const rows = rasters.flatMap((strip) => strip.rows);
    const dots = modules.length * 8 <= 384 ? 8 : 4;
    const printed = modules.map((row, y) =>
      row.map((_, x) => {
        const dot = x * dots + 1;
        return (((rows[y * dots + 1]?.[dot >> 3] ?? 0) >> (7 - (dot & 7))) & 1) === 1;
      }),
    );
    expect(printed).toEqual(modules);
    expect(rasters[0]?.widthDots).toBeLessThanOrEqual(384);
  });

  it('never makes a strip of the height that breaks cheap printers, nor a real-time command', () => {
    for (let size = 1; size <= 96; size++) {
      const modules = Array.from({ length: size }, (_, y) => Array.from({ length: size }, (_, x) => (x * y) % 3 === 0));
      const bytes = qrRaster(modules, 384);
      expect(
        printStrictly(bytes ?? new Uint8Array()).rasters.flatMap((strip) => strip.rows).length,
      ).toBeGreaterThanOrEqual(size * 4);
    }
    expect(
      qrRaster(
        Array.from({ length: 97 }, () => Array<boolean>(97).fill(true)),
        384,
      ),
    ).toBeNull();
  });

  it('is given up when the payload does not fit or the printer has no QR at all', () => {
    expect(createEscpos(profile('zjiang-58'), () => null).qr('A')).toBeNull();
    expect(createEscpos(profile('generic-80', { qr: 'none' })).qr('A')).toBeNull();
  });
});
