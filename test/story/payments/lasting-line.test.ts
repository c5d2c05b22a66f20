/**
 * Money that moves when nobody watches leaves a line that lasts: the list of notifications, DOM-103, the document, `documents` and a
 * slip say the same. Incident: the register had given a late payment back, nothing said so, and a senior paid the buyer once more.
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runDocuments } from '../../../src/cli/documents.ts';
import { operations, QUEUED, REVERSAL, returnPart, sell, setReturned, takePayments } from '../returns/counter.ts';
import type { Story } from '../story.ts';
import { serverOf as assistOf, beginShop as beginAssist, startSbp as startAssistSbp } from './assist/shop.ts';
import { answerDialog, begin, beginAtSubtotal, openUnfinished, payWith, startOplati } from './oplati/shop.ts';
import { begin as beginPaymaster, server as paymasterOf, startSbp } from './paymaster/shop.ts';

let story: Story;
afterEach(() => story.end());

const MONEY = { path: '/pos/payments', method: 'POST' };
const REPORT = { path: '/pos/paymentReports' };
const RETURNED = /Возвращено покупателю 15\.30, 22\.08\.23 1\d:\d\d:\d\d, № \S+/;

/** Blanks and frames of the screen or the paper away: texts are broken into lines there. */
function flat(text: string): string {
  return text.replace(/[│─┌┐└┘]/g, ' ').replace(/\s+/g, ' ');
}

function seen(): string {
  return flat(story.screen.join('\n'));
}

/** What `bin/kassa documents` writes beside the register. */
function documents(...switches: string[]): string[] {
  const written: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  try {
    const { root } = story;
    expect(runDocuments({ positionals: {}, switches: new Set(switches), texts: { root }, numbers: {} })).toBe(0);
  } finally {
    write.mockRestore();
  }
  return written;
}

async function decide(label: string): Promise<void> {
  openUnfinished(story);
  story.press('f11');
  expect(story.dialog, story.picture()).toBe('DOM-90');
  for (let times = 0; times < 4 && !story.shows(`> ${label} `); times++) story.press('down');
  expect(story.shows(`> ${label} `), story.picture()).toBe(true);
  story.press('type:кабинет', 'enter', 'type:9999', 'enter');
  await story.until('the password is checked', () => !story.till.state.ui.busy);
  story.press('escape', 'escape', 'escape');
}

/** A payment whose answer is lost, decided as not paid, the receipt paid in cash; then the server says that it was paid. */
interface LatePayment {
  name: string;
  lose(): Promise<void>;
  mend(): Promise<void>;
}

const systems: LatePayment[] = [
  {
    name: 'О!плати',
    async lose() {
      story = await beginAtSubtotal({ mode: 2 });
      await story.oplati.fault('drop-reply', 1, MONEY);
      await story.oplati.fault('http-500', 1000, REPORT);
      await startOplati(story, 2);
      await story.untilDialog('OPL-16');
      story.press('escape');
    },
    mend: () => story.oplati.fault('none'),
  },
  {
    name: 'PayMaster',
    async lose() {
      story = await beginPaymaster({ emulator: { buyer: 'silent' } });
      story.goods('2').press('f6');
      await startSbp(story);
      await paymasterOf(story).fault('refuse');
      paymasterOf(story).setBuyer('pays');
      await story.untilDialog('PM-03');
      story.press('escape');
      await story.until('free', () => story.till.state.attempts.every(({ foreground }) => !foreground));
      if (story.dialog !== null) story.press('enter');
    },
    mend: () => paymasterOf(story).fault('none'),
  },
  {
    name: 'Ассист',
    async lose() {
      story = await beginAssist({ assist: { emulator: { buyer: 'silent' } } });
      await startAssistSbp(story);
      await assistOf(story).fault('refuse');
      assistOf(story).pay();
      await story.untilDialog('AS-23');
      story.press('enter');
    },
    mend: () => assistOf(story).fault('none'),
  },
];

describe.each(systems)('$name: decided as not paid, paid in cash, paid after all', (system) => {
  it('says everywhere that the register has given it back', async () => {
    await system.lose();
    await decide('Не оплачено');
    story.press('f8');
    expect(story.document, story.picture()).toBeNull();
    await system.mend();
    await story.untilDialog('DOM-103');
    expect(seen(), story.picture()).toMatch(/Решено: Не оплачено, на сервере: оплата проведена\./);
    expect(seen()).toMatch(RETURNED);
    story.press('enter');
    await story.until('nothing is left', () => story.till.state.attempts.length === 0);
    expect(story.chargedKopecks() + story.otherChargedKopecks()).toBe(0);

    story.press('f10', 'type:13', 'enter');
    expect(seen(), story.picture()).toMatch(/Касса возвращает деньги сама/);
    expect(seen()).toMatch(RETURNED);
    story.press('home', 'enter');
    expect(story.row(4), story.picture()).toBe(' Просмотр документа');
    expect(seen()).toMatch(
      /Не оплачено .* 15\.30 Решено вручную: Не оплачено, 22\.08\.23 17:\d\d:\d\d, кассир 1, подтвердил 9: кабинет/,
    );
    expect(seen()).toMatch(/Оплачено покупателем 15\.30, 22\.08\.23 17:\d\d:\d\d, № \S+/);
    expect(seen()).toMatch(RETURNED);
    story.press('escape', 'escape', 'escape');

    await story.until('printed', () => story.till.state.printJobs.length === 0);
    const slip = flat(story.paper());
    expect(slip).toMatch(/ВОЗВРАТ ПОКУПАТЕЛЮ.*Чек № 1/);
    expect(slip).toMatch(/Решено вручную: Не оплачено/);
    expect(slip).toMatch(RETURNED);

    const [text = ''] = documents();
    expect(text).toMatch(RETURNED);
    expect(text).toContain('Решено вручную: Не оплачено');
    const payment = JSON.parse(documents('json')[0] ?? '').payments[0];
    expect(payment.providerPaymentId).toEqual(expect.any(String));
    expect(payment.history.at(-1)).toMatch(RETURNED);
    const stamp = expect.stringMatching(/^2023-08-22T1\d:\d\d:\d\d\.\d{3}\+0\d:00$/);
    expect(payment.attempts.map(({ operation }: { operation: string }) => operation)).toEqual(
      expect.arrayContaining(['pay', 'cancel']),
    );
    for (const attempt of payment.attempts) expect(attempt).toMatchObject({ startedAt: stamp, updatedAt: stamp });
    const [paid] = payment.attempts;
    expect(paid.decisions).toEqual([
      {
        decision: 'notPaid',
        word: 'Не оплачено',
        cashier: '1',
        confirmedBy: '9',
        reason: 'кабинет',
        at: stamp,
        contradictedAt: null,
      },
    ]);
  });
});

it('a queued cancel that was sent tells when, and under which number', async () => {
  story = await begin();
  story.goods('2').press('f6');
  await takePayments(story, ['oplati']);
  await story.oplati.fault('refuse');
  story.press('escape', 'enter');
  await answerDialog(story, 'OPL-12', 'Предупреждение', QUEUED);
  payWith(story, 1);
  story.press('f8');
  await story.oplati.fault('none');
  await story.until('sent', () => story.till.state.attempts.length === 0);
  await story.until('printed', () => story.till.state.printJobs.length === 0);
  expect(flat(story.paper())).toMatch(RETURNED);
  expect(story.row(24), story.picture()).toContain('Уведомлений: 1');
  story.press('f10', 'type:13', 'enter', 'enter');
  expect(seen(), story.picture()).toMatch(
    /Отменено .* 15\.30 Оплачено покупателем 15\.30, .* Возвращено покупателю 15\.30/,
  );
});

it('«Оплачено», and the server has no payment: told, and his to decide once more', async () => {
  story = await beginAtSubtotal({ mode: 2 });
  await story.oplati.fault('drop-request', 1, MONEY);
  await story.oplati.fault('http-500', 1000, REPORT);
  await startOplati(story, 2);
  await story.untilDialog('OPL-16');
  story.press('escape');
  await decide('Оплачено');
  story.press('f8');
  expect(story.document).toBeNull();
  await story.oplati.fault('none');
  await story.untilDialog('DOM-103');
  expect(seen(), story.picture()).toContain('Решено: Оплачено, на сервере: оплаты нет.');
  story.press('enter');
  await story.until('printed', () => story.till.state.printJobs.length === 0);
  expect(flat(story.paper())).toMatch(
    /РЕШЕНИЕ ПРОТИВОРЕЧИТ СЕРВЕРУ .*Решено вручную: Оплачено.* На сервере: оплаты нет/,
  );
  expect(story.row(24), story.picture()).toContain('Незавершенных оплат: 1');
  await story.restart();
  openUnfinished(story);
  expect(story.row(8), story.picture()).toMatch(/^>.*противоречит серверу$/);
  story.press('enter');
  expect(story.row(24)).toContain('сервер ответил окончательно');
  story.press('escape', 'escape', 'escape');
  await decide('Не оплачено');
  openUnfinished(story);
  expect(story.shows('Незавершенных оплат нет'), story.picture()).toBe(true);
  const payment = JSON.parse(documents('json')[0] ?? '').payments[0];
  expect(payment.attempts[0].decisions.map(({ word }: { word: string }) => word)).toEqual(['Оплачено', 'Не оплачено']);
  expect(payment.history).toHaveLength(3);
});

it('«Оплачено» contradicted in an open receipt: decided anew, it is to be paid again', async () => {
  story = await beginAtSubtotal({ mode: 2 });
  await story.oplati.fault('drop-request', 1, MONEY);
  await story.oplati.fault('http-500', 1000, REPORT);
  await startOplati(story, 2);
  await story.untilDialog('OPL-16');
  story.press('escape');
  await decide('Оплачено');
  await story.oplati.fault('none');
  await story.untilDialog('DOM-103');
  story.press('enter');
  await decide('Не оплачено');
  expect(story.row(23), story.picture()).toMatch(/К оплате: 15\.30$/);
});

it('«Возвращено вручную», and the server gives it back as well: the buyer has it twice, and it is told', async () => {
  story = await begin();
  await sell(story, ['2', '2'], 'oplati');
  await story.oplati.fault('drop-reply', 1, REVERSAL);
  await story.oplati.fault('http-500', 200, REPORT);
  returnPart(story, 1);
  setReturned(story, 1, '1');
  setReturned(story, 2, '0');
  story.press('f6');
  if (story.dialog === 'DOM-102') story.press('enter');
  await story.untilDialog('OPL-16');
  story.press('escape');
  await decide('Возвращено вручную');
  story.press('f8');
  await story.oplati.fault('none');
  await story.untilDialog('DOM-103');
  expect(seen(), story.picture()).toContain('Решено: Возвращено вручную, на сервере: возврат проведен.');
  expect(seen()).toMatch(RETURNED);
  expect(operations(story)).toEqual(['1 30.60', '3 15.30']);
  story.press('enter');
  await story.until('printed', () => story.till.state.printJobs.length === 0);
  expect(flat(story.paper())).toMatch(/Решено вручную: Возвращено вручную.*Возвращено покупателю 15\.30/);
});
