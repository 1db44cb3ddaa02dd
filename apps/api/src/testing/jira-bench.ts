/**
 * A small service for tests of the Jira rooms: connections, Jira Cloud and linking on a database of their own, with the
 * sandbox around them, and people who are signed in.
 */
import cookie from '@fastify/cookie';
import { APP_PIPE } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { Connection, Integration, Link, Product } from '@openhands-jira/contracts';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../../tools/sandbox/sandbox.ts';
import { AuthModule } from '../auth/auth.module.js';
import { Clock } from '../config/clock.js';
import { readConfig } from '../config/config.js';
import { ConfigModule } from '../config/config.module.js';
import { ConnectionsModule } from '../connections/connections.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { uuidv7 } from '../database/uuid.js';
import { HttpModule } from '../http/http.module.js';
import { JiraModule } from '../jira/jira.module.js';
import { JiraCloudModule } from '../jira-cloud/jira-cloud.module.js';
import { LinkingModule } from '../linking/linking.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { sha256 } from '../security/digest.js';
import { SecurityModule } from '../security/security.module.js';
import { validationPipe } from '../security/validation.js';
import { ManualTime } from './auth-bench.js';
import { atlassianEnvironment } from './cloud-site.js';
import { testDatabase } from './test-database.js';

const PUBLIC_URL = 'https://openhands.example.com';

export interface JiraBench {
  app: NestFastifyApplication;
  db: DataSource;
  time: ManualTime;
  sandbox: Sandbox;
  /** Somebody who is signed in here, in a browser of their own. */
  person(name: string, email?: string): Promise<SignedIn>;
  close(): Promise<void>;
}

/** What a Data Center bench adds: the settings come from the environment of the sandbox, unless they are left to the tests. */
export interface DataCenterBenchOptions {
  server?: SandboxOptions['jiraDataCenter'];
  settings?: 'environment' | 'none';
}

/** The same with Jira Data Center. */
export function startDataCenterBench(environment: Record<string, string> = {}, { server = {}, settings = 'environment' }: DataCenterBenchOptions = {}): Promise<JiraBench> {
  return startJiraBench(environment, { jiraDataCenter: server }, (sandbox) => (settings === 'none' ? {} : sandbox.dataCenterEnvironment()));
}

/** Starts it; `environment` overrides the configuration. */
export async function startJiraBench(environment: Record<string, string> = {}, options: SandboxOptions = {}, more: (sandbox: Sandbox) => Record<string, string> = () => ({})): Promise<JiraBench> {
  const sandbox = await startSandbox(options);
  const database = await testDatabase();
  const time = new ManualTime();
  const config = readConfig({ PUBLIC_URL, ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`, ...atlassianEnvironment(sandbox), ...more(sandbox), ...environment });
  const module = await Test.createTestingModule({
    imports: [
      ConfigModule.with(config), DatabaseModule.with(database.url), QueueModule.with(database.url), HttpModule, SecurityModule,
      ConnectionsModule, AuthModule, JiraCloudModule, JiraModule, LinkingModule,
    ],
    providers: [{ provide: APP_PIPE, useFactory: validationPipe }],
  }).overrideProvider(Clock).useValue(time).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter({ routerOptions: { maxParamLength: 500 } }), { logger: false });
  await app.register(cookie);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const db = app.get(DataSource);
  return {
    app, db, time, sandbox,
    person: async (name, email) => {
      const id = uuidv7();
      const session = randomBytes(32).toString('base64url');
      await db.query(`INSERT INTO users (id, name, email, email_verified) VALUES ($1, $2, $3, $4)`, [id, name, email ?? null, email !== undefined]);
      await db.query(`INSERT INTO sessions (token_hash, user_id, expires_at) VALUES ($1, $2, now() + interval '1 day')`, [sha256(session), id]);
      return new SignedIn(app, sandbox, id, session);
    },
    close: async () => {
      await app.close();
      await database.drop();
      await sandbox.close();
    },
  };
}

/** All that the routes under test answer; each answer has a part of it. */
export interface AnswerBody {
  authorizationUrl: string;
  connectionId: string;
  items: Integration[];
  code: string;
  detail: string;
  errors: { path: string; message: string }[];
  link: Link;
  webhookUrl: string;
  secret: string;
  events: string[];
  previousSecretUntil: string | null;
  installed: boolean;
  webhookRemoved: boolean;
  linksEnded: number;
  id: string;
  status: Connection['status'];
  webhook: Connection['webhook'];
  serviceAccount: Connection['serviceAccount'];
}

export interface Answered {
  status: number;
  body: AnswerBody;
  /** Where a redirect leads. */
  location: string;
}

/** A person in a browser: sends the session, keeps cookies, follows nothing by itself. */
export class SignedIn {
  readonly cookies = new Map<string, string>();

  constructor(
    private readonly app: NestFastifyApplication,
    private readonly sandbox: Sandbox,
    readonly id: string,
    session: string,
  ) {
    this.cookies.set('session', session);
  }

  async send(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, body?: object): Promise<Answered> {
    const cookies = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await this.app.inject({ method, url, headers: { cookie: cookies, origin: PUBLIC_URL }, ...(body && { payload: body }) });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.cookies.set(name, value);
    }
    return { status: answer.statusCode, body: parsed(answer.body), location: String(answer.headers['location'] ?? '') };
  }

  /** Begins with a call that answers an authorization URL, allows the access as a Jira account, and gives the end: result and code. */
  async prove(method: 'POST' | 'PATCH', url: string, body: object | undefined, accountId: string): Promise<{ result: string | null; code: string | null }> {
    const { status, body: answer } = await this.send(method, url, body);
    if (status !== 200) throw new Error(`${method} ${url} answered ${status}: ${JSON.stringify(answer)}`);
    return this.comeBack(this.sandbox.actions.approve(answer.authorizationUrl, accountId));
  }

  /** Opens the address that Jira sends the browser to. */
  async comeBack(address: string): Promise<{ result: string | null; code: string | null }> {
    const { pathname, search } = new URL(address);
    const { status, location } = await this.send('GET', pathname + search);
    const end = new URL(location, PUBLIC_URL);
    if (status !== 302 || end.pathname !== '/settings/integrations/return') throw new Error(`The callback answered ${status} ${location}`);
    return { result: end.searchParams.get('result'), code: end.searchParams.get('code') };
  }

  /** The Jira Cloud integration as this person sees it, or the one of another product. */
  async integration(product: Product = 'jira-cloud'): Promise<Integration> {
    return (await this.send('GET', '/api/v1/integrations')).body.items.find((one) => one.product === product)!;
  }
}

function parsed(text: string): AnswerBody {
  try {
    return JSON.parse(text) as AnswerBody;
  } catch {
    return {} as AnswerBody;
  }
}
