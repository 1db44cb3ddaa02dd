/** Takes the entries of one queue as they come, and hands each to its handler. */
import { Logger } from '@nestjs/common';
import type { PgBoss } from 'pg-boss';
import { type SpanFacts, traced } from '../config/tracing.js';
import { contextOf, inContext } from '../config/work-context.js';
import type { Crowd } from './crowd.js';
import type { Entries, TakenEntry } from './entries.js';
import { LOOK_MS } from './thread.js';

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

/** The groups whose entries are not to be taken now. */
export type HeldBack = () => string[];

/** Which queue, and how it is worked. */
export interface LoopRules {
  name: string;
  /** Attempts after the first. */
  retries: number;
  /** Entries worked at the same time in this process. */
  concurrency: number;
  heldBack: HeldBack;
  /** Entries of this queue begin new work; those of the others carry on what was begun. */
  beginsWork: boolean;
}

/** An entry whose process was silent for this long goes to another. */
export const HEARTBEAT_SECONDS = 10;
/** The share of the places that one group may take: when its calls hang, the others go on. */
const GROUP_SHARE = 0.75;

/** Takes entries of one queue, at most `concurrency` at a time, and settles them. */
export class FetchLoop {
  private readonly log = new Logger('queue');
  private readonly active = new Set<Promise<void>>();
  private readonly takenIds = new Set<string>();
  /** Entries that are being worked, by group. */
  private readonly groups = new Map<string, number>();
  private stopped = false;
  private woken = false;
  /** True when a group with something at work was left out at the latest look: one of its entries may wait until another has ended. */
  private passedOver = false;
  private soon: NodeJS.Immediate | undefined;
  private later: NodeJS.Timeout | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private fetching: Promise<void> | undefined;

  constructor(
    private readonly boss: PgBoss,
    private readonly entries: Entries,
    private readonly crowd: Crowd,
    private readonly rules: LoopRules,
    private readonly handler: (data: unknown, attempt: Attempt) => Promise<void>,
  ) {
    crowd.whenEnded(() => this.passedOver && this.lookSoon());
  }

  get name(): string {
    return this.rules.name;
  }

  /** Most entries of a group that are worked at the same time. */
  private get share(): number {
    return this.crowd.isDense ? 1 : Math.max(1, Math.ceil(this.rules.concurrency * GROUP_SHARE));
  }

  /** Groups that have their share, or have to step back for others. */
  private fullGroups(share: number): string[] {
    const full = [...this.groups].filter(([, count]) => count >= share).map(([group]) => group);
    return this.rules.beginsWork ? [...full, ...this.crowd.steppingBack] : full;
  }

  /** Places that are free. Entries of groups that are held back take none: they wait for somebody else, and no more of theirs come. */
  private get room(): number {
    const waiting = this.rules.heldBack().reduce((sum, group) => sum + (this.groups.get(group) ?? 0), 0);
    return this.rules.concurrency - this.active.size + waiting;
  }

  start(): void {
    this.heartbeat = setInterval(() => void this.touch(), (HEARTBEAT_SECONDS * 1000) / 3);
    this.lookSoon();
  }

  wake(name: string | null): void {
    if (name === null || name === this.name) this.lookSoon();
  }

  /** Whether an entry of this group could begin now. */
  hasRoomFor(group: string | undefined): boolean {
    if (this.stopped || this.room <= 0) return false;
    return group === undefined || !(this.fullGroups(this.share).includes(group) || this.rules.heldBack().includes(group));
  }

  /** Works an entry that was added as taken by this process. There may be some more of them than `concurrency`: nobody keeps the room between the question and the end of the statement. */
  async takeOver(entry: TakenEntry): Promise<void> {
    if (this.stopped) await this.entries.postpone(this.name, entry, 0);
    else this.begin(entry);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearImmediate(this.soon);
    clearTimeout(this.later);
    await this.fetching;
    await Promise.all(this.active);
    clearInterval(this.heartbeat);
  }

  /** Looks for entries in the next turn of the event loop: whoever asks meanwhile is served by the same look. */
  private lookSoon(): void {
    if (this.stopped) return;
    if (this.fetching) {
      this.woken = true;
      return;
    }
    clearImmediate(this.soon);
    this.soon = setImmediate(() => {
      this.fetching = this.fetch().finally(() => {
        this.fetching = undefined;
        if (this.woken && this.room > 0) this.lookSoon();
      });
    });
  }

  private async fetch(): Promise<void> {
    const { room } = this;
    // Whatever is there waits until one of those at work has ended.
    this.woken = room <= 0;
    if (room <= 0) return;
    const { share } = this;
    const full = this.fullGroups(share);
    const most = Math.max(0, ...[...this.groups.values()].filter((count) => count < share));
    // Few enough that no group gets more than its share by them.
    const batchSize = Math.min(room, share - most);
    try {
      const heldBack = this.rules.heldBack();
      const { entries, isFull } = await this.entries.take(this.name, batchSize, [...full, ...heldBack]);
      if (isFull) this.woken = true;
      if (this.rules.beginsWork && this.crowd.isDense) this.lookAgainLater();
      this.passedOver = full.length > 0 || heldBack.some((group) => this.groups.has(group));
      for (const entry of entries) this.begin(entry);
    } catch (error) {
      this.log.warn({ err: error, queue: this.name }, 'The queue could not be read; trying again in a second');
    }
  }

  /** Whoever stepped back comes when there is time again, which nobody tells. */
  private lookAgainLater(): void {
    this.later ??= setTimeout(() => {
      this.later = undefined;
      this.lookSoon();
    }, LOOK_MS).unref();
  }

  private begin(entry: TakenEntry): void {
    this.takenIds.add(entry.id);
    this.count(entry.group, 1);
    const work = inContext(contextOf(entry.data), () => this.run(entry)).finally(() => {
      this.takenIds.delete(entry.id);
      this.count(entry.group, -1);
      this.active.delete(work);
      if (this.woken || this.passedOver) this.lookSoon();
    });
    this.active.add(work);
  }

  private count(group: string | null | undefined, by: 1 | -1): void {
    if (!group) return;
    if (by > 0) this.crowd.begin(group);
    else this.crowd.end(group);
    const count = (this.groups.get(group) ?? 0) + by;
    if (count > 0) this.groups.set(group, count);
    else this.groups.delete(group);
  }

  private async run(entry: TakenEntry): Promise<void> {
    const attempt: Attempt = { number: entry.retries + 1, last: entry.retries >= this.rules.retries };
    try {
      await traced(this.name, this.spanOf(entry, attempt), () => this.handler(entry.data, attempt));
      this.entries.finish(this.name, entry);
    } catch (error) {
      await this.settleFailure(entry, error);
    }
  }

  private async settleFailure(entry: TakenEntry, error: unknown): Promise<void> {
    try {
      if (error instanceof RetryLater) {
        await this.postpone(entry, error);
        return;
      }
      this.log.warn({ err: error, queue: this.name, entry: entry.id, attempt: entry.retries + 1 }, 'An attempt failed');
      await this.boss.fail(this.name, entry.id, { message: error instanceof Error ? error.name : 'error' });
      this.entries.free(this.name, entry);
    } catch (settleError) {
      // The database is away. The heartbeat stops with us, and pg-boss hands the entry out again.
      this.log.warn({ err: settleError, queue: this.name, entry: entry.id }, 'An attempt could not be settled; it will be repeated');
      this.entries.free(this.name, entry);
    }
  }

  private async postpone(entry: TakenEntry, later: RetryLater): Promise<void> {
    await this.entries.postpone(this.name, entry, later.afterMs);
    // The poll would find it up to a second late.
    setTimeout(() => this.lookSoon(), later.afterMs).unref();
  }

  private async touch(): Promise<void> {
    if (this.takenIds.size === 0) return;
    await this.boss.touch(this.name, [...this.takenIds]).catch((error: unknown) => this.log.warn({ err: error, queue: this.name }, 'A heartbeat failed'));
  }

  private spanOf(entry: TakenEntry, attempt: Attempt): SpanFacts {
    const isExpected = (error: unknown): boolean => error instanceof RetryLater;
    return { kind: 'consumer', isExpected, attributes: { 'messaging.destination.name': this.name, 'messaging.message.id': entry.id, 'openhands_jira.attempt': attempt.number } };
  }
}
