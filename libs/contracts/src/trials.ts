/** Trials: what would become of a delivery now, with nothing written, stored or started. */
import { z } from 'zod';
import { TraceStep } from './deliveries.js';
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
