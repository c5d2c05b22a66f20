/** What Assist took, and how: the rows, the papers and the books name the means, and cash is cash wherever it was taken. */
import { afterEach, expect, it, vi } from 'vitest';
import { runDocuments } from '../../../../src/cli/documents.ts';
import { askWhole, closeReturn, slipsOf, untilPaid, untilPrinted } from '../../returns/counter.ts';
import type { Story } from '../../story.ts';
import { boxOf, journalRows } from '../oplati/shop.ts';
import { beginShop, chooseMeans, closeResult, serverOf, startSbp, untilSettled } from './shop.ts';

let story: Story;
afterEach(() => story.end());

const roll = () => slipsOf(story).join(' ');

function documents(...switches: string[]): string[] {
  const written: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  runDocuments({ positionals: {}, switches: new Set(switches), texts: { root: story.root }, numbers: {} });
  write.mockRestore();
  return written;
}

async function payCounted(sum: string, received: string): Promise<void> {
  await chooseMeans(story, 'Наличные', sum);
  await story.untilDialog('AS-02');
  story.press(`type:${received}`, 'enter');
  await closeResult(story, 'AS-04', 'Оплачен');
}

// Incident: С Д А Ч А : 0.00, and the cashier who had gone past РЕЗУЛЬТАТ kept the buyer's 60.00.
it('cash of Assist gives change on the closing panel, the slip, in the log and the documents', async () => {
  story = await beginShop({}, '1');
  await payCounted('40', '100');
  expect(story.row(22)).toBe(' Получено: 40.00');
  expect(story.row(23)).toMatch(/К оплате: 10\.00$/);
  expect(journalRows(story)).toEqual(['Ассист, наличные | 40.00']);
  await startSbp(story, '10');
  await closeResult(story, 'AS-04', 'Оплачен');
  expect(journalRows(story)).toEqual(['Ассист, наличные | 40.00', 'Ассист, СБП | 10.00']);
  expect(story.row(22)).toBe(' Получено: 110.00');
  expect(story.row(23)).toMatch(/Сдача: 60\.00$/);
  story.press('f8');
  expect(story.shows('С Д А Ч А :   60.00'), story.picture()).toBe(true);
  await untilPrinted(story);
  expect(roll()).toContain('Ассист, наличные 100.00 Ассист, СБП 10.00 ПОЛУЧЕНО 110.00 СДАЧА 60.00');
  expect(story.log()).toContain('Наличные: получено 100.00, сдача 60.00, в ящик 40.00');
  const [sale] = documents('json').map((line) => JSON.parse(line));
  expect(sale).toMatchObject({ receivedKopecks: 11_000, changeKopecks: 6000, payOutKopecks: 0 });
  expect(sale.payments).toMatchObject([
    { name: 'Ассист, наличные', isCash: true, sumKopecks: 4000, changeKopecks: 6000 },
    { name: 'Ассист, СБП', isCash: false, sumKopecks: 1000, changeKopecks: 0 },
  ]);
  expect(documents()[0]).toContain('Ассист, наличные  40.00');
  expect(documents()[0]).toContain('Сдача  60.00');
});

it('what goes back of it is handed out, and DOM-102 names the means', async () => {
  story = await beginShop({}, '1');
  await payCounted('40', '100');
  await startSbp(story, '10');
  await closeResult(story, 'AS-04', 'Оплачен');
  story.press('f8');
  askWhole(story, 1);
  expect(story.dialog).toBe('DOM-102');
  expect(boxOf(story)?.text).toMatch(/1 +Ассист, СБП +10\.00 +2 +Ассист, наличные +40\.00/);
  story.press('enter');
  await untilPaid(story);
  expect(story.row(23)).toMatch(/ Выдать наличными: 40\.00$/);
  story.press('f8');
  expect(story.shows('Выдать наличными: 40.00')).toBe(true);
  await untilPrinted(story);
  expect(roll()).toContain('ВЫДАНО НАЛИЧНЫМИ 40.00');
  expect(story.log()).toContain('Наличные: выдано 40.00');
});

it('two equal payments are told apart by time and number: rows, OPL-25, DOM-102, the view of the receipt', async () => {
  story = await beginShop({}, '1');
  for (const rest of ['30', '20']) {
    await startSbp(story, rest === '30' ? '25' : undefined);
    await closeResult(story, 'AS-04', 'Оплачен');
    await story.pass(2000);
  }
  const numbers = serverOf(story)
    .ledger()
    .map(({ orderNumber }) => orderNumber);
  const time = (number: string) => number.replace(/^.*_(\d\d)(\d\d)(\d\d)_.*$/, '$1:$2:$3');
  const titles = numbers.map((number) => `${time(number)} № ${number}`);
  expect(journalRows(story)).toEqual(titles.map((title) => `Ассист, СБП ${title} | 25.00`));
  story.press('escape');
  expect(boxOf(story)?.text).toBe(`Отменить оплату? Ассист, СБП 25.00 ${titles[1]}`);
  story.press('up');
  expect(boxOf(story)?.text).toBe(`Отменить оплату? Ассист, СБП 25.00 ${titles[0]}`);
  story.press('escape', 'f8', 'f9', 'enter');
  for (const title of titles) expect(story.shows(`    ${title}`), story.picture()).toBe(true);
  story.press('enter');
  expect(story.dialog).toBe('DOM-102');
  expect(boxOf(story)?.text).toContain(`Ассист, СБП ${time(numbers[1] ?? '')}`);
  expect(boxOf(story)?.text).toContain(`№ ${numbers[1]}`);
  story.press('down');
  expect(boxOf(story)?.text).toContain(`№ ${numbers[0]}`);
  story.press('enter');
  await closeReturn(story);
  await untilSettled(story);
});
