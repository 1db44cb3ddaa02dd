/** What the owner of a connection is told, and what the owner decides about it. */
import { type ConnectionRules, DEFAULT_RULES, DelegationMade, DelegationState, RulesPreview, ShadowReport, WebhookInstructions } from '@openhands-jira/contracts';
import { isDeepStrictEqual } from 'node:util';
import { WebhookSecrets } from '../../api/src/connections/webhook-secrets.service.js';
import { type Answer, Browser } from '../../../tools/sandbox/browser.ts';
import { sign } from '../../../tools/sandbox/jira-cloud/webhooks.ts';
import type { NewIssue } from '../../../tools/sandbox/jira-model.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { ACCOUNTS, Stage } from './stage.js';
import { type Decided, ENDLESS, newPerson, StoryIssue } from './story-issue.js';

let stage: Stage;
let ada: Browser;
let ben: Browser;
let connectionId: string;

beforeAll(async () => {
  stage = await Stage.open({ JOBS_MAX_RUNNING_PER_USER: '50' });
  ada = await stage.signIn('ada');
  connectionId = await stage.connectWorkspace(ada);
  ben = await stage.signIn('ben');
  await stage.link(ben, ACCOUNTS.ben);
});
afterAll(() => stage.close());

describe('Deliveries that are not let in', () => {
  const reasons = async (browser: Browser): Promise<{ code: string; detail: string }[]> =>
    (await browser.get('/api/v1/integrations')).json.items.find((one: { product: string }) => one.product === 'jira-cloud').reasons;

  it('show their reason to the owner instead of "nothing has come yet", and to nobody else', async () => {
    expect((await reasons(ada)).map((one) => one.code)).toEqual(['no_delivery_yet']);
    expect((await stage.deliver(connectionId, '{}', { 'x-hub-signature': `sha256=${'0'.repeat(64)}` })).status).toBe(403);
    const seen = await eventually(() => reasons(ada), (all) => all.some((one) => one.code === 'deliveries_rejected'), 'the reason on the card');
    expect(seen).toEqual([{ code: 'deliveries_rejected', detail: expect.stringMatching(/^Jira sends deliveries, but they are not let in: the signature does not fit\. The secret differs/) }]);
    expect((await reasons(ben)).map((one) => one.code)).not.toContain('deliveries_rejected');
  });

  it('are forgotten as soon as one is let in', async () => {
    stage.comment('SHOP-12', ACCOUNTS.ben, 'An ordinary comment');
    await stage.decided(ada, 'SHOP-12');
    expect(await eventually(() => reasons(ada), (all) => all.length === 0, 'no reason left')).toEqual([]);
  });
});

describe('The rules of a connection', () => {
  const rulesPath = (): string => `/api/v1/connections/${connectionId}/rules`;
  const newIssue = (fields: Partial<NewIssue> = {}): StoryIssue => new StoryIssue(stage, ada, fields);
  const project = (key: string, more: Partial<ConnectionRules['projects'][number]> = {}): ConnectionRules['projects'][number] => ({ key, defaultRepository: null, gate: null, ...more });

  /** Saves these rules, the others as they are by default, and waits until the front door has noticed. */
  async function decide(rules: Partial<ConnectionRules>, browser: Browser = ada): Promise<ConnectionRules> {
    const { status, json } = await browser.put(rulesPath(), { ...DEFAULT_RULES, ...rules });
    expect(status).toBe(200);
    const door = stage.inside(WebhookSecrets);
    await eventually(() => door.of(connectionId), (known) => isDeepStrictEqual(known?.rules, json.rules), 'the rules at the front door');
    return json.rules;
  }

  /** Refused for this reason, told in one comment that matches. */
  async function told(issue: StoryIssue, delivery: Decided, reason: string, words: RegExp): Promise<void> {
    expect([delivery.outcome, delivery.reason]).toEqual(['refused', reason]);
    expect(await issue.comments()).toEqual([expect.stringMatching(words)]);
    expect(await issue.jobs()).toBe(0);
  }

  beforeAll(() => stage.link(ada, ACCOUNTS.ada));
  beforeEach(() => decide({}));

  it('are kept with the host of each repository, without empty gates, and noted', async () => {
    const kept = await decide({ projects: [project('shop', { defaultRepository: 'localhost/Acme/api@develop', gate: { labels: [], statuses: [], fields: [] } })], people: { who: 'listed', emails: ['Ben@Example.com', '@example.org'] } });
    expect(kept.projects).toEqual([project('SHOP', { defaultRepository: 'localhost/Acme/api@develop' })]);
    expect((await ada.get(rulesPath())).json).toMatchObject({ rules: kept, mayChangeApps: true });
    expect((await ada.put(rulesPath(), kept)).json.rules).toEqual(kept);
    const [entry, before] = (await ada.get('/api/v1/admin/audit')).json.items;
    expect(entry).toMatchObject({ what: 'connection_rules_changed', who: 'Ada Admin' });
    expect(entry.changes.slice(1)).toEqual([
      { name: 'people who may start work', from: 'everybody who is linked', to: '@example.org, 1 e-mail addresses' },
      { name: 'project SHOP', from: null, to: 'localhost/Acme/api@develop' },
    ]);
    expect(before.what).not.toBe('connection_rules_changed');
  });

  it.each<[string, object, string]>([
    ['a repository of an unknown host', { defaultRepository: 'https://git.example.org/a/b' }, 'defaultRepository'],
    ['a repository that could be at several hosts', { projects: [project('SHOP', { defaultRepository: 'Acme/api' })] }, 'projects.0.defaultRepository'],
    ['words that are no repository', { defaultRepository: 'the usual one' }, 'defaultRepository'],
    ['a project twice', { projects: [project('SHOP'), project('shop')] }, 'projects.1.key'],
    ['a key that is none', { projects: [project('SHOP-1')] }, 'projects.0.key'],
    ['an address that is none', { people: { who: 'listed', emails: ['ben'] } }, 'people.emails.0'],
    ['a character that cannot be stored', { allowedApps: ['a\u0000b'] }, 'allowedApps.0'],
    ['no list', { projects: 'all' }, 'projects'],
  ])('are refused with %s, at that place', async (_name, wrong, path) => {
    const { status, json } = await ada.put(rulesPath(), { ...DEFAULT_RULES, ...wrong });
    expect([status, json.code, json.errors?.[0]?.path]).toEqual([400, 'validation_failed', path]);
  });

  it('leave projects out in silence, also when the delivery does not tell the project', async () => {
    await decide({ projects: [project('SHOP')], otherProjects: 'not_served' });
    const [outside, inside] = [newIssue({ projectKey: 'HELP' }), newIssue()];
    expect(await outside.ask('ben', '@openhands fix it')).toMatchObject({ outcome: 'ignored', reason: 'project_out_of_scope' });
    expect(await outside.label('ben')).toMatchObject({ outcome: 'ignored', reason: 'project_out_of_scope' });
    expect(await inside.ask('ben', '@openhands fix it')).toMatchObject({ reason: 'started' });

    const { id, body, ...comment } = outside.issue.comments[0]!;
    const self = `https://${stage.sandbox.jira.host}/rest/api/2/issue/${outside.issue.id}/comment/${id}`;
    const { json } = await stage.deliver(connectionId, JSON.stringify({ webhookEvent: 'comment_created', comment: { id, self, body: (body as { wiki: string }).wiki, author: { accountId: comment.authorId } } }));
    expect(json.outcome).toBe('pending');
    expect(await outside.settled(json.deliveryId)).toMatchObject({ outcome: 'ignored', reason: 'project_out_of_scope' });
    expect(await outside.wishes()).toBe(0);
  });

  it('name the repository where the issue names none, for its project or for all', async () => {
    await decide({ projects: [project('SHOP', { defaultRepository: 'localhost/Acme/api' })], defaultRepository: 'localhost/Acme/web-app', withoutRepository: true });
    const [silent, elsewhere, named] = [newIssue({ description: 'The login fails.' }), newIssue({ projectKey: 'HELP', description: 'It is slow.' }), newIssue()];
    const started = await silent.ask('ben', '@openhands fix it');
    expect(await silent.job(started.jobId)).toMatchObject({ repository: { fullName: 'Acme/api', source: 'project_default' } });
    expect((await silent.comments())[0]).toMatch(/Acme\/api.*the default of this project/s);
    expect(await elsewhere.job((await elsewhere.ask('ben', '@openhands fix it')).jobId)).toMatchObject({ repository: { fullName: 'Acme/web-app', source: 'project_default' } });
    expect(await named.job((await named.ask('ben', '@openhands fix it')).jobId)).toMatchObject({ repository: { fullName: 'Acme/web-app', source: 'line' } });
  });

  it('check the right to push to a default repository', async () => {
    await decide({ defaultRepository: 'localhost/Acme/read-only', withoutRepository: true });
    const issue = newIssue({ description: 'The login fails.' });
    await told(issue, await issue.ask('ben', '@openhands fix it'), 'repo_no_access', /Acme\/read-only/);
  });

  it('let work start without a repository, and the comment says so', async () => {
    await decide({ withoutRepository: true });
    const issue = newIssue({ description: 'What could be the cause?' });
    const { jobId } = await issue.ask('ben', '@openhands think about it');
    expect(await issue.job(jobId)).toMatchObject({ repository: null });
    expect((await issue.comments())[0]).toContain('Repository: no repository');
  });

  it('let the description of a new issue address us, once', async () => {
    const create = (description: string): Promise<Decided> => {
      let issue!: StoryIssue;
      const [sent] = new StoryIssue(stage, ada).sentBy(() => (issue = newIssue({ description })));
      return issue.answered(sent!).then(({ deliveryId }) => issue.settled(deliveryId));
    };
    expect(await create('Repository: Acme/web-app\n@openhands please')).toMatchObject({ outcome: 'ignored', reason: 'no_mention_no_label' });
    await decide({ addressInDescription: true });
    expect(await create('Repository: Acme/web-app\n@openhands please')).toMatchObject({ outcome: 'job', reason: 'started' });
    expect(await create('Repository: Acme/web-app')).toMatchObject({ outcome: 'ignored', reason: 'no_mention_no_label' });
  });

  it('ask an issue for what the project wants before work starts, and check tells it', async () => {
    await decide({ projects: [project('SHOP', { gate: { labels: ['ready'], statuses: ['Selected'], fields: ['Priority', 'customfield_10021'] } })] });
    const issue = newIssue({ labels: ['ready'] });
    const missing = /missing: .*status "Selected".*field "customfield_10021"/s;
    await told(issue, await issue.ask('ben', '@openhands fix it'), 'gate_not_met', missing);
    expect(await issue.ask('ben', '@openhands check')).toMatchObject({ reason: 'command_done' });
    expect((await issue.comments()).at(-1)).toMatch(/could not start.*Rules of the project: not in order.*status "Selected"/s);
    await decide({ projects: [project('SHOP', { gate: { labels: ['READY'], statuses: [issue.issue.status.toLowerCase()], fields: ['priority'] } })] });
    expect(await issue.ask('ben', '@openhands check')).toMatchObject({ reason: 'command_done' });
    expect((await issue.comments()).at(-1)).toMatch(/A job could start.*Everything that the project asks for/s);
    expect(await issue.ask('ben', '@openhands fix it')).toMatchObject({ reason: 'started' });
  });

  it('let only the listed people start work; status and check stay open', async () => {
    const issue = newIssue();
    const { jobId } = await issue.ask('ben', '@openhands fix it');
    await issue.jobIs(jobId);
    await decide({ people: { who: 'listed', emails: ['cora@example.com'] } });
    const other = newIssue();
    await told(other, await other.ask('ben', '@openhands fix it'), 'user_not_allowed', /rules/);
    expect(await issue.ask('ben', '@openhands retry')).toMatchObject({ reason: 'user_not_allowed' });
    expect((await ben.post(`/api/v1/jobs/${jobId}/retry`)).json).toMatchObject({ status: 403, detail: expect.stringContaining('rules') });
    expect(await other.ask('ben', '@openhands check')).toMatchObject({ reason: 'command_done' });
    expect((await other.comments()).at(-1)).toMatch(/could not start.*Your account: not in order/s);
    expect(await other.ask('ada', '@openhands fix it')).toMatchObject({ reason: 'started' });
    await decide({ people: { who: 'listed', emails: ['@example.com'] } });
    expect(await newIssue().ask('ben', '@openhands fix it')).toMatchObject({ reason: 'started' });
  });

  it('let an app ask in the name of the owner, as long as the owner is linked and stays the owner', async () => {
    const robot = newPerson(stage, 'robot', { accountType: 'app', displayName: 'Release robot' }).accountId;
    const refusedApp = newIssue();
    await told(refusedApp, await refusedApp.ask(robot, '@openhands fix it'), 'user_is_app', /Release robot.*allow this app/s);
    await decide({ allowedApps: ['Release robot'] });
    const issue = newIssue();
    const started = await issue.label(robot);
    expect(started).toMatchObject({ outcome: 'job', reason: 'started' });
    const { id: owner } = (await ada.get('/api/v1/me')).json;
    expect(await issue.job(started.jobId)).toMatchObject({ requestedBy: { userId: owner, name: 'Release robot' } });

    const { id: next } = (await ben.get('/api/v1/me')).json;
    await ada.post(`/api/v1/admin/connections/${connectionId}/owner`, { userId: next });
    expect((await ada.get('/api/v1/admin/audit')).json.items[0].changes.slice(1)).toEqual([{ name: 'owner', from: 'Ada Admin', to: 'Ben Builder' }, { name: 'apps that may ask', from: 'Release robot', to: null }]);
    const view = (await ada.get(rulesPath())).json;
    expect(view).toMatchObject({ mayChangeApps: false, rules: { allowedApps: [] } });
    const refused = await ada.put(rulesPath(), { ...view.rules, allowedApps: ['Release robot'] });
    expect([refused.status, refused.json.code, refused.json.detail]).toEqual([403, 'forbidden', expect.stringContaining("in the owner's name")]);
    expect((await ada.put(rulesPath(), { ...view.rules, replaceRunningJob: true })).status).toBe(200);
    expect((await newIssue().label(robot)).reason).toBe('user_is_app');
    await ada.post(`/api/v1/admin/connections/${connectionId}/owner`, { userId: owner });
  });

  it('let a fresh start take the place of the running job', async () => {
    stage.sandbox.openhands.play(ENDLESS);
    const issue = newIssue();
    const { jobId: former } = await issue.ask('ben', '@openhands fix the rounding');
    await issue.jobIs(former, 'running');
    expect(await issue.ask('ben', '@openhands new: begin with a test')).toMatchObject({ outcome: 'refused', reason: 'already_running' });
    await decide({ replaceRunningJob: true });
    const next = await issue.ask('ben', '@openhands new: begin with the currency');
    expect(next).toMatchObject({ outcome: 'job', reason: 'started' });
    expect(next.jobId).not.toBe(former);
    expect(await issue.job(former)).toMatchObject({ state: 'cancelled', cancelReason: 'replaced' });
    expect(await issue.jobIs(next.jobId)).toMatchObject({ state: 'succeeded' });
    const comments = await issue.comments();
    expect(comments.filter((text) => text.includes('a newer one took its place'))).toHaveLength(1);
    expect(issue.starts()).toBe(2);
    const kinds = (await issue.job(former)).timeline.map((one: { kind: string }) => one.kind);
    expect(kinds).toContain('agent_stopped');
  });

  it('let a connection only watch: everything is decided and counted, and nothing starts or is written', async () => {
    const report = async (): Promise<ShadowReport> => ShadowReport.parse((await ada.get(`/api/v1/connections/${connectionId}/shadow-report`)).json);
    expect(await report()).toMatchObject({ accepted: 0, refused: 0, refusals: [] });
    await decide({ shadow: true });
    const [good, bad] = [newIssue(), newIssue({ description: 'The login fails.' })];
    const watched = await good.ask('ben', '@openhands fix it');
    expect(watched).toMatchObject({ outcome: 'ignored', reason: 'shadow_accepted', jobId: null });
    expect(watched.trace.map((one: { step: string }) => one.step)).toEqual(expect.arrayContaining(['signature', 'read back', 'person', 'repository', 'shadow']));
    expect(await bad.ask('ben', '@openhands fix it')).toMatchObject({ outcome: 'ignored', reason: 'shadow_refused' });
    expect(await bad.label('ben')).toMatchObject({ outcome: 'ignored', reason: 'shadow_refused' });
    expect(await good.ask('ben', 'Nothing for anybody.')).toMatchObject({ reason: 'no_mention_no_label' });
    expect([await good.wishes(), await bad.wishes(), await good.jobs(), await bad.jobs(), good.starts()]).toEqual([0, 0, 0, 0, 0]);
    expect(await report()).toMatchObject({ accepted: 1, refused: 2, refusals: [{ reason: 'repo_missing', count: 2 }] });
    for (const browser of [ada, ben]) expect((await browser.get('/api/v1/integrations')).json.items[0].reasons).toContainEqual({ code: 'only_watches', detail: expect.stringContaining('only watches') });
    await decide({});
    const again = await good.settled((await ada.post(`/api/v1/deliveries/${watched.id}/replay`)).json.deliveryId);
    expect(again).toMatchObject({ outcome: 'job', reason: 'started' });
    await good.jobIs(again.jobId);
    await decide({ shadow: true });
    expect(await ada.post(`/api/v1/jobs/${again.jobId}/retry`)).toMatchObject({ status: 409, json: { code: 'not_retryable', detail: expect.stringContaining('only watches') } });
  });

  it('can be tried on what came before they are saved', async () => {
    const [silent, apart] = [newIssue({ description: 'The login fails.' }), newIssue({ projectKey: 'HELP' })];
    expect(await silent.ask('ben', '@openhands fix it')).toMatchObject({ reason: 'repo_missing' });
    expect(await apart.ask('ben', '@openhands fix it')).toMatchObject({ reason: 'started' });
    const { status, json } = await ada.post(`${rulesPath()}/preview`, { ...DEFAULT_RULES, defaultRepository: 'localhost/Acme/api', projects: [project('SHOP')], otherProjects: 'not_served' });
    const preview = RulesPreview.parse(json);
    expect(status).toBe(200);
    expect(preview.looked).toBeGreaterThan(10);
    expect(preview.examples).toEqual(expect.arrayContaining([
      { deliveryId: expect.any(String), issueKey: silent.key, now: 'repo_missing', then: 'started' },
      { deliveryId: expect.any(String), issueKey: apart.key, now: 'started', then: 'project_out_of_scope' },
    ]));
    expect((await ada.get(rulesPath())).json.rules).toEqual(DEFAULT_RULES);
  });
});

describe('When somebody else is the Jira administrator', () => {
  const path = (): string => `/api/v1/connections/${connectionId}/delegation`;
  const open = (token: string): Promise<Answer> => new Browser(stage.url).post('/api/v1/delegations/open', { token });
  const made = async (): Promise<string> => new URL(DelegationMade.parse((await ada.post(path())).json).url).hash.slice(1);

  it('a link shows that person once what to enter, and deliveries signed with it are let in beside those of the former secret', async () => {
    const instructions = WebhookInstructions.parse((await open(await made())).json);
    expect(instructions).toMatchObject({ connectionId, site: stage.sandbox.jira.host, askedBy: 'Ada Admin', webhookUrl: `${stage.url}/integration/jira/connections/${connectionId}/events` });
    const [body, other] = ['{"webhookEvent":"signed with the new secret"}', '{"webhookEvent":"signed with the former one"}'];
    await eventually(() => stage.deliver(connectionId, body, { 'x-hub-signature': sign(instructions.secret, body) }), (answer) => answer.status === 200, 'the door to know the new secret');
    expect((await stage.deliver(connectionId, other)).status).toBe(200);
    expect(DelegationState.parse((await ada.get(path())).json).delegation).toMatchObject({ openedAt: expect.any(String) });
    const webhook = async (): Promise<{ lastDeliveryAt: string | null }> => (await ada.get('/api/v1/integrations')).json.items.find((one: { product: string }) => one.product === 'jira-cloud').connection.webhook;
    expect(await eventually(webhook, (now) => now.lastDeliveryAt !== null, 'the first delivery to be told')).toMatchObject({ previousSecretUntil: expect.any(String) });
  });

  it('only the owner makes it, not an administrator who could take the connection over', async () => {
    const owner = `/api/v1/admin/connections/${connectionId}/owner`;
    const idOf = async (browser: Browser): Promise<string> => (await browser.get('/api/v1/me')).json.id;
    const token = await made();
    expect((await ben.post(path())).status).toBe(404);
    expect((await ada.post(owner, { userId: await idOf(ben) })).status).toBe(200);
    expect(await ada.post(path())).toMatchObject({ status: 403, json: { code: 'not_owner' } });
    expect((await open(token)).status).toBe(404);
    expect((await ada.post(owner, { userId: await idOf(ada) })).status).toBe(200);
  });
});
