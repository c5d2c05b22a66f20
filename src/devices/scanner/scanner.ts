import { ReadlineParser } from '@serialport/parser-readline';
import { type Clock, systemClock } from '../clock.ts';
import { badAddress, type TransportFault } from '../transport/fault.ts';
import type { Link, Transport } from '../transport/link.ts';
import { keepLink } from '../transport/link-keeper.ts';
import { openTransport } from '../transport/open-transport.ts';
import { parseDeviceUrl } from '../transport/url.ts';
import { decodeScan, type Scan } from './decode.ts';
import { type FrameFault, type FrameStats, SCAN_END, ScanFramer } from './framer.ts';

export interface ScannerOptions {
  /** `serial:` or `tcp:`; `none` = there is no scanner, nothing is ever called. */
  url: string;
  onScan(scan: Scan): void;
  /** Told on each change. `reason` is null when ready. */
  onState(state: 'ready' | 'noLink', reason: TransportFault | null): void;
  /** Once per burst of noise: DEV-05. */
  onFault(fault: FrameFault): void;
  /** Setting: the scanner sends no terminator. */
  hasNoSuffix?: boolean;
  clock?: Clock;
  /** Instead of the one behind `url`. */
  transport?: Transport;
}

export interface Scanner {
  /** Counts since the start, for the device screen and the log. */
  readonly stats: FrameStats & { scans: number };
  /** Resolves when the port is free. */
  stop(): Promise<void>;
}

const MAX_CODE_BYTES = 4096;
/** Without a terminator silence ends a code: FTDI adapters hold bytes up to 16 ms, 50 is safe (devices.md 2.2). */
const NO_SUFFIX_IDLE_MS = 50;
/** With one, silence only frees a broken frame; patience costs nothing and survives a slow line. */
const SUFFIX_IDLE_MS = 250;
const BITS_PER_BYTE = 10;
/** A burst of noise is over after a good code or so much silence. */
const BURST_QUIET_MS = 2000;

/**
 * Listens to a scanner until stopped, through any number of unplugs.
 * @throws a bad address (Russian text) when the address is malformed or no scanner can be behind it
 */
export function startScanner(options: ScannerOptions): Scanner {
  const clock = options.clock ?? systemClock;
  const transport = options.transport ?? scannerTransport(options.url);
  const stats = { empty: 0, overflow: 0, partial: 0, scans: 0 };
  let detach: () => void = () => undefined;
  let told = '';
  let lastFaultAtMs: number | null = null;

  function tell(state: 'ready' | 'noLink', reason: TransportFault | null): void {
    const now = `${state} ${reason}`;
    if (now === told) return;
    told = now;
    options.onState(state, reason);
  }

  function onFault(fault: FrameFault): void {
    const isNewBurst = lastFaultAtMs === null || clock.nowMs() - lastFaultAtMs >= BURST_QUIET_MS;
    lastFaultAtMs = clock.nowMs();
    if (isNewBurst) options.onFault(fault);
  }

  function attach(link: Link): void {
    const framer = new ScanFramer({
      maxBytes: MAX_CODE_BYTES,
      idleMs: idleMsFor(options.url, options.hasNoSuffix ?? false),
      hasNoSuffix: options.hasNoSuffix ?? false,
      clock,
      stats,
      onFault,
    });
    const parser = new ReadlineParser({ delimiter: SCAN_END, encoding: 'latin1' });
    // Only 'data': reading the parser with `for await` merges queued codes into one (devices.md 2.2).
    parser.on('data', (raw: string) => {
      stats.scans++;
      lastFaultAtMs = null;
      options.onScan(decodeScan(raw));
    });
    link.stream.pipe(framer).pipe(parser);
    detach = () => {
      link.stream.unpipe(framer);
      framer.destroy();
      parser.destroy();
      detach = () => undefined;
    };
  }

  const stopLink =
    transport === null
      ? async () => undefined
      : keepLink({
          transport,
          clock,
          onOpen(link) {
            attach(link);
            tell('ready', null);
          },
          onDown(fault) {
            detach();
            tell('noLink', fault);
          },
        });
  return {
    stats,
    async stop() {
      detach();
      await stopLink();
    },
  };
}

function scannerTransport(url: string): Transport | null {
  const transport = openTransport(url);
  const parsed = parseDeviceUrl(url);
  if (parsed.ok && parsed.url.kind === 'file') {
    throw badAddress('Неверный адрес сканера: ожидается serial:/dev/..., tcp:АДРЕС:ПОРТ или none');
  }
  return transport;
}

function idleMsFor(url: string, hasNoSuffix: boolean): number {
  const parsed = parseDeviceUrl(url);
  const baud = parsed.ok && parsed.url.kind === 'serial' ? parsed.url.baud : 9600;
  const twentyBytesMs = Math.ceil((20 * BITS_PER_BYTE * 1000) / baud);
  return Math.max(hasNoSuffix ? NO_SUFFIX_IDLE_MS : SUFFIX_IDLE_MS, twentyBytesMs);
}
