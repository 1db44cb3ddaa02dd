/** `node tools/run.mjs e2e <pattern>`: builds, then tells the stories in a browser on a database of their own. */
import { buildAll } from './build-all.ts';
import { runStories } from './stories.ts';
import { withTestServer } from './test-server.ts';

await buildAll();
process.exit(await withTestServer((env) => runStories(env, process.argv.slice(2))));
