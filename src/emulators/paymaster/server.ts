/** The PayMaster server emulator: the API on one port, the control plane on another, one payer in front of them. */
import type { BuyerName } from '../buyer-name.ts';
import { buyerField, type ControlBody, type ControlRoutes, controlProblem, textField, wholeField } from '../control.ts';
import { readDialect, shownDialect } from '../dialect.ts';
import {
  type Durably,
  openState,
  type PaymentServer,
  type PaymentServerOptions,
  startPaymentServer,
} from '../payment-server.ts';
import { readSeed, type SeedPlan } from '../seed.ts';
import { type ApiParts, serveApi } from './api.ts';
import { Callbacks } from './callbacks.ts';
import { type LedgerRow, ledgerRows } from './ledger.ts';
import { Payer, type PayerOverrides } from './payer.ts';
import { type PayerAct, PaymentBook } from './payments.ts';
import { RefundBook, type RefundPlan } from './refunds.ts';
import { seed } from './seed.ts';
import { DEFAULT_SETTINGS, DIALECTS, type Dialect, type PaymasterSettings } from './settings.ts';
import { emptyState, type PaymasterState } from './state.ts';
import { StickerBook } from './stickers.ts';
import { spoilEcho } from './wire.ts';

/** How long a refund stays pending unless told otherwise. */
const REFUND_DELAY_MS = 2000;

export interface PaymasterEmulatorOptions extends Partial<PaymasterSettings>, PaymentServerOptions {
  /** When the buyer has paid, after the link is out. */
  buyerDelayMs?: number;
  refunds?: RefundPlan;
}

export interface PaymasterEmulator extends PaymentServer {
  /** Base of the API, with `/api/v2`; the paths are served without it too. */
  readonly url: string;
  /** Every payment and refund as it really happened, all statuses, oldest first. */
  ledger(): LedgerRow[];
  /** The buyer is charged once more under a number (null: the one paid last); the new id, or null when nothing of it is paid. */
  payAgain(orderNumber?: string | null): string | null;
  setBuyer(name: BuyerName, overrides?: PayerOverrides): void;
  /**
   * The payer acts now: opens the link, confirms, or is refused with a code (`CancelledByUser`: gives up himself).
   * @param orderNumber null: the unpaid payment that came last
   * @returns id of the payment, or null when there is no active one
   */
  payer(act: PayerAct, orderNumber?: string | null, resultCode?: string): string | null;
  /** How refunds go from now on, pending ones included. */
  setRefunds(plan: RefundPlan): void;
  /** How the server answers from now on. */
  setDialect(dialect: Partial<Dialect>): void;
  /** Finished bills and refunds of the shop. @param description purpose of the bills */
  seed(plan: SeedPlan, description?: string): void;
}

/** Starts the emulator; rejects when a port is taken or the state file is damaged. */
export async function startPaymasterEmulator(options: PaymasterEmulatorOptions = {}): Promise<PaymasterEmulator> {
  const settings: PaymasterSettings = { ...DEFAULT_SETTINGS, ...options };
  const kept = openState<PaymasterState>(options, emptyState);
  const { state, clock } = kept;
  const callbacks = new Callbacks(settings, clock);
  const payer = new Payer(options.buyer ?? 'pays', options.buyerDelayMs ?? 2000);
  const stickers = new StickerBook(state);
  const payments = new PaymentBook(state, settings, stickers, payer, (payment) => callbacks.notify(payment));
  const refunds = new RefundBook(state, options.refunds ?? { endsAfterMs: REFUND_DELAY_MS, resultCode: 'Success' });
  const parts: ApiParts = { state, settings, payments, refunds, stickers };
  const durably: Durably = kept.durably(
    (nowMs) => {
      payments.settle(nowMs);
      refunds.settle(nowMs);
    },
    () => callbacks.wakeAt(payments.nextWatchedMs(), () => durably(() => undefined)),
  );

  const face = {
    ledger: () => durably(() => ledgerRows(state)),
    setBuyer: (name: BuyerName, overrides?: PayerOverrides) =>
      durably((nowMs) => {
        payer.become(name, overrides);
        payments.replan(nowMs);
      }),
    payer: (act: PayerAct, orderNumber: string | null = null, resultCode = 'CancelledByUser') =>
      durably((nowMs) => payments.act(act, orderNumber, resultCode, nowMs)?.id ?? null),
    payAgain: (orderNumber: string | null = null) =>
      durably((nowMs) => payments.payAgain(orderNumber, nowMs)?.id ?? null),
    setRefunds: (plan: RefundPlan) => durably((nowMs) => refunds.setPlan(plan, nowMs)),
    setDialect: (dialect: Partial<Dialect>) => {
      Object.assign(settings, dialect);
    },
    seed: (plan: SeedPlan, description = '') => durably((nowMs) => seed(state, plan, description, nowMs)),
  };
  const server = await startPaymentServer(options, {
    basePath: '/api/v2',
    clock,
    durably,
    handle: (call, nowMs) => serveApi(parts, call, nowMs),
    spoil: spoilEcho,
    face,
    controls: paymasterControls(face, settings),
  });
  // A state file may hold payments that the shop still has to be told of.
  durably(() => undefined);
  return server;
}

function paymasterControls(
  face: Omit<PaymasterEmulator, keyof PaymentServer>,
  settings: PaymasterSettings,
): ControlRoutes {
  return {
    'POST buyer': (body) => face.setBuyer(buyerField(body), payerOverrides(body)),
    'POST open': (body) => acted(face, 'open', body),
    'POST confirm': (body) => acted(face, 'confirm', body),
    'POST refuse': (body) => acted(face, 'refuse', body),
    'POST pay-again': (body) => {
      const paymentId = face.payAgain(body.orderNumber === undefined ? null : textField(body, 'orderNumber'));
      if (paymentId === null) throw controlProblem('no such paid bill', 409);
      return { paymentId };
    },
    'POST refunds': (body) =>
      face.setRefunds({
        endsAfterMs: body.endsAfterMs === null ? null : wholeField(body, 'endsAfterMs', REFUND_DELAY_MS),
        resultCode: body.resultCode === undefined ? 'Success' : textField(body, 'resultCode'),
      }),
    'POST seed': (body) =>
      face.seed(readSeed(body), body.description === undefined ? undefined : textField(body, 'description')),
    'GET dialect': () => shownDialect<Dialect>(DIALECTS, settings),
    'POST dialect': (body) => face.setDialect(readDialect(DIALECTS, body)),
  };
}

function acted(face: Pick<PaymasterEmulator, 'payer'>, act: PayerAct, body: ControlBody): unknown {
  const orderNumber = body.orderNumber === undefined ? null : textField(body, 'orderNumber');
  const resultCode = body.resultCode === undefined ? undefined : textField(body, 'resultCode');
  const paymentId = face.payer(act, orderNumber, resultCode);
  if (paymentId === null) throw controlProblem('no active payment', 409);
  return { paymentId };
}

function payerOverrides(body: ControlBody): PayerOverrides {
  const overrides: PayerOverrides = {};
  if ('delayMs' in body) overrides.delayMs = body.delayMs === null ? null : wholeField(body, 'delayMs', null);
  if ('payingMs' in body) overrides.payingMs = body.payingMs === null ? null : wholeField(body, 'payingMs', null);
  if (body.resultCode !== undefined) overrides.resultCode = textField(body, 'resultCode');
  return overrides;
}
