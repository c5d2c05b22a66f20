import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEscpos } from '../../../src/devices/printer/escpos.ts';
import { findProfile, PROFILE_NAMES, type PrinterProfile } from '../../../src/devices/printer/profile.ts';
import type { CashMoveData, QrSlipData } from '../../../src/receipts/counter-fields.ts';
import type { SlipRow } from '../../../src/receipts/document-fields.ts';
import { buildJob, buildLines, type SlipRequest } from '../../../src/receipts/print-job.ts';
import type { ReconciliationData } from '../../../src/receipts/report-fields.ts';
import type { ShiftReportData } from '../../../src/receipts/shift-report-fields.ts';
import { addUpShift } from '../../../src/receipts/shift-totals.ts';
import { loadTemplates, type Templates } from '../../../src/receipts/templates.ts';
import { toEscpos } from '../../../src/receipts/to-escpos.ts';
import { toText } from '../../../src/receipts/to-text.ts';
import { columnsOf, printStrictly } from '../devices/printer/strict-escpos.ts';
import { ASSIST, CASH, line, OPLATI, payment, slip } from './documents.ts';

let templates: Templates;
beforeAll(async () => {
  const onProblem = (problem: { name: string; line: number }) => {
    throw new Error(`${problem.name} ${problem.line}`);
  };
  templates = await loadTemplates(null, onProblem, { oplati: 'oplati' });
});

function profile(name: string): PrinterProfile {
  const found = findProfile(name);
  if (found === null) throw new Error(`no profile ${name}`);
  return found;
}

function preview(request: Exclude<SlipRequest, { kind: 'drawer' | 'test' }>, profileName: string): string {
  const escpos = createEscpos(profile(profileName));
  const paper = { columns: escpos.columns, printable: (text: string) => escpos.printable(text).text };
  const rows = toText(buildLines(request, templates, paper), escpos.columns);
  return `${rows.map((row) => `|${row}|`).join('\n')}\n`;
}

const MILK = 'МОЛОКО БМК 1.5% 1Л П/П';
const GROCERY = [
  line(1, MILK, 5000, 2000),
  line(2, 'ЯБЛОКИ ВЕСОВЫЕ', 399, 455),
  line(3, 'Сыр «Іўеўскі» полутвёрдый 45% фасованный — 200 г, упаковка под вакуумом, 5₽ × 2', 123456),
];
const TOTAL = 10_000 + 182 + 123_456;
const MIXED = slip(GROCERY, [
  payment(OPLATI, 5000, { providerPaymentId: '9f8b2c41-77aa-4c1e-9d10-2b6f3e5a7c88' }),
  payment(CASH, 100_000),
  payment(OPLATI, 700, { state: 'declined', attemptId: 'refused' }),
  payment(CASH, TOTAL - 104_500),
]);
MIXED.document.receivedKopecks = TOTAL + 500;
MIXED.document.changeKopecks = 500;

/** A card of 5 % in a sale, and the return of a part of it. */
const DISCOUNTED = slip(
  [
    { ...line(1, 'БМК БИФИЛЮКС 2.5% 0.5Л', 1530), sumKopecks: 1454, discountKopecks: 76 },
    { ...line(2, 'ЯБЛОКИ ВЕСОВЫЕ', 399, 455), discountKopecks: 0 },
  ],
  [payment(CASH, 2000)],
  {
    discountKopecks: 76,
    changeKopecks: 364,
    card: {
      number: '2900000000018',
      groupCode: 1,
      groupName: 'Лояльность О!плати',
      discountBasisPoints: 500,
      title: 'Карта О!плати',
    },
  },
);
const SOURCE = { documentId: 'd-0', number: 7, closedAt: Date.UTC(2026, 2, 4, 21, 30), payments: [] };
const returned = (soldThousandths: number, paidKopecks: number) => ({
  returned: { positionNumber: 1, soldThousandths, paidKopecks, beforeThousandths: 0, beforeKopecks: 0 },
});
const RETURN_BY_SALE = slip(
  [
    { ...line(1, MILK, 5000, 2000), ...returned(3000, 15_000) },
    { ...line(2, 'БМК БИФИЛЮКС 2.5% 0.5Л', 1530, 2000), sumKopecks: 2908, ...returned(2000, 2908) },
  ],
  [payment(OPLATI, 10_000, { providerPaymentId: '9f8b2c41', sourceAttemptId: 'a1' }), payment(CASH, 2908)],
  { type: 'returnBySale', source: SOURCE },
);
const RECONCILIATION: ReconciliationData = {
  shop: MIXED.shop,
  registerNumber: 8,
  shiftNumber: 45,
  printedAt: Date.UTC(2026, 2, 5, 20, 59, 30),
  utcOffsetMinutes: 180,
  rows: [
    { title: 'О!плати: оплаты', ourCount: 14, ourKopecks: 160_270, theirCount: 14, theirKopecks: 160_270 },
    { title: 'О!плати: отмены и возвраты', ourCount: 1, ourKopecks: 5100, theirCount: 1, theirKopecks: 5100 },
    { title: 'СБП: оплаты', ourCount: 5, ourKopecks: 39_560, theirCount: 6, theirKopecks: 51_750 },
  ],
  differences: [
    { documentTitle: 'ПРОДАЖА № 11', amountKopecks: 12_190, text: 'на кассе: нет данных, на сервере: проведена' },
  ],
  notes: [{ title: 'Ассист', text: 'не сверялась' }],
  status: 'Сверка: есть расхождения, сверены не все системы',
};
const EQUAL: ReconciliationData = {
  ...RECONCILIATION,
  shop: { name: 'Ромашка', taxNumber: '', address: '' },
  rows: RECONCILIATION.rows.slice(0, 2),
  differences: [],
  notes: [],
  status: 'Сверка: расхождений нет',
};

/** Assist's slip as its guide prints it. */
const CARD_ROWS: SlipRow[] = [
  { label: 'Мерчант', value: '000000009999' },
  { label: 'Терминал', value: '00012345' },
  { label: 'ОПЛАЧЕН', value: '' },
  { label: 'Сумма', value: '121.90' },
  { label: 'Комиссия', value: '0.00' },
  { label: 'AID', value: 'A0000000041010' },
  { label: 'TVR', value: '0000008000' },
  { label: 'TSI', value: 'E800' },
  { label: 'Карта', value: '489349****0062' },
  { label: 'RRN', value: '232314567890' },
  { label: 'Код авторизации', value: '123456' },
  { label: 'Код ответа', value: 'AS000' },
  { label: 'Дата', value: '05.03.2026 23:59:30' },
];
const CARD_SALE = slip(
  [line(1, MILK, 12_190)],
  [payment(ASSIST, 12_190, { attemptId: 'card', orderNumber: '20260305_235930_123', providerPaymentId: '500001' })],
);
const CARD_SLIP = { kind: 'paymentSlip', data: CARD_SALE, attemptId: 'card', rows: CARD_ROWS } as const;
const { shop, registerNumber, utcOffsetMinutes } = MIXED;
const PLACE = { shop, registerNumber, utcOffsetMinutes };
const SHIFT: ShiftReportData = {
  ...PLACE,
  shiftNumber: 45,
  openedAt: Date.UTC(2026, 2, 5, 5, 2),
  printedAt: Date.UTC(2026, 2, 5, 21, 0, 7),
  cashierName: 'Мастер',
  totals: addUpShift([
    MIXED.document,
    CARD_SALE.document,
    { ...DISCOUNTED.document, number: 121 },
    { ...RETURN_BY_SALE.document, number: 124 },
    { ...slip([line(1, MILK, 12_190)], []).document, number: 125, status: 'annulled' },
  ]),
  cashIn: { count: 2, amountKopecks: 30_000 },
  cashOut: { count: 1, amountKopecks: 702_850 },
  drawerKopecks: 184_060,
  unfinished: [{ documentTitle: 'ПРОДАЖА № 122', amountKopecks: 51_00, text: 'О!плати: неизвестно' }],
  deferred: [{ documentTitle: 'ПРОДАЖА № 120', amountKopecks: 15_30 }],
};
const EMPTY_SHIFT: ShiftReportData = {
  ...SHIFT,
  totals: addUpShift([]),
  cashIn: { count: 0, amountKopecks: 0 },
  cashOut: { count: 0, amountKopecks: 0 },
  drawerKopecks: 0,
  unfinished: [],
  deferred: [],
};
const MOVE: CashMoveData = {
  ...PLACE,
  documentNumber: 126,
  shiftNumber: 45,
  cashierName: 'Мастер',
  movedAt: Date.UTC(2026, 2, 5, 21, 0, 7),
  amountKopecks: 10_000,
  reason: 'Инкассация',
  drawerKopecks: 184_060,
};
const QR: QrSlipData = {
  ...PLACE,
  printedAt: Date.UTC(2026, 2, 5, 21, 0, 7),
  caption: 'Отсканируйте QR-код для оплаты',
  payload: 'https://qr.example.org/AS10003P3RH0LJ2A9ROO038L6NT5RU1M?type=02&sum=12190&cur=RUB',
  amountKopecks: 12_190,
};

describe('slips look as reviewed', () => {
  it.each([
    ['sale-32', { kind: 'sale', data: MIXED }, 'generic-58'],
    ['sale-42', { kind: 'sale', data: MIXED }, 'epson-tm'],
    ['sale-48', { kind: 'sale', data: MIXED }, 'generic-80'],
    ['copy-32', { kind: 'copy', data: slip([line(1, MILK, 5000)], [payment(CASH, 5000)]) }, 'generic-58'],
    [
      'return-32',
      { kind: 'sale', data: slip([line(1, MILK, 5000)], [payment(CASH, 5000)], { type: 'return' }) },
      'generic-58',
    ],
    ['sale-card-32', { kind: 'sale', data: DISCOUNTED }, 'generic-58'],
    ['return-by-sale-32', { kind: 'sale', data: RETURN_BY_SALE }, 'generic-58'],
    ['oplati-return-32', { kind: 'paymentSlip', data: RETURN_BY_SALE, attemptId: 'attempt-7-10000' }, 'generic-58'],
    ['reconciliation-32', { kind: 'reconciliation', data: RECONCILIATION }, 'generic-58'],
    ['reconciliation-48', { kind: 'reconciliation', data: EQUAL }, 'generic-80'],
    ['annulled-32', { kind: 'annulled', data: slip(GROCERY, [], { status: 'annulled' }) }, 'generic-58'],
    ['payment-32', { ...CARD_SLIP, signature: true }, 'generic-58'],
    ['payment-48', CARD_SLIP, 'generic-80'],
    ['payment-bare-32', { kind: 'paymentSlip', data: CARD_SALE, attemptId: 'card' }, 'generic-58'],
    ['x-32', { kind: 'x', data: SHIFT }, 'generic-58'],
    ['x-42', { kind: 'x', data: SHIFT }, 'epson-tm'],
    ['x-empty-32', { kind: 'x', data: EMPTY_SHIFT }, 'generic-58'],
    ['z-48', { kind: 'z', data: SHIFT }, 'generic-80'],
    ['cash-in-32', { kind: 'cashIn', data: { ...MOVE, reason: '' } }, 'generic-58'],
    ['cash-out-42', { kind: 'cashOut', data: MOVE }, 'epson-tm'],
    ['qr-32', { kind: 'qr', data: QR }, 'generic-58'],
    ['oplati-32', { kind: 'paymentSlip', data: MIXED, attemptId: 'attempt-7-5000' }, 'generic-58'],
  ] as const)('%s', async (name, request, profileName) => {
    await expect(preview(request as Parameters<typeof preview>[0], profileName)).toMatchFileSnapshot(
      `golden/${name}.txt`,
    );
  });
});

describe('what is on paper', () => {
  it.each(PROFILE_NAMES)('is what the preview says, in the page of %s', (name) => {
    const escpos = createEscpos(profile(name));
    const printed = printStrictly(buildJob({ kind: 'sale', data: MIXED }, templates, escpos).bytes);
    const shown = preview({ kind: 'sale', data: MIXED }, name)
      .split('\n')
      .map((row) => row.slice(1, -1));
    const words = (rows: string[]): string => rows.join(' ').replace(/ +/g, ' ').trim();
    expect(words(printed.lines.map(({ text }) => text))).toBe(words(shown.filter((row) => !row.startsWith('8<'))));
    expect(new Set(printed.lines.map(({ page }) => page))).toEqual(new Set([profile(name).codepage.number]));
    expect(printed.inits).toBe(1);
    expect(printed.cuts).toBe(profile(name).cut === 'none' ? 0 : 1);
  });

  it('has the total in double size and says that it is no fiscal document', () => {
    const job = buildJob({ kind: 'sale', data: MIXED }, templates, createEscpos(profile('generic-80')));
    const { lines } = printStrictly(job.bytes);
    expect(lines.filter((printed) => printed.double).map((printed) => printed.text)).toEqual([
      'ИТОГО            1336.38',
    ]);
    expect(lines.at(-1)).toMatchObject({ text: 'НЕФИСКАЛЬНЫЙ ДОКУМЕНТ', align: 'center', double: false });
    expect(lines.some((printed) => /КАССОВЫЙ/i.test(printed.text))).toBe(false);
  });

  it('counts only payments whose money we hold', () => {
    const rows = preview({ kind: 'sale', data: MIXED }, 'generic-58');
    expect(rows).toMatch(/О!плати +50\.00/);
    expect(rows).toMatch(/Рубли +1291\.38/);
    expect(rows).not.toContain('7.00');
  });

  it('is the document of a return: its sale, the cash that was paid out, no discount and no change', () => {
    const rows = preview({ kind: 'sale', data: RETURN_BY_SALE }, 'generic-58');
    expect(rows).toContain('ВОЗВРАТ');
    expect(rows).toContain('По чеку № 7 от 05.03.2026');
    expect(rows).toMatch(/ВЫДАНО НАЛИЧНЫМИ +29\.08/);
    expect(rows).toContain('2 x 50.00 = 100.00');
    // Sold with a discount: one unit at what is given back.
    expect(rows).toContain('1 x 29.08 = 29.08');
    for (const word of ['СДАЧА', 'ПОЛУЧЕНО', 'Скидка', 'СКИДКА', 'Карта']) expect(rows).not.toContain(word);
    const electronic = slip([line(1, MILK, 5000)], [payment(OPLATI, 5000)], { type: 'returnBySale', source: SOURCE });
    expect(preview({ kind: 'sale', data: electronic }, 'generic-58')).not.toContain('НАЛИЧНЫМИ');
  });

  it('shows what a card gave, and only the end of its number', () => {
    const rows = preview({ kind: 'sale', data: DISCOUNTED }, 'generic-58');
    expect(rows).toContain('1 x 15.30 = 15.30');
    expect(rows.match(/Скидка +-0\.76/g)).toHaveLength(1);
    expect(rows).toMatch(/СКИДКА +0\.76/);
    expect(rows).toMatch(/Карта О!плати +\*0018/);
    expect(rows).not.toContain('290000');
  });

  it('is the reconciliation on any paper, with every difference', () => {
    for (const name of PROFILE_NAMES) {
      const job = buildJob({ kind: 'reconciliation', data: RECONCILIATION }, templates, createEscpos(profile(name)));
      const { lines, cuts } = printStrictly(job.bytes);
      for (const row of lines) expect(columnsOf(row)).toBeLessThanOrEqual(createEscpos(profile(name)).columns);
      const text = lines.map((row) => row.text).join('\n');
      expect(text).toContain('СВЕРКА ИТОГОВ ПО БЕЗНАЛУ');
      expect(text).toMatch(/Касса: 5 +395\.60\nСервер: 6 +517\.50\nРАЗНИЦА +-121\.90/);
      expect(text).toMatch(/ПРОДАЖА № 11 +121\.90/);
      expect(text).toContain('Сверка: есть расхождения');
      expect(cuts).toBe(profile(name).cut === 'none' ? 0 : 1);
    }
  });

  it('is a marked copy for every status of the document', () => {
    for (const status of ['closed', 'annulled'] as const) {
      const data = slip([line(1, MILK, 5000)], [], { status });
      const job = buildJob({ kind: 'copy', data }, templates, createEscpos(profile('generic-58')));
      const { lines } = printStrictly(job.bytes);
      expect(lines[0]).toMatchObject({ text: 'КОПИЯ', double: true, align: 'center' });
      const title = status === 'closed' ? 'ТОВАРНЫЙ ЧЕК' : 'ЧЕК АННУЛИРОВАН';
      expect(lines.some((printed) => printed.text === title)).toBe(true);
    }
  });

  it('is a marked copy of a payment slip too, and nothing for a payment that is not there', () => {
    const escpos = createEscpos(profile('generic-58'));
    const request = { kind: 'paymentSlip', data: MIXED, attemptId: 'attempt-7-5000', isCopy: true } as const;
    expect(printStrictly(buildJob(request, templates, escpos).bytes).lines[0]?.text).toBe('КОПИЯ');
    expect(() => buildJob({ ...request, attemptId: 'other' }, templates, escpos)).toThrow('other');
  });

  it('is the slip of the payment system: its own for О!плати, the general one for every other', () => {
    const rows = [{ label: 'RRN', value: '1' }];
    const general = preview({ ...CARD_SLIP, rows }, 'generic-58');
    expect(general).toContain('Ассист');
    expect(general).toMatch(/RRN +1\|/);
    expect(
      preview({ kind: 'paymentSlip', data: MIXED, attemptId: 'attempt-7-5000', rows }, 'generic-58'),
    ).not.toContain('RRN');
  });

  it('can be signed before the document is closed', () => {
    const { status, closedAt, totalKopecks, discountKopecks, receivedKopecks, changeKopecks, fiscalNumber, ...open } =
      CARD_SALE.document;
    const waiting = { ...open, payments: open.payments.map((paid) => ({ ...paid, state: 'waiting' as const })) };
    const shown = preview({ ...CARD_SLIP, data: { ...PLACE, document: waiting }, signature: true }, 'generic-58');
    expect(shown).toMatch(/Статус +ОЖИДАНИЕ/);
    expect(shown).toMatch(/Подпись покупателя +_{12}/);
    expect(preview(CARD_SLIP, 'generic-58')).not.toContain('Подпись');
  });

  it('has no more rows than a slip may have, whatever the payment system sends', () => {
    const rows = Array.from({ length: 1000 }, (_, i) => ({ label: `поле ${i}`, value: 'значение' }));
    expect(preview({ ...CARD_SLIP, rows }, 'generic-58').split('\n').length).toBeLessThan(100);
  });

  it('is the QR code for the buyer, byte for byte, with the sum', () => {
    const payload = `${QR.payload}&long=${'9'.repeat(60)}`;
    const job = buildJob({ kind: 'qr', data: { ...QR, payload } }, templates, createEscpos(profile('generic-80')));
    const printed = printStrictly(job.bytes);
    expect(printed.qr.map((code) => code.payload)).toEqual([payload]);
    expect(printed.lines.map(({ text }) => text)).toContain('К оплате: 121.90');
  });

  it('is only the pulse for the drawer, and the sheet for the test', () => {
    const escpos = createEscpos(profile('generic-80'));
    const drawer = printStrictly(buildJob({ kind: 'drawer' }, templates, escpos).bytes);
    expect(drawer).toMatchObject({ lines: [], cuts: 0, drawer: [{ pin: 2, onMs: 100, offMs: 500 }] });
    const sheet = printStrictly(buildJob({ kind: 'test' }, templates, escpos).bytes);
    expect(sheet.lines[17]?.text).toBe('n=17: Ёё №Ўў ABC');
    expect(sheet).toMatchObject({ cuts: 1, drawer: [] });
  });

  it('shows the local date and time with seconds', () => {
    // 21:00:07 UTC is the next day three hours east.
    expect(preview({ kind: 'sale', data: MIXED }, 'generic-58')).toContain('06.03.2026 00:00:07');
  });

  it('names for the log what the printer could not print', () => {
    const data = slip([line(1, 'Café Café', 100)], []);
    expect(buildJob({ kind: 'sale', data }, templates, createEscpos(profile('generic-58'))).replaced).toEqual(['é']);
  });
});

describe('any document', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
    fc.stringMatching(/^[А-яІЎўі«»₽—… ]{1,200}$/u),
    fc.constantFrom(
      '\u001b@',
      '\u001bp\u0000\u0019\u00fa',
      '\u0010\u0014\u0001\u0000\u0005',
      '\u001dV\u0001',
      'A'.repeat(200),
      ' ',
    ),
  );

  it('prints inside the columns, opens no drawer, cuts once and leaves no byte unaccounted for', () => {
    const document = fc.record({
      names: fc.array(name, { maxLength: 5 }),
      shop: name,
      cashier: name,
      priceKopecks: fc.integer({ min: 0, max: 9_999_999 }),
      profileName: fc.constantFrom(...PROFILE_NAMES),
      paymentId: fc.option(name),
    });
    fc.assert(
      fc.property(document, ({ names, shop, cashier, priceKopecks, profileName, paymentId }) => {
        const data = slip(
          names.map((text, i) => line(i + 1, text, priceKopecks, 1001)),
          [payment({ ...OPLATI, name: shop }, 9_999_999_999, { providerPaymentId: paymentId, attemptId: 'a' })],
          { cashierName: cashier, number: 99_999_999, totalKopecks: 9_999_999_999 },
        );
        data.shop = { name: shop, taxNumber: cashier, address: shop };
        const escpos = createEscpos(profile(profileName));
        const { shop: ours } = data;
        const big = { count: 99_999, amountKopecks: 9_999_999_999 };
        const rows = names.map((text) => ({ label: text, value: text }));
        const card = { ...payment({ ...ASSIST, name: shop }, 9_999_999_999), attemptId: 'b' };
        const report: ShiftReportData = {
          ...SHIFT,
          shop: ours,
          cashierName: cashier,
          totals: addUpShift([{ ...data.document, payments: [...data.document.payments, card] }]),
          cashOut: big,
          unfinished: names.map((text) => ({ documentTitle: text, amountKopecks: priceKopecks, text })),
          deferred: names.map((text) => ({ documentTitle: text, amountKopecks: priceKopecks })),
        };
        data.document.payments.push(card);
        for (const request of [
          { kind: 'copy', data },
          { kind: 'annulled', data },
          { kind: 'paymentSlip', data, attemptId: 'a' },
          { kind: 'paymentSlip', data, attemptId: 'b', rows, signature: true },
          { kind: 'x', data: report },
          { kind: 'z', data: report },
          { kind: 'cashIn', data: { ...MOVE, shop: ours, reason: cashier, cashierName: shop } },
          { kind: 'cashOut', data: { ...MOVE, shop: ours, reason: cashier, amountKopecks: big.amountKopecks } },
          { kind: 'qr', data: { ...QR, shop: ours, caption: shop } },
        ] as const) {
          const printed = printStrictly(buildJob(request, templates, escpos).bytes);
          for (const row of printed.lines) expect(columnsOf(row)).toBeLessThanOrEqual(escpos.columns);
          expect(printed.drawer).toEqual([]);
          expect(printed.cuts).toBe(profile(profileName).cut === 'none' ? 0 : 1);
          const rows = toText(
            buildLines(request, templates, { columns: escpos.columns, printable: (t) => escpos.printable(t).text }),
            escpos.columns,
          );
          for (const row of rows) expect(row).toHaveLength(escpos.columns);
        }
      }),
    );
  });

  it.each([0, 1, 300])('prints every one of %i lines, in order', (count) => {
    const data = slip(
      Array.from({ length: count }, (_, i) => line(i + 1, `ТОВАР ${i + 1}`, 100 + i)),
      [],
    );
    const { bytes } = buildJob({ kind: 'sale', data }, templates, createEscpos(profile('generic-58')));
    const goods = printStrictly(bytes).lines.filter(({ text }) => text.startsWith('ТОВАР '));
    expect(goods.map(({ text }) => text)).toEqual(Array.from({ length: count }, (_, i) => `ТОВАР ${i + 1}`));
    expect(bytes.length).toBeLessThan(20_000);
  });

  it('prints the payload of a QR line as a code, or as text where there is no QR', () => {
    const lines = [{ kind: 'qr', payload: 'https://getapp.o-plati.by/map/?id=123' }] as const;
    expect(printStrictly(toEscpos(lines, createEscpos(profile('generic-80')))).qr[0]?.payload).toBe(lines[0].payload);
    const without = printStrictly(toEscpos(lines, createEscpos({ ...profile('generic-58'), qr: 'none' })));
    expect(without.lines.map(({ text }) => text).join('')).toBe(lines[0].payload);
  });
});
