/** Keys -> steps of returns: from the list of documents to the payments that go back. */
import { describe, expect, it } from 'vitest';
import { topContext } from '../../../src/app/render.ts';
import { baseContextName } from '../../../src/screens/index.ts';
import type { Model } from '../../../src/ui/model.ts';
import type { PickerLocal, SaleRow, SalesPage } from '../../../src/ui/pages.ts';
import type { Step } from '../../../src/ui/step.ts';
import {
  bifilux,
  type Changes,
  closedOf,
  documentOf,
  goodsOf,
  juice,
  modelOf,
  oplati,
  paymentOf,
  ref,
  returnOf,
  rouble,
  sourceOf,
  terminal,
} from '../../golden/fixture.ts';
import { press, scan, typed } from './keys.ts';

const CLEAR = { do: 'ui', patch: { input: '' } };
const CLOSE = { do: 'close' };
const opened = (name: string, local: unknown = null) => ({ do: 'open', context: { name, local, text: '' } });
const openedPicker = (purpose: 'return' | 'view') => [
  opened('document-picker', {
    purpose,
    page: { rows: [], offset: 0, total: 0 },
    selected: 0,
    day: null,
    editsDay: false,
  }),
  { do: 'findSales', offset: 0 },
];

/** 13 rows are seen at 80x25. */
const SIZE = 13;

function pageOf(offset: number, total: number): SalesPage {
  const rows = Array.from({ length: Math.min(SIZE, total - offset) }, (_, index): SaleRow => {
    const number = total - offset - index;
    return {
      documentId: `d${number}`,
      number,
      fiscalNumber: number,
      closedAt: 0,
      currencies: 'Руб',
      partlyReturned: false,
      totalKopecks: 100,
    };
  });
  return { rows, offset, total };
}

function picker(more: Partial<PickerLocal> = {}, text = ''): Model {
  const local = { purpose: 'return', page: pageOf(0, 30), selected: 0, day: null, editsDay: false, ...more };
  return modelOf({ ui: { stack: [ref('document-picker', local, text)] } });
}

/** What the picker becomes, and the page that is read, if any. */
function movedTo(steps: Step[] | string): { selected: number; offset: number | null } {
  if (typeof steps === 'string') throw new Error(steps);
  const [first, second] = steps;
  if (first?.do !== 'local') throw new Error('the selection does not move');
  return {
    selected: (first.local as PickerLocal).selected,
    offset: second?.do === 'findSales' ? second.offset : null,
  };
}

describe('the way into returns', () => {
  it('is F9 while no document is open', () => {
    expect(press(modelOf(), 'f9')).toEqual(openedPicker('return'));
    expect(press(modelOf({ register: { lastClosed: closedOf(documentOf(1, [bifilux])) } }), 'f9')).toEqual(
      openedPicker('return'),
    );
    expect(press(modelOf({ register: { document: documentOf(1, [bifilux]) } }), 'f9')).toBe('есть открытый чек');
  });

  it('is the menu as well', () => {
    const menu = (selected: number, register: Changes['register'] = {}) =>
      modelOf({ register, ui: { stack: [ref('menu', { selected, typedAtMs: 0 })] } });
    const open = { document: documentOf(1, [bifilux]) };
    expect(press(menu(1), 'enter')).toEqual([CLOSE, ...openedPicker('return')]);
    expect(press(menu(2), 'enter')).toEqual([{ do: 'setMode', mode: 'return' }, CLOSE]);
    for (const item of [1, 2]) {
      expect(press(menu(item, open), 'enter')).toEqual([{ do: 'status', text: 'Есть открытый чек' }]);
    }
    expect(press(menu(8, open), 'enter')).toEqual([CLOSE, ...openedPicker('view')]);
    expect(press(menu(0), 'enter')).toEqual([CLOSE]);
    expect(press(menu(0, { mode: 'return' }), 'enter')).toEqual([CLOSE, { do: 'setMode', mode: 'sale' }]);
    const returning = { mode: 'return', document: documentOf(1, [bifilux], { type: 'return' }) } as const;
    expect(press(menu(0, returning), 'enter')).toEqual([{ do: 'status', text: 'Есть открытый чек' }]);
  });
});

describe('the picker', () => {
  it('moves inside a page without reading, and over its edge by reading the next one', () => {
    expect(movedTo(press(picker(), 'down'))).toEqual({ selected: 1, offset: null });
    expect(movedTo(press(picker(), 'up'))).toEqual({ selected: 0, offset: null });
    expect(movedTo(press(picker({ selected: 12 }), 'down'))).toEqual({ selected: 0, offset: 13 });
    expect(movedTo(press(picker({ page: pageOf(13, 30) }), 'up'))).toEqual({ selected: 12, offset: 0 });
    expect(movedTo(press(picker({ selected: 4 }), 'pagedown'))).toEqual({ selected: 4, offset: 13 });
    expect(movedTo(press(picker({ page: pageOf(13, 30), selected: 5 }), 'pageup'))).toEqual({ selected: 5, offset: 0 });
    expect(movedTo(press(picker({ page: pageOf(13, 30), selected: 8 }), 'pagedown'))).toEqual({
      selected: 3,
      offset: 26,
    });
    expect(movedTo(press(picker(), 'end'))).toEqual({ selected: 3, offset: 26 });
    expect(movedTo(press(picker({ page: pageOf(26, 30), selected: 3 }), 'down'))).toEqual({
      selected: 3,
      offset: null,
    });
    expect(movedTo(press(picker({ page: pageOf(26, 30), selected: 3 }), 'home'))).toEqual({ selected: 0, offset: 0 });
  });

  it('reaches every document by Down alone, and comes back by Up', () => {
    const seen: number[] = [];
    let local: PickerLocal = { purpose: 'return', page: pageOf(0, 30), selected: 0, day: null, editsDay: false };
    const go = (key: string) => {
      const { selected, offset } = movedTo(press(picker(local), key));
      local = { ...local, selected, page: offset === null ? local.page : pageOf(offset, 30) };
      seen.push(local.page.rows[selected]?.number ?? 0);
    };
    for (let count = 0; count < 29; count++) go('down');
    expect(seen).toEqual(Array.from({ length: 29 }, (_, index) => 29 - index));
    seen.length = 0;
    for (let count = 0; count < 29; count++) go('up');
    expect(seen).toEqual(Array.from({ length: 29 }, (_, index) => index + 2));
  });

  it('looks for the number as it is typed or scanned, from the newest on', () => {
    expect(typed(picker({ selected: 3 }, '12'))).toMatchObject([
      { do: 'local', local: { selected: 0 } },
      { do: 'findSales', offset: 0 },
    ]);
    expect(scan(picker({ selected: 3, editsDay: true }), '№ 00-12')).toMatchObject([
      { do: 'local', local: { selected: 0, editsDay: false }, text: '0012' },
      { do: 'findSales', offset: 0 },
    ]);
    expect(scan(picker(), 'ABC')).toEqual([{ do: 'say', number: 'DOM-60' }]);
  });

  it('takes a date by F2, whole or none', () => {
    expect(press(picker({}, '12'), 'f2')).toMatchObject([{ do: 'local', local: { editsDay: true }, text: '' }]);
    const editing = (text: string, day: string | null = null) => picker({ editsDay: true, day }, text);
    expect(typed(editing('1105'))).toEqual([]);
    expect(press(editing('1105'), 'enter')).toBe('дата набрана не полностью');
    expect(typed(editing('110522'))).toMatchObject([
      { do: 'local', local: { day: '110522', editsDay: false, selected: 0 }, text: '' },
      { do: 'findSales', offset: 0 },
    ]);
    for (const text of ['310222', '001122', '991399']) {
      expect(typed(editing(text))).toMatchObject([{ text: '' }, { do: 'status', text: 'Неверная дата' }]);
    }
    expect(press(editing('', '110522'), 'enter')).toMatchObject([
      { do: 'local', local: { day: null, editsDay: false } },
      { do: 'findSales', offset: 0 },
    ]);
    expect(press(editing('11', '110522'), 'escape')).toMatchObject([
      { do: 'local', local: { day: '110522', editsDay: false }, text: '' },
      { do: 'findSales', offset: 0 },
    ]);
  });

  it('opens the selected document, says when there is none, and closes', () => {
    expect(press(picker({ selected: 2 }), 'enter')).toEqual([
      { do: 'viewDocument', documentId: 'd28', purpose: 'return' },
    ]);
    expect(press(picker({ page: { rows: [], offset: 0, total: 0 } }), 'enter')).toEqual([
      { do: 'say', number: 'DOM-60' },
    ]);
    expect(movedTo(press(picker({ page: { rows: [], offset: 0, total: 0 } }), 'down')).selected).toBe(0);
    expect(press(picker(), 'escape')).toEqual([CLOSE]);
  });
});

describe('the view of a document', () => {
  const long = closedOf(
    documentOf(
      7,
      Array.from({ length: 30 }, (_, index) => goodsOf(`ТОВАР ${index}`, 100)),
    ),
  );
  const view = (purpose: 'return' | 'view', top = 0, document = long) =>
    modelOf({ ui: { stack: [ref('document-view', { purpose, document, top })] } });

  it('returns everything by Enter, a part by F3', () => {
    expect(press(view('return'), 'enter')).toEqual([{ do: 'beginReturn', documentId: 'd7', partial: false }]);
    expect(press(view('return'), 'f3')).toEqual([{ do: 'beginReturn', documentId: 'd7', partial: true }]);
    expect(press(view('return'), 'escape')).toEqual([CLOSE]);
  });

  it('returns nothing when it is only looked at', () => {
    expect(press(view('view'), 'enter')).toEqual([{ do: 'printCopy', documentId: 'd7' }, CLOSE]);
    expect(press(view('view'), 'f3')).toBe('документ открыт для просмотра');
  });

  it('scrolls between its first and its last row', () => {
    const top = (steps: Step[] | string) => (Array.isArray(steps) && steps[0]?.do === 'local' ? steps[0].local : null);
    expect(top(press(view('return'), 'pagedown'))).toMatchObject({ top: 17 });
    expect(top(press(view('return', 17), 'pagedown'))).toMatchObject({ top: 22 });
    expect(top(press(view('return', 22), 'pageup'))).toMatchObject({ top: 5 });
    expect(top(press(view('return'), 'up'))).toMatchObject({ top: 0 });
    expect(top(press(view('return', 0, closedOf(documentOf(7, [bifilux]))), 'end'))).toMatchObject({ top: 0 });
  });
});

describe('the screen of a return', () => {
  const bySale = returnOf(8, [{ goods: juice, sold: 1, before: 0, now: 1 }]);
  it.each([
    ['free-return', { mode: 'return' }],
    ['free-return', { document: documentOf(1, [bifilux], { type: 'return' }) }],
    ['subtotal', { document: documentOf(1, [bifilux], { type: 'return', stage: 'subtotal' }) }],
    ['return-goods', { document: bySale }],
    ['refund', { document: { ...bySale, stage: 'subtotal' } }],
    ['paid', { document: { ...bySale, stage: 'subtotal', payments: [paymentOf(oplati, 7090)] } }],
    ['refund', { document: { ...bySale, stage: 'subtotal', payments: [paymentOf(oplati, 7090, 'cancelling')] } }],
  ] as const)('is %s', (name, register) => {
    expect(baseContextName(modelOf({ register: register as NonNullable<Changes['register']> }))).toBe(name);
  });
});

describe('the quantities of a return', () => {
  const parts = [
    { goods: bifilux, sold: 2, before: 0, now: 2 },
    { goods: juice, sold: 3, before: 1, now: 2 },
  ];
  const returning = (ui: NonNullable<Changes['ui']> = {}, now?: number) => {
    const changed = now === undefined ? parts : parts.map((part) => ({ ...part, now }));
    const source = sourceOf([paymentOf(oplati, 24330)]);
    return modelOf({ register: { document: returnOf(8, changed, { source }) }, ui });
  };
  const change = (positionNumber: number, quantityThousandths: number) => ({
    do: 'command',
    command: { do: 'changeQuantity', positionNumber, quantityThousandths },
  });

  it('are typed before F3, 0 included; a refusal leaves what was typed', () => {
    expect(press(returning({ input: '1' }), 'f3')).toEqual([change(2, 1000), CLEAR]);
    expect(press(returning({ input: '0', selectedPosition: 1 }), '*')).toEqual([change(1, 0), CLEAR]);
    expect(press(returning({ input: '1..' }), 'f3')).toEqual([{ do: 'say', number: 'DOM-21', params: {} }]);
    expect(press(returning(), 'f3')).toEqual([opened('quantity', { positionNumber: 2 })]);
    expect(press(returning(), 'f4')).toEqual([change(2, 0)]);
  });

  it('lead on to the question how the payment goes back', () => {
    expect(press(returning(), 'f6')).toEqual([
      { do: 'command', command: { do: 'enterSubtotal' } },
      { do: 'offerRefund' },
    ]);
  });

  it('are left for the view of the sale once nothing is returned', () => {
    expect(press(returning(), 'escape')).toBe('есть позиции к возврату');
    expect(press(returning({ input: '5' }), 'escape')).toEqual([CLEAR]);
    expect(press(returning({}, 0), 'escape')).toEqual([
      { do: 'command', command: { do: 'annul', confirmedBy: null } },
      ...openedPicker('return'),
      { do: 'viewDocument', documentId: 'd7', purpose: 'return' },
    ]);
    expect(press(returning(), 'f11')).toEqual([{ do: 'askAnnul' }]);
  });

  it('take no goods, no card and no price', () => {
    for (const key of ['f2', 'f5', 'shift+f5', 'ctrl+f5']) expect(press(returning(), key)).toBe('режим возврата');
    expect(topContext(returning()).context.scan).toBe('refuse');
    expect(press(returning(), 'enter')).toBe('нажмите "Количество"');
  });
});

describe('giving the payments of a sale back', () => {
  const cash = paymentOf(rouble, 1000);
  const byTerminal = paymentOf(terminal, 2000);
  const byOplati = paymentOf(oplati, 2100);
  const refunded = (payment: typeof cash) => ({
    ...payment,
    attemptId: `r-${payment.attemptId}`,
    sourceAttemptId: payment.attemptId,
  });
  const owing = (sources: (typeof cash)[], payments: (typeof cash)[] = [], input = '') =>
    modelOf({
      register: {
        document: returnOf(8, [{ goods: goodsOf('СЫР', 5100), sold: 1, before: 0, now: 1 }], {
          stage: 'subtotal',
          source: sourceOf(sources),
          payments,
        }),
      },
      ui: { input },
    });

  it('is asked, whatever the sale was paid with and whatever has gone back', () => {
    for (const key of ['enter', 'f8']) {
      expect(press(owing([byOplati]), key)).toEqual([{ do: 'offerRefund' }]);
      expect(press(owing([cash, byTerminal, byOplati], [refunded(byOplati)]), key)).toEqual([{ do: 'offerRefund' }]);
    }
  });

  it('closes when nothing is owed, and leaves a typed sum to the register', () => {
    const free = modelOf({
      register: {
        document: returnOf(8, [{ goods: goodsOf('ПОДАРОК', 0), sold: 1, before: 0, now: 1 }], { stage: 'subtotal' }),
      },
    });
    expect(press(free, 'f8')).toEqual([{ do: 'command', command: { do: 'close' } }]);
    expect(press(owing([byOplati], [], '10'), 'enter')).toEqual([
      { do: 'pay', currency: rouble, amountKopecks: 1000, thenClose: false },
      CLEAR,
    ]);
    expect(press(owing([byOplati]), 'f7')).toEqual([
      CLEAR,
      opened('currency-select', { amountKopecks: null, selected: 0 }),
    ]);
  });

  it('takes a refund back like any payment, else leads to the quantities', () => {
    expect(press(owing([cash, byOplati], [refunded(byOplati)]), 'escape')).toEqual([
      opened('cancel-payment', { fromLast: 0 }),
    ]);
    expect(press(owing([byOplati]), 'escape')).toEqual([{ do: 'command', command: { do: 'leaveSubtotal' } }]);
  });
});

describe('the order of refunds', () => {
  const paid = [paymentOf(oplati, 100), paymentOf(terminal, 200), paymentOf(rouble, 300)];
  const steps = (...ids: string[]) => ids.map((attemptId) => ({ attemptId, inCash: false }));
  const [a, b, c] = ['oplati-100', 'terminal-200', 'cash-300'] as const;
  const list = (selected: number, mayBeCash = false, payments: typeof paid = []) =>
    modelOf({
      register: {
        document: returnOf(8, [{ goods: goodsOf('СЫР', 600), sold: 1, before: 0, now: 1 }], {
          stage: 'subtotal',
          source: sourceOf(paid),
          payments,
        }),
      },
      ui: { stack: [ref('refund-order', { plan: steps(a, b, c), selected, mayBeCash })] },
    });
  const local = (plan: ReturnType<typeof steps>, selected: number, mayBeCash = false) => [
    { do: 'local', local: { plan, selected, mayBeCash } },
  ];

  it('is taken as it stands, or not at all', () => {
    expect(press(list(1), 'enter')).toEqual([CLOSE, { do: 'refund', plan: steps(a, b, c) }]);
    expect(press(list(1), 'escape')).toEqual([CLOSE]);
  });

  it('is changed by PgUp and PgDn; the selection goes with the payment', () => {
    expect(press(list(1), 'pageup')).toEqual(local(steps(b, a, c), 0));
    expect(press(list(1), 'pagedown')).toEqual(local(steps(a, c, b), 2));
    expect(press(list(0), 'pageup')).toEqual(local(steps(a, b, c), 0));
    expect(press(list(2), 'pagedown')).toEqual(local(steps(a, b, c), 2));
    expect(press(list(1), 'down')).toEqual(local(steps(a, b, c), 2));
    expect(press(list(0), 'up')).toEqual(local(steps(a, b, c), 0));
  });

  it('leaves what has gone back where it is', () => {
    const done = { ...paymentOf(terminal, 200), attemptId: 'r', sourceAttemptId: b };
    expect(press(list(1, false, [done]), 'pageup')).toEqual(local(steps(b, c, a), 0));
    expect(press(list(1, false, [done]), 'down')).toEqual(local(steps(a, b, c), 1));
  });

  it('F7 gives in cash what was paid otherwise, only where the shop allows it, and never the other way round', () => {
    const inCash = { attemptId: b, inCash: true };
    expect(press(list(1, true), 'f7')).toEqual(local([...steps(a), inCash, ...steps(c)], 1, true));
    expect(() => press(list(1), 'f7')).toThrow('does not bind');
    expect(() => press(list(2, true), 'f7')).toThrow('does not bind');
  });
});
