/**
 * Loaded by Node before the built service, in stories with real processes only. Three things differ from what operators run:
 *
 * - The service waits a minute before it takes over the work of a dead process at the agent; here it waits seconds, so that a story
 *   about killed processes ends within a minute.
 * - Its clock may be set wrong.
 * - The process ends when the story's own process is gone (Ctrl-C), so that nothing is left running.
 */
const { FollowPlan } = (await import(new URL('../../api/dist/jobs/follow-plan.js', import.meta.url).href)) as { FollowPlan: { prototype: object } };

const PAUSES: Record<string, number> = { tickMs: 500, leaseMs: 5000, repeatAfterMs: 5000, shortPauseMs: 500 };

// The class sets its fields in its constructor: a setter that does nothing keeps ours.
for (const [name, ms] of Object.entries(PAUSES)) Object.defineProperty(FollowPlan.prototype, name, { get: () => ms, set: () => undefined });
Object.assign(FollowPlan.prototype, { startLook: () => 500, conversationLook: () => 1000, backOff: () => 1000 });

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

process.on('disconnect', () => process.exit(1));

export {};
