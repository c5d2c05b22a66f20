/** Network and server faults that a test or a trainer scripts: what is broken, how often, on which requests. */

/** Answered by whoever stands between the till and the server: the request has no effect. */
export const WRONG_ANSWERS = [
  'http-302',
  'http-401',
  'http-403',
  'http-404',
  'http-429',
  'http-500',
  'http-503',
  'portal',
] as const;
const NETWORK_FAULTS = [
  ...WRONG_ANSWERS,
  'drop-request',
  'drop-reply',
  'delay',
  'garbage',
  'strange-json',
  'too-large',
  'cut',
  'slow-drip',
] as const;
const ECHO_FAULTS = ['wrong-sum', 'wrong-order'] as const;

/**
 * - `refuse`: the API port is closed, new connections get ECONNREFUSED. Attempts at a closed port cannot be counted, so
 *   `times` means nothing here: the port stays closed until `none` or until `ms` have passed.
 * - `drop-request`: the connection is cut, the request was not processed, nothing is stored.
 * - `drop-reply`: the request was processed and stored, the connection is cut instead of answering.
 * - `delay`: processed at once, answered after `ms`.
 * - `http-401`, `http-404`, `http-500`: HTML with that status, as of a wrong path or a proxy; not processed unless `processed` says so.
 * - `http-403`: JSON that no payment system says; the same.
 * - `http-302`: a redirect to another host; the same.
 * - `http-429`, `http-503`: HTML with `Retry-After` of `ms` (30000; 0 = without it); the same.
 * - `portal`: status 200 with the page of a captive portal; the same.
 * - `garbage`: status 200 with HTML; processed unless `processed` says no.
 * - `strange-json`: status 200 with JSON of another service; processed.
 * - `too-large`: status 200 with more than anybody reads; processed.
 * - `cut`: the answer breaks off in the middle; processed.
 * - `slow-drip`: processed; the answer comes one byte per `ms` (default a second).
 * - `wrong-sum`, `wrong-order`: processed; the answer echoes another sum or order number.
 */
export type FaultKind = (typeof NETWORK_FAULTS)[number] | (typeof ECHO_FAULTS)[number] | 'refuse';
export type NetworkFaultKind = (typeof NETWORK_FAULTS)[number];
export type EchoFaultKind = (typeof ECHO_FAULTS)[number];

export const FAULT_KINDS: readonly FaultKind[] = ['refuse', ...NETWORK_FAULTS, ...ECHO_FAULTS];

export interface FaultOptions {
  /** How many matching requests are hit; default 1. */
  times?: number;
  /** Only requests whose path contains this text. */
  path?: string;
  /** Only requests of this method. */
  method?: string;
  /** Length of `delay` (default 15000), `slow-drip` (default 1000 per byte), `Retry-After` (30000) and, if given, of `refuse`. */
  ms?: number;
  /** Whether the request takes effect. */
  processed?: boolean;
}

export interface Fault<Kind extends FaultKind = FaultKind> extends FaultOptions {
  kind: Kind;
}

interface Planned {
  fault: Fault;
  left: number;
}

/** Whether a text from outside names a fault. */
export function isFaultKind(text: string): text is FaultKind {
  return (FAULT_KINDS as readonly string[]).includes(text);
}

/** Faults wait in the order they were planned; a request is hit by the first that matches it. */
export class FaultPlan {
  private planned: Planned[] = [];

  add(fault: Fault): void {
    const left = fault.times ?? 1;
    if (left > 0) this.planned.push({ fault, left });
  }

  clear(): void {
    this.planned = [];
  }

  /** Takes the next network fault that matches, using it up once. */
  takeNetwork(method: string, path: string): Fault<NetworkFaultKind> | null {
    const hit = this.find(NETWORK_FAULTS, method, path);
    if (hit === undefined) return null;
    this.useUp(hit);
    return hit.fault as Fault<NetworkFaultKind>;
  }

  /**
   * Offers the next echo fault; it is used up only when `spoil` found something to spoil, so that a poll before the
   * payment does not waste it.
   */
  spoilEcho(method: string, path: string, spoil: (kind: EchoFaultKind) => string | null): string | null {
    const hit = this.find(ECHO_FAULTS, method, path);
    const spoiled = hit === undefined ? null : spoil(hit.fault.kind as EchoFaultKind);
    if (hit !== undefined && spoiled !== null) this.useUp(hit);
    return spoiled;
  }

  private find(kinds: readonly FaultKind[], method: string, path: string): Planned | undefined {
    return this.planned.find(
      ({ fault }) =>
        kinds.includes(fault.kind) &&
        (fault.path === undefined || path.includes(fault.path)) &&
        (fault.method === undefined || fault.method.toUpperCase() === method),
    );
  }

  private useUp(hit: Planned): void {
    hit.left -= 1;
    if (hit.left <= 0) this.planned = this.planned.filter((one) => one !== hit);
  }
}
