import { createHash, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { digestInSlices } from '@openhands-jira/domain';

/** SHA-256 of a text or of bytes. */
export function sha256(data: string | Uint8Array): Buffer {
  return hash('sha256', data, 'buffer');
}

/** The same for megabytes: others are answered in between. */
export function sha256InSlices(bytes: Uint8Array): Promise<Buffer> {
  return digestInSlices(createHash('sha256'), bytes);
}

/** A new secret: 32 random bytes in the URL-safe alphabet (a `+` or `/` breaks when somebody puts it into an address). */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Compares two secrets in a time that does not depend on where they differ. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(sha256(a), sha256(b));
}
