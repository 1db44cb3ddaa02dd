/** `node tools/run.mjs docs`: writes `.env.example` and the configuration table from the configuration's schema. */
import { join } from 'node:path';
import { nx, root, run } from './programs.ts';

await nx(['build'], { projects: ['contracts', 'domain', 'api'] });
process.exit(await run(process.execPath, [join(root, 'tools/write-config-docs.ts')]));
