import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Somebody who signed in here. */
@Entity('users')
export class User {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') name!: string;
  @Column('text', { nullable: true }) email!: string | null;
  /** True when the git provider has checked the address. Only then does it make anybody an administrator. */
  @Column('boolean', { name: 'email_verified' }) emailVerified!: boolean;
  @Column('text', { name: 'avatar_url', nullable: true }) avatarUrl!: string | null;
  /** The person's own OpenHands key. */
  @Column('text', { name: 'agent_key_sealed', nullable: true }) agentKeySealed!: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'last_signed_in_at', nullable: true }) lastSignedInAt!: Date | null;
}
