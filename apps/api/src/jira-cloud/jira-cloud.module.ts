import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module.js';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { CloudAccountCheck } from './jira-cloud.account-check.js';
import { CloudCallback } from './jira-cloud.callback.js';
import { JiraCloudController } from './jira-cloud.controller.js';
import { CloudDiagnosis } from './jira-cloud.diagnosis.js';
import { JiraCloudLinkController } from './jira-cloud.link.controller.js';
import { CloudOAuth } from './jira-cloud.oauth.js';
import { JiraCloudProduct } from './jira-cloud.product.js';
import { CloudSavedTest } from './jira-cloud.saved-test.js';
import { CloudWorkspaces } from './jira-cloud.service.js';
import { CloudUnlinking } from './jira-cloud.unlinking.js';
import { JiraCloudWebhookController } from './jira-cloud.webhook.controller.js';

/** Jira Cloud: front door, set-up and adapter. */
@Module({
  imports: [ConnectionsModule, DeliveriesModule],
  controllers: [JiraCloudController, JiraCloudLinkController, JiraCloudWebhookController],
  providers: [CloudAccountCheck, CloudCallback, CloudDiagnosis, CloudOAuth, CloudSavedTest, CloudUnlinking, CloudWorkspaces, JiraCloudProduct],
  exports: [JiraCloudProduct],
})
export class JiraCloudModule {}
