/**
 * A stand-in for a SoftPOS application (docs/softpos.md): reads one order from its input, pays it at Assist like an
 * application whose buyer taps his card at once, and says how it ended.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type AssistAccount, postPayment } from '../reader/assist-post.ts';

export interface SoftPosOptions {
  assist: AssistAccount;
  /** How the buyer is, in the words of `--buyer`. */
  buyer: string;
  /** How long the buyer needs for his card. */
  stepMs?: number;
  /** Gives up waiting for a buyer who never comes. */
  signal?: AbortSignal;
}

const STEP_MS = 1500;

/** What the bank says to each buyer who presents a card. */
const RESPONSE_CODES: Readonly<Record<string, string>> = {
  pays: 'AS000',
  'no-card': 'AS000',
  slow: 'slow',
  declines: 'AS100',
  poor: 'AS102',
};

/**
 * One payment from the first line of `input`.
 * @returns the line for the register, or null when the program ends without a word
 */
export async function runSoftPos(
  input: AsyncIterable<Buffer | string>,
  options: SoftPosOptions,
): Promise<string | null> {
  const order = await readOrder(input);
  if (order === null) return null;
  const { buyer, assist, stepMs = STEP_MS, signal } = options;
  // Nobody presents a card: the program stands there until it is ended from outside.
  if (buyer === 'silent') return pause(2 ** 31 - 1, null, signal === undefined ? {} : { signal }).catch(() => null);
  await pause(stepMs);
  const cardScenario = RESPONSE_CODES[buyer];
  if (cardScenario === undefined) return resultLine('closed');
  const isPaid = await postPayment(assist, { ...order, paymentMode: '12', device: 'SOFTPOS', cardScenario });
  return resultLine(isPaid ? 'done' : 'refused');
}

interface SoftPosOrder {
  orderNumber: string;
  amountKopecks: number;
  currency: string;
  email?: string;
}

async function readOrder(input: AsyncIterable<Buffer | string>): Promise<SoftPosOrder | null> {
  let text = '';
  for await (const part of input) {
    text += part.toString();
    if (text.includes('\n')) break;
  }
  try {
    const { orderNumber, amountKopecks, currency, email } = Object(JSON.parse(text.split('\n')[0] ?? '')).pay;
    const isSum = Number.isSafeInteger(amountKopecks) && amountKopecks > 0;
    if (typeof orderNumber !== 'string' || typeof currency !== 'string' || !isSum) return null;
    return { orderNumber, amountKopecks, currency, ...(typeof email === 'string' ? { email } : {}) };
  } catch {
    return null;
  }
}

function resultLine(result: 'done' | 'refused' | 'closed'): string {
  return `${JSON.stringify({ result })}\n`;
}
