import type { SalesFilter } from '../journal/sales-page.ts';
import { momentOf, type UtcOffset } from '../register/local-time.ts';
import { returnedSoFar } from '../register/returned-so-far.ts';
import { keptKopecks } from '../register/tender.ts';
import { isCounted } from '../register/totals.ts';
import type { DocumentViewLocal, PickerLocal } from '../ui/pages.ts';
import { runCommand } from './commands.ts';
import type { Due } from './payment/due.ts';
import { offerRefund } from './payment/refunds.ts';
import { context } from './state.ts';
import { openContext, patchUi, say, sayRefusal, type Turn } from './turn.ts';

/** Rows of the picker on an 80x25 terminal (SCR-17); a taller one shows more. */
const PICKER_ROWS_AT_25 = 13;
const DAY_MS = 86_400_000;

/** Reads the picker's rows anew, by what stands in its fields. */
export function findSales(turn: Turn, offset: number): void {
  const stack = turn.state.ui.stack;
  const index = stack.findLastIndex(({ name }) => name === 'document-picker');
  const ref = stack[index];
  if (ref === undefined) return;
  const local = ref.local as PickerLocal;
  const day = dayRange(local.day, turn.facts.rules.utcOffsetMinutes);
  const limit = Math.max(1, PICKER_ROWS_AT_25 + turn.state.rows - 25);
  const filter = { numberPrefix: local.editsDay ? '' : ref.text, ...day, includeReturned: local.purpose === 'view' };
  const page = turn.facts.salesPage(filter, Math.max(0, offset), limit);
  const selected = Math.max(0, Math.min(local.selected, page.rows.length - 1));
  const typedIsReturned = !filter.includeReturned && isReturned(turn, filter);
  const changed = { ...ref, local: { ...local, page, selected, typedIsReturned } satisfies PickerLocal };
  patchUi(turn, { stack: stack.map((candidate, i) => (i === index ? changed : candidate)) });
}

/** What is returned in full is hidden; he who types its number is told so, not that there is no such receipt. */
function isReturned(turn: Turn, filter: SalesFilter): boolean {
  if (filter.numberPrefix === '') return false;
  const [first] = turn.facts.salesPage({ ...filter, includeReturned: true }, 0, 1).rows;
  return first?.fullyReturned === true && first.number === Number(filter.numberPrefix);
}

/** `220823` -> the local day's bounds; anything else = all days. */
function dayRange(day: string | null, offset: UtcOffset): { fromMs: number | null; toMs: number | null } {
  const match = /^(\d\d)(\d\d)(\d\d)$/.exec(day ?? '');
  if (match === null) return { fromMs: null, toMs: null };
  const [, dd = '', mm = '', yy = ''] = match;
  const midnight = Date.parse(`20${yy}-${mm}-${dd}T00:00:00Z`);
  if (Number.isNaN(midnight)) return { fromMs: 0, toMs: 0 };
  return { fromMs: momentOf(midnight, offset), toMs: momentOf(midnight + DAY_MS, offset) };
}

/** SCR-18. A sale of which nothing is left cannot be returned (DOM-61). */
export function viewDocument(turn: Turn, documentId: string, purpose: 'return' | 'view'): void {
  const document = turn.facts.document(documentId);
  if (document === null) return say(turn, 'DOM-60');
  const attempts = turn.facts.attemptsOf(documentId);
  const local: DocumentViewLocal = { purpose, document, attempts, top: 0 };
  openContext(turn, context('document-view', local));
}

/** Opens the return; a whole one goes straight to the question how the payments go back (SCR-19, DOM-102). */
export function beginReturn(turn: Turn, documentId: string, partial: boolean): Due[] {
  const sale = turn.facts.document(documentId);
  if (sale === null) {
    say(turn, 'DOM-60');
    return [];
  }
  const { before, givenBack } = returnedSoFar(turn.facts.returnsOf(documentId));
  const paymentsLeft = sale.payments.filter(isCounted).map((payment) => {
    // Change was given from the cash, so it is not there to be given back a second time.
    const returned = givenBack.find(({ attemptId }) => attemptId === payment.attemptId)?.amountKopecks ?? 0;
    return { attemptId: payment.attemptId, leftKopecks: keptKopecks(sale, payment) - returned };
  });
  const refusal = runCommand(turn, { do: 'beginReturn', sale, before, paymentsLeft, partial });
  if (refusal !== null) {
    sayRefusal(turn, refusal);
    return [];
  }
  patchUi(turn, { stack: [], input: '', selectedPosition: null });
  return partial ? [] : offerRefund(turn);
}
