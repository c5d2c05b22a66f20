/** Faults in Assist's own words that answer a question, or a report in the background: settings are named, an answer is none. */
import { afterEach, expect, it } from 'vitest';
import type { Story } from '../../story.ts';
import {
  beginShop,
  bringToEnd,
  CREATE_PATH,
  chooseMeans,
  expectBooks,
  payCash,
  RESULT_PATH,
  readNotices,
  serverOf,
  startSbp,
  XPOS_PATH,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

const FORMS = { sbpMode: 'direct', cashMode: 'form' };
const NOT_ACCEPTED = 'сервер не принимает учетные данные кассы';

it('"no such order" with HTTP 400 is an answer: no word of an error in the log, nothing is told', async () => {
  story = await beginShop({ assist: { settings: FORMS, emulator: { absentOrder: 'fault' } } });
  await serverOf(story).fault('drop-request', 1, CREATE_PATH);
  await chooseMeans(story, 'СБП');
  await story.untilDialog('AS-21');
  expect(
    serverOf(story)
      .requests()
      .some(({ status }) => status === 400),
  ).toBe(true);
  expect(story.log()).not.toContain('ошибкой 400');
  expect(story.till.state.notices).toEqual([]);
});

it('a wrong password on the question: DOM-117 once, the cashier reads it and is free; put right, the order is found', async () => {
  story = await beginShop({ assist: { settings: FORMS } });
  await serverOf(story).fault('drop-reply', 1, CREATE_PATH);
  serverOf(story).refuse({ firstCode: 7, secondCode: 141, status: 401, times: 5, path: RESULT_PATH.path });
  await chooseMeans(story, 'СБП');
  await story.untilDialog('AS-23');
  expect(story.log()).toContain(
    'AS-23 Сервер не принимает учетные данные кассы (7/141). Прошла ли оплата, неизвестно: не берите деньги снова',
  );
  expect(story.shows('Нет связи'), story.picture()).toBe(false);
  expect(story.log().match(new RegExp(`ERROR +assist .*${NOT_ACCEPTED}`, 'g'))).toHaveLength(1);
  story.press('enter');
  expect(readNotices(story)).toContain(`Ассист: ${NOT_ACCEPTED}. Проверьте настройки системы`);
  await bringToEnd(story);
  expectBooks(story);
});

it('a report of cash that is refused for its password shuts the gate for cash (AS-39), until it is taken', async () => {
  story = await beginShop({ assist: { settings: FORMS } });
  await serverOf(story).fault('refuse');
  await payCash(story);
  await story.untilDialog('AS-35');
  story.press('enter', 'f8');
  serverOf(story).refuse({ firstCode: 7, secondCode: 141, status: 401, times: 1, path: XPOS_PATH.path });
  await serverOf(story).fault('none');
  await story.until('refused', () => story.log().includes(`запрос "cash": ${NOT_ACCEPTED}`));
  story.goods('2').press('f6');
  await chooseMeans(story, 'Наличные');
  await story.untilDialog('AS-39');
  story.press('enter');
  await story.until('delivered', () => story.till.state.attempts.length === 0);
  await payCash(story);
  await story.untilDialog('AS-04');
  await bringToEnd(story);
  expect(story.otherChargedKopecks()).toBe(2 * 1530);
  expectBooks(story);
});

it('a refused refund that names no reason is told in words', async () => {
  story = await beginShop({ assist: { settings: FORMS } });
  await startSbp(story);
  await story.untilDialog('AS-04');
  story.press('enter');
  serverOf(story).refuse({ firstCode: 10, secondCode: 100, message: '', times: 1, path: '/cancel/wscancel.cfm' });
  story.press('escape', 'enter');
  await story.untilDialog('AS-37');
  expect(story.shows('Ассист не знает'), story.picture()).toBe(true);
});
