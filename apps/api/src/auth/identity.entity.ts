import type { GitProviderId } from '@openhands-jira/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An account at a git provider that a user has proven to own, with the tokens to ask the provider in the person's name. */
@Entity('identities')
export class Identity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'user_id' }) userId!: string;
  @Column('text') provider!: GitProviderId;
  @Column('text') host!: string;
  /** The provider's permanent id of the account; logins can be renamed. */
  @Column('text') subject!: string;
  @Column('text') login!: string;
  /** As the account had it at its latest sign-in. */
  @Column('text', { nullable: true }) email!: string | null;
  /** Null until it has signed in since addresses are kept with accounts. */
  @Column('boolean', { name: 'email_verified', nullable: true }) emailVerified!: boolean | null;
  @Column('text', { name: 'access_token_sealed', nullable: true }) accessTokenSealed!: string | null;
  @Column('text', { name: 'refresh_token_sealed', nullable: true }) refreshTokenSealed!: string | null;
  /** Null when the token never expires. */
  @Column('timestamptz', { name: 'access_token_expires_at', nullable: true }) accessTokenExpiresAt!: Date | null;
  /** `expired`: the provider no longer accepts the authorisation; the person has to sign in again. */
  @Column('text') status!: 'active' | 'expired';
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}
