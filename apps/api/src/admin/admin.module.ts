import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module.js';
import { Leases } from '../database/leases.js';
import { JiraModule } from '../jira/jira.module.js';
import { AuditController } from './audit.controller.js';
import { AuditEntries } from './audit-entries.service.js';
import { CertificatesController } from './certificates.controller.js';
import { Certificates } from './certificates.service.js';
import { Farewell } from './farewell.service.js';
import { HealthController } from './health.controller.js';
import { LinkedPeopleController } from './linked-people.controller.js';
import { Lookups } from './lookups.service.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.service.js';
import { OwnersController } from './owners.controller.js';
import { RetentionLoop } from './retention.loop.js';
import { Retention } from './retention.service.js';
import { TokenWatchLoop } from './token-watch.loop.js';
import { TokenWatch } from './token-watch.service.js';

/** What operators and administrators of the installation see and do. */
@Module({
  imports: [ConnectionsModule, JiraModule],
  controllers: [AuditController, CertificatesController, HealthController, LinkedPeopleController, MetricsController, OwnersController],
  providers: [AuditEntries, Certificates, Farewell, Leases, Lookups, Metrics, Retention, RetentionLoop, TokenWatch, TokenWatchLoop],
})
export class AdminModule {}
