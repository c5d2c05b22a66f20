/** SCR-27: the shift's operations and its state. */

import { openMoney } from '../payments/attempt.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { Model } from '../ui/model.ts';
import type { ReconciliationLocal } from '../ui/pages.ts';
import { clockText, dateText } from '../ui/words.ts';
import { type MenuItem, menuPage, missing } from './menu-page.ts';
import { open } from './sale-actions.ts';

/** domain.md 2.2, `duration limit`. */
const SHIFT_LIMIT_MS = (23 * 60 + 55) * 60_000;

const NOTHING_ASKED: ReconciliationLocal = { systems: [], selected: 0 };

const items: readonly MenuItem[] = [
  {
    label: 'Открыть смену',
    disabled: ({ register }) => (register.shift === null ? null : 'Смена уже открыта'),
    run: () => [{ do: 'command', command: { do: 'openShift' } }],
  },
  missing('Внесение'),
  missing('Выплата'),
  missing('X-отчет'),
  missing('Z-отчет (закрытие смены)'),
  missing('Отчет по безналу'),
  {
    label: 'Сверка итогов по безналу',
    disabled: ({ register }) => (register.shift === null ? 'Смена закрыта' : null),
    run: () => [open('reconciliation', NOTHING_ASKED), { do: 'reconcile', provider: null }],
  },
  { label: 'Незавершенные оплаты', run: () => [open('unfinished', { attemptId: null })] },
];

function drawState(canvas: Canvas, model: Model): void {
  const { all, queuedCancels } = openMoney(model.attempts);
  canvas.put(16, 4, shiftText(model));
  const others = all.length - queuedCancels.length;
  canvas.put(18, 4, `Незавершенных оплат: ${others}   Отмен в очереди: ${queuedCancels.length}`);
}

function shiftText(model: Model): string {
  const { shift } = model.register;
  if (shift === null) return 'Смена закрыта';
  const opened = `${dateText(model, shift.openedAt)} ${clockText(model, shift.openedAt)}`;
  const minutes = Math.max(0, Math.floor((shift.openedAt + SHIFT_LIMIT_MS - model.wall) / 60_000));
  const left = `${Math.floor(minutes / 60)} ч ${minutes % 60} мин`;
  return `Смена № ${shift.number} открыта ${opened}, до предельного времени: ${left}`;
}

export const shift = menuPage('shift', 'Смена', items, { draw: drawState });
