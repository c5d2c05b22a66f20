/** Words and rows that screens, dialogs and messages share: titles, names, times, the header. */
import { localStamp, momentStamp } from '../register/local-time.ts';
import type { Document, Line, Payment } from '../register/model.ts';
import { formatKopecks } from '../register/money.ts';
import { formatQuantity } from '../register/quantity.ts';
import { tenderName } from '../register/tender.ts';
import type { Canvas, Style } from './canvas.ts';
import type { Model } from './model.ts';

/** `ПРОДАЖА № 1`: the title of a document as every screen, list and slip of a list writes it. */
export function documentTitle({ type, number }: Pick<Document, 'type' | 'number'>): string {
  const words = { sale: 'ПРОДАЖА', return: 'ВОЗВРАТ', returnBySale: 'ВОЗВРАТ ПО ЧЕКУ' } as const;
  return `${words[type]} № ${number}`;
}

/** What the cashier hands out of the drawer, change aside. */
export const PAY_OUT = 'Выдать наличными';

type NamedPayment = Pick<Payment, 'attemptId' | 'currency' | 'means' | 'orderNumber' | 'amountKopecks'>;

/** What the journal area calls a payment: the main currency by its short name, the others in full (SCR-09). */
export function paymentName(payment: Pick<Payment, 'currency' | 'means'>): string {
  return payment.currency.provider === 'cash' ? payment.currency.shortName : tenderName(payment);
}

/** `17:14:05 № 8-42-11-1-k3f9qa`: what tells an operation from another one of the same system and sum. */
export function operationText(
  model: Model,
  { startedAt, orderNumber }: Pick<Payment, 'startedAt' | 'orderNumber'>,
): string {
  return `${timeText(model, startedAt)} № ${orderNumber}`;
}

/** `17:14:05` */
export function timeText(model: Model, at: number): string {
  return localStamp(at, model.utcOffsetMinutes).slice(11, 19);
}

/** Another payment of the same name and sum: only time and number tell the two apart. Notes and coins are all alike. */
export function hasTwin(payment: NamedPayment, others: readonly NamedPayment[]): boolean {
  if (payment.currency.provider === 'cash') return false;
  const isTwin = (other: NamedPayment) =>
    other.attemptId !== payment.attemptId &&
    other.amountKopecks === payment.amountKopecks &&
    paymentName(other) === paymentName(payment);
  return others.some(isTwin);
}

/**
 * What the cashier calls a payment system behind a server, whatever its payment types are called: `PayMaster`.
 * @param otherwise what a driver without a server is called
 */
export function systemTitle({ systems }: Model, name: string, otherwise = name): string {
  return systems.find((system) => system.name === name)?.title ?? otherwise;
}

/** How much of a line; `часть` = a part of its money goes back, and the goods stay sold. */
export function quantityText({ quantityThousandths, goods, returned }: Line): string {
  return returned?.isPartOfSum === true ? 'часть' : formatQuantity(quantityThousandths, goods.unit.fractional);
}

/** A part that was typed for a payment does not wait for the next one, and that is said (row 24). */
export function droppedText(amountKopecks: number): string {
  return `Набранная сумма ${formatKopecks(amountKopecks)} сброшена`;
}

/**
 * A list whose Enter decides about money, opened by the program or about what cannot be undone: nothing is marked until the
 * cashier has chosen. The first Up or Down marks the first row.
 */
export const NOTHING_SELECTED = -1;

/** Moves a selection inside a list, without wrapping round: the ends are felt. */
export function moved(selected: number, by: number, count: number): number {
  return Math.max(0, Math.min(count - 1, selected + by));
}

/** Rows 1-2, in the colours of what they stand on (screens.md 1.2). */
export function drawHeader(canvas: Canvas, model: Model, style: Style): void {
  const { user, registerNumber } = model.register;
  canvas.put(1, 2, `${user === null ? '' : `${user.name} `}касса ${registerNumber}`, style);
  canvas.putRight(1, model.columns - 1, clockText(model), style);
  canvas.put(2, 2, `v.${model.version}`, style);
  canvas.putRight(2, model.columns - 1, dateText(model, model.wall), style);
}

export function clockText(model: Model, at = model.wall): string {
  return localStamp(at, model.utcOffsetMinutes).slice(11, 16);
}

/** `22.08.23` */
export function dateText(model: Model, at: number): string {
  const stamp = localStamp(at, model.utcOffsetMinutes);
  return `${stamp.slice(8, 10)}.${stamp.slice(5, 7)}.${stamp.slice(2, 4)}`;
}

/** `11.05.2022 14:39` */
export function longDateText(model: Model, at: number): string {
  const stamp = localStamp(at, model.utcOffsetMinutes);
  return `${stamp.slice(8, 10)}.${stamp.slice(5, 7)}.${stamp.slice(0, 4)} ${stamp.slice(11, 16)}`;
}

/** `22.08.23 16:58:30` */
export function momentText(model: Model, at: number): string {
  return momentStamp(at, model.utcOffsetMinutes);
}
