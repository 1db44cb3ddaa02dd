/**
 * Loaded by Node before the built service, in stories with real processes only. Two things differ from what operators run:
 *
 * - The service waits a minute before it takes over the work of a dead process at the agent; here it waits seconds, so that a story
 *   about killed processes ends within a minute.
 * - The process ends when the story's own process is gone (Ctrl-C), so that nothing is left running.
 */
const { FollowPlan } = (await import(new URL('../../api/dist/jobs/follow-plan.js', import.meta.url).href)) as { FollowPlan: { prototype: object } };

const PAUSES: Record<string, number> = { tickMs: 500, leaseMs: 5000, repeatAfterMs: 5000, shortPauseMs: 500 };

// The class sets its fields in its constructor: a setter that does nothing keeps ours.
for (const [name, ms] of Object.entries(PAUSES)) Object.defineProperty(FollowPlan.prototype, name, { get: () => ms, set: () => undefined });
Object.assign(FollowPlan.prototype, { startLook: () => 500, conversationLook: () => 1000, backOff: () => 1000 });

process.on('disconnect', () => process.exit(1));

export {};
