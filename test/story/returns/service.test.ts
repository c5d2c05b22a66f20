/** The token (domain.md 5.2) and the service menu of О!плати (SCR-34, SCR-35), as the engineer and the cashier meet them. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/emulators/clock.ts';
import { type OplatiEmulatorOptions, startOplatiEmulator } from '../../../src/emulators/oplati/server.ts';
import { pathsOf } from '../../../src/settings/paths.ts';
import { loadSettings, type Settings } from '../../../src/settings/settings.ts';
import { readToken, writeToken } from '../../../src/settings/token-conf.ts';
import { answerDialog, boxOf, expectDialog, expectSubtotal, payWith } from '../payments/shop.ts';
import { CAPTURE_TIME, Story } from '../story.ts';
import {
  cancelPayment,
  closeReturn,
  expectBooks,
  NO_CONNECTION,
  operations,
  QUEUED,
  sell,
  takePayments,
  untilFree,
  untilPaid,
  untilSettled,
} from './counter.ts';

let story: Story;
let settings: Partial<Settings>;
afterEach(() => story.end());

const REG_NUM = 'OPL000000002';
const EXISTS = 'Токен уже существует или касса работает в режиме пароля';
const NEEDS_NEW =
  'Необходимо получить новый токен в кассовом ПО либо касса не зарегистрирована в личном кабинете юр. лица';
const PRICES_ON_FILE = '; адрес выдан банком 12.03, не менять!';

/** A shop whose settings stand in oplati.conf, as in the field; `user` 9 is the administrator. */
async function begin(
  user: '1' | '2' | '9',
  emulator: OplatiEmulatorOptions = {},
  conf: { regNum?: string; mode?: number; token?: string } = {},
): Promise<Story> {
  settings = {};
  const clock = new VirtualClock(CAPTURE_TIME);
  const oplati = await startOplatiEmulator({ clock, ...emulator });
  story = await Story.begin({
    settings,
    clock,
    oplati,
    till: { oplati: {}, autoLoginCode: user },
    prepare: (root) => {
      const { oplatiConf, tokenConf } = pathsOf(root);
      mkdirSync(dirname(oplatiConf), { recursive: true });
      const lines = [
        '[Main]',
        '; Настройки процессинга O!плати',
        PRICES_ON_FILE,
        `url = ${oplati.url}`,
        'timeout = 10',
        '',
        '; номер из кабинета',
        `regNum = ${conf.regNum ?? REG_NUM}`,
        `mode = ${conf.mode ?? 2}`,
      ];
      writeFileSync(oplatiConf, `${lines.join('\n')}\n`);
      if (conf.token !== undefined) writeToken(tokenConf, conf.token);
    },
  });
  return story;
}

const confText = () => readFileSync(pathsOf(story.root).oplatiConf, 'utf8');
const storedToken = () => readToken(pathsOf(story.root).tokenConf);

/** F10, `Сервисное меню`, `О!плати`. */
function openService(): void {
  story.press('f10', 'type:14', 'enter');
  expect(story.row(4), story.picture()).toBe(' Сервисное меню');
  story.press('type:2', 'enter');
  expect(story.row(4)).toBe(' Настройки - Параметры');
}

/** As the wrapper does it: the program reads its settings anew. */
async function restartAnew(): Promise<void> {
  const loaded = loadSettings(story.root);
  if ('problem' in loaded) throw new Error(loaded.problem.text);
  Object.assign(settings, loaded.settings, { lockAfterSeconds: 0 });
  await story.restart();
}

/** Goes to a row of SCR-35 and presses Ввод. */
function choose(label: string): void {
  story.press('home');
  for (let row = 0; row < 10 && !story.screen.some((text) => /^ > /.test(text) && text.includes(label)); row++) {
    story.press('down');
  }
  expect(
    story.screen.some((text) => /^ > /.test(text) && text.includes(label)),
    story.picture(),
  ).toBe(true);
  story.press('enter');
}

function closeAll(): void {
  while (story.till.state.ui.stack.length > 0) story.press('escape');
}

/** The currency list has no О!плати, or it has. */
function offersOplati(): boolean {
  story.press('f7');
  expect(story.dialog).toBe('DOM-97');
  const isOffered = story.shows('О!плати');
  story.press('escape');
  return isOffered;
}

describe('the token', () => {
  it('is asked for at the first payment, stored for nobody else to read, and never seen in a log', async () => {
    await begin('1');
    expect(existsSync(pathsOf(story.root).tokenConf)).toBe(false);
    await sell(story, ['2'], 'oplati');
    const { tokenConf } = pathsOf(story.root);
    expect(statSync(tokenConf).mode & 0o777).toBe(0o600);
    const read = storedToken();
    const token = 'token' in read ? (read.token ?? '') : '';
    expect(token).not.toBe('');
    expect(story.log()).not.toContain(token);
    await sell(story, ['2'], 'oplati');
    expect(story.oplati.requests().filter(({ path }) => path === '/pos/tokens')).toHaveLength(1);
    expectBooks(story);
  });

  it('OPL-03: the server has one, the register has none; reset in the cabinet and simply go on', async () => {
    await begin('1', { tokens: { [REG_NUM]: 'somebody-has-it' } });
    story.goods('2').press('f6');
    payWith(story, 7);
    await answerDialog(story, 'OPL-03', 'Ошибка', EXISTS);
    expectSubtotal(story, '15.30');
    payWith(story, 7);
    await answerDialog(story, 'OPL-03', 'Ошибка', EXISTS);
    expect(story.oplati.resetToken(REG_NUM)).toBe(true);
    await takePayments(story, ['oplati']);
    story.press('f8');
    expectBooks(story);
  });

  it('OPL-04: reset in the cabinet under a register that has one; deleting token.conf and restarting cures it', async () => {
    await begin('1');
    await sell(story, ['2'], 'oplati');
    story.oplati.resetToken(REG_NUM);
    story.goods('2').press('f6');
    payWith(story, 7);
    await answerDialog(story, 'OPL-04', 'Ошибка', NEEDS_NEW);
    expectSubtotal(story, '15.30');
    // A restart alone does not help, nor does trying again.
    await story.restart();
    story.press('enter');
    payWith(story, 7);
    await answerDialog(story, 'OPL-04', 'Ошибка', NEEDS_NEW);
    rmSync(pathsOf(story.root).tokenConf);
    await story.restart();
    story.press('enter');
    await takePayments(story, ['oplati']);
    expect(storedToken()).toMatchObject({ token: expect.any(String) });
    story.press('f8');
    expectBooks(story);
  });

  it('OPL-04: a register that is not in the cabinet', async () => {
    await begin('1', { registers: [{ regNum: 'OPL000000009' }] }, { token: 'old' });
    story.goods('2').press('f6');
    payWith(story, 7);
    await answerDialog(story, 'OPL-04', 'Ошибка', NEEDS_NEW);
    expectSubtotal(story, '15.30');
    story.press('f8');
    expect(story.document).toBeNull();
  });

  it.each([
    ['OPL-03', EXISTS, undefined],
    ['OPL-04', NEEDS_NEW, 'wrong'],
  ] as const)('a card meets %s, too: no card, the receipt as before', async (number, text, token) => {
    await begin('1', { tokens: { [REG_NUM]: 'the-right-one' } }, token === undefined ? {} : { token });
    story.goods('2').press('f5');
    await answerDialog(story, number, 'Ошибка', text);
    expect(story.document).toMatchObject({ card: null, stage: 'goods' });
  });

  it('a return meets OPL-04: it stays unpaid and goes through once the token is cured', async () => {
    await begin('1');
    await sell(story, ['2'], 'oplati');
    story.oplati.resetToken(REG_NUM);
    story.press('f9', 'enter', 'enter');
    await answerDialog(story, 'OPL-04', 'Ошибка', NEEDS_NEW);
    expect(story.row(23)).toMatch(/К оплате: 15\.30$/);
    rmSync(pathsOf(story.root).tokenConf);
    await story.restart();
    story.press('enter', 'enter');
    await untilPaid(story);
    story.press('f8');
    expect(story.chargedKopecks()).toBe(0);
    expectBooks(story);
  });
});

describe('money that goes back needs a token as well', () => {
  it('a queued cancel fetches the new one itself: payments, which could fetch it, are refused by the queue', async () => {
    await begin('1');
    story.goods('2').press('f6');
    await takePayments(story, ['oplati']);
    story.oplati.resetToken(REG_NUM);
    await story.oplati.fault('refuse');
    story.press('escape', 'enter');
    await answerDialog(story, 'OPL-12', 'Предупреждение', QUEUED);
    story.press('f8');
    rmSync(pathsOf(story.root).tokenConf);
    await story.restart();
    await story.oplati.fault('none');
    await untilSettled(story);
    expect(operations(story)).toEqual(['1 15.30', '3 15.30']);
    await sell(story, ['1'], 'oplati');
    expectBooks(story);
  });

  it('the cancel of an open receipt: OPL-04, token.conf deleted, restarted, cancelled', async () => {
    await begin('1');
    story.goods('2').press('f6');
    await takePayments(story, ['oplati']);
    story.oplati.resetToken(REG_NUM);
    cancelPayment(story, 'Отменить оплату? О!плати 15.30');
    await answerDialog(story, 'OPL-04', 'Ошибка', NEEDS_NEW);
    expect(story.row(22)).toBe(' Получено: 15.30');
    rmSync(pathsOf(story.root).tokenConf);
    await story.restart();
    story.press('enter');
    cancelPayment(story, 'Отменить оплату? О!плати 15.30');
    await untilSettled(story);
    expectSubtotal(story, '15.30');
    expect(operations(story)).toEqual(['1 15.30', '3 15.30']);
    expectBooks(story);
  });

  it('no token and no link: the return is unpaid (OPL-01), a cancel is queued (OPL-12)', async () => {
    await begin('1');
    await sell(story, ['1'], 'oplati');
    story.goods('2').press('f6');
    await takePayments(story, ['oplati']);
    story.oplati.resetToken(REG_NUM);
    rmSync(pathsOf(story.root).tokenConf);
    await story.restart();
    story.press('enter');
    await story.oplati.fault('refuse');
    cancelPayment(story, 'Отменить оплату? О!плати 15.30');
    await answerDialog(story, 'OPL-12', 'Предупреждение', QUEUED);
    expectSubtotal(story, '15.30');
    expect(story.till.state.attempts).toMatchObject([{ operation: 'cancel', foreground: false }]);
    await story.oplati.fault('none');
    await untilSettled(story);
    story.press('f8');
    story.oplati.resetToken(REG_NUM);
    rmSync(pathsOf(story.root).tokenConf);
    await story.restart();
    await story.oplati.fault('refuse');
    story.press('f9', 'type:1', 'enter', 'enter');
    await answerDialog(story, 'OPL-01', 'Ошибка', NO_CONNECTION);
    expect(story.row(23)).toMatch(/К оплате: 50\.00$/);
    await story.oplati.fault('none');
    story.press('enter');
    await closeReturn(story);
    expect(story.chargedKopecks()).toBe(0);
    expectBooks(story);
  });

  it('OPL-03 at a return: the server gives no token out; nothing is sent, the return stays unpaid', async () => {
    await begin('1');
    await sell(story, ['2'], 'oplati');
    rmSync(pathsOf(story.root).tokenConf);
    await story.restart();
    story.press('f9', 'enter', 'enter');
    await answerDialog(story, 'OPL-03', 'Ошибка', EXISTS);
    expect(story.row(23)).toMatch(/К оплате: 15\.30$/);
    expect(operations(story)).toEqual(['1 15.30']);
    story.oplati.resetToken(REG_NUM);
    story.press('enter');
    await closeReturn(story);
    expect(story.chargedKopecks()).toBe(0);
    expectBooks(story);
  });
});

describe('`Получить токен` (SCR-35)', () => {
  it('OPL-31: received, stored, its time on the page; the next payment uses it', async () => {
    await begin('9');
    openService();
    expect(story.shows('Токен: не получен')).toBe(true);
    choose('Получить токен');
    await answerDialog(story, 'OPL-31', 'Получить токен', 'Операция выполнена успешно');
    await story.until('the page knows', () => story.shows('Токен: получен '));
    closeAll();
    await sell(story, ['2'], 'oplati');
    expect(story.oplati.requests().filter(({ path }) => path === '/pos/tokens')).toHaveLength(1);
    expectBooks(story);
  });

  it('OPL-03 while one exists; after `Сбросить токен` in the cabinet the same button brings the new one', async () => {
    await begin('9');
    await sell(story, ['2'], 'oplati');
    const before = storedToken();
    openService();
    choose('Получить токен');
    await answerDialog(story, 'OPL-03', 'Ошибка', EXISTS);
    expect(storedToken()).toEqual(before);
    story.oplati.resetToken(REG_NUM);
    choose('Получить токен');
    await answerDialog(story, 'OPL-31', 'Получить токен', 'Операция выполнена успешно');
    expect(storedToken()).not.toEqual(before);
    closeAll();
    // No restart was needed: the register works with the new one at once.
    await sell(story, ['2'], 'oplati');
    expectBooks(story);
  });

  it('OPL-35 without a register number; OPL-37 asks for it, keeps the comments, and then it works', async () => {
    await begin('9', {}, { regNum: '' });
    openService();
    choose('Получить токен');
    await answerDialog(story, 'OPL-35', 'Предупреждение', 'Не заполнено поле "Номер кассы"');
    expect(story.oplati.requests()).toEqual([]);
    choose('Номер кассы');
    expectDialog(story, 'OPL-37', 'Номер кассы', 'Введите номер кассы');
    story.press('enter');
    expect(story.dialog).toBe('OPL-37');
    story.press('type:OPL000000002');
    expect(boxOf(story)?.field).toContain('OPL000000002');
    story.press('enter');
    await story.until('saved', () => story.shows('[OPL000000002]'));
    expect(confText()).toContain('regNum = OPL000000002');
    expect(confText()).toContain(PRICES_ON_FILE);
    choose('Получить токен');
    await answerDialog(story, 'OPL-31', 'Получить токен', 'Операция выполнена успешно');
  });

  it('a number that no header may carry is refused with SYS-08, the file stays as it was', async () => {
    await begin('9');
    const before = confText();
    openService();
    choose('Номер кассы');
    story.press('type:касса №8', 'enter');
    await story.untilDialog('SYS-08');
    expect(boxOf(story)?.text).toMatch(/oplati\.conf.*regNum/);
    expect(confText()).toBe(before);
  });
});

describe('the switches of SCR-35', () => {
  it('off: О!плати leaves the currencies and cards; on: it is back; also over a restart', async () => {
    await begin('9');
    openService();
    choose('Работа с системой ОПЛАТИ');
    await story.until('off', () => /Работа с системой ОПЛАТИ +\[Нет\]/.test(story.screen.join('\n')));
    closeAll();
    story.goods('2').press('f6');
    expect(offersOplati()).toBe(false);
    story.press('escape', 'f5');
    expect(story.dialog).toBe('DOM-69');
    story.press('escape', 'f6', 'f8');
    await restartAnew();
    story.goods('2').press('f6');
    expect(offersOplati(), 'after a restart').toBe(false);
    story.press('f8');
    openService();
    choose('Работа с системой ОПЛАТИ');
    await story.until('on', () => /Работа с системой ОПЛАТИ +\[Да\]/.test(story.screen.join('\n')));
    closeAll();
    await sell(story, ['2'], 'oplati');
    expectBooks(story);
  });

  it('OPL-32: the other cashless means cannot go while О!плати is on; off in the right order it can', async () => {
    await begin('9');
    openService();
    choose('Оплата с помощью иных способов');
    expect(story.dialog).toBe('OPL-32');
    story.press('enter');
    choose('Работа с системой ОПЛАТИ');
    await story.until('off', () => /ОПЛАТИ +\[Нет\]/.test(story.screen.join('\n')));
    choose('Оплата с помощью иных способов');
    await story.until('both off', () => /способов безналичных оплат +\[Нет\]/.test(story.screen.join('\n')));
    choose('Работа с системой ОПЛАТИ');
    expect(story.row(24)).toMatch(/^ Включите "Оплата с помощью иных способов безналичных оплат"/);
    choose('Получить токен');
    expect(story.row(24)).toMatch(/^ Включите "Работа с системой ОПЛАТИ"/);
  });

  it('the mode changes inside a shift, for the next payment and in the file, comments kept', async () => {
    await begin('9', {}, { mode: 2 });
    await sell(story, ['2'], 'oplati');
    openService();
    choose('Статический QR продавца');
    await story.until('mode 1', () => story.shows('[Статический QR продавца]'));
    expect(confText()).toMatch(/^mode = 1$/m);
    expect(confText()).toContain(PRICES_ON_FILE);
    expect(confText()).toContain('; номер из кабинета');
    closeAll();
    story.goods('2').press('f6');
    payWith(story, 7);
    await story.untilDialog('OPL-22');
    story.press('enter');
    await story.until('paid', () => story.chargedKopecks() === 3060 && story.shows('F8 Итого'));
    story.press('f8');
    openService();
    choose('QR-код покупателя');
    await story.until('mode 0', () => /^mode = 0$/m.test(confText()));
    closeAll();
    story.goods('2').press('f6');
    payWith(story, 7);
    expect(story.dialog).toBe('OPL-21');
    story.press('escape');
    await untilFree(story);
  });

  it('OPL-36: not while an operation of О!плати runs', async () => {
    await begin('9', { tokens: { [REG_NUM]: 'other' } });
    openService();
    await story.oplati.fault('delay', 1, { path: '/pos/tokens', ms: 3000 });
    choose('Получить токен');
    choose('Статический QR продавца');
    expectDialog(story, 'OPL-36', 'Предупреждение', 'Режим работы нельзя изменить: выполняется операция О!плати');
    story.press('enter');
    await answerDialog(story, 'OPL-03', 'Ошибка', EXISTS);
    expect(confText()).toMatch(/^mode = 2$/m);
  });

  it.each(['1', '2'] as const)('user %s is no administrator: DOM-04, no settings, no token', async (user) => {
    await begin(user);
    story.press('f10', 'type:14', 'enter');
    expectDialog(story, 'DOM-04', 'Ошибка', 'Недостаточно прав для выполнения операции');
    story.press('enter');
    expect(story.oplati.requests()).toEqual([]);
  });
});

describe('О!плати switched off while something of it is unsettled', () => {
  it('a queued cancel is still sent, and a return still goes to the wallet', async () => {
    await begin('9');
    await sell(story, ['1'], 'oplati');
    story.goods('2').press('f6');
    await takePayments(story, ['oplati']);
    await story.oplati.fault('refuse');
    story.press('escape', 'enter');
    await story.untilDialog('OPL-12');
    story.press('enter', 'f8');
    openService();
    choose('Работа с системой ОПЛАТИ');
    await story.until('off', () => /ОПЛАТИ +\[Нет\]/.test(story.screen.join('\n')));
    closeAll();
    await story.oplati.fault('none');
    await story.until('drained', () => story.till.state.attempts.length === 0);
    expect(story.chargedKopecks()).toBe(5000);
    story.press('f9', 'type:1', 'enter', 'enter');
    await story.until('given back', () => story.shows('Сдача: 0.00'));
    story.press('f8');
    expect(story.chargedKopecks()).toBe(0);
    expectBooks(story);
  });
});
