/** Every point of the page about the published wire names a test that is there. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const HOLDER = /`(test\/[^`]+)` "([^"]+)"/g;
const page = readFileSync('docs/protocols/published.md', 'utf8');
const rows = page.split('\n').filter((line) => /^\| \d+ \|/.test(line));

it('has every point, in order, each with a test', () => {
  expect(rows.map((row) => Number(row.split('|')[1]))).toEqual(rows.map((_, index) => index + 1));
  expect(rows.length).toBeGreaterThanOrEqual(34);
  expect(rows.filter((row) => row.match(HOLDER) === null)).toEqual([]);
});

it.each([...page.matchAll(HOLDER)].map(([, file = '', title = '']) => [file, title]))('%s: %s', (file, title) => {
  expect(readFileSync(file, 'utf8')).toContain(title);
});
