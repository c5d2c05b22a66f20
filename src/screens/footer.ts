/** Rows 24 and 25: what to do, what is wrong with the devices, which keys act (screens.md 1.2). */
import type { At, Binding, Canvas, Context, KeyMap, Model } from '../app/context.ts';
import { cutColumns } from '../register/safe-text.ts';
import { keyCaptions } from './key-map.ts';

export function drawFooter(canvas: Canvas, model: Model, context: Context, at: At): void {
  const row = model.rows - 1;
  const left = model.ui.status ?? context.hint(at);
  const words = fitting(statusWords(model, context.name), model.columns - 4 - left.length);
  const room = model.columns - 2 - (words === '' ? 0 : words.length + 2);
  canvas.put(row, 2, cutColumns(left, room), model.ui.status === null ? 'normal' : 'bold');
  canvas.putRight(row, model.columns - 1, words, 'bold');
  canvas.put(model.rows, 2, cutColumns(footerText(context.bindings, model.keyMap), model.columns - 2));
}

/** `F1 Клавиши  F2 Поиск`; a key nobody bound is left out. */
export function footerText(bindings: readonly Binding[], keyMap: KeyMap): string {
  return bindings
    .flatMap(({ command, label }) => {
      if (label === null) return [];
      const captions = [keyCaptions(keyMap, command)[0]];
      // Up and Down are one thing to the cashier.
      if (command === 'up') captions.push(keyCaptions(keyMap, 'down')[0]);
      const caption = captions.filter((one) => one !== undefined).join('/');
      return caption === '' ? [] : [`${caption} ${label}`];
    })
    .join('  ');
}

/** Most urgent first. The list of unfinished payments needs no word about the cancels it shows (SCR-53). */
export function statusWords(model: Model, contextName: string): string[] {
  const { devices, linkLost, attempts, currencies, ui, now } = model;
  const words: string[] = [];
  if (devices.scanner === 'noLink') words.push('Сканер: нет связи');
  if (devices.printer === 'paperOut') words.push('Принтер: нет бумаги');
  if (devices.printer === 'coverOpen') words.push('Принтер: крышка');
  if (devices.printer === 'noLink') words.push('Принтер: нет связи');
  if (devices.queuedSlips > 0) words.push(`Печать: ${devices.queuedSlips}`);
  for (const provider of linkLost) {
    words.push(`Нет связи: ${currencies.find((currency) => currency.provider === provider)?.name ?? provider}`);
  }
  const queued = attempts.filter(({ operation, foreground }) => isReversal(operation) && !foreground);
  if (queued.length > 0 && contextName !== 'unfinished') {
    const oldestMs = Math.min(...queued.map(({ startedAtMs }) => startedAtMs));
    words.push(`Отмен в очереди: ${queued.length} (${Math.max(0, Math.floor((now - oldestMs) / 60_000))} мин)`);
  }
  if (ui.rejectedScans > 0) words.push(`Отклонено сканов: ${ui.rejectedScans}`);
  return words;
}

function isReversal(operation: Model['attempts'][number]['operation']): boolean {
  return operation === 'cancel' || operation === 'refund';
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
