/** Keeps an emulator's books over a restart, so that a register that comes back still finds its payments. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export class StateFile<State> {
  private readonly path: string | null;
  private savedText = '';

  /** @param path null: nothing is kept */
  constructor(path: string | null) {
    this.path = path;
  }

  /** @returns what was saved last, or null when nothing was. Throws when the file is damaged. */
  load(): State | null {
    if (this.path === null || !existsSync(this.path)) return null;
    this.savedText = readFileSync(this.path, 'utf8');
    return JSON.parse(this.savedText) as State;
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
