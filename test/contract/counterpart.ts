/** What a driver brings to the contract suite (`driver-suite.ts`): the other side of its wire, in the words of the suite. */

import { expect } from 'vitest';
import type { VirtualClock } from '../../src/emulators/clock.ts';
import type { Driver, HttpRequest, Input, Order } from '../../src/payments/driver.ts';
import type { DeviceCommand } from '../../src/payments/gateway.ts';
import type { Outcome } from '../../src/payments/outcome.ts';
import type { Prompt, PromptAnswer } from '../../src/payments/prompt.ts';
import { recallOf } from '../../src/payments/recall.ts';
import type { Played } from './played.ts';

/** The emulator of a driver, freshly started for one test. */
export interface Counterpart {
  clock: VirtualClock;
  settings: unknown;
  token: string | null;
  usedCodes: Set<string>;
  /** Orders of the journal; absent = it has none. */
  knownOrders?: { has(orderNumber: string): boolean };
  /** `Tender.option` that is paid with; absent = null. */
  option?: string;
  /** The provider's own form of an order number for a label like `T-1-before`, the same at every call; absent = the label. */
  orderNumber?(label: string): string;
  /** Everything that was really done, by our order numbers. */
  books(): { orderNumber: string; kind: 'sale' | 'reversal'; sumKopecks: number; sourceOrderNumber: string | null }[];
  /** How often the sale of this order was asked for, processed or not; a repeat the protocol makes harmless counts once. */
  salesAsked(orderNumber: string): number;
  buyer(name: 'pays' | 'declines' | 'poor' | 'silent' | 'slow'): void;
  /**
   * @param kind of `emulators/faults.ts`, or `none`
   * @param at `session`: what is asked before the money; `report`: the question how a payment or reversal stands
   */
  fault(
    kind: string,
    at: 'session' | 'sale' | 'reversal' | 'report',
    times?: number,
    more?: { ms?: number; processed?: boolean },
  ): Promise<void>;
  isSale(request: HttpRequest): boolean;
  isReversal(request: HttpRequest): boolean;
  requestCount(): number;
  /** The server has the request and only the clock will bring its answer. */
  isHeld(request: HttpRequest, since: number): boolean;
  buyerCode(): string;
  /**
   * What a willing cashier answers where the suite's own guess is not good enough.
   * @returns null = leaves it standing, undefined = as the suite would
   */
  answer?(prompt: Prompt): PromptAnswer | null | undefined;
  /** What a cashier presses who stops waiting for a server that is gone; absent = Esc at `retryOrCancel`. */
  givesUp?(prompt: Prompt): Input | null | undefined;
  /** Plays the card reader and the payment program: tells what they say now or, by the clock, later. */
  device?(command: DeviceCommand, tell: (input: Input) => void): void;
  /** A device is at work in real time: its word comes without the clock. */
  isDeviceBusy?(): boolean;
  close(): Promise<void>;
}

/** A way of working of a driver: a mode, a means, a setting that changes what it says and hears. */
export interface Way {
  name: string;
  /** False = nobody is asked but the cashier. */
  online: boolean;
  begin(): Promise<Counterpart>;
  /**
   * How a payment may end whose sale got no usable answer: `approved`, `notSent` or a `DeclineCode`. Absent: `approved` when
   * the sale has arrived, `notRegistered` when it has not. The books must agree in any case.
   */
  endsAfterLostSale?(hasArrived: boolean): readonly string[];
  /** The answer to the sale names no sum and number, or goes to a device. */
  isSaleUnechoed?: boolean;
  /** A card reader or a payment program asks for the money, not the register. */
  isByDevice?: boolean;
  /** The money is in the cashier's hand before the server hears of it: nobody refuses it, and its state is not asked for. */
  isPaidBefore?: boolean;
  /** A payment is made without the server, which is told later. */
  isPaidOffline?: boolean;
  /** The link comes later than the bill: who never saw it never pays, and a bill that was left is cancelled. */
  isPaidOnlyWhenSeen?: boolean;
  /** The server's list does not name our numbers: a payment whose id was never learned stays undecided. */
  isUnlisted?: boolean;
  /** Another way of the driver gives money back by the same requests, and is tested to. */
  isReturnedAsAnother?: boolean;
}

export interface DriverSubject {
  driver: Driver;
  ways: Way[];
  /** Must be seen in no state, prompt, alarm or outcome. */
  canaries: string[];
  /** Where the wire wants the secrets; never in an address. Absent = `headers`. */
  secretsIn?: 'headers' | 'body';
  /** Something is asked of the server before the money: a session, a registration. */
  hasSession?: boolean;
}

export type Run = (test: (world: Counterpart) => Promise<void>) => Promise<void>;

export const AMOUNT_KOPECKS = 1530;

/** An order of this counterpart. @param label tells the orders of one test apart */
export function orderIn(
  world: Pick<Counterpart, 'option' | 'orderNumber'>,
  label: string,
  source: Order['source'] = null,
  amountKopecks = AMOUNT_KOPECKS,
): Order {
  return {
    attemptId: `attempt-${label}`,
    orderNumber: world.orderNumber?.(label) ?? label,
    amountKopecks,
    option: world.option ?? null,
    seller: { shopName: 'Магазин', registerNumber: 8 },
    shiftLabel: '22082023',
    receipt: {
      number: 1,
      lines: [
        {
          name: 'БМК БИФИЛЮКС',
          barcode: '4810000000025',
          priceKopecks: AMOUNT_KOPECKS,
          quantityThousandths: 1000,
          unitName: 'шт',
          sumKopecks: AMOUNT_KOPECKS,
        },
      ],
      totalKopecks: AMOUNT_KOPECKS,
    },
    source,
  };
}

/** A payment as its cancel or refund knows it. */
export function sourceOf(driver: Driver, { outcome, state }: Played, order: Order): NonNullable<Order['source']> {
  const { orderNumber, amountKopecks, shiftLabel } = order;
  const providerPaymentId = outcome.kind === 'approved' ? outcome.providerPaymentId : null;
  return {
    orderNumber,
    amountKopecks,
    shiftLabel,
    providerPaymentId,
    recalled: recallOf(driver, { driverState: state, stateVersion: driver.pay.version ?? 0 }),
  };
}

/**
 * Whether a request of an emulator's log waits for nothing but the clock.
 * @param delayMs length of the `delay` that was planned
 */
export function waitsForClock(
  { fault, atMs }: { fault: string | null; atMs: number },
  nowMs: number,
  delayMs: number,
): boolean {
  return fault === 'slow-drip' || (fault === 'delay' && nowMs < atMs + delayMs);
}

/** Kopecks the buyer has paid for an order and not got back. */
export function heldKopecks(world: Counterpart, orderNumber: string): number {
  let held = 0;
  for (const row of world.books()) {
    if (row.kind === 'sale' && row.orderNumber === orderNumber) held += row.sumKopecks;
    if (row.kind === 'reversal' && row.sourceOrderNumber === orderNumber) held -= row.sumKopecks;
  }
  return held;
}

/** The rule above all: an outcome is what really happened, and nobody was asked twice. */
export function expectTrue(played: Played, world: Counterpart, order: Order): void {
  const { outcome, followed } = played;
  const isPaid = (followed ?? outcome).kind === 'approved';
  if (outcome.kind === 'approved') expect(isPaid, 'what counts as paid is paid').toBe(true);
  const story = [...played.outcomes, ...(followed === null ? [] : [followed])].map(({ kind }) => kind).join(' -> ');
  expect(heldKopecks(world, order.orderNumber), story).toBe(isPaid ? order.amountKopecks : 0);
  expect(world.salesAsked(order.orderNumber), 'sales asked for').toBeLessThanOrEqual(1);
  const finals = played.outcomes.filter(({ kind }) => kind !== 'unknown');
  expect(finals).toHaveLength(1);
  expect(played.outcomes.length - finals.length, 'unknown is told once').toBeLessThanOrEqual(1);
}

export function declinedAs(outcome: Outcome): string {
  return outcome.kind === 'declined' ? outcome.code : outcome.kind;
}

/** Cash and the terminal without a cable: the cashier is the only witness. */
export function beginAlone(clock: VirtualClock): Counterpart {
  return {
    clock,
    settings: {},
    token: null,
    usedCodes: new Set(),
    books: () => [],
    salesAsked: () => 0,
    buyer: () => undefined,
    fault: async () => undefined,
    isSale: () => false,
    isReversal: () => false,
    requestCount: () => 0,
    isHeld: () => false,
    buyerCode: () => '',
    close: async () => undefined,
  };
}
