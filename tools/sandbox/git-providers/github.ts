/**
 * GitHub (and Enterprise by its URL shape `/api/v3`). What it rests on: docs.github.com "Authorizing OAuth apps", "Refreshing user
 * access tokens", "REST API endpoints for emails / repositories / branches"; GitHub changelog 2025-07-14 for PKCE (S256 only, not
 * required). Peculiar and imitated: errors of the token endpoint come with status 200, without `Accept: application/json` the answer is
 * form encoded, tokens live for ever unless the app asks for expiring ones, renamed repositories answer 301.
 */
import { escapeHtml, page } from '../html.ts';
import { html, json, type Reply, type SandboxRequest } from '../routes.ts';
import { GitHost, mayPush, type GitProviderOptions, type GitRepository, type GitUser } from './git-host.ts';
import { redeem } from './token-endpoint.ts';

const API = '/api/v3';

export class GitHub extends GitHost {
  constructor(options: GitProviderOptions) {
    super('github', 'GitHub', { ...options, accessTokenSeconds: null, codeSeconds: 600, refresh: 'none' });
    this.standIn.notFound = () => notFound();
    const { routes } = this.standIn;
    routes.get('/login/oauth/authorize', (request) => this.consent.show(request));
    routes.post('/login/oauth/authorize', (request) => this.consent.decide(request));
    routes.post('/login/oauth/access_token', (request) => this.#token(request));
    routes.get(`${API}/user`, (request) => this.#asUser(request, (user) => json(200, userShape(user))));
    routes.get(`${API}/user/emails`, (request) => this.#emails(request));
    routes.get(`${API}/repositories/:id`, (request) => this.#byId(request));
    routes.get(`${API}/repos/:owner/:name`, (request) => this.#byName(request, '', (repository, user) => this.#repository(repository, user)));
    routes.get(`${API}/repos/:owner/:name/branches/:branch+`, (request) => this.#branch(request));
    routes.get('/:owner/:name/pull/:number', (request) => html(200, pullRequestPage(request)));
    routes.get('/:owner/:name', (request) => html(200, page({ title: `${request.params['owner'] ?? ''}/${request.params['name'] ?? ''}`, imitates: 'GitHub' }, '<p>A repository.</p>')));
  }

  /** User access tokens of a GitHub App with expiry: 8 hours, refresh token of 6 months, used once. */
  useExpiringTokens(): void {
    this.oauth.options.accessTokenSeconds = 28_800;
    this.oauth.options.refresh = 'rotating';
  }

  #token(request: SandboxRequest): Reply {
    // GitHub does not ask for grant_type on the code exchange.
    const raw = request.raw.toString('utf8');
    const patched = raw.includes('grant_type') || raw.trimStart().startsWith('{') ? request : { ...request, raw: Buffer.from(`${raw}&grant_type=authorization_code`) };
    const answer = redeem(patched, this.oauth, { acceptsJson: true });
    if (!answer.ok) {
      const error = answer.error === 'invalid_grant' ? (raw.includes('refresh_token') ? 'bad_refresh_token' : 'bad_verification_code') : 'incorrect_client_credentials';
      return this.#encoded(request, { error, error_description: answer.description });
    }
    const { tokens } = answer;
    const body: Record<string, string | number> = { access_token: tokens.accessToken, token_type: 'bearer', scope: tokens.scope.replaceAll(' ', ',') };
    if (tokens.refreshToken !== null) Object.assign(body, { expires_in: tokens.expiresIn, refresh_token: tokens.refreshToken, refresh_token_expires_in: 15_897_600 });
    return this.#encoded(request, body);
  }

  #encoded(request: SandboxRequest, body: Record<string, string | number>): Reply {
    if ((request.headers.accept ?? '').includes('json')) return json(200, body);
    const form = new URLSearchParams();
    for (const [name, value] of Object.entries(body)) form.set(name, String(value));
    return { status: 200, headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }, body: form.toString() };
  }

  #asUser(request: SandboxRequest, handle: (user: GitUser, scope: string) => Reply): Reply {
    const caller = this.caller(request);
    if (caller === null) return json(401, { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest', status: '401' });
    return handle(caller.user, caller.grant.scope);
  }

  /** OAuth apps need `user:email`; GitHub Apps have no scopes at all. */
  #emails(request: SandboxRequest): Reply {
    return this.#asUser(request, (user, scope) => {
      if (scope !== '' && !scope.split(/[ ,]/).some((one) => one === 'user' || one === 'user:email')) return notFound();
      return json(200, user.emails.map((entry) => ({ ...entry, visibility: entry.primary ? 'private' : null })));
    });
  }

  #byName(request: SandboxRequest, rest: string, handle: (repository: GitRepository, user: GitUser | null) => Reply): Reply {
    if (request.headers.authorization !== undefined && this.caller(request) === null) return this.#asUser(request, () => notFound());
    const path = `${request.params['owner'] ?? ''}/${request.params['name'] ?? ''}`;
    const renamed = this.findRenamed(path);
    if (renamed !== undefined && this.#sees(request, renamed)) {
      const url = `${this.url}${API}/repositories/${String(renamed.id)}${rest}`;
      return json(301, { message: 'Moved Permanently', url, documentation_url: 'https://docs.github.com/rest' }, { location: url });
    }
    const repository = this.findRepository(path);
    return repository === undefined || !this.#sees(request, repository) ? notFound() : handle(repository, this.caller(request)?.user ?? null);
  }

  #byId(request: SandboxRequest): Reply {
    const repository = this.repositories.find((one) => String(one.id) === request.params['id']);
    if (repository === undefined || !this.#sees(request, repository)) return notFound();
    return this.#repository(repository, this.caller(request)?.user ?? null);
  }

  /** Private repositories are seen with the scope `repo`, or without scopes by a GitHub App. */
  #sees(request: SandboxRequest, repository: GitRepository): boolean {
    const caller = this.caller(request);
    if (!repository.isPrivate) return true;
    const scopes = caller?.grant.scope.split(/[ ,]/) ?? [];
    return (caller?.grant.scope === '' || scopes.includes('repo')) && this.rightOf(caller?.user ?? null, repository) !== null;
  }

  #repository(repository: GitRepository, user: GitUser | null): Reply {
    const right = this.rightOf(user, repository);
    const [login, name] = repository.path.split('/');
    const body: Record<string, unknown> = {
      id: repository.id,
      name,
      full_name: repository.path,
      private: repository.isPrivate,
      owner: { login, type: 'Organization' },
      html_url: `${this.url}/${repository.path}`,
      default_branch: repository.defaultBranch,
      archived: false,
    };
    if (user !== null) body['permissions'] = { admin: right === 'admin', maintain: right === 'admin', push: mayPush(right), triage: mayPush(right), pull: right !== null };
    return json(200, body);
  }

  #branch(request: SandboxRequest): Reply {
    const branch = request.params['branch'] ?? '';
    return this.#byName(request, `/branches/${encodeURIComponent(branch)}`, (repository) => {
      if (!repository.branches.includes(branch)) return json(404, { message: 'Branch not found', status: '404' });
      return json(200, { name: branch, commit: { sha: 'a'.repeat(40) }, protected: branch === repository.defaultBranch });
    });
  }
}

function notFound(): Reply {
  return json(404, { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' });
}

function userShape(user: GitUser): Record<string, unknown> {
  return { login: user.login, id: user.id, type: 'User', name: user.name, email: null, avatar_url: 'https://avatars.example.com/u1', html_url: `https://github.com/${user.login}` };
}

function pullRequestPage(request: SandboxRequest): string {
  const { owner = '', name = '', number = '' } = request.params;
  return page({ title: `Pull request ${number}`, imitates: 'GitHub' }, `<p>Of ${escapeHtml(owner)}/${escapeHtml(name)}. No code was changed.</p>`);
}
