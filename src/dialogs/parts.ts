/** Bindings and steps that several dialogs share. */

import type { At, Binding } from '../ui/context.ts';
import type { ContextRef } from '../ui/model.ts';
import type { Step } from '../ui/step.ts';

/** `Enter` with `Ввод`: what it does is the dialog's own affair. */
export function confirmBinding<Local>(
  run: (at: At<Local>) => Step[],
  disabled?: (at: At<Local>) => string | null,
): Binding<Local> {
  return { command: 'confirm', label: 'Ввод', ...(disabled === undefined ? {} : { disabled }), run };
}

export const closeBinding: Binding<never> = { command: 'cancel', label: 'Отмена', run: () => [{ do: 'close' }] };

/** Empty input never confirms (screens.md 1.3). */
export function emptyInput(at: Pick<At, 'text'>): string | null {
  return at.text.trim() === '' ? 'ввод пуст' : null;
}

export function messageRef(number: string, params: Record<string, string> = {}, then: Step[] = []): ContextRef {
  return { name: 'message', local: { number, params, then }, text: '' };
}
