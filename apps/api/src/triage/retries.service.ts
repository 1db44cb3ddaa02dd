import { Injectable } from '@nestjs/common';
import type { JobAccepted } from '@openhands-jira/contracts';
import { isTerminal, type JiraActor, type JiraClient, type JiraIssue, jobPrompt, notServed, REASON_TEXTS, servesProject, systemSuffix } from '@openhands-jira/domain';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { Connections } from '../connections/connections.service.js';
import type { LinkEntity } from '../connections/link.entity.js';
import { rulesOf } from '../connections/rules.service.js';
import { uuidv7 } from '../database/uuid.js';
import { GitProviderUnreachable } from '../git-providers/git-provider.js';
import { Jiras } from '../jira/jiras.service.js';
import { JobLog } from '../jobs/job-log.service.js';
import type { JobEntity } from '../jobs/jobs.entity.js';
import { Jobs, type NewJob } from '../jobs/jobs.service.js';
import { Linking } from '../linking/linking.service.js';
import type { UserCaller } from '../security/access.js';
import { Problem } from '../security/problem.js';
import { isDecision } from './context.js';
import { Entitlements } from './entitlements.service.js';
import { missingAtGate } from './gate.js';
import { RepositoryAccess } from './repository-access.service.js';
import { JOBS_PER_ISSUE_AND_HOUR } from './starts.service.js';

const HOUR_MS = 3_600_000;
const EARLIER_COMMENTS = 50;

/**
 * "Again", asked in the page or over REST. Nothing of the former job is taken for granted: the new one runs in the name of
 * the person who presses the button, who must be linked on the connection and may push to the repository now. The issue
 * is read afresh.
 */
@Injectable()
export class Retries {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly log: JobLog,
    private readonly jobs: Jobs,
    private readonly connections: Connections,
    private readonly linking: Linking,
    private readonly jiras: Jiras,
    private readonly repositories: RepositoryAccess,
    private readonly entitlements: Entitlements,
  ) {}

  async retry(caller: UserCaller, jobId: string): Promise<JobAccepted> {
    const former = await this.log.find(caller, jobId);
    if (!isTerminal(former.state)) throw notRetryable('This job is still at work. Cancel it first, or wait for its end.');
    const connection = await this.connections.byId(former.connectionId);
    if (connection?.status !== 'active') throw notRetryable('The connection to Jira is paused or unlinked. Resume it first.');
    if (rulesOf(connection).shadow) throw notRetryable('The connection only watches: nothing starts. Switch "Only watch" off in its rules first.');
    await this.refuseWhileOff(connection);
    const link = await this.linkOf(caller, connection);
    await this.refuseTooMany(former);
    const client = await this.jiras.clientFor(connection);
    const issue = await client.getIssue(former.issueId);
    if (!issue) throw notRetryable('The service account cannot see the issue any more. Give it the project role again.');
    await this.refuseByRules(connection, issue, client);
    const wanted = await this.newJob(former, connection, link, client, issue, await this.repositoryOf(link, former, connection));
    const added = await this.db.transaction((manager) => this.jobs.add(manager, wanted));
    if (added.kind === 'active') throw notRetryable('Another job of this issue is at work. Cancel that first, or wait for its end.');
    return { jobId: added.job.id };
  }

  /** Nothing starts while administrators have switched the product off, or named another Jira: its deliveries start nothing either. */
  private async refuseWhileOff(connection: ConnectionEntity): Promise<void> {
    if (await this.jiras.isServed(connection)) return;
    throw notRetryable('Administrators of this installation have switched this Jira off, or named another one. Ask them.');
  }

  private async linkOf(caller: UserCaller, connection: ConnectionEntity): Promise<LinkEntity> {
    const link = await this.linking.ownLink(connection, caller.userId);
    if (link && !(await this.entitlements.mayStart(connection, caller.userId))) throw new Problem(403, 'forbidden', 'The rules of this connection do not let you start work. Its owner decides about that.');
    if (link) return link;
    throw new Problem(403, 'forbidden', 'A job runs in the name of the person who asks for it. Connect your own Jira account under Settings > Integrations, or renew its link there, then try again.');
  }

  private async refuseTooMany(former: JobEntity): Promise<void> {
    const since = new Date(this.clock.now().getTime() - HOUR_MS);
    if ((await this.jobs.countSince(former.connectionId, former.issueId, since)) < JOBS_PER_ISSUE_AND_HOUR) return;
    throw new Problem(429, 'too_many_requests', `This issue had ${JOBS_PER_ISSUE_AND_HOUR} jobs within an hour. Try again later.`, undefined, 600);
  }

  /** The rules may be others than they were. */
  private async refuseByRules(connection: ConnectionEntity, issue: JiraIssue, client: JiraClient): Promise<void> {
    if (!servesProject(rulesOf(connection), issue.projectKey)) throw notRetryable(`${notServed(issue.projectKey)} Its owner decides that in the rules.`);
    const missing = await missingAtGate(connection, issue, client);
    if (missing?.length) throw notRetryable(`The project asks for what is missing in the issue: ${missing.join(', ')}. Add it, then try again.`);
  }

  private async repositoryOf(link: LinkEntity, former: JobEntity, connection: ConnectionEntity): Promise<NewJob['repository']> {
    if (!former.repository && rulesOf(connection).withoutRepository) return null;
    if (!former.repository) throw notRetryable('The former job had no repository, and the rules of the connection no longer allow that. Comment in the issue with a line "Repository: owner/name".');
    const asking = { userId: link.userId, deliveryId: former.deliveryId ?? former.id, trace: { note: () => undefined }, person: actorOf(link) };
    const found = await this.repositories.findAgain(asking, former.repository).catch((error: unknown) => {
      if (!(error instanceof GitProviderUnreachable)) throw error;
      throw new Problem(503, 'unavailable', `${error.host} does not answer at the moment, so your right to push could not be checked. Try again in a few minutes.`, undefined, 60);
    });
    if (!isDecision(found)) return found.repository;
    throw notRetryable(`${found.detail} ${found.outcome === 'refused' ? REASON_TEXTS[found.reason].hint : ''}`.trim());
  }

  private async newJob(former: JobEntity, connection: ConnectionEntity, link: LinkEntity, client: JiraClient, issue: JiraIssue, repository: NewJob['repository']): Promise<NewJob> {
    const { commentId } = await this.jobs.originOf(former);
    const comment = commentId ? await client.getComment(issue.id, commentId) : null;
    const comments = await client.listComments(issue.id, EARLIER_COMMENTS);
    return {
      connectionId: connection.id,
      deliveryId: null,
      triggerKey: `retry:${former.id}:${uuidv7()}`,
      trigger: 'retry',
      issue: { id: issue.id, key: issue.key, url: issue.url, summary: issue.summary, serviceProject: issue.serviceProject },
      commentId: former.commentId,
      // Asked for on a page, so there is no comment to thank for.
      thumbsUpFor: null,
      audience: former.audience,
      userId: link.userId,
      actor: actorOf(link),
      linkMethod: link.method,
      repository,
      prompt: jobPrompt({ issue, comment, audience: former.audience, comments, ownIds: connection.serviceAccountIds }),
      followUpPrompt: null,
      systemSuffix: systemSuffix(issue.key),
      continuesJobId: null,
      previousJobId: former.id,
      receivedAt: this.clock.now(),
    };
  }
}

function actorOf(link: LinkEntity): Pick<JiraActor, 'id' | 'displayName'> {
  return { id: link.jiraAccountId, displayName: link.jiraDisplayName };
}

function notRetryable(detail: string): Problem {
  return new Problem(409, 'not_retryable', detail);
}
