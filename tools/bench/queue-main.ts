/**
 * The product's own queue in a process of its own, without the rooms that use it: entries whose work is nothing. It reports when each one
 * reached its handler. Started by the bench `queue` with the address of the built product.
 */
import { join } from 'node:path';

/** The parts of the product that are used here, as far as they are used. */
interface Parts {
  DataSource: new (options: unknown) => { initialize(): Promise<Db>; destroy(): Promise<void> };
  dataSourceOptions(url: string): unknown;
  Queue: new (connection: unknown, wakeUp: unknown, entries: unknown) => ProductQueue;
  QueueConnection: new (url: string, supervise: boolean) => unknown;
  QueueWakeUp: new (url: string) => unknown;
  Changes: new () => Changes;
  Entries: new (connection: unknown) => unknown;
}
interface Changes {
  run(db: unknown): Promise<boolean>;
}
interface Db {
  transaction<T>(work: (manager: unknown) => Promise<T>): Promise<T>;
  query(text: string, values?: unknown[]): Promise<unknown>;
}
interface ProductQueue {
  enqueue(manager: unknown, name: 'triage', entry: { deliveryId: string }): Promise<void>;
  add(changes: Changes, name: 'triage', entries: { deliveryId: string }[]): void;
  work(name: 'triage', handler: (data: { deliveryId: string }) => Promise<void>, options: { concurrency: number }): Promise<void>;
  beforeApplicationShutdown(): Promise<void>;
  onApplicationShutdown(): Promise<void>;
}

const { DATABASE_URL = '', DIST = '' } = process.env;
const load = async (file: string): Promise<object> => (await import(join(DIST, file))) as object;
const parts = Object.assign({}, await import('typeorm'), await load('database/data-source.js'), await load('queue/queue.service.js'), await load('queue/queue-connection.js'), await load('queue/queue-wake-up.js'), await load('queue/entries.js'), await load('database/changes.js')) as unknown as Parts;

const db = await new parts.DataSource(parts.dataSourceOptions(DATABASE_URL)).initialize();
const connection = new parts.QueueConnection(DATABASE_URL, false);
const queue = new parts.Queue(connection, new parts.QueueWakeUp(DATABASE_URL), new parts.Entries(connection));

process.on('message', (task: { kind: 'enqueue' | 'fill' | 'drain' | 'pickup' | 'stop'; count: number }) => {
  void run(task.kind, task.count).then((answer) => process.send!(answer));
});
process.send!('ready');

async function run(kind: string, count: number): Promise<unknown> {
  if (kind === 'enqueue') return enqueueSingly(count);
  if (kind === 'fill') return fill(count);
  if (kind === 'drain') return drain(count);
  if (kind === 'pickup') return pickUp(count);
  await queue.beforeApplicationShutdown();
  await queue.onApplicationShutdown();
  await (db as unknown as { destroy(): Promise<void> }).destroy();
  return 'stopped';
}

/** One entry per transaction with a row, against the row alone. */
async function enqueueSingly(count: number): Promise<{ alone: number; together: number }> {
  await db.query('CREATE TABLE IF NOT EXISTS bench_rows (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), body bytea)');
  const body = Buffer.alloc(2000, 'x');
  const insert = 'INSERT INTO bench_rows (body) VALUES ($1)';
  const timed = async (work: (manager: unknown, index: number) => Promise<unknown>): Promise<number> => {
    const started = performance.now();
    for (let index = 0; index < count; index += 1) await db.transaction((manager) => work(manager, index));
    return (count * 1000) / (performance.now() - started);
  };
  const row = (manager: unknown): Promise<unknown> => (manager as Db).query(insert, [body]);
  const alone = await timed(row);
  const together = await timed(async (manager, index) => (await row(manager), queue.enqueue(manager, 'triage', { deliveryId: `single-${index}` })));
  await db.query(`DELETE FROM queue.job WHERE name = 'triage'`);
  return { alone, together };
}

async function fill(count: number): Promise<number> {
  for (let done = 0; done < count; done += 500) {
    const changes = new parts.Changes();
    queue.add(changes, 'triage', Array.from({ length: Math.min(500, count - done) }, (_, index) => ({ deliveryId: `drain-${done + index}` })));
    await changes.run(db);
  }
  return count;
}

let onWork: (id: string) => void = () => undefined;
let working = false;

async function begin(): Promise<void> {
  if (working) return;
  working = true;
  await queue.work('triage', async ({ deliveryId }) => onWork(deliveryId), { concurrency: 100 });
}

/** Entries a second that are taken, worked (nothing) and completed. */
async function drain(count: number): Promise<number> {
  const seen = new Set<string>();
  const all = new Promise<void>((resolve) => (onWork = (id) => void (seen.add(id), seen.size === count && resolve())));
  const started = performance.now();
  await begin();
  await all;
  return (count * 1000) / (performance.now() - started);
}

/** Milliseconds from the commit of an entry to its handler, one after the other. */
async function pickUp(count: number): Promise<number[]> {
  await begin();
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const worked = new Promise<number>((resolve) => (onWork = () => resolve(performance.now())));
    await db.transaction((manager) => queue.enqueue(manager, 'triage', { deliveryId: `pickup-${index}` }));
    const committed = performance.now();
    times.push((await worked) - committed);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return times;
}
