/** The token of О!плати (domain.md 5.2): where it comes from, what its loss looks like, and the documented ways out. */
import { existsSync, rmSync, statSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { readToken } from '../../../../src/settings/token-conf.ts';
import { oplatiFiles } from '../../../oplati-files.ts';
import {
  cancelPayment,
  closeReturn,
  expectBooks,
  giveBackAgain,
  NO_CONNECTION,
  operations,
  QUEUED,
  sell,
  takePayments,
  untilPaid,
  untilSettled,
} from '../../returns/counter.ts';
import type { Story } from '../../story.ts';
import { beginByConf, EXISTS, NEEDS_NEW, REG_NUM } from './engineer.ts';
import { answerDialog, expectSubtotal, payWith } from './shop.ts';

let story: Story;
afterEach(() => story.end());

const begin = async (...options: Parameters<typeof beginByConf>) => {
  story = await beginByConf(...options);
};

const storedToken = () => readToken(oplatiFiles(story.root).token);

describe('the token', () => {
  it('is asked for at the first payment, stored for nobody else to read, and never seen in a log', async () => {
    await begin('1');
    expect(existsSync(oplatiFiles(story.root).token)).toBe(false);
    await sell(story, ['2'], 'oplati');
    const { token: tokenConf } = oplatiFiles(story.root);
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
    rmSync(oplatiFiles(story.root).token);
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
    story.press('f9', 'enter', 'enter', 'enter');
    await answerDialog(story, 'OPL-04', 'Ошибка', NEEDS_NEW);
    expect(story.row(23)).toMatch(/К оплате: 15\.30$/);
    rmSync(oplatiFiles(story.root).token);
    await story.restart();
    story.press('enter', 'enter', 'enter');
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
    rmSync(oplatiFiles(story.root).token);
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
    rmSync(oplatiFiles(story.root).token);
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
    rmSync(oplatiFiles(story.root).token);
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
    rmSync(oplatiFiles(story.root).token);
    await story.restart();
    await story.oplati.fault('refuse');
    story.press('f9', 'type:1', 'enter', 'enter', 'enter');
    await answerDialog(story, 'OPL-01', 'Ошибка', NO_CONNECTION);
    expect(story.row(23)).toMatch(/К оплате: 50\.00$/);
    await story.oplati.fault('none');
    giveBackAgain(story);
    await closeReturn(story);
    expect(story.chargedKopecks()).toBe(0);
    expectBooks(story);
  });

  it('OPL-03 at a return: the server gives no token out; nothing is sent, the return stays unpaid', async () => {
    await begin('1');
    await sell(story, ['2'], 'oplati');
    rmSync(oplatiFiles(story.root).token);
    await story.restart();
    story.press('f9', 'enter', 'enter', 'enter');
    await answerDialog(story, 'OPL-03', 'Ошибка', EXISTS);
    expect(story.row(23)).toMatch(/К оплате: 15\.30$/);
    expect(operations(story)).toEqual(['1 15.30']);
    story.oplati.resetToken(REG_NUM);
    giveBackAgain(story);
    await closeReturn(story);
    expect(story.chargedKopecks()).toBe(0);
    expectBooks(story);
  });
});
