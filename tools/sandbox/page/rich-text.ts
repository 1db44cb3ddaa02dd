/** Comments as people see them: ADF documents and wiki markup as HTML. Everything is escaped; links are http(s) only. */
import { escapeHtml } from '../html.ts';
import type { AdfNode, RichText } from '../jira-model.ts';

/** Gives the name behind an account id (Cloud) or a user name (Data Center). */
export type NameOf = (accountId: string) => string;

export function richTextHtml(body: RichText, nameOf: NameOf): string {
  return body.format === 'adf' ? nodes(body.adf.content ?? [], nameOf) : wikiHtml(body.wiki, nameOf);
}

const TAGS: Record<string, string> = { paragraph: 'p', bulletList: 'ul', orderedList: 'ol', listItem: 'li', blockquote: 'blockquote', table: 'table', tableRow: 'tr', tableCell: 'td', tableHeader: 'th' };

function nodes(list: AdfNode[], nameOf: NameOf): string {
  return list.map((node) => nodeHtml(node, nameOf)).join('');
}

function nodeHtml(node: AdfNode, nameOf: NameOf): string {
  const content = nodes(node.content ?? [], nameOf);
  const tag = TAGS[node.type];
  if (tag !== undefined) return `<${tag}>${content}</${tag}>`;
  switch (node.type) {
    case 'text':
      return marked(node);
    case 'hardBreak':
      return '<br>';
    case 'rule':
      return '<hr>';
    case 'heading':
      return `<h3>${content}</h3>`;
    case 'codeBlock':
      return `<pre>${content}</pre>`;
    case 'mention':
      return mention(String(node.attrs?.['id']), nameOf);
    case 'inlineCard':
      return link(String(node.attrs?.['url']), escapeHtml(node.attrs?.['url']));
    default:
      return content;
  }
}

const MARKS: Record<string, string> = { strong: 'b', em: 'i', code: 'code', strike: 's', underline: 'u' };

function marked(node: AdfNode): string {
  return (node.marks ?? []).reduce((inner, mark) => {
    if (mark.type === 'link') return link(String(mark.attrs?.['href']), inner);
    const tag = MARKS[mark.type];
    return tag === undefined ? inner : `<${tag}>${inner}</${tag}>`;
  }, escapeHtml(node.text ?? ''));
}

function mention(accountId: string, nameOf: NameOf): string {
  return `<span class="chip">@${escapeHtml(nameOf(accountId))}</span>`;
}

function link(href: string, inner: string): string {
  return /^https?:/.test(href) ? `<a href="${escapeHtml(href)}">${inner}</a>` : inner;
}

/** Mentions, links, monospace, bold and line breaks; the rest of the markup is shown as it was written. */
function wikiHtml(wiki: string, nameOf: NameOf): string {
  const html = wiki
    .split(/(\[~[^\]]+\]|\[[^\]|]+\|[^\]]+\]|\{\{.+?\}\})/)
    .map((part) => {
      const person = /^\[~(?:accountid:)?([^\]]+)\]$/.exec(part)?.[1];
      if (person !== undefined) return mention(person, nameOf);
      const [, name, href] = /^\[([^\]|]+)\|([^\]]+)\]$/.exec(part) ?? [];
      if (href !== undefined) return link(href, escapeHtml(name ?? ''));
      const code = /^\{\{(.+)\}\}$/.exec(part)?.[1];
      return code === undefined ? escapeHtml(part) : `<code>${escapeHtml(code)}</code>`;
    })
    .join('');
  return `<p>${html.replaceAll(/\r?\n/g, '<br>')}</p>`;
}
