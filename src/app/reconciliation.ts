import { type Attempt, provenState } from '../payments/attempt.ts';
import type { Outcome, ProviderOperation } from '../payments/outcome.ts';
import { compare, type OurOperation } from '../payments/reconcile.ts';
import { formatKopecks } from '../register/money.ts';
import type { ReconciliationDifference, ReconciliationLocal, ReconciliationRow } from '../ui/pages.ts';
import type { Due } from './payment/due.ts';
import { patchUi, type Turn } from './turn.ts';

/** Asks every provider that can for its operations of the shift; the answers fill the page as they come. */
export function reconcile(turn: Turn): Due[] {
  const able = turn.facts.currencies().filter(({ provider }) => turn.facts.driver(provider)?.reconcile !== undefined);
  showResult(turn, { status: able.length === 0 ? 'equal' : 'asking', rows: [] });
  const [first] = able;
  if (first === undefined) return [];
  return [{ do: 'begin', wanted: { operation: 'reconcile', currency: first, document: null } }];
}

/** The provider's list against the journal's, operation by operation. */
export function settleReconcile(turn: Turn, attempt: Attempt, outcome: Outcome): void {
  const operations = outcome.kind === 'approved' ? outcome.operations : undefined;
  if (operations === undefined) return showResult(turn, { status: 'noLink', rows: [] });
  const ours = turn.facts
    .attemptsOfShift(attempt.order.shiftLabel, attempt.provider)
    .filter(({ operation }) => operation === 'pay' || operation === 'cancel' || operation === 'refund')
    .map(operationOf);
  const { payments, reversals, ...compared } = compare(ours, operations);
  const differences = compared.differences.map((difference) => ({
    ...difference,
    ...sumsOf(difference, ours, operations),
  }));
  const rowOf = (title: string, side: typeof payments, kind: 'payment' | 'reversal'): ReconciliationRow => ({
    title: `${attempt.currencyName}: ${title}`,
    ourCount: side.ourCount,
    ourKopecks: side.ourKopecks,
    theirCount: side.theirCount,
    theirKopecks: side.theirKopecks,
    differences: differences.filter((difference) => difference.operation === kind),
  });
  const rows = [rowOf('оплаты', payments, 'payment'), rowOf('отмены и возвраты', reversals, 'reversal')];
  showResult(turn, { status: differences.length === 0 ? 'equal' : 'different', rows });
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

function operationOf(attempt: Attempt): OurOperation {
  const state = provenState(attempt);
  return {
    attemptId: attempt.attemptId,
    documentTitle: attempt.documentTitle,
    orderNumber: attempt.order.orderNumber,
    providerPaymentId: attempt.outcome?.kind === 'approved' ? attempt.outcome.providerPaymentId : null,
    kind: attempt.operation === 'pay' ? 'payment' : 'reversal',
    amountKopecks: attempt.order.amountKopecks,
    state: state === 'approved' ? 'approved' : state === 'declined' || state === 'notSent' ? 'declined' : 'pending',
  };
}

/** The selected row stays selected when it was asked about once more. */
function showResult(turn: Turn, result: Omit<ReconciliationLocal, 'selected'>): void {
  const stack = turn.state.ui.stack.map((ref) => {
    if (ref.name !== 'reconciliation') return ref;
    const { selected } = ref.local as ReconciliationLocal;
    return { ...ref, local: { ...result, selected } satisfies ReconciliationLocal };
  });
  patchUi(turn, { stack });
}
