/** SCR-17: the documents, newest first, found by number and by day. A screenful at a time: there may be any number. */

import type { DocumentType } from '../register/model.ts';
import { formatKopecks } from '../register/money.ts';
import { cutColumns } from '../register/safe-text.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { At, Context } from '../ui/context.ts';
import type { PickerLocal, SaleRow } from '../ui/pages.ts';
import type { Step } from '../ui/step.ts';
import { longDateText, moved } from '../ui/words.ts';
import { helpBinding } from './help.ts';
import { drawPage, drawRule, fieldText, firstShown, frameRows } from './layout.ts';
import { listLockBinding, unlabelled } from './sale-actions.ts';

type PickerAt = At<PickerLocal>;

/** Where all documents are listed, a row tells what it is; of the sales to be returned there is no need. */
interface DocumentRow extends SaleRow {
  type?: DocumentType;
  isAnnulled?: boolean;
}

const TYPE_WORDS = { sale: 'Чек продажи', return: 'Возврат', returnBySale: 'Возврат по чеку' } as const;

const FIRST_ROW = 10;
const NUMBER_COLUMNS = 14;
const DAY_DIGITS = 6;

export const documentPicker: Context<PickerLocal> = {
  name: 'document-picker',
  kind: 'screen',
  area: 'page',
  scan: 'accept',
  field: { accepts: 'digits', maxLength: NUMBER_COLUMNS },
  modeName: 'выбор документа',
  view(canvas, at) {
    const { model, local, text } = at;
    drawPage(canvas, model, 'Выберите документ');
    canvas.put(6, 2, `номер документа: ${fieldText(local.editsDay ? '' : text, NUMBER_COLUMNS)}`);
    const day = local.editsDay ? text : local.day;
    if (day !== null) canvas.put(6, 38, `Дата: [${dayText(day)}]`);
    drawHeadRow(canvas, model.columns);
    drawRule(canvas, model, 9);
    drawRows(canvas, at);
  },
  hint({ local }) {
    if (local.editsDay) return 'Введите день, месяц и год; пустая дата - все дни';
    return local.purpose === 'return' ? 'Выберите чек продажи и нажмите "Ввод"' : 'Выберите документ и нажмите "Ввод"';
  },
  bindings: [
    { command: 'up', label: 'Выбор', run: (at) => select(at, -1) },
    { command: 'down', label: null, run: (at) => select(at, 1) },
    { command: 'pageUp', label: 'Выбор', run: (at) => select(at, -rowCount(at)) },
    { command: 'pageDown', label: null, run: (at) => select(at, rowCount(at)) },
    {
      command: 'confirm',
      label: 'Ввод',
      disabled: ({ local, text }) => (local.editsDay && text !== '' ? 'дата набрана не полностью' : null),
      run: confirmSteps,
    },
    {
      command: 'cancel',
      label: 'Отмена',
      run: (at) => (at.local.editsDay ? findFrom(at, { editsDay: false }) : [{ do: 'close' }]),
    },
    {
      command: 'search',
      label: null,
      run: ({ local }) => [{ do: 'local', local: { ...local, editsDay: true }, text: '' }],
    },
    unlabelled(helpBinding(() => documentPicker)),
    listLockBinding,
    { command: 'home', label: null, run: (at) => select(at, -at.local.page.total) },
    { command: 'end', label: null, run: (at) => select(at, at.local.page.total) },
  ],
  /** The date counts when it is whole; half of it would hide what the cashier looks for. */
  typed(at) {
    const { local, text } = at;
    if (!local.editsDay)
      return [
        { do: 'local', local: { ...local, selected: 0 } },
        { do: 'findSales', offset: 0 },
      ];
    if (text.length < DAY_DIGITS) return [];
    if (isDay(text)) return findFrom(at, { editsDay: false, day: text });
    return [
      { do: 'local', local, text: '' },
      { do: 'status', text: 'Неверная дата' },
    ];
  },
  /** The receipt's own code carries its number. */
  scanned(at, code) {
    const digits = code.replace(/\D/g, '').slice(0, NUMBER_COLUMNS);
    return digits === '' ? [{ do: 'say', number: 'DOM-60' }] : findFrom(at, { editsDay: false }, digits);
  },
};

/** Looks anew from the newest document on. */
function findFrom({ local }: PickerAt, change: Partial<PickerLocal>, text = ''): Step[] {
  return [
    { do: 'local', local: { ...local, selected: 0, ...change }, text },
    { do: 'findSales', offset: 0 },
  ];
}

function confirmSteps(at: PickerAt): Step[] {
  const { page, selected, purpose, editsDay, typedIsReturned } = at.local;
  if (editsDay) return findFrom(at, { editsDay: false, day: null });
  // The rows are other receipts whose numbers begin so; one of them is meant only when it was chosen.
  if (typedIsReturned === true && page.offset + selected === 0) return [{ do: 'say', number: 'DOM-61' }];
  const row = page.rows[selected];
  if (row === undefined) return [{ do: 'say', number: 'DOM-60' }];
  return [{ do: 'viewDocument', documentId: row.documentId, purpose }];
}

/** Moves among all documents that fit the filter; a row of another page has that page read first. */
function select(at: PickerAt, by: number): Step[] {
  const { local } = at;
  const { offset, rows, total } = local.page;
  const row = moved(offset + local.selected, by, total);
  if (row >= offset && row < offset + rows.length) {
    return [{ do: 'local', local: { ...local, selected: row - offset } }];
  }
  const inPage = row % rowCount(at);
  return [
    { do: 'local', local: { ...local, selected: inPage } },
    { do: 'findSales', offset: row - inPage },
  ];
}

function rowCount({ model }: At): number {
  return frameRows(model).totals - FIRST_ROW;
}

function isDay(text: string): boolean {
  const [day = 0, month = 0, year = 0] = [text.slice(0, 2), text.slice(2, 4), text.slice(4)].map(Number);
  const date = new Date(Date.UTC(2000 + year, month - 1, day));
  return date.getUTCDate() === day && date.getUTCMonth() === month - 1;
}

/** `22.08.__` */
function dayText(digits: string): string {
  const shown = digits.padEnd(DAY_DIGITS, '_');
  return `${shown.slice(0, 2)}.${shown.slice(2, 4)}.${shown.slice(4)}`;
}

function drawHeadRow(canvas: Canvas, columns: number): void {
  canvas.put(8, 5, '№  № из ФР  Время закрытия    Тип документа  Тип оплаты');
  canvas.put(8, statusColumn(columns), 'Статус');
  canvas.putRight(8, columns - 1, 'Сумма');
}

function drawRows(canvas: Canvas, at: PickerAt): void {
  const { rows } = at.local.page;
  if (rows.length === 0) canvas.put(FIRST_ROW, 2, 'Документов нет');
  const count = rowCount(at);
  // A terminal that shrank shows less than the page holds, until the next page is read.
  const first = firstShown(at.local.selected, rows.length, count);
  rows.slice(first, first + count).forEach((row, index) => {
    drawRow(canvas, at, FIRST_ROW + index, row, first + index === at.local.selected);
  });
}

function drawRow(canvas: Canvas, { model }: At, y: number, row: DocumentRow, isSelected: boolean): void {
  const { columns } = model;
  const style = isSelected ? 'selected' : 'normal';
  const sum = formatKopecks(row.totalKopecks);
  const status = statusWord(row);
  // The longer word gives way to the left: the sum keeps its column, whatever it is.
  const statusAt = Math.min(statusColumn(columns), columns - 1 - sum.length - status.length);
  canvas.fill(y, 1, columns, ' ', style);
  if (isSelected) canvas.put(y, 1, '>', style);
  canvas.put(y, 2, String(row.number).padStart(4), style);
  canvas.putRight(y, 14, String(row.fiscalNumber ?? '-'), style);
  canvas.put(y, 17, longDateText(model, row.closedAt), style);
  const type = TYPE_WORDS[row.type ?? 'sale'];
  // The longest type fills its column to the end.
  const currenciesAt = Math.max(50, 36 + type.length);
  canvas.put(y, 35, type, style);
  canvas.put(y, currenciesAt, cutColumns(row.currencies, statusAt - 1 - currenciesAt), style);
  canvas.put(y, statusAt, status, style);
  canvas.putRight(y, columns - 1, sum, style);
}

function statusWord({ isAnnulled, fullyReturned, partlyReturned }: DocumentRow): string {
  if (isAnnulled === true) return 'аннулирован';
  if (fullyReturned === true) return 'возвращен';
  return partlyReturned ? 'возврат части' : 'закрыт';
}

/** A wider terminal gives its columns to the payment types. */
function statusColumn(columns: number): number {
  return columns - 18;
}
