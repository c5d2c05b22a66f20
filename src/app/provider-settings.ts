import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BAUD_RATES, parseDeviceUrl } from '../devices/transport/url.ts';
import { isCaFile } from '../payments/ca-file.ts';
import type { Driver } from '../payments/driver.ts';
import type { ConfKey } from '../payments/kernel/conf.ts';
import { wrongProxyVariable } from '../payments/network.ts';
import type { Currency } from '../register/model.ts';
import { describeProblem, describeWarning, type SettingsProblem } from '../settings/problem.ts';
import { readProviderConf, writeProviderConf } from '../settings/provider-conf.ts';
import type { Clock } from './clock.ts';

/** How long a look at the files is good for where a key must not wait for them. */
const LOOK_AGE_MS = 1000;

/** Overrides of single settings for one run, by the provider's name (`--assist-url`). */
export type ProviderOverrides = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Texts of a file by key, in force or by default. */
type Texts = Readonly<Record<string, string>>;

interface Known {
  version: string;
  read: { settings: unknown; texts: Texts } | { problem: SettingsProblem };
}

/**
 * What every payment system has in its own file. A file is read anew as soon as it has changed: a corrected one helps at
 * once, and a mode may change inside a shift.
 */
export class ProviderSettings {
  readonly #drivers: ReadonlyMap<string, Driver>;
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #overrides: ProviderOverrides;
  readonly #note: (level: 'error' | 'warn', text: string) => void;
  readonly #known = new Map<string, Known>();
  #offered: { atMs: number; currencies: Currency[] } | null = null;

  /**
   * @param folder `cash/paysystems` of the root
   * @param note for the log, once for every change of a file: what is wrong in it, and lines without effect
   */
  constructor(
    drivers: ReadonlyMap<string, Driver>,
    folder: string,
    clock: Clock,
    overrides: ProviderOverrides,
    note: (level: 'error' | 'warn', text: string) => void = () => undefined,
  ) {
    this.#drivers = drivers;
    this.#folder = folder;
    this.#clock = clock;
    this.#overrides = overrides;
    this.#note = note;
  }

  /** The documented text with every default in it: what the engineer finds there is what is in force. */
  writeAbsent(): void {
    for (const { conf } of this.#drivers.values()) {
      if (conf !== null && !existsSync(this.#pathOf(conf.file))) writeProviderConf(this.#pathOf(conf.file), conf, {});
    }
  }

  /** For a driver's step, or the file and parameter that is wrong (SYS-08). */
  of(name: string): { settings: unknown } | { file: string; parameter: string } {
    const driver = this.#drivers.get(name);
    if (driver === undefined || driver.conf === null) return { settings: {} };
    const read = this.#read(driver);
    if ('problem' in read) return { file: basename(driver.conf.file), parameter: read.problem.parameter };
    return { settings: read.settings };
  }

  /** What stands in its file, by key; the defaults while the file is wrong. */
  texts(name: string): Texts {
    const driver = this.#drivers.get(name);
    if (driver === undefined || driver.conf === null) return {};
    const read = this.#read(driver);
    return 'texts' in read
      ? read.texts
      : Object.fromEntries(driver.conf.keys.map(({ name: key, absent }) => [key, absent]));
  }

  /** Writes changes into its file. @returns what is wrong, null when it is done */
  change(name: string, changes: Texts): { file: string; parameter: string } | null {
    const conf = this.#drivers.get(name)?.conf ?? null;
    if (conf === null) return null;
    const problem = writeProviderConf(this.#pathOf(conf.file), conf, changes);
    this.#offered = null;
    return problem === null ? null : { file: basename(conf.file), parameter: problem.parameter };
  }

  /** What is wrong with the files, for the cashier at the start: a provider with such a file is off (SYS-08, PM-14). */
  faults(): { number: string; params: Record<string, string> }[] {
    const faults = [...this.#drivers.keys()].flatMap((name) => {
      const settings = this.of(name);
      const bad = 'file' in settings ? settings : this.networkFault(name);
      const number = this.#setUpFault(name);
      return [
        ...(bad === null ? [] : [{ number: 'SYS-08', params: { файл: bad.file, параметр: bad.parameter } }]),
        ...(number === null ? [] : [{ number, params: {} }]),
      ];
    });
    // The environment is the same for all systems.
    return [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()];
  }

  /**
   * What is wrong outside the file, with what the file refers to: nothing of this system can be sent until it is mended. Looked at anew each
   * time, as a request does.
   */
  networkFault(name: string): { file: string; parameter: string } | null {
    const driver = this.#drivers.get(name);
    const read = this.of(name);
    const network = 'settings' in read ? driver?.network?.(read.settings) : undefined;
    if (driver === undefined || network === undefined || !('settings' in read)) return null;
    if (network.caFile !== '' && !isCaFile(network.caFile)) {
      return { file: basename(driver.conf?.file ?? ''), parameter: 'ca' };
    }
    const variable = driver.tenders(read.settings).length === 0 ? null : wrongProxyVariable(network, process.env);
    return variable === null ? null : { file: 'окружение', parameter: variable };
  }

  #setUpFault(name: string): string | null {
    const settings = this.of(name);
    return 'settings' in settings ? (this.#drivers.get(name)?.setUpFault?.(settings.settings) ?? null) : null;
  }

  /**
   * The payment types the systems bring along, under the code and name the dictionaries have for them.
   * @param known the dictionaries' own
   * @returns all that can be chosen, by code; what belongs to a system that is not set up is not among them
   */
  currencies(known: readonly Currency[]): Currency[] {
    const nowMs = this.#clock.now();
    if (this.#offered === null || nowMs - this.#offered.atMs > LOOK_AGE_MS) {
      this.#offered = { atMs: nowMs, currencies: this.#brought(known) };
    }
    return this.#offered.currencies;
  }

  /** Passwords and tokens of the files, for the log's redaction. Asked at every record. */
  secrets(): string[] {
    return this.#ofEach((driver, settings) => driver.secrets(settings, null));
  }

  /** Fields of the wire that the files have given to secrets of buyers; for the same. */
  secretFields(): string[] {
    return this.#ofEach((driver, settings) => driver.secretFields?.(settings) ?? []);
  }

  #ofEach(take: (driver: Driver, settings: unknown) => string[]): string[] {
    return [...this.#drivers.values()].flatMap((driver) => {
      const read = driver.conf === null ? null : this.#read(driver);
      return read !== null && 'settings' in read ? take(driver, read.settings) : [];
    });
  }

  #brought(known: readonly Currency[]): Currency[] {
    const systems = [...this.#drivers.values()].filter(({ conf }) => conf !== null);
    const others = known.filter(({ provider }) => !systems.some(({ name }) => name === provider));
    const taken = new Set(others.map(({ code }) => code));
    const own = systems.flatMap(({ name, tenders }) => {
      const settings = this.of(name);
      // Chosen, it says what is wrong with its file (SYS-08).
      if (!('settings' in settings)) return known.filter(({ provider }) => provider === name);
      if (this.#setUpFault(name) !== null) return [];
      return tenders(settings.settings).map((tender): Currency => {
        const named = known.find((currency) => currency.provider === name && tender.option === null);
        let code = named?.code ?? tender.code;
        while (taken.has(code)) code++;
        taken.add(code);
        const { shortName, option } = tender;
        return { shortName, name: tender.name, ...named, code, provider: name, option, changeAllowed: false };
      });
    });
    return [...others, ...own].sort((a, b) => a.code - b.code);
  }

  #read(driver: Driver): Known['read'] {
    const { name, conf } = driver;
    if (conf === null) return { settings: {}, texts: {} };
    const path = this.#pathOf(conf.file);
    const version = versionOf(path);
    const known = this.#known.get(name);
    if (known?.version === version) return known.read;
    const found = readProviderConf(path, { ...conf, keys: conf.keys.map(checkedKey) });
    const read =
      'problem' in found
        ? found
        : {
            settings: { ...(conf.settingsOf(found.reading.value) as object), ...this.#overrides[name] },
            texts: Object.fromEntries(conf.keys.map(({ name: key }) => [key, found.reading.value(key)])),
          };
    this.#known.set(name, { version, read });
    // Only now: the log asks for the secrets at every record, and must find this file read.
    if ('problem' in found) this.#note('error', describeProblem(found.problem));
    else for (const warning of found.reading.warnings) this.#note('warn', describeWarning(warning));
    return read;
  }

  #pathOf(file: string): string {
    return join(this.#folder, file);
  }
}

/** The address of a card reader (`Driver.devices`) is the device room's to judge, which a payment system may not ask. */
function checkedKey(key: ConfKey): ConfKey {
  if (key.name !== 'readerUrl') return key;
  const allowed = `пусто, none, serial:/dev/...?baud=9600 (${BAUD_RATES.join(', ')}) или tcp:АДРЕС:ПОРТ`;
  return { ...key, allowed, accept: (value) => key.accept(value) && (value === '' || isReaderUrl(value)) };
}

function isReaderUrl(value: string): boolean {
  const parsed = parseDeviceUrl(value);
  return parsed.ok && parsed.url.kind !== 'file';
}

/** Tells one content of a file from another without reading it; logging must not fail over a file that cannot be looked at. */
function versionOf(path: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return 'absent';
  }
}
