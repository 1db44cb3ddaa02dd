import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who asked in Jira and got nothing because nobody here is linked to them, one row per account: among a million deliveries these few people
 * could not be found in time. What the log of deliveries still tells is the first content.
 */
export class UnlinkedAccounts1790000000011 implements MigrationInterface {
  name = 'UnlinkedAccounts1790000000011';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE unlinked_accounts');
  }
}

const STATEMENTS = [
  `CREATE TABLE unlinked_accounts (
    connection_id uuid NOT NULL REFERENCES connections ON DELETE CASCADE,
    jira_account_id text NOT NULL,
    display_name text NOT NULL,
    -- The reason of the latest refusal, and its words.
    reason text NOT NULL,
    detail text NOT NULL,
    lost_requests integer NOT NULL DEFAULT 1,
    last_lost_at timestamptz NOT NULL,
    -- The latest refused delivery. Its id carries its time: lists are sorted by it, and old rows are a range of it.
    last_delivery_id uuid NOT NULL,
    PRIMARY KEY (connection_id, jira_account_id)
  )`,
  `CREATE INDEX unlinked_accounts_newest ON unlinked_accounts (last_delivery_id DESC)`,
  `CREATE INDEX unlinked_accounts_of_connection ON unlinked_accounts (connection_id, last_delivery_id DESC)`,
  `INSERT INTO unlinked_accounts (connection_id, jira_account_id, display_name, reason, detail, lost_requests, last_lost_at, last_delivery_id)
   SELECT connection_id, actor_id, (array_agg(coalesce(actor_name, '') ORDER BY id DESC))[1], (array_agg(reason ORDER BY id DESC))[1], (array_agg(coalesce(detail, '') ORDER BY id DESC))[1],
          count(*), max(received_at), (array_agg(id ORDER BY id DESC))[1]
   FROM deliveries
   WHERE reason IN ('user_not_linked', 'user_no_account', 'user_email_hidden', 'user_link_ambiguous', 'user_link_expired')
     AND outcome = 'refused' AND origin <> 'replay' AND actor_id <> ''
     AND NOT EXISTS (
       SELECT FROM links l WHERE l.connection_id = deliveries.connection_id AND l.jira_account_id = deliveries.actor_id AND l.status = 'active' AND l.linked_at > deliveries.received_at)
   GROUP BY connection_id, actor_id`,
];
