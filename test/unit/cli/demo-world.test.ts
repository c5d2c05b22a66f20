import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startDemoWorld } from '../../../src/cli/demo-world.ts';
import { pathsOf } from '../../../src/settings/paths.ts';
import { removeFolder } from '../../remove-folder.ts';

it('the demo names every emulator in emulators.json, the card reader too, and takes the file away at its end', async () => {
  const root = mkdtempSync(join(tmpdir(), 'kassa-demo-'));
  const paths = pathsOf(root);
  mkdirSync(paths.data, { recursive: true });
  const world = await startDemoWorld(paths, 'pays');
  try {
    const addresses = () => JSON.parse(readFileSync(paths.emulators, 'utf8'));
    const server = { url: expect.any(String), control: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/control$/) };
    const servers = { pid: process.pid, oplati: server, paymaster: server, assist: server, scanner: server };
    expect(addresses()).toMatchObject(servers);

    world.startReader();
    const reader = { ...server, url: world.providers.assist?.readerUrl };
    await expect.poll(addresses, { timeout: 20_000 }).toEqual({ ...servers, reader });
    const { control } = addresses().reader;
    await fetch(`${control}/buyer`, { method: 'POST', body: JSON.stringify({ name: 'poor' }) });
    expect(await (await fetch(`${control}/state`)).json()).toMatchObject({ scenario: 'poor', isPlugged: true });
  } finally {
    await world.close();
  }
  expect(existsSync(paths.emulators)).toBe(false);
  removeFolder(root);
});

it('a server given by --oplati-url is used instead of one of its own, and no control of another stands beside it', async () => {
  const root = mkdtempSync(join(tmpdir(), 'kassa-demo-'));
  const paths = pathsOf(root);
  mkdirSync(paths.data, { recursive: true });
  const world = await startDemoWorld(
    paths,
    'pays',
    { oplati: 'http://127.0.0.1:9' },
    { assist: { answerForm: 'flat' } },
  );
  const addresses = JSON.parse(readFileSync(paths.emulators, 'utf8'));
  const dialect = await (await fetch(`${addresses.assist.control}/dialect`)).json();
  await world.close();
  removeFolder(root);
  expect(addresses.oplati).toEqual({ url: 'http://127.0.0.1:9' });
  expect(dialect).toMatchObject({ answerForm: { is: 'flat' } });
  expect(world.providers.oplati).toEqual({ url: 'http://127.0.0.1:9' });
});
