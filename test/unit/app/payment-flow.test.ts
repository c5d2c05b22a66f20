/** What the end of one attempt calls for is begun in the same turn, so in the same commit (law 1), and told after it. */
import { describe, expect, it } from 'vitest';
import type { Facts } from '../../../src/app/facts.ts';
import { feed, flow } from '../../../src/app/payment/flow.ts';
import { refund } from '../../../src/app/payment/refunds.ts';
import { type AppState, emptyUi } from '../../../src/app/state.ts';
import { beginTurn, type Turn } from '../../../src/app/turn.ts';
import type { Driver, Machine } from '../../../src/payments/driver.ts';
import { cashDriver } from '../../../src/payments/providers/cash/driver.ts';
import type { Currency } from '../../../src/register/model.ts';
import { goods, ruble, TestRegister } from '../register/fixtures.ts';

/** Says yes to the first thing it hears, and has something to say about it. */
const asks: Machine<unknown, string> = {
  begin: () => ({
    state: 'asked',
    actions: [{ do: 'send', request: { method: 'POST', url: 'http://wallet/', tag: 'refund' }, moves: 'money' }],
  }),
  step: (state: string) => ({
    state,
    actions: [{ do: 'finish', outcome: { kind: 'approved', providerPaymentId: 'w1', say: { number: 'DOM-38' } } }],
  }),
} as unknown as Machine<unknown, string>;

const wallet = { ...cashDriver, name: 'wallet', isImmediate: undefined, pay: asks, refund: asks } as unknown as Driver;
const byWallet: Currency = { code: 7, shortName: 'Кош', name: 'Кошелек', provider: 'wallet', changeAllowed: false };

/** A return of a sale that was paid by these means, all of it to be given back. */
function returning(...means: Currency[]): Turn {
  const register = new TestRegister();
  register.add(goods({ priceKopecks: 1000 }), 1000 * means.length);
  register.done({ do: 'enterSubtotal' });
  for (const [index, currency] of means.entries()) register.pay(`p${index}`, currency, 1000);
  register.done({ do: 'close' });
  const sale = register.state.lastClosed;
  if (sale === null) throw new Error('nothing was sold');
  const paymentsLeft = sale.payments.map(({ attemptId, amountKopecks }) => ({ attemptId, leftKopecks: amountKopecks }));
  register.done({ do: 'beginReturn', sale, before: [], paymentsLeft, partial: false });
  const state: Partial<AppState> = {
    register: register.state,
    attempts: [],
    printJobs: [],
    attemptsMade: 0,
    notices: [],
    ui: emptyUi,
    linkLost: {},
    reports: {},
    silent: {},
    answerFaults: {},
    probes: {},
    linkChecks: {},
    stalled: [],
    annulling: null,
    isRefunding: false,
  };
  let ids = 0;
  const facts: Partial<Facts> = {
    now: () => 7,
    wall: () => 7,
    boot: () => ({ bootId: 'boot-1', uptimeMs: 7 }),
    newAttemptId: () => `attempt-${++ids}`,
    rules: register.rules,
    driver: (name) => (name === 'wallet' ? wallet : cashDriver),
    driverSettings: () => ({ settings: {} }),
    token: () => ({ token: null }),
    hasUsedCode: () => false,
    shopName: '',
    attempt: () => null,
    returnsOf: () => [],
    diskHasReserve: () => true,
    printerConfigured: false,
  };
  return beginTurn(state as AppState, facts as Facts);
}

const PLAN = ['p1', 'p0'].map((attemptId) => ({ attemptId, inCash: false }));

/** What the journal takes of this turn, one word an attempt. */
const written = (turn: Turn) => turn.write.attempts.map(({ currencyName, state }) => `${currencyName} ${state}`);

describe('a return that was paid by several means', () => {
  it('writes the end of one refund and the intent of the next at once, and sends nothing else', () => {
    const first = returning(byWallet, byWallet);
    flow(first, refund(first, PLAN));
    expect(written(first)).toEqual(['Кошелек sent']);
    const turn = beginTurn(first.state, first.facts);
    feed(turn, 'attempt-1', { reply: { tag: 'refund', status: 200, body: '' } } as never);
    expect(written(turn)).toEqual(['Кошелек approved', 'Кошелек sent']);
    expect(turn.effects.filter((effect) => effect.do === 'send')).toMatchObject([{ attemptId: 'attempt-2' }]);
  });

  it('lets the message about the first wait while the second runs in front of the cashier', () => {
    const first = returning(byWallet, byWallet);
    flow(first, refund(first, PLAN));
    const turn = beginTurn(first.state, first.facts);
    feed(turn, 'attempt-1', { reply: { tag: 'refund', status: 200, body: '' } } as never);
    expect(turn.state.ui.stack).toEqual([]);
    expect(turn.state.ui.queue).toMatchObject([{ name: 'message', local: { number: 'DOM-38' } }]);
    const last = beginTurn(turn.state, turn.facts);
    feed(last, 'attempt-2', { reply: { tag: 'refund', status: 200, body: '' } } as never);
    expect(last.state.ui.stack).toMatchObject([{ name: 'message', local: { number: 'DOM-38' } }]);
  });

  it('cash settles on the way: one turn gives out the notes and asks the wallet', () => {
    const turn = returning(byWallet, ruble);
    flow(turn, refund(turn, PLAN));
    expect(written(turn)).toEqual([`${ruble.name} approved`, 'Кошелек sent']);
    expect(turn.state.register.document?.refundPlan).toEqual(PLAN);
    expect(turn.state.isRefunding).toBe(true);
  });
});
