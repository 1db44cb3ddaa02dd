import { randomBytes } from 'node:crypto';
import { SecretBox } from './secret-box.js';

describe('A sealed text', () => {
  const box = new SecretBox([{ id: 'k1', bytes: randomBytes(32) }]);
  const PLACE = 'links:1:access_token';

  it('opens in its own place only', () => {
    const sealed = box.seal('the token', PLACE);
    expect(box.open(sealed, PLACE)).toBe('the token');
    expect(() => box.open(sealed, 'links:2:access_token')).toThrow();
  });

  it('does not open when it was changed, or cut off in the middle of its tag', () => {
    const [version, key, data] = box.seal('', PLACE).split('.');
    const bytes = Buffer.from(data!, 'base64url');
    const altered = (part: Buffer): string => [version, key, part.toString('base64url')].join('.');
    expect(box.open(altered(bytes), PLACE)).toBe('');
    expect(() => box.open(altered(Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1)! ^ 1])])), PLACE)).toThrow();
    expect(() => box.open(altered(bytes.subarray(0, 16)), PLACE)).toThrow();
  });
});
