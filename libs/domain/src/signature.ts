/// <reference types="node" />
/**
 * Proof that a delivery comes from somebody who knows the webhook's secret.
 *
 * Jira signs the raw bytes of the body: `X-Hub-Signature: sha256=<lower-case hex of HMAC-SHA256>` (WebSub; Cloud admin
 * webhooks with a secret, Data Center from 10). The bytes are checked before anybody reads them, in constant time.
 * Nothing a stranger sends makes this throw.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RejectedReason } from '@openhands-jira/contracts';
import { digestInSlices } from './slices.js';

/** A secret that counts now. After a rotation the former one counts for a while, and what it signs is marked. */
export interface WebhookSecret {
  secret: string;
  state: 'current' | 'previous';
}

export type SignatureVerdict =
  | { ok: true; secret: WebhookSecret['state'] }
  | { ok: false; reason: Extract<RejectedReason, 'signature_missing' | 'signature_unsupported' | 'signature_mismatch' | 'secret_not_set'> };

export interface SignedCall {
  /** As the HTTP server gives it: absent, one, or (sent twice) a list. */
  header: string | readonly string[] | undefined;
  /** The body as it came, not parsed and written again. */
  body: Uint8Array;
  secrets: readonly WebhookSecret[];
}

/** The header that proves `body`. */
export function signatureOf(secret: string, body: Uint8Array): string {
  return `sha256=${digestOf(secret, body).toString('hex')}`;
}

/** Whether one of the secrets signed the body, and which. An empty secret is none: it would prove everybody. */
export function verifySignature({ header, body, secrets }: SignedCall): SignatureVerdict {
  const claim = claimOf(header, secrets);
  return 'reason' in claim ? claim : verdictOf(claim, claim.secrets.map(({ secret }) => digestOf(secret, body)));
}

/** The same for a body of megabytes: others are answered while its digest is computed. */
export async function verifySignatureInSlices({ header, body, secrets }: SignedCall): Promise<SignatureVerdict> {
  const claim = claimOf(header, secrets);
  if ('reason' in claim) return claim;
  return verdictOf(claim, await Promise.all(claim.secrets.map(({ secret }) => digestInSlices(createHmac('sha256', secret), body))));
}

/** A digest that a caller claims to know, and the secrets that may have made it. */
interface Claim {
  digest: Buffer;
  secrets: readonly WebhookSecret[];
}

function claimOf(header: SignedCall['header'], secrets: readonly WebhookSecret[]): Claim | Extract<SignatureVerdict, { ok: false }> {
  const usable = secrets.filter(({ secret }) => secret !== '');
  if (usable.length === 0) return { ok: false, reason: 'secret_not_set' };
  const values = header === undefined ? [] : [header].flat();
  if (values.every((value) => value.trim() === '')) return { ok: false, reason: 'signature_missing' };
  const digest = values.length === 1 ? readSha256(values[0]!) : null;
  return digest ? { digest, secrets: usable } : { ok: false, reason: 'signature_unsupported' };
}

/** @param digests what each of the secrets makes of the body, in their order */
function verdictOf(claim: Claim, digests: readonly Buffer[]): SignatureVerdict {
  const matching = claim.secrets.filter((_secret, index) => timingSafeEqual(digests[index]!, claim.digest));
  const found = matching.find(({ state }) => state === 'current') ?? matching[0];
  return found ? { ok: true, secret: found.state } : { ok: false, reason: 'signature_mismatch' };
}

function digestOf(secret: string, body: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(body).digest();
}

/** The digest that the header claims; null unless it is `sha256=` and 64 lower-case hex digits. */
function readSha256(header: string): Buffer | null {
  const text = header.trim();
  const equals = text.indexOf('=');
  const digest = text.slice(equals + 1);
  return text.slice(0, Math.max(equals, 0)) === 'sha256' && /^[0-9a-f]{64}$/.test(digest) ? Buffer.from(digest, 'hex') : null;
}
