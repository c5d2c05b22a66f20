/**
 * A real tty for the printer. Node cannot make a pseudo terminal, so a few lines of Python hold its far end: what the
 * register writes comes out of their stdout, what goes into their stdin the register reads.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { lstat, symlink, unlink } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';

const PUMP = `
import os, select, signal, tty
signal.signal(signal.SIGINT, signal.SIG_IGN)
master, slave = os.openpty()
# Kept open and raw: bytes written before the register opens the tty are neither lost nor echoed.
tty.setraw(slave)

def write_all(target, data):
    while data:
        data = data[os.write(target, data):]

write_all(1, (os.ttyname(slave) + "\\n").encode())
while True:
    ready, _, _ = select.select([0, master], [], [])
    if 0 in ready:
        data = os.read(0, 4096)
        if not data:
            break
        write_all(master, data)
    if master in ready:
        write_all(1, os.read(master, 4096))
`;

type Pump = ChildProcessByStdio<Writable, Readable, null>;

/** One plugged cable. */
export interface PluggedTty {
  send(bytes: Uint8Array): void;
  hold(isHeld: boolean): void;
  /** The tty vanishes as when the cable is pulled. */
  unplug(): Promise<void>;
}

/** Makes a tty and a link to it at `path`; rejects when Python is missing or the path is taken by something else. */
export async function plugTty(path: string, onBytes: (bytes: Uint8Array) => void): Promise<PluggedTty> {
  const pump = spawn('python3', ['-c', PUMP], { stdio: ['pipe', 'pipe', 'ignore'] });
  // Its end is seen by `exit`; a write that comes too late is nobody's loss.
  pump.stdin.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => {
    pump.once('exit', () => resolve());
    pump.once('error', () => resolve());
  });
  const end = async (): Promise<void> => {
    pump.kill('SIGKILL');
    await ended;
  };
  try {
    const { name, rest } = await ttyName(pump);
    await makeLink(name, path);
    pump.stdout.on('data', onBytes);
    if (rest.length > 0) onBytes(rest);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    send: (bytes) => void pump.stdin.write(bytes),
    hold(isHeld) {
      if (isHeld) pump.stdout.pause();
      else pump.stdout.resume();
    },
    async unplug() {
      pump.stdout.removeAllListeners('data');
      await unlink(path).catch(() => undefined);
      await end();
    },
  };
}

/** The first line of the pump. */
function ttyName(pump: Pump): Promise<{ name: string; rest: Uint8Array }> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const settle = (): void => {
      pump.stdout.off('data', onData);
      pump.off('error', onError);
      pump.off('exit', onExit);
    };
    const onData = (chunk: Buffer): void => {
      seen = Buffer.concat([seen, chunk]);
      const at = seen.indexOf('\n');
      if (at === -1) return;
      settle();
      resolve({ name: seen.toString('latin1', 0, at), rest: seen.subarray(at + 1) });
    };
    const onError = (error: Error): void => {
      settle();
      reject(new Error('an emulated tty needs python3', { cause: error }));
    };
    const onExit = (): void => {
      settle();
      reject(new Error('python3 could not make a tty'));
    };
    pump.stdout.on('data', onData);
    pump.once('error', onError);
    pump.once('exit', onExit);
  });
}

/** A link left behind by a killed emulator is replaced; anything else at the path is not ours. */
async function makeLink(target: string, path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found?.isSymbolicLink() === true) await unlink(path);
  await symlink(target, path);
}
