/** What `bin/kassa preview` shows: slips of the journal, and samples of those that no operation of this register makes yet. */

import { existsSync } from 'node:fs';
import { Journal } from '../journal/journal.ts';
import { stateWord } from '../payments/attempt.ts';
import { drivers } from '../payments/registry.ts';
import type { SlipData, SlipPlace } from '../receipts/document-fields.ts';
import type { SlipRequest } from '../receipts/print-job.ts';
import type { ReconciliationData } from '../receipts/report-fields.ts';
import type { ShiftReportData } from '../receipts/shift-report-fields.ts';
import { addUpShift, cashOfShift } from '../receipts/shift-totals.ts';
import { evolve } from '../register/evolve.ts';
import { type Currency, type DocumentType, initialState } from '../register/model.ts';
import { isCash, isTakenBack } from '../register/tender.ts';
import { isCounted } from '../register/totals.ts';
import type { Settings } from '../settings/settings.ts';
import { utcOffsetOf } from '../settings/time-zone.ts';
import { EXIT_CODES } from './commands.ts';
import { unreadableJournal } from './problems.ts';

/** Payment systems with a slip of their own, by the name of its template. */
const SYSTEM_OF_SLIP = new Map([...drivers.values()].flatMap((driver) => (driver.slip ? [[driver.slip, driver]] : [])));

const FILES = {
  sale: 'sale.tpl',
  return: 'sale.tpl',
  copy: 'sale.tpl',
  annulled: 'annulled.tpl',
  cancelled: 'cancelled.tpl',
  payment: 'payment.tpl',
  oplat: 'oplat.xml',
  x: 'x.tpl',
  z: 'z.tpl',
  'cash-in': 'cash-in.tpl',
  'cash-out': 'cash-out.tpl',
  qr: 'qr.tpl',
} as const;

/** One of the register's own, or the slip of a payment system. */
export type PreviewTemplate = keyof typeof FILES | { slip: string };

/** @returns null when nothing of this name can be shown */
export function previewNamed(name: string): PreviewTemplate | null {
  const own = (Object.keys(FILES) as (keyof typeof FILES)[]).find((file) => file === name);
  return own ?? (SYSTEM_OF_SLIP.has(name) ? { slip: name } : null);
}

/** The file that is shown: copies and returns are drawn by the template of their document. */
export function previewFile(template: PreviewTemplate): string {
  return typeof template === 'object' ? `${template.slip}.tpl` : FILES[template];
}

/** Where a slip's facts come from: a document, the shift that is open now, or thin air. */
export function previewSource(template: PreviewTemplate): 'document' | 'shift' | 'sample' {
  if (template === 'x' || template === 'z') return 'shift';
  return template === 'cash-in' || template === 'cash-out' || template === 'qr' ? 'sample' : 'document';
}

/** A slip of a document, or a sample that shows a number of its own. */
export function takesDocumentNumber(template: PreviewTemplate): boolean {
  return previewSource(template) === 'document' || template === 'cash-in' || template === 'cash-out';
}

export interface PreviewWanted {
  template: PreviewTemplate;
  documentNumber: number | null;
  settings: Settings;
}

type Previewed = Exclude<SlipRequest, { kind: 'drawer' | 'test' }>;

export type PreviewFound = { requests: Previewed[] } | { refusal: string; code: number };

/** What is to be shown, or why there is nothing to show and the exit code that says so. */
export function findPreviewed(journalPath: string, wanted: PreviewWanted): PreviewFound {
  if (previewSource(wanted.template) === 'sample') return { requests: [sampleOf(wanted)] };
  if (!existsSync(journalPath)) return { refusal: `Журнал не найден: ${journalPath}`, code: EXIT_CODES.storage };
  try {
    const journal = Journal.open(journalPath, { readonly: true });
    try {
      const requests = requestsOf(journal, wanted);
      return requests.length > 0 ? { requests } : { refusal: absent(wanted), code: EXIT_CODES.usage };
    } finally {
      journal.close();
    }
  } catch (error) {
    const refusal = unreadableJournal(error, journalPath);
    if (refusal === null) throw error;
    return { refusal, code: EXIT_CODES.storage };
  }
}

/** @returns empty when there is no such document, payment or shift */
function requestsOf(journal: Journal, { template, documentNumber, settings }: PreviewWanted): Previewed[] {
  const { shop, registerNumber } = settings;
  const place = { shop, registerNumber, utcOffsetMinutes: utcOffsetOf(settings) };
  if (template === 'x' || template === 'z') {
    const data = currentShift(journal, place);
    return data === null ? [] : [{ kind: template, data }];
  }
  const document = documentNumber === null ? null : journal.documentByNumber(documentNumber);
  if (document === null) return [];
  const data = { ...place, document };
  if (typeof template === 'object') {
    const name = SYSTEM_OF_SLIP.get(template.slip)?.name;
    return paymentSlips(journal, data, ({ provider }) => provider === name);
  }
  switch (template) {
    case 'sale':
    case 'annulled':
    case 'copy':
      return [{ kind: template, data }];
    case 'cancelled': {
      const attemptIds = document.payments.filter(isTakenBack).map(({ attemptId }) => attemptId);
      const cancelled = { ...data, attemptIds, printedAt: document.closedAt };
      return attemptIds.length === 0 ? [] : [{ kind: 'cancelled', data: cancelled }];
    }
    case 'return':
      return document.type === 'sale' ? [] : [{ kind: 'sale', data }];
    case 'payment':
      // The payments of the autonomous terminal too: it prints its own slip, but the look of ours can be seen.
      return paymentSlips(journal, data, ({ provider }) => provider !== 'cash' && !hasOwnSlip(provider));
    default:
      return [{ kind: 'reconciliation', data: sampleReconciliation(data, journal) }];
  }
}

function hasOwnSlip(provider: string): boolean {
  return drivers.get(provider)?.slip !== undefined;
}

function absent({ template, documentNumber }: PreviewWanted): string {
  if (typeof template === 'object') {
    return `Нет документа № ${documentNumber} с оплатой ${SYSTEM_OF_SLIP.get(template.slip)?.title ?? ''}`;
  }
  switch (template) {
    case 'x':
    case 'z':
      return 'Смена закрыта';
    case 'return':
      return `Нет возврата № ${documentNumber}`;
    case 'cancelled':
      return `Нет документа № ${documentNumber} с отмененной оплатой`;
    case 'payment':
      return `Нет документа № ${documentNumber} с безналичной оплатой`;
    default:
      return `Нет закрытого документа № ${documentNumber}`;
  }
}

function paymentSlips(journal: Journal, data: SlipData, isMeant: (currency: Currency) => boolean): Previewed[] {
  return data.document.payments
    .filter(({ currency }) => isMeant(currency))
    .map(({ attemptId }) => {
      const outcome = journal.attempt(attemptId)?.outcome;
      const rows = outcome?.kind === 'approved' ? (outcome.slip ?? []) : [];
      return { kind: 'paymentSlip', data, attemptId, rows };
    });
}

/** The shift that is open now, as X would show it this moment; null = none is open. */
function currentShift(journal: Journal, place: SlipPlace): ShiftReportData | null {
  const restored = journal.restore();
  const { shift, user } = restored.events.reduce(evolve, restored.snapshot ?? initialState(0, ''));
  if (shift === null) return null;
  const totals = addUpShift(journal.documentsOfShift(shift.number));
  const unfinished = restored.attempts.filter(({ operation }) => MOVES_MONEY.has(operation));
  return {
    ...place,
    shiftNumber: shift.number,
    openedAt: shift.openedAt,
    printedAt: Date.now(),
    cashierName: user?.name ?? '',
    totals,
    cashIn: NOTHING,
    cashOut: NOTHING,
    drawerKopecks: cashOfShift(totals),
    unfinished: unfinished.map((attempt) => ({
      documentTitle: attempt.documentTitle,
      amountKopecks: attempt.order.amountKopecks,
      text: `${attempt.currencyName}: ${stateWord(attempt)}`,
    })),
    deferred: [],
  };
}

const MOVES_MONEY: ReadonlySet<string> = new Set(['pay', 'cancel', 'refund']);
const NOTHING = { count: 0, amountKopecks: 0 };

function sampleOf({ template, documentNumber, settings }: PreviewWanted): Previewed {
  const { shop, registerNumber } = settings;
  const sample = { shop, registerNumber, utcOffsetMinutes: utcOffsetOf(settings), amountKopecks: 10_000 };
  if (template === 'qr') {
    const payload = 'https://example.org/pay?order=1';
    const data = { ...sample, printedAt: Date.now(), caption: 'Отсканируйте QR-код для оплаты', payload };
    return { kind: 'qr', data };
  }
  return {
    kind: template === 'cash-in' ? 'cashIn' : 'cashOut',
    data: {
      ...sample,
      documentNumber: documentNumber ?? 1,
      shiftNumber: 1,
      cashierName: 'Образец',
      movedAt: Date.now(),
      reason: 'образец',
      drawerKopecks: 10_000,
    },
  };
}

const OPERATIONS: Readonly<Record<DocumentType, string>> = {
  sale: 'оплата',
  return: 'возврат',
  returnBySale: 'возврат',
};

/** The shift of the document as the register counted it; what the servers would say is not asked, so it is the same. */
function sampleReconciliation(data: SlipData, journal: Journal): ReconciliationData {
  const { document, shop, registerNumber, utcOffsetMinutes } = data;
  const rows = new Map<string, ReconciliationData['rows'][number]>();
  for (const { type, payments } of [...journal.documentsOfShift(document.shiftNumber)].reverse()) {
    for (const payment of payments.filter(isCounted)) {
      const { currency, amountKopecks } = payment;
      if (isCash(payment)) continue;
      const title = `${currency.name}: ${OPERATIONS[type]}`;
      const row = rows.get(title) ?? { title, ourCount: 0, ourKopecks: 0, theirCount: 0, theirKopecks: 0 };
      row.ourCount = ++row.theirCount;
      row.ourKopecks = row.theirKopecks += amountKopecks;
      rows.set(title, row);
    }
  }
  return {
    shop,
    registerNumber,
    utcOffsetMinutes,
    shiftNumber: document.shiftNumber,
    printedAt: document.closedAt,
    rows: [...rows.values()],
    differences: [],
    notes: [],
    status: 'Образец: сервер не запрошен',
  };
}
