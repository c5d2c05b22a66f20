/** `cash/conf/kassa.json`: read and checked by hand at start, because zod and conf cost too much of the start time. */
import { readFileSync } from 'node:fs';
import { MAX_SUM_KOPECKS } from '../register/money.ts';
import { safeText } from '../register/safe-text.ts';
import {
  type Field,
  flag,
  group,
  integer,
  listOf,
  oneOf,
  oneOfNumbers,
  orNull,
  pattern,
  type Reading,
  refusedText,
  text,
} from './fields.ts';
import { type JsonNode, type JsonObject, parseJsonTree } from './json-tree.ts';
import {
  DEFAULT_KEY_MAP,
  isKeyName,
  KEY_COMMANDS,
  KEY_NAMES_TEXT,
  type KeyOverrides,
  keyMapOf,
  VITAL_COMMANDS,
} from './key-map.ts';
import { pathsOf } from './paths.ts';
import type { SettingsProblem } from './problem.ts';

export interface Settings {
  /** касса <N> */
  registerNumber: number;
  /** Minutes east of UTC for a till whose own zone is wrong; null = the zone of the machine. */
  utcOffsetMinutes: number | null;
  shop: { name: string; taxNumber: string; address: string };
  keyMap: KeyOverrides;
  /** Equal goods make one row of the receipt. */
  mergeEqualLines: boolean;
  /** `alwaysConfirmStorno`: a second user confirms. */
  confirmStorno: boolean;
  disableZeroPrice: boolean;
  /** `minQuant` */
  minQuantityThousandths: number;
  maxReceiptKopecks: number;
  /** The cash in the drawer is watched: DOM-36 from `maxCashSum` on, DOM-37 from `dangerousCashSum` on. */
  checkCashSum: boolean;
  /** Whole roubles, as in domain.md 5. More than that is not taken in cash, nor for a price, without a question. */
  maxCashSum: number;
  /** Whole roubles. */
  dangerousCashSum: number;
  /** Whole units; more is not taken without a question. */
  maxQuantity: number;
  /** DOM-12: goods by scan or barcode only. */
  denyCodeEntry: boolean;
  /** `AuthenticationForm.Users.visible` */
  userListVisible: boolean;
  /** `Получено`, or `Оплачено` as in old builds. */
  receivedLabel: string;
  /** `locktimer`; 0 = never. */
  lockAfterSeconds: number;
  /** Shorter passwords are not even tried (DOM-08). */
  minPasswordLength: number;
  /** `none` where the console font has no half blocks. */
  qrBlocks: 'half' | 'none';
  soundOn: boolean;
  /** `weight: 22CCCCCWWWWWK` (devices.md 2.3) */
  weightTemplates: string[];
  scanner: ScannerSettings;
  /** Further scanners beside the first: a fixed one and a hand-held one. */
  scanners: ScannerSettings[];
  wedge: {
    enabled: boolean;
    /** The character the keyboard scanner was set to send first; null = known by its speed. */
    prefix: string | null;
  };
  printer: PrinterSettings;
  display: CodepageSettings & { url: string; profile: string };
  /** Patterns of the terminal bell; `soundOn` switches all of them. */
  sounds: { refused: boolean; error: boolean; done: boolean };
  /** Free space below which electronic payment is refused (SYS-03). */
  diskReserveMegabytes: number;
  /** Currency that digits + Enter and `Итого` pay in. */
  mainCurrencyCode: number;
  /** Whether a card and О!плати may pay one receipt (domain.md 2.7). */
  cardAndOplatiTogether: boolean;
  /** `Оплата с помощью иных способов безналичных оплат` of the service menu (SCR-35). */
  otherCashless: boolean;
  /** `Работа с системой ОПЛАТИ`; only together with `otherCashless`. */
  oplatiEnabled: boolean;
  /** zPOS: the electronic part of a sale may be given back in cash. */
  cashForElectronicReturn: boolean;
  /** A sale may be returned in several parts. */
  allowSeveralBackBySale: boolean;
  /** A return without the receipt of the sale. */
  freeReturn: boolean;
  /** Where payment systems' notifications are heard, on loopback only: `127.0.0.1:8090`, or `none`. */
  notificationsAddress: string;
  log: { compatLatinCoo: boolean };
}

export interface ScannerSettings {
  url: string;
  /** The same code twice within 0.3 s is one piece read twice, not two pieces. */
  dropsRepeats: boolean;
  /** The scanner sends no CR or LF: silence ends a code. */
  hasNoSuffix: boolean;
}

export interface CodepageSettings {
  codepage: 'cp866' | 'cp1251' | null;
  /** The n of `ESC t n`, as the test sheet shows it. */
  codepageNumber: number | null;
}

/** From `columns` on: in what the shop's printer differs from the profile; null = as the profile says. */
export interface PrinterSettings extends CodepageSettings {
  url: string;
  profile: string;
  /** False: slips wait until a printer that can tell its state has told it. */
  printsWhenUnknown: boolean;
  columns: 32 | 42 | 48 | null;
  cut: 'partial' | 'full' | 'none' | null;
  cutFeed: number | null;
  qr: 'native' | 'raster' | 'none' | null;
  drawerPin: 2 | 5 | null;
  drawerOnMs: number | null;
  drawerOffMs: number | null;
  /** The level on the drawer's pin while it is open; null = it has no sensor, or nobody asks (DEV-30). */
  drawerOpenLevel: 'low' | 'high' | null;
  status: 'none' | 'dle' | 'asb' | null;
}

const MAX_ROUBLES = Math.trunc(MAX_SUM_KOPECKS / 100);

const PORT = String.raw`none|serial:\/[^\s?]+(?:\?[a-zA-Z]+=\w+(?:&[a-zA-Z]+=\w+)*)?|tcp:(?:[\w.-]+|\[[\da-fA-F:]+\]):\d{1,5}`;
const PORT_ALLOWED = '"none", "serial:/dev/...?baud=9600", "tcp:АДРЕС:ПОРТ"';

/** A file takes bytes and gives none. */
const inputUrl = pattern('none', new RegExp(`^(?:${PORT})$`), PORT_ALLOWED);
const outputUrl = pattern('none', new RegExp(`^(?:${PORT}|file:.+)$`), `${PORT_ALLOWED}, "file:ПУТЬ"`);

// Thirteen places, a fixed prefix, a code, then weight, price or pieces, the check digit last (devices.md 2.3).
const weightTemplate = pattern(
  '',
  /^(?=\w+: ?\w{13}$)(?:weight: ?\d+C+V*W+V*K|price: ?\d+C+V*P+V*K|pieces: ?\d+C+V*Q+V*K)$/,
  'строка вида "weight: 22CCCCCWWWWWK" (weight W, price P, pieces Q; 13 знаков)',
);

const scannerFields = group<ScannerSettings>({
  url: inputUrl,
  dropsRepeats: flag(false),
  hasNoSuffix: flag(false),
});

const profileName = (absent: string) =>
  pattern(absent, /^[a-z0-9-]{1,40}$/, 'имя профиля: строчные латинские буквы, цифры, дефис');

const codepageFields: { [K in keyof CodepageSettings]: Field<CodepageSettings[K]> } = {
  codepage: orNull(oneOf<'cp866' | 'cp1251'>('cp866', ['cp866', 'cp1251'])),
  codepageNumber: orNull(integer(0, 0, 255)),
};

const settingsFields = group<Settings>({
  registerNumber: integer(8, 1, 99_999),
  utcOffsetMinutes: orNull(integer(180, -720, 840)),
  shop: group<Settings['shop']>({ name: text('', 200), taxNumber: text('', 20), address: text('', 200) }),
  keyMap: keyOverrides(),
  mergeEqualLines: flag(false),
  confirmStorno: flag(false),
  disableZeroPrice: flag(true),
  minQuantityThousandths: integer(1, 1, 1_000_000),
  maxReceiptKopecks: integer(MAX_SUM_KOPECKS, 1, MAX_SUM_KOPECKS),
  checkCashSum: flag(false),
  maxCashSum: integer(100_000, 1, MAX_ROUBLES),
  dangerousCashSum: integer(95_000, 1, MAX_ROUBLES),
  maxQuantity: integer(1000, 1, 999_999),
  denyCodeEntry: flag(false),
  userListVisible: flag(true),
  receivedLabel: text('Получено', 20, 1),
  lockAfterSeconds: integer(300, 0, 86_400),
  minPasswordLength: integer(0, 0, 20),
  qrBlocks: oneOf<'half' | 'none'>('half', ['half', 'none']),
  soundOn: flag(true),
  weightTemplates: listOf(['weight: 22CCCCCWWWWWK'], 20, weightTemplate),
  scanner: scannerFields,
  scanners: listOf([], 4, scannerFields),
  wedge: group<Settings['wedge']>({ enabled: flag(true), prefix: wedgePrefix() }),
  printer: group<PrinterSettings>({
    url: outputUrl,
    profile: profileName('generic-80'),
    printsWhenUnknown: flag(true),
    columns: orNull(oneOfNumbers<32 | 42 | 48>(48, [32, 42, 48])),
    ...codepageFields,
    cut: orNull(oneOf<'partial' | 'full' | 'none'>('none', ['partial', 'full', 'none'])),
    cutFeed: orNull(integer(0, 0, 20)),
    qr: orNull(oneOf<'native' | 'raster' | 'none'>('none', ['native', 'raster', 'none'])),
    drawerPin: orNull(oneOfNumbers<2 | 5>(2, [2, 5])),
    drawerOnMs: orNull(integer(2, 2, 510)),
    drawerOffMs: orNull(integer(2, 2, 510)),
    drawerOpenLevel: orNull(oneOf<'low' | 'high'>('low', ['low', 'high'])),
    status: orNull(oneOf<'none' | 'dle' | 'asb'>('none', ['none', 'dle', 'asb'])),
  }),
  display: group<Settings['display']>({ url: outputUrl, profile: profileName('cd5220'), ...codepageFields }),
  sounds: group<Settings['sounds']>({ refused: flag(true), error: flag(true), done: flag(true) }),
  diskReserveMegabytes: integer(64, 1, 100_000),
  mainCurrencyCode: integer(1, 1, 9_999),
  cardAndOplatiTogether: flag(true),
  otherCashless: flag(true),
  oplatiEnabled: flag(true),
  cashForElectronicReturn: flag(false),
  allowSeveralBackBySale: flag(true),
  freeReturn: flag(true),
  notificationsAddress: pattern(
    'none',
    /^(?:none|(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\]):\d{1,5})$/,
    '"none", "127.0.0.1:ПОРТ" или "[::1]:ПОРТ"',
  ),
  log: group<Settings['log']>({ compatLatinCoo: flag(false) }),
});

export const defaultSettings: Settings = settingsFields.absent;

export type LoadedSettings = { settings: Settings } | { problem: SettingsProblem };

/** Reads the settings of a root; an absent file means the defaults. Unknown keys are refused: a typo must not sell. */
export function loadSettings(root: string): LoadedSettings {
  const file = pathsOf(root).settings;
  let json: string;
  try {
    json = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { settings: defaultSettings };
    return { problem: { file, line: 0, parameter: '', text: 'файл не читается' } };
  }
  return readSettings(file, json);
}

/** @param file only named in a problem */
export function readSettings(file: string, json: string): LoadedSettings {
  // Editors of other systems begin a file with a byte order mark.
  const parsed = parseJsonTree(json.replace(/^\uFEFF/, ''));
  if ('faultLine' in parsed) {
    const text = 'ошибка записи JSON: пропущена или лишняя запятая, кавычка или скобка';
    return { problem: { file, line: parsed.faultLine, parameter: '', text } };
  }
  const reading = settingsFields.read(parsed.tree);
  return 'value' in reading ? { settings: reading.value } : { problem: { file, ...reading } };
}

/** Names the line of a setting that only its user can judge (the address of a device). `path`: `['printer', 'url']`. */
export function problemAt(root: string, path: readonly string[], text: string): SettingsProblem {
  const file = pathsOf(root).settings;
  return { file, line: lineOf(file, path), parameter: path.join('.'), text };
}

function lineOf(file: string, path: readonly string[]): number {
  let json = '';
  try {
    json = readFileSync(file, 'utf8');
  } catch {
    // An absent file has no lines; the problem then lies in a default.
  }
  const parsed = parseJsonTree(json.replace(/^\uFEFF/, ''));
  if ('faultLine' in parsed) return 0;
  let line = 0;
  let node: JsonNode = parsed.tree;
  for (const key of path) {
    const entries: JsonObject['entries'] = 'entries' in node ? node.entries : [];
    const entry = entries.find((each) => each.key === key);
    if (entry === undefined) break;
    line = entry.line;
    node = entry.node;
  }
  return line;
}

/** A character nobody types and no code begins with: a digit or a letter would swallow typing. */
function wedgePrefix(): Field<string | null> {
  const allowed = /^[^\da-zA-Zа-яА-ЯёЁ\s]$/;
  return {
    absent: null,
    read(node) {
      const value = 'value' in node ? node.value : undefined;
      if (value === null) return { value: null };
      if (typeof value === 'string' && allowed.test(value)) return { value };
      const text = refusedText(node, 'один знак (не буква, не цифра, не пробел) или null');
      return { line: node.line, parameter: '', text };
    },
  };
}

/** Checked as a whole: a map that leaves the cashier without a vital key is refused before the first receipt. */
function keyOverrides(): Field<KeyOverrides> {
  return {
    absent: {},
    read(node): Reading<KeyOverrides> {
      if (!('entries' in node)) {
        return { line: node.line, parameter: '', text: 'допустимо: объект { "клавиша": "команда" или null }' };
      }
      const overrides: Record<string, KeyOverrides[string]> = {};
      const lines = new Map<string, number>();
      for (const { key, line, node: bound } of node.entries) {
        const parameter = safeText(key, 60);
        if (!isKeyName(key)) return { line, parameter, text: `неизвестная клавиша, допустимы: ${KEY_NAMES_TEXT}` };
        if (lines.has(key)) return { line, parameter, text: `клавиша назначена дважды (строка ${lines.get(key)})` };
        lines.set(key, line);
        const value = 'value' in bound ? bound.value : undefined;
        const command = value === null ? null : KEY_COMMANDS.find((name) => name === value);
        if (command === undefined) {
          return { line, parameter, text: `неизвестная команда, допустимы: ${KEY_COMMANDS.join(', ')} или null` };
        }
        overrides[key] = command;
      }
      const bindings = keyMapOf(DEFAULT_KEY_MAP, overrides);
      const lost = VITAL_COMMANDS.find((vital) => !bindings.some(({ command }) => command === vital));
      if (lost === undefined) return { value: overrides };
      const taken = DEFAULT_KEY_MAP.find(({ key, command }) => command === lost && lines.has(key))?.key ?? '';
      const text = `команда ${lost} осталась без клавиши, назначьте ее другой клавише`;
      return { line: lines.get(taken) ?? node.line, parameter: taken, text };
    },
  };
}
