import { Injectable } from '@nestjs/common';
import type { GitProviderId } from '@openhands-jira/contracts';
import { AppConfig, type GitProviderConfig } from '../config/config.js';
import { OutgoingHttp } from '../http/outgoing.js';
import { BitbucketDataCenter } from './bitbucket-data-center.js';
import { Bitbucket } from './bitbucket.js';
import type { GitProvider } from './git-provider.js';
import { GitHub } from './github.js';
import { GitLab } from './gitlab.js';

const ADAPTERS: Record<GitProviderId, new (config: GitProviderConfig, http: OutgoingHttp) => GitProvider> = {
  github: GitHub,
  gitlab: GitLab,
  bitbucket: Bitbucket,
  'bitbucket-data-center': BitbucketDataCenter,
};

/** The adapter for a configured provider. */
export function createGitProvider(config: GitProviderConfig, http: OutgoingHttp): GitProvider {
  return new ADAPTERS[config.id](config, http);
}

/** The git providers of this installation. */
@Injectable()
export class GitProviders {
  private readonly providers: GitProvider[];

  constructor(config: AppConfig, http: OutgoingHttp) {
    this.providers = config.gitProviders.map((one) => createGitProvider(one, http));
  }

  /** All of them, in the order in which people see them. */
  list(): readonly GitProvider[] {
    return this.providers;
  }

  byId(id: string): GitProvider | undefined {
    return this.providers.find((one) => one.id === id);
  }

  /** By the host of a repository address. Letter case, `www.` and a port do not matter. */
  byHost(host: string): GitProvider | undefined {
    const wanted = host.toLowerCase().replace(/:\d+$/, '').replace(/^www\./, '');
    return this.providers.find((one) => one.host === wanted);
  }

  /**
   * The known hosts with their kind, as the rules for repository references need them. Should two providers have one host
   * name, the first counts, as in `byHost`.
   */
  hosts(): Record<string, GitProviderId> {
    return Object.fromEntries([...this.providers].reverse().map((one) => [one.host, one.id]));
  }
}
