import { BulkReplayAccepted, DeliveryDetail, type DeliveryOutcome, DeliveryOverview, DeliveryPage, IssueSights, PublicDecision, ReplayAccepted, Trial } from '@openhands-jira/contracts';
import type { IconName, Tone } from '@openhands-jira/ui';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { request } from '../../lib/api.js';
import { LIVE_MS } from '../../lib/query.js';
import { type DeliveryFilter, toServer } from './delivery-filter.js';
import { liveWhileNewest } from './live-list.js';

export const OUTCOME_TONES: Record<DeliveryOutcome, Tone> = {
  pending: 'progress', job: 'good', ignored: 'neutral', refused: 'warning', rejected: 'bad', failed: 'bad',
};

export const OUTCOME_ICONS: Record<DeliveryOutcome, IconName> = {
  pending: 'clock', job: 'check', ignored: 'minus', refused: 'warning', rejected: 'cross', failed: 'cross',
};

/** Deliveries asked for at once. */
const PAGE = '50';

/** The delivery log, newest first, page by page. */
export function deliveriesQuery(filter: DeliveryFilter, live: boolean) {
  return infiniteQueryOptions({
    queryKey: ['deliveries', filter],
    queryFn: ({ pageParam, signal }) => request(`/api/v1/deliveries?${searchOf({ ...toServer(filter, new Date()), limit: PAGE, cursor: pageParam ?? undefined })}`, DeliveryPage, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    ...liveWhileNewest(live),
  });
}

/** The last 24 hours in numbers. */
export function overviewQuery(live: boolean) {
  return queryOptions({
    queryKey: ['deliveries-overview'],
    queryFn: ({ signal }) => request('/api/v1/deliveries/overview', DeliveryOverview, { signal }),
    refetchInterval: live ? 5 * LIVE_MS : false,
  });
}

/** Whether the service accounts of the own sites can see an issue. Jira is asked at once, so it is asked once. */
export function issueSightQuery(issueKey: string) {
  return queryOptions({
    queryKey: ['issue-sight', issueKey],
    queryFn: ({ signal }) => request(`/api/v1/issue-sight?${searchOf({ issueKey })}`, IssueSights, { signal }),
    staleTime: 60_000,
    retry: false,
  });
}

/** One delivery with its trace; asked for again until it is decided. */
export function deliveryQuery(id: string) {
  return queryOptions({
    queryKey: ['delivery', id],
    queryFn: ({ signal }) => request(`/api/v1/deliveries/${encodeURIComponent(id)}`, DeliveryDetail, { signal }),
    refetchInterval: ({ state }) => (state.data?.outcome === 'pending' ? LIVE_MS / 2 : false),
  });
}

/** What anybody with the link may know of a delivery. */
export function decisionQuery(id: string) {
  return queryOptions({
    queryKey: ['decision', id],
    queryFn: ({ signal }) => request(`/api/v1/deliveries/${encodeURIComponent(id)}/decision`, PublicDecision, { signal }),
    refetchInterval: ({ state }) => (state.data?.outcome === 'pending' ? LIVE_MS : false),
  });
}

/** Decides the stored payload again. Gives the id of the new delivery. */
export async function replayDelivery(id: string): Promise<string> {
  const { deliveryId } = await request(`/api/v1/deliveries/${encodeURIComponent(id)}/replay`, ReplayAccepted, { method: 'POST' });
  return deliveryId;
}

/** What would become of the stored payload now; nothing is done. */
export function tryDelivery(id: string): Promise<Trial> {
  return request(`/api/v1/deliveries/${encodeURIComponent(id)}/dry-run`, Trial, { method: 'POST' });
}

/** Decides again what the filter shows, a hundred from the newest back, or from where the last call ended. */
export function replayMany(filter: DeliveryFilter, cursor: string | null): Promise<BulkReplayAccepted> {
  return request('/api/v1/deliveries/replay', BulkReplayAccepted, { method: 'POST', body: { ...toServer(filter, new Date()), ...(cursor && { cursor }) } });
}

/** Writes the given values as a query; absent and empty ones are left out. */
export function searchOf(values: Record<string, string | undefined>): string {
  return new URLSearchParams(Object.entries(values).filter((pair): pair is [string, string] => Boolean(pair[1]))).toString();
}
