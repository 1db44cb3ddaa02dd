import { Injectable } from '@nestjs/common';
import type { JobRepository } from '@openhands-jira/contracts';
import { defaultRepositoryOf, findRepository, type IssueTexts, type JiraComment, type MessagePerson, type RepositoryAnswer, type RepositoryFinding, type RepositoryQuestion, type RepositoryResult } from '@openhands-jira/domain';
import { type AccessToken, GitAccounts, type PersonsAccounts } from '../auth/git-accounts.service.js';
import { rulesOf } from '../connections/rules.service.js';
import type { WriteAccess } from '../git-providers/git-provider.js';
import { GitProviders } from '../git-providers/git-providers.service.js';
import type { JobEntity } from '../jobs/jobs.entity.js';
import { isDecision, type PersonalRequest } from './context.js';
import { type Decision, refused } from './decision.js';
import { personOf } from './starts.service.js';
import type { Trace } from './trace.js';

/** In whose name a repository is looked for, and where the steps are noted. */
export interface Asking {
  userId: string;
  /** The decision that a refusal links to. */
  deliveryId: string;
  trace: Pick<Trace, 'note'>;
  /** Whom a refusal calls. */
  person: MessagePerson;
}

/** What the rules of the connection say where an issue names no repository. */
type Defaults = Pick<RepositoryQuestion, 'projectDefault' | 'runWithoutRepository'>;

/** One repository at one git host. */
interface Question {
  host: string;
  path: string;
  branch: string | null;
}

/** The repository to work in; null when a run without one is allowed. */
export interface FoundRepository {
  repository: JobRepository | null;
}

/**
 * Finds the repository of a request and checks that the person may push there, with the person's own git accounts. An
 * outage of a git provider is thrown, so that the delivery is decided again later.
 */
@Injectable()
export class RepositoryAccess {
  constructor(
    private readonly providers: GitProviders,
    private readonly accounts: GitAccounts,
  ) {}

  /** Reads the comment, earlier comments, the description and the summary. */
  find(request: PersonalRequest, comments: JiraComment[]): Promise<FoundRepository | Decision> {
    return this.search(askingOf(request), {
      format: 'wiki',
      ...(request.comment && { comment: request.comment.body }),
      earlierComments: earlierOf(request, comments),
      description: request.issue.description,
      summary: request.issue.summary,
    }, defaultsOf(request));
  }

  /** A retry keeps its repository, unless its own comment names another; the right to push is checked again. */
  async findForRetry(request: PersonalRequest, former: JobEntity, comments: JiraComment[]): Promise<FoundRepository | Decision> {
    if (!former.repository) return this.find(request, comments);
    return this.findAgain(askingOf(request), former.repository, request.comment?.body);
  }

  /** The repository of a former job, unless `text` names another. */
  findAgain(asking: Asking, former: JobRepository, text?: string): Promise<FoundRepository | Decision> {
    // By its page, because a host name without a dot reads like an owner.
    const remembered = `Repository: ${former.url}\n${former.branch ? `Branch: ${former.branch}` : ''}`;
    return this.search(asking, { format: 'wiki', comment: text ?? '', description: remembered });
  }

  /** Why this person may not work in the repository of a job; null when they may. */
  async refusalFor(request: PersonalRequest, repository: JobRepository | null): Promise<Decision | null> {
    const found = repository && (await this.findAgain(askingOf(request), repository));
    return found && isDecision(found) ? found : null;
  }

  private async search(asking: Asking, texts: IssueTexts, defaults: Defaults = {}): Promise<FoundRepository | Decision> {
    const { userId } = asking;
    const asked = new Map<string, WriteAccess>();
    const hosts = this.providers.hosts();
    const own = await this.accounts.ofPerson(userId);
    const accounts = own.hosts.filter((host) => host in hosts);
    const finding = await findRepository({
      texts,
      ...defaults,
      hosts,
      accounts: [...new Set(accounts)],
      access: { confirm: (host, path, branch) => this.confirm(userId, own, { host, path, branch }, asked) },
    });
    for (const step of finding.trace) asking.trace.note(step.step, step.result, step.detail);
    return this.read(asking, finding, asked);
  }

  private async confirm(userId: string, own: PersonsAccounts, question: Question, asked: Map<string, WriteAccess>): Promise<RepositoryAnswer> {
    const answer = await this.ask(userId, await own.accessToken(question.host), question);
    // The provider ended a token that looked good. Where it can be renewed, the next one may be better.
    const last = answer.kind === 'signin_expired' ? await this.ask(userId, await this.accounts.accessToken(userId, question.host), question) : answer;
    if (last.kind === 'writable') asked.set(`${question.host}/${last.fullName}`, last);
    return last;
  }

  private async ask(userId: string, token: AccessToken, { host, path, branch }: Question): Promise<RepositoryAnswer & WriteAccess> {
    const provider = this.providers.byHost(host);
    if (!provider || token.kind === 'not_connected') return { kind: 'not_writable' };
    if (token.kind === 'expired') return { kind: 'signin_expired' };
    const answer = await provider.findWritable({ accessToken: token.token, path, branch });
    if (answer.kind === 'signin_expired') await this.accounts.rejected(userId, host);
    return answer;
  }

  /** Whether the sign-in with another git account is still good, so that only this one has to be connected again. */
  private async hasOtherAccount(userId: string, host: string): Promise<boolean> {
    return (await this.accounts.accountsOf(userId)).some((account) => account.status === 'active' && account.host !== host);
  }

  private signInAgain({ deliveryId, person }: Asking, host: string): Decision {
    return refused(deliveryId, { kind: 'refusal.user_signin_expired', person }, `The sign-in at ${host} has ended, and the person has no other one here.`);
  }

  private async read(asking: Asking, found: RepositoryFinding, asked: Map<string, WriteAccess>): Promise<FoundRepository | Decision> {
    if (found.status === 'without') return { repository: null };
    if (found.status === 'signin_expired' && !(await this.hasOtherAccount(asking.userId, found.host))) return this.signInAgain(asking, found.host);
    if (found.status !== 'found') return refusal(asking.deliveryId, found, this.providers.list().map((one) => one.host).join(', '));
    const { host, path } = found.repository;
    const access = asked.get(`${host}/${path}`);
    const url = access?.kind === 'writable' ? access.url : `https://${host}/${path}`;
    return { repository: { provider: this.providers.byHost(host)!.id, host, fullName: path, url, branch: found.branch, source: found.source } };
  }
}

function askingOf(request: PersonalRequest): Asking {
  return { userId: request.person.user.id, deliveryId: request.delivery.id, trace: request.trace, person: personOf(request.actor) };
}

function defaultsOf({ connection, issue }: PersonalRequest): Defaults {
  const rules = rulesOf(connection);
  return { projectDefault: defaultRepositoryOf(rules, issue.projectKey), runWithoutRepository: rules.withoutRepository };
}

/** Only what people said earlier than the request counts, newest first. */
function earlierOf(request: PersonalRequest, comments: JiraComment[]): NonNullable<IssueTexts['earlierComments']> {
  const own = request.connection.serviceAccountIds;
  return comments
    .filter((comment) => comment.id !== request.comment?.id)
    .map((comment) => ({ author: authorKind(comment, own), body: comment.body }));
}

function authorKind(comment: JiraComment, own: string[]): 'person' | 'service_account' | 'app' | 'customer' {
  if (comment.mark || (comment.author && own.includes(comment.author.id))) return 'service_account';
  return comment.author?.kind === 'app' || comment.author?.kind === 'customer' ? comment.author.kind : 'person';
}

function refusal(deliveryId: string, found: Exclude<RepositoryResult, { status: 'found' | 'without' }>, hosts: string): Decision {
  switch (found.status) {
    case 'missing':
      return refused(deliveryId, { kind: 'refusal.repo_missing' }, 'No repository was found.');
    case 'invalid':
      return refused(deliveryId, { kind: 'refusal.repo_invalid', value: found.text, fault: found.fault, ...(found.repository && { repository: found.repository }) }, `"${found.text}" cannot be used.`);
    case 'no_access':
      return refused(deliveryId, { kind: 'refusal.repo_no_access', repositories: found.candidates }, `No right to write to ${found.candidates.join(', ')}.`);
    case 'ambiguous':
      return refused(deliveryId, { kind: 'refusal.repo_ambiguous', repositories: found.candidates }, `More than one repository: ${found.candidates.join(', ')}.`);
    case 'unknown_host':
      return refused(deliveryId, { kind: 'refusal.repo_host_unknown', host: found.host }, `${found.host} is no git host of this installation.`);
    case 'not_connected':
      return refused(deliveryId, { kind: 'refusal.git_provider_not_connected', host: found.host ?? hosts }, `No git account at ${found.host ?? 'any host'}.`);
    case 'signin_expired':
      return refused(deliveryId, { kind: 'refusal.git_signin_expired', host: found.host }, `The sign-in at ${found.host} has ended.`);
  }
}
