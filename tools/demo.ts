/**
 * The main job, told step by step: a person signs in, an administrator connects a workspace, a colleague links, somebody asks
 * OpenHands in an issue, and the answer appears there. The product runs as a process of its own on its embedded database, exactly as
 * `npm start` runs it; Jira, GitHub and OpenHands are played by the sandbox.
 *
 * `npm run demo -- --serve` stays up afterwards, so that one can go on by hand.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Browser } from './sandbox/browser.ts';
import { wiki } from './sandbox/jira-store.ts';
import { startSandbox, type Sandbox } from './sandbox/sandbox.ts';
import { ACCOUNTS, CREDENTIALS } from './sandbox/seed.ts';
import { eventually } from './sandbox/waiting.ts';

const serve = process.argv.includes('--serve');
const root = join(import.meta.dirname, '..');
const ISSUE = 'SHOP-13';

let product: ChildProcess | undefined;
let sandbox: Sandbox | undefined;
const dataDir = mkdtempSync(join(tmpdir(), 'openhands-jira-demo-'));
// As root the database runs as another user, who must get in; otherwise its files would go elsewhere and stay there.
chmodSync(dataDir, 0o755);
const started = Date.now();

process.on('SIGINT', () => void end(0));
process.on('SIGTERM', () => void end(0));

try {
  await tellTheStory();
  if (!serve) await end(0);
} catch (error) {
  console.error(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}`);
  await end(1);
}

async function tellTheStory(): Promise<void> {
  console.log('\nThe main job of openhands-jira, played against a sandbox. Nothing here leaves this machine.\n');
  sandbox = await startSandbox({ port: serve ? 4000 : 0 });
  // The sandbox's agent goes on by itself, not only when it is looked at: nobody wants to watch a demo for minutes.
  const agent = sandbox.openhands;
  setInterval(() => agent.advance(), 500).unref();
  tick('The sandbox plays Jira Cloud, the git providers and OpenHands', sandbox.urls.page);
  const home = await startProduct(sandbox);
  tick('The product is up, on its embedded PostgreSQL', home);

  const ada = new Browser(home);
  await signIn(sandbox, ada, 'ada');
  tick('Ada, an administrator, signed in with GitHub');
  const connectionId = await connect(sandbox, ada);
  tick(`Ada connected ${sandbox.jira.host} and proved with Jira's consent page that she belongs to it`);
  registerWebhook(sandbox, home, connectionId);
  tick('The webhook in Jira points at the connection, with its secret');
  const ben = new Browser(home);
  await signIn(sandbox, ben, 'ben');
  await link(sandbox, ben);
  tick('Ben, a colleague, signed in and linked his Jira account');

  const { store } = sandbox.jira;
  const issue = store.issue(ISSUE);
  store.addComment(issue, { authorId: ACCOUNTS.ben, body: wiki('@openhands please make the button larger\r\nRepository: Acme/web-app') });
  const asked = Date.now();
  tick(`Ben wrote in ${ISSUE}: "@openhands please make the button larger" and "Repository: Acme/web-app"`);

  const delivery = await eventually(async () => (await ada.get(`/api/v1/deliveries?issueKey=${ISSUE}`)).json.items.find((one: { outcome: string }) => one.outcome === 'job'), Boolean, 'a delivery that became a job');
  tick(`The signed delivery arrived and was decided: ${delivery.outcome}, ${delivery.reason}`);
  const status = await ourComment(sandbox, (text) => text.includes('Acme/web-app'), 'the status comment');
  tick(`The status comment appeared after ${((Date.now() - asked) / 1000).toFixed(1)} s`, firstLine(status));
  await jobState(ada, delivery.jobId, ['running', 'succeeded']);
  tick('The job started at OpenHands');
  await jobState(ada, delivery.jobId, ['succeeded']);
  tick('The job finished');
  const result = await ourComment(sandbox, (text) => text.includes('/pull/'), 'the result comment');
  tick('The result comment appeared', firstLine(result));

  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`\nDone in ${seconds} s: a Jira comment became an OpenHands job and an answer in the issue.`);
  if (serve) {
    console.log(`Open the settings page at ${home} (sign in with GitHub as Ada or Ben; everything is played by the sandbox),`);
    console.log(`and the issue at ${sandbox.urls.page}browse/${ISSUE}, where you can comment and label. Ctrl-C ends it.`);
  } else {
    console.log('Run "npm run demo -- --serve" to keep it up and look at the settings page and the Jira issue yourself.');
  }
}

async function startProduct(box: Sandbox): Promise<string> {
  const port = serve ? 3000 : await freePort();
  const home = `http://localhost:${port}`;
  // Sign-in with GitHub only: the sandbox's git providers share one host name, and repositories are found by host.
  const { GITLAB_CLIENT_ID: _a, GITLAB_CLIENT_SECRET: _b, BITBUCKET_CLIENT_ID: _c, BITBUCKET_CLIENT_SECRET: _d, BITBUCKET_DC_CLIENT_ID: _e, BITBUCKET_DC_CLIENT_SECRET: _f, ...sandboxEnvironment } = box.environment();
  product = spawn(process.execPath, [join(root, 'apps/api/dist/main.js')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...sandboxEnvironment, PORT: String(port), PUBLIC_URL: home, DATA_DIR: dataDir, ADMIN_EMAILS: 'ada@example.com', LOG_LEVEL: 'warn', LOG_FORMAT: 'json' },
  });
  let output = '';
  for (const stream of [product.stdout, product.stderr]) stream?.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-8000)));
  const ended = new Promise<never>((_, reject) => product?.once('exit', (code) => reject(new Error(`the product ended (exit code ${String(code)}). Its output:\n${output}`))));
  await Promise.race([eventually(() => fetch(`${home}/readyz`).then((answer) => answer.status, () => 0), (status) => status === 200, 'the product to be ready', 60_000), ended]);
  ended.catch(() => undefined);
  return home;
}

async function signIn(box: Sandbox, browser: Browser, login: string): Promise<void> {
  box.github.consent.autoConsent(login);
  await browser.open('/auth/github?returnTo=/settings/integrations');
  box.github.consent.autoConsent(null);
  const me = await browser.get('/api/v1/me');
  if (me.status !== 200) throw new Error(`${login} could not sign in: ${me.text}`);
}

async function connect(box: Sandbox, browser: Browser): Promise<string> {
  const created = await browser.post('/api/v1/jira-cloud/workspaces', {
    site: box.jira.host,
    webhookSecret: CREDENTIALS.webhookSecret,
    serviceAccountEmail: CREDENTIALS.serviceAccountEmail,
    serviceAccountApiToken: CREDENTIALS.serviceAccountToken,
  });
  if (created.status !== 200) throw new Error(`the workspace was not taken: ${created.text}`);
  await consent(box, browser, created.json.authorizationUrl, ACCOUNTS.ada, 'configured');
  return created.json.connectionId;
}

async function link(box: Sandbox, browser: Browser): Promise<void> {
  const answer = await browser.post(`/api/v1/jira-cloud/workspaces/${box.jira.host}/link`);
  await consent(box, browser, answer.json.authorizationUrl, ACCOUNTS.ben, 'linked');
}

async function consent(box: Sandbox, browser: Browser, authorizationUrl: string, accountId: string, expected: string): Promise<void> {
  const back = await browser.get(box.atlassian.consent.approve(authorizationUrl, accountId));
  const result = new URL(back.headers.get('location') ?? '/', 'http://localhost').searchParams.get('result');
  if (result !== expected) throw new Error(`Jira's consent ended with "${String(result)}" instead of "${expected}"`);
}

function registerWebhook(box: Sandbox, home: string, connectionId: string): void {
  box.jira.webhooks.register({
    name: 'OpenHands Cloud Integration',
    url: `${home}/integration/jira/connections/${connectionId}/events`,
    secret: CREDENTIALS.webhookSecret,
    events: ['jira:issue_updated', 'jira:issue_created', 'comment_created', 'comment_updated', 'comment_deleted', 'jira:issue_deleted'],
  });
}

/** The text of the first of our comments that fits. */
function ourComment(box: Sandbox, fits: (text: string) => boolean, what: string): Promise<string> {
  const own = box.jira.serviceTokens[0]!.accountId;
  const texts = (): string[] => box.jira.store.issue(ISSUE).comments.filter((one) => one.authorId === own).map((one) => wordsOf(one.body));
  return eventually(() => texts().find(fits) ?? '', Boolean, what, 120_000);
}

function wordsOf(body: { format: string; wiki?: string; adf?: unknown }): string {
  if (body.format === 'wiki') return body.wiki ?? '';
  const words: string[] = [];
  JSON.stringify(body.adf, (key, value: unknown) => {
    if (key === 'text' && typeof value === 'string') words.push(value);
    if (key === 'href' && typeof value === 'string') words.push(` ${value} `);
    return value;
  });
  return words.join('');
}

function jobState(browser: Browser, jobId: string, states: string[]): Promise<unknown> {
  return eventually(async () => (await browser.get(`/api/v1/jobs/${jobId}`)).json.state as string, (state) => states.includes(state), `the job to be ${states.join(' or ')}`, 180_000);
}

function tick(what: string, more?: string): void {
  console.log(`  \u2713 ${what}${more ? `\n      ${more}` : ''}`);
}

function firstLine(text: string): string {
  return text.length > 140 ? `${text.slice(0, 140)} ...` : text;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, 'localhost', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

async function end(code: number): Promise<void> {
  const child = product;
  if (child && child.exitCode === null) {
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await exited;
  }
  await sandbox?.close();
  rmSync(dataDir, { recursive: true, force: true });
  process.exit(code);
}
