/** The register's operations of a shift against the provider's own list (domain.md 2.16, SCR-30). Pure. */
import { formatKopecks } from '../register/money.ts';
import type { ProviderOperation } from './outcome.ts';

type Kind = ProviderOperation['kind'];
type State = ProviderOperation['state'];

/** One attempt as the reconciliation sees it. */
export interface OurOperation {
  attemptId: string;
  documentTitle: string;
  orderNumber: string;
  /** Null = the provider never named it. */
  providerPaymentId: string | null;
  kind: Kind;
  amountKopecks: number;
  /** `declined` = proven that no money moved (`notSent` included); everything undecided is `pending`. */
  state: State;
  /** Made without the server, which has not been told yet. */
  isUndelivered?: boolean;
}

/** Operations that moved money, counted on both sides. */
export interface Side {
  ourCount: number;
  ourKopecks: number;
  theirCount: number;
  theirKopecks: number;
}

/** An operation about which the two do not agree; has all that a line of SCR-30 shows. */
export interface Difference {
  operation: Kind;
  kind: 'onlyHere' | 'onlyThere' | 'differentSum' | 'differentState';
  /** The provider's order number where the register knows no document. */
  documentTitle: string;
  amountKopecks: number;
  ourWord: string;
  theirWord: string;
  attemptId: string | null;
}

export interface Comparison {
  payments: Side;
  reversals: Side;
  differences: Difference[];
}

interface Pair {
  operation: Kind;
  ours: OurOperation | null;
  theirs: ProviderOperation | null;
}

/** So many operations are looked at in one go; a list of a busy shift must not hold up a key. */
const AT_ONCE = 1000;

/**
 * Compares two lists operation by operation. Every operation of either list is in exactly one pair; what moved money on
 * one side only, in another sum, or is decided on one side only, is a difference.
 */
export function compare(ours: readonly OurOperation[], theirs: readonly ProviderOperation[]): Comparison {
  const steps = comparing(ours, theirs);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The same, with a pause after each thousand. */
export function* comparing(
  ours: readonly OurOperation[],
  theirs: readonly ProviderOperation[],
): Generator<void, Comparison> {
  const pairs = yield* pairsOf(ours, theirs);
  const sides = { payment: emptySide(), reversal: emptySide() };
  const differences: Difference[] = [];
  yield* each(pairs, (pair) => {
    count(sides[pair.operation], pair);
    const difference = differenceOf(pair);
    if (difference !== null) differences.push(difference);
  });
  return { payments: sides.payment, reversals: sides.reversal, differences };
}

function* each<Item>(items: Iterable<Item>, look: (item: Item) => void): Generator<void, void> {
  let looked = 0;
  for (const item of items) {
    look(item);
    looked += 1;
    if (looked % AT_ONCE === 0) yield;
  }
}

/** By the provider's id, else by the order number; an operation is matched once. */
function* pairsOf(
  ours: readonly OurOperation[],
  theirs: readonly ProviderOperation[],
): Generator<void, readonly Pair[]> {
  const found = new Map<OurOperation, ProviderOperation>();
  const left = new Set(theirs);
  const match = function* (
    keyOfOurs: (one: OurOperation) => string | null,
    keyOfTheirs: (row: ProviderOperation) => string | null,
  ): Generator<void, void> {
    const rowsByKey = new Map<string, ProviderOperation[]>();
    yield* each(left, (row) => {
      const key = keyOfTheirs(row);
      if (key === null) return;
      const group = rowsByKey.get(key);
      if (group === undefined) rowsByKey.set(key, [row]);
      else group.push(row);
    });
    yield* each(ours, (one) => {
      const key = keyOfOurs(one);
      if (key === null || found.has(one)) return;
      const rows = (rowsByKey.get(key) ?? []).filter((row) => left.has(row));
      // Should a number stand twice, the row with the money is the truth; the other one must not go unseen.
      const row = rows.find(({ state }) => state === 'approved') ?? rows.at(-1);
      if (row === undefined) return;
      found.set(one, row);
      left.delete(row);
    });
  };
  yield* match(
    ({ kind, providerPaymentId }) => (providerPaymentId === null ? null : `${kind} ${providerPaymentId}`),
    (row) => `${row.kind} ${row.providerPaymentId}`,
  );
  yield* match(
    ({ kind, orderNumber }) => `${kind} ${orderNumber}`,
    (row) => `${row.kind} ${row.orderNumber}`,
  );
  // The cancel of a return takes money again: the provider lists it as a payment (oplati.md 13.10).
  yield* match(
    ({ kind, orderNumber }) => (kind === 'reversal' ? orderNumber : null),
    (row) => (row.kind === 'payment' ? row.orderNumber : null),
  );
  const pairs: Pair[] = [];
  yield* each(ours, (one) => {
    const row = found.get(one) ?? null;
    pairs.push({ operation: row?.kind ?? one.kind, ours: one, theirs: row });
  });
  yield* each(left, (row) => void pairs.push({ operation: row.kind, ours: null, theirs: row }));
  return pairs;
}

function emptySide(): Side {
  return { ourCount: 0, ourKopecks: 0, theirCount: 0, theirKopecks: 0 };
}

function count(side: Side, { ours, theirs }: Pair): void {
  if (ours?.state === 'approved') {
    side.ourCount += 1;
    side.ourKopecks += ours.amountKopecks;
  }
  if (theirs?.state === 'approved') {
    side.theirCount += 1;
    side.theirKopecks += theirs.amountKopecks;
  }
}

function differenceOf(pair: Pair): Difference | null {
  const { operation, ours, theirs } = pair;
  const kind = kindOfDifference(pair);
  if (kind === null) return null;
  // Of a wrong sum the two sums are what has to be looked at, not that both sides say it was made.
  const wordIn = kind === 'differentSum' ? sumOf : wordOf;
  return {
    operation,
    kind,
    documentTitle: ours?.documentTitle ?? theirs?.orderNumber ?? '',
    amountKopecks: ours?.amountKopecks ?? theirs?.amountKopecks ?? 0,
    ourWord: wordIn(ours),
    theirWord: wordIn(theirs),
    attemptId: ours?.attemptId ?? null,
  };
}

function sumOf(operation: { amountKopecks: number } | null): string {
  return operation === null ? '' : formatKopecks(operation.amountKopecks);
}

function kindOfDifference({ ours, theirs }: Pair): Difference['kind'] | null {
  // Made nowhere: whether it is listed as refused or not at all is the same.
  if ((ours?.state ?? 'declined') === 'declined' && (theirs?.state ?? 'declined') === 'declined') return null;
  if (theirs === null) return 'onlyHere';
  if (ours === null) return 'onlyThere';
  if (ours.state !== theirs.state) return 'differentState';
  return ours.amountKopecks === theirs.amountKopecks ? null : 'differentSum';
}

const WORDS: Record<State, string> = { approved: 'проведена', declined: 'отклонена', pending: 'ожидание' };

function wordOf(operation: { state: State; isUndelivered?: boolean } | null): string {
  if (operation === null) return 'нет данных';
  return operation.isUndelivered === true ? 'не передано' : WORDS[operation.state];
}
