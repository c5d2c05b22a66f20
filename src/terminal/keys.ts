/**
 * The key decoder: text of the tty -> keys. Pure: no timers, no streams; `lifecycle.ts` owns the waiting.
 * It exists because blessed misreads sequences that arrive in pieces and loses keys (terminal.md 2, rows 1-6).
 */

/** One key press, or one paste. `text` is set only for printable input and for a paste. */
export interface Key {
  /** `f6`, `enter`, `shift+f1`, `ctrl+c`, `paste`, ... or the printable character in lower case (`q`, `й`, `7`). */
  name: string;
  /** The character as typed, or the pasted text. */
  text: string | null;
}

const ESCAPE = '\x1b';
const PASTE_BEGIN = '\x1b[200~';
const PASTE_END = '\x1b[201~';

/** Longest pasted text that is kept; the rest is thrown away, so a hostile paste cannot eat memory. */
const MAX_PASTE_CHARACTERS = 4096;
/** Longest control sequence that is looked at. A longer one is swallowed whole. */
const MAX_SEQUENCE_CHARACTERS = 64;

/** CSI `number ~`. The Linux console sends 25-34 for Shift+F1..F8, xterm `CSI 1;2P`: one name for both. */
const TILDE_KEYS: Readonly<Record<string, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
  25: 'shift+f1',
  26: 'shift+f2',
  28: 'shift+f3',
  29: 'shift+f4',
  31: 'shift+f5',
  32: 'shift+f6',
  33: 'shift+f7',
  34: 'shift+f8',
};

/** Finals of arrows and the like, the same in CSI and in SS3. */
const CURSOR_KEYS: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
};

/** In SS3, and in CSI only with a modifier: a bare `CSI P` is the Pause key of the Linux console. */
const FIRST_FUNCTION_KEYS: Readonly<Record<string, string>> = { P: 'f1', Q: 'f2', R: 'f3', S: 'f4' };

/** `CSI [ A..E` of the Linux console. */
const LINUX_FUNCTION_KEYS: Readonly<Record<string, string>> = { A: 'f1', B: 'f2', C: 'f3', D: 'f4', E: 'f5' };

/** SS3 of the numeric pad in application mode: PuTTY sends it in spite of `keypad_local` (terminal.md 2, row 3). */
const KEYPAD_CHARACTERS: Readonly<Record<string, string>> = {
  X: '=',
  j: '*',
  k: '+',
  l: ',',
  m: '-',
  n: '.',
  o: '/',
  p: '0',
  q: '1',
  r: '2',
  s: '3',
  t: '4',
  u: '5',
  v: '6',
  w: '7',
  x: '8',
  y: '9',
};

/** rxvt tells modifiers by the final (`CSI 11 ^` is Ctrl+F1) or by a small letter (`CSI a` is Shift+Up). */
const RXVT_FINALS: Readonly<Record<string, string>> = { $: 'shift+', '^': 'ctrl+', '@': 'ctrl+shift+' };
const RXVT_ARROWS: Readonly<Record<string, string>> = { a: 'up', b: 'down', c: 'right', d: 'left' };

/** C0 bytes that are keys of their own. CR and LF are one key (row 4), and both ways of Backspace are. */
const CONTROL_KEYS: Readonly<Record<string, string>> = {
  '\x00': 'ctrl+space',
  '\b': 'backspace',
  '\t': 'tab',
  '\n': 'enter',
  '\r': 'enter',
  '\x7f': 'backspace',
};

/** One element found at the head of the input: how much it took, and the key, if it is one we know. */
interface Found {
  length: number;
  key: Key | null;
}

/**
 * Splits tty text into keys. Cutting the text anywhere gives the same keys.
 * @param pending what the previous call left
 * @param chunk new text, already decoded from UTF-8
 * @returns the keys, and the beginning of a sequence whose rest has not come (a bounded number of characters)
 */
export function decode(pending: string, chunk: string): { keys: Key[]; pending: string } {
  const keys: Key[] = [];
  const input = pending + chunk;
  let position = 0;
  while (position < input.length) {
    const rest = position === 0 ? input : input.slice(position);
    if (rest.startsWith(PASTE_BEGIN)) {
      const paste = readPaste(rest, position === 0 ? pending.length : 0);
      if (typeof paste === 'string') return { keys, pending: paste };
      keys.push(paste.key);
      position += paste.length;
      continue;
    }
    const found = readOne(rest);
    if (found === null) return { keys, pending: bounded(rest) };
    if (found.key !== null) keys.push(found.key);
    position += found.length;
  }
  return { keys, pending: '' };
}

/**
 * Ends the waiting for the rest of a sequence.
 * @returns `escape` for a lone Esc; anything else is dropped and counted, never typed
 */
export function flush(pending: string): { keys: Key[]; dropped: number } {
  if (pending === ESCAPE) return { keys: [{ name: 'escape', text: null }], dropped: 0 };
  return { keys: [], dropped: pending === '' ? 0 : 1 };
}

/** `null`: the rest has not come yet. */
function readOne(rest: string): Found | null {
  const first = rest.charAt(0);
  if (first === ESCAPE) return readEscape(rest);
  const controlKey = CONTROL_KEYS[first];
  if (controlKey !== undefined) return { length: 1, key: { name: controlKey, text: null } };
  if (first < ' ') {
    const letter = String.fromCharCode(first.charCodeAt(0) + 0x40).toLowerCase();
    return { length: 1, key: { name: `ctrl+${letter}`, text: null } };
  }
  if (/[\ud800-\udbff]/.test(first)) {
    if (rest.length === 1) return null;
    const pair = String.fromCodePoint(rest.codePointAt(0) ?? 0);
    return { length: pair.length, key: pair.length === 2 ? printable(pair) : null };
  }
  return { length: 1, key: printable(first) };
}

/** Format characters, C1 controls, halves of pairs and undecodable bytes are nobody's key. */
function printable(character: string): Key | null {
  if (/\p{C}|[\u2028\u2029\ufffd]/u.test(character)) return null;
  return { name: character === ' ' ? 'space' : character.toLowerCase(), text: character };
}

function readEscape(rest: string): Found | null {
  if (rest.length === 1) return null;
  if (rest[1] === '[') return readCsi(rest);
  if (rest[1] === 'O') return readSs3(rest);
  // No Alt bindings: a quick operator's Esc and digit are two keys (row 2).
  return { length: 1, key: { name: 'escape', text: null } };
}

function readSs3(rest: string): Found | null {
  let end = 2;
  while (/[0-9;]/.test(rest.charAt(end))) end++;
  if (end >= rest.length) return null;
  const final = rest.charAt(end);
  if (!/[ -~]/.test(final)) return { length: end, key: null };
  const length = end + 1;
  const parameters = rest.slice(2, end);
  if (length > MAX_SEQUENCE_CHARACTERS) return { length, key: null };
  if (final === 'M') return { length, key: { name: 'enter', text: null } };
  const character = KEYPAD_CHARACTERS[final];
  if (character !== undefined) return { length, key: withModifier(character, parameters.split(';').at(-1)) };
  const arrow = RXVT_ARROWS[final];
  if (arrow !== undefined) return { length, key: { name: `ctrl+${arrow}`, text: null } };
  const name = CURSOR_KEYS[final] ?? FIRST_FUNCTION_KEYS[final];
  return { length, key: modified(name, parameters.split(';').at(-1)) };
}

function readCsi(rest: string): Found | null {
  if (rest[2] === '[') {
    // The Linux console's F1-F5.
    if (rest.length < 4) return null;
    const name = LINUX_FUNCTION_KEYS[rest.charAt(3)];
    if (rest.charAt(3) < ' ') return { length: 3, key: null };
    return { length: 4, key: name === undefined ? null : { name, text: null } };
  }
  if (rest[2] === 'M') {
    // A legacy mouse report: three bytes follow, whatever they are.
    return rest.length < 6 ? null : { length: 6, key: null };
  }
  let end = 2;
  while (/[0-?]/.test(rest.charAt(end))) end++;
  const parameters = rest.slice(2, end);
  const isRxvtShift = rest.charAt(end) === '$' && /^\d{1,2}$/.test(parameters);
  if (!isRxvtShift) while (/[ -/]/.test(rest.charAt(end))) end++;
  if (end >= rest.length) return null;
  const final = rest.charAt(end);
  // A control byte or a letter of another alphabet cannot be inside: the sequence was cut, that byte is the next key.
  if (!isRxvtShift && !/[@-~]/.test(final)) return { length: end, key: null };
  const length = end + 1;
  const isPlain = length <= MAX_SEQUENCE_CHARACTERS && end - 2 === parameters.length;
  return { length, key: isPlain ? csiKey(parameters, final) : null };
}

function csiKey(parameters: string, final: string): Key | null {
  // Private parameters are a terminal's reports (`CSI < ... M` is a mouse), not keys.
  if (!/^[\d;]*$/.test(parameters)) return null;
  const [number = '', modifier] = parameters.split(';');
  // Alt and a digit of xterm's modifyOtherKeys and of `CSI u`: a keyboard scanner sends its separator so.
  if (final === '~' && number === '27') return characterKey(parameters.split(';')[2], modifier);
  if (final === 'u') return characterKey(number, modifier);
  if (final === '~') return modified(TILDE_KEYS[number], modifier);
  const rxvtModifier = RXVT_FINALS[final];
  if (rxvtModifier !== undefined) {
    const name = TILDE_KEYS[number];
    return name === undefined || name.includes('+') ? null : { name: rxvtModifier + name, text: null };
  }
  if (final === 'Z') return { name: 'backtab', text: null };
  const arrow = parameters === '' ? RXVT_ARROWS[final] : undefined;
  if (arrow !== undefined) return { name: `shift+${arrow}`, text: null };
  const name = CURSOR_KEYS[final] ?? (modifier === undefined ? undefined : FIRST_FUNCTION_KEYS[final]);
  return modified(name, modifier);
}

/** @param code of the character; control codes are left to the bytes that are their own keys */
function characterKey(code: string | undefined, modifier: string | undefined): Key | null {
  const point = /^\d{2,6}$/.test(code ?? '') ? Number(code) : 0;
  const key = point < 0x20 || point > 0x10ffff ? null : printable(String.fromCodePoint(point));
  return key === null ? null : withModifier(key.text ?? '', modifier);
}

/** Shift is in the character itself; with Alt or Ctrl it is no character that anybody types. */
function withModifier(character: string, modifier: string | undefined): Key | null {
  const key = modified(character.toLowerCase(), modifier);
  if (key === null || /^(?:ctrl|alt)/.test(key.name)) return key;
  return printable(character);
}

/** xterm's modifier parameter is 1 + the bits shift 1, alt 2, ctrl 4, meta 8. */
function modified(name: string | undefined, modifier: string | undefined): Key | null {
  if (name === undefined) return null;
  if (modifier === undefined || modifier === '') return { name, text: null };
  if (!/^\d{1,2}$/.test(modifier)) return null;
  const bits = Math.max(0, Number(modifier) - 1) | (name.startsWith('shift+') ? 1 : 0);
  const prefix = `${bits & 4 ? 'ctrl+' : ''}${bits & 10 ? 'alt+' : ''}${bits & 1 ? 'shift+' : ''}`;
  return { name: prefix + name.replace('shift+', ''), text: null };
}

/**
 * @param known length of the part that is known to hold no end mark
 * @returns the paste, or, while its end has not come, what to keep of it
 */
function readPaste(rest: string, known: number): { key: Key; length: number } | string {
  const content = rest.slice(PASTE_BEGIN.length);
  const tailCharacters = PASTE_END.length - 1;
  // Searching only after the known part also keeps a cut-out middle from joining into a false end mark.
  const end = content.indexOf(PASTE_END, Math.max(0, known - PASTE_BEGIN.length - tailCharacters));
  if (end >= 0) {
    return {
      key: { name: 'paste', text: content.slice(0, Math.min(end, MAX_PASTE_CHARACTERS)) },
      length: PASTE_BEGIN.length + end + PASTE_END.length,
    };
  }
  const tailStart = Math.max(MAX_PASTE_CHARACTERS, content.length - tailCharacters);
  return PASTE_BEGIN + content.slice(0, MAX_PASTE_CHARACTERS) + content.slice(tailStart);
}

/**
 * An endless sequence is cut to a length at which it is swallowed anyhow once its end comes. Its last character stays:
 * it tells whether a parameter may still follow.
 */
function bounded(sequence: string): string {
  if (sequence.length <= MAX_SEQUENCE_CHARACTERS) return sequence;
  return sequence.slice(0, MAX_SEQUENCE_CHARACTERS - 1) + sequence.slice(-1);
}
