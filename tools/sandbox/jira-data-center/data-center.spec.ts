import { startSandbox, type Sandbox } from '../sandbox.ts';
import { CREDENTIALS, DATA_CENTER_KEYS } from '../seed.ts';
import { ask } from '../test-http.ts';

describe("the sandbox's Jira Data Center, played by people and programs", () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox({ jiraDataCenter: { contextPath: '/jira' } });
  });

  afterEach(() => sandbox.close());

  const at = (path: string) => sandbox.urls.jiraDataCenter + path;
  const control = (path: string) => `${sandbox.urls.page}_control/jira-data-center${path}`;
  const issue = () => sandbox.jiraDataCenter.store.issue('SHOP-12');

  it.each([['/'], ['/browse/SHOP-12'], ['/browse/HELP-1'], ['/browse/NOPE-1'], ['/webhooks']])('%s carries the banner and stays below the context path', async (path) => {
    const { text } = await ask(at(path));
    expect(text).toContain('Sandbox: nothing here is real. This page imitates Jira Data Center.');
    expect([...text.matchAll(/(?:action|href)="(\/[^"]*)"/g)].filter(([, target]) => !target?.startsWith('/jira/'))).toEqual([]);
  });

  it('lets a person comment with a picked mention, label and register a webhook on its pages', async () => {
    const commented = await ask(at('/browse/SHOP-12/comment'), { form: { text: 'please fix', as: DATA_CENTER_KEYS.ada, pick: 'yes' } });
    expect(commented.headers.get('location')).toBe('/jira/browse/SHOP-12');
    expect(issue().comments[0]).toMatchObject({ authorId: 'ada', body: { wiki: '[~openhands] please fix' } });
    expect((await ask(at('/browse/SHOP-12'))).text).toContain('@OpenHands Agent');
    await ask(at('/browse/SHOP-12/labels'), { form: { labels: 'cart openhands', as: DATA_CENTER_KEYS.ben } });
    expect(issue().labels).toEqual(['cart', 'openhands']);
    await ask(at('/webhooks'), { form: { url: 'http://us.example/hook', secret: 's' } });
    expect(sandbox.jiraDataCenter.webhooks.webhooks).toEqual([expect.objectContaining({ name: 'OpenHands', secret: 's', excludeBody: false, enabled: true })]);
  });

  it('holds other issues than the Cloud site, under the same names', () => {
    sandbox.dataCenterActions.comment('SHOP-12', 'ben', 'here');
    expect(sandbox.jira.store.issue('SHOP-12').comments).toEqual([]);
    expect(sandbox.dataCenterActions.agentMention).toBe('[~openhands]');
    expect(sandbox.dataCenterActions.accountId('ben')).toBe(DATA_CENTER_KEYS.ben);
  });

  it('is led by the control API', async () => {
    expect((await ask(control('/comments'), { json: { issue: 'SHOP-12', as: 'ben', text: 'hello' } })).status).toBe(201);
    expect((await ask(control('/labels'), { json: { issue: 'SHOP-12', as: 'ben', labels: ['a'] } })).status).toBe(204);
    expect(issue()).toMatchObject({ labels: ['a'], comments: [{ authorId: DATA_CENTER_KEYS.ben }] });
    const made = await ask(control('/webhooks'), { json: { url: 'http://us.example/hook', secret: 's' } });
    expect(made.body).toMatchObject({ name: 'OpenHands', isSigned: true });
    await ask(control('/deliveries/hold'), { method: 'POST' });
    sandbox.dataCenterActions.addLabel('SHOP-12', 'ben', 'b');
    expect((await ask(control('/deliveries'))).body).toEqual([expect.objectContaining({ state: 'held', event: 'jira:issue_updated' })]);
    await ask(control('/deliveries/lose-held'), { method: 'POST' });
    expect((await ask(control('/environment'))).body).toEqual(sandbox.dataCenterEnvironment());
    expect((await ask(`${sandbox.urls.page}_control/faults/jira-data-center`, { json: { kind: 'status', status: 503 } })).status).toBe(201);
    expect((await ask(at('/rest/api/2/serverInfo'))).status).toBe(503);
  });

  it('changes its behaviour from outside, all of it or nothing', async () => {
    const changed = await ask(control('/behaviour'), { json: { version: '9.12.30', hasReactions: false, baseUrl: 'https://jira.example.com' } });
    expect(changed.body).toMatchObject({ version: '9.12.30', hasReactions: false, twins: 'comment-first' });
    expect((await ask(at('/rest/api/2/serverInfo'))).body).toMatchObject({ version: '9.12.30', baseUrl: 'https://jira.example.com' });
    expect((await ask(control('/behaviour'), { json: { version: '10.3.24', colour: 'red' } })).status).toBe(400);
    expect((await ask(control('/behaviour'), { json: { version: '10.3.24', hasReactions: 'yes' } })).status).toBe(400);
    expect((await ask(control('/behaviour'))).body.version).toBe('9.12.30');
  });

  it('tells the product a whole environment and keeps that of the others as it was', () => {
    expect(sandbox.dataCenterEnvironment()).toEqual({
      JIRA_DC_ENABLED: 'true',
      JIRA_DC_LINK_METHOD: 'oauth',
      JIRA_DC_BASE_URL: sandbox.urls.jiraDataCenter,
      JIRA_DC_CLIENT_ID: CREDENTIALS.oauthClientId,
      JIRA_DC_CLIENT_SECRET: CREDENTIALS.oauthClientSecret,
      JIRA_DC_SERVICE_ACCOUNT_EMAIL: CREDENTIALS.dataCenterAccountEmail,
      JIRA_DC_SERVICE_ACCOUNT_PAT: CREDENTIALS.dataCenterPat,
      OUTBOUND_ALLOWED_HOSTS: 'localhost',
    });
    expect(Object.keys(sandbox.environment()).filter((name) => name.startsWith('JIRA_DC'))).toEqual([]);
  });

  it('shows a consent page on which one chooses who one is', async () => {
    const query = `client_id=${CREDENTIALS.oauthClientId}&redirect_uri=https%3A%2F%2Fus.example%2Fcb&response_type=code&state=s&scope=WRITE`;
    const { status, text } = await ask(at(`/rest/oauth2/latest/authorize?${query}`));
    expect(status).toBe(200);
    expect(text).toContain('Ben Builder');
    const decided = await ask(at('/rest/oauth2/latest/authorize'), { form: { query, who: DATA_CENTER_KEYS.ben, decision: 'allow' } });
    expect(decided.status).toBe(303);
    expect(new URL(decided.headers.get('location') ?? '').searchParams.get('code')).toEqual(expect.any(String));
  });
});
