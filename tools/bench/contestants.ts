/** Who takes part in a contest: the product, the floor, peers. Each has a process and a database of its own on the same PostgreSQL. */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchDatabase, BenchServer } from './database.ts';
import { NODE_FLAGS, PROGRAM, PROGRAM_ENV } from '../tasks/programs.ts';
import { type Program, root, startProgram } from './programs.ts';

export const SECRET = 'the-webhook-secret-of-the-benches';
const CONNECTION = '019d0000-0000-7000-8000-000000000001';
/** Another build than the usual one, to compare two states of the code. */
const API = process.env.BENCH_API ?? 'apps/api/dist';
export const DIST = join(root, API);

export interface Contestant {
  name: string;
  program: Program;
  database: BenchDatabase;
  /** Where its deliveries go. */
  path: string;
  stop(): Promise<void>;
}

/** The floor, see `floor/ingest-floor.ts`. */
export function startFloor(server: BenchServer): Promise<Contestant> {
  return startReceiver(server, 'floor', 'tools/bench/floor/ingest-floor.ts', '/');
}

/** @octokit/webhooks with the floor's INSERT. */
export function startOctokit(server: BenchServer): Promise<Contestant> {
  return startReceiver(server, 'octokit', 'tools/bench/peers/octokit.mjs', '/hooks');
}

async function startReceiver(server: BenchServer, name: string, file: string, path: string): Promise<Contestant> {
  const database = await server.create(name);
  const env = { DATABASE_URL: database.url, WEBHOOK_SECRET: SECRET, CONNECTION_ID: CONNECTION };
  const program = await startProgram({ name, file, env, readyPath: '/ready' });
  return { name, program, database, path, stop: () => stopBoth(program, database) };
}

/** The product's API as one process, with one active connection to a site. */
export async function startApi(server: BenchServer): Promise<Contestant> {
  const database = await server.create('ours');
  const keys = newKeys();
  const program = await startService('api', database, keys);
  await addConnections(database, keys, 1);
  return { name: 'ours', program, database, path: pathOf(CONNECTION), stop: () => stopBoth(program, database) };
}

/** A module of the built product. */
export function fromProduct(file: string): Promise<unknown> {
  return import(join(DIST, file));
}

/** Path of a connection's own webhook URL. */
export function pathOf(connectionId: string): string {
  return `/integration/jira/connections/${connectionId}/events`;
}

/** One process of the built product. The first one on a database brings it up to date. */
export async function startService(role: 'api' | 'worker' | 'all', database: BenchDatabase, keys: string, more: Record<string, string> = {}, port?: number): Promise<Program> {
  const file = PROGRAM.at(-1)!.replace('apps/api/dist', API);
  if (!existsSync(join(root, file))) throw new Error('The service is not built. Run "npm run build" first.');
  const env = { ...PROGRAM_ENV, DATABASE_URL: database.url, ENCRYPTION_KEYS: keys, PROCESS_ROLE: role, LOG_LEVEL: 'warn', LOG_FORMAT: 'json', ADMIN_API_TOKEN: ADMIN_TOKEN, PUBLIC_URL: 'http://bench.example.com', ...more };
  return startProgram({ name: role, file, nodeArgs: NODE_FLAGS, env, readyPath: '/readyz', ...(port !== undefined && { port }) });
}

/** Bearer token of an administrator of the product under test. */
export const ADMIN_TOKEN = randomBytes(24).toString('hex');

export function newKeys(): string {
  return `k1:${randomBytes(32).toString('base64')}`;
}

/** The product's own way to seal secrets, as far as it is used here. */
interface SecretBoxModule {
  SecretBox: new (keys: unknown) => { seal(plain: string, place: string): string };
  readEncryptionKeys(entries: string[]): unknown;
}

/** Adds active connections to sites that nobody calls, the first with the usual id. Gives their ids. */
export async function addConnections(database: BenchDatabase, keys: string, count: number): Promise<string[]> {
  const { SecretBox: Box, readEncryptionKeys } = (await fromProduct('security/secret-box.js')) as SecretBoxModule;
  const box = new Box(readEncryptionKeys([keys]));
  const ids = Array.from({ length: count }, (_, index) => (index === 0 ? CONNECTION : randomUUID()));
  const sealed = ids.map((id) => box.seal(SECRET, `connections:${id}:webhook_secret_sealed`));
  const sites = ids.map((_, index) => `site-${index}.atlassian.net`);
  await database.rows(
    `INSERT INTO connections (id, product, site, site_url, cloud_id, status, service_account_ids, webhook_secret_sealed, webhook_secret_set_at, webhook_mode)
     SELECT id, 'jira-cloud', site, 'https://' || site, gen_random_uuid()::text, 'active', ARRAY['712020:agent'], sealed, now(), 'manual'
     FROM unnest($1::uuid[], $2::text[], $3::text[]) AS t (id, sealed, site)`,
    [ids, sealed, sites],
  );
  return ids;
}

async function stopBoth(program: Program, database: BenchDatabase): Promise<void> {
  await program.stop();
  await database.close();
}
