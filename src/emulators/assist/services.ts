/** The web services (assist.md 3): which path does what. */
import { randomBytes } from 'node:crypto';
import { type HttpCall, type HttpReply, jsonReply } from '../http-server.ts';
import { Problem } from '../problem.ts';
import { qrcIdOf, sbpLink } from '../sbp-link.ts';
import type { Gatekeeper } from './access.ts';
import type { Buyer } from './buyer.ts';
import type { Draft, OrderBook } from './order-book.ts';
import { faultBody, PROBLEMS } from './problems.ts';
import type { RefusalPlan } from './refusals.ts';
import {
  type Form,
  readForm,
  readJson,
  readOrderKopecks,
  readOrderNumber,
  readRefundKopecks,
  readWindow,
} from './requests.ts';
import type { AssistSettings, Means } from './settings.ts';
import type { Order } from './state.ts';
import {
  briefOrder,
  formatDate,
  operationInfo,
  readDate,
  refundAnswer,
  resultOrder,
  stateAnswer,
  stateWord,
} from './wire.ts';

export interface ServiceParts {
  settings: AssistSettings;
  gate: Gatekeeper;
  buyer: Buyer;
  book: OrderBook;
  refusals: RefusalPlan;
}

type FormService = (parts: ServiceParts, form: Form, nowMs: number) => unknown;

const EXTERNAL_REFUND_ID = /^[\w-]{10,100}$/;

/** Serves one request; every refusal becomes a fault. */
export function serveAssist(parts: ServiceParts, call: HttpCall, nowMs: number): HttpReply {
  try {
    return jsonReply(200, answerOf(parts, call, nowMs));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return jsonReply(error.status, faultBody(error, parts.settings.faultForm));
  }
}

function answerOf(parts: ServiceParts, call: HttpCall, nowMs: number): unknown {
  parts.refusals.check(call.path);
  if (call.method === 'POST' && call.path === '/api/v1/auth/login.cfm') return logIn(parts, call);
  if (call.method === 'POST' && call.path === '/api/v1/order/cancel.cfm') return abort(parts, call);
  const serve = formService(parts.settings, call.path);
  if (call.method !== 'POST' || serve === undefined) throw PROBLEMS.unknownPath();
  const form = readForm(call);
  parts.gate.checkMerchant(form);
  if (form.text('Format') !== '5') throw PROBLEMS.badRequest('only Format=5 is emulated');
  return serve(parts, form, nowMs);
}

function formService({ sbpQr, xposPath }: AssistSettings, path: string): FormService | undefined {
  switch (path) {
    case sbpQr.path:
      return createWithQr;
    case '/pay/payrequest.cfm':
      return createWithPage;
    case xposPath:
      return takeAtTill;
    case '/orderresult/orderresult.cfm':
      return tellResult;
    case '/orderstate/orderstate.cfm':
      return tellState;
    case '/cancel/wscancel.cfm':
      return refund;
    default:
      return undefined;
  }
}

function createWithQr({ settings, gate, buyer, book }: ServiceParts, form: Form, nowMs: number): unknown {
  const draft = readDraft(settings, form, 'sbp');
  gate.checkSeal(form, true);
  const order = book.open(draft, buyer.plan(), nowMs);
  const serial = Number(order.billNumber.slice(-9));
  return {
    order: briefOrder(order, settings),
    [settings.sbpQr.qrField]: sbpLink({
      qrcId: qrcIdOf('dynamic', serial.toString(32)),
      kind: 'dynamic',
      sumKopecks: order.sumKopecks,
      bank: settings.sbpBank,
    }),
    [settings.sbpQr.expiresField]: expiryOf(order, nowMs),
  };
}

/** The page itself belongs to Assist and is not emulated: the buyer acts on it as on a link. */
function createWithPage({ settings, gate, buyer, book }: ServiceParts, form: Form, nowMs: number): unknown {
  const isSbp = form.text('FastPayPayment') === '1';
  const draft = readDraft(settings, form, isSbp ? 'sbp' : 'card', false);
  gate.checkSeal(form, true);
  const order = book.open(draft, buyer.plan(), nowMs);
  return {
    URL: `https://assist.example/pay/pay.cfm?CFSID=${randomBytes(16).toString('hex').toUpperCase()}`,
    orderstate: stateWord(order.state, settings),
    expirationtime: expiryOf(order, nowMs),
  };
}

/** Cash, the reader and SoftPOS. The answer of a card names its operation, but the result service decides (assist.md 1). */
function takeAtTill({ settings, gate, buyer, book }: ServiceParts, form: Form, nowMs: number): unknown {
  const { paymentModes } = settings;
  const mode = form.text(settings.paymentModeField).toUpperCase();
  const means = (['cash', 'card', 'softPos'] as const).find((one) => paymentModes[one].toUpperCase() === mode);
  if (means === undefined) throw PROBLEMS.badRequest(settings.paymentModeField);
  const draft = readDraft(settings, form, means);
  gate.checkSeal(form, false);
  if (means === 'cash') {
    const tillDateMs = readDate(form.text('OrderDate'));
    if (tillDateMs === null) throw PROBLEMS.badRequest('OrderDate');
    return { order: briefOrder(book.registerCash(draft, tillDateMs, nowMs), settings) };
  }
  if (means === 'card' && form.text('Device') === '') throw PROBLEMS.badRequest('Device');
  const plan = buyer.planForCard(form.text('CardScenario'));
  if (plan === null) throw PROBLEMS.badRequest('CardScenario');
  const order = book.open(draft, plan, nowMs);
  const operations = order.operations.map((operation) => operationInfo(order, operation, settings));
  return { order: { ...briefOrder(order, settings), operations } };
}

function tellResult({ settings, book }: ServiceParts, form: Form, nowMs: number): unknown {
  // The official PHP client asks by the bill alone; given both, they must agree.
  const billNumber = form.text('Billnumber');
  const found =
    billNumber === ''
      ? [...book.find(readOrderNumber(form), readWindow(form, nowMs))]
      : book.ofBill(billNumber, form.text('OrderNumber'));
  if (found.length === 0 && settings.absentOrder !== 'emptyList') {
    throw PROBLEMS.noSuchOrder(settings.absentOrder === 'fault' ? 400 : 200);
  }
  if (settings.orderList === 'newestFirst') found.reverse();
  return { orderresult: { orders: found.map((order) => resultOrder(order, settings, nowMs)) } };
}

function tellState({ settings, book }: ServiceParts, form: Form, nowMs: number): unknown {
  const order = book.find(readOrderNumber(form), readWindow(form, nowMs)).at(-1);
  if (order === undefined) throw PROBLEMS.orderNumber('No such order');
  return stateAnswer(order, settings, nowMs);
}

function refund({ settings, book }: ServiceParts, form: Form, nowMs: number): unknown {
  const externalRefundId = form.text('ExternalRefundID');
  if (externalRefundId !== '' && !EXTERNAL_REFUND_ID.test(externalRefundId)) {
    throw PROBLEMS.badRequest('ExternalRefundID');
  }
  if (!['', '1', '2', '3'].includes(form.text('CancelReason'))) throw PROBLEMS.badRequest('CancelReason');
  const done = book.refund(
    form.text('Billnumber'),
    { askedKopecks: readRefundKopecks(form), externalRefundId: externalRefundId || null },
    nowMs,
  );
  return refundAnswer(done.order, done.refund, settings);
}

function logIn({ gate }: ServiceParts, call: HttpCall): unknown {
  const fields = readJson(call);
  gate.checkLogin(fields);
  if (fields.text('audience') !== 'POS' || fields.text('components') !== 'ws/cancelbynumber') {
    throw PROBLEMS.badRequest('components');
  }
  return gate.issueTokens();
}

function abort({ gate, book, settings }: ServiceParts, call: HttpCall): unknown {
  const fields = readJson(call);
  gate.checkToken(call.headers.authorization ?? '');
  gate.checkMerchant(fields);
  const order = book.abort(readOrderNumber(fields));
  return { cancel: { orderstate: stateWord(order.state, settings) } };
}

function readDraft(settings: AssistSettings, form: Form, means: Means, isCurrencyRequired = true): Draft {
  const orderNumber = readOrderNumber(form);
  const sumKopecks = readOrderKopecks(form, isCurrencyRequired);
  const { min, max } = settings.sbpLimitsKopecks;
  if (means === 'sbp' && (sumKopecks < min || sumKopecks > max)) throw PROBLEMS.amount();
  if (settings.forbiddenMeans.includes(means)) throw PROBLEMS.meansForbidden();
  return { orderNumber, sumKopecks, comment: form.text('OrderComment'), means };
}

/** An order that its buyer has ended at once expires now. */
function expiryOf(order: Order, nowMs: number): string {
  return formatDate(order.awaiting?.expiresAtMs ?? nowMs);
}
