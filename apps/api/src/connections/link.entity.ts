import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** A proven tie between a user here and a Jira account on one connection. */
@Entity('links')
export class LinkEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'connection_id' }) connectionId: string;
  @Column('uuid', { name: 'user_id' }) userId: string;
  @Column('text', { name: 'jira_account_id' }) jiraAccountId: string;
  @Column('text', { name: 'jira_display_name' }) jiraDisplayName: string;
  @Column('text') method: 'oauth' | 'email';
  @Column('text', { name: 'access_token_sealed', nullable: true }) accessTokenSealed: string | null;
  @Column('text', { name: 'refresh_token_sealed', nullable: true }) refreshTokenSealed: string | null;
  @Column('timestamptz', { name: 'access_token_expires_at', nullable: true }) accessTokenExpiresAt: Date | null;
  /** `expired`: Jira no longer accepts the stored authorisation (Data Center only, Cloud stores none). */
  @Column('text', { default: 'active' }) status: 'active' | 'expired';
  @CreateDateColumn({ name: 'linked_at', type: 'timestamptz' }) linkedAt: Date;
}
