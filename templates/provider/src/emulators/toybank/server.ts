/** The Toybank server emulator (docs/protocols/toybank.md): the API on one port, the control plane on another. */

import type { BuyerName } from '../buyer-name.ts';
import { buyerField } from '../control.ts';
import type { EchoFaultKind } from '../faults.ts';
import { type HttpCall, type HttpReply, jsonReply } from '../http-server.ts';
import { openState, type PaymentServer, type PaymentServerOptions, startPaymentServer } from '../payment-server.ts';
import { Problem } from '../problem.ts';
import { Books, type LedgerRow, type Payment, type Refund, refusal } from './books.ts';
import { TOYBANK_EMULATOR_DEFAULTS, type ToybankEmulatorSettings } from './settings.ts';

/** Its books do not survive a restart. */
export type ToybankEmulatorOptions = Partial<ToybankEmulatorSettings> & Omit<PaymentServerOptions, 'stateFile'>;

export interface ToybankEmulator extends PaymentServer {
  /** Every payment and refund as it really happened, all statuses. */
  ledger(): LedgerRow[];
  /** The buyer of the payments to come. */
  setBuyer(name: BuyerName): void;
}

/** Starts the emulator; rejects when the port is taken. */
export async function startToybank(options: ToybankEmulatorOptions = {}): Promise<ToybankEmulator> {
  const settings: ToybankEmulatorSettings = { ...TOYBANK_EMULATOR_DEFAULTS, ...options };
  const kept = openState(options, () => ({ clockOffsetMs: 0 }));
  const books = new Books(settings, options.buyer ?? 'pays');
  const durably = kept.durably((nowMs) => books.settle(nowMs));
  const face = {
    ledger: () => durably(() => books.ledger()),
    setBuyer: (name: BuyerName) => books.become(name),
  };
  return startPaymentServer(options, {
    basePath: '',
    clock: kept.clock,
    durably,
    handle: (call, nowMs) => serve(books, settings, call, nowMs),
    spoil,
    face,
    controls: { 'POST buyer': (body) => face.setBuyer(buyerField(body)) },
  });
}

function serve(books: Books, settings: ToybankEmulatorSettings, call: HttpCall, nowMs: number): HttpReply {
  try {
    if (call.headers.authorization !== `Bearer ${settings.token}`) throw refusal(401, 'notAuthorised');
    return jsonReply(200, answerOf(books, call, nowMs));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return jsonReply(error.status, { error: error.message });
  }
}

function answerOf(books: Books, { method, path, body, headers }: HttpCall, nowMs: number): object {
  const number = /^\/payments\/([\w-]{1,36})$/.exec(path)?.[1];
  if (method === 'GET' && number !== undefined) return paymentObject(books.find(number));
  const fields = readFields(body);
  const orderNumber = numberOf(fields.orderNumber);
  if (headers['idempotency-key'] !== orderNumber) throw refusal(400, 'badKey');
  switch (`${method} ${path}`) {
    case 'POST /payments': {
      const { sumKopecks, currency } = moneyOf(fields);
      return paymentObject(books.create(orderNumber, sumKopecks, currency, nowMs));
    }
    case 'POST /cancels':
      return paymentObject(books.cancel(orderNumber));
    case 'POST /refunds': {
      const { sumKopecks, currency } = moneyOf(fields);
      return refundObject(books.refund(orderNumber, numberOf(fields.paymentNumber), sumKopecks, currency));
    }
    default:
      throw refusal(404, 'unknownPath');
  }
}

function paymentObject({ id, orderNumber, sumKopecks: amount, currency, status }: Payment): object {
  return { id, orderNumber, amount, currency, status };
}

function refundObject({ id, orderNumber, sumKopecks: amount, currency }: Refund): object {
  return { id, orderNumber, amount, currency, status: 'returned' };
}

function readFields(body: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body ?? '');
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through to the one refusal.
  }
  throw refusal(400, 'badBody');
}

function numberOf(value: unknown): string {
  if (typeof value !== 'string' || !/^[\w-]{1,36}$/.test(value)) throw refusal(400, 'badOrderNumber');
  return value;
}

function moneyOf({ amount, currency }: Record<string, unknown>): { sumKopecks: number; currency: string } {
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount <= 0) throw refusal(400, 'badAmount');
  if (currency !== 'BYN') throw refusal(400, 'badCurrency');
  return { sumKopecks: amount, currency };
}

/** The body with a wrong echo. */
function spoil(kind: EchoFaultKind, body: string): string | null {
  const fields = JSON.parse(body) as { orderNumber: string; amount: number };
  if (kind === 'wrong-sum') fields.amount += 1;
  else fields.orderNumber += '-X';
  return JSON.stringify(fields);
}
