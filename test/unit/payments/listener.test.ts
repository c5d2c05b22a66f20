/** The port for notifications: what it takes, what it refuses, and that nobody can hold it. */
import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { type Listener, listen } from '../../../src/payments/listener.ts';

let listener: Listener | null = null;
afterEach(() => listener?.close());

async function begin(): Promise<{ heard: string[]; url: string; port: number }> {
  const heard: string[] = [];
  listener = await listen('127.0.0.1:0', (path, body) => {
    if (path !== '/paymaster') return false;
    heard.push(body);
    return true;
  });
  return { heard, url: `http://127.0.0.1:${listener.port}`, port: listener.port };
}

const post = (url: string, body: string) => fetch(url, { method: 'POST', body });

it('hears a POST under the name of a system, and answers 200 without a word', async () => {
  const { heard, url } = await begin();
  const reply = await post(`${url}/paymaster?from=proxy`, '{"id":"1"}');
  expect([reply.status, await reply.text()]).toEqual([200, '']);
  expect(heard).toEqual(['{"id":"1"}']);
});

it('refuses other paths and other methods', async () => {
  const { heard, url } = await begin();
  expect((await post(`${url}/`, '{}')).status).toBe(404);
  expect((await post(`${url}/control/ledger`, '{}')).status).toBe(404);
  expect((await fetch(`${url}/paymaster`)).status).toBe(405);
  expect(heard).toEqual([]);
});

it('a body that is larger than anybody’s is not heard', async () => {
  const { heard, url } = await begin();
  const status = await post(`${url}/paymaster`, 'x'.repeat(1_000_000)).then(
    (reply) => reply.status,
    () => 413,
  );
  expect(status).toBe(413);
  expect(heard).toEqual([]);
  expect((await post(`${url}/paymaster`, 'y')).status).toBe(200);
});

it('whoever begins a request and ends none is heard of no more when it closes', async () => {
  const { heard, port } = await begin();
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  socket.write('POST /paymaster HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{');
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await listener?.close();
  listener = null;
  await gone;
  expect(heard).toEqual([]);
});

it('a port that is taken is told', async () => {
  const { port } = await begin();
  await expect(listen(`127.0.0.1:${port}`, () => true)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
