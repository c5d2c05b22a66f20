/**
 * A shop without sockets, files and screens: the real loop, register and drivers, a journal in memory, a model of the
 * payment server behind a hostile network, and a cashier who does anything. One number decides everything that happens.
 */

import type { Facts } from '../../../../src/app/facts.ts';
import { Loop } from '../../../../src/app/loop.ts';
import { createModels } from '../../../../src/app/model.ts';
import { type AppState, type Effect, emptyUi, IDLE_PRINTING } from '../../../../src/app/state.ts';
import { VirtualClock } from '../../../../src/emulators/clock.ts';
import type { JournalWrite } from '../../../../src/journal/journal.ts';
import { type Attempt, isFinal, isUnfinished } from '../../../../src/payments/attempt.ts';
import type { HttpRequest } from '../../../../src/payments/driver.ts';
import { OPLATI_DEFAULTS } from '../../../../src/payments/providers/oplati/settings.ts';
import { drivers } from '../../../../src/payments/registry.ts';
import type { RegisterEvent } from '../../../../src/register/events.ts';
import { evolve } from '../../../../src/register/evolve.ts';
import { type ClosedDocument, type Goods, initialState, type RegisterState } from '../../../../src/register/model.ts';
import { defaultRules } from '../../../../src/register/rules.ts';
import { isCounted, totalsOf } from '../../../../src/register/totals.ts';
import { DEFAULT_KEY_MAP } from '../../../../src/settings/key-map.ts';
import type { ScreenSettings } from '../../../../src/ui/model.ts';
import { shopClock } from '../../../shop-clock.ts';
import { ModelServer } from './model-server.ts';

const STARTED_AT_MS = 1_900_000_000_000;
const GOODS: Goods = {
  code: '2',
  barcode: null,
  name: 'БИФИЛЮКС',
  unit: { code: '796', name: 'шт', fractional: false },
  priceKopecks: 1530,
  minPriceKopecks: 0,
  priceEntry: 'forbidden',
  quantityRequired: false,
  saleForbidden: false,
  quantityLimitThousandths: null,
  documentQuantityLimitThousandths: null,
};
const CURRENCIES = [
  { code: 1, shortName: 'Руб', name: 'Рубль', provider: 'cash', changeAllowed: true },
  { code: 3, shortName: 'АТ', name: 'Терминал', provider: 'terminal', changeAllowed: false },
  { code: 7, shortName: 'Опла', name: 'О!плати', provider: 'oplati', changeAllowed: false },
];
const USERS = [
  { code: '1', name: 'Мастер', rank: '', roles: ['cashier' as const, 'senior' as const] },
  { code: '9', name: 'Админ', rank: '', roles: ['cashier' as const, 'administrator' as const] },
];
const SCREEN: ScreenSettings = {
  userListVisible: true,
  receivedLabel: 'Получено',
  qrBlocks: 'half',
  confirmStorno: false,
  soundOn: false,
  mainCurrencyCode: 1,
  maxCashSum: 100_000,
  maxQuantity: 1000,
};

/** Thrown out of the journal: the power goes at this instant. */
class PowerCut extends Error {}

interface MemoryJournal {
  snapshot: string | null;
  events: string[];
  documents: Map<string, ClosedDocument>;
  attempts: Map<string, string>;
  usedCodes: Set<string>;
}

export class SimulatedShop {
  readonly clock = new VirtualClock(STARTED_AT_MS);
  readonly server = new ModelServer();
  readonly #journal: MemoryJournal = {
    snapshot: null,
    events: [],
    documents: new Map(),
    attempts: new Map(),
    usedCodes: new Set(),
  };
  readonly #mode: 0 | 1 | 2;
  #random: number;
  #loop: Loop;
  #isHostile = true;
  #isDead = false;
  #ids = 0;
  #codes = 0;
  restarts = 0;

  constructor(seed: number) {
    this.#random = seed | 0;
    this.#mode = this.#pick([0, 1, 2] as const);
    this.#loop = this.#start();
  }

  /** One receipt from its first item to its end, whatever happens on the way; then time for everything to be settled. */
  sell(): void {
    this.#isHostile = true;
    const documents = this.#journal.documents.size;
    for (let acts = 0; acts < 300 && this.#journal.documents.size === documents; acts++) {
      this.#changeBuyer();
      this.#act();
      this.#pass(this.#pick([0, 100, 1_000, 3_000, 5_000, 12_000]));
      if (this.#chance(0.02)) this.#isDead = true;
      if (this.#isDead) this.#restart();
    }
    this.#isHostile = false;
    for (let minutes = 0; minutes < 240 && this.#unsettled(); minutes++) this.#pass(60_000);
  }

  /** Orders whose books do not agree; empty = all is well. */
  disagreements(): string[] {
    const { register, attempts } = this.#loop.state;
    const counted = new Map<string, number>();
    for (const document of [...this.#journal.documents.values(), register.document]) {
      for (const payment of document?.payments ?? []) {
        if (payment.currency.provider !== 'oplati' || !isCounted(payment)) continue;
        counted.set(payment.orderNumber, (counted.get(payment.orderNumber) ?? 0) + payment.amountKopecks);
      }
    }
    const wrong = attempts
      .filter(isUnfinished)
      .map(({ order, operation, state }) => `${operation} ${order.orderNumber} still ${state}`);
    const orders = new Set([...counted.keys(), ...this.server.salesArrived.keys()]);
    for (const orderNumber of orders) {
      const held = this.server.heldKopecks(orderNumber);
      const here = counted.get(orderNumber) ?? 0;
      if (held !== here) wrong.push(`${orderNumber}: О!плати holds ${held}, receipts count ${here}`);
      const times = this.server.salesArrived.get(orderNumber) ?? 0;
      if (times > 1) wrong.push(`${orderNumber}: asked for ${times} times`);
    }
    return wrong;
  }

  get documents(): ClosedDocument[] {
    return [...this.#journal.documents.values()];
  }

  #unsettled(): boolean {
    const { attempts } = this.#loop.state;
    // A payment that runs in front of the cashier needs her: she presses what the dialogs ask for.
    if (attempts.some(({ foreground }) => foreground)) this.#act();
    return attempts.some(isUnfinished);
  }

  /** What the cashier does next; she reads the dialogs, but her decisions are anybody's guess. */
  #act(): void {
    const { ui, attempts, register } = this.#loop.state;
    const top = ui.stack.at(-1);
    if (top !== undefined) return this.#press(this.#chance(0.8) || top.name === 'message' ? 'enter' : 'escape');
    const waiting = attempts.find(({ foreground, prompt }) => foreground && prompt !== null);
    if (waiting !== undefined) return this.#answer(waiting);
    if (attempts.length > 0 && this.#chance(0.05)) return this.#decideByHand();
    const { document } = register;
    if (document === null || (document.stage === 'goods' && this.#chance(0.3))) return this.#press('2', 'enter');
    if (document.stage === 'goods') return this.#press('f6');
    const { restKopecks } = totalsOf(document);
    const dice = this.#next();
    if (dice < 0.04) return this.#press('f11');
    if (dice < 0.12) return this.#press('escape');
    if (restKopecks === 0) return this.#press('f8');
    if (dice < 0.17) return this.#press('f8');
    const part = this.#chance(0.3) ? [...this.#pick(['1', '3.50', '15.30', '99'])] : [];
    this.#press(...part, 'f7', this.#pick(['7', '7', '7', '7', '7', '7', '1', '3']), 'enter');
  }

  #answer({ prompt }: Attempt): void {
    const givesUp = this.#isHostile && this.#chance(0.1);
    switch (prompt?.show) {
      case 'scanBuyerCode':
        if (givesUp) return this.#press('escape');
        // Now and then the buyer shows the code he has shown before.
        if (!this.#chance(0.05)) this.#codes++;
        return this.#loop.post({ type: 'scan', code: `code-${this.#codes}` });
      case 'tellCode':
      case 'confirm':
      case 'retryOrCancel':
        return this.#press(this.#chance(0.7) ? 'enter' : 'escape');
      default:
        if (givesUp) this.#press('escape');
    }
  }

  /** DOM-90. She has looked into the cabinet too early: `not paid` may be wrong, and the register must make it good. */
  #decideByHand(): void {
    const attempt = this.#loop.state.attempts.find(({ operation, foreground }) => operation === 'pay' && !foreground);
    if (attempt === undefined) return;
    const { attemptId } = attempt;
    const purpose = { kind: 'resolve' as const, attemptId, decision: 'notPaid' as const, reason: 'кабинет' };
    this.#loop.post({ type: 'passwordChecked', purpose, userCode: '9' });
  }

  #press(...keys: string[]): void {
    for (const name of keys) this.#loop.post({ type: 'key', name, text: name.length === 1 ? name : null });
  }

  #changeBuyer(): void {
    this.server.buyer = {
      readyAfterMs: this.#pick([0, 0, 2_000, 9_000, 30_000, null]),
      status: this.#pick([1, 1, 1, 1, 2, 3, 4]),
      pinAfterMs: this.#pick([null, null, null, 5_000, 60_000, 400_000]),
    };
  }

  #pass(milliseconds: number): void {
    this.clock.advance(milliseconds);
    this.server.settle(this.clock.now());
  }

  /** Anything may be lost on both ways, or arrive when nobody waits for it any more. */
  #send(attemptId: string, request: HttpRequest): void {
    const loop = this.#loop;
    const { tag } = request;
    const isBad = this.#isHostile && this.#chance(0.25);
    const fate = isBad ? this.#pick(['notSent', 'lost', 'noReply', 'late', 'late', '500'] as const) : 'good';
    if (fate === 'notSent')
      return this.#later(50, () => loop.post({ type: 'noReply', attemptId, noReply: { tag, kind: fate } }));
    const lost = () => loop.post({ type: 'noReply', attemptId, noReply: { tag, kind: 'lost' } });
    if (fate === 'lost') return this.#later(request.timeoutMs, lost);
    const wayMs = fate === 'late' ? this.#pick([4_000, 12_000, 40_000]) : 30;
    this.#later(wayMs, () => {
      const reply = this.server.handle(request, this.clock.now());
      if (fate === '500') loop.post({ type: 'reply', attemptId, reply: { tag, status: 500, body: '<html>' } });
      else if (fate !== 'noReply' && wayMs < request.timeoutMs) loop.post({ type: 'reply', attemptId, reply });
    });
    if (fate === 'noReply' || wayMs >= request.timeoutMs) this.#later(request.timeoutMs, lost);
  }

  #later(delayMs: number, run: () => void): void {
    this.clock.setTimeout(run, delayMs);
  }

  #append(write: JournalWrite): void {
    const dice = this.#isHostile ? this.#next() : 1;
    if (dice < 0.01) this.#die();
    if (this.#isDead) throw new PowerCut();
    const journal = this.#journal;
    for (const event of write.events) journal.events.push(JSON.stringify(event));
    for (const document of write.documents) journal.documents.set(document.documentId, structuredClone(document));
    for (const attempt of write.attempts) journal.attempts.set(attempt.attemptId, JSON.stringify(attempt));
    for (const { hash } of write.usedCodes) journal.usedCodes.add(hash);
    if (write.snapshot !== null) {
      journal.snapshot = JSON.stringify(write.snapshot);
      journal.events = [];
    }
    if (dice < 0.02) this.#die();
    if (this.#isDead) throw new PowerCut();
  }

  #die(): void {
    this.#isDead = true;
    this.#loop.stop();
  }

  #restart(): void {
    this.restarts++;
    this.#loop.stop();
    this.#isDead = false;
    this.#loop = this.#start();
    // The new start may be cut short as well.
    if (this.#isDead) this.#restart();
  }

  #start(): Loop {
    const journal = this.#journal;
    const before: RegisterState =
      journal.snapshot === null ? initialState(8, 'abc123') : (JSON.parse(journal.snapshot) as RegisterState);
    const events = journal.events.map((text) => JSON.parse(text) as RegisterEvent);
    const attempts = [...journal.attempts.values()].map((text) => JSON.parse(text) as Attempt);
    const state: AppState = {
      register: { ...events.reduce(evolve, before), user: null, locked: false },
      attempts: attempts.filter((attempt) => !isFinal(attempt)),
      printJobs: [],
      attemptsMade: attempts.length,
      nextPrintJobId: 1,
      ui: emptyUi,
      scanners: {},
      display: 'none',
      printing: IDLE_PRINTING,
      printer: 'none',
      notices: [],
      nextNoticeId: 1,
      reports: {},
      silent: {},
      probes: {},
      linkChecks: {},
      linkLost: {},
      answerFaults: {},
      stalled: [],
      storage: null,
      catalogDamaged: false,
      shortMegabytes: null,
      annulling: null,
      isRefunding: false,
      failedLogins: 0,
      lastActivityMs: 0,
      columns: 80,
      rows: 25,
    };
    const facts = this.#facts();
    const loop = new Loop(state, {
      clock: shopClock(this.clock),
      facts,
      models: createModels(facts, {
        settings: SCREEN,
        keyMap: DEFAULT_KEY_MAP,
        utcOffsetMinutes: 180,
        version: '',
        catalog: () => ({ goodsCount: 1, loadedAt: null, stale: false }),
      }),
      append: (write) => this.#append(write),
      perform: (effect: Effect) => {
        if (effect.do === 'send') this.#send(effect.attemptId, effect.request);
      },
      paint: () => undefined,
      record: () => undefined,
      damaged: () => undefined,
      fault: (error) => {
        if (!(error instanceof PowerCut)) throw error;
      },
    });
    this.#loop = loop;
    loop.post({ type: 'started', autoLoginCode: '1' });
    return loop;
  }

  #facts(): Facts {
    return {
      now: () => this.clock.now(),
      wall: () => this.clock.now(),
      boot: () => ({ bootId: 'boot-1', uptimeMs: this.clock.now() }),
      newAttemptId: () => `attempt-${++this.#ids}`,
      rules: defaultRules,
      limits: SCREEN,
      drawerLimits: null,
      drawerKopecks: () => 0,
      minPasswordLength: 0,
      qrFitsScreen: () => true,
      lockAfterMs: 0,
      currencies: () => CURRENCIES,
      users: () => USERS,
      isUserLocked: () => false,
      resolveGoods: () => ({ found: GOODS, quantityThousandths: null, priceKopecks: null, by: 'code' }),
      driver: (name) => drivers.get(name) ?? null,
      systems: () => [],
      hasOrderNumber: () => false,
      setUpFaults: () => [],
      shopName: '',
      driverSettings: (name) => ({
        settings:
          name === 'oplati' ? { ...OPLATI_DEFAULTS, url: 'http://model', regNum: 'OPL1', mode: this.#mode } : {},
      }),
      token: () => ({ token: 'token' }),
      hasUsedCode: (hash) => this.#journal.usedCodes.has(hash),
      attempt: (attemptId) => {
        const text = this.#journal.attempts.get(attemptId);
        return text === undefined ? null : (JSON.parse(text) as Attempt);
      },
      searchGoods: () => ({ rows: [], more: false }),
      lastClosedDocument: () => null,
      document: () => null,
      attemptsOf: () => [],
      returnsOf: () => [],
      salesPage: () => ({ rows: [], offset: 0, total: 0 }),
      attemptsOfShift: () => [],
      attemptsEndedLater: () => [],
      findCard: () => ({ refused: 'DOM-70' }),
      systemPage: () => null,
      diskHasReserve: () => true,
      printerConfigured: false,
    };
  }

  /** mulberry32 */
  #next(): number {
    this.#random = (this.#random + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#random ^ (this.#random >>> 15), 1 | this.#random);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  #chance(probability: number): boolean {
    return this.#next() < probability;
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#next() * items.length)] as Item;
  }
}
