/** `npm start`: builds and runs the service. Without DATABASE_URL it brings its own PostgreSQL. */
import { buildAll } from './build-all.ts';
import { PROGRAM, run } from './programs.ts';

await buildAll();
process.exit(await run(process.execPath, PROGRAM));
