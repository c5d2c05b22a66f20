/** Returns and cards, character by character; `scr/*.txt` are the paper's fences. */
import { describe, expect, it } from 'vitest';
import type { Card } from '../../src/register/model.ts';
import type { Model } from '../../src/ui/model.ts';
import type { PickerLocal, SaleRow } from '../../src/ui/pages.ts';
import {
  attemptOf,
  bifilux,
  type Changes,
  closedOf,
  documentOf,
  goodsOf,
  juice,
  master,
  modelOf,
  moment,
  oplati,
  paymentOf,
  ref,
  returnOf,
  rouble,
  sourceOf,
} from './fixture.ts';
import { drawn, golden } from './grid.ts';

const milk = goodsOf('МОЛОКО БМК 1.5% 1Л П/П', 5000);
const cheapBifilux = goodsOf('БМК БИФИЛЮКС 2,5% 0,5Л', 100);

function withStack(changes: Changes, ...stack: Model['ui']['stack']): Model {
  return modelOf({ ...changes, ui: { ...changes.ui, stack } });
}

function saleRow(number: number, fiscalNumber: number, closedAt: string, totalKopecks: number, currencies = 'Руб') {
  const at = moment(closedAt);
  return {
    documentId: `d${number}`,
    number,
    fiscalNumber,
    closedAt: at,
    currencies,
    partlyReturned: false,
    totalKopecks,
  };
}

const soldRows: SaleRow[] = [
  saleRow(7, 1, '11.05.22 14:39', 5100, 'Опла'),
  saleRow(10, 10, '11.05.22 13:04', 5940),
  saleRow(9, 9, '11.05.22 13:02', 18550),
  saleRow(8, 8, '11.05.22 13:02', 2650),
  saleRow(6, 6, '11.05.22 13:02', 13250),
  saleRow(5, 5, '11.05.22 13:02', 2650),
  saleRow(4, 4, '11.05.22 13:02', 2650),
  saleRow(3, 3, '11.05.22 13:01', 590),
  saleRow(2, 2, '11.05.22 13:01', 1),
];

function picker(rows: SaleRow[], more: Partial<PickerLocal> = {}, text = '', model: Partial<Model> = {}): Model {
  const page = { rows, offset: 0, total: rows.length };
  const local: PickerLocal = { purpose: 'return', page, selected: 0, day: null, editsDay: false, ...more };
  const header = { version: '4.6.207-4489', now: moment('01.06.22 11:51'), ...model };
  return withStack({ register: { registerNumber: 240 }, model: header }, ref('document-picker', local, text));
}

const register9 = { registerNumber: 9 };
const november = (time: string) => ({ version: '4.6.194-8082', now: moment(`03.11.21 ${time}`) });
const sold7 = closedOf(
  documentOf(7, [milk, goodsOf('БМК БИФИЛЮКС 2,5% 0,5л', 100)], { payments: [paymentOf(oplati, 5100)] }),
);

function view(document = sold7, purpose: 'return' | 'view' = 'return', top = 0): Model {
  return withStack({ register: register9, model: november('11:41') }, ref('document-view', { purpose, document, top }));
}

const partialReturn = returnOf(8, [
  { goods: milk, sold: 1, before: 0, now: 1 },
  { goods: cheapBifilux, sold: 1, before: 0, now: 0 },
  { goods: juice, sold: 3, before: 1, now: 1 },
]);

function returning(more: Partial<Model> = {}, input = '1'): Model {
  return modelOf({
    register: { ...register9, document: partialReturn },
    ui: { input },
    model: { ...november('11:44'), ...more },
  });
}

const oplatiCard: Card = {
  number: '2900000000018',
  groupCode: 1,
  groupName: 'Лояльность О!плати',
  discountBasisPoints: 500,
  title: 'Карта О!плати',
};

const withCard = documentOf(1, [bifilux], { card: oplatiCard });
const discounted = {
  ...withCard,
  lines: withCard.lines.map((line) => ({ ...line, sumKopecks: 1454, discountKopecks: 76 })),
};

const empty: Changes = {
  register: { registerNumber: 1, user: { ...master, name: 'Master' }, lastDocumentNumber: 16 },
  model: { version: '4.6.160-5928', now: moment('14.07.20 10:52') },
};

const screens: Record<string, Model> = {
  'SCR-17': picker(soldRows),
  'SCR-18': view(),
  'SCR-19': modelOf({
    register: {
      ...register9,
      // What is not returned of the sale is not drawn.
      document: returnOf(
        8,
        [
          { goods: milk, sold: 1, before: 0, now: 1 },
          { goods: juice, sold: 1, before: 1, now: 0 },
          { goods: cheapBifilux, sold: 1, before: 0, now: 1 },
        ],
        { stage: 'subtotal', payments: [paymentOf(oplati, 5100)] },
      ),
    },
    model: november('11:44'),
  }),
  'SCR-20': returning(),
  'SCR-21': modelOf({ register: { mode: 'return', document: documentOf(12, [bifilux], { type: 'return' }) } }),
  'SCR-22': withStack(empty, ref('card-number')),
  'SCR-23': modelOf({ register: { document: discounted } }),
};

const bands: Record<string, Model> = {
  'SCR-22.rows-8-15': {
    ...modelOf(empty),
    attempts: [
      attemptOf({
        operation: 'loyalty',
        prompt: {
          show: 'scanBuyerCode',
          number: 'OPL-21',
          title: 'Ввод QR-кода О!плати',
          text: 'Отсканируйте QR-код О!плати',
          hint: '',
        },
      }),
    ],
  },
};

describe('mock-ups at 80x25', () => {
  it.each(Object.keys(screens))('%s is drawn as its mock-up', (name) => {
    expect(drawn(screens[name] ?? modelOf())).toEqual(golden(name));
  });

  it.each(Object.keys(bands))('%s is drawn as its mock-up', (name) => {
    const [from = 0, to = 0] = (/rows-(\d+)-(\d+)/.exec(name) ?? []).slice(1).map(Number);
    expect(drawn(bands[name] ?? modelOf()).slice(from - 1, to)).toEqual(golden(name));
  });
});

describe('other sizes', () => {
  it('80x24: the picker loses a row of its list', () => {
    expect(drawn(picker(soldRows, {}, '', { rows: 24 }))).toEqual(golden('SCR-17').filter((_, row) => row !== 21));
  });

  it('80x24: the return loses a row of its goods', () => {
    expect(drawn(returning({ rows: 24 }))).toEqual(golden('SCR-20').filter((_, row) => row !== 14));
  });

  it('132x43: the picker', () => {
    expect(drawn(picker(soldRows, {}, '', { columns: 132, rows: 43 }))).toEqual(golden('SCR-17.132x43'));
  });

  it('132x43: the return', () => {
    expect(drawn(returning({ columns: 132, rows: 43 }))).toEqual(golden('SCR-20.132x43'));
  });
});

describe('the picker', () => {
  it('shows the number and the day that are looked for', () => {
    expect(drawn(picker(soldRows, { day: '110522' }, '12'))[5]).toMatch(
      /^ номер документа: \[12____________\] {3}Дата: \[11\.05\.22\] +$/,
    );
    expect(drawn(picker(soldRows, { editsDay: true }, '110'))[5]).toMatch(
      /^ номер документа: \[_{14}\] {3}Дата: \[11\.0_\.__\] +$/,
    );
  });

  it('says that nothing was found', () => {
    expect(drawn(picker([]))[9]).toBe(' Документов нет'.padEnd(80));
  });

  it('keeps the sum clear of the longer state and of mixed payments', () => {
    const row = { ...saleRow(12345, 12345, '11.05.22 14:39', 1234567, 'Руб,Опла,АТ'), partlyReturned: true };
    expect(drawn(picker([row]))[9]).toBe(
      '>12345   12345  11.05.2022 14:39  Чек продажи    Руб,Опл возврат части 12345.67 ',
    );
  });

  it('names the documents by what they are chosen for', () => {
    expect(drawn(picker(soldRows, { purpose: 'view' }))[23]).toBe(' Выберите документ и нажмите "Ввод"'.padEnd(80));
  });
});

describe('the view of a document', () => {
  it('tells discounts, the card and the change', () => {
    const document = closedOf({ ...discounted, payments: [paymentOf(rouble, 2000)] });
    const shown = drawn(view(document)).map((row) => row.trimEnd());
    expect(shown.slice(9, 21)).toEqual([
      `   БМК БИФИЛЮКС 2.5% 0.5Л${' '.repeat(40)}1${' '.repeat(8)}14.54`,
      '     Скидка: 0.76',
      '',
      ' Карта О!плати 2900000000018  Лояльность О!плати 5%',
      '',
      ' Оплаты:',
      `   Тип операции              Тип оплаты${' '.repeat(28)}Сумма оплаты`,
      `   Получено                  Руб${' '.repeat(42)}20.00`,
      `   Сдача                     Руб${' '.repeat(43)}5.46`,
      '',
      ' Скидка: 0.76',
      ' Сумма чека: 14.54',
    ]);
  });

  it('scrolls a long receipt and tells how much is below', () => {
    const long = closedOf(
      documentOf(
        7,
        Array.from({ length: 30 }, (_, index) => goodsOf(`ТОВАР ${index + 1}`, 100)),
        { payments: [paymentOf(rouble, 3000)] },
      ),
    );
    expect(drawn(view(long))[23]).toBe(' Нажмите "Ввод" для продолжения возврата (PgDn: еще 23)'.padEnd(80));
    const atEnd = drawn(view(long, 'return', 99));
    expect(atEnd[21]?.trimEnd()).toBe(' Сумма чека: 30.00');
    expect(atEnd[23]).toBe(' Нажмите "Ввод" для продолжения возврата'.padEnd(80));
  });

  it('offers no return where the document is only looked at', () => {
    const shown = drawn(view(sold7, 'view'));
    expect(shown[24]).toBe(' Enter Ввод  Esc Отмена  F1 Клавиши'.padEnd(80));
    expect(drawn(view({ ...sold7, status: 'annulled' }, 'view'))[5]).toContain('ПРОДАЖА № 7 Мастер (аннулирован)');
  });
});

describe('returns', () => {
  it('show what is still owed when a payment could not be given back', () => {
    const document = returnOf(8, [{ goods: goodsOf('МОЛОКО', 5100), sold: 1, before: 0, now: 1 }], {
      stage: 'subtotal',
      source: sourceOf([paymentOf(oplati, 5100)]),
    });
    const shown = drawn(modelOf({ register: { document } }));
    expect(shown[3]).toMatch(/^ ВОЗВРАТ ПО ЧЕКУ № 8 +51\.00 $/);
    expect(shown[21]).toBe(' Получено: 0.00'.padEnd(80));
    expect(shown[22]).toMatch(/К оплате: 51\.00 $/);
    expect(shown[24]).toBe(' Enter Ввод  Esc Отмена  F7 Валюта  F8 Итого  F1 Клавиши'.padEnd(80));
  });

  it('name the next document before its first item', () => {
    const shown = drawn(modelOf({ register: { mode: 'return', lastDocumentNumber: 11 } }));
    expect(shown[3]).toBe(' ВОЗВРАТ № 12'.padEnd(80));
    expect(shown[20]).toBe(' Режим возврата'.padEnd(80));
  });

  it('take no card: its key leaves the footer of a free return', () => {
    const document = documentOf(12, [bifilux], { type: 'return', stage: 'subtotal' });
    expect(drawn(modelOf({ register: { document } }))[24]).not.toContain('Карта');
  });

  it('list the payments in the order they go back, with what each will give', () => {
    const source = sourceOf([paymentOf(rouble, 1000), paymentOf(oplati, 5000)]);
    const document = returnOf(8, [{ goods: goodsOf('СЫР', 5500), sold: 1, before: 0, now: 1 }], {
      stage: 'subtotal',
      source,
    });
    const plan = ['oplati-5000', 'cash-1000'].map((attemptId) => ({ attemptId, inCash: false }));
    const local = { plan, selected: 1, mayBeCash: false };
    const shown = drawn(withStack({ register: { document } }, ref('refund-order', local)));
    expect(shown.slice(8, 15).map((row) => row.slice(14, 66))).toEqual([
      '┌───────────────── Возврат оплат ──────────────────┐',
      '│            Вернуть покупателю: 55.00             │',
      '│   1  О!плати                              50.00  │',
      '│ > 2  Руб                                   5.00  │',
      '│                                                  │',
      '│       OK (Enter)              Отмена (ESC)       │',
      '└──────────────────────────────────────── DOM-102 ─┘',
    ]);
  });

  it('name what has gone back, and what goes back in cash instead of the way it came', () => {
    const sale = [1500, 1590, 1500].map((sum, index) => ({ ...paymentOf(oplati, sum), attemptId: `p${index}` }));
    const document = returnOf(8, [{ goods: goodsOf('БИФИЛЮКС', 1530), sold: 3, before: 0, now: 2 }], {
      stage: 'subtotal',
      source: sourceOf(sale),
      payments: [
        { ...paymentOf(oplati, 1500), attemptId: 'r1', sourceAttemptId: 'p2' },
        { ...paymentOf(oplati, 100), attemptId: 'r2', sourceAttemptId: 'p1' },
      ],
    });
    const plan = ['p2', 'p1', 'p0'].map((attemptId) => ({ attemptId, inCash: attemptId === 'p0' }));
    const local = { plan, selected: 1, mayBeCash: true };
    const shown = drawn(withStack({ register: { document } }, ref('refund-order', local)));
    expect(shown.slice(8, 13).map((row) => row.slice(14, 66))).toEqual([
      '│            Вернуть покупателю: 14.60             │',
      '│   1  О!плати, возвращено                  15.00  │',
      '│   2  О!плати, уже 1.00                    14.60  │',
      '│ > 3  О!плати: наличными                    0.00  │',
      '│                                                  │',
    ]);
    expect(shown[24]?.trimEnd()).toBe(' Вверх/Вниз Выбор  PgUp/PgDn Порядок  F7 Как оплачено  Enter Ввод  Esc Отмена');
  });
});

describe('a card', () => {
  it('stands above the payments and takes a row from them', () => {
    const payments = [100, 200, 300].map((sum) => paymentOf(rouble, sum));
    const document = { ...discounted, stage: 'subtotal' as const, payments };
    const shown = drawn(modelOf({ register: { document } }));
    expect(shown.slice(16, 19).map((row) => row.trimEnd())).toEqual([
      ' Карта О!плати 2900000000018  Лояльность О!плати 5%',
      ` Руб (еще 1)${' '.repeat(63)}2.00`,
      ` Руб${' '.repeat(71)}3.00`,
    ]);
    expect(shown[20]).toBe(' Карта: *0018'.padEnd(80));
  });

  it('is shown before the first item, over the receipt that was closed', () => {
    const card = { ...oplatiCard, title: 'Карта', discountBasisPoints: 250 };
    const shown = drawn(modelOf({ register: { pendingCard: card, lastClosed: sold7, lastDocumentNumber: 7 } }));
    expect(shown[3]).toBe(' ПРОДАЖА № 8'.padEnd(80));
    expect(shown[16]).toBe(' Карта 2900000000018  Лояльность О!плати 2.5%'.padEnd(80));
  });

  it('is asked for without a sum, on the panel and in the waiting dialog', () => {
    const asking = (prompt: NonNullable<ReturnType<typeof attemptOf>['prompt']>) => {
      const model = modelOf(empty);
      const attempt = attemptOf({ operation: 'loyalty', amountKopecks: 0, prompt, promptIssuedAtMs: model.now });
      return drawn({ ...model, attempts: [attempt] });
    };
    const qr = asking({
      show: 'showQr',
      number: 'OPL-23',
      caption: 'Отсканируйте QR-код для оплаты',
      payload: 'o-plati://o-cashpay/dyn/ZGVtby10b2tlbi1mb3ItdGVzdHM=',
      state: 'Ожидание покупателя',
      deadlineMs: 60_000,
      hint: '',
    });
    expect(qr[11]?.slice(45).trimEnd()).toBe('Добавление карты');
    const words = { number: 'OPL-24', title: 'О!плати', text: 'Платеж ожидает подтверждения' };
    const waiting = asking({ show: 'wait', ...words, deadlineMs: 42_000, cancellable: true });
    expect(waiting.join('\n')).toContain('Добавление карты   Осталось: 42 с');
    expect(waiting.join('\n')).not.toContain('К оплате');
  });
});
