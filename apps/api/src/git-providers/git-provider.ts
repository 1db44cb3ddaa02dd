/**
 * The port for git providers. Each provider answers one question, "may this person push to this repository?", and takes
 * part in sign-in: where its OAuth endpoints are, and who a token belongs to.
 *
 * Four adapters implement it (GitHub, GitLab, Bitbucket, Bitbucket Data Center). They all pass `git-provider.conformance.ts`.
 */
import type { GitProviderId } from '@openhands-jira/contracts';

/** One question about one repository, asked in the name of one person. */
export interface WriteQuestion {
  /** The person's own access token. */
  accessToken: string;
  /** `owner/name`; on GitLab `group/sub/name`; on Bitbucket Data Center `KEY/slug` or `~user/slug`. Any letter case. */
  path: string;
  /** A branch that was named, or null for the default branch. */
  branch: string | null;
}

/** The answer. An outage is no answer: it is thrown as `GitProviderUnreachable`. */
export type WriteAccess =
  | {
      kind: 'writable';
      /** The provider's own spelling; different spellings of one repository end up equal here. */
      fullName: string;
      /** Page of the repository, for people. */
      url: string;
      /** Whether the named branch exists; `default` when none was named. */
      branch: 'default' | 'exists' | 'missing';
    }
  /** There is no such repository, or it is hidden from this person, or it can only be read. Providers do not tell these apart. */
  | { kind: 'not_writable' }
  /** The provider no longer accepts the person's token. */
  | { kind: 'signin_expired' };

/** Who a token belongs to. */
export interface GitProfile {
  /** The provider's permanent id of the account; logins can be renamed and taken over by others. */
  subject: string;
  login: string;
  name: string;
  avatarUrl: string | null;
  email: string | null;
  /** True only when the provider itself has checked that the address belongs to this account. */
  emailVerified: boolean;
}

/** What OAuth needs to know about a provider. None of the four publishes it for discovery in a way that all versions share. */
export interface GitProviderOAuth {
  /** Value of the `iss` parameter (RFC 9207), when the provider sends one. */
  issuer: string;
  authorizationUrl: string;
  tokenUrl: string;
  /** Null where the scopes are fixed by the registration of the client. */
  scope: string | null;
  pkce: boolean;
  clientAuthentication: 'basic' | 'post';
}

/** A configured git provider. */
export interface GitProvider {
  readonly id: GitProviderId;
  /** Name for people. */
  readonly name: string;
  /** Host of its repositories, lower case, without port. */
  readonly host: string;
  readonly oauth: GitProviderOAuth;
  /** May this person push there? Throws `GitProviderUnreachable` when the provider gives no usable answer. */
  findWritable(question: WriteQuestion): Promise<WriteAccess>;
  /** Whose token is this? Null when the provider does not accept it. Throws `GitProviderUnreachable`. */
  profile(accessToken: string): Promise<GitProfile | null>;
}

/**
 * The provider gave no usable answer: an outage, a rate limit, a proxy's page. Never to be read as "no access". The message
 * names the host and the kind of failure only.
 */
export class GitProviderUnreachable extends Error {
  constructor(
    readonly host: string,
    readonly reason: string,
  ) {
    super(`${host} gave no usable answer: ${reason}`);
    this.name = 'GitProviderUnreachable';
  }
}
