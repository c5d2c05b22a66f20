/** What the cashier reads and what is printed: AS-01..AS-05, AS-31..AS-33, AS-43, SCR-40..43, SCR-50, the slip (domain.md 2.11). */
import { localMs, type UtcOffset } from '../../../register/local-time.ts';
import { formatKopecks } from '../../../register/money.ts';
import { maskCardNumber, safeText } from '../../../register/safe-text.ts';
import type { Order } from '../../driver.ts';
import { ESC_SETTLES_MS } from '../../kernel/undecided.ts';
import type { ResultPage } from '../../outcome.ts';
import type { Row } from '../../ports.ts';
import type { Prompt, PromptPage } from '../../prompt.ts';
import { lastPayment, type Operation, type OrderRecord } from './answers.ts';
import { MEANS_NAMES, type Means } from './settings.ts';
import { wireDate } from './wire.ts';

// Prompts

const PLEASE_WAIT = 'Подождите...';
/** F2: the order stays open, the register asks for it behind the cashier's back (SCR-53). */
const NOT_TO_WAIT = 'Не ждать';
const WARNING = 'Предупреждение';

/** AS-01 */
export function orderForm(order: Order, email: string, means: Means[], selected: number): Prompt {
  return {
    show: 'form',
    number: 'AS-01',
    page: orderPage(order, email),
    field: { label: EMAIL_LABEL, key: 'Email', value: email, accepts: 'email', refusal: 'AS-42' },
    choice: { heading: 'СПОСОБ ОПЛАТЫ', options: means.map((one) => MEANS_NAMES[one].name), selected },
    hint: 'Выберите способ оплаты и нажмите "Ввод"',
  };
}

/** AS-02 */
export function cashPrompt(order: Order, email: string): Prompt {
  return {
    show: 'amount',
    number: 'AS-02',
    title: 'ПОДСЧЕТ СДАЧИ',
    dueKopecks: order.amountKopecks,
    hint: 'Введите полученную сумму',
    page: orderPage(order, email),
  };
}

/** AS-03, and every other moment in which the server is waited for. @param hint where Esc gives nothing up, but leaves */
export function waitPrompt(
  title: string,
  { cancellable, deadlineMs, hint }: { cancellable: boolean; deadlineMs: number; hint?: string },
  page?: PromptPage,
): Prompt {
  return {
    show: 'wait',
    number: 'AS-03',
    title,
    text: PLEASE_WAIT,
    deadlineMs,
    cancellable,
    spins: true,
    ...(page === undefined ? {} : { page }),
    ...(hint === undefined ? {} : { hint, settlesMs: ESC_SETTLES_MS }),
  };
}

/** AS-05 with the QR. @param leftMs life of the order as far as it is known */
export function qrPrompt(payload: string, leftMs: number, page: PromptPage): Prompt {
  return {
    show: 'showQr',
    number: 'AS-05',
    caption: 'СБП QR-код:',
    payload,
    state: 'В процессе',
    deadlineMs: leftMs,
    hint: PLEASE_WAIT,
    page,
    other: 'Другой способ оплаты',
    hide: 'Скрыть QR-код',
  };
}

/** AS-05 without a QR. @param isSbp the QR is hidden, and the order can be given up for another means */
export function pendingForm(page: PromptPage, isSbp: boolean, deadlineMs: number): Prompt {
  return {
    show: 'form',
    number: 'AS-05',
    page,
    field: null,
    choice: null,
    ...(isSbp ? { other: 'Другой способ оплаты' } : {}),
    enter: isSbp ? 'QR-код/статус' : null,
    spins: true,
    deadlineMs,
    hint: PLEASE_WAIT,
  };
}

/** AS-31 */
export function softPosPrompt(page: PromptPage, deadlineMs: number): Prompt {
  return {
    show: 'wait',
    number: 'AS-31',
    title: 'SoftPOS',
    text: 'Выполните оплату в приложении SoftPOS',
    deadlineMs,
    cancellable: true,
    spins: true,
    page,
  };
}

/** AS-32. @param isSilent the server does not answer, so that nothing can be given up: the order can be left alone */
export function abortQuestion(page: PromptPage, isSilent: boolean): Prompt {
  return {
    show: 'confirm',
    number: 'AS-32',
    title: 'Выберите действие',
    text: 'Отменить оплату по СБП и выбрать другой способ оплаты?',
    kind: 'question',
    ...(isSilent ? { no: 'Нет', second: NOT_TO_WAIT } : {}),
    page,
  };
}

/** AS-33 */
export function notAbortedPrompt(page: PromptPage): Prompt {
  return {
    show: 'confirm',
    number: 'AS-33',
    title: 'Ошибка',
    text: 'Отмена заказа не выполнена',
    kind: 'error',
    yes: 'OK',
    no: null,
    second: NOT_TO_WAIT,
    page,
  };
}

/** AS-43 */
export function softPosSilentPrompt(page: PromptPage): Prompt {
  return {
    show: 'confirm',
    number: 'AS-43',
    title: WARNING,
    text: 'Программа SoftPOS не отвечает. Состояние заказа будет запрошено',
    kind: 'warning',
    yes: 'OK',
    no: null,
    page,
  };
}

// Pages and the slip

const EMAIL_LABEL = 'Email для отправки чека:';

/** ЗАКАЗ. The receipt's own rows stand only where the order is for a part of it: else the sum says it all. */
export function orderPage({ orderNumber, amountKopecks, receipt, option }: Order, email: string): PromptPage {
  // Where the payment type is the means itself, nobody is asked for an address.
  const hasEmail = option === null || email !== '';
  const isPart = receipt.totalKopecks !== amountKopecks;
  return {
    title: 'ЗАКАЗ',
    showsSum: true,
    heading: 'ДАННЫЕ ЗАКАЗА',
    rows: [
      { label: 'Номер заказа:', value: orderNumber },
      ...(isPart
        ? [
            { label: 'Позиции заказа:', value: String(receipt.lines.length) },
            { label: 'Всего:', value: roubles(receipt.totalKopecks) },
            { label: 'Предоплачено ранее:', value: roubles(receipt.paidKopecks ?? 0) },
          ]
        : []),
      { label: 'К оплате*:', value: roubles(amountKopecks) },
      ...(hasEmail ? [{ label: EMAIL_LABEL, value: email }] : []),
    ],
  };
}

/** What is known of an order when it is shown. */
export interface OrderFacts {
  order: Pick<Order, 'orderNumber' | 'amountKopecks'>;
  /** Null = nobody can tell any more. */
  means: Means | null;
  status: string;
  dateMs: number;
  billNumber: string | null;
  information: string;
  /** What was paid of the receipt before. */
  prepaidKopecks: number;
}

function resultRows(facts: OrderFacts, utcOffsetMinutes: UtcOffset): Row[] {
  const { order, means, status, dateMs, billNumber, information, prepaidKopecks } = facts;
  return [
    { label: 'Статус заказа:', value: status },
    { label: 'Сумма заказа:', value: roubles(order.amountKopecks) },
    { label: 'Предоплата:', value: prepaidKopecks === 0 ? '-' : roubles(prepaidKopecks) },
    { label: 'Способ оплаты:', value: means === null ? '-' : MEANS_NAMES[means].result },
    { label: 'Дата заказа:', value: shopDate(dateMs, utcOffsetMinutes) },
    { label: 'Номер заказа:', value: order.orderNumber },
    { label: 'Номер транзакции:', value: billNumber ?? '-' },
    { label: 'Информация:', value: information },
  ];
}

/** РЕЗУЛЬТАТ of an order that has ended. @param repeats F8 begins the payment anew */
export function resultPage(facts: OrderFacts, utcOffsetMinutes: UtcOffset, repeats: boolean): ResultPage {
  return {
    title: 'РЕЗУЛЬТАТ',
    heading: 'Информация о заказе',
    rows: resultRows(facts, utcOffsetMinutes),
    repeats,
  };
}

/** РЕЗУЛЬТАТ of an order that is still being paid. */
export function pendingPage(facts: OrderFacts, utcOffsetMinutes: UtcOffset): PromptPage {
  const rows = resultRows(facts, utcOffsetMinutes).filter(
    ({ label }) => !['Предоплата:', 'Информация:'].includes(label),
  );
  return { title: 'РЕЗУЛЬТАТ', showsSum: false, heading: 'Информация о заказе', rows };
}

/** In the order of the guide's slip; what only the reader knows is taken from its own rows. */
const FROM_READER = ['Комиссия', 'AID', 'TVR', 'TSI', 'Держатель'] as const;

export function slipRows(
  facts: OrderFacts,
  settled: { merchantId: string; record: OrderRecord | null; readerRows: Row[] | null; receivedKopecks: number | null },
  utcOffsetMinutes: UtcOffset,
): Row[] {
  const operation = lastPayment(settled.record);
  const ofReader = (label: string) => settled.readerRows?.find((row) => row.label === label)?.value ?? '';
  const fromReader = (...labels: (typeof FROM_READER)[number][]) =>
    labels.map((label): [string, string] => [label, ofReader(label)]);
  const rows: [label: string, value: string][] = [
    ['Мерчант', settled.merchantId],
    ['Терминал', operation?.terminal || ofReader('Терминал')],
    ['Заказ', facts.order.orderNumber],
    ['ОПЛАЧЕН', ' '],
    ['Сумма', formatKopecks(facts.order.amountKopecks)],
    ...changeRows(settled.receivedKopecks, facts.order.amountKopecks),
    ...fromReader('Комиссия', 'AID', 'TVR', 'TSI'),
    ['Карта', cardOf(operation, ofReader('Карта'))],
    ...fromReader('Держатель'),
    ['RRN', operation?.rrn || ofReader('RRN')],
    ['Код авторизации', operation?.approvalCode || ofReader('Код авторизации')],
    ['Код ответа', operation?.responseCode || ofReader('Код ответа')],
    ['Дата', shopDate(facts.dateMs, utcOffsetMinutes)],
  ];
  return rows.flatMap(([label, value]) =>
    value === '' ? [] : { label, value: maskCardNumber(safeText(value)).trim() },
  );
}

function changeRows(receivedKopecks: number | null, amountKopecks: number): [label: string, value: string][] {
  if (receivedKopecks === null || receivedKopecks <= amountKopecks) return [];
  return [
    ['Получено', formatKopecks(receivedKopecks)],
    ['Сдача', formatKopecks(receivedKopecks - amountKopecks)],
  ];
}

/** `Сдача: 50.00`, what AS-02 has counted; '' = the buyer gives it to the kopeck. */
export function changeText(receivedKopecks: number | null, amountKopecks: number): string {
  const change = changeRows(receivedKopecks, amountKopecks).at(-1);
  return change === undefined ? '' : change.join(': ');
}

/** System and number. A number that came unmasked is masked whatever its check digit says (reliability.md 7). */
function cardOf(operation: Operation | null, ofReader: string): string {
  if (operation === null || operation.meansNumber === '') return ofReader;
  const masked = operation.meansNumber.replace(
    /\d{11,}/g,
    (digits) => `${digits.slice(0, 6)}${'*'.repeat(digits.length - 10)}${digits.slice(-4)}`,
  );
  return [operation.meansSubtype, masked].filter((part) => part !== '').join(' ');
}

function roubles(amountKopecks: number): string {
  return `${formatKopecks(amountKopecks)} руб.`;
}

/** A date of the wire as a human at the till reads it. */
function shopDate(timeMs: number, utcOffsetMinutes: UtcOffset): string {
  return wireDate(localMs(timeMs, utcOffsetMinutes));
}
