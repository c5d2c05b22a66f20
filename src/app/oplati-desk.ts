import { statSync } from 'node:fs';
import type { Currency } from '../register/model.ts';
import { readOplatiConf, writeOplatiConf } from '../settings/oplati-conf.ts';
import type { Paths } from '../settings/paths.ts';
import type { Settings } from '../settings/settings.ts';
import { changeSetting } from '../settings/settings-writer.ts';
import type { Clock } from './clock.ts';
import type { OplatiService } from './context.ts';
import type { OplatiChange } from './service.ts';

/** How long a look at the files is good for: the model is made anew at every key. */
const LOOK_AGE_MS = 1000;

/** The payment type that О!плати brings along while it is on; it cannot be edited or deleted (OPL-33). */
const OPLATI_CURRENCY: Currency = {
  code: 7,
  shortName: 'Опла',
  name: 'О!плати',
  provider: 'oplati',
  changeAllowed: false,
};

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
      const read = readOplatiConf(this.#paths.oplatiConf);
      const conf = 'conf' in read ? read.conf : { mode: 0 as const, regNum: '' };
      const tokenAt = statSync(this.#paths.tokenConf, { throwIfNoEntry: false })?.mtimeMs ?? null;
      const { mode, regNum } = conf;
      const service = { otherCashless: this.#otherCashless, enabled: this.#enabled, mode, regNum, tokenAt };
      this.#looked = { atMs: nowMs, service };
    }
    return this.#looked.service;
  }

  /** The currencies on offer: О!плати is among them exactly while it is on. */
  currencies(known: readonly Currency[]): Currency[] {
    const others = known.filter(({ provider }) => provider !== OPLATI_CURRENCY.provider);
    if (!this.#enabled) return others;
    const own = known.find(({ provider }) => provider === OPLATI_CURRENCY.provider) ?? OPLATI_CURRENCY;
    return [...others, own].sort((a, b) => a.code - b.code);
  }

  /** Writes a change to its file, keeping the engineer's comments. @returns what is wrong, null when it is done */
  async change(change: OplatiChange): Promise<{ file: string; parameter: string } | null> {
    const { mode, regNum, otherCashless, enabled } = change;
    this.#looked = null;
    if (mode !== undefined || regNum !== undefined) {
      const problem = writeOplatiConf(this.#paths.oplatiConf, {
        ...(mode === undefined ? {} : { mode }),
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
