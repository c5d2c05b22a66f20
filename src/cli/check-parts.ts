/** What `bin/kassa check` looks at, each part for itself: one that is broken does not hide the others. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../app/clock.ts';
import { ProviderSettings } from '../app/provider-settings.ts';
import { freeBytes } from '../app/storage-guard.ts';
import { FILE_DAMAGED } from '../app/storage-trouble.ts';
import { checkCatalog } from '../catalog/check.ts';
import { lostWhole, readAnchor } from '../journal/anchor.ts';
import { Journal } from '../journal/journal.ts';
import { sizeOf } from '../journal/open-database.ts';
import { asStorageFault, isStorageFault } from '../journal/storage-fault.ts';
import { drivers, ownSlips } from '../payments/registry.ts';
import { loadTemplates, type TemplateProblem } from '../receipts/templates.ts';
import { safeText } from '../register/safe-text.ts';
import { type Paths, pathsOf } from '../settings/paths.ts';
import { describeProblem } from '../settings/problem.ts';
import { defaultSettings, loadSettings } from '../settings/settings.ts';
import { readToken } from '../settings/token-conf.ts';
import { problemOfDevices } from './devices/settings-problem.ts';
import { newerText, unreadableJournal, WAYS_OUT } from './problems.ts';

export interface Finding {
  part: 'journal' | 'catalog' | 'settings' | 'tokens' | 'templates' | 'disk';
  area: 'storage' | 'settings';
  /** What is wrong, with its number; null = in order. */
  fault: string | null;
  /** What to say when it is in order. */
  text: string;
  /** What to do about it. */
  help?: string;
  /** A database is damaged: how, without its number. */
  damage?: string;
}

const MEGABYTE = 1024 * 1024;

export async function findingsOf(root: string): Promise<Finding[]> {
  const paths = pathsOf(root);
  return [
    journalFinding(paths),
    catalogFinding(paths),
    settingsFinding(root, paths),
    tokensFinding(paths),
    await templatesFinding(paths),
    diskFinding(root, paths),
  ];
}

const NAMES = {
  journal: 'Журнал',
  catalog: 'Справочник',
  settings: 'Настройки',
  tokens: 'Токены',
  templates: 'Шаблоны',
  disk: 'Диск',
} as const;

export function describeFindings(findings: readonly Finding[]): { isFault: boolean; line: string }[] {
  return findings.map(({ part, fault, text, help }) => {
    if (fault === null) return { isFault: false, line: `${NAMES[part].padEnd(12)}${text}` };
    return { isFault: true, line: help === undefined ? fault : `${fault}\n${help}` };
  });
}

function journalFinding({ journal: path, anchor }: Paths): Finding {
  const found = (fault: string | null, text = ''): Finding => ({ part: 'journal', area: 'storage', fault, text });
  const damaged = (what: string): Finding => {
    return { ...found(`SYS-05 База данных повреждена: ${what}`), help: WAYS_OUT, damage: what };
  };
  let journal: Journal | null = null;
  try {
    // First: beside a running register the journal only runs on.
    const anchored = readAnchor(anchor);
    const size = sizeOf(path);
    if (size === null && anchored === null) return found(`Журнал не найден: ${path}`);
    if ((size ?? 0) === 0 && anchored !== null) return damaged(lostWhole(anchored, size === 0));
    journal = Journal.open(path, { readonly: true });
    const lost = anchored === null || anchored === 'unreadable' ? null : journal.lacks(anchored);
    if (lost !== null) return damaged(lost);
    if (!journal.isSound()) return damaged(FILE_DAMAGED);
    const broken = journal.firstBrokenDocument();
    if (broken !== null) return damaged(`изменен документ № ${broken}`);
    const unreadable = journal.firstUnreadable();
    if (unreadable !== null) return damaged(unreadable);
    const accepted = journal.acceptedLosses();
    return found(null, ['цел, цепочка документов не нарушена', ...accepted].join('; '));
  } catch (error) {
    const known = asStorageFault(error);
    if (isStorageFault(known) && known.code === 'damaged') return damaged(known.say || FILE_DAMAGED);
    const problem = unreadableJournal(error, path);
    if (problem === null) throw error;
    return found(problem);
  } finally {
    journal?.close();
  }
}

function catalogFinding({ catalog }: Paths): Finding {
  const checked = checkCatalog(catalog);
  const part = { part: 'catalog', area: 'storage' } as const;
  if ('goods' in checked) return { ...part, fault: null, text: `цел, товаров: ${checked.goods}` };
  if ('absent' in checked) return { ...part, fault: null, text: 'еще не загружен' };
  const help = 'Загрузить заново, касса остановлена: bin/kassa load --anew ФАЙЛ';
  return {
    ...part,
    fault: checked.fault === 'newer' ? newerText(checked.problem) : `SYS-20 ${checked.problem}`,
    text: '',
    ...(checked.fault === 'damaged' ? { help, damage: checked.problem } : {}),
  };
}

function settingsFinding(root: string, paths: Paths): Finding {
  const loaded = loadSettings(root);
  const own = 'problem' in loaded ? loaded.problem : problemOfDevices(root, loaded.settings);
  const providers = new ProviderSettings(drivers, paths.paysystems, systemClock(), {});
  const theirs = providers
    .faults()
    .filter(({ number }) => number === 'SYS-08')
    .map(({ params }) => `${params['файл']}, ${params['параметр']}`);
  const faults = [...(own === null ? [] : [describeProblem(own)]), ...theirs];
  const fault = faults.length === 0 ? null : `SYS-08 ${faults.join('; ')}`;
  return { part: 'settings', area: 'settings', fault, text: 'в порядке' };
}

function tokensFinding({ paysystems }: Paths): Finding {
  const part = { part: 'tokens', area: 'settings' } as const;
  const texts: string[] = [];
  for (const { title, tokenFile, tokenIsRenewed } of drivers.values()) {
    // One that is asked for where it is needed is nothing to look after.
    if (tokenFile === undefined || tokenIsRenewed === true) continue;
    const read = readToken(join(paysystems, tokenFile));
    if ('problem' in read) return { ...part, fault: `SYS-11 ${title}: файл ${tokenFile} поврежден`, text: '' };
    const word = read.token === null ? 'нет' : read.fromPreviousCopy ? 'взят из копии, файл поврежден' : 'есть';
    texts.push(`${title}: ${word}`);
  }
  return { ...part, fault: null, text: texts.join(', ') };
}

async function templatesFinding({ reports }: Paths): Promise<Finding> {
  const problems: TemplateProblem[] = [];
  await loadTemplates(reports, (problem) => problems.push(problem), ownSlips());
  const texts = problems.map(({ name, line, message }) => `шаблон ${safeText(name)}, строка ${line}: ${message}`);
  const fault = texts.length === 0 ? null : `SYS-08 ${texts.join('; ')}`;
  return { part: 'templates', area: 'settings', fault, text: 'в порядке' };
}

function diskFinding(root: string, paths: Paths): Finding {
  const loaded = loadSettings(root);
  const { diskReserveMegabytes } = 'settings' in loaded ? loaded.settings : defaultSettings;
  const free = freeBytes(existsSync(paths.data) ? paths.data : root);
  const megabytes = free === null ? null : Math.floor(free / MEGABYTE);
  const isShort = megabytes !== null && megabytes < diskReserveMegabytes;
  const fault = isShort ? `SYS-03 Недостаточно места на диске: ${megabytes} МБ, нужно ${diskReserveMegabytes}` : null;
  const text = megabytes === null ? 'сколько свободно, система не говорит' : `свободно ${megabytes} МБ`;
  return { part: 'disk', area: 'storage', fault, text };
}
