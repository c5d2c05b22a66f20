import type { Attempt } from '../../payments/attempt.ts';
import type { Driver, Operation, Order } from '../../payments/driver.ts';
import { recallOf } from '../../payments/recall.ts';
import { localMs } from '../../register/local-time.ts';
import type { Currency, Document } from '../../register/model.ts';
import { ONE_PIECE_THOUSANDTHS } from '../../register/quantity.ts';
import { totalsOf } from '../../register/totals.ts';
import { documentTitle } from '../../ui/words.ts';
import { attemptOf, type Turn } from '../turn.ts';
import type { Wanted } from './due.ts';

/** Money that somebody waits for, whatever the settings say now. */
const OWED: readonly Operation[] = ['cancel', 'follow'];

/** An attempt as it is before its first step: its order is all that the machine will ever know of what it is for. */
export function attemptFor(turn: Turn, wanted: Wanted, driver: Driver): Attempt {
  const { operation, currency, document, amountKopecks = 0 } = wanted;
  const { register } = turn.state;
  const attemptId = turn.facts.newAttemptId();
  const nowMs = turn.facts.now();
  const account = accountOf(turn, wanted, driver);
  const lastFault = operation === 'follow' ? attemptOf(turn, wanted.source?.attemptId ?? '')?.lastFault : undefined;
  return {
    attemptId,
    provider: driver.name,
    operation,
    documentId: document?.documentId ?? '',
    documentNumber: document?.number ?? 0,
    documentTitle: document === null ? '' : documentTitle(document),
    currencyName: currency.name,
    order: {
      attemptId,
      orderNumber: orderNumberOf(turn, driver, document, attemptId),
      amountKopecks,
      option: currency.option ?? null,
      seller: { shopName: turn.facts.shopName, registerNumber: register.registerNumber },
      shiftLabel: register.shift?.label ?? '',
      receipt: receiptOf(turn, wanted),
      source: sourceOf(turn, driver, wanted),
      ...(wanted.repeats === undefined ? {} : { repeats: recallOf(driver, wanted.repeats) }),
      ...(wanted.books === undefined ? {} : { books: wanted.books }),
    },
    sourceAttemptId: wanted.source?.attemptId ?? null,
    ...(wanted.follows === undefined ? {} : { follows: wanted.follows }),
    ...(account === undefined ? {} : { account }),
    // What goes on for a payment knows what that has heard: it has ended, and nobody else remembers it.
    ...(lastFault === undefined ? {} : { lastFault }),
    state: 'intent',
    driverState: null,
    step: 0,
    prompt: null,
    promptIssuedAtMs: nowMs,
    foreground: wanted.foreground ?? true,
    wakeAtMs: null,
    outcome: null,
    startedAtMs: nowMs,
    updatedAtMs: nowMs,
    manual: null,
  };
}

/** A payment that its system has and that no attempt of ours has asked for. */
export function foundAttempt(turn: Turn, driver: Driver, currencyName: string, amountKopecks: number): Attempt {
  const currency = { name: currencyName, provider: driver.name } as Currency;
  return attemptFor(turn, { operation: 'found', currency, document: null, amountKopecks, foreground: false }, driver);
}

/** What is owed for a payment is owed by who took it. */
function accountOf(turn: Turn, { operation, source }: Wanted, driver: Driver): string | undefined {
  const taker = OWED.includes(operation) && source != null ? attemptOf(turn, source.attemptId)?.account : undefined;
  const settings = turn.facts.driverSettings(driver.name);
  return taker ?? ('file' in settings ? undefined : driver.account?.(settings.settings));
}

/**
 * `8-42-11-1-k3f9qa`: register, shift, document, a running number of attempts, and the end of the attempt's random id: a
 * root made anew, or a journal restored from an older copy (K30), never repeats a number that the provider may still know
 * (oplati.md 13.12) - the new receipt would be paid by the old money. Only an attempt that is journaled uses its running
 * number up: a restart counts the journal's attempts, so a refused one must not have taken any.
 */
function nextOrderNumber(turn: Turn, document: Pick<Document, 'number'> | null, attemptId: string): string {
  const { registerNumber, lastShiftNumber } = turn.state.register;
  const running = turn.state.attemptsMade + 1;
  return `${registerNumber}-${lastShiftNumber}-${document?.number ?? 0}-${running}-${attemptId.slice(-6)}`;
}

/** The number of a new attempt, in the register's form or in the provider's own; never one that was given before. */
function orderNumberOf(
  turn: Turn,
  driver: Driver,
  document: Pick<Document, 'number'> | null,
  attemptId: string,
): string {
  const { orderNumber } = driver;
  if (orderNumber === undefined) return nextOrderNumber(turn, document, attemptId);
  const isTaken = (number: string) =>
    turn.facts.hasOrderNumber(number) || turn.write.attempts.some(({ order }) => order.orderNumber === number);
  let localTimeMs = localMs(turn.facts.wall(), turn.facts.rules.utcOffsetMinutes);
  while (isTaken(orderNumber(localTimeMs))) localTimeMs++;
  return orderNumber(localTimeMs);
}

/** The electronic receipt: the open document's lines; for a cancel, those of the payment that is given back. */
function receiptOf(turn: Turn, { document, operation, source, amountKopecks = 0 }: Wanted): Order['receipt'] {
  if (document !== null && 'lines' in document && operation !== 'cancel') {
    const lines = document.lines.filter((line) => line.quantityThousandths > 0);
    const { totalKopecks, paidKopecks } = totalsOf(document);
    return {
      number: document.number,
      totalKopecks,
      paidKopecks,
      lines: lines.map((line) => ({
        name: line.goods.name,
        barcode: line.goods.barcode,
        // As on the slip: a part of a line's money is one unit of that sum (domain.md 2.14).
        priceKopecks: line.returned?.isPartOfSum === true ? line.sumKopecks : line.priceKopecks,
        quantityThousandths: line.returned?.isPartOfSum === true ? ONE_PIECE_THOUSANDTHS : line.quantityThousandths,
        unitName: line.goods.unit.name,
        sumKopecks: line.sumKopecks,
      })),
    };
  }
  const paid = source == null ? null : attemptOf(turn, source.attemptId);
  return paid?.order.receipt ?? { number: document?.number ?? 0, lines: [], totalKopecks: amountKopecks };
}

function sourceOf(turn: Turn, driver: Driver, { source }: Wanted): Order['source'] {
  if (source == null) return null;
  const paid = attemptOf(turn, source.attemptId);
  return {
    orderNumber: source.orderNumber,
    providerPaymentId: source.providerPaymentId,
    amountKopecks: source.amountKopecks,
    shiftLabel: paid?.order.shiftLabel ?? '',
    recalled: recallOf(driver, paid),
  };
}

/**
 * Ids of the other refunds of a payment, as they are known now: a list may not take one of them for this one (paymaster.md
 * 8.4). One that was decided by hand and begun anew must not find its successor and call it its own.
 */
export function givenBackIds(turn: Turn, sourceAttemptId: string, ownAttemptId: string): string[] {
  const sale = attemptOf(turn, sourceAttemptId)?.documentId;
  const { document } = turn.state.register;
  return [...(sale === undefined ? [] : turn.facts.returnsOf(sale)), ...(document === null ? [] : [document])]
    .flatMap(({ payments }) => payments)
    .filter((payment) => payment.sourceAttemptId === sourceAttemptId && payment.attemptId !== ownAttemptId)
    .flatMap(({ providerPaymentId }) => providerPaymentId ?? []);
}
