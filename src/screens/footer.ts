/** Rows 24 and 25: what to do, what is wrong with the devices, which keys act (screens.md 1.2). */

import { cutColumns } from '../register/safe-text.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { At, Binding, Context } from '../ui/context.ts';
import type { KeyCommand, KeyMap } from '../ui/keys.ts';
import { keyCaptions } from '../ui/keys.ts';
import type { Model } from '../ui/model.ts';
import { statusWordsOn } from './status-words.ts';
import { IN_RETURN, NO_NOTICES, NO_UNFINISHED, NO_USER_LIST, VIEW_ONLY } from './unavailable.ts';

/** Screens whose digits have a name of their own in the footer (SCR-17). */
const DIGIT_LABELS: Readonly<Record<string, string>> = { 'document-picker': 'Номер' };
/** One thing to the cashier: `Вверх/Вниз`, `PgUp/PgDn`. */
const PAIRS: Partial<Record<KeyCommand, KeyCommand>> = { up: 'down', pageUp: 'pageDown' };
/** A key with such a reason has nothing to act on, whatever the cashier does here: it has no place in the footer. */
const NEVER_HERE: ReadonlySet<string | null> = new Set([IN_RETURN, VIEW_ONLY, NO_UNFINISHED, NO_NOTICES, NO_USER_LIST]);

const CHECKING_PASSWORD = 'Проверка пароля. Пожалуйста, подождите';

export function drawFooter(canvas: Canvas, model: Model, context: Context, at: At): void {
  const row = model.rows - 1;
  // After some wrong passwords it takes up to half a minute, and what is typed meanwhile waits unseen.
  const left = model.ui.busy ? CHECKING_PASSWORD : (model.ui.status ?? context.hint(at));
  const words = fitting(statusWordsOn(context.name, model), model.columns - 4 - left.length);
  const room = model.columns - 2 - (words === '' ? 0 : words.length + 2);
  canvas.put(row, 2, cutColumns(left, room), model.ui.status === null ? 'normal' : 'bold');
  canvas.putRight(row, model.columns - 1, words, 'bold');
  const bindings = context.bindings.filter(({ disabled }) => !NEVER_HERE.has(disabled?.(at) ?? null));
  const keys = footerText(bindings, model.keyMap, DIGIT_LABELS[context.name]);
  canvas.put(model.rows, 2, cutColumns(keys, model.columns - 2));
}

/**
 * `F1 Клавиши  F2 Поиск`; a key nobody bound is left out, neighbours with one label share it.
 * @param digits what digits mean here, told before `Enter`
 */
export function footerText(bindings: readonly Binding[], keyMap: KeyMap, digits?: string): string {
  const entries: { keys: string; label: string }[] = [];
  for (const { command, label } of bindings) {
    if (label === null) continue;
    if (command === 'confirm' && digits !== undefined) entries.push({ keys: '0-9', label: digits });
    const keys = [command, PAIRS[command]]
      .flatMap((one) => (one === undefined ? [] : keyCaptions(keyMap, one).slice(0, 1)))
      .join('/');
    const before = entries.at(-1);
    if (keys === '') continue;
    if (before?.label === label) before.keys += `, ${keys}`;
    else entries.push({ keys, label });
  }
  return entries.map(({ keys, label }) => `${keys} ${label}`).join('  ');
}

/** The most urgent word is always shown; the others as far as they fit, `+N` counts those that do not (F10 13 has them all). */
function fitting(words: readonly string[], columns: number): string {
  for (let count = words.length; count > 0; count--) {
    const more = words.length - count;
    const text = [...words.slice(0, count), ...(more === 0 ? [] : [`+${more}`])].join('  ');
    if (text.length <= columns || count === 1) return text;
  }
  return '';
}
