/**
 * Quotes and struck-out text in wiki markup: words of others, and words that the author took back.
 */
import { endOfLine, linesOf, type MarkedText, Part, type Span } from './marked-text.js';
import { indexOfLive } from './wiki-code.js';
import { isInk, isWordAt, isWordBefore } from './word-character.js';

const QUOTED_LINE = /[ \t]*(?:bq\. |>)/y;

/** Sets quotes aside: `{quote}`, lines that begin with `bq. `, and lines that begin with `>` as in answers by e-mail. */
export function markQuotes(marked: MarkedText): void {
  markQuoteMacros(marked);
  const text = marked.said();
  if (!text.includes('>') && !text.includes('bq. ')) return;
  for (const { start, end } of linesOf(text)) {
    QUOTED_LINE.lastIndex = start;
    if (QUOTED_LINE.test(text)) marked.mark(start, end, Part.quote);
  }
}

const QUOTE = '{quote}';

/** An unclosed quote runs to the end. */
function markQuoteMacros(marked: MarkedText): void {
  const text = marked.said();
  let opener = indexOfLive(text, QUOTE, 0);
  while (opener >= 0) {
    const closer = indexOfLive(text, QUOTE, opener + QUOTE.length);
    const end = closer < 0 ? text.length : closer + QUOTE.length;
    marked.mark(opener, end, Part.quote);
    opener = closer < 0 ? -1 : indexOfLive(text, QUOTE, end);
  }
}

/** Sets struck-out text aside: `{-}text{-}` and `-text-`, each on one line. */
export function markStruckOut(marked: MarkedText): void {
  markPairs(marked, '{-}', () => true, () => true);
  markPairs(marked, '-', opensStrike, closesStrike);
}

function opensStrike(text: string, index: number): boolean {
  const before = text.charAt(index - 1);
  return !isWordBefore(text, index) && before !== '-' && before !== '\\' && isInk(text, index + 1) && text[index + 1] !== '-';
}

function closesStrike(text: string, index: number): boolean {
  return isInk(text, index - 1) && text[index - 1] !== '-' && text[index + 1] !== '-' && !isWordAt(text, index + 1);
}

type MarkTest = (text: string, index: number) => boolean;

/** Pairs each opening mark with the first closing one after it on its line. */
function markPairs(marked: MarkedText, mark: string, opens: MarkTest, closes: MarkTest): void {
  const text = marked.said();
  let opener: number | null = null;
  let lineEnd = -1;
  for (let place = text.indexOf(mark); place >= 0; place = text.indexOf(mark, place + mark.length)) {
    if (place > lineEnd) {
      opener = null;
      lineEnd = endOfLine(text, place);
    }
    if (opener !== null && place > opener + mark.length && closes(text, place)) {
      strike(marked, { start: opener, end: place + mark.length }, mark.length);
      opener = null;
    } else if (opener === null && opens(text, place)) {
      opener = place;
    }
  }
}

/** The marks are set apart from the words, so that a dash does not touch what is searched. */
function strike(marked: MarkedText, span: Span, markLength: number): void {
  marked.mark(span.start, span.end, Part.markup);
  marked.mark(span.start + markLength, span.end - markLength, Part.struck);
}
