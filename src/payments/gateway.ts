import { createHash } from 'node:crypto';
import type { Attempt, AttemptState } from './attempt.ts';
import { isFinal } from './attempt.ts';
import type { Action, Driver, HttpRequest, Input, Machine, Operation, StepFacts, StepResult } from './driver.ts';
import type { Outcome } from './outcome.ts';
import type { Row } from './ports.ts';
import { orderAsToday } from './recall.ts';

/** A command to the card reader or the payment program. */
export type DeviceCommand = Extract<Action, { do: 'device' }>;

/** How long an attempt that was decided by hand waits when all its machine could do is move money. */
const HANDS_OFF_MS = 60_000;

/** What one step of an attempt wants of the world, after the attempt itself has been journaled. */
export interface Advance {
  attempt: Attempt;
  /** Requests to send; each comes back as `reply` or `noReply`. */
  sends: HttpRequest[];
  devices: DeviceCommand[];
  /** Slips the buyer needs before the end. */
  slips: { rows: Row[]; signature: boolean }[];
  notices: { number: string; params: Record<string, string> }[];
  /** Provider secret to store before anything is sent. */
  token: string | null;
  /** SHA-256 of a buyer's code that is being spent. */
  usedCodeHash: string | null;
  alarms: string[];
  /** Rows of a list, for the reconciliation. */
  reports: Extract<Action, { do: 'report' }>[];
  /** An outcome that this step reported; null = the attempt goes on silently. */
  reported: Outcome | null;
}

/** The machine of an operation, or null when the driver cannot do it: refused before any I/O. */
export function machineOf(driver: Driver, operation: Operation): Machine<unknown, unknown> | null {
  return operation === 'found' ? null : (driver[operation] ?? null);
}

/** A step that wants nothing of the world. */
export function nothingWanted(attempt: Attempt): Advance {
  return {
    attempt,
    sends: [],
    devices: [],
    slips: [],
    notices: [],
    token: null,
    usedCodeHash: null,
    alarms: [],
    reports: [],
    reported: null,
  };
}

/**
 * Runs one step of an attempt's machine. Pure: the caller journals `attempt` and only then performs the rest (law 1).
 * @param input null = begin
 */
export function advance(attempt: Attempt, driver: Driver, input: Input | null, facts: StepFacts<unknown>): Advance {
  const machine = machineOf(driver, attempt.operation);
  if (machine === null) throw new Error(`${driver.name} cannot ${attempt.operation}`);
  const result = nothingWanted(attempt);
  if (isFinal(attempt)) return result;

  const begun = { ...attempt, order: orderAsToday(attempt.order, driver) };
  const isForeign = attempt.driverState !== null && !isReadable(attempt, machine);
  const { state, actions } = isForeign ? resume(begun, machine, facts) : stepOf(begun, machine, input, facts);

  // A human has decided what became of this money (DOM-90), and acts on it: from now on the machine may only ask.
  if (attempt.manual !== null && actions.some(movesMoney)) {
    return { ...result, attempt: { ...attempt, wakeAtMs: facts.nowMs + HANDS_OFF_MS } };
  }

  const next: Attempt = {
    ...attempt,
    driverState: state,
    stateVersion: versionOf(machine),
    step: attempt.step + 1,
    updatedAtMs: facts.nowMs,
    // What the other version waited for is gone with its state.
    ...(isForeign ? { prompt: null, wakeAtMs: null } : {}),
  };
  if (input !== null && 'timer' in input) next.wakeAtMs = null;
  for (const action of actions) {
    switch (action.do) {
      case 'send':
        result.sends.push(action.request);
        break;
      case 'device':
        result.devices.push(action);
        break;
      case 'printSlip':
        result.slips.push({ rows: action.rows, signature: action.signature });
        break;
      case 'notify':
        result.notices.push({ number: action.number, params: action.params });
        break;
      case 'prompt':
        next.prompt = action.prompt;
        next.promptIssuedAtMs = facts.nowMs;
        break;
      case 'sleep':
        next.wakeAtMs = facts.nowMs + action.ms;
        break;
      case 'storeToken':
        result.token = action.token;
        break;
      case 'rememberCode':
        result.usedCodeHash = hashOfCode(action.code);
        break;
      case 'report':
        result.reports.push(action);
        break;
      case 'alarm':
        result.alarms.push(action.text);
        break;
      case 'finish':
        result.reported = action.outcome;
        break;
    }
  }
  next.state = stateAfter(next, driver, actions.some(movesMoney), result.reported);
  if (result.reported !== null) {
    next.outcome = withoutList(result.reported);
    next.prompt = null;
    next.foreground = false;
    if (isFinal(next)) next.wakeAtMs = null;
  }
  return { ...result, attempt: next };
}

/** The list of somebody else's operations is compared and told; ten thousands of them are nothing for the journal. */
function withoutList(outcome: Outcome): Outcome {
  if (outcome.kind !== 'approved' || outcome.operations === undefined) return outcome;
  const { operations: _, ...rest } = outcome;
  return rest;
}

function stepOf(
  { driverState, order }: Attempt,
  machine: Machine<unknown, unknown>,
  input: Input | null,
  facts: StepFacts<unknown>,
): StepResult<unknown> {
  return input === null || driverState === null ? machine.begin(order, facts) : machine.step(driverState, input, facts);
}

function versionOf(machine: Machine<unknown, unknown>): number {
  return machine.version ?? 0;
}

/** A state of another version, older or newer, is never stepped: what it means is not guessed at. */
function isReadable({ stateVersion = 0 }: Attempt, machine: Machine<unknown, unknown>): boolean {
  return stateVersion === versionOf(machine);
}

/** @throws when the machine cannot go on without its state; a human then has to look (DOM-90) */
function resume(
  { order, state, foreground, startedAtMs, provider, operation }: Attempt,
  machine: Machine<unknown, unknown>,
  facts: StepFacts<unknown>,
): StepResult<unknown> {
  if (machine.resume === undefined) throw new Error(`${provider} cannot resume ${operation}`);
  // The word of the journal stands before every request that moves money, so `intent` is a proof (law 1).
  return machine.resume(order, facts, { mayHaveMoved: state !== 'intent', foreground, startedAtMs });
}

function movesMoney(action: Action): boolean {
  return (action.do === 'send' || action.do === 'device') && action.moves === 'money';
}

function stateAfter(attempt: Attempt, driver: Driver, sentMoney: boolean, reported: Outcome | null): AttemptState {
  if (reported !== null && reported.kind !== 'unknown') return reported.kind;
  // A human has decided (DOM-90); the machine goes on asking, but only a final answer changes the word.
  if (attempt.manual !== null) return 'manual';
  if (reported !== null) return 'unknown';
  if (attempt.state === 'unknown') return 'unknown';
  const phase = driver.phase(attempt.driverState);
  return phase === 'intent' && sentMoney ? 'sent' : phase;
}

/** Buyers' payment codes are stored as a hash only (domain.md 2.8, rule 10). */
export function hashOfCode(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}
