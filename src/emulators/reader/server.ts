/** The card reader on a real tty, with its control plane. It pays at the Assist server by itself. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmulatorClock, systemClock } from '../clock.ts';
import { type ControlBody, type ControlRoutes, controlProblem, startControlServer, textField } from '../control.ts';
import { type PluggedTty, plugTty } from '../printer/tty.ts';
import { type AssistAccount, postPayment } from './assist-post.ts';
import { ReaderMachine } from './machine.ts';
import { isScenarioName, SCENARIO_NAMES, type ScenarioName, scenarioOf } from './scenario.ts';
import type { Ask } from './wire.ts';

export interface ReaderEmulatorOptions {
  /** Where the payments go; absent: the bank cannot be reached. */
  assist?: AssistAccount;
  /** Becomes a link to the tty; absent: in a folder of its own, removed at the end. Needs python3. */
  tty?: string;
  controlPort?: number;
  name?: string;
  scenario?: ScenarioName;
  /** How long the buyer and the reader take for each thing they do. */
  stepMs?: number;
  signatureLimitKopecks?: number;
  clock?: EmulatorClock;
}

export interface ReaderEmulatorReport {
  scenario: ScenarioName;
  isPlugged: boolean;
  /** What the register has asked, without pings. */
  asks: readonly Ask[];
}

export interface ReaderEmulator {
  /** For the reader setting of the register: `serial:PATH?baud=115200`. */
  readonly url: string;
  readonly controlUrl: string;
  readonly name: string;
  state(): ReaderEmulatorReport;
  /** Counts for the next payment. A new buyer finds the cable plugged in, whatever the one before has done to it. */
  play(scenario: ScenarioName): Promise<void>;
  /** Pulls or plugs the cable to the register. */
  setCable(isPlugged: boolean): Promise<void>;
  /** Text nobody asked for. */
  send(text: string): void;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const BAUD = 115_200;
const STEP_MS = 800;
const SIGNATURE_LIMIT_KOPECKS = 300_000;
/** The reader of the guide. */
const NAME = 'PP0918900518';

/** Starts the reader; rejects when there is no python3 or the path is taken. */
export async function startReaderEmulator(options: ReaderEmulatorOptions = {}): Promise<ReaderEmulator> {
  const { assist, name = NAME } = options;
  const folder = options.tty === undefined ? mkdtempSync(join(tmpdir(), 'kassa-reader-')) : null;
  const path = options.tty ?? join(folder ?? '', 'tty');
  let scenario: ScenarioName = options.scenario ?? 'chip';
  let plugged: PluggedTty | null = null;
  /** Plugging takes time: one change after another. */
  let cableWork: Promise<void> = Promise.resolve();
  const inTurn = (change: () => Promise<void>): Promise<void> => {
    cableWork = cableWork.catch(() => undefined).then(change);
    return cableWork;
  };
  const machine = new ReaderMachine(
    {
      name,
      clock: options.clock ?? systemClock,
      stepMs: options.stepMs ?? STEP_MS,
      signatureLimitKopecks: options.signatureLimitKopecks ?? SIGNATURE_LIMIT_KOPECKS,
      scenario: scenarioOf(scenario),
    },
    {
      say: (line) => plugged?.send(Buffer.from(`${JSON.stringify(line)}\n`)),
      pullCable: () => void setCable(false),
      pay: async (order, cardScenario) =>
        assist !== undefined && postPayment(assist, { ...order, paymentMode: '11', device: name, cardScenario }),
    },
  );

  function setCable(isToPlug: boolean): Promise<void> {
    return inTurn(async () => {
      if (isToPlug) {
        plugged ??= await plugTty(path, (bytes) => machine.receive(bytes));
        return;
      }
      const unplugging = plugged;
      plugged = null;
      machine.unplugged();
      await unplugging?.unplug();
    });
  }

  function play(next: ScenarioName): Promise<void> {
    scenario = next;
    machine.scenario = scenarioOf(next);
    return setCable(true);
  }

  async function remove(): Promise<void> {
    await setCable(false);
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }

  const state = (): ReaderEmulatorReport => ({ scenario, isPlugged: plugged !== null, asks: machine.asks });
  const send = (text: string): void => plugged?.send(Buffer.from(text));
  const routes: ControlRoutes = {
    'GET state': state,
    'POST buyer': (body) => play(scenarioField(body)),
    'POST cable': (body) => setCable(cableField(body)),
    'POST send': (body) => send(textField(body, 'text')),
  };
  let control: Awaited<ReturnType<typeof startControlServer>>;
  try {
    await setCable(true);
    control = await startControlServer(HOST, options.controlPort ?? 0, routes);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    url: `serial:${path}?baud=${BAUD}`,
    controlUrl: `http://${HOST}:${control.port}/control`,
    name,
    state,
    play,
    setCable,
    send,
    close: async () => {
      await Promise.all([remove(), control.shut()]);
    },
  };
}

function scenarioField(body: ControlBody): ScenarioName {
  const name = textField(body, 'name');
  if (!isScenarioName(name)) throw controlProblem(`unknown buyer, one of: ${SCENARIO_NAMES.join(', ')}`);
  return name;
}

function cableField({ on }: ControlBody): boolean {
  if (typeof on !== 'boolean') throw controlProblem('"on" must be true or false');
  return on;
}
