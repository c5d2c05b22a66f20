/** `Сверка итогов по безналу` (SCR-30): the register's operations of the shift beside those of its payment systems, one system after another. */

import { type Attempt, isUndelivered, provenState } from '../payments/attempt.ts';
import type { Driver } from '../payments/driver.ts';
import type { Booked, Books, Outcome, ProviderOperation } from '../payments/outcome.ts';
import { compare, type OurOperation } from '../payments/reconcile.ts';
import type { Currency } from '../register/model.ts';
import { formatKopecks } from '../register/money.ts';
import type {
  ReconciledSystem,
  ReconciliationDifference,
  ReconciliationLocal,
  ReconciliationRow,
} from '../ui/pages.ts';
import type { Due } from './payment/due.ts';
import { reasonOf } from './payment/tell.ts';
import { patchUi, type Turn } from './turn.ts';

/** @param provider null: where there is more than one that can tell, the cashier chooses */
export function reconcile(turn: Turn, provider: string | null): Due[] {
  const able = ableSystems(turn);
  if (provider === null) {
    putPage(turn, () => able.map(({ driver }) => ({ ...NOT_ASKED, provider: driver.name, title: driver.title })));
  }
  const [first, ...others] = able.filter(({ driver }) => provider === null || driver.name === provider);
  if (first === undefined || others.length > 0) return [];
  const [books = null, ...left] = booksOf(turn, first.driver);
  putSystem(turn, first.driver.name, { ...NOT_ASKED, status: 'asking', left });
  return [beginWith(first.currency, books)];
}

const NOT_ASKED: Omit<ReconciledSystem, 'provider' | 'title'> = {
  status: 'notAsked',
  why: '',
  rows: [],
  othersCount: 0,
  left: [],
  told: [],
};

interface Able {
  driver: Driver;
  currency: Currency;
}

/** Each once, however many payment types it has. */
function ableSystems({ facts }: Turn): Able[] {
  const found = new Map<string, Able>();
  for (const currency of facts.currencies()) {
    const driver = facts.driver(currency.provider);
    if (driver?.reconcile !== undefined && !found.has(driver.name)) found.set(driver.name, { driver, currency });
  }
  return [...found.values()];
}

function beginWith(currency: Currency, books: Books | null): Due {
  const wanted = { operation: 'reconcile' as const, currency, document: null };
  return { do: 'begin', wanted: books === null ? wanted : { ...wanted, books } };
}

/** An attempt keeps its books in every step, so that a system which is asked about each order gets them in parts. */
const ORDERS_OF_PART = 25;

/** @returns nothing for a system that asks for none */
function booksOf(turn: Turn, { name, reconcilesBy }: Driver): Books[] {
  const { shift, registerNumber } = turn.state.register;
  if (reconcilesBy === undefined || shift === null) return [];
  const operations = oursOf(turn, shift.label, name, reconcilesBy).map(({ booked }) => booked);
  const whole: Books = {
    openedAtMs: shift.openedAt,
    registerPrefix: `${registerNumber}-`,
    shiftPrefix: `${registerNumber}-${shift.number}-`,
    operations,
    progress: { asked: 0, all: operations.length },
  };
  return reconcilesBy === 'orders' ? partsOf(whole) : [whole];
}

/** What is about one order stays together. */
function partsOf(whole: Books): Books[] {
  const orders = new Map<string, Booked[]>();
  for (const one of whole.operations) {
    const number = one.source?.orderNumber ?? one.orderNumber;
    orders.set(number, [...(orders.get(number) ?? []), one]);
  }
  const groups = [...orders.values()];
  const parts: Books[] = [];
  for (let asked = 0; asked === 0 || asked < groups.length; asked += ORDERS_OF_PART) {
    const operations = groups.slice(asked, asked + ORDERS_OF_PART).flat();
    parts.push({ ...whole, operations, progress: { asked, all: groups.length } });
  }
  return parts;
}

interface Ours {
  booked: Booked;
  compared: OurOperation;
  /** Begun in an earlier shift: it is of this one only where the system's list has it. */
  isEarlier: boolean;
}

function oursOf(turn: Turn, shiftLabel: string, provider: string, by: Driver['reconcilesBy']): Ours[] {
  const openedAtMs = turn.state.register.shift?.openedAt ?? 0;
  const earlier = by === 'period' ? turn.facts.attemptsEndedLater(shiftLabel, provider, openedAtMs) : [];
  const isMoney = ({ operation }: Attempt) => operation === 'pay' || operation === 'cancel' || operation === 'refund';
  const told = new Map(turn.state.attempts.filter(isUndelivered).map((follow) => [follow.sourceAttemptId, follow]));
  return [
    ...turn.facts.attemptsOfShift(shiftLabel, provider).map((attempt) => ({ attempt, isEarlier: false })),
    ...earlier.map((attempt) => ({ attempt, isEarlier: true })),
  ]
    .filter(({ attempt }) => isMoney(attempt))
    .map(({ attempt, isEarlier }) => {
      const compared = operationOf(attempt, told.get(attempt.attemptId) ?? null);
      const { orderNumber, providerPaymentId, kind, amountKopecks, state } = compared;
      const source = attempt.order.source;
      const against =
        source === null ? null : { orderNumber: source.orderNumber, providerPaymentId: source.providerPaymentId };
      const booked = { orderNumber, providerPaymentId, kind, amountKopecks, state, source: against };
      return { booked, compared, isEarlier };
    });
}

/** @param follow the report of it that is still owed to its system: asking about it means to deliver it */
function operationOf(attempt: Attempt, follow: Attempt | null): OurOperation {
  const state = provenState(attempt);
  const providerPaymentId = attempt.outcome?.kind === 'approved' ? attempt.outcome.providerPaymentId : null;
  const kind = attempt.operation === 'pay' ? 'payment' : 'reversal';
  // Approved without an operation: there was nothing to give back (an order that nobody has paid was given up).
  const isEmpty = kind === 'reversal' && state === 'approved' && providerPaymentId === null && attempt.manual === null;
  const isNotMade = state === 'declined' || state === 'notSent' || isEmpty;
  return {
    attemptId: follow?.attemptId ?? attempt.attemptId,
    documentTitle: attempt.documentTitle,
    orderNumber: attempt.order.orderNumber,
    providerPaymentId,
    kind,
    amountKopecks: attempt.order.amountKopecks,
    state: isNotMade ? 'declined' : state === 'approved' ? 'approved' : 'pending',
    ...(follow === null ? {} : { isUndelivered: true }),
  };
}

/**
 * The provider's list against the journal's, operation by operation.
 * @returns the next part of a list that is asked for in parts
 */
export function settleReconcile(turn: Turn, attempt: Attempt, outcome: Outcome): Due[] {
  const { provider, currencyName: name, order } = attempt;
  const driver = turn.facts.driver(provider);
  const page = turn.state.ui.stack.find((ref) => ref.name === 'reconciliation')?.local as
    | ReconciliationLocal
    | undefined;
  const system = page?.systems.find((one) => one.provider === provider);
  // Whoever has left the page wants no more of it.
  if (driver === null || system === undefined) return [];
  if (outcome.kind !== 'approved' || outcome.operations === undefined) {
    putSystem(turn, provider, unread(outcome));
    return [];
  }
  const operations = [...system.told, ...outcome.operations];
  const [books, ...left] = system.left;
  if (books !== undefined) {
    putSystem(turn, provider, { ...system, left, told: operations });
    return [beginWith({ name, provider } as Currency, books)];
  }
  const ours = oursOf(turn, order.shiftLabel, provider, driver.reconcilesBy)
    .filter(({ compared, isEarlier }) => !isEarlier || isAmong(operations, compared))
    .map(({ compared }) => compared);
  const { othersCount = 0 } = outcome;
  putSystem(turn, provider, { ...NOT_ASKED, ...comparedRows(driver.title, ours, operations), othersCount });
  return [];
}

function isAmong(
  operations: readonly ProviderOperation[],
  { kind, orderNumber, providerPaymentId }: OurOperation,
): boolean {
  const isIt = (one: ProviderOperation) =>
    one.orderNumber === orderNumber || one.providerPaymentId === providerPaymentId;
  return operations.some((one) => one.kind === kind && isIt(one));
}

/** A list that was not read is no list without operations. */
function unread(outcome: Outcome): Omit<ReconciledSystem, 'provider' | 'title'> {
  const isStopped = outcome.kind === 'declined' && outcome.code === 'cancelled';
  const status = isStopped ? 'stopped' : outcome.kind === 'notSent' ? 'noLink' : 'unread';
  return { ...NOT_ASKED, status, why: status === 'unread' ? whyOf(outcome) : '' };
}

/** The bare reason where the message has one: the page says the rest itself. */
function whyOf(outcome: Outcome): string {
  return outcome.say?.params?.причина ?? reasonOf(outcome);
}

function comparedRows(
  title: string,
  ours: readonly OurOperation[],
  operations: readonly ProviderOperation[],
): Pick<ReconciledSystem, 'status' | 'rows'> {
  const { payments, reversals, ...compared } = compare(ours, operations);
  const differences = compared.differences.map((difference) => ({
    ...difference,
    ...sumsOf(difference, ours, operations),
  }));
  const rowOf = (what: string, side: typeof payments, kind: 'payment' | 'reversal'): ReconciliationRow => ({
    title: `${title}: ${what}`,
    ourCount: side.ourCount,
    ourKopecks: side.ourKopecks,
    theirCount: side.theirCount,
    theirKopecks: side.theirKopecks,
    differences: differences.filter((difference) => difference.operation === kind),
  });
  const rows = [rowOf('оплаты', payments, 'payment'), rowOf('отмены, возвраты', reversals, 'reversal')];
  return { status: differences.length === 0 ? 'equal' : 'different', rows };
}

/** Of a wrong sum the two sums are what has to be looked at, not that both sides say it was made. */
function sumsOf(
  { kind, attemptId }: Pick<ReconciliationDifference, 'kind' | 'attemptId'>,
  ours: readonly OurOperation[],
  theirs: readonly ProviderOperation[],
): Partial<Pick<ReconciliationDifference, 'ourWord' | 'theirWord'>> {
  if (kind !== 'differentSum') return {};
  const here = ours.find((operation) => operation.attemptId === attemptId);
  const there =
    theirs.find(({ providerPaymentId }) => providerPaymentId === here?.providerPaymentId) ??
    theirs.find(({ orderNumber }) => orderNumber === here?.orderNumber);
  if (here === undefined || there === undefined) return {};
  return { ourWord: formatKopecks(here.amountKopecks), theirWord: formatKopecks(there.amountKopecks) };
}

function putSystem(turn: Turn, provider: string, result: Omit<ReconciledSystem, 'provider' | 'title'>): void {
  putPage(turn, (systems) =>
    systems.map((system) => (system.provider === provider ? { ...system, ...result } : system)),
  );
}

/** The selected line stays selected when it was asked about once more. */
function putPage(turn: Turn, change: (systems: ReconciledSystem[]) => ReconciledSystem[]): void {
  const stack = turn.state.ui.stack.map((ref) => {
    if (ref.name !== 'reconciliation') return ref;
    const { selected, systems } = ref.local as ReconciliationLocal;
    return { ...ref, local: { selected, systems: change(systems) } satisfies ReconciliationLocal };
  });
  patchUi(turn, { stack });
}
