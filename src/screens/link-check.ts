/** The way to the server of a payment system, step by step; a box over it says what the system has answered. */
import { LINK_STEP_TITLES, LINK_STEPS, type LinkStep } from '../payments/service-page.ts';
import type { Style } from '../ui/canvas.ts';
import type { Context } from '../ui/context.ts';
import { helpBinding } from './help.ts';
import { drawPage, wrapped } from './layout.ts';
import { listLockBinding } from './sale-actions.ts';

export interface LinkCheckLocal {
  system: string;
  /** Of the system's page: the check is begun anew by it. */
  row: number;
}

const FIRST_ROW = 6;
const DETAIL_COLUMN = 17;
/** Columns of `12345 мс` at the right. */
const TIME_COLUMNS = 10;
/** Below it stands the box of the answer. */
const LAST_ROW = 14;

const MARKS: Readonly<Record<LinkStep['result'], string>> = {
  ok: '+',
  warning: '!',
  failed: 'x',
  skipped: '-',
};
const STYLES: Readonly<Record<LinkStep['result'], Style>> = {
  ok: 'normal',
  warning: 'bold',
  failed: 'bold',
  skipped: 'dim',
};

export const linkCheck: Context<LinkCheckLocal> = {
  name: 'link-check',
  kind: 'screen',
  area: 'page',
  scan: 'refuse',
  field: null,
  modeName: 'проверка связи',
  view(canvas, { model }) {
    drawPage(canvas, model, `Проверить связь - ${model.systemPage?.title ?? ''}`);
    const { steps, isOver } = model.linkCheck ?? { steps: [], isOver: false };
    let y = FIRST_ROW;
    for (const name of LINK_STEPS) {
      const step = steps.find((one) => one.name === name);
      const isNext = step === undefined && !isOver && LINK_STEPS[steps.length] === name;
      const style = step === undefined ? 'dim' : STYLES[step.result];
      const detail = step?.detail ?? (isNext ? 'проверяется...' : '');
      const lines = wrapped(detail, model.columns - DETAIL_COLUMN - TIME_COLUMNS).slice(0, 2);
      if (y + lines.length - 1 > LAST_ROW) lines.splice(1);
      canvas.put(y, 2, step === undefined ? ' ' : MARKS[step.result], style);
      canvas.put(y, 4, LINK_STEP_TITLES[name], style);
      for (const [index, line] of lines.entries()) canvas.put(y + index, DETAIL_COLUMN, line, style);
      if (step?.ms != null) canvas.putRight(y, model.columns - 1, `${step.ms} мс`, style);
      y += Math.max(1, lines.length);
    }
  },
  hint: ({ model }) => (model.linkCheck?.isOver === false ? 'Проверка идет, касса работает' : 'Проверка окончена'),
  bindings: [
    {
      command: 'confirm',
      label: 'Проверить снова',
      disabled: ({ model }) => (model.linkCheck?.isOver === false ? 'проверка идет' : null),
      run: ({ local }) => [{ do: 'askSystem', system: local.system, row: local.row }],
    },
    { command: 'cancel', label: 'Выход', run: () => [{ do: 'close' }] },
    helpBinding(() => linkCheck),
    listLockBinding,
  ],
};
