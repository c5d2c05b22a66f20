/** PayMaster as the other side of the contract suite. */
import { VirtualClock } from '../../src/emulators/clock.ts';
import {
  type PaymasterEmulator,
  type PaymasterEmulatorOptions,
  startPaymasterEmulator,
} from '../../src/emulators/paymaster/server.ts';
import type { HttpRequest } from '../../src/payments/driver.ts';
import { PAYMASTER_DEFAULTS, type PaymasterSettings } from '../../src/payments/providers/paymaster/settings.ts';
import { type Counterpart, waitsForClock } from './counterpart.ts';

const STARTED_AT_MS = Date.parse('2030-01-15T10:00:05+03:00');
export const TOKEN = 'CANARY-token-2c81';
const MERCHANT = '00000000-0000-4000-8000-000000000001';
/** Where the suite's faults strike. */
const PLACES = {
  session: { path: '/none' },
  sale: { path: '/payments', method: 'POST' },
  reversal: { path: '/refunds', method: 'POST' },
  report: { method: 'GET' },
};

export async function beginPaymaster(
  options: PaymasterEmulatorOptions,
  settings: Partial<PaymasterSettings>,
): Promise<Counterpart & { emulator: PaymasterEmulator }> {
  const clock = new VirtualClock(STARTED_AT_MS);
  const emulator = await startPaymasterEmulator({ clock, token: TOKEN, merchantId: MERCHANT, ...options });
  /** Null = nothing is held in this test, and the log need not be read. */
  let delayMs: number | null = null;
  const isPostTo = ({ method, url }: HttpRequest, path: string) => method === 'POST' && url.endsWith(path);
  return {
    clock,
    emulator,
    settings: {
      ...PAYMASTER_DEFAULTS,
      url: emulator.url,
      token: TOKEN,
      merchantId: MERCHANT,
      ...settings,
    },
    token: null,
    usedCodes: new Set(),
    books: () =>
      emulator
        .ledger()
        .filter(({ status }) => status === 'Settled' || status === 'Success')
        .map(({ kind, orderNumber, sumKopecks, sourceOrderNumber = null }) => ({
          orderNumber,
          kind: kind === 'payment' ? 'sale' : 'reversal',
          sumKopecks,
          sourceOrderNumber,
        })),
    salesAsked(orderNumber) {
      // The same bytes under the same key are one request; two keys would stand twice in the ledger.
      const asked = emulator.requests().filter(({ method, path }) => method === 'POST' && path === '/payments');
      const bodies = asked.filter(({ body }) => numberIn(body) === orderNumber).map(({ body }) => JSON.stringify(body));
      const made = emulator.ledger().filter((row) => row.kind === 'payment' && row.orderNumber === orderNumber);
      return Math.max(new Set(bodies).size, made.length);
    },
    buyer: (name) => emulator.setBuyer(name),
    fault(kind, at, times = 1, more = {}) {
      if (kind === 'delay' || kind === 'slow-drip') delayMs = more.ms ?? 15_000;
      return emulator.fault(kind, times, { ...PLACES[at], ...more });
    },
    isSale: (request) => isPostTo(request, '/payments'),
    isReversal: (request) => isPostTo(request, '/refunds'),
    requestCount: () => (delayMs === null ? 0 : emulator.requests().length),
    isHeld({ method, url }, since) {
      const heldMs = delayMs;
      if (heldMs === null) return false;
      const log = emulator.requests().slice(since);
      return log.some(
        (one) => one.method === method && url.endsWith(one.path) && waitsForClock(one, clock.now(), heldMs),
      );
    },
    buyerCode: () => '',
    close: () => emulator.close(),
  };
}

function numberIn(body: unknown): string {
  return (body as { invoice?: { orderNo?: string } } | null)?.invoice?.orderNo ?? '';
}
