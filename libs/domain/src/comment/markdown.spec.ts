import { readMarkdown } from './markdown.js';
import { MAX_MARKDOWN_LENGTH } from './markdown-limits.js';
import { toAdf } from './adf.js';
import { toWikiMarkup } from './wiki-markup.js';

const wikiOf = (markdown: string): string => toWikiMarkup(readMarkdown(markdown, '@openhands').document);

describe("the agent's Markdown", () => {
  it.each<[string, string, string]>([
    ['paragraphs and soft line ends', 'one\ntwo\n\nthree', 'one two\n\nthree'],
    ['hard line breaks', 'one  \ntwo<br>three', 'one\ntwo\nthree'],
    ['headings', '### Done `now`', 'h3. Done {{now}}'],
    ['marks', '**strong** _soft_ ***both***', '*strong* _soft_ *_both_*'],
    ['marks within a word', 'un**believ**able', 'un{*}believ{*}able'],
    ['struck text, which keeps its tildes', '~~old~~ new', String.raw`\~\~old\~\~ new`],
    ['nested lists', '- a\n  - b\n    1. c\n- d', '* a\n** b\n**# c\n* d'],
    ['an item of several blocks', '- a\n\n  b\n\n  ```sh\n  ls\n  ```\n- c', '* a\nb\n{code:sh}\nls\n{code}\n* c'],
    ['a task list', '- [x] done\n- [ ] open', String.raw`* \[x\] done` + '\n' + String.raw`* \[ \] open`],
    ['code with a language Jira knows', '```Python\nx = {1}\n```', '{code:python}\nx = {1}\n{code}'],
    ['code with another language', '```rust\nfn a() {}\n```', '{code}\nfn a() {}\n{code}'],
    ['a quote', '> one\n>\n> two', '{quote}\none\n\ntwo\n{quote}'],
    [
      'a list in a quote, which interrupts it',
      '> one\n> - a\n>\n> two',
      '{quote}\none\n{quote}\n\n* a\n\n{quote}\ntwo\n{quote}',
    ],
    ['a quote and a heading in a list', '- # Big\n  > said', '* *Big*\nsaid'],
    ['a quote in a quote', '> > deep', '{quote}\ndeep\n{quote}'],
    ['a rule', 'a\n\n---\n\nb', 'a\n\n----\n\nb'],
    [
      'a table',
      '| Check | Result |\n|---|---|\n| tests | **ok** |\n| lint | |',
      '* *Check*: tests; *Result*: *ok*\n* *Check*: lint',
    ],
    ['a table without rows', '| a | b |\n|---|---|', 'a; b'],
    [
      'links',
      '[the PR](https://x.example/1) and <https://y.example/a_b>',
      '[the PR|https://x.example/1] and [https://y.example/a_b]',
    ],
    ['a reference link', '[the PR][1]\n\n[1]: https://x.example/1', '[the PR|https://x.example/1]'],
    ['a picture', '![screen](https://x.example/s.png)', '[screen|https://x.example/s.png]'],
    ['a mail address', 'me@x.example', String.raw`[me@x.example|mailto:me@x.example]`],
    ['a footnote', 'a[^1]\n\n[^1]: note', String.raw`a\[1\]` + '\n\n' + String.raw`\[1\]` + '\n\nnote'],
    ['nothing', ' \n\n', ''],
  ])('keeps %s', (_, markdown, wiki) => {
    expect(wikiOf(markdown)).toBe(wiki);
  });

  it('numbers a list from where it starts, in ADF', () => {
    const [list] = toAdf(readMarkdown('3. a\n4. b', '@openhands').document).content;
    expect(list).toMatchObject({ type: 'orderedList', attrs: { order: 3 } });
  });

  it('begins an item that is only a list with an empty paragraph, in ADF', () => {
    const [list] = toAdf(readMarkdown('- - a', '@openhands').document).content;
    expect(list?.content?.[0]?.content?.map((node) => node.type)).toEqual(['paragraph', 'bulletList']);
  });

  it('keeps lists at most six deep', () => {
    const deep = Array.from({ length: 8 }, (_, depth) => `${'  '.repeat(depth)}- level${depth}`).join('\n');
    const wiki = wikiOf(deep);
    expect(wiki).toContain('\n****** level5');
    expect(wiki).not.toContain('*******');
    expect(wiki).toContain('level7');
  });

  it('is cut at 30,000 characters, at an empty line', () => {
    const paragraph = `${'word '.repeat(100)}end`;
    const { document, cut } = readMarkdown(Array.from({ length: 100 }, () => paragraph).join('\n\n'), '@openhands');
    expect(cut).toBe(true);
    expect(document.content.length).toBe(Math.floor(MAX_MARKDOWN_LENGTH / (paragraph.length + 2)));
    expect(document.content.at(-1)).toEqual({ type: 'paragraph', content: [{ type: 'text', text: paragraph }] });
  });

  it('is whole when it is just short enough', () => {
    expect(readMarkdown('a'.repeat(MAX_MARKDOWN_LENGTH), '@openhands').cut).toBe(false);
  });
});
