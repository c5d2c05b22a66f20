/** Prompts of Assist beside those of the card reader: AS-01..AS-05, AS-31..AS-33, AS-43 (SCR-40..42). */
import type { Order } from '../../driver.ts';
import type { Prompt, PromptPage } from '../../prompt.ts';
import { EMAIL_LABEL, orderPage } from './pages.ts';
import { MEANS_NAMES, type Means } from './settings.ts';

const PLEASE_WAIT = 'Подождите...';
const WARNING = 'Предупреждение';

/** AS-01 */
export function orderForm(order: Order, email: string, means: Means[], selected: number): Prompt {
  return {
    show: 'form',
    number: 'AS-01',
    page: orderPage(order, email),
    field: { label: EMAIL_LABEL, key: 'Email', value: email, accepts: 'email', refusal: 'AS-42' },
    choice: { heading: 'СПОСОБ ОПЛАТЫ', options: means.map((one) => MEANS_NAMES[one]), selected },
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

/** AS-03, and every other moment in which the server is waited for. */
export function waitPrompt(title: string, cancellable: boolean, page?: PromptPage): Prompt {
  return {
    show: 'wait',
    number: 'AS-03',
    title,
    text: PLEASE_WAIT,
    deadlineMs: null,
    cancellable,
    spins: true,
    ...(page === undefined ? {} : { page }),
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
export function pendingForm(page: PromptPage, isSbp: boolean): Prompt {
  return {
    show: 'form',
    number: 'AS-05',
    page,
    field: null,
    choice: null,
    ...(isSbp ? { other: 'Другой способ оплаты' } : {}),
    enter: isSbp ? 'QR-код/статус' : null,
    spins: true,
    hint: PLEASE_WAIT,
  };
}

/** AS-31 */
export function softPosPrompt(page: PromptPage): Prompt {
  return {
    show: 'wait',
    number: 'AS-31',
    title: 'SoftPOS',
    text: 'Выполните оплату в приложении SoftPOS',
    deadlineMs: null,
    cancellable: true,
    spins: true,
    page,
  };
}

/** AS-32 */
export function abortQuestion(page: PromptPage): Prompt {
  return {
    show: 'confirm',
    number: 'AS-32',
    title: 'Выберите действие',
    text: 'Отменить оплату по СБП и выбрать другой способ оплаты?',
    kind: 'question',
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
