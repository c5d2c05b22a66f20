/**
 * K30: a journal that was restored from an older copy, or begun anew on a new disk, knows nothing of what its lost part has charged. Each
 * start asks every payment system that can tell for the payments of the last days under this register's numbers; one that the journal
 * does not know is listed (SCR-53), and a senior says whether it goes back (DOM-90). Nothing goes back by itself: the goods may be sold.
 */
import { type Attempt, isOpen } from '../../payments/attempt.ts';
import type { ProviderOperation } from '../../payments/outcome.ts';
import type { Currency } from '../../register/model.ts';
import { formatKopecks } from '../../register/money.ts';
import { notify } from '../notices.ts';
import { log, patchUi, putAttempt, type Turn } from '../turn.ts';
import { cancelOf } from './cancels.ts';
import type { Due, Ended } from './due.ts';
import { foundAttempt } from './orders.ts';

/** A question to each system that is set up. */
export function lookBack(turn: Turn): Due[] {
  const providers = new Set<string>();
  return turn.facts.currencies().flatMap((currency): Due[] => {
    if (providers.has(currency.provider) || !canTell(turn, currency)) return [];
    providers.add(currency.provider);
    return [{ do: 'begin', wanted: { operation: 'lookBack', currency, document: null, foreground: false } }];
  });
}

/** Without its secret it would only be refused. */
function canTell({ facts }: Turn, { provider }: Currency): boolean {
  const driver = facts.driver(provider);
  const settings = facts.driverSettings(provider);
  const token = facts.token(provider);
  if (driver?.lookBack === undefined || 'file' in settings || token === 'damaged') return false;
  return driver.secrets(settings.settings, token.token).length > 0;
}

export function settleLookBack(turn: Turn, { attempt, outcome }: Ended): void {
  if (outcome.kind !== 'approved') return;
  const found = traceless(turn, outcome.operations ?? []);
  for (const operation of found) list(turn, attempt, operation);
}

/** What was charged under our numbers without a trace here, but for what has gone back without a trace, too. */
function traceless(turn: Turn, operations: readonly ProviderOperation[]): ProviderOperation[] {
  const made = operations.filter(({ state, amountKopecks }) => state !== 'declined' && amountKopecks > 0);
  const unknown = made.filter(({ orderNumber }) => isOurs(turn, orderNumber) && !isKnownOrder(turn, orderNumber));
  const reversed = unknown.filter(({ kind }) => kind === 'reversal').map(({ amountKopecks }) => amountKopecks);
  return unknown.filter(({ kind, state, amountKopecks }) => {
    if (kind !== 'payment' || state !== 'approved') return false;
    const index = reversed.indexOf(amountKopecks);
    if (index >= 0) reversed.splice(index, 1);
    return index < 0;
  });
}

/** `8-42-11-1-k3f9qa`, and the cancel inside of an attempt, `C1-8-42-...` (ADR 0013): of another register nothing is said. */
const INNER_CANCEL = /^C\d-/;

function isOurs({ state }: Turn, orderNumber: string): boolean {
  const [register, ...rest] = orderNumber.replace(INNER_CANCEL, '').split('-');
  const isInForm = rest.length >= 4 && rest.slice(0, 3).every((part) => /^\d+$/.test(part));
  return register === String(state.register.registerNumber) && isInForm;
}

/** Whether the journal has an order of this number, or the one that it is the inner cancel of. */
export function isKnownOrder(turn: Turn, orderNumber: string): boolean {
  const number = orderNumber.replace(INNER_CANCEL, '');
  return turn.facts.hasOrderNumber(number) || turn.write.attempts.some(({ order }) => order.orderNumber === number);
}

function list(
  turn: Turn,
  asked: Attempt,
  { orderNumber, amountKopecks, providerPaymentId, shiftLabel }: ProviderOperation,
): void {
  const driver = turn.facts.driver(asked.provider);
  if (driver === null) return;
  const attempt = foundAttempt(turn, driver, asked.currencyName, amountKopecks);
  const documentNumber = Number(orderNumber.split('-')[2]);
  const documentTitle = `ПРОДАЖА № ${documentNumber}`;
  putAttempt(turn, {
    ...attempt,
    documentNumber,
    documentTitle,
    order: {
      ...attempt.order,
      orderNumber,
      shiftLabel: shiftLabel ?? attempt.order.shiftLabel,
      receipt: { number: documentNumber, lines: [wholeSum(amountKopecks)], totalKopecks: amountKopecks },
    },
    state: 'unknown',
    outcome: { kind: 'approved', providerPaymentId },
  });
  const params = { система: driver.title, сумма: formatKopecks(amountKopecks), документ: documentTitle };
  log(turn, 'error', driver.name, `order=${orderNumber}: оплата ${params.сумма} есть у системы, в журнале ее нет`);
  notify(turn, attempt.attemptId, 'DOM-116', params);
  patchUi(turn, { status: `${driver.title}: найдена оплата без чека, см. незавершенные оплаты` });
}

/** The lines went with the receipt; О!плати gives nothing back without one (oplati.md 3.5). */
function wholeSum(amountKopecks: number): Attempt['order']['receipt']['lines'][number] {
  const sums = { priceKopecks: amountKopecks, quantityThousandths: 1000, sumKopecks: amountKopecks };
  return { name: 'Оплата без чека', barcode: null, unitName: 'шт', ...sums };
}

/** DOM-90 about one of them: it has ended for us, and goes back by the queue where the senior wants it so. */
export function settleFound(turn: Turn, attempt: Attempt): Due[] {
  const { manual, outcome, attemptId, order, currencyName: name, provider, documentNumber: number } = attempt;
  if (manual === null || outcome?.kind !== 'approved' || isOpen(attempt)) return [];
  putAttempt(turn, { ...attempt, state: 'approved' });
  if (manual.decision !== 'notPaid') return [];
  const { orderNumber, amountKopecks } = order;
  const source = { attemptId, orderNumber, providerPaymentId: outcome.providerPaymentId, amountKopecks };
  patchUi(turn, { status: `${name}: отмена в очереди` });
  return [cancelOf({ documentId: '', number, type: 'sale' }, { name, provider } as Currency, source, false)];
}
