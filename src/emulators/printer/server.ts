/** The printer as a server on TCP or a device on a tty, with its control plane. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type EmulatorClock, systemClock } from '../clock.ts';
import { type ControlBody, type ControlRoutes, controlProblem, startControlServer } from '../control.ts';
import { behaviourPatch, type PrinterBehaviour } from './behaviour.ts';
import { type CodePages, EPSON_PAGES } from './code-pages.ts';
import type { Raster } from './interpreter.ts';
import { EmulatedPrinter, type PrinterReport } from './machine.ts';
import { type PluggedTty, plugTty } from './tty.ts';

export interface PrinterEmulatorOptions {
  /** Port of the TCP line; 0 or absent = any free one. */
  port?: number;
  controlPort?: number;
  /** Instead of TCP: the printer hangs on a tty, to which this path becomes a link. Needs python3. */
  tty?: string;
  /** Only named in the address: a pseudo terminal has no speed. `bytesPerSecond` makes the printer slow. */
  baud?: number;
  /** Lines on the roll; absent = endless. */
  paperLines?: number;
  /** How many lines before the end the near-end sensor speaks. */
  nearEndLines?: number;
  columns?: number;
  codePages?: CodePages;
  /** Above this the printer stops taking bytes. */
  bufferBytes?: number;
  clock?: EmulatorClock;
}

export interface PrinterEmulatorReport extends PrinterReport {
  /** Registers connected: at most one. */
  clients: number;
  refusedClients: number;
  isPlugged: boolean;
}

export interface PrinterEmulator {
  /** For the printer setting of the register: `tcp:127.0.0.1:PORT` or `serial:PATH?baud=115200`. */
  readonly url: string;
  readonly controlUrl: string;
  /** What came out of the printer so far. */
  paper(): string[];
  state(): PrinterEmulatorReport;
  /** Pictures printed, in order. */
  rasters(): readonly Raster[];
  behave(patch: Partial<PrinterBehaviour>): void;
  /** A new roll; null = endless. */
  loadPaper(lines: number | null): void;
  setCover(isOpen: boolean): void;
  setPower(isOn: boolean): Promise<void>;
  /** Pulls or plugs the cable to the register. */
  setCable(isPlugged: boolean): Promise<void>;
  /** Bytes nobody asked for. */
  send(bytes: Uint8Array): void;
  /** Writes each line that comes out from now on. @returns stops it */
  watchPaper(out: PaperOutput): () => void;
  close(): Promise<void>;
}

export interface PaperOutput {
  write(text: string): unknown;
}

const HOST = '127.0.0.1';
const BUFFER_BYTES = 64 * 1024;
const NEAR_END_LINES = 5;

/** Something a register can be connected to; plugging in and out may be repeated. */
interface Cable {
  readonly url: string;
  readonly clients: number;
  readonly refusedClients: number;
  readonly isPlugged: boolean;
  plug(): Promise<void>;
  unplug(): Promise<void>;
  /** Switched off: a network printer no longer listens, and its open connection falls dead without an end. */
  powerOff(): void;
  send(bytes: Uint8Array): void;
  hold(isHeld: boolean): void;
}

/** Starts the printer; `close` ends it and removes the tty. Rejects when the port or path is taken. */
export async function startPrinterEmulator(options: PrinterEmulatorOptions = {}): Promise<PrinterEmulator> {
  let cableWork: Promise<void> = Promise.resolve();
  /** Plugging takes time: one change after another. */
  const inTurn = (change: () => Promise<void>): Promise<void> => {
    cableWork = cableWork.catch(() => undefined).then(change);
    return cableWork;
  };
  const machine: EmulatedPrinter = new EmulatedPrinter(
    {
      columns: options.columns ?? 48,
      paperLines: options.paperLines ?? null,
      nearEndLines: options.nearEndLines ?? NEAR_END_LINES,
      codePages: options.codePages ?? EPSON_PAGES,
      bufferBytes: options.bufferBytes ?? BUFFER_BYTES,
      clock: options.clock ?? systemClock,
    },
    {
      send: (bytes) => cable.send(bytes),
      hold: (isHeld) => cable.hold(isHeld),
      pullCable: () => void inTurn(() => cable.unplug()),
    },
  );
  const receive = (bytes: Uint8Array): void => machine.receive(bytes);
  const isHeld = (): boolean => machine.isHeld;
  const cable: Cable =
    options.tty === undefined
      ? tcpCable(options.port ?? 0, receive, isHeld)
      : ttyCable(options.tty, options.baud ?? 115_200, receive);
  await cable.plug();

  const state = (): PrinterEmulatorReport => ({
    ...machine.report(),
    clients: cable.clients,
    refusedClients: cable.refusedClients,
    isPlugged: cable.isPlugged,
  });
  const setCable = (isPlugged: boolean): Promise<void> => inTurn(() => (isPlugged ? cable.plug() : cable.unplug()));
  const setPower = (isOn: boolean): Promise<void> =>
    inTurn(async () => {
      machine.setPower(isOn);
      if (isOn) await cable.plug();
      else cable.powerOff();
    });
  const routes: ControlRoutes = {
    'GET paper': () => machine.roll.lines,
    'GET state': state,
    'POST behave': (body) => machine.behave(behaviourPatch(body)),
    'POST paper': (body) => machine.loadPaper(linesField(body)),
    'POST cover': (body) => machine.setCover(flagField(body, 'open')),
    'POST drawer': (body) => machine.setDrawer(flagField(body, 'open')),
    'POST power': (body) => setPower(flagField(body, 'on')),
    'POST cable': (body) => setCable(flagField(body, 'on')),
    'POST send': (body) => cable.send(hexField(body)),
  };
  let control: Awaited<ReturnType<typeof startControlServer>>;
  try {
    control = await startControlServer(HOST, options.controlPort ?? 0, routes);
  } catch (error) {
    await cable.unplug();
    throw error;
  }
  return {
    url: cable.url,
    controlUrl: `http://${HOST}:${control.port}/control`,
    paper: () => [...machine.roll.lines],
    state,
    rasters: () => machine.rasters,
    behave: (patch) => machine.behave(patch),
    loadPaper: (lines) => machine.loadPaper(lines),
    setCover: (isOpen) => machine.setCover(isOpen),
    setPower,
    setCable,
    send: (bytes) => cable.send(bytes),
    watchPaper: (out) => machine.roll.onLine((line) => void out.write(`${line}\n`)),
    close: async () => {
      await Promise.all([inTurn(() => cable.unplug()), control.shut()]);
    },
  };
}

/**
 * The printer of `bin/kassa emulator printer`: the first line written is JSON `{"name","url","control"}`, then the paper
 * comes out line by line until the emulator is closed.
 */
export async function runPrinterEmulator(options: PrinterEmulatorOptions, out: PaperOutput): Promise<PrinterEmulator> {
  const printer = await startPrinterEmulator(options);
  out.write(`${JSON.stringify({ name: 'printer', url: printer.url, control: printer.controlUrl })}\n`);
  printer.watchPaper(out);
  return printer;
}

/** Port 9100 of a network printer: one register at a time, the others are turned away. */
function tcpCable(port: number, receive: (bytes: Uint8Array) => void, isHeld: () => boolean): Cable {
  let listeningPort = port;
  let server: Server | null = null;
  let client: Socket | null = null;
  let refusedClients = 0;
  const sockets = new Set<Socket>();

  function serve(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    if (client !== null) {
      refusedClients++;
      socket.resetAndDestroy();
      return;
    }
    client = socket;
    sockets.add(socket);
    const leave = (): void => {
      if (client === socket) client = null;
    };
    socket.on('data', (bytes) => {
      if (client === socket) receive(bytes);
    });
    socket.on('end', () => {
      // Before our own end is seen: the register may come back at once with the next slip.
      leave();
      socket.end();
    });
    socket.on('close', () => {
      leave();
      sockets.delete(socket);
    });
    if (isHeld()) socket.pause();
  }

  function stopListening(): Promise<void> {
    const closing = server;
    server = null;
    return new Promise((resolve) => (closing === null ? resolve() : closing.close(() => resolve())));
  }

  return {
    get url() {
      return `tcp:${HOST}:${listeningPort}`;
    },
    get clients() {
      return client === null ? 0 : 1;
    },
    get refusedClients() {
      return refusedClients;
    },
    get isPlugged() {
      return server !== null;
    },
    async plug() {
      if (server !== null) return;
      for (const socket of sockets) socket.resetAndDestroy();
      const starting = createServer({ allowHalfOpen: true, noDelay: true }, serve);
      await new Promise<void>((resolve, reject) => {
        starting.once('error', reject);
        starting.listen(listeningPort, HOST, resolve);
      });
      listeningPort = (starting.address() as AddressInfo).port;
      server = starting;
    },
    async unplug() {
      client = null;
      const closed = stopListening();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    powerOff() {
      client?.pause();
      client = null;
      void stopListening();
    },
    send: (bytes) => void client?.write(bytes),
    hold(isToHold) {
      if (isToHold) client?.pause();
      else client?.resume();
    },
  };
}

/** A serial cable. A printer that is switched off leaves the tty where it is and lets the bytes go by. */
function ttyCable(path: string, baud: number, receive: (bytes: Uint8Array) => void): Cable {
  let plugged: PluggedTty | null = null;
  return {
    url: `serial:${path}?baud=${baud}`,
    clients: 0,
    refusedClients: 0,
    get isPlugged() {
      return plugged !== null;
    },
    async plug() {
      plugged ??= await plugTty(path, receive);
    },
    async unplug() {
      const unplugging = plugged;
      plugged = null;
      await unplugging?.unplug();
    },
    powerOff: () => undefined,
    send: (bytes) => plugged?.send(bytes),
    hold: (isHeld) => plugged?.hold(isHeld),
  };
}

function flagField(body: ControlBody, name: string): boolean {
  const value = body[name];
  if (typeof value !== 'boolean') throw controlProblem(`"${name}" must be true or false`);
  return value;
}

function linesField(body: ControlBody): number | null {
  const { lines } = body;
  if (lines === null || (typeof lines === 'number' && Number.isSafeInteger(lines) && lines >= 0)) return lines;
  throw controlProblem('"lines" must be a whole number, or null for an endless roll');
}

function hexField(body: ControlBody): Uint8Array {
  const { hex } = body;
  if (typeof hex !== 'string' || !/^([0-9a-fA-F]{2})+$/.test(hex)) throw controlProblem('"hex" must be bytes in hex');
  return Buffer.from(hex, 'hex');
}
