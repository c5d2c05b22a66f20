/**
 * The contract of a payment driver, for every driver of the registry and its emulator (adding-a-payment-provider.md 4). A
 * driver brings a counterpart per way of working; an ability it has not is tested to be refused.
 */
import { describe, expect, it } from 'vitest';
import { redactorOf } from '../../src/log/redaction.ts';
import type { Driver, Input, Operation } from '../../src/payments/driver.ts';
import { advance, machineOf } from '../../src/payments/gateway.ts';
import {
  type Counterpart,
  type DriverSubject,
  declinedAs,
  expectTrue,
  heldKopecks,
  orderIn,
  type Run,
  sourceOf,
  type Way,
} from './counterpart.ts';
import { factsOf, play } from './machine-gateway.ts';
import { describeOnline } from './online-suite.ts';
import type { Played } from './played.ts';
import { describeReconcile } from './reconcile-suite.ts';
import { describeReversal } from './reversal-suite.ts';

export type { DriverSubject } from './counterpart.ts';

const OPERATIONS: Operation[] = ['pay', 'cancel', 'refund', 'loyalty', 'reconcile', 'token', 'follow'];

/** What goes on after a restart; the others end with their program. */
const OUTLIVING: Operation[] = ['pay', 'cancel', 'refund', 'follow'];

/** Runs the whole contract for one driver. */
export function describeDriver(subject: DriverSubject): void {
  const { driver } = subject;
  describe(`driver ${driver.name}`, () => {
    describeAbilities(driver);
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
        describeAnyPayment(driver, way, run);
        describeCanaries(subject, way, run);
        if (way.online) describeOnline(subject, way, run);
        const isReturned = way.online && way.isReturnedAsAnother !== true;
        if (isReturned && driver.cancel) describeReversal(driver, 'cancel', way, run);
        if (isReturned && driver.refund) describeReversal(driver, 'refund', way, run);
        if (way.online && machineOf(driver, 'check') !== null) describeCheck(driver, run);
        if (driver.loyalty) describeLoyalty(driver, run);
        if (way.online && driver.reconcile) describeReconcile(subject, way, run);
      });
    }
  });
}

function describeAbilities(driver: Driver): void {
  for (const operation of OPERATIONS) {
    const can = machineOf(driver, operation) !== null;
    it(`${can ? 'can' : 'cannot'} ${operation}: an absent ability is refused before any I/O`, () => {
      const machine = machineOf(driver, operation);
      expect(machine === null).toBe(!can);
      if (can) return;
      const begin = () =>
        advance(attemptOf(driver, operation), driver, null, {
          settings: {},
          nowMs: 0,
          utcOffsetMinutes: 0,
          token: null,
          usedCodes: { has: () => false },
        });
      expect(begin).toThrow(`${driver.name} cannot ${operation}`);
    });
  }

  it.each(OUTLIVING.filter((operation) => machineOf(driver, operation) !== null))(
    'the states of %s have a version, and it goes on without one that it cannot read',
    (operation) => {
      const { version = 0, resume } = machineOf(driver, operation) ?? {};
      expect(version).toBeGreaterThan(0);
      expect(resume).toBeDefined();
    },
  );

  it('has a file for the secret it asks for', () => {
    const isAsked = machineOf(driver, 'token') !== null || driver.tokenIsRenewed === true;
    expect(driver.tokenFile !== undefined).toBe(isAsked);
    expect(driver.tokenFile ?? `${driver.name}/`).toMatch(new RegExp(`^${driver.name}/`));
  });

  it('has a name that can be a folder, and no link where the money is there at once', () => {
    expect(driver.name).toMatch(/^[a-z][a-z0-9]{1,19}$/);
    expect(driver.isImmediate === true && driver.unavailable !== null, 'what is there at once has no link').toBe(false);
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
    order: orderIn({}, 'T-0'),
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

function describeAnyPayment(driver: Driver, { online }: Way, run: Run): void {
  it('a payment is approved, and its state survives JSON at every step', () =>
    run(async (world) => {
      const order = orderIn(world, 'T-1');
      const played = await play(driver, 'pay', order, world);
      expect(played.outcome.kind).toBe('approved');
      for (const text of played.states) expect(JSON.stringify(JSON.parse(text))).toBe(text);
      const asked = [...played.sends, ...played.devices].filter(({ moves }) => moves === 'money');
      const firstAsked = asked.map(({ step }) => step).sort((a, b) => a - b)[0] ?? played.states.length + 1;
      const phases = played.states.map((text) => driver.phase(JSON.parse(text)));
      const before = phases.slice(0, firstAsked - 1);
      expect(before, 'intent until the money is asked for').toEqual(before.map(() => 'intent'));
      const known = played.states.map((text) => driver.providerPaymentId(JSON.parse(text)));
      expect(known.slice(0, firstAsked - 1), 'no payment id before').toEqual(before.map(() => null));
      if (asked.length > 0) expect(phases[firstAsked - 1], 'then sent').not.toBe('intent');
    }));

  it('an ended machine answers nothing more', () =>
    run(async (world) => {
      const played = await play(driver, 'pay', orderIn(world, 'T-1'), world);
      const inputs: Input[] = [
        { timer: true },
        { restarted: { clockShiftMs: 0, isNewBoot: false } },
        { askNow: true },
        { cashier: 'cancel' },
        { cashier: 'again' },
        { device: 'reader', event: { is: 'lost' } },
        { device: 'program', event: { is: 'lost' } },
        { answer: { ok: true } },
        { answer: { code: 'x' } },
        ...played.sends.map(({ request }): Input => ({ noReply: { tag: request.tag, kind: 'lost' } })),
        ...played.sends.map(({ request }): Input => ({ reply: { tag: request.tag, status: 200, body: '[]' } })),
      ];
      const facts = factsOf(world);
      for (const input of inputs) {
        const { state, actions } = driver.pay.step(played.state, input, facts);
        expect({ state, actions }).toEqual({ state: played.state, actions: [] });
      }
    }));

  it('restart at every step, its actions lost or just performed: the outcome is what really happened', () =>
    run(async (world) => {
      const whole = await play(driver, 'pay', orderIn(world, 'T-0'), world);
      for (let step = 1; step < whole.steps; step++) {
        for (const dies of ['before', 'after'] as const) {
          const order = orderIn(world, `T-${step}-${dies}`);
          const played = await play(driver, 'pay', order, world, { dieAtStep: step, dies });
          if (online) expectTrue(played, world, order);
          else expect(played.outcome.kind).toBe('approved');
        }
      }
    }));

  it('restart as another version, at every step: the outcome is what really happened', () =>
    run(async (world) => {
      const whole = await play(driver, 'pay', orderIn(world, 'T-0'), world);
      for (let step = 1; step < whole.steps; step++) {
        for (const dies of ['before', 'after'] as const) {
          const order = orderIn(world, `T-${step}-${dies}`);
          const played = await play(driver, 'pay', order, world, { dieAtStep: step, dies, isUpgraded: true });
          if (online) expectTrue(played, world, order);
          else expect(played.outcome.kind).toBe('approved');
        }
      }
    }));

  it('Esc before anything else: nothing is charged, no word is lost', () =>
    run(async (world) => {
      if (driver.isImmediate) return expect((await play(driver, 'pay', orderIn(world, 'T-1'), world)).steps).toBe(1);
      const order = orderIn(world, 'T-1');
      const played = await play(driver, 'pay', order, world, { cancelAtStep: 1 });
      expect(declinedAs(played.outcome)).toBe('cancelled');
      expect(heldKopecks(world, order.orderNumber)).toBe(0);
    }));
}

function describeCanaries({ driver, canaries, secretsIn = 'headers' }: DriverSubject, way: Way, run: Run): void {
  /** @param codes that the buyer has shown */
  const expectKept = (played: Played, world: Counterpart, codes: string[]) => {
    const { states, prompts, alarms, outcomes, followed, slips, notices, sends, replies } = played;
    const written = JSON.stringify({ states, prompts, alarms, outcomes, followed, slips, notices });
    const requests = sends.map(({ request }) => request);
    // A right that the server lends us for one request is a secret too.
    const lent = requests.map(({ headers }) => (headers.authorization ?? '').replace(/^\w+ /, ''));
    const secrets = [...canaries, ...lent].filter((text) => text !== '');
    for (const text of [...secrets, ...codes]) expect(written).not.toContain(text);

    const addresses = requests.map(({ url }) => url).join('\n');
    const bodies = requests.map(({ body }) => body ?? '').join('\n');
    const headers = requests.map((request) => Object.values(request.headers).join('\n')).join('\n');
    const named = driver.secrets(world.settings, world.token);
    for (const canary of canaries) {
      expect(addresses, 'no secret is in an address').not.toContain(canary);
      if (secretsIn === 'headers') expect(bodies, 'secrets travel in headers').not.toContain(canary);
      if (`${headers}\n${bodies}`.includes(canary)) expect(named).toContain(canary);
    }
    // What the log is given of the wire, and what it makes of it.
    const logged = redactorOf(named)([addresses, bodies, ...replies].join('\n'));
    for (const text of secrets) expect(logged, 'no secret is in the log').not.toContain(text);
  };
  const spyOn = (world: Counterpart, codes: string[]): Counterpart => ({
    ...world,
    buyerCode: () => codes[codes.push(world.buyerCode()) - 1] ?? '',
  });

  it('no secret is in a state, a prompt, an alarm, an outcome or the log; the driver names the ones it holds', () =>
    run(async (world) => {
      const codes: string[] = [];
      const played = await play(driver, 'pay', orderIn(world, 'T-1'), spyOn(world, codes));
      expectKept(played, world, codes);
      if (!way.online) return;
      const source = sourceOf(driver, played, orderIn(world, 'T-1'));
      for (const operation of ['cancel', 'refund'] as const) {
        const back = await play(driver, operation, orderIn(world, `R-${operation}`, source), world);
        expectKept(back, world, codes);
      }
    }));

  it.each(way.online ? (['pays', 'slow'] as const) : [])('nor when the payment is given up and the buyer %s', (name) =>
    run(async (world) => {
      world.buyer(name);
      const whole = await play(driver, 'pay', orderIn(world, 'T-0'), world);
      for (let step = 1; step < Math.min(whole.steps, 6); step++) {
        const codes: string[] = [];
        const options = { cancelAtStep: step };
        const played = await play(driver, 'pay', orderIn(world, `T-${step}`), spyOn(world, codes), options);
        expectKept(played, world, codes);
      }
    }),
  );
}

function describeCheck(driver: Driver, run: Run): void {
  it('the check of the connection is one question that moves nothing, and is answered', () =>
    run(async (world) => {
      const played = await play(driver, 'check', orderIn(world, 'C-1'), world);
      expect(played.outcome).toMatchObject({ kind: 'approved', say: { number: 'DOM-105' } });
      expect(played.sends.map(({ moves }) => moves)).toEqual(['nothing']);
      expect(world.books()).toEqual([]);
    }));
}

function describeLoyalty(driver: Driver, run: Run): void {
  it('loyalty: cards are told, no money is ever asked for, at no step of a restart either', () =>
    run(async (world) => {
      const whole = await play(driver, 'loyalty', orderIn(world, 'L-0'), world);
      expect(whole.outcome).toMatchObject({ kind: 'approved', cards: [{ number: '9900000000017' }] });
      for (let step = 1; step < whole.steps; step++) {
        const played = await play(driver, 'loyalty', orderIn(world, `L-${step}`), world, {
          dieAtStep: step,
          dies: 'after',
        });
        expect(played.sends.every(({ moves }) => moves === 'nothing')).toBe(true);
      }
      expect(world.books()).toEqual([]);
    }));
}
