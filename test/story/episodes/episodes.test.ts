/**
 * KASSA_EPISODES=200 runs that many, from KASSA_SEED on; one that failed is run again by `KASSA_SEED=n KASSA_EPISODES=1`.
 */
import { afterAll, expect, it } from 'vitest';
import { runEpisode, type Tally } from './episode.ts';

const first = Number(process.env.KASSA_SEED ?? 1);
const count = Number(process.env.KASSA_EPISODES ?? 10);

const tally: Tally = {};
afterAll(() => {
  if (process.env.KASSA_EPISODES !== undefined) process.stderr.write(`${JSON.stringify(tally, null, 1)}\n`);
});

const seeds = Array.from({ length: count }, (_, index) => first + index);

it.each(seeds)(
  'episode %i with damage: money is right, or what is wrong is named',
  { timeout: 300_000 },
  async (seed) => {
    expect((await runEpisode({ seed, acts: 90, damages: true }, tally)).join('\n\n')).toBe('');
  },
);

it.each(seeds)(
  'episode %i: screen, journal, documents and ledgers say the same',
  { timeout: 300_000 },
  async (seed) => {
    expect((await runEpisode({ seed, acts: 90 }, tally)).join('\n\n')).toBe('');
  },
);
