/** Which service makes the order of СБП and is told of cash (assist.md 14): the settings say, the machines do not know. */
import type { HttpReply, HttpRequest } from '../../driver.ts';
import { type Created, type OrderRecord, readCreated, readRegistered } from './answers.ts';
import { CASH_MODE, paymentRequest, readMposCash, readMposCreated, SBP_MODE } from './mpos.ts';
import type { AssistSettings } from './settings.ts';
import { cashRequest, createRequest, type NewOrder } from './wire.ts';

/** The one request that makes an order of СБП. */
export function sbpRequest(tag: string, order: NewOrder, settings: AssistSettings): HttpRequest {
  return settings.sbpMode === 'mpos'
    ? paymentRequest(tag, order, SBP_MODE, settings)
    : createRequest(tag, order, settings);
}

export function readSbp(reply: HttpReply, settings: AssistSettings): Created | null {
  return settings.sbpMode === 'mpos' ? readMposCreated(reply, settings) : readCreated(reply, settings);
}

/** The QR of an open order can be asked for once more. */
export function canReadQrAgain({ sbpMode }: AssistSettings): boolean {
  return sbpMode === 'mpos';
}

/** Cash in the drawer. @param paidAtMs when it was taken, where the service wants to know */
export function toldCashRequest(tag: string, order: NewOrder, paidAtMs: number, settings: AssistSettings): HttpRequest {
  return settings.cashMode === 'mpos'
    ? paymentRequest(tag, order, CASH_MODE, settings)
    : cashRequest(tag, order, paidAtMs, settings);
}

export function readToldCash(reply: HttpReply, settings: AssistSettings): OrderRecord | null {
  return settings.cashMode === 'mpos' ? readMposCash(reply, settings) : readRegistered(reply, settings);
}

/**
 * Cash that is told twice may become two orders: what a second `payment` makes nobody has published (assist.md 15), while a form under
 * a used number is answered with the order that is there (12.7).
 */
export function mayDouble({ cashMode }: AssistSettings): boolean {
  return cashMode === 'mpos';
}

/** How long good answers must be without the order before cash may be told once more. */
export function untoldAfterMs(settings: AssistSettings): number {
  return mayDouble(settings) ? settings.settleMs : 0;
}
