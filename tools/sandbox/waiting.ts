/** Waiting for a condition instead of sleeping: asks again every few milliseconds, and says what it saw when it gives up. */
export async function eventually<T>(look: () => Promise<T> | T, isRight: (seen: T) => boolean, what: string, patienceMs = 15_000): Promise<T> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (isRight(seen)) return seen;
    if (Date.now() > end) throw new Error(`Waited ${patienceMs} ms in vain for: ${what}. Last seen: ${JSON.stringify(seen)?.slice(0, 2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
