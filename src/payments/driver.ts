/**
 * The contract of a payment driver (adding-a-payment-provider.md 3).
 *
 * A driver is a pure, serialisable machine: no clock, no random, no socket, no screen. Its state is JSON and is written
 * to the journal after every step, before any action of that step is performed (law 1).
 */
import type { UtcOffset } from '../register/local-time.ts';
import type { ProviderConf, Tender } from './kernel/conf.ts';
import type { NetworkSettings } from './network.ts';
import type { Books, Outcome, ProviderOperation } from './outcome.ts';
import type { ProgramCommand, ProgramEvent, ReaderCommand, ReaderEvent, Row } from './ports.ts';
import type { Prompt, PromptAnswer } from './prompt.ts';
import type { ServicePage } from './service-page.ts';

export interface HttpRequest {
  /** Names this request inside the machine; comes back with its reply, so that a late answer cannot be mistaken. */
  tag: string;
  method: 'GET' | 'POST' | 'PUT';
  url: string;
  headers: Record<string, string>;
  /** Serialised body, or null. */
  body: string | null;
  timeoutMs: number;
  /** The answer may be a list of any length: what is needed of it. Absent = the answer is short, and is handed on as it is. */
  list?: ListWanted;
}

/**
 * What is needed of a list. It is read as it comes and never held whole, so that the list of a busy shift is no longer than that
 * of a quiet one; the reply's body is a list of what was kept. An answer that is no list is handed on as it is.
 */
export interface ListWanted {
  /** Fields of a row that are kept. */
  fields: readonly string[];
  /** Left out are the rows whose `field` certainly has none of these values: one that does not tell can be neither taken nor overlooked. */
  rows?: { field: string; oneOf: readonly string[] };
  /** So many rows may be kept that they come in several replies, one after another; all but the last say `isPart`. */
  inParts?: true;
}

/** How far a start looks back for what the journal has not (K30). */
export const LOOK_BACK_DAYS = 3;

/** What came back, whatever it was: status and body decide nothing until the driver has understood them. */
export interface HttpReply {
  tag: string;
  status: number;
  /** Text of the body, at most 256 KB (2 MiB of a GET); of a list what was kept of it. */
  body: string;
  /** More of the same list is to come. What has come proves nothing before the last has. */
  isPart?: true;
  /** What a 429 or 503 asks for (`Retry-After`); absent = nothing. */
  retryAfterMs?: number;
}

/**
 * Why there is no reply that could be read. `notSent`: proved that the connection was never made (terminal.md 7). `tooLarge`: the
 * server has answered, with more than is ever read; `notHttp`: with bytes that are no HTTP. Everything else is `lost`.
 */
export interface NoReply {
  tag: string;
  kind: 'notSent' | 'lost' | 'tooLarge' | 'notHttp';
  /** What the network called it, as a code (`ECONNREFUSED`), never in words; absent = it did not say. */
  code?: string;
}

export type Action =
  /** `moves: 'money'` = the provider may move money when it gets this; the attempt is journaled as sent beforehand. */
  | { do: 'send'; request: HttpRequest; moves: 'nothing' | 'money' }
  /** Shown until it is answered or replaced; `null` takes it away. */
  | { do: 'prompt'; prompt: Prompt | null }
  /** One timer a machine: a new `sleep` replaces the old one. */
  | { do: 'sleep'; ms: number }
  /** A secret the provider gave us (О!плати token): stored before anything else of this step is performed. */
  | { do: 'storeToken'; token: string }
  /** A buyer's one-time code is about to be used: its hash (never the code) is journaled with the attempt (K11). */
  | { do: 'rememberCode'; code: string }
  /** To the card reader or the payment program; what they say comes back as `device`. */
  | { do: 'device'; device: 'reader'; command: ReaderCommand; moves: 'nothing' | 'money' }
  | { do: 'device'; device: 'program'; command: ProgramCommand; moves: 'nothing' | 'money' }
  /** A slip the buyer must see or sign before the payment has ended; with `signature` its fate comes back as `{ slip }`. */
  | { do: 'printSlip'; rows: Row[]; signature: boolean }
  /** A line for the list of notifications (SCR-49): message number and its blanks. */
  | { do: 'notify'; number: string; params: Record<string, string> }
  /**
   * Rows of a list that is being read, for the reconciliation. They stay in memory: the journal has its own books and no use for
   * somebody else's. @param isFirst whatever was told before is void
   */
  | { do: 'report'; operations: ProviderOperation[]; isFirst: boolean }
  /** A line for the alarm log: something that must never happen happened. */
  | { do: 'alarm'; text: string }
  /** `unknown` sets the cashier free while the machine lives on; the other outcomes end the machine. */
  | { do: 'finish'; outcome: Outcome };

export type Input =
  | { reply: HttpReply }
  | { noReply: NoReply }
  | { answer: PromptAnswer }
  | { timer: true }
  | { cashier: 'cancel' }
  /**
   * The cashier chose this provider again while this attempt is undecided (only where `isAskedAgain`): the machine tells
   * how it stands and ends its turn in front of the cashier with `finish` (`unknown` while it is still undecided).
   */
  | { cashier: 'again' }
  /**
   * The cashier takes an undecided payment back in front of her (SCR-53): what can still be shown of it is shown, as before she
   * left it, and `cancel` gives it up by the machine's own way.
   */
  | { cashier: 'show' }
  | { device: 'reader'; event: ReaderEvent }
  | { device: 'program'; event: ProgramEvent }
  /**
   * The cashier wants to know now (SCR-53, SCR-30): a pause ends, and nothing else happens. What is on its way is waited for, and no
   * wait that a proof needs begins anew: asking never postpones a decision (`kernel/undecided.ts`, `askNow`).
   */
  | { askNow: true }
  /** The program was started again: what was on its way answers to nobody any more; go on from where the state says. */
  | { restarted: Restart };

/** What the machine has missed. */
export interface Restart {
  /**
   * To be added to a time that the state has kept, where something is counted from it. Time that nobody could measure is none: the
   * clock may have been set while the computer was off, so it proves nothing, but what had passed before stays passed.
   */
  clockShiftMs: number;
  /** The computer itself was started anew: no program that it ran has outlived it. */
  isNewBoot: boolean;
}

/**
 * What the operations after a payment must know of it, as its own driver remembers it (`Driver.recall`): its cancel, its refund,
 * its follow, its repeat. JSON, part of their orders. A provider adds fields that its own machines need.
 */
export interface Recalled {
  /** The provider's id of the payment; null = it never named one. */
  providerPaymentId: string | null;
  /** It is itself money given back: what is taken back is a return. */
  isReversal: boolean;
}

/** What is asked of the provider; built by the register, immutable, part of the intent. */
export interface Order<Memory extends Recalled = Recalled> {
  attemptId: string;
  /** The number the provider knows this attempt by: up to 36 of [A-Za-z0-9_-], unique for ever. */
  orderNumber: string;
  amountKopecks: number;
  /** `Tender.option` of the chosen payment type. */
  option: string | null;
  /** Which shop and register it is, for the payment's purpose. */
  seller: { shopName: string; registerNumber: number };
  /** `ddMMyyyy` of the opening day of the shift. */
  shiftLabel: string;
  receipt: {
    number: number;
    lines: {
      name: string;
      barcode: string | null;
      priceKopecks: number;
      quantityThousandths: number;
      unitName: string;
      sumKopecks: number;
    }[];
    totalKopecks: number;
    /** What payments before this one have paid of it; absent in an order of an older version. */
    paidKopecks?: number;
  };
  /** The refused payment that the cashier repeats (F8 on РЕЗУЛЬТАТ). */
  repeats?: Memory;
  /** Reconcile: what the register knows, where `Driver.reconcilesBy` asks for it. */
  books?: Books;
  /** Cancel and refund: the payment they go against. */
  source: {
    orderNumber: string;
    providerPaymentId: string | null;
    amountKopecks: number;
    shiftLabel: string;
    recalled: Memory;
  } | null;
}

/** Facts a step may need from outside; injected, so that the machine stays pure. */
export interface StepFacts<Settings> {
  settings: Settings;
  /** Monotonic-backed milliseconds since 1970; the only clock a machine sees. Survives restarts as wall time. */
  nowMs: number;
  /** For a time that a human reads. */
  utcOffsetMinutes: UtcOffset;
  /** The provider's stored secret (token), null when there is none. */
  token: string | null;
  /** Cancel and refund: the provider's ids of the other refunds of its payment, as they are known at this step. */
  givenBackIds?: readonly string[];
  /** The provider's last request got no answer, whoever asked. */
  isSilent?: boolean;
  /** By the name of a question (its tag): what is wrong for good with the answers to it, whoever asked. Absent = nothing. */
  answerFaults?: Readonly<Record<string, string>>;
  /** `follow` of what was made: how many older ones its system has yet to be told of. They go first (assist.md 12.8). */
  ahead?: number;
  /** SHA-256 of buyer codes this register has used before; a code in it is refused locally (K11). */
  usedCodes: { has(code: string): boolean };
  /** `lookBack`: whether the journal knows an order by this number; of what it knows nothing needs to be told. */
  knownOrders?: { has(orderNumber: string): boolean };
}

export interface StepResult<State> {
  state: State;
  actions: Action[];
}

/** What the journal tells of an attempt whose stored state its machine cannot read (`Machine.resume`). */
export interface Left {
  /**
   * False = proved: no request that moves money was ever handed out under this order, so none can have arrived. It says
   * nothing of requests that move none (a session, a registration).
   */
  mayHaveMoved: boolean;
  /**
   * True: the cashier waits and sees nothing yet; prompts are drawn, and he must be offered his way out. False: `unknown` was
   * reported, or nobody ever waited; the machine works silently and reports only a final outcome.
   */
  foreground: boolean;
  /** When the attempt was begun: whatever was asked under its order was asked between then and now. */
  startedAtMs: number;
}

export interface Machine<Settings, State, Memory extends Recalled = Recalled> {
  /**
   * Counts the forms of `State`: raised with every release that could misread a state of the one before. It is stored with
   * the state; absent = 0, as the states were before they had a version.
   */
  version?: number;
  begin(order: Order<Memory>, facts: StepFacts<Settings>): StepResult<State>;
  /** Total: an input that does not fit the state leaves the state and yields no action. */
  step(state: State, input: Input, facts: StepFacts<Settings>): StepResult<State>;
  /**
   * Goes on for an attempt whose state another version has written; called once, in place of `step`, with whatever input came
   * first (after a start). Nobody guesses at that state: the machine begins from the order as it would stand after a lost
   * answer. Its promises, which the contract suite plays at every step of every way:
   *
   * - While `left.mayHaveMoved`, its first act is a question by our order number that moves nothing. Money is asked for again only
   *   where this provider's own proof of absence allows it (`reliability.md` R2), exactly as the machine may after an answer
   *   that was lost; time that this proof must wait for counts from `facts.nowMs`, the latest instant at which the request can have left.
   *   Where a repeat under the same key is proved harmless by the protocol, the repeat is a question.
   * - While not, it may do what `begin` does. What moved no money may have been done already: a session, an order that is
   *   registered under our number.
   * - Not `left.foreground`: no prompt, no second `unknown`. `left.foreground`: it says what is waited for, and ends in front of the
   *   cashier like any other.
   * - Prompt, timer and requests of the old state are gone: what is still wanted is asked for by its actions.
   * - It ends as truly as an attempt of its own version: a late success is `approved`, with the id of the payment.
   *
   * `order` is as the older version has built it: a field added since is absent.
   *
   * The machines of `pay`, `cancel`, `refund` and `follow` have it (the contract suite insists); the others end with the program
   * that began them.
   */
  resume?(order: Order<Memory>, facts: StepFacts<Settings>, left: Left): StepResult<State>;
}

/**
 * What a reply is to the question of its tag: the answer; a refusal of what was asked for; a refusal of who has asked (login, token,
 * rights), a fault of the settings; nothing that this system says.
 */
export type Reading = 'understood' | 'refused' | 'unauthorised' | 'notUnderstood';

/** `follow`: what is left to do for a payment that has ended: to report it, or to look whether it was made after all. */
export type Operation =
  | 'pay'
  | 'cancel'
  | 'refund'
  | 'loyalty'
  | 'reconcile'
  | 'token'
  | 'check'
  | 'follow'
  | 'lookBack'
  /** A payment that its system has and the journal has not (K30): it has no machine, a human decides it (DOM-90). */
  | 'found';

export interface Driver<Settings = unknown, State = unknown, Memory extends Recalled = Recalled> {
  name: string;
  /** What the engineer and the status words call it: `PayMaster`. */
  title: string;
  /** Its own file of settings; null = it needs none. */
  conf: ProviderConf<Settings> | null;
  /** The payment types it brings while it is set up. Empty = none of its own, the dictionaries have it (cash). */
  tenders(settings: Settings): Tender[];
  /** What the service menu shows of it; absent = it is not there. */
  service?: ServicePage;
  /** Message about settings that cannot work; the provider is then off (PM-14). */
  setUpFault?(settings: Settings): string | null;
  /** Message about a setting without which nothing can be asked of it (О!плати: OPL-35); null = it has all it needs. */
  lacks?(settings: Settings): string | null;
  /** Who this register is to the provider: an order can only be asked about as the one who made it. Absent = no server. */
  account?(settings: Settings): string;
  /** How its server is reached; absent = it has none. */
  network?(settings: Settings): NetworkSettings;
  /** Where its card reader and its payment program are; absent = it has neither. */
  devices?(settings: Settings): { readerUrl: string; program: string };
  /** Where its secret is kept, below `cash/paysystems/`; absent = it stores none. */
  tokenFile?: string;
  /** A new one is given for the asking, and asked for where it is needed: a damaged file is as good as none. */
  tokenIsRenewed?: true;
  /** Slip template of its payments, `<name>.tpl` in `templates/` and in the shop's folder; absent = the general one. */
  slip?: string;
  /** Providers whose payments may not stand beside its own in one receipt (DOM-34) while this flag of `kassa.json` is off. */
  apart?: { from: readonly string[]; unless: string };
  /** Names that no payment type of another system may have, however it is written; a load refuses it with this message. */
  ownName?: { isIt(name: string): boolean; refusedWith: string };
  /** Message number when more is given back than is left of its payment; absent = DOM-33. */
  refundExceeds?: string;
  /** Money it has given back by a return cannot be taken again: there is no such operation (DOM-110). */
  refundIsFinal?: true;
  /**
   * Its own form of order numbers; absent = the register's. Called again with a later time until the number is free.
   * @param localTimeMs wall clock of the shop: read its fields as UTC
   */
  orderNumber?(localTimeMs: number): string;
  /** Money is there at once and no server can take it back: it closes in one step (cash). */
  isImmediate?: true;
  /** An undecided payment may be chosen again; its machine understands `{ cashier: 'again' }`. */
  isAskedAgain?: true;
  /**
   * Message number when the provider cannot be used now: its cancel queue is not empty, or the link that was lost is
   * still down (О!плати: OPL-13). Null for a provider without a link.
   */
  unavailable: string | null;
  /** Message number when it is chosen for a free return (О!плати: OPL-07); null = it may pay out any return. */
  refusedForReturn: string | null;
  /** The same for a return by receipt whose sale it did not pay; absent = DOM-34. */
  refusedByReceipt?: string;

  // Its machines, by the names of the operations. One that is not there is refused before any I/O.

  pay: Machine<Settings, State, Memory>;
  /** Takes back a payment of this receipt. */
  cancel?: Machine<Settings, State, Memory>;
  /** Gives back a part of a payment, or the whole, by the receipt of the sale. */
  refund?: Machine<Settings, State, Memory>;
  /** Goes on for a payment whose outcome said `follow: true`; `order.source` is that payment. In the background, always. */
  follow?: Machine<Settings, State, Memory>;
  /** Asks for the buyer's loyalty cards; its `approved` carries them. No money moves. */
  loyalty?: Machine<Settings, State>;
  /** `Получить токен` of the service menu: asks for the secret and stores it. No money. */
  token?: Machine<Settings, State>;
  /** `Проверить связь` of the service menu: a question that moves nothing; it tells what came of it. */
  check?: Machine<Settings, State>;
  /** Asks for the provider's own list of operations of a shift; its `approved` carries the last of its `operations`, `report` those before. */
  reconcile?: Machine<Settings, State>;
  /**
   * What `reconcile` needs of the register (`Order.books`). `period`: the system lists what was done in a time, whoever did it; `orders`: it
   * has no list and is asked about each order, a part of them an attempt. Absent = nothing: it knows the shift by its label.
   */
  reconcilesBy?: 'period' | 'orders';
  /**
   * Asks for the payments of the last `LOOK_BACK_DAYS` that stand under this register's numbers; its `approved` carries them as `operations`,
   * less what has gone back of them. In the background, until it is answered. Absent = no list, or nothing in it tells whose an order is.
   */
  lookBack?: Machine<Settings, State>;

  /**
   * The state of an attempt in the words of the journal (domain.md 2.8), derived from the machine's own state.
   * @returns `intent` until a request that moves money was handed out, then `sent` / `pending` / `unknown`
   */
  phase(state: State): 'intent' | 'sent' | 'pending' | 'unknown';
  /** A delivery (`follow`) that only a human can help: those behind it go on. Absent = none ever is. */
  isStuck?(state: State): boolean;
  /** How the buyer pays, in a word for rows and slips (`наличные`); null = not known. Absent = there is but one way. */
  means?(state: State): string | null;
  /** The provider's id of the payment once it is known; null before. */
  providerPaymentId(state: State): string | null;
  /**
   * What the operations after a payment must know of it; absent = nothing but what the register knows itself.
   * @param state of the payment's machine, ended or not; null = it never began
   * @param version `Machine.version` of the machine that wrote it; 0 = written before states had one (by 116570b). A form that is
   *   not this one's own has a reader of its own: nothing is guessed at, and of an unknown one nothing is recalled
   */
  recall?(state: unknown, version: number): Memory;
  /** Only for what is told of a reply (SCR-53, DOM-117, the log, the link); the machine judges by itself. Absent = all are understood. */
  reads?(reply: HttpReply, settings: Settings): Reading;
  /**
   * Whose order a notification of the system is about (`app/payment-hints.ts`): our number, as it stands in the body. Nothing else of it is
   * read, and nothing is believed. Null = it is not understood. Absent = the system notifies of nothing.
   */
  readHint?(body: string): string | null;
  /** Values that must never be seen in a log, recording, screen or the journal's readable columns. */
  secrets(settings: Settings, token: string | null): string[];
  /** Fields of its wire with one-time codes and cards of buyers, where the settings name them. */
  secretFields?(settings: Settings): string[];
}
