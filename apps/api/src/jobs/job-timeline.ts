import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../config/clock.js';
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

  async add(manager: EntityManager, jobId: string, kind: TimelineKind, detail: string): Promise<void> {
    await manager.insert(JobEventEntity, { id: uuidv7(), jobId, at: this.clock.now(), kind, detail });
  }

  async of(manager: EntityManager, jobId: string): Promise<JobEventEntity[]> {
    return manager.find(JobEventEntity, { where: { jobId }, order: { id: 'ASC' } });
  }
}
