/** The О!плати server emulator: the API on one port, the control plane on another, one buyer in front of them. */
import type { BuyerName } from '../buyer-name.ts';
import { buyerField, type ControlBody, type ControlRoutes, controlProblem, textField, wholeField } from '../control.ts';
import { readDialect, shownDialect } from '../dialect.ts';
import { openState, type PaymentServer, type PaymentServerOptions, startPaymentServer } from '../payment-server.ts';
import { readSeed, type SeedPlan } from '../seed.ts';
import { Buyer, type BuyerOverrides } from './buyer.ts';
import { Ledger, type LedgerRow } from './ledger.ts';
import { type PosParts, servePos } from './pos.ts';
import { RegisterBook, type RegisteredRegister } from './registers.ts';
import { SessionBook } from './sessions.ts';
import {
  DEFAULT_SETTINGS,
  DIALECTS,
  type Dialect,
  type OplatiSettings,
  WIRE_NAMES,
  type WireNames,
} from './settings.ts';
import { emptyState, type LoyaltyCard, type OplatiState } from './state.ts';
import { WebDesk } from './web.ts';
import { formatDate, spoilEcho } from './wire.ts';

export interface OplatiEmulatorOptions extends Partial<OplatiSettings>, PaymentServerOptions {
  /** When the buyer scans or types, after the demand. */
  buyerDelayMs?: number;
  /** Absent: any `regNum` is registered. */
  registers?: readonly RegisteredRegister[];
  /** Tokens issued before the start, by `regNum`. */
  tokens?: Record<string, string>;
  loyaltyCards?: LoyaltyCard[];
}

export interface OplatiEmulator extends PaymentServer {
  /** For `url` of `oplati.conf`, with `/ms-pay`; the paths are served without it too. */
  readonly url: string;
  /** Every operation as it really happened, all statuses, by id. */
  ledger(): LedgerRow[];
  /** The buyer is charged once more under a number (null: the one paid last); the new id, or null when nothing of it is paid. */
  payAgain(orderNumber?: string | null): number | null;
  setBuyer(name: BuyerName, overrides?: BuyerOverrides): void;
  setBalance(kopecks: number | null): void;
  setLoyaltyCards(cards: LoyaltyCard[]): void;
  /** Joins a waiting session now: by QR text, by confirmation code, or (null) the one demanded last. */
  scan(key?: string | null): number | null;
  /** Answers the PIN question; null when nobody was asked. */
  answerPin(answer: 'pay' | 'refuse', paymentId?: number | null): number | null;
  /** «Сбросить токен»; false when the register has none. */
  resetToken(regNum: string): boolean;
  /** A one-time code on the buyer's phone, good for a minute. */
  issueBuyerCode(): string;
  setDialect(dialect: Partial<Dialect>): void;
  /** Finished operations of a register. @param shift null = the label of today, `ddMMyyyy` */
  seed(plan: SeedPlan, regNum: string, shift?: string | null): void;
  /** Key of the web notifications, base64 of its DER. */
  publicKey(): string;
}

/** Starts the emulator; rejects when a port is taken or the state file is damaged. */
export async function startOplatiEmulator(options: OplatiEmulatorOptions = {}): Promise<OplatiEmulator> {
  const settings: OplatiSettings = { ...DEFAULT_SETTINGS, ...namesIn(options), ...options };
  const kept = openState<OplatiState>(options, emptyState);
  const { state, clock } = kept;
  state.loyaltyCards = options.loyaltyCards ?? state.loyaltyCards;
  const registers = new RegisterBook(state, settings, options.registers ?? null, options.tokens ?? {});
  const buyer = new Buyer(state, settings, options.buyer ?? 'pays', options.buyerDelayMs ?? 4000);
  const sessions = new SessionBook(state, settings, buyer);
  const ledger = new Ledger(state, settings, buyer, (payment) => web.notify(payment));
  const durably = kept.durably((nowMs) => ledger.settle(nowMs));
  const web = new WebDesk(ledger, settings, clock, () => durably(() => undefined));
  const parts: PosParts = { settings, registers, sessions, buyer, ledger, web };

  const face = {
    ledger: () => durably(() => ledger.rows()),
    setBuyer: (name: BuyerName, overrides?: BuyerOverrides) =>
      durably((nowMs) => {
        buyer.become(name, overrides);
        sessions.replan(nowMs);
      }),
    setBalance: (kopecks: number | null) =>
      durably(() => {
        state.balanceKopecks = kopecks;
      }),
    setLoyaltyCards: (cards: LoyaltyCard[]) =>
      durably(() => {
        state.loyaltyCards = cards;
      }),
    scan: (key: string | null = null) => durably((nowMs) => sessions.join(key, nowMs)?.sessionId ?? null),
    answerPin: (answer: 'pay' | 'refuse', paymentId: number | null = null) =>
      durably((nowMs) => ledger.answerPin(paymentId, answer, nowMs)?.paymentId ?? null),
    resetToken: (regNum: string) => durably(() => registers.resetToken(regNum)),
    issueBuyerCode: () => durably((nowMs) => buyer.issueCode(nowMs)),
    setDialect: (dialect: Partial<Dialect>) => {
      Object.assign(settings, dialect, namesIn(dialect));
    },
    seed: (plan: SeedPlan, regNum: string, shift: string | null = null) =>
      durably((nowMs) => ledger.seed(plan, regNum, shift ?? labelOf(nowMs, settings.utcOffsetMinutes), nowMs)),
    payAgain: (orderNumber: string | null = null) =>
      durably((nowMs) => ledger.payAgain(orderNumber, nowMs)?.paymentId ?? null),
    publicKey: () => web.publicKey(),
  };
  const server = await startPaymentServer(options, {
    basePath: '/ms-pay',
    clock,
    durably,
    handle: (call, nowMs) => servePos(parts, call, nowMs),
    spoil: spoilEcho,
    face,
    controls: oplatiControls(face, settings),
  });
  web.resume(state);
  return server;
}

function oplatiControls(face: Omit<OplatiEmulator, keyof PaymentServer>, settings: OplatiSettings): ControlRoutes {
  return {
    'GET dialect': () => shownDialect<Dialect>(DIALECTS, settings),
    'POST dialect': (body) => face.setDialect(readDialect(DIALECTS, body)),
    'POST seed': (body) =>
      face.seed(readSeed(body), textField(body, 'regNum'), body.shift === undefined ? null : textField(body, 'shift')),
    'GET public-key': () => ({ publicKey: face.publicKey() }),
    'POST buyer': (body) => face.setBuyer(buyerField(body), buyerOverrides(body)),
    'POST reset-token': (body) => found(face.resetToken(textField(body, 'regNum')) || null, 'no such token register'),
    'POST buyer-code': () => ({ code: face.issueBuyerCode() }),
    'POST cards': (body) => face.setLoyaltyCards(cardsOf(body)),
    'POST balance': (body) => face.setBalance(body.kopecks === null ? null : wholeField(body, 'kopecks', null)),
    'POST scan': (body) => {
      const key = body.code === undefined ? null : textField(body, 'code');
      return { sessionId: found(face.scan(key), 'no session waits for it') };
    },
    'POST pay-again': (body) => {
      const orderNumber = body.orderNumber === undefined ? null : textField(body, 'orderNumber');
      return { paymentId: found(face.payAgain(orderNumber), 'no such paid sale') };
    },
    'POST confirm': (body) => answered(face, 'pay', body),
    'POST refuse': (body) => answered(face, 'refuse', body),
  };
}

function namesIn({ names }: Partial<Dialect>): Partial<WireNames> {
  return names === undefined ? {} : WIRE_NAMES[names];
}

/** `ddMMyyyy` */
function labelOf(nowMs: number, utcOffsetMinutes: number): string {
  return formatDate(nowMs, utcOffsetMinutes).slice(0, 10).split('-').reverse().join('');
}

function answered(face: Pick<OplatiEmulator, 'answerPin'>, answer: 'pay' | 'refuse', body: ControlBody): unknown {
  const paymentId = face.answerPin(answer, wholeField(body, 'paymentId', null));
  return { paymentId: found(paymentId, 'no payment waits for the PIN') };
}

function found<Value>(value: Value | null, otherwise: string): Value {
  if (value === null) throw controlProblem(otherwise, 409);
  return value;
}

function buyerOverrides(body: ControlBody): BuyerOverrides {
  const overrides: BuyerOverrides = {};
  if ('delayMs' in body) overrides.delayMs = body.delayMs === null ? null : wholeField(body, 'delayMs', null);
  if ('pinAfterMs' in body)
    overrides.pinAfterMs = body.pinAfterMs === null ? null : wholeField(body, 'pinAfterMs', null);
  return overrides;
}

/** `{"cards":[{"cardNumber","programName"}]}`, or one card by itself. */
function cardsOf(body: ControlBody): LoyaltyCard[] {
  const cards = Array.isArray(body.cards) ? (body.cards as ControlBody[]) : [body];
  return cards.map((card) => ({
    cardNumber: textField(card, 'cardNumber'),
    programName: typeof card.programName === 'string' ? card.programName : '',
  }));
}
