/**
 * `npm run keys:rotate`: encrypts every stored secret again with the first key of ENCRYPTION_KEYS. The service may run meanwhile.
 *
 * The order for operators: put the new key first and keep the old one behind it, restart all processes, run this, take the old
 * key away, restart again.
 */
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { type AppConfig, ConfigError, readConfig } from './config/config.js';
import { dataSourceOptions, isUpToDate } from './database/data-source.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './database/embedded-postgres.js';
import { findEncryptionKeys } from './security/encryption-keys.js';
import { KeyRotation, type RotationResult } from './security/key-rotation.js';
import { SecretBox } from './security/secret-box.js';

/** Secrets that are named one by one. */
const MOST_LINES = 20;

let embedded: EmbeddedPostgres | undefined;

try {
  const config = readConfig(process.env);
  process.exitCode = await rotate(config);
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : `The keys could not be rotated: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  // A database that the service has started stays with the service.
  if (embedded && !embedded.joined) await embedded.stop();
}

async function rotate(config: AppConfig): Promise<number> {
  const box = new SecretBox(findEncryptionKeys(config));
  const db = await new DataSource(dataSourceOptions(await databaseUrl(config))).initialize();
  try {
    if (!(await isUpToDate(db))) throw new Error('the tables are not up to date. Start the service once, then run this again.');
    console.log(`Encrypting the stored secrets with the key "${box.currentKeyId}" ...`);
    const result = await new KeyRotation(db, box).run(({ column, done, of }) => console.log(`  ${column}: ${done} of ${of}`));
    return tell(result, box.currentKeyId);
  } finally {
    await db.destroy();
  }
}

function tell({ rotated, unreadable, left }: RotationResult, keyId: string): number {
  if (unreadable.length > 0) {
    console.error(`${unreadable.length} of the stored secrets cannot be read with any of the keys in ENCRYPTION_KEYS, and stay as they are:`);
    for (const one of unreadable.slice(0, MOST_LINES)) console.error(`  ${one}`);
    if (unreadable.length > MOST_LINES) console.error(`  and ${unreadable.length - MOST_LINES} more`);
    console.error('Add the key that they were encrypted with and run this again, or have these secrets entered again.');
    return 1;
  }
  if (left > 0) {
    console.error(`${rotated} secrets were encrypted again, but ${left} have another key: a process still runs with the former ENCRYPTION_KEYS. Restart all processes with "${keyId}" as the first key, then run this again.`);
    return 1;
  }
  console.log(rotated === 0 ? `Nothing to do: every stored secret has the key "${keyId}" already.` : `Done: ${rotated} secrets were encrypted again. Every stored secret has the key "${keyId}" now; other keys can be taken out of ENCRYPTION_KEYS.`);
  return 0;
}

async function databaseUrl(config: AppConfig): Promise<string> {
  if (config.env.DATABASE_URL) return config.env.DATABASE_URL;
  embedded = await startEmbeddedPostgres({ dataDir: config.env.DATA_DIR });
  return embedded.url;
}
