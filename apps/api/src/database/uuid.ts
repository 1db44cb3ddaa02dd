import { v7 } from 'uuid';

/** A new id: a UUID of version 7, so that ids sort by the time they were made. */
export function uuidv7(): string {
  return v7();
}
