/** Картридер: from the search to the first payment and its slip (SCR-44). */
import { afterEach, describe, expect, it } from 'vitest';
import type { Story } from '../../story.ts';
import { expectDialog, expectSubtotal, journalRows } from '../oplati/shop.ts';
import { type MemoryReader, READER_NAME } from './reader-in-memory.ts';
import {
  beginWithReader,
  chooseMeans,
  closeResult,
  connectReader,
  expectBooks,
  readerDisplay,
  readerLog,
  resultOf,
  serverOf,
} from './shop.ts';

let story: Story;
let reader: MemoryReader;
afterEach(() => story.end());

const ROW = 'Ассист, картридер | 15.30';
const PRESENT = 'Пожалуйста, вставьте/прокатайте/приложите карту.';

async function begin(...[options, ...goods]: Parameters<typeof beginWithReader>): Promise<void> {
  ({ story, reader } = await beginWithReader(options, ...goods));
}

/** A register that has used the reader before. */
async function beginConnected(...args: Parameters<typeof begin>): Promise<void> {
  await begin(...args);
  await connectReader(story);
  await closeResult(story, 'AS-04', 'Оплачен');
  story
    .press('f8')
    .goods(...(args.length > 1 ? (args.slice(1) as string[]) : ['2']))
    .press('f6');
}

describe('the connection (SCR-44)', () => {
  it('AS-08, AS-09, AS-10, then the payment at once: chip with a PIN up to AS-04 and its slip', async () => {
    await begin();
    await chooseMeans(story, 'Картридер');
    await story.untilDialog('AS-08');
    expect(story.row(4)).toMatch(/^ ЗАКАЗ +15\.30$/);
    expect(story.shows('Поиск картридеров поблизости...')).toBe(true);
    await story.untilDialog('AS-09');
    expectDialog(story, 'AS-09', 'Картридер', `Найден картридер ${READER_NAME}. Хотите подключиться?`);
    expect(story.shows('Подключиться (Enter)') && story.shows('Повторить поиск (F2)'), story.picture()).toBe(true);
    story.press('f2');
    await story.untilDialog('AS-08');
    await story.untilDialog('AS-09');
    story.press('enter');
    await story.untilDialog('AS-10');
    expect(story.shows(`Подключение картридера ${READER_NAME}...`), story.picture()).toBe(true);
    await story.untilDialog('AS-14');
    expect(story.row(4)).toMatch(/^ ПРОВЕДЕНИЕ ПЛАТЕЖА +15\.30$/);
    await story.until('the reader is ready', () => readerLog(story)[0] === PRESENT);
    expect(readerLog(story)).toEqual([PRESENT]);
    expect(readerDisplay(story)).toEqual(['Present card.']);
    expect(story.shows('Номер заказа: 20230822_171405_000')).toBe(true);
    await story.untilDialog('AS-30');
    expect(readerLog(story)).toEqual([PRESENT, 'Вставлена чиповая карта.']);
    await story.untilDialog('AS-19');
    expect(readerLog(story)[2]).toBe('Введите PIN-код на картридере');
    expect(readerDisplay(story)).toEqual(['ENTER PIN:', '****']);
    await story.untilDialog('AS-17');
    expect(readerLog(story)[2]).toBe('Пожалуйста, подождите...');
    expect(readerDisplay(story)).toEqual(['Processing.', 'Please wait.']);
    await story.untilDialog('AS-18');
    expect(readerLog(story)[3]).toBe('Операция одобрена. Предложите покупателю забрать карту');
    expect(readerDisplay(story)).toEqual(['TRANSACTION APPROVED', 'PLEASE REMOVE CARD']);
    await story.untilDialog('AS-04');
    expect(resultOf(story, 'Способ оплаты:')).toBe('КАРТА');
    story.press('f8');
    await story.until('slip', () => story.paper().includes('Код авторизации'));
    for (const text of ['ОПЛАЧЕН', '4111****1111', 'RRN', 'AS000', '20230822_171405_000'])
      expect(story.paper()).toContain(text);
    await closeResult(story, 'AS-04', 'Оплачен');
    expect(journalRows(story)).toEqual([ROW]);
    story.press('f8');
    expect(story.otherChargedKopecks()).toBe(1530);
    expectBooks(story);
  });

  it('AS-10 F2 chooses another: searched again', async () => {
    await begin();
    await connectReader(story);
    await story.untilDialog('AS-10');
    expect(story.shows('Выбрать другой (F2)'), story.picture()).toBe(true);
    story.press('f2');
    await story.untilDialog('AS-08');
    await story.untilDialog('AS-09');
    story.press('enter');
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('AS-11 none found: again by Ввод, Esc goes back to the order; nothing was sent', async () => {
    await begin();
    reader.play('not-found');
    await chooseMeans(story, 'Картридер');
    await story.untilDialog('AS-11');
    expectDialog(story, 'AS-11', 'Предупреждение', 'Картридеры поблизости не найдены.');
    story.press('enter');
    await story.untilDialog('AS-08');
    await story.untilDialog('AS-11');
    story.press('escape');
    await story.untilDialog('AS-01');
    story.press('escape');
    expectSubtotal(story, '15.30');
    expect(serverOf(story).requests()).toEqual([]);
  });

  it('a cable that is not there is no reader either; plugged in, it is found', async () => {
    await begin();
    reader.pullCable();
    await chooseMeans(story, 'Картридер');
    await story.untilDialog('AS-11');
    reader.plugIn();
    story.press('enter');
    await story.untilDialog('AS-09');
    story.press('escape');
    await story.untilDialog('AS-01');
  });

  it.each([['AS-08'], ['AS-09'], ['AS-10']])('Esc in %s goes back to the order', async (number) => {
    await begin();
    await chooseMeans(story, 'Картридер');
    await story.untilDialog('AS-08');
    if (number !== 'AS-08') await story.untilDialog('AS-09');
    if (number === 'AS-10') await story.press('enter').untilDialog('AS-10');
    story.press('escape');
    await story.untilDialog('AS-01');
    await connectReader(story);
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('AS-12 old firmware: updated, then the payment goes on; Esc goes back', async () => {
    await begin();
    reader.play('firmware-old');
    await connectReader(story);
    await story.untilDialog('AS-12');
    expectDialog(story, 'AS-12', 'Предупреждение', 'Необходимо обновить прошивку картридера');
    story.press('escape');
    await story.untilDialog('AS-01');
    await chooseMeans(story, 'Картридер');
    await story.until('search or firmware', () => story.dialog === 'AS-09' || story.dialog === 'AS-12');
    if (story.dialog === 'AS-09') story.press('enter');
    await story.untilDialog('AS-12');
    story.press('enter');
    await story.untilShows('Обновление прошивки картридера: 50 %');
    await story.untilDialog('AS-14');
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('AS-07: the last one is connected by itself, also after a restart', async () => {
    await beginConnected();
    await story.restart();
    story.press('enter');
    await chooseMeans(story, 'Картридер');
    await story.untilDialog('AS-07');
    await story.until('its name', () => story.shows(READER_NAME));
    expect(story.screen.join(' ').replace(/[│\s]+/g, ' ')).toContain(
      `Соединение с последним подключённым картридером ${READER_NAME}...`,
    );
    await story.untilDialog('AS-14');
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('AS-07: the last one is not there: searched, none found', async () => {
    await beginConnected();
    reader.play('not-found');
    await chooseMeans(story, 'Картридер');
    await story.untilDialog('AS-07');
    await story.untilDialog('AS-11');
  });
});
