import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Recording } from '../../../src/app/recording.ts';
import { redactorOf } from '../../../src/log/redaction.ts';
import { removeFolder } from '../../remove-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'kassa-recording-'));
afterEach(() => removeFolder(folder));

describe('recording', () => {
  // Incident: a build of 22.11.2026 was red by chance.
  it('stays JSON when the time of a message contains the digits of a password', () => {
    const path = join(folder, 'recording.jsonl');
    const recording = new Recording(path, () => redactorOf(['7531']));
    recording.add({ type: 'scan', code: 'a7531b', raw: 'token=abc' }, 1_763_775_310_000);
    recording.flush();
    const line: unknown = JSON.parse(readFileSync(path, 'utf8'));
    expect(line).toEqual({ atMs: 1_763_775_310_000, type: 'scan', code: 'a***b', raw: 'token=***' });
  });
});
