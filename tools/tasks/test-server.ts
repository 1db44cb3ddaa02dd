/**
 * The PostgreSQL that tests use: the embedded one with durability switched off, in a folder of its own, thrown away at the end. Tests
 * make and drop many databases, which costs a tenth in memory of what it costs on a disk, so the folder is in memory where there is room.
 */
import { randomBytes } from 'node:crypto';
import { accessSync, chmodSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../apps/api/src/database/embedded-postgres.ts';

const SETTINGS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'shared_buffers=128MB', 'max_wal_size=256MB', 'autovacuum=off'];
/** Linux keeps its files in memory. Containers often have one of 64 MB, which is too small. */
const MEMORY = '/dev/shm';
const ROOM_BYTES = 2 * 1024 ** 3;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Runs `work` with the environment of a test database and stops the server afterwards, whatever happens: also after a failure and
 * after Ctrl-C, which ends the program that `work` waits for. With `TEST_DATABASE_URL` set, that server is used and left alone.
 */
export async function withTestServer(work: (env: NodeJS.ProcessEnv) => Promise<number>): Promise<number> {
  const TEST_RUN_ID = randomBytes(4).toString('hex');
  if (process.env.TEST_DATABASE_URL) return work({ ...process.env, TEST_RUN_ID });
  let stopped = false;
  const onSignal = (): void => void (stopped = true);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const dataDir = mkdtempSync(join(hasRoom(MEMORY) ? MEMORY : tmpdir(), 'openhands-jira-test-'));
  // As root the server runs as another user, who must get in; otherwise its files would go elsewhere and stay there.
  chmodSync(dataDir, 0o755);
  try {
    const server = await startEmbeddedPostgres({ dataDir, settings: SETTINGS });
    try {
      return stopped ? 130 : await work({ ...process.env, TEST_RUN_ID, TEST_DATABASE_URL: server.url });
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

function hasRoom(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= ROOM_BYTES;
  } catch {
    return false;
  }
}
