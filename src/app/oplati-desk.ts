import { statSync } from 'node:fs';
import { oplatiConf } from '../payments/providers/oplati/conf.ts';
import type { Currency } from '../register/model.ts';
import type { Paths } from '../settings/paths.ts';
import { readProviderConf, writeProviderConf } from '../settings/provider-conf.ts';
import type { Settings } from '../settings/settings.ts';
import { changeSetting } from '../settings/settings-writer.ts';
import type { OplatiService } from '../ui/model.ts';
import type { OplatiChange } from '../ui/step.ts';
import type { Clock } from './clock.ts';

/** How long a look at the files is good for: the model is made anew at every key. */
const LOOK_AGE_MS = 1000;

/** О!плати's switches, where the service menu finds and leaves them (SCR-35): oplati.conf and kassa.json. */
export class OplatiDesk {
  readonly #root: string;
  readonly #paths: Paths;
  readonly #clock: Clock;
  #otherCashless: boolean;
  #enabled: boolean;
  #looked: { atMs: number; service: OplatiService } | null = null;

  constructor(root: string, paths: Paths, settings: Settings, clock: Clock) {
    this.#root = root;
    this.#paths = paths;
    this.#clock = clock;
    this.#otherCashless = settings.otherCashless;
    this.#enabled = settings.oplatiEnabled;
  }

  service(): OplatiService {
    const nowMs = this.#clock.now();
    if (this.#looked === null || nowMs - this.#looked.atMs > LOOK_AGE_MS) {
      const read = readProviderConf(this.#paths.oplatiConf, oplatiConf);
      const mode = 'reading' in read ? (Number(read.reading.value('mode')) as 0 | 1 | 2) : 0;
      const regNum = 'reading' in read ? read.reading.value('regNum') : '';
      const tokenAt = statSync(this.#paths.tokenConf, { throwIfNoEntry: false })?.mtimeMs ?? null;
      const service = { otherCashless: this.#otherCashless, enabled: this.#enabled, mode, regNum, tokenAt };
      this.#looked = { atMs: nowMs, service };
    }
    return this.#looked.service;
  }

  /** The payment types on offer: О!плати's is among them exactly while it is on. */
  offered(currencies: Currency[]): Currency[] {
    return this.#enabled ? currencies : currencies.filter(({ provider }) => provider !== 'oplati');
  }

  /** Writes a change to its file, keeping the engineer's comments. @returns what is wrong, null when it is done */
  async change(change: OplatiChange): Promise<{ file: string; parameter: string } | null> {
    const { mode, regNum, otherCashless, enabled } = change;
    this.#looked = null;
    if (mode !== undefined || regNum !== undefined) {
      const problem = writeProviderConf(this.#paths.oplatiConf, oplatiConf, {
        ...(mode === undefined ? {} : { mode: String(mode) }),
        ...(regNum === undefined ? {} : { regNum }),
      });
      if (problem !== null) return { file: 'oplati.conf', parameter: problem.parameter };
    }
    for (const [key, value] of Object.entries({ otherCashless, oplatiEnabled: enabled })) {
      if (value === undefined) continue;
      const written = await changeSetting(this.#root, key, value);
      if ('problem' in written) return { file: 'kassa.json', parameter: written.problem.parameter };
    }
    this.#otherCashless = otherCashless ?? this.#otherCashless;
    this.#enabled = enabled ?? this.#enabled;
    // The screen was drawn meanwhile and has looked at the files as they were.
    this.#looked = null;
    return null;
  }
}
