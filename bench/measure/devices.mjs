/** A scan by the port beside the same scan in the process, a slip, and how long dead machines hold the register up. */
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createEscpos } from '../../dist/devices/printer/escpos.js';
import { findProfile } from '../../dist/devices/printer/profile.js';
import { plugTty } from '../../dist/emulators/printer/tty.js';
import { buildJob } from '../../dist/receipts/print-job.js';
import { loadTemplates } from '../../dist/receipts/templates.js';
import { breathe } from '../baselines.mjs';
import { goodsMaker } from '../catalogue.mjs';
import { openRegister } from '../register.mjs';
import { figureOf, quantile, randomOf, timed } from '../statistics.mjs';

const LINES_OF_A_RECEIPT = 12;
const WARM_UP = 24;
const LINES_OF_A_SLIP = 50;
const WAIT_LIMIT_MS = 60_000;
const LOOP_RESOLUTION_MS = 1;
/** How long the register is watched while it waits for both. */
const HANGING_MS = 3000;
const BETWEEN_RECEIPTS_MS = 20;
/** By then the register has loaded what it loads once after its start: the log's writer, HTTP. */
const SETTLED_MS = 5000;

async function until(what, isSo) {
  const limit = performance.now() + WAIT_LIMIT_MS;
  while (!isSo()) {
    if (performance.now() > limit) throw new Error(`never: ${what}`);
    await breathe();
  }
}

/** By turns through the pty and in the process, on one register: what disturbs one disturbs the other. */
async function measureScans({ root, goods, scans }) {
  const folder = join(root, 'tty');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'scanner');
  const tty = await plugTty(path, () => undefined);
  const register = await openRegister(root, { scannerUrl: `serial:${path}?baud=115200` });
  register.till.startDevices();
  await until('scanner', () => Object.values(register.till.state.scanners).some((one) => one.state === 'ready'));
  const goodsOf = goodsMaker();
  const random = randomOf(17);
  const barcode = () => goodsOf(Math.floor(random() * goods)).barcode;
  const serial = [];
  const direct = [];
  for (let scan = 0; scan < WARM_UP + scans; scan++) {
    const before = register.lines();
    const bytes = Buffer.from(`${barcode()}\r\n`, 'latin1');
    await breathe();
    const startedAt = process.hrtime.bigint();
    tty.send(bytes);
    // The line is counted in the turn that paints it.
    await until('line', () => register.lines() > before);
    const took = Number(process.hrtime.bigint() - startedAt) / 1e6;
    await breathe();
    const code = barcode();
    const inProcess = timed(() => register.scan(code));
    if (scan >= WARM_UP) {
      serial.push(took);
      direct.push(inProcess);
    }
    if (register.lines() >= LINES_OF_A_RECEIPT) await register.payInCash();
  }
  if (register.till.state.ui.rejectedScans > 0) throw new Error('scans were refused');
  await register.close();
  await tty.unplug();
  return { serial, direct };
}

/** A sale of `count` goods with names as long as they come, as the journal gives it to the printer's queue. */
function saleOf(count) {
  const goodsOf = goodsMaker();
  const lines = Array.from({ length: count }, (_, index) => ({
    positionNumber: index + 1,
    goods: {
      code: String(index),
      name: `${goodsOf(index * 977).name} «Iўеўскі» — 5 ₽ № ${index}`,
      unit: { code: '796', name: 'шт', fractional: false },
    },
    priceKopecks: 1990 + index,
    quantityThousandths: 2000,
    sumKopecks: 2 * (1990 + index),
    discountKopecks: 0,
    returned: null,
  }));
  const totalKopecks = lines.reduce((sum, line) => sum + line.sumKopecks, 0);
  return {
    document: {
      documentId: 'bench',
      number: 1,
      type: 'sale',
      shiftNumber: 1,
      cashierCode: '1',
      cashierName: 'Мастер',
      openedAt: 0,
      closedAt: 0,
      lines,
      stornoLines: [],
      payments: [],
      card: null,
      source: null,
      fiscalNumber: 1,
      status: 'closed',
      totalKopecks,
      discountKopecks: 0,
      receivedKopecks: totalKopecks,
      changeKopecks: 0,
    },
    shop: { name: 'ООО «Ромашка»', taxNumber: '190000001', address: 'г. Минск, пр-т Независимости, д. 1' },
    registerNumber: 8,
    utcOffsetMinutes: 180,
  };
}

async function measureSlips(rounds) {
  const templates = await loadTemplates(null, (problem) => {
    throw new Error(`${problem.name} ${problem.line}`);
  });
  const escpos = createEscpos(findProfile('generic-80'));
  const samples = [];
  for (let round = 0; round < rounds; round++) {
    const data = saleOf(LINES_OF_A_SLIP);
    await breathe();
    samples.push(timed(() => buildJob({ kind: 'sale', data }, templates, escpos)));
  }
  return samples;
}

/** Takes a connection, and nothing more ever comes of it. */
async function openDeadServer() {
  const sockets = new Set();
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pause();
    sockets.add(socket);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    connections: () => sockets.size,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/**
 * Longest stall of the event loop while receipts are sold for cash with a printer, then one for a payment with a server,
 * that take connections and say nothing. With `isDead` false the same without them: what the register costs by itself.
 */
async function measureStalls({ root, goods, receipts, isDead }) {
  const printer = await openDeadServer();
  const payments = await openDeadServer();
  const register = await openRegister(root, {
    ...(isDead && { printerUrl: `tcp:127.0.0.1:${printer.port}`, printerProfile: 'epson-tm' }),
    providers: { oplati: { url: `http://127.0.0.1:${payments.port}`, regNum: 'OPL000000002', mode: 0 } },
  });
  const { till } = register;
  till.startDevices();
  const goodsOf = goodsMaker();
  const random = randomOf(41);
  const press = async (...names) => {
    for (const name of names) {
      till.post({ type: 'key', name, text: name.length === 1 ? name : null });
      await breathe();
    }
  };
  const sell = async (lines) => {
    while (register.lines() < lines) {
      register.scan(goodsOf(Math.floor(random() * goods)).barcode);
      await breathe();
    }
  };
  // What is loaded and compiled once is no stall of a machine that hangs.
  await sell(3);
  await press('f6', 'f8');
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  const delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  delay.enable();
  for (let receipt = 0; receipt < receipts; receipt++) {
    await sell(5);
    await press('f6', 'f8');
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_RECEIPTS_MS));
  }
  if (isDead) {
    await until('the printer is dialled', () => printer.connections() > 0);
    await sell(3);
    await press('f6', 'f7', '7', 'enter');
    await until('the server is asked', () => payments.connections() > 0);
  }
  // Timers, the clock on the screen, looks at the printer all run meanwhile.
  await new Promise((resolve) => setTimeout(resolve, HANGING_MS));
  delay.disable();
  const longest = delay.max / 1e6;
  await Promise.all([register.close(), printer.close(), payments.close()]);
  return longest;
}

/**
 * @param {{ root: string, secondRoot: string, thirdRoot: string, goods: number, scans: number, slips: number,
 *   receipts: number }} options
 */
export async function measureDevices({ root, secondRoot, thirdRoot, goods, scans, slips, receipts }) {
  const { serial, direct } = await measureScans({ root, goods, scans });
  const built = await measureSlips(slips);
  const alive = await measureStalls({ root: secondRoot, goods, receipts, isDead: false });
  const dead = await measureStalls({ root: thirdRoot, goods, receipts, isDead: true });
  const scan = (percent, limits) =>
    figureOf({
      id: `serial-scan-p${percent}`,
      title: `scan from the port to painted line, p${percent} / in process`,
      unit: 'ms',
      value: quantile(serial, percent / 100),
      baseline: quantile(direct, percent / 100),
      limits,
      details: { samples: scans, p99Ms: quantile(serial, 0.99) },
    });
  return [
    scan(50, { ratio: 4, value: 5 }),
    scan(95, { value: 20 }),
    figureOf({
      id: 'slip-50',
      title: `slip of ${LINES_OF_A_SLIP} lines built, p50`,
      unit: 'ms',
      value: quantile(built, 0.5),
      limits: { value: 10 },
      details: { samples: slips, firstMs: built[0], p99Ms: quantile(built, 0.99) },
    }),
    figureOf({
      id: 'stall-dead-machines',
      title: 'longest stall, printer and payment server hang / without them',
      unit: 'ms',
      value: dead,
      baseline: alive,
      limits: { value: 50 },
      details: { receipts },
    }),
  ];
}
