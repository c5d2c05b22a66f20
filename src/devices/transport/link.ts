import type { Duplex } from 'node:stream';
import type { TransportFault } from './fault.ts';

/** An open connection to a device. Its errors are never unheard: whatever ends it is told to `onLost`, once. */
export interface Link {
  readonly stream: Duplex;
  /** The link ended by itself. Never called after our own `close`. */
  onLost(listener: (fault: TransportFault) => void): void;
  /**
   * Waits until what was written is known to have left, as far as this kind of connection can tell.
   * Rejects with a fault of the link when it went away before that.
   */
  finish(): Promise<void>;
  /**
   * Idempotent, never rejects. `dropUnsent` throws away what the line still holds: for a job that was given up, because
   * closing a tty waits for unsent bytes. Not for a finished one: some ttys call it sent while they still hold it.
   */
  close(options?: { dropUnsent: boolean }): Promise<void>;
}

export interface Transport {
  /** The other side can send bytes back. */
  readonly answers: boolean;
  /** A link may stay open between jobs. A network printer serves one client at a time: it is let go after each. */
  readonly keepsOpen: boolean;
  /** Rejects with a fault of the link; then nothing was sent and nothing is left open. */
  open(timeoutMs: number): Promise<Link>;
}

/** `error`, `close` and the watchdog may all report one loss: only the first counts, none after our own close. */
export class LossSignal {
  #fault: TransportFault | null = null;
  #silent = false;
  readonly #listeners: ((fault: TransportFault) => void)[] = [];

  get fault(): TransportFault | null {
    return this.#fault;
  }

  report(fault: TransportFault): void {
    if (this.#fault !== null || this.#silent) return;
    this.#fault = fault;
    for (const listener of this.#listeners) listener(fault);
  }

  listen(listener: (fault: TransportFault) => void): void {
    const fault = this.#fault;
    if (fault === null) this.#listeners.push(listener);
    else queueMicrotask(() => listener(fault));
  }

  /** We are closing: what comes now is no loss. */
  silence(): void {
    this.#silent = true;
  }
}
