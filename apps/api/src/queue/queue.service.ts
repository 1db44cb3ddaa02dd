import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { PgBoss, type JobWithMetadata } from 'pg-boss';
import { type SpanFacts, traced } from '../config/tracing.js';
import { contextFor, contextOf, inContext, type WorkContext } from '../config/work-context.js';
import type { EntityManager } from 'typeorm';
import { QueueConnection } from './queue-connection.js';
import { KeyLeases } from './key-leases.js';
import { deadQueueOf, type QueueData, type QueueName, QUEUES } from './queues.js';
import { QueueWakeUp, WAKE_UP_CHANNEL } from './queue-wake-up.js';

/** A handler throws this to be called again at a given time without counting as a failure (`Retry-After`). */
export class RetryLater extends Error {
  constructor(readonly afterMs: number, reason: string) {
    super(reason);
    this.name = 'RetryLater';
  }
}

/** What a handler learns besides the data. */
export interface Attempt {
  /** 1 for the first attempt. */
  number: number;
  /** True when no further attempt follows this one. */
  last: boolean;
}

export type Handler<N extends QueueName> = (data: QueueData[N], attempt: Attempt) => Promise<void>;

export interface WorkOptions<N extends QueueName> {
  /** Entries worked at the same time in this process. */
  concurrency: number;
  /** Called, with its own retries, when all attempts of an entry are used up (also after crashes). */
  onDead?: (data: QueueData[N]) => Promise<void>;
}

export interface EnqueueOptions<N extends QueueName> {
  /** For `one-per-key` queues. */
  key?: string;
  /** Whose entry it is, usually a connection. One group never takes all places of a process, and groups can be held back. */
  groupOf?: (data: QueueData[N]) => string | undefined;
  startAfterMs?: number;
}

/** The groups whose entries are not to be taken now. */
export type HeldBack = () => string[];

const POLL_MS = 1000;
const HEARTBEAT_SECONDS = 10;
/** The share of the places that one group may take: when its calls hang, the others go on. */
const GROUP_SHARE = 0.75;
/** Pause of an entry whose key is taken. */
const KEY_PAUSE_MS = 200;

/**
 * The queue: pg-boss in our own PostgreSQL.
 *
 * `enqueue` runs on the caller's transaction, so an entry exists exactly when the row that caused it does. The fetch loop is
 * ours, because pg-boss's `work` takes one batch per polling interval: a NOTIFY at commit wakes the loop within
 * milliseconds, and a poll each second is the backstop. A process that dies stops its heartbeats, and pg-boss hands its
 * entries to another after ten seconds.
 *
 * An entry carries what the work behind it is about, so that the log and the trace go on in whichever process works it.
 */
@Injectable()
export class Queue implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly log = new Logger('queue');
  private readonly loops: FetchLoop[] = [];
  private poll: NodeJS.Timeout | undefined;
  private readonly heldBack = new Map<QueueName, HeldBack>();

  constructor(
    private readonly connection: QueueConnection,
    private readonly wakeUp: QueueWakeUp,
    private readonly keys: KeyLeases,
  ) {}

  /** Started before the first request, so that the first trigger does not wait for it within its transaction. */
  async onApplicationBootstrap(): Promise<void> {
    await this.connection.boss().catch((error: unknown) => this.log.warn({ err: error }, 'The queue could not be started; the next entry tries again'));
  }

  /** Adds an entry in the caller's transaction. */
  async enqueue<N extends QueueName>(manager: EntityManager, name: N, data: QueueData[N], options: EnqueueOptions<N> = {}): Promise<void> {
    await this.enqueueMany(manager, name, [data], options);
  }

  /** Adds several entries with one statement, in the caller's transaction. */
  async enqueueMany<N extends QueueName>(manager: EntityManager, name: N, entries: (QueueData[N] & WorkContext)[], options: EnqueueOptions<N> = {}): Promise<void> {
    if (entries.length === 0) return;
    const boss = await this.connection.boss();
    const jobs = entries.map((data) => ({
      data: { ...contextFor(data), ...data },
      ...(options.key !== undefined && { singletonKey: options.key }),
      ...groupFor(options.groupOf?.(data)),
      ...(options.startAfterMs !== undefined && { startAfter: fromNow(options.startAfterMs) }),
    }));
    const insert = options.startAfterMs ? manager.query.bind(manager) : insertAndWake(manager, name);
    await boss.insert(name, jobs, { db: { executeSql: async (text: string, values?: unknown[]) => (await insert(text, values), { rows: [] }) } });
  }

  /** Entries of these groups stay where they are, without costing an attempt, as long as `groups` names them. */
  holdBack(names: QueueName[], groups: HeldBack): void {
    for (const name of names) this.heldBack.set(name, groups);
  }

  /** Begins to work a queue in this process. */
  async work<N extends QueueName>(name: N, handler: Handler<N>, options: WorkOptions<N>): Promise<void> {
    const boss = await this.connection.boss();
    const heldBack: HeldBack = () => this.heldBack.get(name)?.() ?? [];
    this.startLoop(new FetchLoop(boss, name, QUEUES[name].retries, options.concurrency, (data, attempt) => handler(data as QueueData[N], attempt), QUEUES[name].order === 'one-per-key' ? this.keys : null, heldBack, this.log));
    const { onDead } = options;
    if (onDead) this.startLoop(new FetchLoop(boss, deadQueueOf(name), QUEUES[name].retries, 1, (data) => onDead(data as QueueData[N]), null, () => [], this.log));
    await this.wakeUp.start((woken) => this.loops.forEach((loop) => loop.wake(woken)));
    this.poll ??= setInterval(() => void this.wakeDue(), POLL_MS);
  }

  /** The backstop of the wake-ups: one question for all queues of this process, not one for each. */
  private async wakeDue(): Promise<void> {
    const names = await this.connection.namesDue(this.loops.map((loop) => loop.name)).catch((error: unknown) => this.log.warn({ err: error }, 'The queue could not be read; trying again in a second'));
    for (const name of names ?? []) this.loops.forEach((loop) => loop.wake(name));
  }

  /**
   * Stops taking, and waits until what was taken is finished. This early, because later the handlers' own connection to the
   * database is closed, and each would spend an attempt on that.
   */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.poll);
    await Promise.all(this.loops.map((loop) => loop.stop()));
    await this.wakeUp.stop();
  }

  /** Only now, because the last HTTP requests may still add entries. */
  async onApplicationShutdown(): Promise<void> {
    this.keys.stop();
    await this.connection.close();
  }

  private startLoop(loop: FetchLoop): void {
    this.loops.push(loop);
    loop.start();
  }
}

/** pg-boss's INSERT and the wake-up that goes out with the commit, in one round trip. */
function insertAndWake(manager: EntityManager, name: QueueName): (text: string, values?: unknown[]) => Promise<unknown> {
  return (text, values = []) => manager.query(`WITH entry AS (${text}) SELECT pg_notify($${values.length + 1}, $${values.length + 2})`, [...values, WAKE_UP_CHANNEL, name]);
}

/** A moment by the clock of the database, because those of the replicas may differ. */
function fromNow(ms: number): string {
  return `${Math.max(0, Math.round(ms))} milliseconds`;
}

function groupFor(id: string | null | undefined): { group?: { id: string } } {
  return id ? { group: { id } } : {};
}

/** Takes entries of one queue, at most `concurrency` at a time, and settles them. */
class FetchLoop {
  private readonly active = new Set<Promise<void>>();
  private readonly takenIds = new Set<string>();
  /** Entries that are being worked, by group. */
  private readonly groups = new Map<string, number>();
  private stopped = false;
  private woken = false;
  /** True when a group had its share at the latest look: one of its entries may wait until another has ended. */
  private passedOver = false;
  private timer: NodeJS.Timeout | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private fetching: Promise<void> | undefined;

  constructor(
    private readonly boss: PgBoss,
    readonly name: string,
    private readonly retries: number,
    private readonly concurrency: number,
    private readonly handler: (data: unknown, attempt: Attempt) => Promise<void>,
    private readonly keys: KeyLeases | null,
    private readonly heldBack: HeldBack,
    private readonly log: Logger,
  ) {}

  start(): void {
    this.heartbeat = setInterval(() => void this.touch(), (HEARTBEAT_SECONDS * 1000) / 3);
    this.schedule(0);
  }

  wake(name: string | null): void {
    if (name === null || name === this.name) this.schedule(0);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.fetching;
    await Promise.all(this.active);
    clearInterval(this.heartbeat);
  }

  private schedule(ms: number): void {
    if (this.stopped) return;
    if (this.fetching) {
      if (ms === 0) this.woken = true;
      return;
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.fetching = this.fetch().finally(() => {
        this.fetching = undefined;
        if (this.woken && this.active.size < this.concurrency) this.schedule(0);
      });
    }, ms);
  }

  private async fetch(): Promise<void> {
    const room = this.concurrency - this.active.size;
    // Whatever is there waits until one of those at work has ended.
    this.woken = room <= 0;
    if (room <= 0) return;
    const share = Math.max(1, Math.ceil(this.concurrency * GROUP_SHARE));
    const full = [...this.groups].filter(([, count]) => count >= share).map(([group]) => group);
    const most = Math.max(0, ...[...this.groups.values()].filter((count) => count < share));
    // Few enough that no group gets more than its share by them.
    const batchSize = Math.min(room, share - most);
    try {
      const jobs = await this.boss.fetch<object>(this.name, { batchSize, includeMetadata: true, ignoreGroups: [...full, ...this.heldBack()] });
      // A full batch means there may be more.
      if (jobs.length === batchSize) this.woken = true;
      this.passedOver = full.length > 0;
      for (const job of jobs) this.begin(job);
    } catch (error) {
      this.log.warn({ err: error, queue: this.name }, 'The queue could not be read; trying again in a second');
    }
  }

  private begin(job: JobWithMetadata<object>): void {
    this.takenIds.add(job.id);
    this.count(job.groupId, 1);
    const work = inContext(contextOf(job.data), () => this.run(job)).finally(() => {
      this.takenIds.delete(job.id);
      this.count(job.groupId, -1);
      this.active.delete(work);
      if (this.woken || this.passedOver) this.schedule(0);
    });
    this.active.add(work);
  }

  private count(group: string | null | undefined, by: 1 | -1): void {
    if (!group) return;
    const count = (this.groups.get(group) ?? 0) + by;
    if (count > 0) this.groups.set(group, count);
    else this.groups.delete(group);
  }

  private async run(job: JobWithMetadata<object>): Promise<void> {
    const attempt: Attempt = { number: job.retryCount + 1, last: job.retryCount >= this.retries };
    try {
      await this.alone(job, () => traced(this.name, spanOf(job, attempt), () => this.handler(job.data, attempt)));
      await this.boss.complete(this.name, job.id);
    } catch (error) {
      await this.settleFailure(job, error);
    }
  }

  /** Runs the work while nobody else works on the same key. Whoever comes second waits, and comes again a moment later when another process has it. */
  private async alone(job: JobWithMetadata<object>, work: () => Promise<void>): Promise<void> {
    const { keys } = this;
    if (!keys || job.singletonKey === null) return work();
    const key = `${this.name} ${job.singletonKey}`;
    return keys.inTurn(key, async () => {
      const lease = await keys.take(key);
      if (!lease) throw new RetryLater(KEY_PAUSE_MS, 'Another entry of this key is being worked');
      try {
        await work();
      } finally {
        await keys.release(lease);
      }
    });
  }

  private async settleFailure(job: JobWithMetadata<object>, error: unknown): Promise<void> {
    try {
      if (error instanceof RetryLater) {
        await this.postpone(job, error);
        return;
      }
      this.log.warn({ err: error, queue: this.name, entry: job.id, attempt: job.retryCount + 1 }, 'An attempt failed');
      await this.boss.fail(this.name, job.id, { message: error instanceof Error ? error.name : 'error' });
    } catch (settleError) {
      // The database is away. The heartbeat stops with us, and pg-boss hands the entry out again.
      this.log.warn({ err: settleError, queue: this.name, entry: job.id }, 'An attempt could not be settled; it will be repeated');
    }
  }

  /** Puts a copy back for later and completes this one. */
  private async postpone(job: JobWithMetadata<object>, later: RetryLater): Promise<void> {
    const copy = { data: job.data, startAfter: fromNow(later.afterMs), ...(job.singletonKey !== null && { singletonKey: job.singletonKey }), ...groupFor(job.groupId) };
    await this.boss.insert(this.name, [copy]);
    await this.boss.complete(this.name, job.id);
    // The poll would find it up to a second late.
    setTimeout(() => this.schedule(0), later.afterMs).unref();
  }

  private async touch(): Promise<void> {
    if (this.takenIds.size === 0) return;
    await this.boss.touch(this.name, [...this.takenIds]).catch((error: unknown) => this.log.warn({ err: error, queue: this.name }, 'A heartbeat failed'));
  }
}

function spanOf(job: JobWithMetadata<object>, attempt: Attempt): SpanFacts {
  const isExpected = (error: unknown): boolean => error instanceof RetryLater;
  return { kind: 'consumer', isExpected, attributes: { 'messaging.destination.name': job.name, 'messaging.message.id': job.id, 'openhands_jira.attempt': attempt.number } };
}

/** Creates pg-boss's tables and our queues in a database. Part of migrating. */
export async function prepareQueues(url: string): Promise<void> {
  const boss = new PgBoss({ connectionString: url, schema: 'queue', supervise: false, schedule: false, max: 1 });
  boss.on('error', () => undefined);
  await boss.start();
  for (const [name, rules] of Object.entries(QUEUES) as [QueueName, (typeof QUEUES)[QueueName]][]) {
    const common = {
      heartbeatSeconds: HEARTBEAT_SECONDS,
      expireInSeconds: 3600,
      retryLimit: rules.retries,
      retryDelay: rules.firstPauseSeconds,
      retryBackoff: true,
      retryDelayMax: rules.longestPauseSeconds,
      deleteAfterSeconds: 24 * 3600,
    };
    await boss.createQueue(deadQueueOf(name), { policy: 'standard', ...common });
    await boss.createQueue(name, { policy: 'standard', deadLetter: deadQueueOf(name), ...common });
    // A queue that an earlier version made has the rules of that version.
    for (const one of [deadQueueOf(name), name]) await boss.updateQueue(one, common);
  }
  await boss.stop({ graceful: false });
}
