import type { Connection, HealthCheck } from '@openhands-jira/contracts';
import { isAhead, Notice } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { checkTexts as t } from '../../texts-of-checks.js';
import { healthQuery } from './connection-tests.js';

/** While two webhook secrets count: how many deliveries each of them signed, as far as a test has counted since the change. */
export function SigningSecrets({ connection: { id, webhook } }: { connection: Connection }) {
  return isAhead(webhook.previousSecretUntil) ? <Counted connectionId={id} since={webhook.secretSetAt} /> : null;
}

function Counted({ connectionId, since }: { connectionId: string; since: string | null }) {
  const latest = useQuery(healthQuery(connectionId)).data?.latest ?? null;
  const isOfBefore = latest === null || since === null || Date.parse(latest.testedAt) < Date.parse(since);
  const counted = isOfBefore ? undefined : latest.items.find(({ check }) => check === 'signing_secret');
  return <Notice tone={counted?.result === 'fail' ? 'warning' : 'neutral'} title={t.twoSecrets}><p>{counted ? wordsOf(counted) : t.notCounted}</p></Notice>;
}

function wordsOf({ detail, hint }: HealthCheck): string {
  return `${detail} ${hint}`.trimEnd();
}
