/** The documented web services, and the forms of the till that no public paper shows (assist.md 3, 14). */
import { randomBytes } from 'node:crypto';
import type { HttpCall } from '../http-server.ts';
import type { Gatekeeper } from './access.ts';
import type { Buyer } from './buyer.ts';
import type { Draft, OrderBook } from './order-book.ts';
import { PROBLEMS } from './problems.ts';
import type { RefusalPlan } from './refusals.ts';
import type { Told } from './replies.ts';
import { type Form, readJson, readOrderKopecks, readOrderNumber, readRefundKopecks, readWindow } from './requests.ts';
import type { AssistSettings, Means, Way } from './settings.ts';
import type { Order } from './state.ts';
import {
  briefOrder,
  formatDate,
  operationInfo,
  qrOf,
  readDate,
  refundAnswer,
  resultOrder,
  stateAnswer,
  stateWord,
  xmlOperation,
  xmlOrder,
} from './wire.ts';

export interface ServiceParts {
  settings: AssistSettings;
  gate: Gatekeeper;
  buyer: Buyer;
  book: OrderBook;
  refusals: RefusalPlan;
}

const EXTERNAL_REFUND_ID = /^[\w-]{10,100}$/;

/** An order of СБП, its QR in the answer: a form of our own making. */
export function createWithQr({ settings, gate, buyer, book }: ServiceParts, form: Form, nowMs: number): Told {
  const draft = readDraft(settings, form, 'sbp', 'direct');
  gate.checkSeal(form, true);
  const order = book.open(draft, buyer.plan(), nowMs);
  return {
    json: {
      order: briefOrder(order, settings),
      [settings.sbpQr.qrField]: qrOf(order, settings),
      [settings.sbpQr.expiresField]: expiryOf(order, nowMs),
    },
  };
}

/** The page itself belongs to Assist and is not emulated: the buyer acts on it as on a link. */
export function createWithPage({ settings, gate, buyer, book }: ServiceParts, form: Form, nowMs: number): Told {
  const isSbp = form.text('FastPayPayment') === '1';
  const draft = readDraft(settings, form, isSbp ? 'sbp' : 'card', 'page', false);
  gate.checkSeal(form, true);
  const order = book.open(draft, buyer.plan(), nowMs);
  const page = {
    URL: `https://assist.example/pay/pay.cfm?CFSID=${randomBytes(16).toString('hex').toUpperCase()}`,
    orderstate: stateWord(order.state, settings),
    expirationtime: expiryOf(order, nowMs),
  };
  return { json: page };
}

/** Cash, the reader and SoftPOS. The answer of a card names its operation, but the result service decides (assist.md 1). */
export function takeAtTill({ settings, gate, buyer, book }: ServiceParts, form: Form, nowMs: number): Told {
  const { paymentModes } = settings;
  const mode = form.text(settings.paymentModeField).toUpperCase();
  const means = (['cash', 'card', 'softPos'] as const).find((one) => paymentModes[one].toUpperCase() === mode);
  if (means === undefined) throw PROBLEMS.badRequest(settings.paymentModeField);
  const draft = readDraft(settings, form, means, 'form');
  gate.checkSeal(form, false);
  if (means === 'cash') {
    const tillDateMs = readDate(form.text('OrderDate'));
    if (tillDateMs === null) throw PROBLEMS.badRequest('OrderDate');
    return { json: { order: briefOrder(book.registerCash(draft, tillDateMs, nowMs), settings) } };
  }
  if (means === 'card' && form.text('Device') === '') throw PROBLEMS.badRequest('Device');
  const plan = buyer.planForCard(form.text('CardScenario'));
  if (plan === null) throw PROBLEMS.badRequest('CardScenario');
  const order = book.open(draft, plan, nowMs);
  const operations = order.operations.map((operation) => operationInfo(order, operation, settings));
  return { json: { order: { ...briefOrder(order, settings), operations } } };
}

/** By number and window, or by the bill alone, as the official PHP client asks; given both, they must agree. */
export function tellResult({ settings, book }: ServiceParts, form: Form, nowMs: number): Told {
  const billNumber = form.text('Billnumber');
  const found =
    billNumber === ''
      ? book.find(readOrderNumber(form), readWindow(form, nowMs))
      : book.ofBill(billNumber, form.text('OrderNumber'));
  const orders = listed(found, settings);
  const xml = orders.map((order) => xmlOrder(order, order.operations, settings, nowMs));
  return {
    json: { orderresult: { orders: orders.map((order) => resultOrder(order, settings, nowMs)) } },
    xml: { count: xml.length, orders: { order: xml } },
    soap: { 'ws:orderresultResponse': { orderresult: { order: xml } } },
  };
}

/** @throws where there is none and this server tells so */
export function listed(found: readonly Order[], { absentOrder, orderList }: AssistSettings): Order[] {
  if (found.length === 0 && absentOrder !== 'emptyList') {
    throw PROBLEMS.noSuchOrder(absentOrder === 'fault' ? 400 : 200);
  }
  return orderList === 'newestFirst' ? found.toReversed() : [...found];
}

export function tellState({ settings, book }: ServiceParts, form: Form, nowMs: number): Told {
  const order = book.find(readOrderNumber(form), readWindow(form, nowMs)).at(-1);
  if (order === undefined) throw PROBLEMS.noSuchOrder();
  const xml = xmlOrder(order, [], settings, nowMs);
  return {
    json: stateAnswer(order, settings, nowMs),
    xml: { count: 1, orders: { order: xml } },
    soap: { 'ws:orderstateResponse': { orderstate: xml } },
  };
}

/** Money back, its operation in a list. */
export function refund({ settings, book }: ServiceParts, form: Form, nowMs: number): Told {
  const done = refunded(book, form, nowMs);
  const { orderstate, billnumber } = xmlOrder(done.order, [], settings, nowMs);
  return {
    json: refundAnswer(done.order, done.refund, settings),
    soap: { 'ws:WSCancelResponseParams': { order: { billnumber: billnumber ?? '', orderstate: orderstate ?? '' } } },
  };
}

/** The older service: order and operation are one. */
export function refundFlat({ settings, book }: ServiceParts, form: Form, nowMs: number): Told {
  const done = refunded(book, form, nowMs);
  const order = { ...xmlOrder(done.order, [], settings, nowMs), ...xmlOperation(done.order, done.refund, settings) };
  return {
    json: { order },
    xml: { count: 1, orders: { orders: { order } } },
    soap: { 'ws:WSCancelResponseParams': { order } },
  };
}

/** @throws what is refused of a refund */
export function refunded(book: OrderBook, form: Form, nowMs: number): ReturnType<OrderBook['refund']> {
  const externalRefundId = form.text('ExternalRefundID');
  if (externalRefundId !== '' && !EXTERNAL_REFUND_ID.test(externalRefundId)) {
    throw PROBLEMS.badRequest('ExternalRefundID');
  }
  if (!['', '1', '2', '3'].includes(form.text('CancelReason'))) throw PROBLEMS.badRequest('CancelReason');
  const asked = { askedKopecks: readRefundKopecks(form), externalRefundId: externalRefundId || null };
  return book.refund(form.text('Billnumber'), asked, nowMs);
}

export function logIn({ gate }: ServiceParts, call: HttpCall): unknown {
  const fields = withoutCard(readJson(call));
  gate.checkLogin(fields);
  if (fields.text('audience') !== 'POS' || fields.text('components') !== 'ws/cancelbynumber') {
    throw PROBLEMS.badRequest('components');
  }
  return gate.issueTokens();
}

export function abort({ gate, book, settings }: ServiceParts, call: HttpCall): unknown {
  const fields = withoutCard(readJson(call));
  gate.checkToken(call.headers.authorization ?? '');
  gate.checkMerchant(fields);
  const order = book.abort(readOrderNumber(fields));
  return { cancel: { orderstate: stateWord(order.state, settings) } };
}

function withoutCard(form: Form): Form {
  if (form.hasCardData) throw PROBLEMS.cardData();
  return form;
}

export function readDraft(
  settings: AssistSettings,
  form: Form,
  means: Means,
  way: Way,
  isCurrencyRequired = true,
): Draft {
  const orderNumber = readOrderNumber(form);
  const sumKopecks = readOrderKopecks(form, isCurrencyRequired);
  const { min, max } = settings.sbpLimitsKopecks;
  if (means === 'sbp' && (sumKopecks < min || sumKopecks > max)) throw PROBLEMS.amount();
  if (settings.forbiddenMeans.includes(means)) throw PROBLEMS.meansForbidden();
  return { orderNumber, sumKopecks, comment: form.text('OrderComment'), means, way };
}

/** An order that its buyer has ended at once expires now. */
function expiryOf(order: Order, nowMs: number): string {
  return formatDate(order.awaiting?.expiresAtMs ?? nowMs);
}
