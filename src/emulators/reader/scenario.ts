/** What happens at the emulated reader: the buyer's card, or what is wrong with the reader itself. */

export interface Scenario {
  /** Null: nobody presents a card. */
  card: 'chip' | 'nfc' | 'stripe' | null;
  /** How the buyer is verified by a chip; a stripe is signed for, NFC only from the limit on. */
  verification: 'pin' | 'signature';
  /** Answers to the PIN that are wrong before a right one; after three the card is refused. */
  wrongPins: number;
  /** A co-badged card: where its payment system is chosen. */
  choice: 'program' | 'reader' | null;
  /** What the bank says (assist.md 6). */
  responseCode: string;
  fault:
    | 'lowBattery'
    | 'lowBatteryWithCard'
    | 'firmwareOld'
    | 'notFound'
    | 'lostBeforeCard'
    | 'lostAfterProcessing'
    | null;
}

const CHIP: Scenario = {
  card: 'chip',
  verification: 'pin',
  wrongPins: 0,
  choice: null,
  responseCode: 'AS000',
  fault: null,
};

export const WRONG_PINS_REFUSED = 3;

const SCENARIOS = {
  chip: CHIP,
  nfc: { ...CHIP, card: 'nfc' },
  stripe: { ...CHIP, card: 'stripe' },
  signature: { ...CHIP, verification: 'signature' },
  'co-badged': { ...CHIP, choice: 'program' },
  'co-badged-reader': { ...CHIP, choice: 'reader' },
  'wrong-pin': { ...CHIP, wrongPins: 1 },
  'wrong-pins': { ...CHIP, wrongPins: WRONG_PINS_REFUSED, responseCode: 'AS106' },
  refused: { ...CHIP, responseCode: 'AS100' },
  poor: { ...CHIP, responseCode: 'AS102' },
  'no-card': { ...CHIP, card: null },
  'low-battery': { ...CHIP, fault: 'lowBattery' },
  'low-battery-with-card': { ...CHIP, fault: 'lowBatteryWithCard' },
  'firmware-old': { ...CHIP, fault: 'firmwareOld' },
  'not-found': { ...CHIP, fault: 'notFound' },
  'lost-before-card': { ...CHIP, fault: 'lostBeforeCard' },
  'lost-after-processing': { ...CHIP, fault: 'lostAfterProcessing' },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;

export const SCENARIO_NAMES = Object.keys(SCENARIOS) as ScenarioName[];

/** Whether a text from outside names a scenario. */
export function isScenarioName(text: string): text is ScenarioName {
  return Object.hasOwn(SCENARIOS, text);
}

export function scenarioOf(name: ScenarioName): Scenario {
  return SCENARIOS[name];
}
