/** Token, oplati.conf and disk: what is wrong is said before anything is asked of the buyer. */
import { copyFileSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { storageFault } from '../../../../src/journal/storage-fault.ts';
import { pathsOf } from '../../../../src/settings/paths.ts';
import { oplatiFiles } from '../../../oplati-files.ts';
import { Story } from '../../story.ts';
import {
  answerDialog,
  begin,
  beginAtSubtotal,
  boxOf,
  expectBooksAgree,
  expectSubtotal,
  journalRows,
  payWith,
  startOplati,
  writeConf,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

const tokenPath = () => oplatiFiles(story.root).token;
const MONEY = { path: '/pos/payments', method: 'POST' };
const TOKEN_EXISTS = 'Токен уже существует или касса работает в режиме пароля';
const TOKEN_RESET =
  'Необходимо получить новый токен в кассовом ПО либо касса не зарегистрирована в личном кабинете юр. лица';

async function expectPaidAndClosed(): Promise<void> {
  await story.until('fully paid', () => story.dialog === null && /Сдача: 0\.00$/.test(story.row(23)));
  story.press('f8');
  expect(story.shows('Чек закрыт')).toBe(true);
  expect(story.chargedKopecks()).toBe(1530);
  expectBooksAgree(story);
}

describe('the token', () => {
  const beginWithoutToken = async (options = {}) => {
    story = await Story.begin({ mode: 2, ...options });
    story.goods('2').press('f6');
  };

  it('is asked for at the first use, stored 0600 before it is used, and kept', async () => {
    await beginWithoutToken();
    let wasStoredFirst = false;
    story.beforeSend = ({ url }) => {
      if (url.endsWith('/demandPayment')) wasStoredFirst = existsSync(tokenPath());
    };
    await startOplati(story, 2);
    expect(wasStoredFirst).toBe(true);
    expect(statSync(tokenPath()).mode & 0o777).toBe(0o600);
    await expectPaidAndClosed();
    await story.restart();
    story.goods('2').press('f6');
    await startOplati(story, 2);
    await story.untilShows('Нажмите "Итого"');
    expect(story.oplati.requests().filter(({ path }) => path === '/pos/tokens')).toHaveLength(1);
  });

  it('OPL-03: the server has given one out already', async () => {
    await beginWithoutToken({ emulator: { tokens: { OPL000000002: 'somebody-has-it' } } });
    payWith(story, 7);
    await answerDialog(story, 'OPL-03', 'Ошибка', TOKEN_EXISTS);
    expectSubtotal(story, '15.30');
    expect(existsSync(tokenPath())).toBe(false);
    story.oplati.resetToken('OPL000000002');
    await startOplati(story, 2);
    await expectPaidAndClosed();
  });

  it('OPL-04: it was reset in the cabinet; without token.conf a new one is asked for', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    story.oplati.resetToken('OPL000000002');
    payWith(story, 7);
    await answerDialog(story, 'OPL-04', 'Ошибка', TOKEN_RESET);
    expectSubtotal(story, '15.30');
    rmSync(tokenPath());
    await story.restart();
    story.press('enter');
    await startOplati(story, 2);
    await expectPaidAndClosed();
  });

  it('lost in the air (drop-reply): the cure is said, OPL-03', async () => {
    await beginWithoutToken();
    await story.oplati.fault('drop-reply', 1, { path: '/pos/tokens' });
    payWith(story, 7);
    await answerDialog(story, 'OPL-03', 'Ошибка', TOKEN_EXISTS);
    expectBooksAgree(story);
  });

  it('K34 damaged: SYS-11, said again and again, nothing is sent, cash works', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    writeFileSync(tokenPath(), '\0\0\0half');
    await story.restart();
    story.press('enter');
    for (let times = 0; times < 3; times++) {
      payWith(story, 7);
      await answerDialog(story, 'SYS-11', 'Предупреждение', 'Файл token.conf поврежден');
      expectSubtotal(story, '15.30');
      expect(story.shows('Нет связи')).toBe(false);
    }
    expect(story.oplati.requests()).toEqual([]);
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    expectBooksAgree(story);
  });

  it('K34 damaged, with its previous copy: the copy pays, the start says SYS-11 and the log names the file', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    copyFileSync(tokenPath(), `${tokenPath()}.previous`);
    writeFileSync(tokenPath(), '\0\0\0half');
    await story.restart();
    story.press('enter');
    await answerDialog(story, 'SYS-11', 'Предупреждение', 'Файл token.conf поврежден');
    await startOplati(story, 2);
    await expectPaidAndClosed();
    expect(story.log()).toMatch(/WARN {2}settings .*token\.conf: поврежден, взята прежняя копия/);
  });

  it('that cannot be stored is used for this run, and the payment goes on', async () => {
    await beginWithoutToken();
    // A directory stands where the new file is made beside the old one.
    mkdirSync(tokenPath().replace('token.conf', '.token.conf.tmp/in-the-way'), { recursive: true });
    await startOplati(story, 2);
    expect(existsSync(tokenPath())).toBe(false);
    await expectPaidAndClosed();
    expect(story.log()).toMatch(/ERROR kassa .*EISDIR|ERROR kassa .*ERR_FS_EISDIR/);
  });
});

describe('oplati.conf', () => {
  it('SYS-08 names the parameter, every time; corrected, it helps at once', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    writeConf(story, '[Main]\nmode = 7\n');
    for (let times = 0; times < 3; times++) {
      payWith(story, 7);
      await answerDialog(story, 'SYS-08', 'Ошибка', 'Ошибка настройки: oplati.conf, mode');
      expectSubtotal(story, '15.30');
      expect(story.shows('Нет связи')).toBe(false);
    }
    expect(story.oplati.requests()).toEqual([]);
    writeConf(story, '[Main]\nmode = 2\n');
    await startOplati(story, 2);
    await expectPaidAndClosed();
  });

  it('SYS-08 also when the link was lost before', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    await story.oplati.fault('refuse');
    for (const number of ['OPL-01', 'OPL-13']) {
      payWith(story, 7);
      await story.untilDialog(number);
      story.press('enter');
    }
    writeConf(story, '[Main]\nmode = 7\n');
    payWith(story, 7);
    await answerDialog(story, 'SYS-08', 'Ошибка', 'Ошибка настройки: oplati.conf, mode');
  });

  it('broken in the very moment of the answer: the payment is found out when it is mended', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    story.beforeSend = ({ url }) => {
      if (url.endsWith('/pos/payments')) writeConf(story, '[Main]\nmode = 7\n');
    };
    await startOplati(story, 2);
    await story.until('charged', () => story.chargedKopecks() === 1530);
    await story.pass(90_000);
    expectBooksAgree(story);
    expect(story.row(24)).toMatch(/Ошибка настройки: oplati\.conf, mode/);
    writeConf(story, '[Main]\nmode = 2\n');
    await expectPaidAndClosed();
  });

  it('broken while the QR stands: nothing that moves money was sent, so Esc ends the payment', async () => {
    story = await beginAtSubtotal({ mode: 2, emulator: { buyer: 'slow' } });
    await startOplati(story, 2);
    await story.untilShows('Отсканируйте QR-код для');
    writeConf(story, '[Main]\nmode = 7\n');
    story.press('escape');
    await answerDialog(story, 'SYS-08', 'Ошибка', 'Ошибка настройки: oplati.conf, mode');
    expectSubtotal(story, '15.30');
    expect(journalRows(story)).toEqual([]);
    writeConf(story, '[Main]\nmode = 2\n');
    await story.pass(60_000);
    expect(story.chargedKopecks()).toBe(0);
    expectBooksAgree(story);
  });

  it('the mode may change between two payments of one receipt', async () => {
    story = await beginAtSubtotal({ till: { providers: { oplati: { regNum: 'OPL000000002' } } } });
    writeConf(story, `[Main]\nurl = ${story.oplati.url}\nmode = 1\n`);
    payWith(story, 7);
    await story.untilDialog('OPL-22');
    story.press('escape');
    writeConf(story, `[Main]\nurl = ${story.oplati.url}\nmode = 2\n`);
    await startOplati(story, 2);
    await expectPaidAndClosed();
  });
});

describe('the disk', () => {
  it('K31: less free than the reserve, SYS-03 before anything is journaled or sent; cash works', async () => {
    story = await begin({ mode: 2, settings: { diskReserveMegabytes: 1_000_000_000 } });
    expect(story.dialog).toBe('SYS-04');
    story.press('enter');
    story.goods('2').press('f6');
    payWith(story, 7);
    await answerDialog(story, 'SYS-03', 'Ошибка', 'Недостаточно места на диске. Электронная оплата недоступна');
    expectSubtotal(story, '15.30');
    expect(story.oplati.requests()).toEqual([]);
    expect(story.document?.payments).toEqual([]);
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    expectBooksAgree(story);
  });

  it('K31: SYS-04 tells of it in time, at the start and every hour, but not in a receipt nor under the hand', async () => {
    const HOUR_MS = 3600_000;
    story = await begin({ mode: 2, settings: { diskReserveMegabytes: 1_000_000_000 } });
    expect(boxOf(story)).toMatchObject({
      title: 'Предупреждение',
      text: expect.stringMatching(/^Заканчивается место на диске: \d+ МБ$/),
    });
    story.press('enter').goods('2');
    story.clock.advance(HOUR_MS + 2_000);
    expect(story.dialog).toBeNull();
    story.press('f6', 'f8');
    expect(story.dialog).toBeNull();
    await story.untilDialog('SYS-04');
    story.press('enter');
    story.clock.advance(HOUR_MS / 2);
    expect(story.dialog).toBeNull();
  });

  it('SYS-04 is not said while there is room', async () => {
    story = await begin({ mode: 2, settings: { diskReserveMegabytes: 1 } });
    expect(story.dialog).toBeNull();
  });

  const fullDisk = () => {
    const disk = { isFull: false, refusals: 0 };
    const onAppend = (moment: 'before' | 'after') => {
      if (moment !== 'before' || !disk.isFull) return;
      disk.refusals++;
      throw storageFault('full', new Error('no space'));
    };
    return { disk, till: { onAppend } };
  };

  it('K31: the reserve is given back for one more write, and the receipt is finished in cash', async () => {
    let isFull = false;
    let refusals = 0;
    const onAppend = (moment: 'before' | 'after') => {
      if (moment !== 'before' || !isFull || !existsSync(pathsOf(story.root).diskReserve)) return;
      refusals++;
      throw storageFault('full', new Error('no space'));
    };
    story = await beginAtSubtotal({ mode: 2, till: { onAppend } });
    writeFileSync(pathsOf(story.root).diskReserve, 'reserve');
    isFull = true;
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    expect(refusals).toBe(1);
    expect(existsSync(pathsOf(story.root).diskReserve)).toBe(false);
    expectBooksAgree(story);
  });

  it('K31: full before the intent: nothing is sent, SYS-01', async () => {
    const { disk, till } = fullDisk();
    story = await beginAtSubtotal({ mode: 2, till });
    disk.isFull = true;
    payWith(story, 7);
    await story.untilDialog('SYS-01');
    expect(story.oplati.requests()).toEqual([]);
    disk.isFull = false;
    await story.restart();
    story.press('enter');
    expectSubtotal(story, '15.30');
    await startOplati(story, 2);
    await expectPaidAndClosed();
  });

  it('K31: full between the intent and the sale: the sale is not sent; with room again it goes on, charged once', async () => {
    const { disk, till } = fullDisk();
    story = await beginAtSubtotal({ mode: 2, till });
    await startOplati(story, 2);
    disk.isFull = true;
    await story.pass(20_000);
    expect(story.oplati.ledger()).toEqual([]);
    expect(story.row(24)).toMatch(/Ошибка записи данных/);
    expect(disk.refusals, 'the write is repeated about once a second, not in a storm').toBeLessThan(100);
    disk.isFull = false;
    await expectPaidAndClosed();
  });

  it('K31: full after the sale was sent: its answer is not lost', async () => {
    const { disk, till } = fullDisk();
    story = await beginAtSubtotal({ mode: 2, till });
    story.beforeSend = ({ url }) => {
      if (url.endsWith('/pos/payments')) disk.isFull = true;
    };
    await startOplati(story, 2);
    await story.until('charged', () => story.chargedKopecks() === 1530);
    await story.pass(20_000);
    expect(disk.refusals).toBeLessThan(100);
    disk.isFull = false;
    await expectPaidAndClosed();
  });

  it('K31: full while an unknown payment is asked about in the background: no storm, and it is found', async () => {
    const { disk, till } = fullDisk();
    story = await beginAtSubtotal({ mode: 2, till });
    await story.oplati.fault('drop-reply', 1, MONEY);
    await story.oplati.fault('http-500', 4, { path: '/pos/paymentReports' });
    await startOplati(story, 2);
    await story.untilDialog('OPL-16');
    story.press('escape');
    disk.isFull = true;
    await story.pass(60_000);
    expect(disk.refusals).toBeLessThan(200);
    disk.isFull = false;
    if (story.dialog?.startsWith('SYS') === true) {
      await story.restart();
      story.press('enter');
    }
    await story.until('attached', () => journalRows(story)[0] === 'О!плати | 15.30');
    await expectPaidAndClosed();
  });
});
