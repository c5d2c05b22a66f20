/**
 * The only door to the payment servers, and the only file that knows got. It decides nothing but one thing: whether a
 * request without a reply certainly never left (terminal.md 7).
 */
import type { Got } from 'got';
import { BAD_ADDRESS, isCertificateCode, NOT_HTTPS } from './answer-words.ts';
import type { HttpReply, HttpRequest, NoReply } from './driver.ts';

/**
 * A JSON bomb must not reach the reader (reliability.md 8). Only a GET may answer with a list: the report of a busy
 * shift (oplati.md 3.6) is far longer than any answer to a POST.
 */
const BODY_CAP_BYTES: Record<HttpRequest['method'], number> = {
  GET: 2 * 1024 * 1024,
  POST: 256 * 1024,
  PUT: 256 * 1024,
};

export interface HttpSenderOptions {
  /** Extra trust anchors (PEM) for a server with a certificate of its own. */
  ca?: string | string[];
  /** Hosts besides loopback that may be reached without TLS. */
  allowPlainHttpHosts?: string[];
  /** Something is wrong with the set-up, not with the network: a certificate, an address without TLS. No secrets. */
  onAlarm?: (text: string) => void;
}

export type HttpResult = { reply: HttpReply } | { noReply: NoReply };

export interface HttpSender {
  /** Loads got, so that the first payment does not wait for it. */
  warmUp(): Promise<void>;
  /**
   * Sends once: no retry, no redirect, a socket of its own. Never throws. Every status is a reply; a reply that is cut
   * or too long is none, and says which of the two.
   */
  send(request: HttpRequest): Promise<HttpResult>;
}

export function createHttpSender(options: HttpSenderOptions = {}): HttpSender {
  let got: Promise<Got> | null = null;

  /** Loaded at the first payment, like Node's own http: the first screen must not wait for them. */
  function loadGot(): Promise<Got> {
    got ??= Promise.all([import('got'), import('node:http'), import('node:https')]).then(([module, http, https]) =>
      module.got.extend({
        retry: { limit: 0 },
        followRedirect: false,
        throwHttpErrors: false,
        // A compressed bomb grows after the cap has counted it.
        decompress: false,
        // On a kept-alive socket nobody can tell whether a request left.
        agent: { http: new http.Agent({ keepAlive: false }), https: new https.Agent({ keepAlive: false }) },
        https: { rejectUnauthorized: true, ...(options.ca === undefined ? {} : { certificateAuthority: options.ca }) },
        headers: { 'user-agent': 'kassa' },
      }),
    );
    return got;
  }

  function alarm(text: string): void {
    options.onAlarm?.(text);
  }

  async function send(request: HttpRequest): Promise<HttpResult> {
    const { tag } = request;
    const refusal = refusalOf(request.url, options.allowPlainHttpHosts ?? []);
    if (refusal !== null) {
      alarm(refusal.text);
      return { noReply: { tag, kind: 'notSent', code: refusal.code } };
    }
    const isSecure = new URL(request.url).protocol === 'https:';
    let stream: ReturnType<Got['stream']> | null = null;
    try {
      const client = await loadGot();
      stream = client.stream(request.url, {
        method: request.method,
        headers: request.headers,
        // A PUT without a body would wait for somebody to write one, and never leave.
        ...(request.method === 'GET' ? {} : { body: request.body ?? '' }),
        // How long the answer may take is the driver's to say (Assist: 20 s; settings may allow more).
        timeout: { lookup: 3_000, connect: 3_000, secureConnect: 5_000, request: request.timeoutMs },
      });
      const reply = await readReply(stream, BODY_CAP_BYTES[request.method]);
      return reply === 'tooLarge' ? { noReply: { tag, kind: 'tooLarge' } } : { reply: { tag, ...reply } };
    } catch (error) {
      const code = codeOf(error);
      const timings = stream?.timings;
      const isConnected = (isSecure ? timings?.secureConnect : timings?.connect) !== undefined;
      if (isSecure && !isConnected && isCertificateCode(code)) {
        alarm(`TLS certificate of ${hostOf(request.url)} refused: ${code}`);
      }
      const kind = code.startsWith('HPE_') ? 'notHttp' : isConnected ? 'lost' : 'notSent';
      return { noReply: { tag, kind, ...(code === '' ? {} : { code }) } };
    } finally {
      stream?.destroy();
    }
  }

  return {
    warmUp: async () => {
      await loadGot();
    },
    send,
  };
}

async function readReply(
  stream: ReturnType<Got['stream']>,
  capBytes: number,
): Promise<{ status: number; body: string } | 'tooLarge'> {
  let status: number | null = null;
  stream.on('response', (response: { statusCode: number }) => {
    status = response.statusCode;
  });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > capBytes) return 'tooLarge';
    chunks.push(bytes);
  }
  if (status === null) throw new Error('no response');
  return { status, body: Buffer.concat(chunks).toString('utf8') };
}

/** Secrets and receipts go over TLS; without it only to this machine (reliability.md 8, "TLS off"). */
function refusalOf(url: string, plainHosts: string[]): { code: string; text: string } | null {
  if (!URL.canParse(url)) return { code: BAD_ADDRESS, text: 'the address of a payment server is not a URL' };
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:') return null;
  if (protocol !== 'http:') {
    return { code: BAD_ADDRESS, text: `the address of a payment server has the scheme ${protocol}` };
  }
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
  const isAllowed = isLoopback || plainHosts.includes(hostname);
  return isAllowed ? null : { code: NOT_HTTPS, text: `plain http to ${hostname} refused: use https` };
}

function hostOf(url: string): string {
  return new URL(url).host;
}

/** Nothing but a code: the words of an error may have a body or an address in them. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return /^[A-Z][A-Z0-9_]{1,59}$/.test(code) ? code : '';
}
