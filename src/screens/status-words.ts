/** What is wrong or open now, in words: row 24 as far as it fits, the list of notifications all of it (screens.md 1.2). */
import { openMoney } from '../payments/attempt.ts';
import type { DeviceState, Model } from '../ui/model.ts';
import { systemTitle } from '../ui/words.ts';

const PRINTER_WORDS: Partial<Record<DeviceState, string>> = {
  paperOut: 'Принтер: нет бумаги',
  coverOpen: 'Принтер: крышка',
  knife: 'Принтер: отрезчик',
  broken: 'Принтер: неисправен',
  paperLow: 'Принтер: заканчивается бумага',
  noLink: 'Принтер: нет связи',
};

/** Most urgent first: a journal that takes no money, then money that is open, everything that can only be seen or printed later. */
export function statusWords(model: Model): string[] {
  return [
    ...model.storageWords,
    ...moneyWords(model),
    ...noticeWords(model),
    ...deviceWords(model),
    ...scanWords(model),
  ];
}

/**
 * The same for row 24 of a page: what it tells itself needs no word. Queues stand in SCR-53, links and devices in SCR-34,
 * everything in SCR-49.
 */
export function statusWordsOn(contextName: string, model: Model): string[] {
  switch (contextName) {
    case 'notices':
      return [];
    case 'unfinished':
      return [
        ...model.storageWords,
        ...linkWords(model),
        ...noticeWords(model),
        ...deviceWords(model),
        ...scanWords(model),
      ];
    case 'service':
      return [
        ...model.storageWords,
        ...undecidedWords(model),
        ...undeliveredWords(model),
        ...noticeWords(model),
        ...slipWords(model),
        ...scanWords(model),
      ];
    default:
      return statusWords(model);
  }
}

function moneyWords(model: Model): string[] {
  return [...undecidedWords(model), ...queuedWords(model), ...linkWords(model), ...undeliveredWords(model)];
}

/** A row of the open receipt stands on the screen, and what runs in front of the cashier is the screen. */
function undecidedWords({ attempts, register }: Model): string[] {
  const shown = new Set(register.document?.payments.map(({ attemptId }) => attemptId));
  const unseen = openMoney(attempts).undecided.filter(
    ({ attemptId, foreground }) => !foreground && !shown.has(attemptId),
  );
  return unseen.length === 0 ? [] : [`Незавершенных оплат: ${unseen.length}`];
}

function queuedWords({ attempts, now }: Model): string[] {
  const { queuedCancels } = openMoney(attempts);
  if (queuedCancels.length === 0) return [];
  const oldestMs = Math.min(...queuedCancels.map(({ startedAtMs }) => startedAtMs));
  const minutes = Math.max(0, Math.floor((now - oldestMs) / 60_000));
  return [`Отмен в очереди: ${queuedCancels.length} (${minutes} мин)`];
}

/** Payments that a system has yet to be told of: `В очереди Ассист: 1`. */
function undeliveredWords(model: Model): string[] {
  const names = openMoney(model.attempts).undelivered.map(({ provider }) => provider);
  return [...new Set(names)].map(
    (name) => `В очереди ${systemTitle(model, name)}: ${names.filter((other) => other === name).length}`,
  );
}

function linkWords(model: Model): string[] {
  return [
    ...model.linkLost.map((name) => `Нет связи: ${systemTitle(model, name)}`),
    ...model.answerFaults.map(({ name, fault }) => `${systemTitle(model, name)}: ${fault}`),
  ];
}

function noticeWords({ notices }: Model): string[] {
  const unread = notices.filter(({ isNew }) => isNew).length;
  return unread === 0 ? [] : [`Уведомлений: ${unread}`];
}

function deviceWords(model: Model): string[] {
  const { scanner, printer, display } = model.devices;
  const printerWord = PRINTER_WORDS[printer];
  return [
    ...(scanner === 'noLink' ? ['Сканер: нет связи'] : []),
    ...(printerWord === undefined ? [] : [printerWord]),
    ...(display === 'noLink' ? ['Дисплей покупателя: нет связи'] : []),
    ...slipWords(model),
  ];
}

function slipWords({ devices }: Model): string[] {
  return devices.queuedSlips > 0 ? [`Печать: ${devices.queuedSlips}`] : [];
}

function scanWords({ ui }: Model): string[] {
  return ui.rejectedScans > 0 ? [`Отклонено сканов: ${ui.rejectedScans}`] : [];
}
