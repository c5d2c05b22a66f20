/**
 * Takes secrets out of a text before it is written anywhere (reliability.md 8: redaction by value and by key).
 * Used by the log and by whoever else stores what went over a wire.
 */
import { maskBuyerCode, maskCardNumber } from '../register/safe-text.ts';

const MASK = '***';

// A shorter secret would blot out ordinary numbers; it is still masked by its key.
const SHORTEST_SECRET = 4;

// What stands for an opening or closing quote: plain, or escaped once or more in nested JSON, or percent-encoded.
const QUOTE = String.raw`(?:\\{0,8}["']|%22)`;
const KEY = '(?:token|passw(?:or)?d|secret|registration_?id|consumer_?qr|confirm(?:ation)?_?code|authorization)';
// A closing quote may be missing: texts get cut. Runs of backslashes are bounded, so that no text costs quadratic time.
const VALUE = [
  String.raw`\\{1,8}"(?:(?!\\{1,8}").)*(?:\\{1,8}")?`,
  String.raw`"(?:[^"\\]|\\.)*"?`,
  String.raw`'(?:[^'\\]|\\.)*'?`,
  '%22(?:(?!%22).)*(?:%22)?',
  String.raw`\[[^\]]*\]?`,
  String.raw`\{[^}]*\}?`,
  String.raw`(?:(?:Bearer|Basic|Digest|Token)\s+)?[^\s,;&"'}\]]+`,
].join('|');
const KEY_AND_VALUE = new RegExp(`(${KEY}${QUOTE}?\\s*(?:[:=]|%3[aAdD])\\s*)(?:${VALUE})`, 'gis');

// An element of XML has no quotes, and ends where the next tag begins.
const ELEMENT_AND_VALUE = new RegExp(
  String.raw`(<(?:[\w.-]{1,40}:)?[\w.-]{0,40}${KEY}[\w.-]{0,40}(?:\s[^<>]{0,400})?(?<!/)>)(?:<!\[CDATA\[.*?(?:\]\]>|$)|[^<])+`,
  'gis',
);

// A loyalty card is its buyer, whatever its check digit says; its end is what the slip shows as well.
const CARD_NUMBER = new RegExp(
  `(card_?number${QUOTE}?\\s*(?:[:=]|%3[aAdD])\\s*${QUOTE}?)\\d{2,36}(\\d{4})(?!\\d)`,
  'gi',
);

const GROUPED_CARD = /(?<!\d)\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?!\d)/g;
const LONG_NUMBER = /(?<!\d)\d{13,19}(?!\d)/g;

// Numbers of orders and payments: support needs them whole, and one in ten happens to pass the card check. Before the
// digits: the key of JSON, a form or XML, or a word of our own log lines.
const NUMBER_KEY = [
  'bill_?number|order_?(?:number|no|id)|payment_?id|bank_?payment_?id|operation_?id|refund_?id|session_?id|invoice_?id',
  String.raw`external_?(?:refund|payment|order)_?id|\border|\bpayment|\bbill`,
].join('|');
const AFTER_NUMBER_KEY = new RegExp(
  `(?:${NUMBER_KEY})(?:${QUOTE}?\\s{0,4}(?:[:=]|%3[aAdD])\\s{0,4}${QUOTE}?|>\\s{0,4})$`,
  'i',
);
const LONGEST_KEY = 60;

export type Redactor = (text: string) => string;

/**
 * @param secrets values that must not appear, in whatever encoding
 * @param fields names of JSON fields that a shop's settings give to what must not appear
 */
export function redactorOf(secrets: readonly string[], fields: readonly string[] = []): Redactor {
  const forms = [...new Set(secrets.filter((secret) => secret.length >= SHORTEST_SECRET).flatMap(formsOf))];
  // Longest first: a secret that begins another one must not leave the other's tail.
  forms.sort((a, b) => b.length - a.length);
  const inXml = secrets.filter((secret) => secret.length >= SHORTEST_SECRET).map(xmlFormOf);
  const known = forms.length === 0 ? null : new RegExp([...forms.map(quoted), ...inXml].join('|'), 'g');
  const own = fields.length === 0 ? null : ownFields(fields);
  return (text) => {
    const withoutValues = known === null ? text : text.replace(known, MASK);
    const withoutElements = maskBuyerCode(withoutValues).replace(ELEMENT_AND_VALUE, `$1${MASK}`);
    const withoutOwn = own === null ? withoutElements : withoutElements.replace(own, `$1${MASK}`);
    return maskCards(withoutOwn.replace(KEY_AND_VALUE, `$1${MASK}`));
  };
}

/** The whole name in its quotes: `code` must not hide `internalCode`. */
function ownFields(fields: readonly string[]): RegExp {
  const name = fields.map(quoted).join('|');
  return new RegExp(`(${QUOTE}(?:${name})${QUOTE}\\s*:\\s*)(?:${VALUE})`, 'gs');
}

/** @returns asks for the secrets and gives their redactor; the expression is made anew only when they have changed */
export function currentRedactor(
  secrets: () => readonly string[],
  fields: () => readonly string[] = () => [],
): () => Redactor {
  let known = '';
  let redact = redactorOf([]);
  return () => {
    const current = secrets();
    const names = fields();
    const key = JSON.stringify([current, names]);
    if (key !== known) {
      known = key;
      redact = redactorOf(current, names);
    }
    return redact;
  };
}

/** The ways one secret gets written: JSON, URL and form encoding, base64. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const wellFormed = bytes.toString('utf8');
  const json = JSON.stringify(secret).slice(1, -1);
  const ascii = json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const component = encodeURIComponent(wellFormed);
  const form = new URLSearchParams({ '': secret }).toString().slice(1);
  const fullyEncoded = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const base64 = bytes.toString('base64');
  const forms = [
    secret,
    json,
    json.replaceAll('/', '\\/'),
    ascii,
    JSON.stringify(json).slice(1, -1),
    component,
    encodeURI(wellFormed),
    form,
    encodeURIComponent(component),
    fullyEncoded,
    fullyEncoded.toUpperCase(),
    base64,
    base64.replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ];
  // Some servers write %d0 for %D0 and \u043F for \u043f.
  return forms.flatMap((each) => [
    each,
    each.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase()),
    each.replace(/\\u[0-9a-f]{4}/g, (unit) => `\\u${unit.slice(2).toUpperCase()}`),
  ]);
}

const XML_NAMES: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

/** In XML every character may stand for itself, by its number, and five of them by a name: whoever writes it chooses. */
function xmlFormOf(secret: string): string {
  const characters = [...secret].map((character) => {
    const code = character.codePointAt(0) ?? 0;
    const name = XML_NAMES[character];
    const names = name === undefined ? '' : `|&${name};`;
    return `(?:${quoted(character)}|&#0{0,8}${code};|&#[xX]0{0,8}${anyCase(code.toString(16))};${names})`;
  });
  return characters.join('');
}

function anyCase(hexadecimal: string): string {
  return hexadecimal.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function quoted(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** Card numbers of any kind of writing; a barcode stays readable (reliability.md 7: "that is not goods"). */
function maskCards(text: string): string {
  const grouped = text.replace(CARD_NUMBER, `$1${MASK}$2`).replace(GROUPED_CARD, (number) => {
    const digits = number.replace(/\D/g, '');
    const masked = maskCardNumber(digits);
    return masked === digits ? number : masked;
  });
  return grouped.replace(LONG_NUMBER, (digits, offset: number) => {
    const before = grouped.slice(Math.max(0, offset - LONGEST_KEY), offset);
    return isGoodsBarcode(digits) || AFTER_NUMBER_KEY.test(before) ? digits : maskCardNumber(digits);
  });
}

/** EAN-13 or GTIN-14 with a right check digit. Cards of 13 and 14 digits are no longer issued. */
function isGoodsBarcode(digits: string): boolean {
  if (digits.length > 14) return false;
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place]);
    sum += place % 2 === 1 ? digit * 3 : digit;
  }
  return sum % 10 === 0;
}
