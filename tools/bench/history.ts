/** A long history of deliveries, made by the database itself in minutes: what an installation has after years. */
import type { BenchDatabase } from './database.ts';

const CHUNK = 100_000;

/**
 * Adds so many decided deliveries, evenly over the last 90 days, one in a thousand refused, with bodies of about 2 kB of which the older ones are gone, as retention
 * leaves them. Ids begin with their time, like the service's own.
 */
export async function addHistory(database: BenchDatabase, connectionId: string, count: number): Promise<void> {
  const indexes = await database.rows<{ name: string; definition: string }>(INDEXES);
  // Ten million rows are in their indexes four times as fast when those are built afterwards.
  for (const { name } of indexes) await database.rows(`DROP INDEX ${name}`);
  for (let done = 0; done < count; done += CHUNK) await database.rows(ADD, [connectionId, Math.min(CHUNK, count - done), done, count]);
  await database.rows(`SET maintenance_work_mem = '1GB'`);
  for (const { definition } of indexes) await database.rows(definition);
  await database.rows('VACUUM ANALYZE deliveries');
  await database.settle();
}

/** The primary key stays: it grows at its end. */
const INDEXES = `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index WHERE indrelid = 'deliveries'::regclass AND NOT indisprimary`;

const ADD = `
  INSERT INTO deliveries (id, connection_id, origin, identifier, body_hash, body, headers, signed_with, event, issue_id, issue_key, actor_id, actor_name, received_at, outcome, reason, trace, settled_at)
  SELECT
    (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 5, 15))::uuid,
    $1::uuid, 'webhook', 'history-' || n, sha256(('history' || n)::bytea), CASE WHEN at > now() - interval '7 days' THEN convert_to('{"webhookEvent":"jira:issue_updated","n":' || n || ',"text":"' || repeat(md5(n::text), 60) || '"}', 'UTF8') END,
    '{"content-type":"application/json"}', 'current', 'jira:issue_updated / issue_updated', (10000 + n % 5000)::text, 'SHOP-' || n % 5000, '712020:' || n % 200, 'Person ' || n % 200, at,
    CASE WHEN n % 1000 = 0 THEN 'refused' ELSE 'ignored' END, CASE WHEN n % 1000 = 0 THEN 'repo_missing' ELSE 'no_mention_no_label' END,
    '[{"step":"signature","result":"yes","detail":"The signature over the raw body is right.","at":"2026-01-01T00:00:00.000Z"}]', at
  FROM (SELECT n, now() - (($4::bigint - n)::float8 / $4::bigint) * interval '90 days' AS at FROM generate_series($3::bigint + 1, $3::bigint + $2::bigint) AS n) AS rows`;
