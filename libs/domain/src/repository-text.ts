/**
 * A text as the search for repositories reads it: lines without quotes and marks, links as their targets.
 *
 * Code counts differently here than for mentions. Inline code is how people write names; what stands in a code block
 * counts for option lines only, because names and addresses in logs and stack traces mean nothing.
 */
import { type KnownHosts, kindOfHost, readAddress } from './git-address.js';
import { type MarkedText, Part, type Span, type TextLink } from './text/marked-text.js';

export interface RepositoryText {
  /** What the author says, line by line. */
  lines: string[];
  /** The lines of code blocks. */
  codeLines: string[];
}

export function repositoryText(marked: MarkedText, hosts: KnownHosts): RepositoryText {
  const said = saidWithTargets(marked, hosts);
  const code = marked.mayHold(Part.codeBlock) ? marked.render((run, part) => (part === Part.codeBlock ? `\n${run}\n` : '')) : '';
  return { lines: withPlainBlanks(withoutEscapes(said)).split('\n'), codeLines: withPlainBlanks(code).split('\n') };
}

/** A link becomes its target when the host is known, else its text. */
function saidWithTargets(marked: MarkedText, hosts: KnownHosts): string {
  let said = '';
  let from = 0;
  for (const link of [...marked.links].sort((one, other) => one.start - other.start)) {
    if (link.start < from) continue;
    said += shown(marked, { start: from, end: link.start });
    said += leadsToKnownHost(link, hosts) ? ` ${link.target} ` : ` ${shown(marked, link.shown)} `;
    from = link.end;
  }
  return said + shown(marked, { start: from, end: marked.text.length });
}

function leadsToKnownHost(link: TextLink, hosts: KnownHosts): boolean {
  const address = readAddress(link.target);
  return address !== null && kindOfHost(hosts, address.host) !== null;
}

function shown(marked: MarkedText, within: Span): string {
  return marked.render((run, part) => {
    switch (part) {
      case Part.said:
      case Part.inlineCode:
      case Part.address:
        return run;
      case Part.codeBlock:
      case Part.quote:
        return '\n';
      case Part.cellEnd:
        return '|';
      default:
        return ' ';
    }
  }, within);
}

/** Two backslashes end a line; one takes the meaning from the mark after it (Cloud writes `my\_name`). */
function withoutEscapes(text: string): string {
  return text.replace(/\\\\|\\([!-/:-@[\]^`{-~_])/g, (_escape, mark: string | undefined) => mark ?? '\n');
}

/** Characters without width and blanks that do not break are blanks. */
function withPlainBlanks(text: string): string {
  return text.replace(/[\u00a0\u00ad\u200b-\u200f\u2060\ufeff]/g, ' ');
}
