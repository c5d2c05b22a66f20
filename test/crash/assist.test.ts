/** Law 1 with Assist: stopped at any instruction of a payment, the register comes back with the same money. */
import { describe, expect, it } from 'vitest';
import { type MemoryReader, READER_URL, readerInMemory } from '../story/payments/assist/reader-in-memory.ts';
import { chooseMeans, expectBooks, hasQr, inWay, untilSettled } from '../story/payments/assist/shop.ts';
import { documentsOf } from '../story/payments/oplati/shop.ts';
import type { Story } from '../story/story.ts';
import { finish, type Point, Power, pointsOf, type Script } from './power.ts';

/** A shop of its own for each try: its reader too stands in the state the power left it in. */
interface Shop {
  script: Script;
  reader: MemoryReader | null;
}

function paidRows(story: Story): number {
  return story.document?.payments.filter(({ state }) => state === 'approved').length ?? 0;
}

/** F7, Ассист, this means. */
async function choose(power: Power, means: string): Promise<void> {
  power.press('type:2', 'enter', 'f6', 'f7', 'type:9', 'enter');
  await power.until('the order', () => power.story.dialog === 'AS-01');
  await chooseMeans(power.story, means);
  power.alive();
}

async function takeResult(power: Power, number: string): Promise<void> {
  await power.until(number, () => power.story.dialog === number);
  expect(paidRows(power.story)).toBe(1);
  power.press('enter');
}

async function close(power: Power): Promise<void> {
  power.press('f8');
  await power.until('printed', () => power.story.till.state.printJobs.length === 0 && power.story.document === null);
}

function online(name: string, play: Script['play'], more: Partial<Script> = {}): () => Shop {
  return () => ({ script: { name, options: { assist: {} }, play, ...more }, reader: null });
}

const inWayOptions = { options: inWay('mpos') };

const shops: { name: string; open: () => Shop }[] = [
  {
    name: 'cash',
    open: online('cash', payCash),
  },
  {
    name: 'cash without a link, delivered later',
    open: online('offline', async (power) => {
      await power.story.assist?.fault('refuse', 1, { ms: 20_000 });
      await choose(power, 'Наличные');
      power.press('enter');
      await takeResult(power, 'AS-35');
      await close(power);
      await power.until('delivered', () => power.story.till.state.attempts.length === 0);
    }),
  },
  {
    name: 'СБП',
    open: online('sbp', paySbp),
  },
  {
    name: 'СБП given up for cash',
    open: online(
      'sbp abort',
      async (power) => {
        await choose(power, 'СБП');
        await power.until('QR', () => hasQr(power.story));
        power.press('f7', 'enter');
        await power.until('given up', () => power.story.till.state.attempts.length === 0);
        // PM-05 leads to the payment types; after a power cut they are not open.
        if (power.story.till.state.ui.stack.length > 0) power.press('escape');
        await close(power);
      },
      { prepare: async (story) => story.assist?.setBuyer('silent') },
    ),
  },
  {
    name: 'a paid row is taken back',
    open: online('cancel', async (power) => {
      await choose(power, 'Наличные');
      power.press('enter');
      await takeResult(power, 'AS-04');
      power.press('escape', 'enter');
      await power.until('given back', () => power.story.till.state.attempts.length === 0);
      await close(power);
    }),
  },
  { name: 'the card reader', open: withReader },
  {
    name: 'mPOS: cash',
    open: online('mpos cash', payCash, inWayOptions),
  },
  {
    name: 'mPOS: cash whose answer is lost, delivered later',
    open: online(
      'mpos offline',
      async (power) => {
        await power.story.assist?.fault('drop-reply', 1, { path: '/mpos/mobilepayment.cfm' });
        await choose(power, 'Наличные');
        power.press('enter');
        await takeResult(power, 'AS-35');
        await close(power);
        await power.until('delivered', () => power.story.till.state.attempts.length === 0);
      },
      inWayOptions,
    ),
  },
  { name: 'mPOS: СБП', open: online('mpos sbp', paySbp, inWayOptions) },
  {
    name: 'mPOS: СБП whose answer is lost, the QR read again',
    open: online(
      'mpos sbp lost',
      async (power) => {
        await power.story.assist?.fault('drop-reply', 1, { path: '/mpos/mobilepayment.cfm' });
        await paySbp(power);
      },
      inWayOptions,
    ),
  },
];

async function payCash(power: Power): Promise<void> {
  await choose(power, 'Наличные');
  power.press('enter');
  await takeResult(power, 'AS-04');
  await close(power);
}

async function paySbp(power: Power): Promise<void> {
  await choose(power, 'СБП');
  await power.until('QR', () => hasQr(power.story));
  await takeResult(power, 'AS-04');
  await close(power);
}

function withReader(): Shop {
  const begun: { story: Story | null } = { story: null };
  const reader = readerInMemory(() => begun.story?.assist?.url ?? '');
  // The longest way: chip, the payment system chosen at the register, PIN.
  reader.play('co-badged');
  const script: Script = {
    name: 'reader',
    options: {
      clock: reader.clock,
      assist: { settings: { readerUrl: READER_URL } },
      till: { openDevice: reader.openDevice },
    },
    async prepare(story) {
      begun.story = story;
    },
    async play(power) {
      await choose(power, 'Картридер');
      await power.until('found', () => power.story.dialog === 'AS-09');
      power.press('enter');
      await power.until('choice', () => power.story.dialog === 'AS-28');
      power.press('enter');
      await takeResult(power, 'AS-04');
      await close(power);
    },
  };
  return { script, reader };
}

/** The cashier of the day after: reads what stands, gives up what has not begun, waits for the rest. */
async function settle(story: Story): Promise<void> {
  let rounds = 0;
  await story.until('everything is settled', () => {
    if (++rounds > 3000) throw new Error(`never settled\n${story.picture()}`);
    const { attempts, ui } = story.till.state;
    const prompt = attempts.find(({ foreground }) => foreground)?.prompt;
    // The list of payment types marks nothing when it comes by itself.
    if (ui.stack.length > 0) story.press(story.dialog === 'DOM-97' ? 'escape' : 'enter');
    else if (prompt?.number === 'AS-01' || prompt?.number === 'AS-02') story.press('escape');
    else if (prompt?.number === 'AS-33') story.press('enter');
    return attempts.every(({ follows }) => follows === 'unmade') && story.till.state.ui.stack.length === 0;
  });
}

function countedKopecks(story: Story): number {
  let sum = 0;
  for (const { payments } of documentsOf(story)) {
    for (const { currency, state, amountKopecks } of payments) {
      if (currency.provider === 'assist' && state === 'approved') sum += amountKopecks;
    }
  }
  return sum;
}

async function tryPoint(shop: Shop, point: Point, reference: Power): Promise<void> {
  const power = await Power.play(shop.script, point);
  const { story } = power;
  try {
    if (!power.isOff) throw new Error('the power did not go');
    // The line falls with the register.
    shop.reader?.machine.unplugged();
    await power.restore();
    if (point.at === 'append') {
      const written = point.moment === 'after' ? point.n : point.n - 1;
      expect(power.receipt(), story.picture()).toBe(reference.receipts[written]);
    }
    expect(story.dialog === 'SYS-09', story.picture()).toBe(story.document !== null);
    // Whoever was asked for money and has not been told that it is over may still pay.
    story.assist?.setBuyer('pays');
    await settle(story);
    expectBooks(story);
    finish(story);
    await untilSettled(story);
    expectBooks(story);
    expect(story.otherChargedKopecks(), story.picture()).toBe(countedKopecks(story));
    expect(documentsOf(story).length).toBeLessThanOrEqual(1);
  } finally {
    await story.end();
  }
}

describe.each(shops)('$name', ({ open }) => {
  it('stopped before and after every write, and around every request', async () => {
    const reference = await Power.play(open().script, null);
    expect(reference.isOff).toBe(false);
    reference.receipts[reference.appends] = reference.receipt();
    expectBooks(reference.story);
    await reference.story.end();
    const points = pointsOf(reference);
    expect(points.length).toBeGreaterThan(10);
    const failures: string[] = [];
    for (const point of points) {
      await tryPoint(open(), point, reference).catch((error: unknown) => {
        failures.push(`${JSON.stringify(point)}: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
    expect(failures.join('\n\n')).toBe('');
  });
});
