/** Jobs: one accepted request until its report. */
import { z } from 'zod';
import { page, PageQuery, Time, Uuid } from './paging.js';
import { GitProviderId } from './products.js';
import { JobCancelReason, JobFailureReason } from './reasons.js';

export const JobState = z.enum(['queued', 'starting', 'running', 'succeeded', 'failed', 'cancelled']).meta({ id: 'JobState' });
export type JobState = z.infer<typeof JobState>;

/** Where a repository reference was found. */
export const RepositorySource = z.enum(['line', 'url', 'name', 'project_default']).meta({ id: 'RepositorySource' });
export type RepositorySource = z.infer<typeof RepositorySource>;

export const JobRepository = z
  .object({
    provider: GitProviderId,
    host: z.string(),
    fullName: z.string(),
    url: z.string(),
    branch: z.string().nullable(),
    source: RepositorySource,
  })
  .meta({ id: 'JobRepository' });
export type JobRepository = z.infer<typeof JobRepository>;

export const Job = z
  .object({
    id: Uuid,
    connectionId: Uuid,
    issueKey: z.string(),
    issueUrl: z.string(),
    trigger: z.enum(['mention', 'label', 'retry']),
    requestedBy: z.object({ userId: Uuid.nullable(), name: z.string() }),
    repository: JobRepository.nullable(),
    state: JobState,
    mark: z.enum(['needs_input', 'suspended']).nullable(),
    conversationUrl: z.string().nullable(),
    createdAt: Time,
    startedAt: Time.nullable(),
    finishedAt: Time.nullable(),
    failure: JobFailureReason.nullable(),
    cancelReason: JobCancelReason.nullable(),
  })
  .meta({ id: 'Job' });
export type Job = z.infer<typeof Job>;

export const JobRun = z
  .object({
    id: Uuid,
    number: z.number().int(),
    state: z.string(),
    startedAt: Time,
    finishedAt: Time.nullable(),
    failure: JobFailureReason.nullable(),
  })
  .meta({ id: 'JobRun' });

export const JobComment = z
  .object({ kind: z.string(), commentId: z.string().nullable(), writtenAt: Time.nullable(), state: z.enum(['waiting', 'written', 'given_up']) })
  .meta({ id: 'JobComment' });

export const JobEvent = z.object({ at: Time, kind: z.string(), detail: z.string() }).meta({ id: 'JobEvent' });

export const JobDetail = Job.extend({
  deliveryId: Uuid.nullable(),
  resultText: z.string().nullable(),
  pullRequests: z.array(z.string()),
  runs: z.array(JobRun),
  comments: z.array(JobComment),
  timeline: z.array(JobEvent),
}).meta({ id: 'JobDetail' });
export type JobDetail = z.infer<typeof JobDetail>;

export const JobQuery = PageQuery.extend({ state: JobState.optional(), issueKey: z.string().max(255).optional() });
export type JobQuery = z.infer<typeof JobQuery>;

export const JobPage = page(Job).meta({ id: 'JobPage' });

/** The wish was taken; the job's state tells when it is done. */
export const JobAccepted = z.object({ jobId: Uuid }).meta({ id: 'JobAccepted' });
export type JobAccepted = z.infer<typeof JobAccepted>;
