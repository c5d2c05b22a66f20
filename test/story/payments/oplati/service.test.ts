/** The service menu of О!плати (SCR-34, SCR-35) under the engineer's hands. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { loadSettings, type Settings } from '../../../../src/settings/settings.ts';
import { readToken } from '../../../../src/settings/token-conf.ts';
import { oplatiFiles } from '../../../oplati-files.ts';
import { expectBooks, sell, takePayments, untilFree } from '../../returns/counter.ts';
import type { Story } from '../../story.ts';
import { beginByConf, ENGINEERS_COMMENT, EXISTS, REG_NUM } from './engineer.ts';
import { answerDialog, boxOf, expectDialog, payWith } from './shop.ts';

let story: Story;
let settings: Partial<Settings>;
afterEach(() => story.end());

const begin = async (...[user, emulator, conf]: Parameters<typeof beginByConf>) => {
  settings = {};
  story = await beginByConf(user, emulator, conf, settings);
};

const confText = () => readFileSync(oplatiFiles(story.root).conf, 'utf8');
const storedToken = () => readToken(oplatiFiles(story.root).token);

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
    expect(confText()).toContain(ENGINEERS_COMMENT);
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
    expect(confText()).toContain(ENGINEERS_COMMENT);
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
    story.press('f9', 'type:1', 'enter', 'enter', 'enter');
    await story.until('given back', () => story.shows('Сдача: 0.00'));
    story.press('f8');
    expect(story.chargedKopecks()).toBe(0);
    expectBooks(story);
  });
});
