import { type BeforeApplicationShutdown, Global, Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AGENT_KEY_CHECK, type AgentKeyCheck } from '../auth/agent-key-check.js';
import { AuthModule } from '../auth/auth.module.js';
import { Users } from '../auth/users.service.js';
import { CommentsModule } from '../comments/comments.module.js';
import { IssueWriter } from '../comments/issue-writer.js';
import { Agent } from './agent.js';
import { AgentKeys } from './agent-keys.js';
import { FollowerLoop } from './follower-loop.js';
import { FollowPlan } from './follow-plan.js';
import { JOB_PROVIDERS } from './job-providers.js';
import { JOB_ENTITIES } from './jobs.entity.js';
import { JobsController } from './jobs.controller.js';
import { JobLog } from './job-log.service.js';
import { Jobs } from './jobs.service.js';
import { JobWork } from './job-work.js';
import { OpenHandsAgent } from './openhands.agent.js';
import { OpenHandsClient } from './openhands.client.js';

/** People's own keys, as their accounts hold them. */
@Injectable()
class AccountKeys extends AgentKeys {
  constructor(private readonly users: Users) {
    super();
  }

  keyOf(userId: string): Promise<string | null> {
    return this.users.agentKey(userId);
  }
}

/** Lets the sign-in room ask whether the agent accepts a key, before it is stored. */
@Injectable()
class KeyCheck implements AgentKeyCheck {
  constructor(private readonly agent: Agent) {}

  async check(apiKey: string): Promise<'accepted' | 'rejected' | 'unreachable'> {
    const answer = await this.agent.checkKey(apiKey);
    return answer === 'ok' ? 'accepted' : answer;
  }
}

/** Work at the agent, from an accepted request until its report. Global because of the key check. */
@Global()
@Module({
  imports: [AuthModule, CommentsModule, TypeOrmModule.forFeature(JOB_ENTITIES)],
  controllers: [JobsController],
  providers: [
    ...JOB_PROVIDERS, FollowPlan, OpenHandsClient,
    { provide: Agent, useClass: OpenHandsAgent },
    { provide: AgentKeys, useClass: AccountKeys },
    { provide: AGENT_KEY_CHECK, useClass: KeyCheck },
  ],
  exports: [Jobs, JobLog, Agent, AGENT_KEY_CHECK],
})
export class JobsModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly work: JobWork,
    private readonly loop: FollowerLoop,
    private readonly writer: IssueWriter,
    private readonly jobs: Jobs,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.writer.onFirstWrite({ change: (first) => this.jobs.acknowledgement(first), done: (rows) => this.jobs.countAcknowledged(rows) });
    if (await this.work.begin()) this.loop.start();
  }

  /** Before the database is closed: looks that are under way still have to store what they saw. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }
}
