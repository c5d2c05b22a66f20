import type { TransportFault } from '../devices/transport/fault.ts';
import type { Notice } from '../journal/notice.ts';
import type { PrintJob } from '../journal/print-job.ts';
import type { Attempt } from '../payments/attempt.ts';
import type { HttpReply, HttpRequest, Input, NoReply } from '../payments/driver.ts';
import type { DeviceCommand } from '../payments/gateway.ts';
import type { HttpResult } from '../payments/http.ts';
import type { ProviderOperation } from '../payments/outcome.ts';
import type { Comparison } from '../payments/reconcile.ts';
import type { LinkStep, Stored } from '../payments/service-page.ts';
import type { RegisterState, User } from '../register/model.ts';
import type { ContextRef, DeviceState, Ui } from '../ui/model.ts';
import type { StorageTrouble } from './storage-trouble.ts';

/** Everything the running program knows. Plain data: the same messages give the same state. */
/** An answer that is of no use, in words; `isTold`: it was not the only one. `atMs`: when it came last. */
export interface AnswerFault {
  words: string;
  isTold: boolean;
  atMs: number;
}

export interface AppState {
  register: RegisterState;
  /** Attempts that are not final, oldest first. */
  attempts: Attempt[];
  /** Print jobs that are not done, in order. */
  printJobs: PrintJob[];
  attemptsMade: number;
  nextPrintJobId: number;
  /** Notifications that are shown, oldest first. */
  notices: Notice[];
  nextNoticeId: number;
  ui: Ui;
  /** By the port's name. `told`: numbers of the dialogs this loss has had. */
  scanners: Record<string, { state: 'ready' | 'noLink'; told: string[] }>;
  printer: DeviceState;
  /** What is said of the printer, and which slips wait for an answer. */
  printing: Printing;
  display: DeviceState;
  /** By the drawer's sensor; absent = nothing is known of it. */
  isDrawerOpen?: boolean;
  /** Providers whose link was lost and not seen again yet. */
  linkLost: Record<string, 'lost' | 'stillDown'>;
  /** By provider and question: what is wrong for good with the last answer to it, until it is answered well. */
  answerFaults: Readonly<Record<string, Readonly<Record<string, AnswerFault>>>>;
  /** What the lists that are being read have told so far, by the attempt that reads them (`report`). */
  reports: Readonly<Record<string, readonly ProviderOperation[]>>;
  /** Providers whose last request got no answer, and whether it ever left. */
  silent: Readonly<Record<string, 'notSent' | 'lost'>>;
  /** What is asked of the providers without a link: how often, when next, and the question that is under way. */
  probes: Readonly<Record<string, { tries: number; atMs: number; attemptId: string | null }>>;
  /** By system: the latest `Проверить связь`. */
  linkChecks: Readonly<Record<string, LinkCheck>>;
  /** What is known to be wrong with the journal or its disk; null = nothing. */
  storage: StorageTrouble | null;
  /** A page of the goods dictionary could not be read. */
  catalogDamaged: boolean;
  /** Megabytes left, while there is little room (SYS-04); null = enough. */
  shortMegabytes: number | null;
  /** Running attempts whose settings could not be read when an input came: they go on by asking. */
  stalled: string[];
  /** Document whose payments are being taken back one by one before it is annulled (DOM-41). */
  annulling: { documentId: string; confirmedBy: User | null; givenBack: string[] } | null;
  /** The plan of the open return runs: the payment after the one under way follows by itself. Not after a restart. */
  isRefunding: boolean;
  /** Wrong passwords in a row. */
  failedLogins: number;
  /** Clock of the last key or scan, for the idle lock. */
  lastActivityMs: number;
  columns: number;
  rows: number;
}

export interface ReconciledShift {
  provider: string;
  shiftLabel: string;
  /** Of a system whose list knows no shifts; null = it goes by the label. */
  openedAtMs: number | null;
  /** Reports of payments made without a link that are still owed to their system. */
  undelivered: readonly Attempt[];
}

/** A payment system's own list of a shift, whole. */
export interface Report extends ReconciledShift {
  operations: readonly ProviderOperation[];
  othersCount: number;
}

/** A walk to a system's server, with the question at its end: not journaled, as it moves no money. */
export interface LinkCheck {
  attempt: Attempt;
  steps: readonly LinkStep[];
  isOver: boolean;
}

export interface Printing {
  /** Trouble that has had its dialog: one a fault. */
  told: DeviceState | null;
  /** The cashier has just asked for printing: a failure is told again, a success is not asked about. */
  isRetried: boolean;
  /** Slips up to this one wait for the answer to DEV-18; 0 = none. */
  heldUpToJobId: number;
  /** DEV-18 is to be asked when the register is between receipts. */
  asksHeld: boolean;
}

export const IDLE_PRINTING: Printing = { told: null, isRetried: false, heldUpToJobId: 0, asksHeld: false };

/** Everything that happens is one of these, in one queue. */
export type Message =
  /** `autoLoginCode`: the demo's user, logged in without a password, with the shift open. */
  | { type: 'started'; autoLoginCode: string | null; looksBack?: boolean }
  | { type: 'key'; name: string; text: string | null }
  /** `raw`: exactly as the scanner sent it, separators and AIM id included; absent = the same as the code. */
  | { type: 'scan'; code: string; raw?: string }
  | { type: 'resize'; columns: number; rows: number }
  /** Once a second: clock, countdowns, idle lock. */
  | { type: 'tick' }
  /** The timer of an attempt; stale when the attempt has another wake time by now. */
  | { type: 'wake'; attemptId: string; wakeAtMs: number }
  | { type: 'reply'; attemptId: string; reply: HttpReply }
  | { type: 'noReply'; attemptId: string; noReply: NoReply }
  /** Null = the journal could not be read for it. */
  | { type: 'compared'; report: Pick<Report, 'provider' | 'othersCount'>; comparison: Comparison | null }
  /** A payment system has told something of it, whatever it was. */
  | { type: 'hinted'; attemptId: string }
  /** A step of `Проверить связь` has ended, and what came of its request; `ms` null = it was not sent. */
  | { type: 'linkStep'; attemptId: string; step: LinkStep }
  | { type: 'linkAnswer'; attemptId: string; result: HttpResult; ms: number | null }
  /** What the card reader or the payment program said. */
  | { type: 'paymentDevice'; attemptId: string; input: Extract<Input, { device: unknown }> }
  /** `reason` is null when ready. */
  | { type: 'scanner'; port: string; state: 'ready' | 'noLink'; reason: TransportFault | null }
  /** A key was pressed for a screen that has gone: it presses nothing. */
  | { type: 'keyMissed' }
  /** A code that could not be read: broken on the way (DEV-05), or typed in a layout nobody can undo (DEV-07). */
  | { type: 'scanFault'; number: 'DEV-05' | 'DEV-07' }
  | { type: 'printer'; state: DeviceState }
  | { type: 'drawer'; isOpen: boolean }
  | { type: 'display'; state: 'ready' | 'noLink' }
  | { type: 'printStarting'; jobId: number }
  | { type: 'printed'; jobId: number; result: 'confirmed' | 'unconfirmed' | 'failed' }
  /** `userCode` null = no user has that password; `isUnreadable`: that could not be looked up. */
  | { type: 'passwordChecked'; purpose: PasswordPurpose; userCode: string | null; isUnreadable?: true }
  /** The check beside the register found the journal damaged (SYS-05) or, null, sound; or the disk takes writes again. */
  | { type: 'storage'; trouble: StorageTrouble | null }
  /** The goods dictionary is damaged (SYS-20), or was found sound. */
  | { type: 'catalog'; isDamaged: boolean }
  /** Room on the disk; null = enough. `tells`: SYS-04 is due. */
  | { type: 'diskRoom'; megabytes: number | null; tells: boolean }
  /** A template of the shop cannot be used; the built-in one prints in its place (SYS-08). */
  | { type: 'templateFault'; file: string; line: number; fault: string }
  /** A change of the service menu is in its file; `problem` = why it is not (SYS-08). */
  | { type: 'systemChanged'; problem: { file: string; parameter: string } | null };

export type PasswordPurpose =
  | { kind: 'logIn' }
  | { kind: 'resolve'; attemptId: string; decision: 'paid' | 'notPaid' | 'returned'; reason: string }
  | { kind: 'storno'; positionNumber: number }
  | { kind: 'annul' }
  | { kind: 'clock' };

/** What is done to the world after the journal has the turn's changes, in order. */
export type Effect =
  | { do: 'storeToken'; provider: string; token: string }
  | { do: 'send'; attemptId: string; provider: string; request: HttpRequest }
  | { do: 'checkLink'; attemptId: string; provider: string; request: HttpRequest }
  | { do: 'paymentDevice'; attemptId: string; provider: string; action: DeviceCommand }
  | { do: 'compare'; report: Report }
  | { do: 'bell'; pattern: 'refused' | 'error' | 'done' }
  /** `userCode` null = find whose password it is. */
  | { do: 'checkPassword'; purpose: PasswordPurpose; userCode: string | null; password: string; delayMs: number }
  /** Something is in the print queue; `now`: whatever pause there is, the cashier has asked for it. */
  | { do: 'print'; now?: true }
  | { do: 'printJob'; job: PrintJob }
  | { do: 'log'; level: 'info' | 'warn' | 'error'; logger: string; text: string }
  | { do: 'checkpoint' }
  | { do: 'changeSystem'; system: string; stored: Stored; value: string }
  /** Writes that the disk refused are tried again (SYS-02, Ввод). */
  | { do: 'retryWrites' }
  | { do: 'exit'; code: number };

/** The wrapper starts the program again when it ends with this code (SYS-01, SYS-15). */
export const EXIT_RESTART = 75;

export const emptyUi: Ui = {
  stack: [],
  input: '',
  pendingQuantityThousandths: null,
  pendingPriceKopecks: null,
  selectedPosition: null,
  flash: null,
  status: null,
  rejectedScans: 0,
  loginSelected: 0,
  busy: false,
  queue: [],
};

/** True while a payment runs in front of the cashier: nothing may cover it, nothing may lock the register. */
export function isPaymentRunning(attempts: readonly Attempt[]): boolean {
  return attempts.some((attempt) => attempt.foreground);
}

/** A cashier is there, and nothing stands over the screen that he has to answer first. */
export function isScreenFree({ ui, attempts, register }: AppState): boolean {
  return ui.stack.length === 0 && !isPaymentRunning(attempts) && register.user !== null && !register.locked;
}

/** No key and no scan for so long: the cashier looks at the screen. Longer than between two keys, shorter than a buyer's wait. */
const HAND_AT_REST_MS = 1000;

/** The moment for what comes of itself: the key already on its way to the next goods must not answer it. */
export function isBetweenReceipts(state: AppState, nowMs: number): boolean {
  const { register, ui, lastActivityMs } = state;
  const isAtRest = ui.input === '' && nowMs - lastActivityMs >= HAND_AT_REST_MS;
  return isScreenFree(state) && register.document === null && isAtRest;
}

export function context(name: string, local: unknown = null, text = ''): ContextRef {
  return { name, local, text };
}
