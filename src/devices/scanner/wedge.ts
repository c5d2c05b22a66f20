/**
 * Keyboard-wedge scanners: tells a scan from typing in the one stream of keys (devices.md 2.4). Pure: the caller owns the
 * clock and the timer. A scanner as a serial port is the better choice; then nothing here is needed.
 */

/** As the terminal's key decoder gives it. */
export interface WedgeKey {
  name: string;
  text: string | null;
}

export interface WedgeSettings {
  /**
   * The character the scanner was set to send first; nobody may type it. Then it alone makes a scan, and typing is never
   * held back. Null = the timing rule.
   */
  prefix: string | null;
  minCharacters: number;
  /** Slowest scanner: mean time from character to character, Enter included. */
  meanGapMs: number;
  /**
   * A longer gap ends a burst. It is also how long a typed character may be held back; with a prefix nothing typed is, so
   * a slow line may have more.
   */
  maxGapMs: number;
}

export const WEDGE_DEFAULTS: WedgeSettings = { prefix: null, minCharacters: 6, meanGapMs: 35, maxGapMs: 50 };

/**
 * - `quiet` nothing is held, the next character may begin a burst;
 * - `holding` characters wait for the verdict;
 * - `typing` the burst was found to be typing: up to the next pause everything passes, so that the end of a broken burst
 *   is never taken for a shorter code;
 * - `scanned` the Enter of CR LF scanners may come once more
 */
export interface WedgeState {
  readonly mode: 'quiet' | 'holding' | 'typing' | 'scanned';
  readonly held: readonly WedgeKey[];
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** When `expire` must be called; null = nothing is held. To be looked at again after every `feed` and `expire`. */
  readonly deadlineMs: number | null;
  /** The deadline was put off once because the program was held up. */
  readonly isPutOff: boolean;
}

export const WEDGE_START: WedgeState = {
  mode: 'quiet',
  held: [],
  firstAtMs: 0,
  lastAtMs: 0,
  deadlineMs: null,
  isPutOff: false,
};

export interface WedgeResult {
  state: WedgeState;
  /** Given back as typing, in the order they came. They precede `scan`. */
  keys: WedgeKey[];
  /** The characters of one code without prefix and Enter, exactly as they came: see `repairLayout`. */
  scan: string | null;
}

/** A code longer than any QR is no code. */
const MAX_CHARACTERS = 4096;
/** A held-down key repeats at 20 to 50 ms; it must show on the screen while it is held down. */
const REPEAT_GAP_MS = 20;
const REPEATS = 4;
/** An `expire` that comes so late means that the whole program was held up: keys may wait unread behind it... */
const LATE_MS = 10;
/** ...and are read within this time. The serial framer does the same. */
const SECOND_LOOK_MS = 20;
const GS = '\x1d';

/** Takes the next key. `atMs` is monotonic. */
export function feed(
  state: WedgeState,
  key: WedgeKey & { atMs: number },
  settings: WedgeSettings = WEDGE_DEFAULTS,
): WedgeResult {
  const { atMs } = key;
  const plain: WedgeKey = { name: key.name, text: key.text };
  if (!isContiguous(state, atMs, settings)) {
    const { keys, state: quiet } = giveBack(state, 'quiet', atMs);
    const next = take(quiet, plain, atMs, settings);
    return { ...next, keys: [...keys, ...next.keys] };
  }
  return take(state, plain, atMs, settings);
}

/**
 * Gives the held keys back when their time is over. Harmless at any time. Called much too late, it first sets a new
 * deadline: a code whose characters waited in the kernel meanwhile stays whole.
 */
export function expire(state: WedgeState, nowMs: number): WedgeResult {
  const { deadlineMs } = state;
  if (deadlineMs === null || nowMs < deadlineMs) return { state, keys: [], scan: null };
  if (nowMs > deadlineMs + LATE_MS && !state.isPutOff) {
    // For us time stood still meanwhile. Once in a burst: typing in a struggling program must not become a scan.
    const firstAtMs = state.firstAtMs + nowMs - state.lastAtMs;
    const putOff = { ...state, firstAtMs, lastAtMs: nowMs, deadlineMs: nowMs + SECOND_LOOK_MS, isPutOff: true };
    return { state: putOff, keys: [], scan: null };
  }
  return giveBack(state, 'quiet', nowMs);
}

/** Whether the key belongs to the same burst as the one before. */
function isContiguous(state: WedgeState, atMs: number, settings: WedgeSettings): boolean {
  return state.mode === 'quiet' || atMs < (state.deadlineMs ?? state.lastAtMs + settings.maxGapMs);
}

function take(state: WedgeState, key: WedgeKey, atMs: number, settings: WedgeSettings): WedgeResult {
  const isEnter = key.name === 'enter';
  switch (state.mode) {
    case 'typing':
      return { state: { ...state, lastAtMs: atMs }, keys: [key], scan: null };
    case 'scanned':
      if (isEnter) return { state: { ...state, lastAtMs: atMs }, keys: [], scan: null };
      return begin(key, atMs, settings);
    case 'quiet':
      return begin(key, atMs, settings);
    case 'holding':
      if (isEnter) return end(state, key, atMs, settings);
      return goOn(state, key, atMs, settings);
  }
}

function begin(key: WedgeKey, atMs: number, settings: WedgeSettings): WedgeResult {
  const character = characterOf(key);
  const isBeginning = settings.prefix === null ? isPrintable(key) : character === settings.prefix;
  if (!isBeginning) return { state: WEDGE_START, keys: [key], scan: null };
  const deadlineMs = atMs + settings.maxGapMs;
  return {
    state: { ...WEDGE_START, mode: 'holding', held: [key], firstAtMs: atMs, lastAtMs: atMs, deadlineMs },
    keys: [],
    scan: null,
  };
}

function goOn(state: WedgeState, key: WedgeKey, atMs: number, settings: WedgeSettings): WedgeResult {
  const held = [...state.held, key];
  const deadlineMs = atMs + settings.maxGapMs;
  const grown: WedgeState = { ...state, held, lastAtMs: atMs, deadlineMs };
  const isCode = isPrintable(key) || characterOf(key) === GS;
  if (!isCode || held.length > MAX_CHARACTERS || isTyping(grown, settings)) return giveBack(grown, 'typing', atMs);
  return { state: grown, keys: [], scan: null };
}

function end(state: WedgeState, enter: WedgeKey, atMs: number, settings: WedgeSettings): WedgeResult {
  const code = settings.prefix === null ? state.held : state.held.slice(1);
  const meanGapMs = (atMs - state.firstAtMs) / state.held.length;
  const isScan =
    settings.prefix === null
      ? code.length >= settings.minCharacters && meanGapMs <= settings.meanGapMs
      : code.length > 0;
  if (!isScan) return giveBack({ ...state, held: [...state.held, enter] }, 'typing', atMs);
  return {
    state: { ...WEDGE_START, mode: 'scanned', lastAtMs: atMs },
    keys: [],
    scan: code.map((key) => characterOf(key) ?? '').join(''),
  };
}

/** Already too slow for a scanner, or a held-down key: it need not wait for a pause. */
function isTyping(state: WedgeState, settings: WedgeSettings): boolean {
  if (settings.prefix !== null) return false;
  const { held } = state;
  const meanGapMs = (state.lastAtMs - state.firstAtMs) / (held.length - 1);
  if (held.length >= settings.minCharacters && meanGapMs > settings.meanGapMs) return true;
  return held.length === REPEATS && meanGapMs >= REPEAT_GAP_MS && held.every((key) => key.text === held[0]?.text);
}

function giveBack(state: WedgeState, mode: 'quiet' | 'typing', atMs: number): WedgeResult {
  return { state: { ...WEDGE_START, mode, lastAtMs: atMs }, keys: [...state.held], scan: null };
}

function isPrintable(key: WedgeKey): boolean {
  return key.text !== null && key.name !== 'paste';
}

/** The decoder names control bytes `ctrl+b` (STX, a usual prefix) and `ctrl+]` (GS). */
function characterOf(key: WedgeKey): string | null {
  if (isPrintable(key)) return key.text;
  const letter = /^ctrl\+([a-z\]\\^_])$/.exec(key.name)?.[1];
  return letter === undefined ? null : String.fromCharCode(letter.toUpperCase().charCodeAt(0) - 0x40);
}
