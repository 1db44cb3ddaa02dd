import { DEFAULT_RULES } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import type { Browser } from '../../../tools/sandbox/browser.ts';
import type { FaultEffect } from '../../../tools/sandbox/faults.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { RenewedAccess } from '../../api/src/comments/renewed-access.js';
import { ACCOUNTS, CREDENTIALS, Stage } from './stage.js';
import { type Decided, StoryIssue } from './story-issue.js';

/** Attempts in these stories; the pauses between them are taken away below. */
const ATTEMPTS = 3;

describe('When something that we need does not work', () => {
  let stage: Stage;
  let ada: Browser;
  let connectionId: string;

  beforeAll(async () => {
    stage = await Stage.open({ JOBS_MAX_RUNNING_PER_USER: '50' });
    ada = await stage.signIn('ada');
    connectionId = await stage.connectWorkspace(ada);
    await stage.link(await stage.signIn('ben'), ACCOUNTS.ben);
    await sql(`UPDATE queue.queue SET retry_limit = ${ATTEMPTS - 1}, retry_delay = 0, retry_backoff = false WHERE name = 'triage'`);
  });
  afterAll(() => stage.close());
  afterEach(() => {
    stage.sandbox.atlassian.standIn.faults.clear();
    stage.sandbox.github.standIn.faults.clear();
  });

  const sql = <T>(text: string, values: unknown[] = []): Promise<T[]> => stage.inside(DataSource).query<T[]>(text, values);

  /** Reading goes wrong; writing works, so that the issue can be told. */
  function breakReading(issue: StoryIssue, effect: FaultEffect, times = Infinity): void {
    stage.sandbox.atlassian.standIn.faults.add({ effect, method: 'GET', path: `/issue/${issue.issue.id}`, times });
  }

  const FAULTS: [string, FaultEffect, string][] = [
    ['forbids it', { kind: 'status', status: 403, body: { errorMessages: ['no'] } }, 'service_account_forbidden'],
    ['is out of order', { kind: 'status', status: 503 }, 'jira_unreachable'],
    ['hangs up', { kind: 'reset' }, 'jira_unreachable'],
    ['sends a web page', { kind: 'html' }, 'jira_unexpected_answer'],
    ['sends us elsewhere', { kind: 'status', status: 302, headers: { location: 'https://elsewhere.atlassian.net/' } }, 'jira_site_renamed'],
  ];

  describe('and stays so', () => {
    const failed = new Map<string, { issue: StoryIssue; delivery: Decided }>();

    // All at once, because the queue for what failed for good is looked at once a second.
    beforeAll(async () => {
      await Promise.all(FAULTS.map(async ([name, effect]) => {
        const issue = new StoryIssue(stage, ada);
        breakReading(issue, effect);
        failed.set(name, { issue, delivery: await issue.ask('ben', '@openhands fix it') });
      }));
    });

    it.each(FAULTS)('because Jira %s, the request is tried again, fails with its reason, and the issue is told once', async (name, _, reason) => {
      const { issue, delivery } = failed.get(name)!;
      expect([delivery.outcome, delivery.reason, delivery.attempts]).toEqual(['failed', reason, ATTEMPTS]);
      expect(delivery.fixHint).toEqual(expect.any(String));
      expect(delivery.trace.at(-1)).toMatchObject({ step: 'outcome', result: 'error' });
      const comments = await issue.comments();
      expect(comments).toEqual([expect.stringContaining('could not be processed')]);
      expect(comments[0]).toContain(delivery.id);
      expect([await issue.wishes(), await issue.jobs(), issue.starts()]).toEqual([1, 0, 0]);
    });
  });

  it('and the connection only watches, the failure is in the log and not in the issue', async () => {
    await sql('UPDATE connections SET rules = $1', [JSON.stringify({ ...DEFAULT_RULES, shadow: true })]);
    const issue = new StoryIssue(stage, ada);
    breakReading(issue, { kind: 'status', status: 403, body: {} });
    expect(await issue.ask('ben', '@openhands fix it')).toMatchObject({ outcome: 'failed', reason: 'service_account_forbidden' });
    expect(await issue.wishes()).toBe(0);
    await sql('UPDATE connections SET rules = NULL');
  });

  it('and works again, nobody notices', async () => {
    const issue = new StoryIssue(stage, ada);
    breakReading(issue, { kind: 'status', status: 502 }, ATTEMPTS - 1);
    const delivery = await issue.ask('ben', '@openhands fix it');
    expect([delivery.outcome, delivery.reason, delivery.attempts]).toEqual(['job', 'started', ATTEMPTS]);
    await issue.jobIs(delivery.jobId);
    expect(await issue.comments()).toHaveLength(2);
  });

  it('and Jira does not show a new comment yet, it is asked for again', async () => {
    const issue = new StoryIssue(stage, ada);
    const missing = { kind: 'status', status: 404, body: { errorMessages: ['Can not find a comment'], errors: {} } } as const;
    const { standIn } = stage.sandbox.atlassian;
    const path = new RegExp(`/issue/${issue.issue.id}/comment/\\d+$`);
    standIn.faults.add({ effect: missing, method: 'GET', path });
    const delivery = await issue.ask('ben', '@openhands fix it');
    // Waiting for Jira is no failure, so it costs no attempt.
    expect([delivery.outcome, delivery.reason, delivery.attempts]).toEqual(['job', 'started', 1]);
    expect(standIn.calls.filter((call) => call.method === 'GET' && path.test(call.path.split('?')[0]!))).toHaveLength(2);
  });

  describe('and Jira asks us to slow down', () => {
    it('the request waits as long as Jira says and is then carried out', async () => {
      const issue = new StoryIssue(stage, ada);
      stage.sandbox.atlassian.limitRate('jira-burst-based', { path: `/issue/${issue.issue.id}`, method: 'GET', retryAfter: 1 });
      const asked = Date.now();
      const delivery = await issue.ask('ben', '@openhands fix it');
      expect([delivery.outcome, delivery.reason, delivery.attempts]).toEqual(['job', 'started', 2]);
      expect(Date.now() - asked).toBeGreaterThanOrEqual(1000);
    });

    it('but not for ever', async () => {
      const issue = new StoryIssue(stage, ada);
      stage.sandbox.atlassian.limitRate('jira-quota-tenant-based', { path: `/issue/${issue.issue.id}`, method: 'GET', retryAfter: 1, times: Infinity });
      const [sent] = issue.sentBy(() => stage.sandbox.actions.comment(issue.key, 'ben', '@openhands fix it'));
      const { deliveryId } = await issue.answered(sent!);
      // As if it had been put off for half an hour already.
      await eventually(() => sql(`UPDATE deliveries SET attempts = 20 WHERE id = $1 AND attempts > 0 RETURNING id`, [deliveryId]), (rows) => (rows as unknown[])[1] === 1, 'the first attempt');
      const delivery = await issue.settled(deliveryId);
      expect([delivery.outcome, delivery.reason]).toEqual(['failed', 'jira_rate_limited']);
      expect(await issue.comments()).toHaveLength(1);
    });
  });

  it('a duplicate takes over from a delivery that failed for good', async () => {
    const issue = new StoryIssue(stage, ada);
    const { webhooks } = stage.sandbox.jira;
    webhooks.hold();
    const [sent] = issue.sentBy(() => stage.sandbox.actions.comment(issue.key, 'ben', '@openhands fix it'));
    webhooks.loseHeld();
    breakReading(issue, { kind: 'status', status: 500 }, ATTEMPTS);
    const bodies = [sent!.body, sent!.body.replace('"timestamp":', '"again":1,"timestamp":')];
    const answers = await Promise.all(bodies.map(async (body) => (await stage.deliver(connectionId, body)).json));
    const settled = (index: number): Promise<Decided> => eventually(() => issue.settled(answers[index].deliveryId), (one) => one.outcome !== 'ignored', 'the duplicate to take over');
    const [first, second] = await Promise.all([settled(0), settled(1)]);
    const [failed, heir] = first.outcome === 'failed' ? [first, second] : [second, first];
    expect([failed.outcome, failed.reason]).toEqual(['failed', 'jira_unreachable']);
    expect([heir.outcome, heir.reason]).toEqual(['job', 'started']);
    await issue.jobIs(heir.jobId);
    expect(await issue.comments()).toEqual([expect.stringContaining('Finished'), expect.stringContaining('last words')]);
    expect(await issue.startsReach(1)).toBe(1);
  });

  it('a git provider that is out of order is no missing right: the request is tried again', async () => {
    const issue = new StoryIssue(stage, ada);
    stage.sandbox.github.standIn.faults.add({ effect: { kind: 'status', status: 500 }, path: '/repos/', times: 1 });
    const delivery = await issue.ask('ben', '@openhands fix it');
    expect([delivery.outcome, delivery.reason]).toEqual(['job', 'started']);
    expect(await issue.jobs()).toBe(1);
  });

  it('and if it stays so, the request fails with that reason', async () => {
    const issue = new StoryIssue(stage, ada);
    stage.sandbox.github.standIn.faults.add({ effect: { kind: 'status', status: 503 }, path: '/repos/', times: Infinity });
    const delivery = await issue.ask('ben', '@openhands fix it');
    expect([delivery.outcome, delivery.reason]).toEqual(['failed', 'git_provider_unreachable']);
    expect(await issue.comments()).toEqual([expect.stringContaining('git host did not answer')]);
  });

  it('a failed request can be replayed', async () => {
    const issue = new StoryIssue(stage, ada);
    breakReading(issue, { kind: 'status', status: 500 }, ATTEMPTS);
    const failed = await issue.ask('ben', '@openhands fix it');
    expect(failed.outcome).toBe('failed');
    const { json } = await ada.post(`/api/v1/deliveries/${failed.id}/replay`);
    expect(await issue.settled(json.deliveryId)).toMatchObject({ outcome: 'job', reason: 'started' });
  });

  describe('nobody is told who should not read it', () => {
    it('the notice is as restricted as the comment', async () => {
      const issue = new StoryIssue(stage, ada);
      breakReading(issue, { kind: 'status', status: 500 });
      await issue.ask('ben', '@openhands fix it', { visibility: { type: 'role', value: 'Developers' } });
      await issue.written();
      expect(stage.sandbox.actions.agentComments(issue.key)).toMatchObject([{ visibility: { type: 'role', value: 'Developers' } }]);
    });

    it('of a label on a service project it is internal', async () => {
      const issue = new StoryIssue(stage, ada, { projectKey: 'HELP' });
      breakReading(issue, { kind: 'status', status: 500 });
      await issue.label('ben');
      await issue.written();
      expect(stage.sandbox.actions.agentComments(issue.key)).toMatchObject([{ internal: true }]);
    });
  });

  it('a comment that cannot be written does not stop the job', async () => {
    const issue = new StoryIssue(stage, ada);
    stage.sandbox.jira.withholdPermission(stage.sandbox.actions.agentAccountId, 'ADD_COMMENTS');
    const delivery = await issue.ask('ben', '@openhands fix it');
    expect([delivery.outcome, delivery.reason]).toEqual(['job', 'started']);
    expect(await issue.jobIs(delivery.jobId)).toMatchObject({ state: 'succeeded' });
    stage.sandbox.jira.restorePermission(stage.sandbox.actions.agentAccountId, 'ADD_COMMENTS');
  });

  it('a token that Jira refuses is not tried over and over; with a new one the issues are told, and the next request works', async () => {
    // What earlier stories still have to write would ask, too, and is not what this one counts.
    await eventually(() => sql('SELECT key FROM issue_writes WHERE written_revision < revision AND gave_up_reason IS NULL'), (rows) => rows.length === 0, 'the writes of earlier stories to be done');
    const issues = [1, 2, 3].map(() => new StoryIssue(stage, ada));
    const { standIn } = stage.sandbox.atlassian;
    standIn.faults.add({ effect: { kind: 'status', status: 401, body: { code: 401, message: 'Unauthorized' } }, path: '/ex/jira/', times: Infinity });
    const before = standIn.calls.length;
    for (const issue of issues) expect(await issue.ask('ben', '@openhands fix it')).toMatchObject({ outcome: 'failed', reason: 'service_account_rejected' });
    // One question, in both ways that a token can be sent.
    const asked = standIn.calls.slice(before);
    expect(asked.filter(({ path }) => issues.some(({ issue }) => path.includes(`/issue/${issue.id}`))).length).toBeLessThanOrEqual(2);
    expect(asked.length).toBeLessThanOrEqual(4);
    expect(await integration()).toMatchObject({ state: 'degraded', reasons: [{ code: 'token_refused', detail: expect.stringContaining('Create a new one') }] });
    standIn.faults.clear();
    const edit = await ada.request('PATCH', `/api/v1/jira-cloud/workspaces/${connectionId}`, { serviceAccountEmail: CREDENTIALS.serviceAccountEmail, serviceAccountApiToken: CREDENTIALS.serviceAccountToken });
    await stage.consent(ada, edit.json.authorizationUrl, ACCOUNTS.ada);
    expect((await integration()).state).toBe('active');
    await stage.inside(RenewedAccess).look();
    for (const issue of issues) await stage.ourComment(issue.key, /could not be processed/);
    expect(await new StoryIssue(stage, ada).ask('ben', '@openhands fix it')).toMatchObject({ outcome: 'job', reason: 'started' });
  });

  const integration = async (): Promise<Decided> => (await ada.get('/api/v1/integrations')).json.items.find((one: { product: string }) => one.product === 'jira-cloud');
});
