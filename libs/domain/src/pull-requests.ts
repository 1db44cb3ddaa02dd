/**
 * Finds pull requests (merge requests at GitLab) in the agent's final text.
 *
 * Only addresses at the git providers of this installation count: a text can name any address, and we make links of
 * what is found here.
 */
import type { GitProviderId } from '@openhands-jira/contracts';

/** A git provider as far as its addresses go. */
export interface PullRequestHost {
  id: GitProviderId;
  /** Name without port, such as `github.com`. */
  host: string;
}

/** How the path of one pull request ends at each kind of provider. Bitbucket Data Center may have a context path. */
const PATHS: Record<GitProviderId, RegExp> = {
  github: /^\/[\w.-]+\/[\w.-]+\/pull\/\d+(?=\/|$)/,
  gitlab: /^\/(?:[\w.-]+\/){2,20}?-\/merge_requests\/\d+(?=\/|$)/,
  bitbucket: /^\/[\w.-]+\/[\w.-]+\/pull-requests\/\d+(?=\/|$)/,
  'bitbucket-data-center':
    /^(?:\/[\w.-]+){0,3}\/(?:projects|users)\/[\w.~-]+\/repos\/[\w.-]+\/pull-requests\/\d+(?=\/|$)/,
};

const ADDRESS = /(https?):\/\/(?:[^\s/@<>"'()[\]|]{1,200}@)?([\w.-]{1,253})(:\d{1,5})?(\/[^\s<>"'()[\]|`]{1,500})/gi;
const MAX_FOUND = 10;

/** Addresses of pull requests in the order of the text, each once, without what follows the number. */
export function pullRequestUrls(text: string, hosts: PullRequestHost[]): string[] {
  const found = new Set<string>();
  for (const [, scheme = '', host = '', port = '', path = ''] of text.matchAll(ADDRESS)) {
    const name = plainHost(host);
    for (const provider of hosts.filter((candidate) => plainHost(candidate.host) === name)) {
      const pullRequest = PATHS[provider.id].exec(withoutTail(path))?.[0];
      if (pullRequest !== undefined) found.add(`${scheme.toLowerCase()}://${host.toLowerCase()}${port}${pullRequest}`);
    }
    if (found.size >= MAX_FOUND) break;
  }
  return [...found];
}

/** Without query, fragment and the punctuation of the sentence around it. */
function withoutTail(path: string): string {
  return (path.split(/[?#]/)[0] ?? '').replace(/[.,;:!*_~]+$/, '');
}

function plainHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^www\./, '');
}
