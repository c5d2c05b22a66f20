/**
 * The payments and refunds of the shift in the lists of the shop (paymaster.md 3.2), for the reconciliation. Rows are short and name every
 * register of the shop: an object is read only where its row does not say what is compared. No money.
 */

import { safeText } from '../../../register/safe-text.ts';
import type { HttpReply, Machine, StepFacts, StepResult } from '../../driver.ts';
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
import type { Booked, Books, Outcome, ProviderOperation } from '../../outcome.ts';
import type { PaymasterSettings } from './settings.ts';
import { NOT_AUTHORISED, paymentStatus, refundStatus, wordsOf } from './status.ts';
import {
  CURRENCY,
  type ListRow,
  listRequest,
  MOST_PAGES,
  type Page,
  type Payment,
  type Problem,
  purposeOf,
  type Refund,
  readOwner,
  readPayment,
  readPaymentPage,
  readProblem,
  readRefundPage,
  refundListRequest,
  stateRequest,
} from './wire.ts';

type Facts = StepFacts<PaymasterSettings>;

interface Work extends Undecided {
  endMs: number;
  cursor: string | null;
  pages: number;
  operations: ProviderOperation[];
  /** Ids of payments whose rows do not say enough. */
  unread: string[];
  /** Refunds of payments that are in no list: whose they are the payment tells. */
  unowned: Refund[];
  othersCount: number;
}

/** `payment`, `owner`: the payment of an unread row, or of an unowned refund, is read. */
type Working = { kind: 'reconcile'; at: 'payments' | 'payment' | 'refunds' | 'owner'; work: Work };
export type ReconcileState = Working | Finished<'reconcile'>;
type Result = StepResult<ReconcileState>;

const TITLE = 'PayMaster';
const NO_BOOKS: Books = {
  openedAtMs: 0,
  registerPrefix: '',
  shiftPrefix: '',
  operations: [],
  progress: { asked: 0, all: 0 },
};

export const paymasterReconcile: Machine<PaymasterSettings, ReconcileState> = {
  begin(order, facts) {
    const work: Work = {
      ...beginUndecided(order),
      endMs: facts.nowMs,
      cursor: null,
      pages: 0,
      operations: [],
      unread: [],
      unowned: [],
      othersCount: 0,
    };
    return ask({ kind: 'reconcile', at: 'payments', work }, facts);
  },

  step(state, input, facts) {
    if (state.at === 'finished') return stay(state);
    const { work } = state;
    if ('cashier' in input) return finished('reconcile', STOPPED);
    if ('restarted' in input || ('timer' in input && work.awaiting === null)) return ask(state, facts);
    const answer = answerTo(work.awaiting, input);
    if (answer === null) return stay(state);
    const meaning = meaningOf<(heard: Working) => Result, Problem>(answer, readerOf(state, facts), readProblem);
    if (meaning.is === 'understood') return meaning.told(knowing(state, { awaiting: null, failures: 0 }));
    if (meaning.is === 'refused') return finished('reconcile', refused(meaning.refusal));
    const failures = work.failures + 1;
    const isOver = meaning.is === 'notSent' || failures >= facts.settings.unreachableAfter;
    if (isOver) return finished('reconcile', notReconciled(TITLE, answer));
    return stay(knowing(state, { awaiting: null, failures }), pause(facts.settings.pollMs));
  },
};

function ask(from: Working, facts: Facts): Result {
  const { cursor, endMs, unread, unowned, operations, othersCount } = from.work;
  const { settings } = facts;
  const asking = askAs(from.work, from.at === 'payments' || from.at === 'refunds' ? 'list' : 'state', facts.nowMs);
  const { openedAtMs } = booksOf(from.work);
  const window = { startMs: openedAtMs - settings.listSlackMs, endMs: endMs + settings.listSlackMs };
  const requests = {
    payments: () => listRequest(asking.awaiting, settings, window, cursor),
    refunds: () => refundListRequest(asking.awaiting, settings, window, cursor),
    payment: () => stateRequest(asking.awaiting, settings, unread[0] ?? ''),
    owner: () => stateRequest(asking.awaiting, settings, unowned[0]?.paymentId ?? ''),
  };
  const text = `прочитано операций: ${operations.length + othersCount}`;
  const prompt = progressPrompt(TITLE, text, settings.unreachableAfter * (settings.httpTimeoutMs + settings.pollMs));
  return stay(knowing(from, asking), { do: 'prompt', prompt }, send(requests[from.at]()));
}

/** What follows from a good answer. @returns null = it is not understood */
function readerOf({ at, work }: Working, facts: Facts): (reply: HttpReply) => ((heard: Working) => Result) | null {
  switch (at) {
    case 'payments':
      return (reply) => {
        const page = readPaymentPage(reply);
        // A row that cannot be asked for may be ours.
        if (page === null || page.rows.some(({ id }) => id === null)) return null;
        return (heard) =>
          nextPage(
            page.rows.reduce((state, row) => hearRow(state, row, facts), heard),
            page,
            facts,
          );
      };
    case 'payment':
      return (reply) => {
        const owner = readOwner(reply);
        const payment = readPayment(reply);
        if (owner === undefined || (owner !== null && payment === null)) return null;
        const isAsked = payment === null || payment.id === work.unread[0];
        return isAsked ? (heard) => hearPayment(heard, payment, facts) : null;
      };
    case 'refunds':
      return (reply) => {
        const page = readRefundPage(reply);
        const refunds = page?.rows.flatMap(({ object }) => object ?? []) ?? [];
        if (page === null || refunds.length < page.rows.length) return null;
        return (heard) => nextPage(refunds.reduce(hearRefund, heard), page, facts);
      };
    case 'owner':
      return (reply) => {
        const owner = readOwner(reply);
        const payment = readPayment(reply);
        if (owner === undefined || (owner !== null && payment === null)) return null;
        return (heard) => hearOwner(heard, payment, facts);
      };
  }
}

function nextPage(state: Working, { cursor }: Page<unknown>, facts: Facts): Result {
  const pages = state.work.pages + 1;
  if (cursor === null) return next(state, facts);
  if (pages >= MOST_PAGES) return finished('reconcile', notReconciled(TITLE, 'список операций слишком длинный'));
  return ask(knowing(state, { cursor, pages }), facts);
}

/** The lists are read; what is left are objects, one after another. */
function next(state: Working, facts: Facts): Result {
  const { work, at } = state;
  if (at === 'payments' || at === 'payment') {
    if (work.unread.length > 0) return ask({ ...state, at: 'payment' }, facts);
    return ask({ ...state, at: 'refunds', work: { ...work, cursor: null, pages: 0 } }, facts);
  }
  if (work.unowned.length > 0) return ask({ ...state, at: 'owner' }, facts);
  const { operations, othersCount } = work;
  return finished('reconcile', { kind: 'approved', providerPaymentId: null, operations, othersCount });
}

// Payments

function hearRow(state: Working, { id, owner, object, isShort }: ListRow<Payment>, facts: Facts): Working {
  const { work } = state;
  if (id === null || isHeard(work, 'payment', id) || work.unread.includes(id)) return state;
  const own = bookedPayment(work, id, owner);
  if (own === null && owner !== null && !owner.startsWith(booksOf(work).shiftPrefix)) return another(state);
  const unread = knowing(state, { unread: [...work.unread, id] });
  if (object === null) return unread;
  if (!isShort) return judge(state, object, facts);
  // It does not say whether it is a test: nothing is lost by that where it agrees with a payment that was proved, or nobody has paid.
  const told = operationOf(object, facts);
  const agrees = told.state === 'approved' && own?.state === 'approved' && told.amountKopecks === own.amountKopecks;
  return agrees || (own !== null && told.state !== 'approved') ? heard(state, told) : unread;
}

function hearPayment(from: Working, payment: Payment | null, facts: Facts): Result {
  const state = knowing(from, { unread: from.work.unread.slice(1) });
  return next(payment === null ? another(state) : judge(state, payment, facts), facts);
}

/** A number of ours that the register does not know may be of another shop's register: the purpose tells the shop, as in `look-back.ts`. */
function judge(state: Working, payment: Payment, facts: Facts): Working {
  const { work } = state;
  const isBooked = bookedPayment(work, payment.id, payment.orderNumber) !== null;
  const isOfShift = payment.orderNumber.startsWith(booksOf(work).shiftPrefix);
  const isOurs = isBooked || (isOfShift && payment.purpose === purposeOf(work.order, facts.settings));
  return isOurs ? heard(state, operationOf(payment, facts)) : another(state);
}

function operationOf(payment: Payment, { settings }: Facts): ProviderOperation {
  const { id, orderNumber, amountKopecks } = payment;
  const operation = {
    providerPaymentId: id,
    orderNumber: safeText(orderNumber),
    kind: 'payment' as const,
    amountKopecks,
  };
  // Nobody's money.
  if (payment.isTest && !settings.testMode) return { ...operation, state: 'declined' };
  // Not the sum that it reads like.
  if (payment.currency !== CURRENCY) return { ...operation, state: 'pending' };
  const status = paymentStatus(payment);
  return { ...operation, state: status === 'paid' ? 'approved' : stateOf(status) };
}

function stateOf(status: 'open' | 'strange' | Outcome): ProviderOperation['state'] {
  return typeof status === 'object' ? 'declined' : 'pending';
}

function bookedPayment(work: Work, id: string, owner: string | null): Booked | null {
  const isIt = ({ kind, providerPaymentId, orderNumber }: Booked) =>
    kind === 'payment' && (providerPaymentId === id || orderNumber === owner);
  return booksOf(work).operations.find(isIt) ?? null;
}

// Refunds

/** A refund has no number of ours: it is known by its id, else by its payment and sum. */
function hearRefund(state: Working, refund: Refund): Working {
  const { work } = state;
  const { openedAtMs } = booksOf(work);
  if (isHeard(work, 'reversal', refund.id) || work.unowned.some(({ id }) => id === refund.id)) return state;
  const own = bookedReversal(work, refund);
  if (own !== null) return heard(state, reversalOf(refund, own.orderNumber));
  if (refund.createdMs !== null && refund.createdMs < openedAtMs) return another(state);
  const payment = work.operations.find((one) => one.kind === 'payment' && one.providerPaymentId === refund.paymentId);
  if (payment === undefined) return knowing(state, { unowned: [...work.unowned, refund] });
  return heard(state, reversalOf(refund, payment.orderNumber, payment.state === 'declined'));
}

function hearOwner(from: Working, payment: Payment | null, facts: Facts): Result {
  const { unowned, order } = from.work;
  const [refund, ...rest] = unowned;
  const state = knowing(from, { unowned: rest });
  if (refund === undefined) return next(state, facts);
  const isOfRegister = payment?.orderNumber.startsWith(booksOf(from.work).registerPrefix) === true;
  if (!isOfRegister || payment.purpose !== purposeOf(order, facts.settings)) return next(another(state), facts);
  const isTest = payment.isTest && !facts.settings.testMode;
  return next(heard(state, reversalOf(refund, payment.orderNumber, isTest)), facts);
}

function bookedReversal(work: Work, { id, paymentId, amountKopecks }: Refund): Booked | null {
  const reversals = booksOf(work).operations.filter(({ kind }) => kind === 'reversal');
  const isFree = ({ orderNumber, providerPaymentId }: Booked) =>
    providerPaymentId === null &&
    !work.operations.some((one) => one.kind === 'reversal' && one.orderNumber === orderNumber);
  const isOf = ({ source }: Booked) => source !== null && paymentIdOf(work, source) === paymentId;
  return (
    reversals.find(({ providerPaymentId }) => providerPaymentId === id) ??
    reversals.find((one) => isFree(one) && isOf(one) && one.amountKopecks === amountKopecks) ??
    null
  );
}

function paymentIdOf(work: Work, { orderNumber, providerPaymentId }: NonNullable<Booked['source']>): string | null {
  const listed = work.operations.find((one) => one.kind === 'payment' && one.orderNumber === orderNumber);
  return providerPaymentId ?? listed?.providerPaymentId ?? null;
}

function reversalOf(refund: Refund, orderNumber: string, isTest = false): ProviderOperation {
  const { id, amountKopecks, currency } = refund;
  const status = refundStatus(refund);
  const state = status === 'returned' ? 'approved' : stateOf(status);
  const isUnclear = currency !== CURRENCY;
  return {
    providerPaymentId: id,
    orderNumber: safeText(orderNumber),
    kind: 'reversal',
    amountKopecks,
    state: isTest ? 'declined' : isUnclear ? 'pending' : state,
  };
}

// What both have

function booksOf({ order }: Work): Books {
  return order.books ?? NO_BOOKS;
}

/** A list that grows while it is read may show a row twice. */
function isHeard({ operations }: Work, kind: ProviderOperation['kind'], id: string): boolean {
  return operations.some((one) => one.kind === kind && one.providerPaymentId === id);
}

function heard(state: Working, operation: ProviderOperation): Working {
  return knowing(state, { operations: [...state.work.operations, operation] });
}

function another(state: Working): Working {
  return knowing(state, { othersCount: state.work.othersCount + 1 });
}

function refused(problem: Problem): Outcome {
  return problem.code === 'not_authorized' ? NOT_AUTHORISED : notReconciled(TITLE, wordsOf(problem));
}
