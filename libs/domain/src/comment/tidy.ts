/**
 * Brings any document into the form that both markups can write.
 *
 * Jira's schema is narrow: a quote holds paragraphs only, a list item holds no headings, quotes or rules, text is never
 * empty. Wiki markup has the same weak spots for other reasons. So every document passes here first: what a place does
 * not allow is unfolded into what it allows, no words are lost, and the renderers stay simple.
 *
 * After this: no empty text, no control characters, no line ends inside text, links only with allowed addresses, quotes
 * only at the top and with paragraphs only, lists at most six deep, no block without content.
 */
import { safeAddress } from './address.js';
import type {
  BlockNode,
  BulletListNode,
  CodeBlockNode,
  DocumentNode,
  InlineNode,
  ListItemNode,
  NumberedListNode,
  ParagraphNode,
  TextNode,
} from './document.js';

/** Jira's editor shows no deeper lists. */
const MAX_LIST_DEPTH = 6;

type ListNode = BulletListNode | NumberedListNode;
/** What may stand in a list item. */
export type ItemBlock = ParagraphNode | CodeBlockNode | ListNode;

/** The same document in the form described above. */
export function tidy(document: DocumentNode): DocumentNode {
  return { type: 'document', content: topBlocks(document.content) };
}

function topBlocks(blocks: BlockNode[]): BlockNode[] {
  return blocks.flatMap((block): BlockNode[] => {
    switch (block.type) {
      case 'heading': {
        const content = tidyInline(block.content.map(breakToBlank));
        return content.length === 0 ? [] : [{ ...block, content }];
      }
      case 'quote':
        return unfoldQuote(block.content);
      case 'rule':
        return [block];
      default:
        return itemBlocks([block], 1);
    }
  });
}

/** A quote may hold paragraphs only: a list or code within it interrupts the quote. */
function unfoldQuote(blocks: BlockNode[]): BlockNode[] {
  const result: BlockNode[] = [];
  for (const block of quotable(blocks)) {
    const last = result.at(-1);
    if (block.type !== 'paragraph') result.push(...topBlocks([block]));
    else if (last?.type === 'quote') last.content.push(block);
    else result.push({ type: 'quote', content: [block] });
  }
  return result;
}

function quotable(blocks: BlockNode[]): BlockNode[] {
  return blocks.flatMap((block) => {
    if (block.type === 'quote') return quotable(block.content);
    if (block.type === 'heading') return paragraphOf(strongInline(block.content));
    if (block.type === 'paragraph') return paragraphOf(block.content);
    return [block];
  });
}

function itemBlocks(blocks: BlockNode[], depth: number): ItemBlock[] {
  return blocks.flatMap((block): ItemBlock[] => {
    switch (block.type) {
      case 'heading':
        return paragraphOf(strongInline(block.content));
      case 'paragraph':
        return paragraphOf(block.content);
      case 'codeBlock':
        return codeOf(block);
      case 'quote':
        return itemBlocks(block.content, depth);
      case 'bulletList':
      case 'numberedList':
        return listOf(block, depth);
      case 'rule':
        return [];
    }
  });
}

function listOf(list: ListNode, depth: number): ItemBlock[] {
  if (depth > MAX_LIST_DEPTH) return list.items.flatMap((item) => itemBlocks(item.content, depth));
  const items = list.items
    .map((item): ListItemNode => ({ ...item, content: itemBlocks(item.content, depth + 1) }))
    .filter((item) => item.content.length > 0);
  if (items.length === 0) return [];
  if (list.type === 'bulletList') return [{ ...list, items }];
  const start = Number.isSafeInteger(list.start) && list.start > 0 ? list.start : 1;
  return [{ ...list, start, items }];
}

function codeOf(block: CodeBlockNode): CodeBlockNode[] {
  const text = cleanText(block.text.replace(/\r\n?/g, '\n')).replace(/^\n+|\s+$/g, '');
  return text === '' ? [] : [{ ...block, text }];
}

function paragraphOf(content: InlineNode[]): ParagraphNode[] {
  const inline = tidyInline(content);
  return inline.length === 0 ? [] : [{ type: 'paragraph', content: inline }];
}

function strongInline(nodes: InlineNode[]): InlineNode[] {
  return nodes.map((node) => (node.type === 'text' ? { ...node, strong: true } : node));
}

function breakToBlank(node: InlineNode): InlineNode {
  return node.type === 'lineBreak' ? { type: 'text', text: ' ' } : node;
}

/** Inline nodes without empty ones, neighbours of equal marks joined, no blanks or breaks at either end. */
function tidyInline(nodes: InlineNode[]): InlineNode[] {
  const result: InlineNode[] = [];
  for (const node of nodes.flatMap(tidyNode)) {
    const last = result.at(-1);
    if (node.type === 'text' && last?.type === 'text' && sameMarks(node, last)) {
      result[result.length - 1] = { ...last, text: last.text + node.text };
    } else result.push(node);
  }
  return trimmed(result);
}

function tidyNode(node: InlineNode): InlineNode[] {
  switch (node.type) {
    case 'text': {
      const text = oneLine(node.text);
      return text === '' ? [] : [{ ...node, text }];
    }
    case 'code': {
      const text = oneLine(node.text).trim();
      return text === '' ? [] : [{ type: 'code', text }];
    }
    case 'link': {
      const href = safeAddress(node.href);
      const text = oneLine(node.text).trim() || href || '';
      if (text === '') return [];
      return [href === null ? { type: 'text', text } : { type: 'link', href, text }];
    }
    case 'mention':
      return [{ ...node, displayName: oneLine(node.displayName).trim() || 'somebody' }];
    case 'lineBreak':
      return [node];
  }
}

function sameMarks(a: TextNode, b: TextNode): boolean {
  return (a.strong ?? false) === (b.strong ?? false) && (a.emphasis ?? false) === (b.emphasis ?? false);
}

function trimmed(nodes: InlineNode[]): InlineNode[] {
  const first = nodes.findIndex((node) => !isBlank(node));
  if (first < 0) return [];
  const last = nodes.findLastIndex((node) => !isBlank(node));
  const kept = nodes.slice(first, last + 1);
  return kept.map((node, index) => {
    if (node.type !== 'text') return node;
    const text = index === 0 ? node.text.trimStart() : node.text;
    return { ...node, text: index === kept.length - 1 ? text.trimEnd() : text };
  });
}

function isBlank(node: InlineNode): boolean {
  return node.type === 'lineBreak' || (node.type === 'text' && node.text.trim() === '');
}

function oneLine(text: string): string {
  return cleanText(text).replace(/[\t\n\r\u2028\u2029]+/g, ' ');
}

/** Without control characters (Jira's XML exports choke on them) and broken surrogate pairs. */
function cleanText(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g, '').toWellFormed();
}
