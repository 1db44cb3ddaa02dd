import { Me } from '@openhands-jira/contracts';
import { AppConfig } from '../../api/src/config/config.js';
import { createServer } from '../../api/src/server.js';
import { Browser } from '../../../tools/sandbox/browser.ts';
import { CREDENTIALS, type SignInProvider, Stage } from './stage.js';

const CLIENT = (name: string): Record<string, string> => ({ [`${name}_CLIENT_ID`]: CREDENTIALS.oauthClientId, [`${name}_CLIENT_SECRET`]: CREDENTIALS.oauthClientSecret });
const PROVIDERS: SignInProvider[] = ['github', 'gitlab', 'bitbucket', 'bitbucket-data-center'];

describe('Signing in', () => {
  let stage: Stage;

  beforeAll(async () => void (stage = await Stage.open({ ...CLIENT('BITBUCKET'), ...CLIENT('BITBUCKET_DC') })));
  afterAll(() => stage.close());

  const statusOfMe = async (browser: Browser): Promise<number> => (await browser.get('/api/v1/me')).status;

  it('offers every configured git provider', async () => {
    const offered = (await new Browser(stage.url).get('/auth/providers')).json as { id: string }[];
    expect(offered.map((one) => one.id)).toEqual(PROVIDERS);
  });

  it.each(PROVIDERS)('with %s leads to the wanted page and makes an account here', async (provider) => {
    const browser = new Browser(stage.url);
    const end = await stage.signInWith(browser, 'ben', provider);
    expect(new URL(end.url).pathname).toBe('/settings/integrations');
    const me = Me.parse((await browser.get('/api/v1/me')).json);
    expect(me).toMatchObject({ name: 'Ben Builder', isAdmin: false, identities: [{ provider, login: 'ben' }] });
  });

  it('with a second provider adds it to the account of the person who is signed in', async () => {
    const browser = await stage.signIn('eve', 'github');
    await stage.signInWith(browser, 'eve', 'gitlab');
    const me = Me.parse((await browser.get('/api/v1/me')).json);
    expect(me.identities.map((one) => one.provider).sort()).toEqual(['github', 'gitlab']);
    expect((await (await stage.signIn('eve', 'gitlab')).get('/api/v1/me')).json.id).toBe(me.id);
  });

  it('makes an administrator of nobody but a verified address of the list', async () => {
    const isAdmin = async (login: string): Promise<boolean> => (await (await stage.signIn(login)).get('/api/v1/me')).json.isAdmin;
    expect([await isAdmin('ada'), await isAdmin('ben')]).toEqual([true, false]);
    // Bitbucket Data Center does not tell whether an address is verified.
    expect((await (await stage.signIn('ada', 'bitbucket-data-center')).get('/api/v1/me')).json).toMatchObject({ isAdmin: false });
  });

  it('ends on the sign-in page when the person says no', async () => {
    const browser = new Browser(stage.url);
    stage.sandbox.github.consent.autoDeny();
    const end = await browser.open('/auth/github');
    stage.sandbox.github.consent.autoConsent(null);
    expect(new URL(end.url).pathname + new URL(end.url).search).toBe('/sign-in?error=denied');
    expect(await statusOfMe(browser)).toBe(401);
  });

  it('does not count in a browser that did not begin it', async () => {
    const [one, other] = [new Browser(stage.url), new Browser(stage.url)];
    const started = await one.get('/auth/github');
    const back = stage.sandbox.github.consent.approve(started.headers.get('location')!, 'ben');
    expect((await other.get(back)).headers.get('location')).toBe('/sign-in?error=expired');
    expect(await statusOfMe(other)).toBe(401);
  });

  it('may end at another process than the one that it began at, and counts there and here, but once', async () => {
    const other = await createServer(new AppConfig({ ...stage.inside(AppConfig).env, PROCESS_ROLE: 'api' }), stage.database.url);
    try {
      await other.init();
      const browser = new Browser(stage.url);
      const started = await browser.get('/auth/github');
      const back = new URL(stage.sandbox.github.consent.approve(started.headers.get('location')!, 'ben'));
      const end = await other.inject({ url: back.pathname + back.search, headers: { cookie: `oauth_browser=${browser.cookie('oauth_browser')!}` } });
      browser.setCookie('session', end.cookies.find(({ name }) => name === 'session')!.value);
      expect((await browser.get('/api/v1/me')).json.name).toBe('Ben Builder');
      expect((await browser.get(back.href)).headers.get('location')).toBe('/sign-in?error=expired');
    } finally {
      await other.close();
    }
  });

  it('leads to no other site', async () => {
    const browser = new Browser(stage.url);
    const started = await browser.get(`/auth/github?returnTo=${encodeURIComponent('//evil.example.org/')}`);
    const back = await browser.get(stage.sandbox.github.consent.approve(started.headers.get('location')!, 'ben'));
    expect(new URL(back.headers.get('location')!, stage.url).origin).toBe(stage.url);
  });

  it('ends with the sign-out, for a copy of the cookie too', async () => {
    const browser = await stage.signIn('ben');
    const thief = new Browser(stage.url);
    thief.setCookie('session', browser.cookie('session')!);
    expect(await statusOfMe(thief)).toBe(200);
    expect((await browser.post('/auth/sign-out')).status).toBe(204);
    expect([await statusOfMe(browser), await statusOfMe(thief)]).toEqual([401, 401]);
  });
});
