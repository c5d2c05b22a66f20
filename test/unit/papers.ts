/**
 * Reads the papers under `docs/` and finds where comments and READMEs cite them. A paper is cited by its name and its
 * section, and by what the section has: a row of its table, an item of its list, a phrase. Crash points, rules, screens and
 * vectors are cited by their number alone, as messages are.
 */

/** A section without its subsections: its own text, and the numbers of the rows and items it lists. */
interface Section {
  text: string;
  items: ReadonlySet<string>;
}

export interface Paper {
  /** By number (`3.6`); what stands before the first numbered heading is `''`. */
  sections: ReadonlyMap<string, Section>;
  text: string;
}

/** What a citation says of its paper: `section` alone, one thing in it, or a phrase somewhere in the paper (`section: ''`). */
export interface Reference {
  section: string;
  item?: string;
  phrase?: string;
}

export interface Citation {
  paper: string;
  references: Reference[];
}

const HEADING = /^#{1,6} (?:(\d+(?:\.\d+)*)\.? )?/;

export function readPaper(text: string): Paper {
  const sections = new Map<string, Section>();
  let number = '';
  let lines: string[] = [];
  const close = (): void => {
    const own = lines.join('\n');
    sections.set(number, { text: own, items: itemsOf(own) });
  };
  for (const line of text.split('\n')) {
    const heading = HEADING.exec(line);
    if (heading?.[1] !== undefined) {
      close();
      number = heading[1];
      lines = [];
    }
    lines.push(line);
  }
  close();
  return { sections, text };
}

/** First cells of table rows that are numbers, and the numbers of a list. */
function itemsOf(text: string): ReadonlySet<string> {
  const found = text.matchAll(/^(?:\| (\d+) \||(\d+)\. )/gm);
  return new Set([...found].map(([, row, item]) => row ?? item ?? ''));
}

export function holds(paper: Paper, { section, item, phrase }: Reference): boolean {
  const own = paper.sections.get(section);
  if (phrase !== undefined) {
    const text = section === '' ? paper.text : own?.text;
    return text?.toLowerCase().includes(phrase.toLowerCase()) ?? false;
  }
  if (item !== undefined) return own?.items.has(item) ?? false;
  if (own !== undefined) return true;
  // `13.12` is row 12 of section 13 where it is no section of its own.
  const dot = section.lastIndexOf('.');
  return dot > 0 && (paper.sections.get(section.slice(0, dot))?.items.has(section.slice(dot + 1)) ?? false);
}

/** Numbers of crash points, rules, screens and vectors that a paper defines: first cells of its tables, heads of its lists. */
export function numbersOf({ text }: Paper): string[] {
  return [...text.matchAll(/^(?:\| |- )((?:K|R|SCR-|[OPBS]-)\d+b?)\b/gm)].map(([, number = '']) => number);
}

/** Comments and titles of tests, one line each; a document is a comment as a whole. */
export function proseOf(file: string, text: string): string {
  if (file.endsWith('.md')) return text.replace(/\s*\n\s*/g, ' ');
  const comments = text.matchAll(/\/\*\*?([\s\S]*?)\*\/|(?<=^|\s)\/\/(.*(?:\n\s*\/\/.*)*)|(?<=^|\n)\s*#(?!!)(.*)/g);
  const titles = text.matchAll(/\b(?:it|test|describe)(?:\.\w+)*(?:\([^'"`]*\))?\(\s*(['"`])((?:(?!\1).)*)\1/g);
  const parts = [
    ...[...comments].map(([, block, line, hash]) => block ?? line ?? hash ?? ''),
    ...[...titles].map((found) => found[2] ?? ''),
  ];
  return parts.map((part) => part.replace(/\s*\n\s*(?:\*|\/\/)?\s*/g, ' ')).join('\n');
}

const NAME = /(?<![\w-])([a-z][a-z-]*)\.md\b[`)\]]?/g;
const SECTION = /^(?:,| and)? (\d+(?:\.\d+)*)(?:-(\d+))?(?![\w%])/;
const ITEM = /^, (?:rows?|rule|setting|complaint|item) (\d+)(?:-(\d+))?/;
const PHRASE = /^[,:]? "([^"]+)"/;

export function citationsIn(prose: string): Citation[] {
  return [...prose.matchAll(NAME)].map((found) => {
    const rest = prose.slice(found.index + found[0].length).split('\n')[0] ?? '';
    return { paper: found[1] ?? '', references: referencesAtStartOf(rest) };
  });
}

/** Section after section, and after each what is cited of it; the first word that is neither ends the citation. */
function referencesAtStartOf(text: string): Reference[] {
  const references: Reference[] = [];
  let rest = text;
  let section = '';
  for (;;) {
    const [whole, first = '', last] = SECTION.exec(rest) ?? [];
    const [wholeItem, firstItem = '', lastItem] = ITEM.exec(rest) ?? [];
    const [wholePhrase, phrase = ''] = PHRASE.exec(rest) ?? [];
    if (whole !== undefined) {
      section = first;
      references.push(...numbersUpTo(first, last).map((number) => ({ section: number })));
    } else if (wholeItem !== undefined) {
      references.push(...numbersUpTo(firstItem, lastItem).map((item) => ({ section, item })));
    } else if (wholePhrase !== undefined) {
      references.push({ section, phrase });
    } else return references;
    rest = rest.slice((whole ?? wholeItem ?? wholePhrase ?? '').length);
  }
}

/** `3`, `5` -> 3, 4, 5; `13.11`, `12` -> 13.11, 13.12. */
function numbersUpTo(first: string, last: string | undefined): string[] {
  if (last === undefined) return [first];
  const dot = first.lastIndexOf('.') + 1;
  const from = Number(first.slice(dot));
  return Array.from(
    { length: Math.max(Number(last) - from + 1, 0) },
    (_, step) => first.slice(0, dot) + String(from + step),
  );
}
