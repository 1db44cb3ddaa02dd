import { startSandbox, type Sandbox } from './sandbox.ts';
import { ACCOUNTS, CREDENTIALS } from './seed.ts';
import { ask } from './test-http.ts';

describe('what people do in the sandbox', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox();
  });

  afterEach(() => sandbox.close());

  it('lets one press Allow at any stand-in, by its authorization URL', () => {
    const query = `client_id=${CREDENTIALS.oauthClientId}&redirect_uri=http%3A%2F%2Fus.example%2Fcb&state=s&scope=x`;
    const urls = [`${sandbox.urls.atlassian}/authorize`, `${sandbox.urls.github}/login/oauth/authorize`, `${sandbox.urls.gitlab}/oauth/authorize`];
    for (const url of urls) expect(new URL(sandbox.actions.approve(`${url}?${query}`, 'ben')).searchParams.get('code')).toEqual(expect.any(String));
    expect(new URL(sandbox.actions.deny(`${urls[1] ?? ''}?${query}`)).searchParams.get('error')).toBe('access_denied');
    expect(() => sandbox.actions.approve(`https://elsewhere.example/authorize?${query}`, 'ben')).toThrow('elsewhere.example');
  });

  it('reads back what the service account wrote', async () => {
    const adf = { type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text: 'Working' }] }] };
    const url = `${sandbox.urls.atlassian}/ex/jira/${sandbox.jira.cloudId}/rest/api/3/issue/SHOP-12/comment`;
    await ask(url, { basic: [CREDENTIALS.serviceAccountEmail, CREDENTIALS.serviceAccountToken], json: { body: adf, properties: [{ key: 'openhands', value: { v: 1 } }] } });
    sandbox.actions.comment('SHOP-12', 'ben', 'not by the agent');
    expect(sandbox.actions.agentComments('SHOP-12')).toEqual([expect.objectContaining({ text: 'Working', properties: { openhands: { v: 1 } }, edited: false })]);
  });

  it('adds and removes labels beside others', () => {
    sandbox.actions.addLabel('SHOP-12', 'ben', 'openhands');
    expect(sandbox.jira.store.issue('SHOP-12').labels).toEqual(['cart', 'openhands']);
    sandbox.actions.removeLabel('SHOP-12', 'ada', 'openhands');
    const [added, removed] = sandbox.jira.store.issue('SHOP-12').history;
    expect(added).toMatchObject({ authorId: ACCOUNTS.ben, items: [{ fromString: 'cart', toString: 'cart openhands' }] });
    expect(removed).toMatchObject({ authorId: ACCOUNTS.ada, items: [{ fromString: 'cart openhands', toString: 'cart' }] });
  });

  it('tells the product an environment that names nothing but itself', () => {
    const addresses = Object.entries(sandbox.environment()).filter(([name]) => /URL/.test(name)).map(([, value]) => new URL(value.replace('{site}', 's')).hostname);
    expect(new Set(addresses)).toEqual(new Set(['localhost']));
  });
});
