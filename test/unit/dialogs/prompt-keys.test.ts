/** Keys -> answers of the prompts that a payment system may ask with, and of the result it leaves. */
import { describe, expect, it } from 'vitest';
import { topContext } from '../../../src/app/render.ts';
import { messageRef, resultRef } from '../../../src/dialogs/index.ts';
import type { Prompt, PromptPage } from '../../../src/payments/prompt.ts';
import type { Model } from '../../../src/ui/model.ts';
import type { Step } from '../../../src/ui/step.ts';
import { attemptOf, bigReceipt, modelOf, ref } from '../../golden/fixture.ts';
import { press, typed } from '../screens/keys.ts';

const page: PromptPage = {
  title: 'ЗАКАЗ',
  showsSum: true,
  heading: 'ДАННЫЕ ЗАКАЗА',
  rows: [{ label: 'Email для отправки чека:', value: 'old@shop.by' }],
};

function prompted(prompt: Prompt, input = '', stack: Model['ui']['stack'] = []): Model {
  const model = modelOf({ register: { document: bigReceipt({ stage: 'subtotal' }) }, ui: { input, stack } });
  return { ...model, attempts: [attemptOf({ prompt })] };
}

const CLOSE = { do: 'close' };
const CANCEL = [{ do: 'cancelAttempt', attemptId: 'a1' }];
const answered = (answer: unknown) => [
  { do: 'ui', patch: { input: '' } },
  { do: 'answer', attemptId: 'a1', answer },
];
const opened = (number: string) => [{ do: 'open', context: messageRef(number) }];
const chosen = (number: string): Step[] => [{ do: 'ui', patch: { input: number } }];
const binds = (model: Model) => topContext(model).context.bindings.map(({ command }) => command);

const words = { number: 'AS-09', title: 'Картридер', text: 'Хотите подключиться?' };

describe('QR', () => {
  const qr = { show: 'showQr', number: 'AS-05', caption: '', payload: 'x', state: '', deadlineMs: null } as const;

  it('has F7 and Enter only where the driver gave them a meaning', () => {
    const prompt: Prompt = { ...qr, hint: '', page, other: 'Другой способ', hide: 'Скрыть' };
    expect(press(prompted(prompt), 'f7')).toEqual(answered({ other: true }));
    expect(press(prompted(prompt), 'enter')).toEqual(answered({ ok: true }));
    expect(press(prompted(prompt), 'escape')).toEqual(CANCEL);
    expect(binds(prompted({ ...qr, hint: '' }))).toEqual(['cancel']);
    expect(binds(prompted({ ...qr, hint: '', where: 'paper' }))).toEqual(['cancel']);
  });
});

describe('a wait', () => {
  const wait: Prompt = { show: 'wait', ...words, deadlineMs: 60_000, cancellable: true, page };

  it('is answered by F2 where there is a second way', () => {
    expect(press(prompted({ ...wait, second: 'Выбрать другой' }), 'f2')).toEqual(answered({ other: true }));
    expect(press(prompted({ ...wait, second: 'Выбрать другой' }), 'escape')).toEqual(CANCEL);
    expect(binds(prompted(wait))).toEqual(['cancel']);
  });
});

describe('a question', () => {
  const question: Prompt = { show: 'confirm', ...words, page };

  it('with one button is answered by Enter and Esc alike', () => {
    for (const key of ['enter', 'escape']) {
      expect(press(prompted({ ...question, no: null }), key)).toEqual(answered({ ok: true }));
    }
  });

  it('with a second way has F2, and Esc leads back whatever its word', () => {
    for (const no of ['Отмена', null]) {
      const model = prompted({ ...question, no, second: 'Повторить поиск' });
      expect(press(model, 'enter')).toEqual(answered({ ok: true }));
      expect(press(model, 'f2')).toEqual(answered({ other: true }));
      expect(press(model, 'escape')).toEqual(CANCEL);
    }
    expect(binds(prompted(question))).toEqual(['confirm', 'cancel']);
  });
});

describe('a reader at work', () => {
  const reader = (cancellable: boolean): Prompt => ({
    show: 'readerStatus',
    number: 'AS-14',
    page,
    cancellable,
    spins: false,
    deadlineMs: 180_000,
    hint: '',
  });

  it('is stopped by Esc until it decides alone', () => {
    expect(press(prompted(reader(true)), 'escape')).toEqual(CANCEL);
    expect(press(prompted(reader(false)), 'escape')).toBe('дождитесь результата');
  });
});

describe('a list', () => {
  const list: Prompt = { show: 'choose', ...words, options: ['MIR', 'Maestro'], page };

  it('takes a number of the list, and a digit that continues none begins anew', () => {
    expect(typed(prompted(list, '2'))).toEqual([]);
    expect(typed(prompted(list, '21'))).toEqual(chosen('1'));
    expect(typed(prompted(list, '9'))).toEqual(chosen(''));
    expect(press(prompted(list, '2'), 'enter')).toEqual(answered({ choice: 1 }));
  });

  it('explains its keys', () => {
    expect(press(prompted(list), 'f1')).toMatchObject([{ do: 'open', context: { name: 'help' } }]);
  });
});

describe('an order', () => {
  const form: Extract<Prompt, { show: 'form' }> = {
    show: 'form',
    number: 'AS-01',
    page,
    field: {
      label: 'Email для отправки чека:',
      key: 'Email',
      value: 'old@shop.by',
      accepts: 'email',
      refusal: 'AS-42',
    },
    choice: { heading: 'СПОСОБ ОПЛАТЫ', options: ['Наличные', 'Картридер', 'СБП'], selected: 1 },
    hint: '',
  };

  it('begins with the method the driver has chosen', () => {
    expect(press(prompted(form), 'enter')).toEqual(answered({ choice: 1 }));
    expect(press(prompted(form), 'up')).toEqual(chosen('1'));
    expect(press(prompted(form), 'down')).toEqual(chosen('3'));
    expect(press(prompted(form, '3'), 'down')).toEqual(chosen('3'));
    expect(press(prompted(form, '3'), 'enter')).toEqual(answered({ choice: 2 }));
    expect(typed(prompted(form, '4'))).toEqual(chosen(''));
    expect(press(prompted(form), 'escape')).toEqual(CANCEL);
  });

  it('without a list is only left, or sent another way', () => {
    const plain: Prompt = { ...form, field: null, choice: null, other: 'Другой способ' };
    expect(press(prompted(plain), 'enter')).toEqual(answered({ ok: true }));
    expect(press(prompted(plain), 'f7')).toEqual(answered({ other: true }));
    expect(binds(prompted(plain))).toEqual(['currency', 'confirm', 'cancel']);
    expect(typed(prompted(plain, '1'))).toEqual(chosen(''));
  });

  const local = { attemptId: 'a1', isUntouched: true };
  const editing = (text: string, isUntouched = false, prompt: Prompt = form) =>
    prompted(prompt, '3', [ref('order-field', { attemptId: 'a1', isUntouched }, text)]);

  it('opens its field with the value, which the first key replaces', () => {
    const field = ref('order-field', local, 'old@shop.by');
    expect(press(prompted(form), 'f3')).toEqual([{ do: 'open', context: field }]);
    const touched = { ...local, isUntouched: false };
    expect(typed(editing('old@shop.byn', true))).toEqual([{ do: 'local', local: touched, text: 'n' }]);
    expect(typed(editing('old@shop.b', true))).toEqual([{ do: 'local', local: touched, text: 'old@shop.b' }]);
    expect(typed(editing('ne'))).toEqual([]);
  });

  it('takes an address or none, and keeps its place in the list', () => {
    for (const text of ['new@shop.by', '']) {
      expect(press(editing(text), 'enter')).toEqual([CLOSE, { do: 'answer', attemptId: 'a1', answer: { text } }]);
    }
    expect(press(editing('new'), 'escape')).toEqual([CLOSE]);
  });

  it('warns about a wrong address at once, and the input stays', () => {
    expect(press(editing('new@shop'), 'enter')).toEqual(opened('AS-42'));
    expect(press(editing('почта@пример.бел'), 'enter')).toEqual(opened('AS-42'));
  });

  it('that has gone on meanwhile takes no address any more', () => {
    const moved: Prompt = { show: 'wait', ...words, deadlineMs: 60_000, cancellable: true };
    expect(press(editing('new@shop.by', false, moved), 'enter')).toEqual([CLOSE]);
  });
});

describe('an amount', () => {
  const prompt: Prompt = { show: 'amount', number: 'AS-02', title: 'ПОДСЧЕТ СДАЧИ', dueKopecks: 808, hint: '', page };

  it('is what is due until another one is typed', () => {
    expect(press(prompted(prompt), 'enter')).toEqual(answered({ amountKopecks: 808 }));
    expect(press(prompted(prompt, '8.08'), 'enter')).toEqual(answered({ amountKopecks: 808 }));
    expect(press(prompted(prompt, '10,5'), 'enter')).toEqual(answered({ amountKopecks: 1050 }));
    expect(press(prompted(prompt, '10'), 'escape')).toEqual(CANCEL);
  });

  it('is never too little, and never guessed', () => {
    expect(press(prompted(prompt, '8.07'), 'enter')).toEqual(opened('DOM-32'));
    expect(press(prompted(prompt, '1..'), 'enter')).toEqual([{ do: 'status', text: 'Неверная сумма' }]);
  });
});

describe('a result', () => {
  const shown = (repeats: boolean): Model => {
    const result = { title: 'РЕЗУЛЬТАТ', heading: 'Информация о заказе', rows: [], repeats };
    return modelOf({ ui: { stack: [resultRef('AS-04', result, 'a1', true)] } });
  };

  it('is left by Enter and Esc', () => {
    for (const key of ['enter', 'escape']) expect(press(shown(false), key)).toEqual([CLOSE]);
  });

  it('prints its slip and stays, or begins the payment anew', () => {
    expect(press(shown(false), 'f8')).toEqual([{ do: 'printPaymentSlip', attemptId: 'a1' }]);
    expect(press(shown(true), 'f8')).toEqual([CLOSE, { do: 'repeatPayment', attemptId: 'a1' }]);
  });
});
