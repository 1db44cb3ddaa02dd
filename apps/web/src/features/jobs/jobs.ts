import { JobAccepted, JobDetail, JobPage, type JobState } from '@openhands-jira/contracts';
import type { IconName, Tone } from '@openhands-jira/ui';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { request } from '../../lib/api.js';
import { LIVE_MS } from '../../lib/query.js';
import { searchOf } from '../deliveries/deliveries.js';
import { liveWhileNewest } from '../deliveries/live-list.js';

export const JOB_TONES: Record<JobState, Tone> = {
  queued: 'neutral', starting: 'progress', running: 'progress', succeeded: 'good', failed: 'bad', cancelled: 'neutral',
};

export const JOB_ICONS: Record<JobState, IconName> = {
  queued: 'clock', starting: 'refresh', running: 'refresh', succeeded: 'check', failed: 'cross', cancelled: 'minus',
};

/** Terminal states never change. */
export function isOver(state: JobState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}

export interface JobFilter {
  state?: string | undefined;
  issueKey?: string | undefined;
}

/** Jobs asked for at once. */
const PAGE = '50';

/** Jobs, newest first, page by page. */
export function jobsQuery(filter: JobFilter, live: boolean) {
  return infiniteQueryOptions({
    queryKey: ['jobs', filter],
    queryFn: ({ pageParam, signal }) => request(`/api/v1/jobs?${searchOf({ ...filter, limit: PAGE, cursor: pageParam ?? undefined })}`, JobPage, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    ...liveWhileNewest(live),
  });
}

/** One job with its timeline; asked for again until it is over. */
export function jobQuery(id: string) {
  return queryOptions({
    queryKey: ['job', id],
    queryFn: ({ signal }) => request(`/api/v1/jobs/${encodeURIComponent(id)}`, JobDetail, { signal }),
    refetchInterval: ({ state }) => (state.data && isOver(state.data.state) ? false : LIVE_MS),
  });
}

/** Asks to stop the job; its state tells when that is done. */
export async function cancelJob(id: string): Promise<string> {
  return (await request(`/api/v1/jobs/${encodeURIComponent(id)}/cancel`, JobAccepted, { method: 'POST' })).jobId;
}

/** Asks for the same work once more. Gives the id of the job that does it. */
export async function retryJob(id: string): Promise<string> {
  return (await request(`/api/v1/jobs/${encodeURIComponent(id)}/retry`, JobAccepted, { method: 'POST' })).jobId;
}
