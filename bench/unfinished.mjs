/** Payments nobody knows the fate of, as the journal holds them after the power went while their servers were silent. */
import { advance } from '../dist/payments/gateway.js';
import { drivers } from '../dist/payments/registry.js';

const AMOUNT_KOPECKS = 1530;
const CURRENCY_NAMES = { oplati: 'Опла О!плати', paymaster: 'СБП PayMaster', assist: 'Ассист СБП' };

const json = (body) => ({ status: 200, body: JSON.stringify(body) });

/**
 * What brings a machine to a request for money without an answer; `reply` answers the request before it.
 * @type {Record<string, ({ timer: true } | { reply: object })[]>}
 */
const WALKS = {
  oplati: [
    { reply: json({ sessionId: 1, dynamicQR: 'QR' }) },
    { timer: true },
    { reply: json({ isConsumerReady: true }) },
  ],
  paymaster: [{ timer: true }],
  assist: [],
};

function orderOf(provider, attemptId, number) {
  return {
    attemptId,
    orderNumber: provider === 'assist' ? String(231122000000000 + number) : `8-1-${number}-${number}-bench0`,
    amountKopecks: AMOUNT_KOPECKS,
    option: provider === 'assist' ? 'sbp' : null,
    seller: { shopName: 'ООО «Ромашка»', registerNumber: 8 },
    shiftLabel: '8-1',
    receipt: {
      number,
      totalKopecks: AMOUNT_KOPECKS,
      lines: [
        {
          name: 'БМК БИФИЛЮКС 2.5% 0.5Л',
          barcode: '4810000000025',
          priceKopecks: AMOUNT_KOPECKS,
          quantityThousandths: 1000,
          unitName: 'шт',
          sumKopecks: AMOUNT_KOPECKS,
        },
      ],
    },
    source: null,
  };
}

/**
 * @param {string} provider @param {number} number of the receipt @param {object} settings the provider's own
 * @returns {object} an attempt whose request for money got no answer
 */
export function unfinishedAttempt(provider, number, settings, nowMs) {
  const driver = drivers.get(provider);
  const attemptId = `bench-${provider}-${number}`;
  const order = orderOf(provider, attemptId, number);
  const facts = { settings, nowMs, utcOffsetMinutes: 180, token: 'bench-token', usedCodes: { has: () => false } };
  let attempt = {
    attemptId,
    provider,
    operation: 'pay',
    documentId: `8-1-${number}-bench0`,
    documentNumber: number,
    documentTitle: `ПРОДАЖА № ${number}`,
    currencyName: CURRENCY_NAMES[provider],
    order,
    sourceAttemptId: null,
    state: 'intent',
    driverState: null,
    step: 0,
    prompt: null,
    promptIssuedAtMs: nowMs,
    foreground: true,
    wakeAtMs: null,
    outcome: null,
    startedAtMs: nowMs,
    updatedAtMs: nowMs,
    manual: null,
  };
  let tag = null;
  let movesMoney = false;
  const take = (input) => {
    const advanced = advance(attempt, driver, input, facts);
    attempt = advanced.attempt;
    tag = advanced.sends.at(-1)?.tag ?? tag;
    movesMoney ||= attempt.state === 'sent' || attempt.state === 'pending';
  };
  take(null);
  for (const step of WALKS[provider]) take('reply' in step ? { reply: { tag, ...step.reply } } : step);
  take({ noReply: { tag, kind: 'lost' } });
  if (!movesMoney || attempt.outcome !== null) throw new Error(`${provider}: ${JSON.stringify(attempt)}`);
  return { ...attempt, state: 'unknown', foreground: false, prompt: null };
}
