/**
 * Limits before parsing: size, and a shape that would keep the Markdown parser busy.
 *
 * Parsing time grows with the square of unpaired marks in one paragraph and of containers opened in one line: thirty
 * thousand well-chosen characters hold a processor for half a minute. No human-readable answer comes near these limits.
 */

/** Agent text beyond this is cut before it is read. */
export const MAX_MARKDOWN_LENGTH = 30_000;

const MAX_MARKS_PER_PART = 800;
const MAX_CONTAINERS_PER_LINE = 8;
const MAX_CONTAINERS = 4000;

/** The text with LF line ends, cut at the last empty line (or else line end, or blank) before the limit. */
export function cutMarkdown(source: string): { text: string; cut: boolean } {
  const text = source.slice(0, MAX_MARKDOWN_LENGTH * 2).replace(/\r\n?/g, '\n');
  if (text.length <= MAX_MARKDOWN_LENGTH) return { text, cut: source.length > MAX_MARKDOWN_LENGTH * 2 };
  const head = text.slice(0, MAX_MARKDOWN_LENGTH);
  const border = ['\n\n', '\n', ' '].map((mark) => head.lastIndexOf(mark)).find((at) => at > MAX_MARKDOWN_LENGTH / 2);
  return { text: head.slice(0, border ?? MAX_MARKDOWN_LENGTH), cut: true };
}

/** True for a text that could take the parser longer than a moment. It is then shown without formatting. */
export function isTooIntricate(text: string): boolean {
  let marks = 0;
  let containers = 0;
  for (const line of text.split('\n')) {
    const opened = containersIn(line);
    containers += opened;
    marks = line.trim() === '' ? 0 : marks + marksIn(line);
    if (opened > MAX_CONTAINERS_PER_LINE || containers > MAX_CONTAINERS || marks > MAX_MARKS_PER_PART) return true;
  }
  return false;
}

function marksIn(line: string): number {
  return line.match(/\*+|_+|~+|\[|</g)?.length ?? 0;
}

function containersIn(line: string): number {
  const prefix = /^(?:[ \t]|>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))+/.exec(line)?.[0] ?? '';
  return prefix.match(/>|[-+*]|\d+[.)]/g)?.length ?? 0;
}
