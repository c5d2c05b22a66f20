/** Whoever reads `reliability.md 6` or `K31` in a comment must find it in this repository. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { messages } from '../../src/dialogs/messages/index.ts';
import { type Citation, citationsIn, holds, numbersOf, type Paper, proseOf, readPaper } from './papers.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Folders and files where something is cited. */
const PLACES = ['src', 'test', 'templates', 'bin', 'scripts', 'bench', 'docs', 'README.md', 'vitest.config.ts'];
/** Made by the program: a section of theirs would move; their numbers are cited alone. */
const GENERATED = ['keys', 'messages'];
/** Names that stand for a paper that a reader is going to write. */
const EXAMPLES = ['mybank'];

const files = PLACES.flatMap(filesUnder).filter((file) => /\.(?:ts|mjs|md|py|sh)$|^bin\/kassa$/.test(file));
const texts = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
const prose = [...texts].map(([file, text]) => ({ file, text: proseOf(file, text) }));

/** Every document by its name; a new provider brings its paper along. */
const papers = new Map<string, Paper>(
  [...texts]
    .filter(([file]) => file.endsWith('.md') && (file.includes('docs/') || !file.includes('/')))
    .map(([file, text]) => [basename(file, '.md'), readPaper(text)]),
);

function filesUnder(place: string): string[] {
  if (/\.\w+$/.test(place)) return [place];
  return readdirSync(join(root, place), { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
}

function isWrong({ paper, references }: Citation): boolean {
  if (EXAMPLES.includes(paper)) return false;
  const found = papers.get(paper);
  if (found === undefined) return true;
  return GENERATED.includes(paper) ? references.length > 0 : !references.every((reference) => holds(found, reference));
}

/** What is cited by this pattern and is not among the known numbers, and how much was seen. */
function numbersCited(pattern: RegExp, known: ReadonlySet<string>): { seen: number; wrong: string[] } {
  const cited = prose.flatMap(({ file, text }) => [...text.matchAll(pattern)].map(([number]) => ({ file, number })));
  const wrong = cited.filter(({ number }) => !known.has(number)).map(({ file, number }) => `${file}: ${number}`);
  return { seen: cited.length, wrong };
}

describe('citations', () => {
  it('of a paper and its section lead to a place in it', () => {
    const cited = prose.flatMap(({ file, text }) => citationsIn(text).map((citation) => ({ file, ...citation })));
    expect(cited.flatMap(({ references }) => references).length).toBeGreaterThan(350);
    const wrong = cited
      .filter(isWrong)
      .map(({ file, paper, references }) => `${file}: ${paper}.md ${JSON.stringify(references)}`);
    expect(wrong).toEqual([]);
  });

  it('by a bare section, in the folder of a payment system, lead to its own paper', () => {
    const bare = prose.flatMap(({ file, text }) => {
      const paper = /\/(?:providers|emulators)\/(\w+)\//.exec(file)?.[1] ?? '';
      if (!papers.has(paper)) return [];
      const found = text.matchAll(/\(([1-9]\d*(?:\.\d+)+(?:, \d+(?:\.\d+)+)*)\)/g);
      return [...found].flatMap(([, list = '']) => list.split(', ').map((section) => ({ file, paper, section })));
    });
    expect(bare.length).toBeGreaterThan(20);
    expect(bare.filter(({ paper, section }) => isWrong({ paper, references: [{ section }] }))).toEqual([]);
  });

  const defined = new Set([...papers.values()].flatMap(numbersOf));
  it.each([
    ['crash points', /(?<![\w-])K\d{1,2}\b(?!-[A-Z])/g, 60],
    ['rules', /(?<![\w-])R\d{1,2}\b/g, 20],
    ['screens', /\bSCR-\d+b?\b/g, 200],
    ['vectors', /(?<![\w-])[OPBS]-\d{1,2}\b/g, 90],
  ])('of %s name one that a paper defines', (_, pattern, least) => {
    const { seen, wrong } = numbersCited(pattern, defined);
    expect(wrong).toEqual([]);
    expect(seen).toBeGreaterThan(least);
  });

  it('of a message name one of the catalogue', () => {
    const { seen, wrong } = numbersCited(
      /\b(?:OPL|PM|AS|DEV|DOM|SYS)-\d{2,3}\b/g,
      new Set(messages.map(({ number }) => number)),
    );
    expect(wrong).toEqual([]);
    expect(seen).toBeGreaterThan(400);
  });

  it('of a decision name a page of docs/adr', () => {
    const pages = new Set(
      files.filter((file) => file.startsWith('docs/adr/')).map((file) => `ADR ${basename(file).slice(0, 4)}`),
    );
    expect(numbersCited(/\bADR \d{4}\b/g, pages).wrong).toEqual([]);
  });

  it('by a link in a document lead to a file', () => {
    const links = [...texts].flatMap(([file, text]) =>
      file.endsWith('.md')
        ? [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target = '']) => ({ file, target }))
        : [],
    );
    expect(links.length).toBeGreaterThan(50);
    expect(links.filter(({ file, target }) => !existsSync(join(root, dirname(file), target)))).toEqual([]);
  });

  it.each([
    ['a paper that is not there', 'nowhere.md 1'],
    ['a section that is not there', 'reliability.md 5, 99'],
    ['a row that is not there', 'terminal.md 2, row 77'],
    ['a row as a number', 'oplati.md 13.99'],
    ['a phrase that is not there', 'reliability.md 8, "Weather"'],
    ['a section of a generated page', 'messages.md 7.1'],
  ])('are found wrong: %s', (_, text) => {
    expect(citationsIn(proseOf('x.ts', `/** What is read (${text}). */`)).filter(isWrong)).toHaveLength(1);
  });
});
