import { faultOfSystemError, type TransportFault } from '../transport/fault.ts';
import type { Link, Transport } from '../transport/link.ts';
import { openTransport } from '../transport/open-transport.ts';
import { createEscpos } from './escpos.ts';
import { type PrinterMemory, type PrintLimits, type PrintResult, PrintSession } from './print-session.ts';
import type { PrinterProfile } from './profile.ts';
import type { Condition, DrawerLevel } from './status.ts';

export type { PrintLimits, PrintResult } from './print-session.ts';
export type { DrawerLevel } from './status.ts';

/** `paperLow` prints; `unknown` = it cannot say, and prints anyway (devices.md 4.3). */
export type PrinterState =
  | 'none'
  | 'unknown'
  | 'ready'
  | 'paperLow'
  | 'noLink'
  | 'paperOut'
  | 'coverOpen'
  | 'knife'
  | 'broken';

export interface Printer {
  /** Jobs are sent one after another. Never rejects, always answers. */
  print(bytes: Uint8Array): Promise<PrintResult>;
  /** In turn with the jobs. Works without paper and with the cover open; what did not open it at once never will. */
  openDrawer(): Promise<PrintResult>;
  /** As the last job or question left it; `unknown` before the first one. */
  state(): PrinterState;
  /** On the drawer's pin, as last told; null = not known. */
  drawerLevel(): DrawerLevel | null;
  /**
   * From now on the printer is asked between jobs too, and told by itself where it can; changes go to `onState`. Does
   * nothing for a printer that cannot answer, and gives up one that never does until a job gets an answer.
   */
  watchStatus(): void;
  /** Breaks off the job that runs; what waits behind it answers `failed`. The port is free afterwards. */
  close(): Promise<void>;
}

export interface WatchPace {
  /** Between questions while all is well and the line stays open. */
  openLineMs: number;
  /** The same for a line opened for each question. */
  closedLineMs: number;
  /** While something is wrong. */
  troubleMs: number;
  /** For one answer. */
  answerMs: number;
}

const LIMITS: PrintLimits = {
  connectMs: 3000,
  chunkMs: 5000,
  confirmMs: 15_000,
  confirmMsPerByte: 1,
  statusMs: 2000,
  retryMs: 1000,
  offlineMs: 10_000,
  settleMs: 100,
};

/** Paper out, an open cover and a printer switched off are to be seen within 3 s, on an idle line too (devices.md 8). */
const PACE: WatchPace = { openLineMs: 1500, closedLineMs: 1500, troubleMs: 1000, answerMs: 1000 };

/** A look sends nothing that could get lost: for the other side's end of its line it waits only so long. */
const LOOK_END_MS = 300;

/** Some models hang on status questions: one that never answered is not asked for ever (devices.md 4.3). */
const MAX_UNANSWERED = 3;

/**
 * A receipt printer. Opens nothing before the first job or `watchStatus`; a tty stays open between jobs (closing drops
 * DTR, which resets some printers), a network connection does not.
 * @throws a bad address (Russian text) when the address is malformed
 */
export function createPrinter(options: {
  url: string;
  profile: PrinterProfile;
  /** Hears each change of the state. */
  onState?: (state: PrinterState) => void;
  /** Hears the level on the drawer's pin when it has changed, from a printer that tells its state. */
  onDrawer?: (level: DrawerLevel) => void;
  /** Instead of the one behind `url`. */
  transport?: Transport;
  limits?: Partial<PrintLimits>;
  pace?: Partial<WatchPace>;
}): Printer {
  const transport = options.transport ?? openTransport(options.url);
  const limits = { ...LIMITS, ...options.limits };
  const pace = { ...PACE, ...options.pace };
  const escpos = createEscpos(options.profile);
  const asksStatus = options.profile.status !== 'none' && transport !== null && transport.answers;
  const memory: PrinterMemory = { hasAnswered: false, hasConfirmed: false, owesProof: false, isBrokenOff: false };
  let state: PrinterState = transport === null ? 'none' : 'unknown';
  let drawerLevel: DrawerLevel | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  let waitingJobs = 0;
  let open: { link: Link; session: PrintSession } | null = null;
  let isClosed = false;
  let isWatching = false;
  let unanswered = 0;
  let turnedAway = 0;
  let nextLook: NodeJS.Timeout | undefined;

  function become(next: PrinterState): void {
    if (state === 'none' || state === next) return;
    state = next;
    options.onState?.(next);
  }

  function hearDrawer(level: DrawerLevel | null): void {
    if (level === null || level === drawerLevel) return;
    drawerLevel = level;
    options.onDrawer?.(level);
  }

  async function connect(to: Transport, limitMs: number): Promise<PrintSession> {
    if (open !== null && !open.session.isLost) return open.session;
    await disconnect(true);
    const link = await to.open(limitMs);
    const session = new PrintSession(link, limits, memory, escpos.fill(), (condition) =>
      become(stateOfCondition(condition)),
    );
    open = { link, session };
    // Known at once, not only when the next slip is due.
    if (to.keepsOpen) link.onLost(() => become('noLink'));
    return session;
  }

  async function disconnect(dropUnsent: boolean): Promise<void> {
    const link = open?.link;
    open = null;
    await link?.close({ dropUnsent });
  }

  async function run(
    job: (session: PrintSession) => Promise<PrintResult>,
    kind: 'slip' | 'pulse',
  ): Promise<PrintResult> {
    const notSent = { result: 'failed', reason: 'offline' } as const;
    if (transport === null || isClosed) return { ...notSent, fault: null };
    let session: PrintSession;
    try {
      session = await connect(transport, limits.connectMs);
    } catch (error) {
      become('noLink');
      return { ...notSent, fault: faultOfSystemError(error) };
    }
    const result: PrintResult = isClosed ? { ...notSent, fault: null } : await job(session);
    // The drawer opens without paper and with the cover open: that it did says nothing of them.
    hearDrawer(session.drawerLevel);
    const isNews = kind === 'slip' || result.result !== 'confirmed' || !asksStatus;
    if (isNews) become(stateAfter(result, session));
    const isDone = result.result === 'confirmed';
    if (!transport.keepsOpen || !(isDone || isMerelyHeldUp(result, session))) await disconnect(!isDone);
    return result;
  }

  function stateAfter(result: PrintResult, session: PrintSession): PrinterState {
    if (result.result === 'confirmed') return asksStatus && session.isPaperLow ? 'paperLow' : 'ready';
    switch (result.reason) {
      case 'paperOut':
      case 'coverOpen':
      case 'knife':
      case 'broken':
        return result.reason;
      case 'noReply':
        // Models without `GS r`: whether the slip is on paper is not known, but the printer is there.
        if (session.isAnswering) return session.isPaperLow ? 'paperLow' : 'ready';
        // It took everything and never says anything: it may well be printing.
        return asksStatus && !memory.hasAnswered && session.isLineFree ? 'unknown' : 'noLink';
      case 'offline':
      case 'cable':
        return 'noLink';
    }
  }

  function enqueue(job: (session: PrintSession) => Promise<PrintResult>, kind: 'slip' | 'pulse'): Promise<PrintResult> {
    waitingJobs++;
    const result = queue.then(() => {
      waitingJobs--;
      return run(job, kind);
    });
    queue = result.then(planLook);
    return result;
  }

  async function look(): Promise<void> {
    // A job that waits finds out by itself.
    if (transport === null || isClosed || waitingJobs > 0) return;
    // A printer that was well a moment ago answers at once or is gone; one that wakes up is given time.
    const connectMs = isWell() ? Math.min(pace.answerMs, limits.connectMs) : limits.connectMs;
    let session: PrintSession;
    try {
      session = await connect(transport, connectMs);
    } catch (error) {
      return lookFailed(faultOfSystemError(error));
    }
    const seen = await session.look(pace.answerMs);
    hearDrawer(session.drawerLevel);
    if (seen !== null) {
      unanswered = 0;
      turnedAway = 0;
      become(stateOfCondition(seen));
    } else if (session.isLost) {
      lookFailed('lost');
    } else {
      unanswered++;
      become(memory.hasAnswered ? 'noLink' : 'unknown');
    }
    if (transport.keepsOpen || waitingJobs > 0) return;
    // An orderly end: a printer that serves one client at a time is free for the next one then.
    if (!session.isLost && !isClosed) await session.finish(LOOK_END_MS);
    await disconnect(true);
  }

  /** A network printer turns us away while it serves another register: only the second time in a row it is news. */
  function lookFailed(fault: TransportFault): void {
    const isTurnedAway = transport?.keepsOpen === false && (fault === 'refused' || fault === 'lost');
    turnedAway = isTurnedAway ? turnedAway + 1 : 0;
    if (turnedAway !== 1) become('noLink');
  }

  function isWell(): boolean {
    return state === 'ready' || state === 'paperLow';
  }

  function planLook(): void {
    clearTimeout(nextLook);
    if (!isWatching || isClosed || (!memory.hasAnswered && unanswered >= MAX_UNANSWERED)) return;
    const calmMs = transport?.keepsOpen ? pace.openLineMs : pace.closedLineMs;
    nextLook = setTimeout(startLook, isWell() && turnedAway === 0 ? calmMs : pace.troubleMs);
  }

  function startLook(): void {
    queue = queue.then(look).then(planLook);
  }

  return {
    print: (bytes) => enqueue((session) => session.run(bytes, asksStatus), 'slip'),
    openDrawer: () => enqueue((session) => session.pulse(escpos.drawer(), escpos.drawerAtOnce(), asksStatus), 'pulse'),
    state: () => state,
    drawerLevel: () => drawerLevel,
    watchStatus() {
      if (!asksStatus || isWatching) return;
      isWatching = true;
      startLook();
    },
    async close() {
      isClosed = true;
      clearTimeout(nextLook);
      open?.session.abort();
      await queue;
      await disconnect(false);
    },
  };
}

function stateOfCondition(condition: Condition): PrinterState {
  if (condition.trouble === 'offline') return 'noLink';
  return condition.trouble ?? (condition.isPaperLow ? 'paperLow' : 'ready');
}

/** The line is all right, and so is the printer but for what a person must do: closing a tty could reset it. */
function isMerelyHeldUp(result: PrintResult, session: PrintSession): boolean {
  if (result.result === 'confirmed' || session.isLost || !session.isLineFree) return false;
  return ['paperOut', 'coverOpen', 'knife', 'broken'].includes(result.reason);
}
