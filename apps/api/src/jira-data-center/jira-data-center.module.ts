import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ConnectionsModule } from '../connections/connections.module.js';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { DataCenterAccess } from './jira-data-center.access.js';
import { JiraDataCenterAdministrationController } from './jira-data-center.administration.controller.js';
import { DataCenterAdministration } from './jira-data-center.administration.js';
import { DataCenterCallback } from './jira-data-center.callback.js';
import { JiraDataCenterConnectionController, JiraDataCenterController } from './jira-data-center.controller.js';
import { DataCenterDiagnosis } from './jira-data-center.diagnosis.js';
import { WebhookInstaller } from './jira-data-center.installer.js';
import { EmailLinks } from './jira-data-center.links.js';
import { DataCenterOAuth } from './jira-data-center.oauth.js';
import { JiraDataCenterProduct } from './jira-data-center.product.js';
import { DataCenterRecord } from './jira-data-center.record.js';
import { DataCenterSavedTest } from './jira-data-center.saved-test.js';
import { DataCenterServers } from './jira-data-center.server.js';
import { DataCenterLinking, DataCenterUnlinking } from './jira-data-center.service.js';
import { DataCenterSettings } from './jira-data-center.settings.js';
import { DataCenterSetup } from './jira-data-center.setup.js';
import { DataCenterTokenEnd } from './jira-data-center.token-end.js';
import { DataCenterTokens } from './jira-data-center.tokens.js';
import { JiraDataCenterWebhookController } from './jira-data-center.webhook.controller.js';
import { DataCenterWebhook } from './jira-data-center.webhook.service.js';

/** Jira Data Center: front door, set-up and adapter. */
@Module({
  imports: [AuthModule, ConnectionsModule, DeliveriesModule],
  controllers: [JiraDataCenterAdministrationController, JiraDataCenterController, JiraDataCenterConnectionController, JiraDataCenterWebhookController],
  providers: [
    DataCenterAccess, DataCenterAdministration, DataCenterCallback, DataCenterDiagnosis, DataCenterLinking, DataCenterOAuth, DataCenterRecord, DataCenterSavedTest, DataCenterServers, DataCenterSettings, DataCenterSetup,
    DataCenterTokenEnd, DataCenterTokens, DataCenterUnlinking, DataCenterWebhook, EmailLinks, JiraDataCenterProduct, WebhookInstaller,
  ],
  exports: [JiraDataCenterProduct],
})
export class JiraDataCenterModule {}
