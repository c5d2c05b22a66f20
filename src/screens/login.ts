/** SCR-01: the first screen after start. With a hidden user list the code is typed first, the password in DOM-95. */

import { cutColumns } from '../register/safe-text.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { At, Context } from '../ui/context.ts';
import type { Model } from '../ui/model.ts';
import type { Step } from '../ui/step.ts';
import { clockText, dateText, moved } from '../ui/words.ts';
import { helpBinding } from './help.ts';
import { drawFrame, fieldText, firstShown, frameRows } from './layout.ts';
import { CLEAR_INPUT, exitBinding, menuBinding, open } from './sale-actions.ts';
import { NO_USER_LIST } from './unavailable.ts';

const FIRST_USER_ROW = 9;
const FIELD_COLUMNS = 20;

export const login: Context<null> = {
  name: 'login',
  kind: 'screen',
  area: 'receipt',
  scan: 'refuse',
  field: { accepts: 'password', maxLength: FIELD_COLUMNS },
  modeName: 'авторизация кассира',
  view(canvas, { model, text }) {
    drawFrame(canvas, model, 'Авторизация кассира', null);
    const isListed = model.settings.userListVisible;
    if (isListed) drawUsers(canvas, model);
    const rows = frameRows(model);
    // A code is no secret, and a cashier who types it blind locks himself out.
    const field = isListed
      ? `Пароль: ${fieldText('*'.repeat(text.length), FIELD_COLUMNS)}`
      : `Код: ${fieldText(text, FIELD_COLUMNS)}`;
    canvas.put(rows.modifiers, 2, field);
    canvas.put(rows.received, 2, shiftText(model));
    canvas.put(rows.totals, 2, catalogText(model));
  },
  hint: ({ model }) => {
    if (model.users.length === 0) return 'Нет пользователей: загрузите справочники (kassa load ФАЙЛ)';
    return model.settings.userListVisible
      ? 'Введите пароль и нажмите "Ввод"'
      : 'Введите код пользователя и нажмите "Ввод"';
  },
  bindings: [
    { command: 'up', label: 'Выбор', disabled: withoutList, run: (at) => select(at, -1) },
    { command: 'down', label: null, disabled: withoutList, run: (at) => select(at, 1) },
    {
      command: 'confirm',
      label: 'Ввод',
      disabled: ({ model, text }) => (model.ui.busy ? 'проверка пароля' : text === '' ? 'ввод пуст' : null),
      run: logInSteps,
    },
    { command: 'cancel', label: 'Отмена', run: () => [CLEAR_INPUT] },
    helpBinding(() => login),
    menuBinding,
    exitBinding,
  ],
};

function withoutList({ model }: At): string | null {
  return model.settings.userListVisible ? null : NO_USER_LIST;
}

function logInSteps({ model, text }: At): Step[] {
  if (model.settings.userListVisible) {
    const user = model.users[model.ui.loginSelected];
    return user === undefined ? [] : [CLEAR_INPUT, { do: 'logIn', userCode: user.code, password: text }];
  }
  const isKnown = model.users.some(({ code }) => code === text);
  return [CLEAR_INPUT, isKnown ? open('password', { userCode: text }) : { do: 'say', number: 'DOM-01' }];
}

function select({ model }: At, by: number): Step[] {
  return [{ do: 'ui', patch: { loginSelected: moved(model.ui.loginSelected, by, model.users.length) } }];
}

function drawUsers(canvas: Canvas, model: Model): void {
  const { loginSelected } = model.ui;
  const count = frameRows(model).lastGoods - FIRST_USER_ROW + 1;
  const first = firstShown(loginSelected, model.users.length, count);
  canvas.put(7, 4, userRow('Код', 'Пользователь', 'Должность'));
  canvas.fill(8, 4, 56, '─');
  model.users.slice(first, first + count).forEach((user, index) => {
    const isSelected = first + index === loginSelected;
    const row = `${isSelected ? '>' : ' '} ${userRow(user.code, user.name, user.rank)}`;
    canvas.put(FIRST_USER_ROW + index, 2, row.padEnd(58), isSelected ? 'selected' : 'normal');
  });
}

function userRow(code: string, name: string, rank: string): string {
  return `${cutColumns(code, 5).padEnd(6)}${cutColumns(name, 29).padEnd(30)}${rank}`;
}

function shiftText(model: Model): string {
  const { shift } = model.register;
  if (shift === null) return 'Смена: закрыта';
  return `Смена: открыта ${dateText(model, shift.openedAt)} ${clockText(model, shift.openedAt)}`;
}

/** Late prices must be seen before the first sale (domain.md 10, complaint 13). */
function catalogText(model: Model): string {
  const { goodsCount, loadedAt, stale } = model.catalog;
  const loaded = loadedAt === null ? 'нет' : `${dateText(model, loadedAt)} ${clockText(model, loadedAt)}`;
  return `Товаров: ${goodsCount}   Загрузка: ${loaded}${stale ? ' (устарела)' : ''}`;
}
