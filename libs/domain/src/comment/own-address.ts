/**
 * Keeps our comments from addressing ourselves, and from calling people.
 *
 * A comment that contains `@openhands` as plain text starts work. So the address appears in our comments only as
 * inline code, whoever wrote the text: we, the agent, or a person whose name we repeat. The same goes for
 * `[~somebody]` typed in text: it becomes a plain name. Real mentions exist only as mention nodes, which we make.
 */
import type { BlockNode, DocumentNode, InlineNode, LinkNode, TextNode } from './document.js';

/** Wiki mention as typed text. On Cloud it holds an account id, which is no name. */
const TYPED_MENTION = /\[~(accountid:)?([^\]\n]{1,256})\]/gi;

/** Characters that glue words: an address within `me@openhands.dev` is kept in one piece with its surroundings. */
const WORD = /[\p{L}\p{N}\p{M}_@.+/:-]/u;

/** The same document, in which no text addresses us or calls a person. `token` is the configured mention. */
export function withoutLiveAddresses(document: DocumentNode, token: string): DocumentNode {
  const content = harmlessBlocks(document.content, tokenPattern(token));
  return { ...document, content };
}

function tokenPattern(token: string): RegExp {
  return new RegExp(token.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`), 'giu');
}

function harmlessBlocks(blocks: BlockNode[], token: RegExp): BlockNode[] {
  return blocks.map((block) => harmlessBlock(block, token));
}

function harmlessBlock(block: BlockNode, token: RegExp): BlockNode {
  switch (block.type) {
    case 'heading':
    case 'paragraph':
      return { ...block, content: harmlessInline(block.content, token) };
    case 'quote':
      return { ...block, content: harmlessBlocks(block.content, token) };
    case 'bulletList':
    case 'numberedList':
      return {
        ...block,
        items: block.items.map((item) => ({ ...item, content: harmlessBlocks(item.content, token) })),
      };
    case 'codeBlock':
    case 'rule':
      return block;
  }
}

/**
 * Text nodes that follow each other are searched as one text, because that is how Jira stores them:
 * `@open` and a strong `hands` together are an address too.
 */
function harmlessInline(nodes: InlineNode[], token: RegExp): InlineNode[] {
  const result: InlineNode[] = [];
  let run: (TextNode | LinkNode)[] = [];
  const flush = (): void => {
    result.push(...harmlessRun(run, token));
    run = [];
  };
  for (const node of nodes) {
    if (node.type === 'text' || (node.type === 'link' && !contains(node.text, token))) {
      run.push({ ...node, text: namesOnly(node.text) });
      continue;
    }
    flush();
    // A link whose own text addresses us loses its address: code and link in one are not in the document.
    result.push(node.type === 'link' ? { type: 'code', text: node.text } : node);
  }
  flush();
  return result;
}

function contains(text: string, token: RegExp): boolean {
  return text.search(token) >= 0;
}

function namesOnly(text: string): string {
  return text.replace(TYPED_MENTION, (_, account: string | undefined, name: string) =>
    account === undefined ? name : 'somebody',
  );
}

function harmlessRun(run: (TextNode | LinkNode)[], token: RegExp): InlineNode[] {
  const whole = run.map((node) => node.text).join('');
  const result: InlineNode[] = [];
  let done = 0;
  for (const match of whole.matchAll(token)) {
    if (match.index < done) continue;
    const [start, end] = wordAround(whole, match.index, match.index + match[0].length, done);
    result.push(...slice(run, done, start), { type: 'code', text: whole.slice(start, end) });
    done = end;
  }
  if (done === 0) return run;
  return [...result, ...slice(run, done, whole.length)];
}

function wordAround(text: string, from: number, to: number, earliest: number): [number, number] {
  let start = from;
  let end = to;
  while (start > earliest && WORD.test(text.charAt(start - 1))) start--;
  while (end < text.length && WORD.test(text.charAt(end))) end++;
  return [start, end];
}

/** The nodes between two positions of their joined text. */
function slice(run: (TextNode | LinkNode)[], from: number, to: number): InlineNode[] {
  const result: InlineNode[] = [];
  let start = 0;
  for (const node of run) {
    const text = node.text.slice(Math.max(0, from - start), Math.max(0, to - start));
    if (text !== '') result.push({ ...node, text });
    start += node.text.length;
  }
  return result;
}
