/** The scenarios of the SetSCO page, one by one: what the screen says at every step, and what PayMaster's books say then. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Story } from '../../story.ts';
import { boxOf, expectDialog, expectSubtotal, journalRows, payWith } from '../oplati/shop.ts';
import {
  beginAtSubtotal,
  CANCEL,
  cutNetwork,
  expectBooksAgree,
  expectClosed,
  expectCurrencies,
  expectNothingOwed,
  expectPaid,
  isPanelUp,
  ledger,
  mendNetwork,
  NO_LINK,
  PLATE,
  payBySbp,
  posts,
  seen,
  server,
  TITLE,
  UNKNOWN_RESULT,
  UNKNOWN_ROW,
  USE_LINK,
  WAIT,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

describe('paid as it should be', () => {
  it('display 0: please wait with a spinner, the QR on the slip, paid', async () => {
    story = await beginAtSubtotal({ conf: { display: 0 } });
    payBySbp(story);
    expectDialog(
      story,
      'PM-01',
      TITLE,
      expect.stringMatching(/^Пожалуйста, подождите {2}\S К оплате: 15\.30$/) as unknown as string,
    );
    await story.untilShows('QR-код напечатан на чеке');
    expect(boxOf(story)).toMatchObject({ title: TITLE, buttons: 'Отмена (ESC)' });
    expect(boxOf(story)?.text).toMatch(/^Пожалуйста, подождите {2}\S К оплате: 15\.30 {3}Осталось: \d+ с$/);
    expect(story.row(23)).toMatch(/К оплате: 15\.30$/);
    await expectPaid(story);
    expect(ledger(story)).toEqual(['payment 15.30 Settled']);
    expect(posts(story)).toBe(1);
  });

  it('display 1: the QR on the screen under its caption, paid', async () => {
    story = await beginAtSubtotal();
    payBySbp(story);
    expect(story.dialog).toBe('PM-01');
    expect(story.shows(WAIT)).toBe(true);
    await story.until('the QR', () => isPanelUp(story));
    expect(story.shows('Для оплаты используйте NFC или')).toBe(true);
    expect(story.shows('отсканируйте QR-код')).toBe(true);
    expect(story.shows('К оплате: 15.30')).toBe(true);
    expect(story.screen.some((row) => /Осталось: \d+ с/.test(row))).toBe(true);
    await expectPaid(story);
    expect(ledger(story)).toEqual(['payment 15.30 Settled']);
  });

  it('display 2: the message about the sticker or the NFC tag, paid', async () => {
    story = await beginAtSubtotal({ conf: PLATE });
    payBySbp(story);
    await story.untilDialog('PM-02');
    expect(boxOf(story)?.title).toBe(TITLE);
    expect(boxOf(story)?.text).toMatch(new RegExp(`^${USE_LINK} К оплате: 15\\.30 {3}Осталось: \\d+ с$`));
    await expectPaid(story);
    expect(server(story).ledger()).toMatchObject([{ status: 'Settled', stickerId: 'stk-test-1', sumKopecks: 1530 }]);
  });

  it('mixed: a part by other means first, then СБП for the rest', async () => {
    story = await beginAtSubtotal();
    payWith(story, 1, '10');
    expect(journalRows(story)).toEqual(['Руб | 10.00']);
    payBySbp(story);
    await story.until('the QR', () => isPanelUp(story));
    expect(story.shows('К оплате: 5.30')).toBe(true);
    await story.until('paid', () => /Сдача: 0\.00$/.test(story.row(23)));
    expect(journalRows(story)).toEqual(['Руб | 10.00', `${TITLE} | 5.30`]);
    expectClosed(story, 530);
    expect(ledger(story)).toEqual(['payment 5.30 Settled']);
  });

  it('a part by СБП, the rest by О!плати', async () => {
    story = await beginAtSubtotal();
    payBySbp(story, '10');
    await story.until('the part', () => journalRows(story)[0] === `${TITLE} | 10.00`);
    expectSubtotal(story, '5.30');
    expect(story.document?.payments[0]).toMatchObject({ amountKopecks: 1000, state: 'approved' });
    payWith(story, 7);
    await story.until('paid', () => /Сдача: 0\.00$/.test(story.row(23)));
    expect(journalRows(story)).toEqual([`${TITLE} | 10.00`, 'О!плати | 5.30']);
    expectClosed(story, 1000);
    expect(story.chargedKopecks()).toBe(530);
  });
});

describe('the network is cut while the buyer pays', () => {
  /** The QR stands, the network goes, the buyer pays at 20 s, PM-03 comes after 120 s. */
  async function cutWhileBuyerPays(conf: Record<string, unknown>, pays = true): Promise<void> {
    story = await beginAtSubtotal({ conf });
    server(story).setBuyer(pays ? 'pays' : 'silent', pays ? { delayMs: 20_000 } : {});
    payBySbp(story);
    await story.until('the buyer may pay', () => story.till.state.attempts[0]?.state === 'pending');
    await story.pass(6_000);
    await cutNetwork(story);
    const postedAtMs = story.clock.now();
    await story.untilDialog('PM-03');
    expectDialog(story, 'PM-03', 'Ошибка', NO_LINK);
    expect(boxOf(story)?.buttons).toBe('Повторить (Enter)  Отменить (ESC)');
    expect(story.row(24)).toMatch(/Нет связи: PayMaster$/);
    expect(story.clock.now() - postedAtMs).toBeGreaterThanOrEqual(110_000);
    expect(story.otherChargedKopecks()).toBe(pays ? 1530 : 0);
    expectBooksAgree(story);
  }

  it.each([
    ['0', { display: 0 }],
    ['1', {}],
    ['2', PLATE],
  ])('display %s, Повторить: polled on, the link is back, paid once', async (_display, conf) => {
    await cutWhileBuyerPays(conf);
    story.press('enter');
    await story.pass(30_000);
    expect(story.dialog).not.toBe('PM-03');
    await mendNetwork(story);
    await expectPaid(story);
    expect(posts(story)).toBe(1);
    expect(seen(story, 'PUT', 'cancel')).toBe(0);
  });

  it('Повторить, and the link stays away: PM-06 at the end of the bill, undecided; paid when it is back', async () => {
    await cutWhileBuyerPays({ display: 0 });
    story.press('enter');
    await story.untilDialog('PM-06');
    expectDialog(story, 'PM-06', 'Ошибка', UNKNOWN_RESULT);
    story.press('enter');
    expectSubtotal(story, '15.30');
    expect(journalRows(story)).toEqual([UNKNOWN_ROW]);
    expectBooksAgree(story);
    await mendNetwork(story);
    await expectPaid(story);
    expect(posts(story)).toBe(1);
  });

  it('Отменить with the network back, nobody paid: one cancel, the payment types again', async () => {
    await cutWhileBuyerPays({ display: 0 }, false);
    await mendNetwork(story);
    story.press('escape');
    await expectCurrencies(story);
    expectNothingOwed(story);
    expect(seen(story, 'PUT', 'cancel')).toBe(1);
    expect(ledger(story)).toEqual(['payment 15.30 Cancelled']);
  });

  it('Отменить, but the buyer had paid: PM-22, the payment is taken', async () => {
    await cutWhileBuyerPays({ display: 0 });
    await mendNetwork(story);
    story.press('escape');
    await story.untilDialog('PM-22');
    expectDialog(story, 'PM-22', 'Предупреждение', 'Оплата уже выполнена. Отмена не требуется');
    story.press('enter');
    await expectPaid(story);
    expect(seen(story, 'PUT', 'cancel')).toBe(1);
  });

  it('Отменить without a link: PM-04, then PM-06; the payment is attached when the link is back', async () => {
    await cutWhileBuyerPays({ display: 0 });
    story.press('escape');
    await story.untilDialog('PM-04');
    await story.untilDialog('PM-06');
    expectDialog(story, 'PM-06', 'Ошибка', UNKNOWN_RESULT);
    story.press('enter');
    expect(journalRows(story)).toEqual([UNKNOWN_ROW]);
    await mendNetwork(story);
    await expectPaid(story);
    expect(posts(story)).toBe(1);
  });

  it('the register is restarted meanwhile; link back: paid, attached, closed, no second charge', async () => {
    await cutWhileBuyerPays({ display: 0 });
    await story.restart();
    expect(story.dialog).toBe('SYS-09');
    story.press('enter');
    expectBooksAgree(story);
    await mendNetwork(story);
    await story.until('attached', () => journalRows(story)[0] === `${TITLE} | 15.30` && story.dialog !== 'PM-03');
    expectClosed(story);
    expect(posts(story)).toBe(1);
  });

  it('the answer to the one cancel is lost: no second one, the state decides', async () => {
    await cutWhileBuyerPays({ display: 0 }, false);
    await mendNetwork(story);
    await server(story).fault('drop-reply', 1, CANCEL);
    story.press('escape');
    await expectCurrencies(story);
    expectNothingOwed(story);
    expect(seen(story, 'PUT', 'cancel')).toBe(1);
  });
});
