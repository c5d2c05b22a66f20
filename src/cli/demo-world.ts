import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProviderOverrides } from '../app/provider-settings.ts';
import { startAssistEmulator } from '../emulators/assist/server.ts';
import { DEFAULT_SETTINGS as ASSIST_ACCOUNT } from '../emulators/assist/settings.ts';
import type { BuyerName } from '../emulators/buyer-name.ts';
import { startOplatiEmulator } from '../emulators/oplati/server.ts';
import { startPaymasterEmulator } from '../emulators/paymaster/server.ts';
import { DEFAULT_SETTINGS as PAYMASTER_ACCOUNT } from '../emulators/paymaster/settings.ts';
import type { ReaderEmulator } from '../emulators/reader/server.ts';
import { startScannerEmulator } from '../emulators/scanner/server.ts';
import { assistConf } from '../payments/providers/assist/conf.ts';
import { paymasterConf } from '../payments/providers/paymaster/conf.ts';
import { writeFileAtomically } from '../settings/atomic-file.ts';
import type { Paths } from '../settings/paths.ts';
import { writeProviderConf } from '../settings/provider-conf.ts';
import type { DemoDialects } from './dialects.ts';

/** What stands around the register of a demonstration. */
export interface DemoWorld {
  scannerUrl: string;
  /** Where the register finds its payment systems. */
  providers: ProviderOverrides;
  /** A tty of its own takes a moment: the first screen does not wait for it, its path is known before. */
  startReader(): void;
  /** Takes `emulators.json` away too. */
  close(): Promise<void>;
}

/**
 * The payment servers, the scanner and the card reader, each in `emulators.json` as soon as it runs. The books survive a
 * kill -9 of the demo, as a real server's would: an unfinished payment must be found again.
 * @param urls servers to be used instead of the demo's own (`--oplati-url` and its like); how they are steered, who
 *   started them knows
 * @param dialects how the demo's own servers answer otherwise
 */
export async function startDemoWorld(
  paths: Paths,
  buyer: BuyerName,
  urls: { oplati?: string | undefined; paymaster?: string | undefined; assist?: string | undefined } = {},
  dialects: DemoDialects = {},
): Promise<DemoWorld> {
  const book = (name: string) => join(paths.data, `${name}-emulator.json`);
  const loyaltyCards = buyer === 'no-card' ? [] : [{ cardNumber: '2900000000018', programName: 'Лояльность О!плати' }];
  const [oplati, paymaster, assist, scanner] = await Promise.all([
    given(urls.oplati) ?? startOplatiEmulator({ ...dialects.oplati, buyer, stateFile: book('oplati'), loyaltyCards }),
    given(urls.paymaster) ?? startPaymasterEmulator({ ...dialects.paymaster, buyer, stateFile: book('paymaster') }),
    given(urls.assist) ?? startAssistEmulator({ ...dialects.assist, buyer, stateFile: book('assist') }),
    startScannerEmulator(),
  ]);
  const servers = { oplati, paymaster, assist, scanner };
  try {
    writeAddresses(paths.emulators, servers);
  } catch (error) {
    // Running servers would keep a program alive that has nothing to show.
    await Promise.all(Object.values(servers).map((server) => server.close()));
    throw error;
  }
  const readerTty = join(paths.data, 'reader-tty');
  const [, main = ''] = process.argv;
  let starting: Promise<ReaderEmulator | null> | null = null;
  return {
    scannerUrl: scanner.url,
    providers: {
      oplati: { url: oplati.url },
      paymaster: { url: paymaster.url },
      assist: {
        serverUrl: assist.url,
        readerUrl: `serial:${readerTty}?baud=115200`,
        softPosProgram: `"${process.execPath}" "${main}" emulator softpos --assist-url ${assist.url} --buyer ${buyer}`,
      },
    },
    startReader() {
      starting = startReader(readerTty, assist.url, (reader) =>
        writeAddresses(paths.emulators, { ...servers, reader }),
      );
    },
    async close() {
      await (await starting)?.close();
      await Promise.all([oplati.close(), paymaster.close(), assist.close(), scanner.close()]);
      rmSync(paths.emulators, { force: true });
    },
  };
}

interface DemoServer {
  url: string;
  controlUrl?: string;
  close(): Promise<void>;
}

/** A server that was there before the demo, and stays. */
function given(url: string | undefined): DemoServer | null {
  return url === undefined ? null : { url, close: () => Promise.resolve() };
}

/** Without python3 there is no tty: the demonstration then has no reader, and says so as a shop would (AS-11). */
async function startReader(
  tty: string,
  assistUrl: string,
  announce: (reader: ReaderEmulator) => void,
): Promise<ReaderEmulator | null> {
  const { startReaderEmulator } = await import('../emulators/reader/server.ts');
  const reader = await startReaderEmulator({ tty, assist: { url: assistUrl } }).catch(() => null);
  try {
    if (reader !== null) announce(reader);
  } catch {
    // The disk may be full by now: the reader pays, it only cannot be found from outside.
  }
  return reader;
}

/** Renamed into place: the file changes while somebody may be reading it. */
function writeAddresses(path: string, servers: Readonly<Record<string, DemoServer>>): void {
  const addresses = Object.entries(servers).map(([name, { url, controlUrl: control }]) => [name, { url, control }]);
  const draft = `${path}.new`;
  writeFileSync(draft, `${JSON.stringify({ pid: process.pid, ...Object.fromEntries(addresses) }, null, 2)}\n`);
  renameSync(draft, path);
}

/** Real files, so that an editor can change them; only the addresses are the emulators'. */
export function writeDemoAccounts(paths: Paths): void {
  const paymaster = join(paths.paysystems, paymasterConf.file);
  if (!existsSync(paymaster)) {
    const { merchantId, token } = PAYMASTER_ACCOUNT;
    writeProviderConf(paymaster, paymasterConf, { merchantId, token });
  }
  const assist = join(paths.paysystems, assistConf.file);
  if (!existsSync(assist)) {
    const { merchantId, login, password } = ASSIST_ACCOUNT;
    writeProviderConf(assist, assistConf, { serverUrl: 'https://payments.paysecure.ru', merchantId, login, password });
  }
}

/** The shop of the slips: in its file, so that `preview`, `devices` and whoever edits it see the same one. */
export function writeDemoSettings(paths: Paths): void {
  if (existsSync(paths.settings)) return;
  const shop = { name: 'МАГАЗИН "ДЕМО"', taxNumber: '100000000', address: 'г. Минск' };
  writeFileAtomically(paths.settings, `${JSON.stringify({ shop }, null, 2)}\n`, 0o640);
}
