import type { PrintJob } from '../journal/print-job.ts';
import type { Attempt } from '../payments/attempt.ts';
import type { HttpReply, HttpRequest, NoReply } from '../payments/driver.ts';
import type { RegisterState } from '../register/model.ts';
import type { ContextRef, DeviceState, Ui } from './context.ts';
import type { OplatiChange } from './service.ts';

/** Everything the running program knows. Plain data: the same messages give the same state. */
export interface AppState {
  register: RegisterState;
  /** Attempts that are not final, oldest first. */
  attempts: Attempt[];
  /** Print jobs that are not done, in order. */
  printJobs: PrintJob[];
  attemptsMade: number;
  nextPrintJobId: number;
  ui: Ui;
  scanner: DeviceState;
  printer: DeviceState;
  /** Providers whose link was lost and not seen again yet. */
  linkLost: Record<string, 'lost' | 'stillDown'>;
  /** Running attempts whose settings could not be read when an input came: they go on by asking. */
  stalled: string[];
  /** Document whose payments are being taken back one by one before it is annulled (DOM-41). */
  annulling: string | null;
  /** Source payments of the open return still to be given back by themselves, in this order. */
  refundPlan: string[] | null;
  /** Wrong passwords in a row. */
  failedLogins: number;
  /** Clock of the last key or scan, for the idle lock. */
  lastActivityMs: number;
  columns: number;
  rows: number;
}

/** Everything that happens is one of these, in one queue. */
export type Message =
  /** `autoLoginCode`: the demo's user, logged in without a password, with the shift open. */
  | { type: 'started'; autoLoginCode: string | null }
  | { type: 'key'; name: string; text: string | null }
  | { type: 'scan'; code: string }
  | { type: 'resize'; columns: number; rows: number }
  /** Once a second: clock, countdowns, idle lock. */
  | { type: 'tick' }
  /** The timer of an attempt; stale when the attempt has another wake time by now. */
  | { type: 'wake'; attemptId: string; wakeAtMs: number }
  | { type: 'reply'; attemptId: string; reply: HttpReply }
  | { type: 'noReply'; attemptId: string; noReply: NoReply }
  | { type: 'scanner'; state: DeviceState; fault?: string }
  | { type: 'printStarting'; jobId: number }
  | { type: 'printed'; jobId: number; result: 'confirmed' | 'unconfirmed' | 'failed' }
  /** `userCode` null = no user has that password. */
  | { type: 'passwordChecked'; purpose: PasswordPurpose; userCode: string | null }
  /** The check beside the register found the journal damaged (SYS-05). */
  | { type: 'storageDamaged' }
  /** A change of the service menu is in its file; `problem` = why it is not (SYS-08). */
  | { type: 'oplatiChanged'; problem: { file: string; parameter: string } | null };

export type PasswordPurpose =
  | { kind: 'logIn' }
  | { kind: 'resolve'; attemptId: string; decision: 'paid' | 'notPaid' | 'returned'; reason: string }
  | { kind: 'storno'; positionNumber: number }
  | { kind: 'annul' };

/** What is done to the world after the journal has the turn's changes, in order. */
export type Effect =
  | { do: 'storeToken'; provider: string; token: string }
  | { do: 'send'; attemptId: string; request: HttpRequest }
  | { do: 'bell'; pattern: 'refused' | 'error' | 'done' }
  /** `userCode` null = find whose password it is. */
  | { do: 'checkPassword'; purpose: PasswordPurpose; userCode: string | null; password: string; delayMs: number }
  /** Something is in the print queue. */
  | { do: 'print' }
  | { do: 'printJob'; job: PrintJob }
  | { do: 'log'; level: 'info' | 'warn' | 'error'; logger: string; text: string }
  | { do: 'checkpoint' }
  | { do: 'changeOplati'; change: OplatiChange }
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
  status: null,
  rejectedScans: 0,
  loginSelected: 0,
  busy: false,
  queue: [],
};

/** The attempt whose prompt the cashier sees, if any. */
export function shownAttempt(attempts: readonly Attempt[]): Attempt | null {
  return attempts.find((attempt) => attempt.foreground && attempt.prompt !== null) ?? null;
}

/** True while a payment runs in front of the cashier: nothing may cover it, nothing may lock the register. */
export function isPaymentRunning(attempts: readonly Attempt[]): boolean {
  return attempts.some((attempt) => attempt.foreground);
}

export function context(name: string, local: unknown = null, text = ''): ContextRef {
  return { name, local, text };
}
