/** What the screens may know. Types only, and all of it data. */

import type { Attempt } from '../payments/attempt.ts';
import type { LinkStep, ServicePage } from '../payments/service-page.ts';
import type { UsualLimits } from '../register/doubtful.ts';
import type { UtcOffset } from '../register/local-time.ts';
import type { Currency, RegisterState, User } from '../register/model.ts';
import type { KeyMap } from './keys.ts';

export type DeviceState =
  | 'none'
  | 'ready'
  | 'noLink'
  | 'unknown'
  | 'paperLow'
  | 'paperOut'
  | 'coverOpen'
  | 'knife'
  | 'broken';

/** What the screens may know. Everything is data; nothing here can act. */
export interface Model {
  register: RegisterState;
  /** Non-final attempts, oldest first, of any document. */
  attempts: Attempt[];
  ui: Ui;
  devices: {
    scanner: DeviceState;
    printer: DeviceState;
    display?: DeviceState;
    list?: EquipmentRow[];
    /** By its sensor; absent = it has none. */
    isDrawerOpen?: boolean;
    queuedSlips: number;
  };
  /** What is wrong with the databases and the disk, until it is mended. */
  storageWords: readonly string[];
  /** Names of the providers that are not heard now: a lost link (OPL-01, OPL-14), or a request without an answer. */
  linkLost: string[];
  /** Systems that answer in a way that is of no use, and how. */
  answerFaults: { name: string; fault: string }[];
  /** Payment systems behind a server, in the order of the service menu. */
  systems: SystemRow[];
  /** What happened to payments while nobody watched, oldest first (SCR-49). */
  notices: NoticeRow[];
  /** All users, for the log-in list. */
  users: User[];
  currencies: Currency[];
  catalog: { goodsCount: number; loadedAt: number | null; stale: boolean };
  settings: ScreenSettings;
  keyMap: KeyMap;
  /** The payment system whose page stands on the screen (SCR-35). */
  systemPage: SystemPage | null;
  /** What its `Проверить связь` has found so far. */
  linkCheck: { steps: readonly LinkStep[]; isOver: boolean } | null;
  /** Monotonic-backed clock, ms: the one prompts' deadlines are counted by. */
  now: number;
  /** Wall clock, ms: the one the header shows. */
  wall: number;
  /** Minutes to add to UTC for the screen's clock. */
  utcOffsetMinutes: UtcOffset;
  version: string;
  /** Size of the terminal. */
  columns: number;
  rows: number;
}

/** A configured device, for the service page; the title names its profile too. */
export interface EquipmentRow {
  title: string;
  url: string;
  state: DeviceState;
}

export interface ScreenSettings extends UsualLimits {
  userListVisible: boolean;
  /** Text resource: `Получено` (or `Оплачено` in old builds, screens.md 1.2). */
  receivedLabel: string;
  qrBlocks: 'half' | 'none';
  confirmStorno: boolean;
  soundOn: boolean;
  /** Currency that digits + Ввод and `Итого` pay in. */
  mainCurrencyCode: number;
}

/** A payment system in lists; `title` is what the cashier and the engineer call it. */
export interface SystemRow {
  name: string;
  title: string;
  isOn: boolean;
  /** Its settings suffice, or its file is wrong. */
  isSetUp: boolean;
  hasPage: boolean;
}

export interface SystemPage {
  name: string;
  title: string;
  service: ServicePage;
  isOn: boolean;
  /** Text in force of every flag and key, by its name. */
  values: Readonly<Record<string, string>>;
  /** Wall time of its token file, ms; null = no token. */
  tokenAt: number | null;
  /** Its file of settings, and the parameter of it that is wrong. */
  file: string;
  problem: string | null;
  isSetUp: boolean;
}

/** A notification as the list shows it (SCR-49). */
export interface NoticeRow {
  noticeId: number;
  /** Wall time, ms. */
  at: number;
  title: string;
  text: string;
  /** It came after the list was opened last. */
  isNew: boolean;
}

export interface Ui {
  /** Dialogs, lists and pages over the mode's own screen, bottom first. */
  stack: ContextRef[];
  /** Typed text of the mode's own screen (`Ввод: ..._`). */
  input: string;
  /** `Кол-во: 3` and `Цена: 68.50` for the next item. */
  pendingQuantityThousandths: number | null;
  pendingPriceKopecks: number | null;
  /** Selected row of the goods area; null = the last one. */
  selectedPosition: number | null;
  /** A row that has just grown by equal goods, on the monotonic clock: it flashes once (SCR-04). */
  flash: { positionNumber: number; untilMs: number } | null;
  /** Row 24 left instead of the hint until the next key: `Клавиша недоступна: ...`, `Оплата отменена`. */
  status: string | null;
  /** Scans refused since the last accepted one. */
  rejectedScans: number;
  /** Row 20-21 of the log-in screen. */
  loginSelected: number;
  /** A password is being checked. */
  busy: boolean;
  /** The restore notice or another message that waits until no payment prompt stands. */
  queue: ContextRef[];
}

/** An opened context: plain data, so that the stack can be recorded. */
export interface ContextRef {
  name: string;
  /** The context's own state. */
  local: unknown;
  /** Text typed into its field. */
  text: string;
}
