/** `Checkvalue` of assist.md 2: a keyed sum over an order, made with a secret word that both sides know. */
import { createHash } from 'node:crypto';

function md5(text: string): string {
  return createHash('md5').update(text, 'utf8').digest('hex');
}

function checkValue(secretWord: string, text: string): string {
  return md5((md5(secretWord) + md5(text)).toUpperCase()).toUpperCase();
}

/** Of a request that creates an order. */
export function requestCheckValue(
  secretWord: string,
  order: { merchantId: string; orderNumber: string; amount: string; currency: string },
): string {
  return checkValue(secretWord, [order.merchantId, order.orderNumber, order.amount, order.currency].join(';'));
}

/** Of an answer that tells the state of an order; its fields exactly as they were written. */
export function stateCheckValue(
  secretWord: string,
  order: { merchantId: string; orderNumber: string; amount: string; currency: string; state: string },
): string {
  return checkValue(secretWord, order.merchantId + order.orderNumber + order.amount + order.currency + order.state);
}
