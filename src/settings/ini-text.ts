/** The only file that imports ini: the section `[Main]` of a configuration file, read, and one value of it edited. */
import ini from 'ini';

const SECTION = 'Main';

export interface IniMain {
  /** Values of `[Main]` as text. */
  values: Map<string, string>;
  /** Keys that stand outside of `[Main]` and are therefore without effect. */
  strayKeys: string[];
}

export function readMain(text: string): IniMain {
  const parsed: Record<string, unknown> = ini.parse(text.replace(/^\uFEFF/, ''));
  const strayKeys: string[] = [];
  const values = new Map<string, string>();
  for (const [name, content] of Object.entries(parsed)) {
    const isSection = typeof content === 'object' && content !== null && !Array.isArray(content);
    if (!isSection) strayKeys.push(name);
    else if (name !== SECTION) strayKeys.push(...Object.keys(content));
    else for (const [key, value] of Object.entries(content)) values.set(key, String(value));
  }
  return { values, strayKeys };
}

/** Values of plain characters stand as they are; anything else is quoted, so that `;`, `#` and blanks survive. */
export function iniValue(value: string): string {
  if (/^[\p{L}\p{N}_:/.+@%-]*$/u.test(value)) return value;
  // The two line separators end a line for ini's own pattern.
  return JSON.stringify(value).replace(/[\u2028\u2029]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16)}`);
}

/**
 * Sets `key` of `[Main]`: the line in force is replaced, else the commented default is uncommented, else a line is
 * added at the section's end. Every other line stays as it was, byte for byte. A comment behind the
 * value stays there too; behind a quoted value ini would read it as a part of it, so there it goes above.
 */
export function editMain(text: string, key: string, value: string): string {
  // Any of the line ends ini knows; each line keeps its own.
  const lines = text.split(/(?<=\n)|(?<=\r)(?!\n)/);
  const sectionOf = sectionOfLines(lines);
  const indexes = [...lines.keys()].filter((index) => sectionOf[index] === SECTION);
  const active = new RegExp(`^[ \\t]*${key}[ \\t]*(?:=|[\\r\\n]|$)`);
  const commented = new RegExp(`^;[ \\t]?${key}[ \\t]*=`);
  const lineEnd = /\r\n|\r|\n/.exec(text)?.[0] ?? '\n';
  const written = `${key} = ${iniValue(value)}`;
  // Of a key given twice ini takes the last.
  const target =
    indexes.findLast((index) => active.test(lines[index] ?? '')) ??
    indexes.find((index) => commented.test(lines[index] ?? ''));
  if (target !== undefined) {
    const line = lines[target] ?? '';
    const end = /[\r\n]+$/.exec(line)?.[0] ?? '';
    const comment = active.test(line) ? commentBehind(line.trimEnd()) : '';
    const isPlain = iniValue(value) === value;
    const above = comment === '' || isPlain ? '' : `${comment.trim()}${end === '' ? lineEnd : end}`;
    lines[target] = `${above}${written}${isPlain ? comment : ''}${end}`;
    return lines.join('');
  }
  const last = indexes.findLast((index) => (lines[index] ?? '').trim() !== '');
  if (last === undefined) return `${closed(text, lineEnd)}[${SECTION}]${lineEnd}${written}${lineEnd}`;
  lines[last] = closed(lines[last] ?? '', lineEnd);
  lines.splice(last + 1, 0, `${written}${lineEnd}`);
  return lines.join('');
}

/** `mode = 2  ; why` -> `  ; why`. In quotes, or behind a backslash, the marks belong to the value, as ini has it. */
function commentBehind(line: string): string {
  const value = line.slice(line.indexOf('=') + 1).trim();
  if (/^(["']).*\1$/.test(value)) return '';
  return /^(?:\\.|[^\\;#])*?([ \t]*[;#].*)$/.exec(line)?.[1] ?? '';
}

/** The section each line stands in; a section's own header line belongs to it. */
function sectionOfLines(lines: string[]): string[] {
  let section = '';
  return lines.map((line) => {
    const header = /^\[([^\]]*)\]\s*$/.exec(line);
    if (header !== null) section = String(ini.unsafe(header[1] ?? ''));
    return section;
  });
}

function closed(text: string, lineEnd: string): string {
  return text === '' || /[\r\n]$/.test(text) ? text : `${text}${lineEnd}`;
}
