import { Injectable } from '@nestjs/common';
import { isTerminal } from '@openhands-jira/domain';
import type { JobEntity } from '../jobs/jobs.entity.js';
import { Jobs } from '../jobs/jobs.service.js';
import { Linking, type Who } from '../linking/linking.service.js';
import { Commands } from './commands.service.js';
import { isDecision, type PersonalRequest, type Request } from './context.js';
import { type Decision, ignored, refused } from './decision.js';
import { RepositoryAccess } from './repository-access.service.js';
import { personOf, Starts } from './starts.service.js';

/** A confirmed request: who asks, is it a command, and if it is work, in which repository. */
@Injectable()
export class Requests {
  constructor(
    private readonly linking: Linking,
    private readonly commands: Commands,
    private readonly repositories: RepositoryAccess,
    private readonly jobs: Jobs,
    private readonly starts: Starts,
  ) {}

  async decide(request: Request): Promise<Decision> {
    const open = this.commands.openToAnybody(request) ?? (await this.onlyThanks(request));
    if (open) return open;
    const who = await this.linking.whoIs(request.connection, request.actor, request.client);
    request.trace.note('person', who.kind === 'person' ? 'yes' : 'no', who.detail);
    if (who.kind === 'refused') return refusedPerson(request, who);
    const personal: PersonalRequest = { ...request, person: { user: who.user, link: who.link } };
    if (request.reading.kind === 'command') return this.commands.decide(personal, request.reading.command);
    return this.decideWork(personal);
  }

  /** An instruction, an empty address or a label: into the active job, or a new one. */
  private async decideWork(request: PersonalRequest): Promise<Decision> {
    const recent = await this.jobs.recentOf(request.connection.id, request.issue.id);
    const [last] = recent;
    if (last && !isTerminal(last.state)) return this.whileActive(request, last);
    const comments = await this.starts.earlierComments(request);
    const repository = await this.repositories.find(request, comments);
    if (isDecision(repository)) return repository;
    return this.starts.rateLimit(request, recent) ?? this.starts.start(request, repository, { comments, last: last ?? null });
  }

  private async onlyThanks(request: Request): Promise<Decision | null> {
    if (request.reading.kind !== 'courtesy') return null;
    if (!(await this.jobs.lastOf(request.connection.id, request.issue.id))) return null;
    return ignored('courtesy_only', 'The comment only says thanks.');
  }

  /** A mention goes into the active job; a label is silent, because the status comment is there. */
  private async whileActive(request: PersonalRequest, active: JobEntity): Promise<Decision> {
    request.trace.note('active job', 'info', `Job ${active.id} of this issue is active.`);
    if (request.trigger.kind !== 'comment') return ignored('merged_with_job', 'A job of this issue is active already.');
    if (request.reading.kind === 'instruction' && request.reading.fresh) return refused(request.delivery.id, { kind: 'refusal.already_running' }, 'A fresh start was asked for while a job of this issue is active.');
    // Words in a job are as good as a push to its repository, so somebody else needs the right to do that.
    const barred = active.userId === request.person.user.id ? null : await this.repositories.refusalFor(request, active.repository);
    if (barred) return barred;
    return {
      outcome: 'job',
      reason: 'continued',
      detail: 'The instruction is passed on to the active job.',
      effect: async (manager) => {
        await this.starts.passOn(manager, request, active);
        return active.id;
      },
    };
  }
}

function refusedPerson(request: Request, who: Who & { kind: 'refused' }): Decision {
  const deliveryId = request.delivery.id;
  if (who.reason === 'user_is_app') return refused(deliveryId, { kind: 'refusal.user_is_app', appName: request.actor.displayName }, who.detail);
  return refused(deliveryId, { kind: `refusal.${who.reason}`, person: personOf(request.actor) }, who.detail);
}
