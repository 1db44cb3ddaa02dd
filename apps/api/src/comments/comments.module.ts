import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AppConfig } from '../config/config.js';
import { JiraModule } from '../jira/jira.module.js';
import { Queue } from '../queue/queue.service.js';
import { IssueWriteEntity } from './issue-write.entity.js';
import { IssueWriter } from './issue-writer.js';
import { IssueWrites } from './issue-writes.service.js';
import { RenewedAccess } from './renewed-access.js';
import { WriteToJira } from './write-to-jira.js';

/** Issues written at the same time in one process. */
const CONCURRENCY = 4;

/** What we write into issues. */
@Module({
  imports: [JiraModule, TypeOrmModule.forFeature([IssueWriteEntity])],
  providers: [IssueWrites, IssueWriter, WriteToJira, RenewedAccess],
  exports: [IssueWrites, IssueWriter],
})
export class CommentsModule implements OnApplicationBootstrap {
  constructor(
    private readonly queue: Queue,
    private readonly writer: IssueWriter,
    private readonly config: AppConfig,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.runsWorker) return;
    await this.queue.work('comments', ({ connectionId, issueId }) => this.writer.writeDue(connectionId, issueId), {
      concurrency: CONCURRENCY,
      onDead: ({ connectionId, issueId }) => this.writer.giveUpDue(connectionId, issueId),
    });
  }
}
