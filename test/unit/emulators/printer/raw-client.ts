import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, vi } from 'vitest';

/** Bytes to an emulated device and its answers, without any code of the register. */
export class RawClient {
  readonly answers: number[] = [];
  isClosed = false;
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.answers.push(...bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isClosed = true;
    });
  }

  static async connected(url: string): Promise<RawClient> {
    const [, host = '', port = ''] = /^tcp:(.+):(\d+)$/.exec(url) ?? [];
    const socket = connect(Number(port), host);
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  write(bytes: readonly number[]): Promise<void> {
    return new Promise((resolve) => this.#socket.write(Uint8Array.from(bytes), () => resolve()));
  }

  /** The next `count` bytes that come back. */
  async ask(bytes: readonly number[], count: number): Promise<number[]> {
    const before = this.answers.length;
    await this.write(bytes);
    return this.next(before, count);
  }

  async next(from: number, count: number): Promise<number[]> {
    await vi.waitFor(() => expect(this.answers.length).toBeGreaterThanOrEqual(from + count), {
      timeout: 20_000,
      interval: 5,
    });
    return this.answers.slice(from);
  }

  async end(): Promise<void> {
    this.#socket.destroy();
  }
}
