/**
 * A comment before it has a markup.
 *
 * Jira Cloud wants Atlassian Document Format (JSON), Jira Data Center wants wiki markup. Our messages and the agent's
 * Markdown become this small document first; two renderers (`adf.ts`, `wiki-markup.ts`) write it down. What this model
 * cannot say, no comment of ours can contain: no tables, no HTML, no images, no macros.
 *
 * A document is plain JSON. It carries no rule of either markup: a text node holds the characters that people shall
 * see, unescaped.
 */

/** A whole comment: blocks from top to bottom. */
export interface DocumentNode {
  type: 'document';
  content: BlockNode[];
  /** Which blocks are somebody's long text and may be cut when the comment becomes too large for Jira. */
  excerpt?: Excerpt;
}

/** The blocks `from` (included) to `to` (not included) of a document, and what to say where they were cut. */
export interface Excerpt {
  from: number;
  to: number;
  notice: ParagraphNode;
}

export type BlockNode =
  HeadingNode | ParagraphNode | BulletListNode | NumberedListNode | CodeBlockNode | QuoteNode | RuleNode;

export interface HeadingNode {
  type: 'heading';
  level: 1 | 2 | 3 | 4 | 5 | 6;
  content: InlineNode[];
}

export interface ParagraphNode {
  type: 'paragraph';
  content: InlineNode[];
}

export interface BulletListNode {
  type: 'bulletList';
  items: ListItemNode[];
}

export interface NumberedListNode {
  type: 'numberedList';
  /** Number of the first item. Wiki markup always counts from 1. */
  start: number;
  items: ListItemNode[];
}

/** One entry of a list. Its blocks may be lists again. */
export interface ListItemNode {
  type: 'listItem';
  content: BlockNode[];
}

export interface CodeBlockNode {
  type: 'codeBlock';
  /** As the author wrote it behind the fence; null when nothing was written. Renderers keep only what Jira knows. */
  language: string | null;
  text: string;
}

export interface QuoteNode {
  type: 'quote';
  content: BlockNode[];
}

export interface RuleNode {
  type: 'rule';
}

export type InlineNode = TextNode | CodeNode | LinkNode | MentionNode | LineBreakNode;

/** Characters with at most two marks. */
export interface TextNode {
  type: 'text';
  text: string;
  strong?: boolean;
  emphasis?: boolean;
}

/** Code within a line. The only form in which our own address may appear. */
export interface CodeNode {
  type: 'code';
  text: string;
}

/** A link with a text. The renderers drop every address that is not http, https or mailto. */
export interface LinkNode {
  type: 'link';
  href: string;
  text: string;
}

/** A person who is notified: only in link requests, questions and results. */
export interface MentionNode {
  type: 'mention';
  /** `accountId` on Cloud, `key` on Data Center. */
  id: string;
  /** Data Center user name, which `[~name]` needs. Absent on Cloud. */
  name?: string;
  displayName: string;
}

export interface LineBreakNode {
  type: 'lineBreak';
}

export function doc(...content: BlockNode[]): DocumentNode {
  return { type: 'document', content };
}

export function heading(level: HeadingNode['level'], ...content: (InlineNode | string)[]): HeadingNode {
  return { type: 'heading', level, content: content.map(inline) };
}

/** A paragraph; strings in the list are plain text. */
export function paragraph(...content: (InlineNode | string)[]): ParagraphNode {
  return { type: 'paragraph', content: content.map(inline) };
}

export function bulletList(...items: ListItemNode[]): BulletListNode {
  return { type: 'bulletList', items };
}

export function numberedList(start: number, ...items: ListItemNode[]): NumberedListNode {
  return { type: 'numberedList', start, items };
}

export function listItem(...content: BlockNode[]): ListItemNode {
  return { type: 'listItem', content };
}

/** A list item of one line. */
export function line(...content: (InlineNode | string)[]): ListItemNode {
  return listItem(paragraph(...content));
}

export function codeBlock(text: string, language: string | null = null): CodeBlockNode {
  return { type: 'codeBlock', language, text };
}

export function quote(...content: BlockNode[]): QuoteNode {
  return { type: 'quote', content };
}

export function rule(): RuleNode {
  return { type: 'rule' };
}

export function text(value: string): TextNode {
  return { type: 'text', text: value };
}

export function strong(value: string): TextNode {
  return { type: 'text', text: value, strong: true };
}

export function emphasis(value: string): TextNode {
  return { type: 'text', text: value, emphasis: true };
}

export function code(value: string): CodeNode {
  return { type: 'code', text: value };
}

export function link(value: string, href: string): LinkNode {
  return { type: 'link', text: value, href };
}

export function mention(actor: { id: string; name?: string; displayName: string }): MentionNode {
  const { id, name, displayName } = actor;
  return name === undefined ? { type: 'mention', id, displayName } : { type: 'mention', id, name, displayName };
}

export function lineBreak(): LineBreakNode {
  return { type: 'lineBreak' };
}

function inline(part: InlineNode | string): InlineNode {
  return typeof part === 'string' ? text(part) : part;
}
