/**
 * Makes any text harmless in Jira's wiki markup.
 *
 * Jira's renderer takes a backslash before one of `- # * _ + ? ^ ~ | % { } [ ] ( ) ! @` as "the next character is a
 * letter". A backslash itself cannot be escaped that way (two of them are a line break), so it is written as an HTML
 * entity, which the renderer keeps.
 */

/** Symbols that Jira turns into little pictures: `(x)`, `(!)`, `:)`. Code talk is full of them: `f(x)`, `O(n)`. */
const PICTURE = /\((?=(?:[ynix/!+?*-]|on|off|\*[rgby]|flag|flagoff)\))/gi;
const FACE = /([:;])(?=[)(PD])/g;

/** The same text, so that Jira shows exactly its characters. Line starts are the caller's business. */
export function escapeWiki(text: string): string {
  return text
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replace(FACE, (_, eyes: string) => (eyes === ':' ? '&#58;' : '&#59;'))
    .replace(PICTURE, '&#40;')
    .replace(/\?(?=\?)/g, '&#63;')
    .replace(/[\\{}[\]|*_+\-^~!]/g, (character) => (character === '\\' ? '&#92;' : `\\${character}`));
}
