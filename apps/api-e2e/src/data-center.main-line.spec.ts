/** The main job on Jira Data Center: from the administrators' settings to the answer in the issue. */
import { DataSource } from 'typeorm';
import type { Browser } from '../../../tools/sandbox/browser.ts';
import { wiki } from '../../../tools/sandbox/jira-store.ts';
import { DATA_CENTER_KEYS } from '../../../tools/sandbox/seed.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { CREDENTIALS, Stage } from './stage.js';

interface Delivered {
  id: string;
  event: string;
  /** Null when a comment came without its issue and nobody had to look for it. */
  issueKey: string | null;
  actor: string | null;
  outcome: string;
  reason: string | null;
  jobId: string | null;
}

describe('Jira Data Center', () => {
  let stage: Stage;
  let ada: Browser;
  let ben: Browser;
  let connectionId: string;
  let seen: string[];
  const jira = () => stage.sandbox.jiraDataCenter;
  const say = (text: string, who: 'ben' | 'cleo' = 'ben') => stage.sandbox.dataCenterActions.comment(issueKey, who, text);
  let issueKey: string;

  beforeAll(async () => {
    stage = await Stage.open({ OUTBOUND_ALLOWED_HOSTS: 'localhost', TRUSTED_CA_CERTIFICATES: '' });
    ada = await stage.signIn('ada');
    ben = await stage.signIn('ben');
    const saved = await ada.put('/api/v1/admin/jira-data-center', {
      enabled: true, linkMethod: 'oauth', baseUrl: stage.sandbox.urls.jiraDataCenter, serviceAccountEmail: CREDENTIALS.dataCenterAccountEmail, serviceAccountPat: CREDENTIALS.dataCenterPat,
      oauthClientId: CREDENTIALS.oauthClientId, oauthClientSecret: CREDENTIALS.oauthClientSecret,
    });
    expect(saved).toMatchObject({ status: 200 });
    const installed = await ada.put('/api/v1/jira-data-center/webhook', { mode: 'automatic', adminToken: CREDENTIALS.dataCenterAdminPat });
    expect(installed).toMatchObject({ status: 200, json: { installed: true } });
    connectionId = installed.json.connectionId;
    const begun = await ben.post('/api/v1/jira-data-center/link');
    const back = await ben.request('GET', stage.sandbox.actions.approve(begun.json.authorizationUrl, 'ben'));
    expect(back.headers.get('location')).toContain('result=linked');
  }, 60_000);
  afterAll(() => stage.close());

  beforeEach(async () => {
    Object.assign(jira().behaviour, { twins: 'comment-first', namesIssueEventTypes: true, commentEventsCarryIssue: false, hasReactions: true });
    issueKey = jira().store.addIssue({ projectKey: 'SHOP', summary: 'A cent off', description: 'Repository: Acme/web-app', reporterId: DATA_CENTER_KEYS.ben }).key;
    await eventually(deliveries, (all) => all.some((one) => one.issueKey === issueKey), 'the delivery of the new issue');
    seen = (await deliveries()).map((one) => one.id);
  });

  const deliveries = async (): Promise<Delivered[]> => (await ada.get(`/api/v1/deliveries?connectionId=${connectionId}&limit=100`)).json.items;
  /** The deliveries since the test began, oldest first, once all are decided; those of our own comments and of other tests left out. */
  async function settled(isComplete: (all: Delivered[]) => boolean): Promise<Delivered[]> {
    const fresh = async (): Promise<Delivered[]> => (await deliveries()).filter((one) => !seen.includes(one.id) && one.actor !== 'OpenHands Agent' && [issueKey, null].includes(one.issueKey)).reverse();
    return eventually(fresh, (all) => isComplete(all) && all.every((one) => one.outcome !== 'pending'), 'decided deliveries');
  }
  const jobs = async (): Promise<{ id: string; state: string }[]> => (await ben.get(`/api/v1/jobs?issueKey=${issueKey}`)).json.items;
  const ours = (): string[] => stage.sandbox.dataCenterActions.agentComments(issueKey).map((one) => one.text);
  const words = (all: Delivered[]): string[] => all.map((one) => `${one.outcome} ${String(one.reason)}`).sort();

  it.each<[string, object, string[]]>([
    ['comment_created first', { twins: 'comment-first' }, ['ignored duplicate_trigger', 'job started']],
    ['jira:issue_updated first', { twins: 'issue-first' }, ['ignored duplicate_trigger', 'job started']],
    ['comment_created alone', { twins: 'only-comment' }, ['job started']],
    ['jira:issue_updated alone', { twins: 'only-issue' }, ['job started']],
    ['jira:issue_updated alone, of an old server', { twins: 'only-issue', namesIssueEventTypes: false }, ['job started']],
    ['comment_created with its issue', { twins: 'only-comment', commentEventsCarryIssue: true }, ['job started']],
  ])('makes one job of one comment: %s', async (_, behaviour, outcomes) => {
    Object.assign(jira().behaviour, behaviour);
    say('@openhands please fix the rounding');
    expect(words(await settled((all) => all.length === outcomes.length))).toEqual(outcomes);
    expect(await jobs()).toHaveLength(1);
  });

  it('answers in wiki markup: one comment at once, one at the end, and no edits in between', async () => {
    const { id } = say('[~openhands] please fix it');
    await eventually(jobs, (all) => all[0]?.state === 'succeeded', 'the job to succeed');
    await eventually(ours, (texts) => texts.length === 2, 'both comments');
    expect(ours()[0]).toMatch(/\[.*\|http/);
    expect(jira().reactions).toContainEqual({ commentId: id, emojiId: '1f44d', personKey: DATA_CENTER_KEYS.agent });
    expect(jira().store.issue(issueKey).remoteLinks.length).toBeGreaterThan(0);
  });

  it('starts with the label, in the name of the person who added it', async () => {
    stage.sandbox.dataCenterActions.addLabel(issueKey, 'ben', 'openhands');
    expect(words(await settled((all) => all.length === 1))).toEqual(['job started']);
    expect(await jobs()).toMatchObject([{ requestedBy: { name: 'Ben Builder' }, trigger: 'label' }]);
  });

  it('asks somebody without an account to sign up, and names no address', async () => {
    jira().behaviour.twins = 'only-comment';
    say('@openhands please', 'cleo');
    expect(words(await settled((all) => all.length === 1))).toEqual(['refused user_no_account']);
    await eventually(ours, (texts) => texts.length === 1, 'the answer');
    expect(ours()[0]).toMatch(/^\[~cleo\].*sign up/);
    expect(ours()[0]).not.toMatch(/example\.com(?!\/)|cleo@/);
  });

  it('asks somebody with an account to connect it', async () => {
    jira().behaviour.twins = 'only-comment';
    stage.sandbox.dataCenterActions.comment(issueKey, 'ada', '@openhands please');
    expect(words(await settled((all) => all.length === 1))).toEqual(['refused user_not_linked']);
    await eventually(ours, (texts) => texts.length === 1, 'the answer');
    expect(ours()[0]).toMatch(/^\[~ada\].*connect/);
  });

  it('tries reactions once where they are missing, and never again', async () => {
    jira().behaviour.hasReactions = false;
    await stage.inside(DataSource).query('UPDATE connections SET reactions_off_at = NULL');
    const tries = () => jira().standIn.calls.filter((call) => call.path.includes('/reactions')).length;
    const before = tries();
    say('@openhands please fix it');
    await eventually(() => tries(), (count) => count > before, 'a reaction to be tried');
    await eventually(jobs, (all) => all[0]?.state === 'succeeded', 'the job to succeed');
    say('@openhands and once more');
    await eventually(jobs, (all) => all.length === 2 && all[0]?.state === 'succeeded', 'the second job to succeed');
    expect(tries()).toBe(before + 1);
  });

  it('tells by a loop test whether deliveries arrive, and leaves nothing in the issue', async () => {
    const path = `/api/v1/connections/${connectionId}/loop-test`;
    expect(await ada.post(path, { issueKey })).toMatchObject({ status: 200, json: { result: 'waiting' } });
    const { latest } = await eventually(async () => (await ada.get(path)).json, (seen) => seen.latest.endedAt !== null, 'the end of the loop test');
    expect(latest).toMatchObject({ issueKey, result: 'arrived', comment: 'removed' });
    expect(ours()).toEqual([]);
    expect(await jobs()).toEqual([]);
  });

  it('takes deliveries while it is switched off, and logs them as paused', async () => {
    expect((await ada.put('/api/v1/admin/jira-data-center', { enabled: false })).status).toBe(200);
    jira().behaviour.twins = 'only-comment';
    say('@openhands please');
    expect(words(await settled((all) => all.length === 1))).toEqual(['ignored connection_paused']);
    expect((await ada.put('/api/v1/admin/jira-data-center', { enabled: true })).status).toBe(200);
  });

  it('accepts the former secret for a day after a rotation, and refuses others with 403', async () => {
    jira().behaviour.twins = 'only-comment';
    const { json } = await ada.post('/api/v1/jira-data-center/webhook/rotation');
    const webhook = jira().webhooks.webhooks[0]!;
    let nonce = 0;
    const status = async (secret: string | null): Promise<number | null | undefined> => {
      webhook.secret = secret;
      const delivery = jira().webhooks.send(webhook, { event: 'comment_created', issueKey, body: JSON.stringify({ webhookEvent: 'comment_created', nonce: (nonce += 1) }) });
      await eventually(() => delivery.attempts.length, (count) => count > 0, 'an answer');
      return delivery.attempts[0]?.status;
    };
    const former = webhook.secret;
    // Every process sees the new secret within half a second.
    await eventually(() => status(json.secret), (seen) => seen === 200, 'the new secret to be accepted');
    for (const [secret, expected] of [[former, 200], ['another', 403], [null, 403]] as const) expect(await status(secret)).toBe(expected);
    webhook.secret = json.secret;
  });

  it('is closed to a connection of the other product, although the signature is right', async () => {
    const { secret } = jira().webhooks.webhooks[0]!;
    const body = JSON.stringify({ webhookEvent: 'comment_created' });
    const headers = { 'x-hub-signature': stage.sandbox.actions.signature(body, secret!) };
    expect((await stage.deliver(connectionId, body, headers)).status).toBe(403);
  });

  it('reads back who wrote a comment, so that nobody can speak in the name of another', async () => {
    const [webhook] = jira().webhooks.webhooks;
    const issue = jira().store.issue(issueKey);
    webhook!.enabled = false;
    const { id } = jira().store.addComment(issue, { authorId: DATA_CENTER_KEYS.cleo, body: wiki('@openhands please') });
    webhook!.enabled = true;
    const author = { key: DATA_CENTER_KEYS.ben, name: 'ben', displayName: 'Ben Builder' };
    const forged = { webhookEvent: 'comment_created', comment: { id, self: `http://x/rest/api/2/issue/${issue.id}/comment/${id}`, body: '@openhands please', author } };
    jira().webhooks.send(webhook!, { event: 'comment_created', issueKey, body: JSON.stringify(forged) });
    expect(words(await settled((all) => all.length === 1))).toEqual(['ignored payload_mismatch']);
    expect(await jobs()).toEqual([]);
  });
});
