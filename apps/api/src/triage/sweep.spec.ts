import { Logger } from '@nestjs/common';
import type { ConnectionRules, Product } from '@openhands-jira/contracts';
import type { IssueEvent, JiraClient } from '@openhands-jira/domain';
import { DataSource } from 'typeorm';
import type { Actions } from '../../../../tools/sandbox/actions.ts';
import { ManualClock } from '../../../../tools/sandbox/clock.ts';
import type { StandIn } from '../../../../tools/sandbox/stand-in.ts';
import { type Sandbox, startSandbox } from '../../../../tools/sandbox/sandbox.ts';
import { CREDENTIALS } from '../../../../tools/sandbox/seed.ts';
import { Figures } from '../config/figures.js';
import type { Clock } from '../config/clock.js';
import { readConfig } from '../config/config.js';
import type { Connections } from '../connections/connections.service.js';
import { dataSourceOptions } from '../database/data-source.js';
import { Leases } from '../database/leases.js';
import { uuidv7 } from '../database/uuid.js';
import { Intake } from '../deliveries/intake.service.js';
import { OutgoingHttp } from '../http/outgoing.js';
import type { Jiras } from '../jira/jiras.service.js';
import { JiraCloudClient } from '../jira-cloud/jira-cloud.client.js';
import { CloudGateway } from '../jira-cloud/jira-cloud.gateway.js';
import { readCloudEvent } from '../jira-cloud/jira-cloud.payload.js';
import { JiraDataCenterClient } from '../jira-data-center/jira-data-center.client.js';
import { readDataCenterEvent } from '../jira-data-center/jira-data-center.payload.js';
import { DataCenterServer } from '../jira-data-center/jira-data-center.server.js';
import { Entries } from '../queue/entries.js';
import { QueueConnection } from '../queue/queue-connection.js';
import { Queue } from '../queue/queue.service.js';
import { QueueWakeUp } from '../queue/queue-wake-up.js';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { SweepLoop } from './sweep.loop.js';
import { Sweep } from './sweep.service.js';
import { SweepStore } from './sweep.store.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

beforeAll(() => Logger.overrideLogger(false));

interface PlayedProduct {
  client: JiraClient;
  read: (payload: unknown) => IssueEvent | null;
  actions: Actions;
  standIn: StandIn;
  searchPath: RegExp;
}

interface Row {
  origin: string;
  event: string;
  issue_key: string;
  actor_name: string;
  trigger_key: string;
  outcome: string;
}

describe.each<Product>(['jira-cloud', 'jira-data-center'])('The search for missed deliveries in %s', (product) => {
  const config = readConfig({ OUTBOUND_ALLOWED_HOSTS: 'localhost' });
  const http = new OutgoingHttp(config);
  let database: TestDatabase;
  let db: DataSource;
  let queue: Queue;
  let sandbox: Sandbox;
  let clock: ManualClock;
  let jira: PlayedProduct;
  let store: SweepStore;
  let sweep: Sweep;
  let id: string;
  /** How administrators set the product up; only Data Center can be switched off. */
  let setup: { state: string; sharedSite: object | null };

  beforeEach(async () => {
    clock = new ManualClock();
    sandbox = await startSandbox({ clock });
    jira = product === 'jira-cloud' ? cloud() : dataCenter();
    database = await testDatabase();
    db = await new DataSource(dataSourceOptions(database.url)).initialize();
    const connection = new QueueConnection(database.url, false);
    queue = new Queue(connection, new QueueWakeUp(database.url), new Entries(connection));
    const time = { now: () => new Date(clock.now()) } as Clock;
    store = new SweepStore(db, time);
    id = uuidv7();
    const connections = { byId: async () => (await db.query<object[]>(`SELECT id, product, status, rules, '{bot}'::text[] AS "serviceAccountIds" FROM connections WHERE id = $1`, [id]))[0] };
    setup = { state: 'ready', sharedSite: product === 'jira-cloud' ? null : {} };
    const jiras = { product: () => ({ setup: async () => setup }), open: async () => ({ client: jira.client }), readEvent: (_: Product, payload: unknown) => jira.read(payload) };
    sweep = new Sweep(store, connections as unknown as Connections, jiras as unknown as Jiras, new Intake(db, queue, new Figures()), config, time);
    await db.query(`INSERT INTO connections (id, product, site, site_url, status) VALUES ($1, $2, 'acme', 'https://acme.example.com', 'active')`, [id, product]);
    // What the sandbox is filled with happened long before.
    clock.advance(24 * HOUR);
    await store.connections();
  });
  afterEach(async () => {
    await queue.onApplicationShutdown();
    await db.destroy();
    await database.drop();
    await sandbox.close();
  });

  function cloud(): PlayedProduct {
    const account = { apiUrl: sandbox.urls.atlassian, cloudId: sandbox.jira.cloudId, email: CREDENTIALS.serviceAccountEmail, token: CREDENTIALS.serviceAccountToken, scheme: 'basic' as const };
    const client = new JiraCloudClient(new CloudGateway(http, account, () => undefined), { siteUrl: sandbox.jira.url, accountIds: ['bot'] });
    return { client, read: readCloudEvent, actions: sandbox.actions, standIn: sandbox.atlassian.standIn, searchPath: /\/search\/jql$/ };
  }
  function dataCenter(): PlayedProduct {
    const baseUrl = sandbox.urls.jiraDataCenter;
    const client = new JiraDataCenterClient(new DataCenterServer(http, { baseUrl, token: CREDENTIALS.dataCenterPat }), { baseUrl, accountIds: ['bot'] });
    return { client, read: readDataCenterEvent, actions: sandbox.dataCenterActions, standIn: sandbox.jiraDataCenter.standIn, searchPath: /\/search$/ };
  }
  const deliveries = (): Promise<Row[]> => db.query<Row[]>('SELECT origin, event, issue_key, actor_name, trigger_key, outcome FROM deliveries ORDER BY id');
  /** What a delivery that came in the usual way leaves behind. */
  const decided = (key: string, issueId: string): Promise<unknown> => db.query(`INSERT INTO triggers (connection_id, key, delivery_id, issue_id) VALUES ($1, $2, $3, $4)`, [id, key, uuidv7(), issueId]);
  const issueId = (key: string): string => (product === 'jira-cloud' ? sandbox.jira.store : sandbox.jiraDataCenter.store).issue(key).id;

  it('leaves projects out that the rules do, and finds a mention in the description where they allow it', async () => {
    const store = product === 'jira-cloud' ? sandbox.jira.store : sandbox.jiraDataCenter.store;
    const described = store.addIssue({ projectKey: 'SHOP', summary: 'Slow', description: 'It is slow. @openhands why?', reporterId: jira.actions.accountId('ben') });
    jira.actions.comment('HELP-1', 'ben', '@openhands fix it');
    clock.advance(3 * MINUTE);
    const rules: Partial<ConnectionRules> = { projects: [{ key: 'SHOP', defaultRepository: null, gate: null }], otherProjects: 'not_served', addressInDescription: true };
    await db.query('UPDATE connections SET rules = $2 WHERE id = $1', [id, rules]);
    expect(await sweep.run(id)).toBe(1);
    expect(await deliveries()).toMatchObject([{ event: 'jira:issue_created', issue_key: described.key, trigger_key: `created:${described.id}` }]);
  });

  it('finds a mention, and hands it to the decision like a delivery', async () => {
    const comment = jira.actions.comment('SHOP-12', 'ben', '@openhands fix it');
    clock.advance(3 * MINUTE);
    expect(await sweep.run(id)).toBe(1);
    expect(await deliveries()).toEqual([{ origin: 'sweep', event: 'comment_created', issue_key: 'SHOP-12', actor_name: 'Ben Builder', trigger_key: `comment:${issueId('SHOP-12')}:${comment.id}`, outcome: 'pending' }]);
    const queued = await db.query<{ data: object }[]>(`SELECT data FROM queue.job WHERE name = 'triage'`);
    expect(queued).toEqual([{ data: { deliveryId: expect.any(String) } }]);
  });

  it('looks at nothing while administrators have switched the product off', async () => {
    jira.actions.comment('SHOP-12', 'ben', '@openhands fix it');
    clock.advance(3 * MINUTE);
    setup = { state: 'off', sharedSite: {} };
    expect(await sweep.run(id)).toBe(0);
    expect(await deliveries()).toEqual([]);
  });

  it('finds a label that was added, with the change that added it', async () => {
    jira.actions.addLabel('SHOP-12', 'ben', 'openhands');
    clock.advance(3 * MINUTE);
    expect(await sweep.run(id)).toBe(1);
    const [row] = await deliveries();
    expect(row).toMatchObject({ actor_name: 'Ben Builder', trigger_key: expect.stringMatching(new RegExp(`^label:${issueId('SHOP-12')}:\\d+$`)) });
    const changeId = row!.trigger_key.split(':')[2]!;
    expect((await jira.client.getChange(issueId('SHOP-12'), changeId))?.author?.displayName).toBe('Ben Builder');
  });

  it('finds an edit that adds the first mention', async () => {
    const comment = jira.actions.comment('SHOP-12', 'ben', 'fix it');
    clock.advance(MINUTE);
    jira.actions.editComment('SHOP-12', comment.id, '@openhands fix it');
    clock.advance(3 * MINUTE);
    expect(await sweep.run(id)).toBe(1);
    expect(await deliveries()).toMatchObject([{ event: 'comment_updated', trigger_key: expect.stringContaining(`:${comment.id}:2026-`) }]);
  });

  it('finds nothing that a delivery told already, and nothing twice', async () => {
    const known = jira.actions.comment('SHOP-12', 'ben', '@openhands fix it');
    jira.actions.comment('SHOP-13', 'ben', '@openhands fix this too');
    await decided(`comment:${issueId('SHOP-12')}:${known.id}`, issueId('SHOP-12'));
    clock.advance(3 * MINUTE);
    expect([await sweep.run(id), await sweep.run(id)]).toEqual([1, 0]);
    expect(await deliveries()).toMatchObject([{ issue_key: 'SHOP-13' }]);
  });

  it('leaves to the usual way what is younger than a minute, and takes it the next time', async () => {
    jira.actions.comment('SHOP-12', 'ben', '@openhands fix it');
    clock.advance(MINUTE - 1);
    expect(await sweep.run(id)).toBe(0);
    clock.advance(5 * MINUTE);
    expect(await sweep.run(id)).toBe(1);
  });

  it('goes on where it ended after an outage of a day', async () => {
    jira.actions.comment('SHOP-12', 'ben', '@openhands fix it');
    clock.advance(24 * HOUR);
    expect(await sweep.run(id)).toBe(1);
    expect(await store.sweptUntil(id)).toEqual(new Date(clock.now() - MINUTE));
  });

  it('asks for nothing that is more than three days old', async () => {
    jira.actions.comment('SHOP-12', 'ben', '@openhands fix it');
    clock.advance(73 * HOUR);
    expect(await sweep.run(id)).toBe(0);
  });

  it('does not look at what was said before the connection was active or while it was paused', async () => {
    await db.query(`UPDATE connections SET status = 'paused'`);
    await store.connections();
    jira.actions.comment('SHOP-12', 'ben', '@openhands fix it');
    clock.advance(10 * MINUTE);
    expect(await sweep.run(id)).toBe(0);
    await db.query(`UPDATE connections SET status = 'active'`);
    await store.connections();
    clock.advance(10 * MINUTE);
    expect(await sweep.run(id)).toBe(0);
    expect(await deliveries()).toEqual([]);
  });

  it('leaves alone what came in while the connection was paused for a moment', async () => {
    jira.actions.comment('SHOP-12', 'ben', '@openhands fix it');
    await db.query(
      `INSERT INTO deliveries (id, connection_id, event, issue_id, received_at, outcome, reason) VALUES ($1, $2, 'comment_created', $3, now(), 'ignored', 'connection_paused')`,
      [uuidv7(), id, issueId('SHOP-12')],
    );
    clock.advance(3 * MINUTE);
    expect(await sweep.run(id)).toBe(0);
  });

  it('searches the same time again when Jira failed in the middle', async () => {
    jira.actions.comment('SHOP-12', 'ben', '@openhands fix it');
    clock.advance(3 * MINUTE);
    const before = await store.sweptUntil(id);
    jira.standIn.faults.add({ path: jira.searchPath, times: 1, effect: { kind: 'status', status: 503 } });
    await expect(sweep.run(id)).rejects.toMatchObject({ code: 'jira_unreachable' });
    expect(await store.sweptUntil(id)).toEqual(before);
    expect(await sweep.run(id)).toBe(1);
  });

  it('finds the requests in other issues when Jira cannot show one, and looks for those in it again', async () => {
    for (const key of ['SHOP-12', 'SHOP-13']) jira.actions.comment(key, 'ben', '@openhands fix it');
    clock.advance(3 * MINUTE);
    jira.standIn.faults.add({ path: `/issue/${issueId('SHOP-12')}/comment`, times: 1, effect: { kind: 'status', status: 500 } });
    expect(await sweep.run(id)).toBe(1);
    clock.advance(30 * MINUTE);
    expect(await sweep.run(id)).toBe(1);
  });

  it('reads all pages of a long list of issues', async () => {
    const jiraStore = product === 'jira-cloud' ? sandbox.jira.store : sandbox.jiraDataCenter.store;
    for (let number = 0; number < 130; number += 1) jiraStore.addIssue({ projectKey: 'SHOP', summary: `Issue ${number}`, description: null, reporterId: jira.actions.accountId('ben') });
    expect(await jira.client.recentlyUpdated(5, 500)).toHaveLength(130);
    expect(await jira.client.recentlyUpdated(5, 20)).toHaveLength(20);
  });

  it('is made by one worker at a time', async () => {
    jira.actions.comment('SHOP-12', 'ben', '@openhands fix it');
    clock.advance(3 * MINUTE);
    const loops = [1, 2].map(() => new SweepLoop(sweep, store, new Leases(db), config));
    await Promise.all(loops.map((loop) => loop.tick()));
    expect(jira.standIn.calls.filter((call) => jira.searchPath.test(call.path.split('?')[0]!))).toHaveLength(1);
    expect(await deliveries()).toHaveLength(1);
  });
});
