import { type Catalog, openCatalog } from '../catalog/catalog.ts';
import { isCatalogFault } from '../catalog/storage.ts';
import { Journal, type Restored } from '../journal/journal.ts';
import { takeRootLock } from '../journal/root-lock.ts';
import { isStorageFault } from '../journal/storage-fault.ts';
import { evolve } from '../register/evolve.ts';
import { initialState, type RegisterState } from '../register/model.ts';
import type { Paths } from '../settings/paths.ts';

/** Why a till cannot start; the command line turns it into an exit code. */
export interface StartProblem {
  problem: 'rootInUse' | 'storage' | 'damaged';
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
  { lock, newJournalId }: { lock?: () => void; newJournalId?: () => string },
): Opened | StartProblem {
  let releaseLock: (() => void) | null = null;
  try {
    releaseLock = lock ?? takeRootLock(paths.lock);
    if (releaseLock === null) return { problem: 'rootInUse' };
    const journal = Journal.open(paths.journal, newJournalId === undefined ? {} : { newJournalId });
    return { journal, catalog: openCatalog(paths.catalog), restored: journal.restore(), releaseLock };
  } catch (error) {
    releaseLock?.();
    if (isStorageFault(error)) return { problem: error.code === 'damaged' ? 'damaged' : 'storage' };
    if (isCatalogFault(error)) return { problem: 'damaged' };
    throw error;
  }
}

/** Snapshot + later events; nobody is logged in after a start. */
export function restoredRegister(restored: Restored, registerNumber: number): RegisterState {
  const before = restored.snapshot ?? initialState(registerNumber, restored.journalId);
  return { ...restored.events.reduce(evolve, before), registerNumber, user: null, locked: false };
}
