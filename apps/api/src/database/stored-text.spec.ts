import { v7 as anyUuid, validate, version } from 'uuid';
import { storableJson } from './stored-text.js';
import { uuidv7 } from './uuid.js';

describe('A value as JSON for the database', () => {
  it('is the plain JSON when there is nothing that PostgreSQL refuses', () => {
    const value = { text: 'Grüße, "quoted" \\ 🙂', list: [1, null, true], inner: { at: new Date(0) } };
    expect(storableJson(value)).toBe(JSON.stringify(value));
  });

  it('loses U+0000 and lone surrogates, wherever they stand', () => {
    expect(JSON.parse(storableJson({ text: 'a\0b', list: ['\ud800', { deep: 'c\udc00\0' }] }))).toEqual({ text: 'ab', list: ['\ufffd', { deep: 'c\ufffd' }] });
  });

  it('keeps a backslash before a u, which only looks like an escape', () => {
    expect(JSON.parse(storableJson({ path: 'C:\\users', text: '\\u0000' }))).toEqual({ path: 'C:\\users', text: '\\u0000' });
  });
});

describe('A new id', () => {
  const ids = Array.from({ length: 5000 }, uuidv7);

  it('is a UUID of version 7 of this moment', () => {
    expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
    expect(Math.abs(parseInt(uuidv7().replace('-', '').slice(0, 12), 16) - parseInt(anyUuid().replace('-', '').slice(0, 12), 16))).toBeLessThan(10_000);
  });

  it('sorts after all that this process made before, and is never the same', () => {
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('shares no random part with others', () => {
    expect(new Set(ids.map((id) => id.slice(-10))).size).toBe(ids.length);
  });
});
