/** The buyer with the phone and the card: when he acts and what his bank answers. */
import type { BuyerName } from '../buyer-name.ts';

export interface BuyerOverrides {
  /** When he pays; null: never. */
  delayMs?: number | null;
}

/** How an order is going to end. */
export interface Plan {
  /** Null: the payer never acts. */
  answerAfterMs: number | null;
  responseCode: string;
  /** Given: the order lives only so long. */
  expiresAfterMs?: number;
  isUpToBuyer: boolean;
}

interface Behaviour {
  /** In parts of the usual delay, so that a quick buyer is quick in everything; null: never. */
  paysAfterDelays: number | null;
  responseCode: string;
  expiresAfterDelays?: number;
}

// With the usual delay of 2 s the slow one pays after 20 s, and an expired order is closed after one.
const PAYS: Behaviour = { paysAfterDelays: 1, responseCode: 'AS000' };
const SLOW: Behaviour = { paysAfterDelays: 10, responseCode: 'AS000' };
const BEHAVIOURS: Record<BuyerName, Behaviour> = {
  pays: PAYS,
  declines: { paysAfterDelays: 1, responseCode: 'AS100' },
  poor: { paysAfterDelays: 1, responseCode: 'AS102' },
  silent: { paysAfterDelays: null, responseCode: 'AS000' },
  slow: SLOW,
  expired: { paysAfterDelays: null, responseCode: 'AS000', expiresAfterDelays: 0.5 },
  // Assist knows no loyalty cards.
  'no-card': PAYS,
};

/** `CardScenario` of the simulated reader, as the words of assist.md 12.11 allow them to be chosen. */
const CARD_CODES: Record<string, string> = {
  approved: 'AS000',
  declined: 'AS100',
  poor: 'AS102',
  wrongpin: 'AS106',
};

export class Buyer {
  private readonly delayMs: number;
  private behaviour: Behaviour;
  private overrides: BuyerOverrides = {};

  constructor(name: BuyerName, delayMs: number) {
    this.delayMs = delayMs;
    this.behaviour = BEHAVIOURS[name];
  }

  become(name: BuyerName, overrides: BuyerOverrides = {}): void {
    this.behaviour = BEHAVIOURS[name];
    this.overrides = overrides;
  }

  /** What he does with a link of СБП or a payment page. */
  plan(): Plan {
    const { paysAfterDelays, responseCode, expiresAfterDelays } = this.behaviour;
    const usualMs = paysAfterDelays === null ? null : paysAfterDelays * this.delayMs;
    const { delayMs: answerAfterMs = usualMs } = this.overrides;
    const expiry = expiresAfterDelays === undefined ? {} : { expiresAfterMs: expiresAfterDelays * this.delayMs };
    return { answerAfterMs, responseCode, ...expiry, isUpToBuyer: true };
  }

  /**
   * What comes of his card. Only a slow one leaves the order in process: the bank answers while the reader waits.
   * @param scenario `approved`, `declined`, `poor`, `wrong-pin`, `slow` or a response code; any case, hyphens or not;
   * empty: the buyer decides
   * @returns null for a scenario that does not exist
   */
  planForCard(scenario: string): Plan | null {
    const word = scenario.toLowerCase().replace(/[-_ ]/g, '');
    if (word === '') {
      const plan = this.plan();
      const isAtOnce = this.behaviour.paysAfterDelays === 1 && this.overrides.delayMs === undefined;
      return isAtOnce ? { ...plan, answerAfterMs: 0 } : plan;
    }
    if (word === 'slow') {
      return { answerAfterMs: 10 * this.delayMs, responseCode: 'AS000', isUpToBuyer: false };
    }
    const responseCode = /^as(000|10\d)$/.test(word) ? word.toUpperCase() : CARD_CODES[word];
    return responseCode === undefined ? null : { answerAfterMs: 0, responseCode, isUpToBuyer: false };
  }
}
