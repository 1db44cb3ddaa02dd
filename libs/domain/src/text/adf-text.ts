/**
 * Reads ADF, the document format of REST v3.
 *
 * The document is walked with a list of what is still to do instead of by recursion: a hostile one may be nested as
 * deep as it is long. Unknown nodes count for their content.
 */
import { MarkedText, Part, type PickedAccount, type Span, type TextLink, withPlainLineEnds } from './marked-text.js';
import { markAddresses } from './wiki-links.js';

type Json = Record<string, unknown>;

export function readAdfText(document: unknown): MarkedText {
  const writer = new AdfWriter();
  const todo: Task[] = [{ node: document, within: Part.said }];
  for (let task = todo.pop(); task; task = todo.pop()) {
    if ('leave' in task) writer.leave(task.leave);
    else todo.push(...writer.enter(objectOf(task.node), task.within).reverse());
  }
  return writer.finish();
}

/** Enter a node, or leave one whose content is written. `within` is the part that the parents decided. */
type Task = { node: unknown; within: Part } | { leave: string };

const CARDS = ['inlineCard', 'blockCard', 'embedCard'];
const CELLS = ['tableCell', 'tableHeader'];

class AdfWriter {
  private readonly pieces: string[] = [];
  private readonly spans: (Span & { part: Part })[] = [];
  private readonly pickers: PickedAccount[] = [];
  private readonly links: TextLink[] = [];
  private length = 0;
  /** Whether the text so far ends with the end of a line. */
  private atLineStart = true;

  /** Writes what the node itself says, and gives its content as tasks. */
  enter(node: Json, within: Part): Task[] {
    const type = typeof node['type'] === 'string' ? node['type'] : '';
    const attributes = objectOf(node['attrs']);
    if (type === 'text') this.writeText(node, within);
    else if (type === 'hardBreak') this.endLine();
    else if (type === 'mention') this.writeMention(attributes, within);
    else if (CARDS.includes(type)) this.writeCard(attributes, within);
    else if (type === 'status') this.write(textOf(attributes['text']), within);
    else if (!Array.isArray(node['content'])) this.write(' ', within);
    if (!Array.isArray(node['content'])) return [];
    const inside = partWithin(type, within);
    const content: Task[] = [];
    for (const child of node['content'] as unknown[]) content.push({ node: child, within: inside });
    content.push({ leave: type });
    return content;
  }

  /** A block ends its line; a cell that is not the last ends only its cell, so that a row can be read as one line. */
  leave(type: string): void {
    if (!CELLS.includes(type)) return this.endLine();
    if (this.atLineStart && this.length > 0) this.spans.push({ start: this.length - 1, end: this.length, part: Part.cellEnd });
    else this.write('\n', Part.cellEnd);
    this.atLineStart = false;
  }

  finish(): MarkedText {
    const marked = new MarkedText(this.pieces.join(''));
    for (const { start, end, part } of this.spans) marked.mark(start, end, part);
    marked.pickers.push(...this.pickers);
    marked.links.push(...this.links);
    markAddresses(marked);
    return marked;
  }

  private write(text: string, part: Part): Span {
    const span = { start: this.length, end: this.length + text.length };
    if (text === '') return span;
    this.pieces.push(text);
    this.spans.push({ ...span, part });
    this.length = span.end;
    this.atLineStart = false;
    return span;
  }

  private endLine(): void {
    if (!this.atLineStart) this.write('\n', Part.said);
    this.atLineStart = true;
  }

  private writeText(node: Json, within: Part): void {
    const marks = Array.isArray(node['marks']) ? (node['marks'] as unknown[]).map(objectOf) : [];
    const has = (type: string): boolean => marks.some((mark) => mark['type'] === type);
    const own = has('strike') ? Part.struck : has('code') ? Part.inlineCode : Part.said;
    const part = within === Part.said ? own : within;
    const shown = this.write(withPlainLineEnds(textOf(node['text'])), part);
    const link = marks.find((mark) => mark['type'] === 'link');
    const target = textOf(objectOf(link?.['attrs'])['href']);
    if (target && (part === Part.said || part === Part.inlineCode)) this.noteLink(shown, target);
  }

  /** A link whose text has several formats is several text nodes: it stays one link. */
  private noteLink(shown: Span, target: string): void {
    const last = this.links.at(-1);
    if (last?.target === target && last.end === shown.start) {
      last.end = shown.end;
      last.shown.end = shown.end;
      return;
    }
    this.links.push({ ...shown, shown: { ...shown }, target });
  }

  private writeMention(attributes: Json, within: Part): void {
    const place = this.write(' ', within === Part.said ? Part.picker : within);
    this.pickers.push({ ...place, id: textOf(attributes['id']).trim() });
  }

  private writeCard(attributes: Json, within: Part): void {
    const url = textOf(attributes['url']) || textOf(objectOf(attributes['data'])['url']);
    this.write(` ${url} `, within === Part.said ? Part.address : within);
  }
}

function partWithin(type: string, within: Part): Part {
  if (within === Part.quote || type === 'blockquote') return Part.quote;
  return type === 'codeBlock' ? Part.codeBlock : within;
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Whether any text in the JSON value, field names included, fits. */
export function someTextInJson(value: unknown, fits: (text: string) => boolean): boolean {
  const todo = [value];
  while (todo.length > 0) {
    const next = todo.pop();
    if (typeof next === 'string' && fits(next)) return true;
    if (typeof next !== 'object' || next === null) continue;
    if (!Array.isArray(next) && Object.keys(next).some(fits)) return true;
    for (const child of Object.values(next)) todo.push(child);
  }
  return false;
}
