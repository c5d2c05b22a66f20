import type { Machine, Order } from '../../../../src/payments/driver.ts';
import { paymasterPay } from '../../../../src/payments/providers/paymaster/pay.ts';
import { PAYMASTER_DEFAULTS, type PaymasterSettings } from '../../../../src/payments/providers/paymaster/settings.ts';
import { AnyRun } from '../any-run.ts';

export const STARTED_AT_MS = Date.parse('2030-01-15T07:00:00Z');
export const MERCHANT = '00000000-0000-4000-8000-000000000001';
export const LINK =
  'https://qr.nspk.ru/AD10000000000000000000000000TEST?type=02&bank=100000000000&sum=1530&cur=RUB&crc=BBEE';
export const PLATE = 'https://qr.nspk.ru/AS1R00000000000000000000000000V0?type=01&bank=100000000000&crc=83AD';

export const ORDER: Order = {
  attemptId: 'attempt-1',
  orderNumber: '8-1-1-1-abc',
  amountKopecks: 1530,
  option: null,
  seller: { shopName: '1', registerNumber: 8 },
  shiftLabel: '15012030',
  receipt: { number: 1, lines: [], totalKopecks: 1530 },
  source: null,
};

/** A machine of PayMaster. */
export class PaymasterRun extends AnyRun<PaymasterSettings> {
  constructor(machine: unknown, settings: Partial<PaymasterSettings> = {}, order: Order = ORDER) {
    const account = { url: 'https://pay.test', token: 'CANARY', merchantId: MERCHANT };
    super(machine as Machine<PaymasterSettings, unknown>, {
      settings: { ...PAYMASTER_DEFAULTS, ...account, ...settings },
      order,
      startedAtMs: STARTED_AT_MS,
    });
  }

  /** What other attempts have given back of the payment meanwhile. */
  givenBackIds: string[] = [];

  override facts() {
    return { ...super.facts(), givenBackIds: this.givenBackIds };
  }

  /** `GET /payments/900000001` */
  get asked(): string {
    return `${this.request.method} ${this.request.url.replace('https://pay.test/api/v2', '').replace(/\?.*/, '')}`;
  }

  get story(): string[] {
    return this.sends.map(({ request }) => `${request.method} ${new URL(request.url).pathname.replace('/api/v2', '')}`);
  }

  reply(body: unknown, status = 200, tag = this.request.tag): this {
    return this.answer(status, body, tag);
  }

  /** Sleeps and asks until this moment; every question gets the same answer. */
  until(ms: number, answer: (run: this) => unknown): this {
    for (let rounds = 0; this.nowMs < STARTED_AT_MS + ms; rounds++) {
      if (rounds > 500) throw new Error('time stands still');
      const { length } = this.sends;
      this.wake();
      if (this.sends.length > length) answer(this);
    }
    return this;
  }

  esc(): this {
    return this.cancel();
  }

  countOf(line: string): number {
    return this.story.filter((one) => one === line).length;
  }
}

/** A payment object of the server. */
export function payment(status: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: '900000001',
    created: '2030-01-15T07:00:00Z',
    testMode: false,
    status,
    merchantId: MERCHANT,
    amount: { value: 15.3, currency: 'RUB' },
    invoice: { description: 'Оплата, магазин 1, касса 8', orderNo: ORDER.orderNumber },
    paymentData: { paymentMethod: 'SBP' },
    ...more,
  };
}

export function withLink(status = 'Confirmation', link = LINK): Record<string, unknown> {
  return payment(status, {
    confirmation: { type: 'ExternalPayment', paymentUrl: link, universalLink: true, instruction: '' },
  });
}

export const problem = (code: string, message = '') => ({ code, message });

/** The POST was just handed out. */
export function creating(settings: Partial<PaymasterSettings> = {}, order: Order = ORDER): PaymasterRun {
  return new PaymasterRun(paymasterPay, settings, order).wake();
}

/** The bill is there and waits for the buyer. */
export function waiting(settings: Partial<PaymasterSettings> = {}): PaymasterRun {
  return creating(settings).reply(withLink());
}

/** Two good lists without our bill, the second one 15 s after the POST. */
export function absent(run: PaymasterRun): PaymasterRun {
  const startedAtMs = run.nowMs;
  while (run.nowMs - startedAtMs < 15_000 && run.asked === 'GET /payments') run.reply({ items: [] }).wake();
  return run.reply({ items: [] });
}
