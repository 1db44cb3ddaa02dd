/**
 * The sandbox: all stand-ins together, each on its own port, wired to one another (the agent sees the repositories of the git
 * providers). Tests start it in their own process and hold its parts in hand; `main.ts` starts it for people.
 */
import { Actions } from './actions.ts';
import { realClock, type SandboxClock } from './clock.ts';
import { addControlRoutes } from './control.ts';
import { addressBook, dataCenterEnvironment, productEnvironment, type SandboxUrls } from './environment.ts';
import { Bitbucket } from './git-providers/bitbucket.ts';
import { BitbucketDataCenter } from './git-providers/bitbucket-data-center.ts';
import type { GitHost } from './git-providers/git-host.ts';
import { GitHub } from './git-providers/github.ts';
import { GitLab } from './git-providers/gitlab.ts';
import { Atlassian } from './jira-cloud/atlassian.ts';
import type { CloudSite } from './jira-cloud/site.ts';
import { serverCertificate, type CertificateName } from './jira-data-center/certificates.ts';
import { JiraDataCenter } from './jira-data-center/data-center.ts';
import { OpenHands, type AgentRepository } from './openhands/openhands.ts';
import { addJiraPages } from './page/jira-pages.ts';
import { playedCloud, playedDataCenter, type PlayedJira } from './played-jira.ts';
import { CREDENTIALS, seedAgent, seedDataCenter, seedGitHosts, seedJira, seedOtherSite } from './seed.ts';
import { listen, type Listening, type ServerCertificate, type StandIn } from './stand-in.ts';

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
  jiraDataCenter?: {
    /** For example `/jira`; none when absent. */
    contextPath?: string;
    /** `10.3.24` when absent; `9.12.30` has the old webhook API and no signatures. May be changed later. */
    version?: string;
    /** With a certificate it speaks TLS only; null or absent: plain HTTP. */
    certificate?: CertificateName | null;
  };
}

export interface Sandbox {
  urls: SandboxUrls;
  /** What people do, as short calls. */
  actions: Actions;
  /** The same in Jira Data Center. */
  dataCenterActions: Actions;
  atlassian: Atlassian;
  /** The main site, with SHOP and HELP. */
  jira: CloudSite;
  /** A site of another company. */
  otherJira: CloudSite;
  jiraDataCenter: JiraDataCenter;
  /** Both Jiras as the pages and the control API see them. */
  played: { cloud: PlayedJira; dataCenter: PlayedJira };
  github: GitHub;
  gitlab: GitLab;
  bitbucket: Bitbucket;
  bitbucketDataCenter: BitbucketDataCenter;
  openhands: OpenHands;
  /** All stand-ins by name, for faults and calls. */
  standIns: Record<string, StandIn>;
  /** Environment with which the product talks to this sandbox and to nothing else. */
  environment(): Record<string, string>;
  /** The settings of Jira Data Center, to be added to `environment()`. */
  dataCenterEnvironment(): Record<string, string>;
  /** Jira Data Center shows another certificate from now on. @throws when it speaks plain HTTP */
  presentCertificate(name: CertificateName): void;
  close(): Promise<void>;
}

/** Starts everything and fills it with the seed. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, hostname = 'localhost', listenOn, clock = realClock, webhookRetryDelayMs = 20, webhookTimeoutMs = 20_000 } = options;
  const client = { clock, clientId: CREDENTIALS.oauthClientId, clientSecret: CREDENTIALS.oauthClientSecret };
  const atlassian = new Atlassian({ ...client, retryDelayMs: webhookRetryDelayMs, responseTimeoutMs: webhookTimeoutMs });
  const { contextPath = '', version = '10.3.24', certificate = null } = options.jiraDataCenter ?? {};
  const jiraDataCenter = new JiraDataCenter({ ...client, retryDelayMs: webhookRetryDelayMs, responseTimeoutMs: webhookTimeoutMs, contextPath, version });
  const github = new GitHub(client);
  const gitlab = new GitLab(client);
  const bitbucket = new Bitbucket(client);
  const bitbucketDataCenter = new BitbucketDataCenter(client);
  let openhandsUrl = '';
  const openhands = new OpenHands({ clock, url: () => openhandsUrl, repositories: () => agentRepositories({ github, gitlab, bitbucket, bitbucketDataCenter }) });

  const jira = seedJira(atlassian, options.site ?? 'acme.atlassian.net');
  const otherJira = seedOtherSite(atlassian, 'globex.atlassian.net');
  seedDataCenter(jiraDataCenter);
  seedGitHosts({ github, gitlab, bitbucket, bitbucketDataCenter });
  seedAgent(openhands);

  const gitHosts: GitHost[] = [github, gitlab, bitbucket, bitbucketDataCenter];
  const all = [atlassian.standIn, ...gitHosts.map((host) => host.standIn), openhands.standIn, jiraDataCenter.standIn];
  const tls = certificate === null ? null : serverCertificate(certificate);
  const tlsOf = (standIn: StandIn): ServerCertificate | null => (standIn === jiraDataCenter.standIn ? tls : null);
  const listening: Listening[] = [];
  for (const [index, standIn] of all.entries()) listening.push(await listen(standIn, port === 0 ? 0 : port + index, listenOn, tlsOf(standIn)));
  const addresses = listening.map((one, index) => `${all[index] === jiraDataCenter.standIn && tls !== null ? 'https' : 'http'}://${hostname}:${String(one.port)}`);
  for (const [index, host] of gitHosts.entries()) host.url = addresses[index + 1] ?? '';
  openhandsUrl = addresses[5] ?? '';

  const urls = addressBook(addresses, contextPath);
  jiraDataCenter.url = urls.jiraDataCenter;
  const played = { cloud: playedCloud(atlassian, jira), dataCenter: playedDataCenter(jiraDataCenter) };
  const parts: Omit<Sandbox, 'actions' | 'dataCenterActions'> = {
    urls,
    atlassian,
    jira,
    otherJira,
    jiraDataCenter,
    played,
    github,
    gitlab,
    bitbucket,
    bitbucketDataCenter,
    openhands,
    standIns: Object.fromEntries(all.map((standIn) => [standIn.name, standIn])),
    environment: () => productEnvironment(urls, [jira.host, otherJira.host]),
    dataCenterEnvironment: () => dataCenterEnvironment(urls),
    presentCertificate: (name) => listening.at(-1)?.present(serverCertificate(name)),
    async close() {
      atlassian.close();
      jiraDataCenter.close();
      await Promise.all(listening.map((one) => one.close()));
    },
  };
  const sandbox: Sandbox = Object.assign(parts, {
    actions: new Actions(parts, played.cloud),
    dataCenterActions: new Actions(parts, played.dataCenter),
  });
  for (const one of [played.cloud, played.dataCenter]) addJiraPages(one, urls);
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
