import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type PrinterEmulator,
  type PrinterEmulatorOptions,
  runPrinterEmulator,
  startPrinterEmulator,
} from '../../../../src/emulators/printer/server.ts';
import { serveEmulator } from '../../../../src/emulators/serve.ts';
import { RawClient } from './raw-client.ts';

const WAIT = { timeout: 20_000, interval: 5 };
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function started(options: PrinterEmulatorOptions = {}): Promise<{ printer: PrinterEmulator; line: RawClient }> {
  const printer = await startPrinterEmulator(options);
  cleanups.push(() => printer.close());
  return { printer, line: await joined(printer) };
}

async function joined(printer: PrinterEmulator): Promise<RawClient> {
  const line = await RawClient.connected(printer.url);
  cleanups.push(() => line.end());
  return line;
}

async function post(printer: PrinterEmulator, path: string, body: unknown): Promise<{ status: number; text: string }> {
  const reply = await fetch(`${printer.controlUrl}/${path}`, { method: 'POST', body: JSON.stringify(body) });
  return { status: reply.status, text: await reply.text() };
}

async function status(line: RawClient): Promise<number[]> {
  const answers: number[] = [];
  for (const n of [1, 2, 3, 4]) answers.push(...(await line.ask([0x10, 0x04, n], 1)));
  return answers;
}

const bytesOf = (text: string): number[] => [...Buffer.from(text, 'latin1')];

describe('status of the emulated printer', () => {
  it('tells DLE EOT 1-4 what stands in the way', async () => {
    const { printer, line } = await started({ paperLines: 20, nearEndLines: 3 });
    expect(await status(line)).toEqual([0x12, 0x12, 0x12, 0x12]);
    await post(printer, 'cover', { open: true });
    expect(await status(line)).toEqual([0x1a, 0x16, 0x12, 0x12]);
    await post(printer, 'cover', { open: false });
    await post(printer, 'paper', { lines: 2 });
    expect(await status(line)).toEqual([0x12, 0x12, 0x12, 0x1e]);
    await post(printer, 'paper', { lines: 0 });
    expect(await status(line)).toEqual([0x1a, 0x32, 0x12, 0x7e]);
    await post(printer, 'paper', { lines: null });
    await post(printer, 'behave', { fatal: true });
    expect(await status(line)).toEqual([0x1a, 0x52, 0x32, 0x12]);
    await post(printer, 'behave', { fatal: false, offline: true });
    expect(await status(line)).toEqual([0x1a, 0x12, 0x12, 0x12]);
    await post(printer, 'drawer', { open: true });
    expect(await status(line)).toEqual([0x1e, 0x12, 0x12, 0x12]);
  });

  it('tells changes by itself once GS a asked for them, and forgets that with ESC @', async () => {
    const { printer, line } = await started({ paperLines: 3, nearEndLines: 1 });
    expect(await line.ask([0x1d, 0x61, 0xff], 4)).toEqual([0x10, 0, 0, 0]);
    expect(await line.ask(bytesOf('A\nB\n'), 4)).toEqual([0x10, 0, 0x03, 0]);
    expect(await line.ask(bytesOf('C\nD\n'), 4)).toEqual([0x18, 0, 0x0f, 0]);
    expect(printer.paper()).toEqual(['A', 'B', 'C']);
    const before = line.answers.length;
    await post(printer, 'paper', { lines: 100 });
    expect(await line.next(before, 4)).toEqual([0x10, 0, 0, 0]);
    await vi.waitFor(() => expect(printer.paper()).toEqual(['A', 'B', 'C', 'D']), WAIT);
    await line.ask([0x1b, 0x40, 0x1d, 0x72, 1], 1);
    await post(printer, 'cover', { open: true });
    expect(await line.ask([0x10, 0x04, 2], 1)).toEqual([0x16]);
  });

  it('answers GS r only when everything before it is on paper', async () => {
    const { printer, line } = await started({ paperLines: 1 });
    await line.write([...bytesOf('A\nB\n'), 0x1d, 0x72, 1]);
    expect(await line.ask([0x10, 0x04, 4], 1)).toEqual([0x7e]);
    expect(printer.state()).toMatchObject({ isOnline: false, receivedBytes: 10, processedBytes: 2, pendingBytes: 8 });
    const before = line.answers.length;
    printer.loadPaper(null);
    expect(await line.next(before, 1)).toEqual([0x00]);
    expect(printer.paper()).toEqual(['A', 'B']);
  });

  it('stops at a jammed knife until it is freed and told to recover', async () => {
    const { printer, line } = await started();
    printer.behave({ knifeJammed: true });
    await line.write([...bytesOf('A\n'), 0x1d, 0x56, 1, ...bytesOf('B\n')]);
    await vi.waitFor(() => expect(printer.state().error).toBe('knife'), WAIT);
    expect(await status(line)).toEqual([0x1a, 0x52, 0x1a, 0x12]);
    await line.write([0x10, 0x05, 2]);
    expect((await status(line))[1]).toBe(0x52);
    printer.behave({ knifeJammed: false });
    expect((await status(line))[1]).toBe(0x52);
    await line.write([0x10, 0x05, 2]);
    expect(await status(line)).toEqual([0x12, 0x12, 0x12, 0x12]);
    const { receivedBytes, processedBytes, lostBytes, pendingBytes } = printer.state();
    expect(printer.paper()).toEqual(['A']);
    expect(processedBytes + lostBytes + pendingBytes).toBe(receivedBytes);
  });

  it('opens the drawer in real time without paper, not with an error', async () => {
    const { printer, line } = await started({ paperLines: 0 });
    await line.write([0x1b, 0x70, 0, 50, 250, 0x10, 0x14, 1, 0, 1]);
    await status(line);
    expect(printer.state().pulses).toBe(1);
    printer.behave({ fatal: true });
    await line.write([0x10, 0x14, 1, 0, 1]);
    await status(line);
    expect(printer.state()).toMatchObject({ pulses: 1, pendingBytes: 5 + 5 + 12 + 5 + 12 });
  });
});

describe('line of the emulated printer', () => {
  it('serves one register at a time, and the next one when the first has gone', async () => {
    const { printer, line } = await started();
    const second = await RawClient.connected(printer.url).catch(() => null);
    if (second !== null) await vi.waitFor(() => expect(second.isClosed).toBe(true), WAIT);
    expect(printer.state()).toMatchObject({ clients: 1, refusedClients: 1 });
    expect(await line.ask([0x10, 0x04, 1], 1)).toEqual([0x12]);
    await line.end();
    await vi.waitFor(() => expect(printer.state().clients).toBe(0), WAIT);
    expect(await (await joined(printer)).ask([0x10, 0x04, 1], 1)).toEqual([0x12]);
  });

  it('forgets page and buffer when it is switched off, and is back on the same port', async () => {
    const { printer, line } = await started({ paperLines: 1 });
    await line.write([0x1b, 0x74, 17, ...bytesOf('A\nLOST\n')]);
    await vi.waitFor(() => expect(printer.state().pendingBytes).toBe(5), WAIT);
    expect((await post(printer, 'power', { on: false })).status).toBe(200);
    await expect(RawClient.connected(printer.url)).rejects.toThrow('ECONNREFUSED');
    expect(line.isClosed).toBe(false);
    await post(printer, 'power', { on: true });
    await vi.waitFor(() => expect(line.isClosed).toBe(true), WAIT);
    printer.loadPaper(null);
    const again = await joined(printer);
    await again.ask([0x8c, 0x0a, 0x1d, 0x72, 1], 1);
    expect(printer.paper()).toEqual(['A', '□']);
    expect(printer.state()).toMatchObject({ lostBytes: 5 });
  });

  it('is cut off after the byte asked for', async () => {
    const { printer, line } = await started();
    printer.behave({ cutsAfterBytes: 5 });
    await line.write(bytesOf('ONE\nTWO\n'));
    await vi.waitFor(() => expect(line.isClosed).toBe(true), WAIT);
    expect(printer.paper()).toEqual(['ONE']);
    expect(printer.state()).toMatchObject({
      isPlugged: false,
      processedBytes: 5,
      lostBytes: 3,
      isInsideCommand: false,
    });
    await post(printer, 'cable', { on: true });
    await (await joined(printer)).ask([...bytesOf('HREE\n'), 0x1d, 0x72, 1], 1);
    expect(printer.paper()).toEqual(['ONE', 'THREE']);
  });

  it('stops the register with XOFF and lets it go on with XON', async () => {
    const { printer, line } = await started();
    await post(printer, 'behave', { xoffAfterBytes: 4 });
    expect(await line.ask(bytesOf('ONE\nTWO\n'), 1)).toEqual([0x13]);
    expect(printer.state()).toMatchObject({ isStopped: true, processedBytes: 3, pendingBytes: 5 });
    await post(printer, 'behave', { xoffAfterBytes: null });
    expect(await line.next(0, 2)).toEqual([0x13, 0x11]);
    expect(printer.paper()).toEqual(['ONE', 'TWO']);
    await post(printer, 'behave', { xoffAfterBytes: 1, xoffMs: 1 });
    expect(await line.ask(bytesOf('THREE\n'), 2)).toEqual([0x13, 0x11]);
  });

  it('hangs until it is switched off and on', async () => {
    const { printer, line } = await started();
    printer.behave({ hangsAfterBytes: 2 });
    await line.write([...bytesOf('A\n'), 0x10, 0x04, 1]);
    await vi.waitFor(() => expect(printer.state().lostBytes).toBe(3), WAIT);
    expect(line.answers).toEqual([]);
    await printer.setPower(false);
    await printer.setPower(true);
    expect(await (await joined(printer)).ask([0x10, 0x04, 1], 1)).toEqual([0x12]);
  });

  it('prints no faster than it was told, and everything', async () => {
    const { printer, line } = await started({ bufferBytes: 16 });
    printer.behave({ bytesPerSecond: 2000 });
    const lines = Array.from({ length: 40 }, (_, i) => `LINE ${i}`);
    await line.ask([...bytesOf(`${lines.join('\n')}\n`), 0x1d, 0x72, 1], 1);
    expect(printer.paper()).toEqual(lines);
  });

  it('sends bytes nobody asked for', async () => {
    const { printer, line } = await started();
    await post(printer, 'send', { hex: '14ff00' });
    expect(await line.next(0, 3)).toEqual([0x14, 0xff, 0x00]);
  });
});

describe('control of the emulated printer', () => {
  it('shows paper and state, and refuses what does not exist', async () => {
    const { printer, line } = await started();
    await line.ask([...bytesOf('A\n'), 0x1d, 0x72, 1], 1);
    expect(await (await fetch(`${printer.controlUrl}/paper`)).json()).toEqual(['A']);
    expect(await (await fetch(`${printer.controlUrl}/state`)).json()).toMatchObject({ isOnline: true, clients: 1 });
    for (const [path, body] of [
      ['behave', { explodes: true }],
      ['behave', { silent: 1 }],
      ['behave', { bytesPerSecond: 0 }],
      ['paper', { lines: 'all' }],
      ['cover', {}],
      ['send', { hex: '1' }],
    ] as const) {
      expect((await post(printer, path, body)).status).toBe(400);
    }
  });

  it('is started by its name, and tells its address before the paper', async () => {
    const served = await serveEmulator('printer', { port: 0, buyer: 'pays' });
    cleanups.push(() => served.close());
    expect(served).toMatchObject({ name: 'printer', url: expect.stringMatching(/^tcp:127\.0\.0\.1:\d+$/) });
    const written: string[] = [];
    const printer = await runPrinterEmulator({ paperLines: 30 }, { write: (text) => written.push(text) });
    cleanups.push(() => printer.close());
    const line = await joined(printer);
    await line.ask([...bytesOf('A\n'), 0x1d, 0x72, 1], 1);
    expect(JSON.parse(written[0] ?? '')).toEqual({ name: 'printer', url: printer.url, control: printer.controlUrl });
    expect(written.slice(1)).toEqual(['A\n']);
  });
});
