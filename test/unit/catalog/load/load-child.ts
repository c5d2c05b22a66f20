/** A process that loads a file and tells how far it got; the test kills it. Arguments: catalogue, file, rows to stop at. */
import { writeSync } from 'node:fs';
import { loadFile } from '../../../../src/catalog/load/load-file.ts';

const [catalogPath = '', file = '', stopAt = '0'] = process.argv.slice(2);
await loadFile(catalogPath, file, {
  onProgress: (_fraction, rows) => {
    if (rows < Number(stopAt)) return;
    writeSync(1, 'stopped\n');
    // Stands still in the middle of its transaction until it is killed.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});
writeSync(1, 'done\n');
