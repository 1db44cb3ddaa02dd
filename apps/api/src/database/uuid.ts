import { v7 } from 'uuid';

/** A new id: a UUID of version 7, so that ids sort by the time they were made. */
export function uuidv7(): string {
  return v7();
}

/** The smallest id of a moment: what happened since then is a range of ids, so the primary key finds it. */
export function firstIdOf(at: Date): string {
  const milliseconds = Math.max(0, at.getTime()).toString(16).padStart(12, '0');
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-0000-0000-000000000000`;
}
