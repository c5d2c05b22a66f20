/** The О!плати server emulator: the API on one port, the control plane on another, one buyer in front of them. */
import { type EmulatorClock, SteerableClock, systemClock } from '../clock.ts';
import {
  type ControlBody,
  ControlError,
  type ControlRoutes,
  networkControls,
  planFault,
  startControlServer,
  textField,
  wholeField,
} from '../control.ts';
import { type FaultOptions, FaultPlan } from '../faults.ts';
import { type LoggedRequest, startFaultyApi } from '../faulty-api.ts';
import { StateFile } from '../state-file.ts';
import { BUYER_NAMES, Buyer, type BuyerName, type BuyerOverrides, isBuyerName } from './buyer.ts';
import { Ledger, type LedgerRow } from './ledger.ts';
import { type PosParts, servePos } from './pos.ts';
import { RegisterBook, type RegisteredRegister } from './registers.ts';
import { SessionBook } from './sessions.ts';
import { DEFAULT_SETTINGS, type OplatiSettings } from './settings.ts';
import { emptyState, type LoyaltyCard, type OplatiState } from './state.ts';
import { WebDesk } from './web.ts';
import { spoilEcho } from './wire.ts';

export interface OplatiEmulatorOptions extends Partial<OplatiSettings> {
  host?: string;
  /** 0: any free port. */
  port?: number;
  controlPort?: number;
  buyer?: BuyerName;
  /** When the buyer scans or types, after the demand. */
  buyerDelayMs?: number;
  clock?: EmulatorClock;
  /** Absent: any `regNum` is registered. */
  registers?: readonly RegisteredRegister[];
  /** Tokens issued before the start, by `regNum`. */
  tokens?: Record<string, string>;
  loyaltyCards?: LoyaltyCard[];
  /** Where the books survive a restart. */
  stateFile?: string;
}

export interface OplatiEmulator {
  /** For `url` of `oplati.conf`, with `/ms-pay`; the paths are served without it too. */
  readonly url: string;
  readonly controlUrl: string;
  /** Every operation as it really happened, all statuses, by id. */
  ledger(): LedgerRow[];
  setBuyer(name: BuyerName, overrides?: BuyerOverrides): void;
  setBalance(kopecks: number | null): void;
  setLoyaltyCards(cards: LoyaltyCard[]): void;
  /** Joins a waiting session now: by QR text, by confirmation code, or (null) the one demanded last. */
  scan(key?: string | null): number | null;
  /** Answers the PIN question; null when nobody was asked. */
  answerPin(answer: 'pay' | 'refuse', paymentId?: number | null): number | null;
  /** `none` clears every fault. Resolves when it is in force. */
  fault(kind: string, times?: number, options?: FaultOptions): Promise<void>;
  /** «Сбросить токен»; false when the register has none. */
  resetToken(regNum: string): boolean;
  /** A one-time code on the buyer's phone, good for a minute. */
  issueBuyerCode(): string;
  advanceClock(byMs: number): void;
  /** What came to the API, without headers. */
  requests(): LoggedRequest[];
  /** Key of the web notifications, base64 of its DER. */
  publicKey(): string;
  close(): Promise<void>;
}

/** Starts the emulator; rejects when a port is taken or the state file is damaged. */
export async function startOplatiEmulator(options: OplatiEmulatorOptions = {}): Promise<OplatiEmulator> {
  const settings: OplatiSettings = { ...DEFAULT_SETTINGS, ...options };
  const host = options.host ?? '127.0.0.1';
  const file = new StateFile<OplatiState>(options.stateFile ?? null);
  const state = file.load() ?? emptyState();
  state.loyaltyCards = options.loyaltyCards ?? state.loyaltyCards;
  const clock = new SteerableClock(options.clock ?? systemClock, state.clockOffsetMs);
  const registers = new RegisterBook(state, options.registers ?? null, options.tokens ?? {});
  const buyer = new Buyer(state, settings, options.buyer ?? 'pays', options.buyerDelayMs ?? 4000);
  const sessions = new SessionBook(state, settings, buyer);
  const ledger = new Ledger(state, settings, buyer, (payment) => web.notify(payment));

  /** Catches up with the clock, does the work, stores the outcome: nobody may learn of what is not on disk. */
  const durably = <Result>(work: (nowMs: number) => Result): Result => {
    const nowMs = clock.now();
    ledger.settle(nowMs);
    const result = work(nowMs);
    state.clockOffsetMs = clock.offsetMs;
    file.save(state);
    return result;
  };
  const web = new WebDesk(ledger, settings, clock, () => durably(() => undefined));
  const parts: PosParts = { settings, registers, sessions, buyer, ledger, web };

  const faults = new FaultPlan();
  const api = await startFaultyApi({
    host,
    port: options.port ?? 0,
    basePath: '/ms-pay',
    clock,
    faults,
    handle: (call) => durably((nowMs) => servePos(parts, call, nowMs)),
    spoil: spoilEcho,
  });
  web.resume(state);

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
    fault: (kind: string, times = 1, more: FaultOptions = {}) =>
      planFault(clock, faults, api, kind, { ...more, times }),
    resetToken: (regNum: string) => durably(() => registers.resetToken(regNum)),
    issueBuyerCode: () => durably((nowMs) => buyer.issueCode(nowMs)),
    advanceClock: (byMs: number) => {
      clock.advance(byMs);
      durably(() => undefined);
    },
    requests: api.requests,
    publicKey: () => web.publicKey(),
  };
  const control = await startControlServer(host, options.controlPort ?? 0, {
    ...networkControls(clock, faults, api),
    ...oplatiControls(face),
  });
  return {
    ...face,
    url: `http://${host}:${api.port}/ms-pay`,
    controlUrl: `http://${host}:${control.port}/control`,
    close: async () => {
      clock.stop();
      await Promise.all([api.shut(), control.shut()]);
    },
  };
}

function oplatiControls(face: Omit<OplatiEmulator, 'url' | 'controlUrl' | 'close'>): ControlRoutes {
  return {
    'GET ledger': () => face.ledger(),
    'GET public-key': () => ({ publicKey: face.publicKey() }),
    'POST buyer': (body) => {
      const name = textField(body, 'name');
      if (!isBuyerName(name)) throw new ControlError(`unknown buyer, one of: ${BUYER_NAMES.join(', ')}`);
      face.setBuyer(name, buyerOverrides(body));
    },
    'POST reset-token': (body) => found(face.resetToken(textField(body, 'regNum')) || null, 'no such token register'),
    'POST buyer-code': () => ({ code: face.issueBuyerCode() }),
    'POST cards': (body) => face.setLoyaltyCards(cardsOf(body)),
    'POST balance': (body) => face.setBalance(body.kopecks === null ? null : wholeField(body, 'kopecks', null)),
    'POST scan': (body) => {
      const key = body.code === undefined ? null : textField(body, 'code');
      return { sessionId: found(face.scan(key), 'no session waits for it') };
    },
    'POST confirm': (body) => answered(face, 'pay', body),
    'POST refuse': (body) => answered(face, 'refuse', body),
  };
}

function answered(face: Pick<OplatiEmulator, 'answerPin'>, answer: 'pay' | 'refuse', body: ControlBody): unknown {
  const paymentId = face.answerPin(answer, wholeField(body, 'paymentId', null));
  return { paymentId: found(paymentId, 'no payment waits for the PIN') };
}

function found<Value>(value: Value | null, otherwise: string): Value {
  if (value === null) throw new ControlError(otherwise, 409);
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
