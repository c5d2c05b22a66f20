/** Law 1: stopped at any instruction of a sale, the register comes back with the same money. */
import { describe, expect, it } from 'vitest';
import { buyerCode, expectBooksAgree } from '../story/payments/oplati/shop.ts';
import { Power, pointsOf, type Script, tryPoint } from './power.ts';

const MONEY = { path: '/pos/payments', method: 'POST' };

/** О!плати from F7 to the paid row. */
async function payByOplati(power: Power, mode: 0 | 1 | 2, rows: number): Promise<void> {
  power.press('f7', 'type:7', 'enter');
  if (mode === 0) power.story.scan(buyerCode(1));
  if (mode === 1) {
    await power.until('the code is told', () => power.story.dialog === 'OPL-22');
    power.press('enter');
  }
  await power.until('paid', () => countedRows(power) === rows && power.story.till.state.attempts.length === 0);
}

function countedRows(power: Power): number {
  return power.story.document?.payments.filter(({ state }) => state === 'approved').length ?? 0;
}

async function closeAndPrint(power: Power): Promise<void> {
  power.press('f8');
  await power.until('printed', () => power.story.till.state.printJobs.length === 0 && power.story.document === null);
}

function goods(power: Power, ...codes: string[]): void {
  for (const code of codes) power.press(`type:${code}`, 'enter');
  power.press('f6');
}

const scripts: Script[] = [
  {
    name: 'K1, K21, K22 cash with a storno',
    options: {},
    async play(power) {
      power.press('type:2', 'enter', 'type:3', 'enter', 'f4', 'f6', 'type:20');
      await closeAndPrint(power);
    },
  },
  ...([0, 1, 2] as const).map(
    (mode): Script => ({
      name: `K1-K8, K21, K22 О!плати, mode ${mode}`,
      options: { mode },
      async play(power) {
        goods(power, '2');
        await payByOplati(power, mode, 1);
        await closeAndPrint(power);
      },
    }),
  ),
  {
    name: 'K9, K10 О!плати, mode 2, the buyer is asked for his PIN',
    options: { mode: 2 },
    prepare: async (story) => story.oplati.setBuyer('pays', { pinAfterMs: 7_000 }),
    async play(power) {
      goods(power, '2');
      await payByOplati(power, 2, 1);
      await closeAndPrint(power);
    },
  },
  {
    name: 'K5, K19 О!плати, mode 2, the answer to the sale is lost',
    options: { mode: 2 },
    prepare: (story) => story.oplati.fault('drop-reply', 1, MONEY),
    async play(power) {
      goods(power, '2');
      await payByOplati(power, 2, 1);
      await closeAndPrint(power);
    },
  },
  {
    name: 'cash and О!плати in one receipt',
    options: { mode: 2 },
    async play(power) {
      goods(power, '2');
      power.press('type:10', 'f7', 'type:1', 'enter');
      await payByOplati(power, 2, 2);
      await closeAndPrint(power);
    },
  },
  {
    name: 'K17 a payment is cancelled, the sum is paid in cash',
    options: { mode: 2 },
    async play(power) {
      goods(power, '2');
      await payByOplati(power, 2, 1);
      power.press('escape', 'enter');
      await power.until('given back', () => power.story.till.state.attempts.length === 0);
      await closeAndPrint(power);
    },
  },
  {
    name: 'K17 a cancel without a link waits in the queue',
    options: { mode: 2 },
    async play(power) {
      goods(power, '2');
      await payByOplati(power, 2, 1);
      await power.story.oplati.fault('refuse', 1, { ms: 20_000 });
      power.press('escape', 'enter');
      await power.until('OPL-12', () => power.story.dialog === 'OPL-12');
      power.press('enter');
      await closeAndPrint(power);
      await power.until('given back', () => power.story.till.state.attempts.length === 0);
    },
  },
  {
    name: 'K15-K18 Esc while the buyer is asked for his PIN',
    options: { mode: 2 },
    prepare: async (story) => story.oplati.setBuyer('pays', { pinAfterMs: 25_000 }),
    async play(power) {
      goods(power, '2');
      power.press('f7', 'type:7', 'enter');
      await power.until('the PIN is asked for', () => power.story.till.state.attempts[0]?.state === 'pending');
      power.press('escape');
      await power.until('cancelled', () => power.story.till.state.attempts.length === 0);
      await closeAndPrint(power);
    },
  },
  {
    name: 'annulment of a receipt with cash and О!плати',
    options: { mode: 2 },
    async play(power) {
      goods(power, '2');
      power.press('type:10', 'f7', 'type:1', 'enter');
      await payByOplati(power, 2, 2);
      power.press('f11', 'enter');
      await power.until('annulled', () => power.story.document === null);
    },
  },
];

describe.each(scripts)('$name', (script) => {
  it('stopped before and after every write, and around every request', async () => {
    const reference = await Power.play(script, null);
    expect(reference.isOff).toBe(false);
    reference.receipts[reference.appends] = reference.receipt();
    expectBooksAgree(reference.story);
    await reference.story.end();
    const points = pointsOf(reference);
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
