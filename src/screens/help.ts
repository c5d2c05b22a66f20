/** SCR-51: every key, and why some of them do not act in the mode F1 was pressed in. */

import { cutColumns } from '../register/safe-text.ts';
import type { At, Binding, Context } from '../ui/context.ts';
import type { KeyCommand, KeyMap } from '../ui/keys.ts';
import { commandNames, keyCaptions } from '../ui/keys.ts';
import { drawPage, frameRows } from './layout.ts';

export interface HelpLocal {
  modeName: string;
  /** `F7 Валюта: недоступно - ...` */
  unavailable: string[];
  /** The keys of a page that has none of the sale's; absent = all keys there are. */
  entries?: Entry[];
  /** Their last line. */
  lastLine?: string;
}

interface Entry {
  caption: string;
  name: string;
}

const LEFT_ENTRIES = 10;
/** Told in one line under everything else: the mock-up's two columns hold what a sale needs. */
const LAST_LINE: readonly KeyCommand[] = ['cardNumber', 'removeCard', 'exit'];
const FIRST_ROW = 7;

/**
 * F1 of a screen; the screen itself is asked late, since it holds this very binding.
 * @param keys `own` = of a page where the sale's keys mean nothing, or something else
 */
export function helpBinding(self: () => Context, keys: 'all' | 'own' = 'all'): Binding {
  return {
    command: 'help',
    label: 'Клавиши',
    run(at) {
      const { modeName = '', bindings } = self();
      const { keyMap } = at.model;
      const own =
        keys === 'own' ? { entries: helpEntries(keyMap, bindings), lastLine: lastLine(keyMap, bindings) } : {};
      const local: HelpLocal = { modeName, unavailable: unavailableLines(bindings, at, keys), ...own };
      return [{ do: 'open', context: { name: 'help', local, text: '' } }];
    },
  };
}

/** One line a reason, under its first key, as the mock-up has it. */
function unavailableLines(bindings: readonly Binding[], at: At, keys: 'all' | 'own'): string[] {
  const byReason = new Map<string, string>();
  for (const { command, label, disabled } of bindings) {
    const reason = disabled?.(at) ?? null;
    const caption = keyCaptions(at.model.keyMap, command)[0];
    const isFunctionKey = caption !== undefined && /^F\d+$/.test(caption);
    if (reason === null || !isFunctionKey || byReason.has(reason)) continue;
    const name = (keys === 'own' ? label : null) ?? commandNames[command];
    byReason.set(reason, `${caption} ${name}: недоступно - ${reason}`);
  }
  return [...byReason.values()];
}

/**
 * Caption and meaning of every key, in the order of the mock-up.
 * @param own only these, by the names they have here
 */
function helpEntries(keyMap: KeyMap, own: readonly Binding[] | null = null): Entry[] {
  const captionsOf = (command: KeyCommand) =>
    own === null || own.some((binding) => binding.command === command) ? keyCaptions(keyMap, command) : [];
  const ownName = (command: KeyCommand) => own?.find((binding) => binding.command === command)?.label ?? null;
  const one = (command: KeyCommand) => {
    // Signs before function keys: `* или F3`.
    const captions = captionsOf(command).toSorted((a, b) => Number(a.length > 1) - Number(b.length > 1));
    return { caption: captions.join(' или '), name: ownName(command) ?? commandNames[command] };
  };
  const pair = (first: KeyCommand, second: KeyCommand, name: string) => ({
    caption: [first, second].flatMap((command) => captionsOf(command).slice(0, 1)).join('/'),
    name,
  });
  const typed = own === null ? [{ caption: '0-9', name: 'Цифры' }] : [];
  const erased = own === null ? [{ caption: 'Backspace', name: 'Стереть символ' }] : [];
  const single: KeyCommand[] = ['storno', 'card', 'subtotal', 'currency', 'total', 'returnBySale', 'menu', 'annul'];
  const rare: KeyCommand[] = ['lock', 'price', 'repeat', 'copy', 'drawer'];
  return [
    ...typed,
    one('quantity'),
    one('confirm'),
    one('cancel'),
    ...erased,
    pair('up', 'down', 'Выбор строки'),
    pair('pageUp', 'pageDown', 'Листать'),
    pair('home', 'end', 'Начало/конец'),
    one('help'),
    one('search'),
    ...single.map((command) => one(command)),
    ...rare.map((command) => one(command)),
  ].filter(({ caption }) => caption !== '');
}

/** `Shift+F5 Карта по номеру  Ctrl+F5 Отмена карты  Ctrl+C Завершение работы` */
function lastLine(keyMap: KeyMap, own: readonly Binding[] | null = null): string {
  return LAST_LINE.filter((command) => own === null || own.some((binding) => binding.command === command))
    .map((command) => ({ caption: keyCaptions(keyMap, command).join(' или '), name: commandNames[command] }))
    .filter(({ caption }) => caption !== '')
    .map(({ caption, name }) => `${caption} ${name}`)
    .join('  ');
}

export const help: Context<HelpLocal> = {
  name: 'help',
  kind: 'screen',
  area: 'page',
  scan: 'refuse',
  field: null,
  view(canvas, { model, local }) {
    drawPage(canvas, model, 'Клавиши');
    const entries = local.entries ?? helpEntries(model.keyMap);
    entries.slice(0, LEFT_ENTRIES).forEach(({ caption, name }, index) => {
      canvas.put(FIRST_ROW + index, 4, cutColumns(caption, 12));
      canvas.put(FIRST_ROW + index, 17, name);
    });
    const right = entries.slice(LEFT_ENTRIES);
    const captionColumns = Math.max(6, ...right.map(({ caption }) => Math.min(caption.length + 1, 12)));
    right.forEach(({ caption, name }, index) => {
      canvas.put(FIRST_ROW + index, 42, cutColumns(caption, captionColumns - 1));
      canvas.put(FIRST_ROW + index, 42 + captionColumns, name);
    });
    const first = FIRST_ROW + Math.max(LEFT_ENTRIES, right.length) + 1;
    const last = local.lastLine ?? lastLine(model.keyMap);
    const end = frameRows(model).totals - (last === '' ? 0 : 1);
    local.unavailable.slice(0, Math.max(0, end - first)).forEach((line, index) => {
      canvas.put(first + index, 4, cutColumns(line, model.columns - 4));
    });
    if (last !== '') canvas.put(end, 4, cutColumns(last, model.columns - 4));
  },
  hint: ({ local }) => (local.modeName === '' ? '' : `Режим: ${local.modeName}`),
  bindings: [
    { command: 'cancel', label: 'Отмена', run: () => [{ do: 'close' }] },
    { command: 'help', label: null, run: () => [{ do: 'close' }] },
  ],
};
