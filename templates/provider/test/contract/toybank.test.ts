/** Toybank against the whole contract. */
import { VirtualClock } from '../../src/emulators/clock.ts';
import { startToybank } from '../../src/emulators/toybank/server.ts';
import type { HttpRequest } from '../../src/payments/driver.ts';
import { toybankDriver } from '../../src/payments/providers/toybank/driver.ts';
import { TOYBANK_DEFAULTS } from '../../src/payments/providers/toybank/settings.ts';
import type { Counterpart } from './counterpart.ts';
import { describeDriver } from './driver-suite.ts';

const TOKEN = 'CANARY-token-7f3a91';
/** Where the suite's faults strike. */
const PLACES = {
  session: { path: '/none' },
  sale: { path: '/payments', method: 'POST' },
  reversal: { path: '/refunds', method: 'POST' },
  report: { path: '/payments/', method: 'GET' },
};

async function begin(): Promise<Counterpart> {
  const clock = new VirtualClock(Date.parse('2023-08-22T17:14:05+03:00'));
  const emulator = await startToybank({ clock, token: TOKEN });
  const isPostTo = (request: HttpRequest, path: string) => request.method === 'POST' && request.url.endsWith(path);
  return {
    clock,
    // Fewer questions in the same time: a restart is tried at every step.
    settings: { ...TOYBANK_DEFAULTS, url: emulator.url, token: TOKEN, pollMs: 15_000 },
    token: null,
    usedCodes: new Set(),
    books: () =>
      emulator
        .ledger()
        .filter(({ status }) => status === 'paid' || status === 'returned')
        .map(({ orderNumber, kind, sumKopecks, sourceOrderNumber }) => ({
          orderNumber,
          kind: kind === 'payment' ? 'sale' : 'reversal',
          sumKopecks,
          sourceOrderNumber,
        })),
    salesAsked: (orderNumber) =>
      emulator
        .requests()
        .filter(({ method, path }) => method === 'POST' && path === '/payments')
        .filter(({ body }) => (body as { orderNumber: string }).orderNumber === orderNumber).length,
    buyer: (name) => emulator.setBuyer(name),
    fault: (kind, at, times = 1, more = {}) => emulator.fault(kind, times, { ...PLACES[at], ...more }),
    isSale: (request) => isPostTo(request, '/payments'),
    isReversal: (request) => isPostTo(request, '/refunds'),
    requestCount: () => emulator.requests().length,
    isHeld: ({ method, url }, since) =>
      emulator
        .requests()
        .slice(since)
        .filter(({ fault }) => fault === 'delay' || fault === 'slow-drip')
        .some((one) => one.method === method && url.endsWith(one.path)),
    buyerCode: () => '',
    close: () => emulator.close(),
  };
}

describeDriver({
  driver: toybankDriver,
  canaries: [TOKEN],
  ways: [{ name: 'over HTTP', online: true, begin }],
});
