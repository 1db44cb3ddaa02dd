/**
 * What is removed when, one rule each. Every statement removes one batch and is repeated until nothing is left, so no statement
 * holds locks for long.
 *
 * Not removed: triggers (an old body that is sent again years later must start nothing), what was written into issues (a retry
 * must not write it twice), API tokens that have expired (people see them in their list), and the log of administrators.
 */
import type { AppConfig } from '../config/config.js';

export interface RetentionRule {
  /** For the log. */
  name: string;
  /** Days that a row is kept after its time; 0: its time is when it ends. */
  days: (config: AppConfig) => number;
  /** `$1` is the time, `$2` the size of a batch. */
  sql: string;
}

/** The smallest id of a moment: ids of version 7 begin with their time, so old rows are a range of the primary key. */
const FIRST_ID = `(lpad(to_hex((extract(epoch FROM $1::timestamptz) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid`;

export const RETENTION_RULES: RetentionRule[] = [
  {
    name: 'payloads',
    days: (config) => config.env.RETENTION_PAYLOAD_DAYS,
    sql: `UPDATE deliveries SET body = NULL WHERE id IN (
            SELECT id FROM deliveries WHERE body IS NOT NULL AND id < ${FIRST_ID} AND outcome <> 'pending' ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)`,
  },
  {
    // What the agent was told: like a payload it holds what people wrote in the issue. A retry reads the issue anew.
    name: 'prompts of ended jobs',
    days: (config) => config.env.RETENTION_PAYLOAD_DAYS,
    sql: `UPDATE jobs SET prompt = '', follow_up_prompt = NULL WHERE id IN (
            SELECT id FROM jobs WHERE id < ${FIRST_ID} AND finished_at < $1 AND prompt <> '' ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)`,
  },
  {
    name: 'instructions to ended jobs',
    days: (config) => config.env.RETENTION_PAYLOAD_DAYS,
    sql: `UPDATE job_notes SET text = '' WHERE id IN (
            SELECT id FROM job_notes WHERE id < ${FIRST_ID} AND (sent_at IS NOT NULL OR failed IS NOT NULL) AND text <> '' ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)`,
  },
  {
    name: 'deliveries',
    days: (config) => config.env.RETENTION_DELIVERY_DAYS,
    sql: `DELETE FROM deliveries WHERE id IN (
            SELECT id FROM deliveries WHERE id < ${FIRST_ID} AND outcome <> 'pending' ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)`,
  },
  {
    // Of the same people the log of deliveries tells no longer either.
    name: 'unlinked accounts',
    days: (config) => config.env.RETENTION_DELIVERY_DAYS,
    sql: `DELETE FROM unlinked_accounts WHERE ctid IN (
            SELECT ctid FROM unlinked_accounts WHERE last_delivery_id < ${FIRST_ID} ORDER BY last_delivery_id LIMIT $2 FOR UPDATE SKIP LOCKED)`,
  },
  {
    // Credentials that somebody typed in and never proved to be allowed to. A record with people or jobs took effect once.
    name: 'connections that were never set up',
    days: (config) => config.env.RETENTION_PENDING_DAYS,
    sql: `DELETE FROM connections WHERE id IN (
            SELECT id FROM connections c WHERE status = 'pending' AND updated_at < $1
              AND NOT EXISTS (SELECT 1 FROM links WHERE connection_id = c.id) AND NOT EXISTS (SELECT 1 FROM jobs WHERE connection_id = c.id)
            LIMIT $2 FOR UPDATE SKIP LOCKED)`,
  },
  {
    name: 'counters of rejected calls',
    days: (config) => config.env.RETENTION_DELIVERY_DAYS,
    sql: 'DELETE FROM rejected_calls WHERE ctid IN (SELECT ctid FROM rejected_calls WHERE hour < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)',
  },
  {
    name: 'tests of connections',
    days: () => 30,
    sql: `DELETE FROM connection_tests WHERE ctid IN (
            SELECT ctid FROM connection_tests WHERE day < ($1::timestamptz AT TIME ZONE 'UTC')::date ORDER BY day LIMIT $2 FOR UPDATE SKIP LOCKED)`,
  },
  {
    name: 'sessions',
    days: () => 0,
    sql: 'DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM sessions WHERE expires_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)',
  },
  {
    name: 'OAuth attempts',
    days: () => 0,
    sql: 'DELETE FROM oauth_attempts WHERE state_hash IN (SELECT state_hash FROM oauth_attempts WHERE expires_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)',
  },
  {
    // Of processes that died; living ones give theirs back or renew them. Their time is the database's, not ours.
    name: 'leases',
    days: () => 1,
    sql: `DELETE FROM leases WHERE name IN (
            SELECT name FROM leases WHERE until < least($1::timestamptz, now() - interval '1 day') LIMIT $2 FOR UPDATE SKIP LOCKED)`,
  },
];
