/** How long a key waits while the register asks a slow server about a thousand payments, beside a register without them. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../dist/app/clock.js';
import { Journal } from '../../dist/journal/journal.js';
import { drivers } from '../../dist/payments/registry.js';
import { pathsOf } from '../../dist/settings/paths.js';
import { breathe } from '../baselines.mjs';
import { openRegister } from '../register.mjs';
import { figureOf, quantile } from '../statistics.mjs';
import { unfinishedAttempt } from '../unfinished.mjs';

const counterpartFile = fileURLToPath(new URL('../counterpart.mjs', import.meta.url));
/** A fast typist holds a key down at about this rate. */
const BETWEEN_KEYS_MS = 33;
const WARM_UP_KEYS = 30;
/** A digit and its deletion: nothing is written, all of it is the screen. */
const KEYS = [
  { name: '7', text: '7' },
  { name: 'backspace', text: null },
];
const LONGEST_ADDED_MS = 16;

const ACCOUNTS = {
  oplati: (url) => ({ url, regNum: 'OPL000000002', mode: 2, password: 'secret' }),
  paymaster: (url) => ({ url, merchantId: '1', token: 'bench-token-1', posId: '1' }),
  assist: (url) => ({ serverUrl: url, merchantId: '1', login: 'bench', password: 'bench-password' }),
};

/** Slow server and typist. */
async function openCounterpart() {
  const child = spawn(process.execPath, [counterpartFile], { stdio: ['pipe', 'pipe', 2] });
  let take = () => undefined;
  const url = await new Promise((resolve, reject) => {
    child.on('error', reject);
    take = (line) => resolve(JSON.parse(line).url);
    createInterface({ input: child.stdout }).on('line', (line) => take(line));
  });
  return {
    url,
    /** Milliseconds from each press to its picture. */
    async type(till, keys) {
      const delays = [];
      const server = await new Promise((resolve) => {
        take = (line) => {
          if (line.startsWith('{')) return resolve(JSON.parse(line));
          const { name, text } = KEYS[delays.length % KEYS.length];
          till.post({ type: 'key', name, text });
          delays.push(Number(process.hrtime.bigint() - BigInt(line)) / 1e6);
        };
        child.stdin.write(`${JSON.stringify({ keys, everyMs: BETWEEN_KEYS_MS })}\n`);
      });
      return { delays: delays.slice(WARM_UP_KEYS), server };
    },
    close: () => child.kill(),
  };
}

/** The provider's settings with what the till is told to override. */
function settingsOf(provider, url) {
  const { conf } = drivers.get(provider);
  const absent = new Map(conf.keys.map((key) => [key.name, key.absent]));
  return { ...conf.settingsOf((name) => absent.get(name) ?? ''), ...ACCOUNTS[provider](url) };
}

function writeAttempts(root, attempts, url) {
  const paths = pathsOf(root);
  mkdirSync(paths.data, { recursive: true });
  const journal = Journal.open(paths.journal);
  const nowMs = systemClock().now();
  const providers = Object.keys(ACCOUNTS);
  const made = Array.from({ length: attempts }, (_, index) => {
    const provider = providers[index % providers.length];
    return unfinishedAttempt(provider, index + 1, settingsOf(provider, url), nowMs);
  });
  journal.append({
    events: [],
    snapshot: null,
    documents: [],
    attempts: made,
    usedCodes: [],
    printJobs: [],
    notices: [],
  });
  journal.close();
}

async function measureKeys(root, counterpart, keys, settledMs) {
  const providers = Object.fromEntries(Object.entries(ACCOUNTS).map(([name, of]) => [name, of(counterpart.url)]));
  const register = await openRegister(root, { providers });
  register.till.startDevices();
  // By then what is loaded once after the start is there.
  await new Promise((resolve) => setTimeout(resolve, settledMs));
  const { delays, server } = await counterpart.type(register.till, keys + WARM_UP_KEYS);
  const left = register.till.state.attempts.length;
  await register.close();
  await breathe();
  return { delays, server, left };
}

/** @param {{ root: string, secondRoot: string, attempts: number, keys: number, settledMs: number }} options */
export async function measureSettle({ root, secondRoot, attempts, keys, settledMs }) {
  const counterpart = await openCounterpart();
  const quiet = await measureKeys(secondRoot, counterpart, keys, settledMs);
  writeAttempts(root, attempts, counterpart.url);
  const loaded = await measureKeys(root, counterpart, keys, settledMs);
  counterpart.close();
  if (loaded.left !== attempts)
    throw new Error(`${attempts - loaded.left} attempts were settled by a server that is busy`);
  const title = `key to picture, ${attempts.toLocaleString('en')} payments asked about`;
  const details = { samples: keys, ...loaded.server, p50Ms: quantile(loaded.delays, 0.5) };
  const longest = Math.max(...loaded.delays);
  return [
    figureOf({
      id: 'settle-p99',
      title: `${title}, p99 / without them`,
      unit: 'ms',
      value: quantile(loaded.delays, 0.99),
      baseline: quantile(quiet.delays, 0.99),
      limits: { value: LONGEST_ADDED_MS },
      details,
    }),
    figureOf({
      id: 'settle-longest',
      title: `${title}, longest / without them`,
      unit: 'ms',
      value: longest,
      baseline: Math.max(...quiet.delays),
      limits: { value: LONGEST_ADDED_MS },
      details,
    }),
  ];
}
