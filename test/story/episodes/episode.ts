/**
 * One random hour at the till: a hand that presses what comes, buyers who do what they like, a network that breaks, a
 * program that is killed. One number decides all of it. Beside the ledgers the words about money are looked at after every
 * act: what the screen says is what the journal holds.
 */

import { findingsOf } from '../../../src/cli/check-parts.ts';
import { runDocuments } from '../../../src/cli/documents.ts';
import { BUYER_NAMES } from '../../../src/emulators/buyer-name.ts';
import type { ClosedDocument } from '../../../src/register/model.ts';
import { formatKopecks } from '../../../src/register/money.ts';
import { isCounted, totalsOf } from '../../../src/register/totals.ts';
import { documentsOf } from '../payments/oplati/shop.ts';
import { Story } from '../story.ts';
import { damageOne } from './damage.ts';

const FAULTS = ['refuse', 'drop-request', 'drop-reply', 'delay', 'http-500', 'garbage', 'wrong-sum', 'none', 'none'];
const GOODS = ['1', '2', '3', '4', '5'];
const KEYS = [
  ...['enter', 'enter', 'enter', 'escape', 'escape', 'f8', 'f6', 'f7', 'f3', 'f4', 'f9', 'f10', 'f11'],
  ...['up', 'down', 'home', 'end', 'backspace', 'f1', 'f2', 'f5', 'shift+f5', '*', 'ctrl+c'],
  ...['0', '1', '2', '3', '5', '7', '8', '9', '.'],
];
const PAUSES_MS = [0, 0, 200, 1_000, 3_000, 6_000, 12_000, 40_000];
/** So long everything must be settled when the network is whole and the buyer pays. */
const SETTLE_LIMIT_MINUTES = 120;

export interface EpisodeOptions {
  seed: number;
  acts: number;
  /** Files of the root are damaged meanwhile: then either the books agree at the end, or what is wrong has been named. */
  damages?: boolean;
}

/** A message, or a refusal of the start, that names a fault of the data. */
const NAMES_DAMAGE = /SYS-(?:01|02|03|05|08|10|11|19|20|21)|Нет пользователей: загрузите/;

/** How much of everything happened, so that a run that tries nothing is seen. */
export type Tally = Record<string, number>;

/** @returns what was wrong, empty when all is well; the story has ended */
export async function runEpisode({ seed, acts, damages = false }: EpisodeOptions, tally: Tally): Promise<string[]> {
  const episode = await Episode.begin(seed, damages);
  try {
    for (let act = 0; act < acts; act++) {
      await episode.act();
      if (episode.wrong.length > 0 || episode.isRefused) break;
    }
    if (episode.wrong.length === 0) await episode.settle();
    return episode.wrong;
  } catch (error) {
    return [...episode.wrong, `${error instanceof Error ? error.stack : error}`];
  } finally {
    episode.count(tally);
    await episode.story.end();
  }
}

class Episode {
  readonly story: Story;
  readonly wrong: string[] = [];
  readonly #acts: string[] = [];
  readonly #damages: boolean;
  /** What has been said of the data. */
  readonly #named = new Set<string>();
  #random: number;
  #hasDamage = false;
  /** The start was refused, and said why. */
  isRefused = false;

  private constructor(story: Story, random: number, damages: boolean) {
    this.story = story;
    this.#random = random;
    this.#damages = damages;
    story.onPaint = (rows) => {
      for (const [number] of rows.join('\n').matchAll(new RegExp(NAMES_DAMAGE, 'g'))) this.#named.add(number);
    };
  }

  static async begin(seed: number, damages: boolean): Promise<Episode> {
    let random = (seed * 2_654_435_761) | 0;
    const next = () => {
      random = step(random);
      return (random >>> 0) / 2 ** 32;
    };
    const mode = Math.floor(next() * 3) as 0 | 1 | 2;
    const story = await Story.begin({
      mode,
      paymaster: { settings: { display: 1 } },
      assist: {},
      settings: { cashForElectronicReturn: next() < 0.3 } as object,
    });
    return new Episode(story, random, damages);
  }

  /** One thing that happens, and a pause after it; then the words on the screen are compared. */
  async act(): Promise<void> {
    const { story } = this;
    if (story.exitCode !== null) await this.#again();
    if (this.isRefused) return;
    if (this.#damages && this.#chance(0.03)) await this.#damage();
    if (this.isRefused) return;
    const dice = this.#next();
    if (dice < 0.06) await this.#breakNetwork();
    else if (dice < 0.11) this.#changeBuyer();
    else if (dice < 0.13) await this.#again();
    else if (dice < 0.2) this.#scan();
    else if (dice < 0.4) this.#press(this.#pick(KEYS));
    else this.#sensible();
    await this.#pass(this.#pick(PAUSES_MS));
    this.#look();
  }

  /** Adds what has happened here to the tally. */
  count(tally: Tally): void {
    if (this.#hasDamage) {
      const how = this.isRefused ? 'refused' : this.#named.size > 0 ? 'named' : 'unnoticed';
      tally[`damage ${how}`] = (tally[`damage ${how}`] ?? 0) + 1;
      return;
    }
    const add = (what: string) => {
      tally[what] = (tally[what] ?? 0) + 1;
    };
    for (const document of documentsOf(this.story)) {
      add(`${document.type} ${'status' in document ? document.status : 'open'}`);
      for (const payment of document.payments) add(`${document.type} ${payment.currency.provider} ${payment.state}`);
    }
    for (const act of this.#acts) if (act === 'restart') add('restart');
  }

  /** The network is whole, the buyer pays, the hand reads every message away: everything comes to an end by itself. */
  async settle(): Promise<void> {
    const { story } = this;
    if (this.isRefused) return;
    this.#note('--- settling');
    if (this.#hasDamage) await this.#check();
    for (const server of [story.oplati, story.paymaster, story.assist]) await server?.fault('none');
    this.#changeBuyer('pays');
    for (let minutes = 0; minutes < SETTLE_LIMIT_MINUTES * 4; minutes++) {
      if (story.exitCode !== null) await this.#again();
      if (this.isRefused) return;
      const { attempts, ui } = story.till.state;
      // What was found bad takes no new money; what is open stays open, and is told.
      if (this.#hasDamage && minutes > 40 && this.#named.size > 0) return;
      if (attempts.length === 0 && story.document === null && ui.stack.length === 0) break;
      this.#finish();
      await this.#pass(15_000);
      this.#look();
      if (this.wrong.length > 0) return;
    }
    const { attempts } = story.till.state;
    if (attempts.length > 0)
      this.#fail(
        `never settled: ${attempts.map(({ provider, operation, state }) => `${provider} ${operation} ${state}`)}`,
      );
    if (story.document !== null) this.#fail('the receipt can neither be closed nor annulled');
    if (this.#hasDamage) await this.#check();
    // What cannot be read cannot be compared, and has been named.
    if (!this.#named.has('journal')) this.#books();
  }

  /** What a cashier would press to be done with it. */
  #finish(): void {
    const { story } = this;
    const { ui, attempts } = story.till.state;
    const waiting = attempts.find(({ foreground, prompt }) => foreground && prompt !== null);
    if (ui.stack.length === 0 && waiting !== undefined) {
      if (waiting.prompt?.show === 'scanBuyerCode') story.scan(story.oplati.issueBuyerCode());
      // A form may hold a sum that will not do: she leaves it rather than confirms it.
      else this.#press(this.#chance(0.7) ? 'escape' : 'enter');
      return;
    }
    if (ui.stack.length > 0) return this.#press(this.#chance(0.5) ? 'enter' : 'escape');
    const { document } = story;
    if (document === null) return this.#press('escape');
    const { fullyPaid } = totalsOf(document);
    if (fullyPaid && document.lines.length > 0) return this.#press(document.stage === 'goods' ? 'f6' : 'f8');
    this.#press('f11', 'enter');
  }

  /** What makes sense on the screen that stands there. */
  #sensible(): void {
    const { story } = this;
    const { ui, attempts } = story.till.state;
    const waiting = attempts.find(({ foreground, prompt }) => foreground && prompt !== null);
    if (ui.stack.length > 0) return this.#press(this.#pick(['enter', 'enter', 'enter', 'escape', 'down']));
    if (waiting !== undefined) {
      if (waiting.prompt?.show === 'scanBuyerCode' && this.#chance(0.8)) {
        story.scan(story.oplati.issueBuyerCode());
        return this.#note('buyer code');
      }
      // Mostly she waits for the buyer.
      return this.#chance(0.6) ? undefined : this.#press(this.#pick(['enter', 'enter', 'escape', '1', '3']));
    }
    const { document } = story;
    if (document === null) {
      return this.#chance(0.3)
        ? this.#press('f9', 'enter', this.#pick(['enter', 'f3', 'escape']))
        : this.#press(this.#pick(GOODS), 'enter');
    }
    if (document.stage === 'goods') {
      return this.#chance(0.4)
        ? this.#press('f6')
        : this.#press(this.#pick(['2', '3']), '*', this.#pick(GOODS), 'enter');
    }
    const sum = this.#chance(0.3) ? [...this.#pick(['1', '3.50', '15.30', '99'])] : [];
    const code = this.#pick(['1', '3', '7', '7', '7', '8', '8', '9', '9']);
    if (this.#chance(0.5)) return this.#press(...sum, 'f7', code, 'enter');
    this.#press(this.#pick(['f8', 'f8', 'f6', 'escape', 'enter', 'f11']));
  }

  #scan(): void {
    const code = this.#pick(['4810000000018', '4810000000025', '2212345005006', '46198488', '0104810000000018215A']);
    this.#note(`scan ${code}`);
    this.story.scan(code);
  }

  async #breakNetwork(): Promise<void> {
    const { story } = this;
    const server = this.#pick([story.oplati, story.paymaster, story.assist]);
    const kind = this.#pick(FAULTS);
    this.#note(`${server === story.oplati ? 'oplati' : server === story.assist ? 'assist' : 'paymaster'} ${kind}`);
    await server?.fault(kind, this.#pick([1, 1, 2, 5]), kind === 'refuse' ? { ms: this.#pick([5_000, 60_000]) } : {});
  }

  #changeBuyer(buyer = this.#pick(BUYER_NAMES)): void {
    const { story } = this;
    this.#note(`buyer ${buyer}`);
    for (const server of [story.oplati, story.paymaster, story.assist]) server?.setBuyer(buyer);
  }

  /** Killed, and started again on the same root. */
  async #again(): Promise<void> {
    this.#note('restart');
    this.story.exitCode = null;
    try {
      await this.story.restart();
    } catch (error) {
      // `till: damaged`: the command line says it with a number (cli/problems.ts).
      if (
        !this.#hasDamage ||
        !/^till: (?:damaged|catalog|catalogDamaged|readOnly|storage|newer)$/.test(String((error as Error).message))
      )
        throw error;
      this.isRefused = true;
      this.#note(String(error));
      if ((await findingsOf(this.story.root)).every(({ fault }) => fault === null))
        this.#fail('refused, but `check` finds nothing');
      return;
    }
    if (this.#hasDamage) await this.#check();
  }

  /** Under the running program, or while it stands still. */
  async #damage(): Promise<void> {
    const isStopped = this.#chance(0.5);
    if (isStopped) await this.story.till.stop();
    const done = damageOne(this.story.root, () => this.#next());
    this.#hasDamage ||= done !== null;
    this.#note(`DAMAGE ${isStopped ? 'stopped' : 'running'} ${done}`);
    if (isStopped) await this.#again();
  }

  /** The check that `run` starts beside itself. */
  async #check(): Promise<void> {
    const findings = await findingsOf(this.story.root);
    for (const { part, fault } of findings) {
      if (part === 'journal' && fault !== null) this.#named.add(part);
      const number = NAMES_DAMAGE.exec(fault ?? '')?.[0];
      if (number !== undefined) this.#named.add(number);
    }
    const journal = findings.find(({ part }) => part === 'journal')?.damage ?? null;
    const isCatalogDamaged = findings.find(({ part }) => part === 'catalog')?.damage !== undefined;
    this.story.till.checked({ journal, isCatalogDamaged });
  }

  async #pass(milliseconds: number): Promise<void> {
    if (milliseconds > 0) await this.story.pass(milliseconds);
  }

  #press(...keys: string[]): void {
    this.#note(keys.join(' '));
    this.story.press(...keys);
  }

  /** Words about money on the screen against the state that is on disk. */
  #look(): void {
    const { story } = this;
    const text = story.screen.join('\n');
    const { document } = story;
    const { ui, attempts } = story.till.state;
    // A list or a prompt names the part that is about to be charged.
    const isBare = ui.stack.length === 0 && attempts.every(({ foreground }) => !foreground);
    const toPay = /К оплате: +(\d[\d ]*\.\d\d)/.exec(text)?.[1];
    if (toPay !== undefined && isBare && document !== null && document.stage === 'subtotal') {
      this.#expectSame('К оплате', toPay, formatKopecks(totalsOf(document).restKopecks));
    }
    const { lastClosed } = story.till.state.register;
    if (document === null && text.includes('Чек закрыт') && lastClosed !== null) {
      const change = /С Д А Ч А *: *(\d[\d ]*\.\d\d)/.exec(text)?.[1];
      if (change !== undefined) this.#expectSame('Сдача', change, formatKopecks(lastClosed.changeKopecks));
      if (lastClosed.type !== 'sale' && cashOf(lastClosed) > 0) {
        const handed = /(?:Выдать наличными|ВЫДАТЬ НАЛИЧНЫМИ) *: *(\d[\d ]*\.\d\d)/.exec(text)?.[1];
        this.#expectSame('Выдать наличными', handed ?? 'не сказано', formatKopecks(cashOf(lastClosed)));
      }
    }
    if (text.includes('SYS-15')) this.#fail('SYS-15');
  }

  /** Called when everything is settled: server, journal, `documents` and paper say the same. */
  #books(): void {
    const { story } = this;
    const documents = documentsOf(story);
    const held = (...providers: string[]) =>
      documents.reduce((sum, document) => {
        const amount = document.payments
          .filter((payment) => isCounted(payment) && providers.includes(payment.currency.provider))
          .reduce((all, { amountKopecks }) => all + amountKopecks, 0);
        return document.type === 'sale' ? sum + amount : sum - amount;
      }, 0);
    this.#expectSame('О!плати', story.chargedKopecks(), held('oplati'));
    this.#expectSame('PayMaster + Assist', story.otherChargedKopecks(), held('paymaster', 'assist'));
    const paper = story.paper();
    const shown = captured(() => runDocuments({ texts: { root: story.root }, switches: new Set(['json']) } as never));
    for (const document of documents) {
      if (!('status' in document)) continue;
      const told = shown.find(({ number }) => number === document.number);
      this.#expectSame(`documents № ${document.number}`, told?.totalKopecks, totalsOf(document).totalKopecks);
      if (document.status !== 'closed') continue;
      const slips = paper.split(`Чек № ${document.number}`).slice(1);
      const total = formatKopecks(document.totalKopecks);
      const isPrinted = slips.some((slip) => slip.slice(0, 2500).includes(total));
      // A printer of a file prints at once, but the last slips may wait for the program's next turn.
      if (slips.length > 0 && !isPrinted) this.#fail(`the slip of № ${document.number} lacks ${total}`);
    }
  }

  #expectSame(what: string, is: unknown, wanted: unknown): void {
    if (is !== wanted) this.#fail(`${what}: ${is}, must be ${wanted}`);
  }

  #fail(what: string): void {
    const { story } = this;
    // Books that differ are no surprise once the register has said what is wrong with them.
    if (this.#hasDamage && this.#named.size > 0 && !/SYS-15/.test(what)) return;
    this.wrong.push(`${what}\nActs: ${this.#acts.slice(-60).join(' | ')}\n${story.picture()}`);
  }

  #note(what: string): void {
    this.#acts.push(what);
  }

  #next(): number {
    this.#random = step(this.#random);
    return (this.#random >>> 0) / 2 ** 32;
  }

  #chance(share: number): boolean {
    return this.#next() < share;
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#next() * from.length)] as T;
  }
}

/** What the buyer gets in his hand. */
function cashOf(document: ClosedDocument): number {
  return document.payments
    .filter((payment) => isCounted(payment) && (payment.currency.provider === 'cash' || payment.isCash === true))
    .reduce((sum, { amountKopecks }) => sum + amountKopecks, 0);
}

/** xorshift32: the same numbers on every machine. */
function step(random: number): number {
  let next = random === 0 ? 1 : random;
  next ^= next << 13;
  next ^= next >>> 17;
  return next ^ (next << 5);
}

/** Lines of a command that writes JSON to the standard output. */
function captured(run: () => number): { number: number; totalKopecks: number }[] {
  const write = process.stdout.write;
  let text = '';
  process.stdout.write = ((chunk: string) => {
    text += chunk;
    return true;
  }) as typeof process.stdout.write;
  try {
    run();
  } finally {
    process.stdout.write = write;
  }
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { number: number; totalKopecks: number });
}
