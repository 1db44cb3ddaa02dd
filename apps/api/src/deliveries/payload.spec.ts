import { isTooDeep, readPayload } from './payload.js';

const nested = (depth: number, open = '[', close = ']'): Buffer => Buffer.from(`{"a":${open.repeat(depth)}1${close.repeat(depth)}}`);

describe('The payload of a delivery', () => {
  it('is the object that the bytes are', () => {
    expect(readPayload(Buffer.from('{"a":{"b":[1]}}'))).toEqual({ a: { b: [1] } });
  });

  it.each(['', ' ', 'null', '[]', '"text"', '1', '{', '{"a":1', '{"a":1}}', 'undefined', '\ufeff{}'])('is nothing when the bytes are %j', (text) => {
    expect(readPayload(Buffer.from(text))).toBeNull();
  });

  it.each([['[', ']'], ['{"a":', '}'], ['{"a\\"b":[', ']}'], ['[', '']])('is nothing when %j nests a hundred thousand times, and that is known at once', (open, close) => {
    const bytes = nested(100_000, open, close);
    expect(isTooDeep(bytes)).toBe(true);
    expect(readPayload(bytes)).toBeNull();
  });

  it('may be as long as it likes, with brackets in its texts and side by side', () => {
    const payload = { text: '[{'.repeat(100_000), '[\\"{': '\\"[', end: '\\'.repeat(10_001), many: Array.from({ length: 2000 }, () => [{}]) };
    expect(readPayload(Buffer.from(JSON.stringify(payload)))).toEqual(payload);
  });

  it('is too deep only with more than a thousand levels', () => {
    expect([isTooDeep(nested(999)), isTooDeep(nested(1000))]).toEqual([false, true]);
  });

  it.each(['\\', '"', '\\"', '"\\', '""\\\\', '{}'])('is looked through in time that goes with its length, also when it is all %j', (piece) => {
    const [small, large] = [256, 1024].map((kilobytes) => Buffer.from(piece.repeat((kilobytes * 1024) / piece.length)));
    // Other programs disturb: time that goes with the square takes sixteen times as long in every attempt.
    const steepness = Array.from({ length: 5 }, () => millisecondsFor(large!) / Math.max(millisecondsFor(small!), 1));
    expect(Math.min(...steepness)).toBeLessThan(6);
  });
});

function millisecondsFor(bytes: Buffer): number {
  const started = performance.now();
  isTooDeep(bytes);
  return performance.now() - started;
}
