/** SCR-34: tasks of the engineer and the state of what is connected. */

import { openMoney } from '../payments/attempt.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { Model, SystemRow } from '../ui/model.ts';
import { frameRows, partLines } from './layout.ts';
import { type MenuItem, menuPage, missing } from './menu-page.ts';
import { open } from './sale-actions.ts';
import { DEVICE_WORDS, testSheetItem } from './service-devices.ts';
import { openSystem } from './service-provider.ts';

const systemItem = (label: string, system: string): MenuItem => ({ label, run: () => [openSystem(system)] });

/** `Параметры` are those of the first system (SCR-34); below stands every system that has a page. */
function itemsOf({ systems }: Model): MenuItem[] {
  const pages = systems.filter(({ hasPage }) => hasPage);
  const first = pages[0] === undefined ? missing('Параметры') : systemItem('Параметры', pages[0].name);
  return [first, ...pages.map(({ title, name }) => systemItem(title, name)), ...others];
}

const others: readonly MenuItem[] = [
  { label: 'Оборудование', run: () => [open('service-devices', { selected: 0, typedAtMs: 0 })] },
  testSheetItem,
  missing('Заменить ФР на эмулятор (заглушка)'),
  missing('Аннулировать зависший чек'),
  { label: 'Незавершенные оплаты и очередь отмен', run: () => [open('unfinished', { attemptId: null })] },
  missing('Проблемные товары'),
  missing('Обмен с сервером'),
  missing('Самопроверка'),
  missing('Перезапуск программы'),
];

function drawState(canvas: Canvas, model: Model): void {
  const { scanner, printer } = model.devices;
  const row = frameRows(model).totals - 3;
  const scannerWord = scanner === 'ready' ? 'подключен' : DEVICE_WORDS[scanner];
  // There is no fiscal device behind the register: its numbers are counted here.
  canvas.put(row, 4, `Состояние: сканер - ${scannerWord}, принтер - ${DEVICE_WORDS[printer]}, ФР - эмулятор`);
  partLines(systemTexts(model), ', ', model.columns - 4).forEach((line, index) => {
    canvas.put(row + 1 + index, 4, line);
  });
}

/** What is set up, on or off, and what has payments that have not ended. */
function systemTexts(model: Model): string[] {
  const isUnfinished = (name: string) => openMoney(model.attempts).all.some(({ provider }) => provider === name);
  return model.systems
    .filter(({ name, isSetUp }) => isSetUp || isUnfinished(name))
    .map((system) => {
      const ours = model.attempts.filter((attempt) => attempt.provider === system.name);
      const queued = openMoney(ours).queuedCancels.length;
      return `${system.title} - ${systemWord(model, system)}${queued === 0 ? '' : ` (отмен в очереди: ${queued})`}`;
    });
}

function systemWord({ linkLost }: Model, { name, isOn, isSetUp }: SystemRow): string {
  if (!isOn || !isSetUp) return 'отключена';
  return linkLost.includes(name) ? 'нет связи' : 'готов';
}

/** The rank, as the user list writes it: `Пользователь: Администратор`. */
function userText({ register }: Model): string {
  const rank = register.user?.rank ?? '';
  return `Пользователь: ${rank.charAt(0).toUpperCase()}${rank.slice(1)}`;
}

export const service = menuPage('service', 'Сервисное меню', itemsOf, { draw: drawState, hint: userText });
