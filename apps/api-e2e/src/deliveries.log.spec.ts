import { jest } from '@jest/globals';
import { Trial, TriedEvent } from '@openhands-jira/contracts';
import { JiraProblem } from '@openhands-jira/domain';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Jiras } from '../../api/src/jira/jiras.service.js';
import type { Answer, Browser } from '../../../tools/sandbox/browser.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { ACCOUNTS, CREDENTIALS, Stage } from './stage.js';
import { type Decided, newPerson, StoryIssue } from './story-issue.js';

/** What a trial must leave as it was. */
const KEPT_ROWS = `SELECT
  (SELECT row_to_json(d) FROM (SELECT outcome, reason, attempts, trace, job_id FROM deliveries WHERE id = $1) d) AS delivery,
  (SELECT json_agg(row_to_json(t) ORDER BY t.key) FROM triggers t WHERE issue_id = $2) AS triggers,
  (SELECT json_agg(row_to_json(w) ORDER BY w.id) FROM issue_writes w WHERE issue_id = $2) AS writes,
  (SELECT count(*) FROM jobs) AS jobs, (SELECT count(*) FROM links) AS links, (SELECT count(*) FROM job_notes) AS notes`;

/** The answer of a trial, exactly as the contract has it. */
function exactlyTrial({ status, json }: Answer): Decided {
  expect(status).toBe(200);
  return z.strictObject(Trial.shape).parse(json);
}

describe('The delivery log', () => {
  let stage: Stage;
  let admin: Browser;
  let owner: Browser;
  let member: Browser;
  let stranger: Browser;
  let connectionId: string;
  const eve = '712020:eve';

  beforeAll(async () => {
    stage = await Stage.open({ JOBS_MAX_RUNNING_PER_USER: '50' });
    newPerson(stage, 'eve', { emailAddress: 'eve.private@example.org', emailVisible: true });
    stage.sandbox.github.addUser({ login: 'cora', name: 'Cora Curious' });
    [admin, owner, member, stranger] = [await stage.signIn('ada'), await stage.signIn('ben'), await stage.signIn('eve'), await stage.signIn('cora')];
    const created = await owner.post('/api/v1/jira-cloud/workspaces', {
      site: stage.sandbox.jira.host, webhookSecret: CREDENTIALS.webhookSecret, serviceAccountEmail: CREDENTIALS.serviceAccountEmail, serviceAccountApiToken: CREDENTIALS.serviceAccountToken,
    });
    connectionId = created.json.connectionId;
    stage.registerWebhook(connectionId);
    early = await askedTooEarly();
    await stage.consent(owner, created.json.authorizationUrl, ACCOUNTS.ben);
    await stage.link(owner, ACCOUNTS.ben);
    await stage.link(member, eve);
    // A change of a connection counts at the door within half a second.
    await eventually(() => newIssue().ask('ben', 'hello'), (one) => one.reason !== 'connection_pending', 'the connection to be active');
  });
  afterAll(() => stage.close());

  let early: { issue: StoryIssue; delivery: Decided };

  async function askedTooEarly(): Promise<{ issue: StoryIssue; delivery: Decided }> {
    const issue = newIssue();
    return { issue, delivery: await issue.ask('ben', '@openhands fix it') };
  }

  const newIssue = (fields: object = {}): StoryIssue => new StoryIssue(stage, admin, fields);
  const list = async (who: Browser, query = ''): Promise<Decided> => (await who.get(`/api/v1/deliveries?${query}`)).json;
  const sql = <T>(text: string, values: unknown[]): Promise<T[]> => stage.inside(DataSource).query<T[]>(text, values);

  async function replay(who: Browser, delivery: Decided, issue: StoryIssue): Promise<Decided> {
    const answer = await who.post(`/api/v1/deliveries/${delivery.id}/replay`);
    expect([answer.status, Object.keys(answer.json)]).toEqual([202, ['deliveryId']]);
    expect(answer.json.deliveryId).not.toBe(delivery.id);
    const decided = await issue.settled(answer.json.deliveryId);
    expect(decided).toMatchObject({ origin: 'replay', originDeliveryId: delivery.id, event: delivery.event, issueKey: issue.key });
    expect(decided.trace[0]).toMatchObject({ step: 'replay', detail: expect.stringContaining(delivery.id) });
    return decided;
  }

  describe('lists', () => {
    it('what came in, newest first, page by page', async () => {
      const issue = newIssue();
      for (const text of ['one', 'two', 'three', 'four', 'five']) await issue.ask('ben', text);
      const seen: string[] = [];
      let cursor: string | null = null;
      let pages = 0;
      do {
        const page: Decided = await list(admin, `issueKey=${issue.key}&limit=2${cursor ? `&cursor=${cursor}` : ''}`);
        expect(page.items.length).toBeLessThanOrEqual(2);
        seen.push(...page.items.map((one: { id: string }) => one.id));
        cursor = page.nextCursor;
        pages += 1;
      } while (cursor);
      // Five comments and the creation of the issue.
      expect([seen.length, new Set(seen).size, pages]).toEqual([6, 6, 3]);
      expect(seen).toEqual([...seen].sort().reverse());
    });

    it('only what fits the filters', async () => {
      const issue = newIssue({ description: '-' });
      expect(await issue.ask('ben', '@openhands fix it')).toMatchObject({ reason: 'repo_missing' });
      await issue.ask('ben', 'thank you all');
      const reasons = async (query: string): Promise<string[]> => (await list(admin, `issueKey=${issue.key}&${query}`)).items.map((one: { reason: string }) => one.reason);
      expect(await reasons('outcome=refused')).toEqual(['repo_missing']);
      expect(await reasons(`connectionId=${connectionId}&outcome=refused`)).toEqual(['repo_missing']);
      expect(await reasons('connectionId=018f3c2a-7a11-7000-8000-000000000000')).toEqual([]);
      expect(await reasons('outcome=job')).toEqual([]);
      expect(await reasons('reason=repo_missing')).toEqual(['repo_missing']);
      expect(await reasons('actor=ben%20builder&outcome=refused')).toEqual(['repo_missing']);
      expect(await reasons(`until=${new Date(0).toISOString()}`)).toEqual([]);
    });

    it('the last 24 hours in numbers, for each as much as they may see', async () => {
      const overview = (await admin.get('/api/v1/deliveries/overview')).json;
      expect(overview.outcomes.ignored).toBeGreaterThan(0);
      expect(overview.connections).toEqual([{ id: connectionId, product: 'jira-cloud', site: stage.sandbox.jira.host }]);
      expect((await stranger.get('/api/v1/deliveries/overview')).json).toMatchObject({ outcomes: { ignored: 0, job: 0 }, rejected: [], connections: [] });
    });

    it.each(['cursor=nonsense', 'limit=0', 'limit=101', 'outcome=great', 'reason=great', 'since=yesterday', 'connectionId=7'])('nothing for %s, and says what is wrong', async (query) => {
      const answer = await admin.get(`/api/v1/deliveries?${query}`);
      expect([answer.status, answer.json.code]).toEqual([400, 'validation_failed']);
    });
  });

  describe('shows a delivery', () => {
    let issue: StoryIssue;
    let ofMember: Decided;
    let ofOwner: Decided;

    beforeAll(async () => {
      issue = newIssue({ description: '-' });
      ofMember = await issue.ask(eve, '@openhands fix it, write to eve.private@example.org');
      ofOwner = await issue.ask('ben', '@openhands fix it');
    });

    it.each([['the owner of the connection', () => owner], ['an administrator', () => admin]])('to %s, with headers and payload but without signature and e-mail addresses', async (_, who) => {
      for (const delivery of [ofMember, ofOwner]) expect((await who().get(`/api/v1/deliveries/${delivery.id}`)).status).toBe(200);
      const { json, text } = await who().get(`/api/v1/deliveries/${ofMember.id}`);
      expect(json.payload).toMatchObject({ webhookEvent: 'comment_created', comment: { author: { accountId: eve } } });
      expect(json.headers).toMatchObject({ 'user-agent': 'Atlassian Webhook HTTP Client' });
      expect(Object.keys(json.headers)).not.toContain('x-hub-signature');
      expect(text).not.toContain('eve.private@example.org');
    });

    it('to the person who caused it, with its trace but without headers and payload', async () => {
      const { status, json } = await member.get(`/api/v1/deliveries/${ofMember.id}`);
      expect(status).toBe(200);
      expect(json).toMatchObject({ reason: 'repo_missing', headers: null, payload: null });
      expect(json.trace.length).toBeGreaterThan(3);
      expect((await list(member)).items.map((one: { id: string }) => one.id)).toEqual([ofMember.id]);
    });

    it('to nobody else', async () => {
      for (const [who, delivery] of [[member, ofOwner], [stranger, ofOwner], [stranger, ofMember]] as const) {
        expect((await who.get(`/api/v1/deliveries/${delivery.id}`)).status).toBe(404);
        expect((await who.post(`/api/v1/deliveries/${delivery.id}/replay`)).status).toBe(404);
      }
      expect((await list(stranger)).items).toEqual([]);
      const anonymous = await fetch(`${stage.url}/api/v1/deliveries/${ofOwner.id}`);
      expect(anonymous.status).toBe(401);
    });

    it('to automation that holds the administrator token', async () => {
      const answer = await fetch(`${stage.url}/api/v1/deliveries/${ofOwner.id}`, { headers: { authorization: 'Bearer the-administrator-token-of-the-stories' } });
      expect(answer.status).toBe(200);
    });

    it('and lets only those run it again who manage the connection', async () => {
      const answer = await member.post(`/api/v1/deliveries/${ofMember.id}/replay`);
      expect([answer.status, answer.json.code]).toEqual([403, 'forbidden']);
    });
  });

  describe('runs as a trial', () => {
    const trial = async (who: Browser, delivery: Decided): Promise<Decided> => exactlyTrial(await who.post(`/api/v1/deliveries/${delivery.id}/dry-run`));
    const kept = async (delivery: Decided, { issue }: StoryIssue): Promise<unknown> => (await sql<object>(KEPT_ROWS, [delivery.id, issue.id]))[0];

    it('a refused delivery under today\'s settings, and nothing comes of it', async () => {
      const issue = newIssue({ description: '-' });
      const refused = await issue.ask('ben', '@openhands fix it, says mia@example.org');
      expect(await issue.comments()).toHaveLength(1);
      const before = await kept(refused, issue);
      expect(await trial(owner, refused)).toMatchObject({ outcome: 'refused', reason: 'repo_missing', fixHint: expect.any(String), job: null, comment: { wiki: expect.stringContaining('Repository:'), text: expect.stringContaining('Repository:'), adf: { type: 'doc' } } });
      stage.sandbox.jira.store.setDescription(issue.issue, 'Repository: Acme/web-app', ACCOUNTS.ben);
      const now = await trial(admin, refused);
      expect(now).toMatchObject({ outcome: 'job', reason: 'started', fixHint: null, job: { trigger: 'mention', requestedBy: 'Ben Builder', repository: { fullName: 'Acme/web-app' }, followUpPrompt: null } });
      expect(now.job.prompt).toContain('fix it, says (e-mail address)');
      expect(now.comment.text).toContain('Acme/web-app');
      expect(now.trace.map(({ step }: { step: string }) => step)).toEqual(expect.arrayContaining(['event', 'mention', 'read back', 'person', 'repository', 'conversation']));
      expect(await kept(refused, issue)).toEqual(before);
      expect([(await issue.comments()).length, await issue.jobs()]).toEqual([1, 0]);
    });

    it('what led to a job, and says that it would not start twice', async () => {
      const issue = newIssue();
      const started = await issue.ask('ben', '@openhands fix it');
      await issue.jobIs(started.jobId);
      const { outcome, trace } = await trial(owner, started);
      expect(outcome).toBe('job');
      expect(trace).toContainEqual(expect.objectContaining({ step: 'trigger key', result: 'info', detail: expect.stringContaining(`${started.id} has already asked for the same, and it was accepted`) }));
      expect(await issue.jobs()).toBe(1);
    });

    it('a Jira that does not answer is told in words', async () => {
      const issue = newIssue();
      const delivery = await issue.ask('ben', '@openhands help');
      const open = jest.spyOn(stage.inside(Jiras), 'clientFor').mockRejectedValue(new JiraProblem('jira_unreachable', 'upstream words'));
      const told = await trial(owner, delivery);
      open.mockRestore();
      expect(told).toMatchObject({ outcome: 'failed', reason: 'jira_unreachable', comment: null, job: null, fixHint: expect.any(String) });
      expect(JSON.stringify(told)).not.toContain('upstream words');
    });

    it('only for those who look after the connection', async () => {
      const delivery = await newIssue().ask(eve, '@openhands help');
      const status = async (who: Browser): Promise<number> => (await who.post(`/api/v1/deliveries/${delivery.id}/dry-run`)).status;
      expect([await status(member), await status(stranger)]).toEqual([403, 404]);
      expect(await trial(owner, delivery)).toMatchObject({ outcome: 'job', reason: 'command_done', job: null, comment: { text: expect.stringContaining('@openhands stop') } });
    });
  });

  describe('tries a call that Jira did not make', () => {
    const tried = async (wish: object, who = owner): Promise<Answer> => who.post(`/api/v1/connections/${connectionId}/try`, { as: 'signed', ...wish });
    const told = async (wish: object): Promise<Decided> => {
      // A person may run twenty in a minute.
      const { status, json } = await tried(wish, admin);
      expect(status).toBe(200);
      return z.strictObject(TriedEvent.shape).parse(json);
    };
    const rows = async (): Promise<unknown> => (await sql<object>('SELECT (SELECT count(*) FROM deliveries) AS deliveries, (SELECT count(*) FROM triggers) AS triggers, (SELECT count(*) FROM jobs) AS jobs, (SELECT sum(count) FROM rejected_calls) AS rejected', []))[0];
    let issue: StoryIssue;
    let before: unknown;
    beforeAll(async () => {
      issue = newIssue();
      await issue.ask('ben', 'nothing for anybody');
      before = await rows();
    });
    afterAll(async () => expect(await rows()).toEqual(before));

    it.each<[string, object]>([
      ['mention', { outcome: 'job', reason: 'started', job: { trigger: 'mention', requestedBy: 'Ben Builder', repository: { fullName: 'Acme/web-app' } } }],
      ['label', { outcome: 'job', reason: 'started', job: { trigger: 'label' } }],
      ['command', { outcome: 'job', reason: 'command_done', job: null, comment: { adf: { type: 'doc' } } }],
      ['no_mention', { outcome: 'ignored', reason: 'no_mention_no_label', job: null, comment: null }],
    ])('a sample: %s', async (sample, expected) => {
      expect(await told({ sample, issueKey: issue.key.toLowerCase(), jiraAccountId: ACCOUNTS.ben })).toMatchObject({ ...expected, door: { status: 200 }, readBack: 'simulated', trace: expect.arrayContaining([expect.objectContaining({ step: 'signature', result: 'yes' })]) });
    });

    it.each([['wrongly_signed', 'signature_mismatch'], ['unsigned', 'signature_missing']])('a call that is %s, with the one answer of the door', async (as, reason) => {
      expect(await told({ sample: 'mention', issueKey: issue.key, jiraAccountId: ACCOUNTS.ben, as })).toMatchObject({ outcome: 'rejected', reason, comment: null, door: { status: 403, detail: expect.stringContaining('not accepted') } });
    });

    it('a body, which Jira has to confirm', async () => {
      const payload = (text: string) => JSON.stringify({ webhookEvent: 'comment_created', issue: { id: issue.issue.id, key: issue.key }, comment: { id: issue.lastComment, body: text, author: { accountId: ACCOUNTS.ben } } });
      expect(await told({ payload: payload('@openhands fix it') })).toMatchObject({ outcome: 'ignored', reason: 'withdrawn', readBack: 'real', door: { status: 200 } });
    });

    it.each([['', 'body_empty'], ['{', 'body_unreadable'], ['[1]', 'body_unreadable'], ['{"a":1}', 'body_unreadable'], ['{"a":'.repeat(40_000), 'body_unreadable']])('a body that is none, in words (%#)', async (payload, reason) => {
      expect(await told({ payload })).toMatchObject({ outcome: 'rejected', reason, door: { status: 400 } });
    });

    it('a body with characters that no database takes, in words', async () => {
      const payload = JSON.stringify({ webhookEvent: 'comment_created', issue: { id: '1\0', key: 'SHOP-1' }, comment: { id: '\0', body: '@openhands', author: { accountId: 'x' } } });
      expect((await told({ payload })).outcome).toMatch(/failed|ignored|refused/);
    });

    it('nothing that is incomplete, names nobody, or is of others', async () => {
      const fields = async (wish: object): Promise<string[]> => ((await tried(wish)).json.errors ?? []).map(({ path }: { path: string }) => path);
      expect(await fields({})).toEqual(['sample']);
      expect(await fields({ sample: 'mention' })).toEqual(['issueKey', 'jiraAccountId']);
      expect(await fields({ sample: 'mention', issueKey: issue.key, jiraAccountId: 'nobody' })).toEqual(['jiraAccountId']);
      expect(await fields({ sample: 'mention', issueKey: 'SHOP-99999', jiraAccountId: ACCOUNTS.ben })).toEqual(['issueKey']);
      expect((await tried({ payload: '{}' }, member)).status).toBe(404);
    });
  });

  describe('runs again', () => {
    it('a refused delivery, which is decided by what is true now', async () => {
      const issue = newIssue({ description: '-' });
      const refused = await issue.ask('ben', '@openhands fix it');
      expect(refused).toMatchObject({ outcome: 'refused', reason: 'repo_missing' });
      expect(await replay(owner, refused, issue)).toMatchObject({ outcome: 'refused', reason: 'repo_missing' });
      stage.sandbox.jira.store.setDescription(issue.issue, 'Repository: Acme/web-app', ACCOUNTS.ben);
      const again = await replay(owner, refused, issue);
      expect([again.outcome, again.reason]).toEqual(['job', 'started']);
      expect(await issue.jobIs(again.jobId)).toMatchObject({ requestedBy: { name: 'Ben Builder' } });
      expect([await issue.jobs(), await issue.startsReach(1)]).toEqual([1, 1]);
    });

    it('a refused edit', async () => {
      const issue = newIssue({ description: '-' });
      await issue.ask('ben', 'the total is wrong');
      const refused = await issue.edit('@openhands the total is wrong');
      expect(refused).toMatchObject({ outcome: 'refused', reason: 'repo_missing' });
      stage.sandbox.jira.store.setDescription(issue.issue, 'Repository: Acme/web-app', ACCOUNTS.ben);
      expect(await replay(admin, refused, issue)).toMatchObject({ outcome: 'job', reason: 'started' });
    });

    it('a delivery that started a job, without starting it twice', async () => {
      const issue = newIssue();
      const started = await issue.ask('ben', '@openhands fix it');
      await issue.jobIs(started.jobId);
      const again = await replay(owner, started, issue);
      expect(again).toMatchObject({ outcome: 'ignored', reason: 'duplicate_trigger', duplicateOf: started.id });
      expect(await replay(owner, again, issue)).toMatchObject({ outcome: 'ignored', reason: 'duplicate_trigger' });
      expect([await issue.jobs(), await issue.startsReach(1), (await issue.comments()).length]).toEqual([1, 1, 2]);
    });

    it('an edit that had nothing to do, without starting the work of its comment again', async () => {
      const issue = newIssue();
      const started = await issue.ask('ben', '@openhands fix it');
      await issue.jobIs(started.jobId);
      const edit = await issue.edit('@openhands fix it, please');
      expect(await replay(owner, edit, issue)).toMatchObject({ outcome: 'ignored', reason: 'comment_already_handled' });
      expect(await issue.jobs()).toBe(1);
    });

    it('what came in before the connection was set up', async () => {
      const { issue, delivery } = early;
      expect(delivery).toMatchObject({ outcome: 'ignored', reason: 'connection_pending' });
      expect([await issue.wishes(), await issue.jobs()]).toEqual([0, 0]);
      expect(await replay(owner, delivery, issue)).toMatchObject({ outcome: 'job', reason: 'started' });
    });

    it('nothing whose payload is no longer kept', async () => {
      const issue = newIssue();
      const delivery = await issue.ask('ben', 'nothing');
      await sql('UPDATE deliveries SET body = NULL WHERE id = $1', [delivery.id]);
      const answer = await owner.post(`/api/v1/deliveries/${delivery.id}/replay`);
      expect([answer.status, answer.json.code]).toEqual([409, 'payload_gone']);
      expect((await owner.get(`/api/v1/deliveries/${delivery.id}`)).json).toMatchObject({ payload: null, reason: 'no_mention_no_label' });
    });

    it('many at once, by a filter, and of those only what one looks after', async () => {
      const issue = newIssue({ description: '-' });
      const refused = [await issue.ask('ben', '@openhands fix it'), await issue.ask('ben', '@openhands fix this too')];
      stage.sandbox.jira.store.setDescription(issue.issue, 'Repository: Acme/web-app', ACCOUNTS.ben);
      const filter = { outcome: 'refused', issueKey: issue.key };
      expect((await stranger.post('/api/v1/deliveries/replay', filter)).json).toEqual({ accepted: 0, skipped: 0, nextCursor: null });
      const answer = await owner.post('/api/v1/deliveries/replay', filter);
      expect([answer.status, answer.json]).toEqual([202, { accepted: 2, skipped: 0, nextCursor: null }]);
      const accepted = async (): Promise<Decided[]> => (await list(admin, `issueKey=${issue.key}&outcome=job`)).items;
      const decided = await eventually(accepted, (items) => items.length === 2, 'both to be accepted');
      // Newest first: the second became part of the work of the first.
      expect(decided.map((one) => [one.reason, one.id > refused[1].id])).toEqual([['continued', true], ['started', true]]);
      expect(await issue.jobs()).toBe(1);
      expect((await owner.post('/api/v1/deliveries/replay', { outcome: 'job' })).status).toBe(400);
    });

    it('five times at the same moment as once', async () => {
      const issue = newIssue({ description: '-' });
      const refused = await issue.ask('ben', '@openhands fix it');
      stage.sandbox.jira.store.setDescription(issue.issue, 'Repository: Acme/web-app', ACCOUNTS.ben);
      const all: Decided[] = await Promise.all([1, 2, 3, 4, 5].map(() => replay(owner, refused, issue)));
      expect(all.map((one) => one.reason).sort()).toEqual(['duplicate_trigger', 'duplicate_trigger', 'duplicate_trigger', 'duplicate_trigger', 'started']);
      expect(await issue.jobs()).toBe(1);
    });

    it('is not done without end: each person may ask sixty times a minute, whether for one or for many', async () => {
      const filter = { outcome: 'refused', issueKey: 'NONE-1' };
      const ask = async (who: Browser, times: number): Promise<number[]> => Promise.all(Array.from({ length: times }, () => who.post('/api/v1/deliveries/replay', filter).then(({ status }) => status)));
      const minute = (): number => Math.floor(Date.now() / 60_000);
      const began = minute();
      const answers = await ask(stranger, 130);
      expect(new Set(answers)).toEqual(new Set([202, 429]));
      // When a minute ended between two of them, the count began anew.
      expect(answers.filter((status) => status === 202).length).toBeLessThanOrEqual(minute() === began ? 60 : 120);
      expect(await ask(member, 1)).toEqual([202]);
    });
  });
});
