import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Two Jiras of one host are two sites: the context path of a Jira Data Center is part of its name. And each git account keeps the e-mail
 * address that it gave, so that an address counts no longer than an account has it.
 */
export class SitesAndAddresses1790000000013 implements MigrationInterface {
  name = 'SitesAndAddresses1790000000013';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE identities DROP COLUMN email, DROP COLUMN email_verified');
    await db.query(`UPDATE connections SET site = split_part(site, '/', 1), version = version + 1 WHERE product = 'jira-data-center'`);
  }
}

const STATEMENTS = [
  `UPDATE connections SET site = site || rtrim(regexp_replace(site_url, '^[^:]*://[^/]*', ''), '/'), version = version + 1
   WHERE product = 'jira-data-center' AND site_url ~ '^[^:]*://[^/]+/.' AND strpos(site, '/') = 0`,
  `ALTER TABLE identities
     ADD COLUMN email text,
     -- Null until the account has signed in since addresses are kept with it.
     ADD COLUMN email_verified boolean`,
  // With several accounts nobody knows whose address it is; their next sign-in tells.
  `UPDATE identities i SET email = u.email, email_verified = u.email_verified
   FROM users u WHERE u.id = i.user_id AND NOT EXISTS (SELECT 1 FROM identities o WHERE o.user_id = i.user_id AND o.id <> i.id)`,
];
