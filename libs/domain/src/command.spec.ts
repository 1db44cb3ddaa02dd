import fc from 'fast-check';
import golden from './golden/golden-mentions.json' with { type: 'json' };
import { readCommand } from './command.js';
import type { AddressedText } from './mention.js';
import { json, wikiText } from './testing/hostile-texts.js';

const defaults = golden.defaults as Omit<AddressedText, 'body'>;
const read = (body: unknown, input: Partial<AddressedText> = {}) => readCommand({ ...defaults, body, ...input });

describe('golden table: commands', () => {
  it.each(golden.commands.map((one) => [one.name, one] as const))('%s', (_name, { input, expected }) => {
    expect(read(input.body)).toEqual(expected);
  });
});

describe('a comment that addresses us', () => {
  it.each([
    ['a command in code is content, not a command', '@openhands {{stop}}', { kind: 'instruction', fresh: false }],
    ['bold does not matter', '@openhands *stop*', { kind: 'command', command: 'stop' }],
    ['thanks to a picked person too', 'Thanks @openhands and... [~accountid:5b10]', { kind: 'instruction', fresh: false }],
    ['a picked person is no word', 'Thanks @openhands [~accountid:5b10]', { kind: 'courtesy' }],
    ['an address is content', 'Thanks @openhands https://example.com/x', { kind: 'instruction', fresh: false }],
    ['"done" alone may be an answer', '@openhands done', { kind: 'instruction', fresh: false }],
    ['an option line with an address in code is no content', '@openhands retry\nRepository: {{Acme/api}}', { kind: 'command', command: 'retry' }],
    ['marks alone are no words', '@openhands - *', { kind: 'empty' }],
    ['words in another script', '@openhands 修复', { kind: 'instruction', fresh: false }],
    ['new after a comma', '@openhands, new: start over', { kind: 'instruction', fresh: true }],
    ['new in front of the address', 'new: @openhands start over', { kind: 'instruction', fresh: false }],
  ])('%s', (_name, body, expected) => {
    expect(read(body)).toEqual(expected);
  });

  it('loses no letter after empty cells of a table', () => {
    const cell = (...content: object[]) => ({ type: 'tableCell', content });
    const stop = [{ type: 'mention', attrs: { id: defaults.serviceAccountIds[0] } }, { type: 'text', text: 'stop' }];
    const body = { type: 'doc', content: [{ type: 'table', content: [{ type: 'tableRow', content: [cell(), cell(), cell(), cell(...stop)] }] }] };
    expect(read(body, { format: 'adf' })).toEqual({ kind: 'command', command: 'stop' });
  });

  it('is read whatever it is', () => {
    fc.assert(fc.property(wikiText, (body) => read(body).kind !== undefined));
    fc.assert(fc.property(json, (body) => read(body, { format: 'adf' }).kind !== undefined));
  });

  it('stays a command under greetings, blanks and full stops', () => {
    const filler = fc.constantFrom('please', 'Hi', 'ok,', '.', '  ', '!');
    fc.assert(fc.property(fc.array(filler), fc.array(filler), (before, after) => {
      expect(read(['@openhands', ...before, 'retry', ...after].join(' '))).toEqual({ kind: 'command', command: 'retry' });
    }));
  });

  it('is an instruction as soon as there is code in it', () => {
    fc.assert(fc.property(fc.constantFrom('stop', 'status', 'thanks', ''), (word) => {
      expect(read(`@openhands ${word} {code}x{code}`)).toEqual({ kind: 'instruction', fresh: false });
    }));
  });
});
