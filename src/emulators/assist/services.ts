/** Which path is which service, in which form it is asked and told (assist.md 3, 14, 15). */
import { type HttpCall, type HttpReply, jsonReply } from '../http-server.ts';
import { Problem } from '../problem.ts';
import { cancelByApplication, payByApplication, register, tellApplication } from './mpos.ts';
import { PROBLEMS } from './problems.ts';
import { faultReply, type Told, toldReply } from './replies.ts';
import { type Form, readAsked, type Wire, wireOfType } from './requests.ts';
import type { AssistSettings } from './settings.ts';
import {
  abort,
  createWithPage,
  createWithQr,
  logIn,
  refund,
  refundFlat,
  type ServiceParts,
  takeAtTill,
  tellResult,
  tellState,
} from './web-services.ts';

interface Service {
  serve(parts: ServiceParts, form: Form, nowMs: number): Told;
  /** The forms of its answer: another is refused before anything is done. */
  tells: readonly Wire[];
  /** For a form that names no `Format`; null: it must name one. */
  standard: Wire | null;
  /** Request elements that it knows. */
  elements?: readonly string[];
  /** The pair of a refusal stands in an exception inside the fault. */
  hasException?: true;
}

/** Serves one request; every refusal becomes a fault in the form of the answer. */
export function serveAssist(parts: ServiceParts, call: HttpCall, nowMs: number): HttpReply {
  const { settings } = parts;
  const service = serviceOf(settings, call.path);
  let wire = wireOfType(call);
  try {
    parts.refusals.check(call.path);
    if (call.method === 'POST' && call.path === '/api/v1/auth/login.cfm') return jsonReply(200, logIn(parts, call));
    if (call.method === 'POST' && call.path === '/api/v1/order/cancel.cfm') return jsonReply(200, abort(parts, call));
    if (call.method !== 'POST' || service === undefined) throw PROBLEMS.unknownPath();
    const asked = readAsked(call, service.standard);
    if (asked === null) throw PROBLEMS.badRequest('a form, a JSON object or an envelope is expected');
    wire = asked.wire;
    if (!service.tells.includes(wire)) throw PROBLEMS.format();
    if (asked.element !== null && service.elements?.includes(asked.element) !== true)
      throw PROBLEMS.badRequest('element');
    if (asked.form.hasCardData) throw PROBLEMS.cardData();
    return toldReply(service.serve(parts, asked.form, nowMs), wire);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return faultReply(error, settings, wire, service?.hasException === true);
  }
}

function serviceOf({ sbpQr, xposPath }: AssistSettings, path: string): Service | undefined {
  if (path === sbpQr.path) return { serve: sealed(createWithQr), tells: ['json'], standard: null };
  if (path === xposPath) return { serve: sealed(takeAtTill), tells: ['json'], standard: null };
  return SERVICES[path];
}

/** Whoever calls must be the merchant. */
function sealed(serve: Service['serve']): Service['serve'] {
  return (parts, form, nowMs) => {
    parts.gate.checkMerchant(form);
    return serve(parts, form, nowMs);
  };
}

const ALL: readonly Wire[] = ['json', 'xml', 'soap'];

const SERVICES: Record<string, Service> = {
  '/pay/payrequest.cfm': { serve: sealed(createWithPage), tells: ['json'], standard: null },
  '/orderresult/orderresult.cfm': {
    serve: sealed(tellResult),
    tells: ALL,
    standard: 'soap',
    elements: ['orderresult'],
  },
  '/orderstate/orderstate.cfm': { serve: sealed(tellState), tells: ALL, standard: 'soap', elements: ['orderstate'] },
  '/cancel/wscancel.cfm': {
    serve: sealed(refund),
    tells: ['json', 'soap'],
    standard: 'soap',
    elements: ['WSCancelRequestParams'],
    hasException: true,
  },
  '/cancel/cancel.cfm': { serve: sealed(refundFlat), tells: ALL, standard: 'soap' },
  '/registration/mobileregistration.cfm': {
    serve: register,
    tells: ['soap'],
    standard: null,
    elements: ['getRegistration'],
  },
  '/mpos/mobilepayment.cfm': {
    serve: sealed(payByApplication),
    tells: ['soap'],
    standard: null,
    elements: ['payment'],
  },
  '/mpos/mobilecancel.cfm': {
    serve: sealed(cancelByApplication),
    tells: ['soap'],
    standard: null,
    elements: ['WSCancelRequestParams'],
    hasException: true,
  },
  '/orderresult/mobileorderresult.cfm': {
    serve: tellApplication,
    tells: ['soap'],
    standard: null,
    elements: ['orderresult'],
  },
  // It takes what a chip has answered: card data, of which a register has none.
  '/xpos/emvresult.cfm': { serve: refuseCard, tells: ALL, standard: null, elements: ['emvresult'] },
};

function refuseCard(): never {
  throw PROBLEMS.cardData();
}
