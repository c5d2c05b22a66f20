/** Assist against the whole contract, by each of its means. */
import { expect, it } from 'vitest';
import { type AssistEmulatorOptions, startAssistEmulator } from '../../src/emulators/assist/server.ts';
import type { Forms } from '../../src/emulators/assist/settings.ts';
import { VirtualClock } from '../../src/emulators/clock.ts';
import type { HttpRequest } from '../../src/payments/driver.ts';
import { assistDriver } from '../../src/payments/providers/assist/driver.ts';
import { ASSIST_DEFAULTS, type AssistSettings, type Means } from '../../src/payments/providers/assist/settings.ts';
import { assistOrderNumber } from '../../src/payments/providers/assist/wire.ts';
import { type CardPlan, playDevices } from './assist-devices.ts';
import { type Counterpart, heldKopecks, orderIn, sourceOf, waitsForClock } from './counterpart.ts';
import { describeDriver } from './driver-suite.ts';
import { play } from './machine-gateway.ts';

const STARTED_AT_MS = Date.parse('2030-01-15T10:00:05+03:00');
const PASSWORD = 'CANARY-password-55c2';
const SECRET_WORD = 'CANARY-word-91b0';
const XPOS = '/xpos/payment.cfm';
const MPOS = '/mpos/mobilepayment.cfm';
const CREATES = ['/pay/fastpay.cfm', '/pay/payrequest.cfm', XPOS, MPOS];
const CANCEL = '/cancel/wscancel.cfm';
/** Where the suite's faults strike; `.cfm` of СБП or of the till, whichever this means uses. */
const PLACES = { session: '/none', reversal: CANCEL, report: '/orderresult/orderresult.cfm' };

const CARDS: Record<Parameters<Counterpart['buyer']>[0], CardPlan> = {
  pays: { afterMs: 2_000, cardScenario: 'AS000' },
  // Between two questions of the register.
  slow: { afterMs: 23_000, cardScenario: 'AS000' },
  declines: { afterMs: 2_000, cardScenario: 'AS100' },
  poor: { afterMs: 2_000, cardScenario: 'AS102' },
  silent: { afterMs: null, cardScenario: 'AS000' },
};

interface Meant extends Counterpart {
  /** The next buyer presents the card only so long after. */
  delayCard(afterMs: number): void;
}

async function beginAssist(
  means: Means,
  settings: Partial<AssistSettings> = {},
  options: AssistEmulatorOptions = {},
): Promise<Meant> {
  const clock = new VirtualClock(STARTED_AT_MS);
  const emulator = await startAssistEmulator({ clock, password: PASSWORD, ...options });
  const isMpos = means === 'sbp' ? settings.sbpMode === 'mpos' : means === 'cash' && settings.cashMode === 'mpos';
  const salePath = isMpos ? MPOS : means === 'sbp' ? '/pay/' : XPOS;
  const orderNumbers = new Map<string, string>();
  let card = CARDS.pays;
  /** Null = nothing is held in this test, and the log need not be read. */
  let delayMs: number | null = null;
  const devices = playDevices(clock, { url: emulator.url, password: PASSWORD }, () => card);
  const requests = () => emulator.requests();
  const isHeld = (isIt: (path: string) => boolean, since: number) => {
    const heldMs = delayMs;
    if (heldMs === null) return false;
    const log = requests().slice(since);
    return log.some((one) => isIt(one.path) && waitsForClock(one, clock.now(), heldMs));
  };
  return {
    clock,
    settings: {
      ...ASSIST_DEFAULTS,
      sbpMode: 'direct',
      cashMode: 'form',
      serverUrl: emulator.url,
      merchantId: '123456',
      login: 'demo_user',
      password: PASSWORD,
      readerUrl: 'tcp:127.0.0.1:9',
      softPosProgram: 'softpos',
      // Fewer questions in the same time: a restart is tried at every step.
      pollMs: 10_000,
      settlePollMs: 20_000,
      watchForMs: 1_200_000,
      ...settings,
    },
    token: null,
    usedCodes: new Set(),
    option: means,
    orderNumber(label) {
      const known = orderNumbers.get(label) ?? assistOrderNumber(STARTED_AT_MS + 3 * 3_600_000 + orderNumbers.size);
      orderNumbers.set(label, known);
      return known;
    },
    books: () =>
      emulator
        .ledger()
        .filter(({ kind, state }) => kind === 'refund' || state === 'Approved')
        .map(({ kind, orderNumber, sumKopecks, sourceOrderNumber }) => ({
          orderNumber,
          kind: kind === 'payment' ? 'sale' : 'reversal',
          sumKopecks,
          sourceOrderNumber,
        })),
    salesAsked(orderNumber) {
      const asked = requests().filter(({ path, body }) => CREATES.includes(path) && numberIn(body) === orderNumber);
      // Cash may be told as often as one likes: the same number and sum are the same order (assist.md 12.7).
      return means === 'cash' ? new Set(asked.map(({ body }) => JSON.stringify(body))).size : asked.length;
    },
    buyer(name) {
      emulator.setBuyer(name);
      card = CARDS[name];
    },
    fault(kind, at, times = 1, more = {}) {
      if (kind === 'delay' || kind === 'slow-drip') delayMs = more.ms ?? 15_000;
      return emulator.fault(kind, times, { path: at === 'sale' ? salePath : PLACES[at], ...more });
    },
    isSale: ({ url }: HttpRequest) => CREATES.some((path) => url.endsWith(path)),
    isReversal: ({ url }) => url.endsWith(CANCEL),
    requestCount: () => (delayMs === null ? 0 : requests().length),
    isHeld: ({ url }, since) => isHeld((path) => url.endsWith(path), since),
    buyerCode: () => '',
    device: devices.device,
    isDeviceBusy: () => devices.isPosting() && !isHeld((path) => path === XPOS, 0),
    delayCard(afterMs) {
      card = { ...card, afterMs };
    },
    close: () => emulator.close(),
  };
}

/** By the services of Assist mPOS. */
function beginMpos(
  means: Means,
  settings: Partial<AssistSettings> = {},
  options: AssistEmulatorOptions = {},
): Promise<Meant> {
  return beginAssist(means, { sbpMode: 'mpos', cashMode: 'mpos', ...settings }, options);
}

function numberIn(body: unknown): string {
  const fields = (body ?? {}) as { OrderNumber?: string; ordernumber?: string };
  return fields.OrderNumber ?? fields.ordernumber ?? '';
}

/** Without a QR nobody can pay it: the order is given up, unless its buyer was faster (vector B-6). */
const endsOfQr = (hasArrived: boolean) => (hasArrived ? ['approved', 'cancelled'] : ['notRegistered']);
/** Its QR is read again, unless the cashier has left meanwhile. */
const endsOfMposQr = (hasArrived: boolean) => (hasArrived ? ['approved'] : ['notRegistered']);
/** The cash is in the drawer. */
const paid = () => ['approved'];

/** Published forms of the same answers (assist.md 3.3, 6), with the check value over each. */
const FORMS: [name: string, forms: Partial<Forms>][] = [
  ['the check value in the order', { answerForm: 'flat' }],
  ['hashed with two decimals', { hashedAmount: 'decimals' }],
  [
    'texts, an empty list, the old codes, the fewest fields',
    {
      amountForm: 'text',
      operationTypeForm: 'text',
      absentOrder: 'emptyList',
      refusals: 'old',
      operationFields: 'minimal',
    },
  ],
  ['a comma, faults with other names', { amountForm: 'comma', faultForm: 'codes', absentOrder: 'fault200' }],
  ['newest first', { orderList: 'newestFirst', russianStates: true }],
];

describeDriver({
  driver: assistDriver,
  canaries: [PASSWORD, SECRET_WORD],
  secretsIn: 'body',
  ways: [
    {
      name: 'cash',
      online: true,
      begin: () => beginAssist('cash'),
      endsAfterLostSale: paid,
      isPaidBefore: true,
      isPaidOffline: true,
    },
    {
      name: 'cash, never without the server',
      online: true,
      begin: () => beginAssist('cash', { cashOffline: false }),
      endsAfterLostSale: paid,
      isPaidBefore: true,
      isReturnedAsAnother: true,
    },
    {
      name: 'СБП, signed',
      online: true,
      begin: () => beginAssist('sbp', { secretWord: SECRET_WORD }, { secretWord: SECRET_WORD }),
      endsAfterLostSale: endsOfQr,
    },
    ...FORMS.map(([name, forms]) => ({
      name: `СБП, signed, ${name}`,
      online: true,
      begin: () => beginAssist('sbp', { secretWord: SECRET_WORD }, { secretWord: SECRET_WORD, ...forms }),
      endsAfterLostSale: endsOfQr,
    })),
    {
      name: 'СБП by a page, Russian words',
      online: true,
      begin: () => beginAssist('sbp', { sbpMode: 'page' }, { russianStates: true, faultForm: 'root' }),
      endsAfterLostSale: endsOfQr,
      isSaleUnechoed: true,
      isReturnedAsAnother: true,
    },
    {
      name: 'cash by mPOS',
      online: true,
      begin: () => beginMpos('cash'),
      endsAfterLostSale: paid,
      isPaidBefore: true,
      isPaidOffline: true,
      isReturnedAsAnother: true,
    },
    {
      name: 'cash by mPOS, never without the server',
      online: true,
      begin: () => beginMpos('cash', { cashOffline: false }),
      endsAfterLostSale: paid,
      isPaidBefore: true,
    },
    {
      name: 'cash by mPOS, a used number is refused',
      online: true,
      begin: () => beginMpos('cash', {}, { usedNumber: 'refuse', soapFaultStatus: 500, refusals: 'old' }),
      endsAfterLostSale: paid,
      isPaidBefore: true,
      isPaidOffline: true,
      isReturnedAsAnother: true,
    },
    {
      name: 'cash by mPOS, a used number makes another order',
      online: true,
      begin: () => beginMpos('cash', {}, { usedNumber: 'second', operationFields: 'minimal' }),
      endsAfterLostSale: paid,
      isPaidBefore: true,
      isPaidOffline: true,
      isReturnedAsAnother: true,
    },
    {
      name: 'СБП by mPOS, another order under a used number, no registration demanded, signed',
      online: true,
      begin: () =>
        beginMpos(
          'sbp',
          { secretWord: SECRET_WORD },
          { usedNumber: 'second', registration: 'free', secretWord: SECRET_WORD, amountForm: 'comma' },
        ),
      endsAfterLostSale: endsOfMposQr,
      isReturnedAsAnother: true,
    },
    {
      name: 'СБП by mPOS',
      online: true,
      begin: () => beginMpos('sbp'),
      endsAfterLostSale: endsOfMposQr,
    },
    {
      name: 'СБП by mPOS, the QR is always read again',
      online: true,
      begin: () => beginMpos('sbp', {}, { hasQrAtOnce: false }),
      endsAfterLostSale: endsOfMposQr,
      isReturnedAsAnother: true,
    },
    {
      name: 'СБП by mPOS, the QR cannot be read again',
      online: true,
      begin: () => beginMpos('sbp', {}, { hasQrOnRead: false }),
      endsAfterLostSale: endsOfQr,
      isReturnedAsAnother: true,
    },
    {
      name: 'card reader',
      online: true,
      begin: () => beginAssist('reader'),
      isByDevice: true,
      isReturnedAsAnother: true,
    },
    { name: 'SoftPOS', online: true, begin: () => beginAssist('softpos'), isByDevice: true, isReturnedAsAnother: true },
  ],
});

it('a card long after everybody gave up: SoftPOS is found on the watch list, and goes back', async () => {
  const world = await beginAssist('softpos');
  try {
    // Silence for 180 s, a minute of good answers without the order, and only then the card.
    world.delayCard(400_000);
    const order = orderIn(world, 'T-1');
    const played = await play(assistDriver, 'pay', order, world);
    expect(played.outcome).toMatchObject({ kind: 'declined', code: 'notRegistered', follow: true });
    expect(played.followed?.kind).toBe('approved');
    expect(heldKopecks(world, order.orderNumber)).toBe(order.amountKopecks);

    const found = { ...played, outcome: played.followed ?? played.outcome };
    const back = await play(assistDriver, 'cancel', orderIn(world, 'R-1', sourceOf(assistDriver, found, order)), world);
    expect(back.outcome.kind).toBe('approved');
    expect(heldKopecks(world, order.orderNumber)).toBe(0);
  } finally {
    await world.close();
  }
});

it('a card long after everybody gave up: the reader was told to stop, and does not take it', async () => {
  const world = await beginAssist('reader');
  try {
    world.delayCard(400_000);
    const order = orderIn(world, 'T-1');
    const played = await play(assistDriver, 'pay', order, world);
    expect(played.outcome).toMatchObject({ kind: 'declined', code: 'notRegistered', follow: true });
    expect(played.followed?.kind).toBe('declined');
    expect(heldKopecks(world, order.orderNumber)).toBe(0);
  } finally {
    await world.close();
  }
});
