/**
 * What support reads of a turn in `terminal.log` (domain.md 9; dialogs.md): the dialogs that came onto the screen,
 * and what became of receipts, of the drawer's cash and of the lock. Made of the states and events themselves, so that no
 * caller can forget it.
 */
import { messages, textOf } from '../dialogs/messages/index.ts';
import type { JournalWrite } from '../journal/journal.ts';
import type { Attempt } from '../payments/attempt.ts';
import type { ResultPage } from '../payments/outcome.ts';
import type { Row } from '../payments/ports.ts';
import type { Prompt } from '../payments/prompt.ts';
import type { ClosedDocument, Payment, RegisterState } from '../register/model.ts';
import { formatKopecks } from '../register/money.ts';
import { handedKopecks, isCash, keptKopecks, payOutKopecks } from '../register/tender.ts';
import { isCounted } from '../register/totals.ts';
import type { ContextRef } from '../ui/model.ts';
import { documentTitle, paymentName } from '../ui/words.ts';
import type { AppState, Effect } from './state.ts';

export type LogLine = Extract<Effect, { do: 'log' }>;
type Level = LogLine['level'];

interface Shown {
  number: string;
  level: Level;
  text: string;
}

/** One line for every numbered dialog that stands now and did not stand before: once, however often it is painted. */
export function dialogLines(before: AppState, after: AppState): LogLine[] {
  // Most keys change neither: nothing is looked up for them.
  if (before.ui.stack === after.ui.stack && before.attempts === after.attempts) return [];
  const known = new Set(shownIn(before).map(textLine));
  return shownIn(after)
    .filter((shown) => !known.has(textLine(shown)))
    .map((shown): LogLine => ({ do: 'log', level: shown.level, logger: 'dialog', text: textLine(shown) }));
}

/** What the cashier, the cash drawer and the money lines went through in one turn. */
export function eventLines(before: RegisterState, { events, documents }: JournalWrite): LogLine[] {
  const info = (logger: string, text: string): LogLine => ({ do: 'log', level: 'info', logger, text });
  const locks = events.flatMap((event) => {
    if (event.type === 'locked') return [info('authentication', `Блокировка: ${event.userCode ?? '-'}`)];
    if (event.type !== 'userLoggedIn' || !before.locked) return [];
    return [info('authentication', `Разблокировка: ${event.user.code} ${event.user.name}`)];
  });
  return [
    ...documents.flatMap((document) => [
      info('businesslogic', receiptText(document)),
      ...drawerText(document).map((text) => info('drawer', text)),
    ]),
    ...locks,
  ];
}

function receiptText(document: ClosedDocument): string {
  const { status, totalKopecks, changeKopecks, cashierCode } = document;
  const title = `Чек ${status === 'closed' ? 'закрыт' : 'аннулирован'}: ${documentTitle(document)}`;
  const payments = document.payments.filter(isCounted).map(paymentText);
  return [
    `${title}, сумма ${formatKopecks(totalKopecks)}`,
    ...(payments.length === 0 ? [] : [`оплаты: ${payments.join(', ')}`]),
    ...(changeKopecks === 0 ? [] : [`сдача ${formatKopecks(changeKopecks)}`]),
    `кассир ${cashierCode}`,
  ].join('; ');
}

function paymentText({ currency, means, amountKopecks, state, orderNumber }: Payment): string {
  const byHand = state === 'manualPaid' ? ' вручную' : '';
  const order = currency.provider === 'cash' ? '' : ` order=${orderNumber}`;
  const name = means === undefined ? currency.shortName : `${currency.shortName} (${means})`;
  return `${name} ${formatKopecks(amountKopecks)}${byHand}${order}`;
}

/** What the receipt put into the drawer or took out of it. */
function drawerText(document: ClosedDocument): string[] {
  const cash = document.payments.filter((payment) => isCash(payment) && isCounted(payment));
  const sumOf = (kopecks: (payment: Payment) => number) => cash.reduce((sum, payment) => sum + kopecks(payment), 0);
  const isReturn = document.type !== 'sale';
  const paidOutKopecks = isReturn ? sumOf(({ amountKopecks }) => amountKopecks) : payOutKopecks(document);
  if (paidOutKopecks > 0) return [`Наличные: выдано ${formatKopecks(paidOutKopecks)}`];
  if (isReturn || cash.length === 0) return [];
  const receivedKopecks = sumOf(handedKopecks);
  const keptInDrawer = sumOf((payment) => keptKopecks(document, payment));
  const change = formatKopecks(receivedKopecks - keptInDrawer);
  return [
    `Наличные: получено ${formatKopecks(receivedKopecks)}, сдача ${change}, в ящик ${formatKopecks(keptInDrawer)}`,
  ];
}

function textLine({ number, text }: Shown): string {
  return `Диалог сообщение: ${number} ${text}`;
}

function shownIn(state: AppState): Shown[] {
  const waitedFor = state.attempts.find(({ foreground, prompt }) => foreground && prompt !== null);
  const prompts = waitedFor?.prompt ? [promptShown(waitedFor.prompt)] : [];
  return [...prompts, ...state.ui.stack.flatMap((ref) => contextShown(ref, state) ?? [])];
}

function promptShown(prompt: Prompt): Shown {
  const text = promptText(prompt);
  const title = 'title' in prompt ? prompt.title : '';
  const kind = 'kind' in prompt && prompt.kind !== undefined ? prompt.kind : KINDS_BY_TITLE[title];
  return { number: prompt.number, level: levelOf(kind), text };
}

const KINDS_BY_TITLE: Readonly<Record<string, string>> = { Ошибка: 'error', Предупреждение: 'warning' };

/** Without what changes while it stands, and without the code that the buyer alone is to hear. */
function promptText(prompt: Prompt): string {
  switch (prompt.show) {
    case 'tellCode':
      return plain(prompt.text.replaceAll(prompt.code, '***'));
    case 'showQr':
      return plain(prompt.caption);
    case 'form':
      return plain([prompt.page.title, ...toldRows(prompt.page.rows)].join('. '));
    case 'readerStatus':
      return plain([prompt.page.title, prompt.page.lines?.at(-1) ?? ''].join('. '));
    case 'amount':
      return plain(`${prompt.title} ${formatKopecks(prompt.dueKopecks)}`);
    default:
      return plain(prompt.text);
  }
}

/** A context of the stack as a message of the catalogue; null = it has no number, or is no dialog. */
function contextShown(ref: ContextRef, state: AppState): Shown | null {
  const named = DIALOGS[ref.name]?.(ref.local as Local, state);
  if (named === undefined) return null;
  const message = messages.find(({ number }) => number === named.number);
  if (message === undefined) return null;
  // Its second line is the field for what is typed.
  const text = message.kind === 'input' || message.kind === 'list' ? message.title : textOf(message, named.params);
  return { number: named.number, level: levelOf(message.kind), text: plain([text, named.about ?? ''].join(' ')) };
}

/** What the contexts of the stack keep, as far as the log wants it. */
interface Local {
  number: string;
  params: Record<string, string>;
  fromLast: number;
  documentNumber: number;
  operation: string;
  userCode: string;
  attemptId: string;
  document: string;
  positions: number;
  total: string;
  goods?: { name: string };
  result: ResultPage;
}

interface Named {
  number: string;
  params: Record<string, string>;
  /** Added where the catalogue's text has no blank for it. */
  about?: string;
}

const saying = ({ number, params }: Local): Named => ({ number, params: withoutCard(number, params) });

/** The screen asks about the whole number of a card (DOM-76); the log must not have it (domain.md 9). */
function withoutCard(number: string, params: Record<string, string>): Record<string, string> {
  return number === 'DOM-76' ? { ...params, номер: `*${(params['номер'] ?? '').slice(-4)}` } : params;
}

const DIALOGS: Readonly<Record<string, (local: Local, state: AppState) => Named>> = {
  message: saying,
  question: saying,
  decision: saying,
  // What stands on the page: the catalogue has one line for all ends of its number.
  result: ({ number, result }) => ({ number, params: { text: pageText(result) } }),
  restored: ({ document, positions, total }) => ({
    number: 'SYS-09',
    params: { документ: document, N: String(positions), сумма: total },
  }),
  quantity: ({ goods }) => ({ number: 'DOM-27', params: {}, about: goods?.name ?? '' }),
  price: ({ goods }) => ({ number: 'DOM-96', params: {}, about: goods?.name ?? '' }),
  'currency-select': () => ({ number: 'DOM-97', params: {} }),
  'cancel-payment': ({ fromLast }, { register }) => ({
    number: 'OPL-25',
    params: paymentParams(
      (register.document?.payments ?? []).filter(({ state }) => state === 'approved').at(-1 - fromLast),
    ),
  }),
  'refund-order': () => ({ number: 'DOM-102', params: {} }),
  annul: () => ({ number: 'DOM-41', params: {} }),
  'card-number': () => ({ number: 'DOM-69', params: {} }),
  'register-number': () => ({ number: 'OPL-37', params: {} }),
  'second-user': ({ operation }) => ({ number: 'DOM-06', params: {}, about: operation }),
  password: ({ userCode }) => ({ number: 'DOM-95', params: {}, about: userCode }),
  'manual-resolution': ({ attemptId }, { attempts }) => ({
    number: 'DOM-90',
    params: {},
    about: attemptText(attempts.find((attempt) => attempt.attemptId === attemptId)),
  }),
  'print-unconfirmed': ({ documentNumber }) => ({ number: 'DEV-17', params: { N: String(documentNumber) } }),
};

/** `Статус заказа: Не существует. Информация: ...` */
function pageText({ title, rows }: ResultPage): string {
  return [title, ...toldRows(rows)].join('. ');
}

/** The rows that say how an order stands; the others are facts of the order, and one of them is the buyer's address. */
function toldRows(rows: readonly Row[]): string[] {
  const told = rows.filter(({ label, value }) => /^(Статус|Информация|Номер заказа)/.test(label) && value !== '');
  return told.map(({ label, value }) => `${label} ${value}`);
}

function paymentParams(payment: Payment | undefined): Record<string, string> {
  if (payment === undefined) return {};
  return { валюта: paymentName(payment), сумма: formatKopecks(payment.amountKopecks) };
}

function attemptText(attempt: Attempt | undefined): string {
  if (attempt === undefined) return '';
  const { currencyName, order } = attempt;
  return `${currencyName} ${formatKopecks(order.amountKopecks)} order=${order.orderNumber}`;
}

function levelOf(kind: string | undefined): Level {
  if (kind === 'error') return 'error';
  return kind === 'warning' ? 'warn' : 'info';
}

function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
