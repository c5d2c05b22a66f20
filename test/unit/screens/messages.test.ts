import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fillText, messageOf, messages, textOf } from '../../../src/dialogs/messages/index.ts';

/** Copy of the paper: number -> title and text. */
const paper: Record<string, [string, string]> = JSON.parse(
  readFileSync(new URL('messages-paper.json', import.meta.url), 'utf8'),
);
const OUR_OWN = ['DOM-99', 'DOM-100', 'DOM-101', 'DOM-102', 'DOM-103'];

describe('the catalogue', () => {
  it('has every number once', () => {
    const numbers = messages.map(({ number }) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect([...numbers].sort()).toEqual([...Object.keys(paper), ...OUR_OWN].sort());
  });

  it.each(Object.entries(paper))('%s says what the paper says', (number, [title, text]) => {
    expect(messageOf(number)).toMatchObject({ title, text });
  });

  it('gives every dialog a button that can be pressed, and tells support when it is shown', () => {
    const waiting = ['OPL-26'];
    for (const { number, kind, buttons, shownWhen, stateAfter } of messages) {
      if (kind !== 'status' && !waiting.includes(number)) expect(buttons, number).not.toHaveLength(0);
      for (const { label, key } of buttons) {
        expect(label, number).toMatch(/^[А-ЯOK][А-яёK ]*$/);
        expect(['Enter', 'ESC', 'F3'], number).toContain(key);
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
    expect(textOf(messageOf('DOM-56'), { сумма: '5.00' })).toContain('< Изъятие >');
  });

  it('puts the words of the server where the catalogue wants them', () => {
    const text = 'Нет денег на счете';
    expect(textOf(messageOf('OPL-15'), { text })).toBe(text);
    expect(textOf(messageOf('OPL-18'), { text })).toBe(`Отмена оплаты О!плати не выполнена\n${text}`);
    expect(textOf(messageOf('OPL-04'), { text })).toBe(text);
    expect(textOf(messageOf('OPL-04'), { text: ' ' })).toBe(messageOf('OPL-04').text);
  });
});
