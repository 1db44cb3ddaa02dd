/** The part of Markdown within a line: marks, code, links, pictures. Block structure is in `markdown.ts`. */
import type { Definition, Nodes, Parents, PhrasingContent } from 'mdast';
import { safeAddress } from './address.js';
import type { InlineNode, TextNode } from './document.js';

/** Marks within marks deeper than this keep only their text. */
const MAX_DEPTH = 12;

/** Addresses of reference links (`[text][name]`) by identifier. */
export type Definitions = Map<string, string>;

interface Marks {
  strong?: true;
  emphasis?: true;
}

/** Reads the definitions of the whole text; the first of a name wins, as in Markdown. */
export function definitionsOf(tree: Parents): Definitions {
  const definitions: Definitions = new Map();
  const open: Nodes[] = [tree];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === 'definition') define(definitions, node);
    else if ('children' in node) open.push(...node.children.toReversed());
  }
  return definitions;
}

function define(definitions: Definitions, node: Definition): void {
  if (!definitions.has(node.identifier)) definitions.set(node.identifier, node.url);
}

/** The content of a paragraph, heading or table cell. */
export function phrasing(parent: Parents, definitions: Definitions): InlineNode[] {
  return inlineOf(parent.children as PhrasingContent[], definitions, {}, 0);
}

/** Text as it is; line ends become line breaks. */
export function plainText(text: string): InlineNode[] {
  return text
    .split('\n')
    .flatMap((line, index): InlineNode[] => [
      ...(index > 0 ? [{ type: 'lineBreak' as const }] : []),
      { type: 'text', text: line },
    ]);
}

function inlineOf(nodes: PhrasingContent[], definitions: Definitions, marks: Marks, depth: number): InlineNode[] {
  return nodes.flatMap((node) => inlineNode(node, definitions, marks, depth));
}

function inlineNode(node: PhrasingContent, definitions: Definitions, marks: Marks, depth: number): InlineNode[] {
  if (depth > MAX_DEPTH) return [marked(textOf(node), marks)];
  switch (node.type) {
    case 'text':
      return [marked(node.value.replace(/\n/g, ' '), marks)];
    case 'strong':
      return inlineOf(node.children, definitions, { ...marks, strong: true }, depth + 1);
    case 'emphasis':
      return inlineOf(node.children, definitions, { ...marks, emphasis: true }, depth + 1);
    case 'delete':
      // The document knows no struck text; the tildes keep the meaning "withdrawn".
      return [marked('~~', marks), ...inlineOf(node.children, definitions, marks, depth + 1), marked('~~', marks)];
    case 'inlineCode':
      return [{ type: 'code', text: node.value }];
    case 'break':
      return [{ type: 'lineBreak' }];
    case 'html':
      return /^<br\s*\/?>$/i.test(node.value)
        ? [{ type: 'lineBreak' }]
        : [marked(node.value.replace(/\n/g, ' '), marks)];
    case 'link':
      return linkTo(node.url, textOf(node), marks);
    case 'linkReference':
      return linkTo(definitions.get(node.identifier) ?? '', textOf(node), marks);
    case 'image':
      return linkTo(node.url, node.alt || 'picture', marks);
    case 'imageReference':
      return linkTo(definitions.get(node.identifier) ?? '', node.alt || 'picture', marks);
    case 'footnoteReference':
      return [marked(`[${node.identifier}]`, marks)];
    default:
      return [];
  }
}

/** A link whose address is not allowed keeps only its text. */
function linkTo(address: string, text: string, marks: Marks): InlineNode[] {
  const href = safeAddress(address);
  return [href === null ? marked(text, marks) : { type: 'link', href, text: text.trim() || href }];
}

function marked(text: string, marks: Marks): TextNode {
  return { type: 'text', text, ...marks };
}

/** The text below a node, without recursion: nesting is the author's choice. */
function textOf(node: Nodes): string {
  let text = '';
  const open: Nodes[] = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if ('value' in next) text += next.value;
    else if (next.type === 'image') text += next.alt ?? '';
    if ('children' in next) open.push(...next.children.toReversed());
  }
  return text.replace(/\s+/g, ' ');
}
