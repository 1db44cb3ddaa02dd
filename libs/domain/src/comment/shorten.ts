/**
 * Keeps a comment under Jira's size limit.
 *
 * Jira refuses a comment of more than 32,767 characters as a whole, and then the issue would hear nothing at all. So the
 * long part of a document, the agent's text, is cut at the end of a block, and a line tells where the rest is.
 */
import type { BlockNode, DocumentNode, InlineNode, ListItemNode } from './document.js';

/** Rendered comments stay below this many characters (Jira: 32,767). */
export const MAX_COMMENT_LENGTH = 32_000;

/** The first form of the document whose rendering is short enough. */
export function fitted<Rendered>(
  document: DocumentNode,
  render: (document: DocumentNode) => Rendered,
  lengthOf: (rendered: Rendered) => number,
): Rendered {
  let rendered = render(document);
  let budget = lengthOf(rendered);
  while (lengthOf(rendered) > MAX_COMMENT_LENGTH && budget > 0) {
    budget = Math.floor(budget * 0.8);
    rendered = render(shortened(document, budget));
  }
  return rendered;
}

/** The document with at most `budget` characters of its long part; without a marked part, of all of it. */
export function shortened(document: DocumentNode, budget: number): DocumentNode {
  const { content } = document;
  const { from, to, notice } = document.excerpt ?? { from: 0, to: content.length, notice: null };
  const kept = takeBlocks(content.slice(from, to), budget);
  const end: BlockNode[] = notice === null ? [] : [notice];
  return { type: 'document', content: [...content.slice(0, from), ...kept, ...end, ...content.slice(to)] };
}

/** Whole blocks from the front that fit; if not even the first fits, its beginning. */
export function takeBlocks(blocks: BlockNode[], budget: number): BlockNode[] {
  const kept: BlockNode[] = [];
  let left = budget;
  for (const block of blocks) {
    left -= sizeOf(block);
    if (left < 0) break;
    kept.push(block);
  }
  const first = blocks[0];
  if (kept.length > 0 || first === undefined || budget <= 0) return kept;
  return beginningOf(first, budget);
}

function beginningOf(block: BlockNode, budget: number): BlockNode[] {
  switch (block.type) {
    case 'codeBlock':
      return [{ ...block, text: cutText(block.text, budget, '\n') }];
    case 'heading':
    case 'paragraph':
      return [{ ...block, content: takeInline(block.content, budget) }];
    case 'quote':
      return [{ ...block, content: takeBlocks(block.content, budget) }];
    case 'bulletList':
    case 'numberedList':
      return [{ ...block, items: takeItems(block.items, budget) }];
    case 'rule':
      return [];
  }
}

function takeItems(items: ListItemNode[], budget: number): ListItemNode[] {
  const kept: ListItemNode[] = [];
  let left = budget;
  for (const item of items) {
    left -= sizeOfAll(item.content);
    if (left < 0) break;
    kept.push(item);
  }
  const first = items[0];
  if (kept.length > 0 || first === undefined) return kept;
  return [{ ...first, content: takeBlocks(first.content, budget) }];
}

function takeInline(nodes: InlineNode[], budget: number): InlineNode[] {
  const kept: InlineNode[] = [];
  let left = budget;
  for (const node of nodes) {
    const size = inlineSize(node);
    if (size <= left) kept.push(node);
    else if (node.type === 'text') kept.push({ ...node, text: cutText(node.text, left, ' ') });
    left -= size;
    if (left <= 0) break;
  }
  return kept;
}

/** At most `length` characters, ended at the last `border` of its second half when there is one. */
function cutText(text: string, length: number, border: string): string {
  const cut = text.slice(0, length);
  const end = cut.lastIndexOf(border);
  return end > length / 2 ? cut.slice(0, end) : cut;
}

/** Characters people read in a block, plus a little for its markup. */
function sizeOf(block: BlockNode): number {
  switch (block.type) {
    case 'heading':
    case 'paragraph':
      return block.content.reduce((sum, node) => sum + inlineSize(node), 2);
    case 'codeBlock':
      return block.text.length + 20;
    case 'quote':
      return sizeOfAll(block.content) + 16;
    case 'bulletList':
    case 'numberedList':
      return block.items.reduce((sum, item) => sum + sizeOfAll(item.content), 0);
    case 'rule':
      return 6;
  }
}

function sizeOfAll(blocks: BlockNode[]): number {
  return blocks.reduce((sum, block) => sum + sizeOf(block), 2);
}

function inlineSize(node: InlineNode): number {
  switch (node.type) {
    case 'text':
    case 'code':
      return node.text.length;
    case 'link':
      return node.text.length + node.href.length;
    case 'mention':
      return node.displayName.length;
    case 'lineBreak':
      return 1;
  }
}
