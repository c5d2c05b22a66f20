/**
 * SOAP as the services of Assist's own till application speak it (assist.md 15): the envelope of a request, and a reader of
 * answers that looks at local names alone. The only file of the drivers that knows saxes. Pure.
 */
import { SaxesParser } from 'saxes';
import { safeText } from '../../../register/safe-text.ts';

const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';

/** An answer that is longer, deeper or has more elements than any of this system is none. */
const MAX_CHARACTERS = 256 * 1024;
const MAX_DEPTH = 32;
const MAX_ELEMENTS = 5_000;

export interface XmlElement {
  /** Local name in lower case, letters that only look Latin made so. */
  name: string;
  attributes: ReadonlyMap<string, string>;
  children: XmlElement[];
  /** Its own characters, entities decoded once, without the blanks around them. */
  text: string;
}

export interface XmlFault {
  first: string;
  second: string;
  /** Words of the server, safe to show; '' = none. */
  text: string;
}

/** @param name of the request, with its prefix where it has one; `namespace` belongs to it */
export function envelope(name: string, fields: readonly [string, string][], namespace: string | null = null): string {
  const prefix = name.includes(':') ? `:${name.split(':')[0]}` : '';
  const declared = namespace === null ? '' : ` xmlns${prefix}="${namespace}"`;
  const body = fields.map(([field, value]) => `<${field}>${escapeXml(value)}</${field}>`).join('');
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<s:Envelope xmlns:s="${ENVELOPE}"><s:Body><${name}${declared}>${body}</${name}></s:Body></s:Envelope>`,
  ].join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** What XML 1.0 has no way to say is left out. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? mark);
}

/**
 * Strict: what is not well-formed, or speaks of an entity that a DOCTYPE would have to explain, is no answer. A DOCTYPE itself is
 * passed over, and nothing it declares is ever expanded.
 */
export function readXml(text: string): XmlElement | null {
  // ColdFusion writes blank lines before the declaration.
  const document = text.replace(/^\ufeff?\s+/, '');
  if (document.length > MAX_CHARACTERS) return null;
  const parser = new SaxesParser();
  const open: XmlElement[] = [];
  const top: { root: XmlElement | null; isWrong: boolean; count: number } = { root: null, isWrong: false, count: 0 };
  parser.on('error', () => {
    top.isWrong = true;
  });
  parser.on('opentag', ({ name, attributes }) => {
    top.count++;
    const pairs = Object.entries(attributes).map(([key, value]): [string, string] => [localName(key), String(value)]);
    const element: XmlElement = { name: localName(name), attributes: new Map(pairs), children: [], text: '' };
    const parent = open.at(-1);
    if (parent === undefined) top.root = element;
    else parent.children.push(element);
    open.push(element);
    if (open.length > MAX_DEPTH || top.count > MAX_ELEMENTS) top.isWrong = true;
  });
  parser.on('closetag', () => {
    const element = open.pop();
    if (element !== undefined) element.text = element.text.trim();
  });
  const take = (part: string) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += part;
  };
  parser.on('text', take);
  parser.on('cdata', take);
  // By pieces: an answer that is too deep is not read to its end.
  for (let at = 0; at < document.length && !top.isWrong; at += 4_096) parser.write(document.slice(at, at + 4_096));
  if (!top.isWrong) parser.close();
  return top.isWrong ? null : top.root;
}

/** Letters of vendor code that are Cyrillic and look Latin (`кiosknumber`, `еancode`): such a name is the Latin one. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  ...{ а: 'a', в: 'b', е: 'e', і: 'i', ј: 'j', к: 'k', м: 'm', н: 'h' },
  ...{ о: 'o', р: 'p', с: 'c', ѕ: 's', т: 't', у: 'y', х: 'x' },
};

function localName(name: string): string {
  const local = name.slice(name.lastIndexOf(':') + 1).toLowerCase();
  return local.replace(/[\u0400-\u04ff]/g, (letter) => LOOK_ALIKES[letter] ?? letter);
}

/** All of this name below it, at any depth, in the order of the answer. */
export function elementsNamed(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...elementsNamed(child, name)]);
}

/** @returns null when there is none, or more than one: which of them counts nobody can tell */
export function childNamed(element: XmlElement, name: string): XmlElement | null {
  const found = element.children.filter((child) => child.name === name);
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** '' = it is not there. */
export function textIn(element: XmlElement | null, name: string): string {
  return element === null ? '' : (childNamed(element, name)?.text ?? '');
}

/** An answer in XML, whatever it says. */
export function isXml(body: string): boolean {
  return /^\ufeff?\s*</.test(body);
}

/**
 * `Fault` with the pair in `faultcode` and `faultstring`, or in `WSException` below its `detail`; and the list of the XML services,
 * which has the pair in its attributes (assist.md 6).
 */
export function readXmlFault(body: string): XmlFault | null {
  const root = isXml(body) ? readXml(body) : null;
  if (root === null) return null;
  const fault = root.name === 'fault' ? root : (elementsNamed(root, 'fault')[0] ?? null);
  if (fault === null) return pairIn(root.attributes.get('firstcode'), root.attributes.get('secondcode'), '');
  const own = elementsNamed(fault, 'wsexception')[0] ?? null;
  const detail = childNamed(fault, 'detail');
  const words = [textIn(own, 'message'), textIn(detail, 'message'), textIn(detail, 'recomendation'), detail?.text];
  const text = words.find((word) => word !== undefined && word !== '') ?? '';
  return (
    pairIn(textIn(own, 'firstcode'), textIn(own, 'secondcode'), text) ??
    pairIn(textIn(fault, 'firstcode'), textIn(fault, 'secondcode'), text) ??
    pairIn(textIn(fault, 'faultcode'), textIn(fault, 'faultstring'), text)
  );
}

function pairIn(first: string | undefined, second: string | undefined, text: string): XmlFault | null {
  if (first === undefined || second === undefined) return null;
  if (!/^\d{1,6}$/.test(first) || !/^\d{1,6}$/.test(second) || (first === '0' && second === '0')) return null;
  return { first, second, text: safeText(text).trim() };
}
