/** `npm run demo`: builds, then plays the main job against the sandbox and tells it. With `--serve` everything stays up. */
import { join } from 'node:path';
import { buildAll } from './build-all.ts';
import { root, run } from './programs.ts';

await buildAll();
process.exit(await run(process.execPath, [join(root, 'tools/demo.ts'), ...process.argv.slice(2)]));
