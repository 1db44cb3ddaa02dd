/** `npm run bench [-- name ...]`: builds, then measures. See tools/bench/README.md. */
import { join } from 'node:path';
import { installBenchPackages } from '../bench/packages.ts';
import { buildAll } from './build-all.ts';
import { root, run } from './programs.ts';

const args = process.argv.slice(2);
await buildAll();
await installBenchPackages(args);
process.exit(await run(process.execPath, [join(root, 'tools/bench/bench.ts'), ...args]));
