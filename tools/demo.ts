/**
 * The main job, told step by step: a person signs in, an administrator connects Jira, a colleague links, somebody asks OpenHands in
 * an issue, and the answer appears there. The product runs as a process of its own on its embedded database, exactly as `npm start`
 * runs it; Jira, GitHub and OpenHands are played by the sandbox.
 *
 * `npm run demo -- --serve` stays up afterwards, so that one can go on by hand. `--product jira-data-center` plays the other Jira.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { giveConsent, type Plot, PLOTS } from './demo-plots.ts';
import { Browser } from './sandbox/browser.ts';
import { freePort } from './sandbox/free-port.ts';
import { startSandbox, type Sandbox } from './sandbox/sandbox.ts';
import { eventually } from './sandbox/waiting.ts';
import { PROGRAM, PROGRAM_ENV, root } from './tasks/programs.ts';

const serve = process.argv.includes('--serve');
const plot = chosenPlot(process.argv);
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
  tick(`The sandbox plays ${plot.jira}, the git providers and OpenHands`, sandbox.urls.page);
  const home = await startProduct(sandbox);
  tick('The product is up, on its embedded PostgreSQL', home);

  const ada = new Browser(home);
  await signIn(sandbox, ada, 'ada');
  tick('Ada, an administrator, signed in with GitHub');
  for (const done of await plot.connect(sandbox, ada, home)) tick(done);
  const ben = new Browser(home);
  await signIn(sandbox, ben, 'ben');
  await giveConsent(sandbox, ben, await plot.link(sandbox, ben), 'ben', 'linked');
  tick('Ben, a colleague, signed in and linked his Jira account');

  plot.actions(sandbox).comment(ISSUE, 'ben', '@openhands please make the button larger\r\nRepository: Acme/web-app');
  const asked = Date.now();
  tick(`Ben wrote in ${ISSUE}: "@openhands please make the button larger" and "Repository: Acme/web-app"`);

  const delivery = await acceptedDelivery(ada);
  tick(`The signed delivery arrived and was decided: ${delivery.outcome}, ${delivery.reason}`);
  const status = await ourComment((text) => text.includes('Acme/web-app'), 'the status comment');
  tick(`The status comment appeared after ${((Date.now() - asked) / 1000).toFixed(1)} s`, firstLine(status));
  await jobState(ada, delivery.jobId, ['running', 'succeeded']);
  tick('The job started at OpenHands');
  await jobState(ada, delivery.jobId, ['succeeded']);
  tick('The job finished');
  const result = await ourComment((text) => text.includes('/pull/'), 'the result comment');
  tick('The result comment appeared', firstLine(result));

  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`\nDone in ${seconds} s: a Jira comment became an OpenHands job and an answer in the issue.`);
  if (serve) {
    console.log(`Open the settings page at ${home} (sign in with GitHub as Ada or Ben; everything is played by the sandbox),`);
    console.log(`and the issue at ${plot.issuePage(sandbox, ISSUE)}, where you can comment and label. Ctrl-C ends it.`);
  } else {
    console.log('Run "npm run demo -- --serve" to keep it up and look at the settings page and the Jira issue yourself.');
  }
}

async function startProduct(box: Sandbox): Promise<string> {
  const port = serve ? 3000 : await freePort();
  const home = `http://localhost:${port}`;
  // Sign-in with GitHub only: the sandbox's git providers share one host name, and repositories are found by host.
  const { GITLAB_CLIENT_ID: _a, GITLAB_CLIENT_SECRET: _b, BITBUCKET_CLIENT_ID: _c, BITBUCKET_CLIENT_SECRET: _d, BITBUCKET_DC_CLIENT_ID: _e, BITBUCKET_DC_CLIENT_SECRET: _f, ...sandboxEnvironment } = box.environment();
  product = spawn(process.execPath, PROGRAM, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...PROGRAM_ENV, PATH: process.env.PATH, HOME: process.env.HOME, ...sandboxEnvironment, ...plot.environment(box), PORT: String(port), PUBLIC_URL: home, DATA_DIR: dataDir, ADMIN_EMAILS: 'ada@example.com', LOG_LEVEL: 'warn', LOG_FORMAT: 'json' },
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

interface Delivered {
  outcome: string;
  reason: string;
  jobId: string;
}

async function acceptedDelivery(browser: Browser): Promise<Delivered> {
  const ofIssue = async (): Promise<Delivered[]> => (await browser.get(`/api/v1/deliveries?issueKey=${ISSUE}`)).json.items.filter((one: Delivered) => one.outcome === 'job');
  const [first] = await eventually(ofIssue, (all) => all.length > 0, 'a delivery that became a job');
  return first!;
}

/** The text of the first of our comments that fits. */
function ourComment(fits: (text: string) => boolean, what: string): Promise<string> {
  const texts = (): string[] => plot.actions(sandbox!).agentComments(ISSUE).map((one) => one.text);
  return eventually(() => texts().find(fits) ?? '', Boolean, what, 120_000);
}

function jobState(browser: Browser, jobId: string, states: string[]): Promise<unknown> {
  return eventually(async () => (await browser.get(`/api/v1/jobs/${jobId}`)).json.state as string, (state) => states.includes(state), `the job to be ${states.join(' or ')}`, 180_000);
}

/** `--product jira-cloud` (the default) or `--product jira-data-center`. */
function chosenPlot(args: string[]): Plot {
  const name = args[args.indexOf('--product') + 1] ?? '';
  const plot = args.includes('--product') ? PLOTS[name] : PLOTS['jira-cloud'];
  if (plot) return plot;
  console.error(`There is no product "${name}". The products are: ${Object.keys(PLOTS).join(', ')}.`);
  process.exit(1);
}

function tick(what: string, more?: string): void {
  console.log(`  \u2713 ${what}${more ? `\n      ${more}` : ''}`);
}

function firstLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 140 ? `${line.slice(0, 140)} ...` : line;
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
