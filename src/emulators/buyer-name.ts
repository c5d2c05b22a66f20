/** The buyers that every emulated payment server knows, each in its own way. */

export const BUYER_NAMES = ['pays', 'declines', 'poor', 'silent', 'slow', 'expired', 'no-card'] as const;
export type BuyerName = (typeof BUYER_NAMES)[number];

/** Whether a text from outside names a buyer. */
export function isBuyerName(text: string): text is BuyerName {
  return (BUYER_NAMES as readonly string[]).includes(text);
}
