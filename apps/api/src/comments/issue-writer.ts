import { Injectable, Logger } from '@nestjs/common';
import { JiraProblem } from '@openhands-jira/domain';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../config/clock.js';
import { traced } from '../config/tracing.js';
import { contextFor, inContext } from '../config/work-context.js';
import { CallsPaused } from '../connections/call-pauses.service.js';
import { RetryLater } from '../queue/queue.service.js';
import { IssueWriteEntity, MARK_WRITTEN } from './issue-write.entity.js';
import { nextWrite } from './next-write.js';
import { Pacing } from './pacing.js';
import { pauseAfterFailure } from './patience.js';
import { type GaveUpReason, WriteToJira, type Written } from './write-to-jira.js';

/** Called once per comment, in the transaction that stores that Jira has it. */
export type FirstWriteListener = (manager: EntityManager, write: IssueWriteEntity, at: Date) => Promise<void>;

/** Nothing that anybody would have to look at. */
const EXPECTED: GaveUpReason[] = ['reactions_not_offered', 'not_needed'];

/**
 * Writes what is due for one issue: comments in order, then links and reactions.
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

  /** Has something stored together with the first write of each comment. */
  onFirstWrite(listener: FirstWriteListener): void {
    this.listeners.push(listener);
  }

  /** Writes until nothing is left to be written. Throws `RetryLater` when it has to wait. */
  async writeDue(connectionId: string, issueId: string): Promise<void> {
    for (;;) {
      const pending = await this.pending(connectionId, issueId);
      if (pending.length === 0) return;
      const next = nextWrite(pending, this.clock.now());
      if ('waitMs' in next) throw new RetryLater(next.waitMs, 'the next attempt is not due yet');
      const pause = this.pacing.take(`${connectionId}:${issueId}`, this.clock.now().getTime());
      if (pause > 0) throw new RetryLater(pause, 'this issue had many writes just now');
      await this.attemptInContext(next.write);
    }
  }

  /** The queue gave up on this issue: what is still to be written will not be. */
  async giveUpDue(connectionId: string, issueId: string): Promise<void> {
    for (const write of await this.pending(connectionId, issueId)) await this.giveUp(write, 'internal_error');
  }

  private async pending(connectionId: string, issueId: string): Promise<IssueWriteEntity[]> {
    return this.db.manager
      .createQueryBuilder(IssueWriteEntity, 'write')
      .where('write.connectionId = :connectionId AND write.issueId = :issueId', { connectionId, issueId })
      .andWhere('write.writtenRevision < write.revision AND write.gaveUpReason IS NULL')
      .orderBy('write.id')
      .getMany();
  }

  private attemptInContext(write: IssueWriteEntity): Promise<void> {
    const { kind, revision, jobId, deliveryId } = write;
    const about = { ...(jobId && { jobId }), ...(deliveryId && { deliveryId }) };
    return inContext({ ...contextFor(about), ...about }, () => traced('write', { attributes: { 'openhands_jira.write.kind': kind, 'openhands_jira.write.revision': revision } }, () => this.attempt(write)));
  }

  private async attempt(write: IssueWriteEntity): Promise<void> {
    try {
      const result = await this.toJira.perform(write);
      if (result.kind === 'written') await this.markWritten(write, result);
      else await this.giveUp(write, result.reason);
    } catch (error) {
      // Jira was not called, so this write has not failed.
      if (error instanceof CallsPaused) throw new RetryLater(error.leftMs, 'no calls go to this Jira for a moment');
      if (!(error instanceof JiraProblem)) throw error;
      await this.tryLater(write, error);
    }
  }

  private async markWritten(write: IssueWriteEntity, { remoteId, edited }: Written): Promise<void> {
    const at = this.clock.now();
    const values = [write.id, remoteId, write.revision, at, edited ? 1 : 0];
    const isFirst = write.kind === 'comment' && write.writtenRevision === 0;
    if (isFirst) await this.db.transaction((manager) => this.markFirst(manager, write, at, values));
    else await this.db.query(MARK_WRITTEN, values);
    this.log.debug({ key: write.key, revision: write.revision }, 'Jira has what was to be written');
  }

  /** The listeners first: rows of jobs are locked before rows of comments everywhere, so nobody waits in a circle. */
  private async markFirst(manager: EntityManager, write: IssueWriteEntity, at: Date, values: unknown[]): Promise<void> {
    for (const listener of this.listeners) await listener(manager, write, at);
    await manager.query(MARK_WRITTEN, values);
  }

  private async tryLater(write: IssueWriteEntity, problem: JiraProblem): Promise<void> {
    const now = this.clock.now();
    const pause = pauseAfterFailure(write, problem.retryAfterMs, now);
    if (pause === null) return this.giveUp(write, 'retries_used_up', problem);
    await this.db.manager.update(IssueWriteEntity, { id: write.id }, { attempts: write.attempts + 1, failingSince: write.failingSince ?? now, nextAttemptAt: new Date(now.getTime() + pause) });
    // Jira wants all of us to be quiet; any other trouble may be that of one write.
    if (problem.code === 'jira_rate_limited') throw new RetryLater(pause, problem.code);
  }

  private async giveUp(write: IssueWriteEntity, reason: GaveUpReason, problem?: JiraProblem): Promise<void> {
    await this.db.manager.update(IssueWriteEntity, { id: write.id, revision: write.revision }, { gaveUpReason: reason });
    if (EXPECTED.includes(reason)) return;
    this.log.warn({ key: write.key, connectionId: write.connectionId, issueId: write.issueId, reason, ...(problem && { problem: problem.code, status: problem.status }) }, 'Something could not be written into an issue');
  }
}
