import { beforeAll, describe, expect, it } from 'vitest';
import { createEscpos } from '../../../../src/devices/printer/escpos.ts';
import { findProfile, type PrinterProfile } from '../../../../src/devices/printer/profile.ts';
import { buildJob } from '../../../../src/receipts/print-job.ts';
import { loadTemplates, type Templates } from '../../../../src/receipts/templates.ts';
import { CASH, line, payment, slip } from '../../receipts/documents.ts';
import { columnsOf, printStrictly } from './strict-escpos.ts';

let templates: Templates;
beforeAll(async () => {
  templates = await loadTemplates(null, (problem) => {
    throw new Error(`${problem.name} ${problem.line}`);
  });
});

const COLUMNS = [32, 42, 48] as const;
const PAGES = [
  { page: { name: 'cp866', number: 17 }, charset: 'ibm866' },
  { page: { name: 'cp1251', number: 46 }, charset: 'windows-1251' },
] as const;
const PAPERS = COLUMNS.flatMap((columns) => PAGES.map(({ page, charset }) => ({ columns, page, charset })));

function profileOf(columns: 32 | 42 | 48, codepage: PrinterProfile['codepage']): PrinterProfile {
  const found = findProfile('generic-80');
  if (found === null) throw new Error('no profile');
  return { ...found, columns, codepage };
}

/** As in the catalogue, and as it must stand on paper in each page. */
const LETTERS = 'Сыр «Іўеўскі» — ЁЖЪЫЭё, Ў і І №5, 7₽ × 2…';
const LETTERS_ON_PAPER = {
  cp866: 'Сыр "Iўеўскi" - ЁЖЪЫЭё, Ў i I №5, 7р. x 2...',
  cp1251: 'Сыр «Іўеўскі» — ЁЖЪЫЭё, Ў і І №5, 7р. x 2…',
};
const LONG_WORD = `Щ${'АБВГДЕЖЗИЙ'.repeat(19)}КОНЕЦСЛОВ`;
const LONG_NAME = 'ПЕЧЕНЬЕ САХАРНОЕ «К ЧАЮ» '.repeat(8).slice(0, 195).padEnd(200, 'Я');
/** Drawer, knife, real-time status, reset, line ends, BEL, DEL and a C1 control; the letters among them stay. */
const CONTROLS =
  'ЧАЙ\u001bp\u0000\u0019\u00fa\u001dV\u0001\u0010\u0014\u0001\u0000\u0005\u001b@\r\n\u0007\u007f\u009b ЦЕЙЛОН';

const DATA = slip(
  [LETTERS, LONG_WORD, LONG_NAME, CONTROLS].map((name, index) => line(index + 1, name, 199 * (index + 1), 1001)),
  [payment(CASH, 2000)],
);

/** All text of the paper in one row: where lines were broken does not matter, what is on them does. */
function joined(texts: readonly string[], glue: string): string {
  return texts.join(glue).replace(/ +/g, ' ').trim();
}

describe.each(PAPERS)('a receipt on $columns columns in $page.name', ({ columns, page, charset }) => {
  const job = () => buildJob({ kind: 'sale', data: DATA }, templates, createEscpos(profileOf(columns, page)));

  it('is understood to its last byte, and no line is longer than the paper', () => {
    const { bytes } = job();
    const { lines, cuts, drawer, inits, qr } = printStrictly(bytes, charset);
    for (const row of lines) expect(columnsOf(row)).toBeLessThanOrEqual(columns);
    expect(lines.some((row) => columnsOf(row) === columns)).toBe(true);
    expect({ cuts, drawer, inits, qr: qr.length }).toEqual({ cuts: 1, drawer: [], inits: 1, qr: 0 });
    expect(new Set(lines.map((row) => row.page))).toEqual(new Set([page.number]));
    // A line costs its letters and one byte more; commands for style are the rest, and they are few.
    const textBytes = lines.reduce((sum, { text }) => sum + text.length + 1, 0);
    expect(bytes.length - textBytes).toBeGreaterThan(0);
    expect(bytes.length - textBytes).toBeLessThan(80);
  });

  it('has every name whole: its letters, 200 characters of it, and nothing of its control bytes', () => {
    const { bytes, replaced } = job();
    const texts = printStrictly(bytes, charset).lines.map(({ text }) => text);
    expect(joined(texts, ' ')).toContain(LETTERS_ON_PAPER[page.name]);
    expect(LONG_WORD).toHaveLength(200);
    expect(joined(texts, '')).toContain(LONG_WORD);
    expect(LONG_NAME).toHaveLength(200);
    const long = page.name === 'cp866' ? LONG_NAME.replace(/[«»]/g, '"') : LONG_NAME;
    expect(joined(texts, ' ')).toContain(long);
    expect(joined(texts, ' ')).toMatch(/ЧАЙ[ pV@ú?]* ЦЕЙЛОН/);
    expect(replaced.filter((character) => character !== 'ú')).toEqual([]);
  });
});

describe('the check itself', () => {
  it('fails for one byte that does not belong there', () => {
    const { bytes } = buildJob(
      { kind: 'sale', data: DATA },
      templates,
      createEscpos(profileOf(48, { name: 'cp866', number: 17 })),
    );
    const at = Buffer.from(bytes).indexOf(Buffer.from([0x88, 0x92, 0x8e, 0x83])); // ИТОГ
    expect(at).toBeGreaterThan(0);
    for (const stray of [0x00, 0x07, 0x0d, 0x10, 0x18, 0x7f]) {
      const spoilt = Buffer.concat([bytes.subarray(0, at), Buffer.of(stray), bytes.subarray(at)]);
      expect(() => printStrictly(spoilt)).toThrow();
    }
    expect(() => printStrictly(bytes.subarray(0, at + 2))).toThrow();
  });
});

describe.each(PAPERS)('a QR code on paper of $columns columns in $page.name', ({ columns, page, charset }) => {
  it('holds the payload as it is, whatever its caption says', () => {
    const escpos = createEscpos(profileOf(columns, page));
    for (const length of [1, 62, 84, 85, 152, 153, 250, 300, 512]) {
      const payload = `https://pay.example/?q=%2B&~=${'Az09-._'.repeat(80)}`.slice(0, length);
      const data = {
        shop: DATA.shop,
        registerNumber: DATA.registerNumber,
        utcOffsetMinutes: DATA.utcOffsetMinutes,
        printedAt: DATA.document.closedAt,
        caption: `${LETTERS}${CONTROLS}`,
        payload,
        amountKopecks: 12_190,
      };
      const printed = printStrictly(buildJob({ kind: 'qr', data }, templates, escpos).bytes, charset);
      expect(printed.qr.map((code) => [code.payload, code.level])).toEqual([[payload, 49]]);
      for (const row of printed.lines) expect(columnsOf(row)).toBeLessThanOrEqual(columns);
      expect(printed).toMatchObject({ drawer: [], cuts: 1 });
    }
  });
});
