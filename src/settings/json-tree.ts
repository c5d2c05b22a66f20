/**
 * JSON that remembers its lines, so that a wrong setting is named with the line the engineer has to correct.
 * `JSON.parse` tells neither lines nor keys written twice.
 */
import { Fault, isFault } from '../register/fault.ts';
export type JsonNode = JsonLeaf | JsonObject | JsonArray;

export interface JsonLeaf {
  line: number;
  value: string | number | boolean | null;
}
export interface JsonObject {
  line: number;
  entries: { key: string; line: number; node: JsonNode }[];
}
export interface JsonArray {
  line: number;
  items: JsonNode[];
}

// No setting nests deeper; a bound keeps the recursion harmless.
const MAX_DEPTH = 20;
const BLANKS = /[ \t\r\n]*/y;
const TOKEN =
  /[{}[\],:]|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|$/y;

/** @returns the tree, or the line on which the text stops being JSON */
export function parseJsonTree(text: string): { tree: JsonNode } | { faultLine: number } {
  const reader = new TokenReader(text);
  try {
    const tree = readNode(reader, 0);
    if (reader.next() !== '') throw syntaxFault();
    return { tree };
  } catch (error) {
    if (isFault(error, 'settings', 'syntax')) return { faultLine: reader.line };
    throw error;
  }
}

class TokenReader {
  line = 1;
  private position = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** @returns the next token's text, '' at the end */
  next(): string {
    const blanks = this.match(BLANKS) ?? '';
    this.line += blanks.split('\n').length - 1;
    const token = this.match(TOKEN);
    if (token === null) throw syntaxFault();
    return token;
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0] ?? null;
    this.position += found?.length ?? 0;
    return found;
  }
}

function readNode(reader: TokenReader, depth: number, first = reader.next()): JsonNode {
  if (depth > MAX_DEPTH) throw syntaxFault();
  const line = reader.line;
  if (first === '{') return { line, entries: readEntries(reader, depth) };
  if (first === '[') return { line, items: readItems(reader, depth) };
  if (first === '' || /^[}\],:]$/.test(first)) throw syntaxFault();
  return { line, value: JSON.parse(first) };
}

function readEntries(reader: TokenReader, depth: number): JsonObject['entries'] {
  const entries: JsonObject['entries'] = [];
  let token = reader.next();
  if (token === '}') return entries;
  for (;;) {
    if (!token.startsWith('"')) throw syntaxFault();
    const key: string = JSON.parse(token);
    const line = reader.line;
    if (reader.next() !== ':') throw syntaxFault();
    entries.push({ key, line, node: readNode(reader, depth + 1) });
    const separator = reader.next();
    if (separator === '}') return entries;
    if (separator !== ',') throw syntaxFault();
    token = reader.next();
  }
}

function readItems(reader: TokenReader, depth: number): JsonNode[] {
  const items: JsonNode[] = [];
  const token = reader.next();
  if (token === ']') return items;
  items.push(readNode(reader, depth + 1, token));
  for (;;) {
    const separator = reader.next();
    if (separator === ']') return items;
    if (separator !== ',') throw syntaxFault();
    items.push(readNode(reader, depth + 1));
  }
}

function syntaxFault(): Fault<'syntax'> {
  return new Fault('settings', 'syntax');
}
