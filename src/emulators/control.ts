/** The control plane of an emulator: a second port, so that it stays reachable while the API port is closed. */
import { BUYER_NAMES, type BuyerName, isBuyerName } from './buyer-name.ts';
import type { SteerableClock } from './clock.ts';
import { FAULT_KINDS, type Fault, type FaultOptions, type FaultPlan, isFaultKind } from './faults.ts';
import type { FaultyApi } from './faulty-api.ts';
import { type HttpServer, jsonReply, sendReply, startHttpServer } from './http-server.ts';
import { Problem } from './problem.ts';

/** A control request that cannot be done; the text goes back as `{"error"}`. */
export function controlProblem(text: string, status = 400): Problem {
  return new Problem(status, text, null);
}

export type ControlBody = Record<string, unknown>;
/** `GET ledger` or `POST buyer` -> what to do; the result goes back as JSON, `undefined` as `{}`. */
export type ControlRoutes = Record<string, (body: ControlBody) => unknown>;

const BODY_CAP_BYTES = 256 * 1024;

/** Starts the control port; paths are below `/control/`. */
export function startControlServer(host: string, port: number, routes: ControlRoutes): Promise<HttpServer> {
  const table = new Map(Object.entries(routes));
  return startHttpServer({
    host,
    port,
    bodyCapBytes: BODY_CAP_BYTES,
    respond: async (call) => {
      try {
        const route = table.get(`${call.method} ${call.path.replace(/^\/control\//, '')}`);
        if (route === undefined) throw controlProblem('no such control', 404);
        sendReply(call.response, jsonReply(200, (await route(readObject(call.body))) ?? {}));
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        sendReply(call.response, jsonReply(error.status, { error: error.message }));
      }
    },
  });
}

function readObject(body: string | null): ControlBody {
  if (body === '') return {};
  try {
    const value: unknown = JSON.parse(body ?? '');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as ControlBody;
  } catch {
    // Falls through to the one refusal.
  }
  throw controlProblem('the body must be a JSON object');
}

/** A text field of a control body. */
export function textField(body: ControlBody, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || value === '') throw controlProblem(`"${name}" must be a text`);
  return value;
}

/** A whole number of a control body, or `fallback` where it is absent. */
export function wholeField<Fallback>(body: ControlBody, name: string, fallback: Fallback): number | Fallback {
  const value = body[name];
  if (value === undefined) return fallback;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw controlProblem(`"${name}" must be a whole number`);
  }
  return value;
}

/** The buyer a control body names. */
export function buyerField(body: ControlBody): BuyerName {
  const name = textField(body, 'name');
  if (!isBuyerName(name)) throw controlProblem(`unknown buyer, one of: ${BUYER_NAMES.join(', ')}`);
  return name;
}

/** What every payment emulator can be told: network faults, the clock, the log of requests. */
export function networkControls(clock: SteerableClock, faults: FaultPlan, api: FaultyApi): ControlRoutes {
  return {
    'GET requests': () => api.requests(),
    'POST clock': (body) => {
      clock.advance(wholeField(body, 'advanceMs', 0));
      return { nowMs: clock.now() };
    },
    'POST fault': (body) => planFault(clock, faults, api, textField(body, 'kind'), faultOptions(body)),
  };
}

/** Plans a fault by name; `none` clears all of them and opens the port again. */
export async function planFault(
  clock: SteerableClock,
  faults: FaultPlan,
  api: FaultyApi,
  kind: string,
  options: FaultOptions,
): Promise<void> {
  if (kind === 'none') {
    faults.clear();
    return api.reopen();
  }
  if (!isFaultKind(kind)) throw controlProblem(`unknown fault, one of: none, ${FAULT_KINDS.join(', ')}`);
  const fault: Fault = { ...options, kind };
  if (kind !== 'refuse') return faults.add(fault);
  await api.shut();
  if (fault.ms !== undefined) clock.setTimeout(() => void api.reopen().catch(() => undefined), fault.ms);
}

function faultOptions(body: ControlBody): FaultOptions {
  const options: FaultOptions = {};
  const times = wholeField(body, 'times', undefined);
  const ms = wholeField(body, 'ms', undefined);
  if (times !== undefined) options.times = times;
  if (ms !== undefined) options.ms = ms;
  if (body.path !== undefined) options.path = textField(body, 'path');
  if (body.method !== undefined) options.method = textField(body, 'method');
  if (typeof body.processed === 'boolean') options.processed = body.processed;
  return options;
}
