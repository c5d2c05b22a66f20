/** Prompts of О!плати, texts by dialogs.md 1 and screens.md SCR-12..SCR-15. */
import { ESC_SETTLES_MS } from '../../kernel/undecided.ts';
import type { Prompt } from '../../prompt.ts';

const BRAND = 'О!плати';

/** What the buyer is asked for: his money, or his loyalty card. */
export type Purpose = 'payment' | 'card';

const PENDING: Record<Purpose, string> = { payment: 'Платеж ожидает подтверждения', card: 'Ожидание покупателя' };
const CAPTION: Record<Purpose, string> = {
  payment: 'Отсканируйте QR-код для оплаты',
  card: 'Отсканируйте QR-код О!плати',
};

export type QrState = 'Ожидание покупателя' | 'QR-код отсканирован' | 'Платеж ожидает подтверждения';

const ASK_BUYER = 'Отсканируйте QR-код покупателя.';
const SCAN_HINTS = {
  first: ASK_BUYER,
  used: ASK_BUYER,
  goods: `Это штрих-код товара. ${ASK_BUYER}`,
} as const;
const ASK_AGAIN = 'Отсканируйте новый QR-код покупателя.';

/** OPL-21; its text gives way to OPL-17 when the code was used before: the dialog stays open. */
export function scanPrompt(because: keyof typeof SCAN_HINTS | { noUse: string | null } = 'first'): Prompt {
  return {
    show: 'scanBuyerCode',
    number: because === 'used' ? 'OPL-17' : 'OPL-21',
    title: 'Ввод QR-кода О!плати',
    text: because === 'used' ? 'Этот QR-код уже использован' : 'Отсканируйте QR-код О!плати',
    hint: typeof because === 'string' ? SCAN_HINTS[because] : `${because.noUse ?? 'Нет ответа сервера'}. ${ASK_AGAIN}`,
  };
}

/** OPL-22 */
export function tellPrompt(code: string, deadlineMs: number): Prompt {
  return {
    show: 'tellCode',
    number: 'OPL-22',
    title: 'Выберите действие',
    text: 'Сообщите код подтверждения покупателю. Код подтверждения:',
    code,
    deadlineMs,
    hint: 'Сообщите код подтверждения и нажмите клавишу "Ввод".',
  };
}

/** OPL-23 */
export function qrPrompt(
  purpose: Purpose,
  payload: string,
  state: QrState,
  deadlineMs: number,
  isEscOffered: boolean,
): Prompt {
  return {
    show: 'showQr',
    number: 'OPL-23',
    caption: CAPTION[purpose],
    payload,
    state,
    deadlineMs,
    hint: isEscOffered ? ESC_HINT : 'Покупатель сканирует QR-код в мобильном приложении "О!плати".',
  };
}

/** OPL-24. @param code mode 1: stays in view, a buyer who has misheard it asks once more */
export function pendingPrompt(
  purpose: Purpose,
  deadlineMs: number,
  isEscOffered: boolean,
  code: string | null = null,
): Prompt {
  return {
    show: 'wait',
    number: 'OPL-24',
    title: BRAND,
    text: PENDING[purpose],
    ...(code === null ? {} : { code }),
    deadlineMs,
    cancellable: true,
    ...(isEscOffered ? { hint: ESC_HINT } : {}),
  };
}

const ESC_HINT = 'Покупатель не подтверждает платеж. Для отмены нажмите клавишу "Esc".';

/** Of what the result is asked for, in the genitive. */
type Asked = 'оплаты' | 'возврата';

/** OPL-29. @param isByEsc Esc has brought it: pressed once more, it leaves */
export function checkPrompt(of: Asked, deadlineMs: number, isByEsc = false): Prompt {
  return {
    show: 'wait',
    number: 'OPL-29',
    title: BRAND,
    text: `Проверка результата ${of}. Пожалуйста, подождите`,
    deadlineMs,
    cancellable: true,
    ...(isByEsc ? { settlesMs: ESC_SETTLES_MS } : {}),
  };
}

/** OPL-16. @param why the server answers, and this is wrong with it */
export function unknownPrompt(of: Asked, why: string | null): Prompt {
  return {
    show: 'retryOrCancel',
    number: 'OPL-16',
    title: 'Выберите действие',
    text: [`Результат ${of} О!плати неизвестен. Повторить запрос?`, ...(why === null ? [] : [why])].join('\n'),
    cancelLabel: 'Отмена',
  };
}

/** OPL-26 */
export function returnPrompt(deadlineMs: number, cancellable = false): Prompt {
  return {
    show: 'wait',
    number: 'OPL-26',
    title: BRAND,
    text: 'Возврат ожидает подтверждения',
    deadlineMs,
    cancellable,
  };
}
