import type { Action, Machine, Order } from '../../../../src/payments/driver.ts';
import type { ReaderCommand, ReaderEvent } from '../../../../src/payments/ports.ts';
import { assistPay } from '../../../../src/payments/providers/assist/pay.ts';
import { ASSIST_DEFAULTS, type AssistSettings } from '../../../../src/payments/providers/assist/settings.ts';
import { AnyRun } from '../any-run.ts';

export const NUMBER = '20300115_100000_007';
export const BILL = '5123456000000001';
export const PASSWORD = 'CANARY-password';
export const TOKEN = 'CANARY-access-token';
export const QR =
  'https://qr.nspk.ru/AD10000000000000000000000000AS02?type=02&bank=100000000000&sum=100&cur=RUB&crc=63B1';

export const ORDER: Order = {
  attemptId: 'attempt-1',
  orderNumber: NUMBER,
  amountKopecks: 100,
  option: null,
  seller: { shopName: 'Магазин', registerNumber: 8 },
  shiftLabel: '15012030',
  receipt: { number: 1, lines: [], totalKopecks: 100 },
  source: null,
};

/** By the forms (assist.md 14); `mpos.test.ts` has the services of Assist mPOS. */
export const SETTINGS: AssistSettings = {
  ...ASSIST_DEFAULTS,
  sbpMode: 'direct',
  cashMode: 'form',
  serverUrl: 'https://assist.example',
  merchantId: '123456',
  login: 'demo_user',
  password: PASSWORD,
  readerUrl: 'tcp:127.0.0.1:1',
  softPosProgram: 'softpos',
};

/** 2030-01-15 10:00:00.007 at the till. */
export const STARTED_AT_MS = Date.parse('2030-01-15T07:00:00.007Z');

/** A machine of Assist. */
export class AssistRun extends AnyRun<AssistSettings> {
  constructor(machine: Machine<AssistSettings, unknown>, order: Order = ORDER, settings: Partial<AssistSettings> = {}) {
    super(machine, { settings: { ...SETTINGS, ...settings }, order, startedAtMs: STARTED_AT_MS });
  }

  /** What other attempts have given back of the payment meanwhile. */
  givenBackIds: string[] = [];

  override facts() {
    return { ...super.facts(), givenBackIds: this.givenBackIds };
  }

  get commands(): Extract<Action, { do: 'device' }>[] {
    return this.actions.filter((action) => action.do === 'device');
  }

  get notices(): { number: string; params: Record<string, string> }[] {
    return this.actions.flatMap((action) =>
      action.do === 'notify' ? [{ number: action.number, params: action.params }] : [],
    );
  }

  /** All that is kept or shown: every state, every action but the requests. */
  get written(): string[] {
    const shown = this.actions.filter((action) => action.do !== 'send');
    return [...this.states, ...shown.map((action) => JSON.stringify(action))];
  }

  get path(): string {
    return new URL(this.request.url).pathname;
  }

  /** Paths of all requests, without `.cfm`. */
  get paths(): string[] {
    return this.sends.map(({ request }) => new URL(request.url).pathname.replace(/^.*\/|\.cfm$/g, ''));
  }

  /** The form of the last request, in the order of its parameters, credentials apart. */
  get form(): Record<string, string> {
    const { Merchant_ID, Login, Password, Format, ...rest } = Object.fromEntries(
      new URLSearchParams(this.request.body ?? ''),
    );
    if ([Merchant_ID, Login, Password, Format].join() !== `123456,demo_user,${PASSWORD},5`) throw new Error('no CRED');
    return rest;
  }

  reply(status: number, body: unknown, tag = this.request.tag): this {
    return this.answer(status, body, tag);
  }

  /** Answer of the result call. */
  result(...orders: object[]): this {
    if (!this.path.endsWith('/orderresult.cfm')) throw new Error(`asked for ${this.path}`);
    return this.reply(200, resultOf(...orders));
  }

  again(): this {
    return this.feed({ cashier: 'again' });
  }

  ok(): this {
    return this.feed({ answer: { ok: true } });
  }

  other(): this {
    return this.feed({ answer: { other: true } });
  }

  choose(choice: number): this {
    return this.feed({ answer: { choice } });
  }

  hear(event: ReaderEvent): this {
    return this.feed({ device: 'reader', event });
  }

  asked(ask: ReaderCommand['ask']): number {
    return this.commands.filter(({ command }) => command.ask === ask).length;
  }
}

export function resultOf(...orders: object[]): object {
  return { orderresult: { orders } };
}

/** An order of the server. */
export function order(state: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    billnumber: BILL,
    ordernumber: NUMBER,
    testmode: 0,
    ordercomment: '',
    orderamount: '1.00',
    ordercurrency: 'RUB',
    orderdate: '15.01.2030 07:00:00',
    orderstate: state,
    checkdata: { packetdate: '15.01.2030 07:00:20' },
    operations: [],
    ...more,
  };
}

export function operation(responsecode: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    billnumber: `${BILL}.1`,
    operationtype: '100',
    operationstate: 'Success',
    amount: '1.00',
    currency: 'RUB',
    meantypename: 'СБП',
    responsecode,
    message: '',
    customermessage: '',
    recommendation: '',
    approvalcode: '',
    operationdate: '15.01.2030 07:00:19',
    ...more,
  };
}

export const PAID = order('Approved', { operations: [operation('AS000')] });

export function fault(faultcode: string, faultstring: string, message = ''): object {
  return { fault: { faultcode, faultstring, detail: { message, recomendation: '' } } };
}

export function created(more: Record<string, unknown> = {}, qr = QR): object {
  const { testmode, checkdata, operations, ordercomment, ...rest } = order('In Process', more);
  return { order: { ...rest, ...more }, qrcode: qr, expirationtime: '15.01.2030 07:15:00' };
}

/** СБП chosen, the order on its way. */
export function creating(settings: Partial<AssistSettings> = {}): AssistRun {
  return new AssistRun(assistPay, ORDER, settings).choose(2);
}

/** The QR is on the screen. */
export function showing(settings: Partial<AssistSettings> = {}): AssistRun {
  return creating(settings).reply(200, created());
}

/** `approved`, or the code of a decline. */
export function endOf(run: AssistRun): string {
  const { outcome } = run;
  if (outcome === undefined) return 'open';
  return outcome.kind === 'declined' ? outcome.code : outcome.kind;
}

/** Number of the last thing said. */
export function said(run: AssistRun): string | null {
  const { outcome } = run;
  return outcome === undefined || !('say' in outcome) ? null : (outcome.say?.number ?? null);
}

/** A row of the result's page. */
export function resultRow(run: AssistRun, label: string): string | undefined {
  const { outcome } = run;
  const page = outcome !== undefined && 'say' in outcome ? outcome.say?.result : undefined;
  return page?.rows.find((row) => row.label === label)?.value;
}
