/** SCR-35: how О!плати works here. Every change is a step of its own, checked and stored by the loop. */
import type { Canvas } from '../ui/canvas.ts';
import type { At, Context } from '../ui/context.ts';
import type { Model, OplatiService } from '../ui/model.ts';
import type { Step } from '../ui/step.ts';
import { clockText, dateText, moved } from '../ui/words.ts';
import { helpBinding } from './help.ts';
import { drawPage } from './layout.ts';
import { listLockBinding, open } from './sale-actions.ts';

export interface ServiceOplatiLocal {
  selected: number;
}

interface Row {
  label: string;
  /** Columns the label is moved in. */
  indent: 0 | 2 | 6;
  value(oplati: OplatiService): string;
  hint: string;
  /** The switch whose being off makes this row dim. */
  needs: 'otherCashless' | 'enabled' | null;
  run(oplati: OplatiService): Step[];
}

const FIRST_ROW = 7;
const STATE_ROW = 17;
const SWITCH_HINT = 'Включить или выключить: "Ввод"';
const OTHER_CASHLESS = 'Оплата с помощью иных способов безналичных оплат';
const ENABLED = 'Работа с системой ОПЛАТИ';

const MODE_NAMES = ['QR-код покупателя', 'Статический QR продавца', 'Динамический QR продавца'] as const;
/** The order of the mock-up; 0 stands last. */
const MODES = [1, 2, 0] as const;
/** `Режим работы`; its three values follow. */
const MODE_ROW = 2;

function change(step: Extract<Step, { do: 'serviceOplati' }>['change']): Step[] {
  return [{ do: 'serviceOplati', change: step }];
}

const rows: readonly Row[] = [
  {
    label: OTHER_CASHLESS,
    indent: 0,
    value: ({ otherCashless }) => yesNo(otherCashless),
    hint: SWITCH_HINT,
    needs: null,
    run: ({ enabled, otherCashless }) =>
      enabled ? [{ do: 'say', number: 'OPL-32' }] : change({ otherCashless: !otherCashless }),
  },
  {
    label: ENABLED,
    indent: 0,
    value: ({ enabled }) => yesNo(enabled),
    hint: SWITCH_HINT,
    needs: 'otherCashless',
    run: ({ enabled }) => change({ enabled: !enabled }),
  },
  {
    label: 'Режим работы',
    indent: 2,
    value: ({ mode }) => `[${MODE_NAMES[mode]}]`,
    hint: 'Перейти к выбору режима: "Ввод"',
    needs: 'enabled',
    run: ({ mode }) => [{ do: 'local', local: { selected: MODE_ROW + 1 + MODES.indexOf(mode) } }],
  },
  ...MODES.map(
    (mode): Row => ({
      label: MODE_NAMES[mode],
      indent: 6,
      value: (oplati) => (oplati.mode === mode ? '(*)' : '( )'),
      hint: 'Выбрать режим: "Ввод"',
      needs: 'enabled',
      run: () => change({ mode }),
    }),
  ),
  {
    label: 'Номер кассы',
    indent: 2,
    value: ({ regNum }) => `[${regNum === '' ? 'не заполнен' : regNum}]`,
    hint: 'Ввести номер кассы: "Ввод"',
    needs: 'enabled',
    run: () => [open('register-number')],
  },
  {
    label: 'Получить токен',
    indent: 2,
    value: () => '[Выполнить]',
    hint: 'Получить токен: "Ввод"',
    needs: 'enabled',
    run: ({ regNum }) => (regNum === '' ? [{ do: 'say', number: 'OPL-35' }] : [{ do: 'requestToken' }]),
  },
];

/** Below the settings, beside the state of the token: it is there by itself, and who would change it is told so (OPL-33). */
const tender: Row = {
  label: 'Способ оплаты "ОПЛАТИ": добавлен автоматически, изменение недоступно',
  indent: 0,
  value: () => '',
  hint: 'Способ оплаты "ОПЛАТИ" есть, пока включена работа с системой',
  needs: 'enabled',
  run: () => [{ do: 'say', number: 'OPL-33' }],
};

const selectable: readonly Row[] = [...rows, tender];

export const serviceOplati: Context<ServiceOplatiLocal> = {
  name: 'service-oplati',
  kind: 'screen',
  area: 'page',
  scan: 'refuse',
  field: null,
  modeName: 'настройки О!плати',
  view(canvas, { model, local }) {
    drawPage(canvas, model, 'Настройки - Параметры');
    rows.forEach((row, index) => {
      drawRow(canvas, model, FIRST_ROW + index, row, index === local.selected);
    });
    // A box over the page would leave scraps of these lines at its sides (mock-ups of `Получить токен`).
    if (model.ui.stack.at(-1)?.name === 'service-oplati') drawState(canvas, model, local.selected === rows.length);
  },
  hint: ({ local }) => selectable[local.selected]?.hint ?? '',
  bindings: [
    { command: 'up', label: 'Выбор', run: (at) => select(at, -1) },
    { command: 'down', label: null, run: (at) => select(at, 1) },
    {
      command: 'confirm',
      label: 'Изменить',
      run({ model, local }) {
        const row = selectable[local.selected];
        if (row === undefined) return [];
        const reason = reasonOff(row, model.oplati);
        return reason === null ? row.run(model.oplati) : [{ do: 'status', text: reason }];
      },
    },
    { command: 'cancel', label: 'Выход', run: () => [{ do: 'close' }] },
    helpBinding(() => serviceOplati),
    listLockBinding,
    { command: 'home', label: null, run: (at) => select(at, -selectable.length) },
    { command: 'end', label: null, run: (at) => select(at, selectable.length) },
  ],
};

function select({ local }: At<ServiceOplatiLocal>, by: number): Step[] {
  return [{ do: 'local', local: { selected: moved(local.selected, by, selectable.length) } }];
}

/** What О!плати is on can always be switched off; the rest hangs on its switch. */
function reasonOff({ needs }: Row, oplati: OplatiService): string | null {
  if (needs === 'otherCashless' && !oplati.otherCashless && !oplati.enabled) return `Включите "${OTHER_CASHLESS}"`;
  return needs === 'enabled' && !oplati.enabled ? `Включите "${ENABLED}"` : null;
}

function drawRow(canvas: Canvas, model: Model, y: number, row: Row, isSelected: boolean): void {
  const style = isSelected ? 'selected' : reasonOff(row, model.oplati) === null ? 'normal' : 'dim';
  if (isSelected) {
    canvas.fill(y, 1, model.columns, ' ', style);
    canvas.put(y, 2, '>', style);
  }
  canvas.put(y, 4 + row.indent, row.label, style);
  canvas.putRight(y, model.columns - 4, row.value(model.oplati), style);
}

function drawState(canvas: Canvas, model: Model, isTenderSelected: boolean): void {
  const { tokenAt, enabled } = model.oplati;
  const received = tokenAt === null ? 'не получен' : `получен ${dateText(model, tokenAt)} ${clockText(model, tokenAt)}`;
  canvas.put(STATE_ROW, 4, `Токен: ${received}`);
  const shown = enabled ? tender : { ...tender, label: 'Способ оплаты "ОПЛАТИ": отключен' };
  drawRow(canvas, model, STATE_ROW + 1, shown, isTenderSelected);
}

function yesNo(isOn: boolean): string {
  return isOn ? '[Да]' : '[Нет]';
}
