/** What `bin/kassa emulator` starts: one emulated server by its name, each loaded only when it is asked for. */
import type { BuyerName } from './buyer-name.ts';
import type { DialectTable } from './dialect.ts';

export interface ServedEmulator {
  name: string;
  url: string;
  /** Base of the control plane, `…/control`. */
  control: string;
  close(): Promise<void>;
}

export interface ServeOptions {
  port: number;
  buyer: string;
  /** Where the books outlive the server; absent: they end with it. */
  stateFile?: string;
  /** Of its table: how it answers otherwise from the start. */
  dialect?: object;
}

type Starter = (options: {
  port: number;
  buyer: BuyerName;
  stateFile?: string;
}) => Promise<{ url: string; controlUrl: string; close(): Promise<void> }>;

/** One line each (`bin/kassa new-provider` adds to it). */
const STARTERS: Record<string, () => Promise<Starter>> = {
  oplati: async () => (await import('./oplati/server.ts')).startOplatiEmulator,
  paymaster: async () => (await import('./paymaster/server.ts')).startPaymasterEmulator,
  assist: async () => (await import('./assist/server.ts')).startAssistEmulator,
  printer: async () => (await import('./printer/server.ts')).startPrinterEmulator,
};

/** Those that can answer otherwise. */
const DIALECT_TABLES: Record<string, () => Promise<DialectTable<object>>> = {
  oplati: async () => (await import('./oplati/settings.ts')).DIALECTS,
  paymaster: async () => (await import('./paymaster/settings.ts')).DIALECTS,
  assist: async () => (await import('./assist/settings.ts')).DIALECTS,
};

/** Null: it answers in one way. */
export async function dialectTableOf(name: string): Promise<DialectTable<object> | null> {
  return Object.hasOwn(DIALECT_TABLES, name) ? ((await DIALECT_TABLES[name]?.()) ?? null) : null;
}

export const EMULATOR_NAMES: readonly string[] = Object.keys(STARTERS);

/** Starts an emulator on loopback. Throws a RangeError for a name or a buyer that does not exist. */
export async function serveEmulator(
  name: string,
  { port, buyer, dialect, ...books }: ServeOptions,
): Promise<ServedEmulator> {
  const starter = Object.hasOwn(STARTERS, name) ? STARTERS[name] : undefined;
  if (starter === undefined) throw new RangeError(`unknown emulator: ${name}`);
  const { isBuyerName } = await import('./buyer-name.ts');
  if (!isBuyerName(buyer)) throw new RangeError(`unknown buyer: ${buyer}`);
  const start = await starter();
  const { url, controlUrl: control, close } = await start({ ...dialect, port, buyer, ...books });
  return { name, url, control, close };
}
