/**
 * A backup, restored as the guide for operations says, serves: secrets open, what was decided stays decided, jobs that ran come
 * to their end, and what happened since is searched for.
 *
 * Where pg_dump and pg_restore fit the server, they are used; elsewhere PostgreSQL copies the files of the database.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { readConfig } from '../../api/src/config/config.js';
import { migrate } from '../../api/src/database/data-source.js';
import { FollowPlan } from '../../api/src/jobs/follow-plan.js';
import { createServer } from '../../api/src/server.js';
import { Sweep } from '../../api/src/triage/sweep.service.js';
import { SweepStore } from '../../api/src/triage/sweep.store.js';
import type { Browser } from '../../../tools/sandbox/browser.ts';
import { ACCOUNTS, Stage } from './stage.js';
import { StoryIssue } from './story-issue.js';

const MINUTE_MS = 60_000;

/** The service, which can be taken off its database and put on another. */
class MovableProduct {
  private server: NestFastifyApplication | undefined;

  constructor(
    private readonly environment: Record<string, string>,
    private readonly port: number,
  ) {}

  async startOn(databaseUrl: string): Promise<this> {
    await migrate(databaseUrl);
    this.server = await createServer(readConfig(this.environment), databaseUrl);
    Object.assign(this.server.get(FollowPlan), { tickMs: 20, shortPauseMs: 20, startLook: () => 20, conversationLook: () => 20, backOff: () => 20 });
    await this.server.listen(this.port, 'localhost');
    return this;
  }

  get(type: never, options: { strict: boolean }): unknown {
    return this.server!.get(type, options);
  }

  async close(): Promise<void> {
    await this.server?.close();
  }
}

let stage: Stage;
let product: MovableProduct;
let ada: Browser;
let connectionId: string;
let restored: string;

beforeAll(async () => {
  stage = await Stage.open({}, async (environment, databaseUrl, port) => (product = await new MovableProduct(environment, port).startOn(databaseUrl)));
  ada = await stage.signIn('ada');
  connectionId = await stage.connectWorkspace(ada);
  await stage.link(await stage.signIn('ben'), ACCOUNTS.ben);
  await stage.inside(SweepStore).connections();
});

afterAll(async () => {
  await stage.close();
  await admin(`DROP DATABASE IF EXISTS ${restored} WITH (FORCE)`);
});

async function admin(sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client(process.env.TEST_DATABASE_URL);
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

const urlOf = (name: string): string => Object.assign(new URL(stage.database.url), { pathname: `/${name}` }).href;

/** Takes a backup and restores it into an empty database of that name. */
async function backUpInto(name: string): Promise<void> {
  const { rows } = await admin(`SELECT current_setting('server_version_num')::int / 10000 AS major`);
  if (majorOfTools() < (rows as [{ major: number }])[0].major) return void (await admin(`CREATE DATABASE ${name} TEMPLATE ${new URL(stage.database.url).pathname.slice(1)} STRATEGY file_copy`));
  const file = join(tmpdir(), `${name}.dump`);
  execFileSync('pg_dump', ['--format=custom', `--file=${file}`, stage.database.url]);
  await admin(`CREATE DATABASE ${name}`);
  execFileSync('pg_restore', ['--no-owner', `--dbname=${urlOf(name)}`, file]);
  rmSync(file);
}

function majorOfTools(): number {
  try {
    return Number(/\) (\d+)/.exec(execFileSync('pg_dump', ['--version'], { encoding: 'utf8' }))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

it('a restored backup serves, and starts nothing twice', async () => {
  const done = new StoryIssue(stage, ada);
  const [sent] = done.sentBy(() => stage.sandbox.actions.comment(done.key, 'ben', '@openhands fix it'));
  const { deliveryId } = await done.answered(sent!);
  const decided = await done.settled(deliveryId);
  await done.jobIs(decided.jobId);
  await done.comments();
  const startsBefore = stage.sandbox.openhands.conversations.length;

  await product.close();
  restored = `restored_${Date.now()}`;
  await backUpInto(restored);

  // After the backup: somebody asks, and the service that is lost later has not heard of it.
  const missed = new StoryIssue(stage, ada);
  const { webhooks } = stage.sandbox.jira;
  webhooks.hold();
  missed.sentBy(() => stage.sandbox.actions.comment(missed.key, 'ben', '@openhands fix it too'));
  webhooks.loseHeld();
  for (const comment of missed.issue.comments) comment.created = comment.updated -= 3 * MINUTE_MS;

  await product.startOn(urlOf(restored));
  expect((await fetch(`${stage.url}/readyz`)).status).toBe(200);
  expect((await ada.get('/api/v1/me')).json.name).toBe('Ada Admin');

  // What Jira sends again is known, by its bytes and by its meaning.
  expect((await stage.deliver(connectionId, sent!.body)).json).toMatchObject({ outcome: 'ignored', reason: 'duplicate_delivery' });
  const again = await stage.deliver(connectionId, sent!.body.replace('"timestamp":', '"again":1,"timestamp":'));
  expect(await done.settled(again.json.deliveryId)).toMatchObject({ outcome: 'ignored', reason: 'duplicate_trigger' });
  expect(stage.sandbox.openhands.conversations.length).toBe(startsBefore);

  // The sealed token opens: a new request is read back, started and answered.
  const next = new StoryIssue(stage, ada);
  const asked = await next.ask('ben', '@openhands fix it');
  expect(asked).toMatchObject({ outcome: 'job', reason: 'started' });
  expect(await next.jobIs(asked.jobId)).toMatchObject({ state: 'succeeded' });

  // What came after the backup is searched for.
  await stage.inside(DataSource).query(`UPDATE sweeps SET swept_until = now() - interval '10 minutes'`);
  await stage.inside(Sweep).run(connectionId);
  await stage.ourComment(missed.key, /last words/);
}, 60_000);
