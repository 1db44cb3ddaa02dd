/** The stories of the public guide "Jira Cloud Integration", over HTTP against the sandbox. */
import type { PersonLink } from '@openhands-jira/contracts';
import { ACCOUNTS } from '../../../../tools/sandbox/seed.ts';
import { Ownership } from '../connections/ownership.service.js';
import { uuidv7 } from '../database/uuid.js';
import { WORKSPACE } from '../testing/cloud-site.js';
import { type JiraBench, type SignedIn, startJiraBench } from '../testing/jira-bench.js';

const WORKSPACES = '/api/v1/jira-cloud/workspaces';

describe('Connecting Jira Cloud', () => {
  let bench: JiraBench;
  let ada: SignedIn;
  let ben: SignedIn;

  beforeAll(async () => void (bench = await startJiraBench()));
  afterAll(() => bench.close());
  beforeEach(async () => {
    for (const table of ['connections', 'users', 'queue.job', 'audit_log']) await bench.db.query(`DELETE FROM ${table}`);
    bench.sandbox.atlassian.standIn.faults.clear();
    ada = await bench.person('Ada', 'ada@example.com');
    ben = await bench.person('Ben', 'ben@example.com');
  });

  const configure = (changes: object = {}): Promise<{ result: string | null; code: string | null }> => ada.prove('POST', WORKSPACES, { ...WORKSPACE, ...changes }, ACCOUNTS.ada);
  const row = async (): Promise<Record<string, unknown>> => (await bench.db.query<Record<string, unknown>[]>(`SELECT * FROM connections ORDER BY id DESC LIMIT 1`))[0]!;
  const links = async (): Promise<string[]> => (await bench.db.query(`SELECT jira_account_id FROM links ORDER BY linked_at`)).map((link: { jira_account_id: string }) => link.jira_account_id);

  describe('as the first of the company', () => {
    it('takes effect with the proof, and links the person who configures', async () => {
      expect(await configure()).toEqual({ result: 'configured', code: 'ok' });
      const integration = await ada.integration();
      expect(integration).toMatchObject({
        product: 'jira-cloud', state: 'active', linkMethod: 'oauth', reasons: [{ code: 'no_delivery_yet' }],
        connection: { site: 'acme.atlassian.net', siteUrl: 'https://acme.atlassian.net', status: 'active', ownedByCaller: true, serviceAccount: { email: WORKSPACE.serviceAccountEmail, managedBy: 'app' } },
        link: { jiraDisplayName: 'Ada Admin', jiraAccountId: ACCOUNTS.ada, method: 'oauth' },
        capabilities: ['configure', 'edit', 'pause', 'unlink', 'view_deliveries', 'replay'],
      });
      const { id, webhook } = integration.connection!;
      expect(webhook).toMatchObject({
        url: `https://openhands.example.com/integration/jira/connections/${id}/events`, sharedUrl: 'https://openhands.example.com/integration/jira/events', mode: 'manual', lastDeliveryAt: null,
      });
    });

    it('changes nothing before the proof, and nothing when the person denies', async () => {
      const { body } = await ada.send('POST', WORKSPACES, WORKSPACE);
      expect(await ada.send('GET', `${WORKSPACES}/acme`)).toMatchObject({ status: 404, body: { code: 'not_found' } });
      expect(await ada.integration()).toMatchObject({ state: 'setup_incomplete', connection: { id: body.connectionId, status: 'pending' }, link: null });
      expect(await ada.comeBack(bench.sandbox.atlassian.consent.deny(body.authorizationUrl))).toEqual({ result: 'denied', code: 'access_denied' });
      expect(await row()).toMatchObject({ status: 'pending' });
      expect(await links()).toEqual([]);
      expect(await ada.send('POST', `/api/v1/connections/${body.connectionId}/delegation`)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('give your consent first') } });
    });

    it('keeps the record and its URLs when the set-up is finished later, without asking for the credentials again', async () => {
      const { body } = await ada.send('POST', WORKSPACES, WORKSPACE);
      expect(await ada.prove('PATCH', `${WORKSPACES}/${body.connectionId}`, {}, ACCOUNTS.ada)).toEqual({ result: 'configured', code: 'ok' });
      expect((await ada.integration()).connection?.id).toBe(body.connectionId);
    });

    it('may be paused from the start', async () => {
      expect(await configure({ active: false })).toMatchObject({ result: 'configured' });
      expect(await ada.integration()).toMatchObject({ state: 'paused', connection: { status: 'inactive' } });
      expect(await row()).toMatchObject({ status: 'paused' });
    });

    it('stores no secret in clear, and shows none', async () => {
      await configure();
      const stored = JSON.stringify(await row());
      const shown = JSON.stringify((await ada.send('GET', '/api/v1/integrations')).body);
      for (const secret of [WORKSPACE.webhookSecret, WORKSPACE.serviceAccountApiToken]) {
        expect(stored).not.toContain(secret);
        expect(shown).not.toContain(secret);
      }
      expect(await bench.db.query(`SELECT access_token_sealed, refresh_token_sealed FROM links`)).toEqual([{ access_token_sealed: null, refresh_token_sealed: null }]);
    });

    it('accepts the name as an address', async () => {
      const { body } = await ada.send('POST', WORKSPACES, { ...WORKSPACE, site: 'https://ACME.atlassian.net/browse/OH-55' });
      expect(body.connectionId).toBeDefined();
      expect(await row()).toMatchObject({ site: 'acme.atlassian.net' });
    });

    it.each([
      ['a wrong token', { serviceAccountApiToken: 'wrong' }, 422, 'jira_rejected_credentials', 'serviceAccountApiToken'],
      ['an unknown site', { site: 'nobody.atlassian.net' }, 502, 'jira_unreachable', 'site'],
      ['a domain of its own', { site: 'jira.acme.com' }, 400, 'validation_failed', 'site'],
      ['a token without an end of life in the future', { serviceAccountTokenExpiresAt: '2020-01-01T00:00:00Z' }, 400, 'validation_failed', 'serviceAccountTokenExpiresAt'],
      ['a webhook secret with a blank inside', { webhookSecret: 'two words' }, 400, 'validation_failed', 'webhookSecret'],
    ])('is refused with %s, on its field', async (_, changes, status, code, path) => {
      const answer = await ada.send('POST', WORKSPACES, { ...WORKSPACE, ...changes });
      expect(answer).toMatchObject({ status, body: { code, errors: [{ path }] } });
      expect(await row()).toBeUndefined();
    });
  });

  describe('a service account that is tried while its form is filled in', () => {
    const CHECKS = '/api/v1/jira-cloud/service-account-checks';
    const { site, serviceAccountEmail, serviceAccountApiToken } = WORKSPACE;
    const account = { site, serviceAccountEmail, serviceAccountApiToken };

    it('is told what was looked at, and nothing is stored', async () => {
      expect(await ada.send('POST', CHECKS, account)).toMatchObject({ status: 200, body: { ok: true, failure: null, items: [{ check: 'site' }, { check: 'token' }, { check: 'scopes' }, { check: 'permissions' }] } });
      expect(await row()).toBeUndefined();
    });

    it('learns which field is wrong, without a word of the token', async () => {
      const { status, body } = await ada.send('POST', CHECKS, { ...account, serviceAccountApiToken: 'a-wrong-token' });
      expect([status, body]).toMatchObject([200, { ok: false, failure: { path: 'serviceAccountApiToken', message: expect.stringContaining('does not accept') } }]);
      expect(JSON.stringify(body)).not.toContain('a-wrong-token');
    });

    it('goes to no host but those of Jira Cloud, and to no workspace of somebody else', async () => {
      expect(await ada.send('POST', CHECKS, { ...account, site: 'jira.acme.com' })).toMatchObject({ status: 400, body: { errors: [{ path: 'site' }] } });
      await configure();
      expect(await ben.send('POST', CHECKS, account)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    });

    it('is not tried without end: a minute later it goes on, and others are not held up', async () => {
      const tried = async (person: SignedIn): Promise<number> => (await person.send('POST', CHECKS, { ...account, site: 'jira.acme.com' })).status;
      for (let i = 0; i < 20; i++) expect(await tried(ada)).toBe(400);
      expect(await tried(ada)).toBe(429);
      expect((await ada.send('POST', WORKSPACES, WORKSPACE)).status).toBe(429);
      expect(await tried(ben)).toBe(400);
      bench.time.advance(61_000);
      expect(await tried(ada)).toBe(400);
    });
  });

  describe('when a workspace exists', () => {
    beforeEach(async () => void (await configure()));

    it.each(['acme', 'acme.atlassian.net', encodeURIComponent('https://acme.atlassian.net/browse/OH-55')])('is found as "%s"', async (site) => {
      expect(await ben.send('GET', `${WORKSPACES}/${site}`)).toMatchObject({ status: 200, body: { site: 'acme.atlassian.net', status: 'active' } });
    });

    it('links a colleague, who does not see the edit view', async () => {
      expect(await ben.prove('POST', `${WORKSPACES}/acme/link`, undefined, ACCOUNTS.ben)).toEqual({ result: 'linked', code: 'ok' });
      expect(await ben.integration()).toMatchObject({
        state: 'active', link: { jiraAccountId: ACCOUNTS.ben }, capabilities: ['configure', 'unlink', 'view_deliveries'],
        connection: { ownedByCaller: false, serviceAccount: { expiresAt: null }, webhook: { secretSetAt: null } },
        linkedPeople: null, trigger: { mention: '@openhands', label: 'openhands' }, sharedWebhookUrl: 'https://openhands.example.com/integration/jira/events',
      });
      expect(await ada.integration()).toMatchObject({ linkedPeople: 2 });
    });

    it('tells its owner until when the former secret counts, and nobody else', async () => {
      const { id } = await row();
      await ben.prove('POST', `${WORKSPACES}/acme/link`, undefined, ACCOUNTS.ben);
      await ada.prove('PATCH', `${WORKSPACES}/${String(id)}`, { webhookSecret: 'another-long-secret' }, ACCOUNTS.ada);
      expect((await ada.integration()).connection?.webhook.previousSecretUntil).toEqual(expect.stringMatching(/^20/));
      expect((await ben.integration()).connection?.webhook.previousSecretUntil).toBeNull();
    });

    it('refuses a second owner', async () => {
      expect(await ben.send('POST', WORKSPACES, WORKSPACE)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    });

    it('refuses changes by others', async () => {
      const id = String((await row())['id']);
      expect(await ben.send('PATCH', `${WORKSPACES}/${id}`, { active: false })).toMatchObject({ status: 403, body: { code: 'not_owner' } });
      expect(await ben.send('PATCH', `${WORKSPACES}/${ben.id}`, { active: false })).toMatchObject({ status: 404 });
    });

    it('refuses somebody of another company', async () => {
      expect(await ben.prove('POST', `${WORKSPACES}/acme/link`, undefined, ACCOUNTS.dora)).toEqual({ result: 'wrong_site', code: 'site_not_accessible' });
      expect(await links()).toEqual([ACCOUNTS.ada]);
    });

    it('refuses a Jira account that is somebody else here', async () => {
      expect(await ben.prove('POST', `${WORKSPACES}/acme/link`, undefined, ACCOUNTS.ada)).toEqual({ result: 'conflict', code: 'jira_account_taken' });
    });

    it('replaces the account of a person who links again', async () => {
      await ben.prove('POST', `${WORKSPACES}/acme/link`, undefined, ACCOUNTS.ben);
      expect(await ada.prove('POST', `${WORKSPACES}/acme/link`, undefined, ACCOUNTS.ada)).toMatchObject({ result: 'linked' });
      expect(await links()).toEqual([ACCOUNTS.ben, ACCOUNTS.ada]);
    });

    it('applies an edit only with the proof', async () => {
      const id = String((await row())['id']);
      const begun = await ada.send('PATCH', `${WORKSPACES}/${id}`, { active: false });
      expect(await row()).toMatchObject({ status: 'active' });
      expect(await ada.comeBack(bench.sandbox.atlassian.consent.approve(begun.body.authorizationUrl, ACCOUNTS.ada))).toMatchObject({ result: 'configured' });
      expect(await row()).toMatchObject({ status: 'paused' });
    });

    it('keeps everything else when one value is edited', async () => {
      const before = await row();
      await ada.prove('PATCH', `${WORKSPACES}/${String(before['id'])}`, { serviceAccountTokenExpiresAt: '2099-01-01T00:00:00Z' }, ACCOUNTS.ada);
      const changed = { service_account_token_expires_at: new Date('2099-01-01T00:00:00Z'), version: Number(before['version']) + 1, updated_at: expect.any(Date) };
      expect(await row()).toEqual({ ...before, ...changed });
    });

    it('refuses an edit with a token that does not work', async () => {
      const id = String((await row())['id']);
      expect(await ada.send('PATCH', `${WORKSPACES}/${id}`, { serviceAccountApiToken: 'wrong' })).toMatchObject({ status: 422, body: { errors: [{ path: 'serviceAccountApiToken' }] } });
    });

    it('ends only the own link of a member', async () => {
      await ben.prove('POST', `${WORKSPACES}/acme/link`, undefined, ACCOUNTS.ben);
      expect((await ben.send('DELETE', '/api/v1/jira-cloud/link')).status).toBe(204);
      expect(await links()).toEqual([ACCOUNTS.ada]);
      expect(await row()).toMatchObject({ status: 'active' });
      expect(await ben.integration()).toMatchObject({ state: 'not_configured', connection: null, capabilities: ['configure', 'link'] });
    });

    it('ends for everybody when the owner unlinks, and the jobs are told', async () => {
      await ben.prove('POST', `${WORKSPACES}/acme/link`, undefined, ACCOUNTS.ben);
      const id = String((await row())['id']);
      expect((await ada.send('DELETE', '/api/v1/jira-cloud/link')).status).toBe(204);
      expect((await ada.send('DELETE', '/api/v1/jira-cloud/link')).status).toBe(204);
      expect(await links()).toEqual([]);
      expect(await row()).toMatchObject({ status: 'inactive' });
      expect(await bench.db.query(`SELECT data FROM queue.job WHERE name = 'connection-removed'`)).toEqual([{ data: { connectionId: id } }]);
      const answer = { status: 404, body: { code: 'not_found', errors: [{ path: 'site', message: expect.stringContaining('Only that person can reactivate it') }] } };
      expect(await ben.send('GET', `${WORKSPACES}/acme`)).toMatchObject(answer);
      expect(await ben.send('POST', `${WORKSPACES}/acme/link`)).toMatchObject(answer);
      expect((await ada.send('GET', `${WORKSPACES}/acme`)).body.errors).toBeUndefined();
    });

    it('comes back only by its original owner, with the same record and URLs', async () => {
      const id = String((await row())['id']);
      await ada.send('DELETE', '/api/v1/jira-cloud/link');
      expect(await ben.send('POST', WORKSPACES, WORKSPACE)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('Only that person can reactivate it') } });
      expect(await ada.integration()).toMatchObject({ state: 'not_configured', reasons: [{ code: 'unlinked_by_owner' }], connection: { id, status: 'inactive' } });
      expect(await ada.prove('PATCH', `${WORKSPACES}/${id}`, { active: true }, ACCOUNTS.ada)).toEqual({ result: 'configured', code: 'ok' });
      expect(await ada.integration()).toMatchObject({ state: 'active', connection: { id }, link: { jiraAccountId: ACCOUNTS.ada } });
      await ada.send('DELETE', '/api/v1/jira-cloud/link');
      expect(await configure()).toMatchObject({ result: 'configured' });
      expect(await row()).toMatchObject({ id, status: 'active' });
    });

    it('notes each of these changes in the log of the administrators, without secrets', async () => {
      const id = String((await row())['id']);
      await ada.prove('PATCH', `${WORKSPACES}/${id}`, { webhookSecret: 'another-secret', serviceAccountTokenExpiresAt: '2099-01-01T00:00:00Z', active: false }, ACCOUNTS.ada);
      await ada.send('PATCH', `${WORKSPACES}/${id}`, { active: true });
      await ada.send('DELETE', '/api/v1/jira-cloud/link');
      await ada.prove('PATCH', `${WORKSPACES}/${id}`, { active: true }, ACCOUNTS.ada);
      const entries = await bench.db.query<{ who: string; what: string; changes: object[] }[]>('SELECT who, what, changes FROM audit_log ORDER BY id');
      const site = (from: string, to: string): object => ({ name: 'acme.atlassian.net', from, to });
      expect(entries).toEqual([
        { who: 'Ada', what: 'connection_configured', changes: [site('pending', 'active')] },
        { who: 'Ada', what: 'connection_changed', changes: [site('active', 'paused'), { name: 'end of the API token', from: null, to: '2099-01-01' }, { name: 'webhook secret', from: 'set', to: 'set' }] },
        { who: 'Ada', what: 'connection_ended', changes: [site('paused', 'inactive'), { name: 'linked people', from: '1', to: '0' }] },
        { who: 'Ada', what: 'connection_reactivated', changes: [site('inactive', 'active'), { name: 'API token', from: 'set', to: 'set' }] },
      ]);
      expect(JSON.stringify(entries)).not.toMatch(/another-secret|v1\./);
    });

    it('that an administrator gave to somebody else comes back only with the proof of the new owner', async () => {
      const id = String((await row())['id']);
      await ada.send('DELETE', '/api/v1/jira-cloud/link');
      const formersEdit = await ada.send('PATCH', `${WORKSPACES}/${id}`, { active: true });
      expect(await bench.app.get(Ownership).handOver(id, ben.id, { userId: null })).toBe('handed_over');
      expect(await ben.integration()).toMatchObject({ state: 'not_configured', connection: { id, status: 'inactive', ownedByCaller: true }, link: null, capabilities: ['configure', 'edit', 'view_deliveries'] });

      expect(await ada.comeBack(bench.sandbox.atlassian.consent.approve(formersEdit.body.authorizationUrl, ACCOUNTS.ada))).toEqual({ result: 'conflict', code: 'not_owner' });
      expect(await ada.send('PATCH', `${WORKSPACES}/${id}`, { active: true })).toMatchObject({ status: 403, body: { code: 'not_owner' } });
      const bensEdit = await ben.send('PATCH', `${WORKSPACES}/${id}`, { active: true });
      expect(await row()).toMatchObject({ status: 'inactive', owner_id: ben.id });
      expect(await ben.comeBack(bench.sandbox.atlassian.consent.deny(bensEdit.body.authorizationUrl))).toMatchObject({ result: 'denied' });
      expect(await ben.prove('PATCH', `${WORKSPACES}/${id}`, { active: true }, ACCOUNTS.dora)).toMatchObject({ result: 'wrong_site' });
      expect([await row(), await links()]).toMatchObject([{ status: 'inactive' }, []]);
      expect(await ben.prove('PATCH', `${WORKSPACES}/${id}`, { active: true }, ACCOUNTS.ben)).toEqual({ result: 'configured', code: 'ok' });
      expect([await row(), await links()]).toMatchObject([{ id, status: 'active', owner_id: ben.id }, [ACCOUNTS.ben]]);
    });

    it('keeps its former owner as a linked person, whose unlinking ends nothing else', async () => {
      const id = String((await row())['id']);
      await ben.prove('POST', `${WORKSPACES}/acme/link`, undefined, ACCOUNTS.ben);
      await bench.app.get(Ownership).handOver(id, ben.id, { userId: ben.id });
      expect(await ada.integration()).toMatchObject({ state: 'active', connection: { ownedByCaller: false }, link: { jiraAccountId: ACCOUNTS.ada }, capabilities: ['configure', 'unlink', 'view_deliveries'], linkedPeople: null });
      expect(await ada.send('DELETE', '/api/v1/jira-cloud/link')).toMatchObject({ status: 204 });
      expect([await row(), await links()]).toMatchObject([{ status: 'active' }, [ACCOUNTS.ben]]);
    });

    it('shows its owner who is linked, and lets them end a link; to others there is no such connection', async () => {
      const id = String((await row())['id']);
      await ben.prove('POST', `${WORKSPACES}/acme/link`, undefined, ACCOUNTS.ben);
      const listed = (await ada.send('GET', `/api/v1/connections/${id}/links`)).body.items as unknown as PersonLink[];
      expect(listed).toMatchObject([{ person: { id: ben.id, name: 'Ben' }, jiraAccountId: ACCOUNTS.ben, ownsConnection: false }, { person: { name: 'Ada' }, ownsConnection: true }]);
      const one = `/api/v1/connections/${id}/links/${listed[0]!.id}`;
      for (const answer of [await ben.send('GET', `/api/v1/connections/${id}/links`), await ben.send('DELETE', one)]) expect(answer).toMatchObject({ status: 404, body: { detail: 'There is no such connection, or it is not yours.' } });
      expect((await ada.send('DELETE', one)).status).toBe(204);
      expect([await row(), await links()]).toMatchObject([{ status: 'active' }, [ACCOUNTS.ada]]);
      expect(await ada.send('DELETE', one)).toMatchObject({ status: 404, body: { detail: expect.stringContaining('no such link') } });
      expect(await bench.db.query(`SELECT who, changes FROM audit_log WHERE what = 'link_ended'`)).toMatchObject([{ who: 'Ada', changes: [{ name: 'acme.atlassian.net', from: expect.stringContaining('Ben: '), to: null }] }]);
    });

    it('ends no link of another connection, whoever its owner is', async () => {
      const id = String((await row())['id']);
      const [other, link] = [uuidv7(), uuidv7()];
      await bench.db.query(`INSERT INTO connections (id, product, site, site_url, status, owner_id) VALUES ($1, 'jira-cloud', 'other.atlassian.net', 'https://other.atlassian.net', 'active', $2)`, [other, ben.id]);
      await bench.db.query(`INSERT INTO links (id, connection_id, user_id, jira_account_id, jira_display_name, method) VALUES ($1, $2, $3, 'x', 'X', 'oauth')`, [link, other, ben.id]);
      expect((await ada.send('DELETE', `/api/v1/connections/${id}/links/${link}`)).status).toBe(404);
      expect(await links()).toContain('x');
    });

    it('does not let somebody link who began before the owner unlinked', async () => {
      const begun = await ben.send('POST', `${WORKSPACES}/acme/link`);
      await ada.send('DELETE', '/api/v1/jira-cloud/link');
      expect(await ben.comeBack(bench.sandbox.atlassian.consent.approve(begun.body.authorizationUrl, ACCOUNTS.ben))).toEqual({ result: 'failed', code: 'workspace_inactive' });
      expect(await links()).toEqual([]);
    });
  });

  it('lets only the first of two win who set up one workspace at the same time', async () => {
    const first = await ada.send('POST', WORKSPACES, WORKSPACE);
    const second = await ben.send('POST', WORKSPACES, WORKSPACE);
    const { consent } = bench.sandbox.atlassian;
    const ends = await Promise.all([
      ada.comeBack(consent.approve(first.body.authorizationUrl, ACCOUNTS.ada)),
      ben.comeBack(consent.approve(second.body.authorizationUrl, ACCOUNTS.ben)),
    ]);
    expect(ends.map((end) => end.result).sort()).toEqual(['configured', 'conflict']);
    expect(await links()).toHaveLength(1);
  });

  describe('the round trip', () => {
    let back: string;

    beforeEach(async () => {
      const { body } = await ada.send('POST', WORKSPACES, WORKSPACE);
      back = bench.sandbox.atlassian.consent.approve(body.authorizationUrl, ACCOUNTS.ada);
    });

    it('asks Atlassian for consent with exactly what identity needs', async () => {
      const { body } = await ada.send('POST', WORKSPACES, WORKSPACE);
      expect(Object.fromEntries(new URL(body.authorizationUrl).searchParams)).toMatchObject({
        audience: 'api.atlassian.com', scope: 'read:me read:jira-work', prompt: 'consent', response_type: 'code', redirect_uri: 'https://openhands.example.com/integration/jira/callback',
      });
    });

    it('works once', async () => {
      expect(await ada.comeBack(back)).toMatchObject({ result: 'configured' });
      expect(await ada.comeBack(back)).toEqual({ result: 'expired', code: 'state_unknown' });
    });

    it('ends after ten minutes', async () => {
      bench.time.advance(11 * 60_000);
      expect(await ada.comeBack(back)).toMatchObject({ result: 'expired' });
    });

    it('belongs to the browser that began', async () => {
      ada.cookies.delete('oauth_browser');
      expect(await ada.comeBack(back)).toMatchObject({ result: 'expired' });
    });

    it('belongs to the person who began', async () => {
      ben.cookies.set('oauth_browser', ada.cookies.get('oauth_browser')!);
      expect(await ben.comeBack(back)).toMatchObject({ result: 'expired' });
      expect(await row()).toMatchObject({ status: 'pending' });
    });

    it('needs somebody who is signed in', async () => {
      ada.cookies.delete('session');
      expect(await ada.comeBack(back)).toEqual({ result: 'expired', code: 'signed_out' });
    });

    it.each(['', '?state=x', '?state=x&state=y&code=z', '?error=server_error'])('ends on the page even for "%s"', async (query) => {
      expect(await ada.comeBack(`https://openhands.example.com/integration/jira/callback${query}`)).toMatchObject({ result: 'expired' });
    });

    it.each([
      ['the code is refused', { path: '/oauth/token', effect: { kind: 'status', status: 403, body: { error: 'invalid_grant' } } }, 'code_refused'],
      ['Atlassian is away', { path: '/oauth/token', effect: { kind: 'reset' } }, 'atlassian_unreachable'],
      ['the answer is a web page', { path: '/me', effect: { kind: 'html' } }, 'unexpected_answer'],
    ] as const)('ends in words when %s', async (_, fault, code) => {
      bench.sandbox.atlassian.standIn.faults.add(fault);
      expect(await ada.comeBack(back)).toEqual({ result: 'failed', code });
      expect(await row()).toMatchObject({ status: 'pending' });
    });
  });
});

describe('An installation without the Atlassian OAuth app', () => {
  let bench: JiraBench;
  beforeAll(async () => void (bench = await startJiraBench({ JIRA_CLOUD_CLIENT_ID: '', JIRA_CLOUD_CLIENT_SECRET: '', ADMIN_EMAILS: 'root@example.com' })));
  afterAll(() => bench.close());

  it('says so, with the missing setting only to administrators', async () => {
    const [member, admin] = [await bench.person('Ben'), await bench.person('Root', 'root@example.com')];
    expect(await member.integration()).toMatchObject({ state: 'disabled', reasons: [{ code: 'product_disabled' }], capabilities: [] });
    expect(await admin.integration()).toMatchObject({ state: 'disabled', reasons: [{ code: 'oauth_app_missing', detail: expect.stringContaining('JIRA_CLOUD_CLIENT_ID') }] });
    expect(await member.send('GET', `${WORKSPACES}/acme`)).toMatchObject({ status: 404, body: { code: 'product_disabled' } });
    expect(await member.comeBack('https://openhands.example.com/integration/jira/callback?state=x')).toEqual({ result: 'failed', code: 'product_disabled' });
  });
});
