/** О!плати as the other side of the contract suite. */
import { VirtualClock } from '../../src/emulators/clock.ts';
import { type OplatiEmulator, startOplatiEmulator } from '../../src/emulators/oplati/server.ts';
import type { Dialect } from '../../src/emulators/oplati/settings.ts';
import type { HttpRequest } from '../../src/payments/driver.ts';
import { OPLATI_DEFAULTS, type OplatiMode, type OplatiSettings } from '../../src/payments/providers/oplati/settings.ts';
import { type Counterpart, waitsForClock } from './counterpart.ts';

const STARTED_AT_MS = Date.parse('2023-08-22T17:14:05+03:00');
export const REG_NUM = 'OPL000000002';
export const TOKEN = 'CANARY-token-7f3a91';
export const PASSWORD = 'CANARY-password-55c2';
const SALE = '/pos/payments';
const REVERSAL = '/reversals';
/** Where the suite's faults strike. How a payment stands is asked of itself, then of the report. */
const PLACES = {
  session: { path: '/pos/demandPayment', method: 'POST' },
  sale: { path: SALE, method: 'POST' },
  reversal: { path: REVERSAL, method: 'POST' },
  report: { path: '/pos/payment', method: 'GET' },
};

export async function beginOplati(
  mode: OplatiMode,
  secret: 'token' | 'password',
  dialect: Partial<Dialect> = {},
): Promise<Counterpart & { emulator: OplatiEmulator }> {
  const clock = new VirtualClock(STARTED_AT_MS);
  const emulator = await startOplatiEmulator({
    clock,
    ...dialect,
    loyaltyCards: [{ cardNumber: '9900000000017', programName: 'Тест' }],
    ...(secret === 'token'
      ? { tokens: { [REG_NUM]: TOKEN } }
      : { registers: [{ regNum: REG_NUM, password: PASSWORD }] }),
  });
  let codes = 0;
  /** Null = nothing is held in this test, and the log need not be read. */
  let delayMs: number | null = null;
  return {
    clock,
    emulator,
    settings: {
      ...OPLATI_DEFAULTS,
      // Fewer questions in the same time: a restart is tried at every step.
      paymentPollMs: 20_000,
      // And few looks on the watch list: what it finds is as true after an hour as after three days.
      watchFirstMs: 600_000,
      watchForMs: 3_600_000,
      url: emulator.url,
      regNum: REG_NUM,
      mode,
      password: secret === 'password' ? PASSWORD : null,
      ...(dialect.names === 'other' ? OTHER_NAMES : {}),
    },
    token: secret === 'token' ? TOKEN : null,
    usedCodes: new Set(),
    books() {
      const rows = emulator.ledger();
      const numbers = new Map(rows.map(({ paymentId, orderNumber }) => [paymentId, orderNumber]));
      const done = rows.filter(({ status }) => status === 1);
      return done.map((row) => ({
        orderNumber: row.orderNumber,
        kind: row.paymentType === 1 ? ('sale' as const) : ('reversal' as const),
        sumKopecks: row.sumKopecks,
        sourceOrderNumber: numbers.get(row.sourcePaymentId ?? 0) ?? null,
      }));
    },
    salesAsked: (orderNumber) =>
      emulator
        .requests()
        .filter(({ method, path, body }) => method === 'POST' && path === SALE && numberIn(body) === orderNumber)
        .length,
    buyer: (name) => emulator.setBuyer(name),
    fault: (kind, at, times = 1, more = {}) => {
      if (kind === 'delay' || kind === 'slow-drip') delayMs = more.ms ?? 15_000;
      return emulator.fault(kind, times, { ...PLACES[at], ...more });
    },
    isSale: ({ url }: HttpRequest) => url.endsWith(SALE),
    isReversal: ({ url }: HttpRequest) => url.endsWith(REVERSAL),
    requestCount: () => (delayMs === null ? 0 : emulator.requests().length),
    isHeld({ method, url }, since) {
      const heldMs = delayMs;
      if (heldMs === null) return false;
      const log = emulator.requests().slice(since);
      return log.some(
        (one) => one.method === method && url.endsWith(one.path) && waitsForClock(one, clock.now(), heldMs),
      );
    },
    buyerCode: () => `o-plati://o-buyer/one/${String(++codes).padStart(27, 'C')}=`,
    close: () => emulator.close(),
  };
}

/** `oplati.conf` for the emulator's dialect `names: other`. */
const OTHER_NAMES: Partial<OplatiSettings> = {
  tokenPath: '/pos/registers/token',
  tokenHeader: 'X-Pos-Token',
  paymentModes: { 0: 0, 1: 1, 2: 2 },
  confirmCodeField: 'code',
  buyerQrField: 'qr',
  loyaltyCardNumberField: 'number',
};

function numberIn(body: unknown): string {
  return (body as { orderNumber?: string } | null)?.orderNumber ?? '';
}
