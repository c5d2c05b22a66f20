import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';

/** A device on a real tty (a pty held by a helper process), to be written to, read from, unplugged and plugged again. */
export class PtyDevice {
  /** What the program opens: a link, as udev would make it. */
  readonly path: string;
  readonly #folder: string;
  readonly #child: ChildProcess;
  readonly #events: string[] = [];
  readonly #received: Buffer[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, 'device');
    const helper = fileURLToPath(new URL('./pty-pair.py', import.meta.url));
    this.#child = spawn('python3', [helper, this.path], { stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('no stdout');
    createInterface({ input: stdout }).on('line', (line) => {
      if (line.startsWith('read ')) this.#received.push(Buffer.from(line.slice(5), 'hex'));
      else this.#events.push(line);
    });
  }

  static async plugged(): Promise<PtyDevice> {
    const device = new PtyDevice(await mkdtemp(join(tmpdir(), 'kassa-tty-')));
    await device.#event('plugged');
    return device;
  }

  /** The tty behind the link. */
  get tty(): string {
    return this.#events.findLast((event) => event.startsWith('plugged '))?.slice('plugged '.length) ?? '';
  }

  send(bytes: string | Uint8Array): void {
    this.#command(`write ${Buffer.from(bytes).toString('hex')}`);
  }

  /** One byte at a time, as a slow line delivers them. */
  async sendPaced(bytes: string, everyMicroseconds: number): Promise<void> {
    const before = this.#events.length;
    this.#command(`pace ${Buffer.from(bytes).toString('hex')} ${everyMicroseconds}`);
    await this.#event('done', before);
  }

  async unplug(): Promise<void> {
    const before = this.#events.length;
    this.#command('unplug');
    await this.#event('unplugged', before);
  }

  async plug(): Promise<void> {
    const before = this.#events.length;
    this.#command('plug');
    await this.#event('plugged', before);
  }

  /** The device stops taking bytes: the line's buffer fills. */
  mute(): void {
    this.#command('mute');
  }

  received(): Buffer {
    return Buffer.concat(this.#received);
  }

  async remove(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#command('quit');
    await ended;
    await rm(this.#folder, { recursive: true, force: true });
  }

  #command(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  async #event(name: string, after = 0): Promise<void> {
    await vi.waitFor(
      () => {
        if (!this.#events.slice(after).some((event) => event.startsWith(name))) throw new Error(`no ${name}`);
      },
      { timeout: 20_000, interval: 5 },
    );
  }
}
