/// <reference types="node" />
/**
 * A text with a note on every character: does the author say it, or is it code, a quote, an address, a mark?
 *
 * Reading a comment goes in steps, and each step sets something aside: code first, then quotes, then addresses. What is
 * set aside keeps its place, so that positions mean the same in every step, but later steps see a blank there. Wiki
 * markup and ADF documents both become a `MarkedText`; who wants to know what the author says, or which repositories
 * the text names, reads only this.
 */

/** What a character belongs to. */
export const Part = {
  /** The author's own words. */
  said: 0,
  codeBlock: 1,
  inlineCode: 2,
  quote: 3,
  /** Struck out: the author took it back. */
  struck: 4,
  /** A web address, or the target of a link. */
  address: 5,
  /** A mention made with Jira's picker. */
  picker: 6,
  /** Marks of formatting, names and parameters of macros. */
  markup: 7,
  /** The end of a table cell that is not the end of its row. */
  cellEnd: 8,
} as const;
export type Part = (typeof Part)[keyof typeof Part];

const PARTS = Object.values(Part);
/** In place of a character that covers a part: the part is left as it is. */
const LEFT = -1;
const BLANK = 0x20;

/** A stretch of text: from `start` up to, not including, `end`. */
export interface Span {
  start: number;
  end: number;
}

/** A mention made with Jira's picker, wherever it stands, also in code. */
export interface PickedAccount extends Span {
  /** An account id (Cloud), or a user name or key (Data Center). */
  id: string;
}

/** A link with a text of its own. `shown` is where the text stands. */
export interface TextLink extends Span {
  shown: Span;
  target: string;
}

export class MarkedText {
  readonly pickers: PickedAccount[] = [];
  readonly links: TextLink[] = [];
  private readonly parts: Uint8Array;
  /** Those of which the text has, or had, some character. */
  private readonly met: Part[] = [Part.said];
  private saidText: string | null = null;

  constructor(readonly text: string) {
    this.parts = new Uint8Array(text.length);
  }

  /** Sets a stretch aside. What was set aside within it before changes its part too: code in a quote is a quote. */
  mark(start: number, end: number, part: Part): void {
    // Most marks are one character, for which `fill` would be slow.
    if (end - start === 1) this.parts[start] = part;
    else this.parts.fill(part, start, end);
    if (!this.met.includes(part)) this.met.push(part);
    this.saidText = null;
  }

  /** Whether some character was ever of this part. */
  mayHold(part: Part): boolean {
    return this.met.includes(part);
  }

  partAt(index: number): Part {
    return this.parts[index] as Part;
  }

  /** The author's words at their places; everything set aside is blank. As long as `text`. */
  said(): string {
    this.saidText ??= this.only(Part.said);
    return this.saidText;
  }

  /** The characters of these parts at their places, everything else blank. As long as `text`. */
  only(...wanted: Part[]): string {
    return this.covered((part) => (wanted.includes(part) ? null : part === Part.cellEnd ? '\n' : ' '));
  }

  /** The text with each character of a part covered by this one (of ASCII), or left as it is (null). As long as `text`. */
  covered(cover: (part: Part) => string | null): string {
    const covers = new Int8Array(PARTS.length).fill(LEFT);
    for (const part of this.met) covers[part] = cover(part)?.charCodeAt(0) ?? LEFT;
    if (this.met.every((part) => covers[part] === LEFT)) return this.text;
    if (this.met.every((part) => covers[part] === BLANK)) return ' '.repeat(this.text.length);
    const bytes = Buffer.from(this.text, 'utf16le');
    coverEach(bytes, this.parts, covers);
    return bytes.toString('utf16le');
  }

  /** The text (or the stretch) put together again, each run of one part through `show`. */
  render(show: (run: string, part: Part) => string, within: Span = { start: 0, end: this.text.length }): string {
    let shown = '';
    let start = within.start;
    while (start < within.end) {
      const part = this.partAt(start);
      let end = start + 1;
      while (end < within.end && this.parts[end] === part) end += 1;
      shown += show(this.text.slice(start, end), part);
      start = end;
    }
    return shown;
  }
}

/**
 * Character by character, because each may be of another part: put together run by run, a hostile text takes much longer.
 * @param covers for each part the code of its covering character, or `LEFT`
 */
function coverEach(utf16: Uint8Array, parts: Uint8Array, covers: Int8Array): void {
  for (let index = 0; index < parts.length; index += 1) {
    const code = covers[parts[index]!]!;
    if (code === LEFT) continue;
    utf16[2 * index] = code;
    utf16[2 * index + 1] = 0;
  }
}

/** Jira sends CRLF as well as LF. */
export function withPlainLineEnds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** Where a mark stands, once or several times side by side: the runs of each line that has any. */
export function* runsByLine(text: string, mark: string): Generator<Span[]> {
  let runs: Span[] = [];
  let lineEnd = -1;
  for (let start = text.indexOf(mark), end; start >= 0; start = text.indexOf(mark, end)) {
    end = start + 1;
    while (end < text.length && text[end] === mark) end += 1;
    if (start > lineEnd) {
      if (runs.length > 0) yield runs;
      runs = [];
      lineEnd = endOfLine(text, start);
    }
    runs.push({ start, end });
  }
  if (runs.length > 0) yield runs;
}

/** Where the line ends in which `from` stands. */
export function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** The lines of a text, without their ends. */
export function* linesOf(text: string): Generator<Span> {
  let start = 0;
  while (start <= text.length) {
    const end = endOfLine(text, start);
    yield { start, end };
    start = end + 1;
  }
}
