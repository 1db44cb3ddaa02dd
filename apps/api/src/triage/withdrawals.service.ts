import { Injectable } from '@nestjs/common';
import type { Trigger } from '@openhands-jira/domain';
import { DataSource } from 'typeorm';
import { Jiras } from '../jira/jiras.service.js';
import { JobEntity } from '../jobs/jobs.entity.js';
import { Jobs } from '../jobs/jobs.service.js';
import { RetryLater } from '../queue/queue.service.js';
import { type Decision, ignored } from './decision.js';

type Withdrawal = Extract<Trigger, { kind: 'withdrawal' }>;

/**
 * Deletions: a queued job ends with its comment, every job of an issue ends with the issue. Nothing ever starts here. A delivery is only a
 * claim, so whatever would end work is looked for in Jira first.
 */
@Injectable()
export class Withdrawals {
  constructor(
    private readonly db: DataSource,
    private readonly jobs: Jobs,
    private readonly jiras: Jiras,
  ) {}

  /** Throws `JiraProblem` when Jira cannot be asked. */
  async decide(connectionId: string, trigger: Withdrawal): Promise<Decision> {
    return trigger.commentId === null ? this.issueDeleted(connectionId, trigger.issueId) : this.commentDeleted(connectionId, trigger.commentId);
  }

  private async issueDeleted(connectionId: string, issueId: string): Promise<Decision> {
    if (!(await this.jobs.activeOf(connectionId, issueId))) return ignored('event_not_used', 'The issue was deleted, and no job was at work on it.');
    const client = await this.jiras.clientFor(connectionId);
    if (await client.getIssue(issueId)) return ignored('payload_mismatch', 'The delivery says that the issue was deleted, but Jira still has it.');
    return {
      outcome: 'job',
      reason: 'cancelled_by_event',
      takesBack: true,
      detail: 'The issue was deleted, so its job was cancelled.',
      effect: async (manager) => idOf(await this.jobs.cancelByIssue(manager, connectionId, issueId)),
    };
  }

  private async commentDeleted(connectionId: string, commentId: string): Promise<Decision> {
    const queued = await this.db.manager.findOne(JobEntity, { select: { id: true, issueId: true }, where: { connectionId, commentId, state: 'queued' } });
    if (!queued) return ignored('comment_deleted', 'The comment was deleted. No job from it was waiting to start.');
    const client = await this.jiras.clientFor(connectionId);
    if (await client.getComment(queued.issueId, commentId)) return ignored('payload_mismatch', 'The delivery says that the comment was deleted, but Jira still has it.');
    return {
      outcome: 'job',
      reason: 'cancelled_by_event',
      takesBack: true,
      detail: 'The comment was deleted before its job started, so the job was cancelled.',
      effect: async (manager) => idOf(await this.jobs.cancelQueuedByComment(manager, connectionId, commentId)),
    };
  }
}

/** The job went on while we decided: decided again, its new state counts. */
function idOf(cancelled: JobEntity | null): string {
  if (!cancelled) throw new RetryLater(50, 'The job has just started or ended');
  return cancelled.id;
}
