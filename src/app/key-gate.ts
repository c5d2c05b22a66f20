/** Keys of the terminal on their way to the register: a keyboard scanner's burst becomes a scan (devices.md 2.4). */
import { repairLayout } from '../devices/scanner/layout.ts';
import {
  expire,
  feed,
  WEDGE_DEFAULTS,
  WEDGE_START,
  type WedgeKey,
  type WedgeResult,
  type WedgeSettings,
  type WedgeState,
} from '../devices/scanner/wedge.ts';
import { safeText } from '../register/safe-text.ts';
import type { Context } from '../ui/context.ts';
import type { Clock } from './clock.ts';
import type { Message } from './state.ts';

/** Fewer digits than the shortest barcode of goods, EAN-8. */
const SHORT_NUMBER = /^\d{0,7}(?:[.,]\d{0,3})?$/;

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
  post(message: Message): void;
}

export function createKeyGate({ wedge, clock, top, post }: KeyGateOptions): KeyGate {
  const settings: WedgeSettings = { ...WEDGE_DEFAULTS, prefix: wedge.prefix };
  let state: WedgeState = WEDGE_START;
  let timer: unknown = null;

  function perform({ state: next, keys, scan }: WedgeResult): void {
    state = next;
    if (timer !== null) clock.clearTimeout(timer);
    const { deadlineMs } = state;
    timer = deadlineMs === null ? null : clock.setTimeout(look, Math.max(0, deadlineMs - clock.now()));
    for (const key of keys) give(key);
    if (scan !== null) takeCode(scan);
  }

  function look(): void {
    timer = null;
    perform(expire(state, clock.now()));
  }

  function give({ name, text }: WedgeKey): void {
    post({ type: 'key', name, text });
  }

  function takeCode(typed: string): void {
    // A sum or a goods code typed at once (a pasted number, a robot at a console) is shorter than any EAN: never a scan.
    if (wedge.prefix === null && SHORT_NUMBER.test(typed)) return giveAsTyped(typed);
    const meant = repairLayout(typed);
    // A word typed fast into the search is a word: a scanner types Cyrillic letters only for Latin ones, which no code of
    // goods on sale has.
    if (wedge.prefix === null && meant?.isRepaired !== false && top().field?.accepts === 'text') {
      return giveAsTyped(typed);
    }
    if (meant === null) return post({ type: 'scanFault', number: 'DEV-07' });
    post({ type: 'scan', code: safeText(meant.text), raw: meant.text });
  }

  function giveAsTyped(typed: string): void {
    for (const character of typed) give({ name: character.toLowerCase(), text: character });
    give({ name: 'enter', text: null });
  }

  /** Where a password is typed and no scan is taken, every key is the password's: however fast, it is never held back. */
  function isPassword(): boolean {
    const { field, scan } = top();
    return field?.accepts === 'password' && scan === 'refuse';
  }

  return {
    take(name, text) {
      if (!wedge.enabled || (state.mode !== 'holding' && isPassword())) return give({ name, text });
      perform(feed(state, { name, text, atMs: clock.now() }, settings));
    },
    stop() {
      if (timer !== null) clock.clearTimeout(timer);
      timer = null;
      state = WEDGE_START;
    },
  };
}
