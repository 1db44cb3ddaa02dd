/**
 * What a story plays in: the built product as a process of its own on an empty database, and the sandbox, which is Jira, the git
 * provider and OpenHands for it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from '../../../tools/sandbox/free-port.ts';
import { startSandbox, type Sandbox } from '../../../tools/sandbox/sandbox.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';

const PROGRAM = join(import.meta.dirname, '../../api/dist/main.js');
/** Shortens the pauses between two looks at the agent, and ends the product with this process. */
const PRELOAD = join(import.meta.dirname, '../../api-e2e/src/preload.ts');

/** GitHub is enough for these stories; the other providers are told over HTTP. */
const ONE_PROVIDER = { GITLAB_CLIENT_ID: '', GITLAB_CLIENT_SECRET: '', BITBUCKET_CLIENT_ID: '', BITBUCKET_CLIENT_SECRET: '', BITBUCKET_DC_CLIENT_ID: '', BITBUCKET_DC_CLIENT_SECRET: '' };

export class Installation {
  private constructor(
    readonly sandbox: Sandbox,
    readonly url: string,
    private readonly database: { url: string; drop(): Promise<void> },
    private readonly product: ChildProcess,
  ) {}

  /**
   * Starts both and waits until the product is ready.
   * @param settings on top of what the sandbox demands; a function gets the sandbox
   * @throws when it is not built, or ends at its start
   */
  static async start(settings: Record<string, string> | ((sandbox: Sandbox) => Record<string, string>) = {}): Promise<Installation> {
    if (!existsSync(PROGRAM)) throw new Error(`There is no built service (${PROGRAM}). Run "npm run build" first, or the whole "npm test", which builds.`);
    const [sandbox, database, port] = [await startSandbox(), await emptyDatabase(), await freePort()];
    const url = `http://localhost:${port}`;
    const product = startProduct({ ...sandbox.environment(), ...ONE_PROVIDER, PORT: String(port), PUBLIC_URL: url, DATABASE_URL: database.url, ...(typeof settings === 'function' ? settings(sandbox) : settings) });
    await ready(product, url);
    return new Installation(sandbox, url, database, product);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.product.once('exit', resolve));
    this.product.kill('SIGKILL');
    await ended;
    await this.sandbox.close();
    await this.database.drop();
  }

  /** The addresses that a browser has any business with. */
  get origins(): string[] {
    return [this.url, ...Object.values(this.sandbox.urls).map((url) => new URL(url.replace('{site}', 'any')).origin)];
  }
}

function startProduct(settings: Record<string, string>): ChildProcess {
  const own = { PATH: process.env.PATH, HOME: process.env.HOME, PROCESS_ROLE: 'all', ADMIN_EMAILS: 'ada@example.com', ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`, LOG_LEVEL: 'warn' };
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', PRELOAD, PROGRAM], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: { ...own, ...settings } });
}

async function ready(product: ChildProcess, url: string): Promise<void> {
  let output = '';
  for (const stream of [product.stdout, product.stderr]) stream?.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-8000)));
  await eventually(
    async () => product.exitCode ?? (await fetch(`${url}/readyz`).then((answer) => answer.status, () => 'no answer')),
    (seen) => seen === 200 || product.exitCode !== null,
    'the product to be ready',
    30_000,
  );
  if (product.exitCode !== null) throw new Error(`The product ended at its start:\n${output}`);
}

/** A database without a single table, as an operator gives it to the product. */
async function emptyDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = process.env.TEST_DATABASE_URL;
  if (!server) throw new Error('TEST_DATABASE_URL is not set. Run the stories with "npm test" or "node tools/run.mjs stories", which start a database.');
  const name = `web_${randomBytes(6).toString('hex')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  await tell(server, `CREATE DATABASE ${name}`);
  return { url: url.toString(), drop: () => tell(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function tell(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
