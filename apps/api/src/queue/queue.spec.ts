import { jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../database/data-source.js';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { Crowd } from './crowd.js';
import { Entries } from './entries.js';
import { QueueConnection } from './queue-connection.js';
import { prepareQueues, Queue, RetryLater } from './queue.service.js';
import { QueueWakeUp } from './queue-wake-up.js';

describe('The queue', () => {
  let database: TestDatabase;
  let db: DataSource;
  let queue: Queue;

  beforeEach(async () => {
    database = await testDatabase();
    db = await new DataSource(dataSourceOptions(database.url)).initialize();
    queue = newQueue(database.url);
  });

  afterEach(async () => {
    await stop(queue);
    await db.destroy();
    await database.drop();
  });

  it('hands an entry to its handler as soon as the transaction commits', async () => {
    const seen = new Inbox<string>();
    await queue.work('triage', async ({ deliveryId }) => seen.add(deliveryId), { concurrency: 2 });
    await db.transaction((manager) => queue.enqueue(manager, 'triage', { deliveryId: 'a' }));
    expect(await seen.next()).toBe('a');
  });

  it('is prepared at a start: queues that are as they should be are left alone, others get the rules of this version', async () => {
    const rules = (): Promise<Record<string, unknown>[]> => db.query('SELECT name, retry_limit, dead_letter, updated_on FROM queue.queue ORDER BY name');
    const before = await rules();
    expect(before.filter(({ name }) => name === 'comments' || name === 'comments-dead')).toEqual([
      { name: 'comments', retry_limit: 13, dead_letter: 'comments-dead', updated_on: expect.any(Date) },
      { name: 'comments-dead', retry_limit: 13, dead_letter: null, updated_on: expect.any(Date) },
    ]);
    await db.query(`UPDATE queue.queue SET retry_limit = 1, dead_letter = NULL WHERE name = 'comments'`);
    await db.query(`SELECT queue.delete_queue('triage')`);
    await prepareQueues(database.url);
    const asBefore = (rows: Record<string, unknown>[]): unknown[] => rows.map((row) => ({ ...row, ...(['comments', 'triage'].includes(row.name as string) && { updated_on: null }) }));
    expect(asBefore(await rules())).toEqual(asBefore(before));
  });

  it('keeps no entry of a transaction that was rolled back', async () => {
    await expect(
      db.transaction(async (manager) => {
        await queue.enqueue(manager, 'triage', { deliveryId: 'lost' });
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    const [{ count }] = await db.query(`SELECT count(*)::int AS count FROM queue.job WHERE name = 'triage'`);
    expect(count).toBe(0);
  });

  it('calls a handler again at the time it asks for, without counting a failure', async () => {
    const seen = new Inbox<number>();
    let calls = 0;
    await queue.work('triage', async (_, attempt) => {
      calls += 1;
      seen.add(attempt.number);
      if (calls === 1) throw new RetryLater(10, 'too early');
    }, { concurrency: 1 });
    await db.transaction((manager) => queue.enqueue(manager, 'triage', { deliveryId: 'later' }));
    expect([await seen.next(), await seen.next()]).toEqual([1, 1]);
  });

  it('never works two entries of one key at the same time', async () => {
    let running = 0;
    let most = 0;
    const done = new Inbox<string>();
    await queue.work('comments', async ({ issueId }) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      done.add(issueId);
    }, { concurrency: 4 });
    await db.transaction(async (manager) => {
      for (const _ of [1, 2, 3]) await queue.enqueue(manager, 'comments', { connectionId: 'c', issueId: 'i' }, { key: 'c:i' });
    });
    for (const _ of [1, 2, 3]) await done.next();
    expect(most).toBe(1);
  });

  it('does not keep other keys waiting while one key is worked and has more entries', async () => {
    const done = new Inbox<string>();
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    await queue.work('comments', async ({ issueId }) => {
      if (issueId === 'slow') await held;
      done.add(issueId);
    }, { concurrency: 4 });
    await db.transaction(async (manager) => {
      for (const issueId of ['slow', 'slow', 'quick']) await queue.enqueue(manager, 'comments', { connectionId: 'c', issueId }, { key: `c:${issueId}` });
    });
    expect(await done.next()).toBe('quick');
    finish();
    expect([await done.next(), await done.next()]).toEqual(['slow', 'slow']);
  });

  it('keeps places free for others while the entries of one group hang', async () => {
    const done = new Inbox<string>();
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    await queue.work('triage', async ({ deliveryId }) => {
      if (deliveryId.startsWith('noisy')) await held;
      done.add(deliveryId);
    }, { concurrency: 4 });
    const groupOf = ({ deliveryId }: { deliveryId: string }): string => deliveryId.split(' ')[0]!;
    await db.transaction(async (manager) => {
      for (const n of [1, 2, 3, 4, 5, 6]) await queue.enqueue(manager, 'triage', { deliveryId: `noisy ${n}` }, { groupOf });
    });
    await db.transaction((manager) => queue.enqueue(manager, 'triage', { deliveryId: 'quiet 1' }, { groupOf }));
    expect(await done.next()).toBe('quiet 1');
    finish();
    const noisy = [];
    for (const _ of [1, 2, 3, 4, 5, 6]) noisy.push(await done.next());
    expect(noisy.sort()).toEqual([1, 2, 3, 4, 5, 6].map((n) => `noisy ${n}`));
  });

  it('works one entry of a group at a time while several groups ask and the process has its hands full', async () => {
    const crowded = newQueue(database.url, new DenseCrowd(() => false));
    const done = new Inbox<string>();
    const atWork = new Map<string, number>();
    let most = 0;
    const groupOf = ({ deliveryId }: { deliveryId: string }): string => deliveryId.split(' ')[0]!;
    const add = (names: string[]): Promise<void> => db.transaction(async (manager) => {
      for (const deliveryId of names) await queue.enqueue(manager, 'triage', { deliveryId }, { groupOf });
    });
    await crowded.work('triage', async ({ deliveryId }) => {
      const group = groupOf({ deliveryId });
      atWork.set(group, (atWork.get(group) ?? 0) + 1);
      most = Math.max(most, ...atWork.values());
      await db.query('SELECT pg_sleep(0.01)');
      atWork.set(group, atWork.get(group)! - 1);
      done.add(deliveryId);
    }, { concurrency: 4, beginsWork: true });
    const crowd = ['noisy 1', 'noisy 2', 'noisy 3', 'noisy 4', 'noisy 5', 'quiet 1'];
    await add(crowd);
    const all = [];
    for (const _ of crowd) all.push(await done.next());
    await stop(crowded);
    expect(all.sort()).toEqual(crowd);
    expect(most).toBe(1);
  });

  it('begins nothing new of a group whose work is under way in another queue, as long as it is crowded', async () => {
    const crowded = newQueue(database.url, new DenseCrowd(() => false));
    const seen = new Inbox<string>();
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    await crowded.work('job-wish', async ({ jobId }) => {
      seen.add(jobId);
      await held;
    }, { concurrency: 4 });
    const wish = (group: string): Promise<void> => db.transaction((manager) => queue.enqueue(manager, 'job-wish', { jobId: `wish of ${group}` }, { groupOf: () => group }));
    const delivery = (group: string): Promise<void> => db.transaction((manager) => queue.enqueue(manager, 'triage', { deliveryId: `delivery of ${group}` }, { groupOf: () => group }));
    for (const group of ['a', 'b']) await wish(group);
    expect([await seen.next(), await seen.next()].sort()).toEqual(['wish of a', 'wish of b']);
    // Only now: a look that began before would not know of them.
    await crowded.work('triage', async ({ deliveryId }) => seen.add(deliveryId), { concurrency: 4, beginsWork: true });
    await delivery('a');
    await delivery('c');
    expect(await seen.next()).toBe('delivery of c');
    finish();
    expect(await seen.next()).toBe('delivery of a');
    await stop(crowded);
  });

  it('passes over the entries of a group that is held back, and they lose no attempt by it', async () => {
    const done = new Inbox<string>();
    let paused = ['away'];
    queue.holdBack(['triage'], () => paused);
    await queue.work('triage', ({ deliveryId }, attempt) => Promise.resolve(done.add(`${deliveryId}, attempt ${attempt.number}`)), { concurrency: 4 });
    const groupOf = ({ deliveryId }: { deliveryId: string }): string => deliveryId;
    for (const deliveryId of ['away', 'here']) await db.transaction((manager) => queue.enqueue(manager, 'triage', { deliveryId }, { groupOf }));
    expect(await done.next()).toBe('here, attempt 1');
    paused = [];
    expect(await done.next()).toBe('away, attempt 1');
  });

  it('leaves every place to others while the entries of groups that are held back hang', async () => {
    const done = new Inbox<string>();
    const away: string[] = [];
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    queue.holdBack(['triage'], () => away);
    await queue.work('triage', async ({ deliveryId }) => {
      done.add(deliveryId);
      if (deliveryId !== 'quiet') await held;
    }, { concurrency: 2 });
    const groupOf = ({ deliveryId }: { deliveryId: string }): string => deliveryId;
    const add = (deliveryId: string): Promise<void> => db.transaction((manager) => queue.enqueue(manager, 'triage', { deliveryId }, { groupOf }));
    for (const deliveryId of ['one', 'other']) await add(deliveryId);
    expect([await done.next(), await done.next()].sort()).toEqual(['one', 'other']);
    away.push('one', 'other');
    await add('quiet');
    expect(await done.next()).toBe('quiet');
    finish();
  });

  it('gives a key to another process once the time of a dead holder is over', async () => {
    const [one, other] = [newEntries(database.url), newEntries(database.url)];
    await db.transaction(async (manager) => {
      for (const _ of [1, 2, 3]) await queue.enqueue(manager, 'comments', { connectionId: 'c', issueId: 'i' }, { key: 'c:i' });
    });
    const { entries: [held] } = await one.entries.take('comments', 5, []);
    expect((await other.entries.take('comments', 5, [])).entries).toEqual([]);
    await db.query(`UPDATE leases SET until = now() - interval '1 second'`);
    expect((await other.entries.take('comments', 5, [])).entries).toHaveLength(1);
    // What the dead one would still give back is no longer its own.
    one.entries.finish('comments', held!);
    await one.entries.stop();
    expect((await newEntriesOf(one.connection).take('comments', 5, [])).entries).toEqual([]);
    await other.entries.stop();
    await Promise.all([one.connection.close(), other.connection.close()]);
  });

  it('keeps the keys that it works on, and lets go of one that it could not give back', async () => {
    const { entries, connection } = newEntries(database.url);
    await db.transaction(async (manager) => {
      for (const issueId of ['lost', 'held']) await queue.enqueue(manager, 'comments', { connectionId: 'c', issueId }, { key: issueId });
    });
    const { entries: taken } = await entries.take('comments', 2, []);
    const away = jest.spyOn(connection, 'query').mockRejectedValueOnce(new Error('the database is away'));
    entries.finish('comments', taken.find(({ key }) => key === 'lost')!);
    await entries.stop();
    away.mockRestore();
    await db.query(`UPDATE leases SET until = now() + interval '1 second'`);
    await entries.renew();
    const leases = await db.query(`SELECT name, until > now() + interval '5 seconds' AS renewed FROM leases WHERE name LIKE 'queue comments%' ORDER BY name`);
    expect(leases).toEqual([{ name: 'queue comments held', renewed: true }, { name: 'queue comments lost', renewed: false }]);
    await connection.close();
  });

  it('leaves a key to the later entry that took it over, when the former one ends at last', async () => {
    const { entries, connection } = newEntries(database.url);
    const add = (): Promise<void> => db.transaction((manager) => queue.enqueue(manager, 'comments', { connectionId: 'c', issueId: 'a' }, { key: 'a' }));
    await add();
    const { entries: [former] } = await entries.take('comments', 1, []);
    // The database was away for longer than the lease lasts.
    await db.query(`UPDATE leases SET until = now() - interval '1 second'`);
    await add();
    const { entries: [later] } = await entries.take('comments', 1, []);
    entries.finish('comments', former!);
    await entries.stop();
    expect([later!.key, await db.query(`SELECT count(*)::int AS held FROM leases WHERE name = 'queue comments a'`)]).toEqual(['a', [{ held: 1 }]]);
    entries.finish('comments', later!);
    await entries.stop();
    expect(await db.query(`SELECT count(*)::int AS held FROM leases WHERE name = 'queue comments a'`)).toEqual([{ held: 0 }]);
    await connection.close();
  });

  it('completes an entry only for the process whose attempt it is', async () => {
    const { entries, connection } = newEntries(database.url);
    await db.transaction((manager) => queue.enqueue(manager, 'triage', { deliveryId: 'a' }));
    const { entries: [taken] } = await entries.take('triage', 1, []);
    // Another process took over, because ours was silent.
    await db.query(`UPDATE queue.job SET retry_count = retry_count + 1 WHERE id = $1`, [taken!.id]);
    entries.finish('triage', taken!);
    await entries.stop();
    expect(await db.query(`SELECT state FROM queue.job WHERE id = $1`, [taken!.id])).toEqual([{ state: 'active' }]);
    await connection.close();
  });

  it('lets two processes that take at the same moment have one entry of a key between them', async () => {
    const processes = Array.from({ length: 4 }, () => newEntries(database.url));
    await Promise.all(processes.map(({ connection }) => connection.boss()));
    await db.transaction(async (manager) => {
      for (const issue of ['a', 'b', 'c', 'a', 'b', 'c']) await queue.enqueue(manager, 'comments', { connectionId: 'c', issueId: issue }, { key: issue });
    });
    const taken = await Promise.all(processes.map(({ entries }) => entries.take('comments', 2, [])));
    const keys = taken.flatMap(({ entries }) => entries.map(({ key }) => key));
    expect(keys.length).toBe(new Set(keys).size);
    await Promise.all(processes.map(async ({ entries, connection }) => (await entries.stop(), await connection.close())));
  });
});

function newQueue(url: string, crowd?: Crowd): Queue {
  const connection = new QueueConnection(url, false);
  return new Queue(connection, new QueueWakeUp(url), new Entries(connection), crowd);
}

/** A crowd whatever was begun before. */
class DenseCrowd extends Crowd {
  override get isDense(): boolean {
    return true;
  }
}

async function stop(queue: Queue): Promise<void> {
  await queue.beforeApplicationShutdown();
  await queue.onApplicationShutdown();
}

function newEntries(url: string): { entries: Entries; connection: QueueConnection } {
  const connection = new QueueConnection(url, false);
  return { entries: newEntriesOf(connection), connection };
}

function newEntriesOf(connection: QueueConnection): Entries {
  return new Entries(connection);
}

/** Values that arrive some time; `next` waits for one. */
class Inbox<T> {
  private readonly values: T[] = [];
  private waiting: ((value: T) => void) | undefined;

  add(value: T): void {
    if (this.waiting) {
      const resolve = this.waiting;
      this.waiting = undefined;
      resolve(value);
    } else this.values.push(value);
  }

  next(): Promise<T> {
    const value = this.values.shift();
    return value === undefined ? new Promise((resolve) => (this.waiting = resolve)) : Promise.resolve(value);
  }
}
