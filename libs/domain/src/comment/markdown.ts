/**
 * Reads the agent's Markdown into our document.
 *
 * The agent writes what it likes, and strangers can make it write something: its text is hostile until it has passed
 * here. HTML is shown as text, pictures become links, links keep only web and mail addresses, tables become lists,
 * typed mentions become plain names, and our own address becomes inline code. Size, depth and the time that parsing may
 * take are limited.
 */
import type { BlockContent, DefinitionContent, List, ListItem, Nodes, Parents, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import type { BlockNode, DocumentNode, HeadingNode, ListItemNode } from './document.js';
import { definitionsOf, phrasing, plainText, type Definitions } from './markdown-inline.js';
import { tableList } from './markdown-table.js';
import { withoutLiveAddresses } from './own-address.js';
import { cutMarkdown, isTooIntricate } from './markdown-limits.js';

/** Containers deeper than this are written as plain paragraphs. */
const MAX_DEPTH = 8;

type Block = RootContent | BlockContent | DefinitionContent;

/** The document, and whether the text was longer than 30,000 characters and lost its end. */
export interface ReadMarkdown {
  document: DocumentNode;
  cut: boolean;
}

/** Reads Markdown with tables, task lists and bare addresses. `token` is the configured mention. Never throws. */
export function readMarkdown(source: string, token: string): ReadMarkdown {
  const { text, cut } = cutMarkdown(source);
  const document: DocumentNode = { type: 'document', content: blocksOf(text) };
  return { document: withoutLiveAddresses(document, token), cut };
}

function blocksOf(text: string): BlockNode[] {
  if (isTooIntricate(text)) return plainBlocks(text);
  try {
    const tree = fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
    return children(tree, definitionsOf(tree), 0);
  } catch {
    // The parser recurses; a text made to overflow its stack is shown as it is.
    return plainBlocks(text);
  }
}

function plainBlocks(text: string): BlockNode[] {
  return text
    .split(/\n[ \t]*\n/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => ({ type: 'paragraph', content: plainText(part) }));
}

function children(parent: Parents, definitions: Definitions, depth: number): BlockNode[] {
  return (parent.children as Block[]).flatMap((node) => blockOf(node, definitions, depth));
}

function blockOf(node: Block, definitions: Definitions, depth: number): BlockNode[] {
  switch (node.type) {
    case 'heading':
      return [{ type: 'heading', level: node.depth as HeadingNode['level'], content: phrasing(node, definitions) }];
    case 'paragraph':
      return [{ type: 'paragraph', content: phrasing(node, definitions) }];
    case 'code':
      return [{ type: 'codeBlock', language: node.lang ?? null, text: node.value }];
    case 'thematicBreak':
      return [{ type: 'rule' }];
    case 'html':
      return [{ type: 'paragraph', content: plainText(node.value) }];
    case 'blockquote':
      return depth >= MAX_DEPTH ? flat(node) : [{ type: 'quote', content: children(node, definitions, depth + 1) }];
    case 'list':
      return depth >= MAX_DEPTH ? flat(node) : [listOf(node, definitions, depth)];
    case 'table':
      return tableList(node, definitions);
    case 'footnoteDefinition':
      return [
        { type: 'paragraph', content: [{ type: 'text', text: `[${node.identifier}]` }] },
        ...children(node, definitions, depth + 1),
      ];
    default:
      return [];
  }
}

function listOf(node: List, definitions: Definitions, depth: number): BlockNode {
  const items = node.children.map((item) => itemOf(item, definitions, depth));
  return node.ordered ? { type: 'numberedList', start: node.start ?? 1, items } : { type: 'bulletList', items };
}

/** Task boxes stay visible as `[x]` and `[ ]`. */
function itemOf(item: ListItem, definitions: Definitions, depth: number): ListItemNode {
  const content = children(item, definitions, depth + 1);
  if (typeof item.checked !== 'boolean') return { type: 'listItem', content };
  const box = { type: 'text' as const, text: item.checked ? '[x] ' : '[ ] ' };
  const first = content[0];
  if (first?.type !== 'paragraph')
    return { type: 'listItem', content: [{ type: 'paragraph', content: [box] }, ...content] };
  return { type: 'listItem', content: [{ ...first, content: [box, ...first.content] }, ...content.slice(1)] };
}

/** Everything readable below a node, without recursion. */
function flat(node: Nodes): BlockNode[] {
  const lines: string[] = [];
  const open: Nodes[] = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if ('value' in next) lines.push(next.value);
    if ('children' in next) open.push(...next.children.toReversed());
  }
  return plainBlocks(lines.join(' '));
}
