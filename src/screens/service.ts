/** SCR-34: tasks of the engineer and the state of what is connected. */

import { isQueuedCancel } from '../payments/attempt.ts';
import { cutColumns } from '../register/safe-text.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { Model } from '../ui/model.ts';
import { frameRows } from './layout.ts';
import { type MenuItem, menuPage, missing } from './menu-page.ts';
import { open } from './sale-actions.ts';
import { DEVICE_WORDS, testSheetItem } from './service-devices.ts';

const oplatiItem = (label: string): MenuItem => ({ label, run: () => [open('service-oplati', { selected: 0 })] });

const items: readonly MenuItem[] = [
  oplatiItem('Параметры'),
  oplatiItem('О!плати'),
  missing('PayMaster'),
  missing('Ассист'),
  { label: 'Оборудование', run: () => [open('service-devices', { selected: 0, typedAtMs: 0 })] },
  testSheetItem,
  missing('Заменить ФР на эмулятор (заглушка)'),
  missing('Аннулировать зависший чек'),
  { label: 'Незавершенные оплаты и очередь отмен', run: () => [open('unfinished', { selected: 0 })] },
  missing('Проблемные товары'),
  missing('Обмен с сервером'),
  missing('Самопроверка'),
  missing('Перезапуск программы'),
];

function drawState(canvas: Canvas, model: Model): void {
  const { scanner, printer } = model.devices;
  const row = frameRows(model).totals - 3;
  const scannerWord = scanner === 'ready' ? 'подключен' : DEVICE_WORDS[scanner];
  // There is no fiscal device behind the register: its numbers are counted here (SYS-17).
  canvas.put(row, 4, `Состояние: сканер - ${scannerWord}, принтер - ${DEVICE_WORDS[printer]}, ФР - эмулятор`);
  canvas.put(row + 1, 4, cutColumns(systemsText(model), model.columns - 4));
}

/** О!плати, then the others in the order of the currency list; what is switched off comes last. */
function systemsText(model: Model): string {
  const place = (system: string): number => {
    if (system === 'oplati') return -1;
    const index = model.currencies.findIndex(({ provider }) => provider === system);
    return index === -1 ? model.currencies.length : index;
  };
  return model.systems
    .filter(({ name }) => name === 'oplati' || isInUse(model, name))
    .toSorted((a, b) => place(a.name) - place(b.name))
    .map(({ name, title }) => {
      const queued = model.attempts.filter((attempt) => attempt.provider === name && isQueuedCancel(attempt)).length;
      return `${title} - ${systemWord(model, name)}${queued === 0 ? '' : ` (отмен в очереди: ${queued})`}`;
    })
    .join(', ');
}

function systemWord(model: Model, name: string): string {
  if (name === 'oplati' ? !model.oplati.enabled : !isOffered(model, name)) return 'отключена';
  return model.linkLost.includes(name) ? 'нет связи' : 'готов';
}

/** What was switched off stays listed while its payments have not ended. */
function isInUse(model: Model, name: string): boolean {
  return isOffered(model, name) || model.attempts.some(({ provider }) => provider === name);
}

function isOffered({ currencies }: Model, name: string): boolean {
  return currencies.some(({ provider }) => provider === name);
}

/** The rank, as the user list writes it: `Пользователь: Администратор`. */
function userText({ register }: Model): string {
  const rank = register.user?.rank ?? '';
  return `Пользователь: ${rank.charAt(0).toUpperCase()}${rank.slice(1)}`;
}

export const service = menuPage('service', 'Сервисное меню', items, { draw: drawState, hint: userText });
