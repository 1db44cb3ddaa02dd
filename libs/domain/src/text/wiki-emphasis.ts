/**
 * Wiki emphasis: `_text_` and `+text+` lose their marks, in pairs on one line.
 *
 * An underscore is also a letter of names, so only a pair is a mark: `_@openhands_` addresses us, `@openhands_` is
 * somebody else. Nested pairs count too (`__text__`), from the outside in.
 */
import { type MarkedText, Part, type Span } from './marked-text.js';
import { isEscaped, isInk, isWordAt, isWordBefore } from './word-character.js';

/** Sets the marks of emphasis aside. */
export function markEmphasis(marked: MarkedText): void {
  const text = marked.said();
  for (const match of text.matchAll(/\{[_*+^~]\}/g)) {
    if (!isEscaped(text, match.index)) marked.mark(match.index, match.index + match[0].length, Part.markup);
  }
  markPairsOf(marked, /_+|\n/g);
  // Neither mark of an underlined text touches another plus.
  markPairsOf(marked, /(?<!\+)\+(?!\+)|\n/g);
}

/** Equal marks side by side; what is left of them is not yet part of a pair. */
type MarkRun = Span;

/** The pattern finds runs of marks, and the ends of lines: no pair reaches beyond its line. */
function markPairsOf(marked: MarkedText, pattern: RegExp): void {
  const text = marked.said();
  let open: MarkRun[] = [];
  for (const { 0: found, index } of text.matchAll(pattern)) {
    if (found === '\n') open = [];
    else meetRun(marked, text, { start: index, end: index + found.length }, open);
  }
}

/** A run closes what is open before it, and what is left of it may open. */
function meetRun(marked: MarkedText, text: string, run: MarkRun, open: MarkRun[]): void {
  const escaped = isEscaped(text, run.start);
  if (escaped) run.start += 1;
  const closes = (escaped || isInk(text, run.start - 1)) && !isWordAt(text, run.end);
  const opens = !escaped && !isWordBefore(text, run.start) && isInk(text, run.end);
  while (closes && run.start < run.end && open.length > 0) closePair(marked, run, open);
  if (opens && run.start < run.end) open.push(run);
}

function closePair(marked: MarkedText, closer: MarkRun, open: MarkRun[]): void {
  const opener = open.at(-1)!;
  marked.mark(opener.start, opener.start + 1, Part.markup);
  marked.mark(closer.end - 1, closer.end, Part.markup);
  opener.start += 1;
  closer.end -= 1;
  if (opener.start === opener.end) open.pop();
}
