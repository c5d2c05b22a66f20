import type { Clock } from '../clock.ts';
import { faultOfSystemError, type TransportFault } from './fault.ts';
import type { Link, Transport } from './link.ts';

const FIRST_PAUSE_MS = 500;
const PAUSE_GROWTH = 1.5;
const MAX_PAUSE_MS = 5000;
/** A path that is not there costs one system call to try: a replugged scanner works within 2 s (devices.md 8). */
const MAX_PAUSE_WHILE_ABSENT_MS = 1500;
const OPEN_LIMIT_MS = 3000;

/**
 * Keeps one link open for ever (devices.md 3.2): closed -> opening -> open -> closed, with growing pauses between.
 * `onOpen` and `onDown` alternate per link; `onDown` also tells each failed attempt.
 * @returns stops it; resolves when the port is free again
 */
export function keepLink(options: {
  transport: Transport;
  clock: Clock;
  onOpen(link: Link): void;
  onDown(fault: TransportFault): void;
}): () => Promise<void> {
  const { transport, clock } = options;
  let state: 'closed' | 'opening' | 'open' | 'stopped' = 'closed';
  let pauseMs = FIRST_PAUSE_MS;
  let cancelPause: () => void = () => undefined;
  let current: Link | null = null;
  /** What the port is busy with: opening or closing. */
  let portWork: Promise<void> = Promise.resolve();
  const isStopped = (): boolean => state === 'stopped';

  /** Called once per failed attempt and once per lost link. */
  function goDown(fault: TransportFault, portIsFree: Promise<void>): void {
    state = 'closed';
    options.onDown(fault);
    // The port must be free before it is opened again, or our own lock refuses us.
    portWork = portIsFree.then(() => {
      if (!isStopped()) pauseThenOpen(fault);
    });
  }

  function pauseThenOpen(fault: TransportFault): void {
    const limitMs = fault === 'noDevice' || fault === 'lost' ? MAX_PAUSE_WHILE_ABSENT_MS : MAX_PAUSE_MS;
    cancelPause = clock.after(Math.min(pauseMs, limitMs), () => {
      portWork = open();
    });
    pauseMs = Math.min(pauseMs * PAUSE_GROWTH, MAX_PAUSE_MS);
  }

  async function open(): Promise<void> {
    if (state !== 'closed') return;
    state = 'opening';
    let link: Link;
    try {
      link = await transport.open(OPEN_LIMIT_MS);
    } catch (error) {
      if (!isStopped()) goDown(faultOfSystemError(error), Promise.resolve());
      return;
    }
    if (isStopped()) return link.close();
    state = 'open';
    current = link;
    pauseMs = FIRST_PAUSE_MS;
    options.onOpen(link);
    link.onLost((fault) => {
      if (current !== link) return;
      current = null;
      goDown(fault, link.close());
    });
  }

  portWork = open();
  return async () => {
    state = 'stopped';
    cancelPause();
    const link = current;
    current = null;
    await portWork;
    await link?.close();
  };
}
