/**
 * Names of servers to addresses, by the system's own way (`/etc/hosts` included), so that a DNS that hangs holds up as little as
 * possible: one question at a time for a name, and the address that was right before while there is no answer (ADR 0024).
 */
import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';

export interface HostAddress {
  address: string;
  family: number;
}

export type ResolveHost = (host: string) => Promise<HostAddress[]>;

/** How long an answer is waited for when an earlier one is known: shorter than any limit of a look-up that can be set. */
const PATIENCE_MS = 800;

export class HostNames {
  readonly #resolve: ResolveHost;
  readonly #asked = new Map<string, Promise<HostAddress[]>>();
  readonly #known = new Map<string, HostAddress[]>();

  constructor(resolve: ResolveHost = (host) => systemLookup(host, { all: true, verbatim: true })) {
    this.#resolve = resolve;
  }

  /**
   * @returns all its addresses, in the order they are to be tried
   * @throws the system's error when there is none, and none was known
   */
  async addressesOf(host: string): Promise<HostAddress[]> {
    const known = this.#known.get(host);
    const asked = this.#ask(host);
    if (known === undefined) return asked;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<HostAddress[]>((resolve) => {
      timer = setTimeout(() => resolve(known), PATIENCE_MS);
    });
    try {
      return await Promise.race([asked, patience]);
    } catch (error) {
      // A name that is gone is gone; only "nobody answers" says nothing of it.
      if (codeOf(error).startsWith('EAI_')) return known;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** For sockets: `lookup` of their options. */
  readonly lookup: LookupFunction = (host, options, done) => {
    this.addressesOf(host).then(
      (all) => {
        const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0);
        const fitting = all.filter((one) => family === 0 || one.family === family);
        const [first] = fitting;
        if (first === undefined) {
          done(Object.assign(new Error(`no address of family ${family}`), { code: 'ENOTFOUND' }), '');
        } else if (options.all === true) done(null, fitting);
        else done(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => done(error, ''),
    );
  };

  #ask(host: string): Promise<HostAddress[]> {
    const running = this.#asked.get(host);
    if (running !== undefined) return running;
    const asked = this.#resolve(host)
      .then((found) => {
        this.#known.set(host, found);
        return found;
      })
      .finally(() => this.#asked.delete(host));
    this.#asked.set(host, asked);
    // Who asked may have gone on with the known address.
    asked.catch(() => undefined);
    return asked;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
