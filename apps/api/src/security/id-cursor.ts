/**
 * Lists whose order is that of their ids: the ids carry the time, so the highest is the newest, and the cursor of such a
 * list is the id of the last row that was shown. People search some of these lists by a part of a text.
 */
import type { Page } from '@openhands-jira/contracts';
import { Problem } from './problem.js';

/** The id in a cursor; null on the first page. Throws `Problem` for a text that no list gave out. */
export function readIdCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(cursor)) return cursor;
  throw new Problem(400, 'validation_failed', 'The cursor is not one that a list gave out.', [{ path: 'cursor', message: 'Use the nextCursor of the list before.' }]);
}

/** One page of rows, of which one more than `limit` was read to see whether the list goes on. */
export function pageOf<Row extends { id: string }, Item>(rows: Row[], limit: number, show: (row: Row) => Item): Page<Item> {
  const shown = rows.slice(0, limit);
  return { items: shown.map(show), nextCursor: rows.length > limit ? shown.at(-1)!.id : null };
}

/** A text that people search for, as a pattern of `ILIKE`; null when they search for nothing. */
export function searchPattern(search: string | undefined): string | null {
  return search ? `%${search.replaceAll(/[\\%_]/g, '\\$&')}%` : null;
}
