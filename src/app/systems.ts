import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Driver } from '../payments/driver.ts';
import { nameOf, type ServiceRow, type Stored } from '../payments/service-page.ts';
import type { Currency } from '../register/model.ts';
import type { Settings } from '../settings/settings.ts';
import { changeSetting } from '../settings/settings-writer.ts';
import type { SystemPage, SystemRow } from '../ui/model.ts';
import type { Clock } from './clock.ts';
import type { ProviderSettings } from './provider-settings.ts';

/** How long a look at the files is good for: the model is made anew for every picture. */
const LOOK_AGE_MS = 1000;

/** What a change of the service menu has come upon: the file and its parameter. */
export type ChangeProblem = { file: string; parameter: string };

/** A flag of `kassa.json` by its name, as a driver names it; one that is not there is on. */
export function flagOf(settings: Settings, name: string): boolean {
  return (settings as unknown as Readonly<Record<string, unknown>>)[name] !== false;
}

/** The payment systems as the service menu sees them: which are on, what stands in their files (SCR-34, SCR-35). */
export class Systems {
  readonly #root: string;
  readonly #drivers: ReadonlyMap<string, Driver>;
  readonly #providers: ProviderSettings;
  readonly #folder: string;
  readonly #settings: Settings;
  readonly #clock: Clock;
  /** Flags that were changed since the start. */
  readonly #flags = new Map<string, boolean>();
  #looked: { atMs: number; off: string[]; broken: string[] } | null = null;

  /** @param folder `cash/paysystems` of the root */
  constructor(sources: {
    root: string;
    drivers: ReadonlyMap<string, Driver>;
    providers: ProviderSettings;
    folder: string;
    settings: Settings;
    clock: Clock;
  }) {
    this.#root = sources.root;
    this.#drivers = sources.drivers;
    this.#providers = sources.providers;
    this.#folder = sources.folder;
    this.#settings = sources.settings;
    this.#clock = sources.clock;
  }

  /** Those behind a server, in the order of the menu. @param brought payment types of all that are set up */
  list(brought: readonly Currency[]): SystemRow[] {
    const { off, broken } = this.#look();
    return [...this.#drivers.values()]
      .filter(({ conf }) => conf !== null)
      .toSorted((one, other) => placeOf(one) - placeOf(other))
      .map(({ name, title, service }) => ({
        name,
        title,
        isOn: !off.includes(name),
        // A broken file says so when it is chosen (SYS-08).
        isSetUp: broken.includes(name) || brought.some(({ provider }) => provider === name),
        hasPage: service !== undefined,
      }));
  }

  /** The payment types on offer: those of a system that is switched off are not. */
  offered(brought: Currency[]): Currency[] {
    const { off } = this.#look();
    return off.length === 0 ? brought : brought.filter(({ provider }) => !off.includes(provider));
  }

  /** Everything the page of a system shows; null when it has none. */
  page(name: string, brought: readonly Currency[]): SystemPage | null {
    const driver = this.#drivers.get(name);
    if (driver?.service === undefined) return null;
    const settings = this.#providers.of(name);
    const bad = 'file' in settings ? settings : this.#providers.networkFault(name);
    const texts = this.#providers.texts(name);
    const values: Record<string, string> = {};
    for (const stored of driver.service.rows.flatMap(storedBy)) {
      values[nameOf(stored)] = 'flag' in stored ? (this.#isFlagOn(stored.flag) ? '1' : '0') : (texts[stored.key] ?? '');
    }
    const { tokenFile = null } = driver;
    const tokenPath = tokenFile === null ? null : join(this.#folder, tokenFile);
    return {
      name,
      title: driver.title,
      service: driver.service,
      isOn: !this.#look().off.includes(name),
      values,
      tokenAt: tokenPath === null ? null : (statSync(tokenPath, { throwIfNoEntry: false })?.mtimeMs ?? null),
      file: bad?.file ?? driver.conf?.file.split('/').at(-1) ?? '',
      problem: bad?.parameter ?? null,
      isSetUp: brought.some(({ provider }) => provider === name),
    };
  }

  /** Writes a change to its file, keeping the engineer's comments. @returns what is wrong, null when it is done */
  async change(name: string, stored: Stored, value: string): Promise<ChangeProblem | null> {
    if ('key' in stored) {
      const problem = this.#providers.change(name, { [stored.key]: value });
      this.#looked = null;
      return problem;
    }
    const isOn = value === '1';
    const written = await changeSetting(this.#root, stored.flag, isOn);
    if ('problem' in written) return { file: 'kassa.json', parameter: written.problem.parameter };
    this.#flags.set(stored.flag, isOn);
    // The screen was drawn meanwhile and has looked at the switches as they were.
    this.#looked = null;
    return null;
  }

  #isFlagOn(flag: string): boolean {
    return this.#flags.get(flag) ?? flagOf(this.#settings, flag);
  }

  #look(): { off: string[]; broken: string[] } {
    const nowMs = this.#clock.now();
    if (this.#looked === null || nowMs - this.#looked.atMs > LOOK_AGE_MS) {
      const all = [...this.#drivers.values()];
      this.#looked = {
        atMs: nowMs,
        off: all.flatMap(({ name, service }) => (service === undefined || this.#isOn(name, service.on) ? [] : [name])),
        broken: all.flatMap(({ name }) => ('file' in this.#providers.of(name) ? [name] : [])),
      };
    }
    return this.#looked;
  }

  #isOn(name: string, on: Stored): boolean {
    return 'flag' in on ? this.#isFlagOn(on.flag) : this.#providers.texts(name)[nameOf(on)] !== '0';
  }
}

/** What of its file a row shows: nothing else is looked at, least of all a secret. */
function storedBy(row: ServiceRow): Stored[] {
  if (row.is === 'switch') return [row.stored];
  const needed = row.is === 'choice' ? row.options.flatMap(({ needs = [] }) => needs) : [];
  return row.is === 'choice' || row.is === 'text' ? [row.key, ...needed].map((key) => ({ key })) : [];
}

/** What has no page stands behind what has one. */
function placeOf({ service }: Driver): number {
  return service?.place ?? Number.MAX_SAFE_INTEGER;
}
