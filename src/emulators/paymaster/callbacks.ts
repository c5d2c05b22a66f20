/** Notifications to `callbackUrl` (paymaster.md 10): sent once, unsigned. No till asks for them; a web shop does. */
import type { EmulatorClock } from '../clock.ts';
import type { PaymasterSettings } from './settings.ts';
import type { Payment } from './state.ts';
import { encode, paymentObject } from './wire.ts';

const CALLBACK_TIMEOUT_MS = 5000;

export class Callbacks {
  private readonly settings: PaymasterSettings;
  private readonly clock: EmulatorClock;
  private timer: unknown = null;

  constructor(settings: PaymasterSettings, clock: EmulatorClock) {
    this.settings = settings;
    this.clock = clock;
  }

  /** Nobody may ever ask for a payment that is notified of, so a timer must make it go on. */
  wakeAt(atMs: number, catchUp: () => void): void {
    this.clock.clearTimeout(this.timer);
    this.timer = Number.isFinite(atMs) ? this.clock.setTimeout(catchUp, Math.max(0, atMs - this.clock.now())) : null;
  }

  /** Tells the shop that its payment has ended. */
  notify(payment: Payment): void {
    if (payment.callbackUrl === null) return;
    const text = encode(paymentObject(payment, this.settings, 'read'), this.settings.amountForm);
    void this.deliver(payment.callbackUrl, this.settings.callbackBom ? `\uFEFF${text}` : text);
  }

  private async deliver(url: string, body: string): Promise<void> {
    const giveUp = new AbortController();
    const deadline = this.clock.setTimeout(() => giveUp.abort(), CALLBACK_TIMEOUT_MS);
    const headers = { 'Content-Type': 'application/json' };
    await fetch(url, { method: 'POST', body, headers, redirect: 'manual', signal: giveUp.signal })
      .then((reply) => reply.body?.cancel())
      .catch(() => undefined);
    this.clock.clearTimeout(deadline);
  }
}
