import { DataSource } from 'typeorm';
import { Changes } from '../database/changes.js';
import { dataSourceOptions } from '../database/data-source.js';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { Entries } from './entries.js';
import { QueueConnection } from './queue-connection.js';
import { Queue } from './queue.service.js';
import { QueueWakeUp } from './queue-wake-up.js';

/** An entry that a process adds for itself: taken by the statement that adds it. */
describe('An entry for the process that adds it', () => {
  let database: TestDatabase;
  let db: DataSource;
  let queue: Queue;
  let entries: Entries;

  beforeAll(async () => {
    database = await testDatabase();
    db = await new DataSource(dataSourceOptions(database.url)).initialize();
  });
  /** What is being worked, until the test ends it. */
  const ends = new Map<string, () => void>();
  let isOver = false;

  beforeEach(async () => {
    isOver = false;
    ends.clear();
    await db.query('TRUNCATE queue.job_common, leases');
    const connection = new QueueConnection(database.url, false);
    entries = new Entries(connection);
    queue = new Queue(connection, new QueueWakeUp(database.url), entries);
  });
  afterEach(async () => {
    isOver = true;
    for (const end of ends.values()) end();
    await queue.beforeApplicationShutdown();
    await queue.onApplicationShutdown();
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  /** Adds one about an issue, as a decision does. */
  async function add(issueId: string, isCommitted = true, onlyIf = 'TRUE'): Promise<void> {
    const changes = isCommitted ? Changes.atOnce() : new Changes();
    queue.add(changes, 'comments', [{ connectionId: 'acme', issueId }], { key: issueId, groupOf: ({ connectionId }) => connectionId, onlyIf, here: true });
    await changes.run(db);
  }

  /** Works the queue; each entry is worked until the test ends it. */
  async function work(concurrency = 4): Promise<{ begun: string[]; end: (issueId: string) => void }> {
    const begun: string[] = [];
    await queue.work('comments', ({ issueId }) => new Promise<void>((resolve) => (begun.push(issueId), isOver ? resolve() : ends.set(issueId, resolve))), { concurrency });
    return { begun, end: (issueId) => ends.get(issueId)!() };
  }

  const states = async (): Promise<string[]> => (await db.query<{ state: string }[]>('SELECT state FROM queue.job_common ORDER BY created_on')).map(({ state }) => state);
  const leases = async (): Promise<string[]> => (await db.query<{ name: string }[]>('SELECT name FROM leases ORDER BY name')).map(({ name }) => name);

  it('has begun when the statement that adds it has ended, and holds its key', async () => {
    const { begun, end } = await work();
    await add('SHOP-1');
    expect([begun, await states(), await leases()]).toEqual([['SHOP-1'], ['active'], ['queue comments SHOP-1']]);
    end('SHOP-1');
    await queue.beforeApplicationShutdown();
    expect([await states(), await leases()]).toEqual([['completed'], []]);
  });

  it('waits when its key is held by another process', async () => {
    const { begun } = await work();
    await db.query(`INSERT INTO leases (name, holder, until) VALUES ('queue comments SHOP-1', gen_random_uuid(), now() + interval '1 hour')`);
    await add('SHOP-1');
    expect([begun, await states()]).toEqual([[], ['created']]);
  });

  it('waits behind one of the same key, and comes after it', async () => {
    const { begun, end } = await work();
    await add('SHOP-1');
    await add('SHOP-1');
    expect([begun, await states()]).toEqual([['SHOP-1'], ['active', 'created']]);
    end('SHOP-1');
    await until(() => begun.length === 2);
    end('SHOP-1');
  });

  it.each([
    ['in a transaction, which may be rolled back', async () => (await work(), await add('SHOP-1', false))],
    ['in a process that does not work the queue', () => add('SHOP-1')],
    ['for a group that is held back', async () => {
      queue.holdBack(['comments'], () => ['acme']);
      await work();
      await add('SHOP-1');
    }],
  ])('is left to whoever comes first %s', async (_when, act) => {
    await act();
    const [before] = await db.query<{ taken: boolean }[]>(`SELECT started_on IS NOT NULL AND started_on = created_on AS taken FROM queue.job_common`);
    expect(before).toEqual({ taken: false });
  });

  it('takes no more than the share of its group', async () => {
    const { begun, end } = await work(4);
    for (const issue of ['a', 'b', 'c', 'd']) await add(issue);
    expect([begun, await states()]).toEqual([['a', 'b', 'c'], ['active', 'active', 'active', 'created']]);
    end('a');
    await until(() => begun.includes('d'));
    for (const issue of ['b', 'c', 'd']) end(issue);
  });

  it('is not there when its condition does not hold, and nobody holds its key', async () => {
    const { begun } = await work();
    await add('SHOP-1', true, 'FALSE');
    expect([begun, await states(), await leases()]).toEqual([[], [], []]);
  });

  it('goes back when the process has stopped taking meanwhile', async () => {
    await work();
    const changes = Changes.atOnce();
    queue.add(changes, 'comments', [{ connectionId: 'acme', issueId: 'SHOP-1' }], { key: 'SHOP-1', here: true });
    await queue.beforeApplicationShutdown();
    await changes.run(db);
    expect((await states()).sort()).toEqual(['completed', 'created']);
  });

  it('cannot be asked for in changes that may be rolled back', () => {
    const changes = new Changes();
    expect(() => changes.afterwards(changes.add(() => 'SELECT 1'), () => undefined)).toThrow('rolled back');
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}
