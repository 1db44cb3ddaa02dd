/** The answer to the question that a caller cannot wait for any longer. */
import { StoreUnavailable } from './store-unavailable.js';

/** What `work` gives, or `StoreUnavailable` when that takes longer than `ms`. The work itself goes on. */
export async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new StoreUnavailable()), ms)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
