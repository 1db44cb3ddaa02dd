import { jest } from '@jest/globals';
import { DEFAULT_RULES } from '@openhands-jira/contracts';
import { randomBytes, randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../database/data-source.js';
import { uuidv7 } from '../database/uuid.js';
import { AuditLog } from '../security/audit-log.service.js';
import { SecretBox } from '../security/secret-box.js';
import { ManualTime } from '../testing/auth-bench.js';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import type { ConnectionChanges } from './connection-changes.js';
import { ConnectionEntity } from './connection.entity.js';
import { ConnectionSecrets } from './connection-secrets.service.js';
import { Connections } from './connections.service.js';
import { DeliveryTimes } from './delivery-times.service.js';
import { LinkEntity } from './link.entity.js';
import { LinkTokens } from './link-tokens.service.js';
import { Links } from './links.service.js';
import { StoredRules } from './rules.service.js';
import { SiteCandidates } from './site-candidates.service.js';
import { WebhookSecrets } from './webhook-secrets.service.js';

const HOUR_MS = 3_600_000;
const LAST = 'ffffffff-ffff-4fff-8fff-ffffffffffff';
const settings: ConnectionChanges = {
  cloudId: '6f1f7c1e-0000-4000-8000-00000000c10d', webhookSecret: 'first-secret', serviceAccount: { email: 'bot@example.com', token: 'the-token', scheme: 'basic', ids: ['712020:bot'] },
};

describe('Connections', () => {
  let database: TestDatabase;
  let db: DataSource;
  let time: ManualTime;
  let connections: Connections;
  let links: Links;
  let ada: string;
  let ben: string;
  const box = new SecretBox([{ id: 'k1', bytes: randomBytes(32) }]);
  const secrets = new ConnectionSecrets(box);

  beforeEach(async () => {
    database = await testDatabase();
    db = await new DataSource({ ...dataSourceOptions(database.url), entities: [ConnectionEntity, LinkEntity] }).initialize();
    time = new ManualTime();
    connections = new Connections(db.getRepository(ConnectionEntity), secrets, new AuditLog(time), time);
    links = new Links(db.getRepository(LinkEntity), new LinkTokens(box, time), time);
    [ada, ben] = [await addUser('Ada'), await addUser('Ben')];
  });
  afterEach(async () => {
    await db.destroy();
    await database.drop();
  });

  async function addUser(name: string): Promise<string> {
    const id = uuidv7();
    await db.query(`INSERT INTO users (id, name) VALUES ($1, $2)`, [id, name]);
    return id;
  }
  const pending = (ownerId = ada, site = 'acme.atlassian.net'): Promise<ConnectionEntity> => connections.savePending({ product: 'jira-cloud', site, siteUrl: `https://${site}`, ownerId }, settings);
  const prove = (id: string, changes: ConnectionChanges = {}): Promise<ConnectionEntity | 'taken' | 'gone'> => db.transaction((manager) => connections.applyProven(manager, id, changes, { userId: null }));
  const active = async (site?: string): Promise<ConnectionEntity> => (await prove((await pending(ada, site)).id)) as ConnectionEntity;
  /** The cache of another process. */
  const door = (): WebhookSecrets => new WebhookSecrets(db.getRepository(ConnectionEntity), secrets, time);

  describe('a connection', () => {
    it('keeps its id from the first attempt to set it up on', async () => {
      const first = await pending();
      expect((await pending()).id).toBe(first.id);
      expect(await prove(first.id)).toMatchObject({ id: first.id, status: 'active' });
    });

    it('opens its secrets, and only in its own row', async () => {
      const row = await active();
      expect(connections.serviceAccount(row)).toEqual({ email: 'bot@example.com', token: 'the-token', scheme: 'basic' });
      const other = await pending(ben);
      await db.query(`UPDATE connections SET service_account_token_sealed = $2 WHERE id = $1`, [other.id, row.serviceAccountTokenSealed]);
      const robbed = (await connections.byId(other.id))!;
      expect(() => connections.serviceAccount(robbed)).toThrow();
      expect(connections.serviceAccount({ ...robbed, serviceAccountTokenSealed: null })).toBeNull();
    });

    it.each([
      ['pending', {}, 'active'], ['pending', { active: false }, 'paused'], ['paused', {}, 'paused'], ['paused', { active: true }, 'active'],
      ['inactive', {}, 'active'], ['active', { active: false }, 'paused'], ['active', {}, 'active'],
    ] as const)('that is %s and is proven with %o becomes %s', async (before, changes, after) => {
      const { id } = await pending();
      await db.query(`UPDATE connections SET status = $2 WHERE id = $1`, [id, before]);
      expect(await prove(id, changes)).toMatchObject({ status: after });
    });

    it('exists once per site, whoever comes first', async () => {
      const [one, two] = [await pending(ada), await pending(ben)];
      const ends = await Promise.all([prove(one.id), prove(two.id)]);
      expect(ends.filter((end) => end === 'taken')).toHaveLength(1);
      expect(await prove(uuidv7())).toBe('gone');
    });

    it('is a candidate for its site before all that are only pending, however many there are', async () => {
      const { id } = await active();
      await db.query(`INSERT INTO connections (id, product, site, site_url, status) SELECT gen_random_uuid(), 'jira-cloud', 'acme.atlassian.net', '', 'pending' FROM generate_series(1, 30)`);
      await db.query('UPDATE connections SET id = $1 WHERE id = $2', [LAST, id]);
      const candidates = await new SiteCandidates(db.getRepository(ConnectionEntity), time).of('jira-cloud', 'acme.atlassian.net');
      expect([candidates[0], candidates.length]).toEqual([LAST, 20]);
    });

    it('is looked up once in half a second by the name of its site, and so is a site that nobody has', async () => {
      const questions = jest.spyOn(db.getRepository(ConnectionEntity), 'createQueryBuilder');
      const sites = new SiteCandidates(db.getRepository(ConnectionEntity), time);
      for (const site of ['acme.atlassian.net', 'nobody.atlassian.net']) await Promise.all([1, 2, 3].map(() => sites.of('jira-cloud', site)));
      expect(questions).toHaveBeenCalledTimes(2);
      const { id } = await pending();
      expect(await sites.of('jira-cloud', 'acme.atlassian.net')).toEqual([]);
      time.advance(600);
      expect(await sites.of('jira-cloud', 'acme.atlassian.net')).toEqual([id]);
      expect(await sites.of('jira-data-center', 'acme.atlassian.net')).toEqual([]);
      expect(await sites.of('jira-cloud', 'x'.repeat(256))).toEqual([]);
      expect(questions).toHaveBeenCalledTimes(4);
    });

    it('learns once how its service account is called', async () => {
      const { id, version } = await active();
      for (let round = 0; round < 2; round += 1) await connections.learn(id, { scheme: 'bearer', accountId: '712020:late' });
      expect(await connections.byId(id)).toMatchObject({ serviceAccountScheme: 'bearer', serviceAccountIds: ['712020:bot', '712020:late'], version: version + 2 });
      for (let round = 0; round < 2; round += 1) await connections.learn(id, { accountIds: ['JIRAUSER1', 'bot'] });
      expect(await connections.byId(id)).toMatchObject({ serviceAccountIds: ['JIRAUSER1', 'bot'], version: version + 3 });
    });
  });

  describe('the front door', () => {
    it('knows the secret of a pending connection too, so that a first delivery proves the webhook', async () => {
      const { id } = await pending();
      expect(await door().of(id)).toEqual({ id, product: 'jira-cloud', site: 'acme.atlassian.net', status: 'pending', secrets: [{ secret: 'first-secret', state: 'current' }], retiredSecret: null, serviceAccountIds: ['712020:bot'], rules: DEFAULT_RULES });
    });

    it('is asked once in half a second for an id that nobody has', async () => {
      const questions = jest.spyOn(db.getRepository(ConnectionEntity), 'findBy');
      const [cache, unknown] = [door(), uuidv7()];
      for (let round = 0; round < 3; round += 1) expect(await cache.of(unknown)).toBeNull();
      expect(questions).toHaveBeenCalledTimes(1);
      time.advance(600);
      expect(await cache.of(unknown)).toBeNull();
      expect(questions).toHaveBeenCalledTimes(2);
      for (const nonsense of ['7', '', `${unknown}x`, 'x'.repeat(500)]) expect(cache.of(nonsense)).toBeNull();
      expect(questions).toHaveBeenCalledTimes(2);
    });

    it('accepts the former secret for a day, and then still knows it', async () => {
      const { id } = await active();
      await prove(id, { webhookSecret: 'second-secret' });
      const secretsAt = async (): Promise<object | null> => door().of(id);
      expect(await secretsAt()).toMatchObject({ secrets: [{ secret: 'second-secret', state: 'current' }, { secret: 'first-secret', state: 'previous' }], retiredSecret: null });
      time.advance(25 * HOUR_MS);
      expect(await secretsAt()).toMatchObject({ secrets: [{ secret: 'second-secret', state: 'current' }], retiredSecret: 'first-secret' });
    });

    it('does not retire a secret that is saved again', async () => {
      const { id } = await active();
      await prove(id, { webhookSecret: 'first-secret' });
      expect(await door().of(id)).toMatchObject({ secrets: [{ secret: 'first-secret', state: 'current' }], retiredSecret: null });
    });

    it('notices within half a second what another process changed', async () => {
      const { id } = await active();
      const cache = door();
      expect(await cache.of(id)).toMatchObject({ status: 'active' });
      await new StoredRules(db, new AuditLog(time)).save(id, { ...DEFAULT_RULES, otherProjects: 'not_served' }, { userId: ada });
      time.advance(600);
      expect(await cache.of(id)).toMatchObject({ status: 'active', rules: { otherProjects: 'not_served' } });
      await prove(id, { active: false });
      time.advance(600);
      expect(await cache.of(id)).toMatchObject({ status: 'paused' });
      await db.query(`DELETE FROM connections WHERE id = $1`, [id]);
      time.advance(600);
      expect(await cache.of(id)).toBeNull();
    });

    it('compares what is ageing while it still counts, so that of deliveries which follow each other none waits', async () => {
      const { id } = await active();
      const cache = door();
      await cache.of(id);
      const asked = jest.spyOn(db, 'query');
      for (let passed = 0; passed < 3; passed += 1) {
        time.advance(300);
        expect(cache.of(id)).not.toBeInstanceOf(Promise);
        expect(asked).toHaveBeenCalledTimes(passed + 1);
        await asked.mock.results.at(-1)!.value;
        await nextTurn();
      }
      asked.mockRestore();
    });

    it('notices a change whose transaction ends after that of a later one', async () => {
      const [early, late] = [await active('early.atlassian.net'), await active('late.atlassian.net')];
      const cache = door();
      const statusOf = async (id: string): Promise<string | undefined> => (time.advance(600), (await cache.of(id))?.status);
      const pause = `UPDATE connections SET status = 'paused', version = version + 1 WHERE id = $1`;
      expect([await statusOf(early.id), await statusOf(late.id)]).toEqual(['active', 'active']);
      const open = db.createQueryRunner();
      await open.startTransaction();
      await open.query(pause, [early.id]);
      await db.query(pause, [late.id]);
      expect([await statusOf(early.id), await statusOf(late.id)]).toEqual(['active', 'paused']);
      await open.commitTransaction();
      await open.release();
      expect([await statusOf(early.id), await statusOf(late.id)]).toEqual(['paused', 'paused']);
    });

    describe('asks the database', () => {
      let reads: string[];
      let cache: WebhookSecrets;

      beforeEach(() => {
        const repository = db.getRepository(ConnectionEntity);
        reads = [];
        const counting = Object.assign(Object.create(repository) as typeof repository, {
          findBy: (where: object) => (reads.push('rows'), repository.findBy(where)),
          query: (text: string, values: unknown[]) => (reads.push(text.startsWith('SELECT id, version FROM') ? 'versions' : text), repository.query(text, values)),
        });
        cache = new WebhookSecrets(counting, secrets, time);
      });

      const CHANGES = 'SELECT mark FROM connection_changes';

      it('once for many deliveries at a time, and only whether anything has changed when nothing has', async () => {
        const { id } = await active();
        await Promise.all(Array.from({ length: 50 }, () => cache.of(id)));
        time.advance(600);
        await Promise.all(Array.from({ length: 50 }, () => cache.of(id)));
        expect(reads).toEqual([CHANGES, 'rows', CHANGES]);
      });

      it('one question for all that it knows, and reads what has changed', async () => {
        const [one, two] = [await active('first.atlassian.net'), await active('second.atlassian.net')];
        await Promise.all([cache.of(one.id), cache.of(two.id)]);
        reads.splice(0);
        time.advance(600);
        await cache.of(one.id);
        expect(cache.of(two.id)).not.toBeInstanceOf(Promise);
        expect(reads).toEqual([CHANGES]);
        await prove(two.id, { active: false });
        time.advance(600);
        await cache.of(one.id);
        expect(await cache.of(two.id)).toMatchObject({ status: 'paused' });
        expect(reads).toEqual([CHANGES, CHANGES, 'versions', 'versions', 'rows']);
      });

      it('behind the back of those that are busy, also after a change of another one', async () => {
        const [busy, other] = [await active('busy.atlassian.net'), await active('other.atlassian.net')];
        await Promise.all([cache.of(busy.id), cache.of(other.id)]);
        // The other one asks for both, until it is changed itself.
        for (const changes of [false, false, true]) {
          time.advance(300);
          if (changes) await db.query('UPDATE connections SET version = version + 1 WHERE id = $1', [other.id]);
          expect(cache.of(other.id)).not.toBeInstanceOf(Promise);
          await untilLooked();
        }
        expect(cache.of(busy.id)).not.toBeInstanceOf(Promise);
        await untilLooked();
        expect(reads.filter((read) => read === 'versions')).toHaveLength(2);
      });

      const untilLooked = async (): Promise<void> => {
        while (cache['looking']) await nextTurn();
      };

      it('about one that is not active whenever it gets a delivery', async () => {
        const { id } = await pending();
        await cache.of(id);
        reads.splice(0);
        for (let round = 0; round < 2; round += 1) expect(await cache.of(id)).toMatchObject({ status: 'pending' });
        expect(reads).toEqual([CHANGES, CHANGES]);
        await prove(id);
        expect(await cache.of(id)).toMatchObject({ status: 'active' });
      });
    });

    it('answers for each of many connections, and one whose secret does not open is no trouble of the others', async () => {
      const [one, two, broken] = [await active('one.atlassian.net'), await active('two.atlassian.net'), await active('broken.atlassian.net')];
      await db.query(`UPDATE connections SET webhook_secret_sealed = 'v1.k1.AAAA' WHERE id = $1`, [broken.id]);
      const cache = door();
      const answers = await Promise.allSettled([one.id, two.id, broken.id, randomUUID()].map((id) => cache.of(id)));
      expect(answers.map((answer) => (answer.status === 'fulfilled' ? (answer.value?.id ?? null) : 'does not open'))).toEqual([one.id, two.id, 'does not open', null]);
    });
  });

  it('notes the first and the last delivery, without stirring the caches', async () => {
    const { id, version } = await active();
    const times = new DeliveryTimes(db);
    const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 1, 9, minute));
    times.touch(id, at(1));
    await times.flush();
    for (const minute of [3, 2]) times.touch(id, at(minute));
    await times.flush();
    expect(await connections.byId(id)).toMatchObject({ firstDeliveryAt: at(1), lastDeliveryAt: at(3), version });
  });

  it('notes the deliveries of hundreds of connections less often, and all of them', async () => {
    const { id } = await active();
    const times = new DeliveryTimes(db);
    const timers = jest.spyOn(globalThis, 'setTimeout');
    const pauses = (): unknown[] => timers.mock.calls.map(([, ms]) => ms).filter((ms) => ms === 250 || ms === 3005);
    const at = new Date(Date.UTC(2026, 10, 1, 9, 1));
    for (let number = 0; number < 600; number += 1) times.touch(randomUUID(), at);
    times.touch(id, at);
    await times.flush();
    expect(await connections.byId(id)).toMatchObject({ lastDeliveryAt: at });
    times.touch(id, at);
    expect(pauses()).toEqual([250, 3005]);
    await times.flush();
    times.touch(id, at);
    expect(pauses()).toEqual([250, 3005, 250]);
    timers.mockRestore();
    await times.onApplicationShutdown();
  });

  describe('a link', () => {
    const save = (connectionId: string, userId: string, jiraAccountId: string): Promise<LinkEntity | 'taken'> =>
      db.transaction((manager) => links.save(manager, { connectionId, userId, jiraAccountId, jiraDisplayName: jiraAccountId, method: 'oauth' }));

    it('ties one Jira account to one person and one person to one account', async () => {
      const { id } = await active();
      expect(await save(id, ada, 'jira-a')).toMatchObject({ userId: ada });
      expect(await save(id, ben, 'jira-a')).toBe('taken');
      expect(await save(id, ada, 'jira-a2')).toMatchObject({ jiraAccountId: 'jira-a2' });
      expect(await save(id, ben, 'jira-a')).toMatchObject({ userId: ben });
      expect(await links.ofUser(ada, 'jira-cloud')).toMatchObject([{ jiraAccountId: 'jira-a2' }]);
    });

    it('goes to one of two who claim the same account at the same moment', async () => {
      const { id } = await active();
      const ends = await Promise.all([save(id, ada, 'jira-a'), save(id, ben, 'jira-a')]);
      expect(ends.filter((end) => end === 'taken')).toHaveLength(1);
    });

    it('ends alone, or with all others', async () => {
      const { id } = await active();
      await save(id, ada, 'jira-a');
      await save(id, ben, 'jira-b');
      await db.transaction((manager) => links.end(manager, id, ben));
      expect(await links.ofAccount(id, 'jira-b')).toBeNull();
      await save(id, ben, 'jira-b');
      expect(await db.transaction((manager) => links.endAll(manager, id))).toBe(2);
    });
  });
});
