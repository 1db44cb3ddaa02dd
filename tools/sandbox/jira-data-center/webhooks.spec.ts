import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSandbox, type Sandbox } from '../sandbox.ts';
import { CREDENTIALS, DATA_CENTER_KEYS } from '../seed.ts';
import { ask } from '../test-http.ts';
import { sign } from '../webhook-sender.ts';
import type { Behaviour } from './behaviour.ts';

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  raw: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look at payloads field by field
  body: any;
}

describe("webhooks of the sandbox's Jira Data Center", () => {
  let sandbox: Sandbox;
  let receiver: Server;
  let address: string;
  let received: Received[];
  let status: number;

  beforeEach(async () => {
    received = [];
    status = 200;
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8');
        received.push({ path: request.url ?? '', headers: request.headers, raw, body: raw === '' ? null : JSON.parse(raw) });
        response.writeHead(status).end('{}');
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}/hook`;
    sandbox = await startSandbox({ jiraDataCenter: { contextPath: '/jira' } });
    register(address);
  });

  afterEach(async () => {
    await sandbox.close();
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  });

  const register = (url: string) => sandbox.dataCenterActions.registerWebhook(url, { events: sandbox.played.dataCenter.webhook.events });
  const behave = (settings: Partial<Behaviour>) => Object.assign(sandbox.jiraDataCenter.behaviour, settings);
  const comment = (text = '@openhands fix this') => sandbox.dataCenterActions.comment('SHOP-12', 'ben', text);
  const all = async () => {
    await sandbox.jiraDataCenter.webhooks.idle();
    return received;
  };
  const names = (list: Received[]) => list.map(({ body }) => body.issue_event_type_name ?? body.webhookEvent);

  it('makes two deliveries of one comment: without an issue, then with the whole one', async () => {
    const { id } = comment();
    const [first, second] = (await all()).map(({ body }) => body);
    expect(received).toHaveLength(2);
    expect(Object.keys(first)).toEqual(['timestamp', 'webhookEvent', 'comment']);
    expect(first.comment.self).toBe(`${sandbox.urls.jiraDataCenter}/rest/api/2/issue/${second.issue.id}/comment/${id}`);
    expect(first.comment.author).toMatchObject({ key: DATA_CENTER_KEYS.ben, name: 'ben', emailAddress: 'ben@example.com' });
    expect(second).toMatchObject({ webhookEvent: 'jira:issue_updated', issue_event_type_name: 'issue_commented', user: { key: DATA_CENTER_KEYS.ben }, comment: { id, body: '@openhands fix this' } });
    expect(second.issue).toMatchObject({ key: 'SHOP-12', self: `${sandbox.urls.jiraDataCenter}/rest/api/2/issue/${second.issue.id}` });
    expect(Object.keys(second.issue.fields).length).toBeGreaterThan(36);
    expect(second.timestamp - first.timestamp).toBe(10);
    expect(second).not.toHaveProperty('changelog');
  });

  it.each([
    ['comment-first', ['comment_created', 'issue_commented']],
    ['issue-first', ['issue_commented', 'comment_created']],
    ['only-comment', ['comment_created']],
    ['only-issue', ['issue_commented']],
  ] as const)('sends the two %s on request', async (twins, expected) => {
    behave({ twins });
    comment();
    expect(names(await all())).toEqual(expected);
  });

  it('sends both when they are held and released, in any order', async () => {
    const { webhooks } = sandbox.jiraDataCenter;
    webhooks.hold();
    comment();
    await webhooks.release('shuffled');
    expect(names(received)).toEqual(['issue_commented', 'comment_created']);
  });

  it('loses what is on its way for good on request', async () => {
    const { webhooks } = sandbox.jiraDataCenter;
    webhooks.hold();
    comment('lost');
    webhooks.loseHeld();
    comment('kept');
    expect((await all()).map(({ body }) => body.comment.body)).toEqual(['kept', 'kept']);
  });

  it.each([
    ['10.3.24', true, true],
    ['10.3.24', false, false],
    ['9.12.30', true, false],
  ])('on %s, when comment events may have an issue (%s), has one: %s', async (version, commentEventsCarryIssue, expected) => {
    behave({ version, commentEventsCarryIssue });
    comment();
    const [first] = await all();
    expect(Object.hasOwn(first?.body, 'issue')).toBe(expected);
  });

  it('names who edited and who deleted', async () => {
    const { id } = comment('one');
    await all();
    received.length = 0;
    sandbox.dataCenterActions.editComment('SHOP-12', id, 'two', 'ada');
    await all();
    expect(names(received)).toEqual(['comment_updated', 'issue_comment_edited']);
    for (const { body } of received) expect(body).toMatchObject({ user: { key: 'ada' }, comment: { id, body: 'two', updateAuthor: { key: 'ada' } } });
    received.length = 0;
    sandbox.dataCenterActions.deleteComment('SHOP-12', id);
    await all();
    expect(names(received)).toEqual(['comment_deleted', 'issue_comment_deleted']);
    expect(received[0]?.body.user.key).toBe(DATA_CENTER_KEYS.ben);
    expect(received[1]?.body).not.toHaveProperty('comment');
  });

  it('tells a label change by both whole lists, without fieldId', async () => {
    sandbox.dataCenterActions.addLabel('SHOP-12', 'ben', 'openhands');
    const [delivery] = await all();
    expect(delivery?.body).toMatchObject({ webhookEvent: 'jira:issue_updated', issue_event_type_name: 'issue_updated', user: { key: DATA_CENTER_KEYS.ben } });
    expect(delivery?.body.changelog.items).toEqual([{ field: 'labels', fieldtype: 'jira', from: null, fromString: 'cart', to: null, toString: 'cart openhands' }]);
  });

  it('announces new and deleted issues', async () => {
    const { store } = sandbox.jiraDataCenter;
    const made = store.addIssue({ projectKey: 'SHOP', summary: 'New', labels: ['openhands'], reporterId: DATA_CENTER_KEYS.ben });
    store.deleteIssue(made, 'ada');
    const bodies = new Map((await all()).map(({ body }) => [body.webhookEvent, body]));
    expect(bodies.get('jira:issue_created')).toMatchObject({ issue_event_type_name: 'issue_created', issue: { fields: { labels: ['openhands'] } } });
    expect(bodies.get('jira:issue_created')).not.toHaveProperty('changelog');
    expect(bodies.get('jira:issue_deleted')).toMatchObject({ user: { key: 'ada' }, issue: { key: made.key } });
  });

  it('names no issue event types where servers are old', async () => {
    behave({ namesIssueEventTypes: false });
    comment();
    expect(names(await all())).toEqual(['comment_created', 'jira:issue_updated']);
  });

  it('signs the exact bytes from version 10 on, and nothing before', async () => {
    behave({ twins: 'only-comment' });
    comment('Grüße @openhands');
    const [{ headers, raw }] = (await all()) as [Received];
    expect(headers['x-hub-signature']).toBe(sign(CREDENTIALS.webhookSecret, raw));
    expect(headers['user-agent']).toContain('JIRA');
    expect(headers).not.toHaveProperty('x-atlassian-webhook-identifier');
    behave({ version: '9.12.30' });
    comment();
    expect((await all())[1]?.headers).not.toHaveProperty('x-hub-signature');
  });

  it('may name each delivery', async () => {
    behave({ sendsIdentifier: true });
    comment();
    expect(new Set((await all()).map(({ headers }) => headers['x-atlassian-webhook-identifier'])).size).toBe(2);
  });

  it.each([[503], [500], [429], [403]])('never sends again after %i', async (answer) => {
    behave({ twins: 'only-comment' });
    status = answer;
    comment();
    expect(await all()).toHaveLength(1);
    expect(sandbox.jiraDataCenter.webhooks.deliveries[0]?.state).toBe(answer === 403 ? 'refused' : 'given_up');
  });

  it('sends an empty body when the webhook is set up so', async () => {
    sandbox.jiraDataCenter.webhooks.change(1, { excludeBody: true });
    sandbox.dataCenterActions.addLabel('SHOP-12', 'ben', 'openhands');
    const [{ headers, raw }] = (await all()) as [Received];
    expect(raw).toBe('');
    expect(headers['x-hub-signature']).toBe(sign(CREDENTIALS.webhookSecret, ''));
  });

  it.each([
    ['10.3.24', '?k={issue.key}', '?k=SHOP-12'],
    ['10.3.24', '?k=${issue.key}', '?k=$SHOP-12'],
    ['9.12.30', '?k=${issue.key}', '?k=SHOP-12'],
  ])('on %s fills %s in an address', async (version, query, expected) => {
    behave({ version });
    sandbox.jiraDataCenter.webhooks.change(1, { url: address + query });
    sandbox.dataCenterActions.addLabel('SHOP-12', 'ben', 'openhands');
    expect((await all())[0]?.path).toBe(`/hook${expected}`);
  });

  it("sends the service account's own comments too, with its key", async () => {
    const url = `${sandbox.urls.jiraDataCenter}/rest/api/2/issue/SHOP-12/comment`;
    await ask(url, { token: CREDENTIALS.dataCenterPat, json: { body: 'Working on it' } });
    const [first, second] = await all();
    expect(first?.body.comment.author.key).toBe(DATA_CENTER_KEYS.agent);
    expect(second?.body.user.key).toBe(DATA_CENTER_KEYS.agent);
  });

  it('sends exact bytes, signed as always', async () => {
    const { webhooks } = sandbox.jiraDataCenter;
    const [webhook] = webhooks.webhooks;
    if (webhook === undefined) throw new Error('no webhook');
    webhooks.send(webhook, { event: 'comment_created', issueKey: null, body: '{"recorded": true}' });
    const [{ raw, headers }] = (await all()) as [Received];
    expect(raw).toBe('{"recorded": true}');
    expect(headers['x-hub-signature']).toBe(sign(CREDENTIALS.webhookSecret, raw));
  });
});
