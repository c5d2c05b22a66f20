/** The report of a busy shift: how long its 50,000 rows take, and for how long a key can stand behind them at once. */
import { ListReader } from '../../dist/payments/list-reader.js';
import { figureOf, median, quantile, timed } from '../statistics.mjs';

/** What a socket hands over at once. */
const PIECE_BYTES = 64 * 1024;
const LONGEST_SLICE_MS = 50;
const WANTED = {
  fields: ['paymentId', 'paymentType', 'sum', 'status', 'orderNumber', 'createdDate'],
  rows: { field: 'orderNumber', oneOf: ['8-42-7-7-bench7'] },
};

/** As the server writes it (oplati.md 3.6, 4). */
function reportOf(rows) {
  const at = '2030-01-15T10:00:00.000+03:00';
  return JSON.stringify(
    Array.from({ length: rows }, (_, index) => ({
      paymentId: 1_000_001 + index,
      paymentType: 1,
      sum: 15.3,
      status: 1,
      createdDate: at,
      paidDate: at,
      orderNumber: `8-42-${index}-${index}-bench${index}`,
    })),
  );
}

/** @param {{ rows: number, rounds: number }} options */
export function measureList({ rows, rounds }) {
  const text = reportOf(rows);
  const bytes = Buffer.from(text, 'utf8');
  const whole = [];
  const read = [];
  const slices = [];
  let peakBytes = 0;
  for (let round = 0; round < rounds; round++) {
    whole.push(timed(() => JSON.parse(text)));
    const reader = new ListReader(WANTED);
    let readMs = 0;
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const sliceMs = timed(() => reader.push(bytes.subarray(at, at + PIECE_BYTES)));
      slices.push(sliceMs);
      readMs += sliceMs;
    }
    read.push(readMs);
    if (JSON.parse(reader.end()).length !== 1) throw new Error('the one row is not found');
    peakBytes = reader.peakBytes;
  }
  const label = rows.toLocaleString('en');
  return [
    figureOf({
      id: 'list.read',
      title: `report of ${label} rows, read as it comes (JSON.parse)`,
      unit: 'ms',
      value: median(read),
      baseline: median(whole),
      limits: { ratio: 40 },
      details: { bytes: bytes.length, peakBytes },
    }),
    figureOf({
      id: 'list.slice',
      title: 'so long it holds up a key at once, p99',
      unit: 'ms',
      value: quantile(slices, 0.99),
      limits: { value: LONGEST_SLICE_MS },
    }),
    figureOf({
      id: 'list.held',
      title: 'of its bytes are held at once (the whole)',
      unit: 'KB',
      value: peakBytes / 1024,
      baseline: bytes.length / 1024,
      limits: { ratio: 0.05 },
    }),
  ];
}
