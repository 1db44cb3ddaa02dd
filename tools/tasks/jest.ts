/** `node tools/run.mjs jest <pattern>`: some tests, on a database of their own. */
import { runTests } from './tests.ts';

process.exit(await runTests(process.argv.slice(2)));
