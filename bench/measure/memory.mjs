/** A day and a week of receipts in one process: what it keeps in memory and what it leaves on the disk. */
import { readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { breathe } from '../baselines.mjs';
import { goodsMaker } from '../catalogue.mjs';
import { openRegister } from '../register.mjs';
import { figureOf, median, randomOf } from '../statistics.mjs';

const MEGABYTE = 1024 * 1024;
const LINES = [3, 4, 5, 6, 7];
/** Memory breathes with the collector: a figure is the median over the last part of its receipts. */
const WINDOW = 0.1;
const LIMITS = { residentMegabytes: 100, growth: 1.02, walMegabytes: 16, logMegabytes: 11, recordingMegabytes: 4.1 };

/** @param {{ root: string, goods: number, first: number, last: number }} options numbers of receipts */
export async function measureMemory({ root, goods, first, last }) {
  const register = await openRegister(root);
  const { till, paths } = register;
  till.startDevices();
  const goodsOf = goodsMaker();
  const random = randomOf(31);
  const resident = new Map();
  const heap = new Map();
  const windowOf = (end) => ({ from: end - Math.ceil(end * WINDOW), end });
  const windows = [windowOf(first), windowOf(last)];

  for (let receipt = 1; receipt <= last; receipt++) {
    const lines = LINES[receipt % LINES.length] ?? 5;
    while (register.lines() < lines) {
      register.scan(goodsOf(Math.floor(random() * goods)).barcode);
      await breathe();
    }
    await register.payInCash();
    if (!windows.some(({ from, end }) => receipt > from && receipt <= end)) continue;
    const { rss, heapUsed } = process.memoryUsage();
    resident.set(receipt, rss / MEGABYTE);
    heap.set(receipt, heapUsed / MEGABYTE);
  }
  const within = (values, { from, end }) =>
    median([...values].filter(([receipt]) => receipt > from && receipt <= end).map(([, value]) => value));
  const [atFirst = 0, atLast = 0] = windows.map((window) => within(resident, window));
  const kept = till.state.attempts.length + till.state.printJobs.length;
  const sizeOf = (path) => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) / MEGABYTE;
  const journalMegabytes = sizeOf(paths.journal);
  const walMegabytes = sizeOf(`${paths.journal}-wal`);
  await register.close();
  const logs = dirname(paths.recording);
  const sizes = readdirSync(logs).map((name) => ({ name, megabytes: sizeOf(`${logs}/${name}`) }));
  const total = (pattern) =>
    sizes.filter(({ name }) => pattern.test(name)).reduce((sum, { megabytes }) => sum + megabytes, 0);
  const onDisk = (id, title, value, limit) => figureOf({ id, title, unit: 'MB', value, limits: { value: limit } });

  return [
    figureOf({
      id: 'memory',
      title: `resident memory after ${first} receipts`,
      unit: 'MB',
      value: atFirst,
      limits: { value: LIMITS.residentMegabytes },
      details: { heapMegabytes: within(heap, windows[0]) },
    }),
    figureOf({
      id: 'memory-growth',
      title: `resident memory after ${last} receipts / after ${first}`,
      unit: 'MB',
      value: atLast,
      baseline: atFirst,
      limits: { ratio: LIMITS.growth },
      details: { heapMegabytes: within(heap, windows[1]) },
    }),
    figureOf({
      id: 'kept-in-memory',
      title: `attempts and print jobs in memory after ${last} receipts`,
      unit: '',
      value: kept,
      limits: { value: 0 },
    }),
    onDisk('wal', 'write-ahead log of the journal', walMegabytes, LIMITS.walMegabytes),
    onDisk('log', 'terminal.log before it goes to the archive', total(/^terminal\.log/), LIMITS.logMegabytes),
    onDisk('recording', 'recording of messages', total(/^recording/), LIMITS.recordingMegabytes),
    figureOf({
      id: 'journal-size',
      title: 'journal on the disk, per receipt',
      unit: 'KB',
      value: (journalMegabytes * 1024) / last,
    }),
  ];
}
