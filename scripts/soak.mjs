// Property tests with new cases, round after round, until a minute's limit: `npm run soak -- 30` looks for half an hour.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const minutes = Number(process.argv[2] ?? 10);
const files = readdirSync('test', { recursive: true })
  .filter((path) => path.endsWith('.test.ts'))
  .map((path) => join('test', path))
  .filter((path) => readFileSync(path, 'utf8').includes("from 'fast-check'"));
const endsAt = Date.now() + minutes * 60_000;
let rounds = 0;
let failed = 0;
do {
  const seed = String(randomInt(1, 2 ** 31));
  const env = { ...process.env, KASSA_SEED: seed, KASSA_RANDOM_DAYS: process.env.KASSA_RANDOM_DAYS ?? '100' };
  const run = spawnSync('npx', ['vitest', 'run', '--silent=passed-only', '--reporter=dot', ...files], {
    env,
    encoding: 'utf8',
  });
  rounds++;
  if (run.status !== 0) {
    failed++;
    process.stdout.write(`${run.stdout}${run.stderr}\n`);
  }
  process.stdout.write(`round ${rounds}, KASSA_SEED=${seed}: ${run.status === 0 ? 'green' : 'RED'}\n`);
} while (Date.now() < endsAt);
process.exitCode = failed === 0 ? 0 : 1;
