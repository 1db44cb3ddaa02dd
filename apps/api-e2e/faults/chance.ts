/** Chance that can be repeated, and time that passes: what happens when, in a test of faults. */

/** Which moments a run chooses; `FAULTS_SEED` changes it. */
export const SEED = Number(process.env.FAULTS_SEED ?? 20_261_122);

/**
 * For trying a test while writing it: `FAULTS_SCALE=0.1` does a tenth of everything. The figures name what was really done; only a
 * run without it counts.
 */
export const SCALE = Number(process.env.FAULTS_SCALE ?? 1);

/** So many, or the part of it that this run does. */
export function scaled(count: number): number {
  return Math.max(2, Math.round(count * SCALE));
}

/** Numbers between 0 and 1 that are the same for the same seed (the generator "mulberry32"). */
export function randomNumbers(seed: number = SEED): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Time that passes is what these tests are about: faults fall between any two steps of a process. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}

/** Calls `work` for each item at a steady rate, counted from the scheduled instants, and waits until all are done. */
export async function atRate<T, R>(items: T[], perSecond: number, work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const began = Date.now();
  const under: Promise<R>[] = [];
  for (const [index, item] of items.entries()) {
    const wait = began + (index * 1000) / perSecond - Date.now();
    if (wait > 0) await pause(wait);
    under.push(work(item, index));
  }
  return Promise.all(under);
}

/** Calls `work` for each item, so many at the same time. */
export async function atOnce<T, R>(items: T[], lanes: number, work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await work(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
