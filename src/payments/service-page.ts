/**
 * What the service menu shows of a payment system and may change of it (SCR-35), as data: a driver brings rows, the page is
 * drawn by `screens/service-provider.ts`, and `app/service.ts` alone changes anything.
 */

/** Where a value stands: a flag of `kassa.json`, or a key of the system's own file (`1` and `0` for a switch there). */
export type Stored = { flag: string } | { key: string };

/** An operation of this system that keeps a setting as it is: one in front of the cashier, or any that has not ended. */
export interface Lock {
  while: 'running' | 'unfinished';
  /** Message that says so. */
  say: string;
}

export type ServiceRow = {
  label: string;
  /** Row 24; absent = what the kind of the row says. */
  hint?: string;
} & (
  | {
      is: 'switch';
      stored: Stored;
      /** It can be switched on only while this flag is on. */
      needs?: { flag: string };
      /** It stays on while this flag is on; told with `say`. */
      heldBy?: { flag: string; say: string };
      lock?: Lock;
    }
  /** One of several; each has a row of its own below this one. `needs`: a key without which the option cannot work. */
  | {
      is: 'choice';
      key: string;
      options: readonly { value: string; label: string; needs?: string }[];
      lock: Lock;
      optionHint: string;
    }
  /** Typed in a box, `ask` is its message. `absent`: shown while it is empty. */
  | { is: 'text'; key: string; ask: string; absent: string; lock: Lock }
  /** `needs`: a key that must be filled in. */
  | { is: 'action'; does: 'token' | 'check'; needs?: { key: string; say: string } }
  /** Below the settings: when the token was received. */
  | { is: 'tokenState' }
  /** Below the settings: whether the file is right and complete. */
  | { is: 'fileState' }
  /** Below the settings: something that is there by itself; who would change it is told so. `off`: its text meanwhile. */
  | { is: 'note'; off: string; say: string }
);

export interface ServicePage {
  /** Its place among the systems of the menu. */
  place: number;
  /** Row 4, after `Настройки - `. */
  heading: string;
  /** Its own switch: the other rows hang on it, its payment types are on offer while it is on. */
  on: Stored;
  rows: readonly ServiceRow[];
}

/** The steps of `Проверить связь`, in their order. */
export const LINK_STEPS = ['dns', 'proxy', 'tls', 'clock', 'answer'] as const;

export const LINK_STEP_TITLES: Readonly<Record<LinkStep['name'], string>> = {
  dns: 'DNS',
  proxy: 'Прокси',
  tls: 'Соединение',
  clock: 'Часы',
  answer: 'Ответ',
};

export interface LinkStep {
  name: (typeof LINK_STEPS)[number];
  /** `warning`: it works, and somebody should see to it. `skipped`: a step before it has failed. */
  result: 'ok' | 'warning' | 'failed' | 'skipped';
  /** Russian, without secrets. */
  detail: string;
  /** How long it took; null = nothing was waited for. */
  ms: number | null;
  /** Why it failed, for scripts and the log. */
  code: string | null;
}

export function isSame(one: Stored, other: Stored): boolean {
  return nameOf(one) === nameOf(other) && 'flag' in one === 'flag' in other;
}

/** Under this name its value is told (`SystemPage.values`). */
export function nameOf(stored: Stored): string {
  return 'flag' in stored ? stored.flag : stored.key;
}

/** The row of a system's own switch. */
export function ownSwitch({ on, rows }: ServicePage): ServiceRow | undefined {
  return rows.find((row) => row.is === 'switch' && isSame(row.stored, on));
}
