/** The service from start to end: reads the configuration, brings the database up to date, listens, and stops in order. */
import 'reflect-metadata';
import { setTimeout } from 'node:timers/promises';
import { AppConfig, ConfigError, readConfig } from './config/config.js';
import { migrate, untilItAnswers } from './database/data-source.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './database/embedded-postgres.js';
import { prepareQueues } from './queue/queue.service.js';
import { createServer } from './server.js';

let embedded: EmbeddedPostgres | undefined;

/** Runs the service in this process, with the environment as its configuration. Resolves when it is ready; the process ends when it cannot start. */
export async function runService(): Promise<void> {
  const config = configOrExit();
  // While it starts there is nothing to finish. Without this, the first process of a container would not hear the signal at all.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void (embedded?.stop() ?? Promise.resolve()).then(() => process.exit(0)));
  try {
    const databaseUrl = config.env.DATABASE_URL ?? (await startEmbedded(config.env.DATA_DIR)).url;
    await untilItAnswers(databaseUrl);
    // Building the service reads no table, so it does not wait for them; its first request does.
    const [app] = await Promise.all([createServer(config, databaseUrl), bringUpToDate(databaseUrl)]);
    await app.listen(config.port, '0.0.0.0');
    stopInOrder(app);
    console.log(`openhands-jira is ready. Open ${config.publicUrl} in a browser.`);
  } catch (error) {
    console.error(`The service could not start: ${error instanceof Error ? error.message : String(error)}`);
    await embedded?.stop();
    process.exit(1);
  }
}

/** The tables first: they are what replicas that start together wait for. */
async function bringUpToDate(databaseUrl: string): Promise<void> {
  await migrate(databaseUrl);
  await prepareQueues(databaseUrl);
}

/** Longest time for finishing what is under way; orchestrators kill after 30 seconds. What is left is taken over like that of a dead process. */
const FINISHING_MS = 15_000;

/** First the service (stop taking, finish, close), then the embedded database. */
function stopInOrder(app: { close(signal: string): Promise<void> }): void {
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await Promise.race([app.close(signal), setTimeout(FINISHING_MS)]);
    await embedded?.stop();
    process.exit(0);
  };
  process.removeAllListeners('SIGTERM').on('SIGTERM', (signal) => void stop(signal));
  process.removeAllListeners('SIGINT').on('SIGINT', (signal) => void stop(signal));
}

function configOrExit(): AppConfig {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

async function startEmbedded(dataDir: string): Promise<EmbeddedPostgres> {
  console.log(`DATABASE_URL is not set: starting the embedded PostgreSQL in ${dataDir} ...`);
  embedded = await startEmbeddedPostgres({ dataDir });
  return embedded;
}
