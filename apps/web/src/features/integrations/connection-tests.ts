/** What the page asks the server about the tests of a connection. */
import { ConnectionHealth, ConnectionTestHistory, type HealthCheck, LatestLoopTest, LoopTest } from '@openhands-jira/contracts';
import { queryOptions } from '@tanstack/react-query';
import { request } from '../../lib/api.js';

/** What the tests of a connection found. */
export function healthQuery(connectionId: string) {
  return queryOptions({
    queryKey: ['health', connectionId],
    queryFn: ({ signal }) => request(`/api/v1/connections/${encodeURIComponent(connectionId)}/tests`, ConnectionTestHistory, { signal }),
  });
}

/** Tests a saved connection now. */
export async function testConnection(id: string): Promise<HealthCheck[]> {
  return (await request(`/api/v1/connections/${encodeURIComponent(id)}/test`, ConnectionHealth, { method: 'POST' })).items;
}

/** How often a loop test that is under way is asked for again, in milliseconds. */
const LOOP_MS = 2000;

/** The latest loop test of a connection, asked for again until it has ended. */
export function loopTestQuery(connectionId: string) {
  return queryOptions({
    queryKey: ['loop test', connectionId],
    queryFn: ({ signal }) => request(`/api/v1/connections/${encodeURIComponent(connectionId)}/loop-test`, LatestLoopTest, { signal }),
    refetchInterval: ({ state: { data } }) => (data?.latest && data.latest.endedAt === null ? LOOP_MS : false),
  });
}

/** Begins a loop test in an issue. */
export function beginLoopTest(connectionId: string, issueKey: string): Promise<LoopTest> {
  return request(`/api/v1/connections/${encodeURIComponent(connectionId)}/loop-test`, LoopTest, { method: 'POST', body: { issueKey } });
}
