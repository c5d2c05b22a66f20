/** Nobody can say whether the buyer paid: PM-06, the list of unfinished payments, asked again, a restart in every stage. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Story } from '../../story.ts';
import { answerDialog, expectDialog, expectSubtotal, journalRows, openUnfinished, payWith } from '../oplati/shop.ts';
import {
  beginAtSubtotal,
  CREATE,
  cutNetwork,
  expectBooksAgree,
  expectClosed,
  expectPaid,
  ledger,
  mendNetwork,
  NO_LINK,
  NOT_CANCELLED,
  PLATE,
  payBySbp,
  posts,
  seen,
  server,
  startSbp,
  TITLE,
  UNKNOWN_RESULT,
  UNKNOWN_ROW,
  untilSettled,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

const undecided = (cannot: string) => `Оплата в состоянии "неизвестно". ${cannot} нельзя`;

/** The plate carries the amount, the link is lost, Esc, and no final state until the end of the bill: PM-06. */
async function loseTheLink(pays: boolean): Promise<void> {
  story = await beginAtSubtotal({ conf: { ...PLATE, billTtlMs: 60_000 }, emulator: { buyer: 'silent' } });
  await startSbp(story);
  await cutNetwork(story);
  if (pays) server(story).setBuyer('pays');
  story.press('escape');
  expect(story.dialog).toBe('PM-04');
  await answerDialog(story, 'PM-06', 'Ошибка', UNKNOWN_RESULT);
  expectSubtotal(story, '15.30');
  expect(journalRows(story)).toEqual([UNKNOWN_ROW]);
  expectBooksAgree(story);
}

describe('after PM-06', () => {
  it('nothing closes, annuls or pays the receipt meanwhile; found paid, it is attached by itself', async () => {
    await loseTheLink(true);
    story.press('f8');
    await answerDialog(story, 'DOM-38', 'Предупреждение', undecided('Закрыть чек или оплатить иначе'));
    payWith(story, 1);
    await answerDialog(story, 'DOM-38', 'Предупреждение', undecided('Закрыть чек или оплатить иначе'));
    story.press('f11');
    await answerDialog(story, 'DOM-38', 'Предупреждение', undecided('Аннулировать чек'));
    await mendNetwork(story);
    await story.untilShows(`${TITLE}: оплата подтверждена`);
    expectClosed(story);
    expect(posts(story)).toBe(1);
  });

  it('found unpaid: the row is gone, the sum is paid otherwise', async () => {
    await loseTheLink(false);
    // The other rows are those of PM-03 (SCR-39); the cashier waited for a link that nothing told her was down.
    expect(story.row(24)).toMatch(/Нет связи: PayMaster$/);
    await mendNetwork(story);
    await untilSettled(story);
    expectSubtotal(story, '15.30');
    expect(journalRows(story)).toEqual([]);
    expect(story.shows('Нет связи')).toBe(false);
    payWith(story, 1);
    expectClosed(story, 0);
  });

  it('stands in the list of unfinished payments, and is asked about from there', async () => {
    await loseTheLink(true);
    openUnfinished(story);
    expect(story.row(8)).toMatch(/^>22\.08\.23 17:14:\d\d PayMaster +ПРОДАЖА № 1 +15\.30 +неизвестно$/);
    await mendNetwork(story);
    story.press('enter');
    await untilSettled(story);
    story.press('escape', 'escape', 'escape');
    expectClosed(story);
  });

  it('chosen again without a link: PM-06 once more; with a link: one question, and it is attached', async () => {
    await loseTheLink(true);
    const before = posts(story);
    payBySbp(story);
    expect(story.dialog).toBe('PM-01');
    await answerDialog(story, 'PM-06', 'Ошибка', UNKNOWN_RESULT);
    expect(journalRows(story)).toEqual([UNKNOWN_ROW]);
    await mendNetwork(story);
    payBySbp(story);
    await story.until('attached', () => journalRows(story)[0] === `${TITLE} | 15.30` && story.dialog === null);
    expect(posts(story)).toBe(before);
    expectClosed(story);
  });

  it('chosen again, the bill is unpaid: proven, PM-08, and a new one may be made', async () => {
    await loseTheLink(false);
    await mendNetwork(story);
    payBySbp(story);
    await answerDialog(story, 'PM-08', 'Ошибка', 'Срок действия счета истек');
    expect(journalRows(story)).toEqual([]);
    server(story).setBuyer('pays');
    payBySbp(story);
    await expectPaid(story);
  });

  it('still open on a plate that lives long: the cancel is repeated only after a reading that shows it open', async () => {
    story = await beginAtSubtotal({ conf: { ...PLATE, billTtlMs: 60_000 }, emulator: { buyer: 'silent' } });
    await startSbp(story);
    server(story).payer('open');
    story.press('escape');
    await answerDialog(story, 'PM-12', 'Предупреждение', 'Покупатель уже начал оплату. Дождитесь результата');
    await answerDialog(story, 'PM-06', 'Ошибка', NOT_CANCELLED);
    expect(seen(story, 'PUT', '/cancel')).toBe(1);
    await story.pass(5 * 60_000);
    const calls = server(story)
      .requests()
      .map(({ method, path }) => `${method} ${path.replace(/^.*\/9\d+/, '')}`);
    expect(calls.filter((call) => call.startsWith('PUT')).length).toBeGreaterThan(1);
    for (const [index, call] of calls.entries()) {
      if (call.startsWith('PUT') && index > 2) expect(calls[index - 1], `call ${index}`).toMatch(/^GET/);
    }
    expect(journalRows(story)).toEqual([UNKNOWN_ROW]);
    server(story).payer('confirm');
    await untilSettled(story);
    expectClosed(story);
  });
});

describe('a decision by hand (DOM-90)', () => {
  it('Не оплачено, cash closes; the late success goes back by the queue', async () => {
    await loseTheLink(true);
    openUnfinished(story);
    story.press('f11');
    // It read `Оплата Оплата по QR-коду/NFC СБП 15.30`.
    expect(
      story.screen.some((row) => / Оплата PayMaster 15\.30\. /.test(row)),
      story.picture(),
    ).toBe(true);
    while (!story.screen.some((row) => row.includes('> Не оплачено'))) story.press('down');
    story.press('type:кабинет', 'enter', 'type:9999', 'enter');
    await story.until('the password is checked', () => !story.till.state.ui.busy);
    story.press('escape', 'escape', 'escape');
    expect(journalRows(story)).toEqual([]);
    payWith(story, 1);
    story.press('f8');
    expect(story.document).toBeNull();
    expect(story.otherChargedKopecks()).toBe(1530);
    await mendNetwork(story);
    await untilSettled(story);
    expect(story.otherChargedKopecks()).toBe(0);
    expect(ledger(story)).toEqual(['payment 15.30 Settled', 'refund 15.30 Success']);
    expectBooksAgree(story);
    expect(story.dialog).toBe('DOM-103');
    expect(
      story.screen.some((row) => row.includes('по оплате PayMaster 15.30')),
      story.picture(),
    ).toBe(true);
  });
});

describe('a restart', () => {
  const stages: [string, (story: Story) => Promise<unknown>][] = [
    ['the POST is on its way', (s) => s.until('posted', () => posts(s) === 1)],
    ['the link is shown', (s) => s.untilDialog('PM-02')],
    ['the bill is read', (s) => s.until('read', () => seen(s, 'GET', '/payments/') === 1)],
  ];

  it.each(stages)('while %s: the bill goes on, paid once', async (_stage, untilThere) => {
    story = await beginAtSubtotal({ conf: PLATE, emulator: { buyerDelayMs: 20_000 } });
    payBySbp(story);
    await untilThere(story);
    await story.restart();
    expect(story.dialog).toBe('SYS-09');
    story.press('enter');
    expectBooksAgree(story);
    await story.until('paid', () => journalRows(story)[0] === `${TITLE} | 15.30` && story.dialog === null);
    expectClosed(story);
    expect(posts(story)).toBe(1);
  });

  it('while the cancel is on its way: not sent again blindly, nothing owed', async () => {
    story = await beginAtSubtotal({ conf: PLATE, emulator: { buyer: 'silent' } });
    await startSbp(story);
    await server(story).fault('delay', 1, { path: '/cancel', method: 'PUT', ms: 5_000 });
    story.press('escape');
    await story.until('on its way', () => seen(story, 'PUT', '/cancel') === 1);
    await story.restart();
    story.press('enter');
    await untilSettled(story);
    expect(seen(story, 'PUT', '/cancel')).toBe(1);
    expect(ledger(story)).toEqual(['payment 15.30 Cancelled']);
    expectBooksAgree(story);
  });

  it('while PM-03 stands: it comes back by itself or the payment does', async () => {
    story = await beginAtSubtotal({ conf: PLATE, emulator: { buyer: 'silent' } });
    await startSbp(story);
    await cutNetwork(story);
    await story.untilDialog('PM-03');
    await story.restart();
    story.press('enter');
    expectDialog(story, 'PM-03', 'Ошибка', NO_LINK);
    server(story).setBuyer('pays');
    story.press('enter');
    await mendNetwork(story);
    await expectPaid(story);
  });

  it('after PM-06: SYS-09 names it, the background asks on, F8 closes', async () => {
    await loseTheLink(true);
    await story.restart();
    expect(story.dialog).toBe('SYS-09');
    expect(story.shows('Есть оплата в состоянии "неизвестно"')).toBe(true);
    story.press('enter');
    expect(journalRows(story)).toEqual([UNKNOWN_ROW]);
    await mendNetwork(story);
    await untilSettled(story);
    expectClosed(story);
  });

  it('while a bill is looked for: its link is read, printed, and paid', async () => {
    story = await beginAtSubtotal({ conf: { display: 0 }, emulator: { buyer: 'silent' } });
    await server(story).fault('drop-reply', 1, CREATE);
    // The list is on its way when the power goes.
    story.beforeSend = ({ method }) => (method === 'GET' ? new Promise(() => undefined) : undefined);
    payBySbp(story);
    await story.until('posted', () => posts(story) === 1);
    story.beforeSend = null;
    await story.restart();
    story.press('enter');
    await story.until('the link is read', () => seen(story, 'GET', '/payments/') > 0);
    server(story).setBuyer('pays');
    await untilSettled(story);
    expect(ledger(story)).toEqual(['payment 15.30 Settled']);
    expectBooksAgree(story);
  });
});
