/** A small gateway of its own for the contract suite: real HTTP, the test's clock, and a death at any step. */

import type {
  Action,
  Driver,
  HttpReply,
  HttpRequest,
  Input,
  Machine,
  Operation,
  Order,
  Recalled,
  StepFacts,
  StepResult,
} from '../../src/payments/driver.ts';
import { type DeviceCommand, machineOf } from '../../src/payments/gateway.ts';
import { createHttpSender } from '../../src/payments/http.ts';
import type { Outcome } from '../../src/payments/outcome.ts';
import type { Prompt } from '../../src/payments/prompt.ts';
import { recallOf } from '../../src/payments/recall.ts';
import type { Counterpart } from './counterpart.ts';
import type { Played } from './played.ts';

export interface PlayOptions {
  /** The cashier presses Esc when so many steps were made. */
  cancelAtStep?: number;
  /**
   * The power goes at this step: `before` its actions were performed (they are lost), or right `after` (requests are on
   * their way, their answers find nobody).
   */
  dieAtStep?: number;
  dies?: 'before' | 'after';
  /** And the program that starts again is of another version: it cannot read the state (`Machine.resume`). */
  isUpgraded?: boolean;
  /** Instead of what a willing cashier would answer. */
  answer?(prompt: Prompt): Input | null;
  beforeSend?(request: HttpRequest): void | Promise<void>;
}

const MOST_STEPS = 500;
const sender = createHttpSender();

/** Plays one operation to its proven end, and after it what its outcome leaves to `follow`. */
export async function play(
  driver: Driver,
  operation: Operation,
  order: Order,
  world: Counterpart,
  options: PlayOptions = {},
): Promise<Played> {
  const { clock } = world;
  let machine = machineFor(driver, operation);
  let current = order;
  /** What the journal would say of the attempt (`Left`). */
  const left = { mayHaveMoved: false, foreground: true, startedAtMs: clock.now() };
  let isUnknown = false;
  let isUpgraded = false;
  const played: Omit<Played, 'outcome' | 'state' | 'followed'> = {
    outcomes: [],
    steps: 0,
    sends: [],
    devices: [],
    slips: [],
    notices: [],
    prompts: [],
    alarms: [],
    reported: [],
    replies: [],
    states: [],
  };
  /** The operation's last state, once `follow` has taken over. */
  let ended: { state: unknown } | null = null;
  const followed: Outcome[] = [];
  let state: unknown = null;
  let prompt: Prompt | null = null;
  let generation = 0;
  let wake: unknown = null;
  let inbox: Input[] = [];
  let isResumed = false;
  const inFlight = new Set<{ request: HttpRequest; since: number }>();

  const facts = () => factsOf(world);

  function take(result: StepResult<unknown>): void {
    played.steps++;
    const text = JSON.stringify(result.state);
    played.states.push(text);
    state = JSON.parse(text);
    const dies = options.dieAtStep === played.steps;
    // An outcome is in the journal with its state: the power cannot take it any more.
    const isLost = dies && options.dies === 'before';
    const asksForMoney = result.actions.some((action) => 'moves' in action && action.moves === 'money');
    left.mayHaveMoved = asksForMoney || isUnknown || driver.phase(state) !== 'intent';
    perform(isLost ? result.actions.filter((action) => action.do === 'finish') : result.actions);
    if (dies) restart();
  }

  function perform(actions: Action[]): void {
    for (const action of actions) {
      switch (action.do) {
        case 'send':
          send(action.request, action.moves);
          break;
        case 'device':
          command(action);
          break;
        case 'printSlip':
          played.slips.push(action.rows);
          break;
        case 'notify':
          played.notices.push({ number: action.number, params: action.params });
          break;
        case 'prompt':
          prompt = action.prompt;
          if (prompt !== null && isResumed && !left.foreground) throw new Error('a prompt where nobody waits');
          if (prompt !== null) played.prompts.push(prompt);
          break;
        case 'sleep':
          sleep(action.ms);
          break;
        case 'storeToken':
          world.token = action.token;
          break;
        case 'rememberCode':
          world.usedCodes.add(action.code);
          break;
        case 'report':
          played.reported = [...(action.isFirst ? [] : played.reported), ...action.operations];
          break;
        case 'alarm':
          played.alarms.push(action.text);
          break;
        case 'finish':
          left.foreground = false;
          isUnknown = true;
          left.mayHaveMoved = true;
          (ended === null ? played.outcomes : followed).push(action.outcome);
          break;
      }
    }
  }

  function send(request: HttpRequest, moves: 'nothing' | 'money'): void {
    played.sends.push({ request, moves, step: played.steps });
    const bornIn = generation;
    const entry = { request, since: world.requestCount() };
    inFlight.add(entry);
    const end = (input: Input) => {
      clock.clearTimeout(limit);
      if (!inFlight.delete(entry)) return;
      if ('reply' in input) played.replies.push(input.reply.body);
      if (bornIn === generation) inbox.push(input);
    };
    const part = (reply: HttpReply) => {
      if (bornIn === generation) inbox.push({ reply });
    };
    const limit = clock.setTimeout(() => end({ noReply: { tag: request.tag, kind: 'lost' } }), request.timeoutMs);
    void Promise.resolve(options.beforeSend?.(request))
      .then(() => sender.send(request, undefined, part))
      .then(end);
  }

  function command(action: DeviceCommand): void {
    played.devices.push({ command: action, moves: action.moves, step: played.steps });
    if (world.device === undefined) throw new Error(`nobody plays the ${action.device}`);
    const bornIn = generation;
    world.device(action, (input) => {
      if (bornIn === generation) inbox.push(input);
    });
  }

  function sleep(ms: number): void {
    if (wake !== null) clock.clearTimeout(wake);
    const bornIn = generation;
    wake = clock.setTimeout(() => {
      wake = null;
      if (bornIn === generation) inbox.push({ timer: true });
    }, ms);
  }

  function restart(): void {
    leaveBehind();
    if (options.isUpgraded !== true) inbox = [{ restarted: { clockShiftMs: 0, isNewBoot: false } }];
    else isUpgraded = true;
  }

  function resume(): StepResult<unknown> {
    isUpgraded = false;
    isResumed = true;
    if (machine.resume === undefined) throw new Error(`${driver.name} cannot resume ${operation}`);
    return machine.resume(current, facts(), { ...left });
  }

  /** What was asked or armed so far answers to nobody any more. */
  function leaveBehind(): void {
    generation++;
    inbox = [];
    inFlight.clear();
    prompt = null;
    if (wake !== null) clock.clearTimeout(wake);
    wake = null;
  }

  /** What comes next: the cashier, an answer, or (when nothing else can happen) time. */
  async function next(): Promise<Input> {
    for (let rounds = 0; rounds < 200_000; rounds++) {
      const input = inbox.shift();
      if (input !== undefined) return input;
      if (prompt !== null) {
        const shown = prompt;
        const answer = options.answer === undefined ? willingAnswer(shown, world) : options.answer(shown);
        if (answer !== null) {
          prompt = null;
          return answer;
        }
      }
      await new Promise((resolve) => setImmediate(resolve));
      const waiting =
        world.isDeviceBusy?.() === true || [...inFlight].some((entry) => !world.isHeld(entry.request, entry.since));
      if (inbox.length > 0 || waiting) continue;
      const [soonest] = clock.waitingMs;
      if (soonest === undefined) throw new Error(`stuck in ${JSON.stringify(state)}`);
      clock.advance(Math.max(0, soonest));
    }
    throw new Error(`nothing came in ${JSON.stringify(state)}`);
  }

  take(machine.begin(order, facts()));
  while (played.steps < MOST_STEPS) {
    const outcome = played.outcomes.at(-1);
    const last = ended === null ? outcome : followed.at(-1);
    if (outcome !== undefined && last !== undefined && last.kind !== 'unknown' && inbox[0] === undefined) {
      leaveBehind();
      if (ended !== null) return { ...played, outcome, followed: last, state: ended.state };
      if (!('follow' in outcome)) return { ...played, outcome, followed: null, state };
      ended = { state };
      machine = machineFor(driver, 'follow');
      current = followOf(
        order,
        outcome,
        recallOf(driver, { driverState: state, stateVersion: driver.pay.version ?? 0 }),
      );
      left.startedAtMs = clock.now();
      isUnknown = false;
      take(machine.begin(current, facts()));
      continue;
    }
    if (isUpgraded) {
      take(resume());
      continue;
    }
    const isEsc = options.cancelAtStep === played.steps;
    take(machine.step(state, isEsc ? { cashier: 'cancel' } : await next(), facts()));
  }
  throw new Error(`${driver.name} ${operation}: no end in ${MOST_STEPS} steps`);
}

function machineFor(driver: Driver, operation: Operation): Machine<unknown, unknown> {
  const machine = machineOf(driver, operation);
  if (machine === null) throw new Error(`${driver.name} cannot ${operation}`);
  return machine;
}

function followOf(order: Order, outcome: Outcome, recalled: Recalled): Order {
  const { orderNumber, amountKopecks, shiftLabel } = order;
  const providerPaymentId = outcome.kind === 'approved' ? outcome.providerPaymentId : null;
  return {
    ...order,
    attemptId: `${order.attemptId}-follow`,
    orderNumber: `${orderNumber}-follow`,
    source: { orderNumber, amountKopecks, shiftLabel, providerPaymentId, recalled },
  };
}

/** What a step learns of the outside, in Minsk. */
export function factsOf(world: Counterpart): StepFacts<unknown> {
  return {
    settings: world.settings,
    nowMs: world.clock.now(),
    utcOffsetMinutes: 180,
    token: world.token,
    usedCodes: { has: (code) => world.usedCodes.has(code) },
    ...(world.knownOrders === undefined ? {} : { knownOrders: world.knownOrders }),
  };
}

/** What a willing cashier answers; null = there is nothing to answer. */
export function willingAnswer(shown: Prompt, world: Counterpart): Input | null {
  const own = world.answer?.(shown);
  if (own !== undefined) return own === null ? null : { answer: own };
  switch (shown.show) {
    case 'scanBuyerCode':
      return { answer: { code: world.buyerCode() } };
    case 'tellCode':
    case 'confirm':
      return { answer: { ok: true } };
    case 'retryOrCancel':
      return { answer: { retry: true } };
    case 'choose':
      return { answer: { choice: 0 } };
    case 'form':
      return { answer: shown.choice === null ? { ok: true } : { choice: shown.choice.selected } };
    case 'amount':
      return { answer: { amountKopecks: shown.dueKopecks } };
    default:
      return null;
  }
}
