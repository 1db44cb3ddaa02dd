/**
 * Wiki emphasis: `_text_` and `+text+` lose their marks, in pairs on one line.
 *
 * An underscore is also a letter of names, so only a pair is a mark: `_@openhands_` addresses us, `@openhands_` is
 * somebody else. Nested pairs count too (`__text__`), from the outside in.
 */
import { type MarkedText, Part, runsByLine, type Span } from './marked-text.js';
import { isEscaped, isInk, isWordAt, isWordBefore } from './word-character.js';

/** Sets the marks of emphasis aside. */
export function markEmphasis(marked: MarkedText): void {
  const text = marked.said();
  for (const match of text.matchAll(/\{[_*+^~]\}/g)) {
    if (!isEscaped(text, match.index)) marked.mark(match.index, match.index + match[0].length, Part.markup);
  }
  markPairsOf(marked, '_');
  // Neither mark of an underlined text touches another plus.
  markPairsOf(marked, '+', ({ start, end }) => end - start === 1);
}

/** Equal marks side by side; what is left of them is not yet part of a pair. */
type MarkRun = Span;

/** No pair reaches beyond its line. */
function markPairsOf(marked: MarkedText, mark: string, counts: (run: Span) => boolean = () => true): void {
  const text = marked.said();
  for (const runs of runsByLine(text, mark)) {
    // Alone in its line, as in a name with one underscore, it has no partner.
    if (runs.length === 1) continue;
    const open: MarkRun[] = [];
    for (const run of runs) {
      if (counts(run)) meetRun(marked, text, run, open);
    }
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
