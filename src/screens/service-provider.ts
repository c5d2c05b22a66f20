/**
 * SCR-35: how a payment system works here, by the rows that it brings (`payments/service-page.ts`). Every change is a step
 * of its own, checked and stored by the loop.
 */
import { isSame, nameOf, type ServiceRow } from '../payments/service-page.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { At, Context } from '../ui/context.ts';
import type { Model, SystemPage } from '../ui/model.ts';
import type { Step } from '../ui/step.ts';
import { whyOff } from '../ui/system-page.ts';
import { clockText, dateText, moved } from '../ui/words.ts';
import { helpBinding } from './help.ts';
import { drawPage } from './layout.ts';
import { listLockBinding, open } from './sale-actions.ts';

export interface ServiceProviderLocal {
  system: string;
  selected: number;
}

/** What stands on one line of the page. */
interface Line {
  row: ServiceRow;
  label: string;
  /** Columns the label is moved in. */
  indent: number;
  value: string;
  hint: string;
  /** Stands under the settings, beside what it tells of. */
  isBelow: boolean;
  /** Null = nobody can act on it. */
  run: (() => Step[]) | null;
}

const FIRST_ROW = 7;
/** First row of what stands below the settings; lower when they are many. */
const STATE_ROW = 17;
/** Where the box of an answer begins. */
const BOX_ROW = 15;
const SWITCH_HINT = 'Включить или выключить: "Ввод"';

/** Opens the page of a system. */
export function openSystem(system: string): Step {
  return open('service-provider', { system, selected: 0 });
}

export const serviceProvider: Context<ServiceProviderLocal> = {
  name: 'service-provider',
  kind: 'screen',
  area: 'page',
  scan: 'refuse',
  field: null,
  modeName: 'настройки платежной системы',
  view(canvas, { model, local }) {
    const page = model.systemPage;
    if (page === null) return;
    drawPage(canvas, model, `Настройки - ${page.service.heading}`);
    const lines = linesOf(page, model);
    const settings = lines.filter(({ isBelow }) => !isBelow);
    const below = lines.filter(({ isBelow }) => isBelow);
    const selected = selectable(lines)[local.selected];
    // A box over the page would leave scraps of these lines at its sides (mock-ups of `Получить токен`).
    const isCovered = model.ui.stack.at(-1)?.name !== 'service-provider';
    const firstBelow = Math.max(STATE_ROW, FIRST_ROW + settings.length + 1);
    const rows = [
      ...settings.map((line, index) => ({ line, y: FIRST_ROW + index })),
      ...below.map((line, index) => ({ line, y: firstBelow + index })),
    ];
    for (const { line, y } of rows) {
      if (!isCovered || y < BOX_ROW) drawLine(canvas, model, y, line, line === selected);
    }
  },
  hint: (at) => selectedIn(at)?.hint ?? '',
  bindings: [
    { command: 'up', label: 'Выбор', run: (at) => select(at, -1) },
    { command: 'down', label: null, run: (at) => select(at, 1) },
    {
      command: 'confirm',
      label: 'Изменить',
      run(at) {
        const { systemPage } = at.model;
        const line = selectedIn(at);
        if (systemPage === null || line?.run == null) return [];
        const reason = whyOff(systemPage, line.row);
        return reason === null ? line.run() : [{ do: 'status', text: reason }];
      },
    },
    { command: 'cancel', label: 'Выход', run: () => [{ do: 'close' }] },
    helpBinding(() => serviceProvider),
    listLockBinding,
    { command: 'home', label: null, run: (at) => select(at, Number.NEGATIVE_INFINITY) },
    { command: 'end', label: null, run: (at) => select(at, Number.POSITIVE_INFINITY) },
  ],
};

function selectable(lines: readonly Line[]): Line[] {
  return lines.filter(({ run }) => run !== null);
}

function selectedIn({ model, local }: At<ServiceProviderLocal>): Line | undefined {
  return model.systemPage === null ? undefined : selectable(linesOf(model.systemPage, model))[local.selected];
}

function select({ model, local }: At<ServiceProviderLocal>, by: number): Step[] {
  const { systemPage } = model;
  const count = systemPage === null ? 0 : selectable(linesOf(systemPage, model)).length;
  return [{ do: 'local', local: { ...local, selected: moved(local.selected, by, count) } }];
}

function linesOf(page: SystemPage, model: Model): Line[] {
  const lines: Line[] = [];
  const add = (row: ServiceRow, more: Partial<Line>) =>
    lines.push({
      row,
      label: row.label,
      indent: 2,
      value: '',
      hint: row.hint ?? '',
      isBelow: false,
      run: null,
      ...more,
    });
  const change = (row: ServiceRow, value: string): Step => ({
    do: 'changeSystem',
    system: page.name,
    row: page.service.rows.indexOf(row),
    value,
  });
  for (const row of page.service.rows) {
    switch (row.is) {
      case 'switch': {
        const isSet = isSame(row.stored, page.service.on) ? page.isOn : page.values[nameOf(row.stored)] === '1';
        const indent = 'flag' in row.stored || isSame(row.stored, page.service.on) ? 0 : 2;
        const hint = row.hint ?? SWITCH_HINT;
        add(row, { indent, value: isSet ? '[Да]' : '[Нет]', hint, run: () => [change(row, isSet ? '0' : '1')] });
        break;
      }
      case 'choice': {
        const chosen = row.options.findIndex(({ value }) => value === page.values[row.key]);
        // To the one in force, which is a row of its own.
        const selected = selectable(lines).length + 1 + Math.max(0, chosen);
        const toChosen: Step = { do: 'local', local: { system: page.name, selected } };
        add(row, { value: `[${row.options[chosen]?.label ?? ''}]`, run: () => [toChosen] });
        row.options.forEach(({ value, label }, index) => {
          const mark = index === chosen ? '(*)' : '( )';
          add(row, { label, indent: 6, value: mark, hint: row.optionHint, run: () => [change(row, value)] });
        });
        break;
      }
      case 'text': {
        const text = page.values[row.key] ?? '';
        const local = { number: row.ask, system: page.name, row: page.service.rows.indexOf(row) };
        add(row, { value: `[${text === '' ? row.absent : text}]`, run: () => [open('setting-text', local)] });
        break;
      }
      case 'action': {
        const step: Step = { do: 'askSystem', system: page.name, row: page.service.rows.indexOf(row) };
        add(row, { value: '[Выполнить]', hint: row.hint ?? `${row.label}: "Ввод"`, run: () => [step] });
        break;
      }
      case 'tokenState':
        add(row, { indent: 0, isBelow: true, label: `${row.label}: ${received(page, model)}` });
        break;
      case 'fileState':
        add(row, { indent: 0, isBelow: true, label: `${row.label}: ${page.file}, ${fileWord(page)}` });
        break;
      case 'note': {
        const label = page.isOn ? row.label : row.off;
        add(row, { indent: 0, isBelow: true, label, run: () => [{ do: 'say', number: row.say }] });
      }
    }
  }
  return lines;
}

function received({ tokenAt }: SystemPage, model: Model): string {
  return tokenAt === null ? 'не получен' : `получен ${dateText(model, tokenAt)} ${clockText(model, tokenAt)}`;
}

function fileWord({ problem, isSetUp }: SystemPage): string {
  if (problem !== null) return `ошибка в параметре ${problem}`;
  return isSetUp ? 'все параметры заданы' : 'не хватает параметров';
}

function drawLine(canvas: Canvas, model: Model, y: number, line: Line, isSelected: boolean): void {
  const page = model.systemPage;
  const isOff = page !== null && line.run !== null && whyOff(page, line.row) !== null;
  const style = isSelected ? 'selected' : isOff ? 'dim' : 'normal';
  if (isSelected) {
    canvas.fill(y, 1, model.columns, ' ', style);
    canvas.put(y, 2, '>', style);
  }
  canvas.put(y, 4 + line.indent, line.label, style);
  canvas.putRight(y, model.columns - 4, line.value, style);
}
