/** One answer, or one refusal, in the three forms a server can put it in (assist.md 3, 6, 15). */
import { type HttpReply, jsonReply } from '../http-server.ts';
import type { Problem } from '../problem.ts';
import { type Codes, codesOf, faultBody } from './problems.ts';
import type { Wire } from './requests.ts';
import type { AssistSettings } from './settings.ts';
import { envelope, type XmlTree, xmlOf, xmlResult } from './soap.ts';

/** What a service tells, in the forms it can be told in. */
export interface Told {
  json?: unknown;
  /** Content of `result`, which counts the orders in it. */
  xml?: { count: number; orders: XmlTree };
  soap?: XmlTree;
}

/** @param wire one in which the service has said that it tells */
export function toldReply({ json, xml, soap }: Told, wire: Wire): HttpReply {
  if (wire === 'soap' && soap !== undefined) return xmlReply(200, envelope(soap));
  if (wire === 'xml' && xml !== undefined) {
    return xmlReply(200, xmlResult([0, 0], xml.count, xmlOf('', xml.orders)));
  }
  if (wire !== 'json' || json === undefined) throw new Error(`nothing to tell in ${wire}`);
  return jsonReply(200, json);
}

/** @param hasException the pair stands in an exception inside a SOAP fault */
export function faultReply(
  problem: Problem<Codes>,
  settings: AssistSettings,
  wire: Wire,
  hasException: boolean,
): HttpReply {
  const codes = codesOf(problem, settings.refusals);
  if (wire === 'json') return jsonReply(problem.status, faultBody(problem, settings));
  if (wire === 'xml') return xmlReply(200, xmlResult(codes, 0, ''));
  const [firstcode, secondcode] = codes;
  const fault: XmlTree = hasException
    ? { faultcode: 'SOAP-ENV:Client', faultstring: problem.message, detail: { WSException: { firstcode, secondcode } } }
    : { faultcode: firstcode, faultstring: secondcode };
  return xmlReply(problem.detail.soapStatus ?? settings.soapFaultStatus, envelope({ 'SOAP-ENV:Fault': fault }));
}

function xmlReply(status: number, body: string): HttpReply {
  return { status, contentType: 'text/xml; charset=utf-8', body };
}
