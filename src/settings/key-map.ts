/**
 * Which key means what (screens.md 1.4), and what a shop may change about it. The lists mirror `KeyCommand` and `KeyMap`
 * of the screens, which this room may not import; a type test keeps them equal.
 */

/** Actions a key can be bound to. */
export const KEY_COMMANDS = [
  'quantity',
  'confirm',
  'cancel',
  'up',
  'down',
  'pageUp',
  'pageDown',
  'home',
  'end',
  'help',
  'search',
  'storno',
  'card',
  'subtotal',
  'currency',
  'total',
  'returnBySale',
  'menu',
  'annul',
  'lock',
  'exit',
  'price',
  'repeat',
  'copy',
  'drawer',
  'cardNumber',
  'removeCard',
] as const;

export type BoundCommand = (typeof KEY_COMMANDS)[number];

/** Key name -> command; `null` unbinds the key. */
export type KeyOverrides = Readonly<Record<string, BoundCommand | null>>;

export type KeyBindings = readonly { key: string; command: BoundCommand }[];

/** The keys a till is delivered with. Several keys may mean one action; the first one stands in the footers. */
export const DEFAULT_KEY_MAP: KeyBindings = [
  { key: 'f1', command: 'help' },
  { key: 'f2', command: 'search' },
  { key: 'f3', command: 'quantity' },
  { key: '*', command: 'quantity' },
  { key: 'f4', command: 'storno' },
  { key: 'f5', command: 'card' },
  { key: 'shift+f5', command: 'cardNumber' },
  { key: 'ctrl+f5', command: 'removeCard' },
  { key: 'f6', command: 'subtotal' },
  { key: 'f7', command: 'currency' },
  { key: 'f8', command: 'total' },
  { key: 'f9', command: 'returnBySale' },
  { key: 'f10', command: 'menu' },
  { key: 'f11', command: 'annul' },
  { key: 'f12', command: 'lock' },
  { key: 'enter', command: 'confirm' },
  { key: 'escape', command: 'cancel' },
  { key: 'up', command: 'up' },
  { key: 'down', command: 'down' },
  { key: 'pageup', command: 'pageUp' },
  { key: 'pagedown', command: 'pageDown' },
  { key: 'home', command: 'home' },
  { key: 'end', command: 'end' },
  { key: 'ctrl+c', command: 'exit' },
];

/** Without a key for these no receipt can be finished and no dialog answered. */
export const VITAL_COMMANDS: readonly BoundCommand[] = ['confirm', 'cancel', 'total', 'subtotal'];

const NAMED_KEYS = 'enter|escape|up|down|left|right|pageup|pagedown|home|end|insert|delete|tab|backtab';
// Ctrl+H, I, J and M reach us as Backspace, Tab and Enter.
const KEY_NAME = new RegExp(
  `^(?:(?:ctrl\\+)?(?:alt\\+)?(?:shift\\+)?(?:f(?:[1-9]|1[0-2])|${NAMED_KEYS})|ctrl\\+[a-gkln-z]|[a-z*+/=-])$`,
);

/** For the text of a refusal. */
export const KEY_NAMES_TEXT = `f1..f12, ${NAMED_KEYS.replaceAll('|', ', ')}, латинская буква, * + - / =; с приставкой shift+, ctrl+ или alt+`;

const LATIN_LETTERS = 'qwertyuiopasdfghjklzxcvbnm';
const RUSSIAN_LETTERS = 'йцукенгшщзфывапролдячсмить';

/**
 * Digits, the decimal point, the blank and Backspace are input everywhere and cannot be bound. A letter is named by its
 * Latin sign.
 */
export function isKeyName(name: string): boolean {
  return KEY_NAME.test(name);
}

/**
 * The shop's keys come first, so that footers show them; a default stays unless its key was given another meaning.
 * A letter works in both keyboard layouts (terminal.md 3).
 */
export function keyMapOf(defaultKeyMap: KeyBindings, overrides: KeyOverrides): KeyBindings {
  const own = Object.entries(overrides).flatMap(([key, command]) => (command === null ? [] : [{ key, command }]));
  const merged = [...own, ...defaultKeyMap.filter(({ key }) => !Object.hasOwn(overrides, key))];
  const russian = merged.flatMap(({ key, command }) => {
    const letter = key.length === 1 ? RUSSIAN_LETTERS.charAt(LATIN_LETTERS.indexOf(key)) : '';
    return letter === '' ? [] : [{ key: letter, command }];
  });
  return [...merged, ...russian];
}
