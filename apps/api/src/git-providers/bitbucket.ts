/**
 * Bitbucket Cloud.
 *
 * Sources: developer.atlassian.com/cloud/bitbucket/rest, groups "repositories", "refs" and "users";
 * `GET /user/workspaces/{workspace}/permissions/repositories` gives the caller's own right and needs no administrator. The
 * endpoints that looked across workspaces (`/user/permissions/repositories`) answer 410 since spring 2026 (CHANGE-2770,
 * CHANGE-3022). OAuth: developer.atlassian.com/cloud/bitbucket/oauth-2 documents no PKCE; the scopes (account, email,
 * repository) are those of the OAuth consumer; the client authenticates by Basic; access tokens live two hours and are
 * longer than 2,500 characters.
 */
import { z } from 'zod';
import type { GitProviderConfig } from '../config/config.js';
import type { OutgoingHttp } from '../http/outgoing.js';
import type { GitProfile, GitProvider, GitProviderOAuth, WriteAccess, WriteQuestion } from './git-provider.js';
import { pathParts, ProviderApi, unlessRejected } from './provider-api.js';

const Repository = z.object({ full_name: z.string() });
const Permissions = z.object({ values: z.array(z.object({ permission: z.string(), repository: z.object({ full_name: z.string() }) })) });
const Branch = z.object({ name: z.string() });
const User = z.object({
  uuid: z.string(),
  username: z.string().nullish(),
  nickname: z.string().nullish(),
  display_name: z.string().nullish(),
  links: z.object({ avatar: z.object({ href: z.string() }).optional() }).optional(),
});
const Emails = z.object({ values: z.array(z.object({ email: z.string(), is_primary: z.boolean(), is_confirmed: z.boolean() })) });

export class Bitbucket implements GitProvider {
  readonly id = 'bitbucket';
  readonly name: string;
  readonly host: string;
  readonly oauth: GitProviderOAuth;
  private readonly url: string;
  private readonly api: ProviderApi;

  constructor(config: GitProviderConfig, http: OutgoingHttp) {
    this.name = config.name;
    this.host = config.host;
    this.url = config.url;
    this.api = new ProviderApi(http, `${config.apiUrl}/2.0`);
    this.oauth = {
      issuer: config.url,
      authorizationUrl: `${config.url}/site/oauth2/authorize`,
      tokenUrl: `${config.url}/site/oauth2/access_token`,
      scope: null,
      pkce: false,
      clientAuthentication: 'basic',
    };
  }

  findWritable(question: WriteQuestion): Promise<WriteAccess> {
    return unlessRejected(() => this.look(question), { kind: 'signin_expired' });
  }

  profile(accessToken: string): Promise<GitProfile | null> {
    return unlessRejected(() => this.whoHas(accessToken), null);
  }

  private async look({ accessToken, path, branch }: WriteQuestion): Promise<WriteAccess> {
    const parts = pathParts(path, 2, 2);
    if (!parts) return { kind: 'not_writable' };
    const repository = await this.api.get(accessToken, `/repositories/${parts.join('/')}`, Repository);
    if (!repository || !(await this.mayPush(accessToken, repository.full_name))) return { kind: 'not_writable' };
    const fullName = repository.full_name;
    return { kind: 'writable', fullName, url: `${this.url}/${fullName}`, branch: await this.findBranch(accessToken, fullName, branch) };
  }

  /** The repository's own answer says nothing about the caller's right, so it is asked for by name. */
  private async mayPush(accessToken: string, fullName: string): Promise<boolean> {
    const workspace = fullName.split('/')[0]!;
    const query = encodeURIComponent(`repository.full_name="${fullName}"`);
    const answer = await this.api.get(accessToken, `/user/workspaces/${workspace}/permissions/repositories?q=${query}`, Permissions);
    return answer?.values.some((one) => one.repository.full_name === fullName && ['write', 'admin'].includes(one.permission)) ?? false;
  }

  private async findBranch(accessToken: string, fullName: string, branch: string | null): Promise<'default' | 'exists' | 'missing'> {
    if (branch === null) return 'default';
    const answer = await this.api.get(accessToken, `/repositories/${fullName}/refs/branches/${encodeURIComponent(branch)}`, Branch);
    return answer?.name === branch ? 'exists' : 'missing';
  }

  private async whoHas(accessToken: string): Promise<GitProfile | null> {
    const user = await this.api.get(accessToken, '/user', User);
    if (!user) return null;
    const { uuid, username, nickname, display_name: displayName, links } = user;
    const login = username ?? nickname ?? uuid;
    const email = await this.primaryEmail(accessToken);
    return {
      subject: uuid, login, name: displayName || login, avatarUrl: links?.avatar?.href ?? null,
      email: email?.email ?? null, emailVerified: email?.is_confirmed ?? false,
    };
  }

  /** A consumer without the scope `email` gets 403 here: people sign in without an address then. */
  private async primaryEmail(accessToken: string): Promise<{ email: string; is_confirmed: boolean } | undefined> {
    const emails = await this.api.get(accessToken, '/user/emails', Emails);
    return emails?.values.find((one) => one.is_primary);
  }
}
