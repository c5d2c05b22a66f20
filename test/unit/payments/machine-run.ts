import type { Machine, Order } from '../../../src/payments/driver.ts';
import { OPLATI_DEFAULTS, type OplatiSettings } from '../../../src/payments/providers/oplati/settings.ts';
import { AnyRun } from './any-run.ts';

export const ORDER: Order = {
  attemptId: 'attempt-1',
  orderNumber: 'T1-0001',
  amountKopecks: 1530,
  option: null,
  seller: { shopName: 'Магазин', registerNumber: 8 },
  shiftLabel: '15012030',
  receipt: {
    number: 1,
    lines: [
      {
        name: 'Товар 1',
        barcode: '4810000000025',
        priceKopecks: 1530,
        quantityThousandths: 1000,
        unitName: 'шт',
        sumKopecks: 1530,
      },
    ],
    totalKopecks: 1530,
  },
  source: null,
};

const STARTED_AT_MS = 1_900_000_000_000;

/** A machine of О!плати. */
export class MachineRun extends AnyRun<OplatiSettings> {
  constructor(
    machine: Machine<OplatiSettings, unknown>,
    settings: Partial<OplatiSettings> = {},
    order: Order = ORDER,
    token: string | null = 'token-1',
  ) {
    const own = { ...OPLATI_DEFAULTS, url: 'http://localhost:1', regNum: 'OPL000000002', ...settings };
    super(machine, { settings: own, order, startedAtMs: STARTED_AT_MS, token });
  }

  get path(): string {
    return this.request.url.replace('http://localhost:1/ms-pay/pos', '');
  }

  get body(): Record<string, unknown> {
    return JSON.parse(this.request.body ?? 'null') as Record<string, unknown>;
  }

  reply(status: number, body: unknown, tag = this.request.tag): this {
    return this.answer(status, body, tag);
  }

  /** How many requests of this path (without the query) were handed out. */
  countOf(path: string): number {
    return this.sends.filter(({ request }) => new URL(request.url).pathname === `/ms-pay/pos${path}`).length;
  }
}

/** A payment info of the server. */
export function info(status: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    paymentId: 1000001,
    paymentType: 1,
    sum: 15.3,
    status,
    createdDate: '2030-01-15T10:00:00.000+03:00',
    paidDate: '2030-01-15T10:00:00.000+03:00',
    orderNumber: 'T1-0001',
    ...more,
  };
}

/** An error body of the server. */
export function errorBody(code: string, internalCode: string, developerText: string, russianText = ''): object {
  return {
    code,
    internalCode,
    devMessage: `RegNum OPL000000002: ${developerText}`,
    userMessage: { lang_en: '', lang_ru: russianText },
  };
}

export const UNAUTHORISED = errorBody(
  '401',
  '',
  'Необходимо получить новый токен',
  'Необходимо получить новый токен в кассовом ПО либо касса не зарегистрирована в личном кабинете юр. лица',
);
