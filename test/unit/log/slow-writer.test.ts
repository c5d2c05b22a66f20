import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type Winston from 'winston';
import { createLog } from '../../../src/log/terminal-log.ts';
import { eventually } from '../../eventually.ts';
import { removeFolder } from '../../remove-folder.ts';

/** Lines the stand-in for winston holds back, each a function that lets it go. */
const held: (() => void)[] = [];

class HeldStream {
  readonly stream: Writable;
  constructor(options: { stream: Writable }) {
    this.stream = options.stream;
  }
}

// winston promises no moment at which a line reaches the file; this one waits until it is told.
const slowWinston = {
  format: { printf: () => null },
  transports: { Stream: HeldStream },
  createLogger: ({ transports: [transport] }: { transports: [HeldStream] }) => ({
    log: ({ message }: { message: string }) => held.push(() => transport.stream.write(message)),
    close: () => undefined,
  }),
} as unknown as typeof Winston;

let root: string;

beforeEach(() => {
  held.length = 0;
  root = mkdtempSync(join(tmpdir(), 'kassa-log-'));
});
afterEach(() => removeFolder(root));

const messages = () =>
  readFileSync(join(root, 'logs', 'current', 'terminal.log'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => line.slice(line.indexOf('  - ') + 4));

async function openWithWinston() {
  const log = createLog({
    root,
    utcOffsetMinutes: 0,
    secrets: () => [],
    loadAfterMs: 0,
    importWinston: async () => slowWinston,
  });
  let written = 0;
  await eventually(() => {
    if (held.length === 0) log.info('x', `direct ${written++}`);
    expect(held.length).toBeGreaterThan(0);
  });
  held[0]?.();
  held.length = 0;
  const before = messages();
  expect(before).toEqual(Array.from({ length: written }, (_, index) => `direct ${index}`));
  return { log, messagesSince: () => messages().slice(before.length) };
}

describe('lines that winston still holds', () => {
  it('are written by flush at once, in order, and not a second time when winston comes to them', async () => {
    const { log, messagesSince } = await openWithWinston();
    log.info('x', 'one');
    log.info('x', 'two');
    expect(messagesSince()).toEqual([]);
    held[0]?.();
    expect(messagesSince()).toEqual(['one']);
    log.info('x', 'three');
    log.flush();
    expect(messagesSince()).toEqual(['one', 'two', 'three']);
    log.info('x', 'four');
    for (const release of held.slice(1)) release();
    expect(messagesSince()).toEqual(['one', 'two', 'three', 'four']);
  });

  it('are written when the log is closed', async () => {
    const { log, messagesSince } = await openWithWinston();
    log.info('x', 'one');
    await log.close();
    expect(messagesSince()).toEqual(['one']);
    for (const release of held) release();
    expect(messagesSince()).toEqual(['one']);
  });
});
