/** `node tools/run.mjs jest <pattern>`: some tests, on a database of their own. */
import { withTestServer } from './test-server.ts';
import { runTests } from './tests.ts';

process.exit(await withTestServer((env) => runTests(env, process.argv.slice(2))));
