import { ManualClock } from '../clock.ts';
import { wiki } from '../jira-store.ts';
import { startSandbox, type Sandbox } from '../sandbox.ts';
import { ACCOUNTS, CREDENTIALS } from '../seed.ts';
import { ask, type Ask } from '../test-http.ts';

const basic: [string, string] = [CREDENTIALS.serviceAccountEmail, CREDENTIALS.serviceAccountToken];
const paragraph = (text: string) => ({ type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] });

describe('the gateway of the sandbox', () => {
  let sandbox: Sandbox;
  let clock: ManualClock;

  beforeEach(async () => {
    clock = new ManualClock();
    sandbox = await startSandbox({ clock });
  });

  afterEach(() => sandbox.close());

  const call = (path: string, options: Ask = {}, version = 3) =>
    ask(`${sandbox.urls.atlassian}/ex/jira/${sandbox.jira.cloudId}/rest/api/${String(version)}${path}`, { basic, ...options });
  const issue = () => sandbox.jira.store.issue('SHOP-12');

  it('tells the cloudId of a site without authentication', async () => {
    const url = sandbox.urls.atlassianSiteTemplate.replace('{site}', sandbox.jira.host);
    expect((await ask(`${url}/_edge/tenant_info`)).body).toEqual({ cloudId: sandbox.jira.cloudId });
    sandbox.jira.renamedTo = 'new.atlassian.net';
    expect((await ask(`${url}/_edge/tenant_info`)).status).toBe(302);
  });

  it('accepts the service token by Basic and by Bearer, the site host accepts it by neither', async () => {
    expect((await call('/mypermissions?permissions=BROWSE_PROJECTS')).status).toBe(200);
    const bearer = { headers: { authorization: `Bearer ${CREDENTIALS.serviceAccountToken}` } };
    const url = `${sandbox.urls.atlassian}/ex/jira/${sandbox.jira.cloudId}/rest/api/3/project/search`;
    expect((await ask(url, bearer)).status).toBe(200);
    const site = `${sandbox.urls.atlassianSiteTemplate.replace('{site}', sandbox.jira.host)}/rest/api/3/project/search`;
    expect((await ask(site, { basic })).status).toBe(401);
    expect((await ask(site, bearer)).status).toBe(401);
  });

  it('accepts only the scheme that the token is made for', async () => {
    const [token] = sandbox.jira.serviceTokens;
    if (token !== undefined) token.schemes = ['bearer'];
    expect((await call('/project/search')).status).toBe(401);
  });

  it.each([['/myself'], [`/user?accountId=${ACCOUNTS.ben}`]])('answers %s without read:jira-user with its own odd 401', async (path) => {
    const answer = await call(path);
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ code: 401, message: 'Unauthorized; scope does not match' });
    sandbox.jira.serviceTokens[0]?.scopes.push('read:jira-user');
    expect((await call(path)).status).toBe(200);
  });

  it('answers a write without write:jira-work with the same 401', async () => {
    const [token] = sandbox.jira.serviceTokens;
    if (token !== undefined) token.scopes = ['read:jira-work'];
    const answer = await call('/issue/SHOP-12/comment', { json: { body: paragraph('x') } });
    expect(answer.body).toEqual({ code: 401, message: 'Unauthorized; scope does not match' });
    expect(issue().comments).toHaveLength(0);
  });

  it('tells the own account by a header, unless switched off', async () => {
    const accountId = sandbox.jira.serviceTokens[0]?.accountId ?? '';
    expect(decodeURIComponent((await call('/serverInfo')).headers.get('x-aaccountid') ?? '')).toBe(accountId);
    sandbox.jira.showsAccountIdHeader = false;
    expect((await call('/serverInfo')).headers.has('x-aaccountid')).toBe(false);
  });

  it('needs the parameter permissions, and tells withheld ones', async () => {
    expect((await call('/mypermissions')).status).toBe(400);
    sandbox.jira.withholdPermission(sandbox.jira.serviceTokens[0]?.accountId ?? '', 'ADD_COMMENTS');
    const { permissions } = (await call('/mypermissions?permissions=BROWSE_PROJECTS,ADD_COMMENTS')).body;
    expect([permissions.BROWSE_PROJECTS.havePermission, permissions.ADD_COMMENTS.havePermission]).toEqual([true, false]);
    expect((await call('/issue/SHOP-12/comment', { json: { body: paragraph('x') } })).status).toBe(400);
  });

  it('shows descriptions as wiki text on v2 and as ADF on v3', async () => {
    expect((await call('/issue/SHOP-12', {}, 2)).body.fields.description).toContain('Repository: Acme/web-app');
    expect((await call('/issue/SHOP-12?fields=description')).body.fields).toEqual({ description: expect.objectContaining({ type: 'doc', version: 1 }) });
  });

  it('refuses ADF on v2 and strings on v3', async () => {
    expect((await call('/issue/SHOP-12/comment', { json: { body: paragraph('x') } }, 2)).status).toBe(400);
    expect((await call('/issue/SHOP-12/comment', { json: { body: 'x' } }, 3)).status).toBe(400);
    expect(issue().comments).toHaveLength(0);
  });

  it('keeps a comment with its properties and shows it to both versions', async () => {
    const properties = [{ key: 'openhands', value: { v: 1, jobId: 'j', kind: 'status' } }];
    const created = await call('/issue/SHOP-12/comment', { json: { body: paragraph('Working'), properties } });
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toContain(`/comment/${String(created.body.id)}`);
    const path = `/issue/${issue().id}/comment/${String(created.body.id)}`;
    expect((await call(path, {}, 2)).body.body).toBe('Working');
    expect((await call(`${path}?expand=properties`)).body.properties).toEqual(properties);
    expect((await call(`/comment/${String(created.body.id)}/properties/openhands`)).body.value).toEqual(properties[0]?.value);
    expect((await call('/issue/SHOP-12/comment?orderBy=-created')).body.comments[0].id).toBe(created.body.id);
  });

  it('refuses texts over 32,767 characters in their stored form', async () => {
    const fits = 32_767 - JSON.stringify(paragraph('')).length;
    expect((await call('/issue/SHOP-12/comment', { json: { body: paragraph('x'.repeat(fits)) } })).status).toBe(201);
    const answer = await call('/issue/SHOP-12/comment', { json: { body: paragraph('x'.repeat(fits + 1)) } });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.comment).toContain('32,767');
  });

  it('notes whether an edit asked for mail, and makes it public when the restriction is not repeated', async () => {
    const visibility = { type: 'role', value: 'Developers' };
    const { body } = await call('/issue/SHOP-12/comment', { json: { body: paragraph('a'), visibility } });
    const path = `/issue/SHOP-12/comment/${String(body.id)}?notifyUsers=false`;
    await call(path, { method: 'PUT', json: { body: paragraph('b'), visibility } });
    expect(issue().comments[0]).toMatchObject({ notifiedUsersOnEdit: false, visibility });
    await call(path, { method: 'PUT', json: { body: paragraph('c') } });
    expect(issue().comments[0]?.visibility).toBeNull();
  });

  it('hides restricted comments from those without the role, and refuses to post into a role that one has not', async () => {
    const comment = sandbox.jira.store.addComment(issue(), { authorId: ACCOUNTS.ada, body: wiki('psst'), visibility: { type: 'role', value: 'Board' } });
    expect((await call(`/issue/SHOP-12/comment/${comment.id}`)).status).toBe(404);
    const answer = await call('/issue/SHOP-12/comment', { json: { body: paragraph('x'), visibility: { type: 'role', value: 'Board' } } });
    expect(answer.body.errors.commentLevel).toContain('Board');
  });

  it('makes internal notes on service projects only, and an edit keeps them internal', async () => {
    const properties = [{ key: 'sd.public.comment', value: { internal: true } }];
    const note = await call('/issue/HELP-1/comment', { json: { body: paragraph('x'), properties } });
    expect(note.body.jsdPublic).toBe(false);
    const edited = await call(`/issue/HELP-1/comment/${String(note.body.id)}`, { method: 'PUT', json: { body: paragraph('y') } });
    expect(edited.body.jsdPublic).toBe(false);
    expect((await call('/issue/SHOP-12/comment', { json: { body: paragraph('x'), properties } })).body.jsdPublic).toBe(true);
  });

  it('replaces a remote link with the same globalId', async () => {
    const link = (title: string) => ({ json: { globalId: 'job/1', object: { url: 'https://us.example/1', title } } });
    expect((await call('/issue/SHOP-12/remotelink', link('Job'))).status).toBe(201);
    expect((await call('/issue/SHOP-12/remotelink', link('Job, done'))).status).toBe(200);
    expect(issue().remoteLinks.map(({ object }) => object['title'])).toEqual(['Job, done']);
  });

  it('gives the changelog in pages, with ids and authors', async () => {
    sandbox.jira.store.setLabels(issue(), ['a'], ACCOUNTS.ben);
    sandbox.jira.store.setLabels(issue(), ['a', 'openhands'], ACCOUNTS.ada);
    const { body } = await call('/issue/SHOP-12/changelog?startAt=1&maxResults=1');
    expect(body).toMatchObject({ startAt: 1, maxResults: 1, total: 2, isLast: true });
    expect(body.values[0]).toMatchObject({ author: { accountId: ACCOUNTS.ada }, items: [{ field: 'labels', fromString: 'a', toString: 'a openhands' }] });
  });

  it('limits writes to one issue to 20 in two seconds', async () => {
    const put = (index: number) => call('/issue/SHOP-12/remotelink', { json: { object: { url: `https://us.example/${String(index)}`, title: 'x' } } });
    for (let index = 0; index < 20; index += 1) expect((await put(index)).status).toBe(201);
    const refused = await put(20);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('ratelimit-reason')).toBe('jira-per-issue-on-write');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    clock.advance(2_000);
    expect((await put(21)).status).toBe(201);
  });

  it.each([['jira-quota-global-based'], ['jira-quota-tenant-based'], ['jira-burst-based'], ['jira-per-issue-on-write']] as const)('answers 429 with %s on request', async (reason) => {
    sandbox.atlassian.limitRate(reason, { retryAfter: 3 });
    const answer = await call('/serverInfo');
    expect([answer.status, answer.headers.get('ratelimit-reason'), answer.headers.get('retry-after')]).toEqual([429, reason, '3']);
    expect((await call('/serverInfo')).status).toBe(200);
  });

  it('finds a moved issue by its id, and tells nothing about a hidden one', async () => {
    const { id } = issue();
    sandbox.jira.store.moveIssue(issue(), 'HELP', ACCOUNTS.ada);
    expect((await call(`/issue/${id}`)).body.key).toBe('HELP-2');
    expect((await call('/issue/SHOP-12')).status).toBe(404);
    sandbox.jira.store.issue(id).hiddenFrom.add(sandbox.jira.serviceTokens[0]?.accountId ?? '');
    expect((await call(`/issue/${id}`)).status).toBe(404);
  });

  it('shows an e-mail address only of those who allow it', async () => {
    const comment = sandbox.jira.store.addComment(issue(), { authorId: ACCOUNTS.ben, body: wiki('x') });
    const author = async () => (await call(`/issue/SHOP-12/comment/${comment.id}`, {}, 2)).body.author.emailAddress;
    expect(await author()).toBeUndefined();
    sandbox.jira.store.person(ACCOUNTS.ben).emailVisible = true;
    expect(await author()).toBe('ben@example.com');
  });

  describe('a search', () => {
    const search = (query: Record<string, string>) => call(`/search/jql?${new URLSearchParams(query).toString()}`);

    it('gives ids alone unless fields are named, and pages by token', async () => {
      const first = await search({ jql: 'project = SHOP ORDER BY created ASC', maxResults: '1' });
      expect(first.body).toEqual({ issues: [{ id: issue().id }], nextPageToken: expect.any(String) });
      const second = await search({ jql: 'project = SHOP ORDER BY created ASC', maxResults: '1', nextPageToken: first.body.nextPageToken, fields: 'labels' });
      expect(second.body).toEqual({ issues: [{ id: expect.any(String), key: 'SHOP-13', fields: { labels: [] } }], isLast: true });
    });

    it('refuses a query without a limit, and hides what the account may not see', async () => {
      expect((await search({ jql: 'ORDER BY updated ASC' })).status).toBe(400);
      issue().hiddenFrom.add(sandbox.jira.serviceTokens[0]?.accountId ?? '');
      expect((await search({ jql: 'key = SHOP-12' })).body).toEqual({ issues: [], isLast: true });
    });
  });
});
