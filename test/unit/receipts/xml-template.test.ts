import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { render, type TemplateData } from '../../../src/receipts/render.ts';
import { REPORT_FIELDS } from '../../../src/receipts/report-fields.ts';
import type { Template, TemplateFields } from '../../../src/receipts/template.ts';
import { toText } from '../../../src/receipts/to-text.ts';
import { parseXmlTemplate } from '../../../src/receipts/xml-template.ts';

const KNOWN: TemplateFields = { fields: ['shop', 'note'], lists: { rows: ['name', 'sum'] } };
const DATA: TemplateData = {
  fields: { shop: 'Ромашка', note: '' },
  lists: {
    rows: [
      { name: '{shop}&lt;', sum: '1.00' },
      { name: '<cut/>', sum: '2.00' },
    ],
  },
};
const PAPER = { columns: 12, printable: (text: string) => text };

function parsed(text: string): Template {
  const result = parseXmlTemplate(text, KNOWN);
  if (!result.ok) throw new Error(`${result.line}:${result.column} ${result.message}`);
  return result.template;
}

const rows = (body: string): string[] => toText(render(parsed(`<report>${body}</report>`), DATA, PAPER), PAPER.columns);

describe('report template', () => {
  it('prints text, styles, columns, rules, blank lines and no comments', () => {
    const text = `<?xml version="1.0" encoding="UTF-8"?>
      <!-- comment --><report><!-- <cut/> -->
        <text align="center" bold='true'>{shop}</text>
        <text/>
        <columns><left>Сумма</left><right> { shop } </right></columns>
        <rule character="="/><rule />
        <text align="right">
          a   &lt;b&gt;
        </text>
        <text>x<!-- inside --> y &amp;&quot;&apos;</text>
        <cut></cut>
      </report ><!-- end -->
    `;
    expect(toText(render(parsed(`\ufeff${text}`), DATA, PAPER), 12)).toEqual([
      '  Ромашка   ',
      '            ',
      'Сумма       ',
      '     Ромашка',
      '============',
      '------------',
      '       a <b>',
      `x y &"'     `,
      '8< - - - - -',
    ]);
  });

  it('prints a list row by row and never reads a value as markup', () => {
    const list = '<each list="rows"><columns><left>{name}</left><right>{sum}</right></columns></each>';
    expect(rows(list)).toEqual(['{shop}&lt;  ', '        1.00', '<cut/>  2.00']);
  });

  it('chooses by whether a field is empty', () => {
    const both = (field: string) =>
      `<if field="${field}"><text>full</text></if><unless field="${field}"><text>empty</text></unless>`;
    expect(rows(both('shop') + both('note'))).toEqual(['full', 'empty'].map((text) => text.padEnd(12)));
  });

  it.each([
    ['', 1, 1, 'ожидается элемент'],
    ['text', 1, 1, 'ожидается элемент'],
    ['<slip/>', 1, 1, 'корневой элемент должен быть <report>'],
    ['<report>\n  <text>', 2, 3, 'нет </text>'],
    ['<report>\n  <text>a</txt>\n</report>', 2, 12, 'ожидается </text>, а здесь </txt>'],
    ['<report>\n<print/></report>', 2, 1, 'неизвестный элемент <print>'],
    ['<report>\n  <text>Итого {password}</text></report>', 2, 15, 'нет поля «password»'],
    ['<report><text>&amp; {\n{shop}</text></report>', 1, 21, 'поле пишется как {имя}'],
    ['<report><text>a}</text></report>', 1, 16, 'поле пишется как {имя}'],
    ['<report><text>{name}</text></report>', 1, 15, 'нет поля «name»'],
    ['<report><each list="people"/></report>', 1, 15, 'нет списка «people»'],
    ['<report><each list="constructor"/></report>', 1, 15, 'нет списка «constructor»'],
    ['<report><each/></report>', 1, 9, 'у <each> нет атрибута list'],
    ['<report>\n<each list="rows">\n<each list="rows"/></each></report>', 3, 1, '<each> внутри <each>'],
    ['<report><if field="x"/></report>', 1, 13, 'нет поля «x»'],
    ['<report>\n a <cut/></report>', 2, 2, 'текст пишется внутри'],
    ['<report><text size="2"/></report>', 1, 15, 'у <text> нет атрибута size'],
    ['<report><text align="middle"/></report>', 1, 15, 'align: left, center или right'],
    ['<report><text bold="yes"/></report>', 1, 15, 'bold: true или false'],
    ['<report><text bold="true" bold="true"/></report>', 1, 27, 'атрибут bold повторяется'],
    ['<report><text bold=true/></report>', 1, 20, 'в кавычках'],
    ['<report><text bold/></report>', 1, 19, 'ожидается «=»'],
    ['<report><text bold="<"/></report>', 1, 21, '&lt;'],
    ['<report><text bold="true', 1, 25, 'кавычка не закрыта'],
    ['<report><text><cut/></text></report>', 1, 15, 'может быть только текст'],
    ['<report><columns><left/></columns></report>', 1, 9, 'должны быть <left> и <right>'],
    ['<report><columns><right/><left/></columns></report>', 1, 9, 'должны быть <left> и <right>'],
    ['<report><rule character="=="/></report>', 1, 15, 'нужен один символ'],
    ['<report><cut>now</cut></report>', 1, 9, 'без содержимого'],
    ['<report/><report/>', 1, 10, 'после корневого элемента'],
    ['<report><text>a &nbsp; b</text></report>', 1, 17, 'допустимы только'],
    ['<report><text>&#27;</text></report>', 1, 15, 'допустимы только'],
    ['<report><text>Ромашка & Ко</text></report>', 1, 23, 'допустимы только'],
    ['<!DOCTYPE report [<!ENTITY a "b">]>\n<report/>', 1, 1, 'DTD'],
    ['<report>\n<!ENTITY a SYSTEM "file:///etc/passwd"></report>', 2, 1, 'DTD'],
    ['<report><![CDATA[a]]></report>', 1, 9, 'DTD'],
    ['<report><text>a ]]> b</text></report>', 1, 15, ']]>'],
    ['<?php echo 1 ?><report/>', 1, 1, '<? ?>'],
    ['<report><?run it?></report>', 1, 9, '<? ?>'],
    ['<?xml version="1.0" encoding="windows-1251"?><report/>', 1, 1, '<? ?>'],
    ['<report><!-- a -- b --></report>', 1, 16, '--'],
    ['<report><!-- a', 1, 9, 'комментарий не закрыт'],
    ['<report>\n<text>a\u001bp</text></report>', 2, 8, 'управляющий символ'],
    ['<report><text>\ufffd</text></report>', 1, 15, 'не в кодировке UTF-8'],
    ['<report><text>кассовый  чек</text></report>', 1, 9, 'запрещены'],
    ['<report><columns><left>КАССОВЫЙ</left><right>ЧЕК</right></columns></report>', 1, 9, 'запрещены'],
    [`<report>${'<if field="note">'.repeat(9)}${'</if>'.repeat(9)}</report>`, 1, 145, 'вложенность'],
    ['<a>'.repeat(20_000), 1, 49, 'вложенность'],
    [`<report>${' '.repeat(64 * 1024)}</report>`, 1, 1, 'слишком большой'],
  ])('refuses %j and names line and column', (text, line, column, message) => {
    const result = parseXmlTemplate(text, KNOWN);
    expect(result).toMatchObject({ ok: false, line, column });
    if (!result.ok) expect(result.message).toContain(message);
  });

  it('answers any text: what parses prints inside the columns', () => {
    const node: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('<rule/>', '<cut/>', '<text double="true">{shop} слово</text>', '<text>a &amp; b</text>', '<'),
        fc.string().map((text) => `<text>${text}</text>`),
        fc.array(tie('node'), { maxLength: 3 }).map((nodes) => `<if field="shop">${nodes.join('\n')}</if>`),
        fc.array(tie('node'), { maxLength: 3 }).map((nodes) => `<each list="rows">${nodes.join('')}</each>`),
      ),
    })).node;
    let printed = 0;
    fc.assert(
      fc.property(fc.array(node, { maxLength: 5 }), (nodes) => {
        const text = `<report>${nodes.join('\n')}</report>`;
        const result = parseXmlTemplate(text, KNOWN);
        if (result.ok) {
          const lines = toText(render(result.template, DATA, PAPER), PAPER.columns);
          for (const row of lines) expect(row).toHaveLength(12);
          printed += lines.length;
        } else {
          expect(result.line).toBeLessThanOrEqual(text.split('\n').length);
        }
      }),
    );
    expect(printed).toBeGreaterThan(0);
  });

  it('may use every field of the report, and its schema knows every element', () => {
    const folder = new URL('../../../templates/', import.meta.url);
    const read = (name: string) => readFileSync(fileURLToPath(new URL(name, folder)), 'utf8');
    const fields = REPORT_FIELDS.fields.map((field) => `<text>{${field}}</text>`).join('');
    const lists = Object.entries(REPORT_FIELDS.lists)
      .map(([list, names]) => `<each list="${list}">${names.map((name) => `<text>{${name}}</text>`).join('')}</each>`)
      .join('');
    expect(parseXmlTemplate(`<report>${fields}${lists}</report>`, REPORT_FIELDS).ok).toBe(true);
    const readme = read('README.md');
    for (const name of [...REPORT_FIELDS.fields, ...Object.values(REPORT_FIELDS.lists).flat()]) {
      expect(readme).toContain(`\`${name}\``);
    }
    const schema = read('report.xsd');
    for (const name of ['report', 'text', 'columns', 'left', 'right', 'rule', 'cut', 'each', 'if', 'unless']) {
      expect(schema).toContain(`<xs:element name="${name}"`);
      expect(readme).toContain(`<${name}`);
    }
  });
});
