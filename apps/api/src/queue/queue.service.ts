import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { PgBoss, type Queue as QueueWithRules } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { contextFor, type WorkContext } from '../config/work-context.js';
import { Changes } from '../database/changes.js';
import { Crowd } from './crowd.js';
import { addEntries, Entries, isInQueue } from './entries.js';
import { type Attempt, FetchLoop, HEARTBEAT_SECONDS, type HeldBack, RetryLater } from './fetch-loop.js';
import { QueueConnection } from './queue-connection.js';
import { deadQueueOf, type QueueData, type QueueName, QUEUES } from './queues.js';
import { QueueWakeUp } from './queue-wake-up.js';

export { type Attempt, type HeldBack, isInQueue, RetryLater };

export type Handler<N extends QueueName> = (data: QueueData[N], attempt: Attempt) => Promise<void>;

export interface WorkOptions<N extends QueueName> {
  /** Entries worked at the same time in this process. */
  concurrency: number;
  /** Entries of this queue begin new work. When many groups ask at once, they wait until what their group has begun in this process is done. */
  beginsWork?: boolean;
  /** Called, with its own retries, when all attempts of an entry are used up (also after crashes). */
  onDead?: (data: QueueData[N]) => Promise<void>;
}

export interface EnqueueOptions<N extends QueueName> {
  /** Entries with the same key never run at the same time, in no process. */
  key?: string;
  /** Whose entry it is, usually a connection. One group never takes all places of a process, and groups can be held back. */
  groupOf?: (data: QueueData[N]) => string | undefined;
  startAfterMs?: number;
  /** A condition in SQL under which an entry is added; in it the entry is called `wanted`. */
  onlyIf?: string;
  /** This process may begin at once, if it works the queue and has room. Needs a key; the condition must not speak of `wanted`. */
  here?: boolean;
}

const POLL_MS = 1000;

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
    private readonly entries: Entries,
    private readonly crowd: Crowd = new Crowd(),
  ) {}

  /** Started before the first request, so that the first trigger does not wait for it within its transaction. */
  async onApplicationBootstrap(): Promise<void> {
    await this.connection.boss().catch((error: unknown) => this.log.warn({ err: error }, 'The queue could not be started; the next entry tries again'));
  }

  /** Adds an entry in the caller's transaction. */
  async enqueue<N extends QueueName>(manager: EntityManager, name: N, data: QueueData[N], options: EnqueueOptions<N> = {}): Promise<void> {
    const changes = new Changes();
    this.add(changes, name, [data], options);
    await changes.run(manager);
  }

  /** Adds entries as one of several changes. */
  add<N extends QueueName>(changes: Changes, name: N, entries: (QueueData[N] & WorkContext)[], options: EnqueueOptions<N> = {}): void {
    if (entries.length === 0) return;
    const rows = entries.map((data) => ({ data: { ...contextFor(data), ...data }, key: options.key, group: options.groupOf?.(data) }));
    const [only] = rows;
    const loop = options.here && changes.isCommitted && rows.length === 1 && this.loops.find((one) => one.name === name && one.hasRoomFor(only!.group));
    if (loop && options.key !== undefined) return this.entries.addTaken(changes, name, { ...only!, key: options.key }, options.onlyIf ?? 'TRUE', (entry) => loop.takeOver(entry));
    changes.add(addEntries(name, rows, { afterMs: options.startAfterMs, onlyIf: options.onlyIf }));
  }

  /** Entries of these groups stay where they are, without costing an attempt, as long as `groups` names them. */
  holdBack(names: QueueName[], groups: HeldBack): void {
    for (const name of names) this.heldBack.set(name, groups);
  }

  /** Begins to work a queue in this process. */
  async work<N extends QueueName>(name: N, handler: Handler<N>, options: WorkOptions<N>): Promise<void> {
    const boss = await this.connection.boss();
    const heldBack: HeldBack = () => this.heldBack.get(name)?.() ?? [];
    const { retries } = QUEUES[name];
    this.startLoop(new FetchLoop(boss, this.entries, this.crowd, { name, retries, concurrency: options.concurrency, heldBack, beginsWork: options.beginsWork ?? false }, (data, attempt) => handler(data as QueueData[N], attempt)));
    const { onDead } = options;
    if (onDead) this.startLoop(new FetchLoop(boss, this.entries, this.crowd, { name: deadQueueOf(name), retries, concurrency: 1, heldBack: () => [], beginsWork: false }, (data) => onDead(data as QueueData[N])));
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
    await this.entries.stop();
    await this.wakeUp.stop();
  }

  /** Only now, because the last HTTP requests may still add entries. */
  async onApplicationShutdown(): Promise<void> {
    await this.connection.close();
  }

  private startLoop(loop: FetchLoop): void {
    this.loops.push(loop);
    this.entries.whenFreed((queue) => loop.wake(queue));
    loop.start();
  }
}

/** Creates pg-boss's tables and our queues in a database. Part of migrating. */
export async function prepareQueues(url: string): Promise<void> {
  const boss = new PgBoss({ connectionString: url, schema: 'queue', supervise: false, schedule: false, max: 1 });
  boss.on('error', () => undefined);
  await boss.start();
  const there = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]));
  for (const { name, ...rules } of queuesWanted()) {
    const queue = there.get(name);
    // Most starts find everything as it should be: one question instead of two dozen changes.
    if (!queue) await boss.createQueue(name, { policy: 'standard', ...rules });
    // A queue that an earlier version made has the rules of that version.
    else if (!hasRules(queue, rules)) await boss.updateQueue(name, rules);
  }
  await boss.stop({ graceful: false });
}

/** All queues with their rules, each after the one that its dead entries go to. */
function queuesWanted(): QueueWithRules[] {
  return (Object.keys(QUEUES) as QueueName[]).flatMap((name) => {
    const { retries, firstPauseSeconds, longestPauseSeconds } = QUEUES[name];
    const rules = {
      heartbeatSeconds: HEARTBEAT_SECONDS,
      expireInSeconds: 3600,
      retryLimit: retries,
      retryDelay: firstPauseSeconds,
      retryBackoff: true,
      retryDelayMax: longestPauseSeconds,
      deleteAfterSeconds: 24 * 3600,
    };
    return [{ name: deadQueueOf(name), ...rules }, { name, deadLetter: deadQueueOf(name), ...rules }];
  });
}

function hasRules(queue: QueueWithRules, rules: Omit<QueueWithRules, 'name'>): boolean {
  return (Object.keys(rules) as (keyof typeof rules)[]).every((rule) => queue[rule] === rules[rule]);
}
