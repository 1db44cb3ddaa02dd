import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppConfig } from '../config/config.js';
import { type EncryptionKey, readEncryptionKeys } from './secret-box.js';

/**
 * The keys of the secret box: those of the environment, or with the embedded database one that is generated once and
 * kept in a file of DATA_DIR that only we can read.
 */
export function findEncryptionKeys(config: AppConfig): EncryptionKey[] {
  if (config.env.ENCRYPTION_KEYS) return readEncryptionKeys(config.env.ENCRYPTION_KEYS);
  const file = join(config.env.DATA_DIR, 'encryption-keys');
  if (!existsSync(file)) {
    mkdirSync(config.env.DATA_DIR, { recursive: true });
    writeFileSync(file, `k1:${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  }
  return readEncryptionKeys(readFileSync(file, 'utf8').trim().split(','));
}
