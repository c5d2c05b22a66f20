/** The card reader over a real tty: the register's driver and walk on one end, the emulated reader on the other. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type CardReader, createReader } from '../../src/devices/reader/reader.ts';
import { type AssistEmulator, startAssistEmulator } from '../../src/emulators/assist/server.ts';
import type { ScenarioName } from '../../src/emulators/reader/scenario.ts';
import { type ReaderEmulator, startReaderEmulator } from '../../src/emulators/reader/server.ts';
import type { Action, Input } from '../../src/payments/driver.ts';
import type { Prompt } from '../../src/payments/prompt.ts';
import { beginWalk, stepWalk, type WalkResult } from '../../src/payments/providers/assist/reader-walk.ts';

const WAIT = { timeout: 30_000, interval: 5 };
const ORDER = '20211126_173336_036';
const LIMITS = { linkMs: 60_000, deviceMs: 180_000, cashierMs: 300_000, slipMs: 20_000 };
const PAGE = { title: 'ЗАКАЗ', showsSum: true, heading: 'ДАННЫЕ ЗАКАЗА', rows: [] };
const CHIP_WAY = ['AS-07', 'AS-14', 'AS-30', 'AS-19', 'AS-17', 'AS-18'];

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A till that has nothing but the walk. */
class Till {
  readonly numbers: string[] = [];
  readonly slips: Extract<Action, { do: 'printSlip' }>[] = [];
  prompt: Prompt | null = null;
  private result: WalkResult;
  private readonly reader: CardReader;
  private lastName: string | null;
  private readonly queue: Input[] = [];
  private isBusy = false;

  constructor(url: string, lastName: string | null, amountKopecks: number) {
    this.lastName = lastName;
    this.reader = createReader({
      url,
      lastName: () => this.lastName,
      remember: (name) => {
        this.lastName = name;
      },
      onEvent: (event) => this.feed({ device: 'reader', event }),
      onAlarm: (text) => {
        throw new Error(text);
      },
    });
    this.result = beginWalk({ orderNumber: ORDER, amountKopecks, email: '', page: PAGE, limits: LIMITS });
    this.perform();
    cleanups.push(() => this.reader.close());
  }

  get go(): string {
    return this.result.go;
  }

  get remembered(): string | null {
    return this.lastName;
  }

  feed(input: Input): void {
    this.queue.push(input);
    if (this.isBusy) return;
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
      this.result = stepWalk(JSON.parse(JSON.stringify(this.result.walk)), next);
      this.perform();
    }
  }

  /** Waits for a number of the catalogue to stand on the screen. */
  async sees(number: string): Promise<void> {
    await vi.waitFor(() => expect(this.prompt?.number).toBe(number), WAIT);
  }

  async goes(go: WalkResult['go']): Promise<void> {
    await vi.waitFor(() => expect(this.go).toBe(go), WAIT);
  }

  private perform(): void {
    this.isBusy = true;
    for (const action of this.result.actions) {
      if (action.do === 'device' && action.device === 'reader') this.reader.command(action.command);
      if (action.do === 'printSlip') this.slips.push(action);
      if (action.do !== 'prompt' || action.prompt === null) continue;
      this.prompt = action.prompt;
      if (this.numbers.at(-1) !== action.prompt.number) this.numbers.push(action.prompt.number);
    }
    this.isBusy = false;
    const next = this.queue.shift();
    if (next !== undefined) this.feed(next);
  }
}

async function set(scenario: ScenarioName, { isKnown = true, amountKopecks = 25_500, stepMs = 5 } = {}) {
  const assist = await startAssistEmulator({});
  cleanups.push(() => assist.close());
  const reader = await startReaderEmulator({ assist: { url: assist.url }, scenario, stepMs });
  cleanups.push(() => reader.close());
  const till = new Till(reader.url, isKnown ? reader.name : null, amountKopecks);
  return { assist, reader, till };
}

async function ledger({ controlUrl }: AssistEmulator) {
  const rows = (await (await fetch(`${controlUrl}/ledger`)).json()) as Record<string, unknown>[];
  return rows.map(({ orderNumber, sumKopecks, state }) => ({ orderNumber, sumKopecks, state }));
}

const row = (state: string, sumKopecks = 25_500) => ({ orderNumber: ORDER, sumKopecks, state });
const pays = (reader: ReaderEmulator): number => reader.state().asks.filter(({ ask }) => ask === 'pay').length;

describe('a payment at the reader', () => {
  it('goes through by chip and PIN, with a reader that was used before', async () => {
    const { till, assist } = await set('chip');
    await till.goes('ended');
    expect(till.numbers).toEqual(CHIP_WAY);
    expect(await ledger(assist)).toEqual([row('Approved')]);
  });

  it('finds a reader that was never used, asks, and remembers it', async () => {
    const { till, reader } = await set('chip', { isKnown: false });
    await till.sees('AS-09');
    till.feed({ answer: { ok: true } });
    await till.goes('ended');
    expect(till.numbers).toEqual(['AS-07', 'AS-08', 'AS-09', 'AS-10', ...CHIP_WAY.slice(1)]);
    expect(till.remembered).toBe(reader.name);
  });

  it('needs no PIN by NFC, and no signature under 3000 roubles', async () => {
    const { till } = await set('nfc', { amountKopecks: 299_999 });
    await till.goes('ended');
    expect(till.numbers).toEqual(['AS-07', 'AS-14', 'AS-30', 'AS-17', 'AS-18']);
  });

  it.each([
    ['nfc', 300_000],
    ['stripe', 25_500],
    ['signature', 25_500],
  ] as const)('is signed for: %s of %i kopecks', async (scenario, amountKopecks) => {
    const { till, assist } = await set(scenario, { amountKopecks });
    await till.sees('AS-16');
    expect(till.slips).toHaveLength(1);
    expect(till.slips[0]?.rows).toContainEqual({ label: 'PAN', value: '4111****1111' });
    expect(await ledger(assist)).toEqual([]);
    till.feed({ answer: { slip: 'printed' } });
    till.feed({ answer: { ok: true } });
    await till.goes('ended');
    expect(await ledger(assist)).toEqual([row('Approved', amountKopecks)]);
  });

  it('is cancelled when the signature is refused: nothing is sent', async () => {
    const { till, assist } = await set('stripe');
    await till.sees('AS-16');
    till.feed({ cashier: 'cancel' });
    await till.goes('left');
    expect(await ledger(assist)).toEqual([]);
  });

  it('lets the cashier choose the payment system of a co-badged card', async () => {
    const { till, reader, assist } = await set('co-badged');
    await till.sees('AS-28');
    till.feed({ answer: { choice: 1 } });
    await till.goes('ended');
    expect(reader.state().asks).toContainEqual({ ask: 'selectApplication', index: 1 });
    expect(await ledger(assist)).toEqual([row('Approved')]);
  });

  it('goes back from the choice when the reader promises that nothing was sent', async () => {
    const { till, assist } = await set('co-badged');
    await till.sees('AS-28');
    till.feed({ cashier: 'cancel' });
    await till.goes('left');
    expect(await ledger(assist)).toEqual([]);
  });

  it.each([
    ['co-badged-reader', 'Approved', ['AS-07', 'AS-14', 'AS-30', 'AS-29', 'AS-19', 'AS-17', 'AS-18']],
    ['wrong-pin', 'Approved', ['AS-07', 'AS-14', 'AS-30', 'AS-19', 'AS-20', 'AS-17', 'AS-18']],
    ['wrong-pins', 'Declined', ['AS-07', 'AS-14', 'AS-30', 'AS-19', 'AS-20', 'AS-17', 'AS-21']],
    ['refused', 'Declined', [...CHIP_WAY.slice(0, -1), 'AS-21']],
    ['poor', 'Declined', [...CHIP_WAY.slice(0, -1), 'AS-21']],
  ] as const)('of the buyer %s ends %s', async (scenario, state, numbers) => {
    const { till, assist } = await set(scenario);
    await till.goes('ended');
    expect(till.numbers).toEqual(numbers);
    expect(await ledger(assist)).toEqual([row(state)]);
  });

  it('begins after an update of the firmware', async () => {
    const { till } = await set('firmware-old');
    await till.sees('AS-12');
    till.feed({ answer: { ok: true } });
    await till.goes('ended');
    expect(till.numbers).toEqual(['AS-07', 'AS-12', ...CHIP_WAY.slice(1)]);
  });

  it('goes on with a low battery when the card is in', async () => {
    const { till, assist } = await set('low-battery-with-card');
    await till.sees('AS-15');
    till.feed({ answer: { ok: true } });
    await till.goes('ended');
    expect(await ledger(assist)).toEqual([row('Approved')]);
  });
});

describe('a payment that does not begin', () => {
  it('for want of a reader', async () => {
    const { till, reader } = await set('not-found');
    await till.sees('AS-11');
    reader.play('chip');
    till.feed({ answer: { ok: true } });
    await till.sees('AS-09');
    till.feed({ cashier: 'cancel' });
    await till.goes('left');
    expect(pays(reader)).toBe(0);
  });

  it('for want of power', async () => {
    const { till, assist, reader } = await set('low-battery');
    await till.sees('AS-15');
    await vi.waitFor(() => expect(till.go).toBe('on'), WAIT);
    till.feed({ answer: { ok: true } });
    await till.goes('left');
    expect(pays(reader)).toBe(1);
    expect(await ledger(assist)).toEqual([]);
  });

  it('for want of a card: Esc, and the reader agrees', async () => {
    const { till, assist } = await set('no-card');
    await vi.waitFor(() => expect(till.prompt).toMatchObject({ page: { display: ['Present card.'] } }), WAIT);
    till.feed({ cashier: 'cancel' });
    await till.goes('left');
    expect(await ledger(assist)).toEqual([]);
  });
});

describe('a cable that is pulled', () => {
  it('before a card: the payment is begun anew once, after the reader has dropped the first', async () => {
    const { till, reader, assist } = await set('lost-before-card');
    await till.sees('AS-13');
    expect(till.go).toBe('asked');
    reader.play('chip');
    till.feed({ answer: { ok: true } });
    await till.sees('AS-08');
    await reader.setCable(true);
    await till.sees('AS-09');
    till.feed({ answer: { ok: true } });
    await till.goes('ended');
    expect(pays(reader)).toBe(2);
    expect(await ledger(assist)).toEqual([row('Approved')]);
  });

  it('after processing: the reader pays on, and only the order knows', async () => {
    const { till, assist } = await set('lost-after-processing', { stepMs: 250 });
    await till.goes('ended');
    expect(till.numbers.at(-1)).toBe('AS-17');
    await vi.waitFor(async () => expect(await ledger(assist)).toEqual([row('Approved')]), WAIT);
  });

  it('by hand while the buyer chooses: no second payment, and the register can connect again', async () => {
    const { till, reader } = await set('co-badged');
    await till.sees('AS-28');
    await fetch(`${reader.controlUrl}/cable`, { method: 'POST', body: '{"on":false}' });
    await till.goes('ended');
    expect(pays(reader)).toBe(1);
    expect(reader.state().isPlugged).toBe(false);
  });
});

describe('the reader emulator', () => {
  it('is played through its control port', async () => {
    const reader = await startReaderEmulator();
    cleanups.push(() => reader.close());
    const post = (name: string, body: object) =>
      fetch(`${reader.controlUrl}/${name}`, { method: 'POST', body: JSON.stringify(body), keepalive: false });
    expect((await post('buyer', { name: 'poor' })).status).toBe(200);
    expect(await (await fetch(`${reader.controlUrl}/state`)).json()).toEqual({
      scenario: 'poor',
      isPlugged: true,
      asks: [],
    });
    const refused = await post('buyer', { name: 'rich' });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toEqual({ error: expect.stringContaining('unknown buyer, one of: chip, nfc') });
    expect((await post('cable', { on: 'no' })).status).toBe(400);
  });
});
