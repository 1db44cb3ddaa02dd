import type { IgnoredReason, JobReason, RefusedReason, UnlinkedState } from '@openhands-jira/contracts';
import type { Message, RefusalMessage } from '@openhands-jira/domain';
import type { EntityManager } from 'typeorm';
import type { Changes } from '../database/changes.js';
import type { NewJob } from '../jobs/jobs.service.js';

/** What a decision would have us say in the issue, and the job that it would start. */
export interface Outlook {
  comment: Message;
  job: NewJob | null;
}

/** How a delivery ends, as a value. What does not answer is an exception: the decision is tried again, and fails for good in `TriageWorker`. */
export type Decision =
  /** Not for us; silent. */
  | { outcome: 'ignored'; reason: IgnoredReason; detail: string; duplicateOf?: string }
  /** For us, but it cannot be done; the message says why, unless no comment is possible. */
  | { outcome: 'refused'; reason: RefusedReason; detail: string; message: RefusalMessage | null; /** Of whoever asked without being linked. */ accountState?: UnlinkedState }
  /**
   * Work or a command was accepted. `effect` gives the job it belongs to, if any; it may still find out otherwise. `atOnce` is the same
   * as changes of one statement, which demand that nothing is in the way; when something is, `effect` finds out what. `outlook` tells
   * what would be written or started, without doing it; a decision about a job that exists has none. `takesBack`: it only ends a job.
   */
  | { outcome: 'job'; reason: JobReason; detail: string; effect: (manager: EntityManager) => Promise<string | null>; atOnce?: (changes: Changes) => { id: string; userId: string | null }; outlook?: () => Promise<Outlook>; takesBack?: true };

export const ignored = (reason: IgnoredReason, detail: string, duplicateOf?: string): Decision => ({ outcome: 'ignored', reason, detail, ...(duplicateOf && { duplicateOf }) });

/** The facts of a refusal without what every refusal has. */
type RefusalFacts = RefusalMessage extends infer M ? (M extends RefusalMessage ? Omit<M, 'deliveryId' | 'askedAgainAt'> : never) : never;

/** A refusal with its message; the reason is in the message's kind. */
export function refused(deliveryId: string, facts: RefusalFacts, detail: string, accountState?: UnlinkedState): Decision {
  const message = { ...facts, deliveryId, askedAgainAt: [] } as RefusalMessage;
  return { outcome: 'refused', reason: message.kind.replace('refusal.', '') as RefusedReason, detail, message, ...(accountState && { accountState }) };
}

