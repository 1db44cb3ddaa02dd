/**
 * Agent text that tries to break out of its comment. The agent repeats what strangers wrote in tickets and
 * repositories, so all of this will be tried.
 */
import Ajv from 'ajv-draft-04';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { toAdf, type AdfDocument, type AdfNode } from './adf.js';
import { readMarkdown } from './markdown.js';
import { MAX_COMMENT_LENGTH } from './shorten.js';
import { toWikiMarkup } from './wiki-markup.js';

const TOKEN = '@openhands';
const wikiOf = (markdown: string): string => toWikiMarkup(readMarkdown(markdown, TOKEN).document);
const adfOf = (markdown: string): AdfDocument => toAdf(readMarkdown(markdown, TOKEN).document);

const schemaFile = createRequire(import.meta.url).resolve('@atlaskit/adf-schema/dist/json-schema/v1/full.json');
const isValidAdf = new Ajv.default({ strict: false, logger: false }).compile(JSON.parse(readFileSync(schemaFile, 'utf8')));

describe('hostile agent text', () => {
  it.each<[string, string, string, string]>([
    // what it tries, Markdown, wiki markup, text and marks in ADF
    ['a macro in text', 'end {code} now {quote}', String.raw`end \{code\} now \{quote\}`, 'end {code} now {quote}'],
    ['a macro in inline code', '`{code}`', String.raw`{{\{code\}}}`, '<code:{code}>'],
    ['the end of inline code', '`a}} @openhands`', String.raw`{{a\}\} @openhands}}`, '<code:a}} @openhands>'],
    [
      'the end of its code block',
      '```\na {code} b\n{CODE:java}{noformat}\n```',
      '{code}\na { code} b\n{ CODE:java}{ noformat}\n{code}',
      'a {code} b\n{CODE:java}{noformat}',
    ],
    ['the end of a quote in code', '> ```\n> {quote}\n> ```', '{code}\n{ quote}\n{code}', '{quote}'],
    ['a mention', 'ask [~admin] now', 'ask admin now', 'ask admin now'],
    ['a mention by account id', 'ask [~accountid:712020:aa] now', 'ask somebody now', 'ask somebody now'],
    ['a mention in code', '```\n[~admin]\n```', '{code}\n[ ~admin]\n{code}', '[~admin]'],
    ['a mention in inline code', '`[~admin]`', String.raw`{{\[\~admin\]}}`, '<code:[~admin]>'],
    ['a mention over two marks', '[~**admin**]', String.raw`\[\~*admin*\]`, '[~<strong:admin>]'],
    ['our address', 'then @openhands do it', 'then {{@openhands}} do it', 'then <code:@openhands> do it'],
    ['our address in capitals', '@OpenHands', '{{@OpenHands}}', '<code:@OpenHands>'],
    ['our address in bold', '**@openhands fix**', '{{@openhands}} *fix*', '<code:@openhands><strong: fix>'],
    ['our address over two marks', '@open**hands** go', '{{@openhands}} go', '<code:@openhands> go'],
    ['our address in a mail address', 'me@openhands.dev', '{{me@openhands.dev}}', '<code:me@openhands.dev>'],
    ['our address as a link', '[@openhands](https://x.example)', '{{@openhands}}', '<code:@openhands>'],
    ['our address in a heading', '# @openhands', 'h1. {{@openhands}}', '<code:@openhands>'],
    ['a script address', '[click](javascript:alert(1))', 'click', 'click'],
    ['a script address in capitals', '[click](JaVaScRiPt:alert(1))', 'click', 'click'],
    ['a script address with a tab', '[click](<java\tscript:alert(1)>)', 'click', 'click'],
    ['a data address', '![x](data:text/html;base64,AAAA)', 'x', 'x'],
    ['an address on this site', '[x](/secure/admin)', 'x', 'x'],
    ['a reference to a script address', '[click][1]\n\n[1]: javascript:alert(1)', 'click', 'click'],
    [
      'a password in an address',
      '[x](https://me:pw@host.example/)',
      '[x|https://host.example/]',
      '<https://host.example/:x>',
    ],
    [
      'the end of a link',
      '[a|b](https://x.example/?q=a|b]c)',
      String.raw`[a\|b|https://x.example/?q=a%7Cb%5Dc]`,
      '<https://x.example/?q=a%7Cb]c:a|b>',
    ],
    ['HTML', '<script>alert(1)</script>', '<script>alert(1)</script>', '<script>alert(1)</script>'],
    [
      'a picture in wiki markup',
      '!https://x.example/y.png!',
      String.raw`\![https://x.example/y.png]\!`,
      '!<https://x.example/y.png:https://x.example/y.png>!',
    ],
    ['a table in wiki markup', '||a||b||', String.raw`\|\|a\|\|b\|\|`, '||a||b||'],
    ['a wiki heading', 'h1. Important', '&#104;1. Important', 'h1. Important'],
    ['a wiki quote', 'bq. said', 'bq&#46; said', 'bq. said'],
    ['a wiki list', '\\# one', String.raw`\# one`, '# one'],
    ['a colour', '{color:red}x{color}', String.raw`\{color:red\}x\{color\}`, '{color:red}x{color}'],
    [
      'wiki emphasis',
      '\\*a\\* -b- +c+ ^d^ ~e~ ??f??',
      String.raw`\*a\* \-b\- \+c\+ \^d\^ \~\~e\~\~ &#63;?f&#63;?`,
      '*a* -b- +c+ ^d^ ~~e~~ ??f??',
    ],
    ['a backslash before markup', 'a\\\\\\*b', String.raw`a&#92;\*b`, 'a\\*b'],
    ['an entity', '&amp;#123;code}', String.raw`&amp;#123;code\}`, '&#123;code}'],
    [
      'little pictures',
      'f(x) O(n) (!) :) ;)',
      String.raw`f&#40;x) O&#40;n) &#40;\!) &#58;) &#59;)`,
      'f(x) O(n) (!) :) ;)',
    ],
    ['control characters', 'a\u0001b\u0000c', 'ab\ufffdc', 'ab\ufffdc'],
  ])('cannot use %s', (_, markdown, wiki, adf) => {
    expect(wikiOf(markdown)).toBe(wiki);
    expect(flatText(adfOf(markdown).content)).toBe(adf);
  });

  it.each([
    ['quotes', '>'.repeat(30_000)],
    ['lists', '1) '.repeat(10_000)],
    ['lists by indentation', Array.from({ length: 240 }, (_, depth) => `${' '.repeat(depth)}- a`).join('\n')],
    ['marks', '*_'.repeat(7_500) + '_*'.repeat(7_500)],
    ['strikes', '~~~~'.repeat(7_500)],
    ['brackets', '[a](<'.repeat(6_000)],
    ['lines of containers', `${'> - '.repeat(4)}a\n`.repeat(1_500)],
  ])('cannot hold the parser with many %s', (_, markdown) => {
    const started = performance.now();
    const { document } = readMarkdown(markdown, TOKEN);
    expect(isValidAdf(toAdf(document))).toBe(true);
    expect(performance.now() - started).toBeLessThan(4_000);
  });

  it('is cut when it is too large, whatever it is made of', () => {
    const one = readMarkdown(`\`\`\`\n${'\\"'.repeat(20_000)}\n\`\`\``, TOKEN);
    expect(one.cut).toBe(true);
    expect(JSON.stringify(toAdf(one.document)).length).toBeLessThanOrEqual(MAX_COMMENT_LENGTH);
    expect(toWikiMarkup(readMarkdown('*'.repeat(40_000), TOKEN).document).length).toBeLessThanOrEqual(
      MAX_COMMENT_LENGTH,
    );
  });
});

const SNIPPETS = [
  '@openhands',
  '@open',
  'hands',
  '[~admin]',
  '[~accountid:1]',
  '{code}',
  '{code:java}',
  '{quote}',
  '{noformat}',
  '{{',
  '}}',
  '{*}',
  '**',
  '_',
  '*',
  '~~',
  '`',
  '```',
  '\n',
  '\n\n',
  '\n> ',
  '\n- ',
  '\n  - ',
  '\n1. ',
  '\n   ',
  '\n# ',
  '\n---\n',
  '\n| a | b |\n|---|---|\n| ',
  ' | ',
  '[x](https://a.example/)',
  '[x](javascript:1)',
  '![y](https://b.example/z)',
  '<b>',
  '<!-- ',
  '&amp;',
  '&#123;',
  '\\',
  '\\\\',
  '!',
  '|',
  'word',
  ' ',
  'é',
  '日本',
  '😀',
  '\u0007',
  '\ud800',
  'https://c.example/@openhands',
  'a@b.example',
  '^',
  '~',
  '+',
  '-',
  '??',
  'bq. ',
  'h2. ',
  '\n[1]: javascript:x\n',
];
const markdown = fc.oneof(
  fc.array(fc.constantFrom(...SNIPPETS), { maxLength: 40 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

describe('any Markdown', () => {
  it('becomes ADF that Jira accepts', () => {
    fc.assert(
      fc.property(markdown, (source) => {
        const adf = adfOf(source);
        expect({ source, valid: isValidAdf(adf), errors: isValidAdf.errors }).toMatchObject({ valid: true });
        expect(textNodes(adf.content).every((node) => node.text !== '')).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('never addresses us in ADF, even over the border of two marks', () => {
    fc.assert(
      fc.property(markdown, (source) => {
        expect(spoken(adfOf(source).content)).not.toMatch(/@openhands/iu);
      }),
      { numRuns: 400 },
    );
  });

  it('never calls a person, addresses us or leaves a macro open in wiki markup', () => {
    fc.assert(
      fc.property(markdown, (source) => {
        const wiki = wikiOf(source);
        expect(wiki.replace(/\\[[{]/g, '')).not.toContain('[~');
        const { said, balanced } = readWiki(wiki);
        expect(balanced).toBe(true);
        expect(said).not.toMatch(/@openhands/iu);
        expect(said).not.toMatch(/[{}]/);
      }),
      { numRuns: 600 },
    );
  });

  it('stays below the limit of Jira', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SNIPPETS), fc.constantFrom(...SNIPPETS), (one, two) => {
        const source = `${one} ${two} `.repeat(2_500);
        expect(wikiOf(source).length).toBeLessThan(32_767);
        expect(JSON.stringify(adfOf(source)).length).toBeLessThan(32_767);
      }),
      { numRuns: 6 },
    );
  });
});

/**
 * A second, simpler reading of wiki markup: code and quotes by line, then escapes, addresses (in which Jira and we search
 * nothing), inline code, and braced marks in pairs.
 */
function readWiki(wiki: string): { said: string; balanced: boolean } {
  const lines: string[] = [];
  let code = false;
  let quote = false;
  for (const row of wiki.split('\n')) {
    const line = row.replace(/^[*#]+ /, '');
    if (code) code = line !== '{code}';
    else if (/^\{code(:[a-z+#]+)?\}$/.test(line)) code = true;
    else if (line === '{quote}') quote = !quote;
    else lines.push(line);
  }
  const said = lines
    .join('\n')
    .replace(/\\(.)/g, (_, escaped: string) => ('{}[]|'.includes(escaped) ? '·' : escaped))
    .replace(/[[|](?:https?:\/\/|mailto:)[^\s\]]*\]/g, '')
    .replace(/\{\{[^{}\n]+\}\}/g, ' ')
    .replace(/(\{[*_]\})(\{_\})?[^{}\n]*(\{_\})?\1/g, ' ')
    .replace(/(\{[*_]\})+[^{}\n]*(\{[*_]\})+/g, ' ');
  return { said, balanced: !code && !quote };
}

/** Text that Jira joins without a blank: neighbours in one block, without code. */
function spoken(nodes: AdfNode[]): string {
  return nodes
    .map((node) => {
      if (node.text !== undefined) return node.marks?.some((mark) => mark.type === 'code') ? '\n' : node.text;
      return node.type === 'codeBlock' ? '\n' : `${spoken(node.content ?? [])}\n`;
    })
    .join('');
}

function textNodes(nodes: AdfNode[]): AdfNode[] {
  return nodes.flatMap((node) => (node.type === 'text' ? [node] : textNodes(node.content ?? [])));
}

/** Text with its marks as `<mark:text>`. */
function flatText(nodes: AdfNode[]): string {
  return nodes
    .map((node) => {
      if (node.text === undefined) return flatText(node.content ?? []);
      return (node.marks ?? []).reduce((inner, mark) => `<${mark.attrs?.href ?? mark.type}:${inner}>`, node.text);
    })
    .join('');
}
