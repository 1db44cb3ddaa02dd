import { bulletList, codeBlock, doc, heading, line, paragraph, quote, rule } from './document.js';
import { fitted, MAX_COMMENT_LENGTH, shortened, takeBlocks } from './shorten.js';

const words = (count: number): string => 'word '.repeat(count).trim();

describe('cutting blocks', () => {
  it('keeps whole blocks that fit', () => {
    const blocks = [paragraph(words(10)), paragraph(words(10)), paragraph(words(10))];
    expect(takeBlocks(blocks, 110)).toEqual(blocks.slice(0, 2));
  });

  it.each([
    ['a paragraph at a blank', [paragraph(words(100))], [paragraph(words(9))]],
    [
      'code at a line end',
      [codeBlock('12345678\n'.repeat(20))],
      [codeBlock('12345678\n12345678\n12345678\n12345678\n12345678')],
    ],
    [
      'a list at an item',
      [bulletList(line(words(4)), line(words(4)), line(words(4)))],
      [bulletList(line(words(4)), line(words(4)))],
    ],
    ['a quote at a paragraph', [quote(paragraph(words(5)), paragraph(words(50)))], [quote(paragraph(words(5)))]],
  ])('begins %s when not even the first fits', (_, blocks, kept) => {
    expect(takeBlocks(blocks, 49)).toEqual(kept);
  });

  it('keeps nothing without a budget', () => {
    expect(takeBlocks([paragraph('a'), rule()], 0)).toEqual([]);
  });
});

describe('a document that is too long', () => {
  const long = Array.from({ length: 900 }, () => paragraph(words(10)));
  const notice = paragraph('cut');
  const document = { ...doc(heading(1, 'first'), ...long, paragraph('last')), excerpt: { from: 1, to: 901, notice } };

  it('loses only its long part, and says so', () => {
    const short = shortened(document, 200);
    expect(short.content[0]).toEqual(heading(1, 'first'));
    expect(short.content.slice(-2)).toEqual([notice, paragraph('last')]);
    expect(short.content.length).toBeLessThan(10);
  });

  it('is rendered below the limit, and not much shorter than needed', () => {
    const size = JSON.stringify(
      fitted(
        document,
        (it) => it,
        (it) => JSON.stringify(it).length,
      ),
    ).length;
    expect(size).toBeLessThanOrEqual(MAX_COMMENT_LENGTH);
    expect(size).toBeGreaterThan(MAX_COMMENT_LENGTH / 2);
  });

  it('is left alone when it is short', () => {
    const short = doc(paragraph('a'));
    expect(
      fitted(
        short,
        (it) => it,
        () => 10,
      ),
    ).toBe(short);
  });
});
