/** The words for keys and commands (screens.md 1.4); which key means what is a setting. */
import type { KeyCommand, KeyMap } from '../app/context.ts';

/** Full names, for F1 and docs/keys.md; the footer has shorter labels of its own. */
export const commandNames: Readonly<Record<KeyCommand, string>> = {
  quantity: 'Количество',
  confirm: 'Ввод',
  cancel: 'Отмена',
  up: 'Выбор строки вверх',
  down: 'Выбор строки вниз',
  pageUp: 'Листать вверх',
  pageDown: 'Листать вниз',
  home: 'Начало',
  end: 'Конец',
  help: 'Клавиши',
  search: 'Поиск товара',
  storno: 'Сторно позиции',
  card: 'Добавить карту',
  subtotal: 'Подытог',
  currency: 'Валюта',
  total: 'Итого',
  returnBySale: 'Возврат по чеку продажи',
  menu: 'Меню',
  annul: 'Сторно все (аннулирование)',
  lock: 'Блокировка',
  exit: 'Завершение работы',
  price: 'Ввод цены',
  repeat: 'Повтор позиции',
  copy: 'Печать копии чека',
  drawer: 'Открыть денежный ящик',
  cardNumber: 'Карта по номеру',
  removeCard: 'Отмена карты',
};

const CAPTIONS: Readonly<Record<string, string>> = {
  enter: 'Enter',
  escape: 'Esc',
  up: 'Вверх',
  down: 'Вниз',
  left: 'Влево',
  right: 'Вправо',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  insert: 'Ins',
  delete: 'Del',
  tab: 'Tab',
};

/** `f1` -> `F1`, `ctrl+f2` -> `Ctrl+F2`, `escape` -> `Esc`. */
export function keyCaption(key: string): string {
  if (key === '+') return key;
  return key
    .split('+')
    .map((part) => CAPTIONS[part.toLowerCase()] ?? part.charAt(0).toUpperCase() + part.slice(1))
    .join('+');
}

/** Captions of all keys of a command, in the order of the map. */
export function keyCaptions(keyMap: KeyMap, command: KeyCommand): string[] {
  return keyMap.filter((entry) => entry.command === command).map((entry) => keyCaption(entry.key));
}
