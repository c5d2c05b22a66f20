/** The throw-away world of a recipe: a root with demo goods, and the servers and devices the recipe names. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProviderOverrides } from '../../app/provider-settings.ts';
import { seedDemo } from '../../catalog/demo.ts';
import { loadFile } from '../../catalog/load/load-file.ts';
import type { AssistEmulator } from '../../emulators/assist/server.ts';
import { DEFAULT_SETTINGS as ASSIST_ACCOUNT } from '../../emulators/assist/settings.ts';
import { type EmulatorClock, SteerableClock, systemClock } from '../../emulators/clock.ts';
import type { OplatiEmulator } from '../../emulators/oplati/server.ts';
import type { PaymasterEmulator } from '../../emulators/paymaster/server.ts';
import { DEFAULT_SETTINGS as PAYMASTER_ACCOUNT } from '../../emulators/paymaster/settings.ts';
import type { ReaderEmulatorOptions } from '../../emulators/reader/server.ts';
import { oplatiConf } from '../../payments/providers/oplati/conf.ts';
import { type Paths, pathsOf } from '../../settings/paths.ts';
import { writeProviderConf } from '../../settings/provider-conf.ts';
import type { Recipe, World } from './recipe.ts';

export const REG_NUM = 'OPL000000002';
const READER_NAME = 'PP0918900518';
const BUYER_DELAY_MS = 700;
const DAY_MS = 86_400_000;
/** A first command waits for its port to be opened. */
const ON_THE_CABLE_MS = 2000;

/** A minute of the real server is a few seconds here; the order of events is the same. */
const FAST_OPLATI_SERVER = { buyerDelayMs: BUYER_DELAY_MS, sessionTtlMs: 3000, confirmTtlMs: 4000 };
const FAST_OPLATI = { readyPollMs: 500, paymentPollMs: 700, sessionTtlMs: 3000, sessionMs: 4000, retryPauseMs: 300 };
const FAST_PAYMASTER = { pollMs: 500, waitMs: 2000, graceMs: 1000, settleMs: 1000, backOffMaxMs: 2000 };
const FAST_ASSIST = {
  pollMs: 500,
  pollSlowMs: 1000,
  settlePollMs: 500,
  settleMs: 1500,
  deviceSettleMs: 3000,
  recheckMs: 1000,
  backOffMaxMs: 2000,
  // The reader may stand still for as long as somebody looks at its screen.
  deviceSilenceMs: DAY_MS,
  readerLinkMs: DAY_MS,
  slipPrintMs: DAY_MS,
  cashierWaitMs: DAY_MS,
};

export interface WorldOptions {
  clock?: EmulatorClock;
  /** Command line of the payment program, for a buyer of this name. */
  softPosProgram(assistUrl: string, buyer: string): string;
  /** Default: on a real tty. */
  startReader?(options: ReaderEmulatorOptions): Promise<{ url: string; close(): Promise<void> }>;
}

export interface RunningWorld {
  servers: { oplati: OplatiEmulator | null; paymaster: PaymasterEmulator | null; assist: AssistEmulator | null };
  /** For the register: where the servers are, and the recipe's settings. */
  providers: ProviderOverrides;
  printerUrl: string;
  /** The reader does nothing more by itself: what its screen shows stays. */
  holdReader(): void;
  close(): Promise<void>;
}

/** @throws when there is no python3 for the tty of a reader */
export async function prepareWorld({ world }: Recipe, root: string, options: WorldOptions): Promise<RunningWorld> {
  const paths = pathsOf(root);
  const clock = options.clock ?? systemClock;
  await writeRoot(world, paths);
  const [oplati, paymaster, assist] = await Promise.all([
    startOplati(world, clock),
    startPaymaster(world, clock),
    startAssist(world, clock),
  ]);
  const readerTime = stoppableTime(clock);
  const reader =
    assist === null ? null : await startReader(world, assist, paths, { ...options, clock: readerTime.clock });
  return {
    servers: { oplati, paymaster, assist },
    providers: {
      ...(oplati === null ? {} : { oplati: { url: oplati.url, ...FAST_OPLATI } }),
      ...(paymaster === null ? {} : { paymaster: paymasterSettings(world, paymaster) }),
      ...(assist === null ? {} : { assist: assistSettings(world, assist, reader?.url ?? 'none', options) }),
    },
    printerUrl: world.printer ?? `file:${paths.printerBytes}`,
    holdReader: () => readerTime.stop(),
    async close() {
      readerTime.stop();
      await Promise.all([oplati?.close(), paymaster?.close(), assist?.close(), reader?.close()]);
    },
  };
}

/**
 * Time of a device whose screens stand for less than a second. Once stopped, nothing that was to come comes any more, nor
 * what follows from a command that was still on the cable; a later command moves it again.
 */
export function stoppableTime(base: EmulatorClock): { clock: EmulatorClock; stop(): void } {
  const steps = new SteerableClock(base);
  let deafUntilMs = 0;
  return {
    clock: {
      now: () => steps.now(),
      setTimeout: (run, delayMs) => (base.now() < deafUntilMs ? null : steps.setTimeout(run, delayMs)),
      clearTimeout: (handle) => steps.clearTimeout(handle),
    },
    stop() {
      steps.stop();
      deafUntilMs = base.now() + ON_THE_CABLE_MS;
    },
  };
}

async function writeRoot({ oplati, assist, withoutCardGroups }: World, paths: Paths): Promise<void> {
  mkdirSync(paths.data, { recursive: true });
  seedDemo(paths.catalog);
  if (withoutCardGroups) {
    const file = join(paths.root, 'pos-groups.aif');
    writeFileSync(file, '{"command":"clearCardGroup"}\n---\n');
    await loadFile(paths.catalog, file, { allOrNothing: true });
  }
  if (oplati !== undefined) {
    writeProviderConf(join(paths.paysystems, oplatiConf.file), oplatiConf, {
      regNum: REG_NUM,
      mode: String(oplati.mode),
    });
  }
  if (assist?.reader?.isKnown) writeFileSync(paths.lastReader, READER_NAME);
}

async function startOplati({ oplati }: World, clock: EmulatorClock): Promise<OplatiEmulator | null> {
  if (oplati === undefined) return null;
  const { startOplatiEmulator } = await import('../../emulators/oplati/server.ts');
  const hasCard = oplati.buyer !== 'no-card';
  return startOplatiEmulator({
    ...FAST_OPLATI_SERVER,
    clock,
    buyer: oplati.buyer,
    ...(oplati.foreignToken ? { tokens: { [REG_NUM]: 'token-of-another-register' } } : {}),
    ...(hasCard ? { loyaltyCards: [{ cardNumber: '9900000000017', programName: 'Лояльность' }] } : {}),
  });
}

async function startPaymaster({ paymaster }: World, clock: EmulatorClock): Promise<PaymasterEmulator | null> {
  if (paymaster === undefined) return null;
  const { startPaymasterEmulator } = await import('../../emulators/paymaster/server.ts');
  const { buyer, refunds = { resultCode: 'Success' } } = paymaster;
  const server = await startPaymasterEmulator({
    clock,
    buyer,
    buyerDelayMs: BUYER_DELAY_MS,
    refunds:
      refunds === 'never'
        ? { endsAfterMs: null, resultCode: 'Success' }
        : { endsAfterMs: BUYER_DELAY_MS, resultCode: refunds.resultCode },
  });
  if (paymaster.plateIsTaken) await takePlate(server, paymaster.settings?.stickerId ?? '');
  return server;
}

/** What another till of the shop would ask for: its order number is not one of ours. */
async function takePlate(server: PaymasterEmulator, stickerId: string): Promise<void> {
  const { token, merchantId } = PAYMASTER_ACCOUNT;
  await fetch(`${server.url}/payments`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      merchantId,
      invoice: { description: 'Оплата, касса 99', orderNo: '99-1-1' },
      amount: { value: 7, currency: 'RUB' },
      paymentData: { paymentMethod: 'sbp', stickerId },
    }),
  });
  server.setBuyer('silent');
}

async function startAssist({ assist }: World, clock: EmulatorClock): Promise<AssistEmulator | null> {
  if (assist === undefined) return null;
  const { startAssistEmulator } = await import('../../emulators/assist/server.ts');
  const { buyer, forbiddenMeans = [] } = assist;
  return startAssistEmulator({ clock, buyer, buyerDelayMs: BUYER_DELAY_MS, forbiddenMeans });
}

async function startReader(
  { assist }: World,
  { url }: AssistEmulator,
  { data }: Paths,
  { clock, startReader }: WorldOptions & { clock: EmulatorClock },
): Promise<{ url: string; close(): Promise<void> } | null> {
  if (assist?.reader === undefined) return null;
  const start = startReader ?? (await import('../../emulators/reader/server.ts')).startReaderEmulator;
  const { scenario } = assist.reader;
  // Inside the root: it goes with it, also when the terminal is closed in the middle of the walk.
  return start({ assist: { url }, clock, name: READER_NAME, scenario, tty: join(data, 'reader-tty') });
}

function paymasterSettings({ paymaster }: World, { url }: PaymasterEmulator): Record<string, unknown> {
  const { merchantId, token } = PAYMASTER_ACCOUNT;
  return { url, merchantId, token, ...FAST_PAYMASTER, ...paymaster?.settings };
}

/** All four means are offered, so that each has the same number in every walk. */
function assistSettings(
  { assist }: World,
  { url }: AssistEmulator,
  readerUrl: string,
  { softPosProgram }: WorldOptions,
): Record<string, unknown> {
  const { merchantId, login, password } = ASSIST_ACCOUNT;
  return {
    serverUrl: url,
    merchantId,
    login,
    password,
    readerUrl,
    softPosProgram: softPosProgram(url, assist?.softPosBuyer ?? 'pays'),
    ...FAST_ASSIST,
    ...assist?.settings,
  };
}
