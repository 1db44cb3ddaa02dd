import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module.js';
import { Leases } from '../database/leases.js';
import { AuditController } from './audit.controller.js';
import { AuditEntries } from './audit-entries.service.js';
import { CertificatesController } from './certificates.controller.js';
import { Certificates } from './certificates.service.js';
import { DataCenterAdministration } from './data-center-administration.service.js';
import { DataCenterController } from './data-center.controller.js';
import { DataCenterTest } from './data-center-test.service.js';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.service.js';
import { RetentionLoop } from './retention.loop.js';
import { Retention } from './retention.service.js';

/** What operators and administrators of the installation see and do. */
@Module({
  imports: [ConnectionsModule],
  controllers: [AuditController, CertificatesController, DataCenterController, HealthController, MetricsController],
  providers: [AuditEntries, Certificates, DataCenterAdministration, DataCenterTest, Leases, Metrics, Retention, RetentionLoop],
})
export class AdminModule {}
