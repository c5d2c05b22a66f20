/** A bare till for the tests of the PayMaster emulator: it sends what it is told and checks nothing. */
import { VirtualClock } from '../../src/emulators/clock.ts';
import {
  type PaymasterEmulator,
  type PaymasterEmulatorOptions,
  startPaymasterEmulator,
} from '../../src/emulators/paymaster/server.ts';

export const SEVEN_O_CLOCK = Date.parse('2030-01-15T07:00:00Z');
export const M = '00000000-0000-4000-8000-000000000001';
export const TOKEN = 'CANARY-token-2c81';
export const STICKER = 'stk-test-1';
export const STICKER_LINK = 'https://qr.nspk.ru/AS1R00000000000000000000000000V0?type=01&bank=100000000000&crc=83AD';

export interface Answer {
  status: number;
  text: string;
  /** Null where the text is no JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: bodies of every shape are asserted member by member
  body: any;
}

/** Sends one request; paths are below the API of the emulator, whole addresses go as they are. */
export class PaymasterDesk {
  readonly clock: VirtualClock;
  readonly emulator: PaymasterEmulator;

  private constructor(clock: VirtualClock, emulator: PaymasterEmulator) {
    this.clock = clock;
    this.emulator = emulator;
  }

  static async start(options: PaymasterEmulatorOptions = {}): Promise<PaymasterDesk> {
    const clock = new VirtualClock(SEVEN_O_CLOCK);
    return new PaymasterDesk(clock, await startPaymasterEmulator({ clock, token: TOKEN, ...options }));
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const reply = await fetch(path.startsWith('http') ? path : `${this.emulator.url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      keepalive: false,
    });
    const text = await reply.text();
    return { status: reply.status, text, body: /^[{[]/.test(text) ? JSON.parse(text) : null };
  }

  get(path: string): Promise<Answer> {
    return this.call('GET', path);
  }

  control(path: string, body?: unknown): Promise<Answer> {
    return this.call(body === undefined ? 'GET' : 'POST', `${this.emulator.controlUrl}/${path}`, body);
  }

  /** Body of vector P-1, or of P-2 with a sticker. */
  bill(orderNo: string, stickerId: string | null = null, lifeMs = 300_000) {
    const expires = new Date(this.clock.now() + lifeMs).toISOString();
    return {
      merchantId: M,
      invoice: { description: 'Оплата, магазин 1, касса 1', orderNo, expires },
      amount: { value: 15.3, currency: 'RUB' },
      paymentData: { paymentMethod: 'sbp', ...(stickerId === null ? {} : { stickerId }) },
    };
  }

  pay(orderNo: string, stickerId: string | null = null, lifeMs = 300_000): Promise<Answer> {
    const headers = { 'Idempotency-Key': `${orderNo}-a` };
    return this.call('POST', '/payments', this.bill(orderNo, stickerId, lifeMs), headers);
  }

  cancel(id: string): Promise<Answer> {
    return this.call('PUT', `/payments/${id}/cancel`);
  }

  refund(paymentId: string, value: number, key: string): Promise<Answer> {
    const body = { paymentId, amount: { value, currency: 'RUB' } };
    return this.call('POST', '/refunds', body, { 'Idempotency-Key': key });
  }

  /** Payments of a window; a wide one unless told otherwise. */
  list(startsAtMs = SEVEN_O_CLOCK - 300_000, endsAtMs = this.clock.now() + 300_000, more = ''): Promise<Answer> {
    const window = `start=${new Date(startsAtMs).toISOString()}&end=${new Date(endsAtMs).toISOString()}`;
    return this.get(`/payments?merchantId=${M}&${window}${more}`);
  }
}

/** A refusal as the server words it. */
export function refused(status: number, code: string, message: string): { status: number; body: object } {
  return { status, body: { code, message } };
}
