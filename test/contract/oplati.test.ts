/** О!плати against the whole contract, in its three modes. */
import { VirtualClock } from '../../src/emulators/clock.ts';
import { startOplatiEmulator } from '../../src/emulators/oplati/server.ts';
import type { HttpRequest } from '../../src/payments/driver.ts';
import { oplatiDriver } from '../../src/payments/providers/oplati/driver.ts';
import { OPLATI_DEFAULTS, type OplatiMode } from '../../src/payments/providers/oplati/settings.ts';
import type { Counterpart } from './counterpart.ts';
import { describeDriver } from './driver-suite.ts';

const STARTED_AT_MS = Date.parse('2023-08-22T17:14:05+03:00');
const TOKEN = 'CANARY-token-7f3a91';
const PASSWORD = 'CANARY-password-55c2';
const PATHS = {
  session: '/pos/demandPayment',
  sale: '/pos/payments',
  reversal: '/reversals',
  report: '/pos/paymentReports',
};

async function beginOplati(mode: OplatiMode, secret: 'token' | 'password'): Promise<Counterpart> {
  const clock = new VirtualClock(STARTED_AT_MS);
  const regNum = 'OPL000000002';
  const emulator = await startOplatiEmulator({
    clock,
    loyaltyCards: [{ cardNumber: '9900000000017', programName: 'Тест' }],
    ...(secret === 'token' ? { tokens: { [regNum]: TOKEN } } : { registers: [{ regNum, password: PASSWORD }] }),
  });
  let codes = 0;
  return {
    clock,
    settings: {
      ...OPLATI_DEFAULTS,
      // Fewer questions in the same time: a restart is tried at every step.
      paymentPollMs: 20_000,
      url: emulator.url,
      regNum,
      mode,
      password: secret === 'password' ? PASSWORD : null,
    },
    token: secret === 'token' ? TOKEN : null,
    usedCodes: new Set(),
    books() {
      const rows = emulator.ledger();
      const done = rows.filter(({ status }) => status === 1);
      return done.map((row) => ({
        orderNumber: row.orderNumber,
        kind: row.paymentType === 1 ? ('sale' as const) : ('reversal' as const),
        sumKopecks: row.sumKopecks,
        sourceOrderNumber: rows.find(({ paymentId }) => paymentId === row.sourcePaymentId)?.orderNumber ?? null,
      }));
    },
    salesAsked: (orderNumber) =>
      emulator
        .requests()
        .filter(({ method, path, body }) => method === 'POST' && path === PATHS.sale && numberIn(body) === orderNumber)
        .length,
    buyer: (name) => emulator.setBuyer(name),
    fault: (kind, at, times = 1, more = {}) => {
      const method = at === 'report' ? {} : { method: 'POST' };
      return emulator.fault(kind, times, { path: PATHS[at], ...method, ...more });
    },
    isSale: ({ url }: HttpRequest) => url.endsWith(PATHS.sale),
    isReversal: ({ url }: HttpRequest) => url.endsWith(PATHS.reversal),
    requestCount: () => emulator.requests().length,
    isHeld: ({ url, method }, since) =>
      emulator
        .requests()
        .slice(since)
        .some(
          (one) => one.method === method && url.endsWith(one.path) && ['delay', 'slow-drip'].includes(one.fault ?? ''),
        ),
    buyerCode: () => `o-plati://o-buyer/one/${String(++codes).padStart(27, 'C')}=`,
    close: () => emulator.close(),
  };
}

function numberIn(body: unknown): string {
  return (body as { orderNumber?: string } | null)?.orderNumber ?? '';
}

describeDriver({
  driver: oplatiDriver,
  canaries: [TOKEN, PASSWORD],
  hasSession: true,
  ways: [
    ...([0, 1, 2] as const).map((mode) => ({
      name: `mode ${mode}, token`,
      online: true,
      begin: () => beginOplati(mode, 'token'),
    })),
    { name: 'mode 2, password', online: true, begin: () => beginOplati(2, 'password') },
  ],
});
