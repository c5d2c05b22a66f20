/** The card of a sale: from the payment system (F5), by its number (Shift+F5), and away again (Ctrl+F5). */

import { visiblePayments } from '../register/totals.ts';
import type { At, Binding } from '../ui/context.ts';
import { currentCard, currentType } from './layout.ts';
import { open, questionOf } from './sale-actions.ts';
import { IN_RETURN } from './unavailable.ts';

/** A card changes what the goods cost, so it comes and goes before the first payment only. */
function withoutCards({ model }: At): string | null {
  const { document } = model.register;
  if (currentType(model) !== 'sale') return IN_RETURN;
  return document !== null && visiblePayments(document).length > 0 ? 'в чеке есть оплата' : null;
}

export const cardBinding: Binding = {
  command: 'card',
  label: 'Карта',
  disabled: withoutCards,
  run: () => [{ do: 'askProviderCard' }],
};

export const cardNumberBinding: Binding = {
  command: 'cardNumber',
  label: null,
  disabled: withoutCards,
  run: () => [open('card-number')],
};

export const removeCardBinding: Binding = {
  command: 'removeCard',
  label: null,
  disabled: (at) => withoutCards(at) ?? (currentCard(at.model) === null ? 'карты нет' : null),
  run({ model }) {
    const number = currentCard(model)?.number ?? '';
    const removal = { do: 'command', command: { do: 'removeCard' } } as const;
    return [{ do: 'open', context: questionOf('DOM-76', { номер: number }, [removal]) }];
  },
};
