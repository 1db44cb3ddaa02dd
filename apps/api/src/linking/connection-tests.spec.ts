import { ConnectionTestHistory, DEFAULT_RULES, type HealthCheck, type IssueSight } from '@openhands-jira/contracts';
import { ACCOUNTS, CREDENTIALS } from '../../../../tools/sandbox/seed.ts';
import { v7 } from 'uuid';
import { DeliveryTimes } from '../connections/delivery-times.service.js';
import { uuidv7 } from '../database/uuid.js';
import { RejectedCalls } from '../deliveries/rejected-calls.service.js';
import { WORKSPACE } from '../testing/cloud-site.js';
import { type JiraBench, type SignedIn, startJiraBench } from '../testing/jira-bench.js';
import { ConnectionTestLoop } from './connection-tests.loop.js';

const DELIVERY = `INSERT INTO deliveries (id, connection_id, event, received_at, outcome, body) VALUES ($1, $2, 'comment_created', now(), 'ignored', 'x')`;

describe('Testing a saved connection', () => {
  let bench: JiraBench;
  let ada: SignedIn;
  let ben: SignedIn;
  let root: SignedIn;
  let connectionId: string;

  beforeAll(async () => {
    bench = await startJiraBench({ ADMIN_EMAILS: 'root@example.com' });
    ada = await bench.person('Ada', 'ada@example.com');
    ben = await bench.person('Ben', 'ben@example.com');
    root = await bench.person('Root', 'root@example.com');
    await ada.prove('POST', '/api/v1/jira-cloud/workspaces', WORKSPACE, ACCOUNTS.ada);
    await ben.prove('POST', `/api/v1/jira-cloud/workspaces/${WORKSPACE.site}/link`, undefined, ACCOUNTS.ben);
    connectionId = (await ada.integration()).connection!.id;
    // Days go by in these tests.
    await bench.db.query(`UPDATE sessions SET expires_at = expires_at + interval '1 year'`);
  });
  afterAll(() => bench.close());
  beforeEach(async () => {
    bench.time.advance(61_000);
    bench.sandbox.atlassian.standIn.faults.clear();
    for (const table of ['rejected_calls', 'deliveries', 'connection_tests', 'leases']) await bench.db.query(`DELETE FROM ${table}`);
    await bench.db.query('UPDATE connections SET last_delivery_at = NULL, service_account_rejected_at = NULL');
  });

  const ask = (person: SignedIn, id = connectionId) => person.send('POST', `/api/v1/connections/${id}/test`);
  async function tested(person = ada): Promise<Record<string, HealthCheck>> {
    const { status, body } = await ask(person);
    expect(status).toBe(200);
    expect(JSON.stringify(body)).not.toMatch(new RegExp(`${CREDENTIALS.serviceAccountToken}|${CREDENTIALS.webhookSecret}`));
    return Object.fromEntries((body.items as unknown as HealthCheck[]).map((one) => [one.check, one]));
  }
  const results = (checks: Record<string, HealthCheck>): string => Object.values(checks).map(({ check, result }) => `${check} ${result}`).join(', ');

  it('tries the saved credentials for the owner and for administrators, and tells whose they are', async () => {
    const checks = await tested();
    expect(results(checks)).toBe('dns pass, tcp pass, tls pass, site pass, token pass, scopes pass, permissions pass, oauth_client pass, oauth_return pass, token_end unknown, last_accepted unknown, last_rejected pass, refusals unknown, signing_secret unknown, no_job unknown, hidden_emails unknown');
    expect(checks['token']!.detail).toContain(`saved for ${CREDENTIALS.serviceAccountEmail}. Its account at Atlassian is ${bench.sandbox.jira.serviceTokens[0]!.accountId}`);
    for (const name of ['dns', 'tcp', 'tls', 'site', 'token', 'scopes', 'permissions']) expect(checks[name]!.tookMs).toBeGreaterThanOrEqual(0);
    expect(checks['refusals']!.tookMs).toBeUndefined();
    expect(Object.keys(await tested(root)).filter((name) => name !== 'unknown_calls')).toEqual(Object.keys(checks));
  });

  it('does not exist for others, linked or not, and for ids that nobody has', async () => {
    const strangers = await ask(ben);
    expect(strangers).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await ask(ada, uuidv7())).body).toEqual(strangers.body);
  });

  it('names the check that fails, and tries nothing behind it', async () => {
    const [token] = bench.sandbox.jira.serviceTokens;
    const { scopes } = token!;
    token!.scopes = ['read:me', 'read:jira-work'];
    const checks = await tested();
    token!.scopes = scopes;
    expect(results(checks)).toMatch(/tls pass, site pass, token pass, scopes fail, permissions unknown/);
    expect(checks['scopes']).toMatchObject({ detail: expect.stringContaining('write:jira-work'), hint: expect.stringContaining('Create a new API token') });
  });

  it('says each thing once when the way to Jira breaks in the middle', async () => {
    bench.sandbox.atlassian.standIn.faults.add({ path: 'mypermissions', effect: { kind: 'reset' } });
    expect(results(await tested())).toMatch(/tls pass, site fail, token unknown, scopes unknown, permissions unknown, oauth_client pass, oauth_return pass, token_end/);
  });

  it('ends the time in which a refused account is left alone, once everything passes', async () => {
    await bench.db.query('UPDATE connections SET service_account_rejected_at = $1', [bench.time.now()]);
    expect((await ada.integration()).reasons).toMatchObject([{ code: 'token_refused' }]);
    await tested();
    expect((await ada.integration()).reasons).not.toMatchObject([{ code: 'token_refused' }]);
  });

  describe('looks at the visits to the consent page', () => {
    const visit = async (change: (address: URL) => void): Promise<HealthCheck> => {
      const { body } = await ben.send('POST', `/api/v1/jira-cloud/workspaces/${WORKSPACE.site}/link`);
      const address = new URL(bench.sandbox.atlassian.consent.deny(body.authorizationUrl));
      change(address);
      await ben.comeBack(address.href);
      return (await tested())['oauth_return']!;
    };
    const named = (error: string) => (address: URL): void => address.searchParams.set('error', error);

    it.each([['invalid_scope', 'fail', /named the error "invalid_scope"/], ['access_denied', 'pass', /the person did not agree/], ['<b>SECRET-17</b>', 'fail', /a word that is not of the standard/]])('after the error "%s"', async (error, result, words) => {
      const check = await visit(named(error));
      expect(check).toMatchObject({ result, detail: expect.stringMatching(words), at: expect.any(String) });
      expect(JSON.stringify([check, await bench.db.query('SELECT * FROM oauth_failures')])).not.toContain('SECRET-17');
    });

    it('until somebody was linked again', async () => {
      expect(await visit(named('server_error'))).toMatchObject({ result: 'fail', hint: expect.stringContaining('log of Jira') });
      await bench.db.query(`UPDATE oauth_failures SET at = '2020-01-01'`);
      expect((await tested())['oauth_return']).toMatchObject({ result: 'pass', at: '2020-01-01T00:00:00.000Z', detail: expect.stringContaining('Somebody was linked since') });
    });

    it.each([[401, { error: 'access_denied' }, 'fail', /does not know the client ID/], [403, { error: 'invalid_grant' }, 'pass', /knows the OAuth app/], [502, {}, 'unknown', /did not say/]])('and tries the OAuth app with a code that nobody was given: %i %j', async (status, body, result, words) => {
      bench.sandbox.atlassian.standIn.faults.add({ path: '/oauth/token', effect: { kind: 'status', status, body } });
      expect((await tested())['oauth_client']).toMatchObject({ result, detail: expect.stringMatching(words) });
    });
  });

  describe('looks at what came from Jira', () => {
    const accepted = async (): Promise<string> => {
      const at = bench.time.now();
      bench.app.get(DeliveryTimes).touch(connectionId, at);
      await bench.app.get(DeliveryTimes).flush();
      await bench.db.query(DELIVERY, [uuidv7(), connectionId]);
      return at.toISOString();
    };
    const turnedAway = async (): Promise<void> => {
      bench.app.get(RejectedCalls).add({ connectionId, reason: 'signature_mismatch', headerNames: [], size: 10 });
      await bench.app.get(RejectedCalls).flush();
    };

    it('with the time of the last delivery', async () => {
      const at = await accepted();
      expect(await tested()).toMatchObject({ last_accepted: { result: 'pass', at }, refusals: { result: 'pass', detail: expect.stringContaining('all calls of the last 24 hours: 1') } });
    });

    it.each([[6, 'active', 'pass', ''], [8, 'active', 'unknown', 'none for 8 days'], [8, 'paused', 'pass', '']])('after %i days of silence of a connection that is %s: %s', async (days, status, result, words) => {
      await accepted();
      const at = new Date(bench.time.now().getTime() - days * 24 * 3_600_000);
      await bench.db.query('UPDATE connections SET last_delivery_at = $2, status = $3 WHERE id = $1', [connectionId, at, status]);
      const check = (await tested())['last_accepted']!;
      await bench.db.query(`UPDATE connections SET status = 'active' WHERE id = $1`, [connectionId]);
      expect(check).toMatchObject({ result, at: at.toISOString(), detail: expect.stringContaining(words) });
    });

    it('with the reason of the last refusal and what to do, while nothing is let in', async () => {
      const before = await accepted();
      bench.time.advance(60_000);
      await turnedAway();
      const checks = await tested();
      expect(checks).toMatchObject({ last_rejected: { result: 'fail', hint: expect.stringContaining('webhook') }, refusals: { result: 'fail', detail: expect.stringContaining('1 of 2 calls') } });
      expect(Date.parse(checks['last_rejected']!.at!) - Date.parse(before)).toBeGreaterThanOrEqual(60_000);
      expect(checks['last_rejected']!.detail).toBe('The signature does not fit. Nothing was let in since.');
    });

    it('with how many calls were turned away for each reason, and to administrators also those that name no connection', async () => {
      for (const reason of ['signature_missing', 'signature_mismatch', 'signature_mismatch', 'body_empty'] as const) bench.app.get(RejectedCalls).add({ connectionId, reason, headerNames: [], size: 0 });
      bench.app.get(RejectedCalls).add({ connectionId: null, reason: 'connection_unknown', headerNames: [], size: 0 });
      await bench.app.get(RejectedCalls).flush();
      const checks = await tested();
      for (const words of ['4 of 4 calls', 'does not fit: 2', 'no signature: 1', 'no body: 1']) expect(checks['refusals']!.detail).toMatch(new RegExp(words, 'i'));
      expect(checks['unknown_calls']).toBeUndefined();
      expect((await tested(root))['unknown_calls']).toMatchObject({ result: 'unknown', detail: expect.stringMatching(/belong to no connection of this installation: 1\. /) });
    });

    const came = (changes: object): Promise<unknown> => {
      const one = { event: 'comment_created', signedWith: 'current', outcome: 'ignored', reason: 'no_mention_no_label', actorId: 'a', body: '{}', ...changes };
      return bench.db.query(`INSERT INTO deliveries (id, connection_id, event, received_at, signed_with, outcome, reason, actor_id, body) VALUES ($1, $2, $3, now(), $4, $5, $6, $7, $8)`,
        [v7({ msecs: bench.time.now().getTime() }), connectionId, one.event, one.signedWith, one.outcome, one.reason, one.actorId, Buffer.from(one.body)]);
    };

    it('with the secret that signed it: the previous one must not go on signing', async () => {
      await came({ signedWith: 'previous' });
      expect((await tested())['signing_secret']).toMatchObject({ result: 'fail', detail: expect.stringContaining('1 of 1 deliveries') });
      bench.time.advance(1000);
      await came({});
      expect((await tested())['signing_secret']).toMatchObject({ result: 'pass', detail: expect.stringContaining('1 of 2 deliveries') });
    });

    it('with why deliveries led to no job, the most frequent reason first', async () => {
      await came({});
      expect((await tested())['no_job']).toMatchObject({ result: 'unknown', reasons: [{ outcome: 'ignored', reason: 'no_mention_no_label', count: 1 }] });
      for (let i = 0; i < 2; i += 1) await came({ outcome: 'refused', reason: 'repo_missing' });
      expect((await tested())['no_job']).toMatchObject({ result: 'fail', detail: expect.stringContaining('Deliveries of the last 7 days: 3. Taken up were 0, ignored 1, refused 2'), reasons: [{ reason: 'repo_missing', count: 2 }, { reason: 'no_mention_no_label' }] });
      await came({ outcome: 'job', reason: 'started' });
      expect((await tested())['no_job']).toMatchObject({ result: 'pass', hint: '' });
    });

    it('with the share of events in which Jira shows no address', async () => {
      const event = (author: object): object => ({ body: JSON.stringify({ webhookEvent: 'comment_created', comment: { id: '1', body: 'x', author: { accountId: 'a', accountType: 'atlassian', displayName: 'A', ...author } }, issue: { id: '1', key: 'SHOP-1', fields: {} } }) });
      await came(event({}));
      await came(event({ emailAddress: 'a@example.com' }));
      await came(event({ accountType: 'app' }));
      await came({ body: 'no payload' });
      expect((await tested())['hidden_emails']).toMatchObject({ result: 'pass', detail: expect.stringContaining('In 1 of the newest 2 events (50 %)') });
      expect(JSON.stringify(await tested())).not.toContain('a@example.com');
    });

    it('and holds a refusal against nobody when deliveries were let in since', async () => {
      await turnedAway();
      bench.time.advance(60_000);
      await accepted();
      expect((await tested())['last_rejected']).toMatchObject({ result: 'pass', detail: 'The signature does not fit. Deliveries were let in since.' });
    });
  });

  describe('is also done once a day', () => {
    const HOUR_MS = 3_600_000;
    const loop = (): ConnectionTestLoop => bench.app.get(ConnectionTestLoop);
    const history = async (person = ada): Promise<ConnectionTestHistory> => ConnectionTestHistory.parse((await person.send('GET', `/api/v1/connections/${connectionId}/tests`)).body);
    /** The loop asks, after so many hours; true when Jira was called. */
    async function calledAfter(hours: number): Promise<boolean> {
      bench.time.advance(hours * HOUR_MS);
      await bench.db.query('DELETE FROM leases');
      const calls = bench.sandbox.atlassian.standIn.calls.length;
      await loop().testWhatIsDue();
      return bench.sandbox.atlassian.standIn.calls.length > calls;
    }
    /** Each connection has its moment of the day, made from its id: now it is an hour ago, so it does not come within the next hours. */
    async function anHourAfterItsMoment(): Promise<void> {
      const [row] = await bench.db.query<{ seconds: number }[]>(`SELECT mod(extract(epoch FROM $2::timestamptz)::bigint - abs(hashtext($1::text)::bigint) % 86400, 86400)::int AS seconds`, [connectionId, bench.time.now()]);
      bench.time.advance((86_400 - row!.seconds) * 1000 + HOUR_MS);
    }
    const whole = ['read:me', 'read:jira-work', 'write:jira-work'];
    const setScopes = (scopes: string[]): void => void (bench.sandbox.jira.serviceTokens[0]!.scopes = scopes);
    const breakScopes = (): (() => void) => (setScopes(['read:me', 'read:jira-work']), () => setScopes(whole));
    afterEach(() => setScopes(whole));

    it('and what it found stands beside the connection, for its owner and administrators only', async () => {
      expect(await history()).toEqual({ latest: null, days: [], callbackUrl: expect.stringMatching(/\/integration\/jira\/callback$/) });
      expect(await calledAfter(0)).toBe(true);
      const { latest, days } = await history();
      expect(latest!.items.map((one) => one.check)).toContain('permissions');
      expect(bench.time.now().getTime() - Date.parse(latest!.testedAt)).toBeLessThan(60_000);
      expect(days).toEqual([{ day: latest!.testedAt.slice(0, 10), checks: latest!.items.map(({ check, result, tookMs }) => ({ check, result, ...(tookMs !== undefined && { tookMs }) })) }]);
      expect(days[0]!.checks.find((one) => one.check === 'token')!.tookMs).toBeGreaterThanOrEqual(0);
      const ofRoot = await history(root);
      const others = (checks: HealthCheck[]): HealthCheck[] => checks.filter(({ check }) => check !== 'unknown_calls');
      expect({ latest: { ...ofRoot.latest, items: others(ofRoot.latest!.items) }, days: ofRoot.days.map((day) => ({ ...day, checks: others(day.checks as HealthCheck[]) })) }).toEqual({ latest, days });
      expect([ofRoot.latest!.items.length, ofRoot.days[0]!.checks.length]).toEqual([latest!.items.length + 1, days[0]!.checks.length + 1]);
      expect(await ben.send('GET', `/api/v1/connections/${connectionId}/tests`)).toMatchObject({ status: 404 });
    });

    it('at the same time of the day, and not again before', async () => {
      expect(await calledAfter(0)).toBe(true);
      let times = 0;
      for (let hour = 0; hour < 48; hour += 1) times += Number(await calledAfter(1));
      expect(times).toBe(2);
    });

    it('by one process, also when several ask at the same moment', async () => {
      const calls = (): number => bench.sandbox.atlassian.standIn.calls.filter((call) => call.path.includes('tenant_info')).length;
      const before = calls();
      const { config, leases, tests } = loop() as unknown as Record<'config' | 'leases' | 'tests', never>;
      await Promise.all([1, 2, 3].map(() => new ConnectionTestLoop(config, leases, tests).testWhatIsDue()));
      expect(calls() - before).toBe(1);
    });

    it.each([['paused', `status = 'paused'`], ['left alone because its Jira asked for quiet', `calls_paused_until = now() + interval '1 hour'`]])('but not while the connection is %s', async (_, how) => {
      await bench.db.query(`UPDATE connections SET ${how}`);
      expect(await calledAfter(30)).toBe(false);
      await bench.db.query(`UPDATE connections SET status = 'active', calls_paused_until = NULL`);
      expect(await calledAfter(0)).toBe(true);
    });

    it('and a failure tells those who look after the connection what to do, until a test passes', async () => {
      await anHourAfterItsMoment();
      const repair = breakScopes();
      await calledAfter(0);
      expect(await ada.integration()).toMatchObject({ state: 'degraded', reasons: [{ code: 'check_failed', detail: expect.stringMatching(/^The latest test of this connection failed\. .*write:jira-work.*Create a new API token/) }] });
      expect(await ben.integration()).toMatchObject({ state: 'active' });
      expect(await calledAfter(0.9)).toBe(false);
      repair();
      expect(await calledAfter(0.2)).toBe(true);
      expect(await ada.integration()).toMatchObject({ state: 'active', reasons: [] });
    });

    it('and a failure stays in the history of its day when a later test passes', async () => {
      const repair = breakScopes();
      await tested();
      repair();
      await tested();
      const { latest, days } = await history();
      expect(latest!.items.find((one) => one.check === 'scopes')).toMatchObject({ result: 'pass' });
      expect(days[0]!.checks).toContainEqual(expect.objectContaining({ check: 'scopes', result: 'fail' }));
    });

    it('says nothing that is said already: that the token is refused', async () => {
      await anHourAfterItsMoment();
      const repair = breakScopes();
      await calledAfter(0);
      repair();
      await bench.db.query('UPDATE connections SET service_account_rejected_at = $1', [bench.time.now()]);
      expect(await ada.integration()).toMatchObject({ state: 'degraded', reasons: [{ code: 'token_refused' }] });
      expect(await calledAfter(2)).toBe(false);
    });

    it('and what was found is forgotten when other credentials are saved, and when it is older than two days', async () => {
      const repair = breakScopes();
      await calledAfter(0);
      repair();
      bench.time.advance(1000);
      await bench.db.query('UPDATE connections SET service_account_saved_at = $1', [bench.time.now()]);
      expect(await ada.integration()).toMatchObject({ state: 'active' });
      expect(await calledAfter(0)).toBe(true);
      const [{ saved }] = await bench.db.query<[{ saved: Date }]>('SELECT service_account_saved_at AS saved FROM connections');
      await bench.db.query(`UPDATE connection_tests SET items = jsonb_set(items, '{0,result}', '"fail"'), tested_at = $1`, [new Date(saved.getTime() + 2000)]);
      expect(await ada.integration()).toMatchObject({ state: 'degraded' });
      bench.time.advance(49 * HOUR_MS);
      expect(await ada.integration()).toMatchObject({ state: 'active' });
    });

    it('and one that does not come to an end keeps nobody else from theirs', async () => {
      const tests = { due: () => Promise.resolve(['broken', 'next']), runDaily: (id: string) => (id === 'broken' ? Promise.reject(new Error('away')) : Promise.resolve(void seen.push(id))) };
      const seen: string[] = [];
      const { config, leases } = loop() as unknown as Record<'config' | 'leases', never>;
      await new ConnectionTestLoop(config, leases, tests as never).testWhatIsDue();
      expect(seen).toEqual(['next']);
    });
  });

  describe('and asking whether its service account sees an issue', () => {
    const seen = async (person: SignedIn, key: string): Promise<string[]> => {
      const { status, body } = await person.send('GET', `/api/v1/issue-sight?issueKey=${key}`);
      expect(status).toBe(200);
      return (body.items as unknown as IssueSight[]).map((one) => `${one.site} ${one.seen}`);
    };

    it('is answered to the owner and to linked people', async () => {
      expect(await seen(ada, 'SHOP-12')).toEqual([`${WORKSPACE.site} yes`]);
      expect(await seen(ben, 'shop-12')).toEqual([`${WORKSPACE.site} yes`]);
      expect(await seen(ben, 'NOPE-1')).toEqual([`${WORKSPACE.site} no`]);
    });

    it('tells nobody else whether an issue exists, and asks Jira nothing for them', async () => {
      const calls = bench.sandbox.atlassian.standIn.calls.length;
      expect(await seen(root, 'SHOP-12')).toEqual([]);
      await bench.db.query(`UPDATE links SET status = 'expired' WHERE user_id = $1`, [ben.id]);
      expect(await seen(ben, 'SHOP-12')).toEqual([]);
      expect(bench.sandbox.atlassian.standIn.calls).toHaveLength(calls);
    });

    it('tells beside it whether the rules serve the project of the issue', async () => {
      const served = async (): Promise<boolean[]> => ((await ada.send('GET', '/api/v1/issue-sight?issueKey=shop-12')).body.items as unknown as IssueSight[]).map((one) => one.projectServed);
      expect(await served()).toEqual([true]);
      await bench.db.query('UPDATE connections SET rules = $1', [JSON.stringify({ ...DEFAULT_RULES, otherProjects: 'not_served', projects: [{ key: 'BANK', defaultRepository: null, gate: null }] })]);
      expect(await served()).toEqual([false]);
      await bench.db.query('UPDATE connections SET rules = NULL');
    });

    it('is answered with "unknown" when Jira cannot be asked', async () => {
      const [{ sealed }] = await bench.db.query<[{ sealed: string }]>('SELECT service_account_token_sealed AS sealed FROM connections');
      await bench.db.query('UPDATE connections SET service_account_token_sealed = NULL');
      expect(await seen(ada, 'SHOP-12')).toEqual([`${WORKSPACE.site} unknown`]);
      await bench.db.query('UPDATE connections SET service_account_token_sealed = $1', [sealed]);
    });

    it('takes nothing but the key of an issue', async () => {
      expect(await ada.send('GET', '/api/v1/issue-sight?issueKey=../myself')).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    });
  });

  it('is not done without end: each person has ten a minute', async () => {
    for (let i = 0; i < 10; i++) expect((await ask(ben)).status).toBe(404);
    expect(await ask(ben)).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
    expect((await ask(ada)).status).toBe(200);
  });
});
