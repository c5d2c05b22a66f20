/** SCR-26: the way to every command. */
import type { Model } from '../app/context.ts';
import { type MenuItem, menuPage } from './menu-page.ts';
import { CLEAR_INPUT, exitSteps, lines, open, priceSteps } from './sale-actions.ts';
import { featureMissing } from './unavailable.ts';

const OPEN_DOCUMENT = 'Есть открытый чек';

const missing = (label: string): MenuItem => ({ label, missing: true, run: featureMissing });

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
  { label: 'Продажа', disabled: withoutUser, run: () => [{ do: 'close' }] },
  missing('Возврат по чеку продажи'),
  missing('Возврат'),
  {
    label: 'Ввод цены',
    disabled: (model) => (model.ui.input === '' ? withoutLines(model) : outsideGoods(model)),
    run: (model) => [{ do: 'close' }, ...priceSteps(model)],
  },
  missing('Проверка товара по штрихкоду'),
  {
    label: 'Повтор позиции',
    disabled: withoutLines,
    run: () => [{ do: 'close' }, { do: 'command', command: { do: 'repeatLast' } }],
  },
  missing('Отложить чек'),
  missing('Отложенные чеки'),
  missing('Просмотр документов'),
  { label: 'Печать копии чека', disabled: withDocument, run: () => [{ do: 'close' }, { do: 'printCopy' }] },
  { label: 'Открыть денежный ящик', disabled: withoutUser, run: () => [{ do: 'close' }, { do: 'openDrawer' }] },
  { label: 'Смена', disabled: withoutUser, run: () => [open('shift', { selected: 0, typedAtMs: 0 })] },
  missing('Уведомления'),
  missing('Сервисное меню'),
  {
    label: 'Регистрация',
    disabled: withoutUser,
    run: () => [{ do: 'close' }, CLEAR_INPUT, { do: 'command', command: { do: 'lock' } }],
  },
  { label: 'Завершение работы', run: (model) => [{ do: 'close' }, ...exitSteps(model)] },
];

export const menu = menuPage('menu', 'Главное меню', items);
