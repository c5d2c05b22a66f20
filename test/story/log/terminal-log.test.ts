/** What support reads in `terminal.log` and `recording.jsonl` after an ordinary day (domain.md 9; dialogs.md). */
import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { pathsOf } from '../../../src/settings/paths.ts';
import { begin, buyerCode, startOplati } from '../payments/oplati/shop.ts';
import { Story } from '../story.ts';

let story: Story;
afterEach(async () => story.end());

/** `ERROR dialog  - ...`: the lines without their times. */
function lines(...loggers: string[]): string[] {
  return story
    .log()
    .split('\n')
    .map((line) => line.slice(24))
    .filter((line) => loggers.some((logger) => line.slice(6).startsWith(`${logger}  - `)));
}

// Incident: not one ever did.
it('a dialog stands in the log with its number, once', async () => {
  story = await Story.begin();
  story.scan('999');
  expect(story.dialog).toBe('DOM-10');
  await story.pass(5_000);
  expect(lines('dialog')).toEqual(['WARN  dialog  - Диалог сообщение: DOM-10 Товар со штрих-кодом "999" не найден']);
  story.press('enter').scan('998').press('enter').goods('1').press('f11');
  expect(story.dialog).toBe('DOM-41');
  story.press('escape').press('f11');
  expect(lines('dialog').slice(1)).toEqual([
    'WARN  dialog  - Диалог сообщение: DOM-10 Товар со штрих-кодом "998" не найден',
    'INFO  dialog  - Диалог сообщение: DOM-41 Аннулировать чек?',
    'INFO  dialog  - Диалог сообщение: DOM-41 Аннулировать чек?',
  ]);
});

it('an error and the prompts of a payment are told at their levels, without what is secret in them', async () => {
  story = await begin({ mode: 1, emulator: { tokens: { OPL000000002: 'token-of-the-shop' } } });
  story.goods('2').press('f6', 'f7', 'type:7', 'enter');
  await story.untilDialog('OPL-22');
  const prompt = lines('dialog').find((line) => line.includes('OPL-22'));
  expect(prompt).toBe(
    'INFO  dialog  - Диалог сообщение: OPL-22 Сообщите код подтверждения покупателю. Код подтверждения:',
  );
  const code = story.screen.flatMap((row) => /(?<!\d)(\d{4}) +│/.exec(row)?.[1] ?? []).at(-1) ?? '';
  expect(code, story.picture()).toMatch(/^\d{4}$/);
  expect(lines('oplati').some((line) => line.includes('"confirmCode":***'))).toBe(true);
  await story.till.stop();
  expect(readFileSync(pathsOf(story.root).recording, 'utf8')).not.toMatch(new RegExp(`confirmCode\\W+${code}`));
  await story.end();

  story = await begin({ mode: 2 });
  story.beforeSend = async () => story.oplati.close();
  story.goods('2').press('f6', 'f7', 'type:7', 'enter');
  await story.untilDialog('OPL-01');
  expect(lines('dialog').at(-1)).toBe('ERROR dialog  - Диалог сообщение: OPL-01 Ошибка соединения с сервером');
});

it('a loyalty card is not told whole, neither by the server nor by the question about it (domain.md 9)', async () => {
  const card = { cardNumber: '2900000000018', programName: 'Лояльность О!плати' };
  story = await begin({ mode: 2, emulator: { loyaltyCards: [card] } });
  story.goods('2').press('f5');
  await story.untilShows('Карта О!плати 2900000000018');
  story.press('ctrl+f5');
  expect(story.shows('Отменить карту 2900000000018?')).toBe(true);
  expect(lines('dialog').at(-1)).toBe('INFO  dialog  - Диалог сообщение: DOM-76 Отменить карту *0018?');
  expect(lines('oplati').some((line) => line.includes('"cardNumber":"***0018"'))).toBe(true);
  expect(story.log()).not.toContain('2900000000018');
});

it('a question names the payment as the screen does: it read `Российский рубль 10.00`', async () => {
  story = await Story.begin();
  story.goods('2').press('f6', 'type:10', 'enter', 'escape');
  expect(story.shows('Руб 10.00')).toBe(true);
  expect(lines('dialog').at(-1)).toBe('INFO  dialog  - Диалог сообщение: OPL-25 Отменить оплату? Руб 10.00');
});

it('log.compatLatinCoo writes the word as the modelled program does', async () => {
  story = await Story.begin({ settings: { log: { compatLatinCoo: true } } });
  story.scan('999');
  expect(lines('dialog')).toEqual(['WARN  dialog  - Диалог cooбщение: DOM-10 Товар со штрих-кодом "999" не найден']);
});

it('receipts, the cash of the drawer and the lock are told in plain lines', async () => {
  story = await Story.begin();
  story.goods('2').press('f6', 'type:20', 'enter', 'f8');
  story.goods('1').press('f11', 'enter');
  story.press('f12', 'type:1111', 'enter');
  await story.until('unlocked', () => !story.till.state.register.locked);
  expect(lines('businesslogic').filter((line) => !line.includes('Поиск'))).toEqual([
    'INFO  businesslogic  - Чек закрыт: ПРОДАЖА № 1, сумма 15.30; оплаты: Руб 20.00; сдача 4.70; кассир 1',
    'INFO  businesslogic  - Чек аннулирован: ПРОДАЖА № 2, сумма 50.00; кассир 1',
  ]);
  expect(lines('drawer')).toEqual(['INFO  drawer  - Наличные: получено 20.00, сдача 4.70, в ящик 15.30']);
  expect(lines('authentication')).toContain('INFO  authentication  - Блокировка: 1');
  expect(lines('authentication')).toContain('INFO  authentication  - Разблокировка: 1 Мастер');
});

it("a buyer's code scanned as goods is on no screen, in no log and in no recording", async () => {
  story = await begin({ mode: 0 });
  const code = buyerCode(7);
  const secret = code.slice(-20);
  story.scan(code);
  expect(story.dialog).toBe('DOM-10');
  expect(story.shows('o-plati://o-buyer/***')).toBe(true);
  expect(story.screen.join('')).not.toContain(secret.slice(-8));
  story.press('enter').goods('2').press('f6');
  await startOplati(story, 0, undefined, code);
  await story.until('paid', () => story.chargedKopecks() === 1530);
  await story.till.stop();
  const { terminalLog, recording } = pathsOf(story.root);
  const written = [terminalLog, recording].map((path) => readFileSync(path, 'utf8'));
  expect(written[0]).toContain('Поиск товара со штрих-кодом: o-plati://o-buyer/***');
  expect(written[1]).toContain('"code":"o-plati://o-buyer/***"');
  for (const text of written) expect(text).not.toContain(secret);
});
