import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fillText, messageOf, messages, textOf } from '../../../src/dialogs/messages/index.ts';
import { RESERVED } from './reserved-numbers.ts';

/** Copy of the paper: number -> title and text. */
const paper: Record<string, [string, string]> = JSON.parse(
  readFileSync(new URL('messages-paper.json', import.meta.url), 'utf8'),
);
const OUR_OWN = [
  'DOM-99',
  'DOM-100',
  'DOM-101',
  'OPL-38',
  'OPL-39',
  'DOM-77',
  'DOM-102',
  'DOM-103',
  'DOM-104',
  'DOM-105',
  'DOM-106',
  'DOM-116',
  'DOM-117',
  'DOM-118',
  'DOM-119',
  'DOM-125',
  'DOM-107',
  'DOM-108',
  'DOM-109',
  'DOM-110',
  'DOM-111',
  'DOM-112',
  'DOM-113',
  'DOM-114',
  'DOM-115',
  'SYS-19',
  'SYS-20',
  'SYS-21',
];

describe('the catalogue', () => {
  it('has every number once', () => {
    const numbers = messages.map(({ number }) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
    const inPaper = Object.keys(paper).filter((number) => !RESERVED.has(number));
    expect([...numbers].sort()).toEqual([...inPaper, ...OUR_OWN].sort());
  });

  it.each(Object.entries(paper).filter(([number]) => !RESERVED.has(number)))(
    '%s says what the paper says',
    (number, [title, text]) => {
      expect(messageOf(number)).toMatchObject({ title, text });
    },
  );

  it('gives every dialog a button that can be pressed, and tells support when it is shown', () => {
    // Nothing to press: only the server, or the reader, can end these.
    const waiting = ['OPL-26', 'AS-17', 'AS-18', 'AS-19', 'AS-20', 'AS-29', 'AS-30'];
    for (const { number, kind, buttons, shownWhen, stateAfter } of messages) {
      if (kind !== 'status' && !waiting.includes(number)) expect(buttons, number).not.toHaveLength(0);
      for (const { label, key } of buttons) {
        expect(label, number).toMatch(/^[А-ЯOK][А-яёKQR -]*$/);
        expect(['Enter', 'ESC', 'F2', 'F3', 'F7', 'F8'], number).toContain(key);
      }
      expect(shownWhen, number).toMatch(/[а-я]/i);
      expect(stateAfter, number).toMatch(/[а-я]/i);
    }
  });

  it('reads the short hand of buttons', () => {
    expect(messageOf('DOM-91').buttons).toEqual([
      { label: 'Да', key: 'Enter' },
      { label: 'Нет', key: 'ESC' },
    ]);
    expect(messageOf('DEV-10').buttons).toEqual([
      { label: 'Повторить', key: 'Enter' },
      { label: 'Отложить печать', key: 'ESC' },
    ]);
  });

  it('keeps what is not a dialog without buttons: status lines, notices, the log, the reason, the unused number', () => {
    const silent = messages.filter(({ kind, number }) => kind === 'status' && /^(PM|AS)-/.test(number));
    expect(silent.map(({ number }) => number)).toEqual(['PM-05', 'PM-21', 'AS-26', 'AS-27', 'AS-34']);
    for (const { buttons, number } of silent) expect(buttons, number).toEqual([]);
  });

  it('reads the buttons of PayMaster and Assist that have keys of their own', () => {
    const buttonsOf = (number: string) => messageOf(number).buttons.map(({ label, key }) => `${label} (${key})`);
    expect(buttonsOf('PM-03')).toEqual(['Повторить (Enter)', 'Отменить (ESC)']);
    expect(buttonsOf('PM-10')).toEqual(['Да (Enter)', 'Нет (ESC)']);
    expect(buttonsOf('AS-05')).toEqual(['Другой способ оплаты (F7)', 'Скрыть QR-код (Enter)', 'Отмена (ESC)']);
    expect(buttonsOf('AS-09')).toEqual(['Подключиться (Enter)', 'Повторить поиск (F2)']);
    expect(buttonsOf('AS-10')).toEqual(['Выбрать другой (F2)', 'Отмена (ESC)']);
    expect(buttonsOf('AS-11')).toEqual(['Повторить поиск (Enter)', 'Отмена (ESC)']);
    expect(buttonsOf('AS-12')).toEqual(['Обновить (Enter)', 'Отмена (ESC)']);
    expect(buttonsOf('AS-16')).toEqual(['Подпись получена (Enter)', 'Отменить (ESC)']);
    expect(buttonsOf('AS-21')).toEqual(['Повторить (F8)', 'OK (Enter)']);
  });

  it('refuses a number nobody knows', () => {
    expect(() => messageOf('DOM-999')).toThrow('DOM-999');
  });
});

describe('texts', () => {
  it('fills blanks by their names and drops those without a value', () => {
    expect(fillText('Товар со штрих-кодом "<код>" не найден', { код: '48$&' })).toBe(
      'Товар со штрих-кодом "48$&" не найден',
    );
    expect(fillText('До окончания смены осталось <N> мин.', {})).toBe('До окончания смены осталось мин.');
  });

  it('leaves angle quotes of the fiscal core alone', () => {
    expect(fillText('Необходимо выполнить операцию < Изъятие > <сумма>', { сумма: '5.00' })).toContain(
      '< Изъятие > 5.00',
    );
  });

  it('puts the words of the server where the catalogue wants them', () => {
    const text = 'Нет денег на счете';
    expect(textOf(messageOf('OPL-15'), { text })).toBe(text);
    expect(textOf(messageOf('OPL-18'), { text })).toBe(`Отмена оплаты О!плати не выполнена\n${text}`);
    expect(textOf(messageOf('OPL-04'), { text })).toBe(text);
    expect(textOf(messageOf('OPL-04'), { text: ' ' })).toBe(messageOf('OPL-04').text);
  });

  it('puts the reason of a refusal where PayMaster and Assist want it', () => {
    const text = 'Недостаточно средств';
    expect(textOf(messageOf('PM-07'), { text })).toBe(`Оплата не выполнена\n${text}`);
    expect(textOf(messageOf('PM-07'), {})).toBe('Оплата не выполнена');
    expect(textOf(messageOf('PM-18'), { text })).toBe(`Возврат не выполнен\n${text}`);
    expect(textOf(messageOf('AS-37'), { text })).toBe(`Отмена оплаты не выполнена\n${text}`);
    expect(textOf(messageOf('AS-41'), { text })).toBe(`Ошибка Ассист: ${text}`);
    expect(textOf(messageOf('AS-21'), { причина: text })).toBe(`Статус заказа: Отклонён\nИнформация: ${text}`);
  });

  it('names the reader and the order of Assist', () => {
    expect(textOf(messageOf('AS-09'), { имя: 'PP0918900518' })).toBe(
      'Найден картридер PP0918900518. Хотите подключиться?',
    );
    expect(textOf(messageOf('AS-27'), { номер: '20220218_134123_420', статус: 'Approved' })).toBe(
      'Статус заказа №20220218_134123_420 изменился на "Approved"',
    );
  });
});
