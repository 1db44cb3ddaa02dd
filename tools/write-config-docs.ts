/** Writes `.env.example` and `docs/guides/configuration.md` from the configuration's schema. A test compares them with it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configTable, envExample } from '../apps/api/dist/config/config-docs.js';

const root = join(import.meta.dirname, '..');
writeFileSync(join(root, '.env.example'), envExample());
writeFileSync(join(root, 'docs/guides/configuration.md'), configTable());
console.log('Written: .env.example and docs/guides/configuration.md');
