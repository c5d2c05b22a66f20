import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runDocuments } from '../../../src/cli/documents.ts';
import { runPreview } from '../../../src/cli/preview.ts';
import { emptyWrite, Journal } from '../../../src/journal/journal.ts';
import type { Attempt } from '../../../src/payments/attempt.ts';
import { removeFolder } from '../../remove-folder.ts';
import { Shop } from '../journal/shop.ts';
import { goods, oplati, ruble } from '../register/fixtures.ts';

let root: string;
let journal: Journal;
let shop: Shop;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kassa-documents-'));
  journal = Journal.open(join(root, 'cash/data/journal.db'));
  shop = new Shop(journal);
});
afterEach(() => {
  journal.close();
  removeFolder(root);
});

/** The journal stays open for writing meanwhile, as beside a running register. */
function documents(...switches: string[]): string[] {
  const written: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  try {
    expect(runDocuments({ positionals: {}, switches: new Set(switches), texts: { root }, numbers: {} })).toBe(0);
  } finally {
    write.mockRestore();
  }
  return written;
}

const json = () => documents('json').map((line) => JSON.parse(line));

describe('kassa documents', () => {
  // Incident: closed ones stood at "subtotal", annulled ones at "goods".
  it('names a stage for the open document only', () => {
    shop.sell([1]);
    shop.register.add(goods());
    shop.annul();
    const { register } = shop;
    register.add(goods());
    journal.append({ ...emptyWrite(), snapshot: register.state });
    expect(json().map(({ status, stage }) => [status, stage])).toEqual([
      ['closed', undefined],
      ['annulled', undefined],
      ['open', 'goods'],
    ]);
  });

  it('shows a line as it was scanned: the separators of a marking code are there', () => {
    const raw = ']d20104810000000018215abc\x1d93wxyz';
    shop.register.done({
      ...{ do: 'addLine', goods: goods(), entry: 'scan', enteredCode: raw },
      ...{ quantityThousandths: null, priceKopecks: null },
    });
    shop.register.done({ do: 'enterSubtotal' });
    shop.register.pay('cash', ruble, 5000);
    shop.close();
    expect(json()[0].lines).toMatchObject([{ entry: 'scan', enteredCode: raw }]);
  });

  // Incident: of two returns nobody could tell whose they were.
  it('names the sale that a return goes against', () => {
    const sale = shop.sell([2]);
    shop.sell([1]);
    shop.takeBack(sale, [1]);
    const source = { documentId: sale.documentId, number: 1 };
    expect(json().map((document) => [document.type, document.source])).toEqual([
      ['sale', null],
      ['sale', null],
      ['returnBySale', source],
    ]);
    expect(documents().at(-1)).toMatch(/^№ 3 {2}returnBySale {2}чек № 1 {2}closed /);
    expect(json()[0]).toMatchObject({ discount: '0.00', discountKopecks: 0, lines: [{ discountKopecks: 0 }] });
  });

  // Incident: it told UTC, and a complaint was looked for three hours away from the slip.
  it("tells the time of the shop's clock with its offset", () => {
    const settings = join(root, 'cash/conf/kassa.json');
    mkdirSync(dirname(settings), { recursive: true });
    writeFileSync(settings, '{"utcOffsetMinutes": -210}');
    const sale = shop.sell([1]);
    const shown = new Date(sale.closedAt - 210 * 60_000).toISOString().replace('Z', '-03:30');
    expect(json()[0].closedAt).toBe(shown);
    expect(Date.parse(json()[0].openedAt)).toBe(sale.openedAt);
    expect(documents()[0]).toContain(`closed  ${shown}  `);
    writeFileSync(settings, '{"utcOffsetMinutes": "east"');
    expect(Date.parse(json()[0].closedAt)).toBe(sale.closedAt);
  });

  // Incident: it stood as cancelQueued for ever.
  it('tells of a cancel that was done after the receipt had been closed', async () => {
    const documentId = shop.openWithQueuedCancel(oplati);
    shop.register.pay('cash', ruble, 1530);
    shop.close();
    const cancel = {
      ...{ attemptId: 'cancel', provider: 'oplati', operation: 'cancel', documentId, sourceAttemptId: 'wallet' },
      ...{ state: 'unknown', manual: null, outcome: null, startedAtMs: 1, updatedAtMs: 1 },
      order: { amountKopecks: 1530, orderNumber: 'T-cancel', shiftLabel: '22082023' },
    } as Attempt;
    const slip = async () => {
      let out = '';
      const stdout = { write: (text: string) => (out += text) };
      const stderr = { write: (text: string) => text };
      await runPreview({ root, template: 'oplati', documentNumber: 1, columns: 42, stdout, stderr });
      return out;
    };
    journal.append({ ...emptyWrite(), attempts: [cancel] });
    expect(json()[0].payments.map(({ state }: { state: string }) => state)).toEqual(['cancelQueued', 'approved']);
    expect(await slip()).toContain('ОТМЕНА В ОЧЕРЕДИ');
    journal.append({ ...emptyWrite(), attempts: [{ ...cancel, state: 'approved' }] });
    expect(json()[0].payments[0]).toMatchObject({ state: 'cancelled', attempts: [{ word: 'отменена' }] });
    expect(documents()[0]).toMatch(/О!плати {2}15\.30 {2}cancelled/);
    expect(await slip()).toMatch(/ОТМЕНЕНА/);
    expect(await slip()).not.toContain('ОТМЕНА В ОЧЕРЕДИ');
  });
});
