/** The PostgreSQL that tests use: the embedded one with durability switched off, in a folder of its own, thrown away at the end. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../apps/api/src/database/embedded-postgres.ts';

/** Environment for tests, and how to end the server. */
export interface TestServer {
  env: { TEST_DATABASE_URL: string; TEST_RUN_ID: string };
  stop(): Promise<void>;
}

/** Starts the server, or uses the one that `TEST_DATABASE_URL` names. */
export async function startTestServer(): Promise<TestServer> {
  const runId = randomBytes(4).toString('hex');
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { env: { TEST_DATABASE_URL: given, TEST_RUN_ID: runId }, stop: async () => undefined };
  const dataDir = mkdtempSync(join(tmpdir(), 'openhands-jira-test-'));
  const server = await startEmbeddedPostgres({ dataDir, settings: ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'shared_buffers=256MB'] });
  return {
    env: { TEST_DATABASE_URL: server.url, TEST_RUN_ID: runId },
    stop: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
