import { ConnectionHealth, type HealthCheck } from '@openhands-jira/contracts';
import { useCallback } from 'react';
import { request } from '../../lib/api.js';
import { checkTexts } from '../../texts-of-checks.js';
import { CheckRun } from './check-run.js';

/** The test of a saved connection, for whoever looks after it. */
export function SavedTest({ connectionId, hasChanges = false }: { connectionId: string; hasChanges?: boolean }) {
  const test = useCallback(() => testConnection(connectionId), [connectionId]);
  return <CheckRun test={test} intro={checkTexts.intro} hasChanges={hasChanges} />;
}

async function testConnection(id: string): Promise<HealthCheck[]> {
  return (await request(`/api/v1/connections/${id}/test`, ConnectionHealth, { method: 'POST' })).items;
}
