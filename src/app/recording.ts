import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Redactor } from '../log/redaction.ts';
import type { Message } from './state.ts';

/** Two files of this size at most: a bounded ring on disk. */
const MAXIMUM_BYTES = 2_000_000;
const FLUSH_AFTER_MS = 1000;

/**
 * The messages as they came, one JSON a line: what support replays to see what the cashier saw. Not the journal: a kill
 * may cost the last second of it. Typed passwords and buyers' codes are masked before they get here; the redactor masks the
 * known secrets, in texts only: a time of day that happens to contain the digits of a password must stay a number, or the
 * line is not JSON any more.
 */
export class Recording {
  readonly #path: string;
  readonly #redactor: () => Redactor;
  #lines: string[] = [];
  #timer: NodeJS.Timeout | null = null;
  #bytes = -1;

  /** @param redactor asked at every message: settings may change while the program runs */
  constructor(path: string, redactor: () => Redactor) {
    this.#path = path;
    this.#redactor = redactor;
  }

  add(message: Message, atMs: number): void {
    if (message.type === 'tick') return;
    // A list would push out of the ring all that the cashier has seen; what came of it is on the screen.
    const isPart = message.type === 'reply' && message.reply.isPart === true;
    const kept = isPart ? { ...message, reply: { ...message.reply, body: '' } } : message;
    const redact = this.#redactor();
    const inTexts = (_key: string, value: unknown) => (typeof value === 'string' ? redact(value) : value);
    this.#lines.push(JSON.stringify({ atMs, ...kept }, inTexts));
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS).unref();
  }

  /** A recording that cannot be written is dropped: it must never stop a sale. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#lines.length === 0) return;
    const text = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    try {
      if (this.#bytes < 0) {
        mkdirSync(dirname(this.#path), { recursive: true });
        this.#bytes = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
      }
      if (this.#bytes > MAXIMUM_BYTES) {
        renameSync(this.#path, `${this.#path}.1`);
        this.#bytes = 0;
      }
      appendFileSync(this.#path, text, { mode: 0o600 });
      this.#bytes += Buffer.byteLength(text);
    } catch {
      this.#bytes = -1;
    }
  }
}
