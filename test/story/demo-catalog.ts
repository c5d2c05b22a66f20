/** The demo catalogue of a story, made once a process and copied: seeding takes longer than a whole sale. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedDemo } from '../../src/catalog/demo.ts';
import { hashPassword } from '../../src/catalog/passwords.ts';
import { openStorage } from '../../src/catalog/storage.ts';
import { removeFolder } from '../remove-folder.ts';

/** The demo's users and their passwords. */
const PASSWORDS = { 1: '1111', 2: '2222', 9: '9999' };
/** A hash of the shop costs a third of a second on purpose, and stories type a hundred passwords. */
const CHEAP_COST_LOG2 = 10;

let seeded: Promise<Buffer> | null = null;

export async function putDemoCatalog(path: string): Promise<void> {
  seeded ??= seed();
  writeFileSync(path, await seeded);
}

async function seed(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'kassa-catalog-'));
  const path = join(folder, 'catalog.db');
  seedDemo(path);
  const storage = openStorage(path);
  for (const [code, password] of Object.entries(PASSWORDS)) {
    const hash = await hashPassword(password, null, Buffer.from(`salt of ${code}`), CHEAP_COST_LOG2);
    storage.prepare('UPDATE mol SET password = ? WHERE code = ?').run(hash, code);
  }
  storage.close();
  const bytes = readFileSync(path);
  removeFolder(folder);
  return bytes;
}
