import { existsSync } from 'node:fs';
import { createEscpos } from '../devices/printer/escpos.ts';
import { findProfile } from '../devices/printer/profile.ts';
import { Journal } from '../journal/journal.ts';
import { isStorageError } from '../journal/storage-error.ts';
import type { SlipData } from '../receipts/document-fields.ts';
import { buildLines, type SlipRequest } from '../receipts/print-job.ts';
import type { ReconciliationData } from '../receipts/report-fields.ts';
import { loadTemplates, type TemplateProblem } from '../receipts/templates.ts';
import { toText } from '../receipts/to-text.ts';
import type { ClosedDocument, DocumentType } from '../register/model.ts';
import { safeText } from '../register/safe-text.ts';
import { isCounted } from '../register/totals.ts';
import { pathsOf } from '../settings/paths.ts';
import { describeProblem } from '../settings/problem.ts';
import { loadSettings, type Settings } from '../settings/settings.ts';
import { EXIT_CODES } from './commands.ts';

export const PREVIEW_TEMPLATES = ['sale', 'oplati', 'annulled', 'oplat'] as const;
type PreviewTemplate = (typeof PREVIEW_TEMPLATES)[number];

/** What `bin/kassa preview` was asked for. */
export interface PreviewCommand {
  root: string;
  template: string;
  documentNumber: number | undefined;
  /** Absent = as many as the printer of the settings has. */
  columns: number | undefined;
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
}

/**
 * `bin/kassa preview`: a slip of a document of the journal as text, by the lines that make the paper. Reads beside a
 * running register. A wrong template of the shop is told with its line (exit code 3); the shipped one is shown then, as
 * it would be printed.
 */
export async function runPreview(command: PreviewCommand): Promise<number> {
  const { root, stdout, stderr, documentNumber } = command;
  const template = PREVIEW_TEMPLATES.find((name) => name === command.template);
  if (template === undefined || documentNumber === undefined) {
    stderr.write('Укажите шаблон и номер документа: kassa preview sale --document 1\n');
    return EXIT_CODES.usage;
  }
  const loaded = loadSettings(root);
  if ('problem' in loaded) {
    stderr.write(`SYS-08 ${describeProblem(loaded.problem)}\n`);
    return EXIT_CODES.settings;
  }
  const { settings } = loaded;
  const profile = findProfile(settings.printer.profile);
  if (profile === null) {
    stderr.write(`SYS-08 Нет профиля принтера ${settings.printer.profile}\n`);
    return EXIT_CODES.settings;
  }
  const paths = pathsOf(root);
  if (!existsSync(paths.journal)) {
    stderr.write(`Журнал не найден: ${paths.journal}\n`);
    return EXIT_CODES.storage;
  }
  const requests = readRequests(paths.journal, documentNumber, template, settings);
  if (requests === null) {
    stderr.write('SYS-05 База данных не читается\n');
    return EXIT_CODES.storage;
  }
  if (requests.length === 0) {
    const what = template === 'oplati' ? `Нет документа № ${documentNumber} с оплатой О!плати` : null;
    stderr.write(`${what ?? `Нет закрытого документа № ${documentNumber}`}\n`);
    return EXIT_CODES.usage;
  }

  const problems: TemplateProblem[] = [];
  const templates = await loadTemplates(paths.reports, (problem) => problems.push(problem));
  const escpos = createEscpos(profile);
  const columns = command.columns ?? escpos.columns;
  const printable = (text: string): string => escpos.printable(text).text;
  for (const request of requests) {
    for (const row of toText(buildLines(request, templates, { columns, printable }), columns)) {
      // A QR payload is no text for the printer, but it is for this terminal.
      stdout.write(`${safeText(row).trimEnd()}\n`);
    }
  }
  const problem = problems.find(({ name }) => name === (template === 'oplat' ? 'oplat.xml' : template));
  if (problem === undefined) return EXIT_CODES.done;
  const file = template === 'oplat' ? 'oplat.xml' : `${template}.tpl`;
  stderr.write(`Шаблон ${file}, строка ${problem.line}: ${safeText(problem.message)}. Показан поставляемый шаблон\n`);
  return EXIT_CODES.settings;
}

type Previewed = Exclude<SlipRequest, { kind: 'drawer' | 'test' }>;

/** @returns empty when there is no such document or payment, null when the journal cannot be read */
function readRequests(
  journalPath: string,
  documentNumber: number,
  template: PreviewTemplate,
  settings: Settings,
): Previewed[] | null {
  try {
    const journal = Journal.open(journalPath, { readonly: true });
    try {
      const document = journal.documentByNumber(documentNumber);
      return document === null ? [] : requestsOf(document, template, settings, journal);
    } finally {
      journal.close();
    }
  } catch (error) {
    if (!isStorageError(error)) throw error;
    return null;
  }
}

function requestsOf(
  document: ClosedDocument,
  template: PreviewTemplate,
  { shop, registerNumber, utcOffsetMinutes }: Settings,
  journal: Journal,
): Previewed[] {
  const data: SlipData = { document, shop, registerNumber, utcOffsetMinutes };
  switch (template) {
    case 'sale':
    case 'annulled':
      return [{ kind: template, data }];
    case 'oplati':
      return document.payments
        .filter(({ currency }) => currency.provider === 'oplati')
        .map(({ attemptId }) => ({ kind: 'oplatiSlip', data, attemptId }));
    case 'oplat':
      return [{ kind: 'reconciliation', data: sampleReconciliation(data, journal) }];
  }
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
  for (const { shiftNumber, type, payments } of journal.documents()) {
    if (shiftNumber !== document.shiftNumber) continue;
    for (const { currency, amountKopecks } of payments.filter(isCounted)) {
      if (currency.provider === 'cash') continue;
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
    status: 'Образец: сервер не запрошен',
  };
}
