import type { AdfNode } from '../jira-model.ts';
import { asAdf, asWiki, isAdfDocument } from './adf.ts';

const doc = (...content: AdfNode[]): AdfNode => ({ type: 'doc', version: 1, content });
const text = (value: string, ...marks: AdfNode['marks'] & object): AdfNode => ({ type: 'text', text: value, marks });
const paragraph = (...content: AdfNode[]): AdfNode => ({ type: 'paragraph', content });

describe('texts of Jira Cloud', () => {
  it.each([
    ['marks', doc(paragraph(text('a', { type: 'strong' }), text('b', { type: 'code' }))), '*a*{{b}}'],
    ['links', doc(paragraph(text('here', { type: 'link', attrs: { href: 'https://x.example' } }))), '[here|https://x.example]'],
    ['mentions', doc(paragraph({ type: 'mention', attrs: { id: 'q:1' } })), '[~accountid:q:1]'],
    ['paragraphs', doc(paragraph(text('a')), paragraph(text('b'), { type: 'hardBreak' }, text('c'))), 'a\n\nb\nc'],
    ['lists', doc({ type: 'bulletList', content: [{ type: 'listItem', content: [paragraph(text('a'))] }, { type: 'listItem', content: [paragraph(text('b'))] }] }), '* a\n* b'],
    ['code', doc({ type: 'codeBlock', content: [text('x = 1')] }), '{code}\nx = 1\n{code}'],
  ])('shows %s of a document to readers of wiki markup', (_what, adf, wiki) => {
    expect(asWiki({ format: 'adf', adf })).toBe(wiki);
  });

  it('shows wiki markup as a document', () => {
    const adf = asAdf({ format: 'wiki', wiki: 'Hi [~accountid:q:1]\r\nline\r\n\r\nnext' });
    expect(isAdfDocument(adf)).toBe(true);
    expect(asWiki({ format: 'adf', adf })).toBe('Hi [~accountid:q:1]\nline\n\nnext');
  });

  it.each([
    ['a string', 'hello'],
    ['another root', { type: 'paragraph', version: 1, content: [] }],
    ['no version', { type: 'doc', content: [] }],
    ['an unknown node', doc({ type: 'blink' })],
    ['an empty text', doc(paragraph({ type: 'text', text: '' }))],
  ])('takes %s for no document', (_what, value) => {
    expect(isAdfDocument(value)).toBe(false);
  });
});
