/** What keys mean. Which key does what is the shop's affair; screens speak of actions only. */

/** Actions a key can be bound to (screens.md 1.4). */
export type KeyCommand =
  | 'quantity'
  | 'confirm'
  | 'cancel'
  | 'up'
  | 'down'
  | 'pageUp'
  | 'pageDown'
  | 'home'
  | 'end'
  | 'help'
  | 'search'
  | 'storno'
  | 'card'
  | 'subtotal'
  | 'currency'
  | 'total'
  | 'returnBySale'
  | 'menu'
  | 'annul'
  | 'lock'
  | 'exit'
  | 'price'
  | 'repeat'
  | 'copy'
  | 'drawer'
  /** An ordinary card by number (DOM-69). */
  | 'cardNumber'
  | 'removeCard';

/** Key name (as the decoder says it) -> action. Several keys may mean one action; the first is shown in footers. */
export type KeyMap = readonly { key: string; command: KeyCommand }[];

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

/** The key a button or a hint names for a command, wherever the shop has put it; `-` = nobody bound it. */
export function keyName(keyMap: KeyMap, command: KeyCommand): string {
  return keyCaptions(keyMap, command)[0] ?? '-';
}
