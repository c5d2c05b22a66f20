import { faultOfSystemError, type TransportFault } from '../transport/fault.ts';
import type { Link } from '../transport/link.ts';
import {
  AnswerReader,
  ASK_ERROR_CAUSE,
  ASK_OFFLINE,
  ASK_OFFLINE_CAUSE,
  ASK_PAPER,
  ASK_PROCESSED,
  type Condition,
  type DrawerLevel,
  drawerLevelOf,
  type PrinterAnswer,
  type PrinterTrouble,
  paperOf,
  RECOVER,
  troubleOfErrorCause,
  troubleOfOffline,
  troubleOfOfflineCause,
} from './status.ts';

/** `cable` = the link broke, `noReply` = the printer stopped taking bytes or did not confirm. */
export type PrintReason = PrinterTrouble | 'cable' | 'noReply';

/**
 * - `confirmed`   printed, as far as the profile's status kind can know
 * - `failed`      proved that nothing was sent: safe to send again
 * - `unconfirmed` some bytes may be on paper: never repeated by itself (devices.md 4.5)
 */
export type PrintResult =
  | { result: 'confirmed' }
  | { result: 'failed' | 'unconfirmed'; reason: PrintReason; fault: TransportFault | null };

export interface PrintLimits {
  connectMs: number;
  /** For one chunk: a slow printer is fine as long as it goes on taking bytes. */
  chunkMs: number;
  /** From the last byte taken to the proof that it was processed, and more for each byte of a long job. */
  confirmMs: number;
  confirmMsPerByte: number;
  /** For one answer to a status question. */
  statusMs: number;
  /** A printer that fell silent is asked this often, until this long, before it counts as switched off. */
  retryMs: number;
  offlineMs: number;
  /** How long late answers may dribble in. */
  settleMs: number;
}

/** What is known of the printer from link to link. */
export interface PrinterMemory {
  /** It answered a status question: its silence means something. */
  hasAnswered: boolean;
  /** It answered `GS r`: that answer can be waited for. */
  hasConfirmed: boolean;
  /** A `GS r` of an earlier job may still be answered, and must not confirm a later one. */
  owesProof: boolean;
  /** A job may have been broken off inside a command, which waits for its rest. */
  isBrokenOff: boolean;
}

/** At 9600 baud a chunk takes half a second: progress is seen well inside `chunkMs`. */
const CHUNK_BYTES = 512;
/** How many times an error is looked at after the recovery. */
const RECOVERY_LOOKS = 3;

type Ending = { lost: TransportFault } | { trouble: PrinterTrouble } | 'timeout';

/** Jobs over one open link, one at a time. Every wait ends: by the event, by the loss of the link, or by its limit. */
export class PrintSession {
  readonly #link: Link;
  readonly #limits: PrintLimits;
  readonly #memory: PrinterMemory;
  readonly #fill: Uint8Array;
  readonly #onCondition: (condition: Condition) => void;
  readonly #answers = new AnswerReader();
  #hasSentText = false;
  #isPaperLow = false;
  #isAnswering = false;
  #drawerLevel: DrawerLevel | null = null;
  /** Writes the line has not taken yet. */
  #waitingWrites = 0;
  #lost: TransportFault | null = null;
  #onLost: (fault: TransportFault) => void = () => undefined;
  #onAnswer: (answer: PrinterAnswer) => void = () => undefined;
  /** A question that waits for the line. */
  #whenFree: () => void = () => undefined;

  /**
   * @param fill ends a command that was broken off
   * @param onCondition hears what the printer tells unasked, at any time, and that it fell silent in the middle of a job
   */
  constructor(
    link: Link,
    limits: PrintLimits,
    memory: PrinterMemory,
    fill: Uint8Array,
    onCondition: (condition: Condition) => void,
  ) {
    this.#link = link;
    this.#limits = limits;
    this.#memory = memory;
    this.#fill = fill;
    this.#onCondition = onCondition;
    link.onLost((fault) => this.#lose(fault));
    // Always read: an unread socket never reports its end.
    link.stream.on('data', (bytes: Buffer) => {
      for (const answer of this.#answers.read(bytes)) {
        if (answer.kind === 'automatic') {
          this.#isPaperLow = answer.isPaperLow;
          onCondition(answer);
        }
        this.#onAnswer(answer);
      }
    });
  }

  /** Nothing more can be sent over this link. */
  get isLost(): boolean {
    return this.#lost !== null;
  }

  /** The line took everything it was given. */
  get isLineFree(): boolean {
    return this.#waitingWrites === 0;
  }

  /** As last heard. */
  get isPaperLow(): boolean {
    return this.#isPaperLow;
  }

  /** As last heard; null = not asked yet, or never told. */
  get drawerLevel(): DrawerLevel | null {
    return this.#drawerLevel;
  }

  /** While the last job waited for its proof, questions about the state were answered: the printer is there. */
  get isAnswering(): boolean {
    return this.#isAnswering;
  }

  /** The program is closing: the job ends now with what is known. */
  abort(): void {
    this.#lose('other');
  }

  async run(bytes: Uint8Array, asksStatus: boolean): Promise<PrintResult> {
    this.#hasSentText = false;
    this.#isAnswering = false;
    if (asksStatus) {
      const refusal = await this.#refusal();
      if (refusal !== null) return refusal;
    }
    if (this.#memory.isBrokenOff) {
      const filled = await this.#endBrokenOff();
      if (filled !== 'done') return this.#broken(filled);
    }
    if (asksStatus && this.#memory.owesProof && this.#memory.hasConfirmed) {
      const caughtUp = await this.#catchUp();
      if (caughtUp !== 'done') return this.#broken(caughtUp);
    }
    this.#hasSentText = true;
    this.#memory.isBrokenOff = true;
    const written = await this.#writeAll(bytes);
    if (written !== 'done') return this.#broken(written);
    if (asksStatus) {
      const proof = await this.#proof(this.#limits.confirmMs + bytes.length * this.#limits.confirmMsPerByte);
      if (proof !== 'done') return this.#broken(proof);
    }
    const result = await this.finish();
    // Not before: what the system took from us may never have left it.
    this.#memory.isBrokenOff = result.result !== 'confirmed';
    return result;
  }

  /** Waits for the last byte to leave, as far as this kind of link can tell. */
  async finish(limitMs: number = this.#limits.confirmMs): Promise<PrintResult> {
    const finished = await this.#within<'done'>(limitMs, (end) => {
      this.#link.finish().then(
        () => end('done'),
        (error: unknown) => end({ lost: faultOfSystemError(error) }),
      );
    });
    return finished === 'done' ? { result: 'confirmed' } : this.#broken(finished);
  }

  /**
   * Opens the drawer, which must work without paper too (devices.md 4.5): then by the command obeyed at once. Nothing is
   * left behind in a printer that does not answer: the drawer must not spring open when it comes back.
   */
  async pulse(usual: Uint8Array, atOnce: Uint8Array, asksStatus: boolean): Promise<PrintResult> {
    this.#hasSentText = false;
    const seen = asksStatus ? await this.look(this.#limits.statusMs) : null;
    if (asksStatus && seen === null && this.#memory.hasAnswered) return this.#failed('offline');
    if (seen?.trouble === 'knife' || seen?.trouble === 'broken') return this.#failed(seen.trouble);
    if (seen !== null && seen.trouble !== null) return this.#writePulse(atOnce);
    if (this.#memory.isBrokenOff) {
      const filled = await this.#endBrokenOff();
      if (filled !== 'done') return this.#broken(filled);
    }
    return this.#writePulse(usual);
  }

  /**
   * Asks how the printer is.
   * @returns null when it does not answer, or the link is lost
   */
  async look(limitMs: number): Promise<Condition | null> {
    const cause = await this.#status(ASK_OFFLINE_CAUSE, limitMs);
    if (cause === null) return null;
    const known = { isPaperLow: this.#isPaperLow };
    const trouble = troubleOfOfflineCause(cause);
    if (trouble === 'broken') {
      const error = await this.#status(ASK_ERROR_CAUSE, limitMs);
      return { ...known, trouble: error === null ? trouble : troubleOfErrorCause(error) };
    }
    if (trouble !== null) return { ...known, trouble };
    const paper = await this.#status(ASK_PAPER, limitMs);
    if (paper === null) return { ...known, trouble: null };
    const condition = paperOf(paper);
    this.#isPaperLow = condition.isPaperLow;
    if (condition.trouble !== null) return condition;
    const offline = await this.#status(ASK_OFFLINE, limitMs);
    if (offline !== null) this.#drawerLevel = drawerLevelOf(offline);
    return { ...condition, trouble: offline === null ? null : troubleOfOffline(offline) };
  }

  /** A printer that never answers may still print: only a clear "no" stops the job (devices.md 4.3). */
  async #refusal(): Promise<PrintResult | null> {
    let seen = await this.look(this.#limits.statusMs);
    if (seen === null && this.#lost === null && this.#memory.hasAnswered) seen = await this.#wake();
    if (this.#lost !== null) return this.#broken({ lost: this.#lost });
    if (seen === null) return this.#memory.hasAnswered ? this.#failed('offline') : null;
    if (seen.trouble === 'knife' || seen.trouble === 'broken') seen = await this.#recover(seen);
    return seen.trouble === null ? null : this.#failed(seen.trouble);
  }

  /** A printer that used to answer: perhaps it waits for the rest of a broken off picture, perhaps it is switched off. */
  async #wake(): Promise<Condition | null> {
    this.#tellSilence();
    if ((await this.#endBrokenOff()) !== 'done') return null;
    const { statusMs, retryMs, offlineMs, settleMs } = this.#limits;
    for (let leftMs = offlineMs - statusMs; leftMs > 0 && this.#lost === null; leftMs -= retryMs) {
      if ((await this.#status(ASK_OFFLINE_CAUSE, retryMs)) === null) continue;
      // The answers to the earlier questions must not pass for answers to the next ones.
      await this.#pause(settleMs);
      return this.look(statusMs);
    }
    return null;
  }

  async #recover(before: Condition): Promise<Condition> {
    let seen = before;
    await this.#write(RECOVER);
    for (let looks = RECOVERY_LOOKS; looks > 0 && seen.trouble !== null; looks--) {
      seen = (await this.look(this.#limits.statusMs)) ?? seen;
      if (seen.trouble !== null && looks > 1) await this.#pause(this.#limits.retryMs);
    }
    return seen;
  }

  async #endBrokenOff(): Promise<'done' | Ending> {
    const filled = await this.#writeAll(this.#fill);
    if (filled === 'done') this.#memory.isBrokenOff = false;
    return filled;
  }

  /**
   * An earlier job that was not confirmed may be printed to its end just now, and be confirmed: its answer comes before
   * the one to the question asked here. What follows is the new job's own.
   */
  async #catchUp(): Promise<'done' | Ending> {
    const pick = (answer: PrinterAnswer): 'done' | null => (answer.kind === 'processed' ? 'done' : null);
    const first = await this.#ask(ASK_PROCESSED, this.#limits.statusMs, pick);
    if (first !== 'done') return first;
    let more: 'done' | Ending = first;
    while (more === 'done') more = await this.#hear(this.#limits.settleMs, pick);
    if (more !== 'timeout') return more;
    this.#memory.owesProof = false;
    return 'done';
  }

  /** Waits until everything was processed, and looks meanwhile what holds it up. */
  async #proof(limitMs: number): Promise<'done' | Ending> {
    this.#memory.owesProof = true;
    const { retryMs, statusMs } = this.#limits;
    const tickMs = retryMs / 2;
    // One question at a time, and its answer awaited: it would pass for the answer to the next one.
    let isAsked = false;
    let sinceAskedMs = retryMs - tickMs;
    const looking = setInterval(() => {
      if (!this.#memory.hasAnswered || !this.isLineFree) return;
      sinceAskedMs += tickMs;
      if (isAsked) {
        // Switched off in mid-slip: to be seen within 3 s (devices.md 8), not when the patience for the proof has ended.
        if (sinceAskedMs >= statusMs) this.#tellSilence();
      } else if (sinceAskedMs >= retryMs) {
        isAsked = true;
        sinceAskedMs = 0;
        this.#send(ASK_OFFLINE_CAUSE);
      }
    }, tickMs);
    const proof = await this.#ask<'done' | Ending>(ASK_PROCESSED, limitMs, (answer) => {
      if (answer.kind === 'processed') return 'done';
      if (answer.kind === 'status') {
        isAsked = false;
        this.#isAnswering = true;
      }
      const trouble = answer.kind === 'status' ? troubleOfOfflineCause(answer.byte) : answer.trouble;
      return trouble === null ? null : { trouble };
    });
    clearInterval(looking);
    const isSilent = isAsked && sinceAskedMs >= statusMs;
    if (isAsked && this.#lost === null && !(isSilent && proof === 'timeout')) {
      await this.#hear(this.#limits.statusMs, (answer) => (answer.kind === 'status' ? answer.byte : null));
    }
    if (isSilent) this.#isAnswering = false;
    if (proof === 'done') {
      this.#memory.hasConfirmed = true;
      this.#memory.owesProof = false;
    } else if (typeof proof === 'object' && 'trouble' in proof && proof.trouble === 'broken') {
      const error = await this.#status(ASK_ERROR_CAUSE, this.#limits.statusMs);
      return { trouble: error === null ? 'broken' : troubleOfErrorCause(error) };
    }
    return proof;
  }

  #tellSilence(): void {
    this.#onCondition({ trouble: 'offline', isPaperLow: this.#isPaperLow });
  }

  async #status(question: Uint8Array, limitMs: number): Promise<number | null> {
    const byte = await this.#ask(question, limitMs, (answer) => (answer.kind === 'status' ? answer.byte : null));
    if (typeof byte !== 'number') return null;
    this.#memory.hasAnswered = true;
    return byte;
  }

  #ask<T>(question: Uint8Array, limitMs: number, pick: (answer: PrinterAnswer) => T | null): Promise<T | Ending> {
    // A line that is stopped still holds the last question: another one would be answered too, much later. Most often it is
    // free in a moment: the answer was only faster than the system's word that the question had been taken.
    return this.#hear(limitMs, pick, () => {
      this.#whenFree = () => this.#send(question);
      if (this.isLineFree) this.#useFreeLine();
    });
  }

  async #hear<T>(
    limitMs: number,
    pick: (answer: PrinterAnswer) => T | null,
    begin: (end: (value: T | Ending) => void) => void = () => undefined,
  ): Promise<T | Ending> {
    const heard = await this.#within<T>(limitMs, (end) => {
      this.#onAnswer = (answer) => {
        const picked = pick(answer);
        if (picked !== null) end(picked);
      };
      begin(end);
    });
    this.#onAnswer = () => undefined;
    this.#whenFree = () => undefined;
    return heard;
  }

  async #pause(lengthMs: number): Promise<void> {
    await this.#within(lengthMs, () => undefined);
  }

  async #writePulse(bytes: Uint8Array): Promise<PrintResult> {
    this.#hasSentText = true;
    const written = await this.#write(bytes);
    return written === 'done' ? this.finish() : this.#broken(written);
  }

  async #writeAll(bytes: Uint8Array): Promise<'done' | Ending> {
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      const written = await this.#write(bytes.subarray(at, at + CHUNK_BYTES));
      if (written !== 'done') return written;
    }
    return 'done';
  }

  #write(chunk: Uint8Array): Promise<'done' | Ending> {
    // A printer that tells its trouble by itself takes nothing more.
    const pick = (answer: PrinterAnswer): Ending | null =>
      answer.kind === 'automatic' && answer.trouble !== null ? { trouble: answer.trouble } : null;
    return this.#hear<'done' | Ending>(this.#limits.chunkMs, pick, (end) => {
      this.#send(chunk, (error) => end(error ? { lost: faultOfSystemError(error) } : 'done'));
    });
  }

  #send(bytes: Uint8Array, taken: (error: Error | null | undefined) => void = () => undefined): void {
    this.#waitingWrites++;
    this.#link.stream.write(bytes, (error) => {
      this.#waitingWrites--;
      taken(error);
      if (this.isLineFree) this.#useFreeLine();
    });
  }

  #useFreeLine(): void {
    const send = this.#whenFree;
    this.#whenFree = () => undefined;
    send();
  }

  #within<T>(limitMs: number, begin: (end: (value: T | Ending) => void) => void): Promise<T | Ending> {
    return new Promise((resolve) => {
      if (this.#lost !== null) return resolve({ lost: this.#lost });
      const timer = setTimeout(() => resolve('timeout'), limitMs);
      const end = (value: T | Ending): void => {
        clearTimeout(timer);
        resolve(value);
      };
      this.#onLost = (fault) => end({ lost: fault });
      begin(end);
    });
  }

  #lose(fault: TransportFault): void {
    this.#lost ??= fault;
    this.#onLost(fault);
  }

  #failed(reason: PrinterTrouble): PrintResult {
    return { result: 'failed', reason, fault: null };
  }

  #broken(ending: Ending): PrintResult {
    const result = this.#hasSentText ? 'unconfirmed' : 'failed';
    if (ending === 'timeout') return { result, reason: 'noReply', fault: null };
    if ('trouble' in ending) return { result, reason: ending.trouble, fault: null };
    return { result, reason: 'cable', fault: ending.lost };
  }
}
