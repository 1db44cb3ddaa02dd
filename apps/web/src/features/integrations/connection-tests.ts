/** What the page asks the server about the tests of a connection. */
import { ConnectionHealth, ConnectionTestHistory, type HealthCheck } from '@openhands-jira/contracts';
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
