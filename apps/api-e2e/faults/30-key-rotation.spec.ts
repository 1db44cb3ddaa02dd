/** Row 30: ten thousand secrets get another key while people ask for work. The rotation is the command that operators run. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../api/src/database/data-source.js';
import { uuidv7 } from '../../api/src/database/uuid.js';
import { KeyRotation } from '../../api/src/security/key-rotation.js';
import { type EncryptionKey, SecretBox } from '../../api/src/security/secret-box.js';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { ACCOUNTS, Stage } from '../src/stage.js';
import { pause } from './chance.js';
import { fault } from './figures.js';

const SECRETS = 10_000;
const MOST_ISSUES = 40;
const BETWEEN_MS = 250;
const COMMAND = join(import.meta.dirname, '../../api/dist/rotate-keys.js');

const OLD: EncryptionKey = { id: 'old', bytes: randomBytes(32) };
const NEW: EncryptionKey = { id: 'new', bytes: randomBytes(32) };
const KEYS = [NEW, OLD].map((key) => `${key.id}:${key.bytes.toString('base64')}`).join(',');

describe('A rotation of the encryption key under load', () => {
  let stage: Stage;
  let db: DataSource;

  beforeAll(async () => {
    stage = await Stage.open({ ENCRYPTION_KEYS: KEYS, JOBS_MAX_RUNNING: '1000', JOBS_MAX_RUNNING_PER_USER: '1000' });
    await stage.connectWorkspace(await stage.signIn('ada'));
    await stage.link(await stage.signIn('ben'), ACCOUNTS.ben);
    db = await new DataSource(dataSourceOptions(stage.database.url)).initialize();
    await insertPeople();
    await new KeyRotation(db, new SecretBox([OLD, NEW])).run(() => undefined);
  }, 300_000);

  afterAll(async () => {
    await db?.destroy();
    await stage?.close();
  });

  fault(30, 'every secret gets the new key, and what needs them meanwhile goes on', async (figures) => {
    const before = await sealedWith(OLD);
    const rotation = { over: false };
    const load = askUntil(rotation);
    const started = Date.now();
    const exit = await rotate().finally(() => (rotation.over = true));
    const rotatedMs = Date.now() - started;
    const issues = await load;
    const jobs = await eventually(() => jobsOf(issues), (rows) => rows.length === issues.length && rows.every((row) => row.finished), 'every job of the time of the rotation to end', 180_000);

    figures.condition(`${before} secrets with the old key; ${issues.length} people asked for work during the ${(rotatedMs / 1000).toFixed(1)} s of the rotation`);
    figures.atLeast('secrets with the old key before', before, SECRETS);
    figures.exactly('exit code of the command', exit ?? 'none', 0);
    figures.exactly('secrets with the old key afterwards', await sealedWith(OLD), 0);
    figures.exactly('secrets that the new key alone does not open', await unreadable(new SecretBox([NEW])), 0);
    figures.atLeast('triggers meanwhile', issues.length, 1);
    figures.exactly('jobs that did not succeed', jobs.filter((row) => row.state !== 'succeeded').length, 0);
  });

  /** People with keys of their own at the agent. */
  async function insertPeople(): Promise<void> {
    const box = new SecretBox([OLD]);
    const ids = Array.from({ length: SECRETS }, () => uuidv7());
    const sealed = ids.map((id) => box.seal(`the key of ${id}`, `users:${id}:agent_key`));
    await db.query(`INSERT INTO users (id, name, agent_key_sealed) SELECT id, 'somebody', sealed FROM unnest($1::uuid[], $2::text[]) AS t (id, sealed)`, [ids, sealed]);
  }

  function rotate(): Promise<number | null> {
    const child = spawn(process.execPath, [COMMAND], { stdio: ['ignore', 'ignore', 'inherit'], env: { PATH: process.env.PATH, DATABASE_URL: stage.database.url, ENCRYPTION_KEYS: KEYS } });
    return new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject));
  }

  /** Somebody asks for work four times a second: that needs the webhook's secret, the service account's token and the person's. */
  async function askUntil(rotation: { over: boolean }): Promise<string[]> {
    const { store } = stage.sandbox.jira;
    const issues: string[] = [];
    while (!rotation.over && issues.length < MOST_ISSUES) {
      const issue = store.addIssue({ projectKey: 'SHOP', number: 2000 + issues.length, summary: 'A wish', description: 'Repository: Acme/web-app', reporterId: ACCOUNTS.ben });
      stage.comment(issue.key, ACCOUNTS.ben, '@openhands please grant it');
      issues.push(issue.id);
      await pause(BETWEEN_MS);
    }
    return issues;
  }

  function jobsOf(issues: string[]): Promise<{ state: string; finished: boolean }[]> {
    return db.query('SELECT state, finished_at IS NOT NULL AS finished FROM jobs WHERE issue_id = ANY($1::text[])', [issues]);
  }

  /** Columns that hold secrets; the list of the rotation itself is not asked, because it might be wrong. */
  async function sealedWith(key: EncryptionKey): Promise<number> {
    let count = 0;
    for (const { table, column } of await sealedColumns()) {
      const [row] = await db.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM ${pg.escapeIdentifier(table)} WHERE ${pg.escapeIdentifier(column)} LIKE $1`, [`v1.${key.id}.%`]);
      count += row!.count;
    }
    return count;
  }

  function sealedColumns(): Promise<{ table: string; column: string }[]> {
    return db.query(`SELECT table_name AS table, column_name AS column FROM information_schema.columns WHERE table_schema = 'public' AND column_name LIKE '%\\_sealed'`);
  }

  async function unreadable(box: SecretBox): Promise<number> {
    const rows = await db.query<{ id: string; sealed: string }[]>('SELECT id, agent_key_sealed AS sealed FROM users WHERE agent_key_sealed IS NOT NULL');
    return rows.filter(({ id, sealed }) => !opens(box, id, sealed)).length;
  }

  function opens(box: SecretBox, id: string, sealed: string): boolean {
    try {
      return box.open(sealed, `users:${id}:agent_key`) === `the key of ${id}`;
    } catch {
      return false;
    }
  }
});
