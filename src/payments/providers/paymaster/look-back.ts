/** What stands under this register's number and purpose in the lists of the shop (paymaster.md 3, 8.2), less what has gone back. No money. */
import { LOOK_BACK_DAYS, type Machine, type StepFacts, type StepResult } from '../../driver.ts';
import { answerTo, meaningOf } from '../../kernel/answer.ts';
import { askAs, send } from '../../kernel/asking.ts';
import {
  beginUndecided,
  type Finished,
  finished,
  knowing,
  later,
  stay,
  type Undecided,
} from '../../kernel/undecided.ts';
import type { ProviderOperation } from '../../outcome.ts';
import { type PaymasterSettings, pausesOf } from './settings.ts';
import { paymentStatus, refundStatus } from './status.ts';
import {
  CURRENCY,
  listRequest,
  MOST_PAGES,
  type Page,
  type Payment,
  purposeOf,
  type Refund,
  readPaymentPage,
  readRefundPage,
  refundListRequest,
} from './wire.ts';

type Facts = StepFacts<PaymasterSettings>;

interface Work extends Undecided {
  endMs: number;
  cursor: string | null;
  pages: number;
  operations: ProviderOperation[];
}

type Working = { kind: 'lookBack'; at: 'payments' | 'refunds'; work: Work };
export type LookBackState = Working | Finished<'lookBack'>;
type Result = StepResult<LookBackState>;

const DAY_MS = 24 * 3_600_000;

export const paymasterLookBack: Machine<PaymasterSettings, LookBackState> = {
  begin(order, facts) {
    const work = {
      ...beginUndecided(order),
      isBackground: true,
      endMs: facts.nowMs,
      cursor: null,
      pages: 0,
      operations: [],
    };
    return ask({ kind: 'lookBack', at: 'payments', work }, facts);
  },

  step(state, input, facts) {
    if (state.at === 'finished') return stay(state);
    const { work } = state;
    if ('restarted' in input || ('timer' in input && work.awaiting === null)) return ask(state, facts);
    const answer = answerTo(work.awaiting, input);
    if (answer === null) return stay(state);
    if (state.at === 'payments') {
      const meaning = meaningOf(answer, readPaymentPage);
      if (meaning.is !== 'understood') return fromTheFirst(state, facts);
      return goOn(state, meaning.told, [...work.operations, ...paidRows(state, meaning.told, facts)], facts);
    }
    const meaning = meaningOf(answer, readRefundPage);
    if (meaning.is !== 'understood') return fromTheFirst(state, facts);
    return goOn(state, meaning.told, leftOf(work.operations, meaning.told), facts);
  },
};

function ask(from: Working, facts: Facts): Result {
  const { cursor, endMs } = from.work;
  const { settings } = facts;
  const asking = askAs(from.work, 'list', facts.nowMs);
  const window = { startMs: endMs - LOOK_BACK_DAYS * DAY_MS, endMs: endMs + settings.listSlackMs };
  const request =
    from.at === 'payments'
      ? listRequest(asking.awaiting, settings, window, cursor)
      : refundListRequest(asking.awaiting, settings, window, cursor);
  return stay(knowing(from, asking), send(request));
}

/** A list that was not read to its end tells nothing. */
function fromTheFirst(state: Working, { settings }: Facts): Result {
  const anew: Working = { ...state, at: 'payments', work: { ...state.work, cursor: null, pages: 0, operations: [] } };
  return later(anew, null, pausesOf(settings));
}

function goOn(state: Working, { cursor }: Page<unknown>, operations: ProviderOperation[], facts: Facts): Result {
  const { work, at } = state;
  const pages = work.pages + 1;
  if (cursor !== null) {
    return pages < MOST_PAGES ? ask(knowing(state, { cursor, pages, operations }), facts) : fromTheFirst(state, facts);
  }
  if (at === 'payments' && operations.length > 0) {
    return ask({ ...state, at: 'refunds', work: { ...work, cursor: null, pages: 0, operations } }, facts);
  }
  return finished('lookBack', { kind: 'approved', providerPaymentId: null, operations });
}

/** Order numbers begin with the register's, but another shop of the account may have a register of that number: the purpose tells the shop. */
function paidRows({ work }: Working, page: Page<Payment>, { settings, knownOrders }: Facts): ProviderOperation[] {
  const purpose = purposeOf(work.order, settings);
  return page.rows.flatMap(({ object }): ProviderOperation[] => {
    const isOurs = object !== null && object.currency === CURRENCY && object.purpose === purpose;
    // The state goes to the journal with every page: what the journal has already is not kept twice.
    if (isOurs && knownOrders?.has(object.orderNumber)) return [];
    if (!isOurs || paymentStatus(object) !== 'paid' || (object.isTest && !settings.testMode)) return [];
    const { id, orderNumber, amountKopecks } = object;
    return [{ providerPaymentId: id, orderNumber, kind: 'payment', amountKopecks, state: 'approved' }];
  });
}

/** What is being given back counts as given back. */
function leftOf(operations: readonly ProviderOperation[], page: Page<Refund>): ProviderOperation[] {
  const refunds = page.rows.flatMap(({ object }) => (object === null ? [] : [object]));
  const isBack = (refund: Refund) => typeof refundStatus(refund) === 'string';
  return operations.map((operation) => {
    const back = refunds.filter((refund) => refund.paymentId === operation.providerPaymentId && isBack(refund));
    const sumKopecks = back.reduce((sum, { amountKopecks }) => sum + amountKopecks, 0);
    return { ...operation, amountKopecks: operation.amountKopecks - sumKopecks };
  });
}
