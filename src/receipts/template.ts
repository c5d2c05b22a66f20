/**
 * The template format (described for the installer in templates/README.md). Line-oriented, no code, no includes: a
 * template can only place known fields. Field values are put in after parsing, so a goods name is never read as markup.
 */

import type { Align, TextStyle } from './lines.ts';
import { isTemplateFault, templateFault } from './template-fault.ts';

/** Which fields a template may name: of the document, and of the rows of each list. */
export interface TemplateFields {
  fields: readonly string[];
  lists: Readonly<Record<string, readonly string[]>>;
}

export type Piece = { literal: string } | { field: string };

export type TemplateNode =
  | { kind: 'text'; style: TextStyle; left: Piece[]; right: Piece[] | null }
  | { kind: 'rule'; character: string }
  | { kind: 'qr'; payload: Piece[] }
  | { kind: 'cut' }
  | { kind: 'each'; list: string; body: TemplateNode[] }
  | { kind: 'if'; field: string; body: TemplateNode[]; otherwise: TemplateNode[] };

export type Template = readonly TemplateNode[];

export type TemplateResult =
  | { ok: true; template: Template }
  /** `line` counts from 1; `message` is Russian, for the installer. */
  | { ok: false; line: number; message: string };

export const MAX_TEMPLATE_BYTES = 64 * 1024;
const MAX_DEPTH = 8;
/** A slip of ours must never look like a fiscal receipt (domain.md 11). */
export const FISCAL_TITLE = /КАССОВЫЙ\s+ЧЕК/iu;
const STYLE_WORDS = /^\[([a-z ]*)\] ?/;

interface Block {
  line: number;
  node: Extract<TemplateNode, { kind: 'each' | 'if' }>;
  /** Where the nodes go now: the body, or after `@else` the other branch. */
  into: TemplateNode[];
  /** Fields a row of the list brings. */
  rowFields: readonly string[];
}

/** Reads a template; a wrong field, word or block is an error that names its line. */
export function parseTemplate(text: string, known: TemplateFields): TemplateResult {
  if (Buffer.byteLength(text) > MAX_TEMPLATE_BYTES) return { ok: false, line: 1, message: 'шаблон слишком большой' };
  const root: TemplateNode[] = [];
  const blocks: Block[] = [];
  const rows = text.replace(/^\ufeff/, '').split(/\r?\n/);
  if (rows.at(-1) === '') rows.pop();
  for (const [index, row] of rows.entries()) {
    try {
      readRow(row, index + 1, root, blocks, known);
    } catch (error) {
      if (isTemplateFault(error)) return { ok: false, line: index + 1, message: error.say };
      throw error;
    }
  }
  const open = blocks.at(-1);
  if (open !== undefined) return { ok: false, line: open.line, message: `нет @end для @${open.node.kind}` };
  return { ok: true, template: root };
}

function readRow(row: string, line: number, root: TemplateNode[], blocks: Block[], known: TemplateFields): void {
  if (row.startsWith('#')) return;
  // A file saved as CP1251 would print nothing but question marks.
  if (row.includes('\ufffd')) throw templateFault('файл не в кодировке UTF-8');
  if (/[\u0000-\u001f\u007f]/.test(row)) throw templateFault('управляющий символ');
  if (FISCAL_TITLE.test(row)) throw templateFault('слова «КАССОВЫЙ ЧЕК» запрещены: документ нефискальный');
  const block = blocks.at(-1);
  const into = block?.into ?? root;
  const fields = [...known.fields, ...blocks.flatMap((outer) => outer.rowFields)];
  if (!row.startsWith('@')) {
    into.push(textNode(row, fields));
    return;
  }
  const [, word = '', argument = ''] = /^@([a-z]*) ?(.*)$/.exec(row) ?? [];
  switch (word) {
    case 'rule':
      if (argument.length > 1) throw templateFault('после @rule допустим один символ');
      into.push({ kind: 'rule', character: argument || '-' });
      return;
    case 'cut':
      noArgument(word, argument);
      into.push({ kind: 'cut' });
      return;
    case 'qr':
      into.push({ kind: 'qr', payload: pieces(argument, fields) });
      return;
    case 'each': {
      const rowFields = Object.hasOwn(known.lists, argument) ? known.lists[argument] : undefined;
      if (rowFields === undefined) throw templateFault(`нет списка «${argument}»`);
      // A list inside a list would print rows x rows lines.
      if (blocks.some((outer) => outer.node.kind === 'each')) throw templateFault('@each внутри @each');
      openBlock({ kind: 'each', list: argument, body: [] }, rowFields);
      return;
    }
    case 'if':
      knownField(argument, fields);
      openBlock({ kind: 'if', field: argument, body: [], otherwise: [] }, []);
      return;
    case 'else':
      noArgument(word, argument);
      if (block?.node.kind !== 'if' || block.into === block.node.otherwise) throw templateFault('@else без @if');
      block.into = block.node.otherwise;
      return;
    case 'end':
      noArgument(word, argument);
      if (blocks.pop() === undefined) throw templateFault('лишний @end');
      return;
    default:
      throw templateFault(`неизвестная команда «@${word}»`);
  }

  function openBlock(node: Block['node'], rowFields: readonly string[]): void {
    if (blocks.length === MAX_DEPTH) throw templateFault('слишком глубокая вложенность');
    into.push(node);
    blocks.push({ line, node, into: node.body, rowFields });
  }
}

function textNode(row: string, fields: readonly string[]): TemplateNode {
  const style: TextStyle = { align: 'left', bold: false, double: false };
  const words = STYLE_WORDS.exec(row);
  for (const word of words?.[1]?.split(' ').filter((part) => part !== '') ?? []) {
    if (word === 'bold') style.bold = true;
    else if (word === 'double') style.double = true;
    else if (word === 'left' || word === 'center' || word === 'right') style.align = word satisfies Align;
    else throw templateFault(`неизвестное слово «${word}»`);
  }
  const content = row.slice(words?.[0].length ?? 0);
  const [left = '', right, ...more] = content.split('|');
  if (more.length > 0) throw templateFault('в строке больше одного «|»');
  return { kind: 'text', style, left: pieces(left, fields), right: right === undefined ? null : pieces(right, fields) };
}

function pieces(text: string, fields: readonly string[]): Piece[] {
  const found: Piece[] = [];
  let rest = text;
  for (;;) {
    const start = rest.indexOf('{{');
    if (start === -1) break;
    const end = rest.indexOf('}}', start);
    if (end === -1) throw templateFault('нет «}}»');
    const field = rest.slice(start + 2, end).trim();
    knownField(field, fields);
    if (start > 0) found.push({ literal: rest.slice(0, start) });
    found.push({ field });
    rest = rest.slice(end + 2);
  }
  if (rest !== '') found.push({ literal: rest });
  return found;
}

function knownField(field: string, fields: readonly string[]): void {
  if (!fields.includes(field)) throw templateFault(`нет поля «${field}»`);
}

function noArgument(word: string, argument: string): void {
  if (argument !== '') throw templateFault(`лишнее после @${word}`);
}
