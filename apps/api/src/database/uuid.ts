import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** Random bytes are fetched for this many ids together: fetching takes far longer than using them. */
const IDS_AT_ONCE = 128;
const RANDOM_BYTES = 16;

const pool = new Uint8Array(IDS_AT_ONCE * RANDOM_BYTES);
let used = pool.length;
let latest = { msecs: 0, seq: 0 };

/** A new id: a UUID of version 7, so that ids sort by the time they were made, also within a millisecond. */
export function uuidv7(): string {
  const random = randomBytes();
  latest = following(latest, Date.now(), random);
  return v7({ random, ...latest });
}

/** Within a millisecond, and while the clock goes backwards, the sequence counts up from where the millisecond began. */
function following({ msecs, seq }: typeof latest, now: number, random: Uint8Array): typeof latest {
  if (now > msecs) return { msecs: now, seq: firstSequence(random) };
  return seq < MOST_SEQUENCE ? { msecs, seq: seq + 1 } : { msecs: msecs + 1, seq: firstSequence(random) };
}

/** The sequence has 32 bits; it begins in the lower half, so that there is always room. */
const MOST_SEQUENCE = 0xffff_ffff;

function firstSequence(random: Uint8Array): number {
  return (((random[6]! & 0x7f) << 24) | (random[7]! << 16) | (random[8]! << 8) | random[9]!) >>> 0;
}

function randomBytes(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += RANDOM_BYTES;
  return pool.subarray(used - RANDOM_BYTES, used);
}

/** The smallest id of a moment: what happened since then is a range of ids, so the primary key finds it. */
export function firstIdOf(at: Date): string {
  const milliseconds = Math.max(0, at.getTime()).toString(16).padStart(12, '0');
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-0000-0000-000000000000`;
}
