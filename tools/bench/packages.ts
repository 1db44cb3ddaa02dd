/**
 * Packages that only benches need (a peer, Lighthouse). They are no part of the workspace: nobody who builds, tests or runs the service
 * installs them, and a bench that needs one brings it.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = import.meta.dirname;

/** Installs them when these arguments ask for a bench that needs them, unless exactly this lock file is installed. */
export function installBenchPackages(args: string[]): void {
  const needed = args.includes('spa') || args.some((arg) => arg.includes('octokit')) || args.every((arg) => arg.startsWith('--'));
  if (!needed) return;
  const lock = createHash('sha256').update(readFileSync(join(FOLDER, 'package-lock.json'))).digest('hex');
  const stamp = join(FOLDER, 'node_modules/.installed-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log('\nInstalling the packages of the benches (once) ...');
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: FOLDER, stdio: 'inherit' });
  if (status !== 0) {
    console.error('The packages of the benches could not be installed. Check the network, and run the command again.');
    process.exit(status ?? 1);
  }
  writeFileSync(stamp, lock);
}
