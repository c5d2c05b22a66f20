/** The web flow and its signed notifications (oplati.md 11). No till uses it; an internet cash desk does. */
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { EmulatorClock } from '../clock.ts';
import { randomPayload } from './buyer.ts';
import type { Ledger } from './ledger.ts';
import { PROBLEMS } from './problems.ts';
import { type Fields, readBooking } from './requests.ts';
import type { OplatiSettings } from './settings.ts';
import type { OplatiState, Payment } from './state.ts';
import { paymentInfo } from './wire.ts';

const NOTIFICATION_TIMEOUT_MS = 5000;

export class WebDesk {
  private readonly ledger: Ledger;
  private readonly settings: OplatiSettings;
  private readonly clock: EmulatorClock;
  private readonly settleAll: () => void;
  private keys: { publicKey: KeyObject; privateKey: KeyObject } | null = null;

  /** @param settleAll lets the ledger catch up with the clock, and stores what has changed */
  constructor(ledger: Ledger, settings: OplatiSettings, clock: EmulatorClock, settleAll: () => void) {
    this.ledger = ledger;
    this.settings = settings;
    this.clock = clock;
    this.settleAll = settleAll;
  }

  /** v1: the shop polls, so nothing needs to be told. */
  openFirst(regNum: string, fields: Fields, nowMs: number): unknown {
    const payment = this.ledger.sellOnWeb(this.bookingOf(regNum, fields), null, nowMs);
    const info = paymentInfo(payment, this.settings.utcOffsetMinutes);
    return { ...info, dynamicQR: `o-plati://o-webpay/dyn/${randomPayload()}` };
  }

  /** v2: the buyer is sent to a page, the shop is told of the end. */
  openSecond(regNum: string, fields: Fields, nowMs: number): unknown {
    const booking = this.bookingOf(regNum, fields);
    const { notificationUrl } = fields;
    // The official clients always send it, and leave it empty for a shop that only polls.
    const isPolled = notificationUrl === '';
    if (typeof notificationUrl !== 'string' || !(isPolled || isHttpAddress(notificationUrl))) {
      throw PROBLEMS.badRequest('notificationUrl');
    }
    const payment = this.ledger.sellOnWeb(booking, isPolled ? null : notificationUrl, nowMs);
    this.watch(payment);
    // `.invalid` is reserved: the page belongs to Oplati and is not emulated.
    return { paymentId: payment.paymentId, redirectUrl: `https://webpay.oplati.invalid/pay/${payment.paymentId}` };
  }

  /** After a restart: payments that still wait must still end and be told of. */
  resume(state: OplatiState): void {
    for (const payment of state.payments) if (payment.notificationUrl !== null) this.watch(payment);
  }

  /** Tells the shop that its payment has ended. */
  notify(payment: Payment): void {
    if (payment.notificationUrl === null) return;
    const body = JSON.stringify(paymentInfo(payment, this.settings.utcOffsetMinutes));
    void this.deliver(payment.notificationUrl, body, [...this.settings.notificationRetryMs]);
  }

  /** Base64 of the DER SubjectPublicKeyInfo, as the merchant cabinet shows it. */
  publicKey(): string {
    return this.keyPair().publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  }

  private bookingOf(regNum: string, fields: Fields): ReturnType<typeof readBooking> {
    return readBooking(regNum, fields, this.settings.strictReceiptTotals);
  }

  /** Nobody polls a v2 payment, so a timer must make it end. */
  private watch(payment: Payment): void {
    const { awaiting } = payment;
    if (awaiting === null) return;
    const endsAtMs = Math.min(awaiting.answerAtMs ?? Number.POSITIVE_INFINITY, awaiting.expiresAtMs);
    this.clock.setTimeout(this.settleAll, Math.max(0, endsAtMs - this.clock.now()));
  }

  private async deliver(url: string, body: string, pausesMs: number[]): Promise<void> {
    const signature = createSign('RSA-SHA256').update(body).sign(this.keyPair().privateKey, 'base64');
    const giveUp = new AbortController();
    const deadline = this.clock.setTimeout(() => giveUp.abort(), NOTIFICATION_TIMEOUT_MS);
    const headers = { 'Content-Type': 'application/json', 'Server-Sign': signature };
    const isAccepted = await fetch(url, { method: 'POST', body, headers, redirect: 'manual', signal: giveUp.signal })
      .then(async (reply) => {
        await reply.body?.cancel();
        return reply.status === 200;
      })
      .catch(() => false);
    this.clock.clearTimeout(deadline);
    const pauseMs = pausesMs.shift();
    if (!isAccepted && pauseMs !== undefined) {
      this.clock.setTimeout(() => void this.deliver(url, body, pausesMs), pauseMs);
    }
  }

  /** Made at first use: it takes long, and a till never needs it. */
  private keyPair(): { publicKey: KeyObject; privateKey: KeyObject } {
    this.keys ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
    return this.keys;
  }
}

function isHttpAddress(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}
