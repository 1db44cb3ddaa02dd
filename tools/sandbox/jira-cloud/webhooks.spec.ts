import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { wiki } from '../jira-store.ts';
import { startSandbox, type Sandbox } from '../sandbox.ts';
import { ACCOUNTS } from '../seed.ts';
import { MAX_RETRIES, sign } from './webhooks.ts';

interface Received {
  headers: IncomingHttpHeaders;
  raw: string;
}

describe("webhooks of the sandbox's Jira Cloud", () => {
  let sandbox: Sandbox;
  let receiver: Server;
  let received: Received[];
  /** Answers of the receiver in turn; 200 when used up. 0 closes the connection, -1 never answers. */
  let answers: number[];

  beforeEach(async () => {
    received = [];
    answers = [];
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push({ headers: request.headers, raw: Buffer.concat(chunks).toString('utf8') });
        const status = answers.shift() ?? 200;
        if (status === -1) return;
        if (status === 0) request.socket.destroy();
        else response.writeHead(status).end('{}');
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    sandbox = await startSandbox({ webhookRetryDelayMs: 1, webhookTimeoutMs: 300 });
    const url = `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}/hook`;
    const events = ['comment_created', 'comment_updated', 'comment_deleted', 'jira:issue_updated', 'jira:issue_created', 'jira:issue_deleted'];
    sandbox.jira.webhooks.register({ name: 'Ours', url, secret: "It's a Secret to Everybody", events });
  });

  afterEach(async () => {
    await sandbox.close();
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  });

  const issue = () => sandbox.jira.store.issue('SHOP-12');
  const comment = (text = '@openhands fix this') => sandbox.jira.store.addComment(issue(), { authorId: ACCOUNTS.ben, body: wiki(text) });
  const bodyOf = (index = 0) => JSON.parse(received[index]?.raw ?? '{}');

  it("signs as in Atlassian's test vector", () => {
    expect(sign("It's a Secret to Everybody", 'Hello World!')).toBe('sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9');
  });

  it('sends the headers of Cloud and a signature over the exact bytes', async () => {
    comment('Grüße @openhands');
    await sandbox.jira.webhooks.idle();
    const [{ headers, raw }] = received as [Received];
    expect(headers['x-hub-signature']).toBe(sign("It's a Secret to Everybody", raw));
    expect(headers['user-agent']).toBe('Atlassian Webhook HTTP Client');
    expect(headers['x-atlassian-webhook-flow']).toBe('Primary');
    expect(headers['x-atlassian-webhook-identifier']).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers).not.toHaveProperty('x-atlassian-webhook-retry');
  });

  it('sends no signature without a secret', async () => {
    const [webhook] = sandbox.jira.webhooks.webhooks;
    if (webhook !== undefined) webhook.secret = null;
    comment();
    await sandbox.jira.webhooks.idle();
    expect(received[0]?.headers).not.toHaveProperty('x-hub-signature');
  });

  it('sends a comment with six issue fields, a wiki body and no top-level user', async () => {
    comment('[~accountid:x] look');
    await sandbox.jira.webhooks.idle();
    const body = bodyOf();
    expect(body.webhookEvent).toBe('comment_created');
    expect(body).not.toHaveProperty('user');
    expect(body.comment.body).toBe('[~accountid:x] look');
    expect(body.comment.author.accountId).toBe(ACCOUNTS.ben);
    expect(body.comment.author).not.toHaveProperty('emailAddress');
    expect(Object.keys(body.issue.fields).sort()).toEqual(['assignee', 'issuetype', 'priority', 'project', 'status', 'summary']);
  });

  it('tells a label change by both whole lists', async () => {
    sandbox.jira.store.setLabels(issue(), ['cart', 'openhands'], ACCOUNTS.ben);
    await sandbox.jira.webhooks.idle();
    const body = bodyOf();
    expect(body.webhookEvent).toBe('jira:issue_updated');
    expect(body.user.accountId).toBe(ACCOUNTS.ben);
    expect(body.issue.fields.labels).toEqual(['cart', 'openhands']);
    expect(body.changelog.items).toEqual([{ field: 'labels', fieldtype: 'jira', fieldId: 'labels', from: null, fromString: 'cart', to: null, toString: 'cart openhands' }]);
  });

  it('has one shape for each other event', async () => {
    const { store } = sandbox.jira;
    const added = comment();
    store.editComment(issue(), added, { actorId: ACCOUNTS.ada, body: wiki('other') });
    store.deleteComment(issue(), added, ACCOUNTS.ada);
    const made = store.addIssue({ projectKey: 'SHOP', summary: 'New', labels: ['openhands'], reporterId: ACCOUNTS.ben });
    store.deleteIssue(made, ACCOUNTS.ben);
    await sandbox.jira.webhooks.idle();
    const bodies = new Map(received.map(({ raw }) => [JSON.parse(raw).webhookEvent, JSON.parse(raw)]));
    expect(bodies.get('comment_updated').comment.updateAuthor.accountId).toBe(ACCOUNTS.ada);
    expect(bodies.get('comment_deleted')).not.toHaveProperty('user');
    expect(bodies.get('jira:issue_created').issue.fields.labels).toEqual(['openhands']);
    expect(bodies.get('jira:issue_created')).not.toHaveProperty('changelog');
    expect(bodies.get('jira:issue_deleted').issue.key).toBe(made.key);
  });

  it.each([[408], [409], [425], [429], [500], [503], [0]])('repeats after %i with the same identifier and a counted retry header', async (status) => {
    answers = [status, status];
    comment();
    await sandbox.jira.webhooks.idle();
    expect(received.map(({ headers }) => headers['x-atlassian-webhook-retry'])).toEqual([undefined, '1', '2']);
    expect(new Set(received.map(({ headers }) => headers['x-atlassian-webhook-identifier'])).size).toBe(1);
    expect(new Set(received.map(({ raw }) => raw)).size).toBe(1);
    expect(sandbox.jira.webhooks.deliveries[0]?.state).toBe('delivered');
  });

  it('repeats when no answer came in time', async () => {
    answers = [-1];
    comment();
    await sandbox.jira.webhooks.idle();
    expect(sandbox.jira.webhooks.deliveries[0]?.attempts.map((attempt) => attempt.status)).toEqual([null, 200]);
  });

  it.each([[400], [401], [403], [404], [413]])('never repeats after %i', async (status) => {
    answers = [status];
    comment();
    await sandbox.jira.webhooks.idle();
    expect(received).toHaveLength(1);
    expect(sandbox.jira.webhooks.deliveries[0]?.state).toBe('refused');
  });

  it('gives up after five retries', async () => {
    answers = Array.from({ length: 10 }, () => 503);
    comment();
    await sandbox.jira.webhooks.idle();
    expect(received).toHaveLength(1 + MAX_RETRIES);
    expect(sandbox.jira.webhooks.deliveries[0]?.state).toBe('given_up');
  });

  it('sends twice with the same identifier on request', async () => {
    sandbox.jira.webhooks.duplicateNext();
    comment('one');
    comment('two');
    await sandbox.jira.webhooks.idle();
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ headers }) => headers['x-atlassian-webhook-identifier'])).size).toBe(2);
  });

  it('holds deliveries back and sends them in another order on request', async () => {
    sandbox.jira.webhooks.hold();
    comment('one');
    comment('two');
    expect(sandbox.jira.webhooks.deliveries.map((delivery) => delivery.state)).toEqual(['held', 'held']);
    await sandbox.jira.webhooks.release('shuffled');
    expect([bodyOf(0).comment.body, bodyOf(1).comment.body]).toEqual(['two', 'one']);
  });

  it("sends the service account's own comments too", async () => {
    const agent = sandbox.jira.serviceTokens[0];
    sandbox.jira.store.addComment(issue(), { authorId: agent?.accountId ?? '', body: wiki('working') });
    await sandbox.jira.webhooks.idle();
    expect(bodyOf().comment.author.accountId).toBe(agent?.accountId);
  });
});
