/**
 * What a human decides (DOM-90) he also acts on: he hands out cash, takes it, or begins the return anew. From then on the
 * register only asks; no request of the old attempt may move money any more, and a contradiction is told until it is read.
 * And who the register is to О!плати must not change under an open attempt. Each case was an incident of a review.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/emulators/clock.ts';
import { startOplatiEmulator } from '../../../src/emulators/oplati/server.ts';
import { pathsOf } from '../../../src/settings/paths.ts';
import { removeFolder } from '../../remove-folder.ts';
import {
  cancelPayment,
  confirmRefund,
  giveBackAgain,
  operations,
  QUEUED,
  REVERSAL,
  returnPart,
  sell,
  setReturned,
  takePayments,
  untilPrinted,
} from '../returns/counter.ts';
import { CAPTURE_TIME, Story } from '../story.ts';
import { serverOf as assistOf, beginShop as beginAssist, CANCEL_PATH, startSbp } from './assist/shop.ts';
import {
  answerDialog,
  begin,
  beginAtSubtotal,
  documentsOf,
  journalRows,
  openUnfinished,
  payWith,
  startOplati,
  writeConf,
} from './oplati/shop.ts';
import {
  begin as beginPaymaster,
  ledger as paymasterLedger,
  server as paymasterOf,
  paySbp,
  REFUND,
} from './paymaster/shop.ts';

let story: Story;
afterEach(() => story.end());

const CANCEL = 'Отменить оплату? О!плати 15.30';
const MONEY = { path: '/pos/payments', method: 'POST' };
const REPORT = { path: '/pos/paymentReports' };
const LONG_MS = 10 * 60_000;

/** The choices of DOM-90, in order. */
function choices(): string[] {
  return story.screen.flatMap((row) => /│ +(?:> )?((?:О|Не о|В|Не в)[а-я ]+) +│/.exec(row)?.[1]?.trim() ?? []);
}

async function decide(label: string): Promise<void> {
  openUnfinished(story);
  story.press('f11');
  expect(story.dialog, story.picture()).toBe('DOM-90');
  expect(choices(), story.picture()).toContain(label);
  while (!story.screen.some((row) => row.includes(`> ${label} `))) story.press('down');
  story.press('type:кабинет', 'enter', 'type:9999', 'enter');
  await story.until('the password is checked', () => !story.till.state.ui.busy);
  story.press('escape', 'escape', 'escape');
}

/** The sale was sent, what became of it cannot be read, and the cashier waits no longer. */
async function loseSight(fault: 'drop-request' | 'drop-reply'): Promise<void> {
  await story.oplati.fault(fault, 1, MONEY);
  await story.oplati.fault('http-500', 1000, REPORT);
  await startOplati(story, 2);
  await story.untilDialog('OPL-16');
  story.press('escape');
}

const payments = (): string[] =>
  documentsOf(story).flatMap((document) =>
    document.payments.map(({ currency, amountKopecks, state }) => `${currency.provider} ${amountKopecks} ${state}`),
  );

/** Paid by О!плати, taken back while the link was down: the cancel waits in the queue. */
async function queueCancel(options: Parameters<typeof begin>[0] = {}): Promise<void> {
  story = await begin(options);
  story.goods('2').press('f6');
  await takePayments(story, ['oplati']);
  await story.oplati.fault('refuse');
  cancelPayment(story, CANCEL);
  await answerDialog(story, 'OPL-12', 'Предупреждение', QUEUED);
}

// Incident: the buyer got it twice.
it('a queued cancel that was paid back in cash is not sent when the link is back', async () => {
  await queueCancel();
  await decide('Возвращено вручную');
  await story.oplati.fault('none');
  await story.pass(LONG_MS);
  expect(operations(story)).toEqual(['1 15.30']);
  expect(payments()).toEqual(['oplati 1530 cancelled']);
});

it('a cancel can be called made, or paid back by hand; that it was not made is no end', async () => {
  await queueCancel();
  openUnfinished(story);
  story.press('f11');
  expect(choices()).toEqual(['Возвращено', 'Возвращено вручную']);
});

// Incident: change was given of money that had been handed out.
it('a cancel decided by hand never brings its row back', async () => {
  await queueCancel({ emulator: { reversalDays: -1 } });
  await decide('Возвращено');
  payWith(story, 1);
  await story.oplati.fault('none');
  await story.pass(LONG_MS);
  expect(journalRows(story)).toEqual(['Руб | 15.30']);
  story.press('f8');
  expect(documentsOf(story)[0]).toMatchObject({ status: 'closed', changeKopecks: 0 });
  expect(operations(story)).toEqual(['1 15.30']);
});

// Incident: two refunds were made.
it('a return of PayMaster decided as not made is made once when it is begun anew', async () => {
  story = await beginPaymaster({ conf: { display: 0 } });
  story.goods('2').goods('2').press('f6');
  await paySbp(story);
  story.press('f8');
  await paymasterOf(story).fault('drop-request', 4, REFUND);
  returnPart(story, 1);
  setReturned(story, 1, '1');
  setReturned(story, 2, '0');
  story.press('f6');
  confirmRefund(story);
  await story.until('free', () => story.till.state.attempts.every(({ foreground }) => !foreground));
  story.press('enter');
  await decide('Не возвращено');
  await paymasterOf(story).fault('none');
  giveBackAgain(story);
  await story.until('given back', () => payments().some((payment) => payment === 'paymaster 1530 approved'));
  story.press('f8');
  await story.pass(LONG_MS);
  expect(paymasterLedger(story)).toHaveLength(2);
});

it('a return decided as paid out of the drawer counts as made and is not made again', async () => {
  story = await begin();
  await sell(story, ['2', '2'], 'oplati');
  await story.oplati.fault('drop-reply', 1, REVERSAL);
  await story.oplati.fault('http-500', 200, REPORT);
  returnPart(story, 1);
  setReturned(story, 1, '1');
  setReturned(story, 2, '0');
  story.press('f6');
  confirmRefund(story);
  await story.untilDialog('OPL-16');
  story.press('escape');
  await decide('Возвращено вручную');
  expect(story.shows('Получено: 15.30'), story.picture()).toBe(true);
  // The drawer opens for it now; it is counted as cash, and not handed out once more when the return is closed.
  expect(journalRows(story)).toEqual(['О!плати, наличными | 15.30']);
  const pulses = () => story.paper().split('\x1bp').length - 1;
  await untilPrinted(story);
  expect(pulses()).toBe(1);
  story.press('f8');
  expect(story.document).toBeNull();
  expect(story.shows('Выдать наличными')).toBe(false);
  expect(story.log()).toContain('Наличные: выдано 15.30');
  await untilPrinted(story);
  expect(pulses()).toBe(1);
  await story.oplati.fault('none');
  // The server had made it after all: the buyer has it twice, which a human must hear.
  await story.untilDialog('DOM-103');
  await story.pass(LONG_MS);
  expect(operations(story)).toEqual(['1 30.60', '3 15.30']);
});

// Incident: it was made after the receipt had been paid in cash.
it('a payment that broken settings interrupted before anything was sent is not made later', async () => {
  story = await beginAtSubtotal({ mode: 2, emulator: { buyer: 'silent' } });
  writeConf(story, '[Main]\nmode = 2\n');
  await story.oplati.fault('delay', 1, { path: '/pos/sessions' });
  payWith(story, 7);
  writeConf(story, '[Main]\nmode = 9\n');
  await story.pass(6_000);
  story.press('escape', 'enter');
  payWith(story, 1);
  story.press('f8');
  expect(story.document, story.picture()).toBeNull();
  story.oplati.setBuyer('pays');
  await story.oplati.fault('none');
  writeConf(story, '[Main]\nmode = 2\n');
  await story.pass(LONG_MS);
  expect(operations(story)).toEqual([]);
  expect(story.till.state.attempts).toEqual([]);
});

// Incident: it was only on the screen.
it('DOM-103 stands in the list of notifications after a restart', async () => {
  story = await beginAtSubtotal({ mode: 2 });
  await loseSight('drop-request');
  await decide('Оплачено');
  story.press('f8');
  await story.oplati.fault('none');
  await story.untilDialog('DOM-103');
  await story.restart();
  expect(story.row(24), story.picture()).toContain('Уведомлений: 1');
});

/** A register whose number at О!плати a hand may change. */
async function beginAs(regNum: string): Promise<(other: string) => Promise<void>> {
  const clock = new VirtualClock(CAPTURE_TIME);
  const oplati = await startOplatiEmulator({ clock });
  const providers = { oplati: { url: oplati.url, regNum, password: 'secret-pass-1', mode: 2 as const } };
  story = await Story.begin({ clock, oplati, till: { providers } });
  story.goods('2').press('f6');
  return async (other) => {
    providers.oplati = { ...providers.oplati, regNum: other };
    await story.restart();
    story.press('enter');
  };
}

// Incident: the buyer paid twice.
it('a report of another register does not prove that a payment was not made', async () => {
  const become = await beginAs('OPL000000001');
  await loseSight('drop-reply');
  await story.oplati.fault('none');
  await become('OPL000000009');
  await story.pass(LONG_MS);
  expect(journalRows(story)).toEqual(['О!плати (неизвестно) | 15.30']);
  await become('OPL000000001');
  await story.until('attached', () => journalRows(story)[0] === 'О!плати | 15.30');
});

// Incident: it was taken for done.
it('a queued cancel waits for the register number it belongs to', async () => {
  const become = await beginAs('OPL000000001');
  await takePayments(story, ['oplati']);
  await story.oplati.fault('refuse');
  cancelPayment(story, CANCEL);
  await answerDialog(story, 'OPL-12', 'Предупреждение', QUEUED);
  await story.oplati.fault('none');
  await become('OPL000000009');
  await story.pass(LONG_MS);
  expect(operations(story)).toEqual(['1 15.30']);
  expect(story.till.state.attempts).toHaveLength(1);
  await become('OPL000000001');
  await story.until('sent', () => story.till.state.attempts.length === 0);
  expect(operations(story)).toEqual(['1 15.30', '3 15.30']);
});

// Incident: SYS-15 stopped every recovery.
it('a stored state that cannot be read stops nothing but its own attempt', async () => {
  story = await beginAtSubtotal({ mode: 2 });
  await loseSight('drop-reply');
  await story.oplati.fault('none');
  await story.till.stop();
  const journal = new BetterSqlite3(pathsOf(story.root).journal);
  journal.exec(`UPDATE attempts SET body = json_set(body, '$.driverState', json('{"kind":"pay","at":"doubting"}'))`);
  journal.close();
  await story.restart();
  story.press('enter');
  expect(journalRows(story), story.picture()).toEqual(['О!плати (неизвестно) | 15.30']);
  expect(story.log()).toMatch(/сохраненное состояние не читается/);
  await decide('Оплачено');
  story.press('f8');
  expect(story.document).toBeNull();
});

it('a journal restored from an older copy does not pay the next receipt with the old money', async () => {
  story = await begin({ mode: 2 });
  await story.till.stop();
  const { data, anchor } = pathsOf(story.root);
  const copy = join(story.root, 'copy');
  cpSync(data, copy, { recursive: true });
  await story.restart();
  await sell(story, ['2'], 'oplati');
  await story.till.stop();
  removeFolder(data);
  cpSync(copy, data, { recursive: true });
  // The copy of a whole machine: its anchor is as old as its journal, so nothing tells that documents are missing.
  rmSync(anchor);
  await story.restart();
  story.goods('2').press('f6');
  await story.oplati.fault('drop-request', 1, MONEY);
  await startOplati(story, 2);
  await story.until('told', () => story.till.state.attempts.every(({ foreground }) => !foreground));
  expect(journalRows(story)).toEqual([]);
});

it('an Assist return decided as not made does not take the one begun after it for its own', async () => {
  story = await beginAssist({}, '2', '2');
  await startSbp(story);
  await story.untilDialog('AS-04');
  story.press('enter', 'f8');
  expect(story.document, story.picture()).toBeNull();
  await assistOf(story).fault('drop-request', 2, CANCEL_PATH);
  returnPart(story, 1);
  setReturned(story, 1, '1');
  setReturned(story, 2, '0');
  story.press('f6');
  confirmRefund(story);
  await story.pass(5000);
  story.press('escape');
  await story.until('free', () => story.till.state.attempts.every(({ foreground }) => !foreground));
  if (story.dialog !== null) story.press('enter');
  await decide('Не возвращено');
  await assistOf(story).fault('none');
  giveBackAgain(story);
  await story.until('given back', () => payments().some((payment) => payment === 'assist 1530 approved'));
  if (story.dialog !== null) story.press('enter');
  story.press('f8');
  await story.pass(LONG_MS);
  const refunds = assistOf(story)
    .ledger()
    .filter(({ kind }) => kind === 'refund');
  expect(refunds.map(({ sumKopecks }) => sumKopecks)).toEqual([1530]);
  expect(story.dialog).toBeNull();
});
