/**
 * GS1 element strings: what a marking code or a GS1-128 label says (devices.md 2.3). The raw code is never changed:
 * documents need it as it came.
 */
import { endsWithCheckDigit } from '../register/check-digit.ts';
import { readIdentifier } from './gs1-identifiers.ts';

export interface Gs1Element {
  /** Application identifier: `01`, `21`, `3103`. */
  ai: string;
  value: string;
}

export interface Gs1Code {
  elements: Gs1Element[];
  /** 14 digits with a right check digit; null when the code has no (01). */
  gtin: string | null;
  serial: string | null;
}

/**
 * - `noSeparators` a marking code from a scanner that loses 0x1D (DEV-06): never to be sold as marked;
 * - `notGs1` anything else: an ordinary code, to be looked up as it is
 */
export type Gs1Problem = 'noSeparators' | 'notGs1';

const GS = '\x1d';
/** Some scanners send FNC1 as this byte instead. */
const FNC1_AS_E8 = '\xe8';
const AIM_ID = /^\][A-Za-z][0-9]/;
/** The symbologies that hold element strings by definition: GS1-128, DataBar, GS1 DataMatrix, GS1 QR. */
const GS1_AIM_IDS: readonly string[] = [']C1', ']e0', ']d2', ']Q3'];
const MARKING_HEAD = /^01\d{14}21/;
/** GTIN and the serial number of 13: with less there is nothing a separator could follow. */
const MARKING_LENGTH = 31;
const GTIN_HEAD = /^01\d{14}/;

/**
 * Reads a code as the scanner sent it.
 * @param raw latin1, one character a byte, AIM id and separators included (`Scan.raw`)
 */
export function parseGs1(raw: string): Gs1Code | { problem: Gs1Problem } {
  const aimId = AIM_ID.exec(raw)?.[0] ?? '';
  const data = raw.slice(aimId.length);
  const hasFnc1 = data.startsWith(GS) || data.startsWith(FNC1_AS_E8);
  const body = hasFnc1 ? data.slice(1) : data;
  const isMarking = MARKING_HEAD.test(body) && body.length >= MARKING_LENGTH;
  if (isMarking && !raw.includes(GS)) return { problem: 'noSeparators' };
  const isDeclared = hasFnc1 || GS1_AIM_IDS.includes(aimId);
  // Without FNC1 any digits might be taken for elements; a right GTIN in front is the least to ask for.
  const elements = isDeclared || GTIN_HEAD.test(body) ? readElements(body) : null;
  if (elements === null) return { problem: isMarking && !body.includes(GS) ? 'noSeparators' : 'notGs1' };
  return { elements, gtin: elementValue(elements, '01'), serial: elementValue(elements, '21') };
}

/**
 * Whether the code is a mark of one piece: a serial number and the proof behind it. The same form in Russia and Belarus:
 * (91) key 4 and (92) code 44, 88 for shoes; in short (93) 4 characters. The serial has 13 characters, in Belarus also 20.
 */
export function isMark(code: Gs1Code): boolean {
  if (code.gtin === null || code.serial === null) return false;
  const proof = elementValue(code.elements, '92')?.length;
  const isFull = elementValue(code.elements, '91')?.length === 4 && (proof === 44 || proof === 88);
  return isFull || elementValue(code.elements, '93')?.length === 4;
}

/** What goods are looked up by: an EAN-13 when the GTIN is one with a leading zero, else the GTIN itself (a case). */
export function goodsCodeOf(gtin: string): string {
  return gtin.startsWith('0') ? gtin.slice(1) : gtin;
}

/**
 * A cigarette pack, 29 characters without identifiers: GTIN 14, serial 7, price 4, proof 4. An assumption of devices.md
 * 2.3, so it stands apart. Digits only would fit any long number and are refused.
 */
export function parseCigarettePack(raw: string): { gtin: string; serial: string } | null {
  const data = raw.replace(AIM_ID, '');
  const match = /^(\d{14})([!-~]{7})[!-~]{8}$/.exec(data);
  const [, gtin = '', serial = ''] = match ?? [];
  if (match === null || /^\d+$/.test(data) || !endsWithCheckDigit(gtin)) return null;
  return { gtin, serial };
}

/** @returns null when one of them is not right: half a code is worse than none */
function readElements(body: string): Gs1Element[] | null {
  const elements: Gs1Element[] = [];
  let at = 0;
  while (at < body.length) {
    const identifier = readIdentifier(body, at);
    if (identifier === null) return null;
    const { ai, hasKnownEnd, least, most, isNumeric } = identifier;
    const from = at + ai.length;
    const separator = body.indexOf(GS, from);
    const end = hasKnownEnd ? from + most : separator === -1 ? body.length : separator;
    const value = body.slice(from, end);
    if (value.length < least || value.length > most) return null;
    if (!(isNumeric ? /^\d+$/ : /^[!-~]+$/).test(value)) return null;
    if ((ai === '00' || ai === '01' || ai === '02') && !endsWithCheckDigit(value)) return null;
    elements.push({ ai, value });
    // A separator behind a field of known length says nothing, but some labels have it.
    at = body[end] === GS ? end + 1 : end;
  }
  return elements.length > 0 ? elements : null;
}

function elementValue(elements: readonly Gs1Element[], ai: string): string | null {
  return elements.find((element) => element.ai === ai)?.value ?? null;
}
