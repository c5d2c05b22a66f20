import { faultOfSystemError, type TransportFault } from '../transport/fault.ts';
import type { Link } from '../transport/link.ts';
import {
  AnswerReader,
  ASK_OFFLINE_CAUSE,
  ASK_PAPER,
  ASK_PROCESSED,
  type PrinterAnswer,
  type PrinterTrouble,
  troubleOfOfflineCause,
  troubleOfPaper,
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
  /** From the last byte taken to the proof that it was processed. */
  confirmMs: number;
  /** For one answer to a status question. */
  statusMs: number;
}

/** At 9600 baud a chunk takes half a second: progress is seen well inside `chunkMs`. */
const CHUNK_BYTES = 512;

type Ending = { lost: TransportFault } | 'timeout';

/** Jobs over one open link, one at a time. Every wait ends: by the event, by the loss of the link, or by its limit. */
export class PrintSession {
  readonly #link: Link;
  readonly #limits: PrintLimits;
  readonly #answers = new AnswerReader();
  #hasSentText = false;
  #lost: TransportFault | null = null;
  #onLost: (fault: TransportFault) => void = () => undefined;
  #onAnswer: (answer: PrinterAnswer) => void = () => undefined;

  constructor(link: Link, limits: PrintLimits) {
    this.#link = link;
    this.#limits = limits;
    link.onLost((fault) => this.#lose(fault));
    // Always read: an unread socket never reports its end.
    link.stream.on('data', (bytes: Buffer) => {
      for (const answer of this.#answers.read(bytes)) this.#onAnswer(answer);
    });
  }

  /** Nothing more can be sent over this link. */
  get isLost(): boolean {
    return this.#lost !== null;
  }

  /** The program is closing: the job ends now with what is known. */
  abort(): void {
    this.#lose('other');
  }

  async run(bytes: Uint8Array, asksStatus: boolean): Promise<PrintResult> {
    this.#hasSentText = false;
    if (asksStatus) {
      const trouble = await this.#askTrouble();
      if (trouble !== null) return { result: 'failed', reason: trouble, fault: null };
      if (this.#lost !== null) return this.#broken({ lost: this.#lost });
    }
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      this.#hasSentText = true;
      const written = await this.#write(bytes.subarray(at, at + CHUNK_BYTES));
      if (written !== 'done') return this.#broken(written);
    }
    if (asksStatus) {
      const proof = await this.#ask(ASK_PROCESSED, this.#limits.confirmMs, (answer) =>
        answer.kind === 'processed' || (answer.kind === 'automatic' && answer.trouble !== null) ? answer : null,
      );
      if (proof === 'timeout' || 'lost' in proof) return this.#broken(proof);
      if (proof.kind === 'automatic' && proof.trouble !== null) {
        return { result: 'unconfirmed', reason: proof.trouble, fault: null };
      }
    }
    const finished = await this.#within<'done'>(this.#limits.confirmMs, (resolve, lose) => {
      this.#link.finish().then(
        () => resolve('done'),
        (error: unknown) => lose(faultOfSystemError(error)),
      );
    });
    return finished === 'done' ? { result: 'confirmed' } : this.#broken(finished);
  }

  /** A printer that does not answer may still print: only a clear "no" stops the job (devices.md 4.3). */
  async #askTrouble(): Promise<PrinterTrouble | null> {
    const statusByte = (answer: PrinterAnswer): number | null => (answer.kind === 'status' ? answer.byte : null);
    const cause = await this.#ask(ASK_OFFLINE_CAUSE, this.#limits.statusMs, statusByte);
    if (typeof cause !== 'number') return null;
    const trouble = troubleOfOfflineCause(cause);
    if (trouble !== null) return trouble;
    const paper = await this.#ask(ASK_PAPER, this.#limits.statusMs, statusByte);
    return typeof paper === 'number' ? troubleOfPaper(paper) : null;
  }

  async #ask<T extends number | PrinterAnswer>(
    question: Uint8Array,
    limitMs: number,
    pick: (answer: PrinterAnswer) => T | null,
  ): Promise<T | Ending> {
    const answered = this.#within<T>(limitMs, (resolve) => {
      this.#onAnswer = (answer) => {
        const picked = pick(answer);
        if (picked !== null) resolve(picked);
      };
      this.#link.stream.write(question, () => undefined);
    });
    const answer = await answered;
    this.#onAnswer = () => undefined;
    return answer;
  }

  #write(chunk: Uint8Array): Promise<'done' | Ending> {
    return this.#within<'done'>(this.#limits.chunkMs, (resolve, lose) => {
      this.#link.stream.write(chunk, (error) => (error ? lose(faultOfSystemError(error)) : resolve('done')));
    });
  }

  #within<T>(
    limitMs: number,
    begin: (resolve: (value: T) => void, lose: (fault: TransportFault) => void) => void,
  ): Promise<T | Ending> {
    return new Promise((resolve) => {
      if (this.#lost !== null) return resolve({ lost: this.#lost });
      const timer = setTimeout(() => resolve('timeout'), limitMs);
      const end = (value: T | Ending): void => {
        clearTimeout(timer);
        resolve(value);
      };
      this.#onLost = (fault) => end({ lost: fault });
      begin(end, (fault) => end({ lost: fault }));
    });
  }

  #lose(fault: TransportFault): void {
    this.#lost ??= fault;
    this.#onLost(fault);
  }

  #broken(ending: Ending): PrintResult {
    const result = this.#hasSentText ? 'unconfirmed' : 'failed';
    if (ending === 'timeout') return { result, reason: 'noReply', fault: null };
    return { result, reason: 'cable', fault: ending.lost };
  }
}
