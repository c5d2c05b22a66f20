/**
 * kill -9 in process: the till stops right before or after a write of the journal, or around a request, and nothing of it
 * is cleaned up but its file handles. Then a new till starts on the same root, in front of the same server.
 */
import { expect } from 'vitest';
import { isUnfinished } from '../../src/payments/attempt.ts';
import type { Document } from '../../src/register/model.ts';
import { totalsOf } from '../../src/register/totals.ts';
import { begin, buyerCode, documentsOf, expectBooksAgree } from '../story/payments/oplati/shop.ts';
import type { Story, StoryOptions } from '../story/story.ts';

/** Where the power goes. `n` counts the journal's writes, or the requests, from the start of the program. */
export type Point =
  | { at: 'append'; n: number; moment: 'before' | 'after' }
  /** `before`: it never left; `inFlight`: it is on its way; `answered`: its answer was read and told nobody. */
  | { at: 'send'; n: number; moment: 'before' | 'inFlight' | 'answered' };

export interface Script {
  name: string;
  options: StoryOptions;
  /** What the shop is like before the sale begins. */
  prepare?(story: Story): Promise<void>;
  /** The sale itself. Waits by `power.until` only, so that it ends with the till. */
  play(power: Power): Promise<void>;
}

/** Thrown at the point; nothing of the till runs after it. */
class PowerCut extends Error {
  constructor() {
    super('power cut');
  }
}

export class Power {
  appends = 0;
  sends = 0;
  isOff = false;
  /** What the receipt was after so many writes. */
  readonly receipts: string[] = [];
  #story: Story | null = null;
  readonly #point: Point | null;

  private constructor(point: Point | null) {
    this.#point = point;
  }

  get story(): Story {
    if (this.#story === null) throw new Error('not begun');
    return this.#story;
  }

  /** Plays the script up to its end or up to the point. */
  static async play(script: Script, point: Point | null): Promise<Power> {
    const power = new Power(point);
    const till = {
      onAppend: (moment: 'before' | 'after') => power.#onAppend(moment),
      send: (request: Parameters<Story['send']>[0]) => power.#send(request),
    };
    try {
      power.#story = await begin({ ...script.options, till: { ...script.options.till, ...till } });
      power.receipts[power.appends] = power.receipt();
      await script.prepare?.(power.story);
      await script.play(power);
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
    return power;
  }

  /** As `story.until`, but the end of the till ends the script. */
  async until(what: string, isSo: () => boolean): Promise<void> {
    if (!this.isOff) await this.story.until(what, () => this.isOff || isSo());
    this.alive();
  }

  /** Keys reach nobody when the power is off. */
  press(...keys: string[]): void {
    this.alive();
    this.story.press(...keys);
    this.alive();
  }

  alive(): void {
    if (this.isOff) throw new PowerCut();
  }

  /** The open receipt and its payments, without what differs from run to run. */
  receipt(): string {
    return summary(this.#story?.till.state.register.document ?? null);
  }

  /** The power comes back. */
  async restore(): Promise<void> {
    this.isOff = false;
    await this.story.restart();
  }

  #cut(): never {
    this.isOff = true;
    throw new PowerCut();
  }

  #onAppend(moment: 'before' | 'after'): void {
    if (this.isOff) throw new PowerCut();
    if (moment === 'before') {
      this.receipts[this.appends] = this.receipt();
      this.appends++;
    }
    const point = this.#point;
    if (point?.at === 'append' && point.n === this.appends && point.moment === moment) this.#cut();
  }

  async #send(request: Parameters<Story['send']>[0]): ReturnType<Story['send']> {
    const never = new Promise<never>(() => undefined);
    if (this.isOff) return never;
    const point = this.#point;
    const isHere = point?.at === 'send' && point.n === ++this.sends;
    if (point === null) this.sends++;
    if (isHere && point.moment === 'before') {
      this.isOff = true;
      return never;
    }
    const answer = this.story.send(request);
    if (isHere && point.moment === 'inFlight') {
      this.isOff = true;
      return never;
    }
    const result = await answer;
    if (!isHere) return this.isOff ? never : result;
    this.isOff = true;
    return never;
  }
}

function summary(document: Document | null): string {
  if (document === null) return 'none';
  const { stage, lines, payments } = document;
  const goods = lines.map(({ goods: { code }, quantityThousandths }) => `${code}x${quantityThousandths}`);
  const money = payments.map(({ currency, amountKopecks, state }) => `${currency.code}:${amountKopecks}:${state}`);
  return `${stage} ${goods.join(',')} ${money.join(',')}`;
}

/**
 * The cashier of the day after: reads what stands, closes it, helps the payment that runs, and waits until nothing is
 * left to be found out.
 */
export async function settle(story: Story): Promise<void> {
  let codes = 500;
  let rounds = 0;
  await story.until('everything is settled', () => {
    if (++rounds > 3000) throw new Error(`never settled\n${story.picture()}`);
    const { attempts, ui } = story.till.state;
    const prompt = attempts.find(({ foreground }) => foreground)?.prompt?.show;
    // The list of payment types marks nothing when it comes by itself.
    if (ui.stack.length > 0) story.press(story.dialog === 'DOM-97' ? 'escape' : 'enter');
    else if (prompt === 'scanBuyerCode') story.scan(buyerCode(++codes));
    else if (prompt === 'tellCode' || prompt === 'confirm' || prompt === 'retryOrCancel') story.press('enter');
    return !attempts.some(isUnfinished) && story.till.state.ui.stack.length === 0;
  });
}

/** Brings the receipt that is left to its end: what is not paid yet is paid in cash. */
export function finish(story: Story): void {
  const { document } = story;
  if (document === null) return;
  if (document.lines.length === 0) return;
  if (document.stage === 'goods') story.press('f6');
  story.press('f8');
  expect(story.document, story.picture()).toBeNull();
}

/** One point of one script: the power goes, comes back, and the books are compared. */
export async function tryPoint(script: Script, point: Point, reference: Power): Promise<void> {
  const power = await Power.play(script, point);
  const { story } = power;
  try {
    if (!power.isOff) throw new Error('the power did not go');
    await power.restore();
    if (point.at === 'append') {
      const written = point.moment === 'after' ? point.n : point.n - 1;
      // The same screen with the same money: what was journaled is there, nothing more and nothing less.
      expect(power.receipt(), story.picture()).toBe(reference.receipts[written]);
    }
    expectRestoredScreen(story);
    expectBooksAgree(story);
    await settle(story);
    expectBooksAgree(story);
    const before = story.oplati.ledger().length;
    finish(story);
    expect(story.oplati.ledger().length).toBe(before);
    expectBooksAgree(story);
    expect(story.chargedKopecks()).toBe(countedKopecks(story));
    expect(documentsOf(story).length).toBeLessThanOrEqual(1);
  } finally {
    await story.end();
  }
}

/** SYS-09 over an open receipt, with its number, its positions and its sum; otherwise the mode's own screen. */
function expectRestoredScreen(story: Story): void {
  const { document } = story;
  if (document === null) {
    expect(story.dialog, story.picture()).not.toBe('SYS-09');
    return;
  }
  const { totalKopecks } = totalsOf(document);
  const sum = `${Math.floor(totalKopecks / 100)}.${String(totalKopecks % 100).padStart(2, '0')}`;
  expect(story.dialog, story.picture()).toBe('SYS-09');
  expect(story.shows(`ПРОДАЖА № ${document.number}, позиций: ${document.lines.length}, сумма ${sum}`)).toBe(true);
}

function countedKopecks(story: Story): number {
  let sum = 0;
  for (const document of documentsOf(story)) {
    for (const { currency, state, amountKopecks } of document.payments) {
      if (currency.provider === 'oplati' && state === 'approved') sum += amountKopecks;
    }
  }
  return sum;
}

/** Every point of a script: before and after each write, and around each request. */
export function pointsOf(reference: Power): Point[] {
  const points: Point[] = [];
  for (let n = 1; n <= reference.appends; n++) {
    for (const moment of ['before', 'after'] as const) points.push({ at: 'append', n, moment });
  }
  for (let n = 1; n <= reference.sends; n++) {
    for (const moment of ['before', 'inFlight', 'answered'] as const) points.push({ at: 'send', n, moment });
  }
  return points;
}
