/** `Сверка итогов по безналу` (SCR-30): the register's books against the server's, on the screen and on paper. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { pathsOf } from '../../../../src/settings/paths.ts';
import {
  cancelPayment,
  closeReturn,
  giveBackAgain,
  lastClosed,
  returnPart,
  returnWhole,
  sell,
  setReturned,
  takePayments,
  untilPaid,
  untilSettled,
} from '../../returns/counter.ts';
import type { Story } from '../../story.ts';
import { begin, boxOf } from './shop.ts';

let story: Story;
afterEach(() => story.end());

const HEADERS = { 'content-type': 'application/json', regNum: 'OPL000000002', token: 'token-of-the-shop' };
const EQUAL = 'Сверка: расхождений нет';
const DIFFERENT = 'Сверка: есть расхождения';

/** F10, `Смена`, `Сверка итогов по безналу`. */
async function reconcile(): Promise<void> {
  story.press('f10', 'type:12', 'enter', 'type:7', 'enter');
  expect(story.row(4), story.picture()).toBe(' Сверка итогов по безналу');
  await story.until('the answer', () => !story.shows('Сверка выполняется'));
}

/** `О!плати: оплаты 2 65.30 2 65.30 0.00` */
function figures(row: number): string {
  return story.row(row).replace(/^[> ]/, '').replace(/\s+/g, ' ').trim();
}

async function post(path: string, body: object): Promise<unknown> {
  const reply = await fetch(`${story.oplati.url}${path}`, {
    method: 'POST',
    headers: HEADERS,
    body: JSON.stringify(body),
  });
  expect(reply.status).toBe(200);
  return reply.json();
}

const receipt = (sum: number) => ({
  receiptNumber: '1',
  regNum: '',
  items: [{ type: 1, name: 'x', cost: sum }],
  amountTotal: sum,
});

/** A sale made past the register, by whoever has its token. */
async function sellBehindTheRegister(sum: number): Promise<void> {
  const { sessionId } = (await post('/pos/demandPayment', { paymentMode: 3 })) as { sessionId: number };
  story.oplati.scan();
  const shift = story.oplati.ledger()[0]?.shift ?? '22082023';
  await post('/pos/payments', { sum, orderNumber: 'stranger-1', sessionId, shift, details: receipt(sum) });
}

/** The report that the register gets, changed on its way. */
async function withReport(change: (rows: Record<string, unknown>[]) => unknown[]): Promise<void> {
  const { port } = new URL(story.oplati.url);
  const real = globalThis.fetch;
  const shift = story.oplati.ledger()[0]?.shift ?? '';
  const rows = (await (
    await real(`http://127.0.0.1:${port}/ms-pay/pos/paymentReports?shift=${shift}`, { headers: HEADERS })
  ).json()) as Record<string, unknown>[];
  report = JSON.stringify(change(rows));
}
let report: string | null = null;

/** A register whose report may be replaced by the story. */
async function beginWithReport(): Promise<void> {
  report = null;
  story = await begin({
    till: {
      send: async (request) => {
        if (report !== null && request.url.includes('/paymentReports')) {
          return { reply: { tag: request.tag, status: 200, body: report } };
        }
        return story.send(request);
      },
    },
  });
}

describe('reconciliation', () => {
  it('equal: sales, declined payments, a cancel, whole and partial returns, the cancel of a return', async () => {
    story = await begin();
    await sell(story, ['1', '2'], 'oplati 10', 'cash');
    await sell(story, ['2'], 'oplati');
    story.oplati.setBuyer('declines');
    story.goods('3').press('f6', 'f7', 'type:7', 'enter');
    await story.untilDialog('OPL-05');
    story.oplati.setBuyer('pays');
    story.press('enter');
    await takePayments(story, ['oplati']);
    cancelPayment(story, 'Отменить оплату? О!плати 70.90');
    await untilSettled(story);
    story.press('f8');
    returnPart(story, 1);
    setReturned(story, 1, '0');
    story.press('f6', 'enter');
    await closeReturn(story);
    returnWhole(story, 2);
    await untilPaid(story);
    cancelPayment(story, 'Отменить оплату? О!плати 15.30');
    await untilSettled(story);
    giveBackAgain(story);
    await closeReturn(story);
    expect(lastClosed(story).type).toBe('returnBySale');
    await reconcile();
    expect(story.shows(EQUAL), story.picture()).toBe(true);
    const ledger = story.oplati.ledger().filter(({ status }) => status === 1);
    const side = (type: number) => {
      const rows = ledger.filter(({ paymentType }) => paymentType === type);
      const sum = (rows.reduce((all, { sumKopecks }) => all + sumKopecks, 0) / 100).toFixed(2);
      return `${rows.length} ${sum} ${rows.length} ${sum} 0.00`;
    };
    expect(figures(8)).toBe(`О!плати: оплаты ${side(1)}`);
    expect(figures(9)).toBe(`О!плати: отмены, возвраты ${side(3)}`);
    story.press('f8');
    await story.until('on paper', () => story.paper().includes(EQUAL));
  });

  it('an empty shift is equal', async () => {
    story = await begin();
    await reconcile();
    expect(story.shows(EQUAL)).toBe(true);
    expect(figures(8)).toBe('О!плати: оплаты 0 0.00 0 0.00 0.00');
  });

  it('no link: said so, nothing is compared; the page may be left and asked for again', async () => {
    story = await begin();
    await sell(story, ['2'], 'oplati');
    await story.oplati.fault('refuse');
    await reconcile();
    if (story.dialog !== null) story.press('enter');
    expect(story.shows('Сверка: нет связи')).toBe(true);
    story.press('f8');
    expect(story.row(24)).toMatch(/Клавиша недоступна: нет данных сверки/);
    await story.oplati.fault('none');
    story.press('escape', 'escape', 'escape');
    await reconcile();
    expect(story.shows(EQUAL)).toBe(true);
  });

  it('the server has a sale that the register does not know', async () => {
    story = await begin();
    await sell(story, ['2'], 'oplati');
    await sellBehindTheRegister(121.9);
    await reconcile();
    expect(story.shows(DIFFERENT)).toBe(true);
    expect(figures(8)).toBe('О!плати: оплаты 1 15.30 2 137.20 -121.90');
    expect(story.row(15)).toMatch(/stranger-1 {3}121\.90 {3}на кассе: нет данных {3}на сервере: /);
    story.press('enter');
    expect(story.row(24)).toMatch(/Клавиша недоступна: нечего запрашивать/);
    story.press('f8');
    await story.until('on paper', () => story.paper().includes(DIFFERENT));
    expect(story.paper()).toContain('на кассе: нет данных');
    expect(story.paper()).toContain('121.90');
  });

  it('a shift of thousands of operations: all are compared, and the journal has none of them', async () => {
    story = await begin();
    await sell(story, ['2'], 'oplati');
    const shift = story.oplati.ledger()[0]?.shift ?? '';
    story.oplati.seed({ count: 3000, reversals: 5, prefix: 'stranger-', sumKopecks: 100 }, HEADERS.regNum, shift);
    await reconcile();
    expect(figures(8)).toBe('О!плати: оплаты 1 15.30 3001 3015.30 -3000.00');
    expect(figures(9)).toBe('О!плати: отмены, возвраты 0 0.00 5 5.00 -5.00');
    const journal = new BetterSqlite3(pathsOf(story.root).journal, { readonly: true });
    const longest = journal.prepare('SELECT max(length(body)) FROM attempts').pluck().get();
    journal.close();
    expect(longest).toBeLessThan(4000);
  });

  // Incident: only the log had it.
  it('a broken oplat.xml is told with its line and column, and the built-in one prints', async () => {
    story = await begin({
      prepare(root) {
        mkdirSync(pathsOf(root).reports, { recursive: true });
        writeFileSync(join(pathsOf(root).reports, 'oplat.xml'), '<report>\n  <text>A</txt>\n</report>');
      },
    });
    await reconcile();
    story.press('f8');
    await story.untilDialog('SYS-08');
    const text = boxOf(story)?.text ?? '';
    expect(text).toMatch(/^Ошибка настройки: oplat\.xml, строка 2: столбец 12: ожидается <\/text>, а здесь <\/txt>$/);
    story.press('enter');
    await story.until('on paper', () => story.paper().includes('СВЕРКА ИТОГОВ ПО БЕЗНАЛУ'));
  });

  it('one operation missing on each side and one wrong sum, on the screen and on paper', async () => {
    await beginWithReport();
    await sell(story, ['1'], 'oplati');
    await sell(story, ['2'], 'oplati');
    await sell(story, ['3'], 'oplati');
    await sellBehindTheRegister(8.08);
    await withReport(([_lost, wrong, ...rest]) => [{ ...wrong, sum: 1.53 }, ...rest]);
    await reconcile();
    expect(story.shows(DIFFERENT)).toBe(true);
    expect(figures(8)).toBe('О!плати: оплаты 3 136.20 3 80.51 55.69');
    const lines = [15, 16, 17].map((row) => story.row(row).trim());
    expect(lines.find((line) => line.startsWith('ПРОДАЖА № 1 '))).toMatch(
      /50\.00 {3}на кассе: .* {3}на сервере: нет данных/,
    );
    expect(lines.find((line) => line.startsWith('ПРОДАЖА № 2 '))).toMatch(/разная сумма: 15\.30 \/ 1\.53/);
    expect(lines.find((line) => line.startsWith('stranger-1 '))).toMatch(/8\.08 {3}на кассе: нет данных/);
    story.press('f8');
    await story.until('on paper', () => story.paper().includes(DIFFERENT));
    for (const words of ['ПРОДАЖА № 1', 'на сервере: нет данных', 'разная сумма', 'на кассе: нет данных']) {
      expect(story.paper()).toContain(words);
    }
  });

  it('a reversal that the server lost stands under `отмены, возвраты`; Down shows it', async () => {
    await beginWithReport();
    await sell(story, ['2'], 'oplati');
    returnWhole(story, 1);
    await closeReturn(story);
    await withReport((rows) => rows.filter(({ paymentType }) => paymentType === 1));
    await reconcile();
    expect(story.shows(DIFFERENT)).toBe(true);
    expect(figures(8)).toBe('О!плати: оплаты 1 15.30 1 15.30 0.00');
    expect(figures(9)).toBe('О!плати: отмены, возвраты 1 15.30 0 0.00 15.30');
    story.press('down');
    expect(story.row(15)).toMatch(/ВОЗВРАТ ПО ЧЕКУ № 2 {3}15\.30 {3}на кассе: .*на сервере: нет данных/);
    // The server has found it again: Ввод asked nobody about what is decided here, and the difference stood for ever.
    await withReport((rows) => rows);
    story.press('enter');
    await story.until('the answer', () => story.shows(EQUAL));
    expect(story.row(9)).toMatch(/^>О!плати: отмены, возвраты +1 +15\.30 +1 +15\.30 +0\.00$/);
  });

  it('a payment that is still unknown here and made there reads as a different state; Ввод asks and settles it', async () => {
    story = await begin();
    story.goods('2').press('f6');
    await story.oplati.fault('drop-reply', 1, { path: '/pos/payments', method: 'POST' });
    await story.oplati.fault('http-500', 3, { path: '/paymentReports' });
    story.press('f7', 'type:7', 'enter');
    await story.untilDialog('OPL-16');
    story.press('escape');
    expect(story.till.state.attempts).toHaveLength(1);
    await reconcile();
    if (story.till.state.attempts.length > 0) {
      expect(story.shows(DIFFERENT), story.picture()).toBe(true);
      expect(story.row(15)).toMatch(/разное состояние/);
      story.press('enter');
    }
    await untilSettled(story);
    story.press('escape', 'escape', 'escape');
    await untilPaid(story);
    story.press('f8');
    await reconcile();
    expect(story.shows(EQUAL)).toBe(true);
  });
});
