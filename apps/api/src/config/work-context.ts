/**
 * What the work at hand is about: which delivery, which job, which trace.
 *
 * It travels with the calls of one piece of work and, inside queue entries, from one process to the next. So each line of
 * the log names the delivery and the job, and one trace leads from the front door to the comment, without a parameter in
 * every function between them.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** Ids only. What is not known is absent. */
export interface WorkContext {
  deliveryId?: string | undefined;
  jobId?: string | undefined;
  /** W3C trace context of the span that the work belongs to; only while traces are switched on. */
  traceparent?: string | undefined;
  /** The HTTP request, in the process that answers it. Its query may hold secrets. */
  request?: { id: string; method: string; url: string } | undefined;
}

const storage = new AsyncLocalStorage<WorkContext>();
const NOTHING: WorkContext = {};

/** What the work at hand is about. */
export function workContext(): WorkContext {
  return storage.getStore() ?? NOTHING;
}

/** Does work that is about this, and about nothing else. */
export function inContext<T>(context: WorkContext, work: () => T): T {
  return storage.run(context, work);
}

/** Does work that is about this as well: what is known already stays known. */
export function alsoAbout<T>(more: WorkContext, work: () => T): T {
  return storage.run({ ...workContext(), ...known(more) }, work);
}

/**
 * What goes into a queue entry beside its own data. The context of other work stays out: a job that ends wakes the next one,
 * whose delivery is another.
 */
export function contextFor(entry: WorkContext): WorkContext {
  const now = workContext();
  const differs = (field: 'deliveryId' | 'jobId'): boolean => entry[field] !== undefined && now[field] !== undefined && entry[field] !== now[field];
  return differs('deliveryId') || differs('jobId') ? NOTHING : contextOf(now);
}

/** The part of a queue entry that is context; whatever else it holds is left out. */
export function contextOf({ deliveryId, jobId, traceparent }: WorkContext): WorkContext {
  return known({ deliveryId, jobId, traceparent });
}

function known(context: WorkContext): WorkContext {
  return Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined && value !== null));
}
