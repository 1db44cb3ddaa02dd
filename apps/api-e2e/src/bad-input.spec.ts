/**
 * Bad input at every entrance, ten thousand cases of it: whatever comes in is answered, with no error of ours, and the service goes on.
 * What is right about a delivery is told in other files; here it only matters that nothing wrong does harm.
 */
import { DEFAULT_RULES, MOST_RULE_PEOPLE, MOST_RULE_PROJECTS } from '@openhands-jira/contracts';
import { unpackBody } from '../../api/src/deliveries/body-storage.js';
import fc from 'fast-check';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { DataSource } from 'typeorm';
import { sign } from '../../../tools/sandbox/jira-cloud/webhooks.ts';
import type { Browser } from '../../../tools/sandbox/browser.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { type BadBody, nested, noUtf8, prototypeKeys, truncated, wrongTypes } from './mutations.js';
import { Sender, type Sent } from './sender.js';
import { ACCOUNTS, CREDENTIALS, Stage } from './stage.js';

const CASES = 10_000;
const SEED = 20_261_122;
const UNKNOWN_ID = '019aa000-0000-7000-8000-000000000000';
const MEGABYTE = 1024 * 1024;
const MOST_BYTES = 25 * MEGABYTE;
/** Rich in what the rules look at: marks, mentions of others, addresses, a repository. */
const REMARK = 'Look at *this* {code}x = 1{code} [~nobody] https://github.com/Acme/web-app \r\nbq. said {quote}so{quote} Repository: Acme/web-app';

/** A front door, the secret that opens it, and payloads that it knows. */
interface Door {
  path: string;
  secret: string;
  payloads: object[];
}

let stage: Stage;
let ada: Browser;
let sender: Sender;
let doors: Door[];
let shared: Door;
let sent = 0;
const surprises: unknown[] = [];
const noteSurprise = (reason: unknown): void => void surprises.push(reason);

beforeAll(async () => {
  stage = await Stage.open({ OUTBOUND_ALLOWED_HOSTS: 'localhost' });
  process.on('unhandledRejection', noteSurprise);
  ada = await stage.signIn('ada');
  sender = new Sender(stage.url);
  doors = [await cloudDoor(), await dataCenterDoor()];
  shared = { ...doors[0]!, path: '/integration/jira/events' };
}, 60_000);

afterAll(async () => {
  process.off('unhandledRejection', noteSurprise);
  sender.close();
  await stage.close();
});

async function cloudDoor(): Promise<Door> {
  const connectionId = await stage.connectWorkspace(ada);
  const { store, webhooks } = stage.sandbox.jira;
  webhooks.hold();
  const issue = store.addIssue({ projectKey: 'SHOP', summary: 'The total is a cent off', description: REMARK, reporterId: ACCOUNTS.ben });
  stage.comment(issue.key, ACCOUNTS.ben, REMARK);
  stage.sandbox.actions.addLabel(issue.key, 'ben', 'urgent');
  return { path: `/integration/jira/connections/${connectionId}/events`, secret: CREDENTIALS.webhookSecret, payloads: heldPayloads(webhooks) };
}

async function dataCenterDoor(): Promise<Door> {
  const { jiraDataCenter, dataCenterActions, urls } = stage.sandbox;
  const settings = { enabled: true, linkMethod: 'email', baseUrl: urls.jiraDataCenter, serviceAccountEmail: CREDENTIALS.dataCenterAccountEmail, serviceAccountPat: CREDENTIALS.dataCenterPat };
  await ada.put('/api/v1/admin/jira-data-center', settings);
  const { connectionId } = (await ada.put('/api/v1/jira-data-center/webhook', { mode: 'automatic', adminToken: CREDENTIALS.dataCenterAdminPat })).json;
  const { webhooks } = jiraDataCenter;
  webhooks.hold();
  dataCenterActions.comment('SHOP-12', 'ben', REMARK);
  dataCenterActions.addLabel('SHOP-12', 'ben', 'urgent');
  return { path: `/integration/jira-dc/connections/${connectionId}/events`, secret: webhooks.webhooks[0]!.secret!, payloads: heldPayloads(webhooks) };
}

/** What a stand-in would have sent; it is not sent. */
function heldPayloads(webhooks: Stage['sandbox']['jira']['webhooks'] | Stage['sandbox']['jiraDataCenter']['webhooks']): object[] {
  const payloads = webhooks.deliveries.map(({ body }) => JSON.parse(body) as object);
  webhooks.loseHeld();
  return payloads;
}

/** Sends a body to a door, rightly signed, and tells what an answer must not be. */
async function deliver(door: Door, { bytes }: BadBody): Promise<Sent> {
  sent += 1;
  return sender.send(door.path, { body: bytes, headers: { 'content-type': 'application/json', 'x-hub-signature': sign(door.secret, bytes) } });
}

/** Sends all and gives those that were not answered with one of the statuses. */
async function wronglyAnswered(door: Door, cases: readonly BadBody[], allowed: number[]): Promise<string[]> {
  const answers = await sender.all(cases, (one) => deliver(door, one));
  return answers.flatMap(({ status }, index) => (allowed.includes(status) ? [] : [`${cases[index]!.what}: ${status}`])).slice(0, 10);
}

/** A part of the list that is spread over all of it. */
function spread<T>(list: readonly T[], count: number): T[] {
  if (list.length <= count) return [...list];
  return Array.from({ length: count }, (_, index) => list[Math.floor((index * list.length) / count)]!);
}

const eachPayload = (make: (payload: object) => BadBody[]): BadBody[] => doors.flatMap((door) => door.payloads.flatMap(make));

/** At each door its own payloads. */
async function atBothDoors(make: (payload: object) => BadBody[], most: number, allowed: number[]): Promise<string[]> {
  const wrong = await Promise.all(doors.map((door) => wronglyAnswered(door, spread(door.payloads.flatMap(make), most / 2), allowed)));
  return wrong.flat();
}

describe('A delivery that is signed and wrong is answered with 200 or 400', () => {
  it('with a value of another type at any path', async () => {
    expect(await atBothDoors(wrongTypes, 3400, [200, 400])).toEqual([]);
  });

  it('with keys that mean something to JavaScript, which mean nothing here', async () => {
    expect(await atBothDoors(prototypeKeys, 600, [200, 400])).toEqual([]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('cut off anywhere', async () => {
    expect(await atBothDoors((payload) => truncated(payload, 300), 1400, [400])).toEqual([]);
  });

  it('with bytes that are no UTF-8, and it is kept byte by byte', async () => {
    expect(await atBothDoors((payload) => noUtf8(payload, 160), 800, [200, 400])).toEqual([]);
    const bytes = Buffer.concat([Buffer.from('{"webhookEvent":"something_new","x":"'), Buffer.from([0xff, 0xfe, 0xc0]), Buffer.from('"}')]);
    const { deliveryId } = JSON.parse((await deliver(doors[0]!, { what: 'bad bytes', bytes })).text) as { deliveryId: string };
    const [row] = await stage.inside(DataSource).query<{ body: Buffer }[]>('SELECT body FROM deliveries WHERE id = $1', [deliveryId]);
    expect(unpackBody(row!.body).equals(bytes)).toBe(true);
  });

  it('nested a hundred, nine hundred and ten thousand times', async () => {
    for (const [depth, most] of [[100, 300], [900, 100], [10_000, 40]] as const) {
      expect(await atBothDoors((payload) => nested(payload, depth), most, [200, 400])).toEqual([]);
    }
  });

  it.each([100_000, 1_000_000])('and with 400 when it is nested %i times, whatever nests', async (depth) => {
    const cases = [['[', ']'], ['{"a":', '}'], ['[', '']].map(([open = '', close = '']) => ({ what: open, bytes: Buffer.from(`{"webhookEvent":"comment_created","comment":${open.repeat(depth)}1${close.repeat(depth)}}`) }));
    expect(await wronglyAnswered(doors[0]!, cases, [400])).toEqual([]);
  });

  it('or any JSON at all', async () => {
    const values = fc.sample(fc.json({ maxDepth: 6 }), { seed: SEED, numRuns: 500 });
    const events = fc.sample(fc.record({ webhookEvent: fc.constantFrom('comment_created', 'comment_updated', 'jira:issue_updated', 'jira:issue_created'), comment: fc.jsonValue(), issue: fc.jsonValue(), changelog: fc.jsonValue(), user: fc.jsonValue() }), { seed: SEED, numRuns: 500 });
    const cases = [...values, ...events.map((one) => JSON.stringify(one))].map((text) => ({ what: text.slice(0, 200), bytes: Buffer.from(text) }));
    expect(await wronglyAnswered(doors[1]!, cases, [200, 400])).toEqual([]);
  });

  it('with the largest texts that Jira takes: 32,767 characters, 1,000 mentions, 500 labels', async () => {
    const [payload] = doors[0]!.payloads.filter((one) => 'comment' in one) as { comment: object; issue: { fields: object } }[];
    const texts = ['x'.repeat(32_767), '[~accountid:5b10a2844c20165700ede21g] '.repeat(1000), '{code}'.repeat(5461), '@'.repeat(32_767)];
    const cases = texts.map((body) => ({ ...payload, comment: { ...payload!.comment, body }, issue: { ...payload!.issue, fields: { ...payload!.issue.fields, labels: Array.from({ length: 500 }, (_, at) => `label-${at}`) } } }));
    expect(await wronglyAnswered(doors[0]!, cases.map((one) => ({ what: 'large', bytes: Buffer.from(JSON.stringify(one)) })), [200])).toEqual([]);
  });

  it('of 25 megabytes', async () => {
    const frame = Buffer.from('{"webhookEvent":"something_new","x":""}');
    const largest = Buffer.concat([frame.subarray(0, -2), Buffer.alloc(MOST_BYTES - frame.length, 0x61), frame.subarray(-2)]);
    expect(await wronglyAnswered(doors[0]!, [{ what: '25 MB', bytes: largest }], [200])).toEqual([]);
  });
});

describe('A body that nobody signed is answered with 403', () => {
  it('whatever it is, at every door', async () => {
    const cases = [spread(eachPayload(wrongTypes), 500), eachPayload((one) => truncated(one, 30)), eachPayload((one) => noUtf8(one, 30)), spread(eachPayload((one) => nested(one, 100)), 100)].flat();
    const answers = await sender.all(cases, ({ bytes }) => {
      sent += 3;
      return Promise.all([...doors, shared].map((door) => sender.send(door.path, { body: bytes, headers: { 'content-type': 'application/json', 'x-hub-signature': sign('a wrong secret', bytes) } })));
    });
    expect([...new Set(answers.flat().map(({ status }) => status))]).toEqual([403]);
  });

  it('also at the shared address, where the site is read before the signature', async () => {
    const sites = ['"x"', '{"self":1}', '{"self":"http://"}', '{"self":"//"}', '{"self":"https://acme.atlassian.net\\u0000"}', `{"self":"https://${'a'.repeat(100_000)}.atlassian.net"}`, '{"self":"https://acme.atlassian.net:99999/"}', '{"self":"javascript:alert(1)"}', '{"self":"https://[::1"}', '{"self":"https://\\ud800.net"}'];
    const bodies = [...sites.flatMap((issue) => [`{"issue":${issue}}`, `{"comment":{"author":${issue}}}`]), `{"issue":${'['.repeat(200_000)}`, '', 'null', '[]', '{"issue":{"self":"https://acme.atlassian.net/x"}}'];
    const answers = await sender.all(bodies, (body) => ((sent += 1), sender.send(shared.path, { body, headers: { 'content-type': 'application/json', 'x-hub-signature': `sha256=${'0'.repeat(64)}` } })));
    expect([...new Set(answers.map(({ status }) => status))]).toEqual([403]);
  });
});

describe('A request that is not as the documentation says is answered with no error of ours', () => {
  it('at every route, with any body, parameter and query, from somebody who may do everything', async () => {
    const { paths } = JSON.parse((await sender.send('/api/openapi.json', { method: 'GET' })).text) as { paths: Record<string, Record<string, unknown>> };
    const routes = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ path, method: method.toUpperCase() })));
    // These two do what they say, whatever is sent with them; the webhooks had their turn.
    const tried = routes.filter(({ path, method }) => !(path === '/auth/sign-out' || path.endsWith('/events') || (method === 'DELETE' && path.endsWith('/link'))));
    const wrong = fc.sample(fc.tuple(fc.nat(tried.length - 1), fc.oneof(fc.constantFrom(UNKNOWN_ID, '%00', '..%2f..', '%ff', "1'--", '__proto__', 'a'.repeat(400)), fc.string().map(encodeURIComponent)), fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom('name', 'apiKey', 'active', 'site', 'baseUrl', 'mode', 'webhookSecret', 'pem', '__proto__', 'enabled', 'expiresInDays'), fc.jsonValue())), fc.array(fc.tuple(fc.constantFrom('limit', 'cursor', 'state', 'code', 'error', 'issueKey', 'from', 'to', 'returnTo', 'outcome', '__proto__', 'iss'), fc.string()), { maxLength: 4 })), { seed: SEED, numRuns: CASES - sent > 900 ? CASES - sent : 900 });
    const headers = { 'content-type': 'application/json', cookie: `session=${ada.cookie('session')!}; oauth_browser=${'x'.repeat(43)}`, origin: stage.url };
    const answers = await sender.all(wrong, async ([route, id, body, query]) => {
      sent += 1;
      const { path, method } = tried[route]!;
      const address = `${path.replaceAll(/\{[^}]+\}/g, id)}?${new URLSearchParams(query.map(([name, value]): [string, string] => [name, value.toWellFormed()])).toString()}`;
      const { status } = await sender.send(address, { method, headers, ...(method !== 'GET' && { body: JSON.stringify(body) }) });
      return { name: `${method} ${address}`, status };
    });
    expect(answers.filter(({ status }) => status >= 500).slice(0, 10)).toEqual([]);
    expect(new Set(answers.map(({ status }) => status)).size).toBeGreaterThan(3);
  });

  it('with values beside those that the route names, which set nothing', async () => {
    const ben = await stage.signIn('ben');
    const connectionId = doors[0]!.path.split('/').at(-2)!;
    const more = { id: connectionId, userId: (await ada.get('/api/v1/me')).json.id as string, isAdmin: true, email: 'ada@example.com', emailVerified: true, createdAt: '2020-01-01T00:00:00Z' };
    const made = (await ben.post('/api/v1/me/api-tokens', { ...more, name: 'more' })).json;
    await ben.put('/api/v1/me/agent', { ...more, apiKey: null });
    const me = await fetch(`${stage.url}/api/v1/me`, { headers: { authorization: `Bearer ${made.token as string}` } });
    expect(await me.json()).toMatchObject({ name: 'Ben Builder', email: 'ben@example.com', isAdmin: false });
    expect([made.id === connectionId, made.createdAt === more.createdAt]).toEqual([false, false]);
    const rules = `/api/v1/connections/${connectionId}/rules`;
    await ada.put(rules, { ...(await ada.get(rules)).json, ...more, ownerId: (await ben.get('/api/v1/me')).json.id as string, status: 'inactive', site: 'other.atlassian.net' });
    const connections = (await ada.get('/api/v1/admin/connections')).json.items as { id: string }[];
    expect(connections.find(({ id }) => id === connectionId)).toMatchObject({ site: 'acme.atlassian.net', status: 'active', owner: { name: 'Ada Admin' } });
  });

  it.each([
    ['a content type of nothing', { 'content-type': '' }],
    ['two lengths', { 'content-length': ['2', '3'] }],
    ['a cookie that is no cookie', { cookie: '=;;;%ff=%zz; session' }],
    ['an origin that is none', { origin: 'http://[' }],
    ['a token of strange characters', { authorization: 'Bearer \u00ff\u00fe' }],
    ['a host that is none', { host: 'x y' }],
    ['a forwarded address of many', { 'x-forwarded-for': '1.1.1.1, '.repeat(500) }],
  ])('with %s', async (_, headers) => {
    sent += 1;
    const answer = await sender.send('/api/v1/me/api-tokens', { headers: { 'content-type': 'application/json', ...headers } as Record<string, string> }).catch(() => ({ status: 400 }));
    expect(answer.status).toBeLessThan(500);
  });
});

describe('Large bodies', () => {
  const json = { 'content-type': 'application/json', 'x-hub-signature': `sha256=${'0'.repeat(64)}` };

  it('are refused unread when they say that they are too large', async () => {
    const { statusCode, headers } = await new Promise<IncomingMessage>((resolve, reject) => {
      const call = request(`${stage.url}${doors[0]!.path}`, { method: 'POST', headers: { ...json, 'content-length': String(MOST_BYTES + 1) } }, resolve);
      call.on('error', reject).flushHeaders();
    });
    expect([statusCode, headers.connection]).toEqual([413, 'close']);
  });

  it('are not read at addresses that do not exist, nor at any other than a door beyond a megabyte', async () => {
    const bytes = Buffer.alloc(2 * MEGABYTE, '[],');
    const paths = ['/nope', '/integration/nope', '/api/v1/me/api-tokens', '/integration/jira/events'];
    const answers = await sender.all(paths, (path) => sender.send(path, { body: bytes, headers: json }));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 413, 403]);
    expect(answers.slice(0, 2).map(({ headers }) => headers['connection'])).toEqual(['close', 'close']);
  });

  it('of too many values are refused at other addresses before they are read as JSON, which would take long', async () => {
    const lists = (count: number): Buffer => Buffer.from(`[${Array.from({ length: count }, () => '[]').join(',')}]`);
    const bodies = [lists(24_000), lists(26_000), lists(300_000), Buffer.from('['.repeat(2000))];
    const answers = await sender.all(bodies, (body) => sender.send('/api/v1/me/api-tokens', { body, headers: { 'content-type': 'application/json' } }));
    expect(answers.map(({ status }) => status)).toEqual([401, 400, 400, 400]);
  });

  it('of the largest rules that a connection can have are read', async () => {
    const words = (count: number): string[] => Array.from({ length: count }, (_, at) => `w${at}`);
    const gate = { labels: words(20), statuses: words(20), fields: words(20) };
    const rules = {
      ...DEFAULT_RULES,
      projects: Array.from({ length: MOST_RULE_PROJECTS }, (_, at) => ({ key: `P${at}`, defaultRepository: null, gate })),
      people: { who: 'listed', emails: Array.from({ length: MOST_RULE_PEOPLE }, (_, at) => `p${at}@example.com`) },
      allowedApps: words(100),
    };
    expect((await ada.put(`/api/v1/connections/${UNKNOWN_ID}/rules`, rules)).status).toBe(404);
  });

  it('are cut off at 25 megabytes when they say nothing of their length', async () => {
    const endless = await unfinished(MOST_BYTES + MEGABYTE);
    expect((await endless.answer).status).toBe(413);
  });

  it('cannot fill the memory: what is too much is to come again, small deliveries go on, and the room is free again afterwards', async () => {
    const many = await Promise.all(Array.from({ length: 6 }, () => unfinished(15 * MEGABYTE)));
    const first = await Promise.race(many.map(({ answer }) => answer));
    expect([first.status, first.retryAfter]).toEqual([503, '30']);
    const small = { what: 'small', bytes: Buffer.from('{"webhookEvent":"something_new","while":"others send"}') };
    expect((await deliver(doors[0]!, small)).status).toBe(200);
    for (const one of many) one.abort();
    const again = await eventually(() => unfinished(15 * MEGABYTE, true).then(({ answer }) => answer), ({ status }) => status !== 503, 'room for a large body');
    expect(again.status).toBe(403);
  });

  it('cannot fill the memory with pieces of one byte either, each of which needs room of its own', async () => {
    const many = await Promise.all(Array.from({ length: 6 }, () => inPieces(60_000)));
    const first = await Promise.race(many.map(({ answer }) => answer));
    expect(first.status).toBe(503);
    for (const one of many) one.abort();
  });

  /** Sends so many pieces of one byte of a body that does not end. */
  async function inPieces(pieces: number): Promise<{ answer: Promise<{ status: number }>; abort: () => void }> {
    const { hostname, port } = new URL(stage.url);
    const socket = connect(Number(port), hostname);
    const answer = new Promise<{ status: number }>((resolve) => {
      socket.once('data', (data) => resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(data.toString('latin1'))?.[1]) }));
    });
    socket.on('error', () => undefined);
    const head = `POST ${doors[0]!.path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`;
    await new Promise<void>((resolve) => socket.write(head + '1\r\n \r\n'.repeat(pieces), () => resolve()));
    return { answer, abort: () => void socket.destroy() };
  }

  /** Sends so much of a body without saying how long it is, and does not end it unless told to. */
  async function unfinished(bytes: number, ends = false): Promise<{ answer: Promise<{ status: number; retryAfter: string | undefined }>; abort: () => void }> {
    const call = request(`${stage.url}${doors[0]!.path}`, { method: 'POST', headers: json });
    const answer = new Promise<{ status: number; retryAfter: string | undefined }>((resolve) => {
      call.on('response', (got) => (got.resume(), resolve({ status: got.statusCode ?? 0, retryAfter: got.headers['retry-after'] })));
    });
    call.on('error', () => undefined);
    await new Promise<void>((resolve) => call.write(Buffer.alloc(bytes, 0x20), () => resolve()));
    if (ends) call.end();
    return { answer, abort: () => void call.destroy() };
  }
});

describe('After all that', () => {
  it('ten thousand cases were sent', () => {
    expect(sent).toBeGreaterThanOrEqual(CASES);
  });

  it('every delivery that was taken is decided', async () => {
    const pending = (): Promise<{ count: number }[]> => stage.inside(DataSource).query(`SELECT count(*)::int AS count FROM deliveries WHERE outcome = 'pending'`);
    await eventually(pending, ([row]) => row!.count === 0, 'no delivery to wait for its decision');
  });

  it('what was taken can be read', async () => {
    const rows = await stage.inside(DataSource).query<{ id: string }[]>('SELECT id FROM deliveries WHERE length(body) < 1000000 ORDER BY random() LIMIT 40');
    const deepest = await stage.inside(DataSource).query<{ id: string }[]>('SELECT id FROM deliveries WHERE length(body) < 1000000 ORDER BY length(body) DESC LIMIT 10');
    for (const { id } of [...rows, ...deepest]) expect([id, (await ada.get(`/api/v1/deliveries/${id}`)).status]).toEqual([id, 200]);
  });

  it('the service works, and nothing went wrong unseen', async () => {
    expect((await ada.get('/readyz')).status).toBe(200);
    const answer = await deliver(doors[0]!, { what: 'nothing', bytes: Buffer.from(JSON.stringify({ ...doors[0]!.payloads[0], timestamp: 1 })) });
    expect(answer.status).toBe(200);
    expect(surprises).toEqual([]);
  });
});
