/**
 * What is known to be wrong with the disk, and the one rule it brings: a register that cannot be sure of its journal takes
 * no new money, neither goods nor payments of a sale. What gives money back goes on, and so does closing what is paid.
 */
import { isStorageFault } from '../journal/storage-fault.ts';
import type { Command } from '../register/commands.ts';
import type { RegisterState } from '../register/model.ts';
import type { Refusal } from '../register/refusal.ts';

export type StorageTrouble =
  /** Stands until a check finds the journal sound. `what`: what is wrong with it, Russian. */
  | { kind: 'damaged'; what: string }
  /** Stand until a write succeeds again. */
  | { kind: 'readOnly' | 'full' | 'busy' | 'io' };

const CAUSES = {
  readOnly: 'диск только для чтения',
  full: 'на диске нет места',
  busy: 'база занята другой программой',
  io: 'диск не отвечает',
} as const;

const WORDS = {
  damaged: 'Журнал поврежден',
  readOnly: 'Диск только для чтения',
  full: 'Нет места на диске',
  busy: 'База занята',
  io: 'Диск не отвечает',
} as const;

export const FILE_DAMAGED = 'файл журнала поврежден';

/** @returns null for what is no fault of the journal's storage */
export function troubleOf(error: unknown): StorageTrouble | null {
  if (!isStorageFault(error)) return null;
  if (error.code === 'damaged' || error.code === 'lost') return { kind: 'damaged', what: error.say || FILE_DAMAGED };
  // Only a start meets it, and does not begin.
  if (error.code === 'newer') return null;
  return { kind: error.code === 'locked' ? 'busy' : error.code };
}

/** Row 24. */
export function troubleWord({ kind }: StorageTrouble): string {
  return WORDS[kind];
}

/** The cause inside the texts of SYS-01, SYS-02 and SYS-19. */
export function causeOf(trouble: StorageTrouble): string {
  return trouble.kind === 'damaged' ? trouble.what : CAUSES[trouble.kind];
}

/** The message that tells it: SYS-05 for a damaged journal, SYS-19 for a disk that does not take writes. */
export function troubleMessage(trouble: StorageTrouble): { number: string; params: Record<string, string> } {
  if (trouble.kind !== 'damaged') return { number: 'SYS-19', params: { причина: causeOf(trouble) } };
  const text = `База данных повреждена: ${trouble.what}. Новых продаж и оплат нет, деньги можно вернуть. Обратитесь в службу технической поддержки`;
  return { number: 'SYS-05', params: { text } };
}

const NEW_MONEY: ReadonlySet<Command['do']> = new Set([
  'addLine',
  'repeatLast',
  'changeQuantity',
  'changePrice',
  'addCard',
  'beginPayment',
]);

/** Why a command that would take new money is refused now; null = it may go on. */
export function refuseNewMoney(
  storage: StorageTrouble | null,
  register: RegisterState,
  command: Pick<Command, 'do'>,
): Refusal | null {
  if (storage === null || !NEW_MONEY.has(command.do)) return null;
  const isSale = register.document === null ? register.mode === 'sale' : register.document.type === 'sale';
  if (!isSale) return null;
  const { number, params } = troubleMessage(storage);
  return { refused: number, params };
}
