import { existsSync } from 'node:fs';
import { Journal } from '../journal/journal.ts';
import type { Attempt } from '../payments/attempt.ts';
import { historyOf } from '../payments/money-move.ts';
import { evolve } from '../register/evolve.ts';
import { offsetStamp, type UtcOffset } from '../register/local-time.ts';
import { type ClosedDocument, type Document, initialState } from '../register/model.ts';
import { formatKopecks } from '../register/money.ts';
import { formatQuantity } from '../register/quantity.ts';
import { changeRows, isCash, payOutKopecks, tenderName } from '../register/tender.ts';
import { totalsOf } from '../register/totals.ts';
import { pathsOf } from '../settings/paths.ts';
import { defaultSettings, loadSettings } from '../settings/settings.ts';
import { utcOffsetOf } from '../settings/time-zone.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_CODES } from './commands.ts';
import { attemptText, attemptView } from './document-attempts.ts';
import { unreadableJournal } from './problems.ts';
import { registerRoot } from './root.ts';

/** `bin/kassa documents`: every document of the journal, the open one last; works beside a running register. */
export function runDocuments(parsed: ParsedArguments): number {
  const root = registerRoot(parsed.texts.root);
  const { journal: path } = pathsOf(root);
  if (!existsSync(path)) {
    process.stderr.write(`Журнал не найден: ${path}\n`);
    return EXIT_CODES.storage;
  }
  const write = parsed.switches.has('json') ? (view: DocumentView) => JSON.stringify(view) : asText;
  const offset = shopOffset(root);
  try {
    const journal = Journal.open(path, { readonly: true });
    const print = (document: Document | ClosedDocument) => {
      const attempts = journal.attemptsOf(document.documentId);
      process.stdout.write(`${write(viewOf(document, attempts, offset))}\n`);
    };
    for (const document of journal.documents()) print(document);
    const restored = journal.restore();
    const { document } = restored.events.reduce(evolve, restored.snapshot ?? initialState(0, ''));
    if (document !== null) print(document);
    journal.close();
    return EXIT_CODES.done;
  } catch (error) {
    const problem = unreadableJournal(error, path);
    if (problem === null) throw error;
    process.stderr.write(`${problem}\n`);
    return EXIT_CODES.storage;
  }
}

/** Settings that are wrong do not hide the receipts: their times are then those of the machine. */
function shopOffset(root: string): UtcOffset {
  const loaded = loadSettings(root);
  return utcOffsetOf('settings' in loaded ? loaded.settings : defaultSettings);
}

type DocumentView = ReturnType<typeof viewOf>;

/** Sums both as exact kopecks and as the text of the screen; times as the shop's clock showed them, with its offset. */
function viewOf(document: Document | ClosedDocument, attempts: Attempt[], offset: UtcOffset) {
  const totals = totalsOf(document);
  const isClosed = 'status' in document;
  const givenChange = new Map(changeRows(document).map(({ payment, changeKopecks }) => [payment, changeKopecks]));
  return {
    number: document.number,
    type: document.type,
    status: isClosed ? document.status : 'open',
    documentId: document.documentId,
    // The sale a return goes against.
    source:
      document.source === null ? null : { documentId: document.source.documentId, number: document.source.number },
    shift: document.shiftNumber,
    cashier: document.cashierName,
    openedAt: offsetStamp(document.openedAt, offset),
    closedAt: isClosed ? offsetStamp(document.closedAt, offset) : null,
    // What was closed has left its stages behind.
    ...(isClosed ? {} : { stage: document.stage }),
    discount: formatKopecks(totals.discountKopecks),
    discountKopecks: totals.discountKopecks,
    total: formatKopecks(totals.totalKopecks),
    totalKopecks: totals.totalKopecks,
    received: formatKopecks(totals.receivedKopecks),
    receivedKopecks: totals.receivedKopecks,
    change: formatKopecks(totals.changeKopecks),
    changeKopecks: totals.changeKopecks,
    // What the cashier had to hand out, change aside.
    payOut: formatKopecks(payOutKopecks(document)),
    payOutKopecks: payOutKopecks(document),
    lines: document.lines.map((line) => ({
      position: line.positionNumber,
      code: line.goods.code,
      barcode: line.goods.barcode,
      name: line.goods.name,
      quantity: formatQuantity(line.quantityThousandths, line.goods.unit.fractional),
      quantityThousandths: line.quantityThousandths,
      // A part of its money went back, and no goods.
      ...(line.returned?.isPartOfSum === true ? { isPartOfSum: true } : {}),
      price: formatKopecks(line.priceKopecks),
      priceKopecks: line.priceKopecks,
      discountKopecks: line.discountKopecks,
      sum: formatKopecks(line.sumKopecks),
      sumKopecks: line.sumKopecks,
      entry: line.entry,
      // As it was scanned or typed, separators of a marking code and all: only this tells one marked piece from another.
      enteredCode: line.enteredCode,
    })),
    storno: document.stornoLines.map(({ line, at, cashierCode, confirmedByCode }) => ({
      position: line.positionNumber,
      code: line.goods.code,
      name: line.goods.name,
      sumKopecks: line.sumKopecks,
      at: offsetStamp(at, offset),
      cashier: cashierCode,
      confirmedBy: confirmedByCode,
    })),
    payments: document.payments.map((payment) => ({
      currency: payment.currency.code,
      name: tenderName(payment),
      provider: payment.currency.provider,
      means: payment.means ?? null,
      isCash: isCash(payment),
      sum: formatKopecks(payment.amountKopecks),
      sumKopecks: payment.amountKopecks,
      // Of what the buyer handed over for it.
      changeKopecks: givenChange.get(payment) ?? 0,
      startedAt: offsetStamp(payment.startedAt, offset),
      state: payment.state,
      orderNumber: payment.orderNumber,
      providerPaymentId: payment.providerPaymentId ?? idOf(payment.attemptId, attempts),
      // What happened besides, line by line: decisions by hand, money given back when nobody watched.
      history: historyOf(payment, attempts, offset),
      attempts: attempts
        .filter((attempt) => attempt.attemptId === payment.attemptId || attempt.sourceAttemptId === payment.attemptId)
        .map((attempt) => attemptView(attempt, offset)),
    })),
  };
}

/** One that was taken for not paid, and was paid: its row has no number, its attempt has. */
function idOf(attemptId: string, attempts: readonly Attempt[]): string | null {
  const outcome = attempts.find((attempt) => attempt.attemptId === attemptId)?.outcome;
  return outcome?.kind === 'approved' ? outcome.providerPaymentId : null;
}

function asText(view: DocumentView): string {
  const lines = view.lines.map((line) => {
    // A part of a line's money, whose goods stay sold.
    const isPart = 'isPartOfSum' in line;
    return `    ${line.name}  ${isPart ? `часть ${line.price}` : `${line.quantity} x ${line.price}`} = ${line.sum}`;
  });
  const payments = view.payments.flatMap((payment) => [
    `    ${payment.name}  ${payment.sum}  ${payment.state}  ${payment.orderNumber}`,
    // Cash has one attempt, and it says no more than its row.
    ...(payment.provider === 'cash' ? [] : payment.attempts.map((attempt) => `      ${attemptText(attempt)}`)),
    ...payment.history.map((line) => `      ${line}`),
  ]);
  const source = view.source === null ? '' : `  чек № ${view.source.number}`;
  return [
    `№ ${view.number}  ${view.type}${source}  ${view.status}  ${view.closedAt ?? ''}  ${view.total}`,
    ...lines,
    ...payments,
    ...(view.changeKopecks === 0 ? [] : [`    Сдача  ${view.change}`]),
    ...(view.payOutKopecks === 0 ? [] : [`    Выдать наличными  ${view.payOut}`]),
  ].join('\n');
}
