import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module.js';
import { JiraCloudModule } from '../jira-cloud/jira-cloud.module.js';
import { JiraDataCenterModule } from '../jira-data-center/jira-data-center.module.js';
import { Jiras } from './jiras.service.js';

/** Both Jiras as one list. */
@Module({
  imports: [ConnectionsModule, JiraCloudModule, JiraDataCenterModule],
  providers: [Jiras],
  exports: [Jiras],
})
export class JiraModule {}
