import ReceiptPrinterEncoder from '@point-of-sale/receipt-printer-encoder';
import { describe, expect, it } from 'vitest';
import { createEscpos } from '../../../../src/devices/printer/escpos.ts';
import { findProfile, type PrinterProfile } from '../../../../src/devices/printer/profile.ts';

/** Another's encoder, written from the same manuals: where both say the same thing, they must say it in the same bytes. */
function oracle() {
  return new ReceiptPrinterEncoder({
    language: 'esc-pos',
    columns: 48,
    errors: 'strict',
    newline: '\n',
    codepageMapping: 'epson',
    feedBeforeCut: 0,
  });
}

const hex = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString('hex');

function epson(codepage?: PrinterProfile['codepage']): PrinterProfile {
  const found = findProfile('epson-tm');
  if (found === null) throw new Error('no profile');
  return { ...found, ...(codepage !== undefined && { codepage }) };
}

const RUSSIAN = 'АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюя';
const ASCII = String.fromCharCode(...Array.from({ length: 94 }, (_, index) => 0x21 + index));

describe('the bytes of another encoder', () => {
  it.each([
    ['cp866', { name: 'cp866', number: 17 }, [RUSSIAN, 'Ўў № Єє Її', ASCII, '─│┌┐└┘═║█▀▄']],
    ['windows1251', { name: 'cp1251', number: 46 }, [RUSSIAN, 'Ўў Іі № «» „“ – — …', ASCII]],
  ] as const)('are ours for every letter of %s, and its page has the number of the profile', (theirs, ours, texts) => {
    const escpos = createEscpos(epson(ours));
    for (const text of texts) {
      const parts = text.match(/.{1,40}/gu) ?? [];
      for (const part of parts.filter((each) => each.trim() === each)) {
        const said = hex(oracle().initialize().codepage(theirs).line(part).encode());
        const mine = `1b74${ours.number.toString(16).padStart(2, '0')}${hex(escpos.textLine(part))}`;
        expect([part, said.endsWith(mine)]).toEqual([part, true]);
        expect(escpos.printable(part)).toEqual({ text: part, replaced: [] });
      }
    }
  });

  it.each([1, 20, 84, 85, 152, 250, 300])('are ours for a QR code of %i bytes', (length) => {
    const payload = `https://pay.example/${'aB3-'.repeat(100)}`.slice(0, length);
    const ours = hex(createEscpos(epson()).qr(payload));
    const size = Number.parseInt(/1d286b03003143(..)/.exec(ours)?.[1] ?? '', 16);
    const theirs = hex(oracle().initialize().qrcode(payload, { model: 2, size, errorlevel: 'm' }).encode());
    expect(size).toBeGreaterThanOrEqual(3);
    expect(theirs).toContain(ours);
  });

  it('are ours for drawer, knife, alignment, bold and double size', () => {
    const escpos = createEscpos(epson());
    expect(hex(oracle().pulse(0, 100, 500).encode())).toContain(hex(escpos.drawer()));
    expect(hex(oracle().cut('partial').encode())).toContain(hex(escpos.cut()).slice(-6));
    const styled = hex(oracle().bold(true).size(2, 2).line('A').encode());
    expect(styled).toContain(hex(escpos.bold(true)));
    expect(styled).toContain(hex(escpos.double(true)));
    expect(styled).toContain(hex(escpos.double(false)));
    const start = hex(escpos.init());
    expect(start.startsWith(hex(oracle().initialize().encode()).slice(0, 8))).toBe(true);
  });
});
