/** What this version does not do yet, in one place: keys say why, menu items answer with DOM-101. */
import type { Model, Step } from '../app/context.ts';

/** The dictionaries have no card groups, so a card cannot be added. */
export const NO_CARD_GROUPS = 'нет групп карт';

/** F9 picks a sale to return; there is no picker, so there is nothing to pick. */
export function returnBySaleReason(model: Model): string {
  return model.register.document !== null ? 'есть открытый чек' : 'нет чеков продажи';
}

export function featureMissing(): Step[] {
  return [{ do: 'say', number: 'DOM-101' }];
}
