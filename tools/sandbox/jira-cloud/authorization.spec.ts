import { startSandbox, type Sandbox } from '../sandbox.ts';
import { ACCOUNTS, CREDENTIALS } from '../seed.ts';
import { ask } from '../test-http.ts';

const redirectUri = 'http://localhost:3000/integration/jira/callback';

describe("Atlassian's authorization in the sandbox", () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox();
  });

  afterEach(() => sandbox.close());

  function authorizeUrl(changes: Record<string, string> = {}): string {
    const query = { audience: 'api.atlassian.com', client_id: CREDENTIALS.oauthClientId, scope: 'read:me read:jira-work', redirect_uri: redirectUri, state: 's-1', response_type: 'code', prompt: 'consent' };
    return `${sandbox.urls.atlassian}/authorize?${new URLSearchParams({ ...query, ...changes }).toString()}`;
  }

  const exchange = (code: string) =>
    ask(`${sandbox.urls.atlassian}/oauth/token`, {
      json: { grant_type: 'authorization_code', client_id: CREDENTIALS.oauthClientId, client_secret: CREDENTIALS.oauthClientSecret, code, redirect_uri: redirectUri },
    });
  const codeOf = (location: string | null) => new URL(location ?? '').searchParams.get('code') ?? '';

  it('shows a page with the banner and the people, and sends the browser back after Allow', async () => {
    const shown = await ask(authorizeUrl());
    expect(shown.text).toContain('Sandbox: nothing here is real.');
    expect(shown.text).toContain('Ben Builder');
    const decided = await ask(`${sandbox.urls.atlassian}/authorize`, { form: { query: new URL(authorizeUrl()).search.slice(1), who: ACCOUNTS.ben, decision: 'allow' } });
    const location = new URL(decided.headers.get('location') ?? '');
    expect(location.searchParams.get('state')).toBe('s-1');
    expect((await exchange(codeOf(location.href))).status).toBe(200);
  });

  it('tells a denial without a code', async () => {
    const location = new URL(sandbox.atlassian.consent.deny(authorizeUrl()));
    expect(location.searchParams.get('error')).toBe('access_denied');
    expect(location.searchParams.has('code')).toBe(false);
    expect(location.searchParams.get('state')).toBe('s-1');
  });

  it('consents by itself when asked to', async () => {
    sandbox.atlassian.consent.autoConsent(ACCOUNTS.ada);
    const answer = await ask(authorizeUrl());
    expect(answer.status).toBe(302);
    expect((await exchange(codeOf(answer.headers.get('location')))).body.access_token).toEqual(expect.any(String));
  });

  it('accepts a code once', async () => {
    const code = codeOf(sandbox.atlassian.consent.approve(authorizeUrl(), ACCOUNTS.ben));
    expect((await exchange(code)).status).toBe(200);
    expect((await exchange(code)).status).toBe(403);
  });

  it('tells who one is and which sites one belongs to', async () => {
    const token = (await exchange(codeOf(sandbox.atlassian.consent.approve(authorizeUrl(), ACCOUNTS.ben)))).body.access_token;
    expect((await ask(`${sandbox.urls.atlassian}/me`, { token })).body).toMatchObject({ account_id: ACCOUNTS.ben, name: 'Ben Builder' });
    const resources = (await ask(`${sandbox.urls.atlassian}/oauth/token/accessible-resources`, { token })).body;
    expect(resources).toEqual([expect.objectContaining({ id: sandbox.jira.cloudId, url: `https://${sandbox.jira.host}` })]);
  });

  it('knows that a stranger belongs to another site only', async () => {
    const token = (await exchange(codeOf(sandbox.atlassian.consent.approve(authorizeUrl(), ACCOUNTS.dora)))).body.access_token;
    const resources = (await ask(`${sandbox.urls.atlassian}/oauth/token/accessible-resources`, { token })).body;
    expect(resources.map((resource: { id: string }) => resource.id)).toEqual([sandbox.otherJira.cloudId]);
  });

  it('gives a refresh token only for offline_access', async () => {
    const tokens = async (scope: string) => (await exchange(codeOf(sandbox.atlassian.consent.approve(authorizeUrl({ scope }), ACCOUNTS.ben)))).body;
    expect(await tokens('read:me')).not.toHaveProperty('refresh_token');
    expect(await tokens('read:me offline_access')).toHaveProperty('refresh_token');
  });

  it.each([[{ client_id: 'another' }], [{ audience: 'elsewhere' }], [{ response_type: 'token' }]])('shows an error page for %j', async (changes) => {
    const answer = await ask(authorizeUrl(changes));
    expect(answer.status).toBe(400);
    expect(answer.headers.has('location')).toBe(false);
  });
});
