/** Keeps an emulator's books over a restart, so that a register that comes back still finds its payments. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Problem } from './problem.ts';

/** Books that are damaged, or another server's. */
export function isStateFileProblem(error: unknown): boolean {
  return error instanceof Problem && error.detail === 'books';
}

function notOurBooks(path: string): Problem<'books'> {
  return new Problem(500, `not the books of this server: ${path}`, 'books');
}

export class StateFile<State> {
  private readonly path: string | null;
  private savedText = '';

  /** @param path null: nothing is kept */
  constructor(path: string | null) {
    this.path = path;
  }

  /**
   * @param empty books without an operation
   * @returns what was saved last, or the empty books. @throws a problem (`isStateFileProblem`)
   */
  load(empty: State & object): State {
    if (this.path === null || !existsSync(this.path)) return empty;
    const text = readFileSync(this.path, 'utf8');
    let saved: unknown;
    try {
      saved = JSON.parse(text);
    } catch {
      throw notOurBooks(this.path);
    }
    const isOurs = typeof saved === 'object' && saved !== null && Object.keys(empty).every((key) => key in saved);
    if (!isOurs) throw notOurBooks(this.path);
    this.savedText = text;
    return saved as State;
  }

  /**
   * Writes the state if it differs from what is on disk. Called before an answer leaves: a payment that was answered
   * survives `kill -9`. Renamed into place, so a killed process leaves the old file or the new one, never a half; there
   * is no fsync, because a training server need not outlive the power.
   */
  save(state: State): void {
    if (this.path === null) return;
    const text = JSON.stringify(state);
    if (text === this.savedText) return;
    mkdirSync(dirname(this.path), { recursive: true });
    const draft = `${this.path}.new`;
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, this.path);
    this.savedText = text;
  }
}
