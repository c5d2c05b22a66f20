/**
 * Scan -> journal -> painted line, beside a bare key and a bare commit taken between the scans; F8 -> journal -> painted
 * change, beside the scans of its own receipt.
 */
import { join } from 'node:path';
import { breathe, openBareJournal, openBareList } from '../baselines.mjs';
import { goodsMaker } from '../catalogue.mjs';
import { openRegister } from '../register.mjs';
import { figureOf, median, quantile, randomOf, timed } from '../statistics.mjs';

const LINES_OF_A_RECEIPT = 12;
const WARM_UP_RECEIPTS = 10;
const SHORT_FROM = 5;
const LONG_FROM = 995;
const NEIGHBOURS = 10;

/**
 * @param {{ root: string, secondRoot: string, goods: number, rounds: number, receipts: number, longReceipts: number }} options
 */
export async function measureSale({ root, secondRoot, goods, rounds, receipts, longReceipts }) {
  const register = await openRegister(root);
  const second = await openRegister(secondRoot);
  const bareKey = openBareList();
  const journal = openBareJournal(join(root, 'bare.db'));
  const goodsOf = goodsMaker();
  const random = randomOf(11);
  const barcode = () => goodsOf(Math.floor(random() * goods)).barcode;

  async function scanLine(into, samples) {
    const code = barcode();
    const expected = into.lines() + 1;
    await breathe();
    const took = into.timedToPicture(() => into.scan(code));
    if (into.lines() !== expected) throw new Error(`${code} made no line`);
    samples?.push(took);
  }

  async function receipt(samples) {
    for (let line = 0; line < LINES_OF_A_RECEIPT; line++) {
      await breathe();
      const key = timed(bareKey);
      await breathe();
      const commit = timed(journal.commit);
      await scanLine(register, samples?.scan);
      samples?.key.push(key);
      samples?.commit.push(commit);
      samples?.bare.push(key + commit);
    }
    register.subtotal();
    await breathe();
    const close = register.timedToPicture(register.closeReceipt);
    samples?.close.push(close);
    await register.printed();
    journal.checkpoint();
  }

  for (let count = 0; count < WARM_UP_RECEIPTS; count++) await receipt(null);
  const series = [];
  for (let round = 0; round < rounds; round++) {
    const samples = { scan: [], key: [], commit: [], bare: [], close: [] };
    for (let count = 0; count < receipts; count++) await receipt(samples);
    series.push(samples);
  }

  // Two registers side by side, so that what disturbs the machine disturbs the tenth and the thousandth line alike.
  const tenth = [];
  const thousandth = [];
  for (let round = 0; round < longReceipts; round++) {
    while (register.lines() < LONG_FROM - 1) await scanLine(register, null);
    while (second.lines() < SHORT_FROM - 1) await scanLine(second, null);
    for (let line = 0; line < NEIGHBOURS; line++) {
      await scanLine(second, tenth);
      await scanLine(register, thousandth);
    }
    await second.payInCash();
    await register.payInCash();
  }
  await register.close();
  await second.close();
  journal.close();

  const told = ['key', 'commit'];
  return [
    ...[0.5, 0.99].map((fraction) => {
      const percent = Math.round(fraction * 100);
      const of = (name) => series.map((samples) => quantile(samples[name], fraction));
      return figureOf({
        id: `scan-p${percent}`,
        title: `scan to painted line, p${percent} / bare key + commit`,
        unit: 'ms',
        value: median(of('scan')),
        baseline: median(of('bare')),
        // Each round against its own baseline: the machine is not the same from minute to minute.
        ratio: median(series.map(({ scan, bare }) => quantile(scan, fraction) / quantile(bare, fraction))),
        limits: { ratio: 3 },
        details: {
          samples: rounds * receipts * LINES_OF_A_RECEIPT,
          ...Object.fromEntries(told.map((name) => [`${name}Ms`, median(of(name))])),
        },
      });
    }),
    figureOf({
      id: 'close',
      title: 'F8 to painted change, p50 / scan to painted line',
      unit: 'ms',
      value: median(series.map(({ close }) => quantile(close, 0.5))),
      baseline: median(series.map(({ scan }) => quantile(scan, 0.5))),
      ratio: median(series.map(({ close, scan }) => quantile(close, 0.5) / quantile(scan, 0.5))),
      limits: { ratio: 2 },
      details: { samples: rounds * receipts },
    }),
    figureOf({
      id: 'line-1000',
      title: 'line 1000 of a receipt / line 10',
      unit: 'ms',
      value: median(thousandth),
      baseline: median(tenth),
      limits: { ratio: 1.25 },
      details: { samples: thousandth.length },
    }),
  ];
}
