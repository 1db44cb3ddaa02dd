import type { DeliveryOutcome, DeliveryReason, TraceStep } from '@openhands-jira/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { packBody, unpackBody } from './body-storage.js';

/** One HTTP call from Jira that was proven authentic, and what became of it. */
@Entity('deliveries')
export class DeliveryEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'connection_id' }) connectionId!: string;
  @Column('text') origin!: 'webhook' | 'replay' | 'sweep';
  @Column('uuid', { name: 'origin_delivery_id', nullable: true }) originDeliveryId!: string | null;
  @Column('text', { nullable: true }) identifier!: string | null;
  @Column('bytea', { name: 'body_hash', nullable: true }) bodyHash!: Buffer | null;
  /** The bytes as they came; null when the retention is over. */
  @Column('bytea', { nullable: true, transformer: { from: (stored: Buffer | null) => stored && unpackBody(stored), to: (body: Buffer | null) => body && packBody(body) } }) body!: Buffer | null;
  /** Header names in lower case; signature and authorisation are left out. */
  @Column('jsonb') headers!: Record<string, string>;
  @Column('text', { name: 'signed_with' }) signedWith!: 'current' | 'previous';
  @Column('text') event!: string;
  @Column('text', { name: 'issue_id', nullable: true }) issueId!: string | null;
  @Column('text', { name: 'issue_key', nullable: true }) issueKey!: string | null;
  @Column('text', { name: 'actor_id', nullable: true }) actorId!: string | null;
  @Column('text', { name: 'actor_name', nullable: true }) actorName!: string | null;
  @Column('text', { name: 'trigger_key', nullable: true }) triggerKey!: string | null;
  @Column('timestamptz', { name: 'received_at' }) receivedAt!: Date;
  @Column('text') outcome!: DeliveryOutcome;
  @Column('text', { nullable: true }) reason!: DeliveryReason | null;
  @Column('text', { nullable: true }) detail!: string | null;
  @Column('uuid', { name: 'job_id', nullable: true }) jobId!: string | null;
  @Column('uuid', { name: 'duplicate_of', nullable: true }) duplicateOf!: string | null;
  @Column('integer') duplicates!: number;
  @Column('integer') attempts!: number;
  @Column('jsonb') trace!: TraceStep[];
  @Column('timestamptz', { name: 'settled_at', nullable: true }) settledAt!: Date | null;
}
