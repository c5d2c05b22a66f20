/**
 * Keys of the terminal on their way to the register: a keyboard scanner's burst becomes a scan or nothing (devices.md 2.4),
 * and a key pressed for a screen that has gone presses nothing.
 */
import { repairLayout } from '../devices/scanner/layout.ts';
import {
  expire,
  feed,
  type TimedKey,
  WEDGE_DEFAULTS,
  WEDGE_START,
  type WedgeResult,
  type WedgeSettings,
  type WedgeState,
} from '../devices/scanner/wedge.ts';
import { safeText } from '../register/safe-text.ts';
import type { Context } from '../ui/context.ts';
import type { Clock } from './clock.ts';
import type { PictureChange } from './picture-change.ts';
import { createStalls } from './stalls.ts';
import type { Message } from './state.ts';

/** Lists number their rows so far; what is longer is a code: of a payment type, of goods. */
const ROW_NUMBER_DIGITS = 3;

export interface KeyGate {
  take(name: string, text: string | null): void;
  /** What is still held back is forgotten. */
  stop(): void;
}

export interface KeyGateOptions {
  wedge: { enabled: boolean; prefix: string | null };
  clock: Clock;
  /** The context that takes the next key. */
  top(): Pick<Context, 'field' | 'scan'>;
  picture: Pick<PictureChange, 'isMissed'>;
  post(message: Message): void;
}

export function createKeyGate({ wedge, clock, top, picture, post }: KeyGateOptions): KeyGate {
  const settings: WedgeSettings = { ...WEDGE_DEFAULTS, prefix: wedge.prefix };
  let state: WedgeState = WEDGE_START;
  const stalls = createStalls(clock);
  let timer: unknown = null;

  function perform({ state: next, keys, scan, refused }: WedgeResult): void {
    state = next;
    if (timer !== null) clock.clearTimeout(timer);
    const { deadlineMs } = state;
    timer = deadlineMs === null ? null : clock.setTimeout(look, Math.max(0, deadlineMs - clock.now()));
    for (const key of keys) give(key);
    if (refused !== null) refuse(refused);
    if (scan !== null) takeCode(scan);
  }

  function look(): void {
    timer = null;
    perform(expire(state, clock.now()));
  }

  function give({ name, text, atMs }: TimedKey): void {
    if (picture.isMissed(atMs, name)) post({ type: 'keyMissed' });
    else post({ type: 'key', name, text });
  }

  function takeCode(typed: string): void {
    const meant = repairLayout(typed);
    // A scanner types Cyrillic letters only for Latin ones, which no code of goods on sale has.
    if (meant?.isRepaired !== false && isWord([...typed])) return giveAsTyped([...typed, '\r']);
    if (meant === null) return post({ type: 'scanFault', number: 'DEV-07' });
    post({ type: 'scan', code: safeText(meant.text), raw: meant.text });
  }

  /**
   * A word is typed as fast as one likes, and the two digits of a row in a list are no code. Any other number at a
   * scanner's speed is nobody's number, wherever it is typed.
   */
  function refuse(keys: readonly TimedKey[]): void {
    const typed = keys.map(({ name, text }) => (name === 'enter' ? '\r' : (text ?? '')));
    if (!isWord(typed) && !isRowNumber(typed)) return post({ type: 'scanFault', number: 'DEV-05' });
    state = WEDGE_START;
    giveAsTyped(typed);
  }

  /** Where words are typed: characters and their Enter, and not digits alone. */
  function isWord(typed: readonly string[]): boolean {
    if (wedge.prefix !== null || top().field?.accepts !== 'text') return false;
    return (
      /^[^\x00-\x1f]*\r?$/.test(typed.join('')) && typed.every((part) => part !== '') && /\p{L}/u.test(typed.join(''))
    );
  }

  function isRowNumber(typed: readonly string[]): boolean {
    const { field } = top();
    return field?.accepts === 'digits' && field.maxLength <= ROW_NUMBER_DIGITS && /^\d{2}\r?$/.test(typed.join(''));
  }

  function giveAsTyped(typed: readonly string[]): void {
    const atMs = clock.now();
    for (const text of typed) {
      if (text === '\r') give({ name: 'enter', text: null, atMs });
      else give({ name: text.toLowerCase(), text, atMs });
    }
  }

  /** Where a password is typed and no scan is taken, every key is the password's: however fast, it is never held back. */
  function isPassword(): boolean {
    const { field, scan } = top();
    return field?.accepts === 'password' && scan === 'refuse';
  }

  /** A burst that has begun goes on behind whatever context came up meanwhile. */
  function isUnderWay(): boolean {
    return state.mode === 'holding' || state.mode === 'refused';
  }

  return {
    take(name, text) {
      const key: TimedKey = { name, text, atMs: clock.now() };
      if (!wedge.enabled || (!isUnderWay() && isPassword())) give(key);
      else perform(feed(state, { ...key, sinceMs: stalls.keyRead() }, settings));
    },
    stop() {
      if (timer !== null) clock.clearTimeout(timer);
      timer = null;
      stalls.stop();
      state = WEDGE_START;
    },
  };
}
