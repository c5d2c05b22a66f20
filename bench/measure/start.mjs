/** From the launch of the real `bin/kassa run` on a pty to its whole first screen, beside a bare node on the same pty. */
import { fileURLToPath } from 'node:url';
import pty from 'node-pty';
import { figureOf, median } from '../statistics.mjs';

const launcher = fileURLToPath(new URL('../../bin/kassa', import.meta.url));
/** End of the footer of the log-in screen: the last thing that is drawn. */
const LAST_WORDS = 'Меню';
const WAIT_LIMIT_MS = 60_000;

/**
 * Milliseconds from the launch until `lastWords` have come. The program is ended and gone when this resolves.
 * @param {string} file @param {string[]} parameters @param {string} lastWords
 */
function untilShown(file, parameters, lastWords) {
  return new Promise((resolve, reject) => {
    let output = '';
    let took = null;
    const startedAt = process.hrtime.bigint();
    const child = pty.spawn(file, parameters, {
      name: 'xterm-256color',
      cols: 80,
      rows: 25,
      env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', HOME: process.env.HOME ?? '/', TERM: 'xterm-256color' },
    });
    const limit = setTimeout(() => child.kill('SIGKILL'), WAIT_LIMIT_MS);
    child.onData((text) => {
      output += text;
      if (took !== null || !output.includes(lastWords)) return;
      took = Number(process.hrtime.bigint() - startedAt) / 1e6;
      child.kill('SIGTERM');
    });
    child.onExit(() => {
      clearTimeout(limit);
      if (took === null) reject(new Error(`${file} ${parameters.join(' ')} never showed ${lastWords}:\n${output}`));
      else resolve(took);
    });
  });
}

/** The shell tells the end of node by a byte on the pty, the way the register tells its beginning. */
function bareNode() {
  return untilShown('/bin/sh', ['-c', '"$0" -e 0; printf ready', process.execPath], 'ready');
}

/**
 * @param {{ roots: { name: string, root: string }[], typical: string, small: string, large: string, used: string,
 *   rounds: number }} options `typical`... are names of `roots`
 */
export async function measureStart({ roots, typical, small, large, used, rounds }) {
  const bare = [];
  const samples = new Map(roots.map(({ name }) => [name, []]));
  const run = ({ root }) => untilShown(launcher, ['run', '--root', root], LAST_WORDS);
  // The first start makes the journal and reads every file from the disk.
  for (const root of roots) await run(root);
  for (let round = 0; round < rounds; round++) {
    // Another order each time: nobody always stands behind the same neighbour.
    const turn = roots.map((_, index) => roots[(index + round) % roots.length]);
    bare.push(await bareNode());
    for (const root of turn) samples.get(root.name)?.push(await run(root));
  }
  const msOf = (name) => median(samples.get(name) ?? []);
  const details = { samples: rounds };
  return [
    figureOf({
      id: 'start',
      title: `start to first screen, ${typical} goods / node -e 0`,
      unit: 'ms',
      value: msOf(typical),
      baseline: median(bare),
      limits: { ratio: 4 },
      details,
    }),
    figureOf({
      id: 'start-large',
      title: `start with ${large} goods / with ${small}`,
      unit: 'ms',
      value: msOf(large),
      baseline: msOf(small),
      limits: { ratio: 1.15 },
      details,
    }),
    figureOf({
      id: 'start-used',
      title: 'start on a journal full of receipts / on an empty one',
      unit: 'ms',
      value: msOf(used),
      baseline: msOf(typical),
      details,
    }),
  ];
}
