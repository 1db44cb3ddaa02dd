/**
 * Entries as rows of pg-boss's table (pg-boss 12.35): `job_common`, the one partition of `job` that our queues use; planning a statement
 * about `job` itself takes four times as long. Its own functions take and complete one queue's entries with a statement each;
 * here one statement takes entries together with the leases of their keys, and one completes all that were finished lately.
 */
import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { among, type Change, Changes } from '../database/changes.js';
import type { QueueConnection } from './queue-connection.js';
import { WAKE_UP_CHANNEL } from './queue-wake-up.js';

/** An entry to be. */
export interface NewEntry {
  data: object;
  key?: string | undefined;
  group?: string | undefined;
}

/** How entries are added; conditions are SQL. */
export interface Adding {
  afterMs?: number | undefined;
  /** A further condition, in which an entry is called `wanted`. */
  onlyIf?: string | undefined;
  /** When this is so, they are taken already, by the process that adds them. */
  taken?: string;
}

/** An entry that this process works on. */
export interface TakenEntry {
  id: string;
  data: object;
  /** Attempts before this one; says whose attempt it is. */
  retries: number;
  key: string | null;
  group: string | null;
}

export interface Taking {
  entries: TakenEntry[];
  /** As many were found as were asked for, so there may be more. */
  isFull: boolean;
}

/** A key is ours for this long without a renewal; then the process that held it counts as dead. By the clock of the database. */
const LEASE_SECONDS = 12;
const RENEW_MS = 5000;
/** Finished entries are completed together. Dying before that repeats their work, which finds itself done. */
const COMPLETE_AFTER_MS = 100;
const COMPLETE_AT = 200;

/** Takes entries for this process and completes them. A key is held by one process at a time, and for one entry. */
export class Entries {
  private readonly log = new Logger('queue');
  private readonly holder = randomUUID();
  /** Which entry holds a key, by queue and key. A key that ended while its entry went on may belong to a later one by now. */
  private readonly heldKeys = new Map<string, Map<string, string>>();
  private finished: { queue: string; entry: TakenEntry; done: boolean }[] = [];
  private readonly onFreed: ((queue: string) => void)[] = [];
  private readonly awaitedKeys = new Set<string>();
  private freed = 0;
  private completing: Promise<void> = Promise.resolve();
  private soon: NodeJS.Timeout | undefined;
  private renewing: NodeJS.Timeout | undefined;

  constructor(private readonly connection: QueueConnection) {}

  /** Calls back when a key was given back for which an entry of a queue waits. */
  whenFreed(callback: (queue: string) => void): void {
    this.onFreed.push(callback);
  }

  /** Takes up to `most` entries of a queue, oldest first, none of these groups, and none whose key is held by anybody. */
  async take(queue: string, most: number, exceptGroups: string[]): Promise<Taking> {
    const { freed } = this;
    const keys = [...(this.heldKeys.get(queue)?.keys() ?? [])];
    const [row] = (await this.connection.query(TAKE, [queue, most, exceptGroups, this.holder, LEASE_SECONDS, keys])) as [{ entries: TakenEntry[]; seen: number; waitsForKey: boolean }];
    for (const { key, id } of row.entries) if (key !== null) this.hold(queue, key, id);
    if (row.waitsForKey) this.awaitKey(queue, freed);
    return { entries: row.entries, isFull: row.seen >= most };
  }

  /**
   * Adds an entry that this process takes in the same moment, unless its key is held by anybody: then whoever comes first takes it. `begin`
   * gets it when the changes are committed.
   */
  addTaken(changes: Changes, queue: string, { data, key, group }: NewEntry & { key: string }, onlyIf: string, begin: (entry: TakenEntry) => void | Promise<void>): void {
    // One of ours that is worked longer than its lease lasted must not lose its key to another one of ours.
    if (this.heldKeys.get(queue)?.has(key)) return void changes.add(addEntries(queue, [{ data, key, group }], { onlyIf }));
    const held = changes.add((place, when) => `
      INSERT INTO leases (name, holder, until)
      SELECT ${place(leaseOf(queue, key))}, ${place(this.holder)}::uuid, now() + make_interval(secs => ${place(LEASE_SECONDS)}) WHERE ${when} AND ${onlyIf}
      ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until WHERE leases.until < now()
      RETURNING name`);
    const added = changes.add(addEntries(queue, [{ data, key, group }], { onlyIf, taken: `EXISTS (SELECT FROM ${held})` }));
    changes.afterwards(added, async ([row]) => {
      const { id, taken } = (row ?? {}) as { id?: string; taken?: boolean };
      if (id === undefined || !taken) return;
      this.hold(queue, key, id);
      await begin({ id, data, retries: 0, key, group: group ?? null });
    });
  }

  /** The work is done: the entry is completed a moment later, together with others, and its key given back. */
  finish(queue: string, entry: TakenEntry): void {
    this.settle(queue, entry, true);
  }

  /** Gives only the key back; the entry was settled otherwise. */
  free(queue: string, entry: TakenEntry): void {
    if (entry.key !== null) this.settle(queue, entry, false);
  }

  /** Completes an entry and puts a copy back for later. */
  async postpone(queue: string, entry: TakenEntry, afterMs: number): Promise<void> {
    const changes = new Changes();
    changes.add(addEntries(queue, [{ data: entry.data, key: entry.key ?? undefined, group: entry.group ?? undefined }], { afterMs }));
    changes.add(complete([{ queue, entry }]));
    await changes.run(this.connection);
    this.free(queue, entry);
  }

  /** Completes what is finished, and waits for it. */
  async stop(): Promise<void> {
    clearInterval(this.renewing);
    this.completeNow();
    await this.completing;
  }

  private settle(queue: string, entry: TakenEntry, done: boolean): void {
    this.finished.push({ queue, entry, done });
    if (this.awaitedKeys.has(queue) || this.finished.length >= COMPLETE_AT) this.completeNow();
    else this.soon ??= setTimeout(() => this.completeNow(), COMPLETE_AFTER_MS);
  }

  private completeNow(): void {
    clearTimeout(this.soon);
    this.soon = undefined;
    const group = this.finished;
    this.finished = [];
    if (group.length > 0) this.completing = this.completing.then(() => this.complete(group));
  }

  private async complete(group: typeof this.finished): Promise<void> {
    const changes = new Changes();
    const keyed = group.filter(({ queue, entry }) => this.holds(queue, entry));
    changes.add(complete(group.filter(({ done }) => done)));
    if (keyed.length > 0) changes.add(giveBack(this.holder, keyed.map(({ queue, entry }) => leaseOf(queue, entry.key!))));
    // Without the database their heartbeats end, and pg-boss hands them out again; the leases end by themselves.
    await changes.run(this.connection).catch((error: unknown) => this.log.warn({ err: error }, 'Finished entries could not be completed; they will be worked again'));
    for (const { queue, entry } of keyed) if (this.holds(queue, entry)) this.heldKeys.get(queue)?.delete(entry.key!);
    this.freed += 1;
    const awaited = [...this.awaitedKeys].filter((queue) => keyed.some((one) => one.queue === queue));
    for (const queue of awaited) {
      this.awaitedKeys.delete(queue);
      this.onFreed.forEach((callback) => callback(queue));
    }
  }

  private awaitKey(queue: string, freedBefore: number): void {
    // The key may have been given back while the question was under way.
    if (this.freed !== freedBefore) return this.onFreed.forEach((callback) => callback(queue));
    this.awaitedKeys.add(queue);
    if (this.finished.some((one) => one.queue === queue)) this.completeNow();
  }

  private holds(queue: string, { key, id }: TakenEntry): boolean {
    return key !== null && this.heldKeys.get(queue)?.get(key) === id;
  }

  private hold(queue: string, key: string, id: string): void {
    const keys = this.heldKeys.get(queue) ?? new Map<string, string>();
    this.heldKeys.set(queue, keys.set(key, id));
    this.renewing ??= setInterval(() => void this.renew(), RENEW_MS).unref();
  }

  /** Keeps the keys that are worked on now. Others that were taken in our name, by a call whose answer got lost or that could not be given back, end by themselves. */
  async renew(): Promise<void> {
    const leases = [...this.heldKeys].flatMap(([queue, keys]) => [...keys.keys()].map((key) => leaseOf(queue, key)));
    if (leases.length === 0) return;
    await this.connection.query(RENEW, [this.holder, LEASE_SECONDS, leases]).catch((error: unknown) => this.log.warn({ err: error }, 'Leases could not be renewed'));
  }
}

/**
 * Adds entries with the rules of their queue. Those that may be worked at once wake the loops of all processes at the commit.
 */
export function addEntries(queue: string, entries: NewEntry[], { afterMs = 0, onlyIf = 'TRUE', taken = 'FALSE' }: Adding = {}): Change {
  return (place, when) => `
    INSERT INTO queue.job_common (name, data, start_after, created_on, singleton_key, group_id, expire_seconds, deletion_seconds, keep_until,
      retry_limit, retry_delay, retry_backoff, retry_delay_max, policy, dead_letter, heartbeat_seconds, state, started_on, heartbeat_on)
    SELECT q.name, wanted.data, wanted.start_after, queue.job_now(), wanted.key, wanted."group", q.expire_seconds, q.deletion_seconds, wanted.start_after + q.retention_seconds * interval '1 second',
      q.retry_limit, q.retry_delay, q.retry_backoff, q.retry_delay_max, q.policy, q.dead_letter, q.heartbeat_seconds,
      (CASE WHEN ${taken} THEN 'active' ELSE 'created' END)::queue.job_state, CASE WHEN ${taken} THEN queue.job_now() END, CASE WHEN ${taken} THEN queue.job_now() END
    FROM (
      SELECT data, key, "group", queue.job_now() + ${place(Math.max(0, Math.round(afterMs)))}::int * interval '1 millisecond' AS start_after
      FROM jsonb_to_recordset(${place(JSON.stringify(entries))}::jsonb) AS entry (data jsonb, key text, "group" text)
    ) AS wanted JOIN queue.queue q ON q.name = ${place(queue)}
    WHERE ${when} AND ${onlyIf}
    RETURNING id, state = 'active' AS taken${afterMs > 0 ? '' : `, CASE WHEN state < 'active' THEN pg_notify(${place(WAKE_UP_CHANNEL)}, name) END`}`;
}

/** SQL: an entry with this key is still to be worked, or is being worked. */
export function isInQueue(queue: string, key: string): string {
  return `EXISTS (SELECT FROM queue.job_common entry WHERE entry.name = '${queue}' AND entry.state < 'completed' AND entry.singleton_key = ${key})`;
}

/** Only as long as the attempt is ours: another process may have taken over meanwhile. */
function complete(group: { queue: string; entry: TakenEntry }[]): Change {
  const finished = group.map(({ queue, entry: { id, retries } }) => ({ name: queue, id, retries }));
  return (place, when) => `
    UPDATE queue.job_common AS job SET state = 'completed', completed_on = queue.job_now()
    FROM jsonb_to_recordset(${place(JSON.stringify(finished))}::jsonb) AS finished (name text, id uuid, retries int)
    WHERE ${among('job.name', 'text', place, finished.map(({ name }) => name))} AND ${among('job.id', 'uuid', place, finished.map(({ id }) => id))}
      AND job.name = finished.name AND job.id = finished.id AND job.state = 'active' AND job.retry_count = finished.retries AND ${when}`;
}

function giveBack(holder: string, leases: string[]): Change {
  return (place, when) => `DELETE FROM leases WHERE holder = ${place(holder)} AND name = ANY (${place(leases)}::text[]) AND ${when}`;
}

function leaseOf(queue: string, key: string): string {
  return `queue ${queue} ${key}`;
}

/**
 * pg-boss's own way to fetch, with a lease for each key. It has a policy for keys (`singleton`), but under it one key with two entries
 * keeps all other keys waiting. In the order of their names, so that two processes never wait for each other's leases.
 */
const TAKE = `
  WITH candidate AS (
    SELECT j.id, j.created_on, j.singleton_key AS key, 'queue ' || j.name || ' ' || j.singleton_key AS lease FROM queue.job_common j
    WHERE j.name = $1 AND j.state < 'active' AND NOT j.blocked AND j.start_after <= queue.job_now()
      AND (j.group_id IS NULL OR j.group_id <> ALL ($3::text[]))
      AND NOT EXISTS (SELECT FROM leases WHERE name = 'queue ' || j.name || ' ' || j.singleton_key AND until >= now())
    ORDER BY j.priority DESC, j.created_on LIMIT $2::int FOR UPDATE OF j SKIP LOCKED
  ), turn AS (
    SELECT DISTINCT ON (coalesce(lease, id::text)) id, lease FROM candidate ORDER BY coalesce(lease, id::text), created_on
  ), held AS (
    INSERT INTO leases (name, holder, until) SELECT lease, $4::uuid, now() + make_interval(secs => $5) FROM turn WHERE lease IS NOT NULL
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until WHERE leases.until < now()
    RETURNING name
  ), taken AS (
    UPDATE queue.job_common j SET state = 'active', started_on = queue.job_now(), heartbeat_on = queue.job_now(),
      retry_count = CASE WHEN j.started_on IS NULL THEN j.retry_count ELSE j.retry_count + 1 END
    WHERE j.name = $1 AND j.id = ANY (ARRAY(SELECT id FROM turn WHERE lease IS NULL OR lease IN (SELECT name FROM held)))
    RETURNING j.id, j.data, j.retry_count, j.singleton_key, j.group_id, j.created_on
  )
  SELECT
    (SELECT count(*) FROM candidate)::int AS seen,
    (SELECT count(*) FROM candidate) > (SELECT count(*) FROM turn) OR cardinality($6::text[]) > 0 AND EXISTS (
      SELECT FROM queue.job_common j WHERE j.name = $1 AND j.state < 'active' AND NOT j.blocked AND j.start_after <= queue.job_now() AND j.singleton_key = ANY ($6::text[])
    ) AS "waitsForKey",
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'data', data, 'retries', retry_count, 'key', singleton_key, 'group', group_id) ORDER BY created_on), '[]') FROM taken) AS entries`;

const RENEW = `UPDATE leases SET until = now() + make_interval(secs => $2) WHERE holder = $1 AND name = ANY ($3::text[])`;
