/**
 * Keyboard-wedge scanners: tells a scan from typing in the one stream of keys (devices.md 2.4). Pure: the caller owns the
 * clock and the timer. A scanner as a serial port is the better choice; then nothing here is needed.
 */

/** As the terminal's key decoder gives it. */
export interface WedgeKey {
  name: string;
  text: string | null;
}

/** With the moment it was read, monotonic. */
export interface TimedKey extends WedgeKey {
  atMs: number;
  /** The earliest moment at which it may have been pressed, when the program was held up before it was read. */
  sinceMs?: number;
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
  /** A longer gap ends what may still be typing. It is also how long a typed character may be held back. */
  maxGapMs: number;
}

export const WEDGE_DEFAULTS: WedgeSettings = { prefix: null, minCharacters: 6, meanGapMs: 35, maxGapMs: 50 };

/**
 * - `quiet` nothing is held, the next key may begin a burst;
 * - `holding` keys wait for the verdict;
 * - `typing` what was held was typing: up to the next pause everything passes, unless it comes at a scanner's speed;
 * - `refused` a burst that is no code: it goes on, unseen, up to a pause, so that its end is never taken for a shorter
 *   code or for a number;
 * - `scanned` the Enter of CR LF scanners may come once more
 */
export interface WedgeState {
  readonly mode: 'quiet' | 'holding' | 'typing' | 'refused' | 'scanned';
  readonly held: readonly TimedKey[];
  /** No hand is so fast: whatever else comes of it, it is no typing. */
  readonly isBurst: boolean;
  /** Of the burst, on a clock that stood still while the program did. */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** The last keys and when they came, at most as many as tell a burst from a hand. */
  readonly recent: readonly TimedKey[];
  /** When `expire` must be called; null = nothing is held. To be looked at again after every `feed` and `expire`. */
  readonly deadlineMs: number | null;
  /** The deadline was put off once because the program was held up. */
  readonly isPutOff: boolean;
}

export const WEDGE_START: WedgeState = {
  mode: 'quiet',
  held: [],
  isBurst: false,
  firstAtMs: 0,
  lastAtMs: 0,
  recent: [],
  deadlineMs: null,
  isPutOff: false,
};

export interface WedgeResult {
  state: WedgeState;
  /** Given back as typing, in the order they came. They precede `scan` and `refused`. */
  keys: TimedKey[];
  /** The characters of one code without prefix and Enter, exactly as they came: see `repairLayout`. */
  scan: string | null;
  /** A burst that is no code, as far as it came; null = none was refused. What follows it is dropped without a word. */
  refused: readonly TimedKey[] | null;
}

/** A code longer than any QR is no code. */
const MAX_CHARACTERS = 4096;
/** Two keys are often pressed almost at once; three are not (8 to 12 keys a second are a fast hand). */
const BURST_KEYS = 3;
/** A held-down key repeats at 20 to 50 ms; it must show on the screen while it is held down. */
const REPEAT_GAP_MS = 20;
const REPEATS = 4;
/** `00` and `000` of a cash register's keyboard. */
const MULTIPLE_ZERO = /^0{1,3}$/;
/** A burst may stutter: a slow line brings it in portions. Longer than the 100 ms of `keyboardKeyTimeout` (domain.md 5). */
const STUTTER_MS = 150;
/** The pause that ends a refused burst. Nobody scans twice within it. */
const REFUSED_PAUSE_MS = 250;
/** An `expire` that comes so late means that the whole program was held up: keys may wait unread behind it... */
const LATE_MS = 10;
/** ...and are read within this time. The serial framer does the same. */
const SECOND_LOOK_MS = 20;
const GS = '\x1d';

/** Takes the next key. `atMs` is monotonic. */
export function feed(state: WedgeState, key: TimedKey, settings: WedgeSettings = WEDGE_DEFAULTS): WedgeResult {
  const timed: TimedKey = { ...key };
  if (isContiguous(state, key.atMs, settings)) return take(state, timed, settings);
  const before = verdictAtPause(state);
  const next = take(before.state, timed, settings);
  return { ...next, keys: [...before.keys, ...next.keys], refused: before.refused ?? next.refused };
}

/**
 * Gives the verdict when the keys' time is over. Harmless at any time. Called much too late, it first sets a new
 * deadline: a code whose characters waited in the kernel meanwhile stays whole.
 */
export function expire(state: WedgeState, nowMs: number): WedgeResult {
  const { deadlineMs } = state;
  if (deadlineMs === null || nowMs < deadlineMs) return passed(state, []);
  if (nowMs > deadlineMs + LATE_MS && !state.isPutOff) {
    // For us time stood still meanwhile. Once in a burst: typing in a struggling program must not become a scan.
    const stoodMs = nowMs - state.lastAtMs;
    const recent = state.recent.map((key) => ({ ...key, atMs: key.atMs + stoodMs, sinceMs: sinceMs(key) + stoodMs }));
    const firstAtMs = state.firstAtMs + stoodMs;
    const deadline = nowMs + SECOND_LOOK_MS;
    return passed({ ...state, firstAtMs, lastAtMs: nowMs, recent, deadlineMs: deadline, isPutOff: true }, []);
  }
  return verdictAtPause(state);
}

/** Whether the key belongs to the same burst as the one before. */
function isContiguous(state: WedgeState, atMs: number, settings: WedgeSettings): boolean {
  if (state.mode === 'quiet') return true;
  if (state.mode === 'refused') return atMs < state.lastAtMs + REFUSED_PAUSE_MS;
  return atMs < (state.deadlineMs ?? state.lastAtMs + settings.maxGapMs);
}

function take(state: WedgeState, key: TimedKey, settings: WedgeSettings): WedgeResult {
  const isEnter = key.name === 'enter';
  switch (state.mode) {
    case 'refused':
      return passed({ ...state, lastAtMs: key.atMs }, []);
    case 'typing': {
      const next = { ...state, lastAtMs: key.atMs, recent: recentWith(state, key) };
      return settings.prefix === null && isBurstAmidTyping(next.recent, settings)
        ? refuse({ ...next, held: [key] })
        : passed(next, [key]);
    }
    case 'scanned':
      if (isEnter) return passed({ ...state, lastAtMs: key.atMs }, []);
      return begin(key, settings);
    case 'quiet':
      return begin(key, settings);
    case 'holding':
      return goOn(state, key, settings);
  }
}

function begin(key: TimedKey, settings: WedgeSettings): WedgeResult {
  const character = characterOf(key);
  const isBeginning =
    settings.prefix === null ? isPrintable(key) || isAltBegun(key) || character === GS : character === settings.prefix;
  if (!isBeginning) return passed(WEDGE_START, [key]);
  const { atMs } = key;
  const deadlineMs = atMs + settings.maxGapMs;
  const held = [key];
  return passed(
    { ...WEDGE_START, mode: 'holding', held, firstAtMs: atMs, lastAtMs: atMs, recent: held, deadlineMs },
    [],
  );
}

function goOn(state: WedgeState, key: TimedKey, settings: WedgeSettings): WedgeResult {
  const { atMs } = key;
  const held = [...state.held, key];
  const recent = recentWith(state, key);
  const isBurst = state.isBurst || isAtScannerSpeed(held, recent, settings);
  const gapMs = isBurst ? Math.max(STUTTER_MS, settings.maxGapMs) : settings.maxGapMs;
  const grown: WedgeState = { ...state, held, recent, isBurst, lastAtMs: atMs, deadlineMs: atMs + gapMs };
  // A paste is one event, and nobody's burst.
  if (key.name === 'paste') return isBurst ? refuse(grown) : giveBack(grown);
  if (key.name === 'enter') return end(grown, settings);
  const isCode = settings.prefix === null ? held.every(isOfCode) : held.slice(1).every(isOfCode);
  if ((isBurst && !isCode) || held.length > MAX_CHARACTERS) return refuse(grown);
  return settings.prefix === null && !isBurst && isTyping(grown, settings) ? giveBack(grown) : passed(grown, []);
}

/** The Enter is the last of the held keys. */
function end(state: WedgeState, settings: WedgeSettings): WedgeResult {
  const code = state.held.slice(settings.prefix === null ? 0 : 1, -1);
  const isWhole = code.every(isOfCode);
  const isScan = settings.prefix === null ? state.isBurst && code.length >= settings.minCharacters : code.length > 0;
  if (isScan && isWhole) {
    const scan = code.map((key) => characterOf(key) ?? '').join('');
    return { ...passed({ ...WEDGE_START, mode: 'scanned', lastAtMs: state.lastAtMs }, []), scan };
  }
  return state.isBurst ? refuse(state) : giveBack(state);
}

/** What comes at a scanner's speed and is no code when it ends is a scan that broke: never typing. */
function verdictAtPause(state: WedgeState): WedgeResult {
  if (state.mode !== 'holding') return passed(WEDGE_START, []);
  if (state.isBurst) return refuse(state);
  return { ...giveBack(state), state: WEDGE_START };
}

/**
 * Three keys in a row too fast for a hand, two of them characters: a hand rolls over two keys, never over three. Behind a
 * prefix nothing is a hand's.
 */
function isAtScannerSpeed(held: readonly TimedKey[], recent: readonly TimedKey[], settings: WedgeSettings): boolean {
  if (settings.prefix !== null) return held.length >= BURST_KEYS;
  if (!isFast(recent, settings) && !isFast(held, settings)) return false;
  if (held.filter(isPrintable).length < 2) return false;
  return !MULTIPLE_ZERO.test(held.map(({ text }) => text ?? ' ').join(''));
}

/** Numbers of one digit and their Enter, however fast they follow each other, are keys of a robot and no scan. */
function isBurstAmidTyping(recent: readonly TimedKey[], settings: WedgeSettings): boolean {
  const [first, second, third] = recent.map(isPrintable);
  return isFast(recent, settings) && second === true && (first === true || third === true);
}

/** Read at once after the program was held up, the keys of a hand look like a burst: what they may have taken counts. */
function isFast(keys: readonly TimedKey[], { meanGapMs }: WedgeSettings): boolean {
  const [first, last] = [keys[0], keys.at(-1)];
  if (first === undefined || last === undefined || keys.length < BURST_KEYS) return false;
  const meanMs = (last.atMs - sinceMs(first)) / (keys.length - 1);
  return meanMs <= meanGapMs && !isHeldDown(keys, meanMs);
}

function sinceMs({ atMs, sinceMs = atMs }: TimedKey): number {
  return sinceMs;
}

/** Already too slow for a scanner, or a held-down key: it need not wait for a pause. */
function isTyping(state: WedgeState, settings: WedgeSettings): boolean {
  const { held } = state;
  const meanGapMs = (state.lastAtMs - state.firstAtMs) / (held.length - 1);
  if (held.length >= settings.minCharacters && meanGapMs > settings.meanGapMs) return true;
  return held.length === REPEATS && isHeldDown(held, meanGapMs);
}

function isHeldDown(keys: readonly TimedKey[], meanGapMs: number): boolean {
  return meanGapMs >= REPEAT_GAP_MS && keys.every(({ name, text }) => name === keys[0]?.name && text === keys[0].text);
}

function recentWith({ recent }: WedgeState, key: TimedKey): TimedKey[] {
  return [...recent.slice(1 - BURST_KEYS), key];
}

function passed(state: WedgeState, keys: readonly TimedKey[]): WedgeResult {
  return { state, keys: [...keys], scan: null, refused: null };
}

function giveBack({ held, lastAtMs, recent }: WedgeState): WedgeResult {
  return passed({ ...WEDGE_START, mode: 'typing', lastAtMs, recent }, held);
}

function refuse({ held, lastAtMs }: WedgeState): WedgeResult {
  return { ...passed({ ...WEDGE_START, mode: 'refused', lastAtMs }, []), refused: held };
}

/** What a code is made of; everything else is a key the scanner was not meant to press. */
function isOfCode(key: WedgeKey): boolean {
  return isPrintable(key) || characterOf(key) === GS;
}

/** GS sent as Alt+029: a terminal puts an Esc before each digit. */
function isAltBegun({ name }: WedgeKey): boolean {
  return name === 'escape' || name.startsWith('alt+');
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
