/** `Сверка итогов по безналу` with Assist (SCR-30): no list is published, so every order of the shift is asked about. */
import { afterEach, expect, it } from 'vitest';
import { closeReturn, returnWhole } from '../../returns/counter.ts';
import type { Story } from '../../story.ts';
import { beginShop, closeResult, payCash, RESULT_PATH, serverOf, untilSettled, XPOS_PATH } from './shop.ts';

let story: Story;
afterEach(() => story.end());

const EQUAL = 'Сверка: расхождений нет';
const DIFFERENT = 'Сверка: есть расхождения';

/** The receipt that stands at its subtotal is paid in cash and closed. */
async function sellStanding(): Promise<void> {
  await payCash(story);
  await closeResult(story, 'AS-04', 'Оплачен');
  story.press('f8');
  expect(story.document, story.picture()).toBeNull();
}

async function sell(): Promise<void> {
  story.goods('2').press('f6');
  await sellStanding();
}

function openPage(): void {
  story.press('f10', 'type:12', 'enter', 'type:7', 'enter');
  expect(story.row(4), story.picture()).toBe(' Сверка итогов по безналу');
  story.press('down', 'enter');
}

function untilAnswered(): Promise<Story> {
  return story.until('the answer', () => !story.shows('сверяется'));
}

async function reconcile(): Promise<void> {
  openPage();
  await untilAnswered();
}

function figures(what: string): string {
  const row = story.screen.find((text) => text.includes(`Ассист: ${what}`)) ?? '';
  return row
    .replace(/^[> ]+/, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function questions(): number {
  return serverOf(story)
    .requests()
    .filter(({ path }) => path === RESULT_PATH.path).length;
}

it('equal: sales and a return; one question an order, whatever was done of it', async () => {
  story = await beginShop();
  await sellStanding();
  await sell();
  returnWhole(story, 1);
  await closeReturn(story);
  await untilSettled(story);
  const before = questions();
  await reconcile();
  expect(story.shows(EQUAL), story.picture()).toBe(true);
  expect(figures('оплаты')).toBe('Ассист: оплаты 2 30.60 2 30.60 0.00');
  expect(figures('отмены, возвраты')).toBe('Ассист: отмены, возвраты 1 15.30 1 15.30 0.00');
  expect(questions() - before).toBe(2);
});

it('more orders than one attempt takes: it tells how far it is, and Esc stops it', async () => {
  story = await beginShop();
  await sellStanding();
  for (let sale = 1; sale < 27; sale++) await sell();
  openPage();
  await story.until('the second part', () => story.row(24).includes('Ассист: проверено 26 из 27'));
  await untilAnswered();
  expect(figures('оплаты'), story.picture()).toBe('Ассист: оплаты 27 413.10 27 413.10 0.00');
  story.press('escape', 'escape', 'escape');
  openPage();
  await story.until('some of them', () => story.row(24).includes('Ассист: проверено 3 из 27'));
  const before = questions();
  story.press('escape');
  expect(story.shows('Ассист: сверка остановлена'), story.picture()).toBe(true);
  story.clock.advance(60_000);
  expect(questions()).toBe(before);
});

it('cash that the server has not been told of is «не передано»; Ввод delivers it', async () => {
  story = await beginShop();
  await serverOf(story).fault('http-500', 1000, XPOS_PATH);
  await payCash(story);
  await story.untilDialog('AS-35');
  story.press('enter');
  story.press('f8');
  await reconcile();
  expect(story.shows(DIFFERENT), story.picture()).toBe(true);
  expect(figures('оплаты')).toBe('Ассист: оплаты 1 15.30 0 0.00 15.30');
  expect(story.shows('на кассе: не передано   на сервере: нет данных'), story.picture()).toBe(true);
  await serverOf(story).fault('none');
  story.press('enter');
  await untilSettled(story);
  await untilAnswered();
  if (!story.shows(EQUAL)) {
    story.press('escape', 'escape', 'escape');
    await reconcile();
  }
  expect(story.shows(EQUAL), story.picture()).toBe(true);
});

it.each([
  ['Declined', 'разное состояние: проведена / отклонена'],
  ['In Process', 'разное состояние: проведена / ожидание'],
] as const)('an order that the server calls %s is a difference', async (state, words) => {
  story = await beginShop();
  await sellStanding();
  serverOf(story).showState(serverOf(story).ledger()[0]?.orderNumber ?? '', state);
  await reconcile();
  expect(story.shows(DIFFERENT), story.picture()).toBe(true);
  expect(story.shows(words), story.picture()).toBe(true);
});

it('an order that was not answered about leaves nothing compared, and the page says why', async () => {
  story = await beginShop();
  await sellStanding();
  await sell();
  await serverOf(story).fault('http-500', 100, RESULT_PATH);
  await reconcile();
  expect(story.dialog, story.picture()).toBe('DOM-119');
  story.press('enter');
  expect(story.shows('Причина: сервер ответил ошибкой 500'), story.picture()).toBe(true);
  expect(figures('оплаты')).toBe('');
  await serverOf(story).fault('none');
  story.press('enter');
  await untilAnswered();
  expect(story.shows(EQUAL), story.picture()).toBe(true);
});
