import { existsSync } from 'node:fs';
import { Journal } from '../journal/journal.ts';
import { pathsOf } from '../settings/paths.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_CODES } from './commands.ts';
import { unreadableJournal } from './problems.ts';
import { registerRoot } from './root.ts';

/**
 * `bin/kassa check`: is the journal sound, and does the hash chain over its documents hold? Reads beside a running
 * register, which starts it by itself after the first screen (SYS-05).
 */
export function runCheck(parsed: ParsedArguments): number {
  const { journal: path } = pathsOf(registerRoot(parsed.texts.root));
  if (!existsSync(path)) {
    process.stderr.write(`Журнал не найден: ${path}\n`);
    return EXIT_CODES.storage;
  }
  try {
    const journal = Journal.open(path, { readonly: true });
    const isSound = journal.isSound();
    const broken = isSound ? journal.firstBrokenDocument() : null;
    journal.close();
    if (isSound && broken === null) {
      process.stdout.write('Журнал цел, цепочка документов не нарушена\n');
      return EXIT_CODES.done;
    }
    const what = isSound ? `изменен документ № ${broken}` : 'файл журнала поврежден';
    process.stderr.write(`SYS-05 База данных повреждена: ${what}\n`);
  } catch (error) {
    const problem = unreadableJournal(error, path);
    if (problem === null) throw error;
    process.stderr.write(`${problem}\n`);
  }
  return EXIT_CODES.storage;
}
