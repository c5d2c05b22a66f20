/** The SOAP services of Assist's own till application (assist.md 15): cash and СБП, the QR read again, money back. */
import { PROBLEMS } from './problems.ts';
import type { Told } from './replies.ts';
import { type Form, readOrderNumber } from './requests.ts';
import type { AssistSettings, Means } from './settings.ts';
import type { Operation, Order } from './state.ts';
import { listed, readDraft, refunded, type ServiceParts } from './web-services.ts';
import { qrOf, xmlOperation, xmlOrder } from './wire.ts';

const MEANS_BY_MODE: Record<string, Means> = { '5': 'cash', '30': 'sbp' };
const DAY_MS = 86_400_000;

/** An id for the application of one device. */
export function register({ gate, settings }: ServiceParts, form: Form): Told {
  for (const name of ['ApplicationName', 'ApplicationVersion', 'DeviceUniqueId']) {
    if (form.text(name) === '') throw PROBLEMS.missing(name);
  }
  if (form.text('Shop') === '1' && form.text('Merchant_ID') !== settings.merchantId) throw PROBLEMS.merchant();
  const id = gate.register(form.text('DeviceUniqueId'));
  return { soap: { 'ws:getRegistrationResponse': { registration_id: id } } };
}

/** Cash is paid at once, СБП is answered with its QR. */
export function payByApplication({ settings, gate, book }: ServiceParts, form: Form, nowMs: number): Told {
  const means = MEANS_BY_MODE[form.text('paymentmode')];
  if (means === undefined) throw PROBLEMS.paymentMode();
  const draft = readDraft(settings, form, means, 'mpos');
  gate.checkSeal(form, false);
  const order = book.payment(draft, nowMs);
  const payment = order.operations.find(({ kind }) => kind === 'payment') ?? pendingOf(order);
  const { customer, ordercomment, ...head } = xmlOrder(order, [], settings, nowMs);
  const qr = settings.hasQrAtOnce ? qrBeside(order, settings) : {};
  return { soap: { payment: { ...head, ...xmlOperation(order, payment, settings), mid: '', ...qr } } };
}

/** Money back; unlike the documented service it has no name for it, so a repeat is another one. */
export function cancelByApplication({ settings, book }: ServiceParts, form: Form, nowMs: number): Told {
  const { order, refund } = refunded(book, form, nowMs);
  const { packetdate = '', signature = '', checkvalue, ...told } = xmlOrder(order, [refund], settings, nowMs);
  return { soap: { 'ws:WSCancelResponseParams': { order: told, packetdate, signature } } };
}

/** The result for a registered application: as the documented one, and the QR of an order that waits. */
export function tellApplication({ settings, gate, book }: ServiceParts, form: Form, nowMs: number): Told {
  if (form.text('merchant_id') !== settings.merchantId) throw PROBLEMS.merchant();
  if (settings.registration === 'demanded')
    gate.checkRegistration(form.text('device_id'), form.text('registration_id'));
  const fromMs = dayOf(form.text('date'));
  const found = book.find(readOrderNumber(form), { fromMs, toMs: nowMs });
  const orders = listed(found, settings).map((order) => {
    const operations = order.awaiting === null ? order.operations : [pendingOf(order)];
    const told = xmlOrder(order, operations, settings, nowMs);
    if (order.awaiting === null || !settings.hasQrOnRead) return told;
    return { ...told, operation: { ...xmlOperation(order, pendingOf(order), settings), ...qrBeside(order, settings) } };
  });
  return { soap: { 'ws:orderresultResponse': { orderresult: { order: orders } } } };
}

/** Only where there is one to be paid: a page has its own. */
function qrBeside(order: Order, settings: AssistSettings): { qrcode?: { plain: string } } {
  const hasQr = order.means === 'sbp' && order.way !== 'page' && order.awaiting !== null;
  return hasQr ? { qrcode: { plain: qrOf(order, settings) } } : {};
}

/** The operation of an order that nobody has paid yet. */
function pendingOf(order: Order): Operation {
  return {
    kind: 'payment',
    ordinal: 1,
    sumKopecks: order.sumKopecks,
    atMs: order.createdAtMs,
    responseCode: 'AS300',
    externalRefundId: null,
    askedKopecks: null,
    stateAfter: order.state,
  };
}

/** `DD.MM.YYYY`, a time behind it or none; the clocks of the two may be a day apart. */
function dayOf(text: string): number {
  const [, day, month, year] = /^(\d{2})\.(\d{2})\.(\d{4})(?: \d{2}:\d{2}(?::\d{2})?)?$/.exec(text) ?? [];
  if (year === undefined) throw PROBLEMS.date();
  return Date.UTC(Number(year), Number(month) - 1, Number(day)) - DAY_MS;
}
