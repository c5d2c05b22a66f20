import type { Action, HttpRequest, Input, Machine, Order, Prompt, StepResult } from '../../../src/payments/driver.ts';
import type { Outcome } from '../../../src/payments/outcome.ts';
import { OPLATI_DEFAULTS, type OplatiSettings } from '../../../src/payments/providers/oplati/settings.ts';

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

/**
 * Plays the gateway for one machine: performs its actions on paper, gives answers, and puts the state through JSON
 * between all steps, as the journal does.
 */
export class MachineRun {
  state: unknown = null;
  nowMs = STARTED_AT_MS;
  token: string | null = 'token-1';
  readonly settings: OplatiSettings;
  readonly usedCodes = new Set<string>();
  readonly actions: Action[] = [];
  readonly sends: { request: HttpRequest; moves: 'nothing' | 'money' }[] = [];
  readonly outcomes: Outcome[] = [];
  readonly alarms: string[] = [];
  prompt: Prompt | null = null;
  sleepMs: number | null = null;
  private readonly machine: Machine<OplatiSettings, unknown>;

  constructor(
    machine: Machine<OplatiSettings, unknown>,
    settings: Partial<OplatiSettings> = {},
    order: Order = ORDER,
    token: string | null = 'token-1',
  ) {
    this.machine = machine;
    this.settings = { ...OPLATI_DEFAULTS, url: 'http://localhost:1', regNum: 'OPL000000002', ...settings };
    this.token = token;
    this.take(this.machine.begin(order, this.facts()));
  }

  facts() {
    const { settings, nowMs, token, usedCodes } = this;
    return { settings, nowMs, utcOffsetMinutes: 180, token, usedCodes };
  }

  feed(input: Input): this {
    this.take(this.machine.step(this.state, input, this.facts()));
    return this;
  }

  /** The last request. */
  get request(): HttpRequest {
    const last = this.sends.at(-1);
    if (last === undefined) throw new Error('nothing was sent');
    return last.request;
  }

  get path(): string {
    return this.request.url.replace('http://localhost:1/ms-pay/pos', '');
  }

  get body(): Record<string, unknown> {
    return JSON.parse(this.request.body ?? 'null') as Record<string, unknown>;
  }

  get outcome(): Outcome | undefined {
    return this.outcomes.at(-1);
  }

  reply(status: number, body: unknown, tag = this.request.tag): this {
    return this.feed({ reply: { tag, status, body: typeof body === 'string' ? body : JSON.stringify(body) } });
  }

  fail(kind: 'lost' | 'notSent', tag = this.request.tag): this {
    return this.feed({ noReply: { tag, kind } });
  }

  /** Lets the pause that was asked for pass. */
  wake(): this {
    if (this.sleepMs === null) throw new Error('no pause was asked for');
    this.nowMs += this.sleepMs;
    this.sleepMs = null;
    return this.feed({ timer: true });
  }

  later(ms: number): this {
    this.nowMs += ms;
    return this;
  }

  cancel(): this {
    return this.feed({ cashier: 'cancel' });
  }

  restart(): this {
    this.sleepMs = null;
    return this.feed({ restarted: true });
  }

  /** How many requests of this path (without the query) were handed out. */
  countOf(path: string): number {
    return this.sends.filter(({ request }) => new URL(request.url).pathname === `/ms-pay/pos${path}`).length;
  }

  private take(result: StepResult<unknown>): void {
    this.state = JSON.parse(JSON.stringify(result.state));
    for (const action of result.actions) {
      this.actions.push(action);
      switch (action.do) {
        case 'send':
          this.sends.push(action);
          break;
        case 'prompt':
          this.prompt = action.prompt;
          break;
        case 'sleep':
          this.sleepMs = action.ms;
          break;
        case 'storeToken':
          this.token = action.token;
          break;
        case 'rememberCode':
          this.usedCodes.add(action.code);
          break;
        case 'alarm':
          this.alarms.push(action.text);
          break;
        case 'finish':
          this.outcomes.push(action.outcome);
          break;
      }
    }
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
