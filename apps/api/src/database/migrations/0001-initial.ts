import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * All tables of the first release. Times are `timestamptz`; ids are UUIDs (version 7, made by us, so that newest-first
 * lists are index scans on the primary key). Columns that end in `_sealed` hold text encrypted by the secret box.
 */
export class Initial1790000000001 implements MigrationInterface {
  // TypeORM orders migrations by the thirteen digits at the end of the name.
  name = 'Initial1790000000001';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of TABLES) await db.query(`DROP TABLE IF EXISTS ${table} CASCADE`);
  }
}

const TABLES = [
  'issue_writes', 'job_notes', 'job_events', 'job_runs', 'jobs', 'triggers', 'deliveries', 'rejected_calls', 'links', 'connections',
  'oauth_attempts', 'api_tokens', 'sessions', 'identities', 'users', 'leases',
];

const STATEMENTS = [
  // --- auth -----------------------------------------------------------------------------------------------------------
  `CREATE TABLE users (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    email text,
    email_verified boolean NOT NULL DEFAULT false,
    avatar_url text,
    agent_key_sealed text,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_signed_in_at timestamptz
  )`,
  `CREATE INDEX users_verified_email ON users (lower(email)) WHERE email_verified`,
  `CREATE TABLE identities (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    provider text NOT NULL,
    host text NOT NULL,
    subject text NOT NULL,
    login text NOT NULL,
    access_token_sealed text,
    refresh_token_sealed text,
    access_token_expires_at timestamptz,
    -- 'active', or 'expired' when the provider no longer accepts the authorisation and the person must sign in again
    status text NOT NULL DEFAULT 'active',
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (provider, host, subject)
  )`,
  `CREATE INDEX identities_user ON identities (user_id)`,
  `CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
  )`,
  `CREATE INDEX sessions_user ON sessions (user_id)`,
  `CREATE TABLE api_tokens (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name text NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    last_used_at timestamptz
  )`,
  `CREATE TABLE oauth_attempts (
    state_hash bytea PRIMARY KEY,
    browser_hash bytea NOT NULL,
    purpose text NOT NULL,
    user_id uuid REFERENCES users ON DELETE CASCADE,
    connection_id uuid,
    payload_sealed text NOT NULL,
    expires_at timestamptz NOT NULL
  )`,

  // --- connections and links ------------------------------------------------------------------------------------------
  `CREATE TABLE connections (
    id uuid PRIMARY KEY,
    product text NOT NULL,
    -- Cloud: the host, lower case. Data Center: the host of the base URL.
    site text NOT NULL,
    -- Address for people: Cloud https://<site>; Data Center the base URL with its context path.
    site_url text NOT NULL,
    cloud_id text,
    owner_id uuid REFERENCES users ON DELETE SET NULL,
    -- pending (OAuth proof or webhook confirmation is missing), active, paused, inactive (unlinked by its owner)
    status text NOT NULL,
    service_account_email text,
    service_account_token_sealed text,
    -- 'basic' or 'bearer': the scheme that worked (Cloud)
    service_account_scheme text,
    service_account_token_expires_at timestamptz,
    service_account_saved_at timestamptz,
    -- Cloud: accountId. Data Center: user name and key. Empty when not known yet.
    service_account_ids text[] NOT NULL DEFAULT '{}',
    webhook_secret_sealed text,
    webhook_secret_set_at timestamptz,
    -- The former secret, accepted until the given time after a rotation.
    previous_secret_sealed text,
    previous_secret_until timestamptz,
    webhook_mode text,
    webhook_confirmed_at timestamptz,
    first_delivery_at timestamptz,
    last_delivery_at timestamptz,
    reactions_off_at timestamptz,
    -- Goes up with each change, so that caches of other processes notice.
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  )`,
  // Anybody may begin to connect a site; only one connection per site ever takes effect.
  `CREATE UNIQUE INDEX connections_site ON connections (product, site) WHERE status <> 'pending'`,
  `CREATE INDEX connections_owner ON connections (owner_id)`,
  `CREATE TABLE links (
    id uuid PRIMARY KEY,
    connection_id uuid NOT NULL REFERENCES connections ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    jira_account_id text NOT NULL,
    jira_display_name text NOT NULL,
    method text NOT NULL,
    access_token_sealed text,
    refresh_token_sealed text,
    access_token_expires_at timestamptz,
    status text NOT NULL DEFAULT 'active',
    linked_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (connection_id, jira_account_id),
    UNIQUE (connection_id, user_id)
  )`,

  // --- deliveries and triggers ----------------------------------------------------------------------------------------
  `CREATE TABLE deliveries (
    id uuid PRIMARY KEY,
    connection_id uuid NOT NULL REFERENCES connections ON DELETE CASCADE,
    -- 'webhook', 'replay' or 'sweep'
    origin text NOT NULL DEFAULT 'webhook',
    origin_delivery_id uuid,
    -- x-atlassian-webhook-identifier: equal on every retry, but not signed
    identifier text,
    -- SHA-256 of the body; null for replays, which repeat a body on purpose
    body_hash bytea,
    body bytea,
    headers jsonb NOT NULL DEFAULT '{}',
    signed_with text NOT NULL DEFAULT 'current',
    event text NOT NULL,
    issue_id text,
    issue_key text,
    actor_id text,
    actor_name text,
    trigger_key text,
    received_at timestamptz NOT NULL,
    outcome text NOT NULL,
    reason text,
    detail text,
    job_id uuid,
    duplicate_of uuid,
    duplicates integer NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    trace jsonb NOT NULL DEFAULT '[]',
    settled_at timestamptz
  )`,
  `CREATE UNIQUE INDEX deliveries_identifier ON deliveries (connection_id, identifier)`,
  `CREATE UNIQUE INDEX deliveries_body ON deliveries (connection_id, body_hash)`,
  `CREATE INDEX deliveries_newest ON deliveries (connection_id, id DESC)`,
  `CREATE INDEX deliveries_issue ON deliveries (issue_key, id DESC)`,
  `CREATE INDEX deliveries_actor ON deliveries (connection_id, actor_id, id DESC)`,
  `CREATE INDEX deliveries_duplicate_of ON deliveries (duplicate_of) WHERE duplicate_of IS NOT NULL`,
  // What was asked for, once for ever: (connection, key). Never deleted, so that an old body replayed years later starts nothing.
  `CREATE TABLE triggers (
    connection_id uuid NOT NULL REFERENCES connections ON DELETE CASCADE,
    key text NOT NULL,
    delivery_id uuid NOT NULL,
    issue_id text NOT NULL,
    comment_id text,
    text_hash bytea,
    outcome text,
    reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz,
    PRIMARY KEY (connection_id, key)
  )`,
  `CREATE INDEX triggers_comment ON triggers (connection_id, comment_id) WHERE comment_id IS NOT NULL`,
  // Calls that were not let in: counters only, nothing of the body.
  `CREATE TABLE rejected_calls (
    connection_id uuid,
    reason text NOT NULL,
    hour timestamptz NOT NULL,
    count integer NOT NULL DEFAULT 0,
    last_at timestamptz NOT NULL,
    last_header_names text[] NOT NULL DEFAULT '{}',
    last_size integer NOT NULL DEFAULT 0
  )`,
  `CREATE UNIQUE INDEX rejected_calls_key ON rejected_calls (coalesce(connection_id, '00000000-0000-0000-0000-000000000000'::uuid), reason, hour)`,

  // --- jobs -----------------------------------------------------------------------------------------------------------
  `CREATE TABLE jobs (
    id uuid PRIMARY KEY,
    connection_id uuid NOT NULL REFERENCES connections ON DELETE CASCADE,
    delivery_id uuid,
    trigger_key text NOT NULL,
    -- 'mention', 'label' or 'retry'
    trigger text NOT NULL,
    issue_id text NOT NULL,
    issue_key text NOT NULL,
    issue_url text NOT NULL,
    issue_summary text NOT NULL,
    service_project boolean NOT NULL DEFAULT false,
    comment_id text,
    audience jsonb NOT NULL,
    user_id uuid REFERENCES users ON DELETE SET NULL,
    actor jsonb NOT NULL,
    link_method text,
    -- {provider, host, fullName, branch, source, url}, or null when the job runs without a repository
    repository jsonb,
    prompt text NOT NULL,
    -- What is said instead when the job goes on in an earlier conversation.
    follow_up_prompt text,
    system_suffix text NOT NULL,
    state text NOT NULL,
    -- 'needs_input' or 'suspended', while running
    mark text,
    conversation_id uuid,
    conversation_url text,
    continues_job_id uuid,
    previous_job_id uuid,
    failure text,
    cancel_reason text,
    cancelled_by text,
    cancel_requested_at timestamptz,
    result_text text,
    pull_requests text[] NOT NULL DEFAULT '{}',
    acknowledged_at timestamptz,
    received_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    UNIQUE (connection_id, trigger_key)
  )`,
  // The promise "one active job per issue", kept by the database.
  `CREATE UNIQUE INDEX jobs_one_active ON jobs (connection_id, issue_id) WHERE state IN ('queued', 'starting', 'running')`,
  `CREATE INDEX jobs_issue ON jobs (connection_id, issue_id, id DESC)`,
  `CREATE INDEX jobs_active_user ON jobs (user_id) WHERE state IN ('queued', 'starting', 'running')`,
  `CREATE INDEX jobs_state ON jobs (state, id) WHERE state IN ('queued', 'starting', 'running')`,
  `CREATE TABLE job_runs (
    id uuid PRIMARY KEY,
    job_id uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
    number integer NOT NULL,
    conversation_id uuid NOT NULL,
    start_task_id text,
    sandbox_id text,
    -- 'installation', or the id of the user whose own key is used
    agent_account text NOT NULL,
    state text NOT NULL,
    follow jsonb NOT NULL DEFAULT '{}',
    next_poll_at timestamptz,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    failure text,
    UNIQUE (job_id, number)
  )`,
  `CREATE INDEX job_runs_due ON job_runs (next_poll_at) WHERE finished_at IS NULL`,
  `CREATE TABLE job_events (
    id uuid PRIMARY KEY,
    job_id uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
    at timestamptz NOT NULL DEFAULT now(),
    kind text NOT NULL,
    detail text NOT NULL
  )`,
  `CREATE INDEX job_events_job ON job_events (job_id, id)`,
  // Instructions that are passed on to a job while it is active.
  `CREATE TABLE job_notes (
    id uuid PRIMARY KEY,
    job_id uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
    delivery_id uuid NOT NULL UNIQUE,
    from_name text NOT NULL,
    text text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    failed text
  )`,
  `CREATE INDEX job_notes_open ON job_notes (job_id) WHERE sent_at IS NULL AND failed IS NULL`,

  // --- comments: what we write into issues ----------------------------------------------------------------------------
  // One row per thing that should exist in an issue. revision is what we want, written_revision what Jira has.
  `CREATE TABLE issue_writes (
    id uuid PRIMARY KEY,
    -- The same key is never written twice: job:<id>:status, job:<id>:result, refusal:<delivery id>, ...
    key text NOT NULL UNIQUE,
    connection_id uuid NOT NULL REFERENCES connections ON DELETE CASCADE,
    issue_id text NOT NULL,
    -- 'comment', 'remote_link' or 'reaction'
    kind text NOT NULL,
    job_id uuid,
    delivery_id uuid,
    -- Refusals of one reason to one person on one issue share a group for 24 hours.
    memory_group text,
    content jsonb NOT NULL,
    audience jsonb,
    quiet boolean NOT NULL DEFAULT true,
    revision integer NOT NULL DEFAULT 1,
    written_revision integer NOT NULL DEFAULT 0,
    -- The comment's id in Jira, once posted.
    remote_id text,
    attempts integer NOT NULL DEFAULT 0,
    -- The POST that may have happened, and the revision that it carried.
    post_attempted_at timestamptz,
    posting_revision integer,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    failing_since timestamptz,
    gave_up_reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    written_at timestamptz
  )`,
  `CREATE INDEX issue_writes_due ON issue_writes (next_attempt_at) WHERE written_revision < revision AND gave_up_reason IS NULL`,
  `CREATE INDEX issue_writes_issue ON issue_writes (connection_id, issue_id, id)`,
  `CREATE INDEX issue_writes_memory ON issue_writes (memory_group, created_at DESC) WHERE memory_group IS NOT NULL`,
  `CREATE INDEX issue_writes_remote ON issue_writes (connection_id, remote_id) WHERE remote_id IS NOT NULL`,

  // --- work that one process at a time may do -------------------------------------------------------------------------
  `CREATE TABLE leases (
    name text PRIMARY KEY,
    holder uuid NOT NULL,
    until timestamptz NOT NULL
  )`,
];
