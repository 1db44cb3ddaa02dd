/**
 * What a git provider holds, before one of the four kinds puts it into its own JSON: people with e-mail addresses, repositories with
 * branches and rights. Each stand-in has one such host.
 */
import type { SandboxClock } from '../clock.ts';
import { Consent } from '../consent.ts';
import { bearerToken, OAuthServer, type Grant, type OAuthOptions } from '../oauth-server.ts';
import type { SandboxRequest } from '../routes.ts';
import { StandIn } from '../stand-in.ts';

export interface GitProviderOptions {
  clock: SandboxClock;
  clientId: string;
  clientSecret: string;
}

export interface GitUser {
  id: number;
  login: string;
  name: string;
  emails: { email: string; primary: boolean; verified: boolean }[];
}

export type Right = 'read' | 'write' | 'admin';

export interface GitRepository {
  id: number;
  /** `Acme/web-app`, or with nested groups `acme/platform/billing/service`. */
  path: string;
  defaultBranch: string;
  branches: string[];
  isPrivate: boolean;
  /** Rights given on the repository itself, by login. */
  rights: Record<string, Right>;
  /** Rights that come from a group above it; only GitLab tells the two apart. */
  groupRights: Record<string, Right>;
  /** Paths that it had before it was renamed or moved. */
  formerPaths: string[];
}

export class GitHost {
  readonly standIn: StandIn;
  readonly oauth: OAuthServer;
  readonly consent: Consent;
  readonly users: GitUser[] = [];
  readonly repositories: GitRepository[] = [];
  /** Address of this host, known once it listens. */
  url = '';

  constructor(name: string, imitates: string, options: OAuthOptions, defaultScope?: string) {
    this.standIn = new StandIn(name);
    this.oauth = new OAuthServer(options);
    this.consent = new Consent({
      server: this.oauth,
      imitates,
      people: () => this.users.map((user) => ({ id: user.login, name: user.name, detail: `${user.login}, ${user.emails[0]?.email ?? 'no address'}` })),
      ...(defaultScope === undefined ? {} : { defaultScope }),
    });
  }

  addUser(fields: { login: string; name: string; email?: string; emails?: GitUser['emails'] }): GitUser {
    const emails = fields.emails ?? [{ email: fields.email ?? `${fields.login}@example.com`, primary: true, verified: true }];
    const user = { id: 1000 + this.users.length, login: fields.login, name: fields.name, emails };
    this.users.push(user);
    return user;
  }

  addRepository(path: string, fields: Partial<Omit<GitRepository, 'id' | 'path'>> = {}): GitRepository {
    const repository: GitRepository = {
      defaultBranch: 'main',
      branches: ['main'],
      isPrivate: true,
      rights: {},
      groupRights: {},
      formerPaths: [],
      ...fields,
      id: 5000 + this.repositories.length,
      path,
    };
    this.repositories.push(repository);
    return repository;
  }

  /** Gives a repository a new path; the old one then redirects. */
  rename(path: string, newPath: string): void {
    const repository = this.repository(path);
    repository.formerPaths.push(repository.path);
    repository.path = newPath;
  }

  /** @throws when there is none: a mistake of the test */
  repository(path: string): GitRepository {
    const repository = this.findRepository(path);
    if (repository === undefined) throw new Error(`The sandbox has no repository ${path} at ${this.standIn.name}`);
    return repository;
  }

  /** Names are compared without case, as all four providers do. */
  findRepository(path: string): GitRepository | undefined {
    return this.repositories.find((repository) => repository.path.toLowerCase() === path.toLowerCase());
  }

  /** The repository that had this path before. */
  findRenamed(path: string): GitRepository | undefined {
    return this.repositories.find((repository) => repository.formerPaths.some((former) => former.toLowerCase() === path.toLowerCase()));
  }

  rightOf(user: GitUser | null, repository: GitRepository): Right | null {
    const given = user === null ? [] : [repository.rights[user.login], repository.groupRights[user.login]];
    const best = (['admin', 'write', 'read'] as const).find((right) => given.includes(right));
    return best ?? (repository.isPrivate ? null : 'read');
  }

  /** Who calls, by the token of the header. */
  caller(request: SandboxRequest): { user: GitUser; grant: Grant } | null {
    const token = bearerToken(request.headers.authorization) ?? /^token (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
    const grant = this.oauth.whoHas(token);
    const user = this.users.find((one) => one.login === grant?.subject);
    return grant === null || user === undefined ? null : { user, grant };
  }

  /** Takes or gives rights on the repository itself; null takes them away. */
  setRight(path: string, login: string, right: Right | null): void {
    const { rights } = this.repository(path);
    if (right === null) delete rights[login];
    else rights[login] = right;
  }
}

/** Whether a right allows pushing. */
export function mayPush(right: Right | null): boolean {
  return right === 'write' || right === 'admin';
}
