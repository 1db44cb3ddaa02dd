/**
 * GitHub and GitHub Enterprise Server.
 *
 * Sources: docs.github.com, "Get a repository" (`permissions.push` is the caller's own right; renamed repositories answer
 * 301), "Get a branch" (a renamed branch answers 301 too), "List email addresses for the authenticated user", "Authorizing
 * OAuth apps"; GitHub's changelog of 2025-07-14: PKCE with S256 for OAuth apps and GitHub Apps (older Enterprise servers
 * ignore it).
 */
import { z } from 'zod';
import type { GitProviderConfig } from '../config/config.js';
import type { OutgoingHttp } from '../http/outgoing.js';
import type { GitProfile, GitProvider, GitProviderOAuth, WriteAccess, WriteQuestion } from './git-provider.js';
import { pathParts, ProviderApi, unlessRejected } from './provider-api.js';

const Repository = z.object({
  full_name: z.string(),
  archived: z.boolean().default(false),
  disabled: z.boolean().default(false),
  permissions: z.object({ push: z.boolean() }).optional(),
});
const Branch = z.object({ name: z.string() });
const User = z.object({ id: z.number(), login: z.string(), name: z.string().nullish(), avatar_url: z.string().nullish() });
const Emails = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }));

export class GitHub implements GitProvider {
  readonly id = 'github';
  readonly name: string;
  readonly host: string;
  readonly oauth: GitProviderOAuth;
  private readonly url: string;
  private readonly api: ProviderApi;

  constructor(config: GitProviderConfig, http: OutgoingHttp) {
    this.name = config.name;
    this.host = config.host;
    this.url = config.url;
    this.api = new ProviderApi(http, config.apiUrl, { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' });
    this.oauth = {
      issuer: `${config.url}/login/oauth`,
      authorizationUrl: `${config.url}/login/oauth/authorize`,
      tokenUrl: `${config.url}/login/oauth/access_token`,
      // There is no narrower scope that shows private repositories. A GitHub App ignores it and uses its own permissions.
      scope: 'read:user user:email repo',
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
    const parts = pathParts(path, 2, 2);
    if (!parts) return { kind: 'not_writable' };
    const repository = await this.api.get(accessToken, `/repos/${parts.join('/')}`, Repository);
    if (!repository?.permissions?.push || repository.archived || repository.disabled) return { kind: 'not_writable' };
    const fullName = repository.full_name;
    return { kind: 'writable', fullName, url: `${this.url}/${fullName}`, branch: await this.findBranch(accessToken, fullName, branch) };
  }

  /** GitHub leads the old name of a renamed branch to the new one; a branch of the old name no longer exists. */
  private async findBranch(accessToken: string, fullName: string, branch: string | null): Promise<'default' | 'exists' | 'missing'> {
    if (branch === null) return 'default';
    const answer = await this.api.get(accessToken, `/repos/${fullName}/branches/${encodeURIComponent(branch)}`, Branch);
    return answer?.name === branch ? 'exists' : 'missing';
  }

  private async whoHas(accessToken: string): Promise<GitProfile | null> {
    const user = await this.api.get(accessToken, '/user', User);
    if (!user) return null;
    const { id, login, name, avatar_url: avatarUrl } = user;
    const email = await this.primaryEmail(accessToken);
    return { subject: String(id), login, name: name || login, avatarUrl: avatarUrl ?? null, email: email?.email ?? null, emailVerified: email?.verified ?? false };
  }

  /** A GitHub App without the permission "Email addresses" gets 403 or 404 here: people sign in without an address then. */
  private async primaryEmail(accessToken: string): Promise<{ email: string; verified: boolean } | undefined> {
    const emails = await this.api.get(accessToken, '/user/emails', Emails);
    return emails?.find((one) => one.primary);
  }
}
