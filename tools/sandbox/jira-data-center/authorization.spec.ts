import { createHash } from 'node:crypto';
import { ManualClock } from '../clock.ts';
import { startSandbox, type Sandbox } from '../sandbox.ts';
import { CREDENTIALS, DATA_CENTER_KEYS } from '../seed.ts';
import { ask } from '../test-http.ts';

const redirectUri = 'https://app.example.com/integration/jira-dc/callback';
const verifier = 'a-verifier-that-is-long-enough-for-everybody-0123456789';
const client = { client_id: CREDENTIALS.oauthClientId, client_secret: CREDENTIALS.oauthClientSecret };

describe("the OAuth 2.0 provider of the sandbox's Jira Data Center", () => {
  let sandbox: Sandbox;
  let clock: ManualClock;

  beforeEach(async () => {
    clock = new ManualClock();
    sandbox = await startSandbox({ clock, jiraDataCenter: { contextPath: '/jira' } });
  });

  afterEach(() => sandbox.close());

  const tokenUrl = () => `${sandbox.urls.jiraDataCenter}/rest/oauth2/latest/token`;
  const authorizeUrl = (fields: Record<string, string> = {}) => {
    const query = { client_id: client.client_id, redirect_uri: redirectUri, response_type: 'code', state: 's', scope: 'WRITE', ...fields };
    return `${sandbox.urls.jiraDataCenter}/rest/oauth2/latest/authorize?${new URLSearchParams(query).toString()}`;
  };
  const codeOf = (who: string, fields: Record<string, string> = {}) => new URL(sandbox.dataCenterActions.approve(authorizeUrl(fields), who)).searchParams.get('code') ?? '';
  const exchange = (fields: Record<string, string>) => ask(tokenUrl(), { form: { grant_type: 'authorization_code', ...client, redirect_uri: redirectUri, ...fields } });
  const refresh = (fields: Record<string, string>) => ask(tokenUrl(), { form: { grant_type: 'refresh_token', ...client, redirect_uri: redirectUri, ...fields } });
  const challenge = { code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' };

  it('gives tokens for a code, and the refresh token unasked', async () => {
    const { status, body } = await exchange({ code: codeOf('ben') });
    expect(status).toBe(200);
    expect(body).toEqual({ access_token: expect.any(String), refresh_token: expect.any(String), token_type: 'bearer', expires_in: 3600, scope: 'WRITE' });
    const myself = await ask(`${sandbox.urls.jiraDataCenter}/rest/api/2/myself`, { token: body.access_token });
    expect(myself.body).toMatchObject({ key: DATA_CENTER_KEYS.ben, name: 'ben', displayName: 'Ben Builder', emailAddress: 'ben@example.com' });
  });

  it('demands the verifier when the request had a challenge', async () => {
    expect((await exchange({ code: codeOf('ben', challenge) })).body.error).toBe('invalid_grant');
    expect((await exchange({ code: codeOf('ben', challenge), code_verifier: 'another' })).body.error).toBe('invalid_grant');
    expect((await exchange({ code: codeOf('ben', challenge), code_verifier: verifier })).status).toBe(200);
  });

  it('falls over when the token request is JSON', async () => {
    const json = { grant_type: 'authorization_code', ...client, code: codeOf('ben'), redirect_uri: redirectUri };
    const answer = await ask(tokenUrl(), { json });
    expect(answer.status).toBe(500);
    expect(answer.body.message).toBe('Internal server error');
  });

  it('lets a code live for ten seconds', async () => {
    const [early, late] = [codeOf('ben'), codeOf('ben')];
    clock.advance(9_999);
    expect((await exchange({ code: early })).status).toBe(200);
    clock.advance(1);
    expect((await exchange({ code: late })).body.error).toBe('invalid_grant');
  });

  it('takes a code once', async () => {
    const code = codeOf('ben');
    await exchange({ code });
    expect((await exchange({ code })).body.error).toBe('invalid_grant');
  });

  it('refuses a wrong client secret', async () => {
    expect((await exchange({ code: codeOf('ben'), client_secret: 'wrong' })).body.error).toBe('invalid_client');
  });

  it('needs the redirect_uri for a refresh, and the attempt without it costs nothing', async () => {
    const { body } = await exchange({ code: codeOf('ben') });
    const without = await ask(tokenUrl(), { form: { grant_type: 'refresh_token', ...client, refresh_token: body.refresh_token } });
    expect(without.status).toBe(400);
    expect(without.body.error).toBe('invalid_grant');
    expect((await refresh({ refresh_token: body.refresh_token })).status).toBe(200);
  });

  it('takes a refresh token once', async () => {
    const { body } = await exchange({ code: codeOf('ben') });
    const next = await refresh({ refresh_token: body.refresh_token });
    expect(next.body.refresh_token).not.toBe(body.refresh_token);
    expect((await refresh({ refresh_token: body.refresh_token })).body.error).toBe('invalid_grant');
    expect((await refresh({ refresh_token: next.body.refresh_token })).status).toBe(200);
  });

  it('lets a refresh token live for ninety days', async () => {
    const [early, late] = [await exchange({ code: codeOf('ben') }), await exchange({ code: codeOf('ben') })];
    clock.advance(90 * 86_400_000 - 1);
    expect((await refresh({ refresh_token: early.body.refresh_token })).status).toBe(200);
    clock.advance(1);
    expect((await refresh({ refresh_token: late.body.refresh_token })).body.error).toBe('invalid_grant');
  });

  it.each([['read:jira-work'], ['WRITE ADMIN'], ['write'], ['ADMIN']])('sends the browser back with invalid_scope for %s', async (scope) => {
    const answer = await ask(authorizeUrl({ scope }));
    expect(answer.status).toBe(302);
    const back = new URL(answer.headers.get('location') ?? '');
    expect(back.origin + back.pathname).toBe(redirectUri);
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: 'invalid_scope', state: 's' });
    expect(new URL(sandbox.dataCenterActions.approve(authorizeUrl({ scope }), 'ben')).searchParams.get('code')).toBeNull();
  });

  it('gives a wider scope when the link allows it', async () => {
    sandbox.jiraDataCenter.behaviour.linkScope = 'ADMIN';
    expect((await exchange({ code: codeOf('ben', { scope: 'ADMIN' }) })).body.scope).toBe('ADMIN');
  });

  it('shows a page and sends nobody anywhere when the callback is not the registered one', async () => {
    sandbox.jiraDataCenter.behaviour.redirectUri = redirectUri;
    expect((await ask(authorizeUrl())).status).toBe(200);
    const answer = await ask(authorizeUrl({ redirect_uri: `${redirectUri}/` }));
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('callback URL');
  });

  it('says access_denied when the person presses Deny', () => {
    expect(new URL(sandbox.dataCenterActions.deny(authorizeUrl())).searchParams.get('error')).toBe('access_denied');
  });

  it('limits a token to its scope and to the rights of its person', async () => {
    const read = await exchange({ code: codeOf('ben', { scope: 'READ' }) });
    const comments = `${sandbox.urls.jiraDataCenter}/rest/api/2/issue/SHOP-12/comment`;
    expect((await ask(comments, { token: read.body.access_token })).status).toBe(200);
    expect((await ask(comments, { token: read.body.access_token, json: { body: 'x' } })).status).toBe(403);
    // Ada administers Jira, her WRITE token does not.
    const write = await exchange({ code: codeOf('ada') });
    expect((await ask(`${sandbox.urls.jiraDataCenter}/rest/jira-webhook/1.0/webhooks`, { token: write.body.access_token })).status).toBe(403);
  });

  it('treats an ended access token like any bad one', async () => {
    const { body } = await exchange({ code: codeOf('ben') });
    clock.advance(3_600_000);
    sandbox.jiraDataCenter.behaviour.badTokenAnswer = 'redirect';
    expect((await ask(`${sandbox.urls.jiraDataCenter}/rest/api/2/myself`, { token: body.access_token })).status).toBe(302);
  });
});
