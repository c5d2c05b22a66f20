import { basename, join } from 'node:path';
import type { CardAnswer, CardInput } from '../catalog/cards.ts';
import type { Catalog, Found } from '../catalog/catalog.ts';
import { isCatalogFault } from '../catalog/storage.ts';
import { parseTemplates } from '../catalog/templates.ts';
import { fitsScreen } from '../dialogs/show-qr.ts';
import type { Journal } from '../journal/journal.ts';
import type { SalesFilter } from '../journal/sales-page.ts';
import type { Attempt } from '../payments/attempt.ts';
import { type Driver, LOOK_BACK_DAYS } from '../payments/driver.ts';
import { addUpShift, cashOfShift } from '../receipts/shift-totals.ts';
import type { UsualLimits } from '../register/doubtful.ts';
import { localStamp, type UtcOffset } from '../register/local-time.ts';
import type { ClosedDocument, Currency, Goods, User } from '../register/model.ts';
import type { Rules } from '../register/rules.ts';
import type { Paths } from '../settings/paths.ts';
import type { Settings } from '../settings/settings.ts';
import { utcOffsetOf } from '../settings/time-zone.ts';
import { readToken, writeToken } from '../settings/token-conf.ts';
import type { Model, SystemPage, SystemRow } from '../ui/model.ts';
import type { SalesPage } from '../ui/pages.ts';
import type { Clock } from './clock.ts';
import type { ProviderSettings } from './provider-settings.ts';
import { freeBytes } from './storage-guard.ts';
import { flagOf, type Systems } from './systems.ts';

/** The outside facts a turn may read. Nothing here changes the world. */
export interface Facts {
  /** Monotonic-backed milliseconds: wall time at start plus what the monotonic clock has run since (reliability.md 6). */
  now(): number;
  /** Wall clock, for what is shown and printed. */
  wall(): number;
  boot: Clock['boot'];
  newAttemptId(): string;
  rules: Rules;
  lockAfterMs: number;
  minPasswordLength: number;
  currencies(): Currency[];
  users(): User[];
  /** The flag `locked` of a user (DOM-03). */
  isUserLocked(code: string): boolean;
  resolveGoods(text: string, entry: 'code' | 'scan'): Found;
  searchGoods(text: string): { rows: Goods[]; more: boolean };
  driver(name: string): Driver | null;
  /** Payment systems behind a server, in the order of the service menu. */
  systems(): SystemRow[];
  /** What the service menu shows of a system; null = it has no page. */
  systemPage(name: string): SystemPage | null;
  /** The provider's settings, or the file and parameter that is wrong (SYS-08). */
  driverSettings(name: string): { settings: unknown } | { file: string; parameter: string };
  /** The provider's stored secret; `damaged` = its file cannot be read (SYS-11). */
  token(provider: string): { token: string | null } | 'damaged';
  hasUsedCode(hash: string): boolean;
  hasOrderNumber(orderNumber: string): boolean;
  /** Systems whose set-up cannot work, or works by an old copy: the message about each (PM-14, SYS-08, SYS-11). */
  setUpFaults(): { number: string; params: Record<string, string> }[];
  shopName: string;
  attempt(attemptId: string): Attempt | null;
  lastClosedDocument(): ClosedDocument | null;
  /** Closed document of any age. */
  document(documentId: string): ClosedDocument | null;
  /** Every operation with a payment system about a document, oldest first. */
  attemptsOf(documentId: string): Attempt[];
  /** Closed returns of a sale, oldest first. */
  returnsOf(documentId: string): ClosedDocument[];
  salesPage(filter: SalesFilter, offset: number, limit: number): SalesPage;
  /** Attempts of a provider in a shift, oldest first, some at a time; for the reconciliation. */
  attemptsOfShift(shiftLabel: string, provider: string): Iterable<Attempt[]>;
  /** Those that an earlier shift has begun and this one ended, `LOOK_BACK_DAYS` back. */
  attemptsEndedLater(shiftLabel: string, provider: string, openedAtMs: number): Attempt[];
  findCard(text: string, method: CardInput): CardAnswer;
  /** Whether the terminal can show this payload as a QR code; else it goes on paper. */
  qrFitsScreen(payload: string, columns: number, rows: number): boolean;
  /** Enough free disk to take electronic money (K31). */
  diskHasReserve(): boolean;
  /** What is usual (DOM-112). */
  limits: UsualLimits;
  /** Cash that makes the drawer too full, and dangerously full; null = nobody asks (`checkCashSum`). */
  drawerLimits: { maxKopecks: number; dangerousKopecks: number } | null;
  /** Cash of the shift that lies in the drawer. `closedNow`: documents the journal has not got yet. */
  drawerKopecks(shiftNumber: number, closedNow: readonly ClosedDocument[]): number;
  printerConfigured: boolean;
}

/** Local calendar day, `YYYY-MM-DD`. */
function localDay(wallMs: number, offset: UtcOffset): string {
  return localStamp(wallMs, offset).slice(0, 10);
}

/** Currencies and users change only by a load; looking once in a while is enough. */
const DICTIONARY_AGE_MS = 2000;
const MEGABYTE = 1024 * 1024;
const DAY_MS = 24 * 3_600_000;

/** What the register remembers of its dictionaries between two looks. */
export class Dictionary {
  readonly #catalog: Catalog;
  readonly #clock: Clock;
  #readAtMs = Number.NEGATIVE_INFINITY;
  currencies: ReturnType<Catalog['currencies']> = [];
  users: ReturnType<Catalog['users']> = [];
  /** A part of it could not be read. */
  isDamaged = false;
  info: Model['catalog'] = { goodsCount: 0, loadedAt: null, stale: false };

  constructor(catalog: Catalog, clock: Clock) {
    this.#catalog = catalog;
    this.#clock = clock;
    this.refresh();
  }

  refresh(): void {
    if (this.#clock.now() - this.#readAtMs < DICTIONARY_AGE_MS) return;
    this.#readAtMs = this.#clock.now();
    try {
      this.#read();
    } catch (error) {
      // What was read before goes on being true; the rest is told (SYS-20).
      if (!isCatalogFault(error)) throw error;
      this.isDamaged = true;
    }
  }

  #read(): void {
    this.currencies = this.#catalog.currencies();
    this.users = this.#catalog.users();
    const loadedAt = this.#catalog.loadedAt();
    if (loadedAt !== this.info.loadedAt || this.info.goodsCount === 0) {
      this.info = { goodsCount: this.#catalog.goodsCount(), loadedAt, stale: false };
    }
  }
}

/** Providers' secrets: read once, kept in memory, so that a disk that refuses a new token does not lose it (K34). */
export class Tokens {
  readonly #drivers: ReadonlyMap<string, Driver>;
  readonly #folder: string;
  readonly #known = new Map<string, string>();
  readonly #note: (level: 'warn' | 'error', text: string) => void;
  /** Their file is damaged, and the copy before it serves. */
  readonly #fellBack = new Set<string>();

  /**
   * @param folder `cash/paysystems` of the root
   * @param note a line of the log about a file that is not as it should be
   */
  constructor(
    drivers: ReadonlyMap<string, Driver>,
    folder: string,
    note: (level: 'warn' | 'error', text: string) => void = () => undefined,
  ) {
    this.#drivers = drivers;
    this.#folder = folder;
    this.#note = note;
  }

  of(provider: string): { token: string | null } | 'damaged' {
    const known = this.#known.get(provider);
    const path = this.#pathOf(provider);
    if (known !== undefined || path === null) return { token: known ?? null };
    const read = readToken(path);
    const isRenewed = this.#drivers.get(provider)?.tokenIsRenewed === true;
    // Whoever gives it gives another: it is written over when it is needed.
    if ('problem' in read && isRenewed) return { token: null };
    if ('problem' in read) {
      this.#note('error', `${basename(path)}: поврежден, прежней копии нет`);
      return 'damaged';
    }
    if (read.token !== null) this.#known.set(provider, read.token);
    if (read.wasExposed) this.#note('warn', `${basename(path)}: файл могли читать другие пользователи компьютера`);
    if (read.fromPreviousCopy && !isRenewed) {
      this.#fellBack.add(provider);
      this.#note('warn', `${basename(path)}: поврежден, взята прежняя копия`);
    }
    return { token: read.token };
  }

  /** For the cashier at the start: a file that cannot be read, even where its previous copy serves (SYS-11, K34). */
  faults(): { number: string; params: Record<string, string> }[] {
    const isDamaged = (provider: string) => this.of(provider) === 'damaged' || this.#fellBack.has(provider);
    return [...this.#drivers.keys()].filter(isDamaged).map(() => ({ number: 'SYS-11', params: {} }));
  }

  /** Durable when it returns. @throws what the file system says; the token is then known for this run only */
  store(provider: string, token: string): void {
    this.#known.set(provider, token);
    this.#fellBack.delete(provider);
    const path = this.#pathOf(provider);
    if (path === null) throw new Error(`${provider} has no token file`);
    writeToken(path, token);
  }

  #pathOf(provider: string): string | null {
    const file = this.#drivers.get(provider)?.tokenFile;
    return file === undefined ? null : join(this.#folder, file);
  }

  values(): string[] {
    return [...this.#known.values()];
  }
}

export interface FactsSources {
  settings: Settings;
  paths: Paths;
  clock: Clock;
  catalog: Catalog;
  dictionary: Dictionary;
  journal: Journal;
  tokens: Tokens;
  systems: Systems;
  drivers: ReadonlyMap<string, Driver>;
  providers: ProviderSettings;
  newAttemptId(): string;
  printerConfigured: boolean;
}

/** The outside facts of a running register. */
export function createFacts(sources: FactsSources): Facts {
  const { settings, paths, clock, catalog, dictionary, journal, tokens, drivers, providers, systems } = sources;
  const templates = parseTemplates(settings.weightTemplates);
  const brought = () => providers.currencies(dictionary.currencies);
  return {
    now: () => clock.now(),
    wall: () => clock.wall(),
    boot: () => clock.boot(),
    newAttemptId: sources.newAttemptId,
    rules: {
      mergeEqualLines: settings.mergeEqualLines,
      zeroPriceForbidden: settings.disableZeroPrice,
      minQuantityThousandths: settings.minQuantityThousandths,
      maxReceiptKopecks: settings.maxReceiptKopecks,
      codeEntryForbidden: settings.denyCodeEntry,
      stornoNeedsConfirmation: settings.confirmStorno,
      utcOffsetMinutes: utcOffsetOf(settings),
      cashForElectronicReturn: settings.cashForElectronicReturn,
      apart: [...drivers.values()].flatMap(({ name, apart }) =>
        apart !== undefined && !flagOf(settings, apart.unless) ? [{ provider: name, from: apart.from }] : [],
      ),
      refundExceeds: Object.fromEntries(
        [...drivers.values()].flatMap(({ name, refundExceeds }) =>
          refundExceeds === undefined ? [] : [[name, refundExceeds]],
        ),
      ),
      severalReturnsAllowed: settings.allowSeveralBackBySale,
      freeReturnAllowed: settings.freeReturn,
    },
    limits: settings,
    drawerLimits: settings.checkCashSum
      ? { maxKopecks: settings.maxCashSum * 100, dangerousKopecks: settings.dangerousCashSum * 100 }
      : null,
    drawerKopecks: (shiftNumber, closedNow) =>
      cashOfShift(addUpShift([...journal.documentsOfShift(shiftNumber), ...closedNow])),
    minPasswordLength: settings.minPasswordLength,
    lockAfterMs: settings.lockAfterSeconds * 1000,
    currencies: () => systems.offered(brought()),
    users: () => dictionary.users,
    isUserLocked: (code) => dictionary.users.find((user) => user.code === code)?.locked === true,
    resolveGoods: (text, entry) => catalog.resolve(text, entry, templates),
    searchGoods: (text) => catalog.search(text),
    driver: (name) => drivers.get(name) ?? null,
    systems: () => systems.list(brought()),
    systemPage: (name) => systems.page(name, brought()),
    driverSettings: (name) => providers.of(name),
    token: (provider) => tokens.of(provider),
    hasUsedCode: (hash) => journal.hasUsedCode(hash),
    hasOrderNumber: (orderNumber) => journal.hasOrderNumber(orderNumber),
    setUpFaults: () => [...providers.faults(), ...tokens.faults()],
    shopName: settings.shop.name,
    attempt: (attemptId) => journal.attempt(attemptId),
    lastClosedDocument: () => journal.lastClosedDocument(),
    document: (documentId) => journal.document(documentId),
    attemptsOf: (documentId) => journal.attemptsOf(documentId),
    returnsOf: (documentId) => journal.returnsOf(documentId),
    salesPage: (filter, offset, limit) => journal.salesPage(filter, offset, limit),
    attemptsOfShift: (shiftLabel, provider) => journal.attemptsOfShift(shiftLabel, provider),
    attemptsEndedLater: (shiftLabel, provider, openedAtMs) =>
      journal.attemptsEndedLater(shiftLabel, provider, openedAtMs, openedAtMs - LOOK_BACK_DAYS * DAY_MS),
    findCard: (text, method) => catalog.findCard(text, method, localDay(clock.wall(), utcOffsetOf(settings))),
    qrFitsScreen: (payload, columns, rows) => fitsScreen({ columns, rows, qrBlocks: settings.qrBlocks }, payload),
    diskHasReserve: () =>
      (freeBytes(paths.data) ?? Number.MAX_SAFE_INTEGER) >= settings.diskReserveMegabytes * MEGABYTE,
    printerConfigured: sources.printerConfigured,
  };
}
