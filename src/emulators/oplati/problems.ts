/** Refusals of the server (oplati.md 7). Refusals of the buyer are statuses in a 200 answer, not problems. */

/** Thrown where a request cannot be served; the server turns it into the error body. */
export class Problem extends Error {
  readonly status: number;
  readonly internalCode: string;
  readonly userText: { lang_en: string; lang_ru: string };

  constructor(status: number, text: string, userText = { lang_en: '', lang_ru: text }, internalCode = '') {
    super(text);
    this.status = status;
    this.internalCode = internalCode;
    this.userText = userText;
  }
}

export const PROBLEMS = {
  sessionLapsed: () =>
    new Problem(
      400,
      'Время выполнения платежа истекло!',
      { lang_en: 'Timeout exceeded.', lang_ru: 'Превышено время ожидания клиента.' },
      '166',
    ),
  noDemand: () => new Problem(400, 'Продавец не сформировал требование об оплате!', { lang_en: '', lang_ru: '' }),
  buyerCodeExpired: () => new Problem(400, 'Действие ключа истекло!'),
  tokenExists: () => new Problem(400, 'Токен уже существует или касса работает в режиме пароля'),
  notAuthorised: () =>
    new Problem(
      401,
      'Необходимо получить новый токен в кассовом ПО либо касса не зарегистрирована в личном кабинете юр. лица',
    ),
  badRequest: (what: string) => new Problem(400, `Неверный запрос: ${what}`),
  tooLarge: () => new Problem(413, 'Слишком большой запрос'),
  overRefund: () => new Problem(400, 'Сумма возвратов превышает сумму платежа'),
  notReversible: () => new Problem(400, 'Возврат этой операции невозможен'),
  cancelNeedsFullSum: () => new Problem(400, 'Неподтвержденный платеж отменяется только полной суммой'),
  reversalTooLate: () => new Problem(400, 'Срок возврата истек'),
  unknownPayment: () => new Problem(404, 'Платеж не найден'),
  unknownPath: () => new Problem(404, 'Ресурс не найден'),
} as const;

/** The error body: all members are texts, `code` repeats the HTTP status. */
export function problemBody(regNum: string, problem: Problem): Record<string, unknown> {
  return {
    code: String(problem.status),
    internalCode: problem.internalCode,
    devMessage: `RegNum ${regNum}: ${problem.message}`,
    userMessage: problem.userText,
  };
}
