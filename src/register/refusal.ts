import type { RegisterEvent } from './events.ts';
import type { Document } from './model.ts';
import { MAX_QUANTITY_THOUSANDTHS, ONE_PIECE_THOUSANDTHS } from './quantity.ts';

/** Why a command was not carried out: a number of the message catalogue and its blanks. The state stays as it was. */
export interface Refusal {
  refused: string;
  params: Record<string, string>;
}

export type Decision = { events: RegisterEvent[] } | Refusal;

export function isRefusal(decision: Decision): decision is Refusal {
  return 'refused' in decision;
}

/** Why a typed quantity is none that a receipt may hold; `parseQuantity` could not read it, or it is 0. */
export function refuseTypedQuantity(text: string): Refusal {
  const [, whole = '', fraction = ''] = /^(\d*)(?:[.,](\d*))?$/.exec(text) ?? [];
  if (fraction.length > 3) return refuse('DOM-94', { причина: 'не больше трех знаков после точки' });
  return whole.length > MAX_WHOLE.length ? refuseHugeQuantity() : refuse('DOM-21');
}

const MAX_WHOLE = String(Math.trunc(MAX_QUANTITY_THOUSANDTHS / ONE_PIECE_THOUSANDTHS));

/** More than a line may hold of anything. */
export function refuseHugeQuantity(): Refusal {
  return refuse('DOM-22', { N: MAX_WHOLE });
}

/**
 * A payment of the document is undecided (R4), and as long as it is so much is not possible.
 * @param cannot `Закрыть чек`
 */
export function refuseUndecided({ type }: Pick<Document, 'type'>, cannot: string): Refusal {
  const what = type === 'sale' ? 'Оплата' : 'Возврат оплаты';
  return refuse('DOM-38', { text: `${what} в состоянии "неизвестно". ${cannot} нельзя` });
}

export function refuse(number: string, params: Record<string, string> = {}): Refusal {
  return { refused: number, params };
}
