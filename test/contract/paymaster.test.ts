/** PayMaster СБП against the whole contract: a new QR and a plate, both answers to a repeated key. */
import { VirtualClock } from '../../src/emulators/clock.ts';
import { type PaymasterEmulatorOptions, startPaymasterEmulator } from '../../src/emulators/paymaster/server.ts';
import type { Dialect } from '../../src/emulators/paymaster/settings.ts';
import type { HttpRequest } from '../../src/payments/driver.ts';
import { paymasterDriver } from '../../src/payments/providers/paymaster/driver.ts';
import { PAYMASTER_DEFAULTS, type PaymasterSettings } from '../../src/payments/providers/paymaster/settings.ts';
import { type Counterpart, waitsForClock } from './counterpart.ts';
import { describeDriver } from './driver-suite.ts';

const STARTED_AT_MS = Date.parse('2030-01-15T10:00:05+03:00');
const TOKEN = 'CANARY-token-2c81';
const MERCHANT = '00000000-0000-4000-8000-000000000001';
/** The plate every emulator has (vector P-2). */
const STICKER = 'stk-test-1';
/** Where the suite's faults strike. */
const PLACES = {
  session: { path: '/none' },
  sale: { path: '/payments', method: 'POST' },
  reversal: { path: '/refunds', method: 'POST' },
  report: { method: 'GET' },
};

async function beginPaymaster(
  options: PaymasterEmulatorOptions,
  settings: Partial<PaymasterSettings>,
): Promise<Counterpart> {
  const clock = new VirtualClock(STARTED_AT_MS);
  const emulator = await startPaymasterEmulator({ clock, token: TOKEN, merchantId: MERCHANT, ...options });
  /** Null = nothing is held in this test, and the log need not be read. */
  let delayMs: number | null = null;
  const isPostTo = ({ method, url }: HttpRequest, path: string) => method === 'POST' && url.endsWith(path);
  return {
    clock,
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

/** Nobody has paid a bill whose link he never saw: then it is cancelled. */
const endsUnseen = () => ['approved', 'refused', 'cancelled', 'timeout', 'notRegistered'];

/** What a server does in another way than the published one; what is lost must be found in each (paymaster.md 12). */
const DIALECTS: [name: string, dialect: Partial<Dialect>][] = [
  ['a repeat is a violation', { idempotency: 'violation' }],
  ['a repeat is a violation, told with 400', { idempotency: 'violation', conflictStatus: 400 }],
  ['the link comes with a later reading', { linkAt: 'read' }],
  ['whole rows, page by page', { listRows: 'full', pageSize: 2 }],
  ['rows without an order number', { listRows: 'unnamed' }],
  ['the old forms', { confirmationType: 'ExternalPayment', cancelAnswer: 'object', refundList: 'merchantOnly' }],
  ['sums as text', { amountForm: 'text', hasMilliseconds: true }],
];

/** A link that is told once, and lost with the answer, nobody can see: the bill is cancelled, unless its buyer was faster (8.2). */
const endsWithoutLink = (hasArrived: boolean) => (hasArrived ? ['approved', 'notRegistered'] : ['approved']);
/** It is read again, or the same POST is repeated. */
const alwaysApproved = () => ['approved'];

describeDriver({
  driver: paymasterDriver,
  canaries: [TOKEN],
  ways: [
    {
      name: 'a new QR',
      online: true,
      begin: () => beginPaymaster({}, {}),
      endsAfterLostSale: alwaysApproved,
    },
    ...DIALECTS.map(([name, dialect]) => ({
      name: `a new QR, ${name}`,
      online: true,
      begin: () => beginPaymaster(dialect, {}),
      endsAfterLostSale: dialect.linkAt === 'read' ? endsUnseen : alwaysApproved,
      isPaidOnlyWhenSeen: dialect.linkAt === 'read',
      isUnlisted: dialect.listRows === 'unnamed',
    })),
    {
      name: 'a new QR, its link is told once',
      online: true,
      begin: () => beginPaymaster({ hasLinkOnRead: false }, {}),
      endsAfterLostSale: endsWithoutLink,
    },
    {
      name: 'a plate',
      online: true,
      begin: () => beginPaymaster({}, { stickerId: STICKER, display: 2 }),
      // Its link is on the plate, whatever became of the answer.
      endsAfterLostSale: () => ['approved'],
      isReturnedAsAnother: true,
    },
  ],
});
