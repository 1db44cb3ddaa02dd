import { SLICE_BYTES } from '@openhands-jira/domain';
import { isTooMuch, readPayload, readPayloadInSlices } from './payload.js';

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
    expect(isTooMuch(bytes)).toBe(true);
    expect(readPayload(bytes)).toBeNull();
  });

  it('may be as long as it likes, with brackets in its texts and side by side', () => {
    const payload = { text: '[{'.repeat(100_000), '[\\"{': '\\"[', end: '\\'.repeat(10_001), many: Array.from({ length: 2000 }, () => [{}]) };
    expect(readPayload(Buffer.from(JSON.stringify(payload)))).toEqual(payload);
  });

  it('is the same slice by slice, wherever a slice ends', async () => {
    for (let shift = 0; shift < 4; shift += 1) {
      const text = `${'x'.repeat(SLICE_BYTES - 12 - shift)}\\"[{`;
      const payload = { text, deep: JSON.parse('['.repeat(900) + ']'.repeat(900)) as unknown, rest: text };
      expect(await readPayloadInSlices(Buffer.from(JSON.stringify(payload)))).toEqual(payload);
    }
    expect(await readPayloadInSlices(nested(SLICE_BYTES))).toBeNull();
    expect(await readPayloadInSlices(Buffer.from(`{"text":"${'x'.repeat(SLICE_BYTES)}","deep":${'['.repeat(1000)}${']'.repeat(1000)}}`))).toBeNull();
  });

  it.each(['{}', '[]', '[[[[]]]]', '1', '""', '"a,b":1'])('is nothing when it has more than half a million values, such as %j', async (value) => {
    const many = (count: number): Buffer => Buffer.from(`{"a":${value.includes(':') ? '{' : '['}${`${value},`.repeat(count)}${value}${value.includes(':') ? '}' : ']'}}`);
    expect([isTooMuch(many(90_000)), isTooMuch(many(500_001))]).toEqual([false, true]);
    expect([await readPayloadInSlices(many(90_000)), await readPayloadInSlices(many(500_001))]).toEqual([expect.anything(), null]);
  });

  it('is too deep only with more than a thousand levels', () => {
    expect([isTooMuch(nested(999)), isTooMuch(nested(1000))]).toEqual([false, true]);
  });

  it.each(['\\', '"', '\\"', '"\\', '""\\\\', '{}'])('is looked through in time that goes with its length, because each byte is looked at once, also when it is all %j', (piece) => {
    const bytes = Buffer.from(piece.repeat(1000));
    let looks = 0;
    const watched = new Proxy(bytes, {
      get: (target, key) => {
        looks += key === 'length' ? 0 : 1;
        return Reflect.get(target, key) as unknown;
      },
    });
    expect(isTooMuch(watched)).toBe(false);
    expect(looks).toBeLessThanOrEqual(bytes.length);
  });
});
