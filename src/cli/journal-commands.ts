/** What an engineer does about a journal that is damaged or lost: copy it, put a copy in place, accept the loss, begin anew. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { backupJournal, beginJournal, type Renewed, restoreJournal } from '../journal/renew.ts';
import { takeRootLock } from '../journal/root-lock.ts';
import type { Salvaged } from '../journal/salvage.ts';
import { isStorageFault } from '../journal/storage-fault.ts';
import { safeText } from '../register/safe-text.ts';
import { pathsOf } from '../settings/paths.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_CODES } from './commands.ts';
import { PROBLEMS } from './problems.ts';
import { registerRoot } from './root.ts';

/** `bin/kassa backup FILE`: all that reads, also beside a running register. */
export function runBackup(parsed: ParsedArguments): number {
  const file = resolve(parsed.positionals.file ?? '');
  const { journal } = pathsOf(registerRoot(parsed.texts.root));
  if (existsSync(file)) return refuse(`Файл уже есть, он не заменяется: ${safeText(file, 300)}`, EXIT_CODES.usage);
  if (!existsSync(journal)) return refuse(`Журнал не найден: ${safeText(journal, 300)}`, EXIT_CODES.storage);
  return orUnreadable(journal, () => {
    const salvaged = backupJournal(journal, file);
    say(`Копия журнала: ${safeText(file, 300)}`);
    return tellSalvaged(salvaged);
  });
}

/** `bin/kassa restore FILE`: the copy becomes the journal of a register that stands still. */
export function runRestore(parsed: ParsedArguments): number {
  const file = resolve(parsed.positionals.file ?? '');
  if (!existsSync(file)) return refuse(`Файл не найден: ${safeText(file, 300)}`, EXIT_CODES.usage);
  return orUnreadable(file, () =>
    renewed(parsed, (places) => restoreJournal(file, places), 'Журнал восстановлен из копии'),
  );
}

/** `bin/kassa accept-loss`: the journal that stands there is taken as it is, with all that reads. */
export function runAcceptLoss(parsed: ParsedArguments): number {
  const { journal } = pathsOf(registerRoot(parsed.texts.root));
  if (!existsSync(journal)) {
    return refuse(
      `Журнал не найден: ${safeText(journal, 300)}. Поставить копию: restore, начать новый: new-journal`,
      EXIT_CODES.storage,
    );
  }
  return orUnreadable(journal, () =>
    renewed(parsed, (places) => restoreJournal(places.journal, places), 'Журнал принят таким, как он есть'),
  );
}

/** `bin/kassa new-journal`: nothing can be read and no copy is there. */
export function runNewJournal(parsed: ParsedArguments): number {
  const { journal, anchor } = pathsOf(registerRoot(parsed.texts.root));
  if (!existsSync(journal) && !existsSync(anchor)) {
    return refuse('Журнала не было: касса новая, она начнет его сама', EXIT_CODES.storage);
  }
  return renewed(parsed, beginJournal, 'Начат новый журнал');
}

function renewed(
  parsed: ParsedArguments,
  renew: (places: { journal: string; anchor: string }) => Renewed,
  done: string,
): number {
  const paths = pathsOf(registerRoot(parsed.texts.root));
  const release = takeRootLock(paths.lock);
  if (release === null) return refuse(PROBLEMS.rootInUse.text, EXIT_CODES.rootInUse);
  try {
    const result = renew(paths);
    say(done);
    const { givenNumber, lastNumber, formerPath, unfinishedAttempts, keptOpenDocument, salvaged } = result;
    if (salvaged !== null) tellSalvaged(salvaged);
    say(lastNumber === 0 ? 'Документов в журнале нет' : `Последний документ в журнале: № ${lastNumber}`);
    say(`Следующий получит № ${givenNumber + 1}, цепочка документов продолжается`);
    if (!keptOpenDocument)
      say('Открытый чек не читается: если он был, его товары и оплаты проверьте по чекам и кабинетам');
    if (unfinishedAttempts > 0) say(`Незавершенных оплат: ${unfinishedAttempts}. Касса спросит о них при запуске`);
    say('Сверьте итоги с платежными системами: F10, 12, 7');
    if (formerPath !== null) say(`Прежний журнал сохранен: ${safeText(formerPath, 300)}`);
    return EXIT_CODES.done;
  } finally {
    release();
  }
}

/** Not even the list of its tables reads: there is nothing to be copied. */
function orUnreadable(file: string, run: () => number): number {
  try {
    return run();
  } catch (error) {
    if (!isStorageFault(error) || error.code !== 'damaged') throw error;
    const ways = 'Поставить другую копию: restore ФАЙЛ, начать новый журнал: new-journal';
    return refuse(`SYS-05 Не читается ничего: ${safeText(file, 300)}. ${ways}`, EXIT_CODES.storage);
  }
}

function tellSalvaged({ documents, attempts, events }: Salvaged): number {
  say(`Прочитано: документов ${documents.copied}, операций с оплатами ${attempts.copied}`);
  const lost = [
    ['документов', documents.lost],
    ['операций', attempts.lost],
    ['записей', events.lost],
  ].filter(([, count]) => count !== 0);
  if (lost.length > 0) say(`Не читается: ${lost.map(([what, count]) => `${what} ${count}`).join(', ')}`);
  return EXIT_CODES.done;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function refuse(text: string, code: number): number {
  process.stderr.write(`${text}\n`);
  return code;
}
