/** A card reader and a SoftPOS program that pay at the emulator of Assist by themselves, on the clock of the test. */
import type { VirtualClock } from '../../src/emulators/clock.ts';
import { type AssistAccount, postPayment } from '../../src/emulators/reader/assist-post.ts';
import type { Input } from '../../src/payments/driver.ts';
import type { DeviceCommand } from '../../src/payments/gateway.ts';
import type { ProgramEvent, ReaderEvent } from '../../src/payments/ports.ts';

/** When the buyer presents the card, and what the bank says. */
export interface CardPlan {
  /** Null = never. */
  afterMs: number | null;
  cardScenario: string;
}

interface Order {
  orderNumber: string;
  amountKopecks: number;
  currency: string;
}

/** A payment from its command until it is over; without a card it can be stopped. */
interface Running {
  hasCard: boolean;
  isDropped: boolean;
  last: ReaderEvent | null;
}

export interface CardDevices {
  device(command: DeviceCommand, tell: (input: Input) => void): void;
  /** A post is on its way and not answered. */
  isPosting(): boolean;
}

/** @param plan asked when a payment begins */
export function playDevices(clock: VirtualClock, account: AssistAccount, plan: () => CardPlan): CardDevices {
  let posts = 0;
  let running: Running | null = null;

  async function post(order: Order, paymentMode: '11' | '12', cardScenario: string): Promise<boolean> {
    posts++;
    const isPaid = await postPayment(account, { ...order, paymentMode, device: 'READER', cardScenario });
    posts--;
    return isPaid;
  }

  /** @param withCard what happens once the card is there */
  function begin(withCard: (payment: Running, cardScenario: string) => void): Running {
    if (running !== null && !running.hasCard) running.isDropped = true;
    const payment: Running = { hasCard: false, isDropped: false, last: null };
    running = payment;
    const { afterMs, cardScenario } = plan();
    if (afterMs === null) return payment;
    clock.setTimeout(() => {
      if (payment.isDropped) return;
      payment.hasCard = true;
      withCard(payment, cardScenario);
    }, afterMs);
    return payment;
  }

  /** @returns whether nothing was sent, now and for ever */
  function stop(): boolean {
    if (running === null || running.hasCard) return running === null;
    running.isDropped = true;
    return true;
  }

  function readerPays(order: Order, tell: (event: ReaderEvent) => void): void {
    const say = (payment: Running, event: ReaderEvent) => {
      payment.last = event;
      tell(event);
    };
    const payment = begin((paying, cardScenario) => {
      say(paying, { is: 'card', by: 'nfc', display: ['Card accepted.'] });
      say(paying, { is: 'processing', display: ['Processing.', 'Please wait.'] });
      void post(order, '11', cardScenario).then((approved) => {
        say(paying, { is: 'removeCard', approved, display: ['PLEASE REMOVE CARD'] });
        say(paying, { is: 'done', approved });
      });
    });
    say(payment, { is: 'waitCard', display: ['Present card.'] });
  }

  function programPays(order: Order, tell: (event: ProgramEvent) => void): void {
    begin((_, cardScenario) => {
      void post(order, '12', cardScenario).then((isPaid) => tell({ is: isPaid ? 'done' : 'refused' }));
    });
  }

  return {
    device(action, tell) {
      if (action.device === 'program') {
        const say = (event: ProgramEvent) => tell({ device: 'program', event });
        if (action.command.ask === 'pay') programPays(action.command, say);
        else if (stop()) say({ is: 'closed' });
        return;
      }
      const say = (event: ReaderEvent) => tell({ device: 'reader', event });
      const { command } = action;
      if (command.ask === 'connect') say({ is: 'connected', name: command.name ?? 'READER' });
      else if (command.ask === 'pay') readerPays(command, say);
      else if (command.ask !== 'abort') throw new Error(`nobody asked for ${command.ask}`);
      else if (stop()) say({ is: 'aborted' });
      else if (running?.last != null) say(running.last);
    },
    isPosting: () => posts > 0,
  };
}
