import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTill, type Till, type TillOptions } from '../../src/app/till.ts';
import {
  type AssistEmulator,
  type AssistEmulatorOptions,
  startAssistEmulator,
} from '../../src/emulators/assist/server.ts';
import { DEFAULT_SETTINGS as ASSIST_ACCOUNT } from '../../src/emulators/assist/settings.ts';
import { VirtualClock } from '../../src/emulators/clock.ts';
import {
  type OplatiEmulator,
  type OplatiEmulatorOptions,
  startOplatiEmulator,
} from '../../src/emulators/oplati/server.ts';
import {
  type PaymasterEmulator,
  type PaymasterEmulatorOptions,
  startPaymasterEmulator,
} from '../../src/emulators/paymaster/server.ts';
import { DEFAULT_SETTINGS as PAYMASTER_ACCOUNT } from '../../src/emulators/paymaster/settings.ts';
import type { HttpReply, HttpRequest } from '../../src/payments/driver.ts';
import { createHttpSender, type HttpResult } from '../../src/payments/http.ts';
import type { Document } from '../../src/register/model.ts';
import { pathsOf } from '../../src/settings/paths.ts';
import { defaultSettings, type Settings } from '../../src/settings/settings.ts';
import type { CellGrid } from '../../src/terminal/canvas.ts';
import { removeFolder } from '../remove-folder.ts';
import { shopClock } from '../shop-clock.ts';
import { putDemoCatalog } from './demo-catalog.ts';

/** 22.08.2023 17:14:05 in Minsk: the clock of the captures. */
export const CAPTURE_TIME = Date.parse('2023-08-22T17:14:05+03:00');
/** No story may take longer than this on the shop's clock. */
const LONGEST_WAIT_MS = 30 * 60_000;
/** How long a story waits for work that does not need the shop's clock: passwords, prints, sockets. */
const REAL_WAIT_MS = 30_000;
const HELD_BY_FAULT = ['delay', 'slow-drip'];

export interface StoryOptions {
  mode?: 0 | 1 | 2;
  root?: string;
  settings?: Partial<Settings>;
  oplatiUrl?: string;
  emulator?: OplatiEmulatorOptions;
  /** Given (also empty): the shop has an account there, its server runs, and these settings stand over the file's. */
  paymaster?: { emulator?: PaymasterEmulatorOptions; settings?: Record<string, unknown> };
  assist?: { emulator?: AssistEmulatorOptions; settings?: Record<string, unknown> };
  till?: Partial<TillOptions>;
  columns?: number;
  rows?: number;
  /** A world that was prepared elsewhere; the story does not start its own. */
  clock?: VirtualClock;
  oplati?: OplatiEmulator;
  /** Puts files into the root before the register starts. */
  prepare?(root: string): void;
}

/**
 * The register in process, with a real О!плати server on loopback, on one clock that the story moves: keys go in, the
 * screen and what was really charged come out.
 */
export class Story {
  readonly root: string;
  readonly clock: VirtualClock;
  oplati: OplatiEmulator;
  /** Only with the options of these names. */
  readonly paymaster: PaymasterEmulator | null;
  readonly assist: AssistEmulator | null;
  till: Till;
  exitCode: number | null = null;
  /** Runs before a request leaves: the instant at which a story changes the world under it. */
  beforeSend: ((request: HttpRequest) => void | Promise<void>) | null = null;
  /** Sees every picture. */
  onPaint: ((rows: string[]) => void) | null = null;
  bells = 0;
  readonly #options: StoryOptions;
  readonly #ownsRoot: boolean;
  #grid: CellGrid | null = null;
  /** Text of the picture, once it has been asked for. */
  #screen: string[] | null = null;
  #attempts = 0;
  /** What somebody has changed in the settings before the latest start. */
  #changed: Partial<Settings> = {};
  readonly #sender = createHttpSender();
  readonly #inFlight = new Set<{ request: HttpRequest; loggedBefore: number }>();

  private constructor(
    options: StoryOptions,
    servers: { oplati: OplatiEmulator; paymaster: PaymasterEmulator | null; assist: AssistEmulator | null },
    clock: VirtualClock,
    root: string,
  ) {
    this.#options = options;
    this.#ownsRoot = options.root === undefined;
    this.root = root;
    this.clock = clock;
    this.oplati = servers.oplati;
    this.paymaster = servers.paymaster;
    this.assist = servers.assist;
    this.till = this.#createTill();
  }

  static async begin(options: StoryOptions = {}): Promise<Story> {
    const clock = options.clock ?? new VirtualClock(CAPTURE_TIME);
    const root = options.root ?? mkdtempSync(join(tmpdir(), 'kassa-story-'));
    const paths = pathsOf(root);
    mkdirSync(paths.data, { recursive: true });
    if (!existsSync(paths.catalog)) await putDemoCatalog(paths.catalog);
    options.prepare?.(root);
    const oplati = options.oplati ?? (await startOplatiEmulator({ clock, ...options.emulator }));
    const { paymaster: paymasterOf, assist: assistOf } = options;
    const paymaster =
      paymasterOf === undefined ? null : await startPaymasterEmulator({ clock, ...paymasterOf.emulator });
    const assist = assistOf === undefined ? null : await startAssistEmulator({ clock, ...assistOf.emulator });
    const story = new Story(options, { oplati, paymaster, assist }, clock, root);
    story.till.start();
    return story;
  }

  #createTill(): Till {
    const made = createTill({
      root: this.root,
      settings: {
        ...defaultSettings,
        utcOffsetMinutes: 180,
        lockAfterSeconds: 0,
        ...this.#options.settings,
        ...this.#changed,
      },
      clock: shopClock(this.clock),
      newAttemptId: () => `attempt-${process.pid}-${this.clock.now()}-${++this.#attempts}`,
      screen: {
        columns: this.#options.columns ?? 80,
        rows: this.#options.rows ?? 25,
        paint: (grid) => {
          this.#grid = grid;
          this.#screen = null;
          this.onPaint?.(this.screen);
        },
        bell: () => {
          this.bells++;
        },
      },
      send: (request, _provider, onPart) => this.send(request, onPart),
      printerUrl: `file:${pathsOf(this.root).printerBytes}`,
      providers: {
        oplati: {
          url: this.#options.oplatiUrl ?? this.oplati.url,
          regNum: 'OPL000000002',
          mode: this.#options.mode ?? 2,
        },
        ...this.#otherSystems(),
      },
      autoLoginCode: '1',
      version: '4.6.239-5849',
      onExit: (code) => {
        this.exitCode = code;
      },
      ...this.#options.till,
    });
    if ('problem' in made) throw new Error(`till: ${made.problem}`);
    return made;
  }

  #otherSystems(): NonNullable<TillOptions['providers']> {
    const { paymaster, assist } = this;
    const { merchantId, token } = PAYMASTER_ACCOUNT;
    const { login, password, merchantId: assistMerchant } = ASSIST_ACCOUNT;
    return {
      ...(paymaster === null
        ? {}
        : { paymaster: { url: paymaster.url, merchantId, token, ...this.#options.paymaster?.settings } }),
      ...(assist === null
        ? {}
        : {
            assist: {
              serverUrl: assist.url,
              merchantId: assistMerchant,
              login,
              password,
              // Most stories know the two forms; `inWay('mpos')` is the way of a till whose file names none.
              sbpMode: 'direct',
              cashMode: 'form',
              ...this.#options.assist?.settings,
            },
          }),
    };
  }

  /** The server a request goes to. */
  #serverOf(request: HttpRequest): Pick<OplatiEmulator, 'requests'> | Pick<AssistEmulator, 'requests'> {
    const others = [this.paymaster, this.assist].filter((server) => server !== null);
    return others.find(({ url }) => request.url.startsWith(new URL(url).origin)) ?? this.oplati;
  }

  /** Real HTTP, but the limit of a request is counted on the shop's clock, as everything else in a story. */
  send(request: HttpRequest, onPart?: (part: HttpReply) => void): Promise<HttpResult> {
    const entry = { request, loggedBefore: this.#serverOf(request).requests().length };
    this.#inFlight.add(entry);
    return new Promise((resolve) => {
      const end = (result: HttpResult) => {
        this.clock.clearTimeout(limit);
        this.#inFlight.delete(entry);
        resolve(result);
      };
      const lost: HttpResult = { noReply: { tag: request.tag, kind: 'lost' } };
      const limit = this.clock.setTimeout(() => end(lost), request.timeoutMs);
      void Promise.resolve(this.beforeSend?.(request))
        .then(() => this.#sender.send(request, undefined, onPart))
        .then(end);
    });
  }

  /** True when the server has the request and only the shop's clock will bring its answer. */
  #isHeld({ request, loggedBefore }: { request: HttpRequest; loggedBefore: number }): boolean {
    return this.#serverOf(request)
      .requests()
      .slice(loggedBefore)
      .some(
        ({ method, path, fault }) =>
          method === request.method && request.url.endsWith(path) && HELD_BY_FAULT.includes(fault ?? ''),
      );
  }

  /** Resolves when nothing but the shop's clock can bring the story on. */
  async #settled(isSo: () => boolean): Promise<void> {
    const givesUpAt = Date.now() + REAL_WAIT_MS;
    while (Date.now() < givesUpAt && !isSo()) {
      // Sockets answer in later rounds of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      if ((this.clock.waitingMs[0] ?? 1) <= 0) return;
      const held = [...this.#inFlight];
      if (held.length > 0 && held.every((entry) => this.#isHeld(entry))) return;
      const soon = new Promise((resolve) => setTimeout(resolve, 5, false));
      if (await Promise.race([this.till.whenIdle().then(() => true), soon])) return;
    }
  }

  /** Keys by their names (`f6`, `enter`); a word of digits or other text in quotes is typed: `press('type:10', 'f8')`. */
  press(...keys: string[]): this {
    for (const key of keys) {
      if (key.startsWith('type:')) {
        for (const character of key.slice(5))
          this.till.post({ type: 'key', name: character.toLowerCase(), text: character });
      } else {
        this.till.post({ type: 'key', name: key, text: key.length === 1 ? key : null });
      }
    }
    return this;
  }

  scan(code: string): this {
    this.till.post({ type: 'scan', code });
    return this;
  }

  /** Digits + Ввод. */
  goods(...codes: string[]): this {
    for (const code of codes) this.press(`type:${code}`, 'enter');
    return this;
  }

  get screen(): string[] {
    this.#screen ??= this.#grid?.text() ?? [];
    return this.#screen;
  }

  /** One row of the screen, from 1, without its trailing blanks. */
  row(number: number): string {
    return (this.screen[number - 1] ?? '').trimEnd();
  }

  /** Number of the dialog that stands on the screen, null when none does. */
  get dialog(): string | null {
    return (
      /\b((?:OPL|DOM|SYS|DEV|PM|AS)-\d+) ─*┘|^\s+((?:OPL|PM|AS)-\d+)\s*$|\b((?:PM|AS)-\d+) ──$/m
        .exec(this.screen.join('\n'))
        ?.slice(1)
        .find(Boolean) ?? null
    );
  }

  shows(text: string): boolean {
    return this.screen.some((row) => row.includes(text));
  }

  get document(): Document | null {
    return this.till.state.register.document;
  }

  /** Waits until it is so; the shop's clock runs on whenever nothing else is under way. */
  async until(what: string, isSo: () => boolean): Promise<this> {
    const startedAt = this.clock.now();
    let quietRounds = 0;
    while (!isSo()) {
      await this.#settled(isSo);
      if (isSo()) break;
      if (++quietRounds < 3) continue;
      quietRounds = 0;
      const next = this.clock.waitingMs.find((delayMs) => delayMs >= 0) ?? 100;
      if (this.clock.now() - startedAt > LONGEST_WAIT_MS) throw new Error(`never: ${what}\n${this.picture()}`);
      this.clock.advance(Math.max(1, Math.min(next, 1000)));
    }
    return this;
  }

  untilShows(text: string): Promise<this> {
    return this.until(text, () => this.shows(text));
  }

  untilDialog(number: string): Promise<this> {
    return this.until(number, () => this.dialog === number);
  }

  /** Lets time pass on the shop's clock. */
  async pass(milliseconds: number): Promise<this> {
    const end = this.clock.now() + milliseconds;
    return this.until(`${milliseconds} ms`, () => this.clock.now() >= end);
  }

  /** Everything the provider charged and has not given back, in kopecks. */
  chargedKopecks(): number {
    let sum = 0;
    for (const row of this.oplati.ledger()) {
      if (row.status !== 1) continue;
      sum += row.paymentType === 1 ? row.sumKopecks : -row.sumKopecks;
    }
    return sum;
  }

  /** What PayMaster and Assist together have got and not given back, in kopecks. */
  otherChargedKopecks(): number {
    let sum = 0;
    for (const { kind, sumKopecks, status } of this.paymaster?.ledger() ?? []) {
      if (kind === 'payment' && status === 'Settled') sum += sumKopecks;
      if (kind === 'refund' && status === 'Success') sum -= sumKopecks;
    }
    for (const { kind, sumKopecks, state } of this.assist?.ledger() ?? []) {
      if (state === 'Approved') sum += kind === 'payment' ? sumKopecks : -sumKopecks;
    }
    return sum;
  }

  /** Bytes the printer has got so far, as CP866 text. */
  paper(): string {
    const path = pathsOf(this.root).printerBytes;
    return existsSync(path) ? new TextDecoder('ibm866').decode(readFileSync(path)) : '';
  }

  log(): string {
    this.till.log.flush();
    return readFileSync(pathsOf(this.root).terminalLog, 'utf8');
  }

  picture(): string {
    return `${this.screen.join('\n')}\n--- log ---\n${this.log().split('\n').slice(-15).join('\n')}`;
  }

  /** The program ends at once, as by kill -9 between two messages, and is started again on the same root. */
  async restart(settings: Partial<Settings> = {}): Promise<this> {
    await this.till.stop();
    this.#changed = settings;
    this.till = this.#createTill();
    this.till.start();
    return this;
  }

  async end(): Promise<void> {
    await this.till.stop();
    await Promise.all([this.oplati.close(), this.paymaster?.close(), this.assist?.close()]);
    if (this.#ownsRoot) removeFolder(this.root);
  }
}
