/**
 * The two text formats of Jira Cloud. REST v3 speaks ADF, REST v2 and the webhooks speak wiki markup; a comment is kept as it was
 * posted and shown to the other side in a simple translation. Real Jira translates more; what is here covers what the product writes.
 */
import type { AdfNode, RichText } from '../jira-model.ts';

/** The text as v2 readers and webhooks see it. */
export function asWiki(body: RichText): string {
  return body.format === 'wiki' ? body.wiki : blocks(body.adf.content ?? []);
}

/** The text as v3 readers see it. */
export function asAdf(body: RichText): AdfNode {
  return body.format === 'adf' ? body.adf : wikiToAdf(body.wiki);
}

/**
 * Whether this could be an ADF document. v3 refuses anything else with 400; the full schema is checked by the product's own tests, here
 * only what Jira's parser trips over first: the root, unknown node types, empty text nodes.
 */
export function isAdfDocument(value: unknown): value is AdfNode {
  if (typeof value !== 'object' || value === null) return false;
  const node = value as AdfNode;
  return node.type === 'doc' && node.version === 1 && Array.isArray(node.content) && node.content.every(isKnownNode);
}

const NODE_TYPES = new Set(
  ('paragraph text hardBreak heading bulletList orderedList listItem codeBlock blockquote rule mention emoji inlineCard panel status date ' +
    'table tableRow tableHeader tableCell mediaSingle media mediaGroup expand nestedExpand taskList taskItem decisionList decisionItem').split(' '),
);

function isKnownNode(node: AdfNode): boolean {
  if (typeof node !== 'object' || node === null || !NODE_TYPES.has(node.type)) return false;
  if (node.type === 'text') return typeof node.text === 'string' && node.text !== '';
  return (node.content ?? []).every(isKnownNode);
}

function blocks(nodes: AdfNode[]): string {
  return nodes.map((node) => block(node)).join('\n\n');
}

function block(node: AdfNode): string {
  const content = node.content ?? [];
  switch (node.type) {
    case 'heading':
      return `h${String(node.attrs?.['level'] ?? 1)}. ${inline(content)}`;
    case 'codeBlock':
      return `{code}\n${content.map((child) => child.text ?? '').join('')}\n{code}`;
    case 'blockquote':
      return `{quote}\n${blocks(content)}\n{quote}`;
    case 'bulletList':
      return list(content, '*');
    case 'orderedList':
      return list(content, '#');
    case 'rule':
      return '----';
    case 'paragraph':
      return inline(content);
    default:
      return content.length > 0 ? blocks(content) : inline([node]);
  }
}

function list(items: AdfNode[], marker: string): string {
  return items.map((item) => listItem(item, marker)).join('\n');
}

function listItem(item: AdfNode, marker: string): string {
  const lines = (item.content ?? []).map((child) => {
    if (child.type === 'bulletList') return list(child.content ?? [], `${marker}*`);
    if (child.type === 'orderedList') return list(child.content ?? [], `${marker}#`);
    return `${marker} ${block(child)}`;
  });
  return lines.join('\n');
}

function inline(nodes: AdfNode[]): string {
  return nodes.map(inlineNode).join('');
}

function inlineNode(node: AdfNode): string {
  switch (node.type) {
    case 'text':
      return marked(node);
    case 'hardBreak':
      return '\n';
    case 'mention':
      return `[~accountid:${String(node.attrs?.['id'])}]`;
    case 'inlineCard':
      return `[${String(node.attrs?.['url'])}]`;
    case 'emoji':
      return String(node.attrs?.['text'] ?? node.attrs?.['shortName'] ?? '');
    default:
      return inline(node.content ?? []);
  }
}

const WIKI_MARKS: Record<string, [string, string]> = { strong: ['*', '*'], em: ['_', '_'], code: ['{{', '}}'], strike: ['-', '-'], underline: ['+', '+'] };

function marked(node: AdfNode): string {
  return (node.marks ?? []).reduce((text, mark) => {
    if (mark.type === 'link') return `[${text}|${String(mark.attrs?.['href'])}]`;
    const [open, close] = WIKI_MARKS[mark.type] ?? ['', ''];
    return open + text + close;
  }, node.text ?? '');
}

/** Paragraphs at blank lines, line breaks, mentions and links; other markup stays as text. */
function wikiToAdf(text: string): AdfNode {
  const paragraphs = text.split(/(?:\r?\n){2,}/).filter((part) => part !== '');
  return { type: 'doc', version: 1, content: paragraphs.map((part) => ({ type: 'paragraph', content: wikiLines(part) })) };
}

function wikiLines(paragraph: string): AdfNode[] {
  return paragraph.split(/\r?\n/).flatMap((line, index) => (index === 0 ? wikiInline(line) : [{ type: 'hardBreak' }, ...wikiInline(line)]));
}

function wikiInline(line: string): AdfNode[] {
  return line
    .split(/(\[~accountid:[^\]]+\]|\[[^\]|~][^\]|]*\|https?:[^\]]+\])/)
    .filter((part) => part !== '')
    .map((part) => {
      const mention = /^\[~accountid:([^\]]+)\]$/.exec(part);
      if (mention !== null) return { type: 'mention', attrs: { id: mention[1], text: '@somebody', accessLevel: '' } };
      const link = /^\[([^\]|]+)\|(https?:[^\]]+)\]$/.exec(part);
      if (link !== null) return { type: 'text', text: link[1] ?? '', marks: [{ type: 'link', attrs: { href: link[2] } }] };
      return { type: 'text', text: part };
    });
}
