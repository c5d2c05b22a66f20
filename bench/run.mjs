/**
 * `npm run bench`: how fast and how small the built register is, each figure beside a baseline of the same run.
 *
 *     npm run bench -- [--quick] [--json] [--strict]
 *
 * --quick   smaller catalogues and fewer rounds: a look, not a verdict
 * --json    the result on stdout instead of the table (it is written to bench/result.json in any case)
 * --strict  exit code 1 when a figure misses its target
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const project = join(folder, '..');
const SWITCHES = ['--quick', '--json', '--strict'];

const FULL = {
  goods: { small: 10_000, typical: 100_000, large: 1_000_000 },
  sale: { rounds: 7, receipts: 40, longReceipts: 5 },
  start: { rounds: 12 },
  search: { queries: 400, hits: 5_000 },
  devices: { scans: 1_000, slips: 400, receipts: 40 },
  settle: { attempts: 1_000, keys: 1_500, settledMs: 6_000 },
  list: { rows: 50_000, rounds: 9 },
  memory: { first: 1_000, last: 10_000 },
};
const QUICK = {
  goods: { small: 5_000, typical: 20_000, large: 100_000 },
  sale: { rounds: 3, receipts: 15, longReceipts: 1 },
  start: { rounds: 4 },
  search: { queries: 100, hits: 1_000 },
  devices: { scans: 200, slips: 100, receipts: 10 },
  settle: { attempts: 1_000, keys: 300, settledMs: 5_000 },
  list: { rows: 50_000, rounds: 3 },
  memory: { first: 100, last: 500 },
};

/** Runs a program to its end; what it says goes to our stderr, for stdout belongs to the result. */
function run(file, parameters, environment = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, parameters, {
      cwd: project,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 2, 2],
    });
    children.add(child);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      children.delete(child);
      if (code === 0) resolve(undefined);
      else reject(new Error(`${file} ${parameters.join(' ')}: ${signal ?? `exit ${code}`}`));
    });
  });
}

const children = new Set();

function tell(text) {
  process.stderr.write(`${text}\n`);
}

async function buildWhenStale() {
  const built = join(project, 'dist', 'cli', 'main.js');
  const builtAt = statSync(built, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(join(project, 'src'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  if (sources.every((entry) => statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs <= builtAt)) return;
  tell('building ...');
  try {
    await run('npm', ['run', '--silent', 'build']);
  } catch (error) {
    // What stands there now is no build, and the next run must not take it for one.
    rmSync(join(project, 'dist'), { recursive: true, force: true });
    throw error;
  }
}

/** A root of its own for every measurement: nothing of one run is found by the next. */
function makeRoot(work, name, catalogue) {
  const data = join(work, name, 'cash', 'data');
  mkdirSync(data, { recursive: true });
  cpSync(catalogue, join(data, 'catalog.db'));
  return join(work, name);
}

async function bench(work, plan) {
  const { goods } = plan;
  const demoGoods = (await import('../dist/catalog/demo.js')).demoGoods().length;
  const catalogueOf = (size) => join(work, `catalogue-${size}`, 'catalog.db');
  const makeCatalogue = async (size) => {
    tell(`catalogue of ${size.toLocaleString('en')} goods ...`);
    await run(process.execPath, [join(folder, 'catalogue.mjs'), catalogueOf(size), String(size)]);
  };
  const measure = async (name, options) => {
    tell(`${name} ...`);
    const answerFile = join(work, `${name}.json`);
    await run(join(project, 'bin', 'kassa'), ['run', JSON.stringify({ measure: name, answerFile, ...options })], {
      KASSA_MAIN: join(folder, 'measure.mjs'),
    });
    return JSON.parse(readFileSync(answerFile, 'utf8'));
  };
  const generated = (size) => size - demoGoods;

  await makeCatalogue(goods.small);
  await makeCatalogue(goods.typical);
  const typical = catalogueOf(goods.typical);
  const used = makeRoot(work, 'used', typical);
  // Memory is not time: it is measured while the large catalogue is loaded beside it.
  const [memory] = await Promise.all([
    measure('memory', { root: used, goods: generated(goods.typical), ...plan.memory }),
    makeCatalogue(goods.large),
  ]);
  const sale = await measure('sale', {
    root: makeRoot(work, 'sale', typical),
    secondRoot: makeRoot(work, 'sale-second', typical),
    goods: generated(goods.typical),
    ...plan.sale,
  });
  const label = (size) => size.toLocaleString('en');
  const start = await measure('start', {
    roots: [
      ...['small', 'typical', 'large'].map((size) => ({
        name: label(goods[size]),
        root: makeRoot(work, `start-${size}`, catalogueOf(goods[size])),
      })),
      { name: 'used', root: used },
    ],
    small: label(goods.small),
    typical: label(goods.typical),
    large: label(goods.large),
    used: 'used',
    ...plan.start,
  });
  const search = await measure('search', {
    catalogue: catalogueOf(goods.large),
    goods: generated(goods.large),
    size: label(goods.large),
    ...plan.search,
  });
  const devices = await measure('devices', {
    root: makeRoot(work, 'devices', typical),
    secondRoot: makeRoot(work, 'devices-well', typical),
    thirdRoot: makeRoot(work, 'devices-dead', typical),
    goods: generated(goods.typical),
    ...plan.devices,
  });
  const settle = await measure('settle', {
    root: makeRoot(work, 'settle', typical),
    secondRoot: makeRoot(work, 'settle-without', typical),
    ...plan.settle,
  });
  const list = await measure('list', plan.list);
  return [...sale, ...start, ...search, ...devices, ...settle, ...list, ...memory];
}

/** Four figures that can be compared by eye: 0.0123, 1.234, 123.4. */
function shown(number) {
  return number === null ? '' : Number(number.toPrecision(number >= 1000 ? 6 : 4)).toString();
}

function tableOf(figures) {
  const head = ['figure', 'value', '', 'baseline', 'ratio', 'target', ''];
  const rows = figures.map(({ title, value, unit, baseline, ratio, limits, status }) => [
    title,
    shown(value),
    unit,
    shown(baseline),
    ratio === null ? '' : `${ratio.toFixed(2)}x`,
    [
      ...(limits.ratio === undefined ? [] : [`<= ${limits.ratio}x`]),
      ...(limits.value === undefined ? [] : [`<= ${limits.value} ${unit}`.trimEnd()]),
    ].join(' '),
    status === 'info' ? '' : status,
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const isNumber = (column) => column === 1 || column === 3 || column === 4;
  const lineOf = (row) =>
    row
      .map((text, column) => (isNumber(column) ? text.padStart(widths[column]) : text.padEnd(widths[column])))
      .join('  ');
  return [head, ...rows].map((row) => `${lineOf(row).trimEnd()}\n`).join('');
}

async function main(given) {
  const unknown = given.filter((word) => !SWITCHES.includes(word));
  if (unknown.length > 0) {
    tell(`unknown: ${unknown.join(' ')}; known: ${SWITCHES.join(' ')}`);
    return 2;
  }
  const isQuick = given.includes('--quick');
  await buildWhenStale();
  const work = mkdtempSync(join(tmpdir(), 'kassa-bench-'));
  const cleanUp = () => rmSync(work, { recursive: true, force: true });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      for (const child of children) child.kill(signal);
      cleanUp();
      process.exit(1);
    });
  }
  try {
    const loadBefore = loadavg()[0];
    const figures = await bench(work, isQuick ? QUICK : FULL);
    const result = {
      at: new Date().toISOString(),
      quick: isQuick,
      machine: {
        node: process.version,
        processor: cpus()[0]?.model ?? '',
        cores: cpus().length,
        // A load above the number of cores says: measured beside other work, believe the ratios only.
        loadBefore,
        loadAfter: loadavg()[0],
      },
      figures,
    };
    const json = `${JSON.stringify(result, null, 2)}\n`;
    writeFileSync(join(folder, 'result.json'), json);
    process.stdout.write(given.includes('--json') ? json : tableOf(figures));
    const missed = figures.some(({ status }) => status === 'miss');
    return missed && given.includes('--strict') ? 1 : 0;
  } finally {
    // One of two measurements side by side may have failed alone.
    for (const child of children) child.kill();
    cleanUp();
  }
}

process.exitCode = await main(process.argv.slice(2));
