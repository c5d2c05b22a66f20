import { type Clock, systemClock } from '../clock.ts';
import type { Link, Transport } from '../transport/link.ts';
import { keepLink } from '../transport/link-keeper.ts';
import { openTransport } from '../transport/open-transport.ts';
import { encodeLines, encodeStart } from './encode.ts';
import type { DisplayProfile } from './profile.ts';

/** The display itself never answers: `ready` = its port is open. */
export type DisplayState = 'none' | 'unknown' | 'ready' | 'noLink';

export interface CustomerDisplay {
  /** Shows two lines of 20 columns. Never throws, never waits; of quick changes the last one stays. */
  show(upper: string, lower: string): void;
  /** `unknown` before the first attempt to open the port has ended. */
  state(): DisplayState;
  /** Sends what is still waiting. The port is free afterwards. */
  close(): Promise<void>;
}

/** Five updates a second are all a display can show (devices.md 6). */
const PAUSE_MS = 200;
/** At the end, a display that takes nothing is not waited for longer. */
const CLOSE_LIMIT_MS = 500;

/**
 * A customer display, through any number of unplugs: after each connecting it is set up again and shows what was shown
 * last.
 * @throws a bad address (Russian text) when the address is malformed; nothing else ever throws
 */
export function createDisplay(options: {
  url: string;
  profile: DisplayProfile;
  /** Told on each change of `ready` and `noLink`. */
  onState?(state: 'ready' | 'noLink'): void;
  clock?: Clock;
  /** Instead of the one behind `url`. */
  transport?: Transport;
}): CustomerDisplay {
  const { profile } = options;
  const clock = options.clock ?? systemClock;
  const transport = options.transport ?? openTransport(options.url);
  let state: DisplayState = transport === null ? 'none' : 'unknown';
  let link: Link | null = null;
  let wanted: Buffer | null = null;
  /** What the display has got, null = we do not know. */
  let sent: Buffer | null = null;
  let isPausing = false;
  let cancelPause: () => void = () => undefined;
  /** Pending while a write is: a display that has stopped us gets the newest text afterwards, not all of them. */
  let writing: Promise<void> | null = null;

  function tell(now: 'ready' | 'noLink'): void {
    if (state === now) return;
    state = now;
    options.onState?.(now);
  }

  function update(): void {
    if (link === null || isPausing || writing !== null) return;
    if (wanted === null || (sent !== null && wanted.equals(sent))) return;
    send(link, wanted);
  }

  function send(to: Link, bytes: Buffer): void {
    const start = sent === null ? [encodeStart(profile)] : [];
    sent = bytes;
    isPausing = true;
    cancelPause = clock.after(PAUSE_MS, () => {
      isPausing = false;
      update();
    });
    const write = new Promise<void>((resolve) => {
      // A failed write is a lost link, and that is told there.
      to.stream.write(Buffer.concat([...start, bytes]), () => resolve());
    });
    writing = write;
    void write.then(() => {
      if (writing !== write) return;
      writing = null;
      update();
    });
  }

  function forget(): void {
    cancelPause();
    isPausing = false;
    writing = null;
    sent = null;
    link = null;
  }

  const stopLink =
    transport === null
      ? async () => undefined
      : keepLink({
          transport,
          clock,
          onOpen(opened) {
            link = opened;
            // Nothing it says matters, but unread bytes would hide the end of a connection.
            opened.stream.resume();
            wanted ??= Buffer.from(encodeLines('', '', profile));
            tell('ready');
            update();
          },
          onDown() {
            forget();
            tell('noLink');
          },
        });

  return {
    show(upper, lower) {
      wanted = Buffer.from(encodeLines(upper, lower, profile));
      update();
    },
    state: () => state,
    async close() {
      cancelPause();
      isPausing = false;
      let cancelLimit: () => void = () => undefined;
      const limit = new Promise<void>((resolve) => {
        cancelLimit = clock.after(CLOSE_LIMIT_MS, resolve);
      });
      await Promise.race([writing, limit]);
      update();
      await Promise.race([writing, limit]);
      cancelLimit();
      forget();
      await stopLink();
    },
  };
}
