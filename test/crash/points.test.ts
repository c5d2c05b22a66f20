/** The crash points of the reliability paper that have a story of their own; the rest is in everywhere.test.ts. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createTill } from '../../src/app/till.ts';
import { defaultSettings } from '../../src/settings/settings.ts';
import { writeTokenTemporary } from '../../src/settings/token-conf.ts';
import { oplatiFiles } from '../oplati-files.ts';
import { shopClock } from '../shop-clock.ts';
import {
  answerDialog,
  beginAtSubtotal,
  buyerCode,
  expectBooksAgree,
  expectDialog,
  expectSubtotal,
  journalRows,
  payWith,
  salesSeen,
  startOplati,
} from '../story/payments/oplati/shop.ts';
import { Story } from '../story/story.ts';

let story: Story;
afterEach(() => story.end());

const MONEY = { path: '/pos/payments', method: 'POST' };
const REPORT = { path: '/pos/paymentReports' };
const RESTORED = 'Восстановлен незакрытый чек: ПРОДАЖА № 1, позиций: 1, сумма 15.30';
const WAITING = `${RESTORED} Есть оплата в состоянии "ожидание": О!плати`;
const UNKNOWN = `${RESTORED} Есть оплата в состоянии "неизвестно": О!плати`;

async function expectPaidAndClosed(): Promise<void> {
  await story.until('fully paid', () => story.dialog === null && /Сдача: 0\.00$/.test(story.row(23)));
  expect(journalRows(story)).toEqual(['О!плати | 15.30']);
  story.press('f8');
  expect(story.shows('Чек закрыт')).toBe(true);
  expect(story.chargedKopecks()).toBe(1530);
  expect([...salesSeen(story).values()]).toEqual([1]);
  expectBooksAgree(story);
}

const sessions = () => story.oplati.requests().filter(({ path }) => path === '/pos/demandPayment').length;

describe('before the money', () => {
  it('K1 before the intent: the receipt is restored in its subtotal, no payment is known', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    await story.restart();
    expectDialog(story, 'SYS-09', 'Предупреждение', RESTORED);
    story.press('enter');
    expectSubtotal(story, '15.30');
    expect(story.oplati.requests()).toEqual([]);
  });

  it('K2, K3 the intent is there and the server cannot be reached: OPL-01, nothing was sent', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    story.beforeSend = () => new Promise(() => undefined);
    payWith(story, 7);
    story.beforeSend = null;
    await story.oplati.fault('refuse');
    await story.restart();
    expectDialog(story, 'SYS-09', 'Предупреждение', WAITING);
    story.press('enter');
    await answerDialog(story, 'OPL-01', 'Ошибка', 'Ошибка соединения с сервером');
    expectSubtotal(story, '15.30');
    expectBooksAgree(story);
  });

  it('K9 the QR stood, nobody paid: the same QR stands again, never a second session', async () => {
    story = await beginAtSubtotal({ mode: 2, emulator: { buyer: 'silent' } });
    await startOplati(story, 2);
    const picture = story.screen.slice(3, 21).map((row) => row.slice(0, 40));
    await story.restart();
    expectDialog(story, 'SYS-09', 'Предупреждение', WAITING);
    story.press('enter');
    await story.untilDialog('OPL-23');
    expect(story.screen.slice(3, 21).map((row) => row.slice(0, 40))).toEqual(picture);
    expect(sessions()).toBe(1);
    story.press('escape');
    await story.until('free', () => story.till.state.attempts.length === 0);
    expectSubtotal(story, '15.30');
    expectBooksAgree(story);
  });

  it('K9 mode 1: the same code is told again', async () => {
    story = await beginAtSubtotal({ mode: 1 });
    payWith(story, 7);
    await story.untilDialog('OPL-22');
    const told = story.screen.join('\n');
    await story.restart();
    story.press('enter');
    await story.untilDialog('OPL-22');
    expect(story.screen.join('\n')).toBe(told);
    expect(sessions()).toBe(1);
    story.press('enter');
    await expectPaidAndClosed();
  });

  it('K10 the buyer scans and pays while the register starts: the row is there, only Итого is left', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    await startOplati(story, 2);
    await story.till.stop();
    story.oplati.scan();
    await story.restart();
    expectDialog(story, 'SYS-09', 'Предупреждение', WAITING);
    story.press('enter');
    await expectPaidAndClosed();
    expect(sessions()).toBe(1);
  });

  it('K11 the code that was scanned before the power went is not taken again', async () => {
    story = await beginAtSubtotal({ mode: 0 });
    story.beforeSend = () => new Promise(() => undefined);
    payWith(story, 7);
    story.scan(buyerCode(1));
    story.beforeSend = null;
    await story.restart();
    story.press('enter');
    await story.untilDialog('OPL-21');
    story.scan(buyerCode(1));
    await story.untilDialog('OPL-17');
    story.scan(buyerCode(2));
    await expectPaidAndClosed();
  });
});

describe('around the money', () => {
  it('K4, K5 the sale left and was not processed: OPL-29 after the start, proved absent, OPL-14; it is never repeated', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    await story.oplati.fault('drop-request', 1, MONEY);
    story.beforeSend = async ({ url }) => {
      if (url.endsWith('/pos/payments')) await story.till.stop();
    };
    await startOplati(story, 2);
    await story.until('the till is dead', () => salesSeen(story).size === 1);
    story.beforeSend = null;
    await story.restart();
    story.press('enter');
    await story.untilDialog('OPL-29');
    await answerDialog(story, 'OPL-14', 'Ошибка', 'Ошибка обращения к серверу');
    expectSubtotal(story, '15.30');
    expect([...salesSeen(story).values()]).toEqual([1]);
    expect(story.chargedKopecks()).toBe(0);
    expectBooksAgree(story);
  });

  it('K6, K7 paid at the server, its answer lost with the power: found by our number', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    story.beforeSend = async ({ url }) => {
      if (url.endsWith('/pos/payments')) await story.till.stop();
    };
    await startOplati(story, 2);
    await story.until('charged', () => story.chargedKopecks() === 1530);
    story.beforeSend = null;
    await story.restart();
    expectDialog(story, 'SYS-09', 'Предупреждение', WAITING);
    story.press('enter');
    await expectPaidAndClosed();
  });

  it('K14 success long after our limit, the cashier gone to OPL-16 and the power gone meanwhile: attached', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    await story.oplati.fault('delay', 1, { ...MONEY, ms: 600_000 });
    await story.oplati.fault('http-500', 6, REPORT);
    await startOplati(story, 2);
    await story.untilDialog('OPL-16');
    story.press('escape');
    await story.restart();
    expectDialog(story, 'SYS-09', 'Предупреждение', UNKNOWN);
    story.press('enter');
    await expectPaidAndClosed();
  });

  it('K16 Esc while nobody knows, then the power: it is found out, not guessed', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    await story.oplati.fault('drop-reply', 1, MONEY);
    await story.oplati.fault('http-500', 100, REPORT);
    await startOplati(story, 2);
    await story.untilDialog('OPL-29');
    story.press('escape', 'escape');
    expect(journalRows(story)).toEqual(['О!плати (неизвестно) | 15.30']);
    await story.restart();
    story.press('enter');
    await story.oplati.fault('none');
    await expectPaidAndClosed();
  });

  it('K17 the cancel left, its answer lost with the power: given back once', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    await startOplati(story, 2);
    await story.untilShows('Нажмите "Итого"');
    story.beforeSend = ({ url }) => (url.endsWith('/reversals') ? story.till.stop() : undefined);
    story.press('escape', 'enter');
    await story.until('given back', () => story.chargedKopecks() === 0);
    story.beforeSend = null;
    await story.restart();
    story.press('enter');
    await story.until('found', () => story.till.state.attempts.length === 0);
    expectSubtotal(story, '15.30');
    expect(story.oplati.ledger().filter(({ paymentType }) => paymentType === 3)).toHaveLength(1);
    expectBooksAgree(story);
  });

  it('K18 Esc, but paid: after the power OPL-19 or the row; the payment stands and can be used', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    story.oplati.setBuyer('pays', { pinAfterMs: null });
    await startOplati(story, 2);
    await story.until('the PIN is asked for', () => story.till.state.attempts[0]?.state === 'pending');
    story.beforeSend = async ({ url }) => {
      if (!url.endsWith('/reversals')) return;
      story.oplati.answerPin('pay');
      await story.till.stop();
      await new Promise(() => undefined);
    };
    story.press('escape');
    await story.until('paid', () => story.chargedKopecks() === 1530);
    story.beforeSend = null;
    await story.restart();
    story.press('enter');
    await answerDialog(story, 'OPL-19', 'Предупреждение', 'Оплата уже выполнена. Отмена не требуется');
    await expectPaidAndClosed();
  });

  it('K19 a captive portal answered the sale, and the power went: the report decides', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    await story.oplati.fault('garbage', 1, MONEY);
    await story.oplati.fault('garbage', 3, REPORT);
    await startOplati(story, 2);
    await story.untilDialog('OPL-29');
    await story.restart();
    story.press('enter');
    // The portal answers the questions as well, the first one perhaps before the power goes: nobody waits for it.
    await story.untilDialog('OPL-38');
    story.press('enter');
    await expectPaidAndClosed();
  });

  it('K20 the answer was of another order: unknown over a restart, attached by the exact row only', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    await story.oplati.fault('wrong-order', 1, MONEY);
    await story.oplati.fault('http-500', 3, REPORT);
    await startOplati(story, 2);
    await story.untilDialog('OPL-27');
    await story.restart();
    expectDialog(story, 'SYS-09', 'Предупреждение', UNKNOWN);
    story.press('enter');
    await expectPaidAndClosed();
  });

  it('K21 paid, not closed: the mode "paid" again, the money stands, nothing is asked of the server', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    await startOplati(story, 2);
    await story.untilShows('Нажмите "Итого"');
    const asked = story.oplati.requests().length;
    await story.restart();
    expectDialog(story, 'SYS-09', 'Предупреждение', RESTORED);
    story.press('enter');
    expect(story.row(24)).toBe(' Нажмите "Итого", чтобы закрыть чек');
    expect(story.oplati.requests().length).toBe(asked);
    await expectPaidAndClosed();
  });

  it('K22 closed, not printed: the slip comes after the start, once', async () => {
    let appends = 0;
    let cutAt = Number.POSITIVE_INFINITY;
    const onAppend = (moment: 'before' | 'after') => {
      if (moment === 'before' && ++appends > cutAt) throw new Error('power cut');
    };
    story = await beginAtSubtotal({ mode: 2, till: { onAppend } });
    cutAt = appends + 1;
    story.press('f8');
    await story.pass(1_000);
    expect(story.paper()).not.toContain('ИТОГ');
    cutAt = Number.POSITIVE_INFINITY;
    await story.restart();
    expect(story.document).toBeNull();
    await story.until('printed', () => story.paper().includes('ИТОГ'));
    await story.until('done', () => story.till.state.printJobs.length === 0);
    expect(story.paper().split('ИТОГ')).toHaveLength(2);
    expect(story.paper()).not.toContain('КОПИЯ');
  });
});

describe('around the files', () => {
  it('K33 a second till on the same root does not start and touches nothing', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    const second = createTill({
      root: story.root,
      settings: defaultSettings,
      clock: shopClock(story.clock),
      newAttemptId: () => 'x',
      screen: { columns: 80, rows: 25, paint: () => undefined, bell: () => undefined },
      version: '',
      onExit: () => undefined,
    });
    expect(second).toMatchObject({ problem: 'rootInUse' });
    await startOplati(story, 2);
    await expectPaidAndClosed();
  });

  const token = () => oplatiFiles(story.root).token;

  it('K34 the new token was half written beside the old one: the old one is in force', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    writeFileSync(writeTokenTemporary(token(), 'never-finished'), '[Main]\ntok');
    await story.restart();
    story.press('enter');
    await startOplati(story, 2);
    await expectPaidAndClosed();
    expect(readFileSync(token(), 'utf8')).toContain('token-of-the-shop');
  });

  it('K34 the file itself is torn: the copy before it is taken', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    writeFileSync(`${token()}.previous`, readFileSync(token()));
    writeFileSync(token(), '[Main]\ntok');
    await story.restart();
    story.press('enter');
    expect(story.dialog, story.picture()).toBe('SYS-11');
    story.press('enter');
    await startOplati(story, 2);
    await expectPaidAndClosed();
  });

  it('K34 the power goes between the token’s answer and the journal: the token is on disk and is used', async () => {
    let isCut = false;
    const onAppend = (moment: 'before' | 'after') => {
      if (isCut && moment === 'before') throw new Error('power cut');
    };
    story = await Story.begin({ mode: 2, till: { onAppend } });
    story.goods('2').press('f6');
    story.beforeSend = ({ url }) => {
      isCut ||= url.endsWith('/pos/tokens');
    };
    payWith(story, 7);
    await story.until('stored', () => existsSync(token()));
    expect(statSync(token()).mode & 0o777).toBe(0o600);
    await story.till.stop();
    isCut = false;
    story.beforeSend = null;
    await story.restart();
    story.press('enter');
    await expectPaidAndClosed();
    expect(story.oplati.requests().filter(({ path }) => path === '/pos/tokens')).toHaveLength(1);
  });

  it('K34 the answer with the token is lost with the power: OPL-03 says what to do', async () => {
    story = await Story.begin({ mode: 2 });
    story.goods('2').press('f6');
    story.beforeSend = ({ url }) => (url.endsWith('/pos/tokens') ? story.till.stop() : undefined);
    payWith(story, 7);
    await story.until('given out', () => story.oplati.requests().length === 1);
    story.beforeSend = null;
    await story.restart();
    story.press('enter');
    const text = 'Токен уже существует или касса работает в режиме пароля';
    await answerDialog(story, 'OPL-03', 'Ошибка', text);
    expectSubtotal(story, '15.30');
    rmSync(token(), { force: true });
    mkdirSync(dirname(token()), { recursive: true });
    story.oplati.resetToken('OPL000000002');
    await startOplati(story, 2);
    await expectPaidAndClosed();
  });
});
