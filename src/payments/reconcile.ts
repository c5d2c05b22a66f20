/** The register's operations of a shift against the provider's own list (domain.md 2.16, SCR-30). Pure. */
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

/**
 * Compares two lists operation by operation. Every operation of either list is in exactly one pair; what moved money on
 * one side only, in another sum, or is decided on one side only, is a difference.
 */
export function compare(ours: readonly OurOperation[], theirs: readonly ProviderOperation[]): Comparison {
  const pairs = pairsOf(ours, theirs);
  return {
    payments: sideOf(pairs, 'payment'),
    reversals: sideOf(pairs, 'reversal'),
    differences: pairs.flatMap(differenceOf),
  };
}

/** By the provider's id, else by the order number; an operation is matched once. */
function pairsOf(ours: readonly OurOperation[], theirs: readonly ProviderOperation[]): Pair[] {
  const found = new Map<OurOperation, ProviderOperation>();
  const left = new Set(theirs);
  const match = (
    keyOfOurs: (one: OurOperation) => string | null,
    keyOfTheirs: (row: ProviderOperation) => string | null,
  ) => {
    const rowsByKey = grouped(left, keyOfTheirs);
    for (const one of ours) {
      const key = keyOfOurs(one);
      if (key === null || found.has(one)) continue;
      const rows = (rowsByKey.get(key) ?? []).filter((row) => left.has(row));
      // Should a number stand twice, the row with the money is the truth; the other one must not go unseen.
      const row = rows.find(({ state }) => state === 'approved') ?? rows.at(-1);
      if (row === undefined) continue;
      found.set(one, row);
      left.delete(row);
    }
  };
  match(
    ({ kind, providerPaymentId }) => (providerPaymentId === null ? null : `${kind} ${providerPaymentId}`),
    (row) => `${row.kind} ${row.providerPaymentId}`,
  );
  match(
    ({ kind, orderNumber }) => `${kind} ${orderNumber}`,
    (row) => `${row.kind} ${row.orderNumber}`,
  );
  // The cancel of a return takes money again: the provider lists it as a payment (oplati.md 13.10).
  match(
    ({ kind, orderNumber }) => (kind === 'reversal' ? orderNumber : null),
    (row) => (row.kind === 'payment' ? row.orderNumber : null),
  );
  return [
    ...ours.map((one) => {
      const row = found.get(one) ?? null;
      return { operation: row?.kind ?? one.kind, ours: one, theirs: row };
    }),
    ...[...left].map((row) => ({ operation: row.kind, ours: null, theirs: row })),
  ];
}

function grouped(
  rows: Iterable<ProviderOperation>,
  keyOf: (row: ProviderOperation) => string | null,
): Map<string, ProviderOperation[]> {
  const groups = new Map<string, ProviderOperation[]>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

function sideOf(pairs: readonly Pair[], kind: Kind): Side {
  const side: Side = { ourCount: 0, ourKopecks: 0, theirCount: 0, theirKopecks: 0 };
  for (const { operation, ours, theirs } of pairs) {
    if (operation !== kind) continue;
    if (ours?.state === 'approved') {
      side.ourCount += 1;
      side.ourKopecks += ours.amountKopecks;
    }
    if (theirs?.state === 'approved') {
      side.theirCount += 1;
      side.theirKopecks += theirs.amountKopecks;
    }
  }
  return side;
}

function differenceOf(pair: Pair): Difference[] {
  const { operation, ours, theirs } = pair;
  const kind = kindOfDifference(pair);
  if (kind === null) return [];
  return [
    {
      operation,
      kind,
      documentTitle: ours?.documentTitle ?? theirs?.orderNumber ?? '',
      amountKopecks: ours?.amountKopecks ?? theirs?.amountKopecks ?? 0,
      ourWord: wordOf(ours),
      theirWord: wordOf(theirs),
      attemptId: ours?.attemptId ?? null,
    },
  ];
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
