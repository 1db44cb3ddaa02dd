/**
 * The sandbox: all stand-ins together, each on its own port, wired to one another (the agent sees the repositories of the git
 * providers). Tests start it in their own process and hold its parts in hand; `main.ts` starts it for people.
 */
import { Actions } from './actions.ts';
import { realClock, type SandboxClock } from './clock.ts';
import { addControlRoutes } from './control.ts';
import { addressBook, productEnvironment, type SandboxUrls } from './environment.ts';
import { Bitbucket } from './git-providers/bitbucket.ts';
import { BitbucketDataCenter } from './git-providers/bitbucket-data-center.ts';
import type { GitHost } from './git-providers/git-host.ts';
import { GitHub } from './git-providers/github.ts';
import { GitLab } from './git-providers/gitlab.ts';
import { Atlassian } from './jira-cloud/atlassian.ts';
import type { CloudSite } from './jira-cloud/site.ts';
import { OpenHands, type AgentRepository } from './openhands/openhands.ts';
import { addJiraPages } from './page/jira-pages.ts';
import { CREDENTIALS, seedAgent, seedGitHosts, seedJira, seedOtherSite } from './seed.ts';
import { listen, type Listening, type StandIn } from './stand-in.ts';

export interface SandboxOptions {
  /** Port of Jira, its pages and the control API; the others follow it. 0 (default): free ports. */
  port?: number;
  /** Name of this machine in the addresses that the sandbox tells. */
  hostname?: string;
  /** Interfaces to listen on; loopback only unless said otherwise. */
  listenOn?: string[];
  /** Host of the main Jira site. */
  site?: string;
  clock?: SandboxClock;
  /** Pause before a webhook is sent again. Real Jira waits minutes. */
  webhookRetryDelayMs?: number;
  webhookTimeoutMs?: number;
}

export interface Sandbox {
  urls: SandboxUrls;
  /** What people do, as short calls. */
  actions: Actions;
  atlassian: Atlassian;
  /** The main site, with SHOP and HELP. */
  jira: CloudSite;
  /** A site of another company. */
  otherJira: CloudSite;
  github: GitHub;
  gitlab: GitLab;
  bitbucket: Bitbucket;
  bitbucketDataCenter: BitbucketDataCenter;
  openhands: OpenHands;
  /** All stand-ins by name, for faults and calls. */
  standIns: Record<string, StandIn>;
  /** Environment with which the product talks to this sandbox and to nothing else. */
  environment(): Record<string, string>;
  close(): Promise<void>;
}

/** Starts everything and fills it with the seed. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, hostname = 'localhost', listenOn, clock = realClock, webhookRetryDelayMs = 20, webhookTimeoutMs = 20_000 } = options;
  const client = { clock, clientId: CREDENTIALS.oauthClientId, clientSecret: CREDENTIALS.oauthClientSecret };
  const atlassian = new Atlassian({ ...client, retryDelayMs: webhookRetryDelayMs, responseTimeoutMs: webhookTimeoutMs });
  const github = new GitHub(client);
  const gitlab = new GitLab(client);
  const bitbucket = new Bitbucket(client);
  const bitbucketDataCenter = new BitbucketDataCenter(client);
  let openhandsUrl = '';
  const openhands = new OpenHands({ clock, url: () => openhandsUrl, repositories: () => agentRepositories({ github, gitlab, bitbucket, bitbucketDataCenter }) });

  const jira = seedJira(atlassian, options.site ?? 'acme.atlassian.net');
  const otherJira = seedOtherSite(atlassian, 'globex.atlassian.net');
  seedGitHosts({ github, gitlab, bitbucket, bitbucketDataCenter });
  seedAgent(openhands);

  const gitHosts: GitHost[] = [github, gitlab, bitbucket, bitbucketDataCenter];
  const all = [atlassian.standIn, ...gitHosts.map((host) => host.standIn), openhands.standIn];
  const listening: Listening[] = [];
  for (const [index, standIn] of all.entries()) listening.push(await listen(standIn, port === 0 ? 0 : port + index, listenOn));
  const addresses = listening.map((one) => `http://${hostname}:${String(one.port)}`);
  for (const [index, host] of gitHosts.entries()) host.url = addresses[index + 1] ?? '';
  openhandsUrl = addresses[5] ?? '';

  const urls = addressBook(addresses);
  const parts: Omit<Sandbox, 'actions'> = {
    urls,
    atlassian,
    jira,
    otherJira,
    github,
    gitlab,
    bitbucket,
    bitbucketDataCenter,
    openhands,
    standIns: Object.fromEntries(all.map((standIn) => [standIn.name, standIn])),
    environment: () => productEnvironment(urls, [jira.host, otherJira.host]),
    async close() {
      atlassian.close();
      await Promise.all(listening.map((one) => one.close()));
    },
  };
  const sandbox: Sandbox = Object.assign(parts, { actions: new Actions(parts) });
  addJiraPages(sandbox);
  addControlRoutes(sandbox);
  return sandbox;
}

/** What the agent's git apps see: everything at all four providers. */
function agentRepositories(hosts: Pick<Sandbox, 'github' | 'gitlab' | 'bitbucket' | 'bitbucketDataCenter'>): AgentRepository[] {
  const kinds: [string, GitHost, (path: string) => string][] = [
    ['github', hosts.github, (path) => `${path}/pull/7`],
    ['gitlab', hosts.gitlab, (path) => `${path}/-/merge_requests/7`],
    ['bitbucket', hosts.bitbucket, (path) => `${path}/pull-requests/7`],
    ['bitbucket_data_center', hosts.bitbucketDataCenter, (path) => `projects/${path.replace('/', '/repos/')}/pull-requests/7`],
  ];
  return kinds.flatMap(([provider, host, pullRequestPath]) =>
    host.repositories.map((repository) => ({
      id: String(repository.id),
      fullName: repository.path,
      provider,
      isPublic: !repository.isPrivate,
      mainBranch: repository.defaultBranch,
      branches: repository.branches,
      pullRequestUrl: `${host.url}/${pullRequestPath(repository.path)}`,
    })),
  );
}
