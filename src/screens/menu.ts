/** SCR-26: the way to every command. */
import type { Model } from '../ui/model.ts';
import { type MenuItem, menuPage, missing } from './menu-page.ts';
import { CLEAR_INPUT, exitSteps, lines, open, pickerSteps, priceSteps, repeatSteps } from './sale-actions.ts';

const OPEN_DOCUMENT = 'Есть открытый чек';

/** Selling needs a cashier: at the log-in only the service menu and the exit act (SCR-01). */
function withoutUser({ register }: Model): string | null {
  return register.user === null ? 'Введите пароль кассира' : null;
}

function outsideGoods(model: Model): string | null {
  const reason = withoutUser(model);
  if (reason !== null) return reason;
  return model.register.document?.stage === 'subtotal' ? 'Чек в режиме подытога' : null;
}

function withoutLines(model: Model): string | null {
  return outsideGoods(model) ?? (lines(model).length === 0 ? 'В чеке нет позиций' : null);
}

function withDocument(model: Model): string | null {
  return withoutUser(model) ?? (model.register.document === null ? null : OPEN_DOCUMENT);
}

const items: readonly MenuItem[] = [
  {
    label: 'Продажа',
    disabled: (model) => (model.register.mode === 'return' ? withDocument(model) : withoutUser(model)),
    run: ({ register }) =>
      register.mode === 'return' ? [{ do: 'close' }, { do: 'setMode', mode: 'sale' }] : [{ do: 'close' }],
  },
  {
    label: 'Возврат по чеку продажи',
    disabled: withDocument,
    run: () => [{ do: 'close' }, ...pickerSteps('return')],
  },
  // A refusal leaves the menu open (DOM-66).
  { label: 'Возврат', disabled: withDocument, run: () => [{ do: 'setMode', mode: 'return' }, { do: 'close' }] },
  {
    label: 'Ввод цены',
    disabled(model) {
      if (model.ui.input !== '') return outsideGoods(model);
      return withoutLines(model) ?? (model.ui.pendingPriceKopecks === null ? null : 'Цена уже введена');
    },
    run: (model) => [{ do: 'close' }, ...priceSteps(model)],
  },
  missing('Проверка товара по штрихкоду'),
  {
    label: 'Повтор позиции',
    disabled: withoutLines,
    run: (model) => [{ do: 'close' }, ...repeatSteps(model)],
  },
  missing('Отложить чек'),
  missing('Отложенные чеки'),
  { label: 'Просмотр документов', disabled: withoutUser, run: () => [{ do: 'close' }, ...pickerSteps('view')] },
  { label: 'Печать копии чека', disabled: withDocument, run: () => [{ do: 'close' }, { do: 'printCopy' }] },
  { label: 'Открыть денежный ящик', disabled: withoutUser, run: () => [{ do: 'close' }, { do: 'openDrawer' }] },
  { label: 'Смена', disabled: withoutUser, run: () => [open('shift', { selected: 0, typedAtMs: 0 })] },
  { label: 'Уведомления', disabled: withoutUser, run: () => [{ do: 'openNotices' }] },
  {
    label: 'Сервисное меню',
    run: ({ register }) =>
      register.user?.roles.includes('administrator') === true
        ? [open('service', { selected: 0, typedAtMs: 0 })]
        : [{ do: 'say', number: 'DOM-04' }],
  },
  {
    label: 'Регистрация',
    disabled: withoutUser,
    run: () => [{ do: 'close' }, CLEAR_INPUT, { do: 'command', command: { do: 'lock' } }],
  },
  { label: 'Завершение работы', run: (model) => [{ do: 'close' }, ...exitSteps(model)] },
];

export const menu = menuPage('menu', 'Главное меню', items);
