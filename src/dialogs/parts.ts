/** Bindings and steps that several dialogs share. */
import type { At, Binding, ContextRef, Step } from '../app/context.ts';
import type { Currency } from '../register/model.ts';

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

/** What the journal area calls a payment: the main currency by its short name, the others in full (SCR-09). */
export function paymentName(currency: Currency): string {
  return currency.provider === 'cash' ? currency.shortName : currency.name;
}

/** Moves a selection inside a list, without wrapping round: the ends are felt. */
export function moved(selected: number, by: number, count: number): number {
  return Math.max(0, Math.min(count - 1, selected + by));
}
