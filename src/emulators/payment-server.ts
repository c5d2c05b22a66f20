/** What every emulated payment server is: books that outlive a restart, the API and the control plane around them. */
import type { BuyerName } from './buyer-name.ts';
import { type EmulatorClock, SteerableClock, systemClock } from './clock.ts';
import { type ControlRoutes, networkControls, planFault, startControlServer } from './control.ts';
import { type FaultOptions, FaultPlan } from './faults.ts';
import { type FaultyApiOptions, type LoggedRequest, startFaultyApi } from './faulty-api.ts';
import type { HttpCall, HttpReply } from './http-server.ts';
import { StateFile } from './state-file.ts';

export interface PaymentServerOptions {
  host?: string;
  /** 0: any free port. */
  port?: number;
  controlPort?: number;
  buyer?: BuyerName;
  /** When the usual buyer acts. */
  buyerDelayMs?: number;
  clock?: EmulatorClock;
  /** Where the books survive a restart. */
  stateFile?: string;
}

export interface PaymentServer {
  /** Base of the API. */
  readonly url: string;
  readonly controlUrl: string;
  /** `none` clears every fault. Resolves when it is in force. */
  fault(kind: string, times?: number, options?: FaultOptions): Promise<void>;
  advanceClock(byMs: number): void;
  /** What came to the API, without headers. */
  requests(): LoggedRequest[];
  close(): Promise<void>;
}

/** Catches up with the clock, does the work, stores the outcome: nobody may learn of what is not on disk. */
export type Durably = <Result>(work: (nowMs: number) => Result) => Result;

export interface KeptState<State> {
  state: State;
  clock: SteerableClock;
  /**
   * @param settle makes happen what has become due
   * @param stored hears of every outcome that is on disk
   */
  durably(settle: (nowMs: number) => void, stored?: () => void): Durably;
}

/** What was kept of the server's state, else an empty one, and the clock it goes by. Throws when the file is damaged or cannot be written. */
export function openState<State extends { clockOffsetMs: number }>(
  { clock: base = systemClock, stateFile }: PaymentServerOptions,
  emptyState: () => State,
): KeptState<State> {
  const file = new StateFile<State>(stateFile ?? null);
  const state = file.load(emptyState());
  // A place that cannot be written is found out now, and not by the first buyer.
  file.save(state);
  const clock = new SteerableClock(base, state.clockOffsetMs);
  return {
    state,
    clock,
    durably: (settle, stored) => (work) => {
      const nowMs = clock.now();
      settle(nowMs);
      const result = work(nowMs);
      state.clockOffsetMs = clock.offsetMs;
      file.save(state);
      stored?.();
      return result;
    },
  };
}

/** What one payment system has of its own. */
export interface PaymentSystem<Face> extends Pick<FaultyApiOptions, 'basePath' | 'spoil' | 'logged'> {
  clock: SteerableClock;
  durably: Durably;
  handle(call: HttpCall, nowMs: number): HttpReply;
  face: Face;
  /** Besides the ledger, the faults, the clock and the requests, which all of them have. */
  controls: ControlRoutes;
}

/** Starts both ports; rejects when one is taken. */
export async function startPaymentServer<Face extends { ledger(): unknown }>(
  { host = '127.0.0.1', port = 0, controlPort = 0 }: PaymentServerOptions,
  { clock, durably, handle, face, controls, ...wire }: PaymentSystem<Face>,
): Promise<Face & PaymentServer> {
  const faults = new FaultPlan();
  const api = await startFaultyApi({
    ...wire,
    host,
    port,
    clock,
    faults,
    handle: (call) => durably((nowMs) => handle(call, nowMs)),
  });
  const control = await startControlServer(host, controlPort, {
    ...networkControls(clock, faults, api),
    'GET ledger': () => face.ledger(),
    ...controls,
  });
  return {
    ...face,
    url: `http://${host}:${api.port}${wire.basePath}`,
    controlUrl: `http://${host}:${control.port}/control`,
    fault: (kind, times = 1, more = {}) => planFault(clock, faults, api, kind, { ...more, times }),
    advanceClock: (byMs) => {
      clock.advance(byMs);
      durably(() => undefined);
    },
    requests: api.requests,
    close: async () => {
      clock.stop();
      await Promise.all([api.shut(), control.shut()]);
    },
  };
}
