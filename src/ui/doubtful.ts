/** The question before a number nobody is likely to mean is taken (DOM-112 - DOM-114). */
import { isDoubtfulQuantity, isDoubtfulSum, type UsualLimits } from '../register/doubtful.ts';
import { formatKopecks } from '../register/money.ts';
import { formatQuantity } from '../register/quantity.ts';
import { inWords, kopecksInWords } from './in-words.ts';
import type { ContextRef } from './model.ts';
import type { Step } from './step.ts';

export interface DoubtfulLocal {
  number: string;
  params: Record<string, string>;
  /** Performed when the cashier takes the number all the same. */
  onTaken: Step[];
}

/**
 * Cash as the buyer gave it.
 * @param dueKopecks what is to be paid: the rest is the change
 * @returns null = there is nothing to ask
 */
export function doubtfulCashRef(
  amountKopecks: number,
  dueKopecks: number,
  limits: UsualLimits,
  onTaken: Step[],
): ContextRef | null {
  if (!isDoubtfulSum(amountKopecks, limits)) return null;
  const changeKopecks = Math.max(0, amountKopecks - dueKopecks);
  return refOf('DOM-112', { ...sumParams(amountKopecks), сдача: spelled(changeKopecks) }, onTaken);
}

/** The steps that take a typed price, or the question that comes before them. */
export function takingPrice(priceKopecks: number, limits: UsualLimits, steps: Step[]): Step[] {
  if (!isDoubtfulSum(priceKopecks, limits)) return steps;
  return [{ do: 'open', context: refOf('DOM-114', sumParams(priceKopecks), steps) }];
}

/** The steps that take a typed quantity, or the question that comes before them. */
export function takingQuantity(quantityThousandths: number, limits: UsualLimits, steps: Step[]): Step[] {
  if (!isDoubtfulQuantity(quantityThousandths, limits)) return steps;
  const words = inWords(Math.trunc(quantityThousandths / 1000));
  const params = { количество: `${formatQuantity(quantityThousandths, false)} (${words})` };
  return [{ do: 'open', context: refOf('DOM-113', params, steps) }];
}

function sumParams(amountKopecks: number): Record<string, string> {
  return { сумма: spelled(amountKopecks) };
}

function spelled(amountKopecks: number): string {
  return `${formatKopecks(amountKopecks)} (${kopecksInWords(amountKopecks)})`;
}

function refOf(number: string, params: Record<string, string>, onTaken: Step[]): ContextRef {
  const local: DoubtfulLocal = { number, params, onTaken };
  return { name: 'doubtful', local, text: '' };
}
