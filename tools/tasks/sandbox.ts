/** `npm run sandbox`: stand-ins of Jira, the git providers and OpenHands, for trying things by hand. Never part of the service. */
import { join } from 'node:path';
import { root, run } from './programs.ts';

process.exit(await run(process.execPath, [join(root, 'tools/sandbox/main.ts'), ...process.argv.slice(2)]));
