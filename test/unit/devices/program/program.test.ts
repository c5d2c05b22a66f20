import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgram, type PaymentProgram } from '../../../../src/devices/program/program.ts';
import type { ProgramEvent } from '../../../../src/payments/ports.ts';
import { ManualClock } from '../manual-clock.ts';

const WAIT = { timeout: 20_000, interval: 10 };
const PAY = { ask: 'pay', orderNumber: '20230914_121849_446', amountKopecks: 100, currency: 'RUB' } as const;

let folder: string;
const programs: PaymentProgram[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kassa soft pos-'));
});
afterEach(async () => {
  for (const program of programs.splice(0)) program.close();
  await rm(folder, { recursive: true });
});

/** A program in the language of the shell, in a folder with a blank in its name. */
async function program(script: string, words = '') {
  const path = join(folder, 'program');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return start(`"${path}" ${words}`);
}

function start(command: string) {
  const clock = new ManualClock();
  const events: ProgramEvent[] = [];
  const started = createProgram({ command, clock, onEvent: (event) => events.push(event) });
  programs.push(started);
  return { started, clock, events };
}

const inFolder = (name: string): string => join(folder, name);
const exists = (name: string) => vi.waitFor(() => readFile(inFolder(name)), WAIT);

describe('the payment program', () => {
  it.each(['done', 'refused', 'closed'] as const)('says %s', async (result) => {
    const { started, events } = await program(`printf '{"result":"${result}"}\\n'`);
    started.command(PAY);
    await vi.waitFor(() => expect(events).toEqual([{ is: result }]), WAIT);
  });

  it('gets one line with the order, and its words without a shell', async () => {
    const script = `cat > "${inFolder('in')}"; printf '%s\\n' "$@" > "${inFolder('words')}"; printf '{"result":"done"}'`;
    const { started, events } = await program(script, '--till 8 "a b" $HOME;');
    started.command(PAY);
    await vi.waitFor(() => expect(events).toEqual([{ is: 'done' }]), WAIT);
    expect(await readFile(inFolder('in'), 'utf8')).toBe(
      '{"pay":{"orderNumber":"20230914_121849_446","amountKopecks":100,"currency":"RUB"}}\n',
    );
    expect(await readFile(inFolder('words'), 'utf8')).toBe('--till\n8\na b\n$HOME;\n');
  });

  it.each([
    ['ends without a word', 'exit 0'],
    ['fails', 'exit 3'],
    ['says something else', `printf '{"result":"paid"}\\n'`],
    ['talks nonsense', 'echo APPROVED'],
    ['talks without an end', 'yes x | tr -d "\\n"'],
  ])('is lost when it %s', async (_, script) => {
    const { started, events } = await program(script);
    started.command(PAY);
    await vi.waitFor(() => expect(events).toEqual([{ is: 'lost' }]), WAIT);
  });

  it('is missing when there is no such file, no right to run it, or no name', async () => {
    for (const command of [inFolder('nowhere'), '', `"${folder}"`]) {
      const { started, events } = start(command);
      started.command(PAY);
      await vi.waitFor(() => expect(events).toEqual([{ is: 'missing' }]), WAIT);
    }
    const { started, events } = await program('exit 0');
    await chmod(inFolder('program'), 0o644);
    started.command(PAY);
    await vi.waitFor(() => expect(events).toEqual([{ is: 'missing' }]), WAIT);
  });

  it('is lost after 120 s of silence, and ended', async () => {
    const { started, events, clock } = await program(
      `trap 'echo > "${inFolder('ended')}"; exit' TERM; echo > "${inFolder('ready')}"; while :; do sleep 0.05; done`,
    );
    started.command(PAY);
    await exists('ready');
    clock.advance(119_999);
    expect(events).toEqual([]);
    clock.advance(1);
    expect(events).toEqual([{ is: 'lost' }]);
    await exists('ended');
  });

  it('is ended by abort, by force when it does not mind, and what it said is unknown', async () => {
    const { started, events, clock } = await program(
      `trap '' TERM; echo $$ > "${inFolder('pid')}"; while :; do sleep 0.05; done`,
    );
    started.command({ ask: 'abort' });
    expect(events).toEqual([]);
    started.command(PAY);
    await vi.waitFor(async () => expect(await readFile(inFolder('pid'), 'utf8')).toMatch(/^\d+\n$/), WAIT);
    const pid = Number(await readFile(inFolder('pid'), 'utf8'));
    started.command({ ask: 'abort' });
    expect(events).toEqual([{ is: 'lost' }]);
    expect(() => process.kill(pid, 0)).not.toThrow();
    clock.advance(5000);
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), WAIT);
    expect(events).toHaveLength(1);
  });

  it('says nothing about an earlier payment', async () => {
    const script = `[ -e "${inFolder('second')}" ] && exec printf '{"result":"done"}'; echo > "${inFolder('second')}"; exec sleep 60`;
    const { started, events } = await program(script);
    started.command(PAY);
    await exists('second');
    started.command(PAY);
    await vi.waitFor(() => expect(events).toEqual([{ is: 'done' }]), WAIT);
  });
});
