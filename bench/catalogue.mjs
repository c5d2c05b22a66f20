/**
 * Goods dictionaries of any size for the bench, loaded by the program's own loader. Names are put together as shops put
 * them (kind, brand, variant, size), brands by a steep curve: a few stand in very many names, most in a few dozen.
 */
import { createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { checkDigitOf } from '../dist/catalog/check-digit.js';
import { demoGoods, seedDemo } from '../dist/catalog/demo.js';
import { DEMO_FAMILIES } from '../dist/catalog/demo-goods.js';
import { loadFile } from '../dist/catalog/load/load-file.js';
import { randomOf } from './statistics.mjs';

const SYLLABLES =
  'БА БЕ БО ВА ВИ ГО ДА ДО ЗА ЗО КА КО ЛА ЛИ ЛЮ МА МИ МО НА НИ ПА ПО РА РИ РО СА СИ ТА ТО ФА ХО ЧА ША ЭЛ ЮР'.split(' ');
const COUNTRY_PREFIXES = ['460', '461', '462', '481', '482', '481', '590', '400', '871', '693'];
const BRANDS = 6_000;
const GOODS_OF_A_MAKER = 400;
/** Below it are the demo's own goods. */
const FIRST_CODE = 1_000;

/** @typedef {{ code: string, barcode: string, name: string }} BenchGoods */

/** Goods number `index` of every catalogue, whatever its size. @returns {(index: number) => BenchGoods} */
export function goodsMaker() {
  const kinds = [];
  const variants = [];
  for (const line of DEMO_FAMILIES.trim().split('\n')) {
    const [kind = '', , list = ''] = line.split(' | ');
    kinds.push(kind);
    for (const variant of list.split(';')) variants.push(variant.trim().replace(/ [\d.]+$/, ''));
  }
  const random = randomOf(7);
  const brands = Array.from({ length: BRANDS }, () =>
    Array.from({ length: 2 + Math.floor(random() * 3) }, () => SYLLABLES[Math.floor(random() * SYLLABLES.length)]).join(
      '',
    ),
  );
  return (index) => {
    const of = randomOf(index * 2654435761);
    const kind = kinds[Math.floor(of() * kinds.length)];
    const brand = brands[Math.floor(of() ** 2 * BRANDS)];
    const variant = variants[Math.floor(of() * variants.length)];
    const article = of() < 0.3 ? ` АРТ ${Math.floor(of() * 90_000) + 10_000}` : '';
    const maker = Math.floor(index / GOODS_OF_A_MAKER);
    const item = String(index % GOODS_OF_A_MAKER).padStart(4, '0');
    const body = `${COUNTRY_PREFIXES[maker % COUNTRY_PREFIXES.length]}${String(maker).padStart(5, '0')}${item}`;
    return {
      code: String(FIRST_CODE + index),
      barcode: body + checkDigitOf(body),
      name: `${kind} ${brand} ${variant}${article}`.slice(0, 90),
    };
  };
}

/**
 * Makes the catalogue `path` with `count` goods, the demo's among them for its users and currencies.
 * @returns {Promise<number>} goods in it beside the demo's
 */
export async function makeCatalogue(path, count) {
  mkdirSync(dirname(path), { recursive: true });
  seedDemo(path);
  const made = count - demoGoods().length;
  const goodsOf = goodsMaker();
  const file = `${path}.csv`;
  const lines = function* () {
    yield 'code;barcode;name;price;unit\n';
    for (let start = 0; start < made; start += 1000) {
      let text = '';
      for (let index = start; index < Math.min(made, start + 1000); index++) {
        const { code, barcode, name } = goodsOf(index);
        text += `${code};${barcode};${name};${1 + (index % 90)}.${10 + (index % 89)};шт\n`;
      }
      yield text;
    }
  };
  await pipeline(Readable.from(lines()), createWriteStream(file));
  const report = await loadFile(path, file);
  rmSync(file);
  if (report.state !== 'loaded' || report.goodsCount !== count) {
    throw new Error(`catalogue of ${count}: ${report.state} ${report.problem ?? ''} ${report.goodsCount}`);
  }
  return made;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await makeCatalogue(process.argv[2] ?? '', Number(process.argv[3]));
}
