/**
 * The stage of a story: the product on a database of its own, and a sandbox that plays Jira, the git providers and OpenHands. Both
 * run in this process; they talk over HTTP like in real life.
 */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../api/src/config/config.js';
import { CallPauses } from '../../api/src/connections/call-pauses.service.js';
import { FollowPlan } from '../../api/src/jobs/follow-plan.js';
import { CredentialLimit } from '../../api/src/security/minute-limit.guard.js';
import { createServer } from '../../api/src/server.js';
import { testDatabase, type TestDatabase } from '../../api/src/testing/test-database.js';
import { sign } from '../../../tools/sandbox/jira-cloud/webhooks.ts';
import { wiki } from '../../../tools/sandbox/jira-store.ts';
import type { GitHost } from '../../../tools/sandbox/git-providers/git-host.ts';
import type { Comment } from '../../../tools/sandbox/jira-model.ts';
import { startSandbox, type Sandbox } from '../../../tools/sandbox/sandbox.ts';
import { ACCOUNTS, CREDENTIALS } from '../../../tools/sandbox/seed.ts';
import { type Answer, Browser } from '../../../tools/sandbox/browser.ts';
import { freePort } from '../../../tools/sandbox/free-port.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';

export { ACCOUNTS, CREDENTIALS };

/** The git providers as `/auth/{provider}` names them. */
export type SignInProvider = 'github' | 'gitlab' | 'bitbucket' | 'bitbucket-data-center';

/** The product as a stage plays it: in this process, or as processes of its own (`processes.ts`). */
export interface PlayedProduct {
  /** A service inside the product. @throws when the product runs in another process */
  get(type: never, options: { strict: boolean }): unknown;
  close(): Promise<void>;
}

/** Starts the product with this environment on a migrated database, reachable on this port. */
export type StartProduct = (environment: Record<string, string>, databaseUrl: string, port: number) => Promise<PlayedProduct>;

/** Everything that a story can do and look at. */
export class Stage {
  private constructor(
    readonly sandbox: Sandbox,
    readonly database: TestDatabase,
    readonly url: string,
    private readonly environment: Record<string, string>,
    private readonly product: PlayedProduct,
  ) {}

  static async open(settings: Record<string, string> = {}, startProduct: StartProduct = startInThisProcess): Promise<Stage> {
    const sandbox = await startSandbox({ webhookRetryDelayMs: 50 });
    const database = await testDatabase();
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const environment = {
      ...sandbox.environment(),
      // One host name per provider: hosts are compared without ports.
      GITLAB_URL: sandbox.urls.gitlab.replace('localhost', '127.0.0.1'),
      BITBUCKET_URL: sandbox.urls.bitbucket.replace('localhost', '[::1]'),
      BITBUCKET_DC_URL: sandbox.urls.bitbucketDataCenter.replace('localhost', '[::ffff:127.0.0.1]'),
      BITBUCKET_CLIENT_ID: '', BITBUCKET_CLIENT_SECRET: '', BITBUCKET_DC_CLIENT_ID: '', BITBUCKET_DC_CLIENT_SECRET: '',
      PORT: String(port),
      PUBLIC_URL: url,
      DATA_DIR: mkdtempSync(join(tmpdir(), 'openhands-jira-story-')),
      ADMIN_EMAILS: 'ada@example.com',
      ADMIN_API_TOKEN: 'the-administrator-token-of-the-stories',
      LOG_LEVEL: process.env.STORY_LOG_LEVEL ?? 'silent',
      ...settings,
    };
    try {
      return new Stage(sandbox, database, url, environment, await startProduct(environment, database.url, port));
    } catch (error) {
      await sandbox.close();
      await database.drop();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.product.close();
    await this.sandbox.close();
    await this.database.drop();
    rmSync(this.environment.DATA_DIR!, { recursive: true, force: true });
  }

  /** A service inside the product, for the few things that cannot be seen from outside. */
  inside<T>(type: abstract new (...args: never[]) => T): T {
    return this.product.get(type as never, { strict: false }) as T;
  }

  /** A browser in which this person of the git provider signed in. */
  async signIn(login: string, provider: SignInProvider = 'github'): Promise<Browser> {
    const browser = new Browser(this.url);
    await this.signInWith(browser, login, provider);
    return browser;
  }

  async signInWith(browser: Browser, login: string, provider: SignInProvider = 'github'): Promise<Answer> {
    const { consent } = this.gitHost(provider);
    consent.autoConsent(login);
    const answer = await browser.open(`/auth/${provider}?returnTo=/settings/integrations`);
    consent.autoConsent(null);
    return answer;
  }

  /** The stand-in of a git provider. The two Bitbuckets are configured only when the story gives them a client. */
  gitHost(provider: SignInProvider): GitHost {
    return provider === 'bitbucket-data-center' ? this.sandbox.bitbucketDataCenter : this.sandbox[provider];
  }

  /** The guide's Step 2: Configure, credentials, OAuth. Gives the connection's id; the webhook in Jira points at it. */
  async connectWorkspace(browser: Browser, options: { active?: boolean } = {}): Promise<string> {
    const created = await browser.post('/api/v1/jira-cloud/workspaces', {
      site: this.sandbox.jira.host,
      webhookSecret: CREDENTIALS.webhookSecret,
      serviceAccountEmail: CREDENTIALS.serviceAccountEmail,
      serviceAccountApiToken: CREDENTIALS.serviceAccountToken,
      ...options,
    });
    if (created.status !== 200) throw new Error(`The workspace was not taken: ${created.text}`);
    await this.consent(browser, created.json.authorizationUrl, ACCOUNTS.ada);
    this.registerWebhook(created.json.connectionId);
    return created.json.connectionId;
  }

  /** The person presses Deny at Atlassian; gives the page that the browser ends on. */
  async refuse(browser: Browser, authorizationUrl: string): Promise<URL> {
    const back = await browser.request('GET', this.sandbox.atlassian.consent.deny(authorizationUrl));
    return new URL(back.headers.get('location') ?? '', this.url);
  }

  /** The person presses Allow at Atlassian; gives the page that the browser ends on. */
  async consent(browser: Browser, authorizationUrl: string, accountId: string): Promise<URL> {
    const back = await browser.request('GET', this.sandbox.atlassian.consent.approve(authorizationUrl, accountId));
    return new URL(back.headers.get('location') ?? '', this.url);
  }

  /** A team member links the own Jira account. */
  async link(browser: Browser, accountId: string): Promise<URL> {
    const answer = await browser.post(`/api/v1/jira-cloud/workspaces/${this.sandbox.jira.host}/link`);
    return this.consent(browser, answer.json.authorizationUrl, accountId);
  }

  /** Step 3 of the guide: the webhook in Jira. */
  registerWebhook(connectionId: string): void {
    this.sandbox.jira.webhooks.register({
      name: 'OpenHands Cloud Integration',
      url: `${this.url}/integration/jira/connections/${connectionId}/events`,
      secret: CREDENTIALS.webhookSecret,
      events: ['jira:issue_updated', 'jira:issue_created', 'jira:issue_deleted', 'comment_created', 'comment_updated', 'comment_deleted'],
    });
  }

  /** Somebody comments in Jira. */
  comment(issueKey: string, accountId: string, text: string, fields: Partial<Parameters<Sandbox['jira']['store']['addComment']>[1]> = {}): Comment {
    const { store } = this.sandbox.jira;
    return store.addComment(store.issue(issueKey), { authorId: accountId, body: wiki(text), ...fields });
  }

  /** Our comments in an issue, oldest first, as plain text. */
  ourComments(issueKey: string): { id: string; text: string; raw: Comment }[] {
    const issue = this.sandbox.jira.store.findIssue(issueKey);
    const own = this.sandbox.jira.serviceTokens[0]!.accountId;
    return (issue?.comments ?? []).filter((one) => one.authorId === own).map((raw) => ({ id: raw.id, text: textOf(raw.body), raw }));
  }

  /** Waits until the issue has a comment of ours that matches. */
  ourComment(issueKey: string, pattern: RegExp): Promise<string> {
    return eventually(() => this.ourComments(issueKey).map((one) => one.text), (texts) => texts.some((text) => pattern.test(text)), `a comment like ${String(pattern)} in ${issueKey}`)
      .then((texts) => texts.find((text) => pattern.test(text))!);
  }

  /** The latest delivery of an issue once it is decided. `after`: only deliveries that are not in this list. */
  async decided(browser: Browser, issueKey: string, after: string[] = []): Promise<Answer['json']> {
    const found = await eventually(
      async () => (await browser.get(`/api/v1/deliveries?issueKey=${issueKey}`)).json.items.filter((one: { id: string; actor: string | null }) => !after.includes(one.id) && one.actor !== 'OpenHands Agent'),
      (items: { id: string; outcome: string }[]) => items.length > 0 && items.every((one) => one.outcome !== 'pending'),
      `a decided delivery of ${issueKey}`,
    );
    return (await browser.get(`/api/v1/deliveries/${found[0]!.id}`)).json;
  }

  /** Sends a delivery by hand, signed unless headers say otherwise. */
  async deliver(connectionId: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await fetch(`${this.url}/integration/jira/connections/${connectionId}/events`, {
      method: 'POST',
      body: typeof body === 'string' ? body : new Uint8Array(body),
      headers: { 'content-type': 'application/json', 'x-hub-signature': sign(CREDENTIALS.webhookSecret, body), ...headers },
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, url: answer.url, json: JSON.parse(text) };
  }
}

async function startInThisProcess(environment: Record<string, string>, databaseUrl: string, port: number): Promise<NestFastifyApplication> {
  await forgetLogger();
  const server = await createServer(readConfig(environment), databaseUrl);
  // The agent of the sandbox goes on when it is looked at, so looking often makes its runs short.
  Object.assign(server.get(FollowPlan), { tickMs: 20, shortPauseMs: 20, startLook: () => 20, conversationLook: () => 20, backOff: () => 20 });
  // Faults of a story are those of one issue; several stories share the site.
  Object.assign(server.get(CallPauses, { strict: false }), { lengths: {} });
  // Stories of one file try more credentials within a minute than a person does.
  for (const guard of server.get(CredentialLimit, { strict: false, each: true })) Object.assign(guard, { limit: { allows: () => Promise.resolve(true) } });
  await server.listen(port, 'localhost');
  return server;
}

/** The log's library keeps one logger per process; the next stage in this process logs at a level and to a place of its own. */
async function forgetLogger(): Promise<void> {
  const { resetRootLogger } = (await import(new URL('rootLogger.js', import.meta.resolve('nestjs-pino')).href)) as { resetRootLogger: () => void };
  resetRootLogger();
}

/** The words of a comment: wiki markup as it is, of ADF every text node and mention. */
function textOf(body: Comment['body']): string {
  if (body.format === 'wiki') return body.wiki;
  const parts: string[] = [];
  const walk = (node: { type?: string; text?: string; attrs?: { text?: string }; content?: unknown[] }): void => {
    if (node.text) parts.push(node.text);
    if (node.type === 'mention') parts.push(node.attrs?.text ?? '');
    for (const child of node.content ?? []) walk(child as never);
    if (node.type === 'paragraph' || node.type === 'heading') parts.push('\n');
  };
  walk(body.adf as never);
  return parts.join('').trim();
}
