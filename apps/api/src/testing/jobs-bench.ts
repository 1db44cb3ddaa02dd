/**
 * The rooms jobs and comments on a database of their own, with a fake Jira and the sandbox's agent. Nothing runs by itself:
 * a test works the queue, looks at the agent and writes comments when it wants to, so nothing sleeps.
 */
import { Test, type TestingModule } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { realClock } from '../../../../tools/sandbox/clock.ts';
import { OpenHands } from '../../../../tools/sandbox/openhands/openhands.ts';
import { CREDENTIALS, seedAgent } from '../../../../tools/sandbox/seed.ts';
import { listen, type Listening } from '../../../../tools/sandbox/stand-in.ts';
import { IssueWriteEntity } from '../comments/issue-write.entity.js';
import { IssueWriter } from '../comments/issue-writer.js';
import { IssueWrites } from '../comments/issue-writes.service.js';
import { RenewedAccess } from '../comments/renewed-access.js';
import { WriteToJira } from '../comments/write-to-jira.js';
import { Clock } from '../config/clock.js';
import { readConfig } from '../config/config.js';
import { ConfigModule } from '../config/config.module.js';
import { ConnectionEntity } from '../connections/connection.entity.js';
import { DatabaseModule } from '../database/database.module.js';
import { uuidv7 } from '../database/uuid.js';
import { HttpModule } from '../http/http.module.js';
import { Jiras } from '../jira/jiras.service.js';
import { Agent } from '../jobs/agent.js';
import { AgentKeys } from '../jobs/agent-keys.js';
import { AgentStopper } from '../jobs/agent-stopper.js';
import { ConversationFollower } from '../jobs/conversation-follower.js';
import { FollowPlan } from '../jobs/follow-plan.js';
import { Follower } from '../jobs/follower.js';
import { JOB_ENTITIES, JobEntity } from '../jobs/jobs.entity.js';
import { JobProgress } from '../jobs/job-progress.js';
import { RunProgress } from '../jobs/run-progress.js';
import { Runs } from '../jobs/runs.service.js';
import { JOB_PROVIDERS } from '../jobs/job-providers.js';
import { Jobs, type NewJob } from '../jobs/jobs.service.js';
import { Notes } from '../jobs/notes.service.js';
import { OpenHandsAgent } from '../jobs/openhands.agent.js';
import { OpenHandsClient } from '../jobs/openhands.client.js';
import { Runner } from '../jobs/runner.js';
import { QueueModule } from '../queue/queue.module.js';
import { RetryLater } from '../queue/queue.service.js';
import { FakeJira } from './fake-jira.js';
import { testDatabase, type TestDatabase } from './test-database.js';

/** The machine's time, moved by hand. */
class MovedClock extends Clock {
  private offset = 0;

  override now(): Date {
    return new Date(Date.now() + this.offset);
  }

  advance(ms: number): void {
    this.offset += ms;
  }
}

/** Everything is due at once; the limits stay as they are. */
class ImpatientPlan extends FollowPlan {
  override readonly shortPauseMs = 0;
  override readonly leaseMs = 0;

  override startLook(): number { return 0; }
  override conversationLook(): number { return 0; }
  override backOff(): number { return 0; }
}

/** How often a loop may go round before a test gives up on it. */
const ROUNDS = 60;

export class JobsBench {
  readonly jira = new FakeJira();
  readonly clock = new MovedClock();
  /** Own keys of people, by user id. */
  readonly ownKeys = new Map<string, string>();
  readonly credentials = CREDENTIALS;
  /** The stand-in of the agent. */
  agent!: OpenHands;
  agentUrl!: string;
  connectionId!: string;
  userId!: string;
  private listening: Listening | undefined;
  private database: TestDatabase | undefined;
  private module: TestingModule | undefined;

  async start(environment: Record<string, string> = {}): Promise<this> {
    await this.startAgent();
    this.database = await testDatabase();
    const config = readConfig({
      PUBLIC_URL: 'https://openhands.example.com', ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      OPENHANDS_URL: this.agentUrl, OPENHANDS_API_KEY: CREDENTIALS.openhandsKey,
      GITHUB_CLIENT_ID: 'client', GITHUB_CLIENT_SECRET: 'secret', ...environment,
    });
    this.module = await Test.createTestingModule({
      imports: [ConfigModule.with(config), DatabaseModule.with(this.database.url), QueueModule.with(this.database.url), HttpModule, TypeOrmModule.forFeature([...JOB_ENTITIES, IssueWriteEntity, ConnectionEntity])],
      providers: [
        ...JOB_PROVIDERS, IssueWrites, IssueWriter, WriteToJira, RenewedAccess, OpenHandsClient,
        { provide: Jiras, useValue: this.jira },
        { provide: Agent, useClass: OpenHandsAgent },
        { provide: AgentKeys, useValue: { keyOf: async (userId: string) => this.ownKeys.get(userId) ?? null } },
        { provide: FollowPlan, useClass: ImpatientPlan },
      ],
    }).overrideProvider(Clock).useValue(this.clock).compile();
    await this.module.init();
    this.userId = await this.addUser('Ada Admin');
    this.connectionId = await this.addConnection(this.userId);
    this.get(IssueWriter).onFirstWrite({ change: (first) => this.jobs.acknowledgement(first), done: (rows) => this.jobs.countAcknowledged(rows) });
    return this;
  }

  async close(): Promise<void> {
    await this.module?.close();
    await this.database?.drop();
    await this.listening?.close();
  }

  /** The agent alone, which sees one repository. */
  private async startAgent(): Promise<void> {
    const repository = { id: '1', fullName: 'Acme/web-app', provider: 'github', isPublic: false, mainBranch: 'main', branches: ['main'], pullRequestUrl: 'https://github.com/Acme/web-app/pull/7' };
    this.agent = new OpenHands({ clock: { ...realClock, now: () => this.clock.now().getTime() }, url: () => this.agentUrl, repositories: () => [repository] });
    seedAgent(this.agent);
    this.listening = await listen(this.agent.standIn, 0, ['127.0.0.1']);
    this.agentUrl = `http://127.0.0.1:${this.listening.port}`;
  }

  now(): Date {
    return this.clock.now();
  }

  get db(): DataSource { return this.get(DataSource); }
  get jobs(): Jobs { return this.get(Jobs); }

  get<T>(type: abstract new (...args: never[]) => T): T {
    return this.module!.get<T>(type as never);
  }

  /** A follower of another process. */
  anotherFollower(): Follower {
    const parts = [Runs, Agent, ConversationFollower, AgentStopper, RunProgress, JobProgress, FollowPlan, Clock] as const;
    return new Follower(...(parts.map((part) => this.get(part as never)) as unknown as ConstructorParameters<typeof Follower>));
  }

  async addUser(name: string): Promise<string> {
    const id = uuidv7();
    await this.db.query('INSERT INTO users (id, name) VALUES ($1, $2)', [id, name]);
    if (this.connectionId) await this.link(this.connectionId, id);
    return id;
  }

  async addConnection(ownerId: string | null, site = 'acme.atlassian.net'): Promise<string> {
    const id = uuidv7();
    await this.db.query(`INSERT INTO connections (id, product, site, site_url, owner_id, status) VALUES ($1, 'jira-cloud', $2, $3, $4, 'active')`, [id, site, `https://${site}`, ownerId]);
    await this.link(id, this.userId);
    return id;
  }

  async link(connectionId: string, userId: string): Promise<void> {
    await this.db.query(`INSERT INTO links (id, connection_id, user_id, jira_account_id, jira_display_name, method, linked_at) VALUES ($1, $2, $3, $4, 'Somebody', 'oauth', now())`, [uuidv7(), connectionId, userId, `account of ${userId}`]);
  }

  /** A new job's data; fields may be replaced. */
  newJob(fields: Partial<NewJob> = {}): NewJob {
    const id = uuidv7();
    return {
      connectionId: this.connectionId, deliveryId: uuidv7(), triggerKey: `comment:10012:${id}`, trigger: 'mention',
      issue: { id: '10012', key: 'SHOP-12', url: 'https://acme.atlassian.net/browse/SHOP-12', summary: 'Total in the cart is a cent off', serviceProject: false },
      commentId: '501', thumbsUpFor: '501', audience: { visibility: null, internal: false },
      userId: this.userId, actor: { id: 'account-ada', displayName: 'Ada Admin' }, linkMethod: 'oauth',
      repository: { provider: 'github', host: 'github.com', fullName: 'Acme/web-app', url: 'https://github.com/Acme/web-app', branch: null, source: 'line' },
      prompt: 'Please work on SHOP-12.', followUpPrompt: 'There is a new comment on SHOP-12.', systemSuffix: 'Rules.', continuesJobId: null, previousJobId: null, receivedAt: this.clock.now(),
      ...fields,
    };
  }

  /** A job on an issue of its own. */
  onIssue(number: number, fields: Partial<NewJob> = {}): NewJob {
    return this.newJob({ issue: { id: String(20_000 + number), key: `SHOP-${number}`, url: `https://acme.atlassian.net/browse/SHOP-${number}`, summary: 'Something', serviceProject: false }, ...fields });
  }

  async add(fields: Partial<NewJob> = {}): Promise<JobEntity> {
    return (await this.db.transaction((manager) => this.jobs.add(manager, this.newJob(fields)))).job;
  }

  async job(id: string): Promise<JobEntity> {
    return this.db.manager.findOneByOrFail(JobEntity, { id });
  }

  /** An instruction of somebody else for a job. */
  async addNote(jobId: string, text: string, deliveryId: string = uuidv7()): Promise<'added' | 'repeated' | 'over'> {
    return this.db.transaction((manager) => this.jobs.addNote(manager, { jobId, deliveryId, fromName: 'Ben Builder', text, thumbsUpFor: null, audience: { visibility: null, internal: false } }));
  }

  async cancel(jobId: string): Promise<boolean> {
    return this.db.transaction((manager) => this.jobs.cancel(manager, jobId, { reason: 'stopped_by_person', by: 'Ben Builder' }));
  }

  /** What people said in a conversation after its beginning. */
  userMessages(conversationId: string): string[] {
    const said = this.agent.conversation(conversationId).allEvents().filter((event) => event.source === 'user' && event.kind === 'MessageEvent');
    return said.map((event) => (event['llm_message'] as { content: { text: string }[] }).content[0]!.text);
  }

  /** Looks at the agent until nothing of a job is left to be followed or stopped. */
  async untilRunsAreOver(jobId: string): Promise<void> {
    await rounds(`the runs of ${jobId}`, async () => {
      await this.tick();
      const [{ open }] = (await this.db.query('SELECT count(*)::int AS open FROM job_runs WHERE job_id = $1 AND finished_at IS NULL', [jobId])) as [{ open: number }];
      return open === 0;
    });
  }

  /** Forgets everything that a test before has done. */
  async clear(): Promise<void> {
    await this.db.query('TRUNCATE jobs, job_runs, job_events, job_notes, issue_writes CASCADE');
    await this.db.query('DELETE FROM queue.job');
    Object.assign(this.jira, new FakeJira());
    this.ownKeys.clear();
    this.agent.conversations.length = 0;
    this.agent.standIn.calls.length = 0;
    this.agent.standIn.faults.clear();
    // Writes of the test before count for the pace of an issue no more.
    this.clock.advance(60_000);
  }

  /** One attempt at the queue entry that starts a job. `waits` when it wants to come again. */
  async startOnce(jobId: string): Promise<'done' | 'waits'> {
    return settle(() => this.get(Runner).start(jobId));
  }

  /** Works the entry that starts a job until it is done. */
  async startUp(jobId: string): Promise<void> {
    await rounds(`the start of ${jobId}`, async () => (await this.startOnce(jobId)) === 'done');
  }

  async tick(): Promise<void> {
    await this.get(Follower).tick();
  }

  /** Looks at the agent until the job is as wanted. */
  async followUntil(jobId: string, wanted: (job: JobEntity) => boolean): Promise<JobEntity> {
    await rounds(`job ${jobId}`, async () => {
      if (wanted(await this.job(jobId))) return true;
      await this.tick();
      return false;
    });
    return this.job(jobId);
  }

  /** Looks at the agent until the job has ended. */
  async followToEnd(jobId: string): Promise<JobEntity> {
    return this.followUntil(jobId, (job) => job.finishedAt !== null);
  }

  /** From an added job to its end. The queue's own pauses are skipped. */
  async run(jobId: string): Promise<JobEntity> {
    await this.startUp(jobId);
    return this.followToEnd(jobId);
  }

  async passOnNotes(jobId: string): Promise<'done' | 'waits'> {
    return settle(() => this.get(Notes).passOn(jobId));
  }

  /** Writes what is due for an issue. */
  async write(issueId = '10012'): Promise<'done' | 'waits'> {
    return settle(() => this.get(IssueWriter).writeDue(this.connectionId, issueId));
  }

  async timeline(jobId: string): Promise<string[]> {
    return ((await this.db.query('SELECT kind FROM job_events WHERE job_id = $1 ORDER BY id', [jobId])) as { kind: string }[]).map((row) => row.kind);
  }

  /** How often the agent was asked to start something. */
  starts(): number {
    return this.agent.standIn.calls.filter((call) => call.method === 'POST' && call.path === '/api/v1/app-conversations').length;
  }
}

async function settle(work: () => Promise<void>): Promise<'done' | 'waits'> {
  try {
    await work();
    return 'done';
  } catch (error) {
    if (error instanceof RetryLater) return 'waits';
    throw error;
  }
}

async function rounds(what: string, isDone: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) if (await isDone()) return;
  throw new Error(`${what} did not get there in ${ROUNDS} rounds`);
}
