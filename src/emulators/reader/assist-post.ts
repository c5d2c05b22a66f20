/** The payment as the kernel of a reader posts it to Assist (assist.md 4, 12.11). The register never does this. */

import { DEFAULT_SETTINGS } from '../assist/settings.ts';
import { formatRoubles } from '../assist/wire.ts';

export interface AssistAccount {
  /** Base address of the server. */
  url: string;
  merchantId?: string;
  login?: string;
  password?: string;
}

export interface CardPayment {
  /** `11` a reader, `12` SoftPOS. */
  paymentMode: '11' | '12';
  device: string;
  orderNumber: string;
  amountKopecks: number;
  currency: string;
  email?: string;
  /** What the emulated bank shall say: a response code. */
  cardScenario: string;
}

const XPOS_PATH = '/xpos/payment.cfm';
const TIMEOUT_MS = 20_000;

/** @returns whether the server says that the order is paid; false too when it says nothing */
export async function postPayment(account: AssistAccount, payment: CardPayment): Promise<boolean> {
  const form = new URLSearchParams({
    Merchant_ID: account.merchantId ?? DEFAULT_SETTINGS.merchantId,
    Login: account.login ?? DEFAULT_SETTINGS.login,
    Password: account.password ?? DEFAULT_SETTINGS.password,
    Format: '5',
    PaymentMode: payment.paymentMode,
    Device: payment.device,
    OrderNumber: payment.orderNumber,
    OrderAmount: formatRoubles(payment.amountKopecks),
    OrderCurrency: payment.currency,
    CardScenario: payment.cardScenario,
    ...(payment.email === undefined ? {} : { Email: payment.email }),
  });
  try {
    const reply = await fetch(account.url.replace(/\/+$/, '') + XPOS_PATH, {
      method: 'POST',
      body: form,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { order } = (await reply.json()) as { order?: { orderstate?: unknown } };
    return order?.orderstate === 'Approved' || order?.orderstate === 'Оплачен';
  } catch {
    // No server, or no answer of it: a reader cannot say that anything was paid.
    return false;
  }
}
