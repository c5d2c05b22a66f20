/** What `bin/kassa emulator` starts: one emulated server by its name. */
import { type BuyerName, isBuyerName } from './oplati/buyer.ts';
import { startOplatiEmulator } from './oplati/server.ts';
import { startPrinterEmulator } from './printer/server.ts';

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
}

const STARTERS: Record<string, (port: number, buyer: BuyerName) => Promise<Omit<ServedEmulator, 'name'>>> = {
  oplati: async (port, buyer) => {
    const { url, controlUrl: control, close } = await startOplatiEmulator({ port, buyer });
    return { url, control, close };
  },
  printer: async (port) => {
    const { url, controlUrl: control, close } = await startPrinterEmulator({ port });
    return { url, control, close };
  },
};

export const EMULATOR_NAMES: readonly string[] = Object.keys(STARTERS);

/** Starts an emulator on loopback. Throws a RangeError for a name or a buyer that does not exist. */
export async function serveEmulator(name: string, options: ServeOptions): Promise<ServedEmulator> {
  const start = Object.hasOwn(STARTERS, name) ? STARTERS[name] : undefined;
  if (start === undefined) throw new RangeError(`unknown emulator: ${name}`);
  if (!isBuyerName(options.buyer)) throw new RangeError(`unknown buyer: ${options.buyer}`);
  return { name, ...(await start(options.port, options.buyer)) };
}
