import { stat } from 'node:fs/promises';

/**
 * Sees that the device behind `path` is gone or is another one, and calls `gone` once.
 *
 * serialport 13 misses 2.6 % of unplugs while bytes arrive: its read spins on a hung-up tty with `isOpen === true` and one
 * core at 100 % (devices.md 3.1). A device plugged in again while the old descriptor is open gets another number, so a
 * changed `rdev` means "close at once" too.
 * @returns stops watching
 */
export function watchUnplug(path: string, gone: () => void, everyMs = 250): () => void {
  let first: number | undefined;
  let stopped = false;
  let asking = false;
  const stop = (): void => {
    stopped = true;
    clearInterval(timer);
  };
  const look = (): void => {
    if (asking || stopped) return;
    asking = true;
    void stat(path)
      .then(
        (found) => found.rdev,
        () => -1,
      )
      .then((rdev) => {
        asking = false;
        first ??= rdev;
        if (stopped || (rdev !== -1 && rdev === first)) return;
        stop();
        gone();
      });
  };
  const timer = setInterval(look, everyMs);
  look();
  return stop;
}
