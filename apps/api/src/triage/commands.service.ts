import { Injectable } from '@nestjs/common';
import { type Command, type CommandMessage, isTerminal } from '@openhands-jira/domain';
import type { EntityManager } from 'typeorm';
import { hasEditsForStates } from '../comments/edit-limit.js';
import { IssueWrites } from '../comments/issue-writes.service.js';
import { Clock } from '../config/clock.js';
import { Jiras } from '../jira/jiras.service.js';
import type { JobEntity } from '../jobs/jobs.entity.js';
import { Jobs } from '../jobs/jobs.service.js';
import { Checks } from './checks.service.js';
import { Entitlements } from './entitlements.service.js';
import { missingAtGate, shutGate } from './gate.js';
import { isDecision, type PersonalRequest, type Request } from './context.js';
import { type Decision, refused } from './decision.js';
import { RepositoryAccess } from './repository-access.service.js';
import { Starts } from './starts.service.js';

/**
 * The status comment is renewed in place, unless so many comments came after it that nobody would find it, or its edits are
 * used up.
 */
const STATUS_WITHIN_COMMENTS = 20;

/** Comments that are nothing but a command word. */
@Injectable()
export class Commands {
  constructor(
    private readonly jobs: Jobs,
    private readonly writes: IssueWrites,
    private readonly repositories: RepositoryAccess,
    private readonly checks: Checks,
    private readonly starts: Starts,
    private readonly jiras: Jiras,
    private readonly clock: Clock,
    private readonly entitlements: Entitlements,
  ) {}

  /** `help` and `link` may be asked by anybody, also by people who are not linked. */
  openToAnybody(request: Request): Decision | null {
    if (request.reading.kind !== 'command') return null;
    if (request.reading.command === 'help') return this.answer(request, `help:${place(request)}`, { kind: 'command.help' }, 'The guide was written.');
    if (request.reading.command !== 'link') return null;
    const { id, name, displayName } = request.actor;
    const person = { id, displayName, ...(name !== undefined && { name }) };
    return this.answer(request, `link:${place(request)}:${id}`, { kind: 'command.link', person }, 'The person was told where to connect.');
  }

  /** The commands that need a person. */
  async decide(request: PersonalRequest, command: Command): Promise<Decision> {
    switch (command) {
      case 'stop':
        return this.stop(request);
      case 'status':
        return this.status(request);
      case 'retry':
        return this.retry(request);
      default:
        return this.check(request);
    }
  }

  private async stop(request: PersonalRequest): Promise<Decision> {
    const active = await this.jobs.activeOf(request.connection.id, request.issue.id);
    if (!active) return refused(request.delivery.id, { kind: 'refusal.nothing_to_stop' }, 'No job of this issue is active.');
    if (!(await this.mayStop(request, active))) return refused(request.delivery.id, { kind: 'refusal.command_not_allowed', command: 'stop' }, 'The person neither started the job nor may start work here.');
    const stopped = done('The job was stopped.', async (manager) => {
      await this.jobs.cancel(manager, active.id, { reason: 'stopped_by_person', by: request.actor.displayName });
      return active.id;
    });
    return { ...stopped, takesBack: true };
  }

  /** Who started it, the assignee, who manages the connection, and everybody who may start work and push to its repository. */
  private async mayStop(request: PersonalRequest, active: JobEntity): Promise<boolean> {
    const { user } = request.person;
    if (active.userId === user.id || request.connection.ownerId === user.id || request.issue.assignee?.id === request.actor.id) return true;
    return (await this.entitlements.mayStart(request.connection, user.id)) && (await this.repositories.refusalFor(request, active.repository)) === null;
  }

  private async status(request: PersonalRequest): Promise<Decision> {
    const last = await this.jobs.lastOf(request.connection.id, request.issue.id);
    if (!last) return this.answer(request, `help:${place(request)}`, { kind: 'command.help' }, 'There is no job to tell of, so the guide was written.');
    const comments = await request.client.listComments(request.issue.id, STATUS_WITHIN_COMMENTS + 1);
    const quiet = this.jiras.product(request.connection.product).can.quietEdits.yes;
    return done('The status comment was brought up to date.', async (manager) => {
      // Where edits cannot be quiet, none is made for passing states: only a new comment tells the person anything.
      const near = quiet && (await this.isAtHand(manager, last, comments.map((comment) => comment.id)));
      await this.jobs.refreshStatus(manager, last, near ? null : request.delivery.id);
      return last.id;
    });
  }

  private async isAtHand(manager: EntityManager, job: JobEntity, commentIds: string[]): Promise<boolean> {
    const write = await this.writes.byKey(manager, `job:${job.id}:status`);
    return !write?.remoteId || (commentIds.includes(write.remoteId) && hasEditsForStates(write));
  }

  /** The same instruction on a fresh copy of the issue; a new `Repository:` line in the comment may say otherwise. */
  private async retry(request: PersonalRequest): Promise<Decision> {
    const { connection, issue, delivery } = request;
    const recent = await this.jobs.recentOf(connection.id, issue.id);
    const [former] = recent;
    if (former && !isTerminal(former.state)) return refused(delivery.id, { kind: 'refusal.already_running' }, 'A job of this issue is active.');
    if (!former) return refused(delivery.id, { kind: 'refusal.nothing_to_retry' }, 'This issue has had no job.');
    const barred = (await this.entitlements.refusalFor(request)) ?? (await shutGate(request));
    if (barred) return barred;
    const around = await this.starts.lookAround(request);
    const repository = await this.repositories.findForRetry(request, former, around.comments);
    if (isDecision(repository)) return repository;
    return this.starts.rateLimit(request, recent) ?? this.starts.start(request, repository, { ...around, last: former, retryOf: former });
  }

  private async check(request: PersonalRequest): Promise<Decision> {
    const found = await this.repositories.find(request, await this.starts.earlierComments(request));
    const limited = this.starts.rateLimit(request, await this.jobs.recentOf(request.connection.id, request.issue.id));
    const mayStart = await this.entitlements.mayStart(request.connection, request.person.user.id);
    const missing = await missingAtGate(request.connection, request.issue, request.client);
    const message = this.checks.message(request, { mayStart, missing, found, limited }, this.clock.now());
    return this.answer(request, `check:${place(request)}`, message, 'Everything was checked, and nothing was started.');
  }

  /** One comment per place: asking again edits it. */
  private answer(request: Request, key: string, message: CommandMessage, detail: string): Decision {
    const { connection, issue, delivery, audience } = request;
    const written = done(detail, async (manager) => {
      await this.writes.ensureComment(manager, { key, connectionId: connection.id, issueId: issue.id, deliveryId: delivery.id, message, audience, quiet: false });
      return null;
    });
    return { ...written, outlook: () => Promise.resolve({ comment: message, job: null }) };
  }
}

/** One answer per issue, and per group of readers: people who may not read a restricted answer get one of their own. */
function place({ connection, issue, audience }: Request): string {
  const { visibility, internal } = audience;
  const readers = [...(visibility ? [visibility.type, visibility.value] : []), ...(internal ? ['internal'] : [])];
  return [connection.id, issue.id, ...readers].join(':');
}

function done(detail: string, effect: (manager: EntityManager) => Promise<string | null>): Decision & { outcome: 'job' } {
  return { outcome: 'job', reason: 'command_done', detail, effect };
}
