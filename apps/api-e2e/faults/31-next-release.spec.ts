/**
 * Row 31: a later release changes tables while this one serves, and is taken back. This release goes on with the newer tables, and can
 * be started on them. Somebody who reads for seconds is in the way of the change, as a backup or a report is.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';
import pg from 'pg';
import { migrate, MIGRATIONS } from '../../api/src/database/data-source.js';
import { atRate, pause } from './chance.js';
import { fault, percentile } from './figures.js';
import { type Answered, Installation, type Parcel } from './installation.js';

const PER_SECOND = 200;
const ASKING_PERCENT = 1;
const BATCH = 50;
const READING_MS = 3000;
const LOOK_MS = 25;
/** As long as a change may keep others waiting. */
const LOCK_MS = 200;

/** What releases usually do: columns with and without defaults, a table, an index. */
class NextRelease1999000000001 implements MigrationInterface {
  name = 'NextRelease1999000000001';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE deliveries ADD COLUMN next_note text, ADD COLUMN next_count integer NOT NULL DEFAULT 0`);
    await db.query(`ALTER TABLE jobs ADD COLUMN next_note text`);
    await db.query(`ALTER TABLE connections ADD COLUMN next_note text NOT NULL DEFAULT ''`);
    await db.query(`CREATE TABLE next_things (id uuid PRIMARY KEY, connection_id uuid NOT NULL REFERENCES connections ON DELETE CASCADE)`);
    await db.query(`CREATE INDEX next_jobs ON jobs (next_note) WHERE next_note IS NOT NULL`);
  }

  async down(): Promise<void> {
    throw new Error('Nobody takes tables back: the earlier release runs on the later ones');
  }
}

describe('A later release on the same database', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.open();
  }, 300_000);

  afterAll(() => installation?.close());

  fault(31, 'tables change under load and this release goes on, before and after the later one is taken back', async (figures) => {
    const parcels: Parcel[] = [];
    const answers: Answered[] = [];
    const change = { over: false };
    const sending = sendUntil(change, parcels, answers);
    const waits = longestWait(change);
    const reading = readForLong();
    const applied = await migrate(installation.stage.database.url, [...MIGRATIONS, NextRelease1999000000001]);
    await reading;
    const [door, worker] = [installation.doors[0]!, installation.workers[0]!];
    const endings = await Promise.all([door.stop(), worker.stop()]);
    await Promise.all([door.start(), worker.start()]);
    change.over = true;
    await sending;
    await installation.settled(parcels);

    figures.condition(`${parcels.length} deliveries at ${PER_SECOND}/s, ${ASKING_PERCENT} % ask for work; a reader of ${READING_MS / 1000} s in the way; then a door and a worker of this release are started on the newer tables`);
    figures.exactly('migrations applied meanwhile', applied.join(), NextRelease1999000000001.name);
    figures.exactly('answers that were not 200', answers.filter((one) => one.status !== 200).length, 0);
    figures.exactly('exit codes other than 0', endings.filter((one) => one.code !== 0).length, 0);
    figures.within('longest wait for a table', await waits, LOCK_MS + 2 * LOOK_MS);
    figures.within('p99 of the answers', percentile(answers.map((one) => one.ms), 0.99), 2 * LOCK_MS);
    await installation.expectOneOfEach(figures, parcels);
  });

  async function sendUntil(change: { over: boolean }, parcels: Parcel[], answers: Answered[]): Promise<void> {
    while (!change.over) {
      const batch = installation.mixed(BATCH, ASKING_PERCENT * 2);
      parcels.push(...batch);
      answers.push(...(await atRate(batch, PER_SECOND, (parcel) => installation.carry(parcel))).flat());
    }
  }

  /** Holds the lightest lock there is on the tables that are to be changed. */
  async function readForLong(): Promise<void> {
    const reader = new pg.Client({ connectionString: installation.stage.database.url });
    await reader.connect();
    await reader.query('BEGIN');
    await reader.query('SELECT (SELECT count(*) FROM deliveries), (SELECT count(*) FROM jobs), (SELECT count(*) FROM connections)');
    await pause(READING_MS);
    await reader.query('COMMIT');
    await reader.end();
  }

  /** The longest time that anything but the change itself was seen waiting for a table, in milliseconds. */
  async function longestWait(change: { over: boolean }): Promise<number> {
    let longest = 0;
    while (!change.over) {
      const { rows } = await installation.database.query<{ ms: number | null }>(WAITING);
      longest = Math.max(longest, rows[0]?.ms ?? 0);
      await pause(LOOK_MS);
    }
    return Math.round(longest);
  }
});

const WAITING = `
  SELECT (max(extract(epoch FROM clock_timestamp() - waitstart)) * 1000)::float8 AS ms FROM pg_locks
  WHERE NOT granted AND locktype = 'relation' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
