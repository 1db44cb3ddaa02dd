/** `npm start`: builds and runs the service. Without DATABASE_URL it brings its own PostgreSQL. */
import { join } from 'node:path';
import { buildAll } from './build-all.ts';
import { root, run } from './programs.ts';

await buildAll();
process.exit(await run(process.execPath, ['--enable-source-maps', join(root, 'apps/api/dist/main.js')]));
