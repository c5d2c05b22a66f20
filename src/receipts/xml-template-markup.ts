/**
 * The small part of XML that report templates need, read strictly: elements, quoted attributes, text, comments and the
 * five entities. No DTD, no processing instructions, no CDATA: nothing that could reach another file or grow by itself
 * (reliability.md 8, "Path traversal in templates").
 */
import { templateFault } from './template-fault.ts';

/** `at`: index in the source where it begins; `positionIn` tells the line. */
export interface XmlElement {
  name: string;
  at: number;
  attributes: Map<string, XmlAttribute>;
  children: (XmlElement | XmlText)[];
}

export interface XmlAttribute {
  value: string;
  at: number;
}

/** Text as it stands in the file, entities included, so that a place in it can be told; `plainText` reads it. */
export interface XmlText {
  raw: string;
  at: number;
}

const MAX_DEPTH = 16;
const NAME = /[A-Za-z][A-Za-z0-9-]*/y;
const BLANKS = /[ \t\r\n]+/y;
const DECLARATION = /<\?xml version=(["'])1\.0\1(?: encoding=(["'])utf-8\2)?\s*\?>/iy;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const WRONG_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffd-\uffff]/;

/** Both count from 1. */
export function positionIn(source: string, at: number): { line: number; column: number } {
  const before = source.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** Replaces the five entities. @throws a fault of the template for any other */
export function plainText(raw: string, at: number): string {
  return raw.replace(/&([^;&<\s]*)(;?)/g, (_, entity: string, semicolon: string, index: number) => {
    const known = semicolon === ';' && Object.hasOwn(ENTITIES, entity) ? ENTITIES[entity] : undefined;
    if (known === undefined) throw templateFault('допустимы только &lt; &gt; &amp; &quot; &apos;', at + index);
    return known;
  });
}

/** @returns the root element. @throws a fault of the template */
export function readMarkup(source: string): XmlElement {
  const wrong = WRONG_CHARACTER.exec(source);
  if (wrong !== null) {
    throw templateFault(wrong[0] === '\ufffd' ? 'файл не в кодировке UTF-8' : 'управляющий символ', wrong.index);
  }
  const reader = new Reader(source);
  reader.take(DECLARATION);
  reader.skipAround();
  reader.refuseDeclarations();
  const root = readElement(reader, 1);
  reader.skipAround();
  if (!reader.isAtEnd()) reader.fail('после корневого элемента ничего быть не должно');
  return root;
}

/** A place in the source that moves on. */
class Reader {
  readonly #source: string;
  index = 0;

  constructor(source: string) {
    this.#source = source;
  }

  isAtEnd(): boolean {
    return this.index >= this.#source.length;
  }

  isAt(literal: string): boolean {
    return this.#source.startsWith(literal, this.index);
  }

  /** Moves behind what stands here, if it does. @returns what was taken, null when it is not there */
  take(wanted: string | RegExp): string | null {
    let found: string | null = null;
    if (typeof wanted === 'string') {
      if (this.isAt(wanted)) found = wanted;
    } else {
      wanted.lastIndex = this.index;
      found = wanted.exec(this.#source)?.[0] ?? null;
    }
    this.index += found?.length ?? 0;
    return found;
  }

  expect(wanted: string | RegExp, message: string): string {
    return this.take(wanted) ?? this.fail(message);
  }

  /** All up to the first of the characters, or to the end. */
  takeUntil(...characters: string[]): XmlText {
    const at = this.index;
    const ends = characters.map((character) => this.#source.indexOf(character, at)).filter((end) => end !== -1);
    this.index = Math.min(this.#source.length, ...ends);
    return { raw: this.#source.slice(at, this.index), at };
  }

  takeComment(): boolean {
    const start = this.index;
    if (this.take('<!--') === null) return false;
    const end = this.#source.indexOf('--', this.index);
    if (end === -1) this.fail('комментарий не закрыт', start);
    this.index = end + 2;
    if (this.take('>') === null) this.fail('в комментарии нельзя писать «--»', end);
    return true;
  }

  skipAround(): void {
    while (this.take(BLANKS) !== null || this.takeComment());
  }

  refuseDeclarations(): void {
    if (this.isAt('<!') || this.isAt('<?')) this.fail('DTD, CDATA и инструкции <? ?> запрещены');
  }

  fail(message: string, at = this.index): never {
    throw templateFault(message, at);
  }
}

function readElement(reader: Reader, depth: number): XmlElement {
  const at = reader.index;
  if (depth > MAX_DEPTH) reader.fail('слишком глубокая вложенность');
  reader.expect('<', 'ожидается элемент');
  const name = reader.expect(NAME, 'ожидается имя элемента');
  const element: XmlElement = { name, at, attributes: readAttributes(reader), children: [] };
  if (reader.take('/>') !== null) return element;
  reader.expect('>', `элемент <${name}> не закрыт скобкой «>»`);
  for (;;) {
    const text = reader.takeUntil('<');
    if (text.raw.includes(']]>')) reader.fail('«]]>» в тексте недопустимо', text.at);
    if (text.raw !== '') element.children.push(text);
    if (reader.isAtEnd()) reader.fail(`нет </${name}>`, at);
    if (reader.takeComment()) continue;
    reader.refuseDeclarations();
    if (reader.take('</') === null) {
      element.children.push(readElement(reader, depth + 1));
      continue;
    }
    const closedAt = reader.index;
    const closed = reader.expect(NAME, 'ожидается имя элемента');
    if (closed !== name) reader.fail(`ожидается </${name}>, а здесь </${closed}>`, closedAt);
    reader.take(BLANKS);
    reader.expect('>', `</${name} не закрыт скобкой «>»`);
    return element;
  }
}

function readAttributes(reader: Reader): XmlElement['attributes'] {
  const attributes: XmlElement['attributes'] = new Map();
  while (reader.take(BLANKS) !== null && !reader.isAt('>') && !reader.isAt('/')) {
    const at = reader.index;
    const name = reader.expect(NAME, 'ожидается имя атрибута');
    if (attributes.has(name)) reader.fail(`атрибут ${name} повторяется`, at);
    reader.expect('=', `после ${name} ожидается «=»`);
    const quote = reader.take('"') ?? reader.expect("'", 'значение атрибута пишется в кавычках');
    const text = reader.takeUntil(quote, '<');
    reader.expect(quote, reader.isAtEnd() ? 'кавычка не закрыта' : 'в значении атрибута вместо < пишется &lt;');
    attributes.set(name, { value: plainText(text.raw, text.at), at });
  }
  return attributes;
}
