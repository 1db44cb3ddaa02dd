/// <reference types="node" />
/**
 * Work on many bytes, slice by slice.
 *
 * Jira's bodies have some kilobytes, but up to 25 MB are taken. Whatever looks at every byte of such a body in one go keeps the
 * process from everybody else meanwhile; between two slices it answers others.
 */
import type { Hash, Hmac } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** What has no more bytes than this is worked on at once. Hashing so many takes about a millisecond. */
export const SLICE_BYTES = 512 * 1024;

/** The bytes in order, with a turn of the event loop between two slices. */
export async function* slicesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    if (at > 0) await nextTurn();
    yield bytes.subarray(at, at + SLICE_BYTES);
  }
}

/** The digest of these very bytes. */
export async function digestInSlices(digest: Hash | Hmac, bytes: Uint8Array): Promise<Buffer> {
  for await (const slice of slicesOf(bytes)) digest.update(slice);
  return digest.digest();
}
