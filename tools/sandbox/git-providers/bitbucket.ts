/**
 * Bitbucket Cloud. What it rests on: support.atlassian.com "OAuth on Bitbucket Cloud" (client by Basic header, scopes belong to the
 * consumer, the answer says `scopes`), developer.atlassian.com Bitbucket REST "Users", "Repositories", "Refs". Since 2026-02-27
 * (CHANGE-2770) `GET /2.0/user/permissions/repositories` answers 410; its successor is
 * `GET /2.0/user/workspaces/{workspace}/permissions/repositories`. Refresh tokens rotate with ten minutes of leeway and tokens exceed
 * 2,500 characters (git-credential-manager#2433, September 2026).
 */
import { json, type Reply, type SandboxRequest } from '../routes.ts';
import { GitHost, type GitProviderOptions, type GitRepository, type GitUser } from './git-host.ts';
import { redeem, tokenError } from './token-endpoint.ts';

const API = '/2.0';
const CONSUMER_SCOPES = 'account email repository:write pullrequest:write';

export class Bitbucket extends GitHost {
  constructor(options: GitProviderOptions) {
    const tokens = { accessTokenSeconds: 7200, codeSeconds: 600, refresh: 'rotating' as const, reuseSeconds: 600, tokenLength: 2600 };
    super('bitbucket', 'Bitbucket Cloud', { ...options, ...tokens }, CONSUMER_SCOPES);
    this.standIn.notFound = (path) => error(404, `There is no API hosted at ${path}`);
    const { routes } = this.standIn;
    routes.get('/site/oauth2/authorize', (request) => this.consent.show(request));
    routes.post('/site/oauth2/authorize', (request) => this.consent.decide(request));
    routes.post('/site/oauth2/access_token', (request) => this.#token(request));
    routes.get(`${API}/user`, (request) => this.#asUser(request, (user) => json(200, accountShape(user))));
    routes.get(`${API}/user/emails`, (request) => this.#asUser(request, (user) => page(user.emails.map(emailShape))));
    routes.get(`${API}/user/permissions/repositories`, () => error(410, 'This endpoint has been removed. See CHANGE-2770.'));
    routes.get(`${API}/user/workspaces`, (request) => this.#asUser(request, (user) => page(this.#workspacesOf(user))));
    routes.get(`${API}/user/workspaces/:workspace/permissions/repositories`, (request) => this.#permissions(request));
    routes.get(`${API}/repositories/:workspace`, (request) => this.#list(request));
    routes.get(`${API}/repositories/:workspace/:slug`, (request) => this.#repository(request, (repository) => json(200, this.#shape(repository))));
    routes.get(`${API}/repositories/:workspace/:slug/refs/branches/:branch+`, (request) => this.#repository(request, (repository) => branch(request, repository)));
  }

  #token(request: SandboxRequest): Reply {
    const answer = redeem(request, this.oauth);
    if (!answer.ok) return tokenError(answer);
    const { tokens } = answer;
    return json(200, {
      access_token: tokens.accessToken,
      refresh_token: tokens.refreshToken,
      expires_in: tokens.expiresIn,
      token_type: 'bearer',
      scopes: tokens.scope,
      state: 'authorization_code',
    });
  }

  #asUser(request: SandboxRequest, handle: (user: GitUser) => Reply): Reply {
    const caller = this.caller(request);
    return caller === null ? error(401, 'Access token expired. Use your refresh token to obtain a new access token.') : handle(caller.user);
  }

  #repository(request: SandboxRequest, handle: (repository: GitRepository) => Reply): Reply {
    return this.#asUser(request, (user) => {
      const path = `${request.params['workspace'] ?? ''}/${request.params['slug'] ?? ''}`;
      const repository = this.findRepository(path) ?? this.findRenamed(path);
      if (repository === undefined || this.rightOf(user, repository) === null) {
        return error(404, 'You may not have access to this repository or it no longer exists in this workspace.');
      }
      return handle(repository);
    });
  }

  #shape(repository: GitRepository): Record<string, unknown> {
    const [workspace = '', slug = ''] = repository.path.split('/');
    return {
      type: 'repository',
      uuid: uuid(repository.id),
      full_name: repository.path,
      name: slug,
      slug,
      is_private: repository.isPrivate,
      mainbranch: { type: 'branch', name: repository.defaultBranch },
      workspace: { type: 'workspace', slug: workspace, uuid: uuid(1) },
      links: { html: { href: `${this.url}/${repository.path}` } },
    };
  }

  /** Repositories that the caller was given rights to; public ones that one merely sees are not among them. `q` filters by name. */
  #permissions(request: SandboxRequest): Reply {
    return this.#asUser(request, (user) => {
      const given = this.#inWorkspace(request).filter((repository) => user.login in repository.rights);
      const wanted = quoted(request.query.get('q'));
      const matching = given.filter((one) => wanted === null || one.path.toLowerCase() === wanted.toLowerCase() || uuid(one.id) === wanted);
      return page(matching.map((one) => ({ type: 'repository_permission', permission: one.rights[user.login], user: accountShape(user), repository: this.#shape(one) })));
    });
  }

  /** `role=contributor` lists what one may write to, `role=member` what one may read. */
  #list(request: SandboxRequest): Reply {
    return this.#asUser(request, (user) => {
      const role = request.query.get('role');
      const wanted = quoted(request.query.get('q'));
      const rights = role === 'admin' ? ['admin'] : role === 'contributor' ? ['write', 'admin'] : ['read', 'write', 'admin'];
      const matching = this.#inWorkspace(request)
        .filter((one) => (role === null ? this.rightOf(user, one) !== null : rights.includes(one.rights[user.login] ?? '')))
        .filter((one) => wanted === null || one.path.toLowerCase() === wanted.toLowerCase());
      return page(matching.map((one) => this.#shape(one)));
    });
  }

  #inWorkspace(request: SandboxRequest): GitRepository[] {
    return this.repositories.filter((one) => one.path.toLowerCase().startsWith(`${request.params['workspace']?.toLowerCase() ?? ''}/`));
  }

  #workspacesOf(user: GitUser): unknown[] {
    const names = this.repositories.filter((one) => user.login in one.rights).map((one) => one.path.split('/')[0] ?? '');
    return [...new Set(names)].map((slug) => ({ type: 'workspace_access', administrator: false, workspace: { type: 'workspace_base', slug, uuid: uuid(1) } }));
  }
}

function page(values: unknown[]): Reply {
  return json(200, { values, pagelen: 10, size: values.length, page: 1 });
}

function error(status: number, message: string): Reply {
  return json(status, { type: 'error', error: { message } });
}

/** The value in `repository.full_name="acme/web-app"`. */
function quoted(query: string | null): string | null {
  return /"([^"]*)"/.exec(query ?? '')?.[1] ?? null;
}

function uuid(id: number): string {
  return `{00000000-0000-4000-8000-${String(id).padStart(12, '0')}}`;
}

function accountShape(user: GitUser): Record<string, unknown> {
  return { type: 'user', uuid: uuid(user.id), account_id: `557058:${String(user.id)}`, username: user.login, nickname: user.login, display_name: user.name, links: { avatar: { href: 'https://avatars.example.com/u3' } } };
}

function emailShape(entry: GitUser['emails'][number]): Record<string, unknown> {
  return { type: 'email', email: entry.email, is_primary: entry.primary, is_confirmed: entry.verified };
}

function branch(request: SandboxRequest, repository: GitRepository): Reply {
  const name = request.params['branch'] ?? '';
  if (!repository.branches.includes(name)) return error(404, 'No such branch');
  return json(200, { type: 'branch', name, target: { hash: 'a'.repeat(40) } });
}
