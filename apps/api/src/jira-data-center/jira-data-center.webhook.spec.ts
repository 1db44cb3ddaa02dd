/** The stories of the public guide "Jira Data Center" about the webhook, over HTTP against the sandbox. */
import type { DelegationMade, DelegationState } from '@openhands-jira/contracts';
import { CREDENTIALS, DATA_CENTER_KEYS } from '../../../../tools/sandbox/seed.ts';
import { Jiras } from '../jira/jiras.service.js';
import { ADMIN_TOKEN, link, ROUTES, row, setUp, shown, useDataCenterBench } from '../testing/data-center-bench.js';
import type { Answered, JiraBench } from '../testing/jira-bench.js';

const EVENTS = ['jira:issue_created', 'jira:issue_updated', 'jira:issue_deleted', 'comment_created', 'comment_updated', 'comment_deleted'];

const readTokenEnd = async (bench: JiraBench): Promise<void> => {
  await bench.app.get(Jiras).readTokenEnds();
};

describe('Installing the webhook automatically', () => {
  const held = useDataCenterBench();
  const webhooks = () => held.bench.sandbox.jiraDataCenter.webhooks.webhooks;
  const automatic = (person = held.ada, adminToken: string = ADMIN_TOKEN): Promise<Answered> => setUp(person, { mode: 'automatic', adminToken });

  it('creates the global webhook "OpenHands" with our address, a secret, the six events and the body', async () => {
    const { status, body } = await automatic();
    expect({ status, body }).toEqual({ status: 200, body: { connectionId: expect.any(String), webhookUrl: `https://openhands.example.com/integration/jira-dc/connections/${body.connectionId}/events`, installed: true } });
    expect(webhooks()).toMatchObject([{ name: 'OpenHands', url: body.webhookUrl, enabled: true, excludeBody: false, secret: expect.stringMatching(/^[\w-]{43}$/) }]);
    expect([...webhooks()[0]!.events].sort()).toEqual([...EVENTS].sort());
  });

  it('makes the connection active, and its installer the owner', async () => {
    const { body } = await automatic();
    expect(await shown(held.ada)).toMatchObject({
      state: 'active', reasons: [{ code: 'no_delivery_yet' }],
      connection: {
        id: body.connectionId, status: 'active', ownedByCaller: true, siteUrl: held.bench.sandbox.urls.jiraDataCenter,
        serviceAccount: { email: CREDENTIALS.dataCenterAccountEmail, managedBy: 'environment' },
        webhook: { url: body.webhookUrl, sharedUrl: null, mode: 'automatic', confirmedAt: expect.any(String) },
      },
    });
    expect((await row(held.bench))?.['service_account_ids']).toEqual([DATA_CENTER_KEYS.agent, 'openhands']);
  });

  it('updates the webhook when it is there already, and keeps its secret', async () => {
    await automatic();
    const { id, secret } = webhooks()[0]!;
    Object.assign(webhooks()[0]!, { enabled: false, excludeBody: true, events: ['comment_created'] });
    await automatic();
    expect(webhooks()).toMatchObject([{ id, secret, enabled: true, excludeBody: false }]);
    expect(webhooks()[0]!.events).toHaveLength(6);
  });

  it('reads in Jira when the token of the service account ends, and warns whoever looks after the connection', async () => {
    const { accessTokens } = held.bench.sandbox.jiraDataCenter;
    const own = accessTokens.of(DATA_CENTER_KEYS.agent)[0]!;
    const former = own.expiresAt;
    own.expiresAt = held.bench.time.now().getTime() + 6 * 24 * 3_600_000;
    await automatic();
    await link(held.ben, 'ben');
    await readTokenEnd(held.bench);
    const seen = await shown(held.ada);
    expect(seen).toMatchObject({ state: 'degraded', reasons: [{ code: 'token_expires_soon', detail: expect.stringContaining('expires in 6 days') }] });
    expect(Date.parse(seen.connection!.serviceAccount.expiresAt!)).toBeCloseTo(own.expiresAt, -4);
    expect((await shown(held.root)).reasons).toMatchObject([{ code: 'token_expires_soon' }]);
    const teammate = await shown(held.ben);
    expect(teammate).toMatchObject({ reasons: [{ code: 'owner_needed' }], connection: { serviceAccount: { expiresAt: null } } });
    // With a second token nobody can tell which of them is ours, unless its name is entered.
    const { id } = accessTokens.create(DATA_CENTER_KEYS.agent, { name: 'Another' });
    await readTokenEnd(held.bench);
    expect(await shown(held.ada)).toMatchObject({ state: 'active', connection: { serviceAccount: { expiresAt: null } } });
    accessTokens.revoke(DATA_CENTER_KEYS.agent, id);
    own.expiresAt = former;
  });

  it('leaves webhooks of others alone, also one of the same name', async () => {
    const { webhooks: administration } = held.bench.sandbox.jiraDataCenter;
    administration.register({ name: 'OpenHands', url: 'https://staging.example.com/integration/jira-dc/connections/x/events', secret: 's', events: ['comment_created'] });
    await automatic();
    expect(webhooks().map((one) => one.events.length)).toEqual([1, 6]);
  });

  it.each([
    ['a wrong token', () => 'wrong', {}, 422, 'jira_rejected_credentials', 'adminToken'],
    ['a wrong token, answered with the login page', () => 'wrong', { badTokenAnswer: 'login-page' as const }, 422, 'jira_rejected_credentials', 'adminToken'],
    ['a wrong token, taken for a stranger\'s', () => 'wrong', { badTokenAnswer: 'anonymous' as const }, 422, 'jira_rejected_credentials', 'adminToken'],
    ['the token of somebody who is no administrator', () => CREDENTIALS.dataCenterPatOfBen, {}, 422, 'jira_not_admin', 'adminToken'],
    ['a Jira that is too old to sign', () => ADMIN_TOKEN, { version: '9.12.30' }, 422, 'webhook_not_signed', undefined],
  ])('is refused with %s, and nothing changes', async (_, token, behaviour, status, code, path) => {
    Object.assign(held.bench.sandbox.jiraDataCenter.behaviour, behaviour);
    const answer = await automatic(held.ada, token());
    expect(answer).toMatchObject({ status, body: { code, ...(path && { errors: [{ path }] }) } });
    expect(webhooks()).toEqual([]);
    expect(await row(held.bench)).toMatchObject({ status: 'pending', owner_id: null, webhook_secret_sealed: null });
  });

  it.each([
    ['Jira is away', { effect: { kind: 'reset' } }, 502, 'jira_unreachable'],
    ['Jira has no webhook API', { path: '/rest/jira-webhook', effect: { kind: 'status', status: 404 } }, 422, 'webhook_api_missing'],
    ['Jira answers with an error', { path: '/rest/jira-webhook', method: 'POST', effect: { kind: 'status', status: 500 } }, 502, 'jira_unreachable'],
    ['the service account is refused', { path: '/myself', effect: { kind: 'status', status: 401 } }, 422, 'jira_rejected_credentials'],
  ] as const)('is refused when %s, and nothing changes', async (_, fault, status, code) => {
    held.bench.sandbox.jiraDataCenter.standIn.faults.add(fault);
    expect(await automatic()).toMatchObject({ status, body: { code, detail: expect.stringMatching(/\. [A-Z].+\.$/) } });
    expect(webhooks()).toEqual([]);
    expect(await row(held.bench)).toMatchObject({ status: 'pending', webhook_secret_sealed: null });
  });

  it('keeps a working connection as it is when a new installation fails', async () => {
    await automatic();
    // The set-up asks for it too, while nobody waits.
    await readTokenEnd(held.bench);
    const before = await row(held.bench);
    expect((await automatic(held.ada, 'wrong')).status).toBe(422);
    expect(await row(held.bench)).toEqual(before);
  });

  it('compares what Jira shows with what was wanted, and takes back what differs', async () => {
    const { webhooks: administration } = held.bench.sandbox.jiraDataCenter;
    const register = administration.register.bind(administration);
    administration.register = (webhook) => register({ ...webhook, excludeBody: true });
    expect(await automatic()).toMatchObject({ status: 502, body: { code: 'jira_unexpected_answer', detail: expect.stringContaining('it sends no body') } });
    administration.register = register;
    expect(webhooks()).toEqual([]);
  });

  it('accepts a Jira that shows the secret', async () => {
    held.bench.sandbox.jiraDataCenter.behaviour.echoesSecret = true;
    expect((await automatic()).status).toBe(200);
  });

  it('asks for the token and for nothing else', async () => {
    expect(await setUp(held.ada, { mode: 'automatic' })).toMatchObject({ status: 400, body: { errors: [{ path: 'adminToken' }] } });
    expect(await setUp(held.ada, { mode: 'by magic' })).toMatchObject({ status: 400 });
  });
});

describe('Setting the webhook up in Jira oneself', () => {
  const held = useDataCenterBench();
  const manual = (person = held.ada): Promise<Answered> => setUp(person, { mode: 'manual' });
  const confirm = (person = held.ada): Promise<Answered> => person.send('POST', `${ROUTES}/webhook/confirmation`);
  const ready = async (): Promise<Answered> => {
    await link(held.ada, 'ada');
    const details = await manual();
    await confirm();
    return details;
  };

  it('shows address, secret and the six events once, and waits for the confirmation', async () => {
    await link(held.ada, 'ada');
    const { status, body } = await manual();
    expect(status).toBe(200);
    expect(body).toEqual({
      connectionId: expect.any(String), webhookUrl: `https://openhands.example.com/integration/jira-dc/connections/${body.connectionId}/events`, secret: expect.stringMatching(/^[\w-]{43}$/),
      events: expect.arrayContaining(EVENTS), previousSecretUntil: null,
    });
    const integration = await shown(held.ada);
    expect(integration).toMatchObject({ state: 'setup_incomplete', reasons: [{ code: 'webhook_unconfirmed' }], connection: { status: 'pending', webhook: { mode: 'manual', confirmedAt: null } } });
    expect(JSON.stringify([integration, await row(held.bench)])).not.toContain(body.secret);
  });

  it('is active after "I created the webhook"', async () => {
    await link(held.ada, 'ada');
    const { body } = await manual();
    expect(await confirm()).toMatchObject({ status: 200, body: { id: body.connectionId, status: 'active', webhook: { confirmedAt: expect.any(String) } } });
    expect((await shown(held.ada)).state).toBe('active');
  });

  it('shows another secret for the same address when it is asked for again', async () => {
    await link(held.ada, 'ada');
    const [first, second] = [await manual(), await manual()];
    expect(second.body.webhookUrl).toBe(first.body.webhookUrl);
    expect(second.body.secret).not.toBe(first.body.secret);
  });

  it('needs the own account linked first, because an owner sees all deliveries', async () => {
    expect(await manual(held.ben)).toMatchObject({ status: 403, body: { code: 'forbidden', detail: expect.stringContaining('Connect your own Jira account first') } });
    expect((await manual(held.root)).status).toBe(200);
  });

  it('cannot be confirmed before the details were generated', async () => {
    await link(held.ada, 'ada');
    expect(await confirm(held.root)).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it('is refused for a Jira that cannot sign', async () => {
    held.bench.sandbox.jiraDataCenter.behaviour.version = '9.12.30';
    expect(await manual(held.root)).toMatchObject({ status: 422, body: { code: 'webhook_not_signed', detail: expect.stringContaining('version 10') } });
  });

  it('is the affair of its owner and of administrators from then on', async () => {
    await ready();
    await link(held.ben, 'ben');
    for (const [method, url, body] of [
      ['PUT', 'webhook', { mode: 'manual' }], ['PUT', 'webhook', { mode: 'automatic', adminToken: ADMIN_TOKEN }], ['POST', 'webhook/rotation', undefined], ['POST', 'webhook/confirmation', undefined],
      ['PATCH', 'connection', { active: false }], ['DELETE', 'connection', undefined],
    ] as const) expect(await held.ben.send(method, `${ROUTES}/${url}`, body)).toMatchObject({ status: 403, body: { code: 'not_owner' } });
    expect((await shown(held.ben)).capabilities).toEqual(['unlink', 'view_deliveries']);
    expect((await held.root.send('POST', `${ROUTES}/webhook/rotation`)).status).toBe(200);
  });

  it('gives a new secret on demand, and accepts the former one for 24 hours', async () => {
    const { body: first } = await ready();
    const { status, body } = await held.ada.send('POST', `${ROUTES}/webhook/rotation`);
    expect({ status, body }).toMatchObject({ status: 200, body: { webhookUrl: first.webhookUrl, secret: expect.any(String) } });
    expect(body.secret).not.toBe(first.secret);
    expect(Math.round((Date.parse(body.previousSecretUntil!) - held.bench.time.now().getTime()) / 3_600_000)).toBe(24);
  });

  it('says also when the details are generated again until when the former secret counts', async () => {
    const { body: first } = await ready();
    const { body } = await manual();
    expect(body.secret).not.toBe(first.secret);
    expect(Math.round((Date.parse(body.previousSecretUntil!) - held.bench.time.now().getTime()) / 3_600_000)).toBe(24);
    await held.bench.db.query(`UPDATE connections SET status = 'pending', previous_secret_until = $1`, [held.bench.time.now()]);
    expect((await manual()).body.previousSecretUntil).toBeNull();
  });

  it('notes in the log of the administrators who changed what, without secrets', async () => {
    const { body: details } = await ready();
    await held.ada.send('POST', `${ROUTES}/webhook/rotation`);
    await held.ada.send('PATCH', `${ROUTES}/connection`, { active: false });
    await held.ada.send('PATCH', `${ROUTES}/connection`, { active: false });
    await held.root.send('PATCH', `${ROUTES}/connection`, { active: true });
    await setUp(held.ada, { mode: 'automatic', adminToken: ADMIN_TOKEN });
    await held.ada.send('DELETE', `${ROUTES}/connection`);
    const entries = await held.bench.db.query<{ who: string; what: string; changes: { name: string; from: string | null; to: string | null }[] }[]>('SELECT who, what, changes FROM audit_log ORDER BY id');
    expect(entries.map(({ who, what, changes: [site] }) => `${who}: ${what}, ${site!.from} -> ${site!.to}`)).toEqual([
      'Ada: webhook_details_generated, pending -> pending', 'Ada: webhook_confirmed, pending -> active', 'Ada: webhook_secret_replaced, active -> active', 'Ada: connection_paused, active -> paused',
      'Root: connection_resumed, paused -> active', 'Ada: webhook_installed, active -> active', 'Ada: connection_ended, active -> inactive',
    ]);
    expect(entries[0]!.changes).toEqual([{ name: held.bench.sandbox.urls.jiraDataCenter.replace(/^https?:\/\//, ''), from: 'pending', to: 'pending' }, { name: 'webhook secret', from: null, to: 'set' }]);
    expect(entries.at(-1)!.changes).toContainEqual({ name: 'linked people', from: '1', to: '0' });
    expect(JSON.stringify(entries)).not.toMatch(new RegExp(`${details.secret}|${ADMIN_TOKEN}|v1\\.`));
  });

  describe('when somebody else is the Jira administrator', () => {
    const path = (id: string): string => `/api/v1/connections/${id}/delegation`;
    const tokenOf = (url: string): string => new URL(url).hash.slice(1);
    /** Somebody without an account here. */
    const open = async (token: string): Promise<Answered> => {
      const answer = await held.bench.app.inject({ method: 'POST', url: '/api/v1/delegations/open', payload: { token } });
      return { status: answer.statusCode, body: answer.json(), location: '' };
    };
    const state = async (id: string) => ((await held.ada.send('GET', path(id))).body as unknown as DelegationState).delegation;
    const made = async (id: string, by = held.ada): Promise<string> => tokenOf(((await by.send('POST', path(id))).body as unknown as DelegationMade).url);

    /** Links that are opened are counted by the minute. */
    beforeEach(() => held.bench.time.advance(60_000));

    it('makes a link that opens the instructions once, with a new secret, from pending to active', async () => {
      await link(held.ada, 'ada');
      const { body: details } = await manual();
      expect(await state(details.connectionId)).toBeNull();
      const { url, expiresAt } = (await held.ada.send('POST', path(details.connectionId))).body as unknown as DelegationMade;
      expect(Math.round((Date.parse(expiresAt) - held.bench.time.now().getTime()) / 3_600_000)).toBe(7 * 24);
      const token = tokenOf(url);
      const opened = await open(token);
      expect(opened).toMatchObject({ status: 200, body: { connectionId: details.connectionId, product: 'jira-data-center', siteUrl: expect.stringMatching(/\/jira$/), askedBy: 'Ada', webhookUrl: details.webhookUrl, events: expect.arrayContaining(EVENTS), secret: expect.stringMatching(/^[\w-]{43}$/) } });
      expect(opened.body.secret).not.toBe(details.secret);
      expect(await state(details.connectionId)).toMatchObject({ openedAt: expect.any(String) });
      expect((await open(token)).status).toBe(404);
      expect(await confirm()).toMatchObject({ status: 200, body: { status: 'active' } });
      const kept = JSON.stringify([await row(held.bench), await held.bench.db.query('SELECT * FROM delegations'), await held.bench.db.query('SELECT * FROM audit_log')]);
      for (const secret of [token, opened.body.secret]) expect(kept).not.toContain(secret);
    });

    it('is opened once also when two open it at the same moment', async () => {
      const { body: { connectionId } } = await ready();
      const token = await made(connectionId);
      expect((await Promise.all([open(token), open(token)])).map((one) => one.status).sort()).toEqual([200, 404]);
    });

    it.each<[string, (id: string) => Promise<unknown>]>([
      ['seven days have passed', async () => held.bench.db.query('UPDATE delegations SET expires_at = made_at')],
      ['it was withdrawn', async (id) => held.ada.send('DELETE', path(id))],
      ['a newer one was made', async (id) => made(id)],
      ['the connection was ended', async () => held.ada.send('DELETE', `${ROUTES}/connection`)],
      ['the connection has another owner', async () => held.bench.db.query('UPDATE connections SET owner_id = $1', [held.ben.id])],
    ])('opens nothing any more when %s, and says so like of a link that never was', async (_, arrange) => {
      const { body: { connectionId } } = await ready();
      const token = await made(connectionId);
      const before = (await row(held.bench))?.['webhook_secret_sealed'];
      await arrange(connectionId);
      const late = await open(token);
      expect(late).toMatchObject({ status: 404, body: { code: 'not_found' } });
      expect(late.body).toEqual((await open('x'.repeat(43))).body);
      expect((await row(held.bench))?.['webhook_secret_sealed']).toBe(before);
    });

    it('is made by whoever may replace the secret, and noted with who it was', async () => {
      const { body: { connectionId } } = await ready();
      await link(held.ben, 'ben');
      for (const method of ['POST', 'GET', 'DELETE'] as const) expect(await held.ben.send(method, path(connectionId))).toMatchObject({ status: 404 });
      await open(await made(connectionId, held.root));
      await held.ada.send('DELETE', path(connectionId));
      await held.ada.send('DELETE', path(connectionId));
      const entries = await held.bench.db.query<{ who: string; what: string }[]>(`SELECT who, what FROM audit_log WHERE what LIKE 'delegation%' ORDER BY id`);
      expect(entries.map(({ who, what }) => `${who}: ${what}`)).toEqual(['Root: delegation_made', 'Root: delegation_opened', 'Ada: delegation_withdrawn']);
    });

    it('needs a webhook that is being set up', async () => {
      await link(held.ada, 'ada');
      const id = (await row(held.bench))?.['id'] as string;
      expect(await held.root.send('POST', path(id))).toMatchObject({ status: 409, body: { code: 'conflict', detail: expect.stringContaining('Generate its details first') } });
      await ready();
      await held.ada.send('DELETE', `${ROUTES}/connection`);
      expect(await held.root.send('POST', path(id))).toMatchObject({ status: 409, body: { detail: expect.stringContaining('was ended') } });
    });

    it('is not tried without end: each address has twenty a minute', async () => {
      const statuses: number[] = [];
      for (let call = 0; call < 21; call += 1) statuses.push((await open('y'.repeat(43))).status);
      expect([statuses.slice(0, -1).every((one) => one === 404), statuses.at(-1)]).toEqual([true, 429]);
    });
  });

  it('notes nothing when an installation fails', async () => {
    await setUp(held.ada, { mode: 'automatic', adminToken: 'wrong' });
    expect(await held.bench.db.query('SELECT * FROM audit_log')).toEqual([]);
  });

  it('pauses and resumes without consent', async () => {
    await ready();
    expect(await held.ada.send('PATCH', `${ROUTES}/connection`, { active: false })).toMatchObject({ status: 200, body: { status: 'inactive' } });
    expect((await shown(held.ada)).state).toBe('paused');
    expect(await held.ada.send('PATCH', `${ROUTES}/connection`, { active: true })).toMatchObject({ status: 200, body: { status: 'active' } });
  });

  it('cannot be resumed before it was set up', async () => {
    await link(held.ada, 'ada');
    await manual();
    expect(await held.ada.send('PATCH', `${ROUTES}/connection`, { active: true })).toMatchObject({ status: 409 });
  });

  describe('and removing it', () => {
    it('ends every link without an admin token, and says that the webhook in Jira remains', async () => {
      const { body: details } = await ready();
      await link(held.ben, 'ben');
      expect(await held.ada.send('DELETE', `${ROUTES}/connection`)).toMatchObject({ status: 200, body: { webhookRemoved: false, linksEnded: 2 } });
      expect(await held.bench.db.query(`SELECT data FROM queue.job WHERE name = 'connection-removed'`)).toEqual([{ data: { connectionId: details.connectionId } }]);
      expect(await shown(held.ben)).toMatchObject({ state: 'setup_incomplete', link: null, capabilities: ['view_deliveries'] });
    });

    it('takes the webhook out of Jira with an admin token', async () => {
      await setUp(held.ada, { mode: 'automatic', adminToken: ADMIN_TOKEN });
      expect(await held.ada.send('DELETE', `${ROUTES}/connection`, { adminToken: ADMIN_TOKEN })).toMatchObject({ status: 200, body: { webhookRemoved: true, linksEnded: 0 } });
      expect(held.bench.sandbox.jiraDataCenter.webhooks.webhooks).toEqual([]);
    });

    it('takes it out of a Jira of version 9, too', async () => {
      const { body } = await setUp(held.ada, { mode: 'automatic', adminToken: ADMIN_TOKEN });
      held.bench.sandbox.jiraDataCenter.behaviour.version = '9.12.30';
      expect(body.installed).toBe(true);
      expect(await held.ada.send('DELETE', `${ROUTES}/connection`, { adminToken: ADMIN_TOKEN })).toMatchObject({ status: 200, body: { webhookRemoved: true } });
      expect(held.bench.sandbox.jiraDataCenter.webhooks.webhooks).toEqual([]);
    });

    it('changes nothing when the admin token does not work', async () => {
      await ready();
      expect(await held.ada.send('DELETE', `${ROUTES}/connection`, { adminToken: CREDENTIALS.dataCenterPatOfBen })).toMatchObject({ status: 422, body: { code: 'jira_not_admin' } });
      expect(await shown(held.ada)).toMatchObject({ state: 'active', link: { jiraAccountId: DATA_CENTER_KEYS.ada } });
    });

    it('lets the same owner set it up again, with the same record and address', async () => {
      const { body: before } = await ready();
      await held.ada.send('DELETE', `${ROUTES}/connection`);
      expect(await held.ben.send('POST', `${ROUTES}/link`)).toMatchObject({ status: 409 });
      expect(await manual(held.ben)).toMatchObject({ status: 403, body: { code: 'not_owner' } });
      expect((await manual()).body).toMatchObject({ connectionId: before.connectionId, webhookUrl: before.webhookUrl });
      await confirm();
      expect((await shown(held.ada)).state).toBe('active');
      expect(await link(held.ben, 'ben')).toEqual({ result: 'linked', code: 'ok' });
    });
  });
});
