import { Injectable, Logger } from '@nestjs/common';
import { JiraProblem } from '@openhands-jira/domain';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import { traced } from '../config/tracing.js';
import { contextFor, inContext } from '../config/work-context.js';
import { CallsPaused } from '../connections/call-pauses.service.js';
import { connectionAsJson, ConnectionEntity } from '../connections/connection.entity.js';
import { type Change, Changes } from '../database/changes.js';
import { entityOf } from '../database/entity-rows.js';
import { RetryLater } from '../queue/queue.service.js';
import { giveUp, IssueWriteEntity, markWritten, type Outcome } from './issue-write.entity.js';
import { nextWrite } from './next-write.js';
import { Pacing } from './pacing.js';
import { pauseAfterFailure } from './patience.js';
import { type GaveUpReason, WriteToJira } from './write-to-jira.js';

/** A comment that is in Jira now for the first time. */
export interface FirstWrite {
  key: string;
  at: Date;
}

/** Has something stored together with the first write of comments. */
export interface FirstWriteListener {
  /** The change, or null when there is none to be made. */
  change(first: FirstWrite[]): Change | null;
  /** Told the rows that the change gave. */
  done(rows: { at: Date; received_at: Date }[]): void;
}

/** Nothing that anybody would have to look at. */
const EXPECTED: GaveUpReason[] = ['reactions_not_offered', 'not_needed'];

/** What was read of the outbox is used for this long; then it is read again, because newer wishes may have overtaken it. */
const FRESH_MS = 1000;

/** The outbox of one issue while it is worked. */
interface Round {
  pending: IssueWriteEntity[];
  connection: ConnectionEntity | null;
  readAt: number;
  /** What Jira was asked for, and what is not stored yet of that. */
  outcomes: Outcome[];
}

/**
 * Writes what is due for one issue: comments in order, then links and reactions.
 *
 * The queue works one entry per issue at a time, so comments of an issue stay in order. A newer state of a comment
 * overwrites the row and has an entry of its own, so an edit that was overtaken is hardly ever sent. A failure here never fails a job.
 *
 * What Jira has then is stored at the end, with one statement. A process that dies before that finds the comments that it posted by
 * their marks; edits and links it repeats with the same content.
 */
@Injectable()
export class IssueWriter {
  private readonly log = new Logger('comments');
  private readonly pacing = new Pacing();
  private listener: FirstWriteListener = { change: () => null, done: () => undefined };

  constructor(
    private readonly db: DataSource,
    private readonly toJira: WriteToJira,
    private readonly clock: Clock,
  ) {}

  /** Has something stored together with the first write of each comment. */
  onFirstWrite(listener: FirstWriteListener): void {
    this.listener = listener;
  }

  /** Writes until nothing is left to be written. Throws `RetryLater` when it has to wait. */
  async writeDue(connectionId: string, issueId: string): Promise<void> {
    const round = await this.read(connectionId, issueId);
    try {
      while (round.pending.length > 0) {
        await this.writeNext(round);
        if (performance.now() - round.readAt > FRESH_MS) await this.readAgain(round, connectionId, issueId);
      }
    } finally {
      await this.store(round.outcomes);
    }
  }

  private async writeNext(round: Round): Promise<void> {
    const next = nextWrite(round.pending, this.clock.now());
    if ('waitMs' in next) throw new RetryLater(next.waitMs, 'the next attempt is not due yet');
    const { write } = next;
    const pause = this.pacing.take(`${write.connectionId}:${write.issueId}`, this.clock.now().getTime());
    if (pause > 0) throw new RetryLater(pause, 'this issue had many writes just now');
    const outcome = await this.attemptInContext(write, round.connection);
    // Whatever went wrong may be true of the whole connection now, such as a refused account: the next write goes by what is known then.
    if (!outcome) return void (round.readAt = -Infinity);
    round.outcomes.push(outcome);
    round.pending = round.pending.filter((one) => one !== write);
  }

  /** The queue gave up on this issue: what is still to be written will not be. */
  async giveUpDue(connectionId: string, issueId: string): Promise<void> {
    const { pending } = await this.read(connectionId, issueId);
    await this.store(pending.map((write) => this.gaveUp(write, 'internal_error')));
  }

  private async read(connectionId: string, issueId: string): Promise<Round> {
    const rows = await this.db.query<{ write: object; connection: object }[]>(DUE, [connectionId, issueId]);
    const connection = rows[0] ? entityOf(this.db, ConnectionEntity, rows[0].connection) : null;
    return { pending: rows.map(({ write }) => entityOf(this.db, IssueWriteEntity, write)), connection, readAt: performance.now(), outcomes: [] };
  }

  private async readAgain(round: Round, connectionId: string, issueId: string): Promise<void> {
    await this.store(round.outcomes.splice(0));
    Object.assign(round, await this.read(connectionId, issueId));
  }

  private attemptInContext(write: IssueWriteEntity, connection: ConnectionEntity | null): Promise<Outcome | null> {
    const { kind, revision, jobId, deliveryId } = write;
    const about = { ...(jobId && { jobId }), ...(deliveryId && { deliveryId }) };
    return inContext({ ...contextFor(about), ...about }, () => traced('write', { attributes: { 'openhands_jira.write.kind': kind, 'openhands_jira.write.revision': revision } }, () => this.attempt(write, connection)));
  }

  /** Null when it is tried again later. */
  private async attempt(write: IssueWriteEntity, connection: ConnectionEntity | null): Promise<Outcome | null> {
    try {
      const result = await this.toJira.perform(write, connection);
      if (result.kind === 'gave_up') return this.gaveUp(write, result.reason);
      this.log.debug({ key: write.key, revision: write.revision }, 'Jira has what was to be written');
      return { ...result, write, at: this.clock.now() };
    } catch (error) {
      // Jira was not called, so this write has not failed.
      if (error instanceof CallsPaused) throw new RetryLater(error.leftMs, 'no calls go to this Jira for a moment');
      if (!(error instanceof JiraProblem)) throw error;
      return this.tryLater(write, error);
    }
  }

  /** The change of the listener first: rows of jobs are locked before rows of comments everywhere, so nobody waits in a circle. */
  private async store(outcomes: Outcome[]): Promise<void> {
    if (outcomes.length === 0) return;
    const written = outcomes.filter((one) => one.kind === 'written');
    const gaveUp = outcomes.filter((one) => one.kind === 'gave_up');
    const first = written.filter(({ write }) => write.kind === 'comment' && write.writtenRevision === 0).map(({ write: { key }, at }) => ({ key, at }));
    const changes = new Changes();
    const heard = this.listener.change(first);
    const rows = heard && changes.first(heard);
    if (written.length > 0) changes.add(markWritten(written));
    if (gaveUp.length > 0) changes.add(giveUp(gaveUp));
    if (rows) this.listener.done(await changes.rowsOf(rows, this.db));
    else await changes.run(this.db);
  }

  private async tryLater(write: IssueWriteEntity, problem: JiraProblem): Promise<Outcome | null> {
    const now = this.clock.now();
    const pause = pauseAfterFailure(write, problem.retryAfterMs, now);
    if (pause === null) return this.gaveUp(write, 'retries_used_up', problem);
    const later = { attempts: write.attempts + 1, failingSince: write.failingSince ?? now, nextAttemptAt: new Date(now.getTime() + pause) };
    Object.assign(write, later);
    await this.db.manager.update(IssueWriteEntity, { id: write.id }, later);
    // Jira wants all of us to be quiet; any other trouble may be that of one write.
    if (problem.code === 'jira_rate_limited') throw new RetryLater(pause, problem.code);
    return null;
  }

  private gaveUp(write: IssueWriteEntity, reason: GaveUpReason, problem?: JiraProblem): Outcome {
    if (!EXPECTED.includes(reason)) {
      this.log.warn({ key: write.key, connectionId: write.connectionId, issueId: write.issueId, reason, ...(problem && { problem: problem.code, status: problem.status }) }, 'Something could not be written into an issue');
    }
    return { kind: 'gave_up', write, reason };
  }
}

/** What an issue is to have and does not have yet. A write ends with its connection. */
const DUE = `
  SELECT to_json(write) AS write, ${connectionAsJson('connection')} AS connection FROM issue_writes write JOIN connections connection ON connection.id = write.connection_id
  WHERE write.connection_id = $1 AND write.issue_id = $2 AND write.written_revision < write.revision AND write.gave_up_reason IS NULL
  ORDER BY write.id`;
