/** What a provider's own file of settings looks like, as data: `settings/provider-conf.ts` reads and edits it. */
export interface ConfKey {
  name: string;
  /** Text in force while the key is absent. */
  absent: string;
  /** Said to the engineer about a bad value, Russian. */
  allowed: string;
  /** @param earlier value in force of a key that stands before this one: two may contradict each other. Absent = unknown */
  accept(value: string, earlier?: (name: string) => string): boolean;
}

export interface ProviderConf<Settings> {
  /** Below `cash/paysystems/`: `paymaster/paymaster.conf`. */
  file: string;
  /** Written when there is no file: every key with its default, commented, Russian. Begins with `[Main]`. */
  text: string;
  keys: readonly ConfKey[];
  /** @param value of a key, checked; never called with an unknown name */
  settingsOf(value: (name: string) => string): Settings;
}

/** A payment type that a provider brings along while it is set up; it cannot be edited or deleted (OPL-33). */
export interface Tender {
  /** Its code while the dictionaries have none of this provider and option. */
  code: number;
  shortName: string;
  name: string;
  /** Which of the provider's ways it is; null where there is but one. */
  option: string | null;
}

export function isHttpUrl(value: string): boolean {
  return /^https?:\/\//i.test(value) && !/\s/.test(value) && URL.canParse(value);
}

export function isIntegerWithin(value: string, minimum: number, maximum: number): boolean {
  return /^\d{1,9}$/.test(value) && Number(value) >= minimum && Number(value) <= maximum;
}
