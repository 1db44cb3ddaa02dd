import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { DataSource } from 'typeorm';
import { Farewell } from '../../api/src/admin/farewell.service.js';
import { RejectedCalls } from '../../api/src/deliveries/rejected-calls.service.js';
import type { Answer, Browser } from '../../../tools/sandbox/browser.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { sign } from '../../../tools/sandbox/webhook-sender.ts';
import { Sender } from './sender.js';
import { ACCOUNTS, CREDENTIALS, Stage } from './stage.js';

const SECRET = CREDENTIALS.webhookSecret;
const GLOBEX = 'globex.atlassian.net';
const GLOBEX_SECRET = 'secret-of-another-company';

const GUARDING = ['cache-control', 'content-security-policy', 'referrer-policy', 'x-content-type-options', 'content-type'];

let lastId = 70_000;

/** A comment event that asks for nothing, new each time; from a site. */
function body(text = 'nothing of interest', site = 'acme.atlassian.net', fields: object = {}): string {
  lastId += 1;
  return JSON.stringify({
    timestamp: Date.now(),
    webhookEvent: 'comment_created',
    comment: { id: String(lastId), self: `https://${site}/rest/api/2/issue/10042/comment/${lastId}`, author: { accountId: ACCOUNTS.ben, displayName: 'Ben Builder' }, body: text },
    issue: { id: '10042', self: `https://${site}/rest/api/2/10042`, key: 'DOOR-1', fields: { summary: 'x' } },
    ...fields,
  });
}

describe('The front door', () => {
  let stage: Stage;
  let ada: Browser;
  let id: string;
  const refusals: Answer[] = [];

  beforeAll(async () => {
    stage = await Stage.open();
    ada = await stage.signIn('ada');
  });
  afterAll(() => stage.close());

  const send = (bytes: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> => stage.deliver(id, bytes, headers);

  async function post(path: string, bytes: string, signature: string): Promise<Answer> {
    const answer = await fetch(`${stage.url}${path}`, { method: 'POST', body: bytes, headers: { 'content-type': 'application/json', 'x-hub-signature': signature } });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, url: answer.url, json: JSON.parse(text) };
  }

  async function change(settings: object): Promise<void> {
    const answer = await ada.patch(`/api/v1/jira-cloud/workspaces/${id}`, settings);
    expect(answer.status).toBe(200);
    await stage.consent(ada, answer.json.authorizationUrl, ACCOUNTS.ada);
  }

  async function stored(): Promise<number> {
    const [row] = await stage.inside(DataSource).query<{ count: number }[]>('SELECT count(*)::int AS count FROM deliveries');
    return row!.count;
  }

  async function rejections(): Promise<Record<string, number>> {
    await stage.inside(RejectedCalls).flush();
    const rows = await stage.inside(DataSource).query<{ reason: string; count: number }[]>('SELECT reason, sum(count)::int AS count FROM rejected_calls GROUP BY reason');
    return Object.fromEntries(rows.map((row) => [row.reason, row.count]));
  }

  it('takes deliveries of a connection that is not set up completely, and does nothing with them', async () => {
    const created = await ada.post('/api/v1/jira-cloud/workspaces', {
      site: stage.sandbox.jira.host, webhookSecret: SECRET, serviceAccountEmail: CREDENTIALS.serviceAccountEmail, serviceAccountApiToken: CREDENTIALS.serviceAccountToken,
    });
    id = created.json.connectionId;
    const answer = await send(body('@openhands fix it'));
    expect([answer.status, answer.json]).toEqual([200, { deliveryId: expect.any(String), outcome: 'ignored', reason: 'connection_pending' }]);
    await stage.consent(ada, created.json.authorizationUrl, ACCOUNTS.ada);
    await eventually(() => send(body()), (one) => one.json.reason === 'no_mention_no_label', 'the connection to be active');
  });

  it('says "pending" for what it takes, and the reason at once for what is not for us', async () => {
    expect((await send(body('@openhands fix it'))).json).toEqual({ deliveryId: expect.any(String), outcome: 'pending', reason: null });
    const ignored = await send(body());
    expect(ignored.json).toEqual({ deliveryId: expect.any(String), outcome: 'ignored', reason: 'no_mention_no_label' });
    const { json } = await ada.get(`/api/v1/deliveries/${ignored.json.deliveryId}`);
    expect(json).toMatchObject({ event: 'comment_created', issueKey: 'DOOR-1', actor: 'Ben Builder', signedWith: 'current', fixHint: expect.any(String) });
    expect(json.trace.map((step: { step: string }) => step.step)).toEqual(['signature', 'event', 'author', 'mention']);
  });

  describe('refuses, with one and the same answer and without keeping anything,', () => {
    const hex = 'a'.repeat(64);
    it.each([
      ['a wrong signature', { 'x-hub-signature': `sha256=${hex}` }],
      ['the signature of another secret', { 'x-hub-signature': sign('another secret', 'x') }],
      ['a digest in upper case', { 'x-hub-signature': sign(SECRET, 'x').toUpperCase() }],
      ['an empty signature', { 'x-hub-signature': '' }],
      ['a signature by SHA-1', { 'x-hub-signature': `sha1=${'a'.repeat(40)}` }],
      ['a signature without a method', { 'x-hub-signature': hex }],
      ['a signature with letters of other scripts', { 'x-hub-signature': `sha256=é${hex.slice(1)}` }],
      ['a signature that is too short', { 'x-hub-signature': 'sha256=abc' }],
      ['a method without a digest', { 'x-hub-signature': 'sha256=' }],
    ])('%s', async (_, headers) => {
      const before = await stored();
      refusals.push(await send(body('@openhands fix it'), headers));
      expect(await stored()).toBe(before);
    });

    it('a right digest in upper case', async () => {
      const bytes = body();
      refusals.push(await send(bytes, { 'x-hub-signature': `sha256=${sign(SECRET, bytes).slice(7).toUpperCase()}` }));
    });

    it('a body that was changed on the way', async () => {
      const bytes = body();
      refusals.push(await send(`${bytes} `, { 'x-hub-signature': sign(SECRET, bytes) }));
    });

    it('a missing signature', async () => {
      const answer = await fetch(`${stage.url}/integration/jira/connections/${id}/events`, { method: 'POST', body: body(), headers: { 'content-type': 'application/json' } });
      refusals.push({ status: answer.status, headers: answer.headers, text: await answer.text(), url: answer.url, json: null });
    });

    it.each(['018f3c2a-7a11-7000-8000-000000000000', 'not-an-id', '%2e%2e', "' OR 1=1"])('the unknown connection %s', async (unknown) => {
      const bytes = body();
      refusals.push(await post(`/integration/jira/connections/${encodeURIComponent(unknown)}/events`, bytes, sign(SECRET, bytes)));
    });

    it.each([
      ['a site that nobody connected', 'other.atlassian.net'],
      ['a body without a site', 'not a host at all'],
    ])('on the shared address, %s', async (_, site) => {
      const bytes = body('x', site);
      refusals.push(await post('/integration/jira/events', bytes, sign(SECRET, bytes)));
    });

    it('and unsigned bytes that are no JSON at all', async () => {
      refusals.push(await send('{', { 'x-hub-signature': `sha256=${hex}` }));
    });

    it('so that nobody learns which connections exist; each is counted with its reason', async () => {
      expect(refusals.length).toBeGreaterThan(15);
      expect(new Set(refusals.map((one) => one.status))).toEqual(new Set([403]));
      expect(new Set(refusals.map((one) => one.text)).size).toBe(1);
      expect(refusals[0]!.headers.get('content-type')).toContain('application/problem+json');
      expect(await rejections()).toMatchObject({ signature_missing: 2, signature_mismatch: 4, signature_unsupported: 7, connection_unknown: 6 });
    });
  });

  describe('answers a signed call that it cannot use with', () => {
    it.each([
      ['400 for no JSON', '{"webhookEvent":', 400],
      ['400 for a list', '[]', 400],
      ['400 for a text', '"comment_created"', 400],
      ['400 for null', 'null', 400],
      ['400 for an empty body', '', 400],
      ['400 for an object that names no event', '{"comment":{}}', 400],
      ['200 for an event of an unknown kind', '{"webhookEvent":"something_new"}', 200],
      ['200 for values of surprising types', '{"webhookEvent":"comment_created","comment":[7],"issue":"x","user":[],"changelog":{"items":"no"},"timestamp":{}}', 200],
    ])('%s', async (_, bytes, status) => {
      const answer = await send(bytes);
      expect(answer.status).toBe(status);
      if (status === 200) expect(answer.json).toMatchObject({ outcome: 'ignored', reason: 'event_not_used' });
      else expect(answer.json).toMatchObject({ status: 400, code: 'validation_failed', detail: expect.any(String) });
    });

    it('413 for more than 25 MB', async () => {
      const answer = await send(Buffer.alloc(25 * 1024 * 1024 + 1, 0x20));
      expect([answer.status, answer.json.code]).toEqual([413, 'payload_too_large']);
    });

    it.each([
      ['another content type', { 'content-type': 'text/plain' }],
      ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
      ['an encoded body', { 'content-encoding': 'gzip' }],
    ])('415 for %s', async (_, headers) => {
      const before = await stored();
      const answer = await send(body('@openhands fix it'), headers);
      expect([answer.status, answer.json.code, await stored()]).toEqual([415, 'unsupported_media_type', before]);
    });

    it('200 for every other kind of JSON content type', async () => {
      expect((await send(body(), { 'content-type': 'application/json; charset=UTF-8' })).status).toBe(200);
    });
  });

  describe('takes a call, however its address is written:', () => {
    const written: [string, (path: string) => string][] = [
      ['as it is shown', (path) => path],
      ['with a query', (path) => `${path}?k=DOOR-1&user_key=ben`],
      ['with an encoded letter in its name', (path) => path.replace('/events', '/%65vents')],
      ['with an encoded letter in its first word', (path) => path.replace('/integration', '/%69ntegration')],
      ['with an encoded id', (path) => path.replace(/connections\/./, (text) => `connections/%${text.at(-1)!.charCodeAt(0).toString(16)}`)],
      ['with its host', (path) => `${stage.url}${path}`],
    ];

    it.each(written)('%s', async (_, write) => {
      const path = `/integration/jira/connections/${id}/events`;
      const [bytes, usual] = [body(), body()];
      const sender = new Sender(stage.url);
      const call = (at: string, text: string): ReturnType<Sender['send']> => sender.send(at, { body: text, headers: { 'content-type': 'application/json', 'x-hub-signature': sign(SECRET, text) } });
      const answers = [await call(write(path), bytes), await call(path, usual)];
      sender.close();
      for (const { status, text } of answers) expect([status, JSON.parse(text)]).toMatchObject([200, { outcome: 'ignored', reason: 'no_mention_no_label' }]);
      const [headers, usualHeaders] = answers.map(({ headers: all }) => GUARDING.map((name) => all[name]?.toString().replaceAll('; ', ';').replace(/;$/, '')));
      expect(headers).toEqual(usualHeaders);
      expect(usualHeaders).toEqual(['no-store', "default-src 'none';frame-ancestors 'none'", 'no-referrer', 'nosniff', 'application/json;charset=utf-8']);
      for (const { headers: all } of answers) expect(all['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    });

    it.each(written)('%s, and refuses one that is signed by nobody', async (_, write) => {
      const sender = new Sender(stage.url);
      const answer = await sender.send(write(`/integration/jira/connections/${id}/events`), { body: body(), headers: { 'content-type': 'application/json', 'x-hub-signature': `sha256=${'0'.repeat(64)}` } });
      sender.close();
      expect([answer.status, answer.headers['content-type'], JSON.parse(answer.text)]).toMatchObject([403, 'application/problem+json; charset=utf-8', { code: 'forbidden' }]);
    });
  });

  it('answers everybody of a crowd, also when others leave while they wait for their turn to be read', async () => {
    const path = (connection: string): string => `/integration/jira/connections/${connection}/events`;
    const large = body('x'.repeat(200_000));
    const sender = new Sender(stage.url, 300);
    const call = async (connection: string, text: string): Promise<number> => (await sender.send(path(connection), { body: text, headers: { 'content-type': 'application/json', 'x-hub-signature': sign(SECRET, text) } })).status;
    const leave = async (): Promise<void> => {
      const socket = connect(Number(new URL(stage.url).port), new URL(stage.url).hostname);
      socket.on('error', () => undefined);
      await new Promise<void>((sent) => socket.write(`POST ${path(id)} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 50000\r\n\r\n{`, () => sent()));
      socket.destroy();
    };
    const [ours, strangers] = await Promise.all([
      Promise.all(Array.from({ length: 100 }, (_, index) => call(id, index === 50 ? large : body()))),
      Promise.all(Array.from({ length: 100 }, () => call(randomUUID(), body()))),
      Promise.all(Array.from({ length: 100 }, leave)),
    ]);
    sender.close();
    expect([new Set(ours), new Set(strangers)]).toEqual([new Set([200]), new Set([403])]);
    expect((await send(body())).status).toBe(200);
  });

  it.each([
    ['a sprint', { webhookEvent: 'sprint_started', issue: undefined, comment: undefined }],
    ['a work log', { webhookEvent: 'worklog_created', comment: undefined }],
    ['a comment without an id', { comment: { body: '@openhands fix it' } }],
    ['a change without a changelog', { webhookEvent: 'jira:issue_updated', comment: undefined }, 'no_mention_no_label'],
    ['a comment that is no text', { comment: { id: '9', body: { type: 'doc' } } }, 'no_mention_no_label'],
    ['a change without its comment', { webhookEvent: 'jira:issue_updated', issue_event_type_name: 'issue_commented', comment: undefined, changelog: { items: [] } }, 'no_mention_no_label'],
  ])('ignores %s', async (_, fields, reason = 'event_not_used') => {
    const answer = await send(body('@openhands fix it', undefined, fields));
    expect([answer.status, answer.json.outcome, answer.json.reason]).toEqual([200, 'ignored', reason]);
  });

  describe('at the shared address', () => {
    it('finds the connection by the site, and only its own secret opens it', async () => {
      const { atlassian } = stage.sandbox;
      const account = atlassian.createServiceAccount(atlassian.site(GLOBEX), { name: 'Agent of Globex', email: 'agent@globex.example' });
      const ben = await stage.signIn('ben');
      const created = await ben.post('/api/v1/jira-cloud/workspaces', { site: GLOBEX, webhookSecret: GLOBEX_SECRET, serviceAccountEmail: account.email, serviceAccountApiToken: account.token });
      expect(created.status).toBe(200);
      await stage.consent(ben, created.json.authorizationUrl, ACCOUNTS.dora);
      const shared = (bytes: string, secret: string): Promise<Answer> => post('/integration/jira/events', bytes, sign(secret, bytes));
      const [ours, theirs] = [body(), body('x', GLOBEX)];
      expect(await eventually(() => shared(theirs, GLOBEX_SECRET), (one) => one.json.reason !== 'connection_pending', 'the second connection')).toMatchObject({ status: 200 });
      const taken = await shared(ours, SECRET);
      expect(taken.json).toMatchObject({ outcome: 'ignored', reason: 'no_mention_no_label' });
      expect((await ada.get(`/api/v1/deliveries/${taken.json.deliveryId}`)).json.connectionId).toBe(id);
      expect((await shared(body('x', GLOBEX), SECRET)).status).toBe(403);
      expect((await shared(body(), GLOBEX_SECRET)).status).toBe(403);
      const bytes = body();
      expect((await post(`/integration/jira/connections/${created.json.connectionId}/events`, bytes, sign(SECRET, bytes))).status).toBe(403);
    });
  });

  it('accepts the former secret for a while after it was changed, and marks what it signed', async () => {
    await change({ webhookSecret: 'the-new-secret-of-acme' });
    const signedBy = async (secret: string): Promise<string> => {
      const bytes = body();
      const { status, json } = await send(bytes, { 'x-hub-signature': sign(secret, bytes) });
      return status === 200 ? (await ada.get(`/api/v1/deliveries/${json.deliveryId}`)).json.signedWith : `answered with ${status}`;
    };
    // A change counts at the door within half a second.
    await eventually(() => signedBy(SECRET), (one) => one === 'previous', 'the former secret to be marked');
    expect(await signedBy('the-new-secret-of-acme')).toBe('current');
  });

  it('refuses the former secret after that, and counts it as what it is', async () => {
    await stage.inside(DataSource).query(`UPDATE connections SET previous_secret_until = now() - interval '1 second', version = version + 1 WHERE id = $1`, [id]);
    const refused = await eventually(() => send(body()), (one) => one.status !== 200, 'the former secret to be retired');
    expect([refused.status, refused.text]).toEqual([403, refusals[0]!.text]);
    expect(await rejections()).toMatchObject({ signature_secret_retired: 1 });
    await change({ webhookSecret: SECRET });
  });

  it('ignores what comes in while the connection is paused', async () => {
    await change({ active: false });
    const answer = await eventually(() => send(body('@openhands fix it')), (one) => one.json.reason === 'connection_paused', 'the connection to be paused');
    expect([answer.status, answer.json.outcome]).toEqual([200, 'ignored']);
  });

  it('answers as if a connection had never existed once its owner ended it', async () => {
    expect((await ada.delete('/api/v1/jira-cloud/link')).status).toBe(204);
    const refused = await eventually(() => send(body()), (one) => one.status !== 200, 'the connection to be closed');
    expect([refused.status, refused.text]).toEqual([403, refusals[0]!.text]);
  });

  it('says that the socket closes once the process has been told to end', async () => {
    expect((await send(body())).headers.get('connection')).toBe('keep-alive');
    stage.inside(Farewell).onModuleDestroy();
    expect((await send(body())).headers.get('connection')).toBe('close');
  });
});
