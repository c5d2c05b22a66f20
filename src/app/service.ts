import { isFinal } from '../payments/attempt.ts';
import { nameOf, type ServiceRow, type Stored } from '../payments/service-page.ts';
import type { Currency } from '../register/model.ts';
import type { SystemPage } from '../ui/model.ts';
import { whyOff } from '../ui/system-page.ts';
import { beginLinkCheck } from './link-check.ts';
import type { Due } from './payment/due.ts';
import { context } from './state.ts';
import { log, openContext, patchUi, say, type Turn } from './turn.ts';

/** A row of a system's page gets another value (SCR-35); only the administrator, and nothing an operation hangs on. */
export function changeSystem(turn: Turn, system: string, index: number, value: string): void {
  const found = find(turn, system, index);
  if (found === null) return;
  const { page, row } = found;
  const stored = storedIn(row);
  if (stored === null) return;
  const needs = row.is === 'choice' ? row.options.find((option) => option.value === value)?.needs : undefined;
  if (needs !== undefined && page.values[needs] === '') {
    return patchUi(turn, { status: `Не заполнен параметр ${needs} в ${page.file}` });
  }
  const refusal = refusalOf(turn, page, row, value);
  // The answer to a key of this page: in the queue of messages it would wait until the page is left.
  if (refusal !== null)
    return openContext(turn, context('message', { number: refusal, params: { система: page.title } }));
  const userCode = turn.state.register.user?.code ?? '-';
  log(turn, 'info', 'settings', `${page.title}: ${nameOf(stored)} = ${value}, ${userCode}`);
  turn.effects.push({ do: 'changeSystem', system, stored, value });
}

/** `Получить токен`, `Проверить связь`. */
export function askSystem(turn: Turn, system: string, index: number): Due[] {
  const found = find(turn, system, index);
  if (found === null || found.row.is !== 'action') return [];
  const { page, row } = found;
  if (row.needs !== undefined && page.values[row.needs.key] === '') say(turn, row.needs.say);
  else if (page.problem !== null) say(turn, 'SYS-08', { файл: page.file, параметр: page.problem });
  else if (!page.isSetUp) patchUi(turn, { status: `Не хватает параметров в ${page.file}` });
  else if (row.does === 'check') beginLinkCheck(turn, system, index);
  else {
    const currency = { name: page.title, provider: system } as Currency;
    return [{ do: 'begin', wanted: { operation: row.does, currency, document: null } }];
  }
  return [];
}

/** The row, when this user may act on it now; else he is told why not. */
function find(turn: Turn, system: string, index: number): { page: SystemPage; row: ServiceRow } | null {
  const page = turn.facts.systemPage(system);
  const row = page?.service.rows[index];
  if (page === null || row === undefined) return null;
  const isAdministrator = turn.state.register.user?.roles.includes('administrator') === true;
  const reason = whyOff(page, row);
  if (!isAdministrator) say(turn, 'DOM-04');
  else if (reason !== null) patchUi(turn, { status: reason });
  else return { page, row };
  return null;
}

function storedIn(row: ServiceRow): Stored | null {
  if (row.is === 'switch') return row.stored;
  return row.is === 'choice' || row.is === 'text' ? { key: row.key } : null;
}

/** @returns the message that says why it stays as it is */
function refusalOf(turn: Turn, { name, values }: SystemPage, row: ServiceRow, value: string): string | null {
  if (row.is === 'switch' && row.heldBy !== undefined && value === '0' && values[row.heldBy.flag] === '1') {
    return row.heldBy.say;
  }
  const lock = 'lock' in row ? row.lock : undefined;
  if (lock === undefined) return null;
  const isLocked = turn.state.attempts.some((attempt) => {
    const isMeant = lock.while === 'running' ? attempt.foreground : !isFinal(attempt);
    return isMeant && attempt.provider === name;
  });
  const isChecked = lock.while === 'running' && turn.state.linkChecks[name]?.isOver === false;
  return isLocked || isChecked ? lock.say : null;
}
