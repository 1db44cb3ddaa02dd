import type { CommandReading, CommentAudience, IssueEvent, JiraActor, JiraClient, JiraComment, JiraIssue, Trigger } from '@openhands-jira/domain';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import type { DeliveryEntity } from '../deliveries/delivery.entity.js';
import type { Who } from '../linking/linking.service.js';
import type { Decision } from './decision.js';
import type { Trace } from './trace.js';

/** A trigger that asks for work; deletions go another way. */
export type WorkTrigger = Exclude<Trigger, { kind: 'withdrawal' }>;

/** What is known at the start of the decision. */
export interface Question {
  delivery: DeliveryEntity;
  connection: ConnectionEntity;
  event: IssueEvent;
  trigger: WorkTrigger;
  client: JiraClient;
  trace: Trace;
  /** Set when the decision is only tried. */
  trial: TrialRun | null;
}

/**
 * A decision without effects: no trigger key is claimed, nobody is linked, and the caller leaves the effects of the decision alone.
 * Jira and the git host are read as always.
 */
export interface TrialRun {
  /** How the trial sees Jira. */
  seenThrough(client: JiraClient): JiraClient;
}

/** What Jira itself says about the trigger. */
export interface Confirmed {
  actor: JiraActor;
  /** The triggering comment, or null for a label. */
  comment: JiraComment | null;
  audience: CommentAudience;
}

/** What is known once Jira confirmed the trigger. */
export interface Request extends Question, Confirmed {
  issue: JiraIssue;
  /** What the comment asks for; a label asks for the issue itself. */
  reading: CommandReading;
}

/** What is known once the person is. */
export interface PersonalRequest extends Request {
  person: Pick<Who & { kind: 'person' }, 'user' | 'link'>;
}

/** True when the comment begins with `new:`, so that nothing earlier is gone on with. */
export function asksAfresh({ reading }: Pick<Request, 'reading'>): boolean {
  return reading.kind === 'instruction' && reading.fresh;
}

/** True when the answer of a step is the end of the decision. */
export function isDecision<T extends object>(answer: T | Decision): answer is Decision {
  return 'outcome' in answer;
}
