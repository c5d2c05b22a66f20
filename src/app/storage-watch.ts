/** The register's disk while it runs: writes that may use the reserve, room that runs out, and what mends. */
import { emptyWrite, isEmptyWrite, type Journal, type JournalWrite } from '../journal/journal.ts';
import { isStorageFault } from '../journal/storage-fault.ts';
import type { Paths } from '../settings/paths.ts';
import type { Clock } from './clock.ts';
import { type AppState, isBetweenReceipts, type Message } from './state.ts';
import { DiskReserve, freeBytes, shortMegabytes } from './storage-guard.ts';

const RESERVE_MEGABYTES = 8;
const DISK_LOOK_MS = 10_000;
/** SYS-04 is told again after so long. */
const TOLD_AGAIN_MS = 60 * 60_000;
const PROBE_MS = 2000;
/** With less than this another receipt would only fail again. */
const ROOM_FOR_A_RECEIPT_BYTES = 1024 * 1024;

export interface StorageWatch {
  /** On disk when it returns. @throws a fault of the storage */
  append(write: JournalWrite): void;
  /** Once a second. */
  tick(): void;
  /** Tells at once when room runs out (SYS-04), and keeps some aside. */
  begin(): void;
  fillReserve(): void;
}

export interface StorageWatchPorts {
  journal: Journal;
  paths: Paths;
  clock: Clock;
  reserveMegabytes: number;
  state(): AppState;
  post(message: Message): void;
  onAppend?: ((moment: 'before' | 'after') => void) | undefined;
}

export function watchStorage(ports: StorageWatchPorts): StorageWatch {
  const { journal, paths, clock } = ports;
  const reserve = new DiskReserve(paths.diskReserve);
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  let probedAtMs = Number.NEGATIVE_INFINITY;

  function store(write: JournalWrite): void {
    ports.onAppend?.('before');
    journal.append(write);
    ports.onAppend?.('after');
  }

  function append(write: JournalWrite): void {
    try {
      store(write);
    } catch (error) {
      if (!isStorageFault(error) || error.code !== 'full') throw error;
      // Room for one more receipt: the reserve is given back and the write is tried again. A probe is no receipt.
      if (isEmptyWrite(write)) throw error;
      reserve.release();
      store(write);
    }
  }

  function lookAtDisk(mayTell: boolean): void {
    lookedAtMs = clock.now();
    const megabytes = shortMegabytes(paths.data, ports.reserveMegabytes);
    // Between two receipts, and not under the hand: it can wait.
    const tells = megabytes !== null && mayTell && clock.now() - toldAtMs >= TOLD_AGAIN_MS;
    if (tells) toldAtMs = clock.now();
    if (tells || megabytes !== ports.state().shortMegabytes) ports.post({ type: 'diskRoom', megabytes, tells });
  }

  /** A disk that refused is asked again: only a write that stays tells that it takes them. */
  function probe(): void {
    const { storage } = ports.state();
    if (storage === null || storage.kind === 'damaged' || clock.now() - probedAtMs < PROBE_MS) return;
    probedAtMs = clock.now();
    if (storage.kind === 'full' && (freeBytes(paths.data) ?? 0) < ROOM_FOR_A_RECEIPT_BYTES) return;
    try {
      append(emptyWrite());
    } catch (error) {
      if (isStorageFault(error)) return;
      throw error;
    }
    reserve.fill(RESERVE_MEGABYTES);
    ports.post({ type: 'storage', trouble: null });
  }

  return {
    append,
    tick() {
      if (clock.now() - lookedAtMs >= DISK_LOOK_MS) lookAtDisk(isBetweenReceipts(ports.state(), clock.now()));
      probe();
    },
    begin: () => lookAtDisk(true),
    fillReserve: () => reserve.fill(RESERVE_MEGABYTES),
  };
}
