/**
 * The contract of a payment driver, for every driver of the registry and its emulator (design.md, "Tests"). A driver
 * brings a counterpart per way of working; an ability it has not is tested to be refused.
 */
import { describe, expect, it } from 'vitest';
import type { VirtualClock } from '../../src/emulators/clock.ts';
import type { Driver, HttpRequest, Input, Manifest, Operation, Order, Prompt } from '../../src/payments/driver.ts';
import { advance, machineOf } from '../../src/payments/gateway.ts';
import type { Outcome } from '../../src/payments/outcome.ts';
import { type Played, play } from './machine-gateway.ts';

/** The other side of a driver: the emulator in the words of the suite. */
export interface Counterpart {
  clock: VirtualClock;
  settings: unknown;
  token: string | null;
  usedCodes: Set<string>;
  /** Everything that was really done, by our order numbers. */
  books(): { orderNumber: string; kind: 'sale' | 'reversal'; sumKopecks: number; sourceOrderNumber: string | null }[];
  /** How often the sale of this order was asked for, processed or not. */
  salesAsked(orderNumber: string): number;
  buyer(name: 'pays' | 'declines' | 'poor' | 'silent' | 'slow'): void;
  fault(kind: string, at: 'session' | 'sale' | 'reversal' | 'report', times?: number, more?: object): Promise<void>;
  isSale(request: HttpRequest): boolean;
  isReversal(request: HttpRequest): boolean;
  requestCount(): number;
  /** The server has the request and only the clock will bring its answer. */
  isHeld(request: HttpRequest, since: number): boolean;
  buyerCode(): string;
  close(): Promise<void>;
}

export interface DriverSubject {
  driver: Driver;
  /** Ways of working; `online: false` = nobody is asked but the cashier. */
  ways: { name: string; online: boolean; begin(): Promise<Counterpart> }[];
  /** Must be seen in no state, prompt, alarm or outcome. */
  canaries: string[];
}

const AMOUNT_KOPECKS = 1530;
const OPERATIONS: Operation[] = ['pay', 'cancel', 'refund', 'loyalty', 'reconcile', 'token'];

export function orderOf(orderNumber: string, source: Order['source'] = null, amountKopecks = AMOUNT_KOPECKS): Order {
  return {
    attemptId: `attempt-${orderNumber}`,
    orderNumber,
    amountKopecks,
    shiftLabel: '22082023',
    receipt: {
      number: 1,
      lines: [
        {
          name: 'БМК БИФИЛЮКС',
          barcode: '4810000000025',
          priceKopecks: AMOUNT_KOPECKS,
          quantityThousandths: 1000,
          unitName: 'шт',
          sumKopecks: AMOUNT_KOPECKS,
        },
      ],
      totalKopecks: AMOUNT_KOPECKS,
    },
    source,
  };
}

/** Kopecks the buyer has paid for an order and not got back. */
function heldKopecks(world: Counterpart, orderNumber: string): number {
  let held = 0;
  for (const row of world.books()) {
    if (row.kind === 'sale' && row.orderNumber === orderNumber) held += row.sumKopecks;
    if (row.kind === 'reversal' && row.sourceOrderNumber === orderNumber) held -= row.sumKopecks;
  }
  return held;
}

/** The rule above all: an outcome is what really happened, and nobody was asked twice. */
function expectTrue(played: Played, world: Counterpart, order: Order): void {
  const isPaid = played.outcome.kind === 'approved';
  const story = played.outcomes.map(({ kind }) => kind).join(' -> ');
  expect(heldKopecks(world, order.orderNumber), story).toBe(isPaid ? order.amountKopecks : 0);
  expect(world.salesAsked(order.orderNumber), 'sales asked for').toBeLessThanOrEqual(1);
  const finals = played.outcomes.filter(({ kind }) => kind !== 'unknown');
  expect(finals).toHaveLength(1);
  expect(played.outcomes.length - finals.length, 'unknown is told once').toBeLessThanOrEqual(1);
}

function declinedAs(outcome: Outcome): string {
  return outcome.kind === 'declined' ? outcome.code : outcome.kind;
}

/** Runs the whole contract for one driver. */
export function describeDriver(subject: DriverSubject): void {
  const { driver } = subject;
  describe(`driver ${driver.name}`, () => {
    describeManifest(driver);
    for (const way of subject.ways) {
      const run = async (test: (world: Counterpart) => Promise<void>) => {
        const world = await way.begin();
        try {
          await test(world);
        } finally {
          await world.close();
        }
      };
      describe(way.name, () => {
        describeAnyPayment(driver, run);
        describeCanaries(subject, run);
        if (way.online) describeOnline(driver, run);
        if (way.online && driver.can.cancel) describeReversal(driver, 'cancel', run);
        if (way.online && driver.can.refund !== 'none') describeReversal(driver, 'refund', run);
        if (driver.can.loyalty) describeLoyalty(driver, run);
      });
    }
  });
}

type Run = (test: (world: Counterpart) => Promise<void>) => Promise<void>;

function describeManifest(driver: Driver): void {
  const able: Record<Operation, (can: Manifest) => boolean> = {
    pay: (can) => can.pay,
    cancel: (can) => can.cancel,
    refund: (can) => can.refund !== 'none',
    loyalty: (can) => can.loyalty,
    reconcile: (can) => can.reconcile,
    token: () => driver.requestToken !== null,
  };
  for (const operation of OPERATIONS) {
    const can = able[operation](driver.can);
    it(`${can ? 'can' : 'cannot'} ${operation}: the manifest tells the truth, an absent ability is refused before any I/O`, () => {
      const machine = machineOf(driver, operation);
      expect(machine === null).toBe(!can);
      if (can) return;
      const begin = () =>
        advance(attemptOf(driver, operation), driver, null, {
          settings: {},
          nowMs: 0,
          token: null,
          usedCodes: { has: () => false },
        });
      expect(begin).toThrow(`${driver.name} cannot ${operation}`);
    });
  }

  it('names a payment id only once it knows one, and its phase from the first state on', () => {
    expect(driver.name).toMatch(/^[a-z]+$/);
    expect(driver.can.immediate && driver.unavailable !== null, 'what is there at once has no link').toBe(false);
  });
}

function attemptOf(driver: Driver, operation: Operation) {
  return {
    attemptId: 'a',
    provider: driver.name,
    operation,
    documentId: 'd',
    documentNumber: 1,
    documentTitle: '',
    currencyName: '',
    order: orderOf('T-0'),
    sourceAttemptId: null,
    state: 'intent' as const,
    driverState: null,
    step: 0,
    prompt: null,
    promptIssuedAtMs: 0,
    foreground: true,
    wakeAtMs: null,
    outcome: null,
    startedAtMs: 0,
    updatedAtMs: 0,
    manual: null,
  };
}

function describeAnyPayment(driver: Driver, run: Run): void {
  it('a payment is approved, and its state survives JSON at every step', () =>
    run(async (world) => {
      const order = orderOf('T-1');
      const played = await play(driver, 'pay', order, world);
      expect(played.outcome.kind).toBe('approved');
      for (const text of played.states) expect(JSON.stringify(JSON.parse(text))).toBe(text);
      expect(driver.phase(JSON.parse(played.states[0] ?? 'null'))).toBe('intent');
    }));

  it('an ended machine answers nothing more', () =>
    run(async (world) => {
      const played = await play(driver, 'pay', orderOf('T-1'), world);
      const inputs: Input[] = [
        { timer: true },
        { restarted: true },
        { cashier: 'cancel' },
        { answer: { ok: true } },
        { answer: { code: 'x' } },
        ...played.sends.map(({ request }): Input => ({ noReply: { tag: request.tag, kind: 'lost' } })),
        ...played.sends.map(({ request }): Input => ({ reply: { tag: request.tag, status: 200, body: '[]' } })),
      ];
      const facts = {
        settings: world.settings,
        nowMs: world.clock.now(),
        token: world.token,
        usedCodes: world.usedCodes,
      };
      for (const input of inputs) {
        const { state, actions } = driver.pay.step(played.state, input, facts);
        expect({ state, actions }).toEqual({ state: played.state, actions: [] });
      }
    }));

  it('restart at every step, its actions lost or just performed: the outcome is what really happened', () =>
    run(async (world) => {
      const whole = await play(driver, 'pay', orderOf('T-0'), world);
      for (let step = 1; step < whole.steps; step++) {
        for (const dies of ['before', 'after'] as const) {
          const order = orderOf(`T-${step}-${dies}`);
          const played = await play(driver, 'pay', order, world, { dieAtStep: step, dies });
          if (world.salesAsked(order.orderNumber) > 0 || played.sends.length > 0) expectTrue(played, world, order);
          else expect(played.outcome.kind).toBe('approved');
        }
      }
    }));

  it('Esc before anything else: nothing is charged, no word is lost', () =>
    run(async (world) => {
      if (driver.can.immediate) return expect((await play(driver, 'pay', orderOf('T-1'), world)).steps).toBe(1);
      const order = orderOf('T-1');
      const played = await play(driver, 'pay', order, world, { cancelAtStep: 1 });
      expect(declinedAs(played.outcome)).toBe('cancelled');
      expect(heldKopecks(world, order.orderNumber)).toBe(0);
    }));
}

function describeCanaries({ driver, canaries }: DriverSubject, run: Run): void {
  it('no secret is in a state, a prompt, an alarm or an outcome; the driver names the ones it holds', () =>
    run(async (world) => {
      const codes: string[] = [];
      const spied = { ...world, buyerCode: () => codes[codes.push(world.buyerCode()) - 1] ?? '' };
      const played = await play(driver, 'pay', orderOf('T-1'), spied);
      const { states, prompts, alarms, outcomes } = played;
      const written = JSON.stringify({ states, prompts, alarms, outcomes });
      for (const canary of [...canaries, ...codes]) expect(written).not.toContain(canary);
      const bodies = played.sends.map(({ request }) => `${request.url}\n${request.body ?? ''}`).join('\n');
      for (const canary of canaries) expect(bodies, 'secrets travel in headers').not.toContain(canary);
      const named = driver.secrets(world.settings, world.token);
      for (const { request } of played.sends) {
        const carried = canaries.filter((canary) => Object.values(request.headers).includes(canary));
        for (const canary of carried) expect(named).toContain(canary);
      }
    }));
}

function describeOnline(driver: Driver, run: Run): void {
  it('asks for the money exactly once, with our number and our sum', () =>
    run(async (world) => {
      const order = orderOf('T-1');
      const played = await play(driver, 'pay', order, world);
      expectTrue(played, world, order);
      expect(world.salesAsked(order.orderNumber)).toBe(1);
      expect(played.sends.filter(({ moves }) => moves === 'money')).toHaveLength(1);
      expect(new Set(played.sends.map(({ request }) => request.tag)).size, 'tags are used once').toBe(
        played.sends.length,
      );
      expect(played.outcome).toMatchObject({ providerPaymentId: driver.providerPaymentId(played.state) });
    }));

  const buyers = [
    ['pays', ['approved']],
    ['slow', ['approved']],
    ['declines', ['refused']],
    ['poor', ['noFunds']],
    ['silent', ['notScanned', 'codeNotEntered', 'timeout']],
  ] as const;
  it.each(buyers)('the buyer %s', (name, ends) =>
    run(async (world) => {
      world.buyer(name);
      const order = orderOf('T-1');
      const played = await play(driver, 'pay', order, world);
      expect(ends).toContain(declinedAs(played.outcome));
      expect(played.outcomes, 'nothing was unknown on the way').toHaveLength(1);
      expectTrue(played, world, order);
    }),
  );

  const lostSales: [string, object, string][] = [
    ['drop-request', {}, 'notRegistered'],
    ['drop-reply', {}, 'approved'],
    ['delay', { ms: 60_000 }, 'approved'],
    ['delay', { ms: 3_000 }, 'approved'],
    ['http-500', {}, 'notRegistered'],
    ['http-500', { processed: true }, 'approved'],
    ['garbage', {}, 'approved'],
    ['garbage', { processed: false }, 'notRegistered'],
    ['slow-drip', {}, 'approved'],
    ['wrong-sum', {}, 'approved'],
    ['wrong-order', {}, 'approved'],
  ];
  it.each(lostSales)('%s %o at the sale ends as %s', (kind, more, end) =>
    run(async (world) => {
      await world.fault(kind, 'sale', 1, more);
      const order = orderOf('T-1');
      const played = await play(driver, 'pay', order, world);
      expect(declinedAs(played.outcome)).toBe(end);
      if (kind.startsWith('wrong-')) {
        expect(played.outcomes[0]?.kind, 'a wrong echo is never believed').toBe('unknown');
        expect(played.alarms.length).toBeGreaterThan(0);
      }
      expectTrue(played, world, order);
      expect(world.salesAsked(order.orderNumber)).toBe(1);
    }),
  );

  it('refuse at the sale: proved that it did not leave', () =>
    run(async (world) => {
      const order = orderOf('T-1');
      const beforeSend = (request: HttpRequest) => (world.isSale(request) ? world.fault('refuse', 'sale') : undefined);
      const played = await play(driver, 'pay', order, world, { beforeSend });
      expect(played.outcome.kind).toBe('notSent');
      expectTrue(played, world, order);
      expect(world.salesAsked(order.orderNumber)).toBe(0);
    }));

  it.each(['refuse', 'drop-request', 'drop-reply', 'delay', 'http-500', 'garbage', 'slow-drip'])(
    '%s without end before the money: not charged, and no sale is asked for',
    (kind) =>
      run(async (world) => {
        await world.fault(kind, 'session', 100);
        const order = orderOf('T-1');
        const played = await play(driver, 'pay', order, world);
        expect(played.outcome.kind).not.toBe('approved');
        expect(played.outcomes).toHaveLength(1);
        expectTrue(played, world, order);
        expect(world.salesAsked(order.orderNumber)).toBe(0);
      }),
  );

  it.each(['drop-reply', 'drop-request'])(
    '%s at the sale and the report unreachable for long: unknown, then the truth',
    (kind) =>
      run(async (world) => {
        await world.fault(kind, 'sale');
        await world.fault('http-500', 'report', 30);
        const order = orderOf('T-1');
        // The cashier gives up waiting: OPL-16, Отмена.
        const answer = (prompt: Prompt): Input | null =>
          prompt.show === 'retryOrCancel' ? { cashier: 'cancel' } : answerAsAsked(prompt, world);
        const played = await play(driver, 'pay', order, world, { answer });
        expect(played.outcomes.map(({ kind: end }) => end)).toEqual([
          'unknown',
          kind === 'drop-reply' ? 'approved' : 'declined',
        ]);
        expectTrue(played, world, order);
      }),
  );

  it.each(['pays', 'slow'] as const)(
    'Esc at every step while the buyer %s: the outcome is what really happened',
    (name) =>
      run(async (world) => {
        world.buyer(name);
        const whole = await play(driver, 'pay', orderOf('T-0'), world);
        const ends = new Set<string>();
        for (let step = 1; step < whole.steps; step++) {
          const order = orderOf(`T-${step}`);
          const played = await play(driver, 'pay', order, world, { cancelAtStep: step });
          expectTrue(played, world, order);
          ends.add(declinedAs(played.outcome));
        }
        expect(ends, 'payment wins when it was made').toContain('cancelled');
      }),
  );

  it.each([
    ['pays', 'drop-reply'],
    ['pays', 'drop-request'],
    ['slow', 'drop-reply'],
  ] as const)('restart at every step while the buyer %s and %s at the sale', (name, kind) =>
    run(async (world) => {
      world.buyer(name);
      await world.fault(kind, 'sale');
      const whole = await play(driver, 'pay', orderOf('T-0'), world);
      for (let step = 1; step < whole.steps; step++) {
        for (const dies of ['before', 'after'] as const) {
          await world.fault('none', 'sale');
          await world.fault(kind, 'sale');
          const order = orderOf(`T-${step}-${dies}`);
          expectTrue(await play(driver, 'pay', order, world, { dieAtStep: step, dies }), world, order);
        }
      }
    }),
  );

  it('Esc at the instant of a restart, at every step', () =>
    run(async (world) => {
      world.buyer('slow');
      const whole = await play(driver, 'pay', orderOf('T-0'), world);
      for (let step = 1; step < whole.steps; step++) {
        const order = orderOf(`T-${step}`);
        const options = { cancelAtStep: step, dieAtStep: step + 1, dies: 'after' as const };
        expectTrue(await play(driver, 'pay', order, world, options), world, order);
      }
    }));
}

function answerAsAsked(prompt: Prompt, world: Counterpart): Input | null {
  if (prompt.show === 'scanBuyerCode') return { answer: { code: world.buyerCode() } };
  return prompt.show === 'tellCode' || prompt.show === 'confirm' ? { answer: { ok: true } } : null;
}

function describeReversal(driver: Driver, operation: 'cancel' | 'refund', run: Run): void {
  const beginPaid = async (world: Counterpart, sale: string): Promise<NonNullable<Order['source']>> => {
    const played = await play(driver, 'pay', orderOf(sale), world);
    return {
      orderNumber: sale,
      providerPaymentId: played.outcome.kind === 'approved' ? played.outcome.providerPaymentId : null,
      amountKopecks: AMOUNT_KOPECKS,
      shiftLabel: '22082023',
      driverState: played.state,
    };
  };
  const reversalsOf = (world: Counterpart, sale: string) =>
    world.books().filter(({ kind, sourceOrderNumber }) => kind === 'reversal' && sourceOrderNumber === sale);

  /**
   * A cancel is owed to the buyer: it ends with the money back, however often it has to be asked for. A refund that is
   * proved not made ends as such: its return is still open, and the cashier begins another.
   */
  const expectReturned = (played: Played, world: Counterpart, sale: string, order: Order) => {
    if (operation === 'cancel') expect(played.outcome.kind).toBe('approved');
    const isBack = played.outcome.kind === 'approved';
    expect(heldKopecks(world, sale), played.outcome.kind).toBe(isBack ? 0 : AMOUNT_KOPECKS);
    const numbers = reversalsOf(world, sale).map(({ orderNumber }) => orderNumber);
    expect(numbers).toEqual(isBack ? [order.orderNumber] : []);
    expect(played.outcomes.filter(({ kind }) => kind === 'unknown').length, 'unknown is told once').toBeLessThanOrEqual(
      1,
    );
  };

  it(`${operation}: all of it goes back, once`, () =>
    run(async (world) => {
      const source = await beginPaid(world, 'T-1');
      const played = await play(driver, operation, orderOf('R-1', source), world);
      expect(played.outcome.kind).toBe('approved');
      expect(heldKopecks(world, 'T-1')).toBe(0);
      expect(reversalsOf(world, 'T-1')).toHaveLength(1);
    }));

  it(`${operation}: its id forgotten, the payment is found by our number`, () =>
    run(async (world) => {
      const source = await beginPaid(world, 'T-1');
      const order = orderOf('R-1', { ...source, providerPaymentId: null, driverState: null });
      const played = await play(driver, operation, order, world);
      expect(played.outcome.kind).toBe('approved');
      expect(heldKopecks(world, 'T-1')).toBe(0);
    }));

  it.each([
    'refuse',
    'drop-request',
    'drop-reply',
    'delay',
    'http-500',
    'garbage',
    'slow-drip',
    'wrong-sum',
    'wrong-order',
  ])(`${operation} with %s: what it reports is what happened, under one number, never twice`, (kind) =>
    run(async (world) => {
      const source = await beginPaid(world, 'T-1');
      await world.fault(kind, 'reversal', 1, kind === 'refuse' ? { ms: 30_000 } : {});
      const order = orderOf('R-1', source);
      expectReturned(await play(driver, operation, order, world), world, 'T-1', order);
    }),
  );

  it.each(['none', 'drop-reply', 'drop-request'])(`${operation}: restart at every step with %s`, (kind) =>
    run(async (world) => {
      await world.fault(kind, 'reversal');
      const whole = await play(driver, operation, orderOf('R-0', await beginPaid(world, 'T-0')), world);
      for (let step = 1; step < whole.steps; step++) {
        for (const dies of ['before', 'after'] as const) {
          const sale = `T-${step}-${dies}`;
          const source = await beginPaid(world, sale);
          await world.fault('none', 'reversal');
          await world.fault(kind, 'reversal');
          const order = orderOf(`R-${step}-${dies}`, source);
          const played = await play(driver, operation, order, world, { dieAtStep: step, dies });
          expectReturned(played, world, sale, order);
        }
      }
    }),
  );

  if (operation === 'cancel' || driver.can.refund !== 'partial') return;

  it('refund in parts, and the part that is too much is refused', () =>
    run(async (world) => {
      const source = await beginPaid(world, 'T-1');
      for (const [number, kopecks] of [
        ['R-1', 500],
        ['R-2', 1030],
      ] as const) {
        const played = await play(driver, 'refund', orderOf(number, source, kopecks), world);
        expect(played.outcome.kind).toBe('approved');
      }
      const over = await play(driver, 'refund', orderOf('R-3', source, 1), world);
      expect(over.outcome.kind).toBe('declined');
      expect(heldKopecks(world, 'T-1')).toBe(0);
    }));
}

function describeLoyalty(driver: Driver, run: Run): void {
  it('loyalty: cards are told, no money is ever asked for, at no step of a restart either', () =>
    run(async (world) => {
      const whole = await play(driver, 'loyalty', orderOf('L-0'), world);
      expect(whole.outcome).toMatchObject({ kind: 'approved', cards: [{ number: '9900000000017' }] });
      for (let step = 1; step < whole.steps; step++) {
        const played = await play(driver, 'loyalty', orderOf(`L-${step}`), world, { dieAtStep: step, dies: 'after' });
        expect(played.sends.every(({ moves }) => moves === 'nothing')).toBe(true);
      }
      expect(world.books()).toEqual([]);
    }));
}
