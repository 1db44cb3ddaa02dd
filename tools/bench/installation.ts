/**
 * A whole installation as an operator runs it, with stand-ins for Jira, GitHub and OpenHands that answer at once: API and worker
 * processes on one database, an administrator, a connected site, a linked person. Benches that need the way from a comment to its answer
 * use it. The stand-ins live in the bench's own process, so their processor time is never counted as the service's.
 */
import { Browser } from '../sandbox/browser.ts';
import { freePort } from '../sandbox/free-port.ts';
import { wiki } from '../sandbox/jira-store.ts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { ACCOUNTS, CREDENTIALS } from '../sandbox/seed.ts';
import { sign } from '../sandbox/jira-cloud/webhooks.ts';
import { newKeys, pathOf, startService } from './contestants.ts';
import type { BenchDatabase, BenchServer } from './database.ts';
import type { Program } from './programs.ts';

/** A delivery of a comment that asks for work, as Jira would send it. */
export interface Parcel {
  issueId: string;
  identifier: string;
  body: string;
}

export class Installation {
  readonly sandbox: Sandbox;
  readonly database: BenchDatabase;
  /** `start` puts another process into the place of one that ended. */
  readonly apis: Place[] = [];
  readonly workers: Place[] = [];
  connectionId = '';
  private readonly keys = newKeys();
  private readonly comments = new Map<string, number>();

  private constructor(sandbox: Sandbox, database: BenchDatabase) {
    this.sandbox = sandbox;
    this.database = database;
    const agent = sandbox.jira.serviceTokens[0]!.accountId;
    sandbox.jira.store.onEvent((event) => {
      if (event.kind === 'comment_created' && event.actorId === agent && !this.comments.has(event.issue.id)) this.comments.set(event.issue.id, performance.now());
    });
  }

  static async start(server: BenchServer, size: { apis: number; workers: number }, more: Record<string, string> = {}): Promise<Installation> {
    const sandbox = await startSandbox();
    const installation = new Installation(sandbox, await server.create('installation'));
    const port = await freePort();
    const { GITLAB_CLIENT_ID: _a, GITLAB_CLIENT_SECRET: _b, BITBUCKET_CLIENT_ID: _c, BITBUCKET_CLIENT_SECRET: _d, BITBUCKET_DC_CLIENT_ID: _e, BITBUCKET_DC_CLIENT_SECRET: _f, ...environment } = sandbox.environment();
    const env = { ...environment, PUBLIC_URL: `http://127.0.0.1:${port}`, ADMIN_EMAILS: 'ada@example.com', JOBS_MAX_RUNNING: '10000', JOBS_MAX_RUNNING_PER_USER: '1000', ...more };
    for (let index = 0; index < size.apis; index += 1) installation.apis.push(await installation.place('api', env, index === 0 ? port : await freePort()));
    for (let index = 0; index < size.workers; index += 1) installation.workers.push(await installation.place('worker', env, await freePort()));
    await installation.connect();
    return installation;
  }

  private async place(role: 'api' | 'worker', env: Record<string, string>, port: number): Promise<Place> {
    const place = new Place(() => startService(role, this.database, this.keys, env, port));
    await place.start();
    return place;
  }

  /** What the guides tell an administrator and a colleague to do. */
  private async connect(): Promise<void> {
    const { jira, github } = this.sandbox;
    const ada = await this.signIn('ada');
    const created = await ada.post('/api/v1/jira-cloud/workspaces', {
      site: jira.host, webhookSecret: CREDENTIALS.webhookSecret, serviceAccountEmail: CREDENTIALS.serviceAccountEmail, serviceAccountApiToken: CREDENTIALS.serviceAccountToken,
    });
    await this.consent(ada, created.json.authorizationUrl, ACCOUNTS.ada);
    this.connectionId = created.json.connectionId;
    const ben = await this.signIn('ben');
    await this.consent(ben, (await ben.post(`/api/v1/jira-cloud/workspaces/${jira.host}/link`)).json.authorizationUrl, ACCOUNTS.ben);
    github.consent.autoConsent(null);
    jira.webhooks.register({ name: 'bench', url: 'http://127.0.0.1:9/held', secret: CREDENTIALS.webhookSecret, events: ['comment_created'] });
    jira.webhooks.hold();
  }

  private async signIn(login: string): Promise<Browser> {
    const browser = new Browser(this.apis[0]!.url);
    this.sandbox.github.consent.autoConsent(login);
    await browser.open('/auth/github?returnTo=/settings/integrations');
    return browser;
  }

  private async consent(browser: Browser, authorizationUrl: string, accountId: string): Promise<void> {
    await browser.request('GET', this.sandbox.atlassian.consent.approve(authorizationUrl, accountId));
  }

  /** A new issue in which Ben asks for work. Its delivery is held for the bench to carry. */
  ask(): Parcel {
    const { store, webhooks } = this.sandbox.jira;
    const issue = store.addIssue({ projectKey: 'SHOP', summary: 'The total is a cent off', description: 'Repository: Acme/web-app', reporterId: ACCOUNTS.ben });
    store.addComment(issue, { authorId: ACCOUNTS.ben, body: wiki('@openhands please fix it') });
    const { identifier, body } = webhooks.deliveries.at(-1)!;
    return { issueId: issue.id, identifier, body };
  }

  /** Carries a delivery to a door; gives the status, null when no answer came. */
  async carry(parcel: Parcel, door = this.apis[0]!, identifier = parcel.identifier): Promise<number | null> {
    const headers = { 'content-type': 'application/json', 'x-atlassian-webhook-identifier': identifier, 'x-hub-signature': sign(CREDENTIALS.webhookSecret, parcel.body) };
    return fetch(`${door.url}${this.path}`, { method: 'POST', body: parcel.body, headers }).then(async (answer) => (await answer.arrayBuffer(), answer.status), () => null);
  }

  get path(): string {
    return pathOf(this.connectionId);
  }

  /** When our first comment stood in the issue, on the clock of `performance.now`; undefined when there is none. */
  commentedAt(issueId: string): number | undefined {
    return this.comments.get(issueId);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.apis, ...this.workers].map((place) => place.program?.stop()));
    await this.database.close();
    await this.sandbox.close();
  }
}

/** One place for a process; another one may take it over. */
export class Place {
  program: Program | undefined;
  private readonly startProgram: () => Promise<Program>;

  constructor(startProgram: () => Promise<Program>) {
    this.startProgram = startProgram;
  }

  get url(): string {
    return this.program!.url;
  }

  async start(): Promise<void> {
    this.program = await this.startProgram();
  }
}
