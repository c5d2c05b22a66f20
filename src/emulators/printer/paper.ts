/** The paper of the printer as lines of text, and how much of it is left. */

export interface TextStyle {
  bold: boolean;
  double: boolean;
}

export type Align = 'left' | 'center' | 'right';

/** What the knife leaves on the screen. */
const CUT_LINE = '- - - 8< - - -';

/** Height of a text line in dots: a picture takes as much paper as the lines it covers. */
const LINE_DOTS = 24;

/** A roll. Lines come out at the head; at its end the printer stops. */
export class PaperRoll {
  readonly columns: number;
  readonly lines: string[] = [];
  /** Lines longer than the paper: a real printer goes on in the next line, and so do we. */
  wrappedLines = 0;
  #left: number | null;
  readonly #nearEndLines: number;
  readonly #listeners = new Set<(line: string) => void>();

  /** @param left lines on the roll, null = endless */
  constructor(columns: number, left: number | null, nearEndLines: number) {
    this.columns = columns;
    this.#left = left;
    this.#nearEndLines = nearEndLines;
  }

  get left(): number | null {
    return this.#left;
  }

  get isOut(): boolean {
    return this.#left === 0;
  }

  get isNearEnd(): boolean {
    return this.#left !== null && this.#left <= this.#nearEndLines;
  }

  load(lines: number | null): void {
    this.#left = lines;
  }

  /** Called for each line as it comes out. @returns stops it */
  onLine(listener: (line: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  put(line: string): void {
    this.#use(1);
    this.#show(line);
  }

  feed(lines: number): void {
    for (let i = 0; i < lines && !this.isOut; i++) this.put('');
  }

  picture(line: string, heightDots: number): void {
    this.#use(Math.ceil(heightDots / LINE_DOTS));
    this.#show(line);
  }

  cut(): void {
    this.#show(CUT_LINE);
  }

  #use(lines: number): void {
    if (this.#left !== null) this.#left = Math.max(0, this.#left - lines);
  }

  #show(line: string): void {
    this.lines.push(line);
    for (const listener of this.#listeners) listener(line);
  }
}

interface Run extends TextStyle {
  text: string;
}

/** The line being set. Bold stands between `**`, double size between `##`. */
export class LineSetter {
  readonly #roll: PaperRoll;
  #runs: Run[] = [];
  #width = 0;

  constructor(roll: PaperRoll) {
    this.#roll = roll;
  }

  get isEmpty(): boolean {
    return this.#width === 0;
  }

  add(character: string, style: TextStyle, align: Align): void {
    const width = style.double ? 2 : 1;
    if (this.#width + width > this.#roll.columns) {
      this.#roll.wrappedLines++;
      this.end(align);
    }
    this.#width += width;
    const last = this.#runs.at(-1);
    if (last !== undefined && last.bold === style.bold && last.double === style.double) last.text += character;
    else this.#runs.push({ ...style, text: character });
  }

  end(align: Align): void {
    const free = this.#roll.columns - this.#width;
    const indent = align === 'right' ? free : align === 'center' ? Math.floor(free / 2) : 0;
    const text = this.#runs.map(({ text, bold, double }) => {
      const sized = double ? `##${text}##` : text;
      return bold ? `**${sized}**` : sized;
    });
    this.drop();
    this.#roll.put(text.length === 0 ? '' : ' '.repeat(indent) + text.join(''));
  }

  /** The reset throws away what was not printed yet. */
  drop(): void {
    this.#runs = [];
    this.#width = 0;
  }
}
