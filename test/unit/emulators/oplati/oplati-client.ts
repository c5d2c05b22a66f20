/** A bare cash desk for the tests of the О!плати emulator: it sends what it is told and checks nothing. */
import { VirtualClock } from '../../../../src/emulators/clock.ts';
import {
  type OplatiEmulator,
  type OplatiEmulatorOptions,
  startOplatiEmulator,
} from '../../../../src/emulators/oplati/server.ts';

const TEN_O_CLOCK = Date.parse('2030-01-15T10:00:00.000+03:00');
export const SHIFT = '15012030';
export const H1 = { regNum: 'OPL000000001', password: 'correct horse' };
/** D1 of the conformance vectors. */
export const RECEIPT = {
  receiptNumber: '1',
  items: [{ type: 1, name: 'Товар 1', quantity: 1, price: 15.3, cost: 15.3 }],
  amountTotal: 15.3,
};

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of every shape are asserted member by member
  body: any;
}

type Headers = Record<string, string>;

export interface Desk {
  emulator: OplatiEmulator;
  clock: VirtualClock;
  post(path: string, body: unknown, headers?: Headers): Promise<Answer>;
  get(path: string, headers?: Headers): Promise<Answer>;
  control(path: string, body?: unknown): Promise<Answer>;
  /** Demands a dynamic QR and lets the buyer scan it. */
  readySession(): Promise<number>;
  /** A whole sale by dynamic QR; the answer to the money request. */
  sale(orderNumber: string, more?: object): Promise<Answer>;
  reversal(paymentId: number, orderNumber: string, sum: number): Promise<Answer>;
}

/** Starts an emulator on a virtual clock with the register of H1 known by its password. */
export async function startDesk(options: OplatiEmulatorOptions = {}): Promise<Desk> {
  const clock = new VirtualClock(TEN_O_CLOCK);
  const emulator = await startOplatiEmulator({ clock, ...options });
  const call = async (url: string, init: RequestInit): Promise<Answer> => {
    const reply = await fetch(url, { ...init, keepalive: false });
    const text = await reply.text();
    let body: unknown = text;
    try {
      body = JSON.parse(text);
    } catch {
      // Some faults answer with HTML; the test looks at the text.
    }
    return { status: reply.status, body };
  };
  const post: Desk['post'] = (path, body, headers = H1) =>
    call(`${emulator.url}/pos${path}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'Content-Type': 'application/json', ...headers },
    });
  const get: Desk['get'] = (path, headers = H1) => call(`${emulator.url}/pos${path}`, { headers });
  const readySession = async (): Promise<number> => {
    const { body } = await post('/demandPayment', { paymentMode: 3 });
    emulator.scan(body.dynamicQR);
    return body.sessionId;
  };
  return {
    emulator,
    clock,
    post,
    get,
    control: (path, body) =>
      call(
        `${emulator.controlUrl}/${path}`,
        body === undefined ? {} : { method: 'POST', body: JSON.stringify(body), headers: {} },
      ),
    readySession,
    sale: async (orderNumber, more = {}) =>
      post('/payments', {
        sum: 15.3,
        orderNumber,
        sessionId: await readySession(),
        shift: SHIFT,
        details: RECEIPT,
        ...more,
      }),
    reversal: (paymentId, orderNumber, sum) =>
      post(`/payments/${paymentId}/reversals`, {
        sum,
        orderNumber,
        shift: SHIFT,
        details: { items: [{ type: 1, name: 'Товар 1', cost: sum }], amountTotal: sum },
      }),
  };
}
