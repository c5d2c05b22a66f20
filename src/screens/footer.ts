/** Rows 24 and 25: what to do, what is wrong with the devices, which keys act (screens.md 1.2). */

import { isQueuedCancel, isUndelivered } from '../payments/attempt.ts';
import { cutColumns } from '../register/safe-text.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { At, Binding, Context } from '../ui/context.ts';
import type { KeyCommand, KeyMap } from '../ui/keys.ts';
import { keyCaptions } from '../ui/keys.ts';
import type { Model } from '../ui/model.ts';
import { systemTitle } from '../ui/words.ts';
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
  const words = fitting(statusWords(model, context.name), model.columns - 4 - left.length);
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

/** Most urgent first. What a page tells itself needs no word: queues in SCR-53, links and devices in SCR-34, notices in SCR-49. */
function statusWords(model: Model, contextName: string): string[] {
  const { devices, linkLost, attempts, notices, ui, now } = model;
  const words: string[] = [];
  const tellsLinks = contextName === 'service';
  if (!tellsLinks) {
    if (devices.scanner === 'noLink') words.push('Сканер: нет связи');
    if (devices.printer === 'paperOut') words.push('Принтер: нет бумаги');
    if (devices.printer === 'coverOpen') words.push('Принтер: крышка');
    if (devices.printer === 'knife') words.push('Принтер: отрезчик');
    if (devices.printer === 'broken') words.push('Принтер: неисправен');
    if (devices.printer === 'paperLow') words.push('Принтер: заканчивается бумага');
    if (devices.printer === 'noLink') words.push('Принтер: нет связи');
    if (devices.display === 'noLink') words.push('Дисплей покупателя: нет связи');
  }
  if (devices.queuedSlips > 0) words.push(`Печать: ${devices.queuedSlips}`);
  for (const name of tellsLinks ? [] : linkLost) words.push(`Нет связи: ${systemTitle(model, name)}`);
  const queued = attempts.filter(isQueuedCancel);
  if (queued.length > 0 && !tellsLinks && contextName !== 'unfinished') {
    const oldestMs = Math.min(...queued.map(({ startedAtMs }) => startedAtMs));
    words.push(`Отмен в очереди: ${queued.length} (${Math.max(0, Math.floor((now - oldestMs) / 60_000))} мин)`);
  }
  if (contextName !== 'unfinished') words.push(...undeliveredWords(model));
  if (ui.rejectedScans > 0) words.push(`Отклонено сканов: ${ui.rejectedScans}`);
  const unread = notices.filter(({ isNew }) => isNew).length;
  if (unread > 0 && contextName !== 'notices') words.push(`Уведомлений: ${unread}`);
  return words;
}

/** Payments that a system has yet to be told of: `В очереди Ассист: 1`. */
function undeliveredWords(model: Model): string[] {
  const names = model.attempts.filter(isUndelivered).map(({ provider }) => provider);
  return [...new Set(names)].map(
    (name) => `В очереди ${systemTitle(model, name)}: ${names.filter((other) => other === name).length}`,
  );
}

/** The most urgent word is always shown; the others as far as they fit. */
function fitting(words: string[], columns: number): string {
  let shown = words[0] ?? '';
  for (const word of words.slice(1)) {
    if (shown.length + 2 + word.length > columns) break;
    shown = `${shown}  ${word}`;
  }
  return shown;
}
