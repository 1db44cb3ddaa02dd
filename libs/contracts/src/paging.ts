/** Lists: newest first, a cursor to go on. */
import { z } from 'zod';

/** Query of every list. */
export const PageQuery = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(25),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** The answer of a list. */
export function page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** The answer of a list, as a type. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export const Uuid = z.uuid();
/** ISO 8601, UTC. */
export const Time = z.iso.datetime();
