/**
 * Reads Jira's wiki markup as text that people and agents can read.
 *
 * For the agent's prompt only: what a comment *means* (mentions, commands, repositories) is decided elsewhere by stricter
 * rules. Here nothing is thrown away but decoration: code stays code, quotes stay quotes, a mention becomes `@name`, a
 * link becomes its text with the address behind it. One pass over the lines, so the time grows with the length only.
 */

/** Finds a person's display name by the id in a mention; undefined when it is not known. */
export type NameOf = (id: string) => string | undefined;

/** Macros that only decorate what they contain. A macro that opens inside their parameters ends them, so that many openers in a row are not read over and over. */
const DECORATION = /\{(?:color|panel|anchor|section|column)(?::(?:[^{}\n]|\{(?!color|panel|anchor|section|column)){0,500})?\}/gi;
const CODE_MACRO = /\{(code|noformat)(?::((?:[^{}\n]|\{(?!code|noformat)){0,500}))?\}/gi;
const CODE_END = { code: /\{code\}/gi, noformat: /\{noformat\}/gi };

/** The text of a comment or description, with LF line ends and Markdown's signs for code, quotes and headings. */
export function wikiToText(wiki: string, nameOf: NameOf = () => undefined): string {
  const source = wiki.replace(/\r\n?/g, '\n');
  const parts = splitCode(source).map((part) =>
    part.isCode ? fence(part.text, part.parameters) : proseToText(part.text, nameOf),
  );
  return parts
    .join('')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

interface Part {
  isCode: boolean;
  text: string;
  parameters: string;
}

/** Left to right: the first opener wins, only its own closer ends it, and an unclosed one runs to the end. */
function splitCode(source: string): Part[] {
  const parts: Part[] = [];
  let done = 0;
  while (done < source.length) {
    const opener = matchFrom(CODE_MACRO, source, done);
    parts.push({ isCode: false, text: source.slice(done, opener?.index), parameters: '' });
    if (opener === null) break;
    const [macro, name = 'code', parameters = ''] = opener;
    const start = opener.index + macro.length;
    const closer = matchFrom(name.toLowerCase() === 'code' ? CODE_END.code : CODE_END.noformat, source, start);
    parts.push({ isCode: true, text: source.slice(start, closer?.index), parameters });
    if (closer === null) break;
    done = closer.index + closer[0].length;
  }
  return parts;
}

function matchFrom(pattern: RegExp, source: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from;
  return pattern.exec(source);
}

function fence(code: string, parameters: string): string {
  const language = /^[a-z0-9+#]{1,20}(?=$|\|)/i.exec(parameters)?.[0] ?? '';
  return `\n\`\`\`${language}\n${code.replace(/^\n+|\s+$/g, '')}\n\`\`\`\n`;
}

function proseToText(wiki: string, nameOf: NameOf): string {
  let quoted = false;
  return wiki
    .replace(DECORATION, '')
    .replace(/\{quote\}/gi, '\n{quote}\n')
    .split('\n')
    .flatMap((line) => {
      if (line.trim().toLowerCase() !== '{quote}') return [lineToText(line, quoted, nameOf)];
      quoted = !quoted;
      return [];
    })
    .join('\n');
}

function lineToText(line: string, quoted: boolean, nameOf: NameOf): string {
  const text = inlineToText(line, nameOf);
  const heading = /^\s*h([1-6])\.\s+(.*)$/.exec(text);
  const plain =
    heading === null ? text.replace(/^\s*bq\.\s+/, '> ') : `${'#'.repeat(Number(heading[1]))} ${heading[2]}`;
  return quoted ? `> ${plain}` : plain;
}

/** Order matters: mentions and links before escapes are undone, because an escaped bracket is no link. */
function inlineToText(line: string, nameOf: NameOf): string {
  return line
    .replace(/(?<!\\)\[~(?:accountid:)?([^\]\n]{1,256})\]/gi, (_, id: string) => `@${nameOf(id.trim()) ?? id.trim()}`)
    .replace(
      /(?<!\\)\[([^[\]\n|]{1,1000})\|([^[\]\n|\s]{1,2000})(?:\|[^[\]\n]{0,100})?\]/g,
      (_, text: string, address: string) => linkText(text, address),
    )
    .replace(/(?<!\\)\[((?:https?|mailto):[^\]\s|]{1,2000})\]/gi, '$1')
    .replace(/(?<!\\)![^\s!|]{1,300}(?:\|[^!\n]{0,200})?!/g, (picture) => pictureText(picture))
    // Not over another `{{`: many of them in a row would each look a thousand characters ahead.
    .replace(/\{\{((?:(?!\{\{|\}\})[^\n]){1,1000})\}\}/g, '`$1`')
    .replace(/\{([*_+^~-])\}/g, '')
    .replace(/(?<![\p{L}\p{N}\\*])\*(?=\S)([^*\n]{1,1000}?)(?<=\S)\*(?![\p{L}\p{N}*])/gu, '**$1**')
    .replace(/\\\\(?=\s|$|[^\\])/g, '\n')
    .replace(/\\([-#*_+?^~|%{}[\]()!@])/g, '$1');
}

function linkText(text: string, address: string): string {
  const plain = text.trim();
  return plain === '' || plain === address ? address : `${plain} (${address})`;
}

/** Only file names and addresses are pictures; `Wow! Great!` is not. */
function pictureText(source: string): string {
  const name = source.slice(1, -1).split('|')[0] ?? '';
  return /\.(?:png|jpe?g|gif|svg|webp|bmp|mp4|mov|pdf)$/i.test(name) ? `[attachment ${name}]` : source;
}
