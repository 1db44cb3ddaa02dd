/**
 * Option lines: `Repository: owner/name` and `Branch: name`, each on a line of its own.
 *
 * People write them in lists, headings, tables and bold, so marks in front of the keyword and around it do not matter.
 * What follows the colon is the value, as written.
 */

export interface OptionLine {
  option: 'repository' | 'branch';
  /** Without blanks, bars and stars at either end. */
  value: string;
}

const KEYWORD = /(repository|repositories|repo|branch)[\s*_+]{0,8}[:：]/iy;
const LIST_OR_HEADING = /(?:h[1-6]\.|\d{1,3}[.)])\s/iy;

/** The option that a line sets, or null when the line is none. */
export function readOptionLine(line: string): OptionLine | null {
  if (!line.includes(':') && !line.includes('：')) return null;
  let start = skipMarks(line, 0);
  LIST_OR_HEADING.lastIndex = start;
  if (LIST_OR_HEADING.test(line)) start = skipMarks(line, LIST_OR_HEADING.lastIndex);
  KEYWORD.lastIndex = start;
  const keyword = KEYWORD.exec(line);
  if (!keyword) return null;
  const option = keyword[1]!.toLowerCase() === 'branch' ? 'branch' : 'repository';
  return { option, value: trimAll(line.slice(KEYWORD.lastIndex), ' \t|*') };
}

function skipMarks(line: string, from: number): number {
  let index = from;
  while (/[\s|*#_+•-]/.test(line.charAt(index))) index += 1;
  return index;
}

/**
 * Cuts these characters off both ends. A pattern anchored at the end would read a long row of them again from each of
 * its characters.
 */
export function trimAll(text: string, unwanted: string): string {
  return trimEndOf(trimStartOf(text, unwanted), unwanted);
}

/** Cuts these characters off the start. */
export function trimStartOf(text: string, unwanted: string): string {
  let start = 0;
  while (start < text.length && unwanted.includes(text[start]!)) start += 1;
  return text.slice(start);
}

/** Cuts these characters off the end. */
export function trimEndOf(text: string, unwanted: string): string {
  let end = text.length;
  while (end > 0 && unwanted.includes(text[end - 1]!)) end -= 1;
  return text.slice(0, end);
}

const PLACEHOLDERS = new Set(['', 'none', 'n/a', 'na', 'tbd', '?', '-', 'unknown']);

/** What templates leave behind: such a line counts as if it were not there. */
export function isPlaceholder(value: string): boolean {
  const word = trimEndOf(trimAll(value, '"\'` '), '.').toLowerCase();
  if (PLACEHOLDERS.has(word)) return true;
  return word.startsWith('<') && !word.includes('://');
}
