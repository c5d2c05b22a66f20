import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { startScannerEmulator } from '../../../src/emulators/scanner/server.ts';
import { EMULATOR_NAMES, serveEmulator } from '../../../src/emulators/serve.ts';
import { eventually } from '../../eventually.ts';

test('an emulator is served by its name, with the buyer asked for', async () => {
  const served = await serveEmulator('oplati', { port: 0, buyer: 'silent' });
  try {
    expect(EMULATOR_NAMES).toContain('oplati');
    expect(served).toMatchObject({ name: 'oplati', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/ms-pay$/) });
    expect(await (await fetch(`${served.control}/ledger`)).json()).toEqual([]);
    const port = Number(new URL(served.url).port);
    await expect(serveEmulator('oplati', { port, buyer: 'pays' })).rejects.toThrow('EADDRINUSE');
  } finally {
    await served.close();
  }
  await expect(fetch(`${served.control}/ledger`)).rejects.toThrow();
});

test('an unknown emulator or buyer is refused', async () => {
  await expect(serveEmulator('bank', { port: 0, buyer: 'pays' })).rejects.toThrow(RangeError);
  await expect(serveEmulator('toString', { port: 0, buyer: 'pays' })).rejects.toThrow(RangeError);
  await expect(serveEmulator('oplati', { port: 0, buyer: 'rich' })).rejects.toThrow(RangeError);
});

test('a scan reaches every register that listens, with its CR, and 409 says that none does', async () => {
  const scanner = await startScannerEmulator();
  const scan = (code: string) =>
    fetch(`${scanner.controlUrl}/scan`, { method: 'POST', body: JSON.stringify({ code }), keepalive: false });
  const refused = await scan('4810000000018');
  expect([refused.status, await refused.json()]).toEqual([409, { error: 'nobody listens' }]);

  const port = Number(/^tcp:127\.0\.0\.1:(\d+)$/.exec(scanner.url)?.[1]);
  const heard = ['', ''];
  const registers = heard.map((_, index) =>
    connect(port, '127.0.0.1').on('data', (bytes) => {
      heard[index] += bytes.toString('latin1');
    }),
  );
  await eventually(() => expect(scanner.listeners).toBe(2));
  expect((await scan('4810000000018')).status).toBe(200);
  await eventually(() => expect(heard).toEqual(['4810000000018\r', '4810000000018\r']));

  for (const register of registers) register.destroy();
  await eventually(() => expect(scanner.listeners).toBe(0));
  await scanner.close();
});
