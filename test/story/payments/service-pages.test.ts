/** The service menu of PayMaster and Assist (SCR-34, SCR-35): on and off, what may change at the till, `Проверить связь`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { pathsOf } from '../../../src/settings/paths.ts';
import { oplatiFiles } from '../../oplati-files.ts';
import { Story, type StoryOptions } from '../story.ts';
import { serverOf as assistOf, chooseMeans, untilSettled } from './assist/shop.ts';
import { answerDialog, boxOf, expectDialog } from './oplati/shop.ts';
import { payBySbp, server as paymasterOf, startSbp } from './paymaster/shop.ts';

let story: Story;
afterEach(() => story.end());

const COMMENT = '; номер выдан банком, не менять!';
type System = 'paymaster' | 'assist';
const ITEM = { oplati: '2', paymaster: '3', assist: '4' };
const TITLE = { paymaster: 'PayMaster', assist: 'Ассист' };
const NAME = { paymaster: 'Оплата по QR-коду', assist: 'Ассист' };

/** All systems are set up; the administrator is at the till. */
async function begin(options: StoryOptions = {}): Promise<void> {
  story = await Story.begin({
    paymaster: {},
    assist: {},
    ...options,
    till: { autoLoginCode: '9', ...options.till },
    prepare: (root) => {
      for (const system of ['paymaster', 'assist'] as const) {
        const file = join(pathsOf(root).paysystems, system, `${system}.conf`);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, `[Main]\n${COMMENT}\n`);
      }
      const { conf: oplatiConf } = oplatiFiles(root);
      mkdirSync(dirname(oplatiConf), { recursive: true });
      writeFileSync(oplatiConf, '[Main]\nregNum = OPL000000002\n');
    },
  });
}

const confText = (system: System) =>
  readFileSync(join(pathsOf(story.root).paysystems, system, `${system}.conf`), 'utf8');

function openPage(system: keyof typeof ITEM): void {
  closeAll();
  story.press('f10', 'type:14', 'enter', `type:${ITEM[system]}`, 'enter');
  expect(story.row(4), story.picture()).toMatch(/^ Настройки - /);
}

function closeAll(): void {
  while (story.till.state.ui.stack.length > 0) story.press('escape');
}

function choose(label: string): void {
  const isSelected = () => story.screen.some((text) => text.startsWith(' > ') && text.includes(label));
  story.press('home');
  for (let row = 0; row < 12 && !isSelected(); row++) story.press('down');
  expect(isSelected(), story.picture()).toBe(true);
  story.press('enter');
}

/** The steps of `Проверить связь`, one row each. */
function stepRows(): string[] {
  expect(story.row(4), story.picture()).toMatch(/^ Проверить связь - /);
  return story.screen.slice(5, 10).map((row) => row.trimEnd());
}

function isOffered(name: string): boolean {
  closeAll();
  story.goods('2').press('f6', 'f7');
  const found = story.shows(name);
  story.press('escape', 'f8');
  expect(story.document, story.picture()).toBeNull();
  return found;
}

describe.each(['paymaster', 'assist'] as const)('%s', (system) => {
  it('is switched off and on: it leaves the list of F7 and comes back, the file keeps its comments and says so', async () => {
    await begin();
    expect(isOffered(NAME[system])).toBe(true);
    openPage(system);
    choose(`Работа с системой ${TITLE[system]}`);
    await story.until('off', () => story.screen.some((row) => /Работа с системой .*\[Нет\]/.test(row)));
    expect(confText(system)).toMatch(/^enabled = 0$/m);
    expect(confText(system)).toContain(COMMENT);
    story.press('escape');
    expect(story.screen.join(' ')).toContain(`${TITLE[system]} - отключена`);
    expect(isOffered(NAME[system])).toBe(false);
    await story.restart();
    expect(isOffered(NAME[system]), 'after a restart').toBe(false);
    openPage(system);
    choose('Проверить связь');
    expect(story.row(24)).toMatch(new RegExp(`^ Включите "Работа с системой ${TITLE[system]}"`));
    choose('Работа с системой');
    await story.until('on', () => story.screen.some((row) => /Работа с системой .*\[Да\]/.test(row)));
    expect(isOffered(NAME[system])).toBe(true);
  });

  it('`Проверить связь`: it answers; it cannot be reached; it loses the answer; something else answers; nothing is moved', async () => {
    await begin();
    const server = system === 'paymaster' ? paymasterOf(story) : assistOf(story);
    const check = async (number: string, text: string) => {
      openPage(system);
      choose('Проверить связь');
      await answerDialog(story, number, 'Проверить связь', text);
    };
    const title = TITLE[system];
    await check('DOM-105', `Система ${title} отвечает и принимает эту кассу`);
    expect(stepRows()).toMatchObject([
      expect.stringMatching(/^ \+ DNS +127\.0\.0\.1, имени нет +\d+ мс$/),
      expect.stringMatching(/^ \+ Прокси +нет$/),
      expect.stringMatching(/^ \+ Соединение +есть, без TLS: .* +\d+ мс$/),
      expect.stringMatching(/^ [+!] Часы /),
      expect.stringMatching(/^ \+ Ответ +запрос понят, касса принята +\d+ мс$/),
    ]);
    await server.fault('refuse');
    await check('DOM-106', `Нет связи с системой ${title}: сервер отказал в соединении`);
    await check('DOM-106', `Нет связи с системой ${title}: сервер отказал в соединении`);
    expect(stepRows()).toMatchObject([
      expect.stringMatching(/^ \+ DNS /),
      expect.stringMatching(/^ \+ Прокси /),
      expect.stringMatching(/^ x Соединение +сервер отказал в соединении +\d+ мс$/),
      expect.stringMatching(/^ - Часы +не проверялось$/),
      expect.stringMatching(/^ - Ответ +не проверялось$/),
    ]);
    await server.fault('none');
    await server.fault('drop-reply');
    await check('DOM-106', `Нет связи с системой ${title}: соединение разорвано`);
    await server.fault('http-500');
    await check('DOM-106', `Система ${title} отвечает не так, как должна: сервер ответил ошибкой 500`);
    await check('DOM-105', `Система ${title} отвечает и принимает эту кассу`);
    expect(server.ledger()).toEqual([]);
    expect(story.till.state.attempts).toEqual([]);
    expect(isOffered(NAME[system])).toBe(true);
  });

  it('its settings stay as they are while an operation of it is in front of the cashier (DOM-108)', async () => {
    await begin();
    const server = system === 'paymaster' ? paymasterOf(story) : assistOf(story);
    openPage(system);
    await server.fault('delay', 1, { ms: 3000 });
    choose('Проверить связь');
    // The page is left, the check goes on.
    story.press('escape');
    choose(system === 'paymaster' ? 'Печать на чековой ленте' : 'Наличные без связи');
    const text = `Настройку нельзя изменить: выполняется операция ${TITLE[system]}`;
    expectDialog(story, 'DOM-108', 'Предупреждение', text);
    story.press('enter');
    choose('Проверить связь');
    await story.untilDialog('DOM-105');
    expect(confText(system)).toBe(`[Main]\n${COMMENT}\n`);
    expect(server.requests().length, 'one check, seen twice').toBe(1);
  });
});

describe('credentials that the server does not take', () => {
  it('PayMaster: PM-13', async () => {
    await begin({ paymaster: { settings: { token: 'another-token' } } });
    openPage('paymaster');
    choose('Проверить связь');
    await story.untilDialog('PM-13');
  });

  it('Assist: AS-38', async () => {
    await begin({ assist: { settings: { password: 'another' } } });
    openPage('assist');
    choose('Проверить связь');
    await story.untilDialog('AS-38');
  });

  it('О!плати without a token: DOM-107, and only the report is asked for', async () => {
    await begin();
    openPage('oplati');
    choose('Проверить связь');
    await answerDialog(
      story,
      'DOM-107',
      'Проверить связь',
      'Система О!плати не принимает запросы этой кассы: токен не получен',
    );
    expect(story.oplati.requests().map(({ method }) => method)).toEqual(['GET']);
    story.press('escape');
    choose('Получить токен');
    await story.untilDialog('OPL-31');
    story.press('enter');
    choose('Проверить связь');
    await answerDialog(story, 'DOM-105', 'Проверить связь', 'Система О!плати отвечает и принимает эту кассу');
  });
});

describe('what may be changed', () => {
  it('PayMaster prints its QR: the next payment waits with a slip instead of a picture', async () => {
    await begin();
    openPage('paymaster');
    choose('Печать на чековой ленте');
    await story.until('chosen', () => story.shows('[Печать на чековой ленте]'));
    expect(confText('paymaster')).toMatch(/^display = 0$/m);
    closeAll();
    story.goods('2').press('f6');
    payBySbp(story);
    await story.until('the slip is out', () => story.paper().includes('NFC'));
    await story.until('paid', () => story.shows('Сдача: 0.00'));
    story.press('f8');
  });

  it('PayMaster cannot wait for a plate that the shop has not', async () => {
    await begin();
    openPage('paymaster');
    choose('Только сообщение (табличка)');
    expect(story.row(24)).toMatch(/^ Не заполнен параметр stickerId в paymaster.conf/);
    expect(confText('paymaster')).toBe(`[Main]\n${COMMENT}\n`);
  });

  it('Assist gets a payment type for each of its means', async () => {
    await begin();
    openPage('assist');
    choose('Своя для каждого способа');
    await story.until('chosen', () => story.shows('[Своя для каждого способа]'));
    expect(isOffered('Ассист: Наличные')).toBe(true);
  });

  it('Assist takes no cash without a link where the shop forbids it', async () => {
    await begin();
    openPage('assist');
    choose('Наличные без связи');
    await story.until('off', () => story.screen.some((row) => /Наличные без связи.*\[Нет\]/.test(row)));
    closeAll();
    await assistOf(story).fault('refuse');
    story.goods('2').press('f6');
    await chooseMeans(story, 'Наличные');
    await story.untilDialog('AS-02');
    story.press('enter');
    await story.until('an end', () => story.till.state.ui.stack.length > 0);
    expect(story.dialog, story.picture()).not.toBe('AS-35');
  });
});

it('switched off while a payment of it is undecided: it is still asked about, and its money counts', async () => {
  await begin();
  story.goods('2').press('f6');
  paymasterOf(story).setBuyer('silent');
  await startSbp(story);
  await paymasterOf(story).fault('refuse');
  paymasterOf(story).setBuyer('pays');
  story.press('escape');
  await story.untilDialog('PM-06');
  story.press('enter');
  openPage('paymaster');
  choose('Работа с системой');
  await story.until('off', () => story.screen.some((row) => /Работа с системой .*\[Нет\]/.test(row)));
  closeAll();
  await paymasterOf(story).fault('none');
  await untilSettled(story);
  story.press('f8');
  expect(story.document, story.picture()).toBeNull();
  expect(story.otherChargedKopecks()).toBe(1530);
});

it('of a file that is wrong the page says where; nobody else than the administrator sees it', async () => {
  await begin();
  writeFileSync(join(pathsOf(story.root).paysystems, 'paymaster', 'paymaster.conf'), '[Main]\npoll = soon\n');
  await story.pass(2000);
  openPage('paymaster');
  expect(story.screen.join(' ')).toContain('Настройки: paymaster.conf, ошибка в параметре poll');
  choose('Проверить связь');
  await story.untilDialog('SYS-08');
  expect(boxOf(story)?.text).toContain('paymaster.conf');
});
