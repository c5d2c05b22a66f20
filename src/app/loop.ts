import { isCatalogFault } from '../catalog/storage.ts';
import { messageRef, questionRef } from '../dialogs/index.ts';
import { isEmptyWrite, type JournalWrite } from '../journal/journal.ts';
import type { ContextRef } from '../ui/model.ts';
import type { Clock } from './clock.ts';
import type { Facts } from './facts.ts';
import type { Models } from './model.ts';
import { type AppState, type Effect, isPaymentRunning, type Message } from './state.ts';
import { causeOf, type StorageTrouble, troubleMessage, troubleOf } from './storage-trouble.ts';
import { beginTurn } from './turn.ts';
import { dialogLines, eventLines, type LogLine } from './turn-log.ts';
import { update } from './update.ts';

/** What the loop needs of the world. */
export interface LoopPorts {
  clock: Clock;
  facts: Facts;
  models: Models;
  /** On disk when it returns. @throws a fault of the storage */
  append(write: JournalWrite): void;
  /** Performs one effect; a promise counts as unfinished work until it settles. */
  perform(effect: Effect): void | Promise<void>;
  /** `isByHand`: a key or a scan has brought this picture, and nothing else has. */
  paint(state: AppState, isByHand: boolean): void;
  record(message: Message): void;
  /** The journal was found damaged: remembered until it is mended. */
  damaged(what: string): void;
  /** An unexpected fault: the turn is discarded, what was stored stays. */
  fault(error: unknown): void;
}

/** Pause before a write that failed under a running payment is tried again by itself. */
const WRITE_RETRY_MS = 1000;
/** The same for an answer that a damaged journal did not take. */
const DAMAGED_RETRY_MS = 10_000;
/** What they cause is not told in the log by themselves, so lines of the log may come after them. */
const SILENT: readonly Effect['do'][] = ['print', 'checkpoint', 'bell'];
/** So many messages of attempts nobody waits for make one turn: a key never stands behind more than that. */
const BACKGROUND_AT_ONCE = 8;

/**
 * The one queue. Message -> update -> journal -> effects -> view, in this order, always (law 1): nothing outside learns of
 * a change before the journal has it.
 */
export class Loop {
  readonly #ports: LoopPorts;
  #state: AppState;
  /** As it was painted last. */
  #painted: AppState;
  readonly #queue: Message[] = [];
  /** What came for attempts nobody waits for: taken together, and after every key that is there. */
  readonly #background: Message[] = [];
  /** Keys typed while a password is being checked: taken in order when it is known, dropped when it was wrong. */
  readonly #typedAhead: Message[] = [];
  #backgroundTimer: unknown = null;
  #running = false;
  /** Messages whose changes the disk refused; they are not lost, they come again. */
  #refused: Message[] = [];
  readonly #wakes = new Map<string, { wakeAtMs: number; timer: unknown }>();
  /** The list the timers were made of. */
  #scheduled: AppState['attempts'] | null = null;
  /** No attempt is woken before this: a turn has just failed, and the same one would fail again at once, for ever. */
  #pausedUntilMs = 0;
  #retryTimer: unknown = null;
  /** Lines of the log that wait for the picture: a file is written for each, and the cashier for the picture. */
  readonly #untold: (() => readonly LogLine[])[] = [];
  #unfinished = 0;
  #stopped = false;
  readonly #idleWaiters: (() => void)[] = [];

  constructor(state: AppState, ports: LoopPorts) {
    this.#state = state;
    this.#painted = state;
    this.#ports = ports;
  }

  get state(): AppState {
    return this.#state;
  }

  /**
   * Queues a message and, unless a turn runs already, works until the queue is empty; then paints once. What concerns
   * only an attempt nobody waits for is put by, and taken with others of its kind.
   */
  post(message: Message): void {
    if (this.#stopped) return;
    if (this.#isBackground(message)) {
      this.#background.push(message);
      this.#backgroundTimer ??= this.#ports.clock.setTimeout(() => this.#takeBackground(), 0);
      return;
    }
    this.#queue.push(message);
    if (!this.#running) this.#work();
  }

  #work(first: readonly Message[] = []): void {
    this.#running = true;
    let isByHand = false;
    try {
      if (first.length > 0) this.#take(first);
      for (let next = this.#queue.shift(); next !== undefined && !this.#stopped; next = this.#queue.shift()) {
        if (this.#waitsForPassword(next)) {
          this.#typedAhead.push(next);
          continue;
        }
        this.#take([next]);
        isByHand ||= isOfHand(next);
        if (next.type === 'passwordChecked') this.#takeTypedAhead(next.userCode !== null);
      }
    } finally {
      this.#running = false;
    }
    if (this.#stopped) return this.#tell();
    this.#scheduleWakes();
    const [before, after] = [this.#painted, this.#state];
    this.#untold.push(() => dialogLines(before, after));
    this.#painted = this.#state;
    this.#ports.paint(this.#state, isByHand);
    this.#tell();
  }

  #tell(): void {
    for (const lines of this.#untold.splice(0)) for (const line of lines()) this.#start(line);
  }

  /** A fault of the disk is answered at once: it may be the very reason why the check does not end. */
  #waitsForPassword({ type }: Message): boolean {
    const { busy, stack } = this.#state.ui;
    return type === 'key' && busy && !stack.some((ref) => isFaultDialog(ref.local));
  }

  #takeTypedAhead(isRight: boolean): void {
    if (this.#typedAhead.length === 0 || this.#state.ui.busy) return;
    const keys = this.#typedAhead.splice(0);
    if (isRight) this.#queue.unshift(...keys);
    else this.#start({ do: 'bell', pattern: 'refused' });
  }

  #isBackground(message: Message): boolean {
    if (message.type !== 'wake' && message.type !== 'reply' && message.type !== 'noReply') return false;
    const { attemptId } = message;
    return this.#state.attempts.find((attempt) => attempt.attemptId === attemptId)?.foreground !== true;
  }

  #takeBackground(): void {
    this.#backgroundTimer = null;
    if (this.#stopped) return;
    this.#work(this.#background.splice(0, BACKGROUND_AT_ONCE));
    if (this.#background.length === 0) return;
    this.#backgroundTimer = this.#ports.clock.setTimeout(() => this.#takeBackground(), 0);
  }

  /** Resolves when no effect is unfinished (requests, prints, passwords); timers do not count. */
  whenIdle(): Promise<void> {
    if (this.#unfinished === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  stop(): void {
    const { clock } = this.#ports;
    this.#stopped = true;
    for (const { timer } of this.#wakes.values()) clock.clearTimeout(timer);
    this.#wakes.clear();
    for (const timer of [this.#retryTimer, this.#backgroundTimer]) if (timer !== null) clock.clearTimeout(timer);
  }

  #take(messages: readonly Message[]): void {
    for (const message of messages) {
      this.#ports.record(message);
      if (message.type === 'wake' && this.#wakes.get(message.attemptId)?.wakeAtMs === message.wakeAtMs) {
        this.#wakes.delete(message.attemptId);
      }
    }
    this.#turn(messages);
  }

  /** One turn, so one write, of one message or of several that do not wait for each other. */
  #turn(messages: readonly Message[]): void {
    const turn = beginTurn(this.#state, this.#ports.facts);
    try {
      for (const message of messages) update(turn, message, this.#ports.models);
      if (turn.write.documents.length > 0) turn.write.snapshot = turn.state.register;
      // The server hands a token out once: killed in between, the attempt must find it stored (K34).
      for (const effect of turn.effects) if (effect.do === 'storeToken') this.#start(effect);
      if (!isEmptyWrite(turn.write)) {
        this.#ports.append(turn.write);
        if (turn.state.storage !== null && turn.state.storage.kind !== 'damaged') {
          turn.state = { ...turn.state, storage: null };
        }
      }
    } catch (error) {
      const [message, ...others] = messages;
      // One of them is at fault: each gets a turn of its own.
      if (others.length > 0) for (const each of messages) this.#turn([each]);
      else if (message !== undefined) this.#failed(message, error);
      return;
    }
    const { register } = this.#state;
    this.#untold.push(() => eventLines(register, turn.write));
    this.#state = turn.state;
    for (const effect of turn.effects) {
      if (effect.do === 'log') this.#untold.push(() => [effect]);
      else if (effect.do !== 'storeToken') {
        if (!SILENT.includes(effect.do)) this.#tell();
        this.#start(effect);
      }
    }
  }

  #start(effect: Effect): void {
    if (effect.do === 'retryWrites') {
      // The cashier wants it tried: nothing may refuse it before the disk does.
      if (this.#state.storage?.kind !== 'damaged') this.#state = { ...this.#state, storage: null };
      const again = this.#refused;
      this.#refused = [];
      this.#queue.push(...again);
      return;
    }
    let result: void | Promise<void>;
    try {
      result = this.#ports.perform(effect);
    } catch (error) {
      // What comes after it must still be done: the journal says that it is under way.
      this.#ports.fault(error);
      return;
    }
    if (result === undefined) return;
    this.#unfinished++;
    result
      .catch((error: unknown) => this.#ports.fault(error))
      .finally(() => {
        this.#unfinished--;
        if (this.#unfinished === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve();
      });
  }

  /** The draft is dropped: the register stays where it was, and so does the money. */
  #failed(message: Message, error: unknown): void {
    this.#tell();
    this.#ports.fault(error);
    this.#pausedUntilMs = this.#ports.clock.now() + WRITE_RETRY_MS;
    this.#scheduled = null;
    const ui = this.#state.ui;
    const open = (dialog: ContextRef) => {
      const stack = [...ui.stack.filter((ref) => !isFaultDialog(ref.local)), dialog];
      this.#state = { ...this.#state, ui: { ...ui, stack } };
    };
    if (isCatalogFault(error)) {
      // The goods that read are sold on; what was asked for stands on a page that does not.
      open(messageRef('SYS-20', {}));
      this.#state = { ...this.#state, catalogDamaged: true };
      return;
    }
    const trouble = troubleOf(error);
    if (trouble === null) {
      open(messageRef('SYS-15', {}, [{ do: 'restart' }]));
      return;
    }
    this.#state = { ...this.#state, storage: trouble };
    if (trouble.kind === 'damaged') return this.#damaged(message, trouble, open);
    // An attempt that was not woken still wants to be, so its timer comes again; everything else comes once.
    if (message.type !== 'wake') this.#refused.push(message);
    const cause = causeOf(trouble);
    if (isPaymentRunning(this.#state.attempts)) {
      // A payment's answer is awaited: nothing may cover it. The write is repeated by itself.
      const status = `Ошибка записи данных: ${cause}`;
      this.#state = { ...this.#state, ui: { ...ui, status } };
      this.#retryTimer ??= this.#ports.clock.setTimeout(() => this.#retry(), WRITE_RETRY_MS);
      return;
    }
    const document = this.#state.register.document;
    if (document !== null && document.stage === 'goods') {
      const text = `Ошибка записи данных: ${cause}. Продолжить работу с чеком?`;
      open(questionRef('SYS-02', { text }, [{ do: 'retryWrites' }], [{ do: 'restart' }]));
    } else {
      const text = `Ошибка записи данных: ${cause}. Программа будет перезапущена`;
      open(messageRef('SYS-01', { text }, [{ do: 'restart' }]));
    }
  }

  /**
   * No restart mends it, and none is asked for: what was stored stays, and what the cashier wanted did not happen. An
   * answer about money comes again, for another page may take it.
   */
  #damaged(message: Message, trouble: StorageTrouble, open: (dialog: ContextRef) => void): void {
    this.#ports.damaged(causeOf(trouble));
    const { number, params } = troubleMessage(trouble);
    open(messageRef(number, params));
    if (['key', 'scan', 'tick', 'wake', 'started'].includes(message.type)) return;
    this.#refused.push(message);
    this.#retryTimer ??= this.#ports.clock.setTimeout(() => this.#retry(), DAMAGED_RETRY_MS);
  }

  #retry(): void {
    this.#retryTimer = null;
    const again = this.#refused;
    this.#refused = [];
    for (const message of again) this.post(message);
  }

  /** Keeps one timer per attempt that wants to be woken; derived from the state, so a restart needs nothing else. */
  #scheduleWakes(): void {
    const { clock } = this.#ports;
    const { attempts } = this.#state;
    if (attempts === this.#scheduled) return;
    this.#scheduled = attempts;
    for (const attempt of attempts) {
      const known = this.#wakes.get(attempt.attemptId);
      if (known?.wakeAtMs === attempt.wakeAtMs) continue;
      if (known !== undefined) {
        clock.clearTimeout(known.timer);
        this.#wakes.delete(attempt.attemptId);
      }
      const { attemptId, wakeAtMs } = attempt;
      if (wakeAtMs === null) continue;
      const timer = clock.setTimeout(
        () => this.post({ type: 'wake', attemptId, wakeAtMs }),
        Math.max(0, wakeAtMs - clock.now(), this.#pausedUntilMs - clock.now()),
      );
      this.#wakes.set(attemptId, { wakeAtMs, timer });
    }
    const unfinished = new Set(attempts.map(({ attemptId }) => attemptId));
    for (const [attemptId, { timer }] of this.#wakes) {
      if (unfinished.has(attemptId)) continue;
      clock.clearTimeout(timer);
      this.#wakes.delete(attemptId);
    }
  }
}

/** What the cashier knows to come of her own key. A right password is one: she goes on at once. */
function isOfHand(message: Message): boolean {
  const { type } = message;
  return type === 'key' || type === 'scan' || (type === 'passwordChecked' && message.userCode !== null);
}

function isFaultDialog(local: unknown): boolean {
  const number = (local as { number?: unknown } | null)?.number;
  return ['SYS-01', 'SYS-02', 'SYS-05', 'SYS-15', 'SYS-20'].includes(String(number));
}
