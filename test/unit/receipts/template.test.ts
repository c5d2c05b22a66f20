import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { render, type TemplateData } from '../../../src/receipts/render.ts';
import { parseTemplate, type Template, type TemplateFields } from '../../../src/receipts/template.ts';
import { toText } from '../../../src/receipts/to-text.ts';

const KNOWN: TemplateFields = { fields: ['shop', 'note'], lists: { goods: ['name', 'sum'] } };
const DATA: TemplateData = {
  fields: { shop: 'Ромашка', note: '' },
  lists: {
    goods: [
      { name: '{{shop}}|x', sum: '1.00' },
      { name: '@cut', sum: '2.00' },
    ],
  },
};
const PAPER = { columns: 12, printable: (text: string) => text };

function parsed(text: string): Template {
  const result = parseTemplate(text, KNOWN);
  if (!result.ok) throw new Error(`line ${result.line}: ${result.message}`);
  return result.template;
}

const rows = (text: string): string[] => toText(render(parsed(text), DATA, PAPER), PAPER.columns);

describe('slip template', () => {
  it('prints fields, pairs, styles, rules, blank lines and no comments', () => {
    const text =
      '# comment\n[center bold] {{shop}}\n\nСумма|{{ shop }}\n@rule =\n[right] a\nlong words here|right\n@cut\n';
    expect(rows(text)).toEqual([
      '  Ромашка   ',
      '            ',
      'Сумма       '.slice(0, 12),
      '     Ромашка',
      '============',
      '           a',
      'long words  ',
      'here   right',
      '8< - - - - -',
    ]);
  });

  it('prints a list row by row and never reads a value as markup', () => {
    expect(rows('@each goods\n{{name}}|{{sum}}\n@end')).toEqual(['{{shop}}|x  ', '        1.00', '@cut    2.00']);
  });

  it('chooses by whether a field is empty', () => {
    expect(rows('@if shop\nyes\n@else\nno\n@end\n@if note\nyes\n@else\nno\n@end')).toEqual(
      ['yes', 'no'].map((t) => t.padEnd(12)),
    );
  });

  it.each([
    ['{{nothing}}', 1, 'нет поля «nothing»'],
    ['a\n{{name}}', 2, 'нет поля «name»'],
    ['{{shop', 1, 'нет «}}»'],
    ['a\nb\n@print', 3, 'неизвестная команда «@print»'],
    ['@each people', 1, 'нет списка «people»'],
    ['@each constructor\n@end', 1, 'нет списка «constructor»'],
    ['@if note\na', 1, 'нет @end для @if'],
    ['a\n@end', 2, 'лишний @end'],
    ['@else', 1, '@else без @if'],
    ['@if note\n@else\n@else\n@end', 3, '@else без @if'],
    ['@each goods\n@each goods\n@end\n@end', 2, '@each внутри @each'],
    ['a|b|c', 1, 'больше одного'],
    ['[huge] a', 1, 'неизвестное слово «huge»'],
    ['@rule ==', 1, 'один символ'],
    ['@cut now', 1, 'лишнее после @cut'],
    ['a\u001bp', 1, 'управляющий символ'],
    ['ok\n[center] \ufffd\ufffd\ufffd {{number}}', 2, 'файл не в кодировке UTF-8'],
    ['[bold] кассовый чек', 1, 'запрещены'],
    [`${'@if note\n'.repeat(9)}`, 9, 'вложенность'],
    ['x'.repeat(64 * 1024 + 1), 1, 'слишком большой'],
  ])('refuses %j and names the line', (text, line, message) => {
    const result = parseTemplate(text, KNOWN);
    expect(result).toMatchObject({ ok: false, line });
    if (!result.ok) expect(result.message).toContain(message);
  });

  it('answers any text: what parses prints inside the columns', () => {
    const part = fc.constantFrom(
      '@if note',
      '@each goods',
      '@end',
      '@else',
      '{{name}}',
      '{{shop}}',
      '|',
      '[double]',
      'a b',
      '@rule',
    );
    const text = fc.array(fc.oneof(part, fc.string()), { maxLength: 8 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, (template) => {
        const result = parseTemplate(template, KNOWN);
        if (!result.ok) return;
        for (const row of toText(render(result.template, DATA, PAPER), PAPER.columns)) expect(row).toHaveLength(12);
      }),
    );
  });
});
