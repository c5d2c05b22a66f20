/** Why keys and menu items do not act, where several screens say the same. */
import type { Step } from '../ui/step.ts';

/** Cards and discounts are for sales only (domain.md 2.14). */
export const IN_RETURN = 'режим возврата';
/** A document that is only looked at. */
export const VIEW_ONLY = 'документ открыт для просмотра';
/** Pages whose list is empty. */
export const NO_UNFINISHED = 'нет незавершенных оплат';
export const NO_NOTICES = 'уведомлений нет';
/** Log-in by a typed code: there is nothing to choose from. */
export const NO_USER_LIST = 'список пользователей скрыт';

/** Menu items this version does not have answer with DOM-101. */
export function featureMissing(): Step[] {
  return [{ do: 'say', number: 'DOM-101' }];
}
