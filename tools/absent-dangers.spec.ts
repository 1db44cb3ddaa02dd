/**
 * What is not here cannot be attacked. `docs/security/asvs.md` says of some demands that they do not concern this service, because it
 * has no XML, runs no programs, keeps nothing in the browser and so on. This file makes sure that it stays so.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const PROGRAM = ['apps/api/src', 'apps/web/src', 'libs/contracts/src', 'libs/domain/src', 'libs/ui/src'];
const NO_PROGRAM = /\.(spec|conformance|d)\.tsx?$|\/testing\//;

/** Sources of the service and its page, without tests, and without comments. */
const sources = new Map(
  PROGRAM.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .filter((path) => !NO_PROGRAM.test(path))
      .map((path) => [path, readFileSync(join(root, path), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')] as const),
  ),
);

/** Where something stands. */
const filesWith = (pattern: RegExp): string[] => [...sources].filter(([, text]) => pattern.test(text)).map(([path]) => path).sort();

/** What a pattern finds, each once. */
const found = (pattern: RegExp): string[] => [...new Set([...sources.values()].flatMap((text) => [...text.matchAll(pattern)].map(([, name = '']) => name)))].sort();

interface Packages {
  packages: Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean; license?: string; resolved?: string; integrity?: string; link?: boolean }>;
}

const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Packages;
const installed = Object.entries(packages).filter(([path, one]) => path.includes('node_modules/') && !one.link && !one.dev && !one.optional && !one.devOptional);
const production = installed.map(([path]) => path.replace(/^.*node_modules\//, ''));

/** They ask for their text to be kept, and for nothing else. */
const LICENCES = ['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', 'Python-2.0', '(MIT OR CC0-1.0)'];
/** Each one more can be attacked and must be kept up to date: whoever needs more says so here. */
const MOST_PACKAGES = 250;

describe('The program', () => {
  it('is read completely by this test', () => {
    expect(sources.size).toBeGreaterThan(400);
    expect(filesWith(/createHmac\(/)).toEqual(['libs/domain/src/signature.ts']);
  });

  it('makes no code out of texts', () => {
    expect(filesWith(/\beval\(|\bnew Function\(|\bsetTimeout\(\s*['"`]/)).toEqual([]);
    // The start of the program, which loads the program's own file. Nothing that came from outside is near it.
    expect(filesWith(/node:vm\b/)).toEqual(['apps/api/src/bundled.ts']);
  });

  it('makes no HTML out of texts', () => {
    expect(filesWith(/dangerouslySetInnerHTML|\.(inner|outer)HTML\b|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser/)).toEqual([]);
  });

  it('starts no program but the PostgreSQL that it brings, and that one without a shell', () => {
    expect(filesWith(/child_process/)).toEqual(['apps/api/src/database/embedded-postgres.ts']);
    expect(filesWith(/\bexec(File)?(Sync)?\(['"`]|shell: true/)).toEqual([]);
  });

  it('knows one hash, one cipher, and random numbers of the operating system where something must not be guessed', () => {
    expect(found(/create(?:Hash|Hmac)\(\s*'([^']+)'/g)).toEqual(['sha256']);
    expect(found(/create(?:Cipheriv|Decipheriv)\(\s*'([^']+)'/g)).toEqual(['aes-256-gcm']);
    expect(filesWith(/crypto\.subtle|createCipher\(|createSign\(|publicEncrypt|privateDecrypt|pbkdf2|scrypt/)).toEqual([]);
    // Only how long to wait.
    expect(filesWith(/Math\.random/)).toEqual(['apps/api/src/connections/call-pauses.service.ts', 'apps/api/src/jobs/follow-plan.ts']);
  });

  it('never switches the check of certificates off, nor asks for an old TLS', () => {
    expect(filesWith(/rejectUnauthorized|NODE_TLS_REJECT|checkServerIdentity|minVersion|secureProtocol|ciphers:/)).toEqual([]);
  });

  it('keeps nothing in the browser but the colours and the page that was wanted before the sign-in', () => {
    expect(filesWith(/\blocalStorage\b|\bsessionStorage\b|indexedDB|document\.cookie|serviceWorker|caches\.open/)).toEqual(['apps/web/src/app/colour-scheme.ts', 'apps/web/src/features/sign-in/wanted-page.ts']);
  });

  it('opens no second way in beside HTTP requests', () => {
    expect(filesWith(/WebSocket|EventSource|graphql|postMessage\(|enableCors|cors:/)).toEqual([]);
  });
});

describe('The packages of the program', () => {
  it('are known to this test', () => {
    expect(production.length).toBeGreaterThan(100);
    expect(production).toEqual(expect.arrayContaining(['fastify', 'typeorm', 'undici', 'zod']));
  });

  it('do not become more unnoticed, and may all be given on under the licence of this service', () => {
    expect(production.length).toBeLessThanOrEqual(MOST_PACKAGES);
    expect(installed.filter(([, one]) => !LICENCES.includes(one.license ?? '')).map(([path, one]) => `${path}: ${one.license ?? 'no licence'}`)).toEqual([]);
  });

  it('read no XML, speak no LDAP, send no mail, keep no cache elsewhere, fill no templates and open no sockets', () => {
    expect(production.filter((name) => /xml|\bsax\b|xpath|xslt|ldap|soap|saml|latex|mailer|smtp|imap|memcache|redis|handlebars|\bejs\b|\bpug\b|mustache|nunjucks|eta$|graphql|socket\.io|^ws$|vm2|node-serialize|jsonwebtoken|csv|xls/i.test(name))).toEqual([]);
  });

  it('each have one version whose bytes are fixed, and none names an address that it comes from', () => {
    const fetched = Object.entries(packages).filter(([path, one]) => path.includes('node_modules/') && !one.link);
    expect(fetched.filter(([, one]) => !/^sha512-/.test(one.integrity ?? '')).map(([path]) => path)).toEqual([]);
    expect(fetched.filter(([, one]) => one.resolved !== undefined).map(([path]) => path)).toEqual([]);
    expect(fetched.length).toBeGreaterThan(production.length);
  });
});
