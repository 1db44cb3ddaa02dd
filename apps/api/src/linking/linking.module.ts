import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ConnectionsModule } from '../connections/connections.module.js';
import { Leases } from '../database/leases.js';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { JiraModule } from '../jira/jira.module.js';
import { ConnectionLinksController } from './connection-links.controller.js';
import { ConnectionChecks } from './connection-checks.js';
import { ConnectionTestStore } from './connection-test.store.js';
import { ConnectionTestLoop } from './connection-tests.loop.js';
import { ConnectionTests } from './connection-tests.service.js';
import { ConnectionTestsController } from './connection-tests.controller.js';
import { DelegationsController } from './delegations.controller.js';
import { DeliveryChecks } from './delivery-checks.js';
import { DeliveryOutcomes } from './delivery-outcomes.js';
import { DiagnosticsController } from './diagnostics.controller.js';
import { DiagnosticsFile } from './diagnostics.service.js';
import { EmailMatch } from './email-match.service.js';
import { Integrations } from './integrations.service.js';
import { IssueSightController } from './issue-sight.controller.js';
import { IssueSightings } from './issue-sight.service.js';
import { KnownTroubles } from './known-troubles.js';
import { LinkingController } from './linking.controller.js';
import { Linking } from './linking.service.js';
import { LoopTestStore } from './loop-test.store.js';
import { LoopTestSteps, LoopTestWorker } from './loop-test.worker.js';
import { LoopTestsController } from './loop-tests.controller.js';
import { LoopTests } from './loop-tests.service.js';
import { OAuthReturnCheck } from './oauth-return-check.js';
import { WebhookDelegations } from './webhook-delegations.service.js';

/** Who in Jira is who here: the decision, and the view of it. */
@Module({
  imports: [AuthModule, ConnectionsModule, DeliveriesModule, JiraModule],
  controllers: [ConnectionLinksController, ConnectionTestsController, DelegationsController, DiagnosticsController, IssueSightController, LinkingController, LoopTestsController],
  providers: [ConnectionChecks, ConnectionTestLoop, ConnectionTests, ConnectionTestStore, DeliveryChecks, DeliveryOutcomes, DiagnosticsFile, EmailMatch, Integrations, IssueSightings, KnownTroubles, Leases, Linking, LoopTests, LoopTestSteps, LoopTestStore, LoopTestWorker, OAuthReturnCheck, WebhookDelegations],
  exports: [Linking],
})
export class LinkingModule {}
