import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { doc, type JiraClient, JiraProblem, paragraph } from '@openhands-jira/domain';
import { Clock } from '../config/clock.js';
import { AppConfig } from '../config/config.js';
import { RejectedCalls } from '../deliveries/rejected-calls.service.js';
import { Jiras } from '../jira/jiras.service.js';
import { Queue, RetryLater } from '../queue/queue.service.js';
import { type LoopTestEnd, type LoopTestRow, LoopTestStore, nonceOf } from './loop-test.store.js';

/** How long Jira may take to be written to, and then again to call. It queues calls, and some of them for half a minute. */
const PATIENCE_MS = 90_000;
/** How long the comment is tried to be removed. */
const TIDY_MS = 30 * 60_000;
const LOOK_EVERY_MS = 1000;
const TRY_AGAIN_MS = 5000;
/** Newest comments among which one is looked for that was written, and whose answer got lost. */
const NEWEST = 20;

/**
 * Carries a loop test from step to step: write the comment, wait for its delivery, remove the comment. Each step is kept before the next one,
 * and the entry stays in the queue until the last one, so a process that dies leaves no comment behind. What is written names nobody and asks for
 * nothing, and the service account's own words never start work.
 */
@Injectable()
export class LoopTestSteps {
  constructor(
    private readonly store: LoopTestStore,
    private readonly jiras: Jiras,
    private readonly rejected: RejectedCalls,
    private readonly clock: Clock,
  ) {}

  /** The next step, until the test has ended. Throws `RetryLater` while it has not. */
  async advance(connectionId: string, testId: string): Promise<void> {
    for (;;) {
      const row = await this.store.latest(connectionId);
      if (row?.id !== testId || row.ended_at !== null) return;
      if (row.result !== null) await this.tidy(row);
      else if (row.comment_id === null) await this.write(row);
      else await this.look(row);
    }
  }

  /** Nobody tries any more. */
  async giveUp(connectionId: string, testId: string): Promise<void> {
    const row = await this.store.latest(connectionId);
    if (row?.id !== testId || row.ended_at !== null) return;
    await this.store.change(row.id, { result: row.result ?? 'jira_away', comment_state: row.comment_id === null ? 'none' : 'left', ended_at: this.clock.now() });
  }

  private async write(row: LoopTestRow): Promise<void> {
    try {
      const client = await this.jiras.clientFor(row.connection_id);
      const issue = await client.getIssue(row.issue_key);
      if (!issue) return await this.endWith(row, 'issue_not_seen');
      await this.store.change(row.id, { issue_id: issue.id });
      const commentId = (await writtenBefore(client, issue.id, row)) ?? (await client.addComment(issue.id, commentOf(row)));
      const until = new Date(this.clock.now().getTime() + PATIENCE_MS);
      await this.store.change(row.id, { comment_id: commentId, comment_state: 'written', waits_until: until });
    } catch (error) {
      if (!(error instanceof JiraProblem)) throw error;
      if (mayPass(error) && this.age(row) < PATIENCE_MS) throw new RetryLater(TRY_AGAIN_MS, error.message);
      await this.endWith(row, mayPass(error) ? 'jira_away' : 'not_allowed');
    }
  }

  private async look(row: LoopTestRow): Promise<void> {
    const arrival = await this.store.arrival(row);
    if (arrival) return this.store.change(row.id, { result: 'arrived', arrived_at: arrival.at, delivery_id: arrival.id });
    if (this.clock.now() < row.waits_until) throw new RetryLater(LOOK_EVERY_MS, 'The delivery has not come yet.');
    const turnedAway = await this.rejected.latest(row.connection_id, row.started_at);
    await this.endWith(row, turnedAway ? 'turned_away' : 'not_arrived');
  }

  /** A comment whose answer got lost is looked for by its mark, so that it is removed, too. */
  private async tidy(row: LoopTestRow): Promise<void> {
    try {
      const client = await this.jiras.clientFor(row.connection_id);
      const commentId = row.comment_id ?? (row.issue_id && (await writtenBefore(client, row.issue_id, row)));
      if (commentId && row.issue_id) await client.deleteComment(row.issue_id, commentId);
      await this.store.change(row.id, { comment_state: commentId ? 'removed' : 'none', ended_at: this.clock.now() });
    } catch (error) {
      if (!(error instanceof JiraProblem)) throw error;
      if (mayPass(error) && this.age(row) < TIDY_MS) throw new RetryLater(TRY_AGAIN_MS, error.message);
      await this.store.change(row.id, { comment_state: row.comment_id === null ? 'none' : 'left', ended_at: this.clock.now() });
    }
  }

  private endWith(row: LoopTestRow, result: LoopTestEnd): Promise<void> {
    return this.store.change(row.id, { result });
  }

  private age({ started_at: startedAt }: LoopTestRow): number {
    return this.clock.now().getTime() - startedAt.getTime();
  }
}

/** Works the loop tests in the processes that do work. */
@Injectable()
export class LoopTestWorker implements OnApplicationBootstrap {
  constructor(
    private readonly config: AppConfig,
    private readonly queue: Queue,
    private readonly steps: LoopTestSteps,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.runsWorker) return;
    await this.queue.work('loop-test', ({ connectionId, testId }) => this.steps.advance(connectionId, testId), { concurrency: 2, onDead: ({ connectionId, testId }) => this.steps.giveUp(connectionId, testId) });
  }
}

function mayPass({ code }: JiraProblem): boolean {
  return code === 'jira_unreachable' || code === 'jira_rate_limited';
}

function keyOf({ id }: LoopTestRow): string {
  return `loop-test:${id}`;
}

async function writtenBefore(client: JiraClient, issueId: string, row: LoopTestRow): Promise<string | null> {
  const comments = await client.listComments(issueId, NEWEST);
  return comments.find(({ mark }) => mark?.key === keyOf(row))?.id ?? null;
}

function commentOf(row: LoopTestRow): Parameters<JiraClient['addComment']>[1] {
  const words = 'This is a test of the connection between Jira and OpenHands, asked for by the person who looks after it. It starts no work, and is removed by itself within minutes.';
  // Customers of a service desk neither read it nor get mail about it; in other projects the flag means nothing.
  return { body: doc(paragraph(words), paragraph(`Reference: ${nonceOf(row.id)}`)), audience: { visibility: null, internal: true }, mark: { v: 1, key: keyOf(row), jobId: null, kind: 'loop_test' } };
}
