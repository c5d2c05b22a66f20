import type { ReaderCommand, ReaderEvent } from '../../payments/ports.ts';
import { type Clock, systemClock } from '../clock.ts';
import { badAddress } from '../transport/fault.ts';
import type { Link, Transport } from '../transport/link.ts';
import { keepLink } from '../transport/link-keeper.ts';
import { openTransport } from '../transport/open-transport.ts';
import { LineCutter, readLine } from './wire.ts';

export interface ReaderOptions {
  /** `serial:` or `tcp:`; `none` = there is no reader, it is never found. */
  url: string;
  /** Name of the reader that was connected last; null = none ever was. */
  lastName(): string | null;
  remember(name: string): void;
  /** May be called before `command` has returned. */
  onEvent(event: ReaderEvent): void;
  /** For the log: something that a reader of our protocol never says. Holds nothing of what it said. */
  onAlarm(text: string): void;
  clock?: Clock;
  /** Instead of the one behind `url`. */
  transport?: Transport;
}

export interface CardReader {
  /** Never throws, never waits; whatever comes of it comes as an event. */
  command(command: ReaderCommand): void;
  /** Resolves when the port is free. Tells nothing any more. */
  close(): Promise<void>;
}

const SEARCH_LIMIT_MS = 15_000;
const CONNECT_LIMIT_MS = 10_000;
const UPDATE_SILENCE_MS = 60_000;
/** While a payment goes on a silent reader is told from a buyer who thinks: it answers pings at any time. */
const PING_MS = 3000;
const PAY_SILENCE_MS = 15_000;

/** What the register waits for. `connected`: for nothing, the reader stands by. */
type Phase =
  | { is: 'idle' }
  | { is: 'searching' }
  | { is: 'connecting'; name: string }
  | { is: 'connected'; name: string }
  | { is: 'updating'; name: string }
  | { is: 'paying'; name: string };

/**
 * The card reader on its cable (docs/reader-protocol.md), through any number of unplugs. The port is opened with the first
 * command and then kept: a register that never takes a card never loads the driver of the port.
 * @throws a bad address (Russian text) when the address is malformed or nothing behind it can answer
 */
export function createReader(options: ReaderOptions): CardReader {
  const clock = options.clock ?? systemClock;
  const transport = options.transport ?? readerTransport(options.url);
  let phase: Phase = { is: 'idle' };
  /**
   * The order the reader was told to pay last, while it is not over. Kept after a loss: the reader may be asked about it
   * when it is back, and nothing it says about another order is taken for this one.
   */
  let orderNumber: string | null = null;
  let link: Link | null = null;
  let stopLink: (() => Promise<void>) | null = null;
  let isClosed = false;
  let hasAlarmed = false;
  let cancelLimit: () => void = () => undefined;
  let cancelPing: () => void = () => undefined;

  function tell(event: ReaderEvent): void {
    if (!isClosed) options.onEvent(event);
  }

  function enter(next: Phase): void {
    cancelLimit();
    cancelPing();
    phase = next;
  }

  function limit(delayMs: number, event: ReaderEvent): void {
    cancelLimit();
    cancelLimit = clock.after(delayMs, () => {
      // A search that goes on at the reader would answer into the next one.
      if (phase.is !== 'paying') write({ ask: 'abort' });
      enter({ is: 'idle' });
      tell(event);
    });
  }

  function ping(): void {
    cancelPing = clock.after(PING_MS, () => {
      write({ ask: 'ping' });
      ping();
    });
  }

  function watchPayment(name: string): void {
    enter({ is: 'paying', name });
    limit(PAY_SILENCE_MS, { is: 'lost' });
    ping();
  }

  /** A failed write is a lost link, and that is told there. */
  function write(line: object): void {
    link?.stream.write(`${JSON.stringify(line)}\n`);
  }

  /** What the reader must be told as soon as there is a link. */
  function askAgain(): void {
    if (phase.is === 'searching') write({ ask: 'search' });
    if (phase.is === 'connecting') write({ ask: 'connect', name: phase.name });
  }

  function openLink(): void {
    if (stopLink !== null || transport === null) return;
    stopLink = keepLink({
      transport,
      clock,
      onOpen(opened) {
        link = opened;
        const cutter = new LineCutter();
        opened.stream.on('data', (bytes: Buffer) => {
          for (const line of cutter.push(bytes)) if (link === opened) hear(line);
        });
        askAgain();
      },
      onDown() {
        const wasOpen = link !== null;
        link = null;
        // While it is being looked for it may still be plugged in: the limit decides.
        if (!wasOpen || phase.is === 'idle' || phase.is === 'searching' || phase.is === 'connecting') return;
        enter({ is: 'idle' });
        tell({ is: 'lost' });
      },
    });
  }

  function search(): void {
    enter({ is: 'searching' });
    if (transport === null) {
      enter({ is: 'idle' });
      return tell({ is: 'notFound' });
    }
    limit(SEARCH_LIMIT_MS, { is: 'notFound' });
    openLink();
    askAgain();
  }

  function connect(name: string | null): void {
    if (name === null || transport === null) {
      enter({ is: 'idle' });
      return tell({ is: 'notFound' });
    }
    enter({ is: 'connecting', name });
    limit(CONNECT_LIMIT_MS, { is: 'lost' });
    tell({ is: 'connecting', name });
    openLink();
    askAgain();
  }

  function pay(command: Extract<ReaderCommand, { ask: 'pay' }>): void {
    if (link === null || phase.is !== 'connected') {
      // Not a byte has left: the one case in which we know it without the reader.
      return tell({ is: 'aborted' });
    }
    orderNumber = command.orderNumber;
    const { amountKopecks: amount, currency, email } = command;
    // Before the line is out: a reader may answer at once.
    watchPayment(phase.name);
    write({ ask: 'pay', orderNumber, amount, currency, ...(email === undefined ? {} : { email }) });
  }

  function abort(): void {
    if (orderNumber !== null && (phase.is === 'paying' || phase.is === 'connected')) {
      if (phase.is === 'connected') watchPayment(phase.name);
      return write({ ask: 'abort', orderNumber });
    }
    if (phase.is === 'idle') return;
    write({ ask: 'abort' });
    enter({ is: 'idle' });
  }

  function hear(text: string | null): void {
    const line = text === null ? ({ is: 'unknown' } as const) : readLine(text);
    if (line.is === 'unknown') return alarmOnce();
    if (phase.is === 'paying') limit(PAY_SILENCE_MS, { is: 'lost' });
    if (line.is === 'event') heardEvent(line.event, line.orderNumber);
  }

  /** Passes on what is waited for; what comes too late or out of turn is left alone. */
  function heardEvent(event: ReaderEvent, ofOrder: string | null): void {
    switch (event.is) {
      case 'found':
      case 'notFound':
        if (phase.is !== 'searching' && !(phase.is === 'connecting' && event.is === 'notFound')) return;
        enter({ is: 'idle' });
        return tell(event);
      case 'connected':
        if ((phase.is !== 'connecting' && phase.is !== 'updating') || phase.name !== event.name) return;
        enter({ is: 'connected', name: event.name });
        options.remember(event.name);
        return tell(event);
      case 'firmwareOld':
        if (phase.is !== 'connecting' || phase.name !== event.name) return;
        enter({ is: 'connected', name: event.name });
        return tell(event);
      case 'updating':
        if (phase.is !== 'updating') return;
        limit(UPDATE_SILENCE_MS, { is: 'lost' });
        return tell(event);
      case 'lowBattery':
        return phase.is === 'idle' ? undefined : tell(event);
      case 'aborted':
      case 'done':
        if (phase.is !== 'paying' || ofOrder !== orderNumber) return;
        orderNumber = null;
        // What was stopped may be begun anew at once; what is over, is over.
        enter(event.is === 'aborted' ? { is: 'connected', name: phase.name } : { is: 'idle' });
        return tell(event);
      default:
        return phase.is === 'paying' && ofOrder === orderNumber ? tell(event) : undefined;
    }
  }

  /** Once is enough: a noisy line must not fill the log. What it said stays out of it, it may be card data. */
  function alarmOnce(): void {
    if (hasAlarmed) return;
    hasAlarmed = true;
    options.onAlarm('card reader: a line that is not in its protocol');
  }

  return {
    command(command) {
      if (isClosed) return;
      switch (command.ask) {
        case 'search':
          return search();
        case 'connect':
          return connect(command.name ?? options.lastName());
        case 'pay':
          return pay(command);
        case 'updateFirmware':
          if (phase.is !== 'connected') return;
          enter({ is: 'updating', name: phase.name });
          limit(UPDATE_SILENCE_MS, { is: 'lost' });
          return write({ ask: 'updateFirmware' });
        case 'selectApplication':
          return write({ ask: 'selectApplication', index: command.index, orderNumber });
        case 'signature':
          return write({ ask: 'signature', given: command.given, orderNumber });
        case 'abort':
          return abort();
      }
    },
    async close() {
      isClosed = true;
      enter({ is: 'idle' });
      link = null;
      await stopLink?.();
    },
  };
}

function readerTransport(url: string): Transport | null {
  const transport = openTransport(url);
  if (url.startsWith('file:')) {
    throw badAddress('Неверный адрес картридера: ожидается serial:/dev/..., tcp:АДРЕС:ПОРТ или none');
  }
  return transport;
}
