import fc from 'fast-check';
import { signatureOf, verifySignature, verifySignatureInSlices, type WebhookSecret } from './signature.js';
import { SLICE_BYTES } from './slices.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const current = (secret: string): WebhookSecret[] => [{ secret, state: 'current' }];

/** The example of Atlassian's documentation of secure admin webhooks. */
const OFFICIAL = { secret: "It's a Secret to Everybody", body: bytes('Hello World!'), header: 'sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9' };

describe('the signature of a delivery', () => {
  it("is the one of Atlassian's own example", () => {
    expect(signatureOf(OFFICIAL.secret, OFFICIAL.body)).toBe(OFFICIAL.header);
    expect(verifySignature({ header: OFFICIAL.header, body: OFFICIAL.body, secrets: current(OFFICIAL.secret) })).toEqual({ ok: true, secret: 'current' });
  });

  const digest = OFFICIAL.header.slice('sha256='.length);
  it.each<[string, string | string[] | undefined, string]>([
    ['no header', undefined, 'signature_missing'],
    ['an empty header', '', 'signature_missing'],
    ['no header in a list', [], 'signature_missing'],
    ['no method', digest, 'signature_unsupported'],
    ['another method', `sha1=${digest.slice(0, 40)}`, 'signature_unsupported'],
    ['a method that only begins like ours', `sha256x=${digest}`, 'signature_unsupported'],
    ['the method in capitals', `SHA256=${digest}`, 'signature_unsupported'],
    ['a digest in capitals', `sha256=${digest.toUpperCase()}`, 'signature_unsupported'],
    ['a digest that is cut', `sha256=${digest.slice(0, 62)}`, 'signature_unsupported'],
    ['a digest with one character too many', `sha256=${digest}0`, 'signature_unsupported'],
    ['a second equals sign', `sha256==${digest}`, 'signature_unsupported'],
    ['letters beyond ASCII', `sha256=${'é'.repeat(64)}`, 'signature_unsupported'],
    ['the header twice in a list', [OFFICIAL.header, OFFICIAL.header], 'signature_unsupported'],
    ['the header twice, joined', `${OFFICIAL.header}, ${OFFICIAL.header}`, 'signature_unsupported'],
    ['another digest', `sha256=${'0'.repeat(64)}`, 'signature_mismatch'],
  ])('does not count with %s', (_name, header, reason) => {
    expect(verifySignature({ header, body: OFFICIAL.body, secrets: current(OFFICIAL.secret) })).toEqual({ ok: false, reason });
  });

  it('proves nothing while no secret is set, not even with an empty one', () => {
    const header = signatureOf('', OFFICIAL.body);
    expect(verifySignature({ header, body: OFFICIAL.body, secrets: [] })).toEqual({ ok: false, reason: 'secret_not_set' });
    expect(verifySignature({ header, body: OFFICIAL.body, secrets: current('') })).toEqual({ ok: false, reason: 'secret_not_set' });
  });

  it('tells which of two secrets signed', () => {
    const secrets: WebhookSecret[] = [{ secret: 'old', state: 'previous' }, { secret: 'new', state: 'current' }];
    expect(verifySignature({ header: signatureOf('old', OFFICIAL.body), body: OFFICIAL.body, secrets })).toEqual({ ok: true, secret: 'previous' });
    expect(verifySignature({ header: signatureOf('new', OFFICIAL.body), body: OFFICIAL.body, secrets })).toEqual({ ok: true, secret: 'current' });
  });

  it('fits for every body and secret, and for no body or secret that differs', () => {
    const body = fc.uint8Array({ minLength: 1 });
    const secret = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => text.isWellFormed());
    fc.assert(fc.property(body, secret, fc.nat(), (payload, key, place) => {
      const header = signatureOf(key, payload);
      expect(verifySignature({ header, body: payload, secrets: current(key) }).ok).toBe(true);
      const changed = payload.slice();
      changed[place % changed.length]! ^= 1 << place % 8;
      expect(verifySignature({ header, body: changed, secrets: current(key) }).ok).toBe(false);
      expect(verifySignature({ header, body: payload, secrets: current(`${key}x`) }).ok).toBe(false);
    }));
  });

  it.each([0, 1, SLICE_BYTES - 1, SLICE_BYTES, SLICE_BYTES + 1, 3 * SLICE_BYTES + 7])('is the same slice by slice over %d bytes', async (length) => {
    const body = new Uint8Array(length).map((_byte, at) => at % 251);
    const secrets: WebhookSecret[] = [{ secret: 'old', state: 'previous' }, { secret: 'new', state: 'current' }];
    for (const header of [signatureOf('new', body), signatureOf('old', body), signatureOf('other', body), 'sha1=0', undefined]) {
      expect(await verifySignatureInSlices({ header, body, secrets })).toEqual(verifySignature({ header, body, secrets }));
    }
  });

  it('leaves others their turn while it is computed slice by slice', async () => {
    const body = new Uint8Array(3 * SLICE_BYTES);
    let turns = 0;
    const count = (): void => {
      turns += 1;
      others = setImmediate(count);
    };
    let others = setImmediate(count);
    await verifySignatureInSlices({ header: signatureOf('secret', body), body, secrets: current('secret') });
    clearImmediate(others);
    expect(turns).toBeGreaterThanOrEqual(2);
  });

  it('never throws, whatever the header is', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string().map((text) => `sha256=${text}`), fc.array(fc.string())), (header) => {
      expect(verifySignature({ header, body: OFFICIAL.body, secrets: current('secret') }).ok).toBe(false);
    }));
  });
});
