import { type DynamicModule, Module } from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { AdminModule } from './admin/admin.module.js';
import { AuthModule } from './auth/auth.module.js';
import { CommentsModule } from './comments/comments.module.js';
import type { AppConfig } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { ConnectionsModule } from './connections/connections.module.js';
import { WORKER_POOL_SIZE } from './database/data-source.js';
import { DatabaseModule } from './database/database.module.js';
import { DeliveriesModule } from './deliveries/deliveries.module.js';
import { GitProvidersModule } from './git-providers/git-providers.module.js';
import { HttpModule } from './http/http.module.js';
import { JiraModule } from './jira/jira.module.js';
import { JiraCloudModule } from './jira-cloud/jira-cloud.module.js';
import { JiraDataCenterModule } from './jira-data-center/jira-data-center.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { LinkingModule } from './linking/linking.module.js';
import { loggerModule } from './config/logging.js';
import { QueueModule } from './queue/queue.module.js';
import { SecurityModule } from './security/security.module.js';
import { validationPipe } from './security/validation.js';
import { TriageModule } from './triage/triage.module.js';

/** The house: every room, from the ground floor up. */
@Module({})
export class AppModule {
  static with(config: AppConfig, databaseUrl: string): DynamicModule {
    return {
      module: AppModule,
      imports: [
        loggerModule(config),
        ConfigModule.with(config),
        DatabaseModule.with(databaseUrl, config.runsApi ? undefined : WORKER_POOL_SIZE),
        QueueModule.with(databaseUrl),
        HttpModule,
        SecurityModule,
        ConnectionsModule,
        DeliveriesModule,
        GitProvidersModule,
        AuthModule,
        JiraCloudModule,
        JiraDataCenterModule,
        JiraModule,
        CommentsModule,
        LinkingModule,
        JobsModule,
        TriageModule,
        AdminModule,
      ],
      providers: [{ provide: APP_PIPE, useFactory: validationPipe }],
    };
  }
}
