/**
 * Writes a document as Jira's wiki markup, which Jira Data Center's REST v2 takes for comments.
 *
 * Wiki markup has no safe quoting: any brace, bracket, dash or exclamation mark in a text may become a macro, a
 * mention, a strike or a picture. So every such character of a text is escaped, code is broken where it could end its
 * own macro, and the markup that remains is only what this file writes.
 */
import { escapeWiki } from './wiki-escape.js';
import type {
  BlockNode,
  BulletListNode,
  CodeBlockNode,
  DocumentNode,
  InlineNode,
  LinkNode,
  ListItemNode,
  MentionNode,
  NumberedListNode,
  TextNode,
} from './document.js';
import { fitted } from './shorten.js';
import { tidy } from './tidy.js';

/** Languages that the `{code}` macro of Jira Data Center can colour. Others would show an error box. */
const LANGUAGES = new Set(
  (
    'actionscript ada applescript bash c c# c++ cpp css erlang go groovy haskell html java javascript js json lua ' +
    'none objc perl php python r ruby scala sh sql swift visualbasic xml yaml'
  ).split(' '),
);

/** The body of a Data Center comment, shortened to Jira's limit. */
export function toWikiMarkup(document: DocumentNode): string {
  return fitted(document, render, (wiki) => wiki.length);
}

function render(document: DocumentNode): string {
  return tidy(document).content.map(blockText).join('\n\n');
}

function blockText(block: BlockNode): string {
  switch (block.type) {
    case 'heading':
      return `h${block.level}. ${inlineText(block.content)}`;
    case 'paragraph':
      return inlineText(block.content);
    case 'bulletList':
    case 'numberedList':
      return listLines(block, '').join('\n');
    case 'codeBlock':
      return codeText(block);
    case 'quote':
      return `{quote}\n${block.content.map(blockText).join('\n\n')}\n{quote}`;
    case 'rule':
      return '----';
  }
}

/** `* one`, `** deeper`, `*# numbered within`: the marks of all levels stand before each item. */
function listLines(list: BulletListNode | NumberedListNode, outerMarks: string): string[] {
  const marks = outerMarks + (list.type === 'bulletList' ? '*' : '#');
  return list.items.flatMap((item) => itemLines(item, marks));
}

/** An empty line would end the list, so further blocks of an item follow on the next line. */
function itemLines(item: ListItemNode, marks: string): string[] {
  const lines = item.content.flatMap((block) =>
    block.type === 'bulletList' || block.type === 'numberedList' ? listLines(block, marks) : [blockText(block)],
  );
  const [first, ...rest] = lines;
  const firstBlock = item.content[0]?.type;
  if (first === undefined || firstBlock === 'bulletList' || firstBlock === 'numberedList') return lines;
  return [`${marks} ${first}`, ...rest];
}

function codeText(block: CodeBlockNode): string {
  const language = block.language?.toLowerCase() ?? '';
  const opener = LANGUAGES.has(language) ? `{code:${language}}` : '{code}';
  return `${opener}\n${withoutMacros(block.text)}\n{code}`;
}

/**
 * Nothing is escaped inside `{code}`, so its text is broken with a blank wherever it could end the macro around it or
 * where Jira's search for mentions could find one.
 */
function withoutMacros(text: string): string {
  return text.replace(/\{(?=(?:code|noformat|quote)\b)/gi, '{ ').replace(/\[(?=~)/g, '[ ');
}

function inlineText(nodes: InlineNode[]): string {
  let written = '';
  nodes.forEach((node, index) => {
    written += inlineNode(node, written.at(-1) ?? '', startOf(nodes[index + 1]));
  });
  return written.split('\n').map(escapeLineStart).join('\n');
}

function inlineNode(node: InlineNode, before: string, after: string): string {
  switch (node.type) {
    case 'text':
      return markedText(node, before, after);
    case 'code':
      return `{{${escapeWiki(node.text)}}}`;
    case 'link':
      return linkText(node);
    case 'mention':
      return mentionText(node);
    case 'lineBreak':
      return '\n';
  }
}

/** Marks must touch the text: blanks at the ends go outside. Next to letters Jira needs marks in braces. */
function markedText(node: TextNode, before: string, after: string): string {
  const marks = (node.strong ? '*' : '') + (node.emphasis ? '_' : '');
  const text = node.text.trim();
  if (marks === '' || text === '') return escapeWiki(node.text);
  const lead = node.text.startsWith(text) ? '' : ' ';
  const tail = node.text.endsWith(text) ? '' : ' ';
  const touches = (lead === '' && isWordCharacter(before)) || (tail === '' && isWordCharacter(after));
  const open = [...marks].map((mark) => (touches ? `{${mark}}` : mark));
  return lead + open.join('') + escapeWiki(text) + open.toReversed().join('') + tail;
}

function linkText(node: LinkNode): string {
  const href = wikiAddress(node.href);
  return node.text === node.href ? `[${href}]` : `[${escapeWiki(node.text)}|${href}]`;
}

/** Characters that would end the link or begin a macro, as percent escapes. */
function wikiAddress(href: string): string {
  return href.replace(/[\s|[\]{}\\^!*"<>]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase();
    return `%${code.padStart(2, '0')}`;
  });
}

function mentionText(node: MentionNode): string {
  const usable = node.name !== undefined && /^[^[\]|{}\\\s~][^[\]|{}\\\r\n]*$/.test(node.name);
  return usable ? `[~${node.name}]` : escapeWiki(node.displayName);
}

function escapeLineStart(line: string): string {
  return line
    .trimStart()
    .replace(/^#/, String.raw`\#`)
    .replace(/^h(?=[1-6]\.)/i, '&#104;')
    .replace(/^bq\./i, 'bq&#46;');
}

function startOf(node: InlineNode | undefined): string {
  return node?.type === 'text' ? node.text.charAt(0) : '';
}

function isWordCharacter(character: string): boolean {
  return /[\p{L}\p{N}_]/u.test(character);
}
