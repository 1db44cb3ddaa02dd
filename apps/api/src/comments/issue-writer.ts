import { Injectable, Logger } from '@nestjs/common';
import { JiraProblem } from '@openhands-jira/domain';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../config/clock.js';
import { RetryLater } from '../queue/queue.service.js';
import { IssueWriteEntity, MARK_WRITTEN } from './issue-write.entity.js';
import { Pacing } from './pacing.js';
import { type GaveUpReason, WriteToJira } from './write-to-jira.js';

/** Called once per write, in the transaction that stores that Jira has it. */
export type FirstWriteListener = (manager: EntityManager, write: IssueWriteEntity, at: Date) => Promise<void>;

/** Nothing that anybody would have to look at. */
const EXPECTED: GaveUpReason[] = ['reactions_not_offered', 'not_needed'];

/** Tries of one write end after this time. */
const PATIENCE_MS = 30 * 60_000;
const FIRST_PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 5 * 60_000;

/**
 * Writes what is due for one issue, oldest first.
 *
 * The queue works one entry per issue at a time, so comments of an issue stay in order. A newer state of a comment
 * overwrites the row, so an edit that was overtaken is never sent. A failure here never fails a job.
 */
@Injectable()
export class IssueWriter {
  private readonly log = new Logger('comments');
  private readonly pacing = new Pacing();
  private readonly listeners: FirstWriteListener[] = [];

  constructor(
    private readonly db: DataSource,
    private readonly toJira: WriteToJira,
    private readonly clock: Clock,
  ) {}

  /** Has something stored together with the first write of each row. */
  onFirstWrite(listener: FirstWriteListener): void {
    this.listeners.push(listener);
  }

  /** Writes until nothing is due. Throws `RetryLater` when it has to wait. */
  async writeDue(connectionId: string, issueId: string): Promise<void> {
    for (;;) {
      const write = await this.oldestDue(connectionId, issueId);
      if (!write) return;
      const wait = write.nextAttemptAt.getTime() - this.clock.now().getTime();
      if (wait > 0) throw new RetryLater(wait, 'the next attempt is not due yet');
      const pause = this.pacing.take(`${connectionId}:${issueId}`, this.clock.now().getTime());
      if (pause > 0) throw new RetryLater(pause, 'this issue had many writes just now');
      await this.attempt(write);
    }
  }

  /** The queue gave up on this issue: what is still due will not be written. */
  async giveUpDue(connectionId: string, issueId: string): Promise<void> {
    for (;;) {
      const write = await this.oldestDue(connectionId, issueId);
      if (!write) return;
      await this.giveUp(write, 'internal_error');
    }
  }

  private async oldestDue(connectionId: string, issueId: string): Promise<IssueWriteEntity | null> {
    return this.db.manager
      .createQueryBuilder(IssueWriteEntity, 'write')
      .where('write.connectionId = :connectionId AND write.issueId = :issueId', { connectionId, issueId })
      .andWhere('write.writtenRevision < write.revision AND write.gaveUpReason IS NULL')
      .orderBy('write.id')
      .limit(1)
      .getOne();
  }

  private async attempt(write: IssueWriteEntity): Promise<void> {
    try {
      const result = await this.toJira.perform(write);
      if (result.kind === 'written') await this.markWritten(write, result.remoteId);
      else await this.giveUp(write, result.reason);
    } catch (error) {
      if (!(error instanceof JiraProblem)) throw error;
      await this.tryLater(write, error);
    }
  }

  private async markWritten(write: IssueWriteEntity, remoteId: string | null): Promise<void> {
    const at = this.clock.now();
    await this.db.transaction(async (manager) => {
      // The listeners first: rows of jobs are locked before rows of comments everywhere, so nobody waits in a circle.
      if (write.writtenRevision === 0) for (const listener of this.listeners) await listener(manager, write, at);
      await manager.query(MARK_WRITTEN, [write.id, remoteId, write.revision, at]);
    });
  }

  private async tryLater(write: IssueWriteEntity, problem: JiraProblem): Promise<void> {
    const now = this.clock.now();
    const since = write.failingSince ?? now;
    if (now.getTime() - since.getTime() >= PATIENCE_MS) return this.giveUp(write, 'retries_used_up', problem);
    const pause = problem.retryAfterMs ?? Math.min(FIRST_PAUSE_MS * 2 ** write.attempts, LONGEST_PAUSE_MS);
    await this.db.manager.update(IssueWriteEntity, { id: write.id }, { attempts: write.attempts + 1, failingSince: since, nextAttemptAt: new Date(now.getTime() + pause) });
    throw new RetryLater(pause, problem.code);
  }

  private async giveUp(write: IssueWriteEntity, reason: GaveUpReason, problem?: JiraProblem): Promise<void> {
    await this.db.manager.update(IssueWriteEntity, { id: write.id, revision: write.revision }, { gaveUpReason: reason });
    if (EXPECTED.includes(reason)) return;
    this.log.warn({ key: write.key, connectionId: write.connectionId, issueId: write.issueId, reason, ...(problem && { problem: problem.code, status: problem.status }) }, 'Something could not be written into an issue');
  }
}
