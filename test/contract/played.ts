import type { HttpRequest } from '../../src/payments/driver.ts';
import type { DeviceCommand } from '../../src/payments/gateway.ts';
import type { Outcome, ProviderOperation } from '../../src/payments/outcome.ts';
import type { Row } from '../../src/payments/ports.ts';
import type { Prompt } from '../../src/payments/prompt.ts';

/** What became of an operation that the small gateway has played to its end. */
export interface Played {
  /** The last word: approved, declined or notSent. */
  outcome: Outcome;
  /** All of them; an `unknown` may stand before the last. */
  outcomes: Outcome[];
  /** What the `follow` machine found out in the end; null = nothing was left to do. */
  followed: Outcome | null;
  steps: number;
  /** `step`: which step handed it out, from 1. */
  sends: { request: HttpRequest; moves: 'nothing' | 'money'; step: number }[];
  devices: { command: DeviceCommand; moves: 'nothing' | 'money'; step: number }[];
  slips: Row[][];
  notices: { number: string; params: Record<string, string> }[];
  prompts: Prompt[];
  alarms: string[];
  /** What a list has told for the reconciliation, but for its last part. */
  reported: ProviderOperation[];
  /** Bodies of the answers. */
  replies: string[];
  /** The machine's state after every step, as the journal would keep it. */
  states: string[];
  /** The last state of the operation itself, for a cancel or refund of this payment. */
  state: unknown;
}
