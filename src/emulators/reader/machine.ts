/** The reader itself: what it answers to the register, what its screen shows, and when it pays. */
import type { EmulatorClock } from '../clock.ts';
import { type Scenario, WRONG_PINS_REFUSED } from './scenario.ts';
import { type Ask, type ReaderSays, readAsks } from './wire.ts';

export interface ReaderMachineOptions {
  name: string;
  clock: EmulatorClock;
  /** How long each thing takes that the buyer or the reader does. */
  stepMs: number;
  /** NFC payments below it need no signature (assist.md 12.21). */
  signatureLimitKopecks: number;
  scenario: Scenario;
}

export interface ReaderSurroundings {
  say(line: ReaderSays): void;
  pullCable(): void;
  /** @returns whether the bank has paid */
  pay(order: ReaderOrder, responseCode: string): Promise<boolean>;
}

export interface ReaderOrder {
  orderNumber: string;
  amountKopecks: number;
  currency: string;
  email?: string;
}

interface Payment {
  order: ReaderOrder;
  scenario: Scenario;
  /** From now on it cannot be stopped by the register. */
  hasCard: boolean;
  isDropped: boolean;
  /** Null until it is through. */
  approved: boolean | null;
  /** What was said last, for a register that asks. */
  last: ReaderSays | null;
  /** Somebody waits for the register's choice or for its word on the signature. */
  answer: ((answer: Ask) => void) | null;
}

const REMOVE_CARD = 'PLEASE REMOVE CARD';
/** Of the card that the emulated server names as well. */
const CARD_NUMBER = '4111****1111';

/** One reader: one payment at a time, for one register. */
export class ReaderMachine {
  scenario: Scenario;
  /** Everything the register has asked but pings, for tests and for whoever watches. */
  readonly asks: Ask[] = [];
  private readonly options: ReaderMachineOptions;
  private readonly around: ReaderSurroundings;
  private payment: Payment | null = null;
  private held = '';
  /** A search or a connection that was given up must not answer any more. */
  private linkTurn = 0;
  /** After an update the firmware is no longer old. */
  private isUpdated = false;

  constructor(options: ReaderMachineOptions, around: ReaderSurroundings) {
    this.options = options;
    this.around = around;
    this.scenario = options.scenario;
  }

  receive(bytes: Uint8Array): void {
    const lines = (this.held + Buffer.from(bytes).toString('utf8')).split('\n');
    this.held = lines.pop() ?? '';
    for (const ask of readAsks(lines)) this.hear(ask);
  }

  /** The cable was pulled: without a card in, nobody is left who could want the payment, or give the word it waits for. */
  unplugged(): void {
    this.held = '';
    this.linkTurn++;
    const { payment } = this;
    if (payment === null || (payment.hasCard && payment.answer === null)) return;
    payment.isDropped = true;
    payment.answer?.({ ask: 'abort', orderNumber: payment.order.orderNumber });
  }

  private hear(ask: Ask): void {
    if (ask.ask === 'ping') return this.around.say({ is: 'pong' });
    this.asks.push(ask);
    switch (ask.ask) {
      case 'search':
        return void this.search();
      case 'connect':
        return void this.connect(ask.name);
      case 'updateFirmware':
        return void this.update();
      case 'pay':
        return void this.pay(orderOf(ask));
      case 'abort':
        return this.abort(ask.orderNumber);
      case 'selectApplication':
      case 'signature':
        return this.payment?.answer?.(ask);
    }
  }

  private async search(): Promise<void> {
    if (!(await this.linkStep())) return;
    if (this.scenario.fault === 'notFound') this.around.say({ is: 'notFound' });
    else this.around.say({ is: 'found', name: this.options.name });
  }

  private async connect(name: string): Promise<void> {
    if (!(await this.linkStep())) return;
    const isMine = name === this.options.name && this.scenario.fault !== 'notFound';
    if (!isMine) return this.around.say({ is: 'notFound' });
    const isOld = this.scenario.fault === 'firmwareOld' && !this.isUpdated;
    this.around.say({ is: isOld ? 'firmwareOld' : 'connected', name });
  }

  private async update(): Promise<void> {
    for (const percent of [0, 50, 100]) {
      if (!(await this.linkStep())) return;
      this.around.say({ is: 'updating', percent });
    }
    this.isUpdated = true;
    this.around.say({ is: 'connected', name: this.options.name });
  }

  private async linkStep(): Promise<boolean> {
    this.linkTurn++;
    const turn = this.linkTurn;
    await this.step();
    return turn === this.linkTurn;
  }

  private async pay(order: ReaderOrder): Promise<void> {
    const running = this.payment;
    if (running !== null && running.approved === null && !running.isDropped) {
      // The same order again is the same payment; beside a card that is in, no other one is begun.
      if (running.order.orderNumber === order.orderNumber) return this.repeat(running);
      if (running.hasCard) return this.around.say({ is: 'aborted', orderNumber: order.orderNumber });
      running.isDropped = true;
    }
    const payment: Payment = {
      order,
      scenario: this.scenario,
      hasCard: false,
      isDropped: false,
      approved: null,
      last: null,
      answer: null,
    };
    this.payment = payment;
    if (!(await this.takeCard(payment))) return;
    if (!(await this.chooseApplication(payment))) return;
    const isVerified = await this.verify(payment);
    if (isVerified) await this.authorise(payment);
    else await this.giveUp(payment);
  }

  /** @returns false when there is nothing more to do */
  private async takeCard(payment: Payment): Promise<boolean> {
    const { card, fault } = payment.scenario;
    this.say(payment, { is: 'waitCard', display: ['Present card.'] });
    if (fault === 'lowBattery') this.around.say({ is: 'lowBattery' });
    if (fault === 'lowBattery' || card === null) return false;
    await this.step();
    if (fault === 'lostBeforeCard') {
      this.around.pullCable();
      return false;
    }
    if (payment.isDropped) return false;
    payment.hasCard = true;
    this.say(payment, { is: 'card', by: card, display: ['Card accepted.'] });
    if (fault === 'lowBatteryWithCard') this.around.say({ is: 'lowBattery' });
    await this.step();
    return true;
  }

  /** Only a chip lets choose (the guide, "кобейджинговые карты"). @returns false when the register gave it up */
  private async chooseApplication(payment: Payment): Promise<boolean> {
    const { choice, card } = payment.scenario;
    if (choice === null || card !== 'chip') return true;
    const onReader = choice === 'reader';
    const display = onReader ? ['Select application:', 'MIR / Maestro'] : ['Please wait.'];
    const chosen = onReader ? this.step() : this.answerOf(payment);
    this.say(payment, { is: 'selectApplication', options: ['MIR', 'Maestro'], onReader, display });
    await chosen;
    return !payment.isDropped;
  }

  /** @returns false when the signature was refused */
  private async verify(payment: Payment): Promise<boolean> {
    const { card, verification, wrongPins } = payment.scenario;
    const isPin = card === 'chip' && verification === 'pin';
    if (isPin) {
      this.say(payment, { is: 'pin', wrong: false, display: ['ENTER PIN:', '****'] });
      await this.step();
      for (let wrong = 0; wrong < Math.min(wrongPins, WRONG_PINS_REFUSED); wrong++) {
        this.say(payment, { is: 'pin', wrong: true, display: ['WRONG PIN!', 'ENTER PIN:'] });
        await this.step();
      }
      return true;
    }
    if (card === 'nfc' && payment.order.amountKopecks < this.options.signatureLimitKopecks) return true;
    const signed = this.answerOf(payment);
    this.say(payment, { is: 'signature', display: ['Signature required.'], slip: signedSlip(payment.order) });
    const answer = await signed;
    return answer.ask === 'signature' && answer.given;
  }

  private async authorise(payment: Payment): Promise<void> {
    const { fault, responseCode } = payment.scenario;
    this.say(payment, { is: 'processing', display: ['Processing.', 'Please wait.'] });
    await this.step();
    if (fault === 'lostAfterProcessing') this.around.pullCable();
    const approved = await this.around.pay(payment.order, responseCode);
    await this.letCardGo(payment, approved);
    payment.approved = approved;
    this.say(payment, { is: 'done', approved });
  }

  /** No signature: nothing was sent, and nothing will be. */
  private async giveUp(payment: Payment): Promise<void> {
    await this.letCardGo(payment, false);
    payment.isDropped = true;
    this.say(payment, { is: 'aborted' });
  }

  private async letCardGo(payment: Payment, approved: boolean): Promise<void> {
    const word = approved ? 'TRANSACTION APPROVED' : 'TRANSACTION DECLINED';
    const slip = approved ? { slip: cardSlip(payment.scenario.card) } : {};
    this.say(payment, { is: 'removeCard', approved, display: [word, REMOVE_CARD], ...slip });
    await this.step();
  }

  /** Without a number: a search or connection is given up. With one: is it certain that nothing of this order was sent? */
  private abort(orderNumber: string | null): void {
    this.linkTurn++;
    const { payment } = this;
    if (orderNumber === null) return;
    if (payment?.order.orderNumber !== orderNumber) return this.around.say({ is: 'aborted', orderNumber });
    const isChoosing = payment.last?.is === 'selectApplication';
    if (payment.approved === null && (!payment.hasCard || isChoosing)) {
      payment.isDropped = true;
      payment.answer?.({ ask: 'abort', orderNumber });
    }
    if (payment.isDropped) this.around.say({ is: 'aborted', orderNumber });
    else this.repeat(payment);
  }

  private repeat({ last, order }: Payment): void {
    if (last !== null) this.around.say({ ...last, orderNumber: order.orderNumber });
  }

  private say(payment: Payment, line: ReaderSays): void {
    payment.last = line;
    this.around.say({ ...line, orderNumber: payment.order.orderNumber });
  }

  private answerOf(payment: Payment): Promise<Ask> {
    return new Promise((resolve) => {
      payment.answer = (answer) => {
        payment.answer = null;
        resolve(answer);
      };
    });
  }

  private step(): Promise<void> {
    const { clock, stepMs } = this.options;
    return new Promise((resolve) => void clock.setTimeout(resolve, stepMs));
  }
}

/** What the buyer signs before the bank is asked (the slip of the guide, as far as it is known by then). */
function orderOf({ orderNumber, amount, currency, email }: Extract<Ask, { ask: 'pay' }>): ReaderOrder {
  return { orderNumber, amountKopecks: amount, currency, ...(email === undefined ? {} : { email }) };
}

function signedSlip({ orderNumber, amountKopecks }: ReaderOrder): { label: string; value: string }[] {
  return [
    { label: 'Заказ', value: orderNumber },
    { label: 'Сумма', value: `${Math.floor(amountKopecks / 100)}.${String(amountKopecks % 100).padStart(2, '0')}` },
    { label: 'Карта', value: 'VISA' },
    { label: 'PAN', value: CARD_NUMBER },
  ];
}

/** The rows of the guide's slip that no server knows, with the guide's values; a stripe has no application. */
function cardSlip(card: Scenario['card']): { label: string; value: string }[] {
  const application = [
    { label: 'AID', value: 'A0000000031010 VISA' },
    { label: 'TVR', value: '0000208000' },
    { label: 'TSI', value: 'E800' },
  ];
  return [
    { label: 'Комиссия', value: '0%' },
    ...(card === 'stripe' ? [] : application),
    { label: 'Держатель', value: 'DCARDHOLDER' },
  ];
}
