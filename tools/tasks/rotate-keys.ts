/** `npm run keys:rotate`: encrypts every stored secret again with the first key of ENCRYPTION_KEYS. */
import { join } from 'node:path';
import { nx, root, run } from './programs.ts';

await nx(['build'], { projects: ['contracts', 'domain', 'api'] });
process.exit(await run(process.execPath, [join(root, 'apps/api/dist/rotate-keys.js')]));
