/**
 * GitLab, self-managed. What it rests on: docs.gitlab.com "OAuth 2.0 identity provider API" (PKCE, `expires_in` 7200, a refresh ends
 * both old tokens), "Projects API" (`permissions.project_access` / `group_access`, 301 for moved projects), "Members API"
 * (`members/all/{user}`: the effective level, inherited and by shared groups), "Users API". Access level 30 (Developer) may push.
 */
import { json, type Reply, type SandboxRequest } from '../routes.ts';
import { GitHost, type GitProviderOptions, type GitRepository, type GitUser, type Right } from './git-host.ts';
import { redeem, tokenError } from './token-endpoint.ts';

const LEVELS: Record<Right, number> = { read: 20, write: 30, admin: 40 };
const API = '/api/v4';

export class GitLab extends GitHost {
  constructor(options: GitProviderOptions) {
    super('gitlab', 'GitLab', { ...options, accessTokenSeconds: 7200, codeSeconds: 600, refresh: 'rotating', refreshEndsAccessToken: true }, 'read_user');
    this.standIn.notFound = () => json(404, { error: '404 Not Found' });
    const { routes } = this.standIn;
    routes.get('/oauth/authorize', (request) => this.consent.show(request));
    routes.post('/oauth/authorize', (request) => this.consent.decide(request));
    routes.post('/oauth/token', (request) => this.#token(request));
    routes.get('/oauth/userinfo', (request) => this.#asUser(request, (user) => json(200, userInfo(user))));
    routes.get(`${API}/user`, (request) => this.#asUser(request, (user) => json(200, this.#user(user))));
    routes.get(`${API}/user/emails`, (request) => this.#asUser(request, (user) => json(200, secondaryEmails(user))));
    routes.get(`${API}/projects/:id`, (request) => this.#project(request, (project, user) => json(200, this.#projectShape(project, user))));
    routes.get(`${API}/projects/:id/members/all/:user`, (request) => this.#project(request, (project) => this.#member(request, project)));
    routes.get(`${API}/projects/:id/repository/branches/:branch`, (request) => this.#project(request, (project) => branch(request, project)));
  }

  #token(request: SandboxRequest): Reply {
    const answer = redeem(request, this.oauth, { acceptsJson: true });
    if (!answer.ok) return tokenError(answer);
    const { tokens } = answer;
    return json(200, {
      access_token: tokens.accessToken,
      token_type: 'Bearer',
      expires_in: tokens.expiresIn,
      refresh_token: tokens.refreshToken,
      scope: tokens.scope,
      created_at: Math.floor(this.oauth.options.clock.now() / 1000),
    });
  }

  #asUser(request: SandboxRequest, handle: (user: GitUser) => Reply): Reply {
    const caller = this.caller(request);
    if (caller === null) return json(401, { error: 'invalid_token', error_description: 'Token was revoked. You have to re-authorize from the user.' });
    return handle(caller.user);
  }

  #user(user: GitUser): Record<string, unknown> {
    const primary = user.emails.find((entry) => entry.primary);
    return {
      id: user.id,
      username: user.login,
      name: user.name,
      state: 'active',
      email: primary?.email ?? '',
      // Null as long as the address is not confirmed.
      confirmed_at: primary?.verified === true ? '2025-01-01T10:00:00.000Z' : null,
      avatar_url: 'https://avatars.example.com/u2',
      web_url: `${this.url}/${user.login}`,
    };
  }

  /** A project by its number or its whole path with encoded slashes. Private and not visible: 404. `read_user` alone is not enough. */
  #project(request: SandboxRequest, handle: (project: GitRepository, user: GitUser) => Reply): Reply {
    return this.#asUser(request, (user) => {
      const scopes = this.caller(request)?.grant.scope.split(' ') ?? [];
      if (!scopes.includes('api') && !scopes.includes('read_api')) {
        return json(403, { error: 'insufficient_scope', error_description: 'The request requires higher privileges than provided by the access token.', scope: 'api read_api' });
      }
      const wanted = request.params['id'] ?? '';
      const renamed = this.findRenamed(wanted);
      if (renamed !== undefined && this.rightOf(user, renamed) !== null) {
        const location = `${this.url}${request.path.replace(/projects\/[^/]+/, `projects/${String(renamed.id)}`)}`;
        return json(301, { message: `This resource has been moved permanently to ${location}` }, { location });
      }
      const project = this.repositories.find((one) => String(one.id) === wanted) ?? this.findRepository(wanted);
      if (project === undefined || this.rightOf(user, project) === null) return json(404, { message: '404 Project Not Found' });
      return handle(project, user);
    });
  }

  #projectShape(project: GitRepository, user: GitUser): Record<string, unknown> {
    const access = (right: Right | undefined): unknown => (right === undefined ? null : { access_level: LEVELS[right], notification_level: 3 });
    return {
      id: project.id,
      name: project.path.split('/').at(-1),
      path_with_namespace: project.path,
      default_branch: project.defaultBranch,
      visibility: project.isPrivate ? 'private' : 'public',
      archived: false,
      web_url: `${this.url}/${project.path}`,
      permissions: { project_access: access(project.rights[user.login]), group_access: access(project.groupRights[user.login]) },
    };
  }

  #member(request: SandboxRequest, project: GitRepository): Reply {
    const user = this.users.find((one) => String(one.id) === request.params['user']);
    const rights = user === undefined ? [] : [project.rights[user.login], project.groupRights[user.login]];
    const levels = rights.filter((right) => right !== undefined).map((right) => LEVELS[right]);
    if (user === undefined || levels.length === 0) return json(404, { message: '404 Not found' });
    return json(200, { id: user.id, username: user.login, name: user.name, state: 'active', access_level: Math.max(...levels) });
  }
}

function userInfo(user: GitUser): Record<string, unknown> {
  const primary = user.emails.find((entry) => entry.primary);
  return { sub: String(user.id), name: user.name, nickname: user.login, email: primary?.email, email_verified: primary?.verified };
}

function secondaryEmails(user: GitUser): unknown[] {
  return user.emails
    .filter((entry) => !entry.primary)
    .map((entry, index) => ({ id: index + 1, email: entry.email, confirmed_at: entry.verified ? '2025-01-01T10:00:00.000Z' : null }));
}

function branch(request: SandboxRequest, project: GitRepository): Reply {
  const name = request.params['branch'] ?? '';
  if (!project.branches.includes(name)) return json(404, { message: '404 Branch Not Found' });
  return json(200, { name, commit: { id: 'a'.repeat(40) }, protected: name === project.defaultBranch, default: name === project.defaultBranch });
}
