import { Injectable } from '@nestjs/common';
import { isAllowedApp, isTerminal, mayReach } from '@openhands-jira/domain';
import { rulesOf } from '../connections/rules.service.js';
import type { JobEntity } from '../jobs/jobs.entity.js';
import { Jobs } from '../jobs/jobs.service.js';
import { Linking, type Who } from '../linking/linking.service.js';
import { Commands } from './commands.service.js';
import { asksAfresh, isDecision, type PersonalRequest, type Request } from './context.js';
import { type Decision, ignored, refused } from './decision.js';
import { Entitlements } from './entitlements.service.js';
import { shutGate } from './gate.js';
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
    private readonly entitlements: Entitlements,
  ) {}

  async decide(request: Request): Promise<Decision> {
    const open = this.commands.openToAnybody(request) ?? (await this.onlyThanks(request));
    if (open) return open;
    const who = await this.whoAsks(request);
    request.trace.note('person', who.kind === 'person' ? 'yes' : 'no', who.detail);
    if (who.kind === 'refused') return refusedPerson(request, who);
    const personal: PersonalRequest = { ...request, person: { user: who.user, link: who.link } };
    if (request.reading.kind === 'command') return this.commands.decide(personal, request.reading.command);
    return (await this.entitlements.refusalFor(personal)) ?? this.decideWork(personal);
  }

  /** An app acts in the name of the connection's owner, if the owner allowed that. */
  private whoAsks({ connection, actor, client, trial }: Request): Promise<Who> {
    const isAllowed = isAllowedApp(rulesOf(connection).allowedApps, actor);
    return isAllowed ? this.linking.ownerFor(connection, actor) : this.linking.whoIs(connection, actor, client, trial !== null);
  }

  /** An instruction, an empty address or a label: into the active job, or a new one. */
  private async decideWork(request: PersonalRequest): Promise<Decision> {
    const recent = await this.jobs.recentOf(request.connection.id, request.issue.id);
    const [last] = recent;
    const active = last && !isTerminal(last.state) ? last : null;
    const instead = active && (await this.whileActive(request, active));
    return instead ?? this.decideStart(request, recent, active);
  }

  /** A job of its own. @param replaces the active job that gives way to it */
  private async decideStart(request: PersonalRequest, recent: JobEntity[], replaces: JobEntity | null): Promise<Decision> {
    const shut = await shutGate(request);
    if (shut) return shut;
    const around = await this.starts.lookAround(request);
    const repository = await this.repositories.find(request, around.comments);
    if (isDecision(repository)) return repository;
    return this.starts.rateLimit(request, recent) ?? this.starts.start(request, repository, { ...around, last: recent[0] ?? null, replaces });
  }

  private async onlyThanks(request: Request): Promise<Decision | null> {
    if (request.reading.kind !== 'courtesy') return null;
    if (!(await this.jobs.lastOf(request.connection.id, request.issue.id))) return null;
    return ignored('courtesy_only', 'The comment only says thanks.');
  }

  /**
   * A mention goes into the active job; a label is silent, because the status comment is there. Null: the active job gives way to a
   * fresh start.
   */
  private async whileActive(request: PersonalRequest, active: JobEntity): Promise<Decision | null> {
    request.trace.note('active job', 'info', `Job ${active.id} of this issue is active.`);
    if (request.trigger.kind !== 'comment') return ignored('merged_with_job', 'A job of this issue is active already.');
    const isFresh = asksAfresh(request);
    if (isFresh && !rulesOf(request.connection).replaceRunningJob) return refused(request.delivery.id, { kind: 'refusal.already_running' }, 'A fresh start was asked for while a job of this issue is active.');
    // Words in a job are as good as a push to its repository, and its end may lose work, so somebody else needs the right to push.
    const barred = active.userId === request.person.user.id ? null : await this.repositories.refusalFor(request, active.repository);
    if (barred || isFresh) return barred;
    // What is said to two circles would reach the other one with the answer.
    const isForOthers = !mayReach(active.audience, request.audience) && !mayReach(request.audience, active.audience);
    if (isForOthers) return refused(request.delivery.id, { kind: 'refusal.already_running' }, 'The active job answers to other readers than those of this comment.');
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
  return refused(deliveryId, { kind: `refusal.${who.reason}`, person: personOf(request.actor) }, who.detail, who.state);
}
