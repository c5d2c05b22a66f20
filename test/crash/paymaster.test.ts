/** Law 1 for PayMaster: stopped at any instruction of a payment by СБП, the register comes back with the same money. */
import { describe, expect, it } from 'vitest';
import { documentsOf } from '../story/payments/oplati/shop.ts';
import { CREATE, expectBooksAgree, isPanelUp, PLATE, server } from '../story/payments/paymaster/shop.ts';
import type { Story } from '../story/story.ts';
import { finish, type Point, Power, pointsOf, type Script, settle } from './power.ts';

const paper = { paymaster: { settings: { display: 0 } } };
const plate = (buyer: 'pays' | 'silent' = 'pays') => ({ paymaster: { settings: PLATE, emulator: { buyer } } });

/** Writes between the subtotal and the close; those before and after are the same in every sale (everywhere.test.ts). */
const payment = { from: 0, to: Number.POSITIVE_INFINITY };

function goods(power: Power, code: string): void {
  power.press(`type:${code}`, 'enter', 'f6');
  payment.from = power.appends;
}

/** СБП from F7 to the paid row. */
async function payBySbp(power: Power, rows: number): Promise<void> {
  power.press('f7', 'type:8', 'enter');
  await power.until('paid', () => countedRows(power.story) === rows && power.story.till.state.attempts.length === 0);
}

function countedRows(story: Story): number {
  return story.document?.payments.filter(({ state }) => state === 'approved').length ?? 0;
}

async function closeAndPrint(power: Power): Promise<void> {
  payment.to = power.appends + 1;
  power.press('f8');
  await power.until('printed', () => power.story.till.state.printJobs.length === 0 && power.story.document === null);
}

async function untilGivenBack(power: Power): Promise<void> {
  await power.until('given back', () => power.story.till.state.attempts.length === 0);
  payment.to = Number.POSITIVE_INFINITY;
}

const scripts: Script[] = [
  {
    name: 'a plate, paid',
    options: plate(),
    async play(power) {
      goods(power, '2');
      await payBySbp(power, 1);
      await closeAndPrint(power);
    },
  },
  {
    name: 'the QR on paper, paid, after cash for a part',
    options: paper,
    async play(power) {
      goods(power, '2');
      power.press('type:10', 'f7', 'type:1', 'enter');
      await payBySbp(power, 2);
      await closeAndPrint(power);
    },
  },
  {
    name: 'a plate, the answer to the POST is lost',
    options: plate(),
    prepare: (story) => server(story).fault('drop-reply', 1, CREATE),
    async play(power) {
      goods(power, '2');
      await payBySbp(power, 1);
      await closeAndPrint(power);
    },
  },
  {
    name: 'a QR that nobody has seen is cancelled',
    // A stop around the cancel leaves the bill to its end.
    options: { paymaster: { settings: { display: 0, billTtlMs: 60_000 } } },
    prepare: async (story) => server(story).setDialect({ linkAt: 'never' }),
    async play(power) {
      goods(power, '2');
      power.press('f7', 'type:8', 'enter');
      await power.until('PM-07', () => power.story.dialog === 'PM-07');
      power.press('enter');
      await closeAndPrint(power);
    },
  },
  {
    name: 'Esc, nobody pays',
    options: plate('silent'),
    async play(power) {
      goods(power, '2');
      power.press('f7', 'type:8', 'enter');
      await power.until('the buyer may pay', () => isPanelUp(power.story));
      power.press('escape');
      await power.until('cancelled', () => power.story.dialog === 'DOM-97');
      power.press('escape');
      await closeAndPrint(power);
    },
  },
  {
    name: 'Esc, and the buyer has paid',
    options: plate('silent'),
    async play(power) {
      goods(power, '2');
      power.press('f7', 'type:8', 'enter');
      await power.until('the buyer may pay', () => isPanelUp(power.story));
      server(power.story).payer('confirm');
      power.press('escape');
      await power.until('PM-22', () => power.story.dialog === 'PM-22');
      power.press('enter');
      await closeAndPrint(power);
    },
  },
  {
    name: 'a paid row is taken back, the sum is paid in cash',
    options: plate(),
    async play(power) {
      goods(power, '2');
      await payBySbp(power, 1);
      power.press('escape', 'enter');
      await untilGivenBack(power);
      await closeAndPrint(power);
    },
  },
  {
    name: 'a paid row is taken back without a link: the queue',
    options: plate(),
    async play(power) {
      goods(power, '2');
      await payBySbp(power, 1);
      await server(power.story).fault('refuse', 1, { ms: 20_000 });
      power.press('escape', 'enter');
      await power.until('queued', () => power.story.till.state.attempts[0]?.foreground === false);
      power.press('enter');
      await closeAndPrint(power);
      await untilGivenBack(power);
    },
  },
  {
    name: 'a return by its receipt',
    options: plate(),
    async play(power) {
      goods(power, '2');
      await payBySbp(power, 1);
      await closeAndPrint(power);
      power.press('f9', 'type:1', 'enter', 'enter', 'enter');
      await power.until('given back', () => countedRows(power.story) === 1);
      await closeAndPrint(power);
    },
  },
];

/** What is left of a return is given back by Ввод; a sale is closed as ever. */
async function bringToEnd(story: Story): Promise<void> {
  if (story.document?.type !== 'returnBySale') return finish(story);
  if (story.document.stage === 'goods') story.press('f6');
  if (countedRows(story) === 0) story.press('enter');
  // How the return goes back is asked again: nothing of it was decided, or it was not done (DOM-102).
  if (story.dialog === 'DOM-102') story.press('enter');
  await story.until('given back', () => countedRows(story) === 1);
  story.press('f8');
  expect(story.document, story.picture()).toBeNull();
}

function countedKopecks(story: Story): number {
  let sum = 0;
  for (const { type, payments } of documentsOf(story)) {
    for (const { currency, state, amountKopecks } of payments) {
      if (currency.provider === 'paymaster' && state === 'approved')
        sum += type === 'sale' ? amountKopecks : -amountKopecks;
    }
  }
  return sum;
}

/** The power goes at the point, comes back, and the books are compared. */
async function tryPoint(script: Script, point: Point, reference: Power): Promise<void> {
  const power = await Power.play(script, point);
  const { story } = power;
  try {
    if (!power.isOff) throw new Error('the power did not go');
    await power.restore();
    if (point.at === 'append') {
      const written = point.moment === 'after' ? point.n : point.n - 1;
      expect(power.receipt(), story.picture()).toBe(reference.receipts[written]);
    }
    expect(story.dialog === 'SYS-09', story.picture()).toBe(story.document !== null);
    expectBooksAgree(story);
    // Whoever was silent pays now, of all times.
    server(story).setBuyer('pays');
    await settle(story);
    expectBooksAgree(story);
    const before = server(story).ledger().length;
    const wasReturn = story.document?.type === 'returnBySale';
    await bringToEnd(story);
    if (!wasReturn) expect(server(story).ledger().length).toBe(before);
    expectBooksAgree(story);
    expect(story.till.state.attempts).toEqual([]);
    expect(story.otherChargedKopecks()).toBe(countedKopecks(story));
  } finally {
    await story.end();
  }
}

describe.each(scripts)('$name', (script) => {
  it('stopped before and after every write, and around every request', async () => {
    const reference = await Power.play(script, null);
    expect(reference.isOff).toBe(false);
    reference.receipts[reference.appends] = reference.receipt();
    expectBooksAgree(reference.story);
    await reference.story.end();
    const { from, to } = payment;
    const points = pointsOf(reference).filter(({ at, n }) => at === 'send' || (n > from && n <= to));
    expect(points.length).toBeGreaterThan(10);
    const failures: string[] = [];
    for (const point of points) {
      await tryPoint(script, point, reference).catch((error: unknown) => {
        failures.push(`${JSON.stringify(point)}: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
    expect(failures.join('\n\n')).toBe('');
  });
});
