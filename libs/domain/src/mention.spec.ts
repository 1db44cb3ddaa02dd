import fc from 'fast-check';
import golden from './golden/golden-mentions.json' with { type: 'json' };
import { type AddressedText, findMention } from './mention.js';
import { json, wikiText } from './testing/hostile-texts.js';

const defaults = golden.defaults as Omit<AddressedText, 'body'>;
const ask = (body: unknown, input: Partial<AddressedText> = {}) => findMention({ ...defaults, body, ...input });

describe('golden table: addresses', () => {
  it.each(golden.cases.map((one) => [one.name, one] as const))('%s', (_name, { input, expected }) => {
    const mention = findMention({ ...defaults, ...(input as Partial<AddressedText> & { body: unknown }) });
    expect({ via: null, reason: null, ...mention }).toEqual(expected);
  });
});

describe('a comment addresses us', () => {
  it.each([
    ['two backslashes are a line break and escape no macro', String.raw`a\\{code}@openhands{code}`, 'mention_in_code_or_quote'],
    ['the target of a link without scheme', '[see|@openhands]', 'mention_near_miss'],
    ['a Markdown link right before it', '[see](https://example.com/a)@openhands go', 'literal'],
    ['a fence that is never closed', '```js\n@openhands', 'mention_in_code_or_quote'],
    ['two backticks around code with one', '``a ` @openhands``', 'mention_in_code_or_quote'],
    ['three backticks on one line are inline code', '```@openhands```\n@openhands', 'literal'],
    ['a struck-out quote line', '-> @openhands-', 'mention_in_code_or_quote'],
    ['an option of a program is no strike', 'run it with -v @openhands and -x', 'literal'],
    ['two italic words on a line', '_one_ and _@openhands_', 'literal'],
    ['more marks in front than behind', '__@openhands_', 'mention_near_miss'],
    ['a letter beyond the basic plane before it', '\u{10400}@openhands', 'mention_near_miss'],
    ['a picture sign before it', '\u{1f600}@openhands', 'literal'],
    ['somebody picked behind one that is not finished', '[~some [~accountid:712020:11111111-2222-4333-8444-555555555555] go', 'picker'],
    ['a body that is no text', 7, 'no_mention_no_label'],
    ['no body', null, 'no_mention_no_label'],
  ])('%s', (_name, body, expected) => {
    const mention = ask(body);
    expect(mention.addressed ? mention.via : mention.reason).toBe(expected);
  });

  it('does not take other letters for those of the token, only because their cases meet', () => {
    expect(ask('@open\u{212a}ands', { token: '@openkands' })).toEqual({ addressed: false, reason: 'no_mention_no_label' });
  });

  it('takes no sign of the token for a pattern', () => {
    expect(ask('hi @open.hands', { token: '@open.hands' })).toMatchObject({ addressed: true });
    for (const body of ['hi @openXhands', 'hi @openhands', 'hi @']) expect(ask(body, { token: '@open.hands' }).addressed).toBe(false);
    expect(ask('hi @openhands', { token: '@open(hands' }).addressed).toBe(false);
  });

  it('cannot tell a picked account when no id of the service account is known', () => {
    expect(ask('[~accountid:x] go', { serviceAccountIds: ['', ' '] })).toEqual({ addressed: false, reason: 'no_mention_no_label' });
  });
});

describe('whatever the text', () => {
  it('gives an answer for every wiki text', () => {
    fc.assert(fc.property(wikiText, (body) => typeof ask(body).addressed === 'boolean'));
  });

  it('gives an answer for every JSON value as a document', () => {
    fc.assert(fc.property(json, (body) => typeof ask(body, { format: 'adf' }).addressed === 'boolean'));
  });

  it('reads a document that is nested as deep as it is long', () => {
    let body: unknown = { type: 'text', text: '@openhands' };
    for (let depth = 0; depth < 50_000; depth += 1) body = { type: 'panel', content: [body] };
    expect(ask(body, { format: 'adf' })).toEqual({ addressed: true, via: 'literal' });
  });

  it('is not addressed by a token that stands only in a code block', () => {
    const word = fc.stringMatching(/^[a-z @_*+-]{0,20}$/).filter((text) => !text.includes('@openhands'));
    fc.assert(fc.property(word, word, word, (before, inside, after) => !ask(`${before}{code}${inside} @openhands ${inside}{code}${after}`).addressed));
  });

  it('comes to the same answer when a code block is put in front or behind', () => {
    const unclosed = /\{|`/;
    fc.assert(
      fc.property(wikiText.filter((text) => !unclosed.test(text)), (body) => {
        const alone = ask(body).addressed;
        expect(ask(`{code}x = @openhands{code}\n${body}`).addressed).toBe(alone);
        expect(ask(`${body}\n{noformat}@openhands{noformat}`).addressed).toBe(alone);
      }),
    );
  });

  it('is addressed by a token on a line of its own, when nothing before it is left open', () => {
    fc.assert(fc.property(wikiText.filter((text) => !/\{|`/.test(text)), (body) => ask(`${body}\n@openhands\n${body}`).addressed));
  });

  it('never calls it a near miss when the token is nowhere in the body', () => {
    fc.assert(fc.property(wikiText, (body) => {
      const mention = ask(body.replaceAll('@', ' '));
      return mention.addressed || mention.reason !== 'mention_near_miss';
    }));
  });
});
