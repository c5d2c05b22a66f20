/**
 * The two helpers a payment may need beside a server: a card reader on a cable and a payment program on this machine.
 * Types only: `devices/` drives them, the emulators play them, a payment machine talks to them through the gateway.
 * Card data never pass here: a masked number and the fields of a result are all the register ever learns.
 */

/** What a device beside the register is to pay by itself. */
export interface DevicePayment {
  ask: 'pay';
  orderNumber: string;
  amountKopecks: number;
  currency: string;
  /** Where the buyer wants the provider's receipt; absent = nowhere. */
  email?: string;
}

/** What a machine asks of the card reader (assist.md 12, setting 10). */
export type ReaderCommand =
  | { ask: 'search' }
  /** `name` null = the last one that was connected. */
  | { ask: 'connect'; name: string | null }
  /** The reader pays at the provider by itself, under our number. From here on only the order's state decides. */
  | DevicePayment
  /** Which payment system of a co-badged card: index into the options of `selectApplication`. */
  | { ask: 'selectApplication'; index: number }
  /** The buyer's signature on the slip was checked, or refused. */
  | { ask: 'signature'; given: boolean }
  | { ask: 'updateFirmware' }
  /** Stop what is going on; possible only while no card is in. */
  | { ask: 'abort' };

/** What the reader says. `display`: the lines on its own small screen, as they are. */
export type ReaderEvent =
  | { is: 'found'; name: string }
  | { is: 'notFound' }
  /** On the way to this one, for example to the one that was used last. */
  | { is: 'connecting'; name: string }
  | { is: 'connected'; name: string }
  | { is: 'firmwareOld'; name: string }
  | { is: 'updating'; percent: number }
  | { is: 'lowBattery' }
  | { is: 'waitCard'; display: string[] }
  | { is: 'card'; by: 'chip' | 'nfc' | 'stripe'; display: string[] }
  /** `onReader`: the buyer chooses on the reader itself. */
  | { is: 'selectApplication'; options: string[]; onReader: boolean; display: string[] }
  | { is: 'pin'; wrong: boolean; display: string[] }
  /** The slip must be signed; `slip` is printed for that. */
  | { is: 'signature'; display: string[]; slip: Row[] }
  | { is: 'processing'; display: string[] }
  /** `slip`: what only the reader knows of the slip (AID, TVR, TSI, the holder), where it tells. */
  | { is: 'removeCard'; approved: boolean; display: string[]; slip?: Row[] }
  /** The payment is over; a hint, the order's state at the provider decides. */
  | { is: 'done'; approved: boolean; slip?: Row[] }
  /** It was stopped before a card was read: certainly nothing was sent. */
  | { is: 'aborted' }
  /** Cable pulled, battery empty, no answer. */
  | { is: 'lost' };

/** What a machine asks of the payment program (SoftPOS; assist.md 12, setting 9). */
export type ProgramCommand = DevicePayment | { ask: 'abort' };

/** What is heard of the program. Nothing of it decides about money. */
export type ProgramEvent =
  /** It has ended and says how. */
  | { is: 'done' | 'refused' | 'closed' }
  /** It could not be started: certainly nothing was sent. */
  | { is: 'missing' }
  /** It died or went silent. */
  | { is: 'lost' };

/** A label and its value, as forms and slips show them. */
export interface Row {
  label: string;
  value: string;
}
