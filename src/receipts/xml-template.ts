/**
 * XML templates of reports (described for the installer in templates/README.md, `templates/report.xsd`). They become the
 * same nodes as the line-oriented slip templates, so that one renderer prints both; as there, a template can only place
 * known fields, and values are put in after reading.
 */

import type { Align, TextStyle } from './lines.ts';
import {
  FISCAL_TITLE,
  MAX_TEMPLATE_BYTES,
  type Piece,
  type Template,
  type TemplateFields,
  type TemplateNode,
} from './template.ts';
import { isTemplateFault, templateFault } from './template-fault.ts';
import {
  plainText,
  positionIn,
  readMarkup,
  type XmlAttribute,
  type XmlElement,
  type XmlText,
} from './xml-template-markup.ts';

export type XmlTemplateResult =
  | { ok: true; template: Template }
  /** `line` and `column` count from 1; `message` is Russian, for the installer. */
  | { ok: false; line: number; column: number; message: string };

const MAX_NESTED_BLOCKS = 8;
const STYLE_ATTRIBUTES = ['align', 'bold', 'double'];

/** What surrounds an element: the fields it may name, and how deep it stands. */
interface Scope {
  fields: readonly string[];
  isInList: boolean;
  depth: number;
}

/** Reads a report template; whatever is wrong with it names its line and column. */
export function parseXmlTemplate(text: string, known: TemplateFields): XmlTemplateResult {
  if (Buffer.byteLength(text) > MAX_TEMPLATE_BYTES) {
    return { ok: false, line: 1, column: 1, message: 'шаблон слишком большой' };
  }
  const source = text.replace(/^\ufeff/, '');
  try {
    const root = readMarkup(source);
    if (root.name !== 'report') throw templateFault('корневой элемент должен быть <report>', root.at);
    allowAttributes(root, []);
    return { ok: true, template: readBody(root, { fields: known.fields, isInList: false, depth: 0 }, known) };
  } catch (error) {
    if (isTemplateFault(error)) return { ok: false, ...positionIn(source, error.at ?? 0), message: error.say };
    throw error;
  }
}

function readBody(parent: XmlElement, scope: Scope, known: TemplateFields): TemplateNode[] {
  if (scope.depth > MAX_NESTED_BLOCKS) throw templateFault('слишком глубокая вложенность', parent.at);
  return elementsOf(parent).map((element) => readNode(element, scope, known));
}

function readNode(element: XmlElement, scope: Scope, known: TemplateFields): TemplateNode {
  const inside = { ...scope, depth: scope.depth + 1 };
  switch (element.name) {
    case 'text':
      allowAttributes(element, STYLE_ATTRIBUTES);
      return { kind: 'text', style: styleOf(element), left: readPieces(element, scope), right: null };
    case 'columns':
      return readColumns(element, scope);
    case 'rule': {
      allowAttributes(element, ['character']);
      expectEmpty(element);
      const character = element.attributes.get('character');
      if (character !== undefined && character.value.length !== 1)
        throw templateFault('нужен один символ', character.at);
      return { kind: 'rule', character: character?.value ?? '-' };
    }
    case 'cut':
      allowAttributes(element, []);
      expectEmpty(element);
      return { kind: 'cut' };
    case 'each': {
      allowAttributes(element, ['list']);
      const list = required(element, 'list');
      const rowFields = Object.hasOwn(known.lists, list.value) ? known.lists[list.value] : undefined;
      if (rowFields === undefined) throw templateFault(`нет списка «${list.value}»`, list.at);
      // A list inside a list would print rows x rows lines.
      if (scope.isInList) throw templateFault('<each> внутри <each>', element.at);
      const body = readBody(element, { ...inside, fields: [...scope.fields, ...rowFields], isInList: true }, known);
      return { kind: 'each', list: list.value, body };
    }
    case 'if':
    case 'unless': {
      allowAttributes(element, ['field']);
      const field = required(element, 'field');
      knownField(field.value, scope, field.at);
      const body = readBody(element, inside, known);
      const [whenFull, whenEmpty] = element.name === 'if' ? [body, []] : [[], body];
      return { kind: 'if', field: field.value, body: whenFull, otherwise: whenEmpty };
    }
    default:
      throw templateFault(`неизвестный элемент <${element.name}>`, element.at);
  }
}

function readColumns(element: XmlElement, scope: Scope): TemplateNode {
  allowAttributes(element, ['bold', 'double']);
  const [left, right, ...more] = elementsOf(element);
  if (left?.name !== 'left' || right?.name !== 'right' || more.length > 0) {
    throw templateFault('в <columns> должны быть <left> и <right>', element.at);
  }
  for (const side of [left, right]) allowAttributes(side, []);
  const node: TemplateNode = {
    kind: 'text',
    style: styleOf(element),
    left: readPieces(left, scope),
    right: readPieces(right, scope),
  };
  refuseFiscalTitle([...node.left, { literal: ' ' }, ...(node.right ?? [])], element.at);
  return node;
}

function styleOf(element: XmlElement): TextStyle {
  return { align: alignOf(element), bold: isTrue(element, 'bold'), double: isTrue(element, 'double') };
}

function alignOf(element: XmlElement): Align {
  const attribute = element.attributes.get('align');
  if (attribute === undefined) return 'left';
  const { value } = attribute;
  if (value === 'left' || value === 'center' || value === 'right') return value;
  throw templateFault('align: left, center или right', attribute.at);
}

function isTrue(element: XmlElement, name: string): boolean {
  const attribute = element.attributes.get(name);
  if (attribute === undefined || attribute.value === 'false') return false;
  if (attribute.value === 'true') return true;
  throw templateFault(`${name}: true или false`, attribute.at);
}

/** Text with `{field}`; blanks and line ends around and between words are one blank, as wherever XML is read. */
function readPieces(element: XmlElement, scope: Scope): Piece[] {
  const pieces: Piece[] = [];
  for (const child of element.children) {
    if ('name' in child) throw templateFault(`внутри <${element.name}> может быть только текст`, child.at);
    pieces.push(...piecesOf(child, scope));
  }
  const first = pieces[0];
  const last = pieces.at(-1);
  if (first !== undefined && 'literal' in first) first.literal = first.literal.trimStart();
  if (last !== undefined && 'literal' in last) last.literal = last.literal.trimEnd();
  refuseFiscalTitle(pieces, element.at);
  return pieces.filter((piece) => !('literal' in piece) || piece.literal !== '');
}

function piecesOf(node: XmlText, scope: Scope): Piece[] {
  const pieces: Piece[] = [];
  let { at } = node;
  for (const part of node.raw.split(/(\{[^{}]*\})/)) {
    if (part.startsWith('{') && part.endsWith('}')) {
      const field = part.slice(1, -1).trim();
      knownField(field, scope, at);
      pieces.push({ field });
    } else {
      const brace = part.search(/[{}]/);
      if (brace !== -1) throw templateFault('поле пишется как {имя}', at + brace);
      pieces.push({ literal: plainText(part, at).replace(/[ \t\r\n]+/g, ' ') });
    }
    at += part.length;
  }
  return pieces;
}

function refuseFiscalTitle(pieces: readonly Piece[], at: number): void {
  const text = pieces.map((piece) => ('literal' in piece ? piece.literal : ' ')).join('');
  if (FISCAL_TITLE.test(text)) {
    throw templateFault('слова «КАССОВЫЙ ЧЕК» запрещены: документ нефискальный', at);
  }
}

function elementsOf(parent: XmlElement): XmlElement[] {
  return parent.children.filter((child): child is XmlElement => {
    if ('name' in child) return true;
    const stray = child.raw.search(/[^ \t\r\n]/);
    if (stray === -1) return false;
    throw templateFault('текст пишется внутри <text>, <left> или <right>', child.at + stray);
  });
}

function expectEmpty(element: XmlElement): void {
  if (element.children.length > 0) throw templateFault(`<${element.name}> пишется без содержимого`, element.at);
}

function required(element: XmlElement, name: string): XmlAttribute {
  const attribute = element.attributes.get(name);
  if (attribute === undefined) throw templateFault(`у <${element.name}> нет атрибута ${name}`, element.at);
  return attribute;
}

function allowAttributes(element: XmlElement, allowed: readonly string[]): void {
  for (const [name, attribute] of element.attributes) {
    if (!allowed.includes(name)) throw templateFault(`у <${element.name}> нет атрибута ${name}`, attribute.at);
  }
}

function knownField(field: string, scope: Scope, at: number): void {
  if (!scope.fields.includes(field)) throw templateFault(`нет поля «${field}»`, at);
}
