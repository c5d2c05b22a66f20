/** The buyer with the banking application: when he opens the link and how the payment ends. */
import type { BuyerName } from '../buyer-name.ts';
import type { Payment } from './state.ts';

export interface PayerOverrides {
  /** When he opens the link, after it is out; null: never. */
  delayMs?: number | null;
  /** How long his bank then takes; null: for ever. */
  payingMs?: number | null;
  /** `Success`, or the code with which the bank refuses. */
  resultCode?: string;
}

interface Behaviour {
  /** In parts of the usual delay, so that a quick buyer is quick in everything; null: never. */
  opensAfterDelays: number | null;
  payingDelays: number;
  answer: string;
  /** The bill ends so soon that nobody can pay it. */
  billLifeMs?: number;
}

const QUICK = { opensAfterDelays: 0.75, payingDelays: 0.25 } as const;

// With the usual delay of 2 s the slow one opens the link after 20 s and has paid 15 s later.
const BEHAVIOURS: Record<BuyerName, Behaviour> = {
  pays: { ...QUICK, answer: 'Success' },
  declines: { ...QUICK, answer: 'CancelledByUser' },
  poor: { ...QUICK, answer: 'InsufficientFunds' },
  silent: { opensAfterDelays: null, payingDelays: 0, answer: 'Success' },
  slow: { opensAfterDelays: 10, payingDelays: 7.5, answer: 'Success' },
  expired: { opensAfterDelays: null, payingDelays: 0, answer: 'Success', billLifeMs: 1000 },
  'no-card': { ...QUICK, answer: 'Success' },
};

export class Payer {
  private readonly delayMs: number;
  private behaviour: Behaviour;
  private overrides: PayerOverrides = {};

  constructor(name: BuyerName, delayMs: number) {
    this.delayMs = delayMs;
    this.behaviour = BEHAVIOURS[name];
  }

  become(name: BuyerName, overrides: PayerOverrides = {}): void {
    this.behaviour = BEHAVIOURS[name];
    this.overrides = overrides;
  }

  /** Plans what happens to a payment whose link he sees from now on. */
  plan(payment: Payment, nowMs: number): void {
    const { opensAfterDelays, payingDelays, answer, billLifeMs } = this.behaviour;
    const { delayMs, payingMs, resultCode } = this.overrides;
    const usualMs = opensAfterDelays === null ? null : opensAfterDelays * this.delayMs;
    const opensAfterMs = delayMs === undefined ? usualMs : delayMs;
    const bankMs = payingMs === undefined ? payingDelays * this.delayMs : payingMs;
    payment.opensAtMs = opensAfterMs === null ? null : nowMs + opensAfterMs;
    payment.answersAtMs = payment.opensAtMs === null || bankMs === null ? null : payment.opensAtMs + bankMs;
    payment.answer = resultCode ?? answer;
    payment.expiresAtMs =
      billLifeMs === undefined ? payment.billedUntilMs : Math.min(payment.billedUntilMs, nowMs + billLifeMs);
  }
}
