/**
 * Server-side request forgery: forty addresses with which somebody could make the service call what only the service can reach. A
 * canary listens on this machine on every family of addresses, and counts who comes. Nobody may.
 */
import { createServer, type Server } from 'node:net';
import type { LookupAddress } from 'node:dns';
import type { AddressInfo } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { readConfig } from '../../api/src/config/config.js';
import { AddressGuard } from '../../api/src/http/address-guard.js';
import { OutgoingHttp, OutgoingProblem } from '../../api/src/http/outgoing.js';
import { serverAddressMistake } from '../../api/src/http/server-address.js';
import type { Browser } from '../../../tools/sandbox/browser.ts';
import { openDataCenterStage, SETTINGS, completeSettings } from './data-center-story.js';
import { CREDENTIALS, type Stage } from './stage.js';

let canary: Server;
let port: number;
let visits = 0;

beforeAll(async () => {
  canary = createServer((socket) => {
    visits += 1;
    socket.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}');
  });
  await new Promise<void>((resolve) => canary.listen(0, '::', resolve));
  ({ port } = canary.address() as AddressInfo);
});
afterAll(() => new Promise((resolve) => canary.close(resolve)));
beforeEach(() => (visits = 0));
afterEach(() => expect(visits).toBe(0));

/** Ways to write an address of this machine, of a neighbour, or of what clouds keep for their machines. `PORT` is the canary's. */
const ADDRESSES = [
  'https://127.0.0.1:PORT', 'https://127.1:PORT', 'https://127.0.1:PORT', 'https://2130706433:PORT', 'https://0x7f000001:PORT', 'https://0x7f.0.0.1:PORT', 'https://0177.0.0.1:PORT', 'https://127.255.255.254:PORT',
  'https://0.0.0.0:PORT', 'https://0:PORT', 'https://[::1]:PORT', 'https://[::]:PORT', 'https://[::ffff:127.0.0.1]:PORT', 'https://[::ffff:7f00:1]:PORT', 'https://[0:0:0:0:0:ffff:127.0.0.1]:PORT', 'https://[64:ff9b::7f00:1]:PORT',
  'https://localhost:PORT', 'https://LOCALHOST:PORT', 'https://localhost.:PORT', 'https://ip6-localhost:PORT', 'https://app.localhost:PORT',
  'https://169.254.169.254:PORT', 'https://[fe80::1]:PORT', 'https://[fd00:ec2::254]:PORT', 'https://[::ffff:169.254.169.254]:PORT', 'https://0xa9fea9fe:PORT', 'https://2852039166:PORT', 'https://224.0.0.1:PORT', 'https://255.255.255.255:PORT',
  'https://someone@127.0.0.1:PORT', 'https://jira.example.com@127.0.0.1:PORT', 'https://127.0.0.1:PORT#@jira.example.com', 'https://①②⑦.⓪.⓪.①:PORT', 'https://127。0。0。1:PORT', 'https://%31%32%37.0.0.1:PORT', 'https:\\\\127.0.0.1:PORT',
  'http://127.0.0.1:PORT', 'http://10.0.0.1:PORT', 'gopher://127.0.0.1:PORT/_GET', 'file:///etc/passwd', 'ftp://127.0.0.1:PORT', 'https://127.0.0.1:22',
].map((address) => [address]);

const http = new OutgoingHttp(readConfig({}));
const at = (address: string): string => address.replaceAll('PORT', String(port));

async function outcome(url: string, reach: 'public' | 'organisation'): Promise<string> {
  try {
    return String((await http.request({ method: 'GET', url, reach, timeoutMs: 2000 })).status);
  } catch (error) {
    return error instanceof OutgoingProblem ? error.stage : (error as Error).name;
  }
}

describe('A call to an address that nobody of the operation configured', () => {
  it.each(ADDRESSES)('%s reaches nothing of ours', async (address) => {
    // fd00::/8 is a range of organisations: an administrator may mean it, a stranger may not.
    expect(await outcome(at(address), 'public')).toMatch(/^(blocked|dns|TypeError|InvalidArgumentError)$/);
    expect(await outcome(at(address), 'organisation')).toMatch(/^(blocked|dns|tcp|timeout|TypeError|InvalidArgumentError)$/);
  });

  it.each(['10.0.0.1', '172.16.0.1', '192.168.1.1', '100.64.0.1', '[fd00::1]'])('to the private address %s is for administrators only', async (host) => {
    expect(await outcome(`https://${host}:1`, 'public')).toBe('blocked');
    expect(new AddressGuard([]).isAllowedAddress(host.replace(/^\[|\]$/g, ''), 'organisation')).toBe(true);
  });
});

describe('A name', () => {
  /** Resolves as a name server of the attacker does: each time the next answer. */
  function guardedLookup(answers: string[][], reach: 'public' | 'organisation' = 'public', allowed: string[] = []): () => Promise<string[] | string> {
    let asked = 0;
    const lookup = new AddressGuard(allowed).lookup((_name, _options, callback) => callback(null, (answers[asked++] ?? []).map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }))), reach);
    return () => new Promise((resolve) => lookup('evil.example.org', { all: true }, (error, found) => resolve(error ? String(error.code) : (found as LookupAddress[]).map((one) => one.address))));
  }

  it.each(['127.0.0.1', '::1', '169.254.169.254', '::ffff:127.0.0.1', '0.0.0.0', 'fe80::1', '224.0.0.1'])('that leads to %s is not followed, neither for strangers nor for administrators', async (address) => {
    expect(await guardedLookup([[address]])()).toBe('EBLOCKED');
    expect(await guardedLookup([[address]], 'organisation')()).toBe('EBLOCKED');
  });

  it('that leads to a public and to a private address gives the public one only', async () => {
    expect(await guardedLookup([['10.0.0.1', '93.184.216.34', '127.0.0.1']])()).toEqual(['93.184.216.34']);
  });

  it('that changes between the check and the connection (rebinding) is judged by the very answer that is connected to', async () => {
    const lookup = guardedLookup([['93.184.216.34'], ['127.0.0.1']]);
    expect([await lookup(), await lookup()]).toEqual([['93.184.216.34'], 'EBLOCKED']);
  });
});

describe('A redirect', () => {
  it.each([301, 302, 303, 307, 308])('with %i to the canary is an answer, and not followed', async (status) => {
    const server = createHttpServer((_request, response) => response.writeHead(status, { location: `http://127.0.0.1:${port}/` }).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const answer = await http.request({ method: 'POST', url, reach: 'configured', headers: { authorization: 'Bearer secret' } });
    expect(answer.status).toBe(status);
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('Whoever fills in a form', () => {
  let stage: Stage;
  let ada: Browser;

  beforeAll(async () => {
    stage = await openDataCenterStage();
    ada = await stage.signIn('ada');
  }, 60_000);
  afterAll(() => stage.close());

  it('cannot make a Jira Cloud site of any of these addresses', async () => {
    for (const [address] of ADDRESSES) {
      for (const site of [at(address!), at(address!).replace(/^\w+:\/\//, ''), `${at(address!)}/.atlassian.net`, `${at(address!).replace(/^\w+:\/\//, '')}#.atlassian.net`]) {
        const answer = await ada.post('/api/v1/jira-cloud/workspaces', { site, webhookSecret: CREDENTIALS.webhookSecret, serviceAccountEmail: CREDENTIALS.serviceAccountEmail, serviceAccountApiToken: 'x' });
        expect([site, answer.status >= 400]).toEqual([site, true]);
      }
    }
  });

  it('cannot save most of them as the base URL of Jira, and the test of what can be saved calls nothing', async () => {
    for (const [address] of ADDRESSES.filter(([one]) => !/localhost/i.test(one!))) {
      const saved = await ada.put(SETTINGS, { ...completeSettings(stage), baseUrl: at(address!) });
      if (saved.status !== 400) expect([address, (await ada.post(`${SETTINGS}/test`)).json.items.at(-1).ok]).toEqual([address, false]);
    }
    expect((await ada.put(SETTINGS, completeSettings(stage))).status).toBe(200);
  });

  it('cannot name this machine by a name that no operator listed', async () => {
    for (const address of ['https://app.localhost:PORT', 'https://ip6-localhost:PORT']) {
      expect((await ada.put(SETTINGS, { ...completeSettings(stage), baseUrl: at(address) })).status).toBe(200);
      expect((await ada.post(`${SETTINGS}/test`)).json.items.at(-1)).toMatchObject({ ok: false });
    }
    expect((await ada.put(SETTINGS, completeSettings(stage))).status).toBe(200);
  });
});

describe('The environment', () => {
  it.each(['http://jira.example.com', 'https://127.0.0.1', 'https://[::1]', 'https://169.254.169.254'])('may not name %s as the base URL without listing it', (address) => {
    expect(serverAddressMistake(address, [])).toEqual(expect.any(String));
    expect(serverAddressMistake(address, [new URL(address).hostname.replace(/^\[|\]$/g, '')])).toBeNull();
  });
});
