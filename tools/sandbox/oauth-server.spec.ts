import { createHash } from 'node:crypto';
import { ManualClock } from './clock.ts';
import { basicCredentials, bearerToken, OAuthServer, type OAuthOptions, type TokenAnswer } from './oauth-server.ts';

function server(options: Partial<OAuthOptions> = {}) {
  const clock = new ManualClock();
  const oauth = new OAuthServer({ clock, clientId: 'id', clientSecret: 'secret', accessTokenSeconds: 60, codeSeconds: 10, refresh: 'rotating', ...options });
  return { clock, oauth };
}

const redirectUri = 'https://us.example/callback';

function code(oauth: OAuthServer, codeChallenge: string | null = null): string {
  return oauth.issueCode({ subject: 'ben', scope: 'read', redirectUri, codeChallenge });
}

function tokens(answer: TokenAnswer) {
  if (!answer.ok) throw new Error(answer.description);
  return answer.tokens;
}

describe('the authorization server of the sandbox', () => {
  it('redeems a code once', () => {
    const { oauth } = server();
    const request = { code: code(oauth), redirectUri, codeVerifier: null };
    expect(oauth.redeem(request).ok).toBe(true);
    expect(oauth.redeem(request)).toMatchObject({ ok: false, error: 'invalid_grant' });
  });

  it('refuses a code that is too old, and one with another redirect address', () => {
    const { oauth, clock } = server();
    const old = code(oauth);
    clock.advance(10_000);
    expect(oauth.redeem({ code: old, redirectUri, codeVerifier: null }).ok).toBe(false);
    expect(oauth.redeem({ code: code(oauth), redirectUri: 'https://evil.example/', codeVerifier: null }).ok).toBe(false);
  });

  it('asks for the verifier that fits the challenge', () => {
    const { oauth } = server();
    const challenge = createHash('sha256').update('the verifier').digest('base64url');
    expect(oauth.redeem({ code: code(oauth, challenge), redirectUri, codeVerifier: null }).ok).toBe(false);
    expect(oauth.redeem({ code: code(oauth, challenge), redirectUri, codeVerifier: 'another' }).ok).toBe(false);
    expect(oauth.redeem({ code: code(oauth, challenge), redirectUri, codeVerifier: 'the verifier' }).ok).toBe(true);
  });

  it('rotates refresh tokens: the second use of one fails', () => {
    const { oauth } = server();
    const first = oauth.grant({ subject: 'ben', scope: 'read' });
    const second = tokens(oauth.refresh(first.refreshToken));
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(oauth.refresh(first.refreshToken)).toMatchObject({ ok: false, error: 'invalid_grant' });
    expect(oauth.refresh(second.refreshToken).ok).toBe(true);
  });

  it('accepts a rotated token again within the leeway, not after it', () => {
    const { oauth, clock } = server({ reuseSeconds: 600 });
    const first = oauth.grant({ subject: 'ben', scope: 'read' });
    oauth.refresh(first.refreshToken);
    clock.advance(599_000);
    expect(oauth.refresh(first.refreshToken).ok).toBe(true);
    clock.advance(1_000);
    expect(oauth.refresh(first.refreshToken).ok).toBe(false);
  });

  it('keeps one refresh token for ever where the service does so', () => {
    const { oauth } = server({ refresh: 'kept' });
    const first = oauth.grant({ subject: 'ben', scope: 'read' });
    expect(tokens(oauth.refresh(first.refreshToken)).refreshToken).toBe(first.refreshToken);
  });

  it('ends the old access token with a refresh where the service does so', () => {
    const { oauth } = server({ refreshEndsAccessToken: true });
    const first = oauth.grant({ subject: 'ben', scope: 'read' });
    oauth.refresh(first.refreshToken);
    expect(oauth.whoHas(first.accessToken)).toBeNull();
  });

  it('forgets access tokens when their time is over', () => {
    const { oauth, clock } = server();
    const { accessToken } = oauth.grant({ subject: 'ben', scope: 'read' });
    expect(oauth.whoHas(accessToken)).toEqual({ subject: 'ben', scope: 'read' });
    clock.advance(60_000);
    expect(oauth.whoHas(accessToken)).toBeNull();
  });

  it('reads authorization headers', () => {
    expect(bearerToken('Bearer abc')).toBe('abc');
    expect(bearerToken('Basic abc')).toBeNull();
    expect(basicCredentials(`Basic ${Buffer.from('a@b.c:pass:word').toString('base64')}`)).toEqual({ name: 'a@b.c', password: 'pass:word' });
  });
});
