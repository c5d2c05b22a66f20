/** The endpoints of the cash-desk API (oplati.md 3): which path does what. */
import { type HttpCall, type HttpReply, jsonReply } from '../http-server.ts';
import { Problem } from '../problem.ts';
import type { Buyer } from './buyer.ts';
import type { Ledger } from './ledger.ts';
import { PROBLEMS, problemBody } from './problems.ts';
import { headerOf, type RegisterBook } from './registers.ts';
import { type Fields, readBody, readBooking, readWhole } from './requests.ts';
import type { SessionBook } from './sessions.ts';
import type { OplatiSettings, PaymentMode } from './settings.ts';
import type { Payment } from './state.ts';
import type { WebDesk } from './web.ts';
import { type PaymentInfo, paymentInfo } from './wire.ts';

export interface PosParts {
  settings: OplatiSettings;
  registers: RegisterBook;
  sessions: SessionBook;
  buyer: Buyer;
  ledger: Ledger;
  web: WebDesk;
}

interface PosRequest {
  regNum: string;
  nowMs: number;
  query: URLSearchParams;
  fields: Fields;
  /** Id inside the path; 0 where the path has none. */
  paymentId: number;
}

type Endpoint = (parts: PosParts, request: PosRequest) => unknown;

const ENDPOINTS: { method: string; path: RegExp; serve: Endpoint }[] = [
  { method: 'POST', path: /^\/pos\/demandPayment$/, serve: demandPayment },
  { method: 'GET', path: /^\/pos\/consumerStatus$/, serve: consumerStatus },
  { method: 'POST', path: /^\/pos\/payments$/, serve: takePayment },
  { method: 'GET', path: /^\/pos\/payments\/(\d{1,15})$/, serve: paymentState },
  { method: 'POST', path: /^\/pos\/payments\/(\d{1,15})\/reversals$/, serve: reverse },
  { method: 'GET', path: /^\/pos\/paymentReports$/, serve: report },
  { method: 'POST', path: /^\/pos\/webPayments$/, serve: ({ web }, r) => web.openFirst(r.regNum, r.fields, r.nowMs) },
  {
    method: 'POST',
    path: /^\/pos\/webPayments\/v2$/,
    serve: ({ web }, r) => web.openSecond(r.regNum, r.fields, r.nowMs),
  },
];

/** Serves one request; every refusal becomes the error body. */
export function servePos(parts: PosParts, call: HttpCall, nowMs: number): HttpReply {
  try {
    return jsonReply(200, answerOf(parts, call, nowMs));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return jsonReply(error.status, problemBody(headerOf(call.headers, 'regnum'), error));
  }
}

function answerOf(parts: PosParts, call: HttpCall, nowMs: number): unknown {
  const { method, path } = call;
  if (method === 'POST' && path === parts.settings.tokenPath) {
    return { [parts.settings.tokenField]: parts.registers.issueToken(call.headers) };
  }
  const endpoint = ENDPOINTS.find((one) => one.method === method && one.path.test(path));
  if (endpoint === undefined) throw PROBLEMS.unknownPath();
  const isSecretOptional = method === 'GET' && !parts.settings.requireSecretOnGet;
  return endpoint.serve(parts, {
    regNum: parts.registers.authenticate(call.headers, isSecretOptional),
    nowMs,
    query: call.query,
    fields: method === 'GET' ? {} : readBody(call.body),
    paymentId: Number(endpoint.path.exec(path)?.[1] ?? 0),
  });
}

function demandPayment(parts: PosParts, { regNum, nowMs, fields }: PosRequest): unknown {
  const { settings, sessions, buyer } = parts;
  const mode = modeOf(settings, readWhole(fields.paymentMode));
  if (mode === null) throw PROBLEMS.badRequest('paymentMode');
  if (mode === 'buyerQr') {
    const code = fields[settings.buyerQrField];
    if (typeof code !== 'string' || code.length > 512) throw PROBLEMS.badRequest(settings.buyerQrField);
    if (!buyer.spendCode(code, nowMs)) throw PROBLEMS.buyerCodeExpired();
  }
  const { sessionId, key } = sessions.open(regNum, mode, nowMs);
  switch (mode) {
    case 'buyerQr':
      return { sessionId };
    case 'staticQr':
      return { sessionId, [settings.confirmCodeField]: settings.confirmCodeForm === 'number' ? Number(key) : key };
    case 'dynamicQr':
      return { sessionId, dynamicQR: key };
  }
}

function consumerStatus({ sessions, buyer, settings }: PosParts, { regNum, nowMs, query }: PosRequest): unknown {
  const sessionId = readWhole(query.get('sessionId'));
  if (sessionId === null) throw PROBLEMS.badRequest('sessionId');
  if (!sessions.isReady(regNum, sessionId, nowMs)) return { isConsumerReady: false };
  const loyaltyCards = buyer.cards.map(({ cardNumber, programName }) => ({
    [settings.loyaltyCardNumberField]: cardNumber,
    programName,
  }));
  return { isConsumerReady: true, loyaltyCards };
}

function takePayment({ sessions, ledger, settings }: PosParts, { regNum, nowMs, fields }: PosRequest): unknown {
  const booking = readBooking(regNum, fields, settings.strictReceiptTotals);
  const sessionId = readWhole(fields.sessionId);
  if (sessionId === null) throw PROBLEMS.badRequest('sessionId');
  sessions.use(regNum, sessionId, nowMs);
  return paymentInfo(ledger.sell(booking, sessionId, nowMs), settings.utcOffsetMinutes);
}

function paymentState({ ledger, settings }: PosParts, { regNum, paymentId }: PosRequest): unknown {
  return shown({ ledger, settings }, ledger.find(regNum, paymentId));
}

/** A payment as this server repeats its number. */
function shown({ ledger, settings }: Pick<PosParts, 'ledger' | 'settings'>, payment: Payment): PaymentInfo {
  const info = paymentInfo(payment, settings.utcOffsetMinutes);
  const { regNum, sourcePaymentId } = payment;
  if (settings.reversalEcho === 'sent' || sourcePaymentId === null) return info;
  return { ...info, orderNumber: ledger.find(regNum, sourcePaymentId).orderNumber };
}

function reverse({ ledger, settings }: PosParts, { regNum, nowMs, fields, paymentId }: PosRequest): unknown {
  // Lines given back need not add up to anything, so totals are never checked here.
  const booking = readBooking(regNum, fields, false);
  return shown({ ledger, settings }, ledger.reverse(ledger.find(regNum, paymentId), booking, nowMs));
}

/** A bare array: the official clients accept nothing around it. */
function report({ ledger, settings }: PosParts, { regNum, query }: PosRequest): unknown {
  const shift = query.get('shift');
  if (shift === null) throw PROBLEMS.badRequest('shift');
  const rows = ledger.report(regNum, shift, dayOf(query, 'shiftStart'), dayOf(query, 'shiftEnd'));
  return rows.map((payment) => shown({ ledger, settings }, payment));
}

function modeOf(settings: OplatiSettings, wireNumber: number | null): PaymentMode | null {
  const modes: PaymentMode[] = ['buyerQr', 'staticQr', 'dynamicQr'];
  return modes.find((mode) => settings.paymentModes[mode] === wireNumber) ?? null;
}

function dayOf(query: URLSearchParams, name: string): string | null {
  const day = query.get(name);
  if (day !== null && !/^\d{4}-\d{2}-\d{2}$/.test(day)) throw PROBLEMS.badRequest(name);
  return day;
}
