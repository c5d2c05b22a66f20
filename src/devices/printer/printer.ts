import { faultOfSystemError } from '../transport/fault.ts';
import type { Link, Transport } from '../transport/link.ts';
import { openTransport } from '../transport/open-transport.ts';
import { type PrintLimits, type PrintResult, PrintSession } from './print-session.ts';
import type { PrinterProfile } from './profile.ts';

export type { PrintReason, PrintResult } from './print-session.ts';

export type PrinterState = 'none' | 'unknown' | 'ready' | 'noLink' | 'paperOut' | 'coverOpen';

export interface Printer {
  /** Jobs are sent one after another. Never rejects, always answers. */
  print(bytes: Uint8Array): Promise<PrintResult>;
  /** As the last job left it; `unknown` before the first one. */
  state(): PrinterState;
  /** Breaks off the job that runs; what waits behind it answers `failed`. The port is free afterwards. */
  close(): Promise<void>;
}

const LIMITS: PrintLimits = { connectMs: 3000, chunkMs: 5000, confirmMs: 15_000, statusMs: 2000 };

/**
 * A receipt printer. Opens nothing before the first job; a tty stays open after it (closing drops DTR, which resets some
 * printers), a network connection does not.
 * @throws DeviceUrlError (Russian text) when the address is malformed
 */
export function createPrinter(options: {
  url: string;
  profile: PrinterProfile;
  /** Instead of the one behind `url`. */
  transport?: Transport;
  limits?: Partial<PrintLimits>;
}): Printer {
  const transport = options.transport ?? openTransport(options.url);
  const limits = { ...LIMITS, ...options.limits };
  const asksStatus = options.profile.status !== 'none' && transport !== null && transport.answers;
  let state: PrinterState = transport === null ? 'none' : 'unknown';
  let queue: Promise<unknown> = Promise.resolve();
  let open: { link: Link; session: PrintSession } | null = null;
  let isClosed = false;

  async function connect(to: Transport): Promise<{ link: Link; session: PrintSession }> {
    if (open !== null && !open.session.isLost) return open;
    await disconnect(true);
    const link = await to.open(limits.connectMs);
    open = { link, session: new PrintSession(link, limits) };
    link.onLost(() => {
      // Known at once, not only when the next slip is due.
      state = 'noLink';
    });
    return open;
  }

  async function disconnect(dropUnsent: boolean): Promise<void> {
    const link = open?.link;
    open = null;
    await link?.close({ dropUnsent });
  }

  async function run(bytes: Uint8Array): Promise<PrintResult> {
    const notSent = { result: 'failed', reason: 'offline' } as const;
    if (transport === null || isClosed) return { ...notSent, fault: null };
    let session: PrintSession;
    try {
      session = (await connect(transport)).session;
    } catch (error) {
      return { ...notSent, fault: faultOfSystemError(error) };
    }
    const result: PrintResult = isClosed ? { ...notSent, fault: null } : await session.run(bytes, asksStatus);
    const isDone = result.result === 'confirmed';
    if (!isDone || !transport.keepsOpen) await disconnect(!isDone);
    return result;
  }

  return {
    print(bytes) {
      const job = queue
        .then(() => run(bytes))
        .then((result) => {
          if (state !== 'none') state = stateAfter(result);
          return result;
        });
      queue = job;
      return job;
    },
    state: () => state,
    async close() {
      isClosed = true;
      open?.session.abort();
      await queue;
      await disconnect(false);
    },
  };
}

function stateAfter(result: PrintResult): PrinterState {
  if (result.result === 'confirmed') return 'ready';
  return result.reason === 'paperOut' || result.reason === 'coverOpen' ? result.reason : 'noLink';
}
