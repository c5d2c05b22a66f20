import { type Catalog, openCatalog } from '../catalog/catalog.ts';
import { type CatalogFault, isCatalogFault } from '../catalog/storage.ts';
import { Journal, type Restored } from '../journal/journal.ts';
import { withTenders } from '../journal/old-tenders.ts';
import { takeRootLock } from '../journal/root-lock.ts';
import { isStorageFault } from '../journal/storage-fault.ts';
import type { Attempt } from '../payments/attempt.ts';
import { evolve } from '../register/evolve.ts';
import { initialState, type RegisterState } from '../register/model.ts';
import type { Paths } from '../settings/paths.ts';
import { FILE_DAMAGED } from './storage-trouble.ts';

/** Why a till cannot start; the command line turns it into an exit code. */
export interface StartProblem {
  problem: 'rootInUse' | 'storage' | 'readOnly' | 'damaged' | 'newer' | 'catalog' | 'catalogDamaged';
  /** What is wrong, Russian; '' where the problem says everything. */
  say: string;
}

interface Opened {
  journal: Journal;
  catalog: Catalog;
  restored: Restored;
  releaseLock: () => void;
}

/** Lock, journal, catalogue, and what the journal remembers. */
export function openStorage(
  paths: Paths,
  {
    lock,
    newJournalId,
    onAnchorFault,
    version,
  }: { lock?: () => void; newJournalId?: () => string; onAnchorFault?: (error: unknown) => void; version: string },
): Opened | StartProblem {
  let releaseLock: (() => void) | null = null;
  let journal: Journal | null = null;
  try {
    releaseLock = lock ?? takeRootLock(paths.lock);
    if (releaseLock === null) return { problem: 'rootInUse', say: '' };
    journal = Journal.open(paths.journal, {
      anchor: paths.anchor,
      version,
      ...(newJournalId === undefined ? {} : { newJournalId }),
      ...(onAnchorFault === undefined ? {} : { onAnchorFault }),
    });
    const restored = journal.restore();
    return { journal, catalog: openCatalog(paths.catalog, { version }), restored, releaseLock };
  } catch (error) {
    journal?.close();
    releaseLock?.();
    if (isCatalogFault(error)) return { problem: catalogProblem(error.code), say: error.say };
    if (!isStorageFault(error)) throw error;
    const { code, say } = error;
    if (code === 'newer') return { problem: 'newer', say };
    if (code === 'damaged' || code === 'lost') return { problem: 'damaged', say: say || FILE_DAMAGED };
    return { problem: code === 'readOnly' ? 'readOnly' : 'storage', say: '' };
  }
}

function catalogProblem(code: CatalogFault): StartProblem['problem'] {
  if (code === 'newer') return 'newer';
  return code === 'damaged' ? 'catalogDamaged' : 'catalog';
}

/**
 * Snapshot + later events; nobody is logged in after a start. Numbers that a lost part of the journal has given are not
 * given again, and orders carry the id of the journal that is there now.
 * @param attemptOf of any age: an earlier version left it to the attempts what was paid in cash
 */
export function restoredRegister(
  restored: Restored,
  registerNumber: number,
  attemptOf: (attemptId: string) => Attempt | null,
): RegisterState {
  const { journalId, floor } = restored;
  const before = restored.snapshot ?? initialState(registerNumber, journalId);
  const state = restored.events.reduce(evolve, before);
  return {
    ...state,
    document: state.document && withTenders(state.document, attemptOf),
    lastClosed: state.lastClosed && withTenders(state.lastClosed, attemptOf),
    registerNumber,
    journalId,
    lastDocumentNumber: Math.max(state.lastDocumentNumber, floor.documentNumber),
    lastShiftNumber: Math.max(state.lastShiftNumber, floor.shiftNumber),
    lastFiscalNumber: Math.max(state.lastFiscalNumber, floor.fiscalNumber),
    // The lost part opened a later one: it is over, and so is this.
    shift: floor.shiftNumber > state.lastShiftNumber ? null : state.shift,
    user: null,
    locked: false,
  };
}
