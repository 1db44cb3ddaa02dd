import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { firstIdOf } from '../database/uuid.js';
import { unpackBody } from '../deliveries/body-storage.js';
import { Queue } from '../queue/queue.service.js';

/** How a loop test ended: with its delivery, without, or before there was a comment. */
export type LoopTestEnd = 'arrived' | 'turned_away' | 'not_arrived' | 'issue_not_seen' | 'not_allowed' | 'jira_away';

/** A loop test as it is kept: the latest one of each connection. */
export interface LoopTestRow {
  connection_id: string;
  id: string;
  issue_key: string;
  issue_id: string | null;
  comment_id: string | null;
  started_at: Date;
  waits_until: Date;
  arrived_at: Date | null;
  delivery_id: string | null;
  result: LoopTestEnd | null;
  comment_state: 'none' | 'written' | 'removed' | 'left';
  ended_at: Date | null;
}

/** Ids carry the clock of the process that made them; clocks of two processes may differ by so much. */
const CLOCKS_DIFFER_MS = 60_000;
/** More deliveries about one issue do not come within the time of a test. */
const MOST = 100;

/** Loop tests in the database, each with its entry in the queue. */
@Injectable()
export class LoopTestStore {
  constructor(
    private readonly db: DataSource,
    private readonly queue: Queue,
  ) {}

  /** Begins a test in the place of a former one. False while one is under way. */
  begin(connectionId: string, id: string, issueKey: string, at: Date): Promise<boolean> {
    return this.db.transaction(async (manager) => {
      const rows = await manager.query<unknown[]>(BEGIN, [connectionId, id, issueKey, at]);
      if (rows.length > 0) await this.queue.enqueue(manager, 'loop-test', { connectionId, testId: id }, { key: connectionId });
      return rows.length > 0;
    });
  }

  /** The latest test of a connection, or null. */
  async latest(connectionId: string): Promise<LoopTestRow | null> {
    const [row] = await this.db.query<LoopTestRow[]>('SELECT * FROM loop_tests WHERE connection_id = $1', [connectionId]);
    return row ?? null;
  }

  async change(id: string, change: Partial<LoopTestRow>): Promise<void> {
    const names = Object.keys(change);
    await this.db.query(`UPDATE loop_tests SET ${names.map((name, at) => `${name} = $${at + 2}`).join(', ')} WHERE id = $1`, [id, ...Object.values(change)]);
  }

  /** The first delivery that carries the comment of a test. Only those with a good signature are kept, so this is the proof. */
  async arrival({ connection_id: connectionId, id, issue_id: issueId, issue_key: issueKey }: LoopTestRow): Promise<{ id: string; at: Date } | null> {
    const first = firstIdOf(new Date(madeAt(id).getTime() - CLOCKS_DIFFER_MS));
    const rows = await this.db.query<{ id: string; body: Buffer; at: Date }[]>(CANDIDATES, [connectionId, first, issueId, issueKey, MOST]);
    const found = rows.find(({ body }) => unpackBody(body).includes(nonceOf(id)));
    return found ? { id: found.id, at: found.at } : null;
  }
}

/** The word in the comment by which its delivery is known. Only letters and digits: markup has no meaning for those, so no Jira writes them differently. */
export function nonceOf(id: string): string {
  return id.replaceAll('-', '');
}

/** A UUID of version 7 begins with its time. */
function madeAt(id: string): Date {
  return new Date(Number.parseInt(nonceOf(id).slice(0, 12), 16));
}

const BEGIN = `
  INSERT INTO loop_tests AS t (connection_id, id, issue_key, started_at, waits_until) VALUES ($1, $2, $3, $4, $4)
  ON CONFLICT (connection_id) DO UPDATE SET id = excluded.id, issue_key = excluded.issue_key, issue_id = NULL, comment_id = NULL, started_at = excluded.started_at,
    waits_until = excluded.waits_until, arrived_at = NULL, delivery_id = NULL, result = NULL, comment_state = 'none', ended_at = NULL
  WHERE t.ended_at IS NOT NULL RETURNING id`;

/** Some Jiras name only the id of the issue with a comment. */
const CANDIDATES = `
  SELECT id, body, received_at AS at FROM deliveries
  WHERE connection_id = $1 AND id >= $2::uuid AND origin = 'webhook' AND (issue_id = $3 OR issue_key = $4) AND body IS NOT NULL
  ORDER BY id DESC LIMIT $5`;
