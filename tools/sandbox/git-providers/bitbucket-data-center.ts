/**
 * Bitbucket Data Center. What it rests on: confluence.atlassian.com "Bitbucket OAuth 2.0 provider API" (paths under
 * `/rest/oauth2/latest`, form encoding, PKCE; a refresh repeats the redirect URI, as in Jira's twin of it), the REST reference 1.0
 * (`/repos?permission=REPO_WRITE`, branches with `filterText`), and for the own name the header `X-AUSERNAME` or
 * `/plugins/servlet/applinks/whoami`, since there is no "myself" resource (community.developer.atlassian.com/t/24422).
 */
import { json, text, type Reply, type SandboxRequest } from '../routes.ts';
import { GitHost, type GitProviderOptions, type GitRepository, type GitUser, type Right } from './git-host.ts';
import { redeem, tokenError } from './token-endpoint.ts';

const SCOPES = ['PUBLIC_REPOS', 'ACCOUNT_WRITE', 'REPO_READ', 'REPO_WRITE', 'REPO_ADMIN', 'PROJECT_ADMIN', 'ADMIN_WRITE'];
const RANK: Record<Right, number> = { read: 1, write: 2, admin: 3 };
const WANTED: Record<string, number> = { REPO_READ: 1, REPO_WRITE: 2, REPO_ADMIN: 3 };

export class BitbucketDataCenter extends GitHost {
  constructor(options: GitProviderOptions) {
    super('bitbucket-data-center', 'Bitbucket Data Center', { ...options, accessTokenSeconds: 7200, codeSeconds: 60, refresh: 'rotating' });
    this.standIn.notFound = () => error(404, 'null for uri');
    const { routes } = this.standIn;
    routes.get('/rest/oauth2/latest/authorize', (request) => this.#authorize(request));
    routes.post('/rest/oauth2/latest/authorize', (request) => this.consent.decide(request));
    routes.post('/rest/oauth2/latest/token', (request) => this.#token(request));
    routes.get('/plugins/servlet/applinks/whoami', (request) => text(200, this.caller(request)?.user.login ?? ''));
    for (const api of ['/rest/api/1.0', '/rest/api/latest']) {
      routes.get(`${api}/users/:slug`, (request) => this.#asUser(request, () => this.#user(request)));
      routes.get(`${api}/users`, (request) => this.#asUser(request, () => this.#findUsers(request)));
      routes.get(`${api}/repos`, (request) => this.#asUser(request, (user) => this.#search(request, user)));
      routes.get(`${api}/projects/:key/repos/:slug`, (request) => this.#repository(request, (repository) => json(200, this.#shape(repository))));
      routes.get(`${api}/projects/:key/repos/:slug/branches`, (request) => this.#repository(request, (repository) => branches(request, repository)));
      routes.get(`${api}/projects/:key/repos/:slug/default-branch`, (request) => this.#repository(request, (repository) => json(200, branchShape(repository.defaultBranch, repository))));
    }
  }

  #authorize(request: SandboxRequest): Reply {
    const scope = request.query.get('scope') ?? '';
    const unknown = scope.split(' ').find((one) => !SCOPES.includes(one));
    if (unknown !== undefined) return json(400, { error: 'invalid_scope', error_description: `No scope matches ${unknown}` });
    return this.consent.show(request);
  }

  #token(request: SandboxRequest): Reply {
    // JSON gives a 500 there (recorded for Jira's twin of this endpoint).
    if (!(request.headers['content-type'] ?? '').includes('form-urlencoded')) return json(500, { errors: [{ message: 'Internal server error' }] });
    const answer = redeem(request, this.oauth, { refreshNeedsRedirectUri: true });
    if (!answer.ok) return tokenError(answer);
    const { tokens } = answer;
    return json(200, { access_token: tokens.accessToken, token_type: 'Bearer', expires_in: tokens.expiresIn, refresh_token: tokens.refreshToken, scope: tokens.scope, created_at: this.oauth.options.clock.now() });
  }

  #asUser(request: SandboxRequest, handle: (user: GitUser) => Reply): Reply {
    const caller = this.caller(request);
    if (caller === null) return error(401, 'You are not permitted to access this resource', 'com.atlassian.bitbucket.AuthorisationException');
    const reply = handle(caller.user);
    return { ...reply, headers: { ...reply.headers, 'X-AUSERNAME': encodeURIComponent(caller.user.login), 'X-AUSERID': String(caller.user.id) } };
  }

  #user(request: SandboxRequest): Reply {
    const user = this.users.find((one) => one.login === request.params['slug']);
    return user === undefined ? error(404, 'User does not exist') : json(200, userShape(user));
  }

  /** `filter` finds parts of names and addresses. */
  #findUsers(request: SandboxRequest): Reply {
    const filter = (request.query.get('filter') ?? '').toLowerCase();
    const values = this.users.filter((user) => `${user.login} ${user.name} ${user.emails[0]?.email ?? ''}`.toLowerCase().includes(filter)).map(userShape);
    return json(200, { size: values.length, limit: 25, isLastPage: true, start: 0, values });
  }

  #repository(request: SandboxRequest, handle: (repository: GitRepository) => Reply): Reply {
    return this.#asUser(request, (user) => {
      const path = `${request.params['key'] ?? ''}/${request.params['slug'] ?? ''}`;
      const renamed = this.findRenamed(path);
      const repository = this.findRepository(path) ?? renamed;
      if (repository === undefined) return error(404, `Repository ${path} does not exist.`, 'com.atlassian.bitbucket.repository.NoSuchRepositoryException');
      if (this.rightOf(user, repository) === null || (repository.isPrivate && !this.#scopeReaches(request, 1))) return error(401, 'You are not permitted to access this resource', 'com.atlassian.bitbucket.AuthorisationException');
      return handle(repository);
    });
  }

  /** Repositories by name, reduced to those on which the caller has the permission. A scope below it hides them too. */
  #search(request: SandboxRequest, user: GitUser): Reply {
    const { query } = request;
    const wanted = WANTED[query.get('permission') ?? 'REPO_READ'] ?? 1;
    const matches = (name: string, value: string | undefined): boolean => {
      const given = query.get(name);
      return given === null || (value ?? '').toLowerCase().includes(given.toLowerCase());
    };
    const values = this.repositories
      .filter((one) => matches('name', one.path.split('/')[1]) && matches('projectkey', one.path.split('/')[0]))
      .filter((one) => {
        const right = this.rightOf(user, one);
        return right !== null && RANK[right] >= wanted && this.#scopeReaches(request, wanted);
      });
    return json(200, { size: values.length, limit: 25, isLastPage: true, start: 0, values: values.map((one) => this.#shape(one)) });
  }

  #scopeReaches(request: SandboxRequest, wanted: number): boolean {
    const scopes = this.caller(request)?.grant.scope.split(' ') ?? [];
    return Math.max(...scopes.map((scope) => WANTED[scope] ?? 0), 0) >= wanted;
  }

  #shape(repository: GitRepository): Record<string, unknown> {
    const [key = '', slug = ''] = repository.path.split('/');
    return {
      id: repository.id,
      slug: slug.toLowerCase(),
      name: slug,
      scmId: 'git',
      state: 'AVAILABLE',
      public: !repository.isPrivate,
      archived: false,
      project: { key, id: 1, name: key, type: 'NORMAL' },
      links: { self: [{ href: `${this.url}/projects/${key}/repos/${slug}/browse` }] },
    };
  }
}

function error(status: number, message: string, exceptionName: string | null = null): Reply {
  return json(status, { errors: [{ context: null, message, exceptionName }] });
}

function userShape(user: GitUser): Record<string, unknown> {
  // The address is maintained by the directory; there is no "verified" mark.
  return { id: user.id, name: user.login, slug: user.login, displayName: user.name, emailAddress: user.emails[0]?.email, active: true, type: 'NORMAL' };
}

function branchShape(name: string, repository: GitRepository): Record<string, unknown> {
  return { id: `refs/heads/${name}`, displayId: name, type: 'BRANCH', latestCommit: 'a'.repeat(40), isDefault: name === repository.defaultBranch };
}

/** `filterText` matches parts of names: the caller must compare exactly. */
function branches(request: SandboxRequest, repository: GitRepository): Reply {
  const filter = (request.query.get('filterText') ?? '').toLowerCase();
  const values = repository.branches.filter((name) => name.toLowerCase().includes(filter)).map((name) => branchShape(name, repository));
  return json(200, { size: values.length, limit: 25, isLastPage: true, start: 0, values });
}
