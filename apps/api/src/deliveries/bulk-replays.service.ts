import { Injectable } from '@nestjs/common';
import type { BulkReplay, BulkReplayAccepted } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import type { Caller } from '../security/access.js';
import { AuditLog } from '../security/audit-log.service.js';
import { readIdCursor } from '../security/id-cursor.js';
import { findDeliveries } from './delivery-search.js';
import { DeliveryEntity } from './delivery.entity.js';
import { Intake } from './intake.service.js';
import { replayOf } from './replay.js';

/** So many at once. Each is worked like a delivery of Jira, in its turn. */
const MOST = 100;

interface Found {
  id: string;
  /** Whether the caller may run it again, and whether there is something to run: replays are run by their origin. */
  runs: boolean;
}

/** Decides many deliveries again, for example those that failed in an outage. */
@Injectable()
export class BulkReplays {
  constructor(
    private readonly db: DataSource,
    private readonly intake: Intake,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Those that fit, from the newest back, in the order in which they came. What led to a job does not start twice: the trigger key sees to that. */
  async run(caller: Caller, wanted: BulkReplay): Promise<BulkReplayAccepted> {
    readIdCursor(wanted.cursor);
    const { sql, values } = findDeliveries(caller, wanted, MOST + 1);
    const manages = `(c.owner_id = $${values.push(caller.userId)}::uuid OR $${values.push(caller.isAdmin)}::boolean)`;
    const found = await this.db.query<Found[]>(
      `SELECT d.id, coalesce(${manages}, false) AND d.origin <> 'replay' AND d.body IS NOT NULL AS runs FROM (${sql}) found JOIN deliveries d ON d.id = found.id JOIN connections c ON c.id = d.connection_id ORDER BY d.id DESC`,
      values,
    );
    const now = found.slice(0, MOST);
    const accepted = await this.runEach(now.filter(({ runs }) => runs).map(({ id }) => id));
    if (accepted > 0) await this.audit.note(this.db.manager, caller, { what: 'deliveries_run_again', changes: [{ name: wordsOf(wanted), from: null, to: `${accepted}` }] });
    return { accepted, skipped: now.length - accepted, nextCursor: found.length > MOST ? now.at(-1)!.id : null };
  }

  private async runEach(ids: string[]): Promise<number> {
    let accepted = 0;
    // One after the other: a hundred payloads of 25 MB at once would fill the memory.
    for (const id of ids.toSorted()) {
      const origin = await this.db.manager.findOneBy(DeliveryEntity, { id });
      // Its retention may have ended a moment ago.
      if (!origin?.body) continue;
      await this.intake.accept(replayOf({ ...origin, body: origin.body }, this.clock.now()));
      accepted += 1;
    }
    return accepted;
  }
}

/** Which deliveries they were, for the log of changes. */
function wordsOf({ cursor: _, ...filter }: BulkReplay): string {
  return Object.entries(filter).map(([name, value]) => `${name} ${value}`).join(', ');
}
