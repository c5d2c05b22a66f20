/** Refusals of the server (oplati.md 7). Refusals of the buyer are statuses in a 200 answer, not problems. */

import { Problem } from '../problem.ts';

interface Detail {
  internalCode: string;
  userText: { lang_en: string; lang_ru: string };
}

function refused(
  status: number,
  text: string,
  userText: Detail['userText'] = { lang_en: '', lang_ru: text },
  internalCode = '',
): Problem<Detail> {
  return new Problem(status, text, { internalCode, userText });
}

export const PROBLEMS = {
  sessionLapsed: () =>
    refused(
      400,
      'Время выполнения платежа истекло!',
      { lang_en: 'Timeout exceeded.', lang_ru: 'Превышено время ожидания клиента.' },
      '166',
    ),
  noDemand: () => refused(400, 'Продавец не сформировал требование об оплате!', { lang_en: '', lang_ru: '' }),
  buyerCodeExpired: () => refused(400, 'Действие ключа истекло!'),
  tokenExists: () => refused(400, 'Токен уже существует или касса работает в режиме пароля'),
  notAuthorised: () =>
    refused(
      401,
      'Необходимо получить новый токен в кассовом ПО либо касса не зарегистрирована в личном кабинете юр. лица',
    ),
  badRequest: (what: string) => refused(400, `Неверный запрос: ${what}`),
  tooLarge: () => refused(413, 'Слишком большой запрос'),
  overRefund: () => refused(400, 'Сумма возвратов превышает сумму платежа'),
  notReversible: () => refused(400, 'Возврат этой операции невозможен'),
  cancelNeedsFullSum: () => refused(400, 'Неподтвержденный платеж отменяется только полной суммой'),
  reversalTooLate: () => refused(400, 'Срок возврата истек'),
  unknownPayment: () => refused(404, 'Платеж не найден'),
  unknownPath: () => refused(404, 'Ресурс не найден'),
} as const;

/** The error body: all members are texts, `code` repeats the HTTP status. */
export function problemBody(regNum: string, problem: Problem<Detail>): Record<string, unknown> {
  return {
    code: String(problem.status),
    internalCode: problem.detail.internalCode,
    devMessage: `RegNum ${regNum}: ${problem.message}`,
    userMessage: problem.detail.userText,
  };
}
