/** What a load file asks for of cards and their owners (domain.md 4, 7). */
import { safeText } from '../../register/safe-text.ts';
import { cardPattern, MAX_CARD_NUMBER } from '../card-pattern.ts';
import { refusal } from './refusal.ts';

export interface CardGroupDraft {
  code: number;
  name: string;
  text: string;
  cardMode: number;
  inputMask: number;
  pattern: string;
  notAddEmptyCard: boolean;
  discountBasisPoints: number;
}

export interface CardDraft {
  id: string;
  number: string;
  groupCode: number;
  clientId: string | null;
  /** `YYYY-MM-DD`, null = open. */
  validFrom: string | null;
  validUntil: string | null;
  isBlocked: boolean;
  /** null = the group's. */
  discountBasisPoints: number | null;
}

/** Another number for a card, or a card of the group by itself. */
export interface AdditionalCardDraft {
  number: string;
  cardNumber: string | null;
  groupCode: number | null;
  isActive: boolean;
}

export interface ClientDraft {
  id: string;
  name: string;
  /** As `phoneDigits` spells it; empty = none. */
  phone: string;
}

export type CardChange =
  | { do: 'addCardGroup'; cardGroup: CardGroupDraft }
  | { do: 'deleteCardGroup'; code: number }
  | { do: 'clearCardGroups' }
  | { do: 'addCard'; card: CardDraft }
  /** By its id or its number, whichever the file told. */
  | { do: 'deleteCard'; id: string }
  | { do: 'clearCards' }
  | { do: 'addAdditionalCard'; card: AdditionalCardDraft }
  | { do: 'deleteAdditionalCard'; number: string }
  | { do: 'clearAdditionalCards' }
  | { do: 'addClient'; client: ClientDraft }
  | { do: 'deleteClient'; id: string }
  | { do: 'clearClients' };

export function cardNumberOf(text: string): string {
  const number = safeText(text, MAX_CARD_NUMBER + 1).trim();
  if (number === '') throw refusal('Не указан номер карты');
  if (number.length > MAX_CARD_NUMBER) throw refusal(`Номер карты длиннее ${MAX_CARD_NUMBER} знаков`);
  return number;
}

/** A pattern that could never be used is told to the one who made the file, not found out at the till. */
export function cardPatternOf(text: string): string {
  const pattern = text.trim();
  if (cardPattern(pattern) === null) {
    throw refusal(`Шаблон номера карты не читается или слишком сложный: ${safeText(pattern, 40)}`);
  }
  return pattern;
}

/** Percent of the file, `5`, `5.5`, `2,25`, in hundredths. Never through a float. */
export function discountOf(text: string): number {
  const [, whole = '', fraction = ''] = /^(\d{1,3})(?:[.,](\d{1,2})0*)?$/.exec(text.trim()) ?? [];
  const basisPoints = Number(whole) * 100 + Number(fraction.padEnd(2, '0'));
  if (whole === '' || basisPoints > 10_000) throw refusal(`Процент скидки не читается: ${safeText(text, 20)}`);
  return basisPoints;
}

/** `2026-12-31` or `31.12.2026`, a time behind it is passed over; empty and zero dates mean none. */
export function dayOf(text: string): string | null {
  const clean = text.trim();
  if (clean === '' || clean.startsWith('0000-00-00')) return null;
  const [, iso, day, month, year] = /^(?:(\d{4}-\d\d-\d\d)|(\d\d)\.(\d\d)\.(\d{4}))(?:[ T]|$)/.exec(clean) ?? [];
  const date = iso ?? `${year}-${month}-${day}`;
  const atMs = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(atMs) || new Date(atMs).toISOString().slice(0, 10) !== date) {
    throw refusal(`Дата не читается: ${safeText(clean, 20)}`);
  }
  return date;
}
