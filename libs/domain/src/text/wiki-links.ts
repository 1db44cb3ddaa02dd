/**
 * What stands in a text without being said: targets of links, web addresses, picked people, macros.
 */
import { type MarkedText, Part } from './marked-text.js';
import { isEscaped } from './word-character.js';

/** `[text|target]` and `[text|target|smart-link]`. No part crosses a bracket, so each character is read a bounded number of times. */
const WIKI_LINK = /\[([^[\]|\n]*)\|([^\s[\]|]+)(?:\|[^[\]|\n]*)?\]/g;

/** `[text](target)`, as Markdown has it. */
const MARKDOWN_LINK = /\[([^[\]\n]*)\]\(([^\s()<>[\]]+)\)/g;

/** The sign is in every such link, and in few other texts. */
const LINKS = [{ pattern: WIKI_LINK, sign: '|' }, { pattern: MARKDOWN_LINK, sign: '](' }];

/** Notes links with a text of their own, and sets aside everything of them but the text. */
export function markLinks(marked: MarkedText): void {
  for (const { pattern, sign } of LINKS) {
    const text = marked.said();
    if (!text.includes(sign)) continue;
    for (const match of text.matchAll(pattern)) {
      if (isEscaped(text, match.index) || match[1]!.startsWith('~')) continue;
      const [start, end] = [match.index, match.index + match[0].length];
      const shown = { start: start + 1, end: start + 1 + match[1]!.length };
      marked.links.push({ start, end, shown, target: match[2]! });
      marked.mark(shown.end + 1, end - 1, Part.address);
    }
  }
}

const ADDRESS_BEGINNING = /:\/\/|mailto:/gi;
const ADDRESS_END = /[\s|\]<>"{}]/g;

/**
 * Sets web addresses aside: `scheme://…` and `mailto:…`. The search is for `://` and goes back over the scheme from
 * there; a search for the scheme first would read a long word again from each of its letters.
 */
export function markAddresses(marked: MarkedText): void {
  const text = marked.said();
  ADDRESS_BEGINNING.lastIndex = 0;
  for (let match = ADDRESS_BEGINNING.exec(text); match; match = ADDRESS_BEGINNING.exec(text)) {
    const start = match[0] === '://' ? schemeBefore(text, match.index) : match.index;
    if (start < 0) continue;
    ADDRESS_END.lastIndex = ADDRESS_BEGINNING.lastIndex;
    const end = ADDRESS_END.exec(text)?.index ?? text.length;
    marked.mark(start, end, Part.address);
    ADDRESS_BEGINNING.lastIndex = end;
  }
}

/** Where the scheme that ends at `end` begins; -1 when there is none. A scheme begins with a letter. */
export function schemeBefore(text: string, end: number): number {
  let start = end;
  while (start > 0 && isOfScheme(text[start - 1]!)) start -= 1;
  while (start < end && !isLetter(text[start]!)) start += 1;
  return start < end ? start : -1;
}

function isOfScheme(character: string): boolean {
  return isLetter(character) || (character >= '0' && character <= '9') || character === '+' || character === '.' || character === '-';
}

function isLetter(character: string): boolean {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

/** Everything up to `]` on the line, at most 256 characters, without a further bracket. Names may contain blanks. */
const PICKER = /\[~([^[\]\n]{1,256})\]/g;

/**
 * Notes everybody whom the author picked, `[~accountid:ID]` or `[~name]`, and sets the mention aside. A picked person
 * in code or in a quote is noted too, and stays code or quote.
 */
export function markPickers(marked: MarkedText): void {
  notePickers(marked, marked.said(), true);
  notePickers(marked, marked.only(Part.codeBlock, Part.inlineCode, Part.quote, Part.struck), false);
}

function notePickers(marked: MarkedText, text: string, live: boolean): void {
  for (const match of text.matchAll(PICKER)) {
    if (live && isEscaped(text, match.index)) continue;
    const [start, end] = [match.index, match.index + match[0].length];
    const content = match[1]!.trim();
    marked.pickers.push({ start, end, id: content.replace(/^accountid\s{0,8}:/i, '').trim() });
    if (live) marked.mark(start, end, Part.picker);
  }
}

/** `{color:red}`, `{panel:title=…}`: the name and the parameters are set aside, the content stays. */
const MACRO = /\{[a-z][a-z0-9-]*(?::[^{}\n]*)?\}/gi;

export function markMacros(marked: MarkedText): void {
  const text = marked.said();
  for (const match of text.matchAll(MACRO)) {
    if (!isEscaped(text, match.index)) marked.mark(match.index, match.index + match[0].length, Part.markup);
  }
}
