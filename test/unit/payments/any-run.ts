import type {
  Action,
  HttpRequest,
  Input,
  Machine,
  NoReply,
  Order,
  Restart,
  StepResult,
} from '../../../src/payments/driver.ts';
import type { Outcome } from '../../../src/payments/outcome.ts';
import type { Prompt } from '../../../src/payments/prompt.ts';

/** One life of the computer, whose clock nobody has set. */
export const NOTHING_MISSED: Restart = { clockShiftMs: 0, isNewBoot: false };

/**
 * Plays the gateway for one machine: performs its actions on paper, gives answers, and puts the state through JSON
 * between all steps, as the journal does.
 */
export class AnyRun<Settings> {
  state: unknown = null;
  nowMs: number;
  token: string | null;
  readonly settings: Settings;
  readonly usedCodes = new Set<string>();
  readonly actions: Action[] = [];
  readonly sends: { request: HttpRequest; moves: 'nothing' | 'money' }[] = [];
  readonly outcomes: Outcome[] = [];
  readonly alarms: string[] = [];
  readonly prompts: (Prompt | null)[] = [];
  /** Every state as the journal keeps it. */
  readonly states: string[] = [];
  sleepMs: number | null = null;
  private readonly machine: Machine<Settings, unknown>;

  constructor(
    machine: Machine<Settings, unknown>,
    world: { settings: Settings; order: Order; startedAtMs: number; token?: string | null },
  ) {
    this.machine = machine;
    this.settings = world.settings;
    this.nowMs = world.startedAtMs;
    this.token = world.token ?? null;
    this.take(machine.begin(world.order, this.facts()));
  }

  facts() {
    const { settings, nowMs, token, usedCodes } = this;
    return { settings, nowMs, utcOffsetMinutes: 180, token, usedCodes };
  }

  feed(input: Input): this {
    this.take(this.machine.step(this.state, input, this.facts()));
    return this;
  }

  /** The last request. */
  get request(): HttpRequest {
    const last = this.sends.at(-1);
    if (last === undefined) throw new Error('nothing was sent');
    return last.request;
  }

  get prompt(): Prompt | null {
    return this.prompts.at(-1) ?? null;
  }

  get outcome(): Outcome | undefined {
    return this.outcomes.at(-1);
  }

  fail(kind: NoReply['kind'] = 'lost', tag = this.request.tag): this {
    return this.feed({ noReply: { tag, kind } });
  }

  /** Lets the pause that was asked for pass. */
  wake(): this {
    if (this.sleepMs === null) throw new Error('no pause was asked for');
    this.nowMs += this.sleepMs;
    this.sleepMs = null;
    return this.feed({ timer: true });
  }

  later(ms: number): this {
    this.nowMs += ms;
    return this;
  }

  cancel(): this {
    return this.feed({ cashier: 'cancel' });
  }

  /** @param missed the clock ran on, and the computer with it */
  restart(missed: Restart = NOTHING_MISSED): this {
    this.sleepMs = null;
    return this.feed({ restarted: missed });
  }

  /** And whoever has set the clock meanwhile: nobody knows what has passed. */
  powerCut(clockMovedMs: number): this {
    this.nowMs += clockMovedMs;
    return this.restart({ clockShiftMs: clockMovedMs, isNewBoot: true });
  }

  protected answer(status: number, body: unknown, tag: string): this {
    return this.feed({ reply: { tag, status, body: typeof body === 'string' ? body : JSON.stringify(body) } });
  }

  private take(result: StepResult<unknown>): void {
    const text = JSON.stringify(result.state);
    this.state = JSON.parse(text);
    this.states.push(text);
    for (const action of result.actions) {
      this.actions.push(action);
      switch (action.do) {
        case 'send':
          this.sends.push(action);
          break;
        case 'prompt':
          this.prompts.push(action.prompt);
          break;
        case 'sleep':
          this.sleepMs = action.ms;
          break;
        case 'storeToken':
          this.token = action.token;
          break;
        case 'rememberCode':
          this.usedCodes.add(action.code);
          break;
        case 'alarm':
          this.alarms.push(action.text);
          break;
        case 'finish':
          this.outcomes.push(action.outcome);
          break;
      }
    }
  }
}
