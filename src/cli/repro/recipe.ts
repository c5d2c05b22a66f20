/** How a numbered dialog is really reached, as data: the world around the register, and what is done in it. */
import type { Means as ServedMeans } from '../../emulators/assist/settings.ts';
import type { BuyerName } from '../../emulators/buyer-name.ts';
import type { FaultKind, FaultOptions } from '../../emulators/faults.ts';
import type { ScenarioName } from '../../emulators/reader/scenario.ts';
import type { AssistSettings } from '../../payments/providers/assist/settings.ts';
import type { PaymasterSettings } from '../../payments/providers/paymaster/settings.ts';

/** A payment server of the world. */
export type ServerName = 'oplati' | 'paymaster' | 'assist';

/** What a walk presses, awaits and does to the world around the register. Data, so that `--keys` can print it. */
export type Move =
  /** Keys by name; `type:10` types. */
  | { press: string[] }
  /** The screen shows this text. */
  | { untilShows: string }
  /** The dialog with this number stands. */
  | { untilDialog: string }
  /** The buyer holds his phone under the scanner. */
  | { scanBuyerCode: true }
  /** A fault of the server or of the network to it; `none` takes all of them away. */
  | { fault: FaultKind | 'none'; of: ServerName; on?: Omit<FaultOptions, 'times'> }
  /** «Сбросить токен» in the merchant's cabinet. */
  | { resetToken: true }
  /** The buyer opens the link of СБП, or has paid, at this very moment. */
  | { buyerNow: 'opens' | 'pays'; of: 'paymaster' | 'assist' }
  /** Assist refuses the next request to this path with a fault of its own. */
  | { refuse: string; code: [first: number, second: number]; message: string };

/** Only what is named is started. */
export interface World {
  oplati?: {
    mode: 0 | 1 | 2;
    buyer: BuyerName;
    /** The server already holds a token that the register does not have (desynchronised). */
    foreignToken?: true;
  };
  paymaster?: {
    buyer: BuyerName;
    /** Over the file and over the short times of the walk. */
    settings?: Partial<PaymasterSettings>;
    /** How refunds end: a code of the server, or never. */
    refunds?: { resultCode: string } | 'never';
    /** Another till has put an unpaid sum on the shop's plate. */
    plateIsTaken?: true;
  };
  assist?: {
    buyer: BuyerName;
    settings?: Partial<AssistSettings>;
    /** Means that the server's rights forbid. */
    forbiddenMeans?: ServedMeans[];
    /** The buyer in front of the SoftPOS application. */
    softPosBuyer?: BuyerName;
    /** Absent: there is no card reader anywhere. */
    reader?: { scenario: ScenarioName; isKnown?: true };
  };
  /** Absent: it prints. */
  printer?: 'none';
  /** The dictionaries know no card group for cards of the payment system. */
  withoutCardGroups?: true;
}

/** How one numbered dialog is really reached. */
export interface Recipe {
  number: string;
  world: World;
  moves: Move[];
}

/** A receipt of 15.30 at its subtotal. */
export const SUBTOTAL: Move = { press: ['type:2', 'enter', 'f6'] };
/** The receipt is paid in full. */
export const PAID: Move = { untilShows: 'Нажмите "Итого"' };
export const CLOSED: Move[] = [PAID, { press: ['f8'] }, { untilShows: 'Чек закрыт' }];
/** A return without the receipt of its sale, at its subtotal. */
export const FREE_RETURN: Move[] = [{ press: ['f10', 'type:3', 'enter'] }, { untilShows: 'ВОЗВРАТ №' }, SUBTOTAL];
/** The receipt that has just been closed goes back as a whole: its money is asked for at once. */
export const RETURN_LAST: Move[] = [
  { press: ['f9'] },
  { untilShows: 'Выберите документ' },
  { press: ['enter'] },
  { untilShows: 'Просмотр документа' },
  { press: ['enter'] },
  { untilDialog: 'DOM-102' },
  { press: ['enter'] },
];

/** F7, the row of a payment type by its code, Ввод. */
export function currency(code: number): Move {
  return { press: ['f7', `type:${code}`, 'enter'] };
}

/** A walk that ends when the dialog of its number stands. */
export function walk(number: string, world: World, moves: Move[]): Recipe {
  return { number, world, moves: [...moves, { untilDialog: number }] };
}

/** Hands and eyes on a running register. */
export interface Robot {
  press(name: string, text: string | null): void | Promise<void>;
  scan(code: string): void;
  screen(): readonly string[];
  /** Waits until it is so. @throws when it never comes */
  until(what: string, isSo: () => boolean): Promise<unknown>;
}

const CAPTIONS: Readonly<Record<string, string>> = { enter: 'Ввод', escape: 'Отмена', up: 'Вверх', down: 'Вниз' };

/** `f6` -> `F6`, `type:10` -> `10`. */
export function caption(key: string): string {
  return key.startsWith('type:') ? key.slice(5) : (CAPTIONS[key] ?? key.toUpperCase());
}
