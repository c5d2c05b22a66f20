/** The built program on a real terminal, so that it can be killed for good. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import xterm from '@xterm/headless';
import pty from 'node-pty';
import { removeFolder } from '../../remove-folder.ts';

const sources = fileURLToPath(new URL('../../..', import.meta.url));
const WAIT_LIMIT_MS = 60_000;
const KEYS: Record<string, string> = {
  enter: '\r',
  escape: '\x1b',
  f6: '\x1b[17~',
  f7: '\x1b[18~',
  f8: '\x1b[19~',
  f11: '\x1b[23~',
};

/** Builds the program as `npm run build` does, beside whatever stands in dist: other tests may be using that. */
export function buildProgram(): { bin: string; remove(): void } {
  const project = mkdtempSync(join(tmpdir(), 'kassa-build-'));
  cpSync(join(sources, 'bin'), join(project, 'bin'), { recursive: true });
  copyFileSync(join(sources, 'package.json'), join(project, 'package.json'));
  for (const name of ['node_modules', 'templates', 'src']) symlinkSync(join(sources, name), join(project, name));
  const built = spawnSync(process.execPath, [join(sources, 'scripts/bundle.mjs'), project], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`bundle: ${built.stderr}`);
  return { bin: join(project, 'bin/kassa'), remove: () => removeFolder(project) };
}

export class RegisterProcess {
  readonly #vt = new xterm.Terminal({ cols: 80, rows: 25, allowProposedApi: true });
  readonly #child: pty.IPty;
  readonly #root: string;
  readonly #ended: Promise<number>;
  #checks = new Set<() => void>();
  isEnded = false;

  constructor(bin: string, root: string, ...parameters: string[]) {
    this.#root = root;
    this.#child = pty.spawn(bin, ['demo', '--root', root, ...parameters], {
      name: 'xterm-256color',
      cols: 80,
      rows: 25,
      env: { PATH: process.env.PATH ?? '', HOME: root, LANG: 'C.UTF-8' },
    });
    this.#child.onData((text) => this.#vt.write(text, () => this.#changed()));
    this.#ended = new Promise((resolve) => {
      this.#child.onExit(({ exitCode }) => {
        // What it wrote last is parsed later than it came: the end comes after the last picture (CI of 22.11.2026).
        this.#vt.write('', () => {
          this.isEnded = true;
          resolve(exitCode);
          this.#changed();
        });
      });
    });
  }

  get screen(): string {
    const { active } = this.#vt.buffer;
    return Array.from({ length: 25 }, (_, y) => active.getLine(active.baseY + y)?.translateToString(true) ?? '').join(
      '\n',
    );
  }

  press(...keys: string[]): void {
    if (!this.isEnded) for (const key of keys) this.#child.write(KEYS[key] ?? key);
  }

  /** Waits for a picture; the end of the program ends the waiting too. */
  async until(what: string, isSo: (screen: string) => boolean): Promise<void> {
    await new Promise<void>((done, fail) => {
      const limit = setTimeout(() => {
        this.#checks.delete(check);
        fail(new Error(`never: ${what}\n${this.screen}`));
      }, WAIT_LIMIT_MS);
      const check = () => {
        if (!this.isEnded && !isSo(this.screen)) return;
        this.#checks.delete(check);
        clearTimeout(limit);
        done();
      };
      this.#checks.add(check);
      check();
    });
  }

  shows(text: string): Promise<void> {
    return this.until(text, (screen) => screen.includes(text));
  }

  /** kill -9 of the program itself; the launcher survives to give the terminal back. */
  async kill(): Promise<void> {
    const { pid } = JSON.parse(readFileSync(join(this.#root, 'emulators.json'), 'utf8')) as { pid: number };
    if (!this.isEnded) process.kill(pid, 'SIGKILL');
    await this.#ended;
  }

  exitCode(): Promise<number> {
    return this.#ended;
  }

  /** Ends everything that was started here. */
  async dispose(): Promise<void> {
    if (this.isEnded) return;
    // The whole group of the terminal: the launcher and the program, whichever of them lives.
    process.kill(-this.#child.pid, 'SIGKILL');
    await this.#ended;
  }

  #changed(): void {
    for (const check of this.#checks) check();
  }
}

/** One line of `bin/kassa documents --json`. */
export interface DocumentLine {
  number: number;
  status: 'open' | 'closed' | 'annulled';
  stage: string;
  totalKopecks: number;
  receivedKopecks: number;
  lines: { code: string }[];
  payments: {
    provider: string;
    state: string;
    sumKopecks: number;
    orderNumber: string;
    attempts: { state: string }[];
  }[];
}

export function documents(bin: string, root: string): DocumentLine[] {
  const run = spawnSync(bin, ['documents', '--root', root, '--json'], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (run.status !== 0) throw new Error(`documents: ${run.status} ${run.signal} ${run.error} ${run.stderr}`);
  return run.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as DocumentLine);
}
