/** How long something took, for checks that tell it beside what they found. */

/** Does the work; gives its result and the time it took, in whole milliseconds. */
export async function timed<T>(work: () => Promise<T>): Promise<{ result: T; tookMs: number }> {
  const begin = performance.now();
  const result = await work();
  return { result, tookMs: Math.round(performance.now() - begin) };
}
