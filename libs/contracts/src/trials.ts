/** Trials: what would become of a delivery now, with nothing written, stored or started. */
import { z } from 'zod';
import { IssueQuery, TraceStep } from './deliveries.js';
import { JobRepository } from './jobs.js';
import { DeliveryOutcome, DeliveryReason } from './reasons.js';

/** A comment that was not written: as each product gets it, and as people read it. */
export const TrialComment = z
  .object({
    /** Atlassian Document Format, for Jira Cloud. */
    adf: z.unknown(),
    /** Wiki markup, for Jira Data Center. */
    wiki: z.string(),
    text: z.string(),
  })
  .meta({ id: 'TrialComment' });
export type TrialComment = z.infer<typeof TrialComment>;

/** What a job that was not started would be given. */
export const TrialJob = z
  .object({
    trigger: z.enum(['mention', 'label', 'retry']),
    /** The person as Jira names them. */
    requestedBy: z.string(),
    repository: JobRepository.nullable(),
    /** The first message of a fresh conversation. */
    prompt: z.string(),
    /** What is said instead when it goes on in an earlier conversation; null when it does not. */
    followUpPrompt: z.string().nullable(),
    systemSuffix: z.string(),
  })
  .meta({ id: 'TrialJob' });
export type TrialJob = z.infer<typeof TrialJob>;

/**
 * How a decision would end under today's settings. Jira and the git host are read, as for a real one; what they say of credentials
 * is remembered, as always.
 *
 * What it cannot tell: whether the same request is taken by another delivery at the moment when it is made for real (that another one has
 * it now is told in the trace, and the trial goes on); whether a refusal was told within 24 hours already, which only adds a time to that
 * comment; and what the agent would do. Of a job that exists already (it is stopped, brought up to date, or gets an instruction) only
 * `detail` tells.
 */
export const Trial = z
  .object({
    /** `pending`: it cannot be decided at this moment; `detail` says why. */
    outcome: DeliveryOutcome,
    reason: DeliveryReason.nullable(),
    detail: z.string(),
    /** One sentence about what to do, when there is something to do. */
    fixHint: z.string().nullable(),
    trace: z.array(TraceStep),
    /** What would be said in the issue first; null: nothing. E-mail addresses are hidden in all of this. */
    comment: TrialComment.nullable(),
    job: TrialJob.nullable(),
  })
  .meta({ id: 'Trial' });
export type Trial = z.infer<typeof Trial>;

/** A body of a usual size, as text. */
const MOST_PAYLOAD_CHARACTERS = 500_000;

/** A call that is tried at the door of a connection: a sample about an issue by a person, or a body as Jira would send it. */
export const TryEvent = z
  .object({
    /** `mention`: a comment that asks for work; `command`: one with the command "check"; `no_mention`: one for nobody; `label`: the label is added. */
    sample: z.enum(['mention', 'command', 'no_mention', 'label'], { error: 'Choose mention, command, no_mention or label.' }).optional(),
    /** For a sample: an issue of the site. */
    issueKey: IssueQuery.shape.issueKey.toUpperCase().optional(),
    /** For a sample: the Jira account of somebody who is linked on the connection. */
    jiraAccountId: z.string({ error: 'Choose a person.' }).trim().min(1, 'Choose a person.').max(255, 'At most 255 characters.').optional(),
    /** The body as text, byte for byte what Jira would send. */
    payload: z.string({ error: 'Send the body as a text.' }).max(MOST_PAYLOAD_CHARACTERS, `At most ${MOST_PAYLOAD_CHARACTERS} characters.`).optional(),
    as: z.enum(['signed', 'wrongly_signed', 'unsigned'], { error: 'Choose signed, wrongly_signed or unsigned.' }),
  })
  .superRefine(({ sample, issueKey, jiraAccountId, payload }, context) => {
    const missing = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if ((sample === undefined) === (payload === undefined)) missing('sample', 'Choose a sample, or paste a body.');
    if (sample !== undefined && issueKey === undefined) missing('issueKey', 'Enter the key of an issue, like PROJ-123.');
    if (sample !== undefined && jiraAccountId === undefined) missing('jiraAccountId', 'Choose a person.');
  })
  .meta({ id: 'TryEvent' });
export type TryEvent = z.infer<typeof TryEvent>;

/** What the door would answer, and what would come of it. Links in the comment lead to nothing, because no delivery is stored. */
export const TriedEvent = Trial.extend({
  /** Null: it did not come to that, because something did not answer before. */
  door: z.object({ status: z.number().int(), detail: z.string() }).nullable(),
  /**
   * `simulated`: a sample is not in Jira, so it counts as confirmed, with its own words and its own person; the issue is the real one. `real`: a body is
   * confirmed with Jira like any delivery.
   */
  readBack: z.enum(['simulated', 'real']),
}).meta({ id: 'TriedEvent' });
export type TriedEvent = z.infer<typeof TriedEvent>;
