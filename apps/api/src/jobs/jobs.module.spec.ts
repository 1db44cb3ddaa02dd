import { Test } from '@nestjs/testing';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { realClock } from '../../../../tools/sandbox/clock.ts';
import { OpenHands } from '../../../../tools/sandbox/openhands/openhands.ts';
import { CREDENTIALS, seedAgent } from '../../../../tools/sandbox/seed.ts';
import { listen, type Listening } from '../../../../tools/sandbox/stand-in.ts';
import { AGENT_KEY_CHECK, type AgentKeyCheck } from '../auth/agent-key-check.js';
import { readConfig } from '../config/config.js';
import { ConfigModule } from '../config/config.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { uuidv7 } from '../database/uuid.js';
import { HttpModule } from '../http/http.module.js';
import { Jiras } from '../jira/jiras.service.js';
import { QueueModule } from '../queue/queue.module.js';
import { SecurityModule } from '../security/security.module.js';
import { FakeJira } from '../testing/fake-jira.js';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { FollowPlan } from './follow-plan.js';
import { JobsModule } from './jobs.module.js';
import { Jobs } from './jobs.service.js';

class QuickPlan extends FollowPlan {
  override readonly tickMs = 20;

  override startLook(): number { return 0; }
  override conversationLook(): number { return 0; }
}

describe('The room jobs, put together', () => {
  const jira = new FakeJira();
  let database: TestDatabase;
  let listening: Listening;
  let app: Awaited<ReturnType<typeof start>>;

  async function start() {
    const module = await Test.createTestingModule({
      imports: [
        ConfigModule.with(readConfig({
          PUBLIC_URL: 'https://openhands.example.com', ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
          OPENHANDS_URL: `http://127.0.0.1:${listening.port}`, OPENHANDS_API_KEY: CREDENTIALS.openhandsKey,
        })),
        DatabaseModule.with(database.url), QueueModule.with(database.url), HttpModule, SecurityModule, JobsModule,
      ],
    }).overrideProvider(Jiras).useValue(jira).overrideProvider(FollowPlan).useClass(QuickPlan).compile();
    module.useLogger(false);
    return module.init();
  }

  beforeAll(async () => {
    const agent: OpenHands = new OpenHands({ clock: realClock, url: () => `http://127.0.0.1:${listening.port}`, repositories: () => [] });
    seedAgent(agent);
    listening = await listen(agent.standIn, 0, ['127.0.0.1']);
    database = await testDatabase();
    app = await start();
  });

  afterAll(async () => {
    await app?.close();
    await database?.drop();
    await listening?.close();
  });

  it('brings a job from its queue entry to its result comment by itself', async () => {
    const db = app.get(DataSource);
    const [connectionId, userId] = [uuidv7(), uuidv7()];
    await db.query(`INSERT INTO users (id, name) VALUES ($1, 'Ada')`, [userId]);
    await db.query(`INSERT INTO connections (id, product, site, site_url, owner_id, status) VALUES ($1, 'jira-cloud', 'acme.atlassian.net', 'https://acme.atlassian.net', $2, 'active')`, [connectionId, userId]);
    await db.query(`INSERT INTO links (id, connection_id, user_id, jira_account_id, jira_display_name, method) VALUES ($1, $2, $3, 'account-ada', 'Ada', 'oauth')`, [uuidv7(), connectionId, userId]);
    const added = await db.transaction((manager) => app.get(Jobs).add(manager, {
      connectionId, deliveryId: null, triggerKey: 'comment:1:2', trigger: 'mention', commentId: null, thumbsUpFor: null, audience: { visibility: null, internal: false },
      issue: { id: '1', key: 'SHOP-1', url: 'https://acme.atlassian.net/browse/SHOP-1', summary: 'Something', serviceProject: false },
      userId, actor: { id: 'a', displayName: 'Ada' }, linkMethod: 'oauth', repository: null, prompt: 'Please.', followUpPrompt: null, systemSuffix: '',
      continuesJobId: null, previousJobId: null, receivedAt: new Date(),
    }));
    await until(async () => jira.commentOf(`job:${added.job.id}:result`) !== undefined);
    await until(async () => {
      const [job] = await db.query('SELECT state, acknowledged_at FROM jobs WHERE id = $1', [added.job.id]);
      return job.state === 'succeeded' && job.acknowledged_at !== null;
    });
    expect(jira.comments.map((comment) => comment.mark.kind)).toEqual(['status.working', 'result.succeeded']);
  });

  it('lets the sign-in room check a key', async () => {
    const check = app.get<AgentKeyCheck>(AGENT_KEY_CHECK);
    expect(await check.check(CREDENTIALS.openhandsKeyOfBen)).toBe('accepted');
    expect(await check.check('wrong')).toBe('rejected');
  });
});

/** Waits for something that the room does by itself; the test's own time limit ends it. */
async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setImmediate(resolve));
}
