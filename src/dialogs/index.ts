/** Every dialog by its name; the loop opens them by a `ContextRef`. */
import type { Context } from '../ui/context.ts';
import { amount } from './amount.ts';
import { annul } from './annul.ts';
import { cancelPayment } from './cancel-payment.ts';
import { cardChoice } from './card-choice.ts';
import { cardNumber } from './card-number.ts';
import { choose } from './choose.ts';
import { currencySelect } from './currency-select.ts';
import { doubtful } from './doubtful.ts';
import { price, quantity } from './entry-dialogs.ts';
import { form, orderField } from './form.ts';
import { manualResolution } from './manual-resolution.ts';
import { message } from './message.ts';
import { password, secondUser } from './passwords.ts';
import { printUnconfirmed } from './print-unconfirmed.ts';
import { confirm, retryOrCancel, scanBuyerCode, tellCode, wait } from './prompts.ts';
import { decision, question } from './question.ts';
import { readerStatus } from './reader-status.ts';
import { refundOrder } from './refund-order.ts';
import { result } from './result.ts';
import { settingText } from './setting-text.ts';
import { showQr } from './show-qr.ts';

export { offeredCurrenciesRef } from './currency-select.ts';
export { demandedEntryRef } from './entry-dialogs.ts';
export { pageBehind, promptPage } from './page.ts';
export { messageRef } from './parts.ts';
export { secondUserRef } from './passwords.ts';
export { questionRef } from './question.ts';
export { resultRef } from './result.ts';
export { ownsWholeScreen } from './show-qr.ts';
export { inWords } from './words.ts';

const all: readonly Context[] = [
  message,
  result,
  question,
  decision,
  doubtful,
  quantity,
  price,
  currencySelect,
  cancelPayment,
  refundOrder,
  annul,
  cardNumber,
  cardChoice,
  settingText,
  secondUser,
  password,
  manualResolution,
  printUnconfirmed,
  scanBuyerCode,
  tellCode,
  showQr,
  wait,
  choose,
  retryOrCancel,
  confirm,
  readerStatus,
  form,
  orderField,
  amount,
];

export const dialogs: Readonly<Record<string, Context>> = Object.fromEntries(
  all.map((context) => [context.name, context]),
);
