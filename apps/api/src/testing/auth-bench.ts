/**
 * A small service for tests: sign-in, guard and API tokens on a database of its own, with the sandbox's git providers
 * around it and a browser that keeps cookies.
 */
import cookie from '@fastify/cookie';
import { Controller, Get, Module, type ModuleMetadata, Post } from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Bitbucket } from '@openhands-jira/tools/sandbox/git-providers/bitbucket.ts';
import { BitbucketDataCenter } from '@openhands-jira/tools/sandbox/git-providers/bitbucket-data-center.ts';
import type { GitHost } from '@openhands-jira/tools/sandbox/git-providers/git-host.ts';
import { GitHub } from '@openhands-jira/tools/sandbox/git-providers/github.ts';
import { GitLab } from '@openhands-jira/tools/sandbox/git-providers/gitlab.ts';
import { listen, type Listening } from '@openhands-jira/tools/sandbox/stand-in.ts';
import { AuthModule } from '../auth/auth.module.js';
import { Clock } from '../config/clock.js';
import { readConfig } from '../config/config.js';
import { ConfigModule } from '../config/config.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { HttpModule } from '../http/http.module.js';
import { AdminOnly, type Caller, CurrentCaller, Public } from '../security/access.js';
import { SecurityModule } from '../security/security.module.js';
import { validationPipe } from '../security/validation.js';
import { testDatabase } from './test-database.js';

export const PUBLIC_URL = 'https://service.example.com';

/** A clock that tests move by hand. */
export class ManualTime extends Clock {
  private offset = 0;
  override now(): Date {
    return new Date(Date.now() + this.offset);
  }
  advance(ms: number): void {
    this.offset += ms;
  }
  /** To the beginning of a minute: what is counted by the minute then falls into one. */
  toNextMinute(): void {
    this.advance(60_000 - (this.now().getTime() % 60_000));
  }
}

/** Routes of all kinds, to see what the guard does with them. */
@Controller('probe')
class ProbeController {
  @Get('closed') closed(@CurrentCaller() caller: Caller): Caller { return caller; }
  @Post('closed') change(@CurrentCaller() caller: Caller): Caller { return caller; }
  @Public() @Get('open') open(@CurrentCaller() caller: Caller | undefined): { caller: Caller | null } { return { caller: caller ?? null }; }
  @Public() @Post('open') openChange(): { ok: true } { return { ok: true }; }
  @AdminOnly() @Get('admin') admin(): { ok: true } { return { ok: true }; }
}

@Module({ controllers: [ProbeController] })
class ProbeModule {}

export interface AuthBench {
  app: NestFastifyApplication;
  db: DataSource;
  time: ManualTime;
  hosts: { github: GitHub; gitlab: GitLab; bitbucket: Bitbucket; 'bitbucket-data-center': BitbucketDataCenter };
  browser(): Browser;
  close(): Promise<void>;
}

/** Starts it. `environment` is added to the configuration, `imports` to the modules; some of them need the address of the database. */
export async function startAuthBench(environment: Record<string, string> = {}, imports: (databaseUrl: string) => NonNullable<ModuleMetadata['imports']> = () => []): Promise<AuthBench> {
  const time = new ManualTime();
  const clock = { now: () => time.now().getTime(), schedule: () => () => undefined };
  const client = { clock, clientId: 'client', clientSecret: 'a-secret/with+signs' };
  const hosts = { github: new GitHub(client), gitlab: new GitLab(client), bitbucket: new Bitbucket(client), 'bitbucket-data-center': new BitbucketDataCenter(client) };
  const listening: Listening[] = [];
  for (const host of Object.values(hosts)) listening.push(await listenAt(host));
  const database = await testDatabase();
  const config = readConfig({ ...configurationFor(hosts), ...environment });
  const module = await Test.createTestingModule({
    imports: [ConfigModule.with(config), DatabaseModule.with(database.url), HttpModule, SecurityModule, AuthModule, ProbeModule, ...imports(database.url)],
    providers: [{ provide: APP_PIPE, useFactory: validationPipe }],
  }).overrideProvider(Clock).useValue(time).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  await app.register(cookie);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return {
    app, db: app.get(DataSource), time, hosts,
    browser: () => new Browser(app),
    close: async () => {
      await app.close();
      await database.drop();
      await Promise.all(listening.map((one) => one.close()));
    },
  };
}

async function listenAt(host: GitHost): Promise<Listening> {
  const listening = await listen(host.standIn, 0);
  host.url = `http://localhost:${listening.port}`;
  return listening;
}

/** The product finds providers by host name without port: this machine has four names that need no resolution. */
function configurationFor(hosts: AuthBench['hosts']): Record<string, string> {
  const client = (name: string): Record<string, string> => ({ [`${name}_CLIENT_ID`]: 'client', [`${name}_CLIENT_SECRET`]: 'a-secret/with+signs' });
  return {
    PUBLIC_URL, ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    ...client('GITHUB'), GITHUB_URL: hosts.github.url, GITHUB_API_URL: `${hosts.github.url}/api/v3`,
    ...client('GITLAB'), GITLAB_URL: hosts.gitlab.url.replace('localhost', '127.0.0.1'),
    ...client('BITBUCKET'), BITBUCKET_URL: hosts.bitbucket.url.replace('localhost', '[::1]'), BITBUCKET_API_URL: hosts.bitbucket.url,
    ...client('BITBUCKET_DC'), BITBUCKET_DC_URL: hosts['bitbucket-data-center'].url.replace('localhost', '[::ffff:127.0.0.1]'),
  };
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Record<string, unknown>;
  /** Where a redirect leads. */
  location: string;
}

/** A browser: keeps cookies, sends its origin with changes, follows nothing by itself. */
export class Browser {
  readonly cookies = new Map<string, string>();
  /** Attributes of the cookies as they were set last. */
  readonly attributes = new Map<string, string>();

  constructor(private readonly app: NestFastifyApplication) {}

  get(url: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('GET', url, undefined, headers);
  }

  send(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown, headers: Record<string, string> = { origin: PUBLIC_URL }): Promise<Answer> {
    return this.request(method, url, body, headers);
  }

  /** Signs in at a stand-in as `who` and gives the answer of the callback. */
  async signIn(host: GitHost, who: string, returnTo?: string): Promise<Answer> {
    const started = await this.get(`/auth/${host.standIn.name}${returnTo === undefined ? '' : `?returnTo=${encodeURIComponent(returnTo)}`}`);
    return this.get(pathOf(host.consent.approve(started.location, who)));
  }

  private async request(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
    const cookies = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await this.app.inject({ method, url, headers: { ...(cookies && { cookie: cookies }), ...headers }, ...(body !== undefined && { payload: body as object }) });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) this.keep(line);
    const location = answer.headers['location'];
    return { status: answer.statusCode, headers: answer.headers as Answer['headers'], body: jsonOf(answer.body), location: typeof location === 'string' ? location : '' };
  }

  private keep(line: string): void {
    const [, name = '', value = '', attributes = ''] = /^([^=]+)=([^;]*)(.*)$/.exec(line) ?? [];
    if (value === '') this.cookies.delete(name);
    else this.cookies.set(name, value);
    this.attributes.set(name, attributes);
  }
}

/** Path and query of an absolute address. */
export function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
