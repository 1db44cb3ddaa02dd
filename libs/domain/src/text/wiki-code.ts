/**
 * Code in wiki markup: `{code}` and `{noformat}`, Markdown fences, Markdown backticks, `{{monospace}}`.
 *
 * People type Markdown into Jira although Jira does not render it, so its code counts as code too.
 */
import { linesOf, type MarkedText, Part, runsByLine, type Span } from './marked-text.js';
import { isEscaped } from './word-character.js';

/** Sets all code aside. The marks around it become markup. */
export function markCode(marked: MarkedText): void {
  markCodeMacros(marked);
  markFences(marked);
  markBackticks(marked);
  markMonospace(marked);
}

/** Parameters stop at a brace, so that a row of openers is read once and not once per opener. */
const CODE_OPENER = /\{(code|noformat)(?::[^{}\n]*)?\}/g;

/** Left to right: the first opener wins and only its own closer ends it. An unclosed one runs to the end. */
function markCodeMacros(marked: MarkedText): void {
  const text = marked.text;
  CODE_OPENER.lastIndex = 0;
  for (let opener = CODE_OPENER.exec(text); opener; opener = CODE_OPENER.exec(text)) {
    if (isEscaped(text, opener.index)) continue;
    const closer = `{${opener[1]}}`;
    const inside = CODE_OPENER.lastIndex;
    const end = indexOfLive(text, closer, inside);
    marked.mark(opener.index, inside, Part.markup);
    marked.mark(inside, end < 0 ? text.length : end, Part.codeBlock);
    if (end < 0) return;
    marked.mark(end, end + closer.length, Part.markup);
    CODE_OPENER.lastIndex = end + closer.length;
  }
}

/** Where `wanted` stands without a backslash before it, or -1. */
export function indexOfLive(text: string, wanted: string, from: number): number {
  let index = text.indexOf(wanted, from);
  while (index >= 0 && isEscaped(text, index)) index = text.indexOf(wanted, index + 1);
  return index;
}

/** A fence is a line that begins with three backticks and holds no more of them after these; the next such line ends it. */
function markFences(marked: MarkedText): void {
  const text = marked.said();
  if (!text.includes('```')) return;
  let opened: number | null = null;
  for (const { start, end } of linesOf(text)) {
    const line = text.slice(start, end);
    if (opened === null ? !/^[ \t]*`{3,}[^`]*$/.test(line) : !/^[ \t]*`{3,}/.test(line)) continue;
    if (opened !== null) marked.mark(opened, start, Part.codeBlock);
    marked.mark(start, end, Part.markup);
    opened = opened === null ? end : null;
  }
  if (opened !== null) marked.mark(opened, text.length, Part.codeBlock);
}

/** Inline code on one line: as many backticks at its end as at its start. Unpaired backticks are text. */
function markBackticks(marked: MarkedText): void {
  for (const runs of runsByLine(marked.said(), '`')) markBetween(marked, runs);
}

/** The runs of backticks of one line. */
function markBetween(marked: MarkedText, runs: Span[]): void {
  const partners = partnersOf(runs);
  for (let index = 0; index < runs.length; index += 1) {
    const partner = partners[index]!;
    if (partner < 0) continue;
    markInlineCode(marked, runs[index]!.start, runs[partner]!.start, lengthOf(runs[index]!));
    index = partner;
  }
}

/** For each run the next run of the same length, or -1; found from the right, so that each run is looked at once. */
function partnersOf(runs: Span[]): number[] {
  const next = new Map<number, number>();
  const partners = runs.map(() => -1);
  for (let index = runs.length - 1; index >= 0; index -= 1) {
    const length = lengthOf(runs[index]!);
    partners[index] = next.get(length) ?? -1;
    next.set(length, index);
  }
  return partners;
}

function lengthOf({ start, end }: Span): number {
  return end - start;
}

function markInlineCode(marked: MarkedText, opener: number, closer: number, markLength: number): void {
  marked.mark(opener, opener + markLength, Part.markup);
  marked.mark(opener + markLength, closer, Part.inlineCode);
  marked.mark(closer, closer + markLength, Part.markup);
}

/** `{{monospace}}` on one line. */
function markMonospace(marked: MarkedText): void {
  const text = marked.said();
  for (const line of linesOf(text)) {
    let from = line.start;
    for (;;) {
      const opener = indexOfLive(text, '{{', from);
      if (opener < 0) return;
      if (opener >= line.end) break;
      const closer = text.indexOf('}}', opener + 2);
      if (closer < 0) return;
      if (closer >= line.end) break;
      markInlineCode(marked, opener, closer, 2);
      from = closer + 2;
    }
  }
}
