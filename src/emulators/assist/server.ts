/** The Assist server emulator: the API on one port, the control plane on another, one buyer in front of them. */
import type { BuyerName } from '../buyer-name.ts';
import { buyerField, type ControlBody, type ControlRoutes, controlProblem, textField, wholeField } from '../control.ts';
import { readDialect, shownDialect } from '../dialect.ts';
import type { LoggedRequest } from '../faulty-api.ts';
import { openState, type PaymentServer, type PaymentServerOptions, startPaymentServer } from '../payment-server.ts';
import { Gatekeeper } from './access.ts';
import { Buyer, type BuyerOverrides } from './buyer.ts';
import { type LedgerRow, ledgerRows } from './ledger.ts';
import { OrderBook } from './order-book.ts';
import { type Refusal, RefusalPlan } from './refusals.ts';
import { masked } from './requests.ts';
import { serveAssist } from './services.ts';
import { type AssistSettings, DEFAULT_SETTINGS, DIALECTS, type Forms, MEANS } from './settings.ts';
import { type AssistState, emptyState } from './state.ts';
import type { ServiceParts } from './web-services.ts';
import { spoilEcho } from './wire.ts';

/** What can be changed while the server runs. */
export type Dialect = Forms & Pick<AssistSettings, 'forbiddenMeans'>;

export interface AssistEmulatorOptions extends Partial<AssistSettings>, PaymentServerOptions {
  /** When the buyer pays, after the link is out. */
  buyerDelayMs?: number;
}

export interface AssistEmulator extends PaymentServer {
  /** For `assist.serverUrl`. */
  readonly url: string;
  /** Every order as a payment, each followed by its refunds. */
  ledger(): LedgerRow[];
  setBuyer(name: BuyerName, overrides?: BuyerOverrides): void;
  /** The payer pays now: this order or (null) the one opened last; the number, or null when none waits. */
  pay(orderNumber?: string | null): string | null;
  /** The bank of the payer refuses now. */
  decline(responseCode?: string, orderNumber?: string | null): string | null;
  /** Puts any word in place of the state of an order, or (null) its true state back; false when there is no order. */
  showState(orderNumber: string, word: string | null): boolean;
  setDialect(dialect: Partial<Dialect>): void;
  /** The server refuses the next requests with a fault of its own. */
  refuse(refusal: Refusal): void;
  /** What came to the API: without headers, passwords and card data. */
  requests(): LoggedRequest[];
}

/** Starts the emulator; rejects when a port is taken or the state file is damaged. */
export async function startAssistEmulator(options: AssistEmulatorOptions = {}): Promise<AssistEmulator> {
  const settings: AssistSettings = { ...DEFAULT_SETTINGS, ...options };
  const kept = openState<AssistState>(options, emptyState);
  const { state, clock } = kept;
  const buyer = new Buyer(options.buyer ?? 'pays', options.buyerDelayMs ?? 2000);
  const book = new OrderBook(state, settings, buyer);
  const refusals = new RefusalPlan();
  const parts: ServiceParts = { settings, gate: new Gatekeeper(state, settings), buyer, book, refusals };
  const durably = kept.durably((nowMs) => book.settle(nowMs));

  const answer = (responseCode: string, orderNumber: string | null) =>
    durably((nowMs) => book.answer(orderNumber, responseCode, nowMs)?.orderNumber ?? null);
  const face = {
    ledger: () => durably(() => ledgerRows(state)),
    setBuyer: (name: BuyerName, overrides?: BuyerOverrides) =>
      durably((nowMs) => {
        buyer.become(name, overrides);
        book.replan(nowMs);
      }),
    pay: (orderNumber: string | null = null) => answer('AS000', orderNumber),
    decline: (responseCode = 'AS100', orderNumber: string | null = null) => answer(responseCode, orderNumber),
    showState: (orderNumber: string, word: string | null) => durably(() => book.show(orderNumber, word) !== null),
    setDialect: (dialect: Partial<Dialect>) => {
      Object.assign(settings, dialect);
    },
    refuse: (refusal: Refusal) => refusals.add(refusal),
  };
  return startPaymentServer(options, {
    basePath: '',
    clock,
    durably,
    handle: (call, nowMs) => serveAssist(parts, call, nowMs),
    spoil: spoilEcho,
    // The bodies carry the password.
    logged: masked,
    face,
    controls: assistControls(face, settings),
  });
}

function assistControls(face: Omit<AssistEmulator, keyof PaymentServer>, settings: AssistSettings): ControlRoutes {
  return {
    'POST buyer': (body) => {
      const name = buyerField(body);
      const delayMs = body.delayMs === null ? null : wholeField(body, 'delayMs', undefined);
      face.setBuyer(name, delayMs === undefined ? {} : { delayMs });
    },
    'POST pay': (body) => answered(face.pay(optionalText(body, 'orderNumber'))),
    'POST decline': (body) => {
      const code = optionalText(body, 'code') ?? 'AS100';
      if (!/^AS10\d$/.test(code)) throw controlProblem('"code" must be AS100 to AS109');
      return answered(face.decline(code, optionalText(body, 'orderNumber')));
    },
    'POST state': (body) => {
      if (!face.showState(textField(body, 'orderNumber'), optionalText(body, 'state'))) {
        throw controlProblem('no such order', 409);
      }
    },
    'POST refusal': (body) => face.refuse(refusalOf(body)),
    'GET dialect': () => shownDialect<Forms>(DIALECTS, settings),
    'POST dialect': (body) => face.setDialect(dialectOf(body)),
  };
}

function answered(orderNumber: string | null): unknown {
  if (orderNumber === null) throw controlProblem('no order waits for its payer', 409);
  return { orderNumber };
}

/** Null where the field is absent or null. */
function optionalText(body: ControlBody, name: string): string | null {
  return body[name] === undefined || body[name] === null ? null : textField(body, name);
}

function refusalOf(body: ControlBody): Refusal {
  const refusal: Refusal = {
    firstCode: wholeField(body, 'firstCode', 10),
    secondCode: wholeField(body, 'secondCode', 100),
    times: wholeField(body, 'times', 1),
  };
  const status = wholeField(body, 'status', undefined);
  if (status !== undefined) refusal.status = status;
  if (body.path !== undefined) refusal.path = textField(body, 'path');
  if (body.message !== undefined) refusal.message = textField(body, 'message');
  return refusal;
}

function dialectOf(body: ControlBody): Partial<Dialect> {
  const dialect: Partial<Dialect> = {};
  const { forbiddenMeans, ...rest } = body;
  if (Array.isArray(forbiddenMeans)) dialect.forbiddenMeans = MEANS.filter((one) => forbiddenMeans.includes(one));
  else if (forbiddenMeans !== undefined) throw controlProblem('"forbiddenMeans" must be a list');
  if (Object.keys(rest).length > 0 || forbiddenMeans === undefined) Object.assign(dialect, readDialect(DIALECTS, rest));
  return dialect;
}
