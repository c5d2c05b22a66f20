/** Keys -> steps of the screens of the sale. */
import { describe, expect, it } from 'vitest';
import { topContext } from '../../../src/app/render.ts';
import { footerText } from '../../../src/screens/footer.ts';
import { DEFAULT_KEY_MAP } from '../../../src/settings/key-map.ts';
import type { Model } from '../../../src/ui/model.ts';
import {
  attemptOf,
  bigReceipt,
  type Changes,
  closedOf,
  documentOf,
  juice,
  modelOf,
  oplati,
  paymentOf,
  rouble,
  users,
} from '../../golden/fixture.ts';
import { perform, press } from './keys.ts';

const CLEAR = { do: 'ui', patch: { input: '' } };

function sale(ui: NonNullable<Changes['ui']> = {}, more: Changes = {}): Model {
  return modelOf({ register: { document: bigReceipt() }, ui, ...more });
}

function payment(ui: NonNullable<Changes['ui']> = {}, ...payments: ReturnType<typeof paymentOf>[]): Model {
  return modelOf({ register: { document: bigReceipt({ stage: 'subtotal', payments }) }, ui });
}

const opened = (name: string, local: unknown) => ({ do: 'open', context: { name, local, text: '' } });

describe('goods', () => {
  it('looks typed digits up and clears them', () => {
    expect(press(sale({ input: '123' }), 'enter')).toEqual([CLEAR, { do: 'addGoods', text: '123', entry: 'code' }]);
    expect(press(sale(), 'enter')).toBe('введите код или штрих-код');
  });

  it('takes digits before * or F3 as the quantity of the next item', () => {
    for (const key of ['*', 'f3']) {
      expect(press(sale({ input: '1.5' }), key)).toEqual([
        { do: 'ui', patch: { pendingQuantityThousandths: 1500, input: '' } },
      ]);
    }
  });

  it('refuses a quantity that is none', () => {
    for (const input of ['0', '1.2.3']) {
      expect(press(sale({ input }), 'f3')).toEqual([{ do: 'say', number: 'DOM-21', params: {} }]);
    }
  });

  // Incident: F3 99999999 and 1.2345* were called `Не указано количество`.
  it('says what is wrong with a quantity that was given', () => {
    expect(press(sale({ input: '99999999' }), 'f3')).toEqual([
      { do: 'say', number: 'DOM-22', params: { N: '999999' } },
    ]);
    expect(press(sale({ input: '1.2345' }), '*')).toMatchObject([
      { do: 'bell' },
      { do: 'status', text: 'Клавиша недоступна: не больше трех знаков после точки' },
    ]);
  });

  it('refuses * again while `Кол-во: 3` waits for the next goods', () => {
    expect(press(sale({ pendingQuantityThousandths: 3000 }), '*')).toBe('количество уже введено (Esc - сброс)');
    expect(perform(sale({ pendingPriceKopecks: 100 }), 'price')).toBe('цена уже введена (Esc - сброс)');
    expect(press(sale({ pendingQuantityThousandths: 3000, input: '4' }), '*')).toEqual([
      { do: 'ui', patch: { pendingQuantityThousandths: 4000, input: '' } },
    ]);
  });

  it('asks the quantity of the selected row when nothing is typed', () => {
    expect(press(sale(), 'f3')).toEqual([opened('quantity', { positionNumber: 3 })]);
    expect(press(sale({ selectedPosition: 1 }), 'f3')).toEqual([opened('quantity', { positionNumber: 1 })]);
  });

  it('clears text first, then the modifiers', () => {
    const pending = { pendingQuantityThousandths: 2000, pendingPriceKopecks: 100 };
    expect(press(sale({ input: '5', ...pending }), 'escape')).toEqual([CLEAR]);
    expect(press(sale(pending), 'escape')).toEqual([
      { do: 'ui', patch: { pendingQuantityThousandths: null, pendingPriceKopecks: null } },
    ]);
  });

  it('moves the selection inside the receipt', () => {
    const select = (selectedPosition: number) => [{ do: 'ui', patch: { selectedPosition } }];
    expect(press(sale(), 'up')).toEqual(select(2));
    expect(press(sale(), 'down')).toEqual(select(3));
    expect(press(sale(), 'home')).toEqual(select(1));
    expect(press(sale({ selectedPosition: 1 }), 'pagedown')).toEqual(select(3));
    expect(press(sale({ selectedPosition: 99 }), 'up')).toEqual(select(2));
  });

  it('voids the selected row, asking when the shop wants that', () => {
    const steps = [
      { do: 'command', command: { do: 'stornoLine', positionNumber: 3, confirmedBy: null } },
      { do: 'ui', patch: { selectedPosition: null } },
    ];
    expect(press(sale(), 'f4')).toEqual(steps);
    expect(press(sale({}, { settings: { confirmStorno: true } }), 'f4')).toEqual([
      opened('question', { number: 'DOM-40', params: { товар: juice.name }, onYes: steps }),
    ]);
  });

  it('leads to subtotal, annulment, search, menu and lock', () => {
    expect(press(sale(), 'f6')).toEqual([{ do: 'command', command: { do: 'enterSubtotal' } }]);
    expect(press(sale(), 'f11')).toEqual([{ do: 'askAnnul' }]);
    expect(press(sale(), 'f2')).toMatchObject([{ do: 'open', context: { name: 'search', text: '' } }]);
    expect(press(sale(), 'f10')).toMatchObject([{ do: 'open', context: { name: 'menu' } }]);
    expect(press(sale(), 'f12')).toEqual([{ do: 'command', command: { do: 'lock' } }]);
  });

  it('says why a key does not act', () => {
    for (const key of ['f3', 'f4', 'f6', 'f11', 'up']) expect(press(modelOf(), key)).toBe('в чеке нет позиций');
    for (const key of ['f7', 'f8']) expect(press(sale(), key)).toBe('нажмите "Подытог"');
    expect(press(sale(), 'f9')).toBe('есть открытый чек');
  });

  it('lets a receipt whose rows were all voided be annulled', () => {
    const line = bigReceipt().lines[0];
    if (line === undefined) throw new Error('the fixture has lines');
    const stornoLines = [{ line, at: 0, cashierCode: '1', confirmedByCode: null }];
    expect(press(modelOf({ register: { document: documentOf(1, [], { stornoLines }) } }), 'f11')).toEqual([
      { do: 'askAnnul' },
    ]);
  });

  it('offers commands a shop may bind', () => {
    expect(perform(sale({ input: '68.50' }), 'price')).toEqual([
      { do: 'ui', patch: { pendingPriceKopecks: 6850, input: '' } },
    ]);
    expect(perform(sale({ input: '1.999' }), 'price')).toEqual([{ do: 'status', text: 'Неверная сумма' }]);
    expect(perform(sale(), 'price')).toEqual([opened('price', { positionNumber: 3 })]);
    expect(perform(sale(), 'repeat')).toEqual([{ do: 'command', command: { do: 'repeatLast' } }]);
    expect(perform(sale(), 'copy')).toBe('есть открытый чек');
    expect(perform(modelOf(), 'copy')).toEqual([{ do: 'printCopy' }]);
  });
});

describe('exit', () => {
  it('asks; tells of cancels that were not sent; refuses with an open receipt', () => {
    const ask = (number: string, params = {}) => [opened('question', { number, params, onYes: [{ do: 'exit' }] })];
    expect(press(modelOf(), 'ctrl+c')).toEqual(ask('DOM-91'));
    const queued = attemptOf({ operation: 'cancel', foreground: false });
    expect(press({ ...modelOf(), attempts: [queued] }, 'ctrl+c')).toEqual(ask('DOM-92', { N: '1' }));
    expect(press(sale(), 'ctrl+c')).toEqual([{ do: 'say', number: 'DOM-81' }]);
  });
});

describe('subtotal', () => {
  it('pays the exact rest and closes on F8 alone', () => {
    expect(press(payment(), 'f8')).toEqual([
      { do: 'pay', currency: rouble, amountKopecks: null, thenClose: true },
      CLEAR,
    ]);
  });

  it('pays what is typed: F8 closes when it is enough, Enter stays', () => {
    expect(press(payment({ input: '200' }), 'f8')).toEqual([
      { do: 'pay', currency: rouble, amountKopecks: 20_000, thenClose: true },
      CLEAR,
    ]);
    expect(press(payment({ input: '10.5' }), 'enter')).toEqual([
      { do: 'pay', currency: rouble, amountKopecks: 1050, thenClose: false },
      CLEAR,
    ]);
  });

  it('never pays nothing by an empty Enter, nor a sum that is none', () => {
    expect(press(payment(), 'enter')).toBe('введите сумму');
    for (const key of ['enter', 'f8', 'f7']) {
      expect(press(payment({ input: '1..5' }), key)).toEqual([{ do: 'status', text: 'Неверная сумма' }]);
    }
  });

  it('carries the typed sum into the currency list', () => {
    expect(press(payment({ input: '5.30' }), 'f7')).toEqual([
      CLEAR,
      opened('currency-select', { amountKopecks: 530, selected: 0 }),
    ]);
    expect(press(payment(), 'f7')).toEqual([CLEAR, opened('currency-select', { amountKopecks: null, selected: 0 })]);
  });

  it('goes back by Esc without payments, and asks about the last one with them', () => {
    expect(press(payment({ input: '5' }), 'escape')).toEqual([CLEAR]);
    expect(press(payment(), 'escape')).toEqual([{ do: 'command', command: { do: 'leaveSubtotal' } }]);
    expect(press(payment({}, paymentOf(rouble, 1000)), 'escape')).toEqual([opened('cancel-payment', { fromLast: 0 })]);
  });

  it('offers only what acts while a payment is undecided: it said `Выберите валюту` over keys that DOM-38 refuses', () => {
    const screen = (model: Model) => {
      const { context, at } = topContext(model);
      return [context.hint(at), footerText(context.bindings, DEFAULT_KEY_MAP)];
    };
    const unknown = paymentOf(oplati, 500, 'unknown');
    expect(screen(payment({}, unknown))).toEqual([
      'Есть оплата в состоянии "неизвестно": дождитесь ответа',
      'F7 Валюта  F1 Клавиши  F10 Меню',
    ]);
    expect(press(payment({ input: '5' }, unknown), 'enter')).toBe('оплата в состоянии "неизвестно"');
    const { document } = payment({}, unknown).register;
    const returned = modelOf({ register: { document: document && { ...document, type: 'returnBySale' } } });
    expect(screen(returned)).toEqual([
      'Есть оплата в состоянии "неизвестно": дождитесь ответа',
      'F7 Валюта  F1 Клавиши  F10 Меню',
    ]);
    expect(screen(payment({}, paymentOf(rouble, 500)))).toEqual([
      'Выберите валюту или нажмите "Итого"',
      'Enter Ввод  Esc Отмена  F5 Карта  F7 Валюта  F8 Итого  F1 Клавиши',
    ]);
  });

  it('keeps the goods frozen', () => {
    for (const key of ['f2', 'f3', 'f4']) expect(press(payment(), key)).toBe('вернитесь к товарам (Esc)');
  });
});

describe('paid', () => {
  const paid = payment({}, paymentOf(oplati, 12_190));

  it('closes by F8, gives back by Esc, does nothing else', () => {
    expect(press(paid, 'f8')).toEqual([{ do: 'command', command: { do: 'close' } }]);
    expect(press(paid, 'escape')).toEqual([opened('cancel-payment', { fromLast: 0 })]);
    for (const key of ['f2', 'f3', 'f4', 'f5', 'f6', 'f7']) expect(press(paid, key)).toBe('чек оплачен');
    expect(press(paid, 'enter')).toBe('нажмите "Итого"');
  });
});

describe('closed', () => {
  it('has the keys of an empty receipt', () => {
    const closed = modelOf({ register: { lastClosed: closedOf(bigReceipt()) } });
    for (const key of ['f3', 'f4', 'f6', 'f11']) expect(press(closed, key)).toBe('в чеке нет позиций');
    expect(press(closed, 'f12')).toEqual([{ do: 'command', command: { do: 'lock' } }]);
    expect(press(closed, 'escape')).toEqual([]);
  });
});

describe('log-in', () => {
  const login = (ui: NonNullable<Changes['ui']>, userListVisible = true) =>
    modelOf({ register: { user: null }, ui, settings: { userListVisible } });

  it('logs the selected user in, never with an empty password or while one is checked', () => {
    expect(press(login({ input: 'pw', loginSelected: 1 }), 'enter')).toEqual([
      CLEAR,
      { do: 'logIn', userCode: users[1]?.code, password: 'pw' },
    ]);
    expect(press(login({}), 'enter')).toBe('ввод пуст');
    expect(press(login({ input: 'pw', busy: true }), 'enter')).toBe('проверка пароля');
  });

  it('asks for code, then password when the list is hidden', () => {
    expect(press(login({ input: '9' }, false), 'enter')).toEqual([CLEAR, opened('password', { userCode: '9' })]);
    expect(press(login({ input: '77' }, false), 'enter')).toEqual([CLEAR, { do: 'say', number: 'DOM-01' }]);
    expect(press(login({}, false), 'down')).toBe('список пользователей скрыт');
  });

  it('unlocks for the user who locked', () => {
    const locked = modelOf({ register: { locked: true }, ui: { input: 'pw' } });
    expect(press(locked, 'enter')).toEqual([CLEAR, { do: 'logIn', userCode: '1', password: 'pw' }]);
  });
});
