import { DataSource } from 'typeorm';
import { authorityCertificate, certificateChain, serverCertificate } from '../../../../tools/sandbox/jira-data-center/certificates.ts';
import { AppConfig } from '../config/config.js';
import { DataCenterSettings } from '../jira-data-center/jira-data-center.settings.js';
import { uuidv7 } from '../database/uuid.js';
import { SecretBox } from '../security/secret-box.js';
import { ADMIN_TOKEN, type AdminBench, CERTIFICATES, SETTINGS, startAdminBench } from '../testing/admin-bench.js';
import { type Answer, PUBLIC_URL } from '../testing/auth-bench.js';

const AUDIT = '/api/v1/admin/audit';
const complete = {
  enabled: true, linkMethod: 'oauth', baseUrl: 'https://jira.example.com/', serviceAccountEmail: 'openhands-bot@example.com', serviceAccountPat: 'the-pat-of-the-bot', oauthClientId: 'client-1', oauthClientSecret: 'the-client-secret',
};

/** Path of the wrong field and what is said about it. */
const mistakesIn = (answer: Answer): Record<string, string> => Object.fromEntries((answer.body['errors'] as { path: string; message: string }[]).map((one) => [one.path, one.message]));

describe('The administration', () => {
  let bench: AdminBench;
  let put: (body: object) => Promise<Answer>;

  beforeAll(async () => {
    bench = await startAdminBench({ OUTBOUND_ALLOWED_HOSTS: 'jira.lan,10.1.0.0/16' });
    put = (body) => bench.root.send('PUT', SETTINGS, body);
  });
  afterAll(() => bench.close());
  beforeEach(async () => {
    for (const table of ['installation_settings', 'trusted_certificates', 'audit_log', 'links', 'connections']) await bench.db.query(`DELETE FROM ${table}`);
    bench.app.get(DataCenterSettings).forget();
    bench.time.advance(5000);
  });

  describe('is closed', () => {
    const routes = [['GET', SETTINGS], ['PUT', SETTINGS], ['POST', `${SETTINGS}/test`], ['GET', CERTIFICATES], ['PUT', CERTIFICATES], ['POST', CERTIFICATES], ['GET', AUDIT], ['GET', '/api/v1/admin/links'], ['GET', '/api/v1/admin/connections'], ['GET', '/api/v1/admin/users'], ['POST', `/api/v1/admin/connections/${uuidv7()}/owner`]] as const;
    it.each(routes)('to those who are not signed in: %s %s', async (method, url) => {
      expect((await bench.browser().send(method, url, method === 'GET' ? undefined : {})).status).toBe(401);
    });
    it.each(routes)('to people who are no administrators: %s %s', async (method, url) => {
      expect((await bench.member.send(method, url, method === 'GET' ? undefined : {})).status).toBe(403);
    });
    it('but not to the administrator token', async () => {
      expect((await bench.browser().get(SETTINGS, { authorization: `Bearer ${ADMIN_TOKEN}` })).status).toBe(200);
    });
  });

  describe('of Jira Data Center', () => {
    it('begins switched off, with OAuth, and says what is missing', async () => {
      const { body } = await bench.root.get(SETTINGS);
      expect(body).toEqual({
        enabled: false, linkMethod: 'oauth', baseUrl: null, serviceAccountEmail: null, serviceAccountPatSet: false, serviceAccountPatName: null, serviceAccountPatExpiresAt: null, oauthClientId: null,
        oauthClientSecretSet: false,
        callbackUrl: `${PUBLIC_URL}/integration/jira-dc/callback`, linkedPeople: 0,
        missing: ['baseUrl', 'serviceAccountEmail', 'serviceAccountPat', 'oauthClientId', 'oauthClientSecret'],
        managedBy: { enabled: 'app', linkMethod: 'app', baseUrl: 'app', serviceAccountEmail: 'app', serviceAccountPat: 'app', serviceAccountPatName: 'app', oauthClientId: 'app', oauthClientSecret: 'app' },
      });
    });

    it('keeps what is entered and never tells a secret', async () => {
      const answer = await put(complete);
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ enabled: true, baseUrl: 'https://jira.example.com', serviceAccountPatSet: true, oauthClientId: 'client-1', oauthClientSecretSet: true, missing: [] });
      expect((await bench.root.get(SETTINGS)).body).toEqual(answer.body);
      expect(JSON.stringify(answer.body)).not.toMatch(/the-pat|the-client-secret/);
    });

    it('stores secrets sealed, each bound to its place', async () => {
      await put(complete);
      const rows = await bench.db.query<{ key: string; value: string | null; value_sealed: string | null }[]>('SELECT * FROM installation_settings ORDER BY key');
      expect(JSON.stringify(rows)).not.toMatch(/the-pat|the-client-secret/);
      const sealed = rows.filter((row) => row.value_sealed !== null);
      expect(sealed.map((row) => row.key)).toEqual(['jira_data_center.oauth_client_secret', 'jira_data_center.service_account_pat']);
      expect(bench.app.get(SecretBox).open(sealed[1]!.value_sealed!, `installation_settings:${sealed[1]!.key}:value`)).toBe('the-pat-of-the-bot');
    });

    it('keeps a secret whose field is empty, and what is absent', async () => {
      await put(complete);
      await put({ serviceAccountPat: '', oauthClientSecret: ' ', linkMethod: 'email' });
      expect(await bench.app.get(DataCenterSettings).current()).toMatchObject({ linkMethod: 'email', serviceAccountPat: 'the-pat-of-the-bot', oauthClientSecret: 'the-client-secret', oauthClientId: 'client-1' });
    });

    it('tells the records of this Jira that their credentials are new, so that what failed with the former ones is tried again', async () => {
      await put(complete);
      const id = uuidv7();
      await bench.db.query(`INSERT INTO connections (id, product, site, site_url, status, service_account_token_expires_at, service_account_ids) VALUES ($1, 'jira-data-center', 'saved.example.com', 'https://saved.example.com', 'active', now(), '{ada}')`, [id]);
      const saved = async (): Promise<unknown> => (await bench.db.query('SELECT service_account_saved_at AS at, service_account_token_expires_at AS "end", service_account_ids AS ids FROM connections WHERE id = $1', [id]))[0];
      await put({ linkMethod: 'email' });
      expect(await saved()).toEqual({ at: null, end: expect.any(Date), ids: ['ada'] });
      await put({ serviceAccountEmail: 'bot@example.com' });
      expect(await saved()).toEqual({ at: expect.any(Date), end: null, ids: ['ada'] });
      await put({ serviceAccountPat: 'another-pat' });
      expect(await saved()).toEqual({ at: expect.any(Date), end: null, ids: [] });
    });

    it('removes a secret with null, once it is no longer needed', async () => {
      await put(complete);
      expect((await put({ oauthClientSecret: null })).status).toBe(400);
      expect((await put({ oauthClientSecret: null, linkMethod: 'email' })).body).toMatchObject({ oauthClientSecretSet: false, missing: [] });
    });

    it('is the same in all processes within half a second', async () => {
      const other = new DataCenterSettings(bench.app.get(DataSource), bench.app.get(SecretBox), bench.app.get(AppConfig), bench.time);
      expect(await other.current()).toMatchObject({ enabled: false });
      await put(complete);
      expect(await bench.app.get(DataCenterSettings).current()).toMatchObject({ enabled: true });
      bench.time.advance(600);
      expect(await other.current()).toMatchObject({ enabled: true, serviceAccountPat: 'the-pat-of-the-bot' });
    });

    it('names every required value that is missing, and stays off', async () => {
      const answer = await put({ enabled: true });
      expect(answer.status).toBe(400);
      expect(Object.keys(mistakesIn(answer))).toEqual(['baseUrl', 'serviceAccountEmail', 'serviceAccountPat', 'oauthClientId', 'oauthClientSecret']);
      expect((await bench.root.get(SETTINGS)).body).toMatchObject({ enabled: false });
      expect(Object.keys(mistakesIn(await put({ enabled: true, linkMethod: 'email' })))).toEqual(['baseUrl', 'serviceAccountEmail', 'serviceAccountPat']);
    });

    it('takes settings in any order while it is off', async () => {
      expect((await put({ serviceAccountEmail: 'bot@example.com' })).body).toMatchObject({ serviceAccountEmail: 'bot@example.com', enabled: false });
      expect((await put({ serviceAccountEmail: '' })).body).toMatchObject({ serviceAccountEmail: null });
    });

    it.each([
      ['https://jira.example.com:8443/jira/', 'https://jira.example.com:8443/jira'], ['HTTPS://Jira.Example.com/Jira//', 'https://jira.example.com/Jira'],
      ['http://jira.lan:8080/', 'http://jira.lan:8080'], ['http://10.1.2.3:8080', 'http://10.1.2.3:8080'], ['https://10.9.2.3', 'https://10.9.2.3'],
    ])('keeps port and context path of a base URL: %s', async (entered, kept) => {
      expect((await put({ baseUrl: entered })).body).toMatchObject({ baseUrl: kept });
    });

    it.each([
      ['jira.example.com', /must include the scheme.*https:\/\/jira\.example\.com and not only jira\.example\.com/], ['ftp://jira.example.com', /must include the scheme/],
      ['http://jira.example.com', /Use https.*OUTBOUND_ALLOWED_HOSTS/], ['http://10.9.2.3', /Use https/], ['https://user:pw@jira.example.com', /user name and password/],
      ['https://jira.example.com/?a=b', /before the "\?"/], ['https://jira.example.com/#x', /before the "\?" or "#"/], ['https://jira.example.com\\@x', /user name/],
      ['https://jira.example.com:99999', /not an address/], ['https://jira example.com', /not an address/], ['https://169.254.169.254', /stands for something else/],
      ['https://[::ffff:127.0.0.1]', /stands for something else/],
    ])('refuses the base URL %s with a sentence', async (baseUrl, sentence) => {
      const answer = await put({ baseUrl });
      expect(answer.status).toBe(400);
      expect(mistakesIn(answer)['baseUrl']).toMatch(sentence);
    });

    it.each([
      ['serviceAccountEmail', 'not an address', /e-mail address, for example/], ['serviceAccountPat', 'two words', /blank inside/], ['oauthClientId', 'x'.repeat(1025), /longer/],
      ['linkMethod', 'trust', /oauth \(recommended\) or email/], ['enabled', 'yes', /true or false/],
    ])('refuses the value %s = %s with a sentence', async (field, value, sentence) => {
      expect(mistakesIn(await put({ [field]: value }))[field]).toMatch(sentence);
    });

    it('says how many people are linked on the present server, and leaves out those of a former one', async () => {
      const user = uuidv7();
      await bench.db.query(`INSERT INTO users (id, name) VALUES ($1, 'Lin')`, [user]);
      for (const site of ['jira.example.com', 'former.example.com']) {
        const connection = uuidv7();
        await bench.db.query(`INSERT INTO connections (id, product, site, site_url, status) VALUES ($1, 'jira-data-center', $2, 'https://' || $2, 'active')`, [connection, site]);
        await bench.db.query(`INSERT INTO links (id, connection_id, user_id, jira_account_id, jira_display_name, method) VALUES ($1, $2, $3, 'lin', 'Lin', 'oauth')`, [uuidv7(), connection, user]);
      }
      expect((await bench.root.get(SETTINGS)).body).toMatchObject({ linkedPeople: 0 });
      expect((await put(complete)).body).toMatchObject({ linkedPeople: 1 });
      expect((await put({ ...complete, baseUrl: 'https://third.example.com' })).body).toMatchObject({ linkedPeople: 0 });
    });

    it('sends stored secrets to no other server than the one that they were entered for', async () => {
      await put(complete);
      const present = (): Promise<object> => bench.app.get(DataCenterSettings).current();
      const elsewhere = { baseUrl: 'https://jira.example.com:8443/jira' };
      expect(Object.keys(mistakesIn(await put(elsewhere)))).toEqual(['serviceAccountPat', 'oauthClientSecret']);
      expect(mistakesIn(await put({ ...elsewhere, serviceAccountPat: 'another-pat' }))).toEqual({ oauthClientSecret: expect.stringMatching(/^Enter the OAuth client secret again\./) });
      expect(await present()).toMatchObject({ baseUrl: 'https://jira.example.com', serviceAccountPat: 'the-pat-of-the-bot' });
      expect(Object.keys(mistakesIn(await put({ baseUrl: 'https://jira.example.com/jira-test' })))).toEqual(['serviceAccountPat', 'oauthClientSecret']);
      expect((await put({ baseUrl: 'https://JIRA.example.com/' })).body).toMatchObject({ baseUrl: 'https://jira.example.com', serviceAccountPatSet: true });
      await put({ enabled: false, baseUrl: null });
      expect(await present()).toMatchObject({ baseUrl: null, serviceAccountPat: null, oauthClientSecret: null });
    });

    it('offers the test of the saved settings', async () => {
      const answer = await bench.root.send('POST', `${SETTINGS}/test`);
      expect([answer.status, answer.body]).toEqual([200, { items: [expect.objectContaining({ check: 'settings', ok: false })] }]);
    });
  });

  describe('of certificates', () => {
    const paste = (pem: string): Promise<Answer> => bench.root.send('PUT', CERTIFICATES, { pem });

    it('shows what was pasted, replaces it and removes it', async () => {
      expect((await bench.root.get(CERTIFICATES)).body).toEqual({ items: [], managedBy: 'app' });
      const answer = await paste(authorityCertificate());
      expect(answer.body).toEqual({ managedBy: 'app', items: [{ subject: expect.stringMatching(/CN=/), issuer: expect.stringMatching(/CN=/), notAfter: expect.stringMatching(/^2120-.*Z$/), fingerprint: expect.stringMatching(/^([0-9A-F]{2}:)+/), isCa: true }] });
      expect((await bench.root.get(CERTIFICATES)).body).toEqual(answer.body);
      expect((await paste(serverCertificate('valid').cert)).body).toMatchObject({ items: [{ isCa: false }] });
      expect((await paste('')).body).toMatchObject({ items: [] });
    });

    it('adds one to those that are trusted, each once, and removes one of them', async () => {
      const [authority, server] = [authorityCertificate(), serverCertificate('valid').cert];
      await paste(authority);
      const both = await bench.root.send('POST', CERTIFICATES, { pem: `${server}\n${authority}` });
      expect(both.body).toMatchObject({ items: [{ isCa: true }, { isCa: false }] });
      const [{ fingerprint }] = both.body['items'] as [{ fingerprint: string }];
      const left = await bench.root.send('DELETE', `${CERTIFICATES}/${encodeURIComponent(fingerprint)}`);
      expect([left.status, left.body]).toMatchObject([200, { items: [{ isCa: false }] }]);
      expect((await bench.root.send('DELETE', `${CERTIFICATES}/${encodeURIComponent(fingerprint)}`)).status).toBe(404);
      expect(mistakesIn(await bench.root.send('POST', CERTIFICATES, { pem: ' ' }))['pem']).toMatch(/at least one certificate/);
      expect(mistakesIn(await bench.root.send('POST', CERTIFICATES, { pem: 'garbage' }))['pem']).toMatch(/no certificate in this text/);
      expect((await bench.root.get(CERTIFICATES)).body).toEqual(left.body);
    });

    it('takes a chain of three as it stands', async () => {
      const answer = await bench.root.send('POST', CERTIFICATES, { pem: certificateChain() });
      expect(answer.body['items']).toHaveLength(3);
      expect(new Set((answer.body['items'] as { isCa: boolean }[]).map(({ isCa }) => isCa))).toEqual(new Set([true, false]));
    });

    it.each(['POST', 'PUT'] as const)('refuses one that has expired, with its name and its day, and takes none of those beside it (%s)', async (method) => {
      await paste(authorityCertificate());
      const answer = await bench.root.send(method, CERTIFICATES, { pem: certificateChain() + serverCertificate('expired').cert });
      expect([answer.status, mistakesIn(answer)['pem']]).toEqual([400, expect.stringMatching(/CN=.* expired on 2021-01-01/)]);
      expect((await bench.root.get(CERTIFICATES)).body['items']).toHaveLength(1);
    });

    it('refuses a private key with a sentence, and keeps what it has', async () => {
      await paste(authorityCertificate());
      const answer = await paste(serverCertificate('valid').cert + serverCertificate('valid').key);
      expect([answer.status, mistakesIn(answer)['pem']]).toEqual([400, expect.stringContaining('private key')]);
      expect((await bench.root.get(CERTIFICATES)).body).toMatchObject({ items: [{ isCa: true }] });
    });
  });

  describe('of people', () => {
    const LINKS = '/api/v1/admin/links';
    const people = async (query = ''): Promise<Record<string, unknown>[]> => (await bench.root.get(`${LINKS}${query}`)).body['items'] as Record<string, unknown>[];

    async function link(name: string, site: string, isOwner = false): Promise<string> {
      const [user, connection, id] = [uuidv7(), uuidv7(), uuidv7()];
      await bench.db.query('INSERT INTO users (id, name) VALUES ($1, $2)', [user, name]);
      await bench.db.query(`INSERT INTO connections (id, product, site, site_url, status, owner_id) VALUES ($1, 'jira-cloud', $2, 'https://' || $2, 'active', $3)`, [connection, site, isOwner ? user : null]);
      await bench.db.query(`INSERT INTO links (id, connection_id, user_id, jira_account_id, jira_display_name, method, refresh_token_sealed) VALUES ($1, $2, $3, $4, $5, 'oauth', 'sealed-token')`, [id, connection, user, `account-of-${name}`, `${name} in Jira`]);
      return id;
    }

    it('shows who is linked to which Jira account, newest first, and finds them by a part of a name', async () => {
      await link('Lin', 'one.atlassian.net', true);
      await link('Mo_', 'two.atlassian.net');
      expect(await people()).toEqual([
        expect.objectContaining({ person: { id: expect.any(String), name: 'Mo_' }, site: 'two.atlassian.net', ownsConnection: false }),
        expect.objectContaining({ person: { id: expect.any(String), name: 'Lin' }, jiraDisplayName: 'Lin in Jira', jiraAccountId: 'account-of-Lin', method: 'oauth', state: 'active', ownsConnection: true }),
      ]);
      expect((await people('?search=LIN%20in')).map(({ site }) => site)).toEqual(['one.atlassian.net']);
      expect(await people('?search=o_')).toHaveLength(1);
      const { body } = await bench.root.get(`${LINKS}?limit=1`);
      expect((await people(`?cursor=${String(body['nextCursor'])}`)).map(({ site }) => site)).toEqual(['one.atlassian.net']);
      expect(JSON.stringify(body)).not.toContain('sealed-token');
    });

    it('ends a link, notes whose it was, and leaves the connection as it is', async () => {
      const id = await link('Lin', 'one.atlassian.net', true);
      expect((await bench.root.send('DELETE', `${LINKS}/${id}`)).status).toBe(204);
      expect(await people()).toEqual([]);
      expect(await bench.db.query('SELECT status FROM connections')).toEqual([{ status: 'active' }]);
      expect((await bench.root.get(AUDIT)).body).toMatchObject({ items: [{ who: 'Rita Root', what: 'link_ended', changes: [{ name: 'one.atlassian.net', from: 'Lin: Lin in Jira (account-of-Lin)', to: null }] }] });
      expect((await bench.root.send('DELETE', `${LINKS}/${id}`)).status).toBe(404);
    });

    it('is closed to others', async () => {
      const id = await link('Lin', 'one.atlassian.net');
      expect([(await bench.member.get(LINKS)).status, (await bench.member.send('DELETE', `${LINKS}/${id}`)).status]).toEqual([403, 403]);
    });
  });

  describe('of owners', () => {
    const CONNECTIONS = '/api/v1/admin/connections';
    const items = async (url: string): Promise<Record<string, unknown>[]> => (await bench.root.get(url)).body['items'] as Record<string, unknown>[];
    const give = (connection: string, userId: string): Promise<Answer> => bench.root.send('POST', `${CONNECTIONS}/${connection}/owner`, { userId });
    const rootId = async (): Promise<string> => String((await bench.root.get('/api/v1/me')).body['id']);

    async function user(name: string): Promise<string> {
      const id = uuidv7();
      await bench.db.query(`INSERT INTO users (id, name, email) VALUES ($1, $2, lower($2) || '@example.com')`, [id, name]);
      return id;
    }

    async function connection(site: string, values: { ownerId?: string; status?: string; account?: string; product?: string } = {}): Promise<string> {
      const id = uuidv7();
      const { ownerId = null, status = 'active', account = null, product = 'jira-cloud' } = values;
      await bench.db.query(`INSERT INTO connections (id, product, site, site_url, status, owner_id, service_account_email) VALUES ($1, $2, $3, 'https://' || $3, $4, $5, $6)`, [id, product, site, status, ownerId, account]);
      return id;
    }

    async function link(connectionId: string, userId: string): Promise<void> {
      await bench.db.query(`INSERT INTO links (id, connection_id, user_id, jira_account_id, jira_display_name, method) VALUES ($1, $2, $3, $4, 'Somebody', 'oauth')`, [uuidv7(), connectionId, userId, `account-of-${userId}`]);
    }

    it('lists connections with their owners, newest first, without attempts that nobody proved', async () => {
      const lin = await user('Lin');
      const owned = await connection('one.atlassian.net', { ownerId: lin, status: 'paused', account: 'bot@example.com' });
      await link(owned, lin);
      await connection('jira.example.com', { product: 'jira-data-center', status: 'pending' });
      await connection('typed.atlassian.net', { ownerId: lin, status: 'pending', account: 'bot@example.com' });
      expect(await items(CONNECTIONS)).toEqual([
        { id: expect.any(String), product: 'jira-data-center', site: 'jira.example.com', status: 'pending', owner: null, linkedPeople: 0 },
        { id: owned, product: 'jira-cloud', site: 'one.atlassian.net', status: 'paused', owner: { id: lin, name: 'Lin' }, linkedPeople: 1 },
      ]);
      const { body } = await bench.root.get(`${CONNECTIONS}?limit=1`);
      expect((await items(`${CONNECTIONS}?cursor=${String(body['nextCursor'])}`)).map(({ id }) => id)).toEqual([owned]);
    });

    it('finds people by a part of name or address, and those who are linked on a connection', async () => {
      const [lin, mo] = [await user('Lin Lookup'), await user('Mo Lookup')];
      const id = await connection('one.atlassian.net');
      await link(id, mo);
      expect(await items('/api/v1/admin/users?search=in%20LOOK')).toEqual([{ id: lin, name: 'Lin Lookup', email: 'lin lookup@example.com', lastSignedInAt: null }]);
      expect((await items(`/api/v1/admin/users?linkedOn=${id}`)).map((one) => one['id'])).toEqual([mo]);
      expect((await items('/api/v1/admin/users?search=root')).map((one) => one['name'])).toEqual(['Rita Root']);
    });

    it('takes a connection over and hands it over, and notes who did it, from whom and to whom', async () => {
      const [lin, mo] = [await user('Lin'), await user('Mo')];
      const id = await connection('one.atlassian.net', { ownerId: lin, status: 'inactive' });
      await link(id, lin);
      const taken = await give(id, await rootId());
      expect([taken.status, taken.body]).toMatchObject([200, { id, status: 'inactive', owner: { name: 'Rita Root' }, linkedPeople: 1 }]);
      expect((await give(id, mo)).body).toMatchObject({ owner: { id: mo, name: 'Mo' } });
      const unchanged = { name: 'one.atlassian.net', from: 'inactive', to: 'inactive' };
      expect((await bench.root.get(AUDIT)).body).toMatchObject({ items: [
        { who: 'Rita Root', what: 'connection_handed_over', changes: [unchanged, { name: 'owner', from: 'Rita Root', to: 'Mo' }] },
        { who: 'Rita Root', what: 'connection_handed_over', changes: [unchanged, { name: 'owner', from: 'Lin', to: 'Rita Root' }] },
      ] });
    });

    it('gives one to somebody that has lost its owner, also with the administrator token', async () => {
      const [id, mo] = [await connection('jira.example.com', { product: 'jira-data-center', status: 'pending' }), await user('Mo')];
      const answer = await bench.browser().send('POST', `${CONNECTIONS}/${id}/owner`, { userId: mo }, { authorization: `Bearer ${ADMIN_TOKEN}` });
      expect([answer.status, answer.body]).toMatchObject([200, { owner: { id: mo } }]);
      expect((await bench.root.get(AUDIT)).body).toMatchObject({ items: [{ who: 'administrator token', userId: null, changes: [{}, { from: null, to: 'Mo' }] }] });
    });

    it('refuses what cannot be, and notes nothing', async () => {
      const lin = await user('Lin');
      const id = await connection('one.atlassian.net', { ownerId: lin });
      const unproven = await connection('typed.atlassian.net', { ownerId: lin, status: 'pending', account: 'bot@example.com' });
      const codes = async (answer: Promise<Answer>): Promise<unknown[]> => [(await answer).status, (await answer).body['code']];
      expect(await codes(give(uuidv7(), lin))).toEqual([404, 'not_found']);
      expect(await codes(give(unproven, await rootId()))).toEqual([404, 'not_found']);
      expect(await codes(give(id, lin))).toEqual([409, 'conflict']);
      expect(mistakesIn(await give(id, uuidv7()))['userId']).toMatch(/signed in here/);
      expect(mistakesIn(await give(id, 'me'))['userId']).toMatch(/id of a person/);
      expect((await bench.root.get(AUDIT)).body['items']).toEqual([]);
    });

    it('removes the unfinished attempt of the new owner at the same site, and no other', async () => {
      const [lin, mo] = [await user('Lin'), await user('Mo')];
      const id = await connection('one.atlassian.net', { ownerId: lin });
      for (const [ownerId, site] of [[mo, 'one.atlassian.net'], [mo, 'two.atlassian.net'], [lin, 'one.atlassian.net']] as const) await connection(site, { ownerId, status: 'pending', account: 'bot@example.com' });
      await give(id, mo);
      expect(await bench.db.query(`SELECT owner_id, site FROM connections WHERE status = 'pending' ORDER BY site`)).toEqual([{ owner_id: lin, site: 'one.atlassian.net' }, { owner_id: mo, site: 'two.atlassian.net' }]);
    });
  });

  describe('keeps a log', () => {
    const entries = async (query = ''): Promise<Record<string, unknown>[]> => (await bench.root.get(`${AUDIT}${query}`)).body['items'] as Record<string, unknown>[];

    it('of who changed what and when, without secrets', async () => {
      await put(complete);
      await bench.browser().send('PUT', SETTINGS, { ...complete, baseUrl: 'https://new.example.com', serviceAccountPat: 'another-pat' }, { authorization: `Bearer ${ADMIN_TOKEN}` });
      await bench.root.send('PUT', CERTIFICATES, { pem: authorityCertificate() });
      const [third, second, first] = await entries();
      expect(first).toMatchObject({ who: 'Rita Root', userId: expect.any(String), what: 'jira_data_center_changed', at: expect.stringMatching(/Z$/) });
      expect(first!['changes']).toContainEqual({ name: 'serviceAccountPat', from: null, to: 'set' });
      expect(second).toMatchObject({ who: 'administrator token', userId: null });
      expect(second!['changes']).toEqual([{ name: 'baseUrl', from: 'https://jira.example.com', to: 'https://new.example.com' }, { name: 'serviceAccountPat', from: 'set', to: 'set' }]);
      expect(third).toMatchObject({ what: 'certificates_changed', changes: [{ name: 'certificate', from: null, to: expect.stringContaining('CN=') }] });
      expect(JSON.stringify(await bench.db.query('SELECT * FROM audit_log'))).not.toMatch(/the-pat|another-pat|the-client-secret/);
    });

    it('and nothing when nothing changed or a change was refused', async () => {
      await put(complete);
      await put(complete);
      await put({ baseUrl: 'jira.example.com' });
      await bench.root.send('PUT', CERTIFICATES, { pem: '' });
      expect(await entries()).toHaveLength(1);
    });

    it('as a list that goes on', async () => {
      for (const email of ['a@example.com', 'b@example.com', 'c@example.com']) await put({ serviceAccountEmail: email });
      const { body } = await bench.root.get(`${AUDIT}?limit=2`);
      expect(body).toMatchObject({ items: [{}, {}], nextCursor: expect.any(String) });
      expect(await entries(`?cursor=${String(body['nextCursor'])}`)).toMatchObject([{ changes: [{ to: 'a@example.com' }] }]);
      expect((await bench.root.get(`${AUDIT}?cursor=x`)).status).toBe(400);
    });
  });
});
