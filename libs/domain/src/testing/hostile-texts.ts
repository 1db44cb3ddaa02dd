/** Texts as strangers may write them, for properties that must hold whatever comes in. */
import fc from 'fast-check';

const MARKS = [
  '{code}', '{noformat}', '{quote}', '{{', '}}', '{-}', '{_}', '{color:red}', '```', '`', '-', '_', '+', '*', '~', '\\', '\n', '\r\n', ' ', '\u00a0',
  '[', ']', '|', '(', ')', '<', '>', 'bq. ', '> ', '[~', '[~accountid:', '@openhands', '@', 'https://', 'github.com/', 'Acme/web-app', 'mailto:', '://',
  'Repository:', 'Branch: ', '.', '/', ',', 'é', '请', '\u{1f600}', '\u200b', 'word', '2024/01', '%2F', '%', '..', '.git',
];

/** Wiki text made of marks that meet each other, and of any characters. */
export const wikiText = fc.array(fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...MARKS) }, fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 40 }).map((parts) => parts.join(''));

/** Any JSON value; half of them look like documents. */
export const json: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue(),
  fc.letrec((tie) => ({
    node: fc.record(
      {
        type: fc.oneof(fc.constantFrom('doc', 'paragraph', 'text', 'mention', 'hardBreak', 'tableCell', 'tableRow', 'codeBlock', 'blockquote', 'inlineCard'), fc.jsonValue()),
        text: fc.oneof(wikiText, fc.jsonValue()),
        attrs: fc.oneof(fc.record({ id: fc.string(), url: fc.webUrl() }), fc.jsonValue()),
        marks: fc.oneof(fc.array(fc.record({ type: fc.constantFrom('code', 'strike', 'link') })), fc.jsonValue()),
        content: fc.oneof({ maxDepth: 4 }, fc.jsonValue(), fc.array(tie('node'), { maxLength: 4 })),
      },
      { requiredKeys: ['type'] },
    ),
  })).node,
);
