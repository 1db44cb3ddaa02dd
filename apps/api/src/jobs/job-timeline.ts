import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../config/clock.js';
import { Changes } from '../database/changes.js';
import { storableText } from '../database/stored-text.js';
import { uuidv7 } from '../database/uuid.js';
import { JobEventEntity } from './jobs.entity.js';

/** What can be in a job's timeline. */
export type TimelineKind =
  | 'accepted' | 'queued' | 'starting' | 'start_repeated' | 'ready' | 'running'
  | 'needs_input' | 'suspended' | 'agent_not_reachable' | 'resumed' | 'conversation_gone'
  | 'note_accepted' | 'note_passed_on' | 'note_not_passed_on'
  | 'succeeded' | 'failed' | 'cancelled' | 'agent_stopped';

/** The story of a job, one line per event, for people who look at it later. */
@Injectable()
export class JobTimeline {
  constructor(private readonly clock: Clock) {}

  /** One more line, as one of several changes. */
  add(changes: Changes, jobId: string, kind: TimelineKind, detail: string): void {
    changes.add((place, when) => `
      INSERT INTO job_events (id, job_id, at, kind, detail)
      SELECT ${place(uuidv7())}::uuid, ${place(jobId)}::uuid, ${place(this.clock.now())}::timestamptz, ${place(kind)}, ${place(storableText(detail))} WHERE ${when}`);
  }

  async of(manager: EntityManager, jobId: string): Promise<JobEventEntity[]> {
    return manager.find(JobEventEntity, { where: { jobId }, order: { id: 'ASC' } });
  }
}
