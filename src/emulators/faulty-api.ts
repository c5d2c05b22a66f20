/** The API port of an emulated payment server: one handler, the scripted faults around it, a log of what came. */
import type { ServerResponse } from 'node:http';
import type { EmulatorClock } from './clock.ts';
import { type EchoFaultKind, type Fault, type FaultKind, type FaultPlan, WRONG_ANSWERS } from './faults.ts';
import {
  cutConnection,
  type HttpCall,
  type HttpReply,
  type HttpServer,
  jsonReply,
  sendReply,
  startHttpServer,
} from './http-server.ts';

/** One request as it came. Headers are left out: they carry the secrets. */
export interface LoggedRequest {
  atMs: number;
  method: string;
  /** Path below the base of the API, with the query. */
  path: string;
  /** Parsed JSON where it is JSON, else the text. */
  body: unknown;
  /** Status the handler gave; null when the request was not processed. */
  status: number | null;
  fault: string | null;
}

export interface FaultyApiOptions {
  host: string;
  port: number;
  /** Taken off the path when present, so that the API answers with and without it. */
  basePath: string;
  clock: EmulatorClock;
  faults: FaultPlan;
  /** Must have stored every change before it returns: the answer leaves right after. */
  handle(call: HttpCall): HttpReply;
  /** What of a request may be kept; absent: all of it. Asked before it is, so that no secret stays in the memory. */
  logged?(request: LoggedRequest): LoggedRequest;
  /** The body with a wrong echo, or null when it holds nothing to spoil. */
  spoil(kind: EchoFaultKind, body: string): string | null;
}

export interface FaultyApi extends HttpServer {
  requests(): LoggedRequest[];
}

const BODY_CAP_BYTES = 1024 * 1024;
const LOG_LENGTH = 5000;
const DELAY_MS = 15_000;
const DRIP_MS = 1000;
const RETRY_AFTER_MS = 30_000;
const TOO_LARGE_BYTES = 3 * 1024 * 1024;
const HTML: Omit<HttpReply, 'status'> = {
  contentType: 'text/html; charset=utf-8',
  body: '<!doctype html><html><body><h1>Service temporarily unavailable</h1></body></html>\n',
};

/** Starts the API port. */
export async function startFaultyApi(options: FaultyApiOptions): Promise<FaultyApi> {
  const { clock, faults } = options;
  const log: LoggedRequest[] = [];

  const respond = (call: HttpCall): void => {
    const path = withoutBase(call.path, options.basePath);
    const search = call.query.size > 0 ? `?${call.query}` : '';
    const fault = faults.takeNetwork(call.method, path);
    const request: LoggedRequest = {
      atMs: clock.now(),
      method: call.method,
      path: path + search,
      body: readable(call.body),
      status: null,
      fault: fault?.kind ?? null,
    };
    const entry = options.logged?.(request) ?? request;
    log.push(entry);
    if (log.length > LOG_LENGTH) log.shift();
    if (fault?.kind === 'drop-request') {
      cutConnection(call.response);
      return;
    }
    if (fault !== null && !isProcessed(fault)) {
      answer(clock, call.response, UNPROCESSED, fault);
      return;
    }

    const reply = options.handle({ ...call, path });
    entry.status = reply.status;
    const spoiled = faults.spoilEcho(call.method, path, (kind) => {
      const body = reply.status === 200 ? options.spoil(kind, reply.body) : null;
      if (body !== null) entry.fault ??= kind;
      return body;
    });
    answer(clock, call.response, spoiled === null ? reply : { ...reply, body: spoiled }, fault);
  };

  const server = await startHttpServer({
    host: options.host,
    port: options.port,
    bodyCapBytes: BODY_CAP_BYTES,
    respond,
  });
  return { ...server, requests: () => structuredClone(log) };
}

const UNPROCESSED: HttpReply = { status: 503, ...HTML };

function isProcessed(fault: Fault): boolean {
  return fault.processed ?? !(WRONG_ANSWERS as readonly FaultKind[]).includes(fault.kind);
}

function answer(clock: EmulatorClock, response: ServerResponse, reply: HttpReply, fault: Fault | null): void {
  switch (fault?.kind) {
    case 'drop-reply':
      cutConnection(response);
      break;
    case 'delay':
      clock.setTimeout(() => sendReply(response, reply), fault.ms ?? DELAY_MS);
      break;
    case 'cut':
      cutInTheMiddle(response, reply);
      break;
    case 'slow-drip':
      drip(clock, response, reply, fault.ms ?? DRIP_MS);
      break;
    default:
      sendReply(response, (fault && wrongAnswer(fault)) ?? reply);
  }
}

/** What stands in the answer's place; null = the answer. */
function wrongAnswer({ kind, ms }: Fault): HttpReply | null {
  const status = Number(/^http-(\d{3})$/.exec(kind)?.[1] ?? 200);
  switch (kind) {
    case 'http-302':
      return { status, ...HTML, headers: { Location: 'https://portal.invalid/login' } };
    case 'http-403':
      return jsonReply(status, { message: 'Forbidden' });
    case 'http-429':
    case 'http-503': {
      const seconds = Math.ceil((ms ?? RETRY_AFTER_MS) / 1000);
      return { status, ...HTML, ...(seconds === 0 ? {} : { headers: { 'Retry-After': `${seconds}` } }) };
    }
    case 'http-401':
    case 'http-404':
    case 'http-500':
    case 'garbage':
    case 'portal':
      return { status, ...HTML };
    case 'strange-json':
      return jsonReply(status, { result: [{ id: 1, status: 'ok' }] });
    case 'too-large':
      return { status, contentType: 'application/json', body: `[${' '.repeat(TOO_LARGE_BYTES)}]` };
    default:
      return null;
  }
}

/** The head promises the whole. */
function cutInTheMiddle(response: ServerResponse, reply: HttpReply): void {
  const bytes = Buffer.from(reply.body, 'utf8');
  response.writeHead(reply.status, { 'Content-Type': reply.contentType, 'Content-Length': bytes.length + 1 });
  response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => cutConnection(response));
}

/** The head at once, then the body byte by byte: each read succeeds, only the whole never comes in time. */
function drip(clock: EmulatorClock, response: ServerResponse, reply: HttpReply, stepMs: number): void {
  const bytes = Buffer.from(reply.body, 'utf8');
  response.writeHead(reply.status, { 'Content-Type': reply.contentType, 'Content-Length': bytes.length });
  response.flushHeaders();
  const next = (sent: number): void => {
    clock.setTimeout(() => {
      if (response.destroyed) return;
      response.write(bytes.subarray(sent, sent + 1));
      if (sent + 1 >= bytes.length) response.end();
      else next(sent + 1);
    }, stepMs);
  };
  next(0);
}

function withoutBase(path: string, basePath: string): string {
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path;
}

function readable(body: string | null): unknown {
  if (body === null || body === '') return null;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
