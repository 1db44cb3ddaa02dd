import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { CommentsModule } from '../comments/comments.module.js';
import { ConnectionsModule } from '../connections/connections.module.js';
import { Leases } from '../database/leases.js';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { GitProvidersModule } from '../git-providers/git-providers.module.js';
import { JiraModule } from '../jira/jira.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { LinkingModule } from '../linking/linking.module.js';
import { Checks } from './checks.service.js';
import { Commands } from './commands.service.js';
import { RepositoryAccess } from './repository-access.service.js';
import { Entitlements } from './entitlements.service.js';
import { Requests } from './requests.service.js';
import { Retries } from './retries.service.js';
import { RetryController } from './retry.controller.js';
import { RulesController } from './rules.controller.js';
import { RulesPreviews } from './rules-preview.service.js';
import { RulesOfConnections } from './rules.service.js';
import { Settlements } from './settlements.service.js';
import { ShadowController } from './shadow.controller.js';
import { Starts } from './starts.service.js';
import { SweepLoop } from './sweep.loop.js';
import { Sweep } from './sweep.service.js';
import { SweepStore } from './sweep.store.js';
import { TriedEvents } from './tried-events.service.js';
import { Trials } from './trials.service.js';
import { TrialsController } from './trials.controller.js';
import { Triage } from './triage.service.js';
import { TriageWorker } from './triage.worker.js';
import { TriggerStore } from './trigger.store.js';
import { TurnStore } from './turn.store.js';
import { Withdrawals } from './withdrawals.service.js';

/** Decides deliveries: trigger, person, repository, then a job, a refusal or nothing. Looks for what no delivery told. */
@Module({
  imports: [AuthModule, CommentsModule, ConnectionsModule, DeliveriesModule, GitProvidersModule, JiraModule, JobsModule, LinkingModule],
  controllers: [RetryController, RulesController, ShadowController, TrialsController],
  providers: [Entitlements, Triage, Retries, TriageWorker, TriggerStore, TurnStore, Requests, Starts, Commands, Checks, RepositoryAccess, RulesOfConnections, RulesPreviews, Settlements, Withdrawals, Leases, Sweep, SweepLoop, SweepStore, TriedEvents, Trials],
})
export class TriageModule {}
