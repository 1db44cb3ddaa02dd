import type { ConnectionRules, Product } from '@openhands-jira/contracts';
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn, VersionColumn, VirtualColumn } from 'typeorm';

/** `pending`: the OAuth proof or the webhook's confirmation is missing. `inactive`: unlinked by its owner. */
export type ConnectionState = 'pending' | 'active' | 'paused' | 'inactive';

const callsPausedMs = (row: string): string => `SELECT (extract(epoch FROM ${row}.calls_paused_until - now()) * 1000)::float8`;

/** SQL: a connection as JSON for `entityOf`, with what is computed; null when there is none. */
export const connectionAsJson = (row: string): string => `to_jsonb(${row}) || jsonb_build_object('callsPausedMs', (${callsPausedMs(row)}))`;

/** Our record of one Jira site. Columns that end in `Sealed` are opened only by `ConnectionSecrets`. */
@Entity('connections')
export class ConnectionEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('text') product: Product;
  /** Cloud: the host, lower case. Data Center: the host of the base URL. */
  @Column('text') site: string;
  /** Address for people. */
  @Column('text', { name: 'site_url' }) siteUrl: string;
  @Column('text', { name: 'cloud_id', nullable: true }) cloudId: string | null;
  /** Null when the owner's account was removed. */
  @Column('uuid', { name: 'owner_id', nullable: true }) ownerId: string | null;
  @Column('text') status: ConnectionState;

  @Column('text', { name: 'service_account_email', nullable: true }) serviceAccountEmail: string | null;
  @Column('text', { name: 'service_account_token_sealed', nullable: true }) serviceAccountTokenSealed: string | null;
  @Column('text', { name: 'service_account_scheme', nullable: true }) serviceAccountScheme: 'basic' | 'bearer' | null;
  @Column('timestamptz', { name: 'service_account_token_expires_at', nullable: true }) serviceAccountTokenExpiresAt: Date | null;
  @Column('timestamptz', { name: 'service_account_saved_at', nullable: true }) serviceAccountSavedAt: Date | null;
  /** Since when Jira refuses the account; null while it does not. See `isRefused`. */
  @Column('timestamptz', { name: 'service_account_rejected_at', nullable: true }) serviceAccountRejectedAt: Date | null;
  /** Cloud: accountId. Data Center: user name and key. Empty when not known yet. */
  @Column('text', { name: 'service_account_ids', array: true, default: [] }) serviceAccountIds: string[];

  @Column('text', { name: 'webhook_secret_sealed', nullable: true }) webhookSecretSealed: string | null;
  @Column('timestamptz', { name: 'webhook_secret_set_at', nullable: true }) webhookSecretSetAt: Date | null;
  @Column('text', { name: 'previous_secret_sealed', nullable: true }) previousSecretSealed: string | null;
  @Column('timestamptz', { name: 'previous_secret_until', nullable: true }) previousSecretUntil: Date | null;
  @Column('text', { name: 'webhook_mode', nullable: true }) webhookMode: 'manual' | 'automatic' | null;
  @Column('timestamptz', { name: 'webhook_confirmed_at', nullable: true }) webhookConfirmedAt: Date | null;
  @Column('timestamptz', { name: 'first_delivery_at', nullable: true }) firstDeliveryAt: Date | null;
  @Column('timestamptz', { name: 'last_delivery_at', nullable: true }) lastDeliveryAt: Date | null;
  @Column('timestamptz', { name: 'reactions_off_at', nullable: true }) reactionsOffAt: Date | null;
  /** What the owner decided; null when nothing. Read through `rulesOf`. */
  @Column('jsonb', { nullable: true }) rules: ConnectionRules | null;
  /** See `CallPauses`. Null: calls may be made. */
  @Column('timestamptz', { name: 'calls_paused_until', nullable: true }) callsPausedUntil: Date | null;
  @Column('text', { name: 'calls_paused_reason', nullable: true }) callsPausedReason: string | null;
  /** What is left of the pause, by the database's clock: those of the replicas may differ. */
  @VirtualColumn({ type: 'double precision', query: callsPausedMs }) callsPausedMs: number | null;

  /** Goes up with each change, so that the caches of other processes notice. */
  @VersionColumn() version: number;
  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' }) createdAt: Date;
  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' }) updatedAt: Date;
}
