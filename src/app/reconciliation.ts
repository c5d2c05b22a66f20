/** `Сверка итогов по безналу` (SCR-30): the register's operations of the shift beside those of its payment systems, one system after another. */

import { type Attempt, isSurplus, isUndelivered, provenState } from '../payments/attempt.ts';
import type { Action, Driver, Operation } from '../payments/driver.ts';
import type { Booked, Books, Outcome, ProviderOperation } from '../payments/outcome.ts';
import { type Comparison, comparing, type OurOperation } from '../payments/reconcile.ts';
import type { Currency } from '../register/model.ts';
import type { ReconciledSystem, ReconciliationLocal, ReconciliationRow } from '../ui/pages.ts';
import type { Facts } from './facts.ts';
import type { Due } from './payment/due.ts';
import { reasonOf } from './payment/tell.ts';
import type { ReconciledShift, Report } from './state.ts';
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
function booksOf(turn: Turn, driver: Driver): Books[] {
  const { reconcilesBy } = driver;
  const { shift, registerNumber } = turn.state.register;
  if (reconcilesBy === undefined || shift === null) return [];
  const ours = [...oursOf(shiftOf(turn, driver, shift.label), turn.facts)].flat();
  const operations = ours.map(({ booked }) => booked);
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

function shiftOf({ state }: Turn, { name, reconcilesBy }: Driver, shiftLabel: string): ReconciledShift {
  return {
    provider: name,
    shiftLabel,
    openedAtMs: reconcilesBy === 'period' ? (state.register.shift?.openedAt ?? 0) : null,
    undelivered: state.attempts.filter(isUndelivered),
  };
}

interface Ours {
  booked: Booked;
  compared: OurOperation;
  /** Begun in an earlier shift: it is of this one only where the system's list has it. */
  isEarlier: boolean;
}

const COMPARED: readonly Operation[] = ['pay', 'cancel', 'refund'];

type Attempts = Pick<Facts, 'attemptsOfShift' | 'attemptsEndedLater'>;

/** Some at a time: the receipts of a busy shift are not read in one go. */
function* oursOf(
  { provider, shiftLabel, openedAtMs, undelivered }: ReconciledShift,
  journal: Attempts,
): Generator<Ours[]> {
  const told = new Map(undelivered.map((follow) => [follow.sourceAttemptId, follow]));
  const taken = (attempts: readonly Attempt[], isEarlier: boolean): Ours[] =>
    attempts
      .filter((attempt) => COMPARED.includes(attempt.operation) || isSurplus(attempt))
      .map((attempt) => {
        const compared = operationOf(attempt, told.get(attempt.attemptId) ?? null);
        const { orderNumber, providerPaymentId, kind, amountKopecks, state } = compared;
        const source = attempt.order.source;
        const against =
          source === null ? null : { orderNumber: source.orderNumber, providerPaymentId: source.providerPaymentId };
        const booked = { orderNumber, providerPaymentId, kind, amountKopecks, state, source: against };
        return { booked, compared, isEarlier };
      });
  for (const attempts of journal.attemptsOfShift(shiftLabel, provider)) yield taken(attempts, false);
  if (openedAtMs !== null) yield taken(journal.attemptsEndedLater(shiftLabel, provider, openedAtMs), true);
}

/** @param follow the report of it that is still owed to its system: asking about it means to deliver it */
function operationOf(attempt: Attempt, follow: Attempt | null): OurOperation {
  const state = provenState(attempt);
  const providerPaymentId = attempt.outcome?.kind === 'approved' ? attempt.outcome.providerPaymentId : null;
  const kind = attempt.operation === 'pay' || isSurplus(attempt) ? 'payment' : 'reversal';
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

/** Rows of a list that is being read. */
export function takeReport(turn: Turn, attemptId: string, { operations, isFirst }: Told): void {
  const { reports } = turn.state;
  const before = isFirst ? [] : (reports[attemptId] ?? []);
  turn.state = { ...turn.state, reports: { ...reports, [attemptId]: [...before, ...operations] } };
}
type Told = Pick<Extract<Action, { do: 'report' }>, 'operations' | 'isFirst'>;

/**
 * The provider's list has ended: it is compared beside the work of the register (`compareReport`).
 * @returns the next part of a list that is asked for in parts
 */
export function settleReconcile(turn: Turn, attempt: Attempt, outcome: Outcome): Due[] {
  const { provider, currencyName: name, order, attemptId } = attempt;
  const driver = turn.facts.driver(provider);
  const { [attemptId]: before = [], ...reports } = turn.state.reports;
  turn.state = { ...turn.state, reports };
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
  const operations = [...system.told, ...before, ...outcome.operations];
  const [books, ...left] = system.left;
  if (books !== undefined) {
    putSystem(turn, provider, { ...system, left, told: operations });
    return [beginWith({ name, provider } as Currency, books)];
  }
  const { othersCount = 0 } = outcome;
  const shift = shiftOf(turn, driver, order.shiftLabel);
  turn.effects.push({ do: 'compare', report: { ...shift, operations, othersCount } });
  return [];
}

/** The provider's list against the journal's, operation by operation. @throws a fault of the storage */
export async function compareReport(report: Report, journal: Attempts): Promise<Comparison> {
  const ours: OurOperation[] = [];
  for (const some of oursOf(report, journal)) {
    for (const { compared, isEarlier } of some) {
      if (!isEarlier || isAmong(report.operations, compared)) ours.push(compared);
    }
    await breath();
  }
  const steps = comparing(ours, report.operations);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await breath();
  }
}

/** Keys, answers and timers have their turn. */
function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** @param comparison null = the journal could not be read for it */
export function showComparison(
  turn: Turn,
  report: Pick<Report, 'provider' | 'othersCount'>,
  comparison: Comparison | null,
): void {
  const { provider, othersCount } = report;
  const title = turn.facts.driver(provider)?.title ?? provider;
  const result =
    comparison === null
      ? { ...NOT_ASKED, status: 'unread' as const, why: 'журнал не читается' }
      : { ...NOT_ASKED, ...comparedRows(title, comparison), othersCount };
  putSystem(turn, provider, result);
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
  { payments, reversals, differences }: Comparison,
): Pick<ReconciledSystem, 'status' | 'rows'> {
  const rowOf = (what: string, side: typeof payments, kind: 'payment' | 'reversal'): ReconciliationRow => ({
    title: `${title}: ${what}`,
    ...side,
    differences: differences.filter((difference) => difference.operation === kind),
  });
  const rows = [rowOf('оплаты', payments, 'payment'), rowOf('отмены, возвраты', reversals, 'reversal')];
  return { status: differences.length === 0 ? 'equal' : 'different', rows };
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
