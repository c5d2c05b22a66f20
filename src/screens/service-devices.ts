/** SCR-34, `Оборудование`: what is configured and how it is, and the tests that need no stop of the register. */

import { cutColumns } from '../register/safe-text.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { Model } from '../ui/model.ts';
import { frameRows } from './layout.ts';
import { type MenuItem, menuPage } from './menu-page.ts';

export const DEVICE_WORDS = {
  none: 'не настроен',
  ready: 'готов',
  noLink: 'нет связи',
  unknown: 'состояние неизвестно',
  paperOut: 'нет бумаги',
  coverOpen: 'крышка',
  paperLow: 'заканчивается бумага',
  knife: 'ошибка отрезчика',
  broken: 'неисправен',
} as const;

const withoutPrinter = ({ devices }: Model): string | null =>
  devices.printer === 'none' ? 'Принтер не настроен' : null;

export const testSheetItem: MenuItem = {
  label: 'Проверка печати и кодовой страницы',
  disabled: withoutPrinter,
  run: () => [{ do: 'printTest' }],
};

const items: readonly MenuItem[] = [
  testSheetItem,
  { label: 'Открыть денежный ящик', disabled: withoutPrinter, run: () => [{ do: 'openDrawer' }] },
];

const FIRST_ROW = 9;

/** Two rows a device: up to five scanners, the printer and the display fit. */
function drawDevices(canvas: Canvas, model: Model): void {
  const lastRow = frameRows(model).totals - 1;
  for (const [index, { title, url, state }] of (model.devices.list ?? []).entries()) {
    const row = FIRST_ROW + 2 * index;
    if (row + 1 > lastRow) return;
    const word = state === 'ready' && title.startsWith('Сканер') ? 'подключен' : DEVICE_WORDS[state];
    const drawer = title.startsWith('Принтер') ? drawerText(model) : '';
    canvas.put(row, 4, cutColumns(`${title}: ${word}${drawer}`, model.columns - 4));
    if (url !== 'none') canvas.put(row + 1, 6, cutColumns(url, model.columns - 6));
  }
}

/** Only of a drawer with a sensor. */
function drawerText({ devices: { isDrawerOpen } }: Model): string {
  return isDrawerOpen === undefined ? '' : `, ящик ${isDrawerOpen ? 'открыт' : 'закрыт'}`;
}

export const serviceDevices = menuPage('service-devices', 'Оборудование', items, { draw: drawDevices });
