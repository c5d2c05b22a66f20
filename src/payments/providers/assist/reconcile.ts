/**
 * What has become of the orders of a shift, for the reconciliation. The services that are published list no period, so each order is asked
 * about (assist.md 3.3), one after another and never in haste. No money.
 */

import { safeText } from '../../../register/safe-text.ts';
import type { Machine, StepFacts, StepResult } from '../../driver.ts';
import { answerTo, meaningOf } from '../../kernel/answer.ts';
import { askAs, send } from '../../kernel/asking.ts';
import { notReconciled, progressPrompt, STOPPED } from '../../kernel/reconciling.ts';
import {
  beginUndecided,
  type Finished,
  finished,
  knowing,
  pause,
  stay,
  type Undecided,
} from '../../kernel/undecided.ts';
import type { Booked, ProviderOperation } from '../../outcome.ts';
import { type Fault, lastPayment, type OrderRecord, plain, readFault, readResult } from './answers.ts';
import { dayOf, isDone } from './reversal.ts';
import type { AssistSettings } from './settings.ts';
import { isSuccess, NOT_AUTHORISED } from './status.ts';
import { whyDoubtful, wordsOf } from './verdict.ts';
import { resultRequest } from './wire.ts';

type Facts = StepFacts<AssistSettings>;

interface Work extends Undecided {
  /** Orders that are still to be asked about; the first is the next. */
  numbers: string[];
  operations: ProviderOperation[];
}

type Working = { kind: 'reconcile'; at: 'asking'; work: Work };
export type ReconcileState = Working | Finished<'reconcile'>;
type Result = StepResult<ReconcileState>;

const TITLE = 'Ассист';
/** Between two orders: a shift of two thousand is asked about in some minutes, and the server hardly notices. */
const PACE_MS = 200;

export const assistReconcile: Machine<AssistSettings, ReconcileState> = {
  begin(order, facts) {
    const numbers = [...new Set((order.books?.operations ?? []).map(orderOf))];
    return next(
      { kind: 'reconcile', at: 'asking', work: { ...beginUndecided(order), numbers, operations: [] } },
      facts,
    );
  },

  step(state, input, facts) {
    if (state.at === 'finished') return stay(state);
    const { work } = state;
    if ('cashier' in input) return finished('reconcile', STOPPED);
    if ('restarted' in input || ('timer' in input && work.awaiting === null)) return next(state, facts);
    const answer = answerTo(work.awaiting, input);
    if (answer === null) return stay(state);
    const [number = '', ...left] = work.numbers;
    const read = (reply: Parameters<typeof readResult>[0]) => ordersUnder(number, readResult(reply, facts.settings));
    const meaning = meaningOf<OrderRecord[], Fault>(answer, read, readFault);
    if (meaning.is === 'understood') {
      const operations = [...work.operations, ...operationsOf(number, meaning.told, work, facts)];
      const heard = knowing(state, { awaiting: null, failures: 0, numbers: left, operations });
      return left.length === 0 ? next(heard, facts) : stay(heard, pause(PACE_MS));
    }
    if (meaning.is === 'refused') {
      const isStranger = typeof answer === 'object' && answer.status === 401;
      return finished('reconcile', isStranger ? NOT_AUTHORISED : notReconciled(TITLE, wordsOf(meaning.refusal)));
    }
    const failures = work.failures + 1;
    const isOver = meaning.is === 'notSent' || failures >= facts.settings.unreachableAfter;
    if (isOver) return finished('reconcile', notReconciled(TITLE, answer));
    return stay(knowing(state, { awaiting: null, failures }), pause(facts.settings.settlePollMs));
  },
};

function next(state: Working, facts: Facts): Result {
  const { numbers, operations, order } = state.work;
  const [number] = numbers;
  if (number === undefined) return finished('reconcile', { kind: 'approved', providerPaymentId: null, operations });
  const { settings, nowMs } = facts;
  const asking = askAs(state.work, 'result', nowMs);
  const sinceMs = dayOf(number) ?? order.books?.openedAtMs ?? nowMs;
  const limitMs = settings.unreachableAfter * (settings.timeoutMs + settings.settlePollMs);
  return stay(
    knowing(state, asking),
    { do: 'prompt', prompt: progressPrompt(TITLE, progressOf(state.work), limitMs) },
    send(resultRequest(asking.awaiting, number, { sinceMs, nowMs }, settings)),
  );
}

function progressOf({ order, numbers }: Work): string {
  const { asked, all } = order.books?.progress ?? { asked: 0, all: 0 };
  const ofThese = new Set(order.books?.operations.map(orderOf)).size;
  return `проверено ${asked + ofThese - numbers.length} из ${all}`;
}

/** The order under which it is asked about: a reversal stands in that of its payment. */
function orderOf({ orderNumber, source }: Booked): string {
  return source?.orderNumber ?? orderNumber;
}

/** @returns null for an answer about another order */
function ordersUnder(number: string, orders: OrderRecord[] | null): OrderRecord[] | null {
  return orders?.every(({ orderNumber }) => orderNumber === number) === true ? orders : null;
}

/** The payment, where this shift has made it, and what has gone back of it. */
function operationsOf(
  number: string,
  orders: OrderRecord[],
  { order: { books } }: Work,
  facts: Facts,
): ProviderOperation[] {
  const booked = (books?.operations ?? []).filter((one) => orderOf(one) === number);
  const own = booked.find(({ kind }) => kind === 'payment') ?? null;
  const ours = sinceOwn(orders, own);
  const payments = own === null ? [] : ours.map((order) => paymentOf(order, facts));
  const reversals = booked.filter(({ kind }) => kind === 'reversal');
  return [...payments, ...ours.flatMap((order) => reversalsOf(order, reversals, own !== null))];
}

/** Numbers have no till part (assist.md 12.2): what stands before our own order is another till's. */
function sinceOwn(orders: OrderRecord[], own: Booked | null): OrderRecord[] {
  const bill = own?.providerPaymentId ?? null;
  const from = bill === null ? 0 : orders.findIndex(({ billNumber }) => plain(billNumber) === plain(bill));
  return orders.slice(Math.max(0, from));
}

function paymentOf(order: OrderRecord, { settings }: Facts): ProviderOperation {
  const { orderNumber, billNumber, amountKopecks } = order;
  return {
    providerPaymentId: billNumber,
    orderNumber: safeText(orderNumber),
    kind: 'payment',
    amountKopecks,
    state: order.isTest && !settings.acceptsTestOrders ? 'declined' : stateOf(order, settings),
  };
}

function stateOf(order: OrderRecord, settings: AssistSettings): ProviderOperation['state'] {
  // Nothing of it is believed.
  if (whyDoubtful(order, settings) !== null) return 'pending';
  switch (order.state) {
    case 'Approved':
    case 'PartialCanceled':
      return 'approved';
    case 'Canceled':
      // Of a payment, or of an order that nobody has paid.
      return isSuccess(lastPayment(order)?.responseCode ?? '') ? 'approved' : 'declined';
    case 'Declined':
    case 'Timeout':
      return 'declined';
    default:
      return 'pending';
  }
}

/**
 * By the bill number of the operation, else by the sum.
 * @param isOfShift what nobody here has given back is told of too; of an older order an earlier shift may know it
 */
function reversalsOf(order: OrderRecord, booked: readonly Booked[], isOfShift: boolean): ProviderOperation[] {
  const done = new Set(order.operations.filter(isDone));
  const told: ProviderOperation[] = [];
  const tell = (orderNumber: string, providerPaymentId: string, amountKopecks: number) =>
    told.push({ orderNumber, providerPaymentId, kind: 'reversal', amountKopecks, state: 'approved' });
  for (const one of booked) {
    const operation = [...done].find(({ billNumber }) => billNumber === one.providerPaymentId);
    if (operation === undefined) continue;
    done.delete(operation);
    tell(one.orderNumber, operation.billNumber, wholeOf(operation.amountKopecks ?? 0, one, done));
  }
  for (const one of booked.filter(({ providerPaymentId }) => providerPaymentId === null)) {
    const operation = [...done].find(({ amountKopecks }) => amountKopecks === one.amountKopecks);
    if (operation === undefined) continue;
    done.delete(operation);
    tell(one.orderNumber, operation.billNumber, one.amountKopecks);
  }
  for (const { billNumber, amountKopecks } of isOfShift ? done : []) {
    tell(safeText(order.orderNumber), billNumber, amountKopecks ?? 0);
  }
  return told;
}

/** What a card and points have paid together goes back by an operation each (assist.md 3.3). */
function wholeOf(
  amountKopecks: number,
  { amountKopecks: wholeKopecks }: Booked,
  others: Set<OrderRecord['operations'][number]>,
): number {
  const part = [...others].find((other) => amountKopecks + (other.amountKopecks ?? 0) === wholeKopecks);
  if (amountKopecks === wholeKopecks || part === undefined) return amountKopecks;
  others.delete(part);
  return wholeKopecks;
}
