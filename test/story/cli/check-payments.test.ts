/** `kassa check-payments`, beside a running register and its real emulators. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runCheckPayments } from '../../../src/cli/check-payments.ts';
import { parseCommandLine } from '../../../src/cli/commands.ts';
import { pathsOf } from '../../../src/settings/paths.ts';
import { oplatiFiles } from '../../oplati-files.ts';
import { Story } from '../story.ts';

let story: Story;
let out = '';
beforeEach(async () => {
  out = '';
  story = await Story.begin({ paymaster: {}, assist: {} });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await story.end();
});

const MERCHANT = { merchantId: 'test-shop', token: 'test-token' };

function write(system: 'paymaster' | 'assist', lines: string): void {
  const file = join(pathsOf(story.root).paysystems, system, `${system}.conf`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `[Main]\n${lines}\n`);
}

async function check(...flags: string[]): Promise<number> {
  out = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  const line = parseCommandLine(['check-payments', '--root', story.root, ...flags]);
  if (!('parsed' in line)) throw new Error(JSON.stringify(line));
  const code = await runCheckPayments(line.parsed);
  vi.restoreAllMocks();
  return code;
}

const json = () =>
  JSON.parse(out) as {
    ok: boolean;
    systems: { name: string; ok: boolean; steps: { name: string; ok: boolean | null }[] }[];
  };

it('tells each step of each system that is switched on; nothing is charged, no secret is told', async () => {
  const { conf } = oplatiFiles(story.root);
  mkdirSync(dirname(conf), { recursive: true });
  writeFileSync(conf, '[Main]\nenabled = 0\n');
  write('paymaster', `url = ${story.paymaster?.url}\nmerchantId = ${MERCHANT.merchantId}\ntoken = ${MERCHANT.token}`);
  write('assist', 'enabled = 0');
  await check('--json');
  const paymaster = json().systems.find(({ name }) => name === 'paymaster');
  expect(paymaster?.steps.map(({ name }) => name)).toEqual(['dns', 'proxy', 'tls', 'clock', 'answer']);
  expect(paymaster?.steps.slice(0, 4).every(({ ok }) => ok === true)).toBe(true);
  expect(json().systems.some(({ name }) => name === 'assist')).toBe(false);
  expect(out).not.toContain(MERCHANT.token);
  expect(story.paymaster?.ledger()).toEqual([]);
});

it('a server that is down: exit code 1; a file that is wrong: 3, and the others are checked all the same', async () => {
  const { conf } = oplatiFiles(story.root);
  mkdirSync(dirname(conf), { recursive: true });
  writeFileSync(conf, `[Main]\nregNum = OPL000000002\nurl = http://127.0.0.1:1\n`);
  write('paymaster', 'enabled = 0');
  write('assist', 'enabled = 0');
  expect(await check()).toBe(1);
  expect(out).toContain('О!плати: есть ошибка');
  expect(out).toMatch(/x Соединение +\d+ мс {2}сервер отказал в соединении \(ECONNREFUSED\)/);
  write('paymaster', 'merchantId = m\ntoken = t\npoll = soon');
  expect(await check('--timeout', '5')).toBe(3);
  expect(out).toContain('PayMaster: SYS-08 paymaster.conf, poll');
  expect(out).toContain('О!плати: есть ошибка');
});
