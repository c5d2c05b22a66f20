/** What became of a load: for the screen of the person who loads, for error.txt and for `--json`. */
import { safeText } from '../../register/safe-text.ts';

export type LoadedKind =
  | 'goods'
  | 'barcodes'
  | 'prices'
  | 'units'
  | 'plu'
  | 'users'
  | 'cardGroups'
  | 'cards'
  | 'clients'
  | 'currencies'
  | 'deleted';

export interface LoadReport {
  source: string;
  /**
   * - `loaded`  the good rows are in
   * - `refused` all or nothing was asked for and some row was bad: the old catalogue stays
   * - `broken`  the file cannot be read or trusted: the old catalogue stays
   * - `storage` the catalogue itself failed (disk full, busy): the old catalogue stays
   */
  state: 'loaded' | 'refused' | 'broken' | 'storage';
  /** Why nothing was loaded, in Russian. */
  problem: string | null;
  /** Rows (CSV) or commands (AIF) read. */
  rows: number;
  loaded: Record<LoadedKind, number>;
  /** The first refused rows; `row` is the number of the line in the file. */
  refused: { row: number; reason: string }[];
  refusedTotal: number;
  /** Rows that were loaded and that somebody should look at. */
  warnings: { row: number; text: string }[];
  warningsTotal: number;
  /** Commands and columns this register has no use for, with their number. */
  skipped: Record<string, number>;
  goodsCount: number;
}

const KEPT_REFUSALS = 1000;
const KEPT_SKIPPED_NAMES = 50;

const KIND_LABELS: Record<LoadedKind, string> = {
  goods: 'товары',
  barcodes: 'штрих-коды',
  prices: 'цены',
  units: 'единицы измерения',
  plu: 'коды весов (PLU)',
  users: 'кассиры',
  cardGroups: 'группы карт',
  cards: 'карты',
  clients: 'клиенты',
  currencies: 'валюты',
  deleted: 'удалено',
};

export function emptyReport(source: string): LoadReport {
  return {
    source: safeText(source),
    state: 'loaded',
    problem: null,
    rows: 0,
    loaded: {
      goods: 0,
      barcodes: 0,
      prices: 0,
      units: 0,
      plu: 0,
      users: 0,
      cardGroups: 0,
      cards: 0,
      clients: 0,
      currencies: 0,
      deleted: 0,
    },
    refused: [],
    refusedTotal: 0,
    warnings: [],
    warningsTotal: 0,
    // Without a prototype: the names come from the file, `__proto__` included.
    skipped: Object.create(null) as Record<string, number>,
    goodsCount: 0,
  };
}

/** Keeps the first thousand, counts all: a wrong file of a million rows must not fill the memory. */
export function noteRefusal(report: LoadReport, row: number, reason: string): void {
  report.refusedTotal++;
  if (report.refused.length < KEPT_REFUSALS) report.refused.push({ row, reason });
}

export function noteWarning(report: LoadReport, row: number, text: string): void {
  report.warningsTotal++;
  if (report.warnings.length < KEPT_REFUSALS) report.warnings.push({ row, text });
}

export function noteSkipped(report: LoadReport, name: string): void {
  const key = safeText(name, 40);
  if (key in report.skipped || Object.keys(report.skipped).length < KEPT_SKIPPED_NAMES) {
    report.skipped[key] = (report.skipped[key] ?? 0) + 1;
  }
}

/** The report in Russian, one fact a line. */
export function describeReport(report: LoadReport): string[] {
  const lines: string[] = [];
  if (report.state === 'loaded') {
    lines.push(`Загружено: ${report.source}, строк: ${report.rows}`);
    for (const [kind, label] of Object.entries(KIND_LABELS)) {
      const count = report.loaded[kind as LoadedKind];
      if (count > 0) lines.push(`  ${label}: ${count}`);
    }
    lines.push(`Товаров в справочнике: ${report.goodsCount}`);
  } else {
    lines.push(`Не загружено: ${report.source}. ${report.problem ?? ''}`.trimEnd());
    lines.push('Прежний справочник сохранен');
  }
  const skipped = Object.entries(report.skipped);
  if (skipped.length > 0) lines.push(`Пропущено: ${skipped.map(([name, count]) => `${name} (${count})`).join(', ')}`);
  lines.push(...describeRefusals(report), ...describeWarnings(report));
  return lines;
}

/** Refused rows only, as they are written to error.txt. */
function describeRefusals(report: LoadReport): string[] {
  const rows = report.refused.map(({ row, reason }) => ({ row, text: reason }));
  return listed('Отказано строк', report.refusedTotal, rows);
}

function describeWarnings({ state, warnings, warningsTotal }: LoadReport): string[] {
  return state === 'loaded' ? listed('Предупреждений', warningsTotal, warnings) : [];
}

function listed(title: string, total: number, rows: readonly { row: number; text: string }[]): string[] {
  if (total === 0) return [];
  const hidden = total - rows.length;
  return [
    `${title}: ${total}`,
    ...rows.map(({ row, text }) => `  строка ${row}: ${text}`),
    ...(hidden > 0 ? [`  ... и еще ${hidden}`] : []),
  ];
}
