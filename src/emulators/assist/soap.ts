/** XML of the services: requests of the till application, read liberally, and answers (assist.md 15). Pure. */
import { SaxesParser } from 'saxes';

export interface SoapRequest {
  /** Local name of the first element of the body. */
  element: string;
  /** Its children with their texts, by local names. */
  fields: [string, string][];
  /** What stands deeper: lines of goods. */
  inner: [string, string][];
}

/** @returns null when the text is no envelope with an element in its body */
export function readSoap(text: string): SoapRequest | null {
  const parser = new SaxesParser({ xmlns: false, fragment: false });
  const path: string[] = [];
  let element: string | null = null;
  const fields: [string, string][] = [];
  const inner: [string, string][] = [];
  let content = '';
  let isBroken = false;
  parser.on('error', () => {
    isBroken = true;
  });
  parser.on('opentag', ({ name }) => {
    path.push(localName(name));
    content = '';
    if (path.length === 3 && isBody(path)) element ??= localName(name);
  });
  parser.on('text', (more) => {
    content += more;
  });
  parser.on('cdata', (more) => {
    content += more;
  });
  parser.on('closetag', () => {
    const name = path.at(-1) ?? '';
    if (path.length > 3 && isBody(path)) (path.length === 4 ? fields : inner).push([name, content]);
    path.pop();
    content = '';
  });
  parser.write(text).close();
  return isBroken || element === null ? null : { element, fields, inner };
}

function isBody([envelope, body]: string[]): boolean {
  return envelope?.toLowerCase() === 'envelope' && body?.toLowerCase() === 'body';
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** An answer as a tree: texts, objects as elements, lists as repeated elements. */
export type XmlTree = string | number | { readonly [name: string]: XmlTree | readonly XmlTree[] };

/** @param name '' = the content alone */
export function xmlOf(name: string, tree: XmlTree | readonly XmlTree[]): string {
  if (Array.isArray(tree)) return tree.map((one: XmlTree) => xmlOf(name, one)).join('');
  const content =
    typeof tree === 'object'
      ? Object.entries(tree)
          .map(([child, value]) => xmlOf(child, value))
          .join('')
      : escaped(String(tree));
  return name === '' ? content : `<${name}>${content}</${name}>`;
}

export function envelope(body: XmlTree): string {
  const soap = 'http://schemas.xmlsoap.org/soap/envelope/';
  const ws = 'http://www.paysecure.ru/ws/';
  return `<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="${soap}" xmlns:ws="${ws}"><SOAP-ENV:Body>${xmlOf('', body)}</SOAP-ENV:Body></SOAP-ENV:Envelope>`;
}

/** An answer to `Format=3`: the codes as attributes, behind a DOCTYPE with a subset of its own. */
export function xmlResult([first, second]: readonly [number, number], count: number, content: string): string {
  const attributes = `firstcode='${first}' secondcode='${second}' count='${count}'`;
  return `<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE result [<!ATTLIST result firstcode CDATA #REQUIRED secondcode CDATA #REQUIRED count CDATA #IMPLIED>]><result ${attributes}>${content}</result>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
