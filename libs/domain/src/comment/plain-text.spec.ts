import fc from 'fast-check';
import { wikiToText } from './plain-text.js';

describe('wiki markup as text', () => {
  it.each<[string, string, string]>([
    ['a mention by name', '[~bob] look', '@Bob look'],
    ['a mention by account id', '[~accountid:712020:aa] look', '@Ann look'],
    ['a mention of somebody unknown', '[~carol] look', '@carol look'],
    ['an escaped mention', String.raw`\[~bob\]`, '[~bob]'],
    [
      'a link with text',
      '[the app|https://github.com/Acme/web-app] is',
      'the app (https://github.com/Acme/web-app) is',
    ],
    ['a bare link', '[https://x.example/a]', 'https://x.example/a'],
    [
      'a repository line with a link',
      'Repository: [Acme/web-app|https://github.com/Acme/web-app]',
      'Repository: Acme/web-app (https://github.com/Acme/web-app)',
    ],
    ['a repository line', 'please\r\nRepository: Acme/web-app\r\n', 'please\nRepository: Acme/web-app'],
    ['code with a language', 'see {code:java}\nint a;\n{code} there', 'see \n```java\nint a;\n```\n there'],
    ['code with a title', '{code:title=A.java|theme=x}a{code}', '```\na\n```'],
    ['code with a bracket in its title', '{code:title=a{b|theme=x}a{code} there', '```\na\n```\n there'],
    ['mentions in code', '{noformat}[~bob] {code}{noformat}', '```\n[~bob] {code}\n```'],
    ['code that never ends', 'a {code} b [~bob]', 'a \n```\n b [~bob]\n```'],
    ['inline code', 'use {{npm test}} now', 'use `npm test` now'],
    ['a quote', '{quote}one\ntwo{quote}three', '> one\n> two\nthree'],
    ['a quoted line', 'bq. said', '> said'],
    ['a heading', 'h2. Steps', '## Steps'],
    ['bold', 'very *big* thing, 2*3*4', 'very **big** thing, 2*3*4'],
    ['braced marks', 'un{*}believ{*}able', 'unbelievable'],
    ['colours and panels', '{panel:title=x}{color:red}hot{color}{panel}', 'hot'],
    ['a forced line break', String.raw`one\\two`, 'one\ntwo'],
    ['escapes', String.raw`a\_b \{x\}`, 'a_b {x}'],
    ['a picture', '!screen.png|thumbnail!', '[attachment screen.png]'],
    ['joy', 'Wow! Great! Done!', 'Wow! Great! Done!'],
    ['lists', '* a\n** b\n# c', '* a\n** b\n# c'],
    ['nothing', '', ''],
  ])('keeps %s', (_, wiki, text) => {
    const names: Record<string, string> = { bob: 'Bob', '712020:aa': 'Ann' };
    expect(wikiToText(wiki, (id) => names[id])).toBe(text);
  });

  it('never throws and keeps plain words', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            '{code}',
            '{quote}',
            '{noformat}',
            '[~',
            ']',
            '[',
            '|',
            '\n',
            '\\',
            'word',
            '*',
            '{{',
            '}}',
            '!',
          ),
        ),
        (parts) => {
          const source = parts.join(' ');
          const words = (text: string): number => text.match(/word/g)?.length ?? 0;
          expect(words(wikiToText(source))).toBe(words(source));
        },
      ),
    );
  });

  it.each(['{code}', '{{', '[', '!a', '*a ', '{quote}', '\\\\', '[a|', '{code:'])(
    'reads a long text of "%s" quickly',
    (part) => {
      const started = performance.now();
      wikiToText(part.repeat(Math.floor(32_000 / part.length)));
      expect(performance.now() - started).toBeLessThan(2_000);
    },
  );

  it.each(['{{', '{{a', '{code:', '{color:'])('reads many of "%s" not much slower than words', (part) => {
    const reading = (text: string): number => {
      const times = Array.from({ length: 5 }, () => {
        const before = process.threadCpuUsage();
        wikiToText(text);
        const { user, system } = process.threadCpuUsage(before);
        return user + system;
      });
      return Math.min(...times);
    };
    const textOf = (piece: string): string => piece.repeat(Math.floor(64_000 / piece.length));
    expect(reading(textOf(part)) / Math.max(reading(textOf('_a* ')), 1000)).toBeLessThan(10);
  });
});
