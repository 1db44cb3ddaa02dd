import { Injectable } from '@nestjs/common';
import type { LoopTest, LoopTestResult } from '@openhands-jira/contracts';
import { REASON_TEXTS } from '@openhands-jira/domain';
import { Clock } from '../config/clock.js';
import { Connections } from '../connections/connections.service.js';
import { lookedAfter } from '../connections/looked-after.js';
import { uuidv7 } from '../database/uuid.js';
import { RejectedCalls } from '../deliveries/rejected-calls.service.js';
import type { Caller } from '../security/access.js';
import { Problem } from '../security/problem.js';
import { type LoopTestEnd, type LoopTestRow, LoopTestStore } from './loop-test.store.js';

/** Loop tests for those who look after a connection: beginning one, and how the latest one stands. */
@Injectable()
export class LoopTests {
  constructor(
    private readonly connections: Connections,
    private readonly store: LoopTestStore,
    private readonly rejected: RejectedCalls,
    private readonly clock: Clock,
  ) {}

  /** Throws `Problem` when the connection is not active, or has a test under way. */
  async begin(caller: Caller, connectionId: string, issueKey: string): Promise<LoopTest> {
    const { id, status } = await lookedAfter(this.connections, caller, connectionId);
    if (status !== 'active') throw new Problem(409, 'conflict', 'This connection is not active, so a comment would lead to nothing. Finish its set-up or resume it first.');
    if (!(await this.store.begin(id, uuidv7(), issueKey, this.clock.now()))) throw new Problem(409, 'conflict', 'A loop test of this connection is under way. Wait until it has ended.');
    return (await this.latest(caller, connectionId))!;
  }

  /** Null when there was none. */
  async latest(caller: Caller, connectionId: string): Promise<LoopTest | null> {
    const { id } = await lookedAfter(this.connections, caller, connectionId);
    const row = await this.store.latest(id);
    return row && this.view(row);
  }

  private async view(row: LoopTestRow): Promise<LoopTest> {
    const turnedAway = row.result === 'turned_away' ? await this.rejected.latest(row.connection_id, row.started_at) : null;
    const [result, detail, hint] = wordsOf(row);
    return {
      issueKey: row.issue_key, result,
      detail: turnedAway ? `${detail} ${REASON_TEXTS[turnedAway.reason].title}.` : detail,
      hint: turnedAway ? REASON_TEXTS[turnedAway.reason].hint : hint,
      startedAt: row.started_at.toISOString(),
      tookMs: row.arrived_at && Math.max(0, row.arrived_at.getTime() - row.started_at.getTime()),
      deliveryId: row.delivery_id,
      comment: row.comment_state,
      endedAt: row.ended_at?.toISOString() ?? null,
    };
  }
}

function wordsOf({ result, comment_id: commentId }: LoopTestRow): [LoopTestResult, string, string] {
  if (result !== null) return ENDS[result];
  return ['waiting', commentId === null ? 'The comment is being written.' : 'The comment is in the issue. Now its delivery is waited for.', ''];
}

const ENDS: Record<LoopTestEnd, [LoopTestResult, string, string]> = {
  arrived: ['arrived', 'Jira called, the signature was right, and the call carried the comment.', ''],
  turned_away: ['turned_away', 'Jira called, but no call with the comment was let in.', 'Activity lists the calls that were turned away.'],
  not_arrived: [
    'not_arrived', 'The comment was written, and no call came for it.',
    'Check in Jira that the webhook is enabled, has the URL of this connection and the event "comment created", that no filter leaves this project out, and that Jira can reach the address.',
  ],
  issue_not_seen: ['not_written', 'The service account cannot see this issue.', 'Check the key, and give the service account access to the project.'],
  not_allowed: ['not_written', 'Jira does not let the service account write this comment.', 'Press Test under Health, which tells what the service account lacks.'],
  jira_away: ['not_written', 'Jira could not be reached, or asked for quiet.', 'Try again in some minutes.'],
};
