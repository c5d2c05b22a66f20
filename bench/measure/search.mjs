/** Search while typing and barcode hits, straight at the catalogue, beside a bare point query of the same file. */
import { openCatalog } from '../../dist/catalog/catalog.js';
import { parseTemplates } from '../../dist/catalog/templates.js';
import { defaultSettings } from '../../dist/settings/settings.js';
import { breathe, openBareLookUp } from '../baselines.mjs';
import { goodsMaker } from '../catalogue.mjs';
import { figureOf, quantile, randomOf, timed } from '../statistics.mjs';

const WARM_UP = 100;
/** Between two keys of a cashier the rest of the program gets its turn; so it does here, every so many queries. */
const BREATHE_EVERY = 10;

/**
 * What cashiers type, each kind in the same number. All of it exists, as most of what is typed does, but for `nowhere`.
 * @returns {{ kind: string, text: string }[]}
 */
function queriesOf(goods, count, random) {
  const goodsOf = goodsMaker();
  const any = () => goodsOf(Math.floor(random() * goods));
  const between = (from, to) => from + Math.floor(random() * (to - from + 1));
  const wordsOf = (name) => name.split(/[ ]/).filter((word) => /^\p{L}{2,}$/u.test(word));
  const pick = (list) => list[Math.floor(random() * list.length)] ?? '';
  const kinds = {
    prefix: () => pick(wordsOf(any().name)).slice(0, between(2, 6)),
    twoWords: () => {
      const words = wordsOf(any().name);
      const first = Math.floor(random() * words.length);
      const second = (first + between(1, words.length - 1)) % words.length;
      return `${words[first]?.slice(0, between(2, 6))} ${words[second]?.slice(0, between(1, 5))}`;
    },
    threeWords: () => {
      const words = any().name.split(' ');
      return words
        .slice(0, 4)
        .map((word) => word.slice(0, between(1, 5)))
        .slice(0, 3)
        .join(' ');
    },
    inside: () => {
      const word = pick(wordsOf(any().name).filter((each) => each.length > 4));
      return word.slice(1, between(4, 6));
    },
    code: () => any().code.slice(0, between(2, 7)),
    barcode: () => any().barcode.slice(0, between(2, 13)),
    barcodeTail: () => any().barcode.slice(-between(3, 6)),
    nowhere: () => `${pick(wordsOf(any().name)).slice(0, 3)} ЩЪЫ`,
  };
  const queries = [];
  for (let index = 0; index < count; index++) {
    for (const [kind, make] of Object.entries(kinds)) {
      const text = make().toLowerCase();
      if (text.length >= 2) queries.push({ kind, text });
    }
  }
  return queries;
}

/** The kinds the target is set for; the others are only told. */
const TARGET_KINDS = ['prefix', 'twoWords', 'code', 'barcode', 'barcodeTail'];

/** @param {{ catalogue: string, goods: number, size: string, queries: number, hits: number }} options */
export async function measureSearch({ catalogue, goods, size, queries, hits }) {
  const catalog = openCatalog(catalogue);
  const bare = openBareLookUp(catalogue);
  const templates = parseTemplates(defaultSettings.weightTemplates);
  const random = randomOf(23);
  const goodsOf = goodsMaker();
  const barcode = () => goodsOf(Math.floor(random() * goods)).barcode;

  const asked = queriesOf(goods, queries, random);
  const samples = asked.map(() => 0);
  const points = [];
  for (const { text } of asked.slice(0, WARM_UP)) catalog.search(text);
  for (const [index, { text }] of asked.entries()) {
    if (index % BREATHE_EVERY === 0) await breathe();
    const code = barcode();
    points.push(timed(() => bare.find(code)));
    samples[index] = timed(() => catalog.search(text));
  }
  const ofKinds = (kinds) => samples.filter((_, index) => kinds.includes(asked[index]?.kind ?? ''));
  const slowest = asked
    .map((query, index) => ({ ...query, ms: samples[index] ?? 0 }))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, 8);
  const kinds = [...new Set(asked.map(({ kind }) => kind))];

  const found = [];
  const point = [];
  for (let index = 0; index < hits; index++) {
    if (index % BREATHE_EVERY === 0) await breathe();
    // Each looks for another barcode: the second of the same would find its pages warm.
    const [mine, theirs] = [barcode(), barcode()];
    point.push(timed(() => bare.find(theirs)));
    let result;
    found.push(
      timed(() => {
        result = catalog.resolve(mine, 'scan', templates);
      }),
    );
    if (!('found' in result)) throw new Error(`${mine} was not found`);
  }
  bare.close();
  catalog.close();

  const target = ofKinds(TARGET_KINDS);
  const figure = (percent, limits) =>
    figureOf({
      id: `search-p${percent}`,
      title: `search, ${size} goods, p${percent} / bare point query`,
      unit: 'ms',
      value: quantile(target, percent / 100),
      baseline: quantile(points, percent / 100),
      limits,
      details: {
        samples: target.length,
        ...Object.fromEntries(kinds.map((kind) => [`${kind}Ms`, quantile(ofKinds([kind]), percent / 100)])),
        ...(percent === 99 && { slowest }),
      },
    });
  const hit = (percent) =>
    figureOf({
      id: `barcode-p${percent}`,
      title: `barcode hit, ${size} goods, p${percent} / bare point query`,
      unit: 'ms',
      value: quantile(found, percent / 100),
      baseline: quantile(point, percent / 100),
      details: { samples: hits },
    });
  return [figure(50, {}), figure(99, { value: 5 }), hit(50), hit(99)];
}
