/**
 * Loaded by Node before the built service, in stories with real processes only. Four things differ from what operators run:
 *
 * - The service waits a minute before it takes over the work of a dead process at the agent; here it waits seconds, so that a story
 *   about killed processes ends within a minute. It has no setting for that, so the class with the pauses is met where the program
 *   makes it.
 * - Its clock may be set wrong.
 * - It tells how much memory is in use when it is asked, after it was tidied.
 * - The process ends when the story's own process is gone (Ctrl-C), so that nothing is left running.
 */
import { registerHooks } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const PAUSES: Record<string, number> = { tickMs: 500, leaseMs: 5000, repeatAfterMs: 5000, shortPauseMs: 500 };
/** Code that ran once, at the start, is forgotten only when it was not needed for several tidyings. */
const TIDY_TIMES = 8;
/** The line of the bundled program after which the class stands. */
const CLASS_IS_MADE = /^FollowPlan = __decorate.*$/m;

/** Loads the bundle like any file, which can be changed on the way; the code that the build has compiled stays out of it. */
const PLAIN_START = `import { createRequire } from 'node:module'; await createRequire(import.meta.url)('./bundle.cjs').runService();`;

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (url.endsWith('/dist/start.js')) return { ...loaded, source: PLAIN_START };
    if (!url.endsWith('/dist/bundle.cjs')) return loaded;
    const source = String(loaded.source);
    if (!CLASS_IS_MADE.test(source)) throw new Error('The bundled program makes its FollowPlan in another way than apps/api-e2e/src/preload.ts expects.');
    return { ...loaded, source: source.replace(CLASS_IS_MADE, '$&\nglobalThis.hurry(FollowPlan);') };
  },
});

(globalThis as { hurry?: unknown }).hurry = (plan: { prototype: object }): void => {
  // The class sets its fields in its constructor: a setter that does nothing keeps ours.
  for (const [name, ms] of Object.entries(PAUSES)) Object.defineProperty(plan.prototype, name, { get: () => ms, set: () => undefined });
  Object.assign(plan.prototype, { startLook: () => 500, conversationLook: () => 1000, backOff: () => 1000 });
};

// A replica whose clock is wrong, for tests of faults.
const skewMs = Number(process.env.CLOCK_SHIFT_MS ?? 0);
if (skewMs !== 0) {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...values: unknown[]) {
      if (values.length === 0) super(Real.now() + skewMs);
      else super(...(values as [number]));
    }
    static override now(): number {
      return Real.now() + skewMs;
    }
  } as DateConstructor;
}

process.on('message', () => {
  setFlagsFromString('--expose-gc');
  const tidy = runInNewContext('gc') as () => void;
  for (let times = 0; times < TIDY_TIMES; times += 1) tidy();
  const { heapUsed, external } = process.memoryUsage();
  process.send!(heapUsed + external);
});
// Waiting for such a question keeps no process alive.
process.channel?.unref();

process.on('disconnect', () => process.exit(1));

export {};
