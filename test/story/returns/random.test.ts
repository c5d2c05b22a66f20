/**
 * Random days at the till against a model that knows nothing but arithmetic: sales, returns in parts, cancels,
 * annulments, a link that comes and goes, answers that are lost, restarts. At the end of each day О!плати, the journal
 * and the drawer say the same to the kopeck. A failure prints its seed and the shortest failing day that was found in time.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { totalsOf } from '../../../src/register/totals.ts';
import { begin, payWith } from '../payments/oplati/shop.ts';
import type { Story } from '../story.ts';
import { drawerKopecks, expectBooks, REVERSAL, untilSettled, viewSale, withGoods } from './counter.ts';

const GOODS = [
  { code: '7001', name: 'СЫРОК', priceKopecks: 351 },
  { code: '7002', name: 'БУЛКА', priceKopecks: 199 },
  { code: '7003', name: 'ЧАЙ', priceKopecks: 1007 },
];

type Means = 'cash' | 'oplati';
interface Payment {
  means: Means;
  leftKopecks: number;
}
interface SoldLine {
  sold: number;
  paidKopecks: number;
  returned: number;
  refundedKopecks: number;
}
interface Sale {
  number: number;
  lines: SoldLine[];
  payments: Payment[];
}

const planArb = fc.array(
  fc.oneof(
    fc.record({ means: fc.constant<Means>('oplati'), part: fc.constantFrom(0, 100, 333) }),
    fc.record({ means: fc.constant<Means>('cash'), part: fc.constantFrom(0, 50, 5000) }),
  ),
  { minLength: 1, maxLength: 3 },
);
const goodsArb = fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 3 });
const actArb = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constant('sell' as const), goods: goodsArb, plan: planArb, card: fc.boolean() }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      act: fc.constant('return' as const),
      sale: fc.nat(5),
      pieces: fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }),
      kill: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constant('returnAndCancel' as const), sale: fc.nat(5), cut: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant('cancel' as const), goods: goodsArb, plan: planArb, cut: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constant('annul' as const), goods: goodsArb, plan: planArb, cut: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('link' as const), isUp: fc.constantFrom(true, true, false) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('fault' as const),
      kind: fc.constantFrom('drop-reply', 'drop-request', 'http-500', 'wrong-sum'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('restart' as const) }) },
);
type Act = typeof actArb extends fc.Arbitrary<infer T> ? T : never;

/** One day: the cashier's hands, and beside them what must be true. */
class Day {
  readonly story: Story;
  readonly sales: Sale[] = [];
  drawer = 0;
  wallet = 0;

  constructor(story: Story) {
    this.story = story;
  }

  async do(act: Act): Promise<void> {
    switch (act.act) {
      case 'sell':
        return this.#sell(act.goods, act.plan, act.card);
      case 'return':
        return this.#return(act.sale, act.pieces, act.kill);
      case 'returnAndCancel':
        return this.#returnAndCancel(act.sale, act.cut);
      case 'cancel':
        return this.#cancel(act.goods, act.plan, act.cut);
      case 'annul':
        return this.#annul(act.goods, act.plan, act.cut);
      case 'link':
        return this.story.oplati.fault(act.isUp ? 'none' : 'refuse');
      case 'fault':
        return this.story.oplati.fault(act.kind, 1, REVERSAL);
      case 'restart':
        await this.story.restart();
        return this.#calm();
    }
  }

  async end(): Promise<void> {
    await this.story.oplati.fault('none');
    await untilSettled(this.story);
    await this.#calm();
    const picture = this.story.picture();
    expect({ wallet: this.story.chargedKopecks(), drawer: drawerKopecks(this.story) }, picture).toEqual({
      wallet: this.wallet,
      drawer: this.drawer,
    });
    expectBooks(this.story);
  }

  /** Waits for what runs and reads every message away; a result nobody can tell is left to the register (OPL-16, Esc). */
  async #calm(): Promise<void> {
    const { story } = this;
    const isFree = () => story.till.state.attempts.every(({ foreground }) => !foreground);
    for (;;) {
      await story.until('free, or asked', () => isFree() || ['OPL-16', 'SYS-09'].includes(story.dialog ?? ''));
      if (story.dialog === null) return;
      story.press(story.dialog === 'OPL-16' ? 'escape' : 'enter');
    }
  }

  get #rest(): number {
    return totalsOf(this.story.document).restKopecks;
  }

  /** Goods, subtotal, and the payments of the plan as far as the link lets them through. */
  async #ring(goods: [number, number][], plan: { means: Means; part: number }[], withCard = false): Promise<Payment[]> {
    const { story } = this;
    if (withCard) story.press('shift+f5').scan('2900000000018');
    for (const [index, quantity] of goods) story.press(`type:${quantity}`, '*').goods(GOODS[index]?.code ?? '');
    story.press('f6');
    const payments: Payment[] = [];
    for (const { means, part } of plan) {
      const before = this.#rest;
      if (before === 0) break;
      const isCashOver = means === 'cash' && part > before;
      const amount = part === 0 ? before : isCashOver ? part : Math.min(part, before);
      payWith(story, means === 'cash' ? 1 : 7, (amount / 100).toFixed(2));
      await this.#calm();
      const paid = before - this.#rest;
      if (paid > 0) payments.push({ means, leftKopecks: paid });
    }
    return payments;
  }

  async #sell(goods: [number, number][], plan: { means: Means; part: number }[], withCard: boolean): Promise<void> {
    const payments = await this.#ring(goods, plan, withCard);
    this.#close(goods, payments, withCard ? 300 : 0);
  }

  /** F8 takes what is left in cash. What the receipt costs is counted here, not read from the screen. */
  #close(goods: [number, number][], payments: Payment[], discountBasisPoints = 0): void {
    const lines = goods.map(([index, quantity]): SoldLine => {
      const gross = (GOODS[index]?.priceKopecks ?? 0) * quantity;
      const paidKopecks = Math.floor((gross * (10_000 - discountBasisPoints) + 5000) / 10_000);
      return { sold: quantity, paidKopecks, returned: 0, refundedKopecks: 0 };
    });
    const total = lines.reduce((sum, { paidKopecks }) => sum + paidKopecks, 0);
    const number = this.story.document?.number ?? 0;
    const restKopecks = total - payments.reduce((sum, { leftKopecks }) => sum + leftKopecks, 0);
    if (restKopecks > 0) payments.push({ means: 'cash', leftKopecks: restKopecks });
    this.story.press('f8');
    expect(this.story.document, this.story.picture()).toBeNull();
    for (const { means, leftKopecks } of payments) this.#move(means, leftKopecks);
    this.sales.push({ number, lines, payments });
  }

  #move(means: Means, kopecks: number): void {
    if (means === 'cash') this.drawer += kopecks;
    else this.wallet += kopecks;
  }

  async #return(which: number, pieces: number[], kill: boolean): Promise<void> {
    const sale = this.#pick(which);
    if (sale === null) return;
    const { story } = this;
    viewSale(story, sale.number);
    story.press('f3');
    const wanted = sale.lines.map(({ sold, returned }, index) => Math.min(pieces[index] ?? 0, sold - returned));
    wanted.forEach((quantity, index) => {
      story.press('home', ...Array.from({ length: index }, () => 'down'), `type:${quantity}`, 'f3');
    });
    if (wanted.every((quantity) => quantity === 0)) {
      story.press('f11', 'enter');
      return;
    }
    const refunds = sale.lines.map((line, index) => {
      const until = line.returned + (wanted[index] ?? 0);
      return Math.floor((2 * line.paidKopecks * until + line.sold) / (2 * line.sold)) - line.refundedKopecks;
    });
    const sum = refunds.reduce((all, refund) => all + refund, 0);
    expect(totalsOf(story.document).totalKopecks, story.picture()).toBe(sum);
    story.press('f6');
    await this.#giveBack(kill);
    if (this.#rest > 0 || story.document?.payments.some(({ state }) => state === 'unknown') === true) {
      return this.#giveUp();
    }
    story.press('f8');
    expect(story.document, story.picture()).toBeNull();
    sale.lines.forEach((line, index) => {
      line.returned += wanted[index] ?? 0;
      line.refundedKopecks += refunds[index] ?? 0;
    });
    let owed = sum;
    for (const payment of [...sale.payments].reverse()) {
      const part = Math.min(owed, payment.leftKopecks);
      payment.leftKopecks -= part;
      owed -= part;
      this.#move(payment.means, -part);
    }
  }

  /** DOM-102 as it stands; perhaps the register dies meanwhile; Ввод once more for what did not go. */
  async #giveBack(kill: boolean): Promise<void> {
    const { story } = this;
    if (story.dialog === 'DOM-102') story.press('enter');
    if (kill) await story.restart();
    await this.#calm();
    await this.#decided();
    if (this.#rest === 0) return;
    story.press('enter');
    if (story.dialog === 'DOM-102') story.press('enter');
    await this.#calm();
    await this.#decided();
  }

  /** A refund that nobody can tell the end of is not given up: the register finds out (the link is mended for it). */
  async #decided(): Promise<void> {
    const isOpen = () => this.story.document?.payments.some(({ state }) => state === 'unknown') === true;
    if (!isOpen()) return;
    await this.story.oplati.fault('none');
    await this.story.until('decided', () => !isOpen());
    await this.#calm();
  }

  /** F11: what went back is taken again; without a link it is queued. */
  async #giveUp(): Promise<void> {
    for (let tries = 0; tries < 3 && this.story.document !== null; tries++) {
      this.story.press('f11', 'enter');
      await this.#calm();
    }
    expect(this.story.document, this.story.picture()).toBeNull();
  }

  async #returnAndCancel(which: number, cut: boolean): Promise<void> {
    const sale = this.#pick(which);
    if (sale === null) return;
    viewSale(this.story, sale.number);
    this.story.press('enter');
    await this.#giveBack(false);
    if (cut) await this.story.oplati.fault('refuse');
    if (totalsOf(this.story.document).fullyPaid) this.story.press('escape', 'enter');
    await this.#calm();
    return this.#giveUp();
  }

  async #cancel(goods: [number, number][], plan: { means: Means; part: number }[], cut: boolean): Promise<void> {
    const payments = await this.#ring(goods, plan);
    if (cut) await this.story.oplati.fault('refuse');
    const taken = payments.pop();
    if (taken !== undefined) {
      const before = totalsOf(this.story.document).receivedKopecks;
      this.story.press('escape', 'enter');
      await this.#calm();
      const isBack = totalsOf(this.story.document).receivedKopecks < before;
      if (!isBack) payments.push(taken);
    }
    this.#close(goods, payments);
  }

  async #annul(goods: [number, number][], plan: { means: Means; part: number }[], cut: boolean): Promise<void> {
    await this.#ring(goods, plan);
    if (cut) await this.story.oplati.fault('refuse');
    await this.#giveUp();
  }

  /** A sale of which something is left. */
  #pick(which: number): Sale | null {
    const open = this.sales.filter(({ lines }) => lines.some(({ sold, returned }) => returned < sold));
    return open[which % Math.max(1, open.length)] ?? null;
  }
}

describe('a random day', () => {
  it('О!плати, journal and drawer agree with the model', { timeout: 900_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(actArb, { minLength: 6, maxLength: 14 }), async (acts) => {
        const story = await begin({ prepare: withGoods(...GOODS), till: { printerUrl: 'none' } });
        try {
          const day = new Day(story);
          for (const act of acts) await day.do(act);
          await day.end();
        } finally {
          await story.end();
        }
      }),
      { numRuns: Number(process.env['KASSA_RANDOM_DAYS'] ?? 12), interruptAfterTimeLimit: 300_000 },
    );
  });
});
