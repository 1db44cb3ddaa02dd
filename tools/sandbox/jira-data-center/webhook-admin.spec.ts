import { startSandbox, type Sandbox } from '../sandbox.ts';
import { CREDENTIALS } from '../seed.ts';
import { ask, type Ask } from '../test-http.ts';

const OLD = '/rest/webhooks/1.0/webhook';
const NEW = '/rest/jira-webhook/1.0/webhooks';
const admin = CREDENTIALS.dataCenterAdminPat;
const events = ['comment_created', 'jira:issue_updated'];

describe("administration of webhooks in the sandbox's Jira Data Center", () => {
  let sandbox: Sandbox;
  let target: string;

  beforeEach(async () => {
    sandbox = await startSandbox();
    target = `${sandbox.urls.github}/hook`;
  });

  afterEach(() => sandbox.close());

  const call = (path: string, options: Ask = {}) => ask(sandbox.urls.jiraDataCenter + path, { token: admin, ...options });
  const hook = (more: Record<string, unknown> = {}) => ({
    id: null,
    name: 'OpenHands',
    url: target,
    events,
    active: true,
    scopeType: 'global',
    configuration: { SECRET: 'the-secret', EXCLUDE_BODY: 'false' },
    ...more,
  });
  const useNine = () => Object.assign(sandbox.jiraDataCenter.behaviour, { version: '9.12.30' });
  const webhooks = () => sandbox.jiraDataCenter.webhooks.webhooks;

  describe('from version 10 on', () => {
    it('creates a webhook with a secret and tells all but the secret', async () => {
      const made = await call(NEW, { json: hook() });
      expect(made.status).toBe(201);
      expect(made.body).toMatchObject({ id: 1, name: 'OpenHands', url: target, events, active: true, scopeType: 'global', configuration: { EXCLUDE_BODY: 'false' }, sslVerificationRequired: true });
      expect(made.text).not.toContain('the-secret');
      expect(webhooks()[0]).toMatchObject({ secret: 'the-secret', excludeBody: false, enabled: true });
      expect((await call(NEW)).body).toEqual([made.body]);
      expect((await call(`${NEW}/1`)).body).toEqual(made.body);
    });

    it('may echo the secret', async () => {
      sandbox.jiraDataCenter.behaviour.echoesSecret = true;
      expect((await call(NEW, { json: hook() })).body.configuration.SECRET).toBe('the-secret');
    });

    it('replaces a webhook when the body repeats its id', async () => {
      await call(NEW, { json: hook() });
      const json = hook({ id: 1, active: false, events: ['comment_created'], configuration: { SECRET: 'next', EXCLUDE_BODY: 'true' } });
      expect((await call(`${NEW}/1`, { method: 'PUT', json })).body).toMatchObject({ active: false, events: ['comment_created'] });
      expect(webhooks()).toEqual([expect.objectContaining({ secret: 'next', excludeBody: true, enabled: false })]);
      expect((await call(`${NEW}/1`, { method: 'PUT', json: hook() })).status).toBe(400);
      expect((await call(`${NEW}/7`, { method: 'PUT', json: hook({ id: 7 }) })).status).toBe(404);
    });

    it('ignores the old form in silence: the body is not excluded, nothing is filtered', async () => {
      const { body } = await call(NEW, { json: { name: 'OpenHands', url: target, events, excludeBody: true, filters: { 'issue-related-events-section': 'project = SHOP' } } });
      expect(body).not.toHaveProperty('filters');
      expect(webhooks()[0]).toMatchObject({ secret: null, excludeBody: false });
    });

    it.each([
      ['a configuration that is not of strings', { configuration: { EXCLUDE_BODY: false } }],
      ['no events', { events: [] }],
      ['no name', { name: '' }],
      ['an address without scheme', { url: 'app.example.com/hook' }],
      ['an id of its own', { id: 3 }],
    ])('refuses %s', async (_, wrong) => {
      expect((await call(NEW, { json: hook(wrong) })).status).toBe(400);
      expect(webhooks()).toEqual([]);
    });

    it('deletes a webhook, and then sends nothing', async () => {
      await call(NEW, { json: hook() });
      expect((await call(`${NEW}/1`, { method: 'DELETE' })).status).toBe(204);
      expect((await call(`${NEW}/1`)).status).toBe(404);
      sandbox.dataCenterActions.addLabel('SHOP-12', 'ben', 'openhands');
      expect(sandbox.jiraDataCenter.webhooks.deliveries).toEqual([]);
    });

    it('lists by event and in pages', async () => {
      await call(NEW, { json: hook() });
      await call(NEW, { json: hook({ name: 'Other', events: ['jira:issue_deleted'] }) });
      const namesOf = async (query: string) => (await call(NEW + query)).body.map((one: { name: string }) => one.name);
      expect(await namesOf('?event=jira:issue_deleted')).toEqual(['Other']);
      expect(await namesOf('?start=1&limit=1')).toEqual(['Other']);
      expect(await namesOf('?start=0&limit=1')).toEqual(['OpenHands']);
      expect((await call(`${NEW}/transitions`)).body).toEqual([]);
    });

    it('counts what became of deliveries, and knows the last one', async () => {
      await call(NEW, { json: hook() });
      expect((await call(`${NEW}/1/latest`)).status).toBe(204);
      const { faults } = sandbox.github.standIn;
      faults.add({ effect: { kind: 'status', status: 200 } });
      faults.add({ effect: { kind: 'reset' } });
      for (const label of ['one', 'two', 'three']) {
        sandbox.dataCenterActions.addLabel('SHOP-12', 'ben', label);
        await sandbox.jiraDataCenter.webhooks.idle();
      }
      const statistics = (await call(`${NEW}/1/statistics`)).body;
      expect(statistics.counts).toMatchObject({ successes: 1, errors: 1, failures: 1 });
      expect(statistics.lastError).toMatchObject({ event: 'jira:issue_updated', statusCode: 404 });
      const summary = (await call(`${NEW}/1/statistics/summary`)).body;
      expect(summary['comment_created'].counts.successes).toBe(0);
      expect(summary['jira:issue_updated'].counts.successes).toBe(1);
      expect((await call(`${NEW}?statistics=true`)).body[0].statistics).toEqual(statistics);
      expect((await call(NEW)).body[0]).not.toHaveProperty('statistics');
      expect((await call(`${NEW}/1/latest`)).body).toMatchObject({ event: 'jira:issue_updated', statusCode: 404 });
    });

    it('has no old path', async () => {
      expect((await call(OLD)).status).toBe(404);
      expect((await call(OLD, { json: hook() })).status).toBe(404);
    });
  });

  describe('up to version 9', () => {
    it('creates, lists, changes and deletes, with the id in self only', async () => {
      useNine();
      const json = { name: 'OpenHands', url: target, events, excludeBody: false, filters: { 'issue-related-events-section': '' }, secret: 'ignored' };
      const made = await call(OLD, { json });
      expect(made.status).toBe(201);
      expect(made.body).toMatchObject({ name: 'OpenHands', url: target, events, excludeBody: false, enabled: true, lastUpdatedUser: 'ada' });
      expect(made.body).not.toHaveProperty('id');
      expect(made.body.self).toBe(`${sandbox.urls.jiraDataCenter}${OLD}/1`);
      expect(webhooks()[0]?.secret).toBeNull();
      expect((await call(OLD)).body).toEqual([made.body]);
      expect((await call(`${OLD}/1`, { method: 'PUT', json: { ...json, name: 'Renamed' } })).body.name).toBe('Renamed');
      expect((await call(`${OLD}/1`, { method: 'DELETE' })).status).toBe(204);
      expect((await call(`${OLD}/1`)).status).toBe(404);
    });

    it('has no new path', async () => {
      useNine();
      expect((await call(NEW)).status).toBe(404);
    });
  });

  it.each([
    ['10.3.24', NEW, 403],
    ['9.12.30', OLD, 401],
  ])('on %s refuses people who are no administrators', async (version, path, status) => {
    sandbox.jiraDataCenter.behaviour.version = version;
    expect((await call(path, { token: CREDENTIALS.dataCenterPat })).status).toBe(status);
    expect((await call(path, { token: CREDENTIALS.dataCenterPatOfBen, json: hook() })).status).toBe(status);
    expect((await ask(sandbox.urls.jiraDataCenter + path)).status).toBe(401);
    expect(webhooks()).toEqual([]);
  });
});
