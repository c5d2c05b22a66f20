/**
 * What a screen or a dialog is: a pure view and bindings as data, on one stack (design.md, "Screens and dialogs").
 * Types only; the loop that runs them is `app/loop.ts`.
 */
import type { Attempt } from '../payments/attempt.ts';
import type { PromptAnswer } from '../payments/driver.ts';
import type { Command } from '../register/commands.ts';
import type { ClosedDocument, Currency, Goods, RegisterState, User } from '../register/model.ts';

/** Meaning of a cell, never its colour: the painter maps it. Colour never carries meaning alone (screens.md 1.2). */
export type Style =
  | 'normal'
  | 'bold'
  | 'dim'
  | 'inverse'
  | 'header'
  | 'selected'
  | 'error'
  | 'warning'
  | 'question'
  | 'done'
  | 'waiting'
  | 'unknown'
  | 'qr';

/** A grid of one-column cells. Rows and columns count from 1, as in the mock-ups. Writing outside is cut, never an error. */
export interface Canvas {
  readonly columns: number;
  readonly rows: number;
  put(row: number, column: number, text: string, style?: Style): void;
  /** Text whose last character stands in `column`. */
  putRight(row: number, column: number, text: string, style?: Style): void;
  /** Fills whole cells with one character. */
  fill(row: number, column: number, width: number, character: string, style?: Style): void;
}

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
  /** Names of the providers that are not heard now: a lost link (OPL-01, OPL-14), or a request without an answer. */
  linkLost: string[];
  /** Payment systems behind a server; `title` is what the cashier and the engineer call them. */
  systems: { name: string; title: string }[];
  /** What happened to payments while nobody watched, oldest first (SCR-49). */
  notices: NoticeRow[];
  /** All users, for the log-in list. */
  users: User[];
  currencies: Currency[];
  catalog: { goodsCount: number; loadedAt: number | null; stale: boolean };
  settings: ScreenSettings;
  keyMap: KeyMap;
  /** О!плати as the service menu shows it (SCR-35). */
  oplati: OplatiService;
  /** Monotonic-backed clock, ms: the one prompts' deadlines are counted by. */
  now: number;
  /** Wall clock, ms: the one the header shows. */
  wall: number;
  /** Minutes to add to UTC for the screen's clock. */
  utcOffsetMinutes: number;
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

export interface ScreenSettings {
  userListVisible: boolean;
  /** Text resource: `Получено` (or `Оплачено` in old builds, screens.md 1.2). */
  receivedLabel: string;
  qrBlocks: 'half' | 'none';
  confirmStorno: boolean;
  soundOn: boolean;
  /** Currency that digits + Ввод and `Итого` pay in. */
  mainCurrencyCode: number;
}

export interface OplatiService {
  /** `Оплата с помощью иных способов безналичных оплат`. */
  otherCashless: boolean;
  /** `Работа с системой ОПЛАТИ`. */
  enabled: boolean;
  mode: 0 | 1 | 2;
  regNum: string;
  /** Wall time of token.conf, ms; null = no token. */
  tokenAt: number | null;
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

/** A row of the document picker (SCR-17). */
export interface SaleRow {
  documentId: string;
  number: number;
  fiscalNumber: number | null;
  closedAt: number;
  /** Short names of the currencies, joined by a comma. */
  currencies: string;
  /** Part of it was returned before. */
  partlyReturned: boolean;
  /** Nothing of it is left; such rows come only where all documents are listed. */
  fullyReturned?: boolean;
  totalKopecks: number;
}

/** One screenful of the picker; `offset` = index of its first row among all that fit the filter, newest first. */
export interface SalesPage {
  rows: SaleRow[];
  offset: number;
  total: number;
}

/** Local state of the picker `document-picker`. Its text is the number being typed. */
export interface PickerLocal {
  purpose: 'return' | 'view';
  page: SalesPage;
  /** Index inside `page.rows`. */
  selected: number;
  /** Local day to show, `ДДММГГ` as typed; null = all days. */
  day: string | null;
  /** The date field is being typed (F2). */
  editsDay: boolean;
  /** The number typed in full is a sale of which nothing is left, so it is not among the rows (DOM-61). */
  typedIsReturned?: boolean;
}

/** Local state of `document-view` (SCR-18). */
export interface DocumentViewLocal {
  purpose: 'return' | 'view';
  document: ClosedDocument;
  /** First line shown. */
  top: number;
}

/** What is compared in `Сверка итогов по безналу` (SCR-30), one provider and operation a row. */
export interface ReconciliationRow {
  title: string;
  ourCount: number;
  ourKopecks: number;
  theirCount: number;
  theirKopecks: number;
  differences: ReconciliationDifference[];
}

export interface ReconciliationDifference {
  documentTitle: string;
  amountKopecks: number;
  kind: 'onlyHere' | 'onlyThere' | 'differentSum' | 'differentState';
  ourWord: string;
  theirWord: string;
  /** Null when the register knows nothing of it. */
  attemptId: string | null;
}

/** Local state of `reconciliation`. */
export interface ReconciliationLocal {
  status: 'asking' | 'equal' | 'different' | 'noLink';
  rows: ReconciliationRow[];
  selected: number;
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

/** What a view and a binding get to see. */
export interface At<Local = unknown> {
  model: Model;
  local: Local;
  /** The field's text. */
  text: string;
  /** What lies under a dialog: decides where its box stands (screens.md 1.3). */
  over: 'receipt' | 'page';
}

export interface Context<Local = unknown> {
  name: string;
  kind: 'screen' | 'dialog' | 'wait';
  /** A screen that is a page (menu, search, help) or shows the receipt. */
  area?: 'receipt' | 'page';
  /** Whether a scan is taken here. `refuse`: a beep, counted in `Отклонено сканов`. */
  scan: 'accept' | 'refuse';
  /** What may be typed here; null = nothing. */
  field: { accepts: 'digits' | 'decimal' | 'text' | 'password'; maxLength: number } | null;
  /** Name of the mode for F1 (domain.md 1), screens only. */
  modeName?: string;
  view(canvas: Canvas, at: At<Local>): void;
  /** Row 24 left. */
  hint(at: At<Local>): string;
  /** In the order of the footer. */
  bindings: Binding<Local>[];
  /** After the text changed (search as you type). */
  typed?(at: At<Local>): Step[];
  /** A scan arrived and `scan` is `accept`. Default: the goods are looked up. */
  scanned?(at: At<Local>, code: string): Step[];
}

/** One key's meaning in one context, as data: the footer, F1 and docs/keys.md are made of it. */
export interface Binding<Local = unknown> {
  /** Names the action in the key map: `subtotal`, `confirm`, ... */
  command: KeyCommand;
  /** Footer label (`Подытог`); null = acts but is not shown in the footer. */
  label: string | null;
  /** Why it does not act now; null = it acts. */
  disabled?(at: At<Local>): string | null;
  run(at: At<Local>): Step[];
}

/** Actions a key can be bound to (screens.md 1.4). */
export type KeyCommand =
  | 'quantity'
  | 'confirm'
  | 'cancel'
  | 'up'
  | 'down'
  | 'pageUp'
  | 'pageDown'
  | 'home'
  | 'end'
  | 'help'
  | 'search'
  | 'storno'
  | 'card'
  | 'subtotal'
  | 'currency'
  | 'total'
  | 'returnBySale'
  | 'menu'
  | 'annul'
  | 'lock'
  | 'exit'
  | 'price'
  | 'repeat'
  | 'copy'
  | 'drawer'
  /** An ordinary card by number (DOM-69). */
  | 'cardNumber'
  | 'removeCard';

/** Key name (as the decoder says it) -> action. Several keys may mean one action; the first is shown in footers. */
export type KeyMap = readonly { key: string; command: KeyCommand }[];

/** What a binding wants done; plain data, performed by the loop in order. A refusal stops the rest. */
export type Step =
  | { do: 'command'; command: Command }
  /** Look the text up in the catalogue and add the goods with the pending modifiers. `raw`: a scan as it came. */
  | { do: 'addGoods'; text: string; entry: 'code' | 'scan'; raw?: string }
  | { do: 'addFoundGoods'; goods: Goods }
  /** Price check only. */
  | { do: 'open'; context: ContextRef }
  | { do: 'close' }
  /** New local state (and text, when given) of the context that ran. */
  | { do: 'local'; local: unknown; text?: string }
  | { do: 'ui'; patch: Partial<Ui> }
  /** Begin a payment; amountKopecks null = what is left. `thenClose`: `Итого`. */
  | { do: 'pay'; currency: Currency; amountKopecks: number | null; thenClose: boolean }
  | { do: 'answer'; attemptId: string; answer: PromptAnswer }
  | { do: 'cancelAttempt'; attemptId: string }
  /** F8 of a result: the slip of its order. */
  | { do: 'printPaymentSlip'; attemptId: string }
  /** F8 of a refused result: the same sum is paid anew, by a new attempt. */
  | { do: 'repeatPayment'; attemptId: string }
  /** Ask the provider now (SCR-53, Enter). */
  | { do: 'askAttempt'; attemptId: string }
  /** OPL-25 answered `Да`. */
  | { do: 'cancelPayment'; attemptId: string }
  /** DOM-41 answered `Да`: reverse payments last first, then annul. */
  | { do: 'annulDocument' }
  | {
      do: 'resolveAttempt';
      attemptId: string;
      decision: 'paid' | 'notPaid' | 'returned';
      reason: string;
      password: string;
    }
  /** A numbered dialog of the catalogue. */
  | { do: 'say'; number: string; params?: Record<string, string> }
  /** Row 24. */
  | { do: 'status'; text: string }
  | { do: 'bell'; pattern: 'refused' | 'error' | 'done' }
  | { do: 'search'; text: string }
  | { do: 'logIn'; userCode: string; password: string }
  /** Of this document, or of the one that was closed last. */
  | { do: 'printCopy'; documentId?: string }
  /** DEV-17: is the slip on paper? */
  | { do: 'settlePrint'; jobId: number; isOnPaper: boolean }
  /** DEV-10..14 `Повторить`, DEV-18 `Да`: everything that waits is printed now. */
  | { do: 'retryPrint' }
  /** DOM-06: a second user's password for what the register refused to do without him. */
  | {
      do: 'confirmBySecond';
      purpose: { kind: 'storno'; positionNumber: number } | { kind: 'annul' } | { kind: 'clock' };
      password: string;
    }
  /** SYS-07 answered `Продолжить`: a second user is asked. */
  | { do: 'acceptClock' }
  | { do: 'openDrawer' }
  /** `Проверка печати и кодовой страницы` of the service menu. */
  | { do: 'printTest' }
  /** Reads the picker's rows anew: `offset` of the first wanted row; the picker's own filter applies. */
  | { do: 'findSales'; offset: number }
  /** Opens `document-view`; refuses with DOM-60, DOM-61, DOM-67. */
  | { do: 'viewDocument'; documentId: string; purpose: 'return' | 'view' }
  /** From the view: everything that is left (`partial` false), or quantities first. Closes the pages of the picker. */
  | { do: 'beginReturn'; documentId: string; partial: boolean }
  /** Payment stage of a return by receipt: gives the source payments back in this order, one after another. */
  | { do: 'refund'; order: string[] }
  /** COMMAND_SALE, COMMAND_BACK. */
  | { do: 'setMode'; mode: 'sale' | 'return' }
  /** F5: the card of the payment system, by its dialog (О!плати: by mode). */
  | { do: 'askProviderCard' }
  /** A typed or scanned card number, or a phone number. */
  | { do: 'findCard'; text: string; method: 'keyboard' | 'scanner' | 'phone' }
  /** Service menu of О!плати (SCR-35); administrator only. */
  | { do: 'serviceOplati'; change: { otherCashless?: boolean; enabled?: boolean; mode?: 0 | 1 | 2; regNum?: string } }
  | { do: 'requestToken' }
  /** Asks every provider that can for its report of the shift and compares (SCR-30). */
  | { do: 'reconcile' }
  | { do: 'printReconciliation'; rows: ReconciliationRow[] }
  /** The list of notifications; all of it counts as read then (SCR-49). */
  | { do: 'openNotices' }
  /** What the order of a notification came to. */
  | { do: 'openNotice'; noticeId: number }
  | { do: 'clearNotices' }
  /** SYS-02: the writes that failed are tried again. */
  | { do: 'retryWrites' }
  /** SYS-01, SYS-02, SYS-15: the program starts again, the receipt is restored. */
  | { do: 'restart' }
  | { do: 'exit' };
