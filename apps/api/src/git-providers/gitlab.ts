/**
 * GitLab, gitlab.com and self-managed.
 *
 * Sources: docs.gitlab.com, "Projects API" (a project is addressed by its whole path, percent-encoded; moved projects
 * redirect), "Project members API" (access levels; `members/all` knows inherited and invited members), "Users API"
 * (`confirmed_at`), "OAuth 2.0 identity provider API" (PKCE; access tokens live two hours; a refresh ends both old tokens).
 */
import { z } from 'zod';
import type { GitProviderConfig } from '../config/config.js';
import type { OutgoingHttp } from '../http/outgoing.js';
import type { GitProfile, GitProvider, GitProviderOAuth, WriteAccess, WriteQuestion } from './git-provider.js';
import { pathParts, ProviderApi, unlessRejected } from './provider-api.js';

/** Developer: the lowest role that may push. */
const DEVELOPER = 30;
/** GitLab allows twenty levels of groups, then the project. */
const MAX_PARTS = 21;

const Access = z.object({ access_level: z.number() });
const Project = z.object({
  id: z.number(),
  path_with_namespace: z.string(),
  archived: z.boolean().default(false),
  permissions: z.object({ project_access: Access.nullish(), group_access: Access.nullish() }).optional(),
});
type Project = z.infer<typeof Project>;
const Branch = z.object({ name: z.string() });
const User = z.object({
  id: z.number(),
  username: z.string(),
  name: z.string().nullish(),
  avatar_url: z.string().nullish(),
  email: z.string().nullish(),
  confirmed_at: z.string().nullish(),
});

export class GitLab implements GitProvider {
  readonly id = 'gitlab';
  readonly name: string;
  readonly host: string;
  readonly oauth: GitProviderOAuth;
  private readonly url: string;
  private readonly api: ProviderApi;
  private readonly confirmsAddresses: boolean;

  constructor(config: GitProviderConfig, http: OutgoingHttp) {
    this.name = config.name;
    this.host = config.host;
    this.url = config.url;
    this.confirmsAddresses = config.confirmsAddresses ?? false;
    this.api = new ProviderApi(http, config.apiUrl);
    this.oauth = {
      issuer: config.url,
      authorizationUrl: `${config.url}/oauth/authorize`,
      tokenUrl: `${config.url}/oauth/token`,
      // Reading is enough: we look at the person's role and never write.
      scope: 'read_user read_api',
      pkce: true,
      clientAuthentication: 'post',
    };
  }

  findWritable(question: WriteQuestion): Promise<WriteAccess> {
    return unlessRejected(() => this.look(question), { kind: 'signin_expired' });
  }

  profile(accessToken: string): Promise<GitProfile | null> {
    return unlessRejected(() => this.whoHas(accessToken), null);
  }

  private async look({ accessToken, path, branch }: WriteQuestion): Promise<WriteAccess> {
    if (!pathParts(path, 2, MAX_PARTS)) return { kind: 'not_writable' };
    const project = await this.api.get(accessToken, `/projects/${encodeURIComponent(path)}`, Project);
    if (!project || project.archived || !(await this.mayPush(accessToken, project))) return { kind: 'not_writable' };
    const fullName = project.path_with_namespace;
    return { kind: 'writable', fullName, url: `${this.url}/${fullName}`, branch: await this.findBranch(accessToken, project.id, branch) };
  }

  /**
   * `permissions` holds direct and group membership, but not the role of somebody whose group was invited to the project
   * (gitlab-org/gitlab issue 3754); the list of members does.
   */
  private async mayPush(accessToken: string, { id, permissions }: Project): Promise<boolean> {
    const level = Math.max(permissions?.project_access?.access_level ?? 0, permissions?.group_access?.access_level ?? 0);
    if (level >= DEVELOPER) return true;
    const user = await this.api.get(accessToken, '/user', User);
    const member = user && (await this.api.get(accessToken, `/projects/${id}/members/all/${user.id}`, Access));
    return (member?.access_level ?? 0) >= DEVELOPER;
  }

  private async findBranch(accessToken: string, projectId: number, branch: string | null): Promise<'default' | 'exists' | 'missing'> {
    if (branch === null) return 'default';
    const answer = await this.api.get(accessToken, `/projects/${projectId}/repository/branches/${encodeURIComponent(branch)}`, Branch);
    return answer?.name === branch ? 'exists' : 'missing';
  }

  private async whoHas(accessToken: string): Promise<GitProfile | null> {
    const user = await this.api.get(accessToken, '/user', User);
    if (!user) return null;
    const { id, username, name, avatar_url: avatarUrl, email, confirmed_at: confirmedAt } = user;
    // The address here is the primary one; a new address takes its place only after it was confirmed. A self-managed GitLab may have
    // confirmation switched off, and then `confirmed_at` is the moment of registration: only the operator knows what it is worth.
    const emailVerified = this.confirmsAddresses && Boolean(email && confirmedAt);
    return { subject: String(id), login: username, name: name || username, avatarUrl: avatarUrl ?? null, email: email || null, emailVerified };
  }
}
