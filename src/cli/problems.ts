import { FILE_DAMAGED } from '../app/storage-trouble.ts';
import { isCatalogFault } from '../catalog/storage.ts';
import { asStorageFault, isStorageFault, type StorageFault } from '../journal/storage-fault.ts';
import { safeText } from '../register/safe-text.ts';
import { EXIT_CODES } from './commands.ts';

/** What an engineer can do about a journal that is damaged or lost (docs/ru/inzhener.md). */
export const WAYS_OUT = [
  'Выход (касса остановлена, номера чеков продолжатся):',
  '  kassa backup ФАЙЛ   снять копию всего, что читается',
  '  kassa restore ФАЙЛ  поставить копию',
  '  kassa accept-loss   работать с тем журналом, что есть',
  '  kassa new-journal   начать новый журнал',
].join('\n');

/** Why the register cannot start, and the exit code that says so. */
export const PROBLEMS = {
  rootInUse: { code: EXIT_CODES.rootInUse, text: 'SYS-06 Программа уже запущена' },
  storage: { code: EXIT_CODES.storage, text: 'SYS-01 Ошибка записи данных. Проверьте диск и права на каталог' },
  readOnly: {
    code: EXIT_CODES.storage,
    text: 'SYS-19 Диск или каталог кассы доступен только для чтения. Касса не запущена',
  },
  damaged: {
    code: EXIT_CODES.storage,
    text: 'SYS-05 База данных повреждена. Обратитесь в службу технической поддержки',
  },
  newer: { code: EXIT_CODES.storage, text: 'SYS-21' },
  catalog: { code: EXIT_CODES.storage, text: 'SYS-01 Справочник товаров не открывается' },
  catalogDamaged: { code: EXIT_CODES.storage, text: 'SYS-20 Справочник товаров поврежден' },
} as const;

/** @param say what is wrong, '' where the number says everything */
export function startRefusal(problem: keyof typeof PROBLEMS, say: string): { code: number; text: string } {
  const { code, text } = PROBLEMS[problem];
  if (say === '') return { code, text };
  if (problem === 'damaged') return { code, text: `SYS-05 База данных повреждена: ${say}\n${WAYS_OUT}` };
  if (problem === 'newer') return { code, text: newerText(say) };
  if (problem === 'catalogDamaged')
    return { code, text: `SYS-20 ${say}\nЗагрузить заново: bin/kassa load --anew ФАЙЛ` };
  return { code, text: problem === 'catalog' ? `SYS-01 ${say}` : text };
}

/** A database of a later program is sound. @param say which one, and whose */
export function newerText(say: string): string {
  return `${PROBLEMS.newer.text} ${say}`;
}

/** What the disk refused, of any command; null = a fault of the program. */
export function storageProblem(error: unknown): { code: number; text: string } | null {
  const known = asStorageFault(error);
  const cause = (isStorageFault(known) ? (known.cause ?? error) : error) as NodeJS.ErrnoException | null;
  // A folder that cannot be made at all: nothing else in the program asks for one.
  const isFolder = cause?.syscall === 'mkdir';
  const isCatalog = isCatalogFault(error);
  if (!isStorageFault(known) && !isFolder && !isCatalog && cause?.code !== 'EPERM') return null;
  const { code, text } = PROBLEMS[isStorageFault(known) ? kindOf(known.code, cause?.path !== undefined) : 'storage'];
  return { code, text: cause?.path === undefined ? text : `${text}: ${safeText(cause.path, 300)}` };
}

/** A path that is known says more than that the disk is read-only. */
function kindOf(code: StorageFault, hasPath: boolean): 'damaged' | 'readOnly' | 'storage' {
  if (code === 'damaged') return 'damaged';
  return code === 'readOnly' && !hasPath ? 'readOnly' : 'storage';
}

/**
 * Why a command that only reads has got no journal. A database is called damaged only when SQLite has found it so: without
 * the rights, or on a disk mounted read-only (a WAL needs its side files), it cannot be opened, and nothing is wrong with it.
 * @returns null = a fault of the program
 */
export function unreadableJournal(error: unknown, path: string): string | null {
  const known = asStorageFault(error);
  if (!isStorageFault(known)) return null;
  if (known.code === 'newer') return newerText(known.say);
  if (known.code === 'damaged') return `SYS-05 База данных повреждена: ${known.say || FILE_DAMAGED}`;
  const why = 'Нет прав, диск только для чтения или не отвечает';
  return `Журнал не открывается: ${path}. ${why}. Копию cash/data можно проверить на другом диске`;
}
