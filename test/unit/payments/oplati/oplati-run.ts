import { oplatiDriver } from '../../../../src/payments/providers/oplati/driver.ts';
import { oplatiPay } from '../../../../src/payments/providers/oplati/pay.ts';
import type { OplatiMode, OplatiSettings } from '../../../../src/payments/providers/oplati/settings.ts';
import { info, MachineRun } from '../machine-run.ts';

export const QR = 'o-plati://o-cashpay/dyn/AAECAwQFBgcICQoLDA0ODxAREhM=';
export const APPROVED = { kind: 'approved', providerPaymentId: '1000001' };
export const BY_CASHIER = { kind: 'declined', code: 'cancelled', say: null };
export const ABSENT = {
  kind: 'declined',
  code: 'notRegistered',
  say: { number: 'OPL-14' },
  linkLost: true,
  follow: true,
};

/** A payment whose sale has just been handed out. */
export function charging(mode: OplatiMode = 2, settings: Partial<OplatiSettings> = {}): MachineRun {
  const run = new MachineRun(oplatiPay, { mode, ...settings });
  if (mode === 0) run.feed({ answer: { code: 'buyer-code' } }).reply(200, { sessionId: 5001 });
  if (mode === 1) run.reply(200, { sessionId: 5001, confirmCode: '1359' }).feed({ answer: { ok: true } });
  if (mode === 2) run.reply(200, { sessionId: 5001, dynamicQR: QR }).wake();
  return run.reply(200, { isConsumerReady: true, loyaltyCards: [] });
}

export function polling(mode: OplatiMode = 2): MachineRun {
  return charging(mode).reply(200, info(0));
}

export function checking(): MachineRun {
  return charging().fail('lost');
}

export function phase(run: MachineRun): string {
  return oplatiDriver.phase(run.state as never);
}
