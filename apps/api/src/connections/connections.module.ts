import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import { DOOR_DATABASE } from '../database/door-database.js';
import { CallPauses } from './call-pauses.service.js';
import { ConnectionEntity } from './connection.entity.js';
import { ConnectionSecrets } from './connection-secrets.service.js';
import { Connections } from './connections.service.js';
import { Delegations } from './delegations.service.js';
import { DeliveryTimes } from './delivery-times.service.js';
import { LinkEntity } from './link.entity.js';
import { LinkedPeople } from './linked-people.service.js';
import { LinkTokens } from './link-tokens.service.js';
import { Links } from './links.service.js';
import { Ownership } from './ownership.service.js';
import { RefusedAccounts } from './refused-accounts.service.js';
import { StoredRules } from './rules.service.js';
import { SharedConnections } from './shared-connections.service.js';
import { SiteCandidates } from './site-candidates.service.js';
import { Ties } from './ties.service.js';
import { UnlinkedAccounts } from './unlinked-accounts.service.js';
import { WebhookSecrets } from './webhook-secrets.service.js';

/** The Jira sites that we are connected to, and who is linked on them. */
@Module({
  imports: [TypeOrmModule.forFeature([ConnectionEntity, LinkEntity])],
  providers: [CallPauses, Connections, ConnectionSecrets, Delegations, DeliveryTimes, LinkedPeople, Links, LinkTokens, Ownership, RefusedAccounts, SharedConnections, StoredRules, Ties, UnlinkedAccounts,
    { provide: WebhookSecrets, useFactory: (door: DataSource, secrets: ConnectionSecrets, clock: Clock) => new WebhookSecrets(door.getRepository(ConnectionEntity), secrets, clock), inject: [DOOR_DATABASE, ConnectionSecrets, Clock] },
    { provide: SiteCandidates, useFactory: (door: DataSource, clock: Clock) => new SiteCandidates(door.getRepository(ConnectionEntity), clock), inject: [DOOR_DATABASE, Clock] },
  ],
  exports: [CallPauses, Connections, Delegations, DeliveryTimes, LinkedPeople, Links, LinkTokens, Ownership, RefusedAccounts, SharedConnections, SiteCandidates, StoredRules, Ties, UnlinkedAccounts, WebhookSecrets],
})
export class ConnectionsModule {}
