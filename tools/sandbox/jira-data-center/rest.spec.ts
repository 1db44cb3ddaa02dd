import { ManualClock } from '../clock.ts';
import { startSandbox, type Sandbox } from '../sandbox.ts';
import { CREDENTIALS, DATA_CENTER_KEYS } from '../seed.ts';
import { ask, type Ask } from '../test-http.ts';

const token = CREDENTIALS.dataCenterPat;

describe("REST v2 of the sandbox's Jira Data Center", () => {
  let sandbox: Sandbox;
  let clock: ManualClock;

  beforeEach(async () => {
    clock = new ManualClock();
    sandbox = await startSandbox({ clock });
  });

  afterEach(() => sandbox.close());

  const call = (path: string, options: Ask = {}) => ask(`${sandbox.urls.jiraDataCenter}/rest/api/2${path}`, { token, ...options });
  const jira = () => sandbox.jiraDataCenter;
  const issue = () => jira().store.issue('SHOP-12');
  const search = (jql: string, more: Record<string, string> = {}) => call(`/search?${new URLSearchParams({ jql, ...more }).toString()}`);
  const keys = (body: { issues: { key: string }[] }) => body.issues.map((one) => one.key);

  it('reads an issue by key and by id, people with name, key and address, texts as wiki markup', async () => {
    const { body } = await call('/issue/SHOP-12');
    expect((await call(`/issue/${body.id}`)).body).toEqual(body);
    expect(body.fields.reporter).toMatchObject({ key: DATA_CENTER_KEYS.ben, name: 'ben', emailAddress: 'ben@example.com' });
    expect(body.fields.reporter).not.toHaveProperty('accountId');
    expect(body.fields.description).toContain('\r\n\r\nRepository: Acme/web-app');
    expect(body.fields.labels).toEqual(['cart']);
    expect(body).not.toHaveProperty('changelog');
  });

  it('gives only the fields that are asked for', async () => {
    expect(Object.keys((await call('/issue/SHOP-12?fields=summary,labels')).body.fields).sort()).toEqual(['labels', 'summary']);
  });

  it('tells changes with author and id, and items without fieldId', async () => {
    sandbox.dataCenterActions.addLabel('SHOP-12', 'ada', 'openhands');
    const { body } = await call('/issue/SHOP-12?expand=changelog');
    expect(body.changelog.histories).toEqual([
      {
        id: expect.any(String),
        author: expect.objectContaining({ key: 'ada' }),
        created: '2026-11-02T09:00:00.000+0000',
        items: [{ field: 'labels', fieldtype: 'jira', from: null, fromString: 'cart', to: null, toString: 'cart openhands' }],
      },
    ]);
  });

  it('has no way to read a changelog by itself, as Cloud has', async () => {
    expect((await call('/issue/SHOP-12/changelog')).status).toBe(404);
  });

  it('answers 404 for an issue that is missing, moved away or not visible', async () => {
    expect((await call('/issue/SHOP-99')).status).toBe(404);
    issue().hiddenFrom.add(DATA_CENTER_KEYS.agent);
    expect((await call('/issue/SHOP-12')).status).toBe(404);
    expect((await call('/issue/SHOP-12', { token: CREDENTIALS.dataCenterPatOfBen })).status).toBe(200);
  });

  it('finds an issue that moved by its id and by its new key', async () => {
    const { id } = issue();
    jira().store.moveIssue(issue(), 'HELP', 'ada');
    expect((await call(`/issue/${id}`)).body.key).toBe('HELP-2');
    expect((await call('/issue/SHOP-12')).status).toBe(404);
  });

  it('says who people are, with their addresses unless the administrator hides them', async () => {
    expect((await call('/user?username=ben')).body).toMatchObject({ key: DATA_CENTER_KEYS.ben, emailAddress: 'ben@example.com' });
    expect((await call(`/user?key=${DATA_CENTER_KEYS.ben}`)).body.name).toBe('ben');
    expect((await call('/user?username=nobody')).status).toBe(404);
    expect((await call('/user?accountId=x')).status).toBe(400);
    expect((await call('/user/search?username=ben@example.com')).body).toHaveLength(1);
    jira().behaviour.showsEmails = false;
    expect((await call('/user?username=ben')).body).not.toHaveProperty('emailAddress');
    expect((await call('/user/search?username=ben@example.com')).body).toEqual([]);
  });

  it('tells all permissions of the caller, and takes them away on request', async () => {
    expect((await call('/mypermissions')).body.permissions).toMatchObject({ ADD_COMMENTS: { havePermission: true }, ADMINISTER: { havePermission: false, type: 'GLOBAL' } });
    jira().permissions.withhold(DATA_CENTER_KEYS.agent, 'ADD_COMMENTS');
    expect((await call('/mypermissions?permissions=ADD_COMMENTS')).body.permissions.ADD_COMMENTS.havePermission).toBe(false);
    expect((await call('/mypermissions', { token: CREDENTIALS.dataCenterAdminPat })).body.permissions.ADMINISTER.havePermission).toBe(true);
  });

  it('lists projects', async () => {
    expect((await call('/project')).body.map((project: { key: string }) => project.key)).toEqual(['SHOP', 'HELP']);
    expect((await call('/project/SHOP')).body.name).toBe('Shop');
    jira().permissions.withhold(DATA_CENTER_KEYS.agent, 'BROWSE_PROJECTS');
    expect((await call('/project')).body).toEqual([]);
    expect((await call('/project/SHOP')).status).toBe(404);
  });

  it('makes a remote link once per globalId and replaces it afterwards', async () => {
    const link = { globalId: 'openhands:1', relationship: 'agent', object: { url: 'https://agent.example/1', title: 'Conversation' } };
    const [first, second] = [await call('/issue/SHOP-12/remotelink', { json: link }), await call('/issue/SHOP-12/remotelink', { json: { ...link, relationship: undefined } })];
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body.id).toBe(first.body.id);
    expect((await call('/issue/SHOP-12/remotelink')).body).toEqual([expect.objectContaining({ globalId: 'openhands:1', relationship: null })]);
    expect(second.body.self).toBe(`${sandbox.urls.jiraDataCenter}/rest/api/2/issue/SHOP-12/remotelink/${second.body.id}`);
  });

  describe('search', () => {
    it('finds what was updated lately, in projects, in order', async () => {
      clock.advance(60 * 60_000);
      sandbox.dataCenterActions.comment('SHOP-13', 'ben', 'one');
      clock.advance(60_000);
      sandbox.dataCenterActions.comment('HELP-1', 'ben', 'two');
      expect(keys((await search('updated >= -15m ORDER BY updated ASC')).body)).toEqual(['SHOP-13', 'HELP-1']);
      expect(keys((await search('project in (SHOP) AND updated >= -15m order by updated desc')).body)).toEqual(['SHOP-13']);
      expect(keys((await search('updated >= "2026-11-02 10:01"')).body)).toEqual(['HELP-1']);
      expect(keys((await search('updated >= -2h')).body)).toHaveLength(3);
    });

    it.each([
      ['labels = cart', ['SHOP-12']],
      ['labels in (cart, other) and project = SHOP', ['SHOP-12']],
      ['project != SHOP', ['HELP-1']],
      ['key in (SHOP-13, "HELP-1") ORDER BY key', ['SHOP-13', 'HELP-1']],
      ['labels not in (cart) and project = 10001', ['SHOP-13']],
    ])('understands %s', async (jql, expected) => {
      expect(keys((await search(jql)).body)).toEqual(expected);
    });

    it.each([
      ['project = GONE', "The value 'GONE' does not exist for the field 'project'."],
      ['updated >= yesterday', "Date value 'yesterday' is invalid"],
      ['colour = red', "Field 'colour' does not exist"],
      ['project in SHOP', 'list in brackets'],
      ['text ~ "x"', 'does not understand'],
      ['project = SHOP ORDER BY mood', 'cannot order'],
    ])('refuses %s and says why', async (jql, message) => {
      const answer = await search(jql);
      expect(answer.status).toBe(400);
      expect(answer.body.errorMessages[0]).toContain(message);
    });

    it('gives pages, comments only when they are named, and changes on request', async () => {
      const page = (await search('project = SHOP order by key', { startAt: '1', maxResults: '1' })).body;
      expect(page).toMatchObject({ startAt: 1, maxResults: 1, total: 2 });
      expect(keys(page)).toEqual(['SHOP-13']);
      expect(page.issues[0].fields).not.toHaveProperty('comment');
      const named = (await search('key = HELP-1', { fields: 'comment', expand: 'changelog' })).body.issues[0];
      expect(named.fields.comment).toMatchObject({ total: 1, comments: [{ body: 'Thank you, we look into it.' }] });
      expect(named.changelog.histories).toEqual([]);
    });

    it('takes the same as a post', async () => {
      const answer = await call('/search', { json: { jql: 'key = HELP-1', fields: ['comment', 'labels'], expand: ['changelog'], maxResults: 10 } });
      expect(Object.keys(answer.body.issues[0].fields).sort()).toEqual(['comment', 'labels']);
      expect(answer.body.issues[0]).toHaveProperty('changelog');
    });

    it('leaves out what the caller may not see', async () => {
      issue().hiddenFrom.add(DATA_CENTER_KEYS.agent);
      expect(keys((await search('project = SHOP')).body)).toEqual(['SHOP-13']);
    });
  });
});
