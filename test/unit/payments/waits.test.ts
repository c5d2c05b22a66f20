/**
 * No wait of any system is without an end of its own. Every waiting state, with a server, a buyer, a device and a cashier who
 * say nothing more, ends by itself, and says beforehand how long it takes at most. (Two shifts stood in OPL-22 for ever.)
 * The one question without an end is АТ's (DOM-99): nobody but the cashier knows, and both her keys always act.
 */
import { describe, expect, it } from 'vitest';
import type { Order } from '../../../src/payments/driver.ts';
import type { Books } from '../../../src/payments/outcome.ts';
import { assistCancel } from '../../../src/payments/providers/assist/cancel.ts';
import { assistPay } from '../../../src/payments/providers/assist/pay.ts';
import { assistReconcile } from '../../../src/payments/providers/assist/reconcile.ts';
import { assistRefund } from '../../../src/payments/providers/assist/refund.ts';
import { oplatiCancel } from '../../../src/payments/providers/oplati/cancel.ts';
import { oplatiLoyalty } from '../../../src/payments/providers/oplati/loyalty.ts';
import { oplatiPay } from '../../../src/payments/providers/oplati/pay.ts';
import { oplatiReconcile } from '../../../src/payments/providers/oplati/reconcile.ts';
import { oplatiRefund } from '../../../src/payments/providers/oplati/refund.ts';
import { oplatiToken } from '../../../src/payments/providers/oplati/token.ts';
import { paymasterReconcile } from '../../../src/payments/providers/paymaster/reconcile.ts';
import { paymasterCancel, paymasterRefund } from '../../../src/payments/providers/paymaster/refund.ts';
import type { AnyRun } from './any-run.ts';
import {
  ORDER as ASSIST_ORDER,
  AssistRun,
  creating as assistCreating,
  order,
  resultOf,
  showing,
} from './assist/assist-run.ts';
import { info, MachineRun, ORDER as OPLATI_ORDER } from './machine-run.ts';
import { charging, polling } from './oplati/oplati-run.ts';
import { ORDER as BILL_ORDER, creating, PaymasterRun, payment, waiting } from './paymaster/paymaster-run.ts';

/** The longest that anything is waited for: the life of a bill or an order, and what comes after it. */
const MOST_MS = 40 * 60_000;

type Run = AnyRun<never>;
type Told = (run: Run, tag: string, url: string) => void;

/** From now on nobody does anything, and every request has this answer. */
function silence(run: Run, told: Told): void {
  const startedAtMs = run.nowMs;
  const before = run.outcomes.length;
  const answered = new Set(run.sends.slice(0, -1).map(({ request }) => request.tag));
  while (run.outcomes.length === before) {
    const open = run.sends.find(({ request }) => !answered.has(request.tag));
    const where = JSON.stringify(run.prompt);
    if (open !== undefined) {
      answered.add(open.request.tag);
      told(run.later(1_000), open.request.tag, open.request.url);
    } else if (run.sleepMs === null) throw new Error(`waits for ever: ${where}`);
    else run.wake();
    if (run.nowMs - startedAtMs > MOST_MS) throw new Error(`still waits: ${where}`);
    if (run.prompt?.show === 'wait') expect(run.prompt.deadlineMs, where).toBeLessThanOrEqual(MOST_MS);
  }
}

const lost: Told = (run, tag) => run.feed({ noReply: { tag, kind: 'lost' } });
const notSent: Told = (run, tag) => run.feed({ noReply: { tag, kind: 'notSent' } });
const always =
  (bodyOf: (url: string) => unknown): Told =>
  (run, tag, url) =>
    run.feed({ reply: { tag, status: 200, body: JSON.stringify(bodyOf(url)) } });

type Way = [name: string, begin: () => unknown, told: Told];

const ways = (name: string, begin: () => unknown, ...pending: Told[]): Way[] => [
  [`${name}, no answer`, begin, lost],
  [`${name}, no link`, begin, notSent],
  ...pending.map((told): Way => [`${name}, not decided by any answer`, begin, told]),
];

function end(all: Way[]): void {
  it.each(all)('%s', (_, begin, told) => {
    const run = begin() as Run;
    const before = run.outcomes.length;
    silence(run, told);
    expect(run.outcomes.length).toBe(before + 1);
  });
}

describe('О!плати', () => {
  const source: NonNullable<Order['source']> = {
    ...{ orderNumber: 'T1-0000', providerPaymentId: '1000000', amountKopecks: 1530, shiftLabel: '15012030' },
    recalled: { providerPaymentId: '1000000', isReversal: false },
  };
  const session = (mode: 1 | 2, machine: unknown) =>
    new MachineRun(machine as never, { mode }).reply(200, {
      sessionId: 1,
      confirmCode: '0135',
      dynamicQR: 'o-plati://x',
    });
  const nobody = always(() => ({ isConsumerReady: false, loyaltyCards: [] }));
  const zero = always((url) => (url.includes('paymentReports') ? [info(0)] : info(0)));
  const reversing = always((url) => {
    const row = info(0, { paymentType: 3, paymentId: 1000004 });
    return url.includes('paymentReports') ? [row] : row;
  });
  end([
    ...ways('OPL-21', () => new MachineRun(oplatiPay, { mode: 0 })),
    ...ways('OPL-21 for a card', () => new MachineRun(oplatiLoyalty as never, { mode: 0 })),
    ...ways('the code is told', () => session(1, oplatiPay), nobody),
    ...ways('the code was told', () => session(1, oplatiPay).feed({ answer: { ok: true } }), nobody),
    ...ways('the QR', () => session(2, oplatiPay), nobody),
    ...ways('a card by its code', () => session(1, oplatiLoyalty), nobody),
    ...ways('a card by the QR', () => session(2, oplatiLoyalty), nobody),
    ...ways('the sale', () => charging(), zero),
    ...ways('the PIN', () => polling(), zero),
    ...ways('Esc while the sale is in flight', () => charging().cancel(), zero),
    ...ways('Esc while the PIN is waited for', () => polling().cancel(), zero),
    ...ways('the token', () => new MachineRun(oplatiToken as never, {}, OPLATI_ORDER, null)),
    ...ways('the report of the reconciliation', () => new MachineRun(oplatiReconcile as never)),
    ...ways('a cancel', () => new MachineRun(oplatiCancel as never, {}, { ...OPLATI_ORDER, source }), reversing),
    ...ways('a refund', () => new MachineRun(oplatiRefund as never, {}, { ...OPLATI_ORDER, source }), reversing),
  ]);
});

describe('PayMaster', () => {
  const source = {
    ...{ orderNumber: 'sale', providerPaymentId: '900000001', amountKopecks: 1530, shiftLabel: '15012030' },
    recalled: { providerPaymentId: '900000001', isReversal: false },
  } as Order['source'];
  const reversal = (machine: unknown) => () => new PaymasterRun(machine, {}, { ...BILL_ORDER, source });
  const open = always((url) =>
    url.includes('payments?') ? { items: [payment('Confirmation')] } : payment('Confirmation'),
  );
  const inWork = always(() => ({
    ...{ id: '7', created: '2030-01-15T07:00:00Z', paymentId: '900000001', status: 'Pending' },
    amount: { value: 15.3, currency: 'RUB' },
  }));
  end([
    ...ways('the bill', () => creating(), open),
    ...ways('the slip with the QR', () => waiting({ display: 0 }), open),
    ...ways('PM-10', () => waiting({ display: 0 }).feed({ answer: { notPrinted: true } }), open),
    ...ways('the QR', () => waiting({ display: 1 }), open),
    ...ways('the plate', () => creating({ display: 2, stickerId: 'S1' }), open),
    ...ways('the cancel', () => waiting().cancel(), open),
    ...ways('a cancel of a payment', reversal(paymasterCancel), inWork),
    ...ways('a refund', reversal(paymasterRefund), inWork),
    ...ways('the lists of the reconciliation', () => new PaymasterRun(paymasterReconcile)),
  ]);
});

describe('Ассист', () => {
  const recalled = { ...{ providerPaymentId: null, isReversal: false, email: '', means: null }, offlineSinceMs: null };
  const source = {
    ...{ orderNumber: ASSIST_ORDER.orderNumber, providerPaymentId: null, amountKopecks: 100, shiftLabel: '' },
    recalled: { ...recalled, mayBeTold: true },
  } as Order['source'];
  const booked = {
    ...{ orderNumber: ASSIST_ORDER.orderNumber, providerPaymentId: null, amountKopecks: 100 },
    source: null,
  };
  const books: Books = {
    ...{ openedAtMs: 0, registerPrefix: '8-', shiftPrefix: '8-1-' },
    operations: [{ ...booked, kind: 'payment', state: 'pending' }],
    progress: { asked: 0, all: 1 },
  };
  const reversal = (machine: unknown) => () => new AssistRun(machine as never, { ...ASSIST_ORDER, source });
  const begun = (...choice: number[]) => choice.reduce((run, one) => run.choose(one), new AssistRun(assistPay));
  const reading = () => begun(1).hear({ is: 'connected', name: 'MPOS1' });
  const pending = always(() => resultOf(order('In Process')));
  const none = always(() => resultOf());
  end([
    ...ways('the means', () => begun()),
    ...ways('the change', () => begun(0)),
    ...ways('the cash', () => begun(0).feed({ answer: { amountKopecks: 100 } }), none),
    ...ways('the cash that must be told', () => {
      const strict = new AssistRun(assistPay, ASSIST_ORDER, { cashOffline: false });
      return strict.choose(0).feed({ answer: { amountKopecks: 100 } });
    }),
    ...ways('the order of СБП', () => assistCreating(), pending, none),
    ...ways('the QR', () => showing(), pending),
    ...ways('the QR that is hidden', () => showing().ok(), pending),
    ...ways('AS-32', () => showing().cancel(), pending),
    ...ways('an order that is given up', () => showing().cancel().ok(), pending),
    ...ways('SoftPOS', () => begun(3), pending, none),
    ...ways('AS-07, and the reader that is looked for', () => begun(1)),
    ...ways('AS-09', () => begun(1).hear({ is: 'notFound' }).hear({ is: 'found', name: 'MPOS1' })),
    ...ways('AS-11', () => begun(1).hear({ is: 'notFound' }).hear({ is: 'notFound' })),
    ...ways('AS-12', () => begun(1).hear({ is: 'firmwareOld', name: 'MPOS1' })),
    ...ways('the update', () => begun(1).hear({ is: 'firmwareOld', name: 'MPOS1' }).ok()),
    ...ways('AS-15', () => begun(1).hear({ is: 'lowBattery' })),
    ...ways('the card', reading, none),
    ...ways('AS-13', () => reading().hear({ is: 'lost' }), none),
    ...ways('the PIN', () => reading().hear({ is: 'pin', wrong: true, display: [] }), none),
    ...ways(
      'AS-28',
      () => reading().hear({ is: 'selectApplication', options: ['MIR'], onReader: false, display: [] }),
      none,
    ),
    ...ways('AS-16', () => reading().hear({ is: 'signature', display: [], slip: [] }), none),
    ...ways('a cancel', reversal(assistCancel), pending, none),
    ...ways('a refund', reversal(assistRefund), pending, none),
    ...ways(
      'the orders of the reconciliation',
      () => new AssistRun(assistReconcile as never, { ...ASSIST_ORDER, books }),
    ),
  ]);
});
