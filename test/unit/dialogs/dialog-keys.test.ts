/** Keys -> steps of dialogs, pages and prompts. */
import { describe, expect, it } from 'vitest';
import { topContext } from '../../../src/app/render.ts';
import { demandedEntryRef, messageRef, questionRef, secondUserRef } from '../../../src/dialogs/index.ts';
import type { Prompt } from '../../../src/payments/prompt.ts';
import { footerText } from '../../../src/screens/footer.ts';
import { DEFAULT_KEY_MAP } from '../../../src/settings/key-map.ts';
import type { Model } from '../../../src/ui/model.ts';
import {
  attemptOf,
  bigReceipt,
  goodsOf,
  modelOf,
  oplati,
  paymentOf,
  ref,
  rouble,
  terminal,
} from '../../golden/fixture.ts';
import { press, scan, typed } from '../screens/keys.ts';

const CLOSE = { do: 'close' };

function over(context: ReturnType<typeof ref>, more: Partial<Model> = {}): Model {
  return { ...modelOf({ register: { document: bigReceipt() }, ui: { stack: [context] } }), ...more };
}

describe('message and question', () => {
  it('close by Enter and Esc, then do what was to follow', () => {
    const model = over(messageRef('SYS-01', {}, [{ do: 'restart' }]));
    for (const key of ['enter', 'escape']) expect(press(model, key)).toEqual([CLOSE, { do: 'restart' }]);
    expect(press(over(ref('message', { number: 'OPL-01', params: {} })), 'enter')).toEqual([CLOSE]);
  });

  it('take Enter for yes and Esc for no', () => {
    const model = over(questionRef('DOM-91', {}, [{ do: 'exit' }]));
    expect(press(model, 'enter')).toEqual([CLOSE, { do: 'exit' }]);
    expect(press(model, 'escape')).toEqual([CLOSE]);
  });

  it('choose the dialog by the buttons of the number', () => {
    expect(questionRef('DOM-91', {}, []).name).toBe('question');
    expect(questionRef('SYS-02', {}, [], [{ do: 'restart' }]).name).toBe('decision');
  });

  it('are called in the footer as in the box: DEV-10 said `Отложить печать (ESC)` over `Esc Отмена`', () => {
    const footer = (number: string) => {
      const { context } = topContext(over(questionRef(number, {}, [])));
      return footerText(context.bindings, DEFAULT_KEY_MAP);
    };
    for (const number of ['DEV-10', 'DEV-12', 'DEV-13', 'DEV-14']) {
      expect(footer(number)).toBe('Enter Повторить  Esc Отложить печать');
    }
    expect(footer('SYS-02')).toBe('Enter Продолжить  Esc Перезапуск');
    expect(footer('DOM-91')).toBe('Enter Да  Esc Нет');
  });

  it('settle a print only by an answer', () => {
    const model = over(ref('print-unconfirmed', { jobId: 7, documentNumber: 11 }));
    expect(press(model, 'enter')).toEqual([CLOSE, { do: 'settlePrint', jobId: 7, isOnPaper: true }]);
    expect(press(model, 'escape')).toEqual([CLOSE, { do: 'settlePrint', jobId: 7, isOnPaper: false }]);
  });
});

describe('quantity and price', () => {
  it('change the row; the command stands first, so that a refusal leaves the dialog with its text', () => {
    expect(press(over(ref('quantity', { positionNumber: 3 }, '2')), 'enter')).toEqual([
      { do: 'command', command: { do: 'changeQuantity', positionNumber: 3, quantityThousandths: 2000 } },
      CLOSE,
    ]);
    expect(press(over(ref('price', { positionNumber: 3 }, '68.5')), 'enter')).toEqual([
      { do: 'command', command: { do: 'changePrice', positionNumber: 3, priceKopecks: 6850 } },
      CLOSE,
    ]);
  });

  it('never confirm empty input, and keep what cannot be read', () => {
    for (const name of ['quantity', 'price']) {
      expect(press(over(ref(name, { positionNumber: 3 })), 'enter')).toBe('ввод пуст');
    }
    expect(press(over(ref('quantity', { positionNumber: 3 }, '1..')), 'enter')).toEqual([
      { do: 'say', number: 'DOM-21', params: {} },
    ]);
    expect(press(over(ref('price', { positionNumber: 3 }, '1.234')), 'enter')).toEqual([
      { do: 'status', text: 'Неверная сумма' },
    ]);
  });

  it('ask one after the other for what the goods demand, then add them', () => {
    const goods = goodsOf('ВЕС И ЦЕНА', 0, { quantityRequired: true, priceEntry: 'required' });
    const first = demandedEntryRef({
      goods,
      entry: 'scan',
      enteredCode: '1',
      quantityThousandths: null,
      priceKopecks: null,
    });
    expect(first?.name).toBe('quantity');
    const steps = press(over({ ...first, name: 'quantity', local: first?.local, text: '0.5' }), 'enter');
    expect(steps).toMatchObject([CLOSE, { do: 'open', context: { name: 'price' } }]);
    const next = Array.isArray(steps) && steps[1]?.do === 'open' ? steps[1].context : null;
    expect(press(over({ name: 'price', local: next?.local, text: '10' }), 'enter')).toEqual([
      {
        do: 'command',
        command: {
          do: 'addLine',
          goods,
          entry: 'scan',
          enteredCode: '1',
          quantityThousandths: 500,
          priceKopecks: 1000,
        },
      },
      { do: 'ui', patch: { pendingQuantityThousandths: null, pendingPriceKopecks: null } },
      CLOSE,
    ]);
    expect(
      demandedEntryRef({
        goods: goodsOf('ПРОСТОЙ', 100),
        entry: 'scan',
        enteredCode: '1',
        quantityThousandths: null,
        priceKopecks: null,
      }),
    ).toBeNull();
  });
});

describe('currency list', () => {
  const list = (selected: number, text = '', amountKopecks: number | null = null) =>
    over(ref('currency-select', { amountKopecks, selected }, text));

  it('pays the carried sum in the selected currency', () => {
    expect(press(list(2, '', 530), 'enter')).toEqual([
      CLOSE,
      { do: 'pay', currency: oplati, amountKopecks: 530, thenClose: false },
    ]);
  });

  it('stops at the ends', () => {
    expect(press(list(0), 'up')).toMatchObject([{ local: { selected: 0 } }]);
    expect(press(list(2), 'down')).toMatchObject([{ local: { selected: 2 } }]);
    expect(press(list(0), 'end')).toMatchObject([{ local: { selected: 2 } }]);
  });

  it('takes digits for the code; a digit that continues none begins anew', () => {
    expect(typed(list(0, '7'))).toMatchObject([{ do: 'local', local: { selected: 2 }, text: '7' }]);
    expect(typed(list(2, '73'))).toMatchObject([{ do: 'local', local: { selected: 1 }, text: '3' }]);
    // A code of no currency chooses none: Enter would have taken the whole receipt in cash.
    expect(typed(list(0, '8'))).toMatchObject([
      { do: 'local', local: { selected: -1 }, text: '' },
      { do: 'bell', pattern: 'refused' },
      { do: 'status', text: 'Нет валюты с кодом 8' },
    ]);
    expect(press(list(-1, ''), 'enter')).toBe('выберите валюту');
    const long = {
      ...list(0, '1'),
      currencies: [
        { ...rouble, code: 5 },
        { ...terminal, code: 12 },
      ],
    };
    expect(typed(long)).toEqual([]);
  });
});

describe('giving payments back', () => {
  const payments = [paymentOf(rouble, 1000), paymentOf(oplati, 500), paymentOf(oplati, 700, 'unknown')];
  const model = (fromLast: number): Model =>
    modelOf({
      register: { document: bigReceipt({ payments }) },
      ui: { stack: [ref('cancel-payment', { fromLast })] },
    });

  it('names the last payment that is held, never an undecided one', () => {
    expect(press(model(0), 'enter')).toEqual([CLOSE, { do: 'cancelPayment', attemptId: 'oplati-500' }]);
    expect(press(model(1), 'enter')).toEqual([CLOSE, { do: 'cancelPayment', attemptId: 'cash-1000' }]);
    expect(press(model(0), 'escape')).toEqual([CLOSE]);
  });

  it('walks through them by Up and Down', () => {
    expect(press(model(0), 'up')).toEqual([{ do: 'local', local: { fromLast: 1 } }]);
    expect(press(model(1), 'up')).toEqual([{ do: 'local', local: { fromLast: 1 } }]);
    expect(press(model(1), 'down')).toEqual([{ do: 'local', local: { fromLast: 0 } }]);
  });

  it('annuls after a yes', () => {
    expect(press(over(ref('annul')), 'enter')).toEqual([CLOSE, { do: 'annulDocument' }]);
    expect(press(over(ref('annul')), 'escape')).toEqual([CLOSE]);
  });
});

describe('the last resort', () => {
  const attempts = [attemptOf({ state: 'unknown', foreground: false })];

  it('is reached from the list of unfinished payments', () => {
    const list = over(ref('unfinished', { attemptId: 'gone' }), { attempts });
    expect(press(list, 'enter')).toEqual([{ do: 'askAttempt', attemptId: 'a1' }]);
    expect(press(list, 'f11')).toMatchObject([
      { do: 'open', context: { name: 'manual-resolution', local: { selected: -1 } } },
    ]);
    expect(press(over(ref('unfinished', { attemptId: null })), 'enter')).toBe('нет незавершенных оплат');
  });

  it('wants a reason and a second user, and keeps the password out of its own data', () => {
    const local = { attemptId: 'a1', selected: 1 };
    const unchosen = { attemptId: 'a1', selected: -1 };
    expect(press(over(ref('manual-resolution', unchosen, 'кабинет'), { attempts }), 'enter')).toBe(
      'выберите решение (Вверх, Вниз)',
    );
    expect(press(over(ref('manual-resolution', local, '  '), { attempts }), 'enter')).toBe('укажите причину');
    const step = {
      do: 'resolveAttempt',
      attemptId: 'a1',
      decision: 'notPaid',
      reason: 'кабинет',
      password: '',
    } as const;
    expect(press(over(ref('manual-resolution', local, 'кабинет'), { attempts }), 'enter')).toEqual([
      CLOSE,
      { do: 'open', context: secondUserRef('Решение по оплате', step) },
    ]);
    const second = { ...secondUserRef('Решение по оплате', step), text: 'pw' };
    expect(press(over(second, { attempts }), 'enter')).toEqual([CLOSE, { ...step, password: 'pw' }]);
    expect(press(over({ ...second, text: '' }), 'enter')).toBe('ввод пуст');
  });
});

describe('prompts', () => {
  const prompted = (prompt: Prompt, input = ''): Model => ({
    ...modelOf({ register: { document: bigReceipt({ stage: 'subtotal' }) }, ui: { input } }),
    attempts: [attemptOf({ prompt })],
  });
  const CLEAR = { do: 'ui', patch: { input: '' } };
  const answered = (answer: unknown) => [CLEAR, { do: 'answer', attemptId: 'a1', answer }];
  const CANCEL = [{ do: 'cancelAttempt', attemptId: 'a1' }];
  const words = { number: 'OPL-24', title: 'О!плати', text: 'Платеж ожидает подтверждения' };

  it('take a buyer code by scan or by typing, never an empty one', () => {
    const prompt: Prompt = { show: 'scanBuyerCode', ...words, hint: '' };
    expect(scan(prompted(prompt), 'ABC')).toEqual(answered({ code: 'ABC' }));
    expect(press(prompted(prompt, 'ABC'), 'enter')).toEqual(answered({ code: 'ABC' }));
    expect(press(prompted(prompt), 'enter')).toBe('ввод пуст');
    expect(press(prompted(prompt), 'escape')).toEqual(CANCEL);
  });

  it('answer by Enter and cancel by Esc', () => {
    expect(press(prompted({ show: 'tellCode', ...words, code: '1359', deadlineMs: 1, hint: '' }), 'enter')).toEqual(
      answered({ ok: true }),
    );
    expect(press(prompted({ show: 'confirm', ...words }), 'enter')).toEqual(answered({ ok: true }));
    expect(press(prompted({ show: 'confirm', ...words }), 'escape')).toEqual(CANCEL);
    const retry: Prompt = { show: 'retryOrCancel', ...words, cancelLabel: 'Отмена' };
    expect(press(prompted(retry), 'enter')).toEqual(answered({ retry: true }));
    expect(press(prompted(retry), 'escape')).toEqual(CANCEL);
  });

  it('wait without a way out when the driver says so', () => {
    const prompt = (cancellable: boolean): Prompt => ({ show: 'wait', ...words, deadlineMs: 60_000, cancellable });
    expect(press(prompted(prompt(true)), 'escape')).toEqual(CANCEL);
    expect(press(prompted(prompt(false)), 'escape')).toBe('дождитесь результата');
  });

  it('choose by arrows or by number', () => {
    const prompt: Prompt = { show: 'choose', ...words, options: ['MIR', 'Maestro'] };
    expect(press(prompted(prompt), 'enter')).toEqual(answered({ choice: 0 }));
    expect(press(prompted(prompt), 'down')).toEqual([{ do: 'ui', patch: { input: '2' } }]);
    expect(press(prompted(prompt, '2'), 'enter')).toEqual(answered({ choice: 1 }));
    expect(press(prompted(prompt, '9'), 'enter')).toEqual(answered({ choice: 1 }));
  });
});

describe('pages', () => {
  const menu = (selected: number, more: Partial<Model> = {}) => over(ref('menu', { selected, typedAtMs: 0 }), more);
  const noDocument = modelOf().register;

  it('close the menu before what was chosen', () => {
    expect(press(menu(0), 'enter')).toEqual([CLOSE]);
    expect(press(menu(3), 'enter')).toMatchObject([CLOSE, { do: 'open', context: { name: 'price' } }]);
    expect(press(menu(9, { register: noDocument }), 'enter')).toEqual([CLOSE, { do: 'printCopy' }]);
    expect(press(menu(11), 'enter')).toMatchObject([{ do: 'open', context: { name: 'shift' } }]);
  });

  it('say why an item does not act, and what this version lacks', () => {
    expect(press(menu(9), 'enter')).toEqual([{ do: 'status', text: 'Есть открытый чек' }]);
    expect(press(menu(6), 'enter')).toEqual([{ do: 'say', number: 'DOM-101' }]);
    const atLogin = menu(0, { register: { ...noDocument, user: null } });
    expect(press(atLogin, 'enter')).toEqual([{ do: 'status', text: 'Введите пароль кассира' }]);
  });

  it('take two digits within a second as one number', () => {
    const at = (text: string, sinceMs: number) => {
      const now = modelOf().now;
      return over(ref('menu', { selected: 0, typedAtMs: now - sinceMs }, text));
    };
    expect(typed(at('1', 5000))).toMatchObject([{ local: { selected: 0 }, text: '1' }]);
    expect(typed(at('12', 500))).toMatchObject([{ local: { selected: 11 }, text: '12' }]);
    expect(typed(at('12', 1500))).toMatchObject([{ local: { selected: 1 }, text: '2' }]);
  });

  it('a number that no item has chooses none, and the number is used up by Enter', () => {
    const at = (selected: number, text: string) =>
      over(ref('menu', { selected, typedAtMs: modelOf().now }, text), { register: noDocument });
    for (const number of ['0', '17', '99']) {
      expect(typed(at(0, number))).toMatchObject([{ local: { selected: -1 } }, { do: 'bell' }, { do: 'status' }]);
    }
    expect(press(at(-1, '17'), 'enter')).toBe('пункт не выбран');
    expect(press(at(11, '12'), 'enter')).toMatchObject([{ do: 'local', text: '' }, { do: 'open' }]);
  });

  it('lead to the unfinished payments, and open a closed shift', () => {
    const shift = (selected: number, more: Partial<Model> = {}) => over(ref('shift', { selected, typedAtMs: 0 }), more);
    expect(press(shift(7), 'enter')).toMatchObject([{ do: 'open', context: { name: 'unfinished' } }]);
    expect(press(shift(0), 'enter')).toEqual([{ do: 'status', text: 'Смена уже открыта' }]);
    const closed = { register: { ...noDocument, shift: null } };
    expect(press(shift(0, closed), 'enter')).toEqual([{ do: 'command', command: { do: 'openShift' } }]);
  });

  it('search from two characters on, take the selected goods or a scan', () => {
    const goods = goodsOf('МОЛОКО', 5000);
    const search = (text: string, rows: unknown = null) =>
      over(ref('search', { rows, more: false, selected: 0 }, text));
    expect(typed(search('М'))).toMatchObject([{ do: 'local', local: { rows: null } }]);
    expect(typed(search('МО'))).toEqual([{ do: 'search', text: 'МО' }]);
    expect(press(search('МО', [goods]), 'enter')).toEqual([CLOSE, { do: 'addFoundGoods', goods }]);
    expect(press(search('МО', []), 'enter')).toBe('товар не выбран');
    expect(scan(search('МО'), '481')).toEqual([CLOSE, { do: 'addGoods', text: '481', entry: 'scan' }]);
  });
});
