/**
 * The contract of a payment driver (design.md, "Payment contract").
 *
 * A driver is a pure, serialisable machine: no clock, no random, no socket, no screen. Its state is JSON and is written
 * to the journal after every step, before any action of that step is performed (law 1).
 */
import type { Outcome } from './outcome.ts';

export interface HttpRequest {
  /** Names this request inside the machine; comes back with its reply, so that a late answer cannot be mistaken. */
  tag: string;
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  /** Serialised body, or null. */
  body: string | null;
  timeoutMs: number;
}

/** What came back, whatever it was: status and body decide nothing until the driver has understood them. */
export interface HttpReply {
  tag: string;
  status: number;
  /** Text of the body, at most 256 KB. */
  body: string;
}

/**
 * Why there is no reply. `notSent`: proved that the connection was never made (terminal.md 7); everything else is `lost`.
 */
export interface NoReply {
  tag: string;
  kind: 'notSent' | 'lost';
}

/** Closed list of what a driver may ask of the cashier; `dialogs/` knows how each is drawn (law 4). */
export type Prompt =
  /** Ask for one scan (or typed text) from the buyer's device. Answer: `{ code }`. */
  | { show: 'scanBuyerCode'; number: string; title: string; text: string; hint: string }
  /** Tell the buyer a code. Answer: `{ ok: true }`. */
  | { show: 'tellCode'; number: string; title: string; text: string; code: string; hint: string }
  /** Show a QR on the white panel. `deadlineMs` counts from the moment the prompt was issued. */
  | {
      show: 'showQr';
      number: string;
      caption: string;
      payload: string;
      state: string;
      deadlineMs: number;
      hint: string;
    }
  /** Nothing to do but wait; `cancellable` shows `Отмена (ESC)`. */
  | {
      show: 'wait';
      number: string;
      title: string;
      text: string;
      deadlineMs: number | null;
      cancellable: boolean;
      hint?: string;
    }
  /** One of several. Answer: `{ choice: index }`. */
  | { show: 'choose'; number: string; title: string; text: string; options: string[] }
  /** `Повторить (Enter)` / `Отмена (ESC)`. Answer: `{ retry: true }`; Esc comes as `{ cashier: 'cancel' }`. */
  | { show: 'retryOrCancel'; number: string; title: string; text: string; cancelLabel: 'Отмена' | 'Отменить' }
  /** `Да (Enter)` / `Нет (ESC)`. Answer: `{ ok: true }`; Esc comes as `{ cashier: 'cancel' }`. */
  | { show: 'confirm'; number: string; title: string; text: string }
  /** Messages of a card reader. */
  | { show: 'readerStatus'; number: string; title: string; text: string; reader: string; cancellable: boolean };

export type PromptAnswer = { code: string } | { ok: true } | { choice: number } | { retry: true };

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
  /** The program was started again, or the cashier asks for the state now: go on from where the state says. */
  | { restarted: true };

/** What is asked of the provider; built by the register, immutable, part of the intent. */
export interface Order {
  attemptId: string;
  /** The number the provider knows this attempt by: up to 36 of [A-Za-z0-9-], unique for ever. */
  orderNumber: string;
  amountKopecks: number;
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
  };
  /** Cancel and refund: the payment they go against. */
  source: {
    orderNumber: string;
    providerPaymentId: string | null;
    amountKopecks: number;
    shiftLabel: string;
    driverState: unknown;
  } | null;
}

/** Facts a step may need from outside; injected, so that the machine stays pure. */
export interface StepFacts<Settings> {
  settings: Settings;
  /** Monotonic-backed milliseconds; the only clock a machine sees. Survives restarts as wall time. */
  nowMs: number;
  /** The provider's stored secret (token), null when there is none. */
  token: string | null;
  /** SHA-256 of buyer codes this register has used before; a code in it is refused locally (K11). */
  usedCodes: { has(code: string): boolean };
}

export interface StepResult<State> {
  state: State;
  actions: Action[];
}

export interface Machine<Settings, State> {
  begin(order: Order, facts: StepFacts<Settings>): StepResult<State>;
  /** Total: an input that does not fit the state leaves the state and yields no action. */
  step(state: State, input: Input, facts: StepFacts<Settings>): StepResult<State>;
}

export type Operation = 'pay' | 'cancel' | 'refund' | 'loyalty' | 'reconcile' | 'token';

/** What a provider can do. An absent ability is refused before any I/O. */
export interface Manifest {
  pay: boolean;
  cancel: boolean;
  refund: 'none' | 'full' | 'partial';
  loyalty: boolean;
  reconcile: boolean;
  /** The state can be asked by our own order number. */
  queryByOrderNumber: boolean;
  /** Money that is there at once and cannot be taken back by a server: closes in one step (cash). */
  immediate: boolean;
  /** Free returns may be paid out with it. */
  freeReturn: boolean;
}

export interface Driver<Settings = unknown, State = unknown> {
  name: string;
  can: Manifest;
  pay: Machine<Settings, State>;
  /** Takes back a payment of this receipt; null when `can.cancel` is false. */
  cancel: Machine<Settings, State> | null;
  refund: Machine<Settings, State> | null;
  /** Asks for the buyer's loyalty cards; its `approved` carries them. No money moves. */
  loyalty: Machine<Settings, State> | null;
  /**
   * Message number when the provider cannot be used now: its cancel queue is not empty, or the link that was lost is
   * still down (О!плати: OPL-13). Null for a provider without a link.
   */
  unavailable: string | null;
  /** Message number when it is chosen for a return it did not pay for (О!плати: OPL-07); null = `can.freeReturn`. */
  refusedForReturn: string | null;
  /** `Получить токен` of the service menu: asks for the secret and stores it. No money. Null = there is none. */
  requestToken: Machine<Settings, State> | null;
  /** Asks for the provider's own list of operations of a shift; its `approved` carries `operations`. */
  reconcile: Machine<Settings, State> | null;
  /**
   * The state of an attempt in the words of the journal (domain.md 2.8), derived from the machine's own state.
   * @returns `intent` until a request that moves money was handed out, then `sent` / `pending` / `unknown`
   */
  phase(state: State): 'intent' | 'sent' | 'pending' | 'unknown';
  /** The provider's id of the payment once it is known; null before. */
  providerPaymentId(state: State): string | null;
  /** Values that must never be seen in a log, recording, screen or the journal's readable columns. */
  secrets(settings: Settings, token: string | null): string[];
}
