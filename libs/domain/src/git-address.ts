/**
 * Addresses of repositories: which host, which repository there, perhaps which branch.
 *
 * Every kind of git host has its own pages, so the host decides what an address means. Only hosts that the installation
 * knows are understood; an address is never called, only its host and path are taken from it.
 */
import type { GitProviderId } from '@openhands-jira/contracts';
import { isBranchName } from './branch-name.js';

/** The git hosts that this installation knows, by name in lower case without port and `www.`. */
export type KnownHosts = Readonly<Record<string, GitProviderId>>;

/** An address taken apart, not yet understood. */
export interface AddressParts {
  /** Lower case, without port, user info and `www.`. */
  host: string;
  /** Percent escapes are decoded once. Null when they cannot be decoded. */
  segments: string[] | null;
  /** `bare`: without scheme, as in `github.com/owner/name`. */
  form: 'web' | 'ssh' | 'bare';
}

/** A repository at a host, as an address names it. */
export interface RepositoryPath {
  path: string;
  /** The branch that `@branch` names, as written; it may be no valid name. */
  atBranch: string | null;
  /** The branch of a `/tree/<branch>` page. Counts in a `Repository:` line only. */
  treeBranch: string | null;
}

/** The name of a host as hosts are compared. */
export function hostName(authority: string): string {
  const host = authority.slice(authority.lastIndexOf('@') + 1).toLowerCase();
  return host.replace(/:\d{0,5}$/, '').replace(/\.$/, '').replace(/^www\./, '');
}

/** The kind of a host, or null when the installation does not know it. */
export function kindOfHost(hosts: KnownHosts, host: string): GitProviderId | null {
  return Object.hasOwn(hosts, host) ? hosts[host]! : null;
}

const SCP = /^[A-Za-z0-9_.-]{1,64}@([A-Za-z0-9.-]{1,253}):(?!\/\/)(.+)$/s;
const WITH_SCHEME = /^([a-z][a-z0-9+.-]{0,15}):\/\/([^/?#]*)([^?#]*)/i;
const BARE = /^((?:[A-Za-z0-9_.-]{1,64}@)?[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+(?::\d{1,5})?)(\/[^?#]*)/;

/** Takes an address apart; null when the word is none. Query and fragment are dropped. */
export function readAddress(word: string): AddressParts | null {
  if (!word.includes('.') && !word.includes(':')) return null;
  const withScheme = WITH_SCHEME.exec(word);
  if (withScheme) {
    const form = /^(?:git\+)?ssh$/i.test(withScheme[1]!) ? 'ssh' : 'web';
    return { host: hostName(withScheme[2]!), segments: segmentsOf(withScheme[3]!), form };
  }
  const scp = SCP.exec(word);
  if (scp) return { host: hostName(scp[1]!), segments: segmentsOf(scp[2]!), form: 'ssh' };
  const bare = BARE.exec(word);
  return bare && { host: hostName(bare[1]!), segments: segmentsOf(bare[2]!), form: 'bare' };
}

function segmentsOf(path: string): string[] | null {
  try {
    return path.split('/').filter((segment) => segment !== '').map(decodeURIComponent);
  } catch {
    return null;
  }
}

/** The repository that an address on a host of this kind names; null when the page belongs to no repository. */
export function repositoryAt(kind: GitProviderId, address: AddressParts): RepositoryPath | null {
  if (!address.segments) return null;
  return withBranch(kind, address.segments, address.form) ?? found(pathReaders[kind](address.segments, address.form), null);
}

/** `owner/name@branch/with/slash`: the branch begins at the first `@` within a segment, if a repository ends right there. */
function withBranch(kind: GitProviderId, segments: string[], form: AddressParts['form']): RepositoryPath | null {
  const at = segments.findIndex((segment) => segment.indexOf('@') > 0);
  if (at < 0) return null;
  const [last, ...branch] = segments[at]!.split('@');
  const head = [...segments.slice(0, at), last!];
  const place = pathReaders[kind](head, form);
  return place?.read === head.length ? found(place, [branch.join('@'), ...segments.slice(at + 1)].join('/')) : null;
}

function found(place: Place | null, atBranch: string | null): RepositoryPath | null {
  const path = place && checkedPath(place.path);
  if (!place || !path) return null;
  const treeBranch = place.treeBranch && isBranchName(place.treeBranch) ? place.treeBranch : null;
  return { path, atBranch, treeBranch };
}

/** Where a repository stands in a path. `read` is the number of segments that name it. */
interface Place {
  path: string[];
  read: number;
  treeBranch: string | null;
}

const pathReaders: Record<GitProviderId, (segments: string[], form: AddressParts['form']) => Place | null> = {
  github: readGitHubPath,
  gitlab: readGitLabPath,
  bitbucket: (segments) => place(segments, 2),
  'bitbucket-data-center': readBitbucketDataCenterPath,
};

function place(segments: string[], read: number, page: string[] = []): Place | null {
  if (segments.length < read) return null;
  const treeBranch = page.length === 2 && page[0] === 'tree' ? page[1]! : null;
  return { path: segments.slice(0, read), read, treeBranch };
}

const NOT_ON_GITHUB = new Set(
  ('about account apps codespaces collections contact customer-stories dashboard discussions enterprise events explore features issues join ' +
    'login logout marketplace new notifications orgs organizations pricing pulls readme search security sessions settings signup site ' +
    'sponsors stars team topics trending user users watching').split(' '),
);

function readGitHubPath(segments: string[]): Place | null {
  return NOT_ON_GITHUB.has(segments[0]?.toLowerCase() ?? '') ? null : place(segments, 2, segments.slice(2));
}

const NOT_ON_GITLAB = new Set('-/admin/api/dashboard/explore/groups/help/import/invites/jwt/oauth/profile/projects/search/snippets/users'.split('/'));

const GITLAB_PAGES = new Set(
  ('activity archive blame blob branches builds commit commits compare container_registry edit environments find_file forks graphs issues ' +
    'jobs labels merge_requests milestones network pipelines raw refs releases settings snippets tags tree wikis').split(' '),
);

/** Groups nest, so the repository ends at `/-/`, or in addresses of old versions at the first word that names a page. */
function readGitLabPath(segments: string[]): Place | null {
  if (segments.length === 0 || NOT_ON_GITLAB.has(segments[0]!.toLowerCase())) return null;
  const dash = segments.indexOf('-');
  if (dash >= 0) return dash < 2 ? null : place(segments, dash, segments.slice(dash + 1));
  const page = segments.findIndex((segment, index) => index >= 2 && GITLAB_PAGES.has(segment));
  return place(segments, page < 0 ? Math.max(segments.length, 2) : page, page < 0 ? [] : segments.slice(page));
}

/** A context path before the known words is allowed. `KEY/slug` alone is an ssh address, or written by hand. */
function readBitbucketDataCenterPath(segments: string[], form: AddressParts['form']): Place | null {
  if (form !== 'web' && segments.length === 2 && segments[0] !== 'scm') return place(segments, 2);
  for (const [index, word] of segments.entries()) {
    const [owner, next, name] = segments.slice(index + 1, index + 4);
    if (word === 'scm' && owner && next) return { path: [owner, next], read: index + 3, treeBranch: null };
    if ((word === 'projects' || word === 'users') && next === 'repos' && owner && name) {
      return { path: [word === 'users' ? `~${owner}` : owner, name], read: index + 4, treeBranch: null };
    }
  }
  return null;
}

/** One or two dots alone lead elsewhere. */
const OWNER = /^(?!~?\.{1,2}$)~?[A-Za-z0-9_.-]{1,100}$/;
const NAME = /^(?!\.{1,2}$)[A-Za-z0-9_.-]{1,100}$/;

/** `owner/name` or `group/…/name` from its segments, without the ending `.git`; null when a segment is not allowed. */
export function checkedPath(segments: readonly string[]): string | null {
  if (segments.length < 2 || segments.length > 21) return null;
  const owners = segments.slice(0, -1);
  const name = segments.at(-1)!.replace(/\.git$/i, '');
  const isAllowed = owners.every((owner) => OWNER.test(owner)) && NAME.test(name);
  return isAllowed ? [...owners, name].join('/') : null;
}

/** Whether a repository on a host of this kind can have this path: only GitLab nests groups. */
export function canHoldPath(kind: GitProviderId, path: string): boolean {
  return kind === 'gitlab' || path.split('/').length === 2;
}
