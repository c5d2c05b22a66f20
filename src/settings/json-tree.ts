/**
 * JSON that remembers its lines, so that a wrong setting is named with the line the engineer has to correct.
 * `JSON.parse` tells neither lines nor keys written twice.
 */
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

class SyntaxFault extends Error {}

/** @returns the tree, or the line on which the text stops being JSON */
export function parseJsonTree(text: string): { tree: JsonNode } | { faultLine: number } {
  const reader = new TokenReader(text);
  try {
    const tree = readNode(reader, 0);
    if (reader.next() !== '') throw new SyntaxFault();
    return { tree };
  } catch (error) {
    if (error instanceof SyntaxFault) return { faultLine: reader.line };
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
    if (token === null) throw new SyntaxFault();
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
  if (depth > MAX_DEPTH) throw new SyntaxFault();
  const line = reader.line;
  if (first === '{') return { line, entries: readEntries(reader, depth) };
  if (first === '[') return { line, items: readItems(reader, depth) };
  if (first === '' || /^[}\],:]$/.test(first)) throw new SyntaxFault();
  return { line, value: JSON.parse(first) };
}

function readEntries(reader: TokenReader, depth: number): JsonObject['entries'] {
  const entries: JsonObject['entries'] = [];
  let token = reader.next();
  if (token === '}') return entries;
  for (;;) {
    if (!token.startsWith('"')) throw new SyntaxFault();
    const key: string = JSON.parse(token);
    const line = reader.line;
    if (reader.next() !== ':') throw new SyntaxFault();
    entries.push({ key, line, node: readNode(reader, depth + 1) });
    const separator = reader.next();
    if (separator === '}') return entries;
    if (separator !== ',') throw new SyntaxFault();
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
    if (separator !== ',') throw new SyntaxFault();
    items.push(readNode(reader, depth + 1));
  }
}
