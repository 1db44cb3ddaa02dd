/**
 * Bitbucket Data Center.
 *
 * Sources: developer.atlassian.com/server/bitbucket/rest, groups "Project" and "Repository" (`GET /repos` with
 * `permission=REPO_WRITE` filters by the caller's own right and needs no administrator; `/branches` with `filterText` and
 * `boostMatches`); confluence.atlassian.com, "Bitbucket OAuth 2.0 provider API" (PKCE; form-encoded; the redirect URI is
 * repeated on refresh; access tokens live two hours). REST has no "who am I": the application links servlet tells the user
 * name (community.developer.atlassian.com/t/24422).
 */
import { z } from 'zod';
import type { GitProviderConfig } from '../config/config.js';
import type { OutgoingAnswer, OutgoingHttp } from '../http/outgoing.js';
import type { GitProfile, GitProvider, GitProviderOAuth, WriteAccess, WriteQuestion } from './git-provider.js';
import { pathParts, ProviderApi, unlessRejected } from './provider-api.js';

const Repository = z.object({ id: z.number(), slug: z.string(), name: z.string(), archived: z.boolean().default(false), project: z.object({ key: z.string() }) });
type Repository = z.infer<typeof Repository>;
const Repositories = z.object({ values: z.array(z.object({ id: z.number() })) });
const Branches = z.object({ values: z.array(z.object({ displayId: z.string() })) });
const User = z.object({ id: z.number(), name: z.string(), displayName: z.string().nullish(), emailAddress: z.string().nullish() });
const Users = z.object({ values: z.array(User) });

/**
 * A repository that the person may not see is answered with 401, the status of a bad token (documented for "Get
 * repository"). Only the header that names the caller tells the two apart.
 */
function knowsTheCaller(answer: OutgoingAnswer): boolean {
  return answer.status === 401 && Boolean(answer.headers['x-ausername']);
}

export class BitbucketDataCenter implements GitProvider {
  readonly id = 'bitbucket-data-center';
  readonly name: string;
  readonly host: string;
  readonly oauth: GitProviderOAuth;
  private readonly url: string;
  private readonly api: ProviderApi;
  private readonly servlets: ProviderApi;

  constructor(config: GitProviderConfig, http: OutgoingHttp) {
    this.name = config.name;
    this.host = config.host;
    this.url = config.url;
    this.api = new ProviderApi(http, config.apiUrl, {}, knowsTheCaller);
    this.servlets = new ProviderApi(http, `${config.url}/plugins/servlet`, { accept: 'text/plain' });
    this.oauth = {
      issuer: config.url,
      authorizationUrl: `${config.url}/rest/oauth2/latest/authorize`,
      tokenUrl: `${config.url}/rest/oauth2/latest/token`,
      // A token's scope caps what its owner may do, so a token that can only read would hide the right to write.
      scope: 'REPO_WRITE',
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
    const address = `/projects/${parts[0]}/repos/${parts[1]}`;
    const repository = await this.api.get(accessToken, address, Repository);
    if (!repository || repository.archived || !(await this.mayPush(accessToken, repository))) return { kind: 'not_writable' };
    const { key } = repository.project;
    return {
      kind: 'writable',
      fullName: `${key}/${repository.slug}`,
      url: this.pageOf(key, repository.slug),
      branch: await this.findBranch(accessToken, address, branch),
    };
  }

  /** The filter goes by the repository's name, which may be a prefix of others and differs from the slug; the id decides. */
  private async mayPush(accessToken: string, { id, name, project }: Repository): Promise<boolean> {
    const query = new URLSearchParams({ projectkey: project.key, name, permission: 'REPO_WRITE', limit: '100' });
    const answer = await this.api.get(accessToken, `/repos?${query.toString()}`, Repositories);
    return answer?.values.some((one) => one.id === id) ?? false;
  }

  /** The filter finds parts of names; `boostMatches` puts the exact one first (older servers ignore it). */
  private async findBranch(accessToken: string, address: string, branch: string | null): Promise<'default' | 'exists' | 'missing'> {
    if (branch === null) return 'default';
    const query = new URLSearchParams({ filterText: branch, boostMatches: 'true', limit: '100' });
    const answer = await this.api.get(accessToken, `${address}/branches?${query.toString()}`, Branches);
    return answer?.values.some((one) => one.displayId === branch) ? 'exists' : 'missing';
  }

  /** Personal repositories live below the user's name: `~bob/scratch` is shown at `users/bob/repos/scratch`. */
  private pageOf(key: string, slug: string): string {
    return key.startsWith('~') ? `${this.url}/users/${key.slice(1).toLowerCase()}/repos/${slug}` : `${this.url}/projects/${key}/repos/${slug}`;
  }

  private async whoHas(accessToken: string): Promise<GitProfile | null> {
    const login = await this.servlets.getText(accessToken, '/applinks/whoami');
    // Without a valid token the servlet answers 200 with nothing in it.
    if (!login) return null;
    const user = await this.findUser(accessToken, login);
    if (!user) return null;
    return {
      subject: String(user.id), login: user.name, name: user.displayName || user.name, avatarUrl: null, email: user.emailAddress ?? null,
      // People of the internal directory set their own address and nothing is sent there to check it. Were it taken as
      // verified, anybody could become an administrator by typing an address of ADMIN_EMAILS into the own profile.
      emailVerified: false,
    };
  }

  /** Addressed by slug, which is the user name unless it holds unusual characters; then it is searched for. */
  private async findUser(accessToken: string, login: string): Promise<z.infer<typeof User> | undefined> {
    const bySlug = await this.api.get(accessToken, `/users/${encodeURIComponent(login)}`, User);
    if (bySlug?.name === login) return bySlug;
    const query = new URLSearchParams({ filter: login, limit: '100' });
    const found = await this.api.get(accessToken, `/users?${query.toString()}`, Users);
    return found?.values.find((one) => one.name === login);
  }
}
