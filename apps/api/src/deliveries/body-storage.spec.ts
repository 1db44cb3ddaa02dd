import { randomBytes } from 'node:crypto';
import { packBody, unpackBody } from './body-storage.js';

describe('The body of a delivery', () => {
  const long = Buffer.from(JSON.stringify({ text: 'The total is a cent off. '.repeat(400), lone: '\\ud800' }));

  it.each([
    ['a long text', long],
    ['a short text', Buffer.from('{"a":1}')],
    ['bytes that are no text at all', Buffer.concat([Buffer.from('{"a":"'), randomBytes(2000), Buffer.from('"}')])],
    ['a very long text', Buffer.from(`{"a":"${'x'.repeat(600_000)}"}`)],
    ['nothing', Buffer.alloc(0)],
  ])('comes back as it came: %s', (_, body) => {
    expect(unpackBody(packBody(body)).equals(body)).toBe(true);
  });

  it('takes less room when it is long', () => {
    expect(packBody(long).length).toBeLessThan(long.length / 5);
  });

  it('is read as it is when it was stored unpacked', () => {
    expect(unpackBody(long).equals(long)).toBe(true);
  });
});
