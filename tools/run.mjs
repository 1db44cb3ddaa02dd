#!/usr/bin/env node
/**
 * The launcher behind `npm start`, `npm test`, `npm run demo` and the rest.
 *
 * It has no dependencies and runs on Node 20, because on a fresh machine nothing else is there yet. It installs the
 * packages when they are missing or changed, picks a Node that is new enough (22.19 or later; on Linux one comes with the
 * packages), and hands over to `tools/tasks/<verb>.ts`.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [verb = 'help', ...args] = process.argv.slice(2);
const VERBS = ['start', 'test', 'demo', 'sandbox', 'build', 'lint', 'typecheck', 'jest', 'e2e', 'faults', 'rotate-keys', 'docs', 'bench'];

if (!VERBS.includes(verb)) {
  console.error(`There is no task "${verb}". The tasks are: ${VERBS.join(', ')}.`);
  process.exit(1);
}

await install();
const code = await run(findNode(), [join(root, 'tools/tasks', `${verb}.ts`), ...args]);
process.exit(code);

/** Installs the packages unless exactly this lock file is installed already. */
async function install() {
  const lock = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
  const stamp = join(root, 'node_modules/.installed-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log('Installing the packages (once; a minute or two on a fresh machine) ...');
  const started = Date.now();
  const failed = await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  if (failed) {
    console.error('The packages could not be installed. Read the lines above, check the network, and run the command again.');
    process.exit(failed);
  }
  writeFileSync(stamp, lock);
  console.log(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/** The Node to go on with: this one when it is new enough, else the one that came with the packages. */
function findNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return process.execPath;
  const bundled = join(root, 'node_modules/.bin/node');
  if (existsSync(bundled)) return bundled;
  console.error(
    `Node ${process.versions.node} is too old, and no newer one comes with the packages for ${process.platform} ${process.arch}. ` +
      'Install Node 24 (22.19 is the oldest that works) and run the command again.',
  );
  process.exit(1);
}

/** Runs a program with our terminal and gives its exit code (ended by a signal: 128 and the signal's number). Signals go on to it. */
function run(command, commandArgs) {
  return new Promise((resolve) => {
    const child = spawn(command, commandArgs, { cwd: root, stdio: 'inherit', env: withBundledBin() });
    const forward = (signal) => child.kill(signal);
    process.on('SIGINT', forward);
    process.on('SIGTERM', forward);
    child.on('error', (error) => {
      console.error(`${command} could not be started: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (exitCode, signal) => {
      process.off('SIGINT', forward);
      process.off('SIGTERM', forward);
      resolve(exitCode ?? (signal ? 128 + constants.signals[signal] : 1));
    });
  });
}

/** Programs of the packages first in PATH, so that everything below uses the same Node. */
function withBundledBin() {
  return { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH ?? ''}` };
}
