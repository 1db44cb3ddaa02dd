/** `npm start`: builds and runs the service. Without DATABASE_URL it brings its own PostgreSQL. */
import { buildAll } from './build-all.ts';
import { PROGRAM, PROGRAM_ENV, run } from './programs.ts';

await buildAll();
process.exit(await run(process.execPath, PROGRAM, { env: { ...process.env, ...PROGRAM_ENV } }));
